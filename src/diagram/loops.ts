/** Arrows from a node to itself: below it (beside it, in a picture that runs down), in room that ELK is asked to keep. Runs left to right, like elk.ts. */
import type { Point } from './picture.ts'

/** A label's size, zero for none. */
interface Label {
  readonly width: number
  readonly height: number
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where the `labels.length` loops of a node go, one around the other. `length` is how wide the node has to be for them. */
export function loopRoom(labels: readonly Label[]): { readonly width: number; readonly height: number } {
  const outer = loopsOf(labels).at(-1)!
  return { width: outer.length + 16, height: outer.depth + outer.label.height / 2 + 4 }
}

export function loopRoutes(labels: readonly Label[], box: Box): readonly { readonly route: readonly Point[]; readonly labelAt?: Point }[] {
  const middle = Math.round(box.x + box.width / 2)
  const bottom = box.y + box.height
  return loopsOf(labels).map(({ length, depth, label }) => {
    const [left, right] = [middle - length / 2, middle + length / 2]
    const y = bottom + depth
    const route = [{ x: right, y: bottom }, { x: right, y }, { x: left, y }, { x: left, y: bottom }]
    return label.height === 0 ? { route } : { route, labelAt: { x: middle - label.width / 2, y: y - label.height / 2 } }
  })
}

function loopsOf(labels: readonly Label[]): readonly { readonly length: number; readonly depth: number; readonly label: Label }[] {
  let length = 0
  let bottom = 0
  return labels.map((label) => {
    length = Math.max(length + 24, 2 * Math.ceil(label.width / 2) + 28, 40)
    const depth = bottom + Math.max(18, label.height / 2 + 8)
    bottom = depth + label.height / 2
    return { length, depth, label }
  })
}
