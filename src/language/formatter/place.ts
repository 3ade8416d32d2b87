/** Says of every gap what shall stand there: statement groups at their depth, comments where they belong, what cannot be read as it was. */
import { parseChunk } from '../chunk.ts'
import { TOKEN, type Tokens } from '../scan.ts'
import type { Chunk } from '../split.ts'
import { COMMENT, isComment, type Atom } from './atoms.ts'
import { columns } from './columns.ts'
import { BEFORE_COMMENT, INDENT, layOut, type Alone, type Group } from './group.ts'
import type { Entry } from './lines.ts'
import { marksOf, type Marks } from './marks.ts'

export interface Placed {
  readonly text: string
  readonly tokens: Tokens
  readonly atoms: readonly Atom[]
  /** By the first atom of a statement that is alone on its line. */
  readonly entries: Map<Atom, Entry>
  /** Lines on which something cannot be read. */
  readonly left: number[]
}

/** Carets below a line point at columns of it: neither may move. */
const CARETS = /^\/\/[\s^]*\^/

export function place({ text, tokens, atoms, entries, left }: Placed, roots: readonly Chunk[], wanted: (root: number) => boolean): void {
  let at = 0
  let last: Atom | undefined
  /** The brace behind which a body's lines begin, as long as nothing stands behind it. */
  let opening: Atom | undefined
  /** The comment that begins the line of the statement behind it. */
  let leading: Atom | undefined

  for (const [index, root] of roots.entries()) {
    comments(root.start, 0, root)
    if (wanted(index)) statement(root, 0)
    else untouched(root.body?.outerEnd ?? root.end)
  }
  comments(text.length, 0)

  function statements(chunks: readonly Chunk[], depth: number): void {
    for (const chunk of chunks) {
      comments(chunk.start, depth, chunk)
      statement(chunk, depth)
    }
  }

  function statement(chunk: Chunk, depth: number): void {
    const from = at
    while (at < atoms.length && atoms[at]!.start < chunk.end) at++
    group(chunk, atoms.slice(from, at), depth)
    const { body } = chunk
    if (!body) return
    opening = last
    statements(body.chunks, depth + 1)
    comments(body.end, depth + 1)
    if (body.outerEnd === body.end) return
    const close = atoms[at++]!
    close.gap = { as: 'lines', count: 1, indent: depth * INDENT }
    last = close
    opening = undefined
  }

  function group(chunk: Chunk, own: readonly Atom[], depth: number): void {
    const pointed = isPointedAt()
    const read = readable(chunk) ? parseChunk(text.slice(chunk.start, chunk.end) + chunk.completion) : undefined
    if (!read || read.problems.length > 0) {
      left.push(chunk.line)
      return asFound(own, depth)
    }
    const marks = marksOf(read)
    if (goesAstray(own, marks, chunk.start)) return asFound(own, depth)
    const kept = pointed ? own : withoutCommas(own, marks.between, chunk.start)
    const first = kept[0]
    if (!first) return
    const whole: Group = { atoms: kept, text, base: chunk.start, statements: read.statements, marks, depth, header: chunk.body !== undefined }
    let alone: readonly Alone[]
    if (pointed) {
      // Its gaps are as they were found unless it shared its line with what is before it.
      if (last && !between(last, first).includes('\n')) begin(first, depth)
      alone = read.statements.length === 1 ? [{ statement: read.statements[0]!, atoms: kept }] : []
    } else {
      begin(first, depth)
      alone = layOut(whole)
    }
    last = kept.at(-1)
    opening = leading = undefined
    for (const one of alone) {
      const entry = entryOf(one, whole, !pointed)
      if (entry) entries.set(one.atoms[0]!, entry)
    }
  }

  /** A comma at the end of a line joins what is below to it: when that is another statement, it would be on its own without the comma. */
  function goesAstray(own: readonly Atom[], { begins }: Marks, base: number): boolean {
    let end = base
    return own.some((atom) => {
      if (isComment(atom) || atom.type === TOKEN.comma) return false
      const astray = begins.has(atom.start - base) && text.slice(end, atom.start).includes('\n')
      end = atom.end
      return astray
    })
  }

  /** What cannot be read moves as one piece to where it belongs. */
  function asFound(own: readonly Atom[], depth: number): void {
    const first = own[0]!
    const shift = depth * INDENT - columnOf(first)
    begin(first, depth)
    for (let index = 1; index < own.length; index++) {
      const atom = own[index]!
      const gap = between(own[index - 1]!, atom)
      if (gap.includes('\n')) atom.gap = { as: 'lines', count: emptyLine(gap) ? 2 : 1, indent: Math.max(0, columnOf(atom) + shift) }
    }
    last = own.at(-1)
    opening = undefined
  }

  function untouched(end: number): void {
    while (at < atoms.length && atoms[at]!.start < end) last = atoms[at++]!
    opening = leading = undefined
  }

  /** Comments up to an offset: behind what they stand behind, on lines of their own, or on the line of the statement that they stand before. */
  function comments(end: number, depth: number, before?: Chunk): void {
    const mayLead = before && !text.slice(before.start, before.end).includes('\n')
    while (at < atoms.length && atoms[at]!.start < end) {
      const comment = atoms[at]!
      const sameLine = last !== undefined && !between(last, comment).includes('\n')
      const leads = mayLead && leadsLine(at)
      if (sameLine && (!leads || leading)) comment.gap = { as: 'blanks', count: leads ? 1 : BEFORE_COMMENT }
      else if (sameLine || !CARETS.test(text.slice(comment.start, comment.end))) line(comment, depth)
      opening = undefined
      leading = leads ? comment : undefined
      last = comment
      at++
    }
  }

  function begin(first: Atom, depth: number): void {
    if (leading) first.gap = { as: 'blanks', count: 1 }
    else line(first, depth)
    leading = undefined
  }

  /** Whether only comments stand between this one and a token on the same line. */
  function leadsLine(index: number): boolean {
    for (; ; index++) {
      const next = atoms[index + 1]
      if (atoms[index]!.type !== COMMENT.block || !next || between(atoms[index]!, next).includes('\n')) return false
      if (!isComment(next)) return true
    }
  }

  function line(atom: Atom, depth: number): void {
    if (!last) atom.gap = { as: 'nothing' }
    else atom.gap = { as: 'lines', count: last !== opening && emptyLine(between(last, atom)) ? 2 : 1, indent: depth * INDENT }
  }

  function isPointedAt(): boolean {
    let index = at
    while (index < atoms.length && isComment(atoms[index]!) && index > 0 && !between(atoms[index - 1]!, atoms[index]!).includes('\n')) index++
    const next = atoms[index]
    return next?.type === COMMENT.line && CARETS.test(text.slice(next.start, next.end))
  }

  function readable({ start, end, stray, deep }: Chunk): boolean {
    return !deep && stray.length === 0 && !tokens.unclosed.some((one) => one.start >= start && one.end <= end + 1)
  }

  function between(before: Atom, atom: Atom): string {
    return text.slice(before.end, atom.start)
  }

  function columnOf(atom: Atom): number {
    return columns(text.slice(text.lastIndexOf('\n', atom.start - 1) + 1, atom.start))
  }
}

function emptyLine(gap: string): boolean {
  return /\n[^\S\n]*\n/.test(gap)
}

/** Leaves out the commas that only part statements; the gaps say where one shall stand. */
function withoutCommas(own: readonly Atom[], between: readonly (readonly [number, number])[], base: number): readonly Atom[] {
  let region = 0
  return own.filter((atom) => {
    if (atom.type !== TOKEN.comma) return true
    while (region < between.length && between[region]![1] <= atom.start - base) region++
    atom.dropped = region < between.length && between[region]![0] <= atom.start - base
    return !atom.dropped
  })
}

/** What of a statement may stand in columns with its neighbours. */
function entryOf({ statement, atoms }: Alone, { marks, base, header, atoms: all }: Group, free: boolean): Entry | undefined {
  const find = (is: (atom: Atom, index: number) => boolean) => {
    const index = atoms.findIndex(is)
    const opens = atoms[index]?.type === TOKEN.open && (atoms[index + 1]?.gap.as === 'lines' || (header && atoms[index] === all.at(-1)))
    return opens || (index >= 0 && isComment(atoms[index]!)) ? undefined : atoms[index]
  }
  switch (statement.type) {
    case 'let':
      return { sort: 'let', stops: [find(({ type }) => type === TOKEN.equals)], free }
    case 'relation':
    case 'declaration':
    case 'titled': {
      const body = statement.body && find(({ start }) => start - base === statement.body!.start - 1)
      const apart = body && atoms.find(({ start, gap }) => start > body.start && gap.as === 'blanks' && !gap.comma && marks.begins.has(start - base))
      if (statement.type !== 'relation') return { sort: statement.keyword.text, stops: [body, undefined, apart], free }
      const after = find((_, index) => index > 0 && marks.ends.has(atoms[index - 1]!.end - base))
      return { sort: 'relation', stops: [after, body === after ? undefined : body, apart], free }
    }
    default:
      return undefined
  }
}
