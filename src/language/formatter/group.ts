/**
 * The layout of one statement group: single blanks where they are due, the author's line breaks kept, and what is too long for a line opened:
 * statements that share a line go to lines of their own, and a body's content moves below its header.
 */
import type { Statement } from '../syntax.ts'
import { TOKEN } from '../scan.ts'
import { COMMENT, isComment, type Atom, type Gap } from './atoms.ts'
import { isFact, type Marks } from './marks.ts'

/** Beyond this a line is opened where it can be. Of all lines that people wrote by hand in the gallery, more than nine in ten are shorter. */
export const WIDTH = 120
export const INDENT = 2
/** Before a comment that ends a line. */
export const BEFORE_COMMENT = 2
/** Between two statements on a line that no comma may part. */
export const APART = 3

export interface Group {
  /** Those that stand in the group, without dropped commas; the first one's gap is not decided here. */
  readonly atoms: readonly Atom[]
  readonly text: string
  /** Offset from which the statements and marks count. */
  readonly base: number
  readonly statements: readonly Statement[]
  readonly marks: Marks
  readonly depth: number
  /** Whether its last statement's body is split off, so that its header stands on a line of its own. */
  readonly header: boolean
}

/** A statement that has a line of its own, or begins one, with its atoms. */
export interface Alone {
  readonly statement: Statement
  readonly atoms: readonly Atom[]
}

/** Returns the statements that are alone on their lines. */
export function layOut(group: Group): readonly Alone[] {
  const { atoms, statements, depth, header } = group
  const { broken, width } = flatten(group)
  if (width <= WIDTH && !(header && statements.length > 1)) return statements.length === 1 ? [{ statement: statements[0]!, atoms }] : []
  const rows = rowsOf(group)
  if (!broken) {
    if (header) rows.breakUp(statements.slice(0, -1), statements.slice(-1), depth)
    else rows.list(statements, depth)
  } else if (statements.length === 1) rows.open(statements[0]!, depth)
  return rows.alone
}

/** Whether the group goes on on a new line here, as in the source: a comma moves up to the line that it ends. */
function isBreak(text: string, atoms: readonly Atom[], index: number): boolean {
  const [before, atom] = [atoms[index - 1]!, atoms[index]!]
  if (before.type === COMMENT.line) return true
  if (atom.type === TOKEN.comma || atom.type === TOKEN.open) return false
  if (text.slice(before.end, atom.start).includes('\n')) return true
  return before.type === TOKEN.comma && index > 1 && atoms[index - 2]!.type !== COMMENT.line && text.slice(atoms[index - 2]!.end, before.start).includes('\n')
}

/** Decides every gap as if all of a line fitted; says how far the longest line reaches. */
function flatten(group: Group): { readonly broken: boolean; readonly width: number } {
  const { atoms, text, base, marks, depth } = group
  let brackets = 0
  let column = depth * INDENT
  let width = 0
  let broken = false
  let comma = false
  let from = atoms[0]!.end
  for (const [index, atom] of atoms.entries()) {
    if (index > 0) {
      // One that stands before a comment parts the statements all the same.
      comma = text.slice(from, atom.start).includes(',') || (comma && isComment(atoms[index - 1]!))
      from = atom.end
      const closes = atom.type === TOKEN.closeBracket || atom.type === TOKEN.closeParen
      if (isBreak(text, atoms, index)) {
        broken = true
        const indent = depth + Math.max(brackets - (closes ? 1 : 0), brackets > 0 ? 0 : 1)
        atom.gap = { as: 'lines', count: 1, indent: indent * INDENT }
        column = indent * INDENT
      } else {
        atom.gap = gapBefore(atoms[index - 1]!, atom, base, marks, comma)
        column += atom.gap.as === 'blanks' ? atom.gap.count + (atom.gap.comma ? 1 : 0) : 0
      }
      if (closes) brackets--
    }
    if (atom.type === TOKEN.openBracket || atom.type === TOKEN.openParen) brackets++
    column += atom.width
    width = Math.max(width, column)
  }
  return { broken, width }
}

const NONE: Gap = { as: 'nothing' }
const ONE: Gap = { as: 'blanks', count: 1 }
const COMMA: Gap = { as: 'blanks', count: 1, comma: true }
const WIDE: Gap = { as: 'blanks', count: APART }

function gapBefore(before: Atom, atom: Atom, base: number, marks: Marks, comma: boolean): Gap {
  const begins = marks.begins.get(atom.start - base)
  if (begins) return comma || begins.parted ? COMMA : WIDE
  switch (before.type) {
    case TOKEN.openBracket:
    case TOKEN.openParen:
    case TOKEN.range:
    case TOKEN.compare:
      return NONE
    case TOKEN.operator:
      if (marks.negations.has(before.start - base)) return NONE
      break
    case TOKEN.open:
      return atom.type === TOKEN.close ? NONE : ONE
  }
  switch (atom.type) {
    case TOKEN.comma:
    case TOKEN.closeBracket:
    case TOKEN.closeParen:
    case TOKEN.range:
      return NONE
    case TOKEN.colon:
      return marks.ends.has(before.end - base) ? ONE : NONE
    case TOKEN.openParen:
      return marks.callees.has(before.end - base) ? NONE : ONE
  }
  return ONE
}

/** Finds the atoms of statements; made only for what does not fit its line. */
function rowsOf({ atoms, base }: Group) {
  const starts = new Map(atoms.map((atom, index) => [atom.start - base, index]))
  const ends = new Map(atoms.map((atom, index) => [atom.end - base, index]))
  const columns: number[] = []
  let column = 0
  for (const { gap, width } of atoms) {
    column += gap.as === 'blanks' ? gap.count + (gap.comma ? 1 : 0) : 0
    columns.push(column)
    column += width
  }
  const first = (statement: Statement) => starts.get(statement.start)!
  const last = (statement: Statement) => ends.get(statement.end)!
  const widthOf = (list: readonly Statement[]) => {
    const end = last(list.at(-1)!)
    return columns[end]! + atoms[end]!.width - columns[first(list[0]!)]!
  }
  const newLine = (index: number, depth: number) => {
    atoms[index]!.gap = { as: 'lines', count: 1, indent: depth * INDENT }
    for (let before = index - 1; before > 0 && isComment(atoms[before]!) && atoms[before]!.gap.as === 'blanks'; before--) atoms[before]!.gap = { as: 'blanks', count: BEFORE_COMMENT }
  }
  const alone: Alone[] = []

  function list(statements: readonly Statement[], depth: number): void {
    const fits = depth * INDENT + widthOf(statements) <= WIDTH
    if (statements.length > 1) return fits ? undefined : breakUp(statements, [], depth)
    if (!fits) return open(statements[0]!, depth)
    alone.push({ statement: statements[0]!, atoms: atoms.slice(first(statements[0]!), last(statements[0]!) + 1) })
  }

  /** The header of a body that is split off stands alone at the end. */
  function breakUp(statements: readonly Statement[], header: readonly Statement[], depth: number): void {
    const lines = [...filled(statements, WIDTH - depth * INDENT, widthOf), ...header.map((one) => [one])]
    for (const [index, line] of lines.entries()) {
      if (index > 0) newLine(first(line[0]!), depth)
      if (line[0] === header[0]) alone.push({ statement: line[0]!, atoms: atoms.slice(first(line[0]!)) })
      else list(line, depth)
    }
  }

  function open(statement: Statement, depth: number): void {
    alone.push({ statement, atoms: atoms.slice(first(statement), (last(statement) ?? atoms.length) + 1) })
    const body = 'body' in statement ? statement.body : undefined
    const opening = body && ends.get(body.start)
    const closing = body && starts.get(body.end)
    if (!body || body.statements.length === 0 || opening === undefined || closing === undefined) return
    newLine(opening + 1, depth + 1)
    newLine(closing, depth)
    list(body.statements, depth + 1)
  }

  return { list, breakUp, open, alone }
}

/** Facts share lines, as few as they need and about as long as each other; everything else has a line of its own. */
function filled(statements: readonly Statement[], width: number, widthOf: (list: readonly Statement[]) => number): readonly (readonly Statement[])[] {
  const lines: (readonly Statement[])[] = []
  for (let from = 0; from < statements.length; ) {
    let to = from + 1
    if (isFact(statements[from]!)) while (to < statements.length && isFact(statements[to]!)) to++
    lines.push(...balanced(statements.slice(from, to), width, widthOf))
    from = to
  }
  return lines
}

function balanced(facts: readonly Statement[], width: number, widthOf: (list: readonly Statement[]) => number): readonly (readonly Statement[])[] {
  const greedy = (limit: number) => {
    const lines: Statement[][] = []
    for (const fact of facts) {
      const line = lines.at(-1)
      if (line && widthOf([line[0]!, fact]) <= limit) line.push(fact)
      else lines.push([fact])
    }
    return lines
  }
  const fewest = greedy(width)
  let [low, high] = [0, width]
  while (low < high) {
    const middle = (low + high) >> 1
    if (greedy(middle).length <= fewest.length) high = middle
    else low = middle + 1
  }
  return greedy(high)
}
