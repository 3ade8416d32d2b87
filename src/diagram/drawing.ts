/** A placed part, taken apart into what can move: boxes, and lines that are level and upright in turn. Runs left to right, like elk.ts. */
import type { PartInput, PartOutput } from './elk.ts'
import type { Point } from './picture.ts'

export interface Drawing {
  readonly input: PartInput
  width: number
  height: number
  readonly boxes: readonly Box[]
  /** Leaves of one container that stand in one column share a number. */
  readonly columns: number[]
  readonly pieces: Piece[]
  /** Those that run across the flow, between two boxes of one column: none as ELK places it. */
  readonly across: Across[]
}

export interface Box {
  x: number
  y: number
  width: number
  height: number
  readonly holds: boolean
  /** Set where it was put by hand and has no room yet: its place in the order along y. */
  order?: number
}

export interface Piece {
  /** Its place among the input's pieces. */
  readonly index: number
  readonly source: End
  readonly target: End
  startX: number
  endX: number
  /** y of each level line: one more than uprights, since a piece begins and ends level. */
  readonly levels: number[]
  /** x of each upright line. */
  readonly uprights: number[]
  readonly label?: Label
  /** Uprights that only lead from a label's line to an end. */
  readonly jogs?: readonly number[]
  /** What each px of it costs. */
  readonly weight: number
  /** Its head is at its source. */
  readonly against: boolean
}

export interface Label {
  /** Which of the piece's levels carries it. */
  readonly level: number
  x: number
  readonly width: number
  readonly height: number
  /** Nothing has made room for it yet: of its place only the order along its line counts. */
  fresh?: boolean
}

/** An upright line from the lower side of a box to the upper side of another. */
export interface Across {
  readonly index: number
  readonly upper: number
  readonly lower: number
  readonly label?: { y: number; readonly width: number; readonly height: number }
  /** Its source is the lower box. */
  readonly upwards: boolean
  readonly weight: number
  readonly against: boolean
}

/** Which side of which box a piece is at; the part itself is box -1. */
export interface End {
  readonly box: number
  readonly side: 'left' | 'right'
  /** Below the top of the box, where that is fixed. */
  readonly at?: number
}

/** Undefined for a route that does not begin and end level, or a label that is on no level line: then it is left as it is. */
export function takeApart(input: PartInput, placed: PartOutput): Drawing | undefined {
  const boxes = placed.nodes.map((box, i): Box => ({ ...box, holds: input.nodes[i]!.padding !== undefined }))
  const whole = { x: 0, width: placed.width }
  const endOf = (index: number, x: number, at: Point | undefined): End => {
    const box = index === -1 ? whole : boxes[index]!
    return { box: index, side: Math.abs(x - box.x) < Math.abs(x - box.x - box.width) ? 'left' : 'right', ...(at && { at: at.y }) }
  }
  const pieces: Piece[] = []
  for (const [i, { route, labelAt }] of placed.pieces.entries()) {
    const { source, target, sourceAt, targetAt, label, weight, against } = input.pieces[i]!
    if (route.length % 2 === 1 || route.some((point, k) => k > 0 && (k % 2 === 1 ? route[k - 1]!.y !== point.y : route[k - 1]!.x !== point.x))) return undefined
    const [startX, endX] = [route[0]!.x, route.at(-1)!.x]
    const levels = route.filter((_, k) => k % 2 === 0).map(({ y }) => y)
    const uprights = route.filter((_, k) => k % 2 === 0).slice(1).map(({ x }) => x)
    const piece = { index: i, source: endOf(source, startX, sourceAt), target: endOf(target, endX, targetAt), startX, endX, levels, uprights, weight, against }
    if (label === undefined || labelAt === undefined) {
      pieces.push(piece)
      continue
    }
    const level = levels.findIndex((y, k) => {
      const ends = [route[2 * k]!.x, route[2 * k + 1]!.x]
      return Math.abs(y - labelAt.y - label.height / 2) <= 1 && Math.min(...ends) <= labelAt.x && labelAt.x + label.width <= Math.max(...ends)
    })
    if (level === -1) return undefined
    pieces.push({ ...piece, label: { ...label, level, x: labelAt.x } })
  }
  return { input, width: placed.width, height: placed.height, boxes, columns: columnsOf(input, boxes), pieces, across: [] }
}

export function putBack({ width, height, boxes, pieces, across }: Drawing): PartOutput {
  const placed: { route: readonly Point[]; labelAt?: Point }[] = []
  for (const piece of pieces) {
    const stops = stopsOf(piece)
    const route = piece.levels.flatMap((y, k) => [{ x: stops[k]!, y }, { x: stops[k + 1]!, y }])
    const { label } = piece
    placed[piece.index] = label === undefined ? { route } : { route, labelAt: { x: label.x, y: piece.levels[label.level]! - label.height / 2 } }
  }
  for (const { index, upper, lower, label, upwards } of across) {
    const x = middleOf(boxes[upper]!)
    const ends = [{ x, y: boxes[upper]!.y + boxes[upper]!.height }, { x, y: boxes[lower]!.y }]
    const route = upwards ? ends.toReversed() : ends
    placed[index] = label === undefined ? { route } : { route, labelAt: { x: x - label.width / 2, y: label.y } }
  }
  return { width, height, nodes: boxes.map(({ x, y, width, height }) => ({ x, y, width, height })), pieces: placed }
}

export function middleOf({ x, width }: { readonly x: number; readonly width: number }): number {
  return x + Math.floor(width / 2)
}

/** For trying something out. */
export function copyOf(drawing: Drawing): Drawing {
  return {
    ...drawing,
    boxes: drawing.boxes.map((box) => ({ ...box })),
    columns: [...drawing.columns],
    pieces: drawing.pieces.map((piece) => ({ ...piece, levels: [...piece.levels], uprights: [...piece.uprights], ...(piece.label && { label: { ...piece.label } }) })),
    across: drawing.across.map((one) => ({ ...one, ...(one.label && { label: { ...one.label } }) })),
  }
}

/** The x between which its levels run. */
export function stopsOf({ startX, uprights, endX }: Piece): readonly number[] {
  return [startX, ...uprights, endX]
}

/** Leaves of one container that ELK put above each other. Large boxes go their own way. */
function columnsOf(input: PartInput, boxes: readonly Box[]): number[] {
  const columns = boxes.map((_, i) => i)
  const siblings = new Map<number, number[]>()
  boxes.forEach(({ holds, width }, i) => {
    if (holds || width > WIDEST_IN_COLUMN) return
    const { parent } = input.nodes[i]!
    const list = siblings.get(parent)
    if (list) list.push(i)
    else siblings.set(parent, [i])
  })
  for (const list of siblings.values()) {
    let [first, end] = [-1, -Infinity]
    for (const i of list.sort((a, b) => boxes[a]!.x - boxes[b]!.x || a - b)) {
      const { x, width } = boxes[i]!
      if (x >= end) first = i
      end = x >= end ? x + width : Math.max(end, x + width)
      columns[i] = first
    }
  }
  return columns
}

const WIDEST_IN_COLUMN = 360
