/**
 * The parts of a graph, laid out from the inside out and put together. Each part's places depend on its content alone, so they are kept under
 * it: an edit costs the parts on its way to the root, and what was drawn before never shows in what is drawn now.
 */
import { fromElk, toElk, type InputNode, type InputPiece, type Padding, type PartInput, type PartOutput, type Profile } from './elk.ts'
import type { LayoutEngine } from './engine.ts'
import type { Shape } from './fold.ts'
import { loopRoom, loopRoutes } from './loops.ts'
import { ROOT, type Nesting } from './nesting.ts'
import { partsOf, type End, type Part } from './parts.ts'
import { hintsOf } from './rows.ts'
import type { DiagramGraph, GraphEdge, GraphNode, Point } from './picture.ts'
import { figures } from './quality.ts'
import { refine } from './refine.ts'
import { tidy } from './tidy.ts'

/** Where everything is, by the index of the node or edge in its graph. Coordinates are absolute. */
export interface Geometry {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Box[]
  readonly edges: readonly { readonly route: readonly Point[]; readonly labelAt?: Point }[]
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Plan {
  readonly graph: DiagramGraph
  readonly nesting: Nesting
  /** Runs down: everything here still runs left to right, with the axes swapped at both ends. */
  readonly flip: boolean
  readonly cuts: ReadonlySet<number>
  readonly against: readonly boolean[]
}

/** Places by content. */
export interface PartCache {
  get(key: string): PartOutput | undefined
  set(key: string, output: PartOutput): void
}

/** Rejects where ELK throws in every profile, and when aborted. */
export async function compose(plan: Plan, engine: LayoutEngine, cache: PartCache, signal?: AbortSignal): Promise<Geometry> {
  const placed = new Map<number, PlacedPart>()
  for (const part of partsOf(plan.nesting, plan.cuts, plan.against)) {
    signal?.throwIfAborted()
    const input = inputOf(part, plan, placed)
    const shape = part.of === ROOT && plan.nesting.parent.length <= MOST_TO_FOLD ? shapeOf(plan.flip) : undefined
    const key = JSON.stringify([input, shape?.name])
    let output = cache.get(key)
    if (output === undefined) {
      output = await place(input, shape, engine, signal)
      cache.set(key, output)
    }
    placed.set(part.of, withPorts(part, output, plan))
  }
  return putTogether(plan, placed)
}

async function place(input: PartInput, shape: Shape | undefined, engine: LayoutEngine, signal: AbortSignal | undefined): Promise<PartOutput> {
  let reason: unknown
  const run = async (profile: Profile, labels: 'with labels' | 'without labels') => {
    try {
      return refine(input, tidy(input, fromElk(input, await engine.layout(toElk(input, profile, labels), signal))), shape)
    } catch (error) {
      if (signal?.aborted) throw error
      reason = error
      return undefined
    }
  }
  const output =
    (await run('full', 'without labels')) ??
    (await run('full', 'with labels')) ??
    (await run('plain', 'with labels')) ??
    (await run('poor', 'with labels'))
  if (output === undefined) throw reason
  return output
}

/** Folding a picture costs a second round of refinement: for those that fit on a screen. */
const MOST_TO_FOLD = 48

/** What a picture should look like as a whole: between square and 2.4 times as wide as tall, with short lines, few bends and fewer crossings. */
export function shapeOf(flip: boolean): Shape & { readonly name: string } {
  const distance = (size: { readonly width: number; readonly height: number }) => distanceFromGoodShape(turn(size, flip))
  return {
    name: flip ? 'down' : 'right',
    isGood: (size) => distance(size) === 0,
    cost({ width, height, pieces }) {
      const { crossings, bends, length } = figures({ width, height, edges: pieces })
      return (length + width + height + 40 * bends + 200 * crossings) * (1 + distance({ width, height }))
    },
  }
}

/** 0 for a good one; the logarithm of how much too wide or too tall otherwise. */
export function distanceFromGoodShape({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.max(0, Math.log(width / height / WIDEST), Math.log((TALLEST * height) / width))
}

const WIDEST = 2.4
const TALLEST = 1

/** In the direction of the flow: x runs with it. */
interface PlacedPart {
  readonly part: Part
  readonly output: PartOutput
  readonly width: number
  readonly height: number
  /** Where each edge that comes to the border does, from the part's top left. */
  readonly ports: ReadonlyMap<number, Point>
}

/** From a container's border to what is in it. */
const PADDING = 20
/** From the picture's border to what is in it. */
const MARGIN = 16
/** How wide a block of nodes is for its height. */
const BLOCK = 1.6
/** What a px of a line costs: the path of requests is straight before the messages are. */
const REQUEST = 6
const MESSAGE = 4
/** Between the ends of two arrows at a node. */
const BETWEEN_ENDS = 16

function inputOf({ of, nodes, pieces }: Part, plan: Plan, placed: ReadonlyMap<number, PlacedPart>): PartInput {
  const { graph, nesting, cuts, flip } = plan
  const local = new Map(nodes.map((node, i) => [node, i]))
  const ends = nodes.map(() => ({ in: 0, out: 0 }))
  for (const { source, target } of pieces) {
    if (source.type !== 'border') ends[local.get(source.node)!]!.out++
    if (target.type !== 'border') ends[local.get(target.node)!]!.in++
  }
  const inputNodes = nodes.map((node, i): InputNode => {
    const measured = graph.nodes[node]!
    const parent = local.get(nesting.parent[node]!) ?? -1
    const labels = loopLabels(plan, node)
    const room = labels.length === 0 ? {} : { loops: loopRoom(labels) }
    if (cuts.has(node)) return { parent, width: placed.get(node)!.width, height: placed.get(node)!.height, ...room }
    const { width, height } = turn(measured, flip)
    if (nesting.children[node]!.length > 0) return { parent, width, height, padding: paddingOf(measured, flip) }
    const forEnds = 2 * BETWEEN_ENDS + BETWEEN_ENDS * (Math.max(ends[i]!.in, ends[i]!.out) - 1)
    return { parent, width: Math.max(width, room.loops?.width ?? 0), height: Math.max(height, forEnds), ...room }
  })
  const index = (end: End): number => (end.type === 'border' ? -1 : local.get(end.node)!)
  const inputPieces = pieces.map(({ edge, source, target, labelled, against }): InputPiece => {
    const label = labelled ? labelOf(graph.edges[edge]!, flip) : undefined
    const sourceAt = source.type === 'box' ? placed.get(source.node)!.ports.get(edge)! : undefined
    const targetAt = target.type === 'box' ? placed.get(target.node)!.ports.get(edge)! : undefined
    const weight = graph.edges[edge]!.arrow === 'request' ? REQUEST : MESSAGE
    return { source: index(source), target: index(target), weight, against, ...(sourceAt && { sourceAt }), ...(targetAt && { targetAt }), ...(label && { label }) }
  })
  const hints = hintsOf(inputNodes, inputPieces, flip ? BLOCK : 1 / BLOCK)
  if (of === ROOT) return { nodes: inputNodes, pieces: inputPieces, hints, padding: { top: MARGIN, left: MARGIN, bottom: MARGIN, right: MARGIN }, least: { width: 0, height: 0 } }
  const least = turn(graph.nodes[of]!, flip)
  const loops = loopLabels(plan, of)
  return {
    nodes: inputNodes,
    pieces: inputPieces,
    hints,
    padding: paddingOf(graph.nodes[of]!, flip),
    least: { width: Math.max(least.width, loops.length === 0 ? 0 : loopRoom(loops).width), height: least.height },
  }
}

/** The places at the border where edges come through, and places for those that end at the border itself. */
function withPorts(part: Part, output: PartOutput, { nesting, flip, against, graph }: Plan): PlacedPart {
  const ports = new Map<number, Point>()
  part.pieces.forEach(({ edge, source, target }, i) => {
    if (source.type === 'border') ports.set(edge, output.pieces[i]!.route[0]!)
    if (target.type === 'border') ports.set(edge, output.pieces[i]!.route.at(-1)!)
  })
  let { height } = output
  const { width } = output
  if (part.of !== ROOT) {
    const head = graph.nodes[part.of]!.head
    for (const edge of nesting.from.keys()) {
      const [from, to] = [nesting.from[edge], nesting.to[edge]]
      if ((from !== part.of && to !== part.of) || from === to || ports.has(edge)) continue
      const x = (from === part.of) === against[edge] ? 0 : width
      const taken = [...ports.values()].filter((port) => port.x === x).map(({ y }) => y)
      const free = (y: number) => taken.every((other) => Math.abs(other - y) >= BETWEEN_ENDS)
      // Beside the caption, or far from it where that is above.
      let y = flip ? height - BETWEEN_ENDS : Math.max(BETWEEN_ENDS, Math.round(head / 2))
      while (!free(y)) y += flip ? -4 : 4
      if (y < BETWEEN_ENDS) for (y = height; !free(y); ) y += 4
      height = Math.max(height, y + BETWEEN_ENDS)
      ports.set(edge, { x, y })
    }
  }
  return { part, output, width, height, ports }
}

function putTogether(plan: Plan, placed: ReadonlyMap<number, PlacedPart>): Geometry {
  const { graph, nesting, flip } = plan
  const boxes: Box[] = []
  const pieces = graph.edges.map((): { readonly place: number; readonly route: readonly Point[]; readonly labelAt?: Point }[] => [])
  const put = ({ part, output }: PlacedPart, dx: number, dy: number): void => {
    const move = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy })
    part.nodes.forEach((node, i) => {
      boxes[node] = { ...output.nodes[i]!, ...move(output.nodes[i]!) }
      const inner = placed.get(node)
      if (inner) put(inner, boxes[node].x, boxes[node].y)
    })
    part.pieces.forEach(({ edge, against, place }, i) => {
      const { route, labelAt } = output.pieces[i]!
      const moved = route.map(move)
      pieces[edge]!.push({ place, route: against ? moved.reverse() : moved, ...(labelAt && { labelAt: move(labelAt) }) })
    })
  }
  const root = placed.get(ROOT)!
  put(root, 0, 0)
  const edges: { route: readonly Point[]; labelAt?: Point }[] = pieces.map((list) => {
    const inOrder = list.sort((a, b) => a.place - b.place)
    const labelAt = inOrder.find((piece) => piece.labelAt)?.labelAt
    return { route: withoutSeams(inOrder.flatMap(({ route }) => route)), ...(labelAt && { labelAt }) }
  })
  graph.nodes.forEach((_, node) => {
    const loops = loopsAt(nesting, node)
    if (loops.length > 0) loopRoutes(loopLabels(plan, node), boxes[node]!).forEach((loop, i) => (edges[loops[i]!] = loop))
  })
  const turned = (point: Point): Point => (flip ? { x: point.y, y: point.x } : point)
  return {
    ...turn(root, flip),
    nodes: boxes.map((box) => ({ ...turned(box), ...turn(box, flip) })),
    edges: edges.map(({ route, labelAt }) => ({ route: route.map(turned), ...(labelAt && { labelAt: turned(labelAt) }) })),
  }
}

/** Without points that are no corners. */
function withoutSeams(route: readonly Point[]): readonly Point[] {
  const points: Point[] = []
  for (const point of route) {
    const [a, b] = [points.at(-2), points.at(-1)]
    if (b && b.x === point.x && b.y === point.y) continue
    if (a && b && ((a.x === b.x && b.x === point.x) || (a.y === b.y && b.y === point.y))) points.pop()
    points.push(point)
  }
  return points
}

function turn({ width, height }: { readonly width: number; readonly height: number }, flip: boolean): { width: number; height: number } {
  return flip ? { width: height, height: width } : { width, height }
}

function paddingOf({ head }: GraphNode, flip: boolean): Padding {
  return { top: flip ? PADDING : head, left: flip ? head : PADDING, bottom: PADDING, right: PADDING }
}

function labelOf({ label, labelWidth, labelHeight }: GraphEdge, flip: boolean): { width: number; height: number } | undefined {
  return label.length === 0 ? undefined : turn({ width: labelWidth, height: labelHeight }, flip)
}

function loopsAt({ from, to }: Nesting, node: number): readonly number[] {
  return from.flatMap((one, edge) => (one === node && to[edge] === node ? [edge] : []))
}

function loopLabels({ graph, nesting, flip }: Plan, node: number): readonly { width: number; height: number }[] {
  return loopsAt(nesting, node).map((edge) => labelOf(graph.edges[edge]!, flip) ?? { width: 0, height: 0 })
}
