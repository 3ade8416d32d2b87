/** The table of the seven axes: a row each, the whole design and each flow beside each other, and behind every answer the facts it came from. */
import { claimText, type AxesTable, type AxisRow, type Cell, type Claim, type Evidence } from '../axes/table.ts'
import { h, icon, prose } from './dom.ts'
import { post } from './state.ts'

const NAMES: Readonly<Record<AxisRow['axis'], string>> = {
  consistency: 'Consistency',
  availability: 'Availability',
  latency: 'Latency',
  throughput: 'Throughput',
  'scale-unit': 'Scale unit',
  state: 'State',
  recovery: 'Recovery',
}

/** @param open The axes whose facts are shown; changed in place, so that a new picture leaves them open. */
export function axesTable(table: AxesTable, open: Set<string>): HTMLElement {
  const flows = table.rows[0]?.flows ?? []
  const columns = 2 + flows.length
  const body = h('tbody')
  for (const row of table.rows) {
    const details = h('tr', { class: 'details', id: `axis-${row.axis}` }, h('td', { colspan: columns }, ...subjects(row)))
    const toggle = h('button', { class: 'axis', title: row.question, 'aria-controls': `axis-${row.axis}` }, icon('right'), NAMES[row.axis])
    const set = (shown: boolean) => {
      details.hidden = !shown
      toggle.setAttribute('aria-expanded', String(shown))
      if (shown) open.add(row.axis)
      else open.delete(row.axis)
    }
    const flip = () => set(details.hidden === true)
    toggle.addEventListener('click', flip)
    set(open.has(row.axis))
    body.append(
      h(
        'tr',
        { class: 'row' },
        h('th', { scope: 'row' }, toggle),
        h('td', { onclick: flip }, value(row.system), ...claims(row.system)),
        ...flows.map(({ id }) => {
          const cell = row.flows.find((flow) => flow.id === id)?.cell
          return h('td', { onclick: flip }, ...(cell ? [value(cell), ...claims(cell)] : []))
        }),
      ),
      details,
    )
  }
  const head = h('tr', {}, h('th', { scope: 'col' }, 'Axis'), h('th', { scope: 'col' }, 'Design'), ...flows.map(({ name }) => h('th', { scope: 'col' }, name)))
  return h('table', { class: 'axes' }, h('thead', {}, head), body)
}

function value(cell: Cell): HTMLElement {
  const sure = { exact: '', bound: 'a bound, not the exact value', estimate: 'an estimate' }[cell.confidence]
  return h('span', { class: cell.stated ? 'value' : 'value missing', title: cell.stated ? sure : '' }, ...prose(cell.value), cell.stated && cell.confidence === 'estimate' && h('span', { class: 'sure' }, ' est.'))
}

/** What the author claims, beside what was derived. */
function claims({ claimed = [] }: Cell): HTMLElement[] {
  return claimed.map((claim: Claim) => {
    const origin = claim.evidence[0]?.origin
    const text = `claimed: ${claimText(claim)}`
    const reveal = (event: Event) => {
      event.stopPropagation()
      if (origin) post({ type: 'revealOrigin', origin })
    }
    return h('div', { class: `claimed ${claim.verdict}` }, origin ? h('button', { class: 'link', title: `Line ${origin.range.start.line + 1}`, onclick: reveal }, ...prose(text)) : h('span', {}, ...prose(text)))
  })
}

function subjects(row: AxisRow): HTMLElement[] {
  const all = [{ id: '', name: 'Design', cell: row.system }, ...row.flows, ...row.components]
  // What says nothing and asks for nothing is not worth a line.
  const worth = all.filter(({ cell }, index) => index === 0 || cell.stated || cell.claimed !== undefined || cell.evidence.length > 0 || cell.missing.length > 0)
  return [
    h('p', { class: 'question' }, row.question),
    h('dl', {}, ...worth.flatMap(({ name, cell }) => [h('dt', {}, name), h('dd', {}, value(cell), ...claims(cell), ...facts(cell))])),
    ...faults(row),
  ]
}

/** The single-fault table: with what is not here, everything goes on. */
function faults({ faults = [], flows }: AxisRow): HTMLElement[] {
  if (faults.length === 0) return []
  const names = new Map(flows.map(({ id, name }) => [id, name]))
  const of = (ids: readonly string[], one: string, many: string): string[] => (ids.length === 0 ? [] : [`${ids.map((id) => names.get(id) ?? id).join(', ')} ${ids.length === 1 ? one : many}`])
  return [
    h('p', { class: 'question' }, 'When one thing falls'),
    h('ul', { class: 'evidence' }, ...faults.map(({ unit, origin, fails, degrades }) => h('li', {}, h('button', { class: 'link', title: `Line ${origin.range.start.line + 1}`, onclick: () => post({ type: 'revealOrigin', origin }) }, `without ${unit}: ${[...of(fails, 'fails', 'fail'), ...of(degrades, 'is degraded', 'are degraded')].join('; ')}`)))),
  ]
}

function facts({ evidence, missing }: Cell): HTMLElement[] {
  return [
    ...(evidence.length > 0 ? [h('ul', { class: 'evidence' }, ...evidence.map((one) => h('li', {}, fact(one))))] : []),
    ...(missing.length > 0 ? [h('p', { class: 'missing' }, ...prose(`To derive it, state ${missing.join(', ')}.`))] : []),
  ]
}

function fact({ text, origin, by }: Evidence): HTMLElement {
  if (origin) return h('button', { class: 'link', title: `Line ${origin.range.start.line + 1}`, onclick: () => post({ type: 'revealOrigin', origin }) }, ...prose(text))
  return h('span', {}, ...prose(text), by !== undefined && !text.includes(by) && h('span', { class: 'by' }, ` (${by})`))
}
