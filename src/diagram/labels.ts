/**
 * Where labels go in a drawing that was laid out without them, which costs ELK half the time and no layer of its own for each label. A label
 * gets a level line and an order along it; its room comes from the demands of refine.ts. Where an end's line has no room beside its
 * neighbours at the node, the label gets a line of its own and a small jog to the end. Runs left to right, like elk.ts.
 */
import { stopsOf, type Box, type Drawing, type End, type Label, type Piece } from './drawing.ts'

/** Between two ends at a node, and between an end and a label beside it, in px. */
const BETWEEN_ENDS = 14
const BESIDE = 6
/** From a node's corner to an end. */
const CORNER = 12
/** Before and behind all that crosses a line, at its ends: a px is enough, since only the order counts. */
const AT_END = 1

/** Gives each piece that is owed a label its line; a `cramped` one has no room at the nodes. */
export function placeLabels({ input, boxes, pieces }: Drawing, cramped: ReadonlySet<number>): void {
  const sides = sidesOf(boxes, pieces)
  pieces.forEach((piece, p) => {
    const { label } = input.pieces[piece.index]!
    if (label !== undefined && piece.label === undefined) pieces[p] = labelled(piece, p, label, sides, cramped.has(piece.index))
  })
}

/**
 * Puts the jogs at one side of a node in the order in which they do not cross, once it is known which way each goes: the outermost lines turn
 * closest to the node.
 */
export function orderJogs({ pieces }: Drawing): void {
  for (const piece of pieces) {
    if (piece.jogs === undefined) continue
    for (const upright of piece.jogs) {
      const [before, after] = [piece.levels[upright]!, piece.levels[upright + 1]!]
      const atTarget = upright === piece.uprights.length - 1
      const far = Math.abs(after - before)
      // A jog of a longer way belongs to a line further out. They stand at one place so far, so a fraction of a px decides.
      piece.uprights[upright]! += (atTarget ? -0.5 : 0.5) / (1 + far)
    }
  }
}

function labelled(piece: Piece, p: number, { width, height }: { width: number; height: number }, sides: Sides, cramped: boolean): Piece {
  const last = piece.levels.length - 1
  const direct = piece.levels.length === 1
  const atTarget = !cramped && sides.fits(piece.target, p, 'target', height)
  const atSource = !cramped && sides.fits(piece.source, p, 'source', height)
  const along = (level: number, x: number): Label => ({ level, x, width, height, fresh: true })

  if (direct ? atSource && atTarget : atTarget) {
    sides.take(piece.target, p, 'target', height)
    if (direct) sides.take(piece.source, p, 'source', height)
    return { ...piece, label: along(last, piece.endX - AT_END) }
  }
  if (!direct && atSource) {
    sides.take(piece.source, p, 'source', height)
    return { ...piece, label: along(0, piece.startX + AT_END) }
  }
  if (piece.levels.length >= 3) {
    const level = longestOf(piece)
    const stops = stopsOf(piece)
    return { ...piece, label: along(level, (stops[level]! + stops[level + 1]!) / 2) }
  }
  // A line of its own before the target; and behind the source, where a straight line has no room at either end.
  const y = piece.levels[last]!
  const levels = [...piece.levels, y]
  const uprights = [...piece.uprights, piece.endX - AT_END / 2]
  if (!direct || atSource) {
    if (direct) sides.take(piece.source, p, 'source', height)
    return { ...piece, levels, uprights, jogs: [uprights.length - 1], label: along(levels.length - 2, piece.endX - AT_END) }
  }
  return { ...piece, levels: [y, ...levels], uprights: [piece.startX + AT_END / 2, ...uprights], jogs: [0, 1], label: along(1, piece.endX - AT_END) }
}

/** Of the levels that are at neither end. */
function longestOf(piece: Piece): number {
  const stops = stopsOf(piece)
  const length = (k: number) => Math.abs(stops[k + 1]! - stops[k]!)
  let best = 1
  for (let k = 2; k < piece.levels.length - 1; k++) if (length(k) > length(best)) best = k
  return best
}

type Which = 'source' | 'target'

interface Sides {
  /** Whether a label of this height has room in the line of this end. */
  fits(end: End, piece: number, which: Which, height: number): boolean
  take(end: End, piece: number, which: Which, height: number): void
}

interface SideEnd {
  readonly key: string
  readonly y: number
  /** Of the label in its line, 0 for none. */
  height: number
}

function sidesOf(boxes: readonly Box[], pieces: readonly Piece[]): Sides {
  const sides = new Map<string, SideEnd[]>()
  const sideOf = ({ box, side }: End) => `${box} ${side}`
  const add = (end: End, key: string, y: number): void => {
    const list = sides.get(sideOf(end))
    if (list) list.push({ key, y, height: 0 })
    else sides.set(sideOf(end), [{ key, y, height: 0 }])
  }
  pieces.forEach(({ source, target, levels }, p) => {
    add(source, `source ${p}`, levels[0]!)
    add(target, `target ${p}`, levels.at(-1)!)
  })
  for (const list of sides.values()) list.sort((a, b) => a.y - b.y)
  const needed = (a: number, b: number) => (a === 0 && b === 0 ? BETWEEN_ENDS : (a + b) / 2 + BESIDE)
  const find = (end: End, key: string) => {
    const list = sides.get(sideOf(end))!
    return { list, index: list.findIndex((one) => one.key === key) }
  }
  return {
    fits(end, piece, which, height) {
      // The part's own border and a container's have room for all.
      if (end.box === -1 || boxes[end.box]!.holds) return true
      const { list, index } = find(end, `${which} ${piece}`)
      if (end.at !== undefined) {
        return [index - 1, index + 1].every((other) => list[other] === undefined || Math.abs(list[other].y - list[index]!.y) >= needed(height, list[other].height))
      }
      const heights = list.map((one, k) => (k === index ? height : one.height))
      const all = heights.slice(1).reduce((sum, one, k) => sum + needed(heights[k]!, one), 0)
      return all <= boxes[end.box]!.height - 2 * CORNER
    },
    take(end, piece, which, height) {
      const { list, index } = find(end, `${which} ${piece}`)
      list[index]!.height = height
    },
  }
}
