/** The lines that the gaps make, and the columns that run over them. */
import { lineUp, type Column, type Stop } from './align.ts'
import { TOKEN } from '../scan.ts'
import { COMMENT, isComment, type Atom } from './atoms.ts'
import { columns } from './columns.ts'
import { APART, BEFORE_COMMENT } from './group.ts'

/** A statement that is alone on its line, for its column with its neighbours. */
export interface Entry {
  readonly sort: string
  /** What may stand in a column with that of its neighbours, from left to right: what follows a name or an arrow, a body, what stands apart in it. */
  readonly stops: readonly [after?: Atom, body?: Atom, apart?: Atom]
  /** False where its line stays as it is. */
  readonly free: boolean
}

interface Line {
  readonly first: Atom
  last: Atom
  /** Whether an empty line stands before it. */
  readonly apart: boolean
  readonly indent: number
  readonly entry?: Entry
  /** How far what stands before each stop of the entry reaches. */
  reaches: number[]
  /** How far what stands before the last atom reaches. */
  reach: number
}

/** Of each stop of an entry. What follows a name is wanted in line; bodies begin at one column by chance as well. */
const COLUMNS: readonly Column[] = [
  { least: 1, stray: 8, share: 0 },
  { least: 1, stray: 8, share: 0.7 },
  { least: APART, stray: 8, share: 0.7 },
]
const COMMENTS: Column = { least: BEFORE_COMMENT, stray: 60, share: 0 }

/** `entries` go by the first atom of their statement. */
export function lineUpLines(text: string, atoms: readonly Atom[], entries: ReadonlyMap<Atom, Entry>): void {
  const lines = linesOf(text, atoms, entries)
  for (const [index, column] of COLUMNS.entries()) {
    for (const run of runsOf(lines, (line) => entryPart(line, index))) apply(text, run, column)
  }
  for (const run of runsOf(lines, commentPart)) apply(text, run, COMMENTS)
}

interface OnLine extends Stop {
  readonly line: Line
}

function apply(text: string, run: readonly OnLine[], column: Column): void {
  const blanks = lineUp(text, run, column)
  for (const [index, { atom, free, line }] of run.entries()) {
    const more = blanks[index]! - column.least
    if (!free || more === 0) continue
    atom.gap = { as: 'blanks', count: blanks[index]! }
    // What stands further right on the line moves along.
    line.reach += more
    line.reaches = line.reaches.map((reach) => reach + more)
  }
}

/** What a line is to a column: a part of it, something it may run past, or its end. */
type Part = OnLine | 'past' | 'inside' | 'end'

/** A column runs past the lines of a body that one of its statements opens. */
function entryPart(line: Line, index: number): Part {
  const { first, last, entry, reaches, indent } = line
  if (isComment(first)) return first === last ? 'past' : 'end'
  if (!entry) return first.type === TOKEN.close ? 'past' : 'inside'
  const reach = reaches[index]
  return reach === undefined ? 'past' : { atom: entry.stops[index]!, sort: entry.sort, reach, indent, free: entry.free, line }
}

function commentPart(line: Line): Part {
  const { first, last, reach, indent } = line
  return !isComment(last) || first === last || last.gap.as !== 'blanks' ? 'past' : { atom: last, sort: '', reach, indent, free: true, line }
}

/** Stops of one sort at one indentation, with no empty line between them. */
function runsOf(lines: readonly Line[], partOf: (line: Line) => Part): readonly (readonly OnLine[])[] {
  const runs: OnLine[][] = []
  let run: OnLine[] = []
  const end = () => {
    if (run.length > 1) runs.push(run)
    run = []
  }
  for (const line of lines) {
    const indent = run[0]?.indent ?? line.indent
    if (line.apart || line.indent < indent) end()
    const part = partOf(line)
    if (part === 'past' || (part === 'inside' && line.indent > indent)) continue
    if (typeof part === 'string') end()
    else {
      if (run.length > 0 && (run[0]!.sort !== part.sort || run[0]!.indent !== part.indent)) end()
      run.push(part)
    }
  }
  end()
  return runs
}

function linesOf(text: string, atoms: readonly Atom[], entries: ReadonlyMap<Atom, Entry>): readonly Line[] {
  const lines: Line[] = []
  let line: Line | undefined
  let column = 0
  let from = 0
  for (const atom of atoms) {
    const { gap } = atom
    const found = gap.as === 'found' ? text.slice(from, atom.start) : ''
    const breaks = gap.as === 'lines' ? gap.count : gap.as === 'found' ? found.split('\n').length - 1 : 0
    if (breaks > 0 || !line) {
      column = gap.as === 'lines' ? gap.indent : columns(found.slice(found.lastIndexOf('\n') + 1))
      lines.push((line = { first: atom, last: atom, apart: breaks > 1, indent: column, entry: entries.get(atom), reaches: [], reach: 0 }))
    } else {
      line.last = atom
      line.reach = column
      const stop = line.entry ? line.entry.stops.indexOf(atom) : -1
      if (stop >= 0) line.reaches[stop] = column
      column += gap.as === 'blanks' ? gap.count + (gap.comma ? 1 : 0) : columns(found)
    }
    const inside = atom.type === COMMENT.block ? text.lastIndexOf('\n', atom.end - 1) : -1
    column = inside > atom.start ? columns(text.slice(inside + 1, atom.end)) : column + atom.width
    from = atom.end
  }
  return lines
}
