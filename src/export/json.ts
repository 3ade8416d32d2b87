/** A placed diagram → JSON: every box and route with its coordinates in px from the top left, for other programs. */
import type { PlacedGraph } from '../diagram/picture.ts'

export function json(graph: PlacedGraph): string {
  return JSON.stringify(graph, null, 2) + '\n'
}
