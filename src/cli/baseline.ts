/**
 * Known findings: a file that lists what was there when a team began, by file, rule and name, with counts. Lines are not in it, so that an edit
 * elsewhere wakes nothing up. Sorted, one line a name, so that a diff shows what came and what went.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Diagnostic } from '../core.ts'
import { UserError } from './failure.ts'
import { display, writeWhole } from './files.ts'
import { aboutOf } from './identity.ts'
import { plural } from './print.ts'

export const BASELINE = '.lintel-baseline.json'

/** File → rule → what it is about → how often. */
type Counts = Map<string, Map<string, Map<string, number>>>

export interface Baseline {
  /** Absolute. */
  readonly path: string
  readonly counts: Counts
}

/** @throws UserError where it cannot be read, or is none. */
export async function readBaseline(file: string): Promise<Baseline> {
  const path = resolve(file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UserError(code === 'ENOENT' ? `${file} does not exist; 'lintel check --write-baseline --baseline ${file}' writes it` : `${file} cannot be read (${code})`)
  }
  const counts = parse(text)
  if (!counts) throw new UserError(`${file} is no baseline of this version of Lintel; 'lintel check --write-baseline --baseline ${file}' writes it anew, once it is moved away`)
  return { path, counts }
}

export interface Sorted {
  readonly fresh: readonly Diagnostic[]
  readonly known: readonly Diagnostic[]
  /** Findings that the baseline lists and that are there no more, in files that were checked or that are gone. */
  readonly stale: number
}

/** Of several alike, as many as are known are known. */
export function sortOut(baseline: Baseline, diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): Sorted {
  const left = structuredClone(baseline.counts)
  const fresh: Diagnostic[] = []
  const known: Diagnostic[] = []
  for (const one of diagnostics) {
    const names = left.get(pathOf(baseline.path, one.at.file))?.get(one.rule)
    const about = aboutOf(one, sources)
    const count = names?.get(about) ?? 0
    if (count > 0) names!.set(about, count - 1)
    ;(count > 0 ? known : fresh).push(one)
  }
  let stale = 0
  for (const [file, rules] of left) {
    if (isOpen(baseline.path, file, sources)) continue
    for (const names of rules.values()) for (const count of names.values()) stale += count
  }
  return { fresh, known, stale }
}

/** Writes what there is now; of files that were not checked this time it keeps what was known. */
export async function writeBaseline(file: string, diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): Promise<Baseline> {
  const path = resolve(file)
  const counts: Counts = new Map()
  if (existsSync(path)) for (const [known, rules] of (await readBaseline(file)).counts) if (isOpen(path, known, sources)) counts.set(known, rules)
  for (const one of diagnostics) {
    const rules = entry(counts, pathOf(path, one.at.file), () => new Map<string, Map<string, number>>())
    const names = entry(rules, one.rule, () => new Map<string, number>())
    const about = aboutOf(one, sources)
    names.set(about, (names.get(about) ?? 0) + 1)
  }
  await writeWhole(file, `${JSON.stringify({ version: 1, findings: plain(counts) }, null, 2)}\n`)
  return { path, counts }
}

export function staleNotice({ path }: Baseline, stale: number): string {
  const file = display(path)
  return `lintel: ${plural(stale, 'finding')} of ${file} ${stale === 1 ? 'is' : 'are'} there no more; 'lintel check --write-baseline --baseline ${file}', with the same paths, takes ${stale === 1 ? 'it' : 'them'} out\n`
}

/** Whether nothing can be said of a file: it was not read, and is still there. */
function isOpen(baseline: string, file: string, sources: ReadonlyMap<string, string>): boolean {
  const absolute = resolve(dirname(baseline), file)
  return existsSync(absolute) && ![...sources.keys()].some((uri) => uri.startsWith('file:') && fileURLToPath(uri) === absolute)
}

/** Relative to the baseline, so that the working folder does not matter. */
function pathOf(baseline: string, uri: string): string {
  return uri.startsWith('file:') ? relative(dirname(baseline), fileURLToPath(uri)).split(sep).join('/') : uri
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** With sorted keys. */
function plain(value: Map<string, unknown> | unknown): unknown {
  if (!(value instanceof Map)) return value
  const entries = [...(value as Map<string, unknown>)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return Object.fromEntries(entries.map(([key, inner]) => [key, plain(inner)]))
}

function parse(text: string): Counts | undefined {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isRecord(read) || read['version'] !== 1 || !isRecord(read['findings'])) return undefined
  const counts: Counts = new Map()
  for (const [file, rules] of Object.entries(read['findings'])) {
    if (!isRecord(rules)) return undefined
    for (const [rule, names] of Object.entries(rules)) {
      if (!isRecord(names)) return undefined
      for (const [about, count] of Object.entries(names)) {
        if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return undefined
        entry(entry(counts, file, () => new Map<string, Map<string, number>>()), rule, () => new Map<string, number>()).set(about, count)
      }
    }
  }
  return counts
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
