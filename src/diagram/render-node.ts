/** A component or a part as a card: its silhouette, what stands behind it, icon, words, badges and the pill of truth. */
import { icons } from './generated/icons.ts'
import {
  BADGE, cardsBehind, factsLines, FACTS, FACTS_LINE, ICON, ICON_GAP, insets, OVERHANG, PAD, pillWidth, STACK_STEP, textWidth, TITLE, TITLE_LINE, truthText,
} from './measure.ts'
import { chipRect, CROSS, TONES } from './overlay.ts'
import type { Laid, Mark, PlacedNode, Point } from './picture.ts'
import { badgeAt, crossAt } from './badges.ts'
import { moved, outline, pathData, reach, type Outline, type Rect, type Side } from './shapes.ts'
import { iconAt, textAt, titled } from './svg.ts'
import { monogram } from './technology-marks.ts'
import { FAINT, TILE_OPACITY, TINT_OPACITY, type Paint, type Token } from './theme.ts'
import { clean, escapeXml, px, safeId } from './text.ts'

export interface NodeOptions {
  readonly paint: Paint
  /** The accessible name's lines: the tooltip. */
  readonly name: readonly string[]
  readonly mark?: Mark
  /** Where lines start and end on it. */
  readonly ends: readonly Point[]
  /** What a lens lays over it. */
  readonly laid?: Laid
  /** Whether the pill of truth belongs to what is shown. */
  readonly truths?: boolean
}

export function renderNode(node: PlacedNode, { paint, name, mark, ends, laid, truths = true }: NodeOptions): string {
  const colour = colourOf(node)
  const tone = laid?.tone === undefined || laid.tone === 'quiet' ? undefined : TONES[laid.tone]
  const shape = cardsOf(node)[0]!
  const dashed = node.kind === 'external' || laid?.out ? ' stroke-dasharray="5 4"' : ''
  const width = tone ? '2.4' : node.type === 'part' ? '1.2' : '1.6'
  const inner = shape.inner === undefined ? '' : `<path d="${shape.inner}"${paint({ fill: 'none', stroke: colour })} stroke-width="1.2" stroke-linecap="round"/>`
  return [
    `<g id="${safeId('n', node.id)}" data-id="${escapeXml(clean(node.id))}" data-kind="${node.kind}"${node.collapsed ? ' data-collapsed="true"' : node.head > 0 ? ' data-holds="true"' : ''} role="graphics-symbol"${laid?.faint ? FAINT : ''}>`,
    titled(name),
    cardsBehindIt(node, paint, colour),
    `<path d="${pathData(shape)}"${paint({ fill: 'card', stroke: tone ?? colour })} stroke-width="${width}"${dashed}/>`,
    tone ? `<path d="${pathData(shape)}"${paint({ fill: tone })} fill-opacity="${TINT_OPACITY}"/>` : '',
    inner,
    words(node, paint, colour),
    copiesBadge(node, paint, colour),
    truths && !node.chip ? truthPill(node, paint, colour) : '',
    chip(node, paint),
    node.collapsed && !node.chip ? more(node, paint) : '',
    mark ? badgeAt(paint, badgePoint(node, ends), mark) : '',
    '</g>',
  ].join('')
}

/** Where a line that comes in at right angles ends on what is drawn: the outline, the cards behind it, the badge or the pill. */
export function border(node: PlacedNode, side: Side, at: number): number {
  const hits = cardsOf(node).flatMap((shape) => reach(shape, side, at) ?? [])
  if (side === 'top' || side === 'bottom') {
    const on = [copiesRect(node), node.chip ? chipRect(node) : pillRect(node)].filter((rect) => rect !== undefined && at >= rect.x && at <= rect.x + rect.width)
    hits.push(...on.map((rect) => (side === 'top' ? rect!.y : rect!.y + rect!.height)))
  }
  const edge = { left: node.x, right: node.x + node.width, top: node.y, bottom: node.y + node.height }[side]
  if (hits.length === 0) return edge
  return side === 'left' || side === 'top' ? Math.min(...hits) : Math.max(...hits)
}

export function colourOf(node: PlacedNode): Token {
  return node.family ?? 'others'
}

const outlines = new WeakMap<PlacedNode, readonly Outline[]>()

/** The front card, then those behind it. */
function cardsOf(node: PlacedNode): readonly Outline[] {
  const known = outlines.get(node)
  if (known) return known
  const cards = Array.from({ length: cardsBehind(node) + 1 }, (_, index) => outline(node.kind, moved(node, index * STACK_STEP, -index * STACK_STEP)))
  outlines.set(node, cards)
  return cards
}

/** The card furthest behind first. */
function cardsBehindIt(node: PlacedNode, paint: Paint, colour: Token): string {
  return cardsOf(node)
    .slice(1)
    .toReversed()
    .map(pathData)
    .map((path) => `<path d="${path}"${paint({ fill: 'card', stroke: colour })} stroke-width="1.2" stroke-opacity="0.55"/>`)
    .join('')
}

function words(node: PlacedNode, paint: Paint, colour: Token): string {
  const inset = insets(node)
  const facts = factsLines(node.facts)
  const content = node.title.length * TITLE_LINE + facts.length * FACTS_LINE
  const height = node.head > 0 ? Math.min(node.head, node.height) : node.height
  const middle = node.y + inset.top + (height - inset.top - (node.head > 0 ? 0 : inset.bottom)) / 2
  const part = node.type === 'part'
  const left = node.x + inset.left + PAD
  const start = part ? left : left + ICON + ICON_GAP
  let y = middle - content / 2
  const lines: string[] = part ? [] : [tile(node, paint, colour, left, middle - ICON / 2)]
  for (const line of node.title) {
    lines.push(textAt(paint, start, y + 13, line, { style: TITLE, colour: 'text' }))
    y += TITLE_LINE
  }
  for (const line of facts) {
    lines.push(textAt(paint, start, y + 10.5, line, { style: FACTS, colour: 'muted' }))
    y += FACTS_LINE
  }
  return lines.join('')
}

function tile(node: PlacedNode, paint: Paint, colour: Token, x: number, y: number): string {
  const icon = icons[node.kind] ?? icons['service']!
  return [
    `<rect x="${px(x)}" y="${px(y)}" width="${ICON}" height="${ICON}" rx="7"${paint({ fill: colour })} fill-opacity="${TILE_OPACITY}"/>`,
    iconAt(paint, icon, x + 4, y + 4, 20, colour),
    technologyMark(node, paint, colour, x + ICON, y + ICON),
  ].join('')
}

const MARK = { size: 7.5, weight: 600 } as const

/** Two letters in a small chip on the tile's lower right corner. */
function technologyMark(node: PlacedNode, paint: Paint, colour: Token, right: number, bottom: number): string {
  if (node.technology === undefined) return ''
  const letters = monogram(node.technology, node.technologyLabel ?? '')
  const width = Math.ceil(textWidth(letters, MARK)) + 5
  const [x, y] = [right - width + 4, bottom - 8]
  return [
    `<rect x="${px(x)}" y="${px(y)}" width="${width}" height="11" rx="3.5"${paint({ fill: colour, stroke: 'card' })} stroke-width="1.5"/>`,
    textAt(paint, x + width / 2, y + 8.2, letters, { style: MARK, colour: 'onFamily', anchor: 'middle' }),
  ].join('')
}

const COPIES_HEIGHT = 16

function copiesRect(node: PlacedNode): Rect | undefined {
  if (!node.copies) return undefined
  const width = Math.max(28, Math.ceil(textWidth(clean(node.copies), BADGE)) + 14)
  return { x: node.x + node.width - width + 2, y: node.y - 9, width, height: COPIES_HEIGHT }
}

function copiesBadge(node: PlacedNode, paint: Paint, colour: Token): string {
  const rect = copiesRect(node)
  return rect === undefined ? '' : pill(paint, rect, colour, clean(node.copies!), rect.x + rect.width / 2)
}

const PILL_HEIGHT = 18

function pillRect(node: PlacedNode): Rect | undefined {
  if (node.truthOf.length === 0) return undefined
  const width = pillWidth(node)
  return { x: node.x + Math.min(insets(node).left + PAD + ICON + ICON_GAP - 8, (node.width - width) / 2), y: node.y + node.height - 9, width, height: PILL_HEIGHT }
}

function truthPill(node: PlacedNode, paint: Paint, colour: Token): string {
  const rect = pillRect(node)
  if (rect === undefined) return ''
  const check = `<path d="M${px(rect.x + 9)} ${px(rect.y + 9.2)}l2.6 2.6l4.8 -5.4"${paint({ fill: 'none', stroke: 'onFamily' })} stroke-width="1.8" stroke-linecap="round"/>`
  return pill(paint, rect, colour, truthText(node.truthOf), rect.x + rect.width / 2 + 6) + check
}

function chip(node: PlacedNode, paint: Paint): string {
  const rect = chipRect(node)
  if (rect === undefined) return ''
  const { text, tone, out } = node.chip!
  const cross = out ? crossAt(paint, { x: rect.x + CROSS, y: rect.y + rect.height / 2 }) : ''
  return pill(paint, rect, TONES[tone], text, rect.x + (rect.width + (out ? CROSS : 0)) / 2) + cross
}

/** With a rim in the card's colour, so that it stands off the border it lies on. */
function pill(paint: Paint, rect: Rect, colour: Token, text: string, middle: number): string {
  return [
    `<rect x="${px(rect.x)}" y="${px(rect.y)}" width="${px(rect.width)}" height="${rect.height}" rx="${rect.height / 2}"${paint({ fill: colour, stroke: 'card' })} stroke-width="1.5"/>`,
    textAt(paint, middle, rect.y + rect.height / 2 + 4, text, { style: BADGE, colour: 'onFamily', anchor: 'middle' }),
  ].join('')
}

/** Three dots on the lower edge: there is more in it than is shown. */
function more(node: PlacedNode, paint: Paint): string {
  const [x, y] = [node.x + node.width / 2, node.y + node.height]
  const dots = [-5, 0, 5].map((dx) => `<circle cx="${px(x + dx)}" cy="${px(y)}" r="1.4"${paint({ fill: 'muted' })}/>`).join('')
  return `<rect x="${px(x - 13)}" y="${px(y - 6)}" width="26" height="12" rx="6"${paint({ fill: 'card', stroke: 'others' })} stroke-width="1"/>${dots}`
}

/** The upper left corner, or the next one that no line meets. */
export function badgePoint(node: PlacedNode, ends: readonly Point[]): Point {
  const { left, right } = insets(node)
  const [near, far, high, low] = [node.x + left + 3, node.x + node.width - right - 3, node.y + 2, node.y + node.height - 2]
  const corners = [{ x: near, y: high }, { x: near, y: low }, { x: far, y: low }, ...(node.copies ? [] : [{ x: far, y: high }])]
  return corners.find((corner) => ends.every(({ x, y }) => Math.abs(x - corner.x) > BADGE_ROOM || Math.abs(y - corner.y) > BADGE_ROOM + OVERHANG)) ?? corners[0]!
}

/** Half a badge and half a head, and air. */
const BADGE_ROOM = 15
