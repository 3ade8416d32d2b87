/** Finding a component by a part of its name. */
import { h, icon } from './dom.ts'
import type { Stage } from './stage.ts'

export interface Search {
  readonly element: HTMLElement
  open(): void
  /** After another picture. */
  refresh(): void
}

export function createSearch(stage: Stage): Search {
  let matches: readonly string[] = []
  let at = 0
  const input = h('input', { type: 'text', placeholder: 'Find in picture', 'aria-label': 'Find in picture', spellcheck: 'false' })
  const count = h('span', { class: 'count', role: 'status' })
  const element = h(
    'div',
    { class: 'search', hidden: true },
    input,
    count,
    h('button', { class: 'tool', title: 'Previous (Shift+Enter)', 'aria-label': 'Previous', onclick: () => step(-1) }, icon('up')),
    h('button', { class: 'tool', title: 'Next (Enter)', 'aria-label': 'Next', onclick: () => step(1) }, icon('down')),
    h('button', { class: 'tool', title: 'Close (Escape)', 'aria-label': 'Close', onclick: () => close() }, icon('close')),
  )
  const find = (): readonly string[] => {
    const wanted = input.value.trim().toLowerCase()
    if (wanted === '') return []
    const things = [...(stage.scene()?.things.values() ?? [])]
    const found = things.filter(({ id, label, element: drawn }) => `${id}\n${label}\n${drawn.textContent}`.toLowerCase().includes(wanted))
    // Components before the arrows that name them.
    const edges = found.filter(({ type }) => type === 'edge')
    return [...found.filter(({ type }) => type !== 'edge'), ...edges].map(({ id }) => id)
  }
  const show = () => {
    stage.lights.set('found', matches)
    stage.lights.set('found-now', matches.slice(at, at + 1))
    count.textContent = input.value.trim() === '' ? '' : matches.length === 0 ? 'No results' : `${at + 1} of ${matches.length}`
    element.classList.toggle('none', input.value.trim() !== '' && matches.length === 0)
  }
  const step = (by: number) => {
    if (matches.length === 0) return
    at = (at + by + matches.length) % matches.length
    stage.bring(matches[at]!)
    show()
  }
  const close = () => {
    element.hidden = true
    matches = []
    show()
    stage.element.focus()
  }
  input.addEventListener('input', () => {
    matches = find()
    at = 0
    if (matches[0]) stage.bring(matches[0])
    show()
  })
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && event.target === input) step(event.shiftKey ? -1 : 1)
    else return
    event.preventDefault()
    event.stopPropagation()
  })
  return {
    element,
    open() {
      element.hidden = false
      input.focus()
      input.select()
      matches = find()
      show()
    },
    refresh() {
      if (element.hidden) return
      matches = find()
      at = Math.min(at, Math.max(0, matches.length - 1))
      show()
    },
  }
}
