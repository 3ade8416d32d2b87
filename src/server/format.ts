/** The canonical layout as edits: of a document, of the statements in a range, and of the body that a `}` has just closed. */
import type { Position, Range, TextEdit } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { editsWhere, format, type GapEdit } from '../language/formatter/format.ts'
import { scan, TOKEN } from '../language/scan.ts'
import { split, type Chunk } from '../language/split.ts'

export function formatDocument(document: TextDocument): TextEdit[] {
  return asLsp(document, format(document.getText()).edits)
}

/** Whole statements: a part of one, laid out alone, might say something else than before. */
export function formatRange(document: TextDocument, { start, end }: Range): TextEdit[] {
  const from = document.offsetAt({ line: start.line, character: 0 })
  // A selection of whole lines ends at the beginning of the next one, which is not meant.
  const lastLine = end.character === 0 && end.line > start.line ? end.line - 1 : end.line
  const to = document.offsetAt({ line: lastLine + 1, character: 0 })
  const text = document.getText()
  const groups = groupsOf(split(text, scan(text)).chunks)
  return some(document, groups, (group) => group.start < to && group.end > from, (edit) => edit.end >= from && edit.end <= to)
}

/** Nothing behind the brace is touched: the person goes on typing there. */
export function formatClosed(document: TextDocument, position: Position): TextEdit[] {
  const text = document.getText()
  const close = document.offsetAt(position) - 1
  const tokens = scan(text)
  const { chunks, braces } = split(text, tokens)
  for (const [open, { end }] of braces.bodies) {
    if (tokens.type[end] !== TOKEN.close || tokens.start[end] !== close) continue
    const groups = groupsOf(chunks)
    const header = groups.findLast(({ start }) => start <= tokens.start[open]!)
    if (!header || header.end > close + 1) return []
    return some(document, groups, ({ start, end }) => start >= header.start && end <= close + 1, (edit) => edit.start >= header.start && edit.end <= close)
  }
  return []
}

/** The layout's edits in the groups that are wanted, and of those that are in none (before comments and braces) the ones that are. */
function some(document: TextDocument, groups: readonly Group[], wanted: (group: Group) => boolean, wantedEdit: (edit: GapEdit) => boolean): TextEdit[] {
  let index = 0
  return asLsp(document, editsWhere(document.getText(), (edit) => {
    while (index < groups.length && groups[index]!.end < edit.end) index++
    const group = groups[index]
    return group && group.start <= edit.end ? wanted(group) : wantedEdit(edit)
  }))
}

interface Group {
  readonly start: number
  readonly end: number
}

/** Statement groups without their bodies' lines, in order. */
function groupsOf(chunks: readonly Chunk[]): Group[] {
  return chunks.flatMap(({ start, end, body }) => [{ start, end }, ...(body ? groupsOf(body.chunks) : [])])
}

function asLsp(document: TextDocument, edits: readonly GapEdit[]): TextEdit[] {
  return edits.map(({ start, end, newText }) => ({ range: { start: document.positionAt(start), end: document.positionAt(end) }, newText }))
}
