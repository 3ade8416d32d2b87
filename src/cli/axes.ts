/** `lintel axes`: the table of the seven axes. */
import { axes } from '../core.ts'
import type { AxesTable, Cell } from '../axes/table.ts'
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
    lines.push(fold(row.system.value, '  '))
    lines.push(...evidence(row.system, '    '))
    for (const { name, cell } of [...row.flows, ...row.components]) {
      lines.push(fold(`${name}: ${cell.value}`, '    ').replace(/^ {4}/, '  · '))
      lines.push(...evidence(cell, '      '))
    }
    lines.push('')
  }
  return lines.join('\n')
}

function evidence(cell: Cell, indent: string): string[] {
  const lines = cell.evidence.map(({ text, origin, by }) => {
    const place = origin ? `${displayUri(origin.file)}:${origin.range.start.line + 1}` : (by ?? '')
    return paint('gray', `${indent}${text}${place ? `  (${place})` : ''}`)
  })
  if (cell.missing.length > 0) lines.push(paint('gray', `${indent}would be known from: ${cell.missing.join(', ')}`))
  return lines
}

function asMarkdown(table: AxesTable): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|').replace(/\n/g, ' ')
  const lines = [`# ${table.title}: the seven axes`, '', '| axis | question | answer | from |', '|---|---|---|---|']
  for (const { axis, question, system } of table.rows) {
    const from = system.evidence.map(({ text, by }) => (by ? `${text} (${by})` : text)).join('; ')
    lines.push(`| **${axis}** | ${cell(question)} | ${cell(system.value)} | ${cell(from)} |`)
  }
  for (const kind of ['flows', 'components'] as const) {
    const names = [...new Map(table.rows.flatMap((row) => row[kind].map(({ id, name }) => [id, name] as const)))]
    if (names.length === 0) continue
    lines.push('', `## ${kind === 'flows' ? 'Flows' : 'Components'}`, '', `| | ${table.rows.map(({ axis }) => axis).join(' | ')} |`, `|---|${table.rows.map(() => '---|').join('')}`)
    for (const [id, name] of names) {
      lines.push(`| **${cell(name)}** | ${table.rows.map((row) => cell(row[kind].find((one) => one.id === id)?.cell.value ?? '')).join(' | ')} |`)
    }
  }
  return lines.join('\n') + '\n'
}

function asJson(table: AxesTable): string {
  return JSON.stringify(table, (key, value: unknown) => (key === 'file' && typeof value === 'string' ? displayUri(value) : value), 2) + '\n'
}
