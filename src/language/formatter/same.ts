/** Whether two texts of a file say the same: the same statements, comments and mistakes, wherever they stand. */
import { parseChunk } from '../chunk.ts'
import { scan, TOKEN, type Tokens } from '../scan.ts'
import { split, type Chunk } from '../split.ts'
import { parseFile, type Node } from '../tree.ts'
import { eachWord } from './atoms.ts'

export function saySame(text: string, other: string): boolean {
  const [tokens, otherTokens] = [scan(text), scan(other)]
  if (!sameWords(text, tokens, other, otherTokens)) return false
  const [a, b] = [split(text, tokens), split(other, otherTokens)]
  const whole = [tokens, otherTokens].every(({ unclosed }) => unclosed.length === 0) && [a, b].every(({ braces }) => braces.problems.length === 0)
  return whole && sameShape(a.chunks, b.chunks) ? sameChunks(text, a.chunks, other, b.chunks) : sameTrees(text, other)
}

/** Commas are left out: between statements they may come and go. Where they part the items of a list, the statements tell. */
function sameWords(text: string, tokens: Tokens, other: string, otherTokens: Tokens): boolean {
  /** Start, end and type of each. */
  const words: number[] = []
  eachWord(text, tokens, (start, end, type) => {
    if (type !== TOKEN.comma) words.push(start, end, type)
  })
  let index = 0
  let same = true
  eachWord(other, otherTokens, (start, end, type) => {
    if (type === TOKEN.comma || !same) return
    const [from, to, as] = [words[index]!, words[index + 1]!, words[index + 2]!]
    same = as === type && to - from === end - start && text.startsWith(other.slice(start, end), from)
    index += 3
  })
  return same && index === words.length
}

/** Whether the same statements share lines in both: the common case, which needs no trees. */
function sameShape(a: readonly Chunk[], b: readonly Chunk[]): boolean {
  return a.length === b.length && a.every((chunk, index) => {
    const other = b[index]!
    return chunk.completion === other.completion && !chunk.deep && !other.deep && (chunk.body && other.body ? sameShape(chunk.body.chunks, other.body.chunks) : chunk.body === other.body)
  })
}

function sameChunks(text: string, a: readonly Chunk[], other: string, b: readonly Chunk[]): boolean {
  return a.every((chunk, index) => {
    const twin = b[index]!
    const [one, two] = [parseChunk(text.slice(chunk.start, chunk.end) + chunk.completion), parseChunk(other.slice(twin.start, twin.end) + twin.completion)]
    if (one !== two && !(same(one.statements, two.statements) && sameMessages(one.problems, two.problems))) return false
    return !chunk.body || sameChunks(text, chunk.body.chunks, other, twin.body!.chunks)
  })
}

function sameMessages(a: readonly { readonly message: string }[], b: readonly { readonly message: string }[]): boolean {
  return a.length === b.length && a.every(({ message }, index) => message === b[index]!.message)
}

function sameTrees(text: string, other: string): boolean {
  const [a, b] = [parseFile('', text), parseFile('', other)]
  return sameMessages(a.problems, b.problems) && sameNodes(a.nodes, b.nodes)
}

function sameNodes(a: readonly Node[], b: readonly Node[]): boolean {
  return a.length === b.length && a.every((node, index) => sameNode(node, b[index]!))
}

/** A body is compared by its nodes: whether it stood on one line or below its header, they are there. */
function sameNode(a: Node, b: Node): boolean {
  return a.damaged === b.damaged && (a.body === undefined) === (b.body === undefined) && same({ ...a.statement, body: undefined }, { ...b.statement, body: undefined }) && sameNodes(a.children, b.children)
}

/** Deeply, places aside. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => same(item, b[index]))
  for (const key in a) if (key !== 'start' && key !== 'end' && !same(a[key as keyof typeof a], b[key as keyof typeof b])) return false
  for (const key in b) if (!(key in a) && b[key as keyof typeof b] !== undefined) return false
  return true
}
