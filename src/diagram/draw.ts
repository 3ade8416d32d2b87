/** A picture of a model: the façade of the three stages. The preview, the export and the command line all call this. */
import type { Model } from '../model/model.ts'
import type { LayoutEngine } from './engine.ts'
import { toGraph, type GraphOptions } from './graph.ts'
import { layout } from './layout.ts'
import type { Mark, Picture, PlacedGraph, Theme } from './picture.ts'
import { render } from './render.ts'

export interface DrawOptions extends GraphOptions {
  readonly theme: Theme
  readonly marks?: readonly Mark[]
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

export function createRenderer(engine: LayoutEngine): Renderer {
  return {
    async draw(model, options) {
      const placed: PlacedGraph = await layout(toGraph(model, options), engine, { signal: options.signal })
      return { ...render(placed, { ...options, model }), placed }
    },
    dispose: () => engine.dispose(),
  }
}
