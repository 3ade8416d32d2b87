/** The tables below the picture: one at a time, as high as the person drags it. */
import type { PreviewState } from '../protocol.ts'
import { h, icon } from './dom.ts'
import { remember, remembered } from './state.ts'

type Table = NonNullable<PreviewState['table']>

export interface Drawer {
  readonly element: HTMLElement
  open(table: Table): void
  toggle(table: Table): void
  set(table: Table, content: HTMLElement): void
  /** Name of the lens; without one it has no tab. */
  lens(name: string | undefined): void
  shown(): Table | undefined
}

const NAMES: Readonly<Record<Table, string>> = { findings: 'Findings', axes: 'Axes', lens: 'Lens' }
const ORDER = ['findings', 'axes', 'lens'] as const
const LEAST = 80
const FIRST = 240

export function createDrawer(opened: (table: Table | undefined) => void): Drawer {
  let current: Table | undefined
  const panels: Readonly<Record<Table, HTMLElement>> = {
    findings: h('div', { class: 'panel', role: 'tabpanel', 'aria-label': 'Findings', hidden: true }),
    axes: h('div', { class: 'panel', role: 'tabpanel', 'aria-label': 'Axes', hidden: true }),
    lens: h('div', { class: 'panel', role: 'tabpanel', 'aria-label': 'Lens', hidden: true }),
  }
  const tab = (table: Table) => h('button', { class: 'tab', role: 'tab', onclick: () => show(table) }, NAMES[table])
  const tabs: Readonly<Record<Table, HTMLElement>> = { findings: tab('findings'), axes: tab('axes'), lens: tab('lens') }
  tabs.lens.hidden = true
  const sash = h('div', { class: 'sash', role: 'separator', tabindex: 0, 'aria-orientation': 'horizontal', 'aria-label': 'Height of the tables' })
  const element = h(
    'section',
    { class: 'drawer', hidden: true },
    sash,
    h(
      'div',
      { class: 'tabs', role: 'tablist' },
      tabs.findings,
      tabs.axes,
      tabs.lens,
      h('span', { class: 'space' }),
      h('button', { class: 'tool', title: 'Close', 'aria-label': 'Close the tables', onclick: () => show(undefined) }, icon('close')),
    ),
    panels.findings,
    panels.axes,
    panels.lens,
  )
  const height = (wanted: number) => {
    const most = Math.max(LEAST, innerHeight - 160)
    const tableHeight = Math.round(Math.min(most, Math.max(LEAST, wanted)))
    element.style.height = `${tableHeight}px`
    return tableHeight
  }
  const show = (table: Table | undefined) => {
    current = table
    element.hidden = table === undefined
    for (const name of ORDER) {
      panels[name].hidden = name !== table
      tabs[name].setAttribute('aria-selected', String(name === table))
    }
    if (table) height(remembered().tableHeight ?? Math.min(FIRST, innerHeight * 0.4))
    remember({ table })
    opened(table)
  }
  sash.addEventListener('pointerdown', (down) => {
    const from = element.offsetHeight
    sash.setPointerCapture(down.pointerId)
    sash.classList.add('dragging')
    const move = (event: PointerEvent) => void height(from + down.clientY - event.clientY)
    sash.addEventListener('pointermove', move)
    sash.addEventListener(
      'lostpointercapture',
      () => {
        sash.classList.remove('dragging')
        sash.removeEventListener('pointermove', move)
        remember({ tableHeight: element.offsetHeight })
      },
      { once: true },
    )
  })
  sash.addEventListener('keydown', ({ key }) => {
    if (key === 'ArrowUp' || key === 'ArrowDown') remember({ tableHeight: height(element.offsetHeight + (key === 'ArrowUp' ? 20 : -20)) })
  })
  return {
    element,
    open: show,
    toggle: (table) => show(current === table ? undefined : table),
    shown: () => current,
    lens(name) {
      tabs.lens.hidden = name === undefined
      tabs.lens.textContent = name ?? NAMES.lens
      panels.lens.setAttribute('aria-label', name ?? NAMES.lens)
      if (name === undefined && current === 'lens') show(undefined)
    },
    set(table, content) {
      const scroll = panels[table].scrollTop
      panels[table].replaceChildren(content)
      panels[table].scrollTop = scroll
    },
  }
}
