/** Making elements. Everything is built as nodes, so that no text of a design is ever read as markup. */

type Child = Node | string | undefined | false

interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | ((event: never) => void)
}

/** `h('button', { class: 'tool', onclick: run }, 'Fit')`. A function is a listener, `true` an empty attribute, `false` and `undefined` none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener)
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value))
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child)
  return element
}

/** Text in which names and values stand between backticks, as in Markdown. */
export function prose(text: string): readonly (Node | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 1 ? h('code', {}, part) : part))
}

/** Drawn in a 16 px square with strokes of the text's colour. */
const paths = {
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  fit: 'M2.5 6V3.5a1 1 0 0 1 1-1H6M10 2.5h2.5a1 1 0 0 1 1 1V6M13.5 10v2.5a1 1 0 0 1-1 1H10M6 13.5H3.5a1 1 0 0 1-1-1V10',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.4 10.4L13.5 13.5',
  export: 'M8 10V2.5M5 5.2L8 2.3l3 2.9M3 9.5v3a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1v-3',
  table: 'M3 2.5h10a.5.5 0 0 1 .5.5v10a.5.5 0 0 1-.5.5H3a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5M2.5 6.5h11M6.5 6.5v7',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  right: 'M6 3.5L10.5 8L6 12.5',
  down: 'M3.5 6L8 10.5L12.5 6',
  up: 'M3.5 10L8 5.5L12.5 10',
  bulb: 'M6 12.5h4M6.5 14.5h3M5.8 10.5c0-1.4-1.8-2.2-1.8-4.5a4 4 0 0 1 8 0c0 2.3-1.8 3.1-1.8 4.5z',
  book: 'M8 4.2C6.5 3 4.8 2.7 2.5 2.7v9.6c2.3 0 4 .3 5.5 1.5c1.5-1.2 3.2-1.5 5.5-1.5V2.7C11.2 2.7 9.5 3 8 4.2zM8 4.2v9.6',
  error: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  warning: 'M8 2.5L14.2 13.5H1.8zM8 6.8v3M8 11.6v.3',
  info: 'M8 2a6 6 0 1 0 0 12a6 6 0 1 0 0-12M8 7.3v3.6M8 5v.3',
  check: 'M3 8.5L6.5 12L13 4.5',
  collapse: 'M3 8h10',
  expand: 'M8 3v10M3 8h10',
  play: 'M5 3.2L12.5 8L5 12.8z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  previous: 'M10.5 3.5L5 8l5.5 4.5zM3.5 3.5v9',
  next: 'M5.5 3.5L11 8l-5.5 4.5zM12.5 3.5v9',
  structure: 'M2.5 2.5h4v3.5h-4zM9.5 10h4v3.5h-4zM4.5 6v5.8h5',
  load: 'M2.5 11.5a5.5 5.5 0 1 1 11 0M8 11.5l2.6-3.8M8 11.4v.2',
  failure: 'M9 2L4 9h3.5L6.5 14L12 7H8.5z',
  truth: 'M8 2l5 2v4c0 3-2.2 5-5 6c-2.8-1-5-3-5-6V4zM5.6 7.8l1.8 1.8l3-3.4',
} as const

export type IconName = keyof typeof paths

export function icon(name: IconName): SVGSVGElement {
  const svg = svgElement('svg', { viewBox: '0 0 16 16', width: 16, height: 16, 'aria-hidden': 'true', class: 'icon' })
  const path = { d: paths[name], fill: 'none', stroke: 'currentColor', 'stroke-width': 1.2, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }
  svg.append(svgElement('path', path))
  return svg
}

export function svgElement<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Readonly<Record<string, string | number>> = {}): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}
