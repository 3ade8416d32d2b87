/** A picture of a model: the façade of the three stages. The preview, the export and the command line all call this. */
import type { Model } from '../model/model.ts'
import type { PartCache } from './compose.ts'
import type { PartOutput } from './elk.ts'
import type { LayoutEngine } from './engine.ts'
import { toGraph, type GraphOptions } from './graph.ts'
import { layout } from './layout.ts'
import type { DiagramGraph, Mark, Overlay, Picture, PlacedGraph, Theme } from './picture.ts'
import { render } from './render.ts'

export interface DrawOptions extends GraphOptions {
  readonly theme: Theme
  readonly marks?: readonly Mark[]
  /** What a lens lays over it. Lenses share one layout. */
  readonly overlay?: Overlay
  /** The design's own text, embedded so that a picture can be opened again. */
  readonly sources?: readonly { readonly uri: string; readonly text: string }[]
  /** Ends the work between two layouts; `draw` then rejects with its reason. */
  readonly signal?: AbortSignal
}

export interface Renderer {
  draw(model: Model, options: DrawOptions): Promise<Picture>
  /** Ends the engine. */
  dispose(): void
}

/** Structures and parts that are kept: some minutes of editing, and the views beside them. */
const MOST_STRUCTURES = 24
const MOST_PARTS = 2_000

export function createRenderer(engine: LayoutEngine): Renderer {
  // Both are kept by content alone, so what was drawn before never shows in a picture.
  const structures = new Map<string, PlacedGraph>()
  const parts: PartCache & Map<string, PartOutput> = new Map()
  return {
    async draw(model, options) {
      const graph = toGraph(model, options)
      const known = structures.get(graph.structure)
      if (parts.size > MOST_PARTS) parts.clear()
      const placed = known ? placedLike(graph, known) : await layout(graph, engine, { cache: parts, signal: options.signal })
      structures.delete(graph.structure)
      structures.set(graph.structure, placed)
      if (structures.size > MOST_STRUCTURES) structures.delete(structures.keys().next().value!)
      return { ...render(placed, { ...options, view: options.view ?? options.flow, model }), placed }
    },
    dispose: () => engine.dispose(),
  }
}

/** What is drawn now, where a graph of the same structure was placed: nodes and edges correspond by their order. */
function placedLike(graph: DiagramGraph, { direction, width, height, nodes, edges }: PlacedGraph): PlacedGraph {
  return {
    direction,
    width,
    height,
    nodes: graph.nodes.map((node, i) => {
      const there = nodes[i]!
      return { ...there, ...node, x: there.x, y: there.y, width: there.width, height: there.height }
    }),
    edges: graph.edges.map((edge, i) => ({ ...edges[i]!, ...edge })),
  }
}
