/** `lintel axes`: the table of the seven axes. */
import { axes } from '../core.ts'
import { claimText, type AxesTable, type AxisRow, type Cell } from '../axes/table.ts'
import { openDesign } from '../workspace.ts'
import { answer, axisName, capital, factsBehind, isSilent, SHOWN, some, wishes } from './axes-cells.ts'
import { axesAsMarkdown } from './axes-markdown.ts'
import { diskReader, displayUri, readNamed } from './files.ts'
import { fold, paint } from './print.ts'

export async function axesCommand(file: string, options: { readonly format: 'text' | 'md' | 'json' }): Promise<number> {
  const { path, uri } = await readNamed(file)
  const { model } = await openDesign(uri, diskReader(path))
  const table = axes(model)
  process.stdout.write({ text: axesAsText, md: axesAsMarkdown, json: asJson }[options.format](table))
  return 0
}

/** First the seven answers for the whole, then axis by axis what stands behind them. */
export function axesAsText(table: AxesTable): string {
  const lines = [paint('bold', table.title), '']
  for (const row of table.rows) lines.push(...overview(row))
  for (const row of table.rows) {
    lines.push('', paint(['bold', 'cyan'], capital(axisName(row.axis))), paint('gray', fold(row.question, '  ')))
    const below = [...row.flows, ...row.components]
    // What the whole rests on stands below, where it is about one thing.
    if (below.length === 0) lines.push(...behind('', row.system, '  '))
    for (const { name, cell } of below.filter((each) => !isSilent(each))) {
      lines.push(fold(`${name}: ${answer(cell)}`, '    ').replace(/^ {4}/, '  · '))
      lines.push(...claims(cell, '      '), ...behind(name, cell, '      '))
    }
    const silent = below.filter(isSilent).map(({ name }) => name)
    if (silent.length > 0) lines.push(paint('gray', fold(`nothing is stated of ${some(silent, 12)}`, '    ').replace(/^ {4}/, '  · ')))
    lines.push(...faults(row))
  }
  return lines.join('\n') + '\n'
}

const FIRST = 'availability'.length + 2

function overview({ axis, system }: AxisRow): string[] {
  const indent = ' '.repeat(FIRST)
  const lines = fold(answer(system), indent).slice(FIRST)
  return [`${paint(['bold', 'cyan'], axisName(axis).padEnd(FIRST))}${lines}`, ...claims(system, indent)]
}

/** The single-fault table: with what is not here, everything goes on. */
function faults({ faults = [], flows }: AxisRow): string[] {
  if (faults.length === 0) return []
  const names = new Map(flows.map(({ id, name }) => [id, name]))
  const tell = (ids: readonly string[], one: string, many: string): string[] => {
    if (ids.length === 0) return []
    const whole = ids.length === flows.length && ids.length > 1
    return [`${whole ? 'every flow' : some(ids.map((id) => names.get(id) ?? id))} ${whole || ids.length === 1 ? one : many}`]
  }
  const shown = faults.slice(0, MOST_FAULTS).map(({ unit, fails, degrades }) => {
    const others = flows.length - fails.length - degrades.length
    const parts = [...tell(fails, 'fails', 'fail'), ...tell(degrades, 'is degraded', 'are degraded'), ...(others > 0 ? [others === 1 ? 'the other works' : `the other ${others} work`] : [])]
    return fold(`without ${unit}: ${parts.join('; ')}`, '    ').replace(/^ {4}/, '  · ')
  })
  return [paint('bold', '  When one thing falls'), ...shown, ...(faults.length > MOST_FAULTS ? [`  · and ${faults.length - MOST_FAULTS} more`] : [])]
}

const MOST_FAULTS = 20

function claims({ claimed = [] }: Cell, indent: string): string[] {
  return claimed.map((claim) => paint(claim.verdict === 'broken' ? 'yellow' : 'gray', hanging(`claimed: ${claimText(claim)}`, indent)))
}

function behind(name: string, cell: Cell, indent: string): string[] {
  const all = factsBehind(name, cell)
  const lines = all.slice(0, SHOWN).map(({ owner, place, facts }) => paint('gray', hanging(`${owner === '' ? '' : `${owner}: `}${facts.join(', ')}${place ? ` (${place.replaceAll(' ', GLUE)})` : ''}`, indent).replaceAll(GLUE, ' ')))
  if (all.length > SHOWN) lines.push(paint('gray', `${indent}and ${all.length - SHOWN} more`))
  if (cell.missing.length > 0) lines.push(paint('gray', hanging(`would be known from ${wishes(cell.missing)}`, indent)))
  return lines
}

/** Holds the words of one place together while lines are folded. */
const GLUE = '\u00a0'

/** What goes on below its first line stands further in. */
function hanging(text: string, indent: string): string {
  return fold(text, `${indent}  `).replace(/^ {2}/, '')
}

function asJson(table: AxesTable): string {
  return JSON.stringify(table, (key, value: unknown) => (key === 'file' && typeof value === 'string' ? displayUri(value) : value), 2) + '\n'
}
