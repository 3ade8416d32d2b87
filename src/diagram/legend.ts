/** The legend: only what occurs, below the picture, in one line that wraps where the picture is narrow. */
import type { Family } from '../vocabulary/vocabulary.ts'
import { badgeAt } from './badges.ts'
import { FACTS, textWidth } from './measure.ts'
import { TONES } from './overlay.ts'
import type { Mark, Overlay, PlacedGraph } from './picture.ts'
import { sampleLine } from './render-edge.ts'
import { textAt } from './svg.ts'
import type { Paint } from './theme.ts'
import { px } from './text.ts'

export interface Legend {
  readonly svg: string
  readonly height: number
}

interface Item {
  readonly text: string
  /** Width of the sample before the text. */
  readonly width: number
  /** With its left end at `x` and its middle at `y`. */
  sample(x: number, y: number): string
}

const FAMILIES: readonly (readonly [Family, string])[] = [
  ['entry', 'entry'],
  ['compute', 'computes'],
  ['may-forget', 'may forget'],
  ['keeps', 'keeps'],
  ['carries', 'carries'],
  ['others', ''],
]

const LINE = 22
const GAP = 20
const SAMPLE_GAP = 8

/** `width` is what there is for a line; `top` is where the first one may start. */
export function renderLegend(paint: Paint, placed: PlacedGraph, marks: readonly Mark[], key: Overlay['key'] | undefined, { x, top, width }: { x: number; top: number; width: number }): Legend {
  const items = key ? keyOf(paint, placed, key) : itemsOf(paint, placed, marks)
  if (items.length === 0) return { svg: '', height: 0 }
  const parts: string[] = []
  let left = x
  let line = 0
  for (const item of items) {
    const length = item.width + SAMPLE_GAP + textWidth(item.text, FACTS)
    if (left > x && left + length > x + width) {
      left = x
      line++
    }
    const middle = top + line * LINE + LINE / 2
    parts.push(item.sample(left, middle), textAt(paint, left + item.width + SAMPLE_GAP, middle + 4, item.text, { style: FACTS, colour: 'muted' }))
    left += length + GAP
  }
  return { svg: `<g aria-hidden="true">${parts.join('')}</g>`, height: (line + 1) * LINE }
}

/** The least width in which no item of the legend is cut. */
export function legendWidth(placed: PlacedGraph, marks: readonly Mark[], key: Overlay['key'] | undefined): number {
  return Math.max(0, ...(key ? keyOf(NO_PAINT, placed, key) : itemsOf(NO_PAINT, placed, marks)).map(({ text, width }) => width + SAMPLE_GAP + textWidth(text, FACTS)))
}

const NO_PAINT: Paint = Object.assign(() => '', { css: () => '' })

/** Through a lens its own colours are explained, and the arrows. */
function keyOf(paint: Paint, placed: PlacedGraph, key: Overlay['key']): readonly Item[] {
  const tones = key.map(({ tone, text }): Item => ({
    text,
    width: 16,
    sample: (x, y) => `<rect x="${px(x)}" y="${px(y - 6)}" width="16" height="12" rx="6"${paint({ fill: TONES[tone] })}/>`,
  }))
  return [...tones, ...arrowItems(paint, placed)]
}

function arrowItems(paint: Paint, { edges }: PlacedGraph): readonly Item[] {
  return (['request', 'message'] as const).flatMap((arrow): readonly Item[] =>
    edges.some((edge) => edge.arrow === arrow) ? [{ text: arrow, width: 30, sample: (x, y) => sampleLine(paint, { x, y }, 30, arrow) }] : [],
  )
}

function itemsOf(paint: Paint, placed: PlacedGraph, marks: readonly Mark[]): readonly Item[] {
  const { nodes } = placed
  const families = new Set(nodes.filter(({ type }) => type === 'component').map(({ family }) => family))
  const severities = new Set(marks.map(({ severity }) => severity))
  const items: (Item | false)[] = FAMILIES.map(
    ([family, text]) =>
      families.has(family) && {
        text: text === '' ? othersText(nodes) : text,
        width: 12,
        sample: (x, y) => `<rect x="${px(x)}" y="${px(y - 6)}" width="12" height="12" rx="3"${paint({ fill: family })}/>`,
      },
  )
  items.push(...arrowItems(paint, placed))
  const truth = nodes.find(({ truthOf }) => truthOf.length > 0)
  items.push(
    nodes.some(({ copies }) => copies) && {
      text: 'copies',
      width: 16,
      sample: (x, y) =>
        [4, 2, 0]
          .map((step) => `<rect x="${px(x + step)}" y="${px(y - 3 - step)}" width="11" height="9" rx="2"${paint({ fill: 'card', stroke: 'muted' })} stroke-width="1"/>`)
          .join(''),
    },
    truth !== undefined && {
      text: 'source of truth',
      width: 22,
      sample: (x, y) =>
        `<rect x="${px(x)}" y="${px(y - 6)}" width="22" height="12" rx="6"${paint({ fill: truth.family ?? 'others' })}/>` +
        `<path d="M${px(x + 7.5)} ${px(y + 0.2)}l2.4 2.4l4.4 -5"${paint({ fill: 'none', stroke: 'onFamily' })} stroke-width="1.6" stroke-linecap="round"/>`,
    },
  )
  for (const [severity, text] of [['error', 'error'], ['warning', 'warning'], ['info', 'note']] as const) {
    items.push(severities.has(severity) && { text, width: 18, sample: (x, y) => badgeAt(paint, { x: x + 9, y }, { severity, count: 1 }) })
  }
  return items.filter((item) => item !== false)
}

function othersText(nodes: PlacedGraph['nodes']): string {
  const others = nodes.filter(({ family }) => family === 'others')
  const external = others.some(({ kind }) => kind === 'external')
  const control = others.some(({ kind }) => kind !== 'external')
  return external && control ? 'control, and someone else’s' : external ? 'someone else’s' : 'control'
}
