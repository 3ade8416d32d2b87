/** Plays a flow over the picture: a step at a time, or by itself, with how long a run has taken so far. */
import type { PlayResult } from '../protocol.ts'
import { h, icon, prose } from './dom.ts'
import type { Stage } from './stage.ts'
import { post } from './state.ts'

export interface Player {
  readonly element: HTMLElement
  toggle(): void
  isOpen(): boolean
  /** What was asked for by `play`. */
  set(result: PlayResult): void
  /** After another picture: the text may have changed. */
  refresh(): void
}

/** ms a step; as long as it takes to read one. */
const STEP = 1800

export function createPlayer(stage: Stage, toggled: (open: boolean) => void): Player {
  const flows = h('select', { class: 'choice', title: 'Flow', 'aria-label': 'Flow' })
  const words = h('p', { class: 'step', role: 'status' })
  const clock = h('span', { class: 'clock' })
  const count = h('span', { class: 'count' })
  const button = (name: 'previous' | 'next' | 'close', label: string, run: () => void) => h('button', { class: 'tool', title: label, 'aria-label': label, onclick: run }, icon(name))
  const play = h('button', { class: 'tool', title: 'Play (space)', 'aria-label': 'Play', onclick: () => (timer === undefined ? start() : stop()) }, icon('play'))
  const element = h('div', { class: 'player', role: 'group', 'aria-label': 'Flow, step by step', hidden: true },
    flows, button('previous', 'Step before (left)', () => go(at - 1)), play, button('next', 'Next step (right)', () => go(at + 1)), count, clock, h('span', { class: 'space' }), button('close', 'Close', () => close()), words)
  let result: PlayResult | undefined
  let at = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const steps = () => result?.playback?.steps ?? []
  flows.addEventListener('change', () => {
    stop()
    at = 0
    post({ type: 'play', flow: flows.value })
  })
  element.addEventListener('keydown', (event) => {
    if (event.target === flows) return
    if (event.key === 'ArrowRight') go(at + 1)
    else if (event.key === 'ArrowLeft') go(at - 1)
    else if (event.key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  })

  function start(): void {
    if (steps().length === 0) return
    if (at >= steps().length - 1) go(0)
    timer = setInterval(() => (at < steps().length - 1 ? go(at + 1, true) : stop()), STEP)
    face()
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
    face()
  }

  function face(): void {
    const playing = timer !== undefined
    play.replaceChildren(icon(playing ? 'pause' : 'play'))
    play.setAttribute('aria-label', playing ? 'Pause' : 'Play')
    play.title = playing ? 'Pause' : 'Play'
  }

  function go(next: number, byItself = false): void {
    if (!byItself) stop()
    at = Math.max(0, Math.min(next, steps().length - 1))
    show()
  }

  function show(): void {
    const step = steps()[at]
    const passed = steps().slice(0, at).flatMap(({ ids }) => ids)
    stage.lights.set('passed', passed)
    stage.lights.set('step', step?.ids ?? [])
    const end = step?.ids[2] ?? step?.ids[0]
    if (end !== undefined) stage.bring(end)
    count.textContent = step ? `${at + 1}/${steps().length}` : ''
    const when = step === undefined ? '' : [step.when, step.later ? 'nobody waits for it' : ''].filter((part) => part !== '').join('; ')
    words.replaceChildren(...(step ? [...prose(step.text), ...(when === '' ? [] : [h('span', { class: 'when' }, ` (${when})`)])] : ['Nothing to play: a `flow` names its steps.']))
    clock.textContent = step && step.clock !== '' ? `${step.clock} so far` : ''
    clock.hidden = clock.textContent === ''
  }

  function close(): void {
    stop()
    element.hidden = true
    stage.lights.set('step', [])
    stage.lights.set('passed', [])
    toggled(false)
    stage.element.focus()
  }

  return {
    element,
    isOpen: () => !element.hidden,
    toggle() {
      if (!element.hidden) return close()
      element.hidden = false
      at = 0
      toggled(true)
      post({ type: 'play', ...(flows.value !== '' && { flow: flows.value }) })
    },
    set(next) {
      if (element.hidden) return
      const wanted = next.playback?.id
      flows.replaceChildren(...next.flows.map(({ id, title }) => h('option', { value: id }, title)))
      // The first answer says which flows there are; then the first of them is asked for.
      if (wanted === undefined && next.flows[0] && result?.playback?.id !== next.flows[0].id) {
        result = next
        return post({ type: 'play', flow: next.flows[0].id })
      }
      result = next
      if (wanted !== undefined) flows.value = wanted
      at = Math.min(at, Math.max(0, steps().length - 1))
      show()
      if (document.activeElement === document.body || stage.element === document.activeElement) play.focus({ preventScroll: true })
    },
    refresh() {
      if (!element.hidden) post({ type: 'play', ...(flows.value !== '' && { flow: flows.value }) })
    },
  }
}
