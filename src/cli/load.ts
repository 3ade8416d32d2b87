/** `lintel load`: what each flow and component is asked for, what it can serve, how long flows take and how available they are. */
import { load, type LoadReport } from '../core.ts'
import { openDesign } from '../workspace.ts'
import { diskReader, displayUri, readNamed } from './files.ts'
import { fold, paint } from './print.ts'

export async function loadCommand(file: string, options: { readonly format: 'text' | 'json' }): Promise<number> {
  const { path, uri } = await readNamed(file)
  const { model } = await openDesign(uri, diskReader(path))
  const report = load(model)
  process.stdout.write(options.format === 'json' ? asJson(report) : asText(report))
  return 0
}

function asText({ title, lets, flows, components, missing }: LoadReport): string {
  const lines = [paint('bold', title)]
  table(lines, 'Estimate', lets.map(({ name, expression, result }) => [name, `= ${expression}`, result]))
  table(lines, 'Flows', flows.map((flow) => [flow.title, flow.rate ?? 'rate not stated', line('p99', flow.latency, flow.p99Target), line('available', flow.availability, flow.availabilityTarget)]))
  table(lines, 'Components', [['', 'at peak', 'can serve', 'used', ''].map((head) => paint('gray', head)), ...components.map((one) => [one.name, one.load ?? '', one.capacity === undefined ? '' : `${one.capacity}${one.of === undefined ? '' : ` (${one.of})`}`, one.utilisation === undefined ? '' : one.exceeded ? paint(['red', 'bold'], one.utilisation) : one.utilisation, [one.latency, one.availability].filter(Boolean).join(' · ')])])
  if (missing.length > 0) lines.push('', fold(`Not stated: ${missing.slice(0, 8).join(', ')}${missing.length > 8 ? ` and ${missing.length - 8} more` : ''}.`, ''))
  return lines.join('\n') + '\n'
}

function line(what: string, value: string | undefined, target: string | undefined): string {
  if (value === undefined) return target === undefined ? '' : `${what} target ${target}`
  return `${what} ${value}${target === undefined ? '' : `, target ${target}`}`
}

function table(lines: string[], heading: string, rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return
  const shown = (text: string): number => text.replace(/\u001b\[\d+m/g, '').length
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => shown(row[column] ?? ''))))
  lines.push('', paint(['bold', 'cyan'], heading))
  for (const row of rows) lines.push(`  ${row.map((cell, column) => cell + ' '.repeat(widths[column]! - shown(cell))).join('  ').trimEnd()}`)
}

function asJson(report: LoadReport): string {
  const whole = <T extends { derivation(): unknown }>(each: T) => ({ ...each, derivation: each.derivation() })
  return JSON.stringify({ ...report, flows: report.flows.map(whole), components: report.components.map(whole) }, (key, value: unknown) => (key === 'file' && typeof value === 'string' ? displayUri(value) : value), 2) + '\n'
}
