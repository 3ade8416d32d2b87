/** The small button at the corner of a container by which it closes and opens. */
import { h, icon } from './dom.ts'
import type { Thing } from './scene.ts'
import type { Stage } from './stage.ts'

export interface Folds {
  readonly element: HTMLElement
  /** Whether a thing can be closed or opened. */
  folds(thing: Thing): boolean
  rest(thing: Thing | undefined): void
  /** After another picture. */
  update(): void
  /** After another viewport. */
  place(): void
}

/** px; of the button, and of the dots in the picture. */
const SIZE = 20
const DOTS = 12

export function createFolds(stage: () => Stage, fold: (thing: Thing) => void): Folds {
  const element = h('div', { class: 'folds' })
  let buttons: { readonly thing: Thing; readonly button: HTMLButtonElement }[] = []
  const folds = (thing: Thing) => thing.type === 'container' || thing.collapsed
  const place = () => {
    for (const { thing, button } of buttons) {
      const { x, y, width, height } = stage().place(thing)
      button.hidden = width < 60
      // A closed one has its mark, three dots, in the middle of its lower edge; there it is opened.
      const [left, top] = thing.collapsed ? [x + width / 2 - SIZE / 2, y + height - (SIZE + DOTS * stage().viewport().scale) / 2] : [x + width - SIZE - 6, y + 6]
      button.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`
    }
  }
  return {
    element,
    folds,
    rest(thing) {
      // The button shows while the pointer is anywhere in its container.
      for (const { thing: own, button } of buttons) button.classList.toggle('near', thing !== undefined && within(thing, own))
    },
    update() {
      const things = [...(stage().scene()?.things.values() ?? [])].filter(folds)
      buttons = things.map((thing) => {
        const label = `${thing.collapsed ? 'Open' : 'Close'} ${thing.label} (c)`
        const button = h('button', { class: 'fold', title: label, 'aria-label': label, tabindex: -1, onclick: () => fold(thing) }, icon(thing.collapsed ? 'expand' : 'collapse'))
        if (thing.collapsed) button.classList.add('always')
        return { thing, button }
      })
      element.replaceChildren(...buttons.map(({ button }) => button))
      place()
    },
    place,
  }
}

function within({ box }: Thing, { box: outer }: Thing): boolean {
  const x = box.x + box.width / 2
  const y = box.y + box.height / 2
  return x >= outer.x && x <= outer.x + outer.width && y >= outer.y && y <= outer.y + outer.height
}
