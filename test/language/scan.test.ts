/** The fast scanner and the grammar's own terminals see the same tokens. */
import assert from 'node:assert/strict'
import { createDefaultCoreModule, createDefaultSharedCoreModule, EmptyFileSystem, inject } from 'langium'
import * as fc from 'fast-check'
import { LintelGeneratedModule, LintelGeneratedSharedModule } from '../../src/language/generated/module.ts'
import { scan, TOKEN } from '../../src/language/scan.ts'
import { split, type Chunk } from '../../src/language/split.ts'
import { LintelTokenBuilder } from '../../src/language/tokens.ts'
import { property } from '../support/property.ts'
import { samples } from './corpus.ts'

const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), LintelGeneratedSharedModule)
const { Lexer } = inject(createDefaultCoreModule({ shared }), LintelGeneratedModule, { parser: { TokenBuilder: () => new LintelTokenBuilder() } }).parser

const BY_NAME: Readonly<Record<string, number>> = { NAME: TOKEN.name, NUMBER: TOKEN.number, DATE: TOKEN.date, STRING: TOKEN.string, ARROW: TOKEN.arrow, COMPARE: TOKEN.compare, SEPARATOR: TOKEN.comma }
const BY_TEXT: Readonly<Record<string, number>> = {
  '..': TOKEN.range, '{': TOKEN.open, '}': TOKEN.close, '[': TOKEN.openBracket, ']': TOKEN.closeBracket, '(': TOKEN.openParen, ')': TOKEN.closeParen,
  ':': TOKEN.colon, ',': TOKEN.comma, '=': TOKEN.equals, '+': TOKEN.operator, '-': TOKEN.operator, '*': TOKEN.operator, '/': TOKEN.operator,
}

const scanned = (text: string): readonly string[] => {
  const { count, type, start, end } = scan(text)
  return Array.from({ length: count }, (_, at) => `${type[at]} ${start[at]}-${end[at]}`)
}

const lexed = (text: string): readonly string[] =>
  Lexer.tokenize(text).tokens.map(({ tokenType, image, startOffset }) => `${BY_NAME[tokenType.name] ?? BY_TEXT[image] ?? TOKEN.name} ${startOffset}-${startOffset + image.length}`)

describe('scan', () => {
  for (const { name, text } of samples) it(`sees ${name} as the grammar does`, () => assert.deepEqual(scanned(text), lexed(text)))

  it('sees any text as the grammar does, wherever the grammar sees something', () => {
    const piece = fc.oneof(
      fc.constantFrom('a', 'us-east.orders', 'p99.9', 'let', '12', '2.8.1', '400/s', '100M/day', '92%', '12..24', '2027-03-01', '2027-03-01x', '"a \\" b"', '->', '~>', '<=', '>', '{', '}', '[', ']', '(', ')', ':', ',', '=', '+', '-', '*', '/', '// c\n', '/* c\n c */', '10/n', 'a-b', 'a - b', 'a->b', '3-2', 'é', 'größe-2', '1a', 'µs', '5µs', '..', ' ', '\n', '\t', '\r\n'),
      fc.string({ unit: fc.constantFrom(...'abz019-_./:,"{}[]()<>=~+*% \n') , maxLength: 6 }),
    )
    property(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        // What is not closed ends with its line for the scanner only.
        if (Lexer.tokenize(text).errors.length > 0 || scan(text).unclosed.length > 0) return
        assert.deepEqual(scanned(text), lexed(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('ends what is not closed with its line', () => {
    const { unclosed } = scan('service a "no end\nservice b /* none\nflow "x {\n}')
    assert.deepEqual(unclosed.map(({ what, start, end }) => [what, start, end]), [['string', 10, 17], ['comment', 28, 35], ['string', 41, 43]])
  })
})

describe('split', () => {
  const groups = (text: string): readonly unknown[] => {
    const shown = (chunks: readonly Chunk[]): readonly unknown[] => chunks.map((chunk) => (chunk.body ? [text.slice(chunk.start, chunk.end), ...shown(chunk.body.chunks)] : text.slice(chunk.start, chunk.end)))
    return shown(split(text, scan(text)).chunks)
  }

  it('ends a statement with its line, unless that plainly goes on', () => {
    assert.deepEqual(groups('service a\nservice b\n  uses kafka\na ->\n  b\nb\n  -> c\n  : reads\nlet x = 2 +\n  3\nkey: [a,\n b]\na,\n  b -> c'), [
      'service a', 'service b\n  uses kafka', 'a ->\n  b', 'b\n  -> c\n  : reads', 'let x = 2 +\n  3', 'key: [a,\n b]', 'a,\n  b -> c',
    ])
    assert.deepEqual(groups('a ->\nb -> c\nkey: [a\nservice b'), ['a ->', 'b -> c', 'key: [a', 'service b'])
  })

  it('makes a body of several lines groups of its own, and leaves one of a line in place', () => {
    assert.deepEqual(groups('region r {\n  service a { replicas: 3 }\n  zone z\n  {\n    service b\n  }\n}'), [['region r {', 'service a { replicas: 3 }', ['zone z\n  {', 'service b']]])
  })

  it('finds where a lost brace belongs by indentation', () => {
    assert.deepEqual(groups('region r {\n  service a {\n    replicas: 3\n  service b\n}\nservice c'), [['region r {', ['service a {', 'replicas: 3'], 'service b'], 'service c'])
    assert.deepEqual(groups('region r\n  service a\n}\nservice c'), [['region r', 'service a'], 'service c'])
    assert.deepEqual(groups('region r {\n  service a\n  }\n}\nservice c'), [['region r {', 'service a', '}'], 'service c'])
  })

  it('covers every token once', () => {
    for (const { text } of samples) {
      const { count } = scan(text)
      const inside = (chunks: readonly Chunk[]): number =>
        chunks.reduce((sum, { start, end, body }) => sum + scan(text.slice(start, end)).count + (body ? inside(body.chunks) + (body.outerEnd > body.end ? 1 : 0) : 0), 0)
      assert.equal(inside(split(text, scan(text)).chunks), count)
    }
  })
})
