/** `lintel check`: every problem and finding of all designs under the paths. */
import { pathToFileURL } from 'node:url'
import type { Diagnostic } from '../core.ts'
import { BASELINE, readBaseline, sortOut, staleNotice, writeBaseline, type Baseline } from './baseline.ts'
import { createConfigs, type Configs } from './config.ts'
import { reviewAll, type Reviewed, type ReviewedDesign } from './designs.ts'
import { UserError } from './failure.ts'
import { display, findDesigns, readNamed, type Found } from './files.ts'
import { applySafe, fixReport, type Fixed } from './fix.ts'
import { plural } from './print.ts'
import type { Suppressed } from './report.ts'
import { reportAs, type ReportFormat } from './reports.ts'

export interface CheckOptions {
  readonly format: ReportFormat
  readonly maxWarnings?: number
  readonly fix?: boolean
  readonly baseline?: string
  readonly writeBaseline?: boolean
  readonly suppressed?: boolean
}

export async function checkCommand(paths: readonly string[], options: CheckOptions): Promise<number> {
  if (options.suppressed && options.format !== 'sarif') throw new UserError('--suppressed is for --format sarif: the other forms have no way to mark what is accepted')
  const known = options.baseline !== undefined && !options.writeBaseline ? await readBaseline(options.baseline) : undefined
  const configs = createConfigs()
  const found = await findDesigns(paths, configs.excludes)
  for (const file of found.named) await readNamed(file)
  const reviewed = options.fix ? await fixed(found, configs) : await reviewAll(found, configs)
  const all = reviewed.designs.flatMap(({ diagnostics }) => diagnostics)
  const baseline = options.writeBaseline ? await written(options.baseline ?? BASELINE, all, reviewed) : known
  const sorted = baseline && sortOut(baseline, all, reviewed.sources)
  const shown = sorted?.fresh ?? all
  const excess = tooManyWarnings(reviewed.designs, new Set(shown), options.maxWarnings)
  process.stdout.write(
    await reportAs(options.format, {
      diagnostics: shown,
      suppressed: options.suppressed ? suppressed(reviewed.designs, sorted?.known ?? [], baseline) : [],
      files: found.files.map((file) => pathToFileURL(file).href),
      sources: reviewed.sources,
      tooManyWarnings: excess.length > 0,
    }),
  )
  if (sorted && !options.writeBaseline && sorted.known.length > 0) process.stderr.write(`lintel: ${plural(sorted.known.length, 'known finding')} of ${display(baseline!.path)} not shown\n`)
  if (sorted && sorted.stale > 0) process.stderr.write(staleNotice(baseline!, sorted.stale))
  for (const line of excess) process.stderr.write(`lintel: ${line}\n`)
  return excess.length > 0 || shown.some(({ severity }) => severity === 'error') ? 1 : 0
}

/** A fix may uncover or move another: all is checked again until nothing safe is left, or until two fixes only undo each other. */
async function fixed(found: Found, configs: Configs): Promise<Reviewed> {
  const applied = new Map<string, number>()
  const files = new Set<string>()
  for (let round = 0; ; round++) {
    const reviewed = await reviewAll(found, configs)
    const diagnostics = reviewed.designs.flatMap((design) => design.diagnostics)
    const done: Fixed = round < MOST_ROUNDS ? await applySafe(diagnostics, reviewed.sources) : { applied: new Map(), files: new Set() }
    for (const [rule, count] of done.applied) applied.set(rule, (applied.get(rule) ?? 0) + count)
    for (const file of done.files) files.add(file)
    if (done.applied.size > 0) continue
    process.stderr.write(fixReport({ applied, files }, diagnostics))
    return reviewed
  }
}

const MOST_ROUNDS = 20

async function written(file: string, diagnostics: readonly Diagnostic[], { sources }: Reviewed): Promise<Baseline> {
  const baseline = await writeBaseline(file, diagnostics, sources)
  process.stderr.write(`lintel: ${plural(diagnostics.length, 'finding')} written to ${display(baseline.path)}; with --baseline ${display(baseline.path)} only new ones count\n`)
  return baseline
}

/** The option counts all warnings; without it, each `lintel.json` that has a limit counts those of its designs. */
function tooManyWarnings(designs: readonly ReviewedDesign[], shown: ReadonlySet<Diagnostic>, limit: number | undefined): readonly string[] {
  const count = (own: readonly ReviewedDesign[]) => own.flatMap(({ diagnostics }) => diagnostics).filter((one) => one.severity === 'warning' && shown.has(one)).length
  if (limit !== undefined) return count(designs) > limit ? [`${plural(count(designs), 'warning')}, at most ${limit} allowed`] : []
  return [...new Set(designs.map(({ config }) => config))].flatMap((config) => {
    const most = config?.config.maxWarnings
    if (config === undefined || most === undefined) return []
    const warnings = count(designs.filter((design) => design.config === config))
    return warnings > most ? [`${plural(warnings, 'warning')}, at most ${most} allowed by ${display(config.path)}`] : []
  })
}

function suppressed(designs: readonly ReviewedDesign[], known: readonly Diagnostic[], baseline: Baseline | undefined): readonly Suppressed[] {
  return [
    ...designs.flatMap(({ accepted }) => accepted).map(({ waiver, ...one }): Suppressed => ({
      ...one,
      suppression: { kind: 'inSource', because: waiver.until === undefined ? waiver.reason : `${waiver.reason} (until ${waiver.until})`, at: waiver.origin },
    })),
    ...known.map((one): Suppressed => ({ ...one, suppression: { kind: 'external', because: `known: listed in ${display(baseline!.path)}` } })),
  ]
}
