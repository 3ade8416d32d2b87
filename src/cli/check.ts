/** `lintel check`: every problem and finding of all designs under the paths. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { check, type Diagnostic } from '../core.ts'
import type { TextEdit } from '../model/model.ts'
import { openDesign, type Opened } from '../workspace.ts'
import { UserError } from './failure.ts'
import { diskReader, findDesigns, readNamed, writeWhole } from './files.ts'
import { reportAs, type ReportFormat } from './reports.ts'
import { progress } from './print.ts'

export interface CheckOptions {
  readonly format: ReportFormat
  readonly maxWarnings?: number
  readonly fix?: boolean
}

export async function checkCommand(paths: readonly string[], options: CheckOptions): Promise<number> {
  const found = await findDesigns(paths)
  for (const file of found.named) await readNamed(file)
  let checked = await checkAll(found.files, found.named)
  if (options.fix) {
    // A fix may uncover or move another: repeat until nothing safe is left, at most as often as there are rules to disagree.
    for (let round = 0; round < 10; round++) {
      const applied = await applySafe(checked.diagnostics)
      if (applied === 0) break
      checked = await checkAll(found.files, found.named)
    }
  }
  const { diagnostics, sources } = checked
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length
  const tooManyWarnings = options.maxWarnings !== undefined && warnings > options.maxWarnings
  const files = found.files.map((file) => pathToFileURL(file).href)
  process.stdout.write(await reportAs(options.format, { diagnostics, suppressed: [], files, sources, tooManyWarnings }))
  if (tooManyWarnings) {
    process.stderr.write(`lintel: ${warnings} warnings, at most ${options.maxWarnings} allowed\n`)
    return 1
  }
  return errors > 0 ? 1 : 0
}

interface Checked {
  readonly diagnostics: readonly Diagnostic[]
  /** URI → text, for the lines that the report quotes. */
  readonly sources: ReadonlyMap<string, string>
}

async function checkAll(files: readonly string[], named: ReadonlySet<string>): Promise<Checked> {
  const bar = progress(files.length, 'checking')
  const opened = new Map<string, Opened>()
  const sources = new Map<string, string>()
  for (const file of files) {
    const uri = pathToFileURL(file).href
    const disk = diskReader(file)
    opened.set(uri, await openDesign(uri, {
      async read(wanted) {
        const outcome = await disk.read(wanted)
        if ('text' in outcome) sources.set(wanted, outcome.text)
        return outcome
      },
    }))
    bar.step()
  }
  bar.done()
  const diagnostics: Diagnostic[] = []
  const seen = new Set<string>()
  for (const uri of roots(opened, named)) {
    for (const diagnostic of check(opened.get(uri)!)) {
      // A file that two designs import is reported once for what both say of it.
      const key = JSON.stringify([diagnostic.rule, diagnostic.at, diagnostic.message])
      if (!seen.has(key)) diagnostics.push(diagnostic)
      seen.add(key)
    }
  }
  return { diagnostics, sources }
}

/**
 * The files that are designs of their own: those that no other one imports, and those named on the command line. Of an import cycle
 * that nothing else imports, the first file stands for all.
 */
function roots(opened: ReadonlyMap<string, Opened>, named: ReadonlySet<string>): readonly string[] {
  const chosen: string[] = []
  const covered = new Set<string>()
  const imported = new Set<string>()
  for (const [uri, { model }] of opened) for (const file of model.files) if (file !== uri) imported.add(file)
  const take = (uri: string) => {
    chosen.push(uri)
    for (const file of opened.get(uri)!.model.files) covered.add(file)
    covered.add(uri)
  }
  for (const uri of opened.keys()) if (!imported.has(uri) || named.has(fileURLToPath(uri))) take(uri)
  for (const uri of opened.keys()) if (!covered.has(uri)) take(uri)
  return chosen
}

/** Applies each file's safe fixes that do not touch each other, and says how many. */
async function applySafe(diagnostics: readonly Diagnostic[]): Promise<number> {
  const byFile = new Map<string, TextEdit[]>()
  let applied = 0
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe)
    if (!fix) continue
    const clash = fix.edits.some((edit) => (byFile.get(edit.origin.file) ?? []).some((other) => overlaps(edit, other)))
    if (clash) continue
    for (const edit of fix.edits) byFile.set(edit.origin.file, [...(byFile.get(edit.origin.file) ?? []), edit])
    applied++
  }
  for (const [uri, edits] of byFile) {
    if (!uri.startsWith('file:')) throw new UserError(`${uri} cannot be changed`)
    const path = fileURLToPath(uri)
    await writeWhole(path, edited(await readFile(path, 'utf8'), edits))
  }
  return applied
}

function overlaps(a: TextEdit, b: TextEdit): boolean {
  const before = (one: TextEdit, other: TextEdit) => {
    const end = one.origin.range.end
    const start = other.origin.range.start
    return end.line < start.line || (end.line === start.line && end.character <= start.character)
  }
  return !before(a, b) && !before(b, a)
}

/** The text after the edits, which may not overlap. */
export function edited(text: string, edits: readonly TextEdit[]): string {
  const starts = [0]
  for (let i = 0; i < text.length; i++) if (text[i] === '\n') starts.push(i + 1)
  const offset = ({ line, character }: { readonly line: number; readonly character: number }) => Math.min((starts[line] ?? text.length) + character, text.length)
  return [...edits]
    .sort((a, b) => offset(b.origin.range.start) - offset(a.origin.range.start))
    .reduce((result, { origin, newText }) => result.slice(0, offset(origin.range.start)) + newText + result.slice(offset(origin.range.end)), text)
}
