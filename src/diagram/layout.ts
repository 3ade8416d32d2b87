/** Where things go: the one asynchronous stage of a picture. The same graph gives the same placement, whatever was laid out before. */
import { compose, distanceFromGoodShape, type Geometry, type PartCache } from './compose.ts'
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
  const meetings = nesting.from.map((_, edge) => meetingOf(nesting, edge))
  // Who asks comes before who is asked, whatever comes back as messages.
  const against = againstTheFlow(nesting, meetings, graph.edges.map(({ arrow }) => (arrow === 'request' ? 3 : 1)))
  const place = async (direction: Direction): Promise<Candidate> => {
    const flip = direction === 'down'
    try {
      return { direction, geometry: await compose({ graph, nesting, flip, cuts, against }, engine, cache, signal) }
    } catch (error) {
      if (signal?.aborted) throw error
      return { direction, geometry: grid(graph) }
    }
  }
  // Down, where text is across the flow and lines can be short, unless that is the worse picture by far.
  const first = await place(graph.direction ?? 'down')
  if (graph.direction !== undefined || graph.nodes.length > MOST_TO_TRY || offShape(first) < BAD_SHAPE) return join(graph, first)
  const second = await place('right')
  return join(graph, offShape(second) < offShape(first) ? second : first)
}

interface Candidate {
  readonly direction: Direction
  readonly geometry: Geometry
}

/** The other direction costs as much again. */
const MOST_TO_TRY = 60
/** A quarter beyond what is good: below 0.8 : 1, above 3 : 1. */
const BAD_SHAPE = 0.223

function offShape({ geometry }: Candidate): number {
  return distanceFromGoodShape(geometry)
}

function join(graph: DiagramGraph, { direction, geometry }: Candidate): PlacedGraph {
  return {
    direction,
    width: geometry.width,
    height: geometry.height,
    nodes: graph.nodes.map((node, i) => ({ ...node, ...geometry.nodes[i]! })),
    edges: graph.edges.map((edge, i) => ({ ...edge, ...geometry.edges[i]! })),
  }
}
