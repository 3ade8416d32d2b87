import assert from 'node:assert/strict'
import { contextAt, partAt, partsOf } from '../../src/server/context.ts'
import { scan } from '../../src/server/scan.ts'

/** The context at the `|`. */
function at(marked: string) {
  const offset = marked.indexOf('|')
  return contextAt(marked.slice(0, offset) + marked.slice(offset + 1), offset)
}

const wanted = (marked: string) => at(marked).expected.map((expected) => expected.at)
const braces = (marked: string) => at(marked).frames.map(({ type, word }) => (word === '' ? type : `${type} ${word}`))

describe('what may stand at a place', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['|', ['statement']],
    ['serv|', ['statement']],
    ['service |', ['declared-name']],
    ['service api |', ['component-head', 'statement']],
    ['service api uses |', ['technology']],
    ['log l uses kafka(|', ['version']],
    ['service api { | }', ['statement']],
    ['service api { replicas: | }', ['value']],
    ['service api { key: [a, | ] }', ['value']],
    ['a -> |', ['relation-end']],
    ['a -> b, |', ['relation-end']],
    ['a, |', ['relation-end']],
    ['a -> b |', ['relation-tail', 'statement']],
    ['a -> b : |', ['verb']],
    ['region.|', ['member']],
    ['let x = |', ['expression']],
    ['let x = 3 * |', ['expression']],
    ['let x = 3 |', ['operator', 'statement']],
    ['import |', ['import']],
    ['import "./|"', ['import']],
    ['accept |', ['rule']],
    ['accept hot-partition |', ['because']],
    ['accept hot-partition because "x" |', ['until', 'statement']],
    ['kind payments |', ['extends']],
    ['kind payments extends |', ['base']],
    ['scenario "s" { expect |', ['flow-title']],
    ['scenario "s" { expect "Buy": |', ['outcome']],
    ['scenario "s" { expect "Buy": degraded |', ['within', 'statement']],
    ['// serv|', []],
    ['/* serv| */ service a', []],
  ]
  for (const [text, expected] of cases) it(JSON.stringify(text), () => assert.deepEqual(wanted(text), expected))

  it('knows the property, its block, and which argument of a call', () => {
    const [value] = at('database d { failover { detect: | } }').expected
    assert.deepEqual(value, { at: 'value', property: 'failover.detect', list: false, call: undefined, taken: [] })
    const [argument] = at('log l { key-dist: zipf(1, | }').expected
    assert.deepEqual(argument, { at: 'value', property: 'key-dist', list: false, call: { name: 'zipf', index: 1 }, taken: [] })
    const [item] = at('view "v" { include: [a, b, |').expected
    assert.deepEqual(item, { at: 'value', property: 'include', list: true, call: undefined, taken: ['a', 'b'] })
  })

  it('knows the ends of a relation, over chains and commas', () => {
    const [verb] = at('a, b -> c ~> d.e : |').expected
    assert.deepEqual(verb, { at: 'verb', ends: { groups: [['a', 'b'], ['c'], ['d.e']], arrow: '~>', verb: undefined } })
  })

  it('knows the braces around', () => {
    assert.deepEqual(braces('region r {\n service a { dedupe { |'), ['file', 'container region', 'component service', 'block dedupe'])
    assert.deepEqual(braces('flow "f" { when "w" 8% { |'), ['file', 'flow flow', 'steps when'])
    assert.deepEqual(braces('a -> b : reads { | }'), ['file', 'relation reads'])
  })

  it('lists what the braces hold already, on both sides of the cursor', () => {
    assert.deepEqual([...at('service a { replicas: 3, | zones: 2 dedupe { key: x } }').present], ['replicas', 'zones', 'dedupe'])
  })

  it('forgets braces that were left open when a statement of the file begins', () => {
    assert.deepEqual(braces('service a {\n  replicas: 3\n\nflow "f" { |'), ['file', 'flow flow'])
  })

  it('goes on after a value that is missing', () => {
    assert.deepEqual(wanted('service a {\n  replicas:\n  zones: |'), ['value'])
    assert.deepEqual(braces('service a { replicas: \n}\nservice b { | }'), ['file', 'component service'])
  })

  it('replaces the word under the cursor, and the whole of a string', () => {
    const { typed } = at('service a { rep|licas: 3 }')
    assert.deepEqual(typed, { start: 12, end: 20, text: 'rep', type: 'word' })
    assert.equal(at('import "./a|b"').typed.text, '"./a')
  })
})

describe('the part that a word plays', () => {
  it('is known for every word of a design', () => {
    const text = 'service a "L" uses kafka(2.8) { key: [x], dedupe { window: 7d } }\na -> b : reads { timeout: 2 * t }\naccept r because "y" until 2027-01-01'
    const roles = partsOf(text).filter(({ token }) => /\w/.test(token.text)).map(({ token, role, property }) => `${token.text}=${role}${property ? `(${property})` : ''}`)
    assert.deepEqual(roles, [
      'service=kind', 'a=declaration', '"L"=label', 'uses=keyword', 'kafka=technology', '2.8=version', 'key=property(key)', 'x=value(key)', 'dedupe=block(dedupe)',
      'window=property(dedupe.window)', '7d=number(dedupe.window)', 'a=name', 'b=name', 'reads=verb', 'timeout=property(timeout)', '2=number(timeout)', 't=value(timeout)',
      'accept=keyword', 'r=rule', 'because=keyword', '"y"=text', 'until=keyword', '2027-01-01=number',
    ])
  })

  it('is that of the word before the cursor, too', () => {
    assert.equal(partAt('service api', 7)?.token.text, 'service')
    assert.equal(partAt('service api', 11)?.token.text, 'api')
    assert.equal(partAt('a -> b', 20), undefined)
  })

  it('covers every token once and in order, whatever the text', () => {
    for (const text of ['{{{{', '}}}}', '[[[[', 'a:[', '((((', '"', 'a b c', 'a: b: c:', 'flow { flow {', ', , ,', 'a -> -> b', 'accept accept', 'uses uses', '\u0000\u0001é→', 'kind extends kind', 'x.', '.x', '1..2..3', 'a:[(]){}', '/*', 'import import "x']) {
      const code = scan(text).filter(({ type }) => type !== 'comment')
      assert.deepEqual(partsOf(text).map(({ token }) => token.start), code.map(({ start }) => start), text)
    }
  })

  it('is found in any nesting without running out of stack', () => {
    for (const text of ['{'.repeat(20_000), 'a:['.repeat(20_000), 'a { '.repeat(20_000), 'a:x('.repeat(20_000)]) assert.ok(partsOf(text).length > 0)
  })
})
