/** `lintel check --fix`: applies what changes no meaning, file by file, and says what was done and what is left for a person. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Diagnostic } from '../core.ts'
import type { TextEdit } from '../model/model.ts'
import { isAccept } from '../rules/waivers.ts'
import { UserError } from './failure.ts'
import { displayUri, writeWhole } from './files.ts'
import { plural } from './print.ts'

export interface Fixed {
  /** Rule → how often. */
  readonly applied: ReadonlyMap<string, number>
  /** URIs of the files that were changed. */
  readonly files: ReadonlySet<string>
}

/** Applies the first safe fix of each diagnostic whose text no earlier one touches: what is left over has its turn when all is checked again. */
export async function applySafe(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): Promise<Fixed> {
  const byFile = new Map<string, TextEdit[]>()
  const applied = new Map<string, number>()
  for (const { rule, fixes } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe)
    if (!fix || fix.edits.some((edit) => (byFile.get(edit.origin.file) ?? []).some((other) => touches(edit, other)))) continue
    for (const edit of fix.edits) byFile.set(edit.origin.file, [...(byFile.get(edit.origin.file) ?? []), edit])
    applied.set(rule, (applied.get(rule) ?? 0) + 1)
  }
  // All are looked at before one is written.
  const changed = await Promise.all([...byFile].map(async ([uri, edits]) => {
    const path = fileURLToPath(uri)
    const text = await readFile(path, 'utf8')
    if (text !== sources.get(uri)) throw new UserError(`${displayUri(uri)} changed while it was checked; nothing was fixed`)
    return { path, text: edited(text, edits) }
  }))
  for (const { path, text } of changed) await writeWhole(path, text)
  return { applied, files: new Set(byFile.keys()) }
}

/** What happened, for standard error. */
export function fixReport({ applied, files }: Fixed, left: readonly Diagnostic[]): string {
  const count = [...applied.values()].reduce((sum, one) => sum + one, 0)
  const done = count === 0 ? 'no fix was safe to apply' : `${plural(count, 'fix', 'fixes')} applied in ${plural(files.size, 'file')} (${listed(applied)})`
  const open = new Map<string, number>()
  for (const { rule, fixes } of left) if (fixes.some((fix) => !isAccept(fix, rule))) open.set(rule, (open.get(rule) ?? 0) + 1)
  const more = [...open.values()].reduce((sum, one) => sum + one, 0)
  const rest = more === 0 ? '' : `; ${more} more ${more === 1 ? 'has a fix that changes' : 'have fixes that change'} the design, for a person to choose (${listed(open)})`
  return `lintel: ${done}${rest}\n`
}

function listed(counts: ReadonlyMap<string, number>): string {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([rule, count]) => (count === 1 ? rule : `${rule} ×${count}`)).join(', ')
}

/** Two insertions at one place touch as well: which comes first is not for a machine to say. */
function touches(a: TextEdit, b: TextEdit): boolean {
  const before = (one: TextEdit, other: TextEdit) => {
    const end = one.origin.range.end
    const start = other.origin.range.start
    return end.line < start.line || (end.line === start.line && end.character < start.character)
  }
  return !before(a, b) && !before(b, a)
}

/** The text after the edits, which may not overlap. */
function edited(text: string, edits: readonly TextEdit[]): string {
  const starts = [0]
  for (let i = 0; i < text.length; i++) if (text[i] === '\n') starts.push(i + 1)
  const offset = ({ line, character }: { readonly line: number; readonly character: number }) => Math.min((starts[line] ?? text.length) + character, text.length)
  return [...edits]
    .sort((a, b) => offset(b.origin.range.start) - offset(a.origin.range.start))
    .reduce((result, { origin, newText }) => result.slice(0, offset(origin.range.start)) + newText + result.slice(offset(origin.range.end)), text)
}
