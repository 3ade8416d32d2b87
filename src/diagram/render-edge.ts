/** A relation as a line: its rounded bends, the gap for its label, its head, and what was found about it. */
import { badgeAt, lineColour } from './badges.ts'
import { LABEL, LABEL_LINE } from './measure.ts'
import { TONES } from './overlay.ts'
import type { LaidArrow, Mark, PlacedEdge, PlacedNode, Point } from './picture.ts'
import { border } from './render-node.ts'
import type { Rect, Side } from './shapes.ts'
import { textAt, titled } from './svg.ts'
import { FAINT, type Paint, type Token } from './theme.ts'
import { clean, escapeXml, px, safeId } from './text.ts'

export interface EdgeOptions {
  readonly paint: Paint
  readonly from: PlacedNode | undefined
  readonly to: PlacedNode | undefined
  /** The accessible name's lines: the tooltip. */
  readonly name: readonly string[]
  readonly mark?: Mark
  /** Words of others in its way, which it leaves a gap for. */
  readonly words: readonly Rect[]
  /** What a lens lays over it. */
  readonly laid?: LaidArrow
}

const BEND = 8
const HEAD = 9
const [DASH, PAUSE] = [6, 5]
const DASHED = ` stroke-dasharray="${DASH} ${PAUSE}"`
/** Between a border and the tip that points at it. */
const AIR = 1.5

export function renderEdge(edge: PlacedEdge, { paint, from, to, name, mark, words, laid }: EdgeOptions): string {
  const colour = laid?.tone ? TONES[laid.tone] : lineColour(mark)
  const width = laid?.weight === undefined ? (colour === 'line' || colour === 'muted' ? 1.6 : 2) : 1.6 + (edge.arrow === 'message' ? 1.6 : 3.4) * laid.weight
  const route = fitted(edge.route, from, to)
  const gaps = edge.labelAt && edge.labelWidth > 0 ? [{ ...edge.labelAt, width: edge.labelWidth, height: edge.labelHeight }, ...words] : words
  const inTheWay = gaps.filter((gap) => route.some(({ x }) => x < gap.x + gap.width) && route.some(({ x }) => x > gap.x) && route.some(({ y }) => y < gap.y + gap.height) && route.some(({ y }) => y > gap.y))
  const parts = inTheWay.reduce<Route[]>((rest, gap) => rest.flatMap((part) => outside(part, gap)), [shortened(route, edge.arrow === 'request' ? HEAD - 1 : 1)])
  // From the head backwards, so that a dash, not a gap, meets it.
  const path = parts.toReversed().map((part) => bent(edge.arrow === 'message' ? undotted(part.toReversed()) : part.toReversed())).join('')
  const dash = edge.arrow === 'message' ? DASHED : ''
  const relations = edge.relations.length > 1 ? ` data-relations="${escapeXml(edge.relations.map(clean).join(' '))}"` : ''
  return [
    `<g id="${safeId('e', edge.id)}" data-id="${escapeXml(clean(edge.id))}"${relations} role="graphics-symbol"${laid?.faint ? FAINT : ''}>`,
    titled(name),
    `<path d="${bent(route)}" fill="none" stroke="none" stroke-width="14" pointer-events="stroke"/>`,
    `<path d="${path}"${paint({ fill: 'none', stroke: colour })} stroke-width="${px(width)}"${dash}/>`,
    head(paint, route, edge.arrow, colour),
    label(paint, edge, colour === 'line' ? 'muted' : colour),
    mark ? badgeAt(paint, badgePoint(parts), mark) : '',
    '</g>',
  ].join('')
}

/** A line as it is drawn in the legend. */
export function sampleLine(paint: Paint, { x, y }: Point, length: number, arrow: PlacedEdge['arrow']): string {
  const route = [{ x, y }, { x: x + length, y }]
  const dash = arrow === 'message' ? DASHED : ''
  const path = bent(shortened(route, arrow === 'request' ? HEAD - 1 : 1).toReversed())
  return `<path d="${path}"${paint({ fill: 'none', stroke: 'line' })} stroke-width="1.6"${dash}/>${head(paint, route, arrow, 'line')}`
}

/** The route with its ends moved to what is drawn of the nodes: the slope of a hexagon, the card behind a stack. */
function fitted(route: readonly Point[], from: PlacedNode | undefined, to: PlacedNode | undefined): readonly Point[] {
  const points = route.map((point) => ({ ...point }))
  if (points.length < 2) return points
  if (from) moveEnd(points[0]!, points[1]!, from, 0)
  if (to) moveEnd(points.at(-1)!, points.at(-2)!, to, AIR)
  return points
}

function moveEnd(end: { x: number; y: number }, next: Point, node: PlacedNode, air: number): void {
  const side = sideOf(end, node)
  const across = side === 'left' || side === 'right'
  if (across ? end.y !== next.y : end.x !== next.x) return
  const outwards = side === 'left' || side === 'top' ? -1 : 1
  const [now, other] = across ? [end.x, next.x] : [end.y, next.y]
  // An arrow from what holds a node to that node runs inwards; the air is then on the other side.
  const inwards = Math.sign(other - now) === -outwards
  const wanted = border(node, side, across ? end.y : end.x) + (inwards ? -air : air) * outwards
  const room = Math.abs(other - now)
  const moved = inwards ? wanted : Math.abs(wanted - now) < room - 4 || Math.sign(wanted - now) !== outwards ? wanted : other - outwards * Math.min(4, room)
  if (across) end.x = moved
  else end.y = moved
}

/** The side of the node's box that the point lies on. */
function sideOf({ x, y }: Point, node: PlacedNode): Side {
  const distances: readonly (readonly [Side, number])[] = [
    ['left', Math.abs(x - node.x)],
    ['right', Math.abs(x - node.x - node.width)],
    ['top', Math.abs(y - node.y)],
    ['bottom', Math.abs(y - node.y - node.height)],
  ]
  return distances.reduce((best, one) => (one[1] < best[1] ? one : best))[0]
}

function shortened(route: readonly Point[], by: number): readonly Point[] {
  const [last, before] = [route.at(-1), route.at(-2)]
  if (!last || !before) return route
  const length = Math.hypot(last.x - before.x, last.y - before.y)
  const share = length === 0 ? 0 : Math.min(by, length) / length
  return [...route.slice(0, -1), { x: last.x + (before.x - last.x) * share, y: last.y + (before.y - last.y) * share }]
}

type Route = readonly Point[]

/** Without the dot that a dashed line would end in where it has room for half a dash only. */
function undotted(route: Route): Route {
  const length = route.slice(1).reduce((sum, point, index) => sum + Math.hypot(point.x - route[index]!.x, point.y - route[index]!.y), 0)
  const rest = length % (DASH + PAUSE)
  return rest < DASH / 2 && length > DASH ? shortened(route, rest) : route
}

/** What is left of the line outside of a rectangle. */
function outside(route: Route, gap: Rect): Route[] {
  const result: Point[][] = []
  const stretch = (from: Point, to: Point) => {
    const last = result.at(-1)
    if (last?.at(-1) === from) last.push(to)
    else result.push([from, to])
  }
  route.forEach((from, index) => {
    const to = route[index + 1]
    if (!to) return
    const level = from.y === to.y
    const [a, b, aside] = level ? [from.x, to.x, from.y] : [from.y, to.y, from.x]
    const [low, high] = level ? [gap.x, gap.x + gap.width] : [gap.y, gap.y + gap.height]
    const [first, last] = level ? [gap.y, gap.y + gap.height] : [gap.x, gap.x + gap.width]
    const onward = a < b ? 1 : -1
    const [enter, leave] = onward > 0 ? [low, high] : [high, low]
    if (aside <= first || aside >= last || (enter - b) * onward >= 0 || (leave - a) * onward <= 0) return stretch(from, to)
    const at = (along: number): Point => (level ? { x: along, y: from.y } : { x: from.x, y: along })
    if ((enter - a) * onward > 0) stretch(from, at(enter))
    if ((b - leave) * onward > 0) stretch(at(leave), to)
  })
  return result
}

/** Path data with rounded bends. */
function bent(route: readonly Point[]): string {
  const at = ({ x, y }: Point) => `${px(x)} ${px(y)}`
  return route
    .map((point, index) => {
      const [before, after] = [route[index - 1], route[index + 1]]
      if (!before) return `M${at(point)}`
      if (!after) return `L${at(point)}`
      const [back, forth] = [Math.hypot(point.x - before.x, point.y - before.y), Math.hypot(after.x - point.x, after.y - point.y)]
      const radius = Math.min(BEND, back / 2, forth / 2)
      if (radius < 0.5) return `L${at(point)}`
      const on = (to: Point, length: number): Point => ({ x: point.x + ((to.x - point.x) / length) * radius, y: point.y + ((to.y - point.y) / length) * radius })
      return `L${at(on(before, back))}Q${at(point)} ${at(on(after, forth))}`
    })
    .join('')
}

/** Drawn as a path of its own rather than as a marker, which some office suites drop. */
function head(paint: Paint, route: readonly Point[], arrow: PlacedEdge['arrow'], colour: Token): string {
  const [tip, before] = [route.at(-1), route.at(-2)]
  if (!tip || !before) return ''
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1
  const [dx, dy] = [(tip.x - before.x) / length, (tip.y - before.y) / length]
  const at = (back: number, aside: number) => `${px(tip.x - dx * back - dy * aside)} ${px(tip.y - dy * back + dx * aside)}`
  if (arrow === 'request') return `<path d="M${at(0, 0)}L${at(HEAD, 4.5)}L${at(HEAD, -4.5)}Z"${paint({ fill: colour })}/>`
  return `<path d="M${at(7.5, 5)}L${at(0, 0)}L${at(7.5, -5)}"${paint({ fill: 'none', stroke: colour })} stroke-width="1.6" stroke-linecap="round"/>`
}

function label(paint: Paint, { label, labelAt, labelWidth, labelHeight }: PlacedEdge, colour: Token): string {
  if (!labelAt || label.length === 0) return ''
  const top = labelAt.y + (labelHeight - label.length * LABEL_LINE) / 2
  return label.map((line, index) => textAt(paint, labelAt.x + labelWidth / 2, top + index * LABEL_LINE + 10.8, line, { style: LABEL, colour, anchor: 'middle' })).join('')
}

/** In the middle of the longest straight stretch; where that is short, near its start, so that the head stays in sight. */
function badgePoint(parts: readonly Route[]): Point {
  let best: Point = parts[0]?.[0] ?? { x: 0, y: 0 }
  let longest = -1
  for (const part of parts) {
    for (const [index, from] of part.entries()) {
      const to = part[index + 1]
      if (!to) continue
      const length = Math.hypot(to.x - from.x, to.y - from.y)
      if (length <= longest) continue
      longest = length
      const share = length < 48 ? Math.min(0.5, 11 / length) : 0.5
      best = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
    }
  }
  return best
}
