/** The card that opens at a thing with findings: a tooltip that can be reached and holds the quick fixes. */
import type { PictureFinding } from '../protocol.ts'
import { h } from './dom.ts'
import { findingsCard } from './findings.ts'
import type { Thing } from './scene.ts'
import type { Stage } from './stage.ts'

export interface Card {
  readonly element: HTMLElement
  /** The pointer came to rest on a thing, or left. */
  rest(thing: Thing | undefined): void
  /** Opens at once, and takes the focus. */
  open(thing: Thing): void
  close(): void
  /** The thing was clicked: the card stays away until the pointer has been elsewhere. */
  dismiss(thing: Thing): void
  /** After another picture. */
  update(findings: readonly PictureFinding[]): void
}

/** px; between the card and what is beside it, and what it needs to be of use. */
const AIR = 8
const LEAST = 96
/** ms; as long as the editor's own hovers take. */
const OPEN = 400
const CLOSE = 250

export function createCard(stage: () => Stage): Card {
  const element = h('div', { class: 'card', role: 'dialog', 'aria-label': 'Findings', hidden: true })
  let findings: readonly PictureFinding[] = []
  let about: string | undefined
  let dismissed: string | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const of = (id: string) => findings.filter(({ ids }) => ids.includes(id))
  const after = (time: number, run: () => void) => {
    clearTimeout(timer)
    timer = setTimeout(run, time)
  }
  const close = () => {
    clearTimeout(timer)
    const inside = element.contains(document.activeElement)
    about = undefined
    element.hidden = true
    if (inside) stage().element.focus()
  }
  const show = (thing: Thing): boolean => {
    const entries = of(thing.id)
    if (entries.length === 0) return false
    about = thing.id
    element.replaceChildren(findingsCard(entries))
    element.hidden = false
    element.style.maxHeight = ''
    const room = stage().element
    const { x, y, width, height } = stage().place(thing)
    const left = Math.max(8, Math.min(x + width / 2 - element.offsetWidth / 2, room.clientWidth - element.offsetWidth - 8))
    // Never over what it is about, as long as there is room for it on either side.
    const below = room.clientHeight - y - height - 2 * AIR
    const above = y - 2 * AIR
    const wanted = element.scrollHeight + 2
    const under = wanted <= below || (wanted > above && below >= above)
    const most = Math.max(LEAST, under ? below : above)
    const tall = Math.min(wanted, most)
    element.style.left = `${left}px`
    element.style.top = `${Math.max(AIR, Math.min(under ? y + height + AIR : y - AIR - tall, room.clientHeight - tall - AIR))}px`
    element.style.maxHeight = `${most}px`
    return true
  }
  element.addEventListener('pointerenter', () => clearTimeout(timer))
  element.addEventListener('pointerleave', () => after(CLOSE, close))
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close()
    event.stopPropagation()
  })
  return {
    element,
    rest(thing) {
      if (thing?.id !== dismissed) dismissed = undefined
      if (thing && thing.id === dismissed) return
      if (thing && thing.id === about) clearTimeout(timer)
      else if (thing && of(thing.id).length > 0) after(OPEN, () => show(thing))
      else if (about !== undefined) after(CLOSE, close)
      else clearTimeout(timer)
    },
    open(thing) {
      clearTimeout(timer)
      if (show(thing)) element.querySelector('button')?.focus()
    },
    close,
    dismiss(thing) {
      close()
      dismissed = thing.id
    },
    update(next) {
      findings = next
      const thing = about === undefined ? undefined : stage().scene()?.things.get(about)
      if (about !== undefined && !(thing && show(thing))) close()
    },
  }
}
