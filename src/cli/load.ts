/** `lintel load`: what each flow and component is asked for, what it can serve, how long flows take and how available they are, and what piles up. */
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

type Flow = LoadReport['flows'][number]
type Component = LoadReport['components'][number]

function asText({ title, lets, flows, components, peaks, backlogs, stores, connections, missing }: LoadReport): string {
  const lines = [paint('bold', title)]
  table(lines, 'Estimate', [], lets.map(({ name, expression, result }) => [name, `= ${expression}`, result]))
  table(lines, 'Flows', ['', 'rate', 'latency', 'available'], flows.map((flow) => [flow.title, flow.rate ?? 'not stated', flow.latency.map(percentile).join(', '), availability(flow)]))
  table(lines, 'Components', ['', peaks ? 'at peak' : 'gets', 'can serve', 'used', 'latency', 'available'], components.map((one) => [one.name, arriving(one), capacity(one), alarmed(one.exceeded, one.utilisation ?? ''), one.latency ?? '', one.availability ?? '']))
  table(lines, 'Backlogs', ['', 'gets', 'can do', 'used', ''], backlogs.map((one) => [`${one.name} reads ${one.from.join(' and ')}`, one.arriving, one.takes, alarmed(one.used >= 1, one.share), one.text]))
  table(lines, 'Storage', [], stores.map((one) => [one.name, one.text]))
  table(lines, 'Connections', [], connections.map((one) => [one.name, alarmed(one.open > one.accepted, one.used), one.text.replaceAll('`', '')]))
  if (missing.length > 0) lines.push('', paint(['bold', 'cyan'], 'More would be known with'), ...grouped(missing).map((text) => fold(text, '  ')))
  return lines.join('\n') + '\n'
}

function percentile({ of, text, target, missed }: Flow['latency'][number]): string {
  return `${of} ${alarmed(missed, text ?? 'not known')}${target === undefined ? '' : ` (target ${target})`}`
}

function availability({ availability, availabilityTarget: target, availabilityMissed }: Flow): string {
  return target === undefined ? (availability ?? '') : `${alarmed(availabilityMissed, availability ?? 'not known')} (target ${target})`
}

function arriving({ load, part }: Component): string {
  return `${load ?? ''}${part ?? ''}`
}

function capacity({ capacity, of }: Component): string {
  return `${capacity ?? ''}${of === undefined ? '' : ` (${of})`}`
}

function alarmed(alarming: boolean, text: string): string {
  return alarming ? paint(['red', 'bold'], text) : text
}

/** One line for each property: `` `latency` of `orders`, `ledger` and 4 more ``. */
function grouped(missing: readonly string[]): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const each of missing) {
    const [, property, owner] = /^(`[^`]+`) of (.+)$/.exec(each) ?? [undefined, each, '']
    groups.set(property!, [...(groups.get(property!) ?? []), owner!])
  }
  return [...groups].map(([property, owners]) => {
    const [named, more] = [owners.slice(0, SHOWN).filter((owner) => owner !== ''), owners.length - SHOWN]
    return named.length === 0 ? property : `${property} of ${listed(named, more)}`
  })
}

const SHOWN = 8

function listed(names: readonly string[], more: number): string {
  if (more > 0) return `${names.join(', ')} and ${more} more`
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** Columns side by side; those that are empty are left out. */
function table(lines: string[], heading: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return
  const shown = (text: string): number => text.replace(/\u001b\[\d+m/g, '').length
  const columns = rows[0]!.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ''))
  const all = [...(head.length > 0 ? [head.map((text) => (text === '' ? '' : paint('gray', text)))] : []), ...rows]
  const widths = new Map(columns.map((column) => [column, Math.max(...all.map((row) => shown(row[column]!)))]))
  lines.push('', paint(['bold', 'cyan'], heading))
  for (const row of all) lines.push(`  ${columns.map((column) => row[column]! + ' '.repeat(widths.get(column)! - shown(row[column]!))).join('  ').trimEnd()}`)
}

function asJson(report: LoadReport): string {
  const whole = <T extends { derivation(): unknown }>(each: T) => ({ ...each, derivation: each.derivation() })
  return JSON.stringify({ ...report, flows: report.flows.map(whole), components: report.components.map(whole) }, (key, value: unknown) => (key === 'file' && typeof value === 'string' ? displayUri(value) : value), 2) + '\n'
}
