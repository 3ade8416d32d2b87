/** ELK's fractions and slants → whole pixels and right angles. Runs left to right, like elk.ts. */
import type { PartInput, PartOutput } from './elk.ts'
import type { Point } from './picture.ts'

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export function tidy(input: PartInput, placed: PartOutput): PartOutput {
  const width = Math.max(Math.ceil(placed.width), input.least.width)
  const height = Math.max(Math.ceil(placed.height), input.least.height)
  const nodes = placed.nodes.map((box) => {
    const [x, y] = [Math.round(box.x), Math.round(box.y)]
    return { x, y, width: Math.round(box.x + box.width) - x, height: Math.round(box.y + box.height) - y }
  })
  const pieces = placed.pieces.map(({ route, labelAt }, i) => {
    const { source, target, label } = input.pieces[i]!
    const square = rightAngles(route)
    const first = stretch(square, source === -1 ? undefined : nodes[source]!, 'start', { width, height })
    const both = stretch(first, target === -1 ? undefined : nodes[target]!, 'end', { width, height })
    return labelAt === undefined || label === undefined ? { route: both } : { route: both, labelAt: onto(both, { ...labelAt, ...label }) }
  })
  return { width, height, nodes, pieces }
}

/** Each segment exactly level or upright, at a whole coordinate; steps of less than two pixels are ironed out. */
export function rightAngles(route: readonly Point[]): Point[] {
  // A route is its first point and then one coordinate a segment, in turn level (a y) and upright (an x).
  const lines: { level: boolean; at: number; length: number }[] = []
  for (let i = 1; i < route.length; i++) {
    const [a, b] = [route[i - 1]!, route[i]!]
    const [dx, dy] = [Math.abs(a.x - b.x), Math.abs(a.y - b.y)]
    if (dx < 2 && dy < 2) continue
    const level = dx >= dy
    const last = lines.at(-1)
    if (last?.level !== level) lines.push({ level, at: level ? a.y : a.x, length: level ? dx : dy })
    // Two in one direction: a step between them was too small to keep. The longer one says where.
    else if ((level ? dx : dy) > last.length) Object.assign(last, { at: level ? a.y : a.x, length: level ? dx : dy })
  }
  const [start, end] = [round(route[0]!), round(route.at(-1)!)]
  if (lines.length === 0) return [start, end]
  const points: Point[] = [lines[0]!.level ? { x: start.x, y: Math.round(lines[0]!.at) } : { x: Math.round(lines[0]!.at), y: start.y }]
  for (let i = 1; i < lines.length; i++) {
    const [before, after] = [lines[i - 1]!, lines[i]!]
    points.push(before.level ? { x: Math.round(after.at), y: Math.round(before.at) } : { x: Math.round(before.at), y: Math.round(after.at) })
  }
  const last = lines.at(-1)!
  points.push(last.level ? { x: end.x, y: Math.round(last.at) } : { x: Math.round(last.at), y: end.y })
  return points
}

/** Lengthens or shortens the outer segment to end exactly at the border of its box, or of the part. */
function stretch(route: readonly Point[], box: Box | undefined, which: 'start' | 'end', part: { width: number; height: number }): Point[] {
  const points = [...route]
  const [outer, next] = which === 'start' ? [0, 1] : [points.length - 1, points.length - 2]
  const [a, b] = [points[outer]!, points[next]!]
  const level = a.y === b.y
  const sides = box === undefined ? [0, part.width] : level ? [box.x, box.x + box.width] : [box.y, box.y + box.height]
  const now = level ? a.x : a.y
  const at = sides.reduce((best, side) => (Math.abs(side - now) < Math.abs(best - now) ? side : best))
  points[outer] = level ? { x: at, y: a.y } : { x: a.x, y: at }
  return points
}

/** Centres a label on the segment that carries it: the nearest one that shows at both of its sides. */
function onto(route: readonly Point[], label: Box): Point {
  const middle = { x: label.x + label.width / 2, y: label.y + label.height / 2 }
  let best: { at: Point; far: number } | undefined
  for (let i = 1; i < route.length; i++) {
    const [a, b] = [route[i - 1]!, route[i]!]
    const far = a.y === b.y ? Math.abs(a.y - middle.y) + beyond(middle.x, a.x, b.x) : Math.abs(a.x - middle.x) + beyond(middle.y, a.y, b.y)
    const at = a.y === b.y ? { x: Math.round(label.x), y: Math.round(a.y - label.height / 2) } : { x: Math.round(a.x - label.width / 2), y: Math.round(label.y) }
    if (best === undefined || far < best.far) best = { at, far }
  }
  return best!.at
}

function beyond(value: number, a: number, b: number): number {
  return Math.max(0, Math.min(a, b) - value, value - Math.max(a, b))
}

function round({ x, y }: Point): Point {
  return { x: Math.round(x), y: Math.round(y) }
}
