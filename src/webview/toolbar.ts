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
  lens(lens: LensName): void
  play(): void
  export(): void
}

type LensName = 'structure' | NonNullable<PreviewState['lens']>['type']

export interface Toolbar {
  readonly element: HTMLElement
  zoomed(scale: number): void
  opened(table: Table | undefined): void
  looks(lens: LensName): void
  plays(playing: boolean): void
  update(views: readonly string[], view: string | undefined, counts: Counts): void
}

interface Counts {
  readonly errors: number
  readonly warnings: number
  readonly others: number
}

const WHOLE = ''
/** There are a wheel and keys for it: left out first where room is short. */
const ZOOM = { 'data-zoom': true }

const LENSES: readonly (readonly [LensName, string, string])[] = [
  ['structure', 'Structure', 'the design as it is'],
  ['load', 'Load', 'how full it is, and what goes where'],
  ['failure', 'Failure', 'click to take a part down'],
  ['truth', 'Truth', 'where data is decided and copied'],
]

export function createToolbar(events: ToolbarEvents): Toolbar {
  const tool = (name: IconName, label: string, run: () => void, more = {}) => h('button', { class: 'tool', title: label, 'aria-label': label, onclick: run, ...more }, icon(name))
  const views = h('select', { class: 'views', title: 'View', 'aria-label': 'View', hidden: true })
  views.addEventListener('change', () => events.view(views.value === WHOLE ? undefined : views.value))
  const percent = h('button', { class: 'tool percent', title: 'Actual size (0)', onclick: () => events.actualSize() }, '100%')
  const findings = h('button', { class: 'tool counts', title: 'Findings', 'aria-pressed': 'false', onclick: () => events.table('findings') })
  const axes = h('button', { class: 'tool', title: 'Axes', 'aria-label': 'Axes', 'aria-pressed': 'false', onclick: () => events.table('axes') }, icon('table'), h('span', { class: 'word' }, 'Axes'))
  const lenses = LENSES.map(([name, label, about]) => ({ name, button: h('button', { class: 'tool lens-tool', title: `${label}: ${about}`, 'aria-label': label, 'aria-pressed': 'false', onclick: () => events.lens(name) }, icon(name), h('span', {}, label)) }))
  const play = h('button', { class: 'tool', title: 'Play a flow', 'aria-label': 'Play a flow', 'aria-pressed': 'false', onclick: () => events.play() }, icon('play'))
  let known: string | undefined
  const element = h(
    'header',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'Picture' },
    views,
    findings,
    axes,
    h('span', { class: 'rule' }),
    h('span', { class: 'lenses', role: 'group', 'aria-label': 'Lens' }, ...lenses.map(({ button }) => button)),
    play,
    h('span', { class: 'space' }),
    tool('search', 'Find in picture (/)', () => events.find()),
    tool('minus', 'Zoom out (-)', () => events.zoom(1 / 1.25), ZOOM),
    percent,
    tool('plus', 'Zoom in (+)', () => events.zoom(1.25), ZOOM),
    tool('fit', 'Fit (1)', () => events.fit()),
    h('span', { class: 'rule' }),
    h('button', { class: 'tool', title: 'Export SVG…', 'aria-label': 'Export SVG…', onclick: () => events.export() }, icon('export'), h('span', { class: 'word' }, 'Export')),
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
    looks(lens) {
      for (const { name, button } of lenses) button.setAttribute('aria-pressed', String(name === lens))
    },
    plays: (playing) => play.setAttribute('aria-pressed', String(playing)),
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
