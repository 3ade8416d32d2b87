/**
 * Columns over neighbouring lines. Whoever lines up two of them (`=` of a `let`, the verbs of arrows, bodies, comments behind lines) has begun a
 * column: it is kept in line, and what stands beyond it stands one blank behind. None is imposed.
 */
import type { Atom } from './atoms.ts'
import { columns } from './columns.ts'

/** An atom that may stand in a column with those of the same sort on the lines around it. */
export interface Stop {
  readonly atom: Atom
  readonly sort: string
  /** Columns of what stands before it on its line when nothing is lined up. */
  readonly reach: number
  /** The line's own indentation. */
  readonly indent: number
  /** False where its line stays as it is; it says where the column is all the same. */
  readonly free: boolean
}

export interface Column {
  /** The fewest blanks before a stop. */
  readonly least: number
  /** How far beyond the reach of most lines it may lie: one long line among short ones does not move them all. */
  readonly stray: number
  /** The share of the lines, and two at least, that must stand in it already. */
  readonly share: number
}

/** The blanks that each of a run's stops shall have before it. */
export function lineUp(text: string, run: readonly Stop[], { least, stray, share }: Column): readonly number[] {
  const free = run.filter((stop) => stop.free)
  if (!begun(text, free, least, share)) return run.map(() => least)
  const reaches = free.map(({ reach }) => reach).sort((a, b) => a - b)
  // Those that the column takes in are as many as must stand in it, so that what is once in line stays so.
  const limit = reaches[Math.floor(reaches.length * Math.max(share, 0.5))]! + stray
  const column = run.reduce((most, { reach }) => (reach <= limit ? Math.max(most, reach) : most), 0)
  return run.map(({ reach }) => Math.max(0, column - reach) + least)
}

/** Whether enough of them stand in one column in the source, and not only because what is before them is as long. */
function begun(text: string, run: readonly Stop[], least: number, share: number): boolean {
  const seen = new Map<number, { count: number; padded: boolean }>()
  for (const { atom } of run) {
    const before = text.slice(text.lastIndexOf('\n', atom.start - 1) + 1, atom.start)
    const word = before.trimEnd()
    if (word === '') continue
    const column = columns(before)
    const found = seen.get(column) ?? { count: 0, padded: false }
    seen.set(column, { count: found.count + 1, padded: found.padded || column - columns(word) > least })
  }
  return [...seen.values()].some(({ count, padded }) => padded && count >= Math.max(2, run.length * share))
}
