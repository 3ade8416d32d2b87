/** A file as a tree of statements with absolute places: what lowering walks. Never fails; what it cannot read it reports and leaves out. */
import type { Problem } from '../model/model.ts'
import type { Origin, Position } from '../model/origin.ts'
import type { BraceProblem } from './braces.ts'
import { parseChunk } from './chunk.ts'
import { scan } from './scan.ts'
import { split, type Chunk } from './split.ts'
import type { Statement, SyntaxProblem } from './syntax.ts'

export interface Node {
  readonly statement: Statement
  /** Offset in the file from which the statement's own offsets count. */
  readonly base: number
  /** Offsets in the file, the whole statement with its body. */
  readonly start: number
  readonly end: number
  /** Just behind `{` and just before `}`. */
  readonly body?: { readonly start: number; readonly end: number }
  readonly children: readonly Node[]
  /** True where only a part of its line could be read: what it declares gives way to what others declare. */
  readonly damaged?: boolean
}

export interface Tree {
  readonly file: string
  readonly text: string
  readonly nodes: readonly Node[]
  readonly problems: readonly Problem[]
  origin(start: number, end: number): Origin
  position(offset: number): Position
}

const BRACES: Readonly<Record<BraceProblem['what'], string>> = {
  unclosed: 'This `{` is never closed: add a `}` where its body ends.',
  stray: 'This brace has no partner: remove it.',
  unopened: 'The body below is closed but never opened: add a `{` here.',
  deep: 'Bodies nest too deeply here; what is inside is not read.',
}

export function parseFile(file: string, text: string): Tree {
  const tokens = scan(text)
  const { chunks, braces } = split(text, tokens)
  const { lineStarts } = tokens
  const position = (offset: number): Position => {
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (lineStarts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low, character: offset - lineStarts[low]! }
  }
  const origin = (start: number, end: number): Origin => ({ file, range: { start: position(start), end: position(end) } })
  const problems: Problem[] = []
  const report = (start: number, end: number, message: string, fix?: SyntaxProblem['fix']): void => {
    problems.push({
      code: 'syntax',
      severity: 'error',
      message: sentence(message),
      origin: origin(start, Math.max(end, Math.min(start + 1, text.length))),
      ...(fix && { fixes: [{ title: fix.title, edits: [{ origin: origin(fix.start, fix.end), newText: fix.newText }] }] }),
    })
  }
  /** Lines of which something was said already: one broken line is one problem. */
  const spoken = new Set<number>()
  for (const { what, start, end } of tokens.unclosed) {
    report(start, end, what === 'string' ? 'This text is never closed: add a `"` at its end.' : 'This comment is never closed: add `*/` at its end.')
    spoken.add(position(start).line)
  }
  for (const { what, token } of braces.problems) {
    report(tokens.start[token]!, tokens.end[token]!, BRACES[what])
    if (what !== 'unclosed') spoken.add(tokens.line[token]!)
  }

  const nodesOf = (list: readonly Chunk[]): Node[] => list.flatMap(nodeOf)
  const nodeOf = (chunk: Chunk): Node[] => {
    if (chunk.deep) {
      report(chunk.start, Math.min(chunk.end, chunk.start + 80), 'Brackets nest too deeply here.')
      return []
    }
    let source = text.slice(chunk.start, chunk.end)
    for (const offset of chunk.stray) source = replaced(source, offset - chunk.start, ' ')
    for (const { what, start, end } of tokens.unclosed) if (start >= chunk.start && end <= chunk.end + 1) source = mended(source, what, start - chunk.start, end - chunk.start)
    const parsed = parseChunk(source + chunk.completion)
    if (!spoken.has(chunk.line)) {
      for (const { start, end, message, fix } of parsed.problems) {
        report(Math.min(chunk.start + start, chunk.end - 1), Math.min(chunk.start + end, chunk.end), message, fix && shifted(fix, chunk.start))
      }
    }
    const damaged = parsed.problems.length > 0 || chunk.stray.length > 0
    const nodes = parsed.statements.map((statement) => (damaged ? { ...placed(statement, chunk.start, chunk.end), damaged } : placed(statement, chunk.start, chunk.end)))
    const last = nodes.at(-1)
    if (!chunk.body) return nodes
    // What stands inside a broken header's braces is still meant: its statements belong to what is around it.
    if (!last || !headerOf(parsed.statements, chunk)) {
      return [...nodes, ...meantWithout(nodesOf(chunk.body.chunks))]
    }
    const { start, end, outerEnd, chunks: inner } = chunk.body
    return [...nodes.slice(0, -1), { ...last, end: outerEnd, body: { start, end }, children: nodesOf(inner) }]
  }
  const nodes = nodesOf(chunks)
  return { file, text, nodes, problems, origin, position }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.?!]$/.test(text) ? '' : '.')
}

/**
 * What still holds of a body whose header cannot be read: declarations, and arrows beside them. Arrows alone were a flow's steps, which
 * declare nothing, and properties were the header's.
 */
export function meantWithout(children: readonly Node[]): readonly Node[] {
  // `region {us {`: a brace too many cut the header in two.
  const meant = children.flatMap((child) => (isSplitHeader(child) ? child.children : [child]))
  const declares = meant.some(({ statement: { type } }) => type === 'declaration')
  return meant.filter(({ statement: { type } }) => type === 'declaration' || type === 'titled' || type === 'let' || (type === 'relation' && declares))
}

function isSplitHeader({ statement, children }: Node): boolean {
  return statement.type === 'block' && children.some((child) => child.statement.type === 'declaration')
}

/** The statement whose body was split off: the last one, if it reaches up to the `{`. */
function headerOf(statements: readonly Statement[], chunk: Chunk): boolean {
  const last = statements.at(-1)!
  return 'body' in last && last.body !== undefined && last.end >= chunk.end - chunk.start
}

/** A string without its end gets one, where a blank follows it or else over its last character; a comment without its end is blank. */
function mended(source: string, what: 'string' | 'comment', start: number, end: number): string {
  if (what === 'comment') return source.slice(0, start) + source.slice(start, end).replace(/\S/g, ' ') + source.slice(end)
  if (end >= source.length) return `${source}"`
  return replaced(source, source[end] === ' ' || end === start + 1 ? end : end - 1, '"')
}

function replaced(text: string, at: number, character: string): string {
  return text.slice(0, at) + character + text.slice(at + 1)
}

function shifted(fix: NonNullable<SyntaxProblem['fix']>, by: number): NonNullable<SyntaxProblem['fix']> {
  return { ...fix, start: fix.start + by, end: fix.end + by }
}

function placed(statement: Statement, base: number, end: number): Node {
  const body = 'body' in statement ? statement.body : undefined
  return {
    statement,
    base,
    start: base + statement.start,
    end: Math.min(base + statement.end, end),
    ...(body && { body: { start: base + body.start, end: Math.min(base + body.end, end) } }),
    children: body ? body.statements.map((inner) => placed(inner, base, end)) : [],
  }
}
