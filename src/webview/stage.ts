/** Where the picture is shown: moved by pointer, wheel, pinch and keys, clicked, and walked through with the arrow keys. */
import { h, svgElement } from './dom.ts'
import { createLights, type Lights } from './lights.ts'
import { glide, type Scene, show, type Thing } from './scene.ts'
import { bring, carry, fit, nearestToMiddle, pan, type Size, type Viewport, zoom } from './viewport.ts'

export interface StageEvents {
  /** A thing was clicked, or Enter pressed on it. `whole`: with Ctrl or Cmd, to go to its text whatever a click means otherwise. */
  pick(thing: Thing, whole: boolean): void
  /** The pointer (or the keyboard's focus) rests on a thing; undefined when on none. */
  rest(thing: Thing | undefined): void
  /** A finding's badge was clicked, or its key pressed. */
  ask(thing: Thing): void
  fold(thing: Thing): void
  moved(viewport: Viewport): void
}

export interface Stage {
  readonly element: HTMLElement
  readonly lights: Lights
  scene(): Scene | undefined
  viewport(): Viewport
  /** @returns false where the text is no picture; the last one stays. */
  draw(svg: string): boolean
  fit(): void
  /** Around the middle. */
  zoom(factor: number): void
  actualSize(): void
  /** Moves as far as needed for a thing to be seen. */
  bring(id: string): void
  /** Where a thing is on the stage, px. */
  place(thing: Thing): { x: number; y: number; width: number; height: number }
}

const STEP = 1.2
const PAN = 60
/** ms after the last movement until the picture is drawn sharp again; while it moves, it moves as an image. */
const SETTLE = 200

export function createStage(remembered: Viewport | undefined, events: StageEvents): Stage {
  const layer = svgElement('svg', { class: 'lights', 'aria-hidden': 'true' })
  const canvas = h('div', { class: 'canvas' })
  const holder = h('div', { class: 'holder' }, canvas, layer)
  const element = h(
    'div',
    { class: 'stage', tabindex: 0, role: 'group', 'aria-label': 'Picture. Arrow keys move it, plus and minus zoom, Tab goes to the components.' },
    holder,
  )
  const lights = createLights(layer)
  let scene: Scene | undefined
  let viewport: Viewport = remembered ?? { x: 0, y: 0, scale: 1, touched: false }
  let placed = remembered !== undefined
  let focused: string | undefined
  /** What stays where it is while the picture changes; chosen anew after each movement. */
  let anchor: string | undefined
  let settling: ReturnType<typeof setTimeout> | undefined

  const size = (): Size => ({ width: element.clientWidth, height: element.clientHeight })
  const go = (next: Viewport, smooth = false) => {
    const rescaled = next.scale !== viewport.scale
    anchor = undefined
    viewport = next
    holder.classList.toggle('smooth', smooth)
    holder.classList.add('moving')
    clearTimeout(settling)
    settling = setTimeout(() => holder.classList.remove('moving'), SETTLE)
    holder.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`
    if (rescaled) lights.draw(scene, next.scale)
    events.moved(next)
  }
  const middle = () => ({ x: element.clientWidth / 2, y: element.clientHeight / 2 })
  const thingAt = (target: EventTarget | null): Thing | undefined => {
    const group = (target as Element | null)?.closest?.<SVGGElement>('g[data-id]')
    return group ? scene?.things.get(group.dataset['id']!) : undefined
  }

  new ResizeObserver(() => {
    if (!scene || element.clientWidth === 0) return
    if (!placed || !viewport.touched) go(fit(scene, size()))
    placed = true
  }).observe(element)

  const stage: Stage = {
    element,
    lights,
    scene: () => scene,
    viewport: () => viewport,
    draw(text) {
      const before = scene
      const inside = canvas.contains(document.activeElement)
      const next = show(canvas, text)
      if (!next) return false
      scene = next
      prepare(next)
      // The picture has no edge on screen: its ground goes on to the borders of the stage.
      element.style.backgroundColor = next.ground
      if (!before) {
        if (!placed && element.clientWidth > 0) {
          placed = true
          go(fit(next, size()))
        } else go(viewport)
      } else {
        const from = viewport
        const common = [...before.things.values()].filter(({ id, type }) => type === 'node' && next.things.has(id))
        // The same through a row of edits: a new one each time would let the picture wander.
        if (!common.some(({ id }) => id === anchor)) anchor = nearestToMiddle(from, size(), common)
        const boxes = anchor === undefined ? undefined : { before: before.things.get(anchor)!.box, after: next.things.get(anchor)!.box }
        const held = anchor
        go(carry(from, size(), next, boxes))
        anchor = held
        if (from.scale === viewport.scale) {
          glide(before, next, { x: (from.x - viewport.x) / viewport.scale, y: (from.y - viewport.y) / viewport.scale })
        }
      }
      lights.draw(next, viewport.scale)
      if (inside && focused) next.things.get(focused)?.element.focus({ preventScroll: true })
      return true
    },
    fit: () => scene && go({ ...fit(scene, size()) }, true),
    zoom: (factor) => go(zoom(viewport, factor, middle()), true),
    actualSize: () => go(zoom(viewport, 1 / viewport.scale, middle()), true),
    bring(id) {
      const thing = scene?.things.get(id)
      if (!thing) return
      const next = bring(viewport, size(), thing.box)
      if (next.x !== viewport.x || next.y !== viewport.y) go({ ...next, touched: true }, true)
    },
    place: ({ box }) => ({
      x: viewport.x + box.x * viewport.scale,
      y: viewport.y + box.y * viewport.scale,
      width: box.width * viewport.scale,
      height: box.height * viewport.scale,
    }),
  }

  /** One stop for Tab; the arrow keys go on from there. */
  function prepare({ svg, things }: Scene): void {
    svg.setAttribute('focusable', 'false')
    let first = true
    for (const thing of things.values()) {
      if (thing.type === 'edge') continue
      const stop = focused === undefined || !things.has(focused) ? first : thing.id === focused
      first = false
      thing.element.setAttribute('tabindex', stop ? '0' : '-1')
      thing.element.setAttribute('role', 'button')
    }
  }
  const focus = (thing: Thing) => {
    for (const stop of canvas.querySelectorAll('g[tabindex="0"]')) stop.setAttribute('tabindex', '-1')
    thing.element.setAttribute('tabindex', '0')
    thing.element.focus({ preventScroll: true })
    stage.bring(thing.id)
  }

  element.addEventListener('focusin', ({ target }) => {
    const thing = target === element ? undefined : thingAt(target)
    if (thing) focused = thing.id
    lights.set('focus', thing && (target as Element).matches(':focus-visible') ? [thing.id] : [])
  })
  element.addEventListener('focusout', () => lights.set('focus', []))

  onPointer(element, {
    drag: (dx, dy) => go(pan(viewport, dx, dy)),
    pinch: (factor, at) => go(zoom(viewport, factor, at)),
    click(target, whole) {
      const thing = thingAt(target)
      if (thing) (target as Element).closest('[data-badge]') ? events.ask(thing) : events.pick(thing, whole)
      else element.focus()
    },
    hover: (target) => events.rest(thingAt(target)),
  })
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      const box = element.getBoundingClientRect()
      const at = { x: event.clientX - box.left, y: event.clientY - box.top }
      if (event.ctrlKey || event.metaKey || isMouseWheel(event)) {
        // A pinch reports small steps, a notch of a wheel a large one.
        const notch = Math.max(-1, Math.min(1, event.deltaY / (isMouseWheel(event) ? 100 : 12)))
        go(zoom(viewport, STEP ** -notch, at))
      } else {
        const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
        const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY]
        go(pan(viewport, -dx * unit, -dy * unit))
      }
    },
    { passive: false },
  )
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const thing = event.target === element ? undefined : thingAt(event.target)
    const direction = ARROWS[event.key]
    if (direction) {
      const neighbour = thing && scene && nearest(thing, scene, direction)
      if (neighbour) focus(neighbour)
      else if (!thing) go(pan(viewport, -direction.x * PAN, -direction.y * PAN), true)
    } else if (event.key === '+' || event.key === '=') stage.zoom(STEP)
    else if (event.key === '-' || event.key === '_') stage.zoom(1 / STEP)
    else if (event.key === '0') stage.actualSize()
    else if (event.key === '1' || event.key === 'f') stage.fit()
    else if (thing && (event.key === 'Enter' || event.key === ' ')) events.pick(thing, event.shiftKey)
    else if (thing && (event.key === '.' || event.key === 'ContextMenu')) events.ask(thing)
    else if (thing && event.key === 'c') events.fold(thing)
    else if (thing && event.key === 'Escape') element.focus()
    else return
    event.preventDefault()
  })
  return stage
}

const ARROWS: Readonly<Record<string, { readonly x: number; readonly y: number }>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
}

/** The closest node in a direction; what lies aside counts as farther away. */
function nearest(from: Thing, { things }: Scene, direction: { readonly x: number; readonly y: number }): Thing | undefined {
  const centre = ({ box }: Thing) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
  const start = centre(from)
  let best: { thing: Thing; distance: number } | undefined
  for (const thing of things.values()) {
    if (thing.type === 'edge' || thing === from) continue
    const end = centre(thing)
    const along = (end.x - start.x) * direction.x + (end.y - start.y) * direction.y
    const aside = Math.abs((end.x - start.x) * direction.y) + Math.abs((end.y - start.y) * direction.x)
    if (along < 4 || aside > along * 2.5) continue
    const distance = along + 2 * aside
    if (!best || distance < best.distance) best = { thing, distance }
  }
  return best?.thing
}

/** A wheel with notches turns one axis by whole steps; a trackpad scrolls smoothly in two, which is how people expect to pan. */
function isMouseWheel(event: WheelEvent): boolean {
  if (event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL) return event.deltaX === 0
  const legacy = (event as WheelEvent & { wheelDeltaY?: number }).wheelDeltaY ?? 0
  return event.deltaX === 0 && legacy !== 0 && legacy % 120 === 0 && Math.abs(event.deltaY) >= 50
}

interface PointerEvents {
  drag(dx: number, dy: number): void
  pinch(factor: number, at: { readonly x: number; readonly y: number }): void
  click(target: EventTarget | null, whole: boolean): void
  hover(target: EventTarget | null): void
}

/** Less than this, px, is a click of an unsteady hand. */
const SLACK = 4

function onPointer(element: HTMLElement, events: PointerEvents): void {
  const down = new Map<number, { x: number; y: number }>()
  let start: { x: number; y: number; target: EventTarget | null; moved: boolean } | undefined
  element.addEventListener('pointerdown', (event) => {
    if (event.button > 1 || (event.target as Element).closest('button')) return
    down.set(event.pointerId, { x: event.clientX, y: event.clientY })
    start = { x: event.clientX, y: event.clientY, target: event.target, moved: down.size > 1 }
    if (event.button === 1) event.preventDefault()
  })
  element.addEventListener('pointermove', (event) => {
    const last = down.get(event.pointerId)
    if (!last || !start) {
      if (event.buttons === 0) events.hover(event.target)
      return
    }
    if (!start.moved && Math.hypot(event.clientX - start.x, event.clientY - start.y) < SLACK) return
    if (!start.moved) {
      start.moved = true
      element.setPointerCapture(event.pointerId)
      element.classList.add('dragging')
      events.hover(null)
    }
    const now = { x: event.clientX, y: event.clientY }
    if (down.size === 1) events.drag(now.x - last.x, now.y - last.y)
    else {
      const other = [...down].find(([id]) => id !== event.pointerId)![1]
      const spread = (from: { x: number; y: number }) => Math.max(1, Math.hypot(from.x - other.x, from.y - other.y))
      const box = element.getBoundingClientRect()
      events.pinch(spread(now) / spread(last), { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top })
    }
    down.set(event.pointerId, now)
  })
  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId)) return
    element.classList.remove('dragging')
    if (event.type === 'pointerup' && event.button === 0 && start && !start.moved) events.click(start.target, event.ctrlKey || event.metaKey)
    if (down.size === 0) start = undefined
  }
  element.addEventListener('pointerup', up)
  element.addEventListener('pointercancel', up)
  element.addEventListener('pointerleave', () => events.hover(null))
}
