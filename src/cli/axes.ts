/** `lintel axes`: the table of the seven axes. */
import { axes } from '../core.ts'
import { claimText, type AxesTable, type Cell, type SubjectCell } from '../axes/table.ts'
import { openDesign } from '../workspace.ts'
import { diskReader, displayUri, readNamed } from './files.ts'
import { fold, paint } from './print.ts'

export async function axesCommand(file: string, options: { readonly format: 'text' | 'md' | 'json' }): Promise<number> {
  const { path, uri } = await readNamed(file)
  const { model } = await openDesign(uri, diskReader(path))
  const table = axes(model)
  process.stdout.write({ text: asText, md: asMarkdown, json: asJson }[options.format](table))
  return 0
}

function asText(table: AxesTable): string {
  const lines = [paint('bold', table.title), '']
  for (const row of table.rows) {
    lines.push(`${paint(['bold', 'cyan'], row.axis)}  ${paint('gray', row.question)}`)
    lines.push(fold(row.system.value, '  '), ...claims(row.system, '  '))
    const below = [...row.flows, ...row.components]
    // What the whole rests on stands below, where it is about one thing.
    if (below.length === 0) lines.push(...behind('', row.system, '    '))
    for (const { name, cell } of below.filter((each) => !isSilent(each))) {
      lines.push(fold(`${name}: ${cell.value}`, '    ').replace(/^ {4}/, '  · '))
      lines.push(...claims(cell, '      '), ...behind(name, cell, '      '))
    }
    const silent = below.filter(isSilent).map(({ name }) => name)
    if (silent.length > 0) lines.push(fold(`not stated for ${silent.join(', ')}`, '    ').replace(/^ {4}/, '  · '))
    lines.push('')
  }
  return lines.join('\n')
}

/** Nothing is known of it: such a line would only say once more what is missing everywhere. */
function isSilent({ cell }: SubjectCell): boolean {
  return cell.value === 'not stated' && cell.evidence.length === 0 && cell.claimed === undefined
}

function claims({ claimed = [] }: Cell, indent: string): string[] {
  return claimed.length === 0 ? [] : [paint(claimed.some(({ verdict }) => verdict === 'broken') ? 'yellow' : 'gray', fold(`claimed: ${claimed.map(claimText).join('; ')}`, indent))]
}

/** The facts behind a cell, those of one line or one technology together; `name` is whose cell it is and need not be said again. */
function behind(name: string, cell: Cell, indent: string): string[] {
  const groups = new Map<string, { readonly owner: string; readonly place: string; readonly facts: string[] }>()
  for (const { text, origin, by } of cell.evidence) {
    const place = origin ? `${displayUri(origin.file)}:${origin.range.start.line + 1}` : (by ?? '')
    const [, owner = '', fact = text] = /^(.+?): (.+)$/s.exec(text) ?? []
    const known = groups.get(`${owner} ${place}`)
    if (known) known.facts.push(fact)
    else groups.set(`${owner} ${place}`, { owner: owner.replaceAll('"', '') === name ? '' : owner, place, facts: [fact] })
  }
  const all = [...groups.values()]
  const lines = all.slice(0, SHOWN).map(({ owner, place, facts }) => paint('gray', `${indent}${owner === '' ? '' : `${owner}: `}${facts.join(', ')}${place ? `  (${place})` : ''}`))
  if (all.length > SHOWN) lines.push(paint('gray', `${indent}and ${all.length - SHOWN} more`))
  if (cell.missing.length > 0) lines.push(paint('gray', fold(`would be known from ${some(cell.missing)}`, indent)))
  return lines
}

/** Beyond this a list is no longer read; `--format json` has all of it. */
const SHOWN = 8

function some(words: readonly string[]): string {
  return words.length <= SHOWN ? words.join(', ') : `${words.slice(0, SHOWN).join(', ')} and ${words.length - SHOWN} more`
}

function asMarkdown(table: AxesTable): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\n/g, ' ')
  const claimed = table.rows.some(({ system }) => system.claimed !== undefined)
  const lines = [`# ${table.title}: the seven axes`, '', `| axis | question | answer |${claimed ? ' claimed |' : ''} from |`, `|---|---|---|${claimed ? '---|' : ''}---|`]
  for (const { axis, question, system } of table.rows) {
    const from = some(system.evidence.map(({ text, by }) => (by ? `${text} (${by})` : text)))
    lines.push(`| **${axis}** | ${cell(question)} | ${cell(system.value)} |${claimed ? ` ${cell((system.claimed ?? []).map(claimText).join('; '))} |` : ''} ${cell(from)} |`)
  }
  for (const kind of ['flows', 'components'] as const) {
    const names = [...new Map(table.rows.flatMap((row) => row[kind].map(({ id, name }) => [id, name] as const)))]
    if (names.length === 0) continue
    const columns = table.rows.map((row) => new Map(row[kind].map((one) => [one.id, one.cell] as const)))
    lines.push('', `## ${kind === 'flows' ? 'Flows' : 'Components'}`, '', `| | ${table.rows.map(({ axis }) => axis).join(' | ')} |`, `|---|${table.rows.map(() => '---|').join('')}`)
    for (const [id, name] of names) lines.push(`| **${cell(name)}** | ${columns.map((column) => cell(inMarkdown(column.get(id)))).join(' | ')} |`)
  }
  return lines.join('\n') + '\n'
}

function inMarkdown(cell: Cell | undefined): string {
  return cell === undefined ? '' : [cell.value, ...(cell.claimed ?? []).map((claim) => `*claimed: ${claimText(claim)}*`)].join('; ')
}

function asJson(table: AxesTable): string {
  return JSON.stringify(table, (key, value: unknown) => (key === 'file' && typeof value === 'string' ? displayUri(value) : value), 2) + '\n'
}
