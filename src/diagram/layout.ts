/** Where things go: the one asynchronous stage of a picture. The same graph gives the same placement, whatever was laid out before. */
import { compose, type Geometry, type PartCache } from './compose.ts'
import type { LayoutEngine } from './engine.ts'
import { grid } from './grid.ts'
import { againstTheFlow, cutsOf, meetingOf, nestingOf } from './nesting.ts'
import type { DiagramGraph, Direction, PlacedGraph } from './picture.ts'

export interface LayoutOptions {
  /** Places of parts by their content, for the next layout of nearly the same graph. */
  readonly cache?: PartCache
  readonly signal?: AbortSignal
  /** How many nodes go into one ELK pass. */
  readonly pass?: number
}

/** Where one pass begins to be slow, and cuts at containers to cost less in crossings than they save in time. */
const PASS = 32

export async function layout(graph: DiagramGraph, engine: LayoutEngine, { cache = new Map(), signal, pass = PASS }: LayoutOptions = {}): Promise<PlacedGraph> {
  const nesting = nestingOf(graph)
  const cuts = cutsOf(nesting, pass)
  const against = againstTheFlow(nesting, nesting.from.map((_, edge) => meetingOf(nesting, edge)))
  const directions: readonly Direction[] = graph.direction ? [graph.direction] : ['right', 'down']
  const candidates: { direction: Direction; geometry: Geometry }[] = []
  for (const direction of directions) {
    try {
      candidates.push({ direction, geometry: await compose({ graph, nesting, flip: direction === 'down', cuts, against }, engine, cache, signal) })
    } catch (error) {
      if (signal?.aborted) throw error
      candidates.push({ direction, geometry: grid(graph) })
    }
  }
  const best = candidates.sort((a, b) => badness(a.geometry) - badness(b.geometry))[0]!
  return join(graph, best.direction, best.geometry)
}

/** How far the picture's shape is from what fits a screen and a page: 1:1 to 2.4:1. */
function badness({ width, height }: Geometry): number {
  const ratio = width / height
  return Math.max(0, Math.log(ratio / 2.4), Math.log(1 / ratio))
}

export function join(graph: DiagramGraph, direction: Direction, geometry: Geometry): PlacedGraph {
  return {
    direction,
    width: geometry.width,
    height: geometry.height,
    nodes: graph.nodes.map((node, i) => ({ ...node, ...geometry.nodes[i]! })),
    edges: graph.edges.map((edge, i) => ({ ...edge, ...geometry.edges[i]! })),
  }
}
