/** What stands at a place of a text that may be broken: for completion what may be written there, for hover what the word there is. */
import { scan, type Token } from './scan.ts'
import type { Expected, Frame, Part, Words } from './outline.ts'
import { readTolerantly } from './tolerant-reader.ts'
import { vocabulary } from '../vocabulary/index.ts'

export interface Context {
  /** Everything that could be written here; empty in a comment or in free text. */
  readonly expected: readonly Expected[]
  /** What stands around it, the file outermost, so never empty. */
  readonly frames: readonly Frame[]
  /** The word or string under way: what a completion replaces. Its text ends at the cursor. */
  readonly typed: { readonly start: number; readonly end: number; readonly text: string; readonly type: Token['type'] | 'none' }
  /** Whether something else of this line stands before the word under way. */
  readonly continues: boolean
  /** Properties and blocks that the innermost braces hold already, on either side of the cursor. */
  readonly present: ReadonlySet<string>
}

const words: Words = {
  isKind: (word) => vocabulary.kind(word) !== undefined,
  isContainer: (word) => vocabulary.container(word) !== undefined,
  isFlowProperty: (word) => vocabulary.property('flow', word) !== undefined,
}

export function contextAt(text: string, offset: number): Context {
  const tokens = scan(text)
  const comment = tokens.find((token) => token.type === 'comment' && token.start < offset && (offset < token.end || (offset === token.end && !(token.text.startsWith('/*') && token.closed))))
  const code = tokens.filter(({ type }) => type !== 'comment')
  const index = code.findIndex(({ end }) => end >= offset)
  const touching = index < 0 ? undefined : code[index]!
  const within = touching && touching.start < offset && touching.type !== 'symbol' && !(touching.type === 'string' && touching.closed && offset === touching.end) ? touching : undefined
  const before = code.slice(0, within ? index : index < 0 ? code.length : touching!.start < offset ? index + 1 : index)
  const outline = readTolerantly(before, words)
  const frames = outline.frames
  const start = within?.start ?? offset
  const line = text.lastIndexOf('\n', start - 1) + 1
  return {
    expected: comment ? [] : outline.expected,
    frames,
    typed: { start, end: within?.end ?? offset, text: within ? text.slice(start, offset) : '', type: within?.type ?? 'none' },
    continues: text.slice(line, start).trim() !== '',
    present: presentIn(code, frames.at(-1)!),
  }
}

/** All parts of a text, in order: for highlighting and for the word under the pointer. Kept for the texts last asked about. */
export function partsOf(text: string): readonly Part[] {
  const known = recent.get(text)
  if (known) return known
  const parts: Part[] = []
  recent.set(text, parts)
  if (recent.size > KEPT) recent.delete(recent.keys().next().value!)
  readTolerantly(
    scan(text).filter(({ type }) => type !== 'comment'),
    words,
    (part) => parts.push(part),
  )
  return parts
}

const recent = new Map<string, readonly Part[]>()
const KEPT = 4

/** The part at an offset; the word before it where it stands just behind one. */
export function partAt(text: string, offset: number): Part | undefined {
  const parts = partsOf(text)
  const touching = parts.filter(({ token }) => token.start <= offset && offset <= token.end)
  return touching.find(({ token }) => token.type !== 'symbol') ?? touching[0]
}

function presentIn(code: readonly Token[], frame: Frame): ReadonlySet<string> {
  const present = new Set<string>()
  if (frame.type === 'file') return present
  const prefix = frame.type === 'block' ? `${frame.word}.` : ''
  let depth = 0
  for (let at = code.findIndex(({ start }) => start >= frame.start); at >= 0 && at < code.length && depth >= 0; at++) {
    const { text, type } = code[at]!
    if (type === 'symbol' && text === '{') depth++
    else if (type === 'symbol' && text === '}') depth--
    else if (depth === 0 && type === 'word' && code[at + 1]?.type === 'symbol' && [':', '{'].includes(code[at + 1]!.text)) present.add(prefix + text)
  }
  return present
}
