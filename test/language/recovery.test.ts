/**
 * A broken line costs that line only: every line of every sample is broken in turn, in many ways, and what the other lines declare must still
 * be there, with its kind and, for an arrow, its verb.
 */
import assert from 'node:assert/strict'
import type { Model } from '../../src/model/model.ts'
import { openText } from '../../src/workspace.ts'
import { samples } from './corpus.ts'

/** What each line declares. An arrow also depends on the lines of its ends, and what is of a team's own kind on that kind's. */
interface Declaration {
  readonly what: string
  readonly lines: readonly number[]
}

describe('recovery', function () {
  this.timeout(120_000)

  for (const { name, text } of samples) {
    it(`${name} keeps everything but the line that is broken`, () => {
      const lines = text.split('\n')
      const whole = declarations(openText(text).model)
      assert.ok(whole.length > 5)
      let broken = 0
      for (const [index, line] of lines.entries()) {
        if (line.trim() === '') continue
        for (const [how, mutant] of mutants(line, index)) {
          const opened = openText([...lines.slice(0, index), mutant, ...lines.slice(index + 1)].join('\n'))
          const kept = new Set(declarations(opened.model).map(({ what }) => what))
          const lost = whole.filter((one) => !one.lines.includes(index) && !kept.has(one.what)).map(({ what }) => what)
          assert.deepEqual(lost, [], `line ${index + 1}, ${how}: ${mutant}`)
          broken++
        }
      }
      assert.ok(broken > 5 * lines.filter((line) => line.trim() !== '').length)
    })
  }

  it('keeps what stands behind a line that ends in a colon, and in a header that lost a quote', () => {
    const names = (text: string): readonly string[] => openText(text).model.components.map(({ name }) => name)
    assert.ok(names('region r {\n a board is of sets, each:\n  cache board uses redis\n}\n').includes('board'))
    assert.deepEqual(names('region r {\n  group g Data plane" {\n    service web\n  }\n}\nservice c\n'), ['web', 'c'])
  })

  it('says where the mistake is, not where its consequences are', () => {
    for (const { name, text } of samples) {
      const lines = text.split('\n')
      for (const [index, line] of lines.entries()) {
        if (!line.includes('->') || line.trimEnd().endsWith('{')) continue
        const mutant = line.replace('->', '-> ->')
        const { problems } = openText([...lines.slice(0, index), mutant, ...lines.slice(index + 1)].join('\n'))
        const syntax = problems.filter(({ code }) => code === 'syntax')
        assert.deepEqual(syntax.map(({ origin }) => origin.range.start.line), [index], `${name}: ${mutant}`)
        assert.match(syntax[0]!.message, /Expected a name after `->`/)
      }
    }
  })

  const messages: readonly (readonly [text: string, message: RegExp])[] = [
    ['service', /`service` alone says nothing/],
    ['service a {', /`\{` is never closed/],
    ['service a { replicas: 3 }}', /no partner/],
    ['service a { replicas: }', /Expected a value after `replicas:`/],
    ['service a { replicas 3 }', /Expected `:` after `replicas`/],
    ['service a { key: [a, b }', /`\[` is never closed/],
    ['service a "A', /text is never closed/],
    ['service a uses', /Expected a technology after `uses`/],
    ['service a uses kafka(2.8', /never closed/],
    ['a ->', /Expected a name after `->`/],
    ['a -> b :', /Expected a verb after `:`/],
    ['-> b', /Expected a name before `->`/],
    ['let x', /Expected `=`/],
    ['let x =', /Expected a number or a name after `=`/],
    ['let x = 2 *', /Expected a number or a name after `\*`/],
    ['let x = (2', /`\(` is never closed/],
    ['let x = 10 min', /unit follows its number without a blank/],
    ['accept some-rule', /Expected `because` and the reason/],
    ['accept some-rule because', /Expected the reason in quotes/],
    ['accept some-rule because "x" until soon', /a date such as/],
    ['a → b', /write `->`/],
    ['/* a comment', /comment is never closed/],
    ['kind a extends', /what it extends/],
    ['database x uses p { shards = 16 }', /not `=`/],
  ]
  for (const [text, message] of messages) {
    it(`${text}: ${message.source}`, () => {
      const { problems } = openText(`service other\n${text}\nservice another`)
      const said = problems.filter(({ code }) => code === 'syntax')
      assert.ok(said.some((one) => message.test(one.message)), said.map((one) => one.message).join('\n'))
      assert.ok(said.every(({ origin }) => origin.range.start.line === 1), 'on the broken line')
      const { model } = openText(`service other\n${text}\nservice another`)
      assert.ok(['other', 'another'].every((name) => model.components.some(({ id }) => id === name)), 'the other lines are whole')
      // The parser's own words (token types, rule names) are for nobody.
      for (const one of said) assert.doesNotMatch(one.message, /Expecting|token of type|EOF|NAME|ARROW|undefined/)
    })
  }
})

function* mutants(line: string, seed: number): Iterable<readonly [how: string, mutant: string]> {
  const at = (salt: number): number => (seed * 31 + salt * 17) % Math.max(1, line.length)
  for (let salt = 0; salt < 4; salt++) yield ['a character less', line.slice(0, at(salt)) + line.slice(at(salt) + 1)]
  for (const [salt, junk] of [' §§ ', '{', '}', '"', '(', ']', ' -> ', ' : ', ','].entries()) yield [`with ${junk}`, line.slice(0, at(salt)) + junk + line.slice(at(salt))]
  for (const lost of ['{', '}', '"', '->', ':', ',']) {
    if (line.includes(lost)) yield [`without its first ${lost}`, line.replace(lost, '')]
    if (line.includes(lost)) yield [`without its last ${lost}`, line.slice(0, line.lastIndexOf(lost)) + line.slice(line.lastIndexOf(lost) + lost.length)]
  }
  yield ['its first half', line.slice(0, line.length >> 1)]
  yield ['its second half', line.slice(line.length >> 1)]
  yield ['noise', '@#$ % ^& {[(']
  yield ['other words', 'hello world this is no statement']
}

function declarations(model: Model): readonly Declaration[] {
  const kinds = new Map(model.ownKinds.map((kind) => [kind.name, kind]))
  const kindLines = (name: string): readonly number[] => {
    const kind = kinds.get(name)
    return kind ? [kind.origin.range.start.line, ...kindLines(kind.extends)] : []
  }
  const linesOf = new Map(model.components.map(({ id, origin, writtenKind }) => [id, [origin.range.start.line, ...kindLines(writtenKind)]]))
  const bare = (id: string): string => id.slice(id.lastIndexOf('.') + 1)
  return [
    ...model.containers.map(({ name, kind, origin }) => ({ what: `${kind} ${name}`, lines: [origin.range.start.line] })),
    ...model.components.map(({ id, name, kind }) => ({ what: `${kind} ${name}`, lines: linesOf.get(id)! })),
    ...model.data.map(({ name, origin }) => ({ what: `data ${name}`, lines: [origin.range.start.line] })),
    ...model.lets.map(({ name, origin }) => ({ what: `let ${name}`, lines: [origin.range.start.line] })),
    ...[...model.flows, ...model.scenarios, ...model.views].map(({ title, origin }) => ({ what: `"${title}"`, lines: [origin.range.start.line] })),
    // An arrow that a flow's step implies, and one that stands for `dead-letter: x`, goes with the arrows around it.
    ...model.relations
      .filter(({ verb, extent, facts }) => verb !== 'dead-letters' && !model.flows.some((flow) => inside(flow.extent.range, extent.range)) && facts !== undefined)
      .map(({ from, to, verb, extent }) => ({ what: `${bare(from)} ${verb} ${bare(to)}`, lines: [...linesOf.get(from)!, ...linesOf.get(to)!, ...range(extent.range.start.line, extent.range.end.line)] })),
  ]
}

function inside(outer: { start: { line: number }; end: { line: number } }, inner: { start: { line: number }; end: { line: number } }): boolean {
  return outer.start.line <= inner.start.line && inner.end.line <= outer.end.line
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
