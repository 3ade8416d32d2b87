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
  shown(): Table | undefined
}

const NAMES: Readonly<Record<Table, string>> = { findings: 'Findings', axes: 'Axes' }
const LEAST = 80
const FIRST = 240

export function createDrawer(opened: (table: Table | undefined) => void): Drawer {
  let current: Table | undefined
  const panels: Readonly<Record<Table, HTMLElement>> = {
    findings: h('div', { class: 'panel', role: 'tabpanel', 'aria-label': 'Findings', hidden: true }),
    axes: h('div', { class: 'panel', role: 'tabpanel', 'aria-label': 'Axes', hidden: true }),
  }
  const tab = (table: Table) => h('button', { class: 'tab', role: 'tab', onclick: () => show(table) }, NAMES[table])
  const tabs: Readonly<Record<Table, HTMLElement>> = { findings: tab('findings'), axes: tab('axes') }
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
      h('span', { class: 'space' }),
      h('button', { class: 'tool', title: 'Close', 'aria-label': 'Close the tables', onclick: () => show(undefined) }, icon('close')),
    ),
    panels.findings,
    panels.axes,
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
    for (const name of ['findings', 'axes'] as const) {
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
    set(table, content) {
      const scroll = panels[table].scrollTop
      panels[table].replaceChildren(content)
      panels[table].scrollTop = scroll
    },
  }
}
