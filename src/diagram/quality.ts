/** What is wrong with a placement, and how good it is: the tests hold every picture to the first, and the layout chooses by the second. */
import { captionOf } from './render-container.ts'
import type { Point, PlacedEdge, PlacedGraph, PlacedNode } from './picture.ts'

export interface Figures {
  readonly crossings: number
  readonly bends: number
  /** Of all routes together, in px. */
  readonly length: number
  readonly width: number
  readonly height: number
}

export function figures({ width, height, edges }: Pick<PlacedGraph, 'width' | 'height'> & { readonly edges: readonly Pick<PlacedEdge, 'route'>[] }): Figures {
  return {
    crossings: countCrossings(edges),
    bends: edges.reduce((sum, { route }) => sum + route.length - 2, 0),
    length: Math.round(edges.reduce((sum, { route }) => sum + routeLength(route), 0)),
    width: Math.round(width),
    height: Math.round(height),
  }
}

export function routeLength(route: readonly Point[]): number {
  return segmentsOf(route).reduce((sum, { a, b }) => sum + Math.abs(a.x - b.x) + Math.abs(a.y - b.y), 0)
}

/** Each overlap and each broken promise of `PlacedGraph`, as a sentence. Empty for a good picture. */
export function faults(placed: PlacedGraph): readonly string[] {
  const found: string[] = []
  const nodes = new Map(placed.nodes.map((node) => [node.id, node]))
  const holds = new Set(placed.nodes.flatMap(({ parent }) => parent ?? []))
  const around = (node: PlacedNode): readonly string[] => {
    const parent = node.parent === undefined ? undefined : nodes.get(node.parent)
    return parent === undefined ? [] : [parent.id, ...around(parent)]
  }
  const ancestors = new Map(placed.nodes.map((node) => [node.id, new Set(around(node))]))
  const related = (a: string, b: string) => a === b || ancestors.get(a)!.has(b) || ancestors.get(b)!.has(a)
  const frame: Rect = { x: 0, y: 0, width: placed.width, height: placed.height }

  for (const node of placed.nodes) {
    if (![node.x, node.y, node.width, node.height].every(Number.isFinite)) found.push(`${node.id} has no place`)
    const parent = node.parent === undefined ? undefined : nodes.get(node.parent)
    const room = parent === undefined ? frame : { x: parent.x, y: parent.y + parent.head, width: parent.width, height: parent.height - parent.head }
    if (!inside(node, room)) found.push(`${node.id} sticks out of ${parent?.id ?? 'the picture'}`)
  }
  eachPair(placed.nodes, (a, b) => {
    if (overlap(a, b) && !related(a.id, b.id)) found.push(`${a.id} and ${b.id} overlap`)
  })

  const labels = placed.edges.flatMap((edge) => (edge.labelAt === undefined ? [] : [{ edge, rect: { ...edge.labelAt, width: edge.labelWidth, height: edge.labelHeight } }]))
  const captions = placed.nodes.filter(({ id, type }) => type === 'container' && holds.has(id)).map((node) => ({ node, rect: captionOf(node, placed.edges) }))
  for (const { node, rect } of captions) {
    for (const edge of placed.edges) if (segmentsOf(edge.route).some(({ a, b }) => crossesRect(a, b, rect))) found.push(`${edge.id} runs through the caption of ${node.id}`)
    for (const label of labels) if (overlap(label.rect, rect)) found.push(`the label of ${label.edge.id} covers the caption of ${node.id}`)
  }
  for (const { edge, rect } of labels) {
    if (!inside(rect, frame)) found.push(`the label of ${edge.id} sticks out of the picture`)
    if (!segmentsOf(edge.route).some(({ a, b }) => carries(a, b, rect))) found.push(`the label of ${edge.id} is not on its line`)
    for (const node of placed.nodes) {
      if (!overlap(rect, node) || (holds.has(node.id) && inside(rect, node))) continue
      found.push(`the label of ${edge.id} covers ${holds.has(node.id) ? 'the border of ' : ''}${node.id}`)
    }
    for (const other of placed.edges) {
      if (other !== edge && segmentsOf(other.route).some(({ a, b }) => crossesRect(a, b, rect))) found.push(`${other.id} runs through the label of ${edge.id}`)
    }
  }
  eachPair(labels, (a, b) => {
    if (overlap(a.rect, b.rect)) found.push(`the labels of ${a.edge.id} and ${b.edge.id} overlap`)
  })

  for (const edge of placed.edges) {
    const [from, to] = [nodes.get(edge.from)!, nodes.get(edge.to)!]
    const segments = segmentsOf(edge.route)
    if (segments.length === 0 || segments.some(({ a, b }) => (a.x !== b.x) === (a.y !== b.y))) found.push(`${edge.id} is not orthogonal: ${say(edge.route)}`)
    if (!onBorder(edge.route[0]!, from)) found.push(`${edge.id} does not begin at ${from.id}`)
    if (!onBorder(edge.route.at(-1)!, to)) found.push(`${edge.id} does not end at ${to.id}`)
    for (const node of placed.nodes) {
      const itsOwn = node === from || node === to
      // It may run inside of what holds one of its ends.
      if (holds.has(node.id) && (itsOwn || ancestors.get(from.id)!.has(node.id) || ancestors.get(to.id)!.has(node.id))) continue
      if (segments.some(({ a, b }) => crossesRect(a, b, node))) found.push(`${edge.id} runs through ${node.id}`)
    }
  }
  eachPair(placed.edges, (a, b) => {
    if (segmentsOf(a.route).some((s) => segmentsOf(b.route).some((t) => lieOnEachOther(s, t)))) found.push(`${a.id} and ${b.id} lie on each other`)
  })
  return found
}

interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Segment {
  readonly a: Point
  readonly b: Point
}

export function segmentsOf(route: readonly Point[]): readonly Segment[] {
  return route.slice(1).map((b, i) => ({ a: route[i]!, b }))
}

function countCrossings(edges: readonly Pick<PlacedEdge, 'route'>[]): number {
  const horizontal: { y: number; from: number; to: number; edge: number }[] = []
  const vertical: { x: number; from: number; to: number; edge: number }[] = []
  edges.forEach(({ route }, edge) => {
    for (const { a, b } of segmentsOf(route)) {
      if (a.y === b.y) horizontal.push({ y: a.y, from: Math.min(a.x, b.x), to: Math.max(a.x, b.x), edge })
      else vertical.push({ x: a.x, from: Math.min(a.y, b.y), to: Math.max(a.y, b.y), edge })
    }
  })
  horizontal.sort((s, t) => s.y - t.y)
  let count = 0
  for (const v of vertical) {
    for (let i = firstAbove(horizontal, v.from); i < horizontal.length && horizontal[i]!.y < v.to; i++) {
      const h = horizontal[i]!
      if (h.edge !== v.edge && h.from < v.x && v.x < h.to) count++
    }
  }
  return count
}

/** Index of the first whose y is greater. */
function firstAbove(sorted: readonly { readonly y: number }[], y: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.y > y) high = middle
    else low = middle + 1
  }
  return low
}

/** Both lie on one line and share more than a point. */
function lieOnEachOther({ a, b }: Segment, { a: c, b: d }: Segment): boolean {
  if (a.x === b.x && c.x === d.x) return a.x === c.x && shared(a.y, b.y, c.y, d.y) > 0.5
  if (a.y === b.y && c.y === d.y) return a.y === c.y && shared(a.x, b.x, c.x, d.x) > 0.5
  return false
}

function shared(a: number, b: number, c: number, d: number): number {
  return Math.min(Math.max(a, b), Math.max(c, d)) - Math.max(Math.min(a, b), Math.min(c, d))
}

/** The middle of the label is on the segment, and the segment shows at both of its sides. */
function carries(a: Point, b: Point, label: Rect): boolean {
  const middle = { x: label.x + label.width / 2, y: label.y + label.height / 2 }
  if (a.y === b.y) return Math.abs(middle.y - a.y) <= 1 && Math.min(a.x, b.x) < label.x && label.x + label.width < Math.max(a.x, b.x)
  return Math.abs(middle.x - a.x) <= 1 && Math.min(a.y, b.y) < label.y && label.y + label.height < Math.max(a.y, b.y)
}

function onBorder({ x, y }: Point, { x: left, y: top, width, height }: Rect): boolean {
  const within = x >= left - EPSILON && x <= left + width + EPSILON && y >= top - EPSILON && y <= top + height + EPSILON
  const near = (one: number, other: number) => Math.abs(one - other) <= EPSILON
  return within && (near(x, left) || near(x, left + width) || near(y, top) || near(y, top + height))
}

function crossesRect(a: Point, b: Point, { x, y, width, height }: Rect): boolean {
  const [left, right] = [Math.min(a.x, b.x), Math.max(a.x, b.x)]
  const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)]
  return right > x + EPSILON && left < x + width - EPSILON && bottom > y + EPSILON && top < y + height - EPSILON
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width - EPSILON && b.x < a.x + a.width - EPSILON && a.y < b.y + b.height - EPSILON && b.y < a.y + a.height - EPSILON
}

function inside(inner: Rect, outer: Rect): boolean {
  return (
    inner.x >= outer.x - EPSILON &&
    inner.y >= outer.y - EPSILON &&
    inner.x + inner.width <= outer.x + outer.width + EPSILON &&
    inner.y + inner.height <= outer.y + outer.height + EPSILON
  )
}

function eachPair<T>(items: readonly T[], visit: (a: T, b: T) => void): void {
  items.forEach((a, i) => {
    for (let j = i + 1; j < items.length; j++) visit(a, items[j]!)
  })
}

function say(route: readonly Point[]): string {
  return route.map(({ x, y }) => `${x},${y}`).join(' ')
}

const EPSILON = 0.01
