/**
 * Silhouettes: the outline of each kind of component, which tells the kind without colour. An outline is lines and cubic curves, so that the
 * same data draws it and answers where an arrow meets it. All lengths are in px, all coordinates absolute.
 */
import type { Point } from './picture.ts'
import { px } from './text.ts'

export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Side = 'left' | 'right' | 'top' | 'bottom'

/** A closed outline. Each step goes on from the end of the one before it. */
export interface Outline {
  readonly start: Point
  readonly steps: readonly Step[]
  /** Open strokes drawn inside it, such as the rim of a cylinder's lid, as path data. */
  readonly inner?: string
}

type Step = { readonly to: Point; /** Both set: a cubic curve. */ readonly a?: Point; readonly b?: Point }

/** What a kind's outline looks like at its left and its right end. */
interface Ends {
  readonly left: End
  readonly right: End
}

type End = 'flat' | 'point' | 'notch' | 'round'

const CORNER = 8
const SOFT = 18
const DEPTH = 10
/** Half the height of a cylinder's lid. */
const LID = 8
const CUT = 14
const KAPPA = 0.5523

export function outline(kind: string, rect: Rect): Outline {
  return (SHAPES[kind] ?? card)(rect)
}

export function pathData({ start, steps }: Outline): string {
  const at = ({ x, y }: Point) => `${px(x)} ${px(y)}`
  return `M${at(start)}${steps.map(({ to, a, b }) => (a && b ? `C${at(a)} ${at(b)} ${at(to)}` : `L${at(to)}`)).join('')}Z`
}

/**
 * Where a line that comes in at right angles to a side meets the outline: the x at that y for left and right, the y at that x for top and
 * bottom. Undefined where it passes by.
 */
export function reach(shape: Outline, side: Side, at: number): number | undefined {
  const across = side === 'left' || side === 'right'
  const points = sample(shape)
  const hits: number[] = []
  points.forEach((from, index) => {
    const to = points[(index + 1) % points.length]!
    const [a, b] = across ? [from.y, to.y] : [from.x, to.x]
    if (a === b || at < Math.min(a, b) || at > Math.max(a, b)) return
    const share = (at - a) / (b - a)
    hits.push(across ? from.x + share * (to.x - from.x) : from.y + share * (to.y - from.y))
  })
  if (hits.length === 0) return undefined
  return side === 'left' || side === 'top' ? Math.min(...hits) : Math.max(...hits)
}

export function moved(rect: Rect, dx: number, dy: number): Rect {
  return { ...rect, x: rect.x + dx, y: rect.y + dy }
}

const card = (rect: Rect): Outline => corners(rect, CORNER)

const SHAPES: Readonly<Record<string, (rect: Rect) => Outline>> = {
  client: (rect) => corners(rect, SOFT),
  dns: ended({ left: 'flat', right: 'point' }),
  cdn: bulged,
  'load-balancer': ended({ left: 'point', right: 'point' }),
  gateway: (rect) => withInner(ended({ left: 'point', right: 'point' })(rect), posts(rect, DEPTH)),
  service: card,
  function: slanted,
  worker: (rect) => withInner(card(rect), post(rect.x + 5, rect)),
  'stream-processor': waved,
  batch: (rect) => withInner(card(rect), posts(rect, 5)),
  workflow: (rect) => withInner(card(rect), `M${px(rect.x + 1)} ${px(rect.y + 5)}H${px(rect.x + rect.width - 1)}`),
  scheduler: (rect) => withInner(card(rect), [0.3, 0.7].map((share) => `M${px(rect.x + rect.width * share)} ${px(rect.y - 4)}v8`).join('')),
  database: (rect) => cylinder(rect, 0, 1),
  'object-store': (rect) => cylinder(rect, 8, 1),
  search: (rect) => cylinder(rect, 0, 2),
  cache: cutCorner,
  queue: ended({ left: 'round', right: 'round' }),
  log: ended({ left: 'notch', right: 'point' }),
  topic: ended({ left: 'notch', right: 'notch' }),
  cdc: ended({ left: 'round', right: 'point' }),
  coordinator: octagon,
  monitor: (rect) => withInner(card(rect), pathData(corners(inset(rect, 3.5), CORNER - 3.5))),
}

function inset(rect: Rect, by: number): Rect {
  return { x: rect.x + by, y: rect.y + by, width: rect.width - 2 * by, height: rect.height - 2 * by }
}

function withInner(shape: Outline, inner: string): Outline {
  return { ...shape, inner }
}

function post(x: number, rect: Rect): string {
  return `M${px(x)} ${px(rect.y)}V${px(rect.y + rect.height)}`
}

function posts(rect: Rect, from: number): string {
  return post(rect.x + from, rect) + post(rect.x + rect.width - from, rect)
}

function corners({ x, y, width, height }: Rect, radius: number): Outline {
  const r = Math.min(radius, height / 2, width / 2)
  return polygon([[x, y, r], [x + width, y, r], [x + width, y + height, r], [x, y + height, r]])
}

/** Below, where no badge hides the cut. */
function cutCorner({ x, y, width, height }: Rect): Outline {
  const [right, bottom] = [x + width, y + height]
  return polygon([[x, y, CORNER], [right, y, CORNER], [right, bottom - CUT, 2], [right - CUT, bottom, 2], [x, bottom, CORNER]])
}

function octagon({ x, y, width, height }: Rect): Outline {
  const [right, bottom, cut] = [x + width, y + height, 11]
  return polygon([
    [x + cut, y, 2], [right - cut, y, 2], [right, y + cut, 2], [right, bottom - cut, 2],
    [right - cut, bottom, 2], [x + cut, bottom, 2], [x, bottom - cut, 2], [x, y + cut, 2],
  ])
}

function slanted({ x, y, width, height }: Rect): Outline {
  const [right, bottom, lean] = [x + width, y + height, 8]
  return polygon([[x + lean, y, 6], [right, y, 6], [right - lean, bottom, 6], [x, bottom, 6]])
}

/** A stream's lower edge is a wave. */
function waved({ x, y, width, height }: Rect): Outline {
  const top = polygon([[x, y, CORNER], [x + width, y, CORNER], [x + width, y + height - 2, 0], [x, y + height - 2, 0]])
  const bottom = y + height - 2
  const half = width / 2
  return {
    start: top.start,
    steps: [
      ...top.steps.slice(0, 3),
      { to: { x: x + width, y: bottom } },
      { to: { x: x + half, y: bottom }, a: { x: x + width - half * 0.36, y: bottom - 6 }, b: { x: x + width - half * 0.64, y: bottom - 6 } },
      { to: { x, y: bottom }, a: { x: x + half - half * 0.36, y: bottom + 6 }, b: { x: x + half - half * 0.64, y: bottom + 6 } },
    ],
  }
}

/** With `taper` px less on each side at the foot, it is a bucket. */
function cylinder({ x, y, width, height }: Rect, taper: number, rims: number): Outline {
  const half = width / 2
  const foot = half - taper
  const [top, bottom] = [y + LID, y + height - LID]
  const arc = (radius: number, from: Point, sign: 1 | -1, depth: number): Step[] => [
    { to: { x: from.x + sign * radius, y: from.y + depth }, a: { x: from.x, y: from.y + depth * KAPPA }, b: { x: from.x + sign * radius * (1 - KAPPA), y: from.y + depth } },
    { to: { x: from.x + sign * 2 * radius, y: from.y }, a: { x: from.x + sign * radius * (1 + KAPPA), y: from.y + depth }, b: { x: from.x + sign * 2 * radius, y: from.y + depth * KAPPA } },
  ]
  const rim = (from: number) => `M${px(x)} ${px(from)}A${px(half)} ${LID} 0 0 0 ${px(x + width)} ${px(from)}`
  return {
    start: { x, y: top },
    steps: [
      ...arc(half, { x, y: top }, 1, -LID),
      { to: { x: x + width - taper, y: bottom } },
      ...arc(foot, { x: x + width - taper, y: bottom }, -1, LID),
    ],
    inner: Array.from({ length: rims }, (_, index) => rim(top + index * 4)).join(''),
  }
}

function ended(ends: Ends): (rect: Rect) => Outline {
  return (rect) => {
    const { x, y, width, height } = rect
    const [right, bottom] = [x + width, y + height]
    const left = end(ends.left, height)
    const far = end(ends.right, height)
    // Clockwise from the top left: along the top, down the right end, back along the bottom, up the left one.
    const vertices: Vertex[] = [
      [x + left.shoulder, y, left.radius],
      [right - far.shoulder, y, far.radius],
      ...far.middle.map(([dx, share, r]): Vertex => [right - dx, y + share * height, r]),
      [right - far.shoulder, bottom, far.radius],
      [x + left.shoulder, bottom, left.radius],
      ...left.middle.map(([dx, share, r]): Vertex => [x + dx, y + (1 - share) * height, r]),
    ]
    return polygon(vertices)
  }
}

/** `shoulder`: how far from the side the straight top ends; `middle`: vertices between top and bottom, as distance from the side and share of the height. */
function end(type: End, height: number): { shoulder: number; radius: number; middle: readonly (readonly [number, number, number])[] } {
  switch (type) {
    case 'point':
      return { shoulder: DEPTH, radius: 4, middle: [[0, 0.5, 4]] }
    case 'notch':
      return { shoulder: 0, radius: 3, middle: [[DEPTH, 0.5, 4]] }
    case 'round':
      return { shoulder: 0, radius: Math.min(height / 2, 32), middle: [] }
    default:
      return { shoulder: 0, radius: CORNER, middle: [] }
  }
}

/** Sides that bow outwards like a globe's. */
function bulged({ x, y, width, height }: Rect): Outline {
  const [right, bottom, bow] = [x + width, y + height, DEPTH + 2]
  return {
    start: { x: x + bow, y },
    steps: [
      { to: { x: right - bow, y } },
      { to: { x: right - bow, y: bottom }, a: { x: right + bow / 3, y: y + height * 0.28 }, b: { x: right + bow / 3, y: bottom - height * 0.28 } },
      { to: { x: x + bow, y: bottom } },
      { to: { x: x + bow, y }, a: { x: x - bow / 3, y: bottom - height * 0.28 }, b: { x: x - bow / 3, y: y + height * 0.28 } },
    ],
  }
}

type Vertex = readonly [x: number, y: number, radius: number]

/** A polygon with rounded corners; a radius is cut to half of the shorter of its corner's sides. */
function polygon(vertices: readonly Vertex[]): Outline {
  const steps: Step[] = []
  let start: Point | undefined
  vertices.forEach(([x, y, radius], index) => {
    const before = vertices.at(index - 1)!
    const after = vertices[(index + 1) % vertices.length]!
    const [back, forth] = [Math.hypot(before[0] - x, before[1] - y), Math.hypot(after[0] - x, after[1] - y)]
    const r = Math.min(radius, back / 2, forth / 2)
    const on = (to: Vertex, length: number, distance: number): Point => ({ x: x + ((to[0] - x) / length) * distance, y: y + ((to[1] - y) / length) * distance })
    const from = on(before, back, r)
    const to = on(after, forth, r)
    if (start === undefined) start = from
    else steps.push({ to: from })
    if (r > 0) steps.push({ to, a: on(before, back, r * (1 - KAPPA)), b: on(after, forth, r * (1 - KAPPA)) })
  })
  return { start: start!, steps }
}

const samples = new WeakMap<Outline, readonly Point[]>()

/** The outline as a polygon, fine enough that nobody sees the difference. */
function sample(shape: Outline): readonly Point[] {
  const known = samples.get(shape)
  if (known) return known
  const { start, steps } = shape
  const points: Point[] = [start]
  let from = start
  for (const { to, a, b } of steps) {
    if (a && b) {
      for (let part = 1; part < 8; part++) points.push(cubic(from, a, b, to, part / 8))
    }
    points.push(to)
    from = to
  }
  samples.set(shape, points)
  return points
}

function cubic(from: Point, a: Point, b: Point, to: Point, t: number): Point {
  const at = (p: number, q: number, r: number, s: number) => p * (1 - t) ** 3 + 3 * q * t * (1 - t) ** 2 + 3 * r * t ** 2 * (1 - t) + s * t ** 3
  return { x: at(from.x, a.x, b.x, to.x), y: at(from.y, a.y, b.y, to.y) }
}
