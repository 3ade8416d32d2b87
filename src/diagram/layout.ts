/** Where things go: the one asynchronous stage of a picture. The same graph gives the same placement, whatever was laid out before. */
import type { LayoutEngine } from './engine.ts'
import { fromElk, toElk, type Geometry, type Profile } from './elk.ts'
import { grid } from './grid.ts'
import type { DiagramGraph, Direction, PlacedGraph } from './picture.ts'

export async function layout(graph: DiagramGraph, engine: LayoutEngine, signal?: AbortSignal): Promise<PlacedGraph> {
  const directions: readonly Direction[] = graph.direction ? [graph.direction] : ['right', 'down']
  const candidates: { direction: Direction; geometry: Geometry }[] = []
  for (const direction of directions) candidates.push({ direction, geometry: await place(graph, direction, engine, signal) })
  const best = candidates.sort((a, b) => badness(a.geometry) - badness(b.geometry))[0]!
  return join(graph, best.direction, best.geometry)
}

/** How far the picture's shape is from what fits a screen and a page: 1:1 to 2.4:1. */
function badness({ width, height }: Geometry): number {
  const ratio = width / height
  return Math.max(0, Math.log(ratio / 2.4), Math.log(1 / ratio))
}

async function place(graph: DiagramGraph, direction: Direction, engine: LayoutEngine, signal?: AbortSignal): Promise<Geometry> {
  for (const profile of ['full', 'plain', 'poor'] satisfies Profile[]) {
    signal?.throwIfAborted()
    try {
      return fromElk(graph, await engine.layout(toElk(graph, direction, profile), signal))
    } catch (error) {
      if (signal?.aborted) throw error
    }
  }
  return grid(graph)
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
