/** The picture in the page: read as inert XML, swapped in place, and known by the ids of what it draws. */
import type { Box } from './viewport.ts'

export interface Scene {
  readonly svg: SVGSVGElement
  readonly width: number
  readonly height: number
  /** The colour of the paper it is drawn on; empty where there is none. */
  readonly ground: string
  /** Every drawn thing by its `data-id`. */
  readonly things: ReadonlyMap<string, Thing>
}

export interface Thing {
  readonly id: string
  readonly element: SVGGElement
  readonly type: 'node' | 'container' | 'edge'
  readonly collapsed: boolean
  readonly label: string
  /** In the picture's own coordinates. */
  readonly box: Box
}

/** Puts a picture where the last one was. @returns undefined where the text is no picture. */
export function show(canvas: HTMLElement, svgText: string): Scene | undefined {
  const { markup, styles } = apart(svgText)
  const svg = read(markup)
  if (!svg) return undefined
  adopt(styles)
  quieten(svg)
  canvas.replaceChildren(svg)
  const { width, height } = svg.viewBox.baseVal
  const ground = svg.querySelector(':scope > rect')?.getAttribute('fill') ?? ''
  return { svg, width, height, ground, things: thingsOf(svg) }
}

/** A parsed document runs nothing, and what could run once it is in the page is left behind: the picture comes from text that others may have written. */
function read(text: string): SVGSVGElement | undefined {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement
  if (!(parsed instanceof SVGSVGElement)) return undefined
  for (const element of parsed.querySelectorAll('script, style, foreignObject, iframe, metadata')) element.remove()
  for (const element of [parsed, ...parsed.querySelectorAll('*')]) {
    for (const { name, value } of [...element.attributes]) {
      const link = name === 'href' || name === 'xlink:href'
      if (name.startsWith('on') || name === 'style' || (link && !value.startsWith('#'))) element.removeAttribute(name)
    }
  }
  return document.importNode(parsed, true)
}

/** The picture's style, which holds its font, and the rest: the page allows no inline style, not even in a document that is only parsed. */
function apart(text: string): { readonly markup: string; readonly styles: string } {
  let styles = ''
  const markup = text.replaceAll(/<style>([^<]*)<\/style>/g, (_, style: string) => {
    styles += style
    return ''
  })
  return { markup, styles }
}

let adopted: { readonly styles: string; readonly sheet: CSSStyleSheet } | undefined

/** As a sheet of the page a style is no inline style; and it stays from picture to picture, so that text does not flicker. */
function adopt(styles: string): void {
  if (adopted?.styles === styles) return
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(styles)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((other) => other !== adopted?.sheet), sheet]
  adopted = { styles, sheet }
}

/** A picture in a page is named by its label: the title of the whole would open as a tooltip wherever nothing else is. */
function quieten(svg: SVGSVGElement): void {
  const title = svg.querySelector(':scope > title')
  svg.setAttribute('aria-label', title?.textContent ?? '')
  svg.removeAttribute('aria-labelledby')
  title?.remove()
}

/** Leaves out the picture's own tooltips of what has a card of ours. What they say is still its label. */
export function hush({ things }: Scene, ids: Iterable<string>): void {
  for (const id of ids) things.get(id)?.element.querySelector(':scope > title')?.remove()
}

function thingsOf(svg: SVGSVGElement): ReadonlyMap<string, Thing> {
  const things = new Map<string, Thing>()
  for (const element of svg.querySelectorAll<SVGGElement>('g[data-id]')) {
    const id = element.dataset['id']!
    const { kind, holds, collapsed } = element.dataset
    const type = kind === undefined ? 'edge' : holds !== undefined || element.getAttribute('role') === 'graphics-object' ? 'container' : 'node'
    const name = element.querySelector(':scope > title')?.textContent ?? id
    element.setAttribute('aria-label', name.replaceAll('\n', '. '))
    const label = name.split('\n')[0]!
    // No group of the picture is moved or scaled, so its own coordinates are the picture's.
    const { x, y, width, height } = element.getBBox()
    const box = { x, y, width, height }
    things.set(id, { id, element, type, collapsed: collapsed !== undefined, label, box })
  }
  return things
}

/** Above this many moving things a glide costs more than it tells. */
const MOST = 400
const TIME = { duration: 260, easing: 'cubic-bezier(0.2, 0, 0, 1)' }

/** Lets what both pictures show glide from its old place to its new one, and what is new appear. `shift` is how far the whole picture moved meanwhile. */
export function glide(before: Scene, after: Scene, shift: { readonly x: number; readonly y: number }): void {
  if (after.things.size > MOST || matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion')) return
  const moved = (thing: Thing) => {
    const old = before.things.get(thing.id)
    if (!old) return undefined
    return { dx: old.box.x - thing.box.x + shift.x, dy: old.box.y - thing.box.y + shift.y }
  }
  for (const thing of after.things.values()) {
    const by = moved(thing)
    if (!by) {
      thing.element.animate([{ opacity: 0 }, { opacity: 1 }], TIME)
      continue
    }
    if (thing.type === 'edge' || thing.type === 'container') {
      const { width, height } = before.things.get(thing.id)!.box
      const changed = Math.hypot(by.dx, by.dy) > 0.5 || Math.abs(width - thing.box.width) > 0.5 || Math.abs(height - thing.box.height) > 0.5
      if (changed) thing.element.animate([{ opacity: 0.15 }, { opacity: 1 }], TIME)
      continue
    }
    const { dx, dy } = by
    if (Math.hypot(dx, dy) < 0.5) continue
    thing.element.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: 'none' }], TIME)
  }
}
