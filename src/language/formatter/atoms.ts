/**
 * A text as a row of atoms, tokens and comments in their order, and what stands between them: blanks, line breaks and the commas that part
 * statements. The formatter decides about the gaps and about nothing else, so that it cannot lose a word.
 */
import type { Tokens } from '../scan.ts'
import { columns, isPlain } from './columns.ts'

export const COMMENT = { line: 32, block: 33 } as const

export interface Atom {
  /** Offsets; a line comment ends with its last character that is no blank. */
  readonly start: number
  readonly end: number
  /** One of `TOKEN` or `COMMENT`. */
  readonly type: number
  /** Columns of its text. */
  readonly width: number
  /** A comma between statements: part of the gap from now on. */
  dropped: boolean
  /** What shall stand before it. */
  gap: Gap
}

export type Gap =
  | { readonly as: 'blanks'; readonly count: number; readonly comma?: boolean }
  /** Two line breaks leave one line empty. */
  | { readonly as: 'lines'; readonly count: 1 | 2; readonly indent: number }
  /** As it is written. */
  | { readonly as: 'found' }
  | { readonly as: 'nothing' }

const UNDECIDED: Gap = { as: 'found' }

export function atomsOf(text: string, tokens: Tokens): Atom[] {
  const plain = isPlain(text)
  const atoms: Atom[] = []
  eachWord(text, tokens, (start, end, type) => {
    atoms.push({ start, end, type, width: plain ? end - start : columns(text.slice(start, end)), dropped: false, gap: UNDECIDED })
  })
  return atoms
}

/** Tokens and comments in their order. */
export function eachWord(text: string, tokens: Tokens, take: (start: number, end: number, type: number) => void): void {
  const unclosed = new Map(tokens.unclosed.filter(({ what }) => what === 'comment').map(({ start, end }) => [start, end]))
  const comments = (from: number, to: number): void => {
    for (let at = from; at < to; ) {
      const slash = text.indexOf('/', at)
      if (slash < 0 || slash >= to) break
      if (text[slash + 1] === '*' && !unclosed.has(slash)) {
        at = text.indexOf('*/', slash + 2) + 2
        take(slash, at, COMMENT.block)
      } else {
        at = unclosed.get(slash) ?? endOfLine(text, slash)
        take(slash, slash + text.slice(slash, at).trimEnd().length, COMMENT.line)
      }
    }
  }
  let from = 0
  for (let token = 0; token < tokens.count; token++) {
    const start = tokens.start[token]!
    if (start - from > 1) comments(from, start)
    from = tokens.end[token]!
    take(start, from, tokens.type[token]!)
  }
  comments(from, text.length)
}

export function isComment(atom: Atom): boolean {
  return atom.type >= COMMENT.line
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  return newline < 0 ? text.length : newline
}
