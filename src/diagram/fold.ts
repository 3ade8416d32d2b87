/**
 * A picture that is too long for its height, or too tall for its width, gets shorter where a last hop need not go with the flow: what only one
 * arrow enters (a cache, a dead-letter queue, a provider) is put beside the node that the arrow comes from. Runs left to right, like elk.ts:
 * beside is above or below.
 */
import { middleOf, type Across, type Drawing, type Piece } from './drawing.ts'
import type { PartOutput } from './elk.ts'

/** What the picture should look like as a whole. */
export interface Shape {
  isGood(size: { readonly width: number; readonly height: number }): boolean
  cost(placed: PartOutput): number
}

/** Where to put it first: one side may be in the way of more than the other. */
export const SIDES = [['below', 'above'], ['above', 'below']] as const

/** Puts beside what can be; room is for refine.ts to make. False where there is nothing. */
export function fold(drawing: Drawing, sides: readonly Side[]): boolean {
  const { boxes, columns, pieces, across } = drawing
  const degree = boxes.map(() => 0)
  for (const { source, target } of pieces) {
    if (source.box !== -1) degree[source.box]!++
    if (target.box !== -1) degree[target.box]!++
  }
  const taken = new Set<string>()
  for (const piece of [...pieces]) {
    const [host, leaf] = [piece.source.box, piece.target.box]
    if (piece.against || host === -1 || leaf === -1 || degree[leaf] !== 1 || !canMove(drawing, leaf) || !canMove(drawing, host)) continue
    const outermost = outermostAround(drawing, host, leaf)
    if (outermost === undefined) continue
    const side = sides.find((side) => !taken.has(`${host} ${side}`) && isFree(drawing, piece, outermost, side))
    if (side === undefined) continue
    taken.add(`${host} ${side}`)
    across.push(putBeside(drawing, piece, outermost, side))
    pieces.splice(pieces.indexOf(piece), 1)
    columns[leaf] = columns[host]!
  }
  return across.length > 0
}

/** A leaf without loops; a box of a cut container has its ends elsewhere. */
function canMove({ input, boxes, pieces }: Drawing, box: number): boolean {
  return (
    !boxes[box]!.holds &&
    input.nodes[box]!.loops === undefined &&
    !pieces.some(({ source, target }) => (source.box === box && source.at !== undefined) || (target.box === box && target.at !== undefined))
  )
}

/** The container of `host` that `leaf` stands beside; `host` itself where both are in one. Undefined where `leaf` is in another. */
function outermostAround({ input }: Drawing, host: number, leaf: number): number | undefined {
  const wanted = input.nodes[leaf]!.parent
  let box = host
  while (input.nodes[box]!.parent !== wanted) {
    box = input.nodes[box]!.parent
    if (box === -1) return undefined
  }
  return box
}

export type Side = 'below' | 'above'

/** Nothing stands between `host` and the side of its outermost container. */
function isFree({ input, boxes }: Drawing, piece: Piece, outermost: number, side: Side): boolean {
  const host = piece.source.box
  const { y, height } = boxes[host]!
  const outer = boxes[outermost]!
  const [from, to] = side === 'below' ? [y + height, outer.y + outer.height] : [outer.y, y]
  const half = Math.max(input.pieces[piece.index]!.label?.width ?? 0, 12) / 2 + AIR
  const middle = middleOf(boxes[host]!)
  const around = (box: number): boolean => box === host || (boxes[box]!.holds && within(host, box))
  const within = (inner: number, box: number): boolean => inner !== -1 && (input.nodes[inner]!.parent === box || within(input.nodes[inner]!.parent, box))
  return !boxes.some((box, i) => !around(i) && box.x < middle + half && middle - half < box.x + box.width && box.y < to && from < box.y + box.height)
}

const AIR = 6

/** In its new place in the order of things, with no room there yet. */
function putBeside({ input, boxes, columns }: Drawing, piece: Piece, outermost: number, side: Side): Across {
  const { index, weight, against } = piece
  const [host, leaf] = [piece.source.box, piece.target.box]
  const outer = boxes[outermost]!
  const edge = side === 'below' ? outer.y + outer.height : outer.y
  const order = edge + (side === 'below' ? 2 : -2) * BIT
  const left = Math.min(...boxes.filter((_, i) => columns[i] === columns[host]).map(({ x }) => x))
  Object.assign(boxes[leaf]!, { x: left, y: side === 'below' ? order : order - boxes[leaf]!.height, order })
  const measured = input.pieces[index]!.label
  const labelY = side === 'below' ? boxes[host]!.y + boxes[host]!.height + BIT : edge - BIT
  const label = measured && { ...measured, y: labelY }
  const ends = side === 'below' ? { upper: host, lower: leaf } : { upper: leaf, lower: host }
  return { index, ...ends, upwards: side === 'above', weight, against, ...(label && { label }) }
}

/** Less than a px: it only decides the order. */
const BIT = 0.25
