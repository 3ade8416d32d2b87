/** Which drawn thing a place in the text belongs to. */
import type { Origin, Position } from '../model/origin.ts'

/** The innermost one that holds the position; else the first that starts on its line, so that a cursor in the indentation counts. */
export function drawnAt(extents: Readonly<Record<string, Origin>>, isFile: (file: string) => boolean, position: Position): string | undefined {
  let best: { id: string; size: number } | undefined
  let onLine: { id: string; character: number } | undefined
  for (const [id, origin] of Object.entries(extents)) {
    if (!isFile(origin.file)) continue
    const { start, end } = origin.range
    if (start.line === position.line && (!onLine || start.character < onLine.character)) onLine = { id, character: start.character }
    if (before(position, start) || before(end, position)) continue
    const size = (end.line - start.line) * 10_000 + end.character - start.character
    if (!best || size < best.size) best = { id, size }
  }
  // A container holds every line of its body, so a thing on the cursor's own line is the nearer one.
  if (best && onLine && extents[best.id]!.range.start.line !== position.line) return onLine.id
  return best?.id ?? onLine?.id
}

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character)
}
