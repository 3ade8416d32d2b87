/** The table of the seven axes as Markdown: the answers for the whole, and axis by axis each flow and component with links to what it rests on. */
import { claimText, type AxesTable, type AxisRow, type Cell } from '../axes/table.ts'
import { answer, axisName, capital, factsBehind, isSilent, some, SHOWN, wishes } from './axes-cells.ts'

export function axesAsMarkdown(table: AxesTable): string {
  const lines = [`# ${plain(table.title)}: the seven axes`, '', ...tableOf(['axis', 'answer', 'claimed'], table.rows.map(({ axis, system }) => [`**${capital(axisName(axis))}**`, plain(answer(system)), claims(system)]))]
  for (const row of table.rows) lines.push('', ...section(row))
  return lines.join('\n') + '\n'
}

function section(row: AxisRow): readonly string[] {
  const flows = row.flows.map(({ name, ...rest }) => ({ ...rest, name, title: `**${plain(name)}**` }))
  const components = row.components.map(({ name, ...rest }) => ({ ...rest, name, title: plain(name) }))
  const all = [...flows, ...components]
  const said = all.filter((each) => !isSilent(each))
  const silent = all.filter(isSilent).map(({ name }) => name)
  const rows = said.map(({ name, title, cell }) => [title, plain(answer(cell)), claims(cell), evidence(name, cell)])
  return [
    `## ${capital(axisName(row.axis))}`,
    '',
    row.question,
    ...(rows.length > 0 ? ['', ...tableOf(['', 'answer', 'claimed', 'from'], rows)] : []),
    ...(silent.length > 0 ? ['', `Nothing is stated of ${plain(some(silent, 12))}.`] : []),
    ...faults(row),
  ]
}

/** The single-fault table, failure unit × flow. */
function faults({ faults = [], flows }: AxisRow): readonly string[] {
  if (faults.length === 0) return []
  if (flows.length <= MOST_COLUMNS) {
    const rows = faults.map(({ unit, fails, degrades }) => [plain(unit), ...flows.map(({ id }) => (fails.includes(id) ? '**fails**' : degrades.includes(id) ? 'degraded' : 'works'))])
    return ['', ...tableOf(['without', ...flows.map(({ name }) => plain(name))], rows)]
  }
  const names = new Map(flows.map(({ id, name }) => [id, plain(name)]))
  const of = (ids: readonly string[]): string => some(ids.map((id) => names.get(id) ?? id))
  return ['', ...tableOf(['without', 'fails', 'degraded'], faults.map(({ unit, fails, degrades }) => [plain(unit), of(fails), of(degrades)]))]
}

/** Wider than this nobody sees the whole of it. */
const MOST_COLUMNS = 6

/** Columns in which nothing stands are left out. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const used = head.map((_, at) => at === 0 || rows.some((row) => row[at] !== ''))
  const line = (cells: readonly string[]): string => `| ${cells.filter((_, at) => used[at]).join(' | ')} |`
  return [line(head), `|${used.filter(Boolean).map(() => '---|').join('')}`, ...rows.map(line)]
}

function claims({ claimed = [] }: Cell): string {
  return claimed.map((claim) => (claim.verdict === 'broken' ? `**${plain(claimText(claim))}**` : plain(claimText(claim)))).join('; ')
}

/** Each line of the design once, as a link; what a technology does by default with its name. */
function evidence(name: string, cell: Cell): string {
  const all = factsBehind(name, cell).map(({ owner, facts, place, line }) => {
    const text = plain(`${owner === '' ? '' : `${owner}: `}${facts.join(', ')}`)
    return line ? `[${text}](${encodeURI(line.file)}#L${line.line})` : place === '' ? text : `${text} (${plain(place)})`
  })
  const missing = cell.stated || cell.missing.length === 0 ? [] : [`*would be known from ${plain(wishes(cell.missing))}*`]
  return [...all.slice(0, SHOWN), ...(all.length > SHOWN ? [`and ${all.length - SHOWN} more`] : []), ...missing].join('<br>')
}

function plain(text: string): string {
  return text.replace(/[|[\]]/g, '\\$&').replace(/\n/g, ' ')
}
