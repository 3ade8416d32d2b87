/** The row of controls above the picture. */
import type { PreviewState } from '../protocol.ts'
import { h, icon, type IconName } from './dom.ts'

type Table = NonNullable<PreviewState['table']>

export interface ToolbarEvents {
  fit(): void
  zoom(factor: number): void
  actualSize(): void
  find(): void
  table(table: Table): void
  view(view: string | undefined): void
  export(): void
}

export interface Toolbar {
  readonly element: HTMLElement
  zoomed(scale: number): void
  opened(table: Table | undefined): void
  update(views: readonly string[], view: string | undefined, counts: Counts): void
}

interface Counts {
  readonly errors: number
  readonly warnings: number
  readonly others: number
}

const WHOLE = ''

export function createToolbar(events: ToolbarEvents): Toolbar {
  const tool = (name: IconName, label: string, run: () => void) => h('button', { class: 'tool', title: label, 'aria-label': label, onclick: run }, icon(name))
  const views = h('select', { class: 'views', title: 'View', 'aria-label': 'View', hidden: true })
  views.addEventListener('change', () => events.view(views.value === WHOLE ? undefined : views.value))
  const percent = h('button', { class: 'tool percent', title: 'Actual size (0)', onclick: () => events.actualSize() }, '100%')
  const findings = h('button', { class: 'tool counts', title: 'Findings', 'aria-pressed': 'false', onclick: () => events.table('findings') })
  const axes = h('button', { class: 'tool', title: 'Axes', 'aria-pressed': 'false', onclick: () => events.table('axes') }, icon('table'), 'Axes')
  let known: string | undefined
  const element = h(
    'header',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Picture' },
    views,
    findings,
    axes,
    h('span', { class: 'space' }),
    tool('search', 'Find in picture (/)', () => events.find()),
    tool('minus', 'Zoom out (-)', () => events.zoom(1 / 1.25)),
    percent,
    tool('plus', 'Zoom in (+)', () => events.zoom(1.25)),
    tool('fit', 'Fit (1)', () => events.fit()),
    h('span', { class: 'rule' }),
    h('button', { class: 'tool', title: 'Export SVG…', onclick: () => events.export() }, icon('export'), 'Export'),
  )
  return {
    element,
    zoomed(scale) {
      percent.textContent = `${Math.round(scale * 100)}%`
    },
    opened(table) {
      findings.setAttribute('aria-pressed', String(table === 'findings'))
      axes.setAttribute('aria-pressed', String(table === 'axes'))
    },
    update(titles, view, { errors, warnings, others }) {
      const wanted = JSON.stringify([titles, view])
      if (wanted !== known) {
        known = wanted
        views.hidden = titles.length === 0
        views.replaceChildren(h('option', { value: WHOLE }, 'Whole design'), ...titles.map((title) => h('option', { value: title }, title)))
        views.value = view !== undefined && titles.includes(view) ? view : WHOLE
      }
      const part = (name: 'error' | 'warning' | 'info', count: number) => h('span', { class: `count severity ${name}` }, icon(name), String(count))
      findings.replaceChildren(
        ...(errors + warnings + others === 0
          ? [h('span', { class: 'count' }, icon('check'), 'No findings')]
          : [part('error', errors), part('warning', warnings), ...(others > 0 ? [part('info', others)] : [])]),
      )
      findings.setAttribute('aria-label', `Findings: ${errors} errors, ${warnings} warnings, ${others} notes`)
    },
  }
}
