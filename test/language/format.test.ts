/** The canonical layout: what it does with each sort of statement, and the laws that it keeps on every text. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lineUp, type Stop } from '../../src/language/formatter/align.ts'
import { columns } from '../../src/language/formatter/columns.ts'
import { format } from '../../src/language/formatter/format.ts'
import { openText } from '../../src/workspace.ts'
import { readPage } from '../rules/page.ts'
import { anything, textOf } from '../support/anything.ts'
import { designOf, random } from '../support/generator.ts'
import { ROOT } from '../support/lintel.ts'
import { mutated } from '../support/mutations.ts'
import { gallery, samples } from './corpus.ts'

const text = (...lines: readonly string[]) => `${lines.join('\n')}\n`
const laidOut = (...lines: readonly string[]) => format(text(...lines)).text

const FACTS = 'replicas: 12, zones: 3, capacity: 3k/s, p50: 10ms, p99: 80ms, max-outage: 3d, max-lag: 15min, alarm: lag'

describe('the canonical layout', () => {
  it('puts two blanks before each level, and the braces of a body on its first and last line', () => {
    assert.equal(laidOut('region us', '{', 'service api { replicas: 3 }', '\tgroup g "G"', ' {', '      cache c }', '}'), text('region us {', '  service api { replicas: 3 }', '  group g "G" {', '    cache c', '  }', '}'))
    assert.equal(laidOut('database db { stores: Order, replicas: 3', '  accept hot-partition because "x" }'), text('database db {', '  stores: Order, replicas: 3', '  accept hot-partition because "x"', '}'))
  })

  it('parts words by one blank, and what belongs together by none', () => {
    assert.equal(
      laidOut('let  x=2M*3/(10min -1min)', 'let y = - x', 'service  a{replicas:2..8,key:[ p ,q ]  ,  tolerates :staleness( 5s )}', 'service b {  }', 'database d uses postgres ( 16 )', 'a,b->d:reads"orders"{timeout :< 5s}'),
      text('let x = 2M * 3 / (10min - 1min)', 'let y = -x', 'service a { replicas: 2..8, key: [p, q], tolerates: staleness(5s) }', 'service b {}', 'database d uses postgres(16)', 'a, b -> d : reads "orders" { timeout: <5s }'),
    )
    assert.equal(laidOut('flow "F" { when "w"  8%{ a->b }', 'repeat(3){a -> b}', 'when "v"(x){a -> b} }', 'scenario "S" { expect  "F" :degraded  within 30s }'), text('flow "F" {', '  when "w" 8% { a -> b }', '  repeat (3) { a -> b }', '  when "v" (x) { a -> b }', '}', 'scenario "S" { expect "F": degraded within 30s }'))
  })

  it('leaves strings, numbers and the order of everything alone', () => {
    const kept = text('design "A  b\\n,c { // d" { sacrifices: latency, goal: "x  y" }', 'let z = 1.50M', 'let a = 0010k/s', 'service b', 'client a')
    assert.equal(format(kept).text, kept)
  })

  it('parts facts on a line by commas and lines by nothing; what may not have one stands apart by three blanks', () => {
    assert.equal(laidOut('service a { replicas: 3 zones: 3,, dedupe { key: id },', '}'), text('service a {', '  replicas: 3, zones: 3, dedupe { key: id }', '}'))
    assert.equal(laidOut('scenario "S" { fails: a expect "F": degraded }', 'flow "F" { rate: 1/s,a -> b b -> c }', 'client x service y'), text('scenario "S" { fails: a   expect "F": degraded }', 'flow "F" { rate: 1/s, a -> b   b -> c }', 'client x   service y'))
  })

  it('opens what is too long for a line: statements first, then bodies, facts on lines of about one length', () => {
    assert.equal(
      laidOut(`service api "Order API" { ${FACTS} }`),
      text('service api "Order API" {', '  replicas: 12, zones: 3, capacity: 3k/s, p50: 10ms, p99: 80ms, max-outage: 3d, max-lag: 15min, alarm: lag', '}'),
    )
    assert.equal(
      laidOut(`service api { ${FACTS}, dedupe { key: order-id, window: 14d }, criticality: optional } // the API`),
      text('service api {', '  replicas: 12, zones: 3, capacity: 3k/s, p50: 10ms, p99: 80ms, max-outage: 3d', '  max-lag: 15min, alarm: lag, dedupe { key: order-id, window: 14d }, criticality: optional', '}  // the API'),
    )
    assert.equal(
      laidOut('region us { gateway front uses envoy { replicas: 6, zones: 3, auth: token } service pay "Payments" { replicas: 12, zones: 3, capacity: 800/s } }'),
      text('region us {', '  gateway front uses envoy { replicas: 6, zones: 3, auth: token }', '  service pay "Payments" { replicas: 12, zones: 3, capacity: 800/s }', '}'),
    )
  })

  it('joins nothing: who gives a line of its own to something means it', () => {
    const kept = text('service a {', '  replicas: 3', '  zones: 3', '}', 'view "V" {', '  include: [', '    a,', '    b', '  ]', '}', 'a -> b', '  -> c : calls', 'accept hot-partition', '  because "x"', '  until 2027-03-01')
    assert.equal(format(kept).text, kept)
    assert.equal(laidOut('key: [', ' a', '      ,b', ']', 'a', '         -> b', ' ->c'), text('key: [', '  a,', '  b', ']', 'a', '  -> b', '  -> c'))
  })

  it('keeps one empty line where there are some, and none at the ends of a body or of the file', () => {
    assert.equal(format('\n\nservice a\n\n\n \nregion r {\n\n  service b\n\n\n  service c\n\n}\n\n\n').text, text('service a', '', 'region r {', '  service b', '', '  service c', '}'))
    assert.equal(format('service a').text, 'service a\n')
    for (const empty of ['', '\n\n', '  \t\n']) assert.equal(format(empty).text, '')
  })

  it('keeps comments where they belong', () => {
    assert.equal(
      laidOut('// first  ', '      // and second', 'region r { // of r', '// of a', 'service a// behind a', '/* before b */ service b /* in b */ {replicas: 3 /* three */, zones: 3} /* behind b */', '      // last in r', '} // behind r', '', '   /* two', '  lines */', 'a -> b'),
      text('// first', '// and second', 'region r {  // of r', '  // of a', '  service a  // behind a', '  /* before b */ service b /* in b */ { replicas: 3 /* three */, zones: 3 }  /* behind b */', '  // last in r', '}  // behind r', '', '/* two', '  lines */', 'a -> b'),
    )
  })

  it('keeps several comments of a line together', () => {
    const kept = text('/* a */ /* b', '*/ /* c */ service a', 'region r {', '  service b  /* d */  /* e */', '  /* f */ /* g */ service -> -> c', '}')
    assert.equal(format(kept).text, kept)
    assert.equal(laidOut('region r { /* a */ /* b */ a', `${' '.repeat(40)}-> b }`), text('region r {  /* a */  /* b */', '  a', '    -> b', '}'))
  })

  it('leaves alone what a comma at the end of a line joins to another statement', () => {
    const kept = text('region r {', '  one shard,', '    service  a {', '    replicas: 3', '  }', '}')
    assert.equal(format(kept).text, kept)
  })

  describe('columns', () => {
    it('are kept in line where they are begun, and nowhere imposed', () => {
      assert.equal(laidOut('let a   = 1', 'let bcd = 2', 'let ef = 3', '', 'let a = 1', 'let bcd = 2'), text('let a   = 1', 'let bcd = 2', 'let ef  = 3', '', 'let a = 1', 'let bcd = 2'))
      assert.equal(laidOut('a -> bc    : reads', 'abc -> d   {timeout: 1s }', '// a comment', 'abc -> d -> e', 'a -> longer "x"'), text('a -> bc     : reads', 'abc -> d    { timeout: 1s }', '// a comment', 'abc -> d -> e', 'a -> longer "x"'))
      assert.equal(laidOut('data A      { key: a }', 'data Bcd    { key: b }', 'data E { key: c }'), text('data A   { key: a }', 'data Bcd { key: b }', 'data E   { key: c }'))
      assert.equal(laidOut('scenario "A"  { fails: a      expect "F": degraded }', 'scenario "Bc" { fails: bcd    expect "F": degraded }'), text('scenario "A"  { fails: a     expect "F": degraded }', 'scenario "Bc" { fails: bcd   expect "F": degraded }'))
    })

    it('run past what a statement opens, and leave a line that is much longer alone', () => {
      assert.equal(laidOut('a -> b   : reads', `a -> cde : calls { ${FACTS}, op: insert }`, 'a -> f : reads', 'a, b, c, d, e -> f, g, h : reads'), text('a -> b   : reads', 'a -> cde : calls {', '  replicas: 12, zones: 3, capacity: 3k/s, p50: 10ms, p99: 80ms, max-outage: 3d, max-lag: 15min, alarm: lag, op: insert', '}', 'a -> f   : reads', 'a, b, c, d, e -> f, g, h : reads'))
    })

    it('of comments stand two blanks behind the longest line', () => {
      assert.equal(laidOut('let a = 1           // one', 'let bcd = 234       // two', 'let e = 1'), text('let a = 1      // one', 'let bcd = 234  // two', 'let e = 1'))
      assert.equal(laidOut('let a = 1 // one', 'let bcd = 234     // two'), text('let a = 1  // one', 'let bcd = 234  // two'))
    })

    it('may be as long as a file', () => {
      const text = 'let a   = 1'
      const stop: Stop = { atom: { start: 8, end: 9, type: 0, width: 1, dropped: false, gap: { as: 'nothing' } }, sort: 'let', reach: 5, indent: 0, free: true }
      assert.equal(lineUp(text, Array<Stop>(300_000).fill(stop), { least: 1, stray: 8, share: 0 }).length, 300_000)
    })

    it('count wide characters as terminals do', () => {
      assert.equal(laidOut('view "注文"     { include: a }', 'view "orders"   { include: b }'), text('view "注文"   { include: a }', 'view "orders" { include: b }'))
      assert.deepEqual(['注文', 'e\u0301', '👩', 'Ａ', 'é', 'a'].map(columns), [4, 1, 2, 2, 1, 1])
    })
  })

  it('keeps line ends as they are, and the mark at the beginning', () => {
    assert.equal(format('\ufeffservice a\r\n\r\nservice   b\r\n').text, '\ufeffservice a\r\n\r\nservice b\r\n')
    assert.equal(format('service a{replicas: 3\r\nzones: 3}\r\n').text, 'service a {\r\n  replicas: 3\r\n  zones: 3\r\n}\r\n')
    assert.equal(format('\ufeff').text, '\ufeff')
  })

  describe('of a broken text', () => {
    it('leaves the line that cannot be read as it is, and says which; everything else is laid out', () => {
      const { text: result, left } = format(text('service  a', 'region r {', 'service  b  uses', 'c ->  ', 'service   d', '}', 'a ->   ; b', 'a  ->  d'))
      assert.equal(result, text('service a', 'region r {', '  service  b  uses', '  c ->', '  service d', '}', 'a ->   ; b', 'a -> d'))
      assert.deepEqual(left, [2, 3, 6])
    })

    it('touches nothing inside of what a missing brace tears', () => {
      const torn = text('region r {', '  service  b', '  service  c {', '', 'flow "F" { rate:  1/s }', 'client   x')
      const { text: result } = format(torn)
      assert.match(result, /\nclient x\n$/)
      assert.ok(result.startsWith(torn.slice(0, torn.indexOf('flow'))))
    })

    it('keeps an open string and an open comment', () => {
      for (const line of ['service  a  "x', 'service  a  /* x', 'flow "Buy a  ticket {']) assert.ok(format(`${line}\nservice   b\n`).text.includes(line.trimStart().replace(/^service {2}a {2}\/\*/, 'service a  /*')), line)
    })

    it('does not move what carets point at, nor the carets', () => {
      const pointed = text('service   a {replicas: 3}', '//        ^ error missing: x', '//           ^^^^^^^^ warning other', '  p99:   50ms', '//^^^^^^^^^^ error late')
      assert.equal(format(pointed).text, pointed)
    })
  })
})

describe('the laws of the layout', function () {
  this.timeout(240_000)
  const pages = readdirSync(join(ROOT, 'src/rules')).filter((file) => file.endsWith('.md')).flatMap((file) =>
    readPage(readFileSync(join(ROOT, 'src/rules', file), 'utf8')).sections.flatMap(({ examples }) => examples.map(({ text, line }) => ({ name: `${file}:${line}`, text }))))

  it('hold for every design that people drew', () => {
    assert.ok(samples.length > 40 && pages.length > 400)
    for (const { name, text } of [...samples, ...pages]) {
      holds(text, name)
      assert.deepEqual(format(text).left, [], `${name} can be read`)
    }
  })

  it('hold for designs near them and for generated ones', () => {
    for (let seed = 0; seed < 150; seed++) holds(textOf(anything(seed)), `anything ${seed}`)
    for (const [seed, { text, name }] of samples.entries()) holds(mutated(text, seed) ?? text, `${name}, changed with ${seed}`)
  })

  const SEED = Number(process.env['LINTEL_SEED'] ?? 20261121)
  it(`hold for torn texts and torn layouts (seed ${SEED})`, () => {
    const next = random(SEED)
    const sources = [...samples, ...pages]
    for (let round = 0; round < 400; round++) holds(torn(sources[Math.floor(next() * sources.length)]!.text, next), `round ${round}`)
  })

  it('hold for hostile texts', () => {
    const hostile = ['{', '}', '{'.repeat(3000), 'group g {\n'.repeat(200) + '}\n'.repeat(200), `data D { key: ${'['.repeat(500)}${']'.repeat(500)} }`, `let x = ${Array(3000).fill('1').join(' + ')}`, `let x = ${Array(900).fill('1').join('+')}`,
      designOf(30).replace(/\n/g, ' '), 'a '.repeat(5000), 'service \u0000\u0001\ufeff a\u2028b "\u202e\u0007"\n', 'service a "\ud800"\n', ' ,,,\n,\n', '/* a */ /* b */', '//', '/*', '*/', '"', 'a\rb\rc -> d\n', 'service a //\r\n//\r\n', `service ${'a'.repeat(100_000)}`]
    for (const text of hostile) holds(text, text.slice(0, 40))
  })

  it('keep the gallery: every example is canonical (lintel format examples)', () => {
    assert.deepEqual(gallery.filter(({ text }) => format(text).text !== text).map(({ name }) => name), [])
  })
})

/** It is done when it is done, says the same, and loses no comment and no word. */
function holds(source: string, name: string): void {
  const once = format(source)
  const shown = () => `${name}:\n${source.slice(0, 4000)}\n--- became\n${once.text.slice(0, 4000)}`
  assert.equal(format(once.text).text, once.text, `not done at once: ${shown()}`)
  assert.equal(squeezed(once.text), squeezed(source), `lost something: ${shown()}`)
  assert.equal(meaning(once.text), meaning(source), `means something else: ${shown()}`)
  let at = 0
  for (const { start, end, newText } of once.edits) {
    assert.ok(start >= at && end >= start && /^,?\s*$|^\ufeff$/.test(newText) && /^[\s,\ufeff]*$/.test(source.slice(start, end)), `an edit of more than a gap: ${shown()}`)
    at = end
  }
}

function squeezed(text: string): string {
  return text.replace(/[\s,\ufeff]+/g, '')
}

/** The model and the problems without places; source text that they quote, without blanks. */
function meaning(text: string): string {
  const { model, problems } = openText(text)
  return JSON.stringify({ model, problems }, (key, value: unknown) => {
    // Of a body that holds nothing but commas, nothing is left.
    if (key === 'range' || key === 'empty' || (typeof value === 'object' && value !== null && 'line' in value && 'character' in value)) return undefined
    return QUOTES.has(key) && typeof value === 'string' ? squeezed(value) : value
  })
}

const QUOTES: ReadonlySet<string> = new Set(['statement', 'expression', 'text'])

const BITS = ['{', '}', '[', ']', '(', ')', ':', ',', '->', '~>', '"', '//', '/*', '*/', '..', '<', '=', ' uses ', ' let x = ', ' until ', '5%', 'flow "', 'expect ', 'import "./x"', 'parallel {', 'é', '；', '注', '\u00a0', '\r']
const GAPS = [' ', '  ', '\n', '\n\n', '\n      ', '\t', '\r\n', ' /* c */ ', ' // c\n', ' /* c\n d */ ']

/** With a few bits thrown in or taken out, and with gaps, commas, brackets and indentation as nobody would write them. */
function torn(text: string, next: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!
  const some = (share: number, change: (found: string) => string) => (found: string) => (next() < share ? change(found) : found)
  for (let count = Math.floor(next() * 5); count >= 0; count--) {
    const at = Math.floor(next() * text.length)
    switch (Math.floor(next() * 7)) {
      case 0: text = text.slice(0, at) + pick(BITS) + text.slice(at); break
      case 1: text = text.slice(0, at) + text.slice(at + Math.floor(next() * 20)); break
      case 2: text = text.replace(/[ \n]+/g, some(0.06, () => pick(GAPS))); break
      case 3: text = text.replace(/, /g, some(0.1, () => pick([' ', ',', ',\n', '\n,', ',,', ', // c\n']))); break
      case 4: text = text.replace(/[[\](){}]/g, some(0.05, (found) => pick([` ${found} `, `\n${found}`, `${found}\n`, found + found]))); break
      case 5: text = text.replace(/^ */gm, some(0.1, () => ' '.repeat(Math.floor(next() * 8)))); break
      case 6: text = text.replace(/\n/g, some(0.04, () => ' ')); break
    }
  }
  return text
}
