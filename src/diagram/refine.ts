/**
 * ELK says what is left and right, above and below of what; this says how far. Along each axis in turn all lines are made as short and as
 * straight as the least distances allow, over the whole part and across its containers, which ELK does one at a time. The order of things
 * along an axis never changes, so nothing can come to overlap. Runs left to right, like elk.ts.
 */
import { copyOf, middleOf, putBack, stopsOf, takeApart, type Drawing, type End } from './drawing.ts'
import type { PartInput, PartOutput } from './elk.ts'
import { fold, SIDES, type Shape } from './fold.ts'
import { orderJogs, placeLabels } from './labels.ts'
import { separate, type Obstacle, type Place } from './separate.ts'
import { placeOnLine, type Distance } from './simplex.ts'

/**
 * Undefined where there is no room for the labels of a drawing that has none yet. `shape`, where the part is the whole picture, is what says
 * that a drawing is too long or too tall: then it is folded where it can be.
 */
export function refine(input: PartInput, placed: PartOutput, shape?: Shape): PartOutput | undefined {
  const unlabelled = input.pieces.some(({ label }, i) => label !== undefined && placed.pieces[i]!.labelAt === undefined)
  const cramped = new Set<number>()
  let elastic = false
  for (;;) {
    const drawing = takeApart(input, placed)
    if (drawing === undefined) return unlabelled ? undefined : placed
    if (unlabelled) placeLabels(drawing, cramped)
    const clash = settle(drawing, unlabelled, elastic)
    if (clash === undefined) return putBack(shape ? folded(drawing, shape) : drawing)
    // Labels that are in each other's way at a node get lines of their own; where that is not enough, the nodes grow.
    const more = clash.filter((piece) => !cramped.has(piece))
    if (more.length === 0 && elastic) return undefined
    if (more.length === 0) elastic = true
    for (const piece of more) cramped.add(piece)
  }
}

/** Folded, if that makes a better picture of it. */
function folded(drawing: Drawing, shape: Shape): Drawing {
  if (shape.isGood(drawing)) return drawing
  let best = { drawing, cost: shape.cost(putBack(drawing)) }
  for (const sides of SIDES) {
    if (best.drawing !== drawing && drawing.boxes.length > MOST_TO_FOLD_TWICE) break
    const other = copyOf(drawing)
    if (!fold(other, sides)) break
    if (settle(other, true, false) !== undefined) continue
    const cost = shape.cost(putBack(other))
    if (cost < best.cost) best = { drawing: other, cost }
  }
  return best.drawing
}

/** A second way to fold is tried where that takes no time. */
const MOST_TO_FOLD_TWICE = 16

/** Indices of the labelled pieces of a contradiction, if there is one. */
function settle(drawing: Drawing, fresh: boolean, elastic: boolean): readonly number[] | undefined {
  for (const [round, along] of [alongX, alongY, alongX, alongY].entries()) {
    if (round === 2) orderJogs(drawing)
    const clash = along(drawing, elastic && round === 1)
    // What is there now is a solution of its own, but for what is new.
    if (clash !== undefined && fresh && round < 2) return clash
  }
  return undefined
}

/** Between what, how far, in px: x along the flow, y across it. */
const GAP = {
  x: { boxes: 40, boxLine: 20, lines: 12, label: 10, outside: 24, line: 12 },
  y: { boxes: 28, boxLine: 16, lines: 14, label: 6, outside: 20, line: 12 },
}
/** What passes by at this distance counts as in the way. */
const NEAR = 6
/** From a node to the first bend, and where an arrow's head is. */
const STUB = 16
const HEAD = 22
/** From a node's corner to an arrow's end. */
const CORNER = 12
/** A container's width costs this much less than a line's. */
const LIGHT = 1
/** And what a px of a node that grows for its labels costs. */
const HEAVY = 40

/** Variables and demands of one linear program. Variable 0 is the part's low side, 1 its high one. */
class Program {
  readonly distances: Distance[] = []
  /** What each demand may shrink to. */
  readonly rock: number[] = []
  count = 2
  readonly low: Place = { variable: 0, offset: 0 }
  readonly high: Place = { variable: 1, offset: 0 }

  fresh(): Place {
    return { variable: this.count++, offset: 0 }
  }

  /** `to` is at least `least` behind `from`, or `now` where that cannot be; each px between them costs `weight`. */
  demand(from: Place, to: Place, least: number, weight = 0, now = least): void {
    const offset = from.offset - to.offset
    this.distances.push({ from: from.variable, to: to.variable, least: Math.ceil(least) + offset, weight })
    this.rock.push(Math.floor(Math.min(least, now)) + offset)
  }

  /** Each px between the two costs `weight`, whichever is ahead. */
  pull(a: Place, b: Place, weight: number): void {
    const behind = this.fresh()
    this.demand(behind, a, 0, weight)
    this.demand(behind, b, 0, weight)
  }

  /** Where wishes contradict each other, those in the way shrink to what is there now, and only those. */
  solve(): Solution | { readonly clash: ReadonlySet<number> } {
    for (;;) {
      const solution = placeOnLine(this.count, this.distances)
      if (!('contradiction' in solution)) return ({ variable, offset }) => solution[variable]! + offset - solution[0]!
      const soft = solution.contradiction.filter((i) => this.distances[i]!.least > this.rock[i]!)
      if (soft.length === 0) return { clash: new Set(solution.contradiction.map((i) => this.distances[i]!.to)) }
      for (const i of soft) this.distances[i] = { ...this.distances[i]!, least: this.rock[i]! }
    }
  }
}

function behind({ variable, offset }: Place, by: number): Place {
  return { variable, offset: offset + by }
}

/** Moves columns, upright lines and labels, and the left and right sides of containers. */
function alongX(drawing: Drawing): readonly number[] | undefined {
  const { input, boxes, columns, pieces, across } = drawing
  const program = new Program()
  const shared = new Map<number, Place>()
  const left = boxes.map((box, i): Place => {
    if (box.holds) return program.fresh()
    const column = columns[i]!
    const middle = shared.get(column) ?? program.fresh()
    shared.set(column, middle)
    return behind(middle, -Math.floor(box.width / 2))
  })
  const right = boxes.map(({ holds, width }, i) => (holds ? program.fresh() : behind(left[i]!, width)))
  const sideOf = ({ box, side }: End) => (side === 'left' ? (box === -1 ? program.low : left[box]!) : box === -1 ? program.high : right[box]!)
  program.demand(program.low, program.high, input.least.width, LIGHT)

  const obstacles = sidesOf(drawing, program, left, right, 'x')
  const uprights = pieces.map((piece) => piece.uprights.map(() => program.fresh()))
  const labels = pieces.map(({ label }) => label && program.fresh())
  pieces.forEach((piece, p) => {
    const places = [sideOf(piece.source), ...uprights[p]!, sideOf(piece.target)]
    const stops = stopsOf(piece)
    piece.levels.forEach((y, k) => {
      const forward = stops[k]! <= stops[k + 1]!
      const [from, to] = forward ? [places[k]!, places[k + 1]!] : [places[k + 1]!, places[k]!]
      const [sourceRoom, targetRoom] = [k === 0 ? (piece.against ? HEAD : STUB) : 0, k === piece.levels.length - 1 ? (piece.against ? STUB : HEAD) : 0]
      const [fromRoom, toRoom] = forward ? [sourceRoom, targetRoom] : [targetRoom, sourceRoom]
      program.demand(from, to, fromRoom + toRoom, piece.weight, Math.abs(stops[k + 1]! - stops[k]!))
      const { label } = piece
      if (label?.level !== k) return
      const [start, end] = [Math.min(stops[k]!, stops[k + 1]!), Math.max(stops[k]!, stops[k + 1]!)]
      const place = labels[p]!
      program.demand(from, place, Math.max(GAP.x.label, fromRoom), 0, label.fresh ? undefined : label.x - start)
      program.demand(behind(place, label.width), to, Math.max(GAP.x.label, toRoom), 0, label.fresh ? undefined : end - label.x - label.width)
      // Before it has room, only what crosses its line is before or behind it: what is above or below gives way in the next round.
      const half = label.fresh ? 0.5 : label.height / 2
      obstacles.push({ type: 'label', of: p, low: place, high: behind(place, label.width), now: label.x, from: y - half, to: y + half })
    })
    // Close to its end, where nothing else can be.
    for (const k of piece.jogs ?? []) {
      if (k === piece.uprights.length - 1) program.demand(uprights[p]![k]!, sideOf(piece.target), 0, LIGHT)
      else program.demand(sideOf(piece.source), uprights[p]![k]!, 0, LIGHT)
    }
    uprights[p]!.forEach((place, k) => {
      const [a, b] = [piece.levels[k]!, piece.levels[k + 1]!]
      if (a === b && piece.jogs?.includes(k)) return
      obstacles.push({ type: 'line', of: p, low: place, high: place, now: piece.uprights[k]!, from: Math.min(a, b), to: Math.max(a, b) })
    })
  })
  across.forEach(({ upper, lower, label }, i) => {
    const middle = behind(left[upper]!, Math.floor(boxes[upper]!.width / 2))
    const now = middleOf(boxes[upper]!)
    const [from, to] = [boxes[upper]!.y + boxes[upper]!.height, boxes[lower]!.y]
    const line = (from: number, to: number) => obstacles.push({ type: 'line', of: pieces.length + i, low: middle, high: middle, now, from, to })
    if (label === undefined) return line(from, to)
    const half = Math.ceil(label.width / 2)
    obstacles.push({ type: 'label', of: pieces.length + i, low: behind(middle, -half), high: behind(middle, half), now, from: label.y, to: label.y + label.height })
    line(from, label.y)
    return line(label.y + label.height, to)
  })
  separate(
    obstacles,
    NEAR,
    // What stands in one column is above and below each other.
    (a, b) => a.high.variable === b.low.variable || ownParts(a, b, drawing),
    (a, b) => program.demand(a.high, b.low, gapBetween(a, b, drawing, 'x'), 0, between(a, b, drawing, 'x')),
  )

  const at = program.solve()
  if ('clash' in at) return []
  drawing.width = at(program.high)
  boxes.forEach((box, i) => Object.assign(box, { x: at(left[i]!), width: at(right[i]!) - at(left[i]!) }))
  const border = (end: End) => at(sideOf(end))
  pieces.forEach((piece, p) => {
    uprights[p]!.forEach((place, k) => (piece.uprights[k] = at(place)))
    piece.startX = border(piece.source)
    piece.endX = border(piece.target)
    if (piece.label) piece.label.x = at(labels[p]!)
  })
  return undefined
}

/** Moves boxes, level lines with their labels, and the upper and lower sides of containers. */
function alongY(drawing: Drawing, elastic: boolean): readonly number[] | undefined {
  const { input, boxes, pieces, across } = drawing
  const program = new Program()
  // What is in a box with fixed ends has its places already.
  const fixed = new Set(pieces.flatMap(({ source, target }) => [source, target].filter(({ at }) => at !== undefined).map(({ box }) => box)))
  const top = boxes.map(() => program.fresh())
  const bottom = boxes.map(({ holds, height }, i) => {
    if (holds) return program.fresh()
    if (!elastic || fixed.has(i)) return behind(top[i]!, height)
    const place = program.fresh()
    program.demand(top[i]!, place, height, HEAVY)
    return place
  })
  program.demand(program.low, program.high, input.least.height, LIGHT)

  const obstacles = sidesOf(drawing, program, top, bottom, 'y')
  const levels = pieces.map((piece) => piece.levels.map(() => program.fresh()))
  pieces.forEach((piece, p) => {
    const stops = stopsOf(piece)
    levels[p]!.forEach((place, k) => {
      const y = piece.levels[k]!
      const [from, to] = [Math.min(stops[k]!, stops[k + 1]!), Math.max(stops[k]!, stops[k + 1]!)]
      const line = (from: number, to: number) => obstacles.push({ type: 'line', of: p, low: place, high: place, now: y, from, to })
      const { label } = piece
      if (label?.level !== k) line(from, to)
      else {
        const half = Math.ceil(label.height / 2)
        obstacles.push({ type: 'label', of: p, low: behind(place, -half), high: behind(place, half), now: y, from: label.x, to: label.x + label.width })
        line(from, label.x)
        line(label.x + label.width, to)
      }
      const next = levels[p]![k + 1]
      if (next === undefined) return
      if (y === piece.levels[k + 1]) program.pull(place, next, piece.weight)
      else if (y < piece.levels[k + 1]!) program.demand(place, next, 0, piece.weight)
      else program.demand(next, place, 0, piece.weight)
    })
    for (const [end, place, y] of [[piece.source, levels[p]![0]!, piece.levels[0]!], [piece.target, levels[p]!.at(-1)!, piece.levels.at(-1)!]] as const) {
      if (end.box === -1) continue
      if (end.at !== undefined) {
        program.demand(top[end.box]!, place, end.at)
        program.demand(place, top[end.box]!, -end.at)
      } else {
        const box = boxes[end.box]!
        program.demand(top[end.box]!, place, Math.min(CORNER, y - box.y))
        program.demand(place, bottom[end.box]!, Math.min(CORNER, box.y + box.height - y))
      }
    }
  })
  const labels = across.map(({ label }) => label && program.fresh())
  across.forEach(({ upper, lower, label, upwards, weight, against }, i) => {
    // Its head is above where it runs upwards, or runs against its arrow.
    const [upperRoom, lowerRoom] = upwards !== against ? [HEAD, STUB] : [STUB, HEAD]
    program.demand(bottom[upper]!, top[lower]!, upperRoom + lowerRoom, weight)
    const place = labels[i]
    if (label === undefined || place === undefined) return
    program.demand(bottom[upper]!, place, upperRoom)
    program.demand(behind(place, label.height), top[lower]!, lowerRoom)
    const middle = middleOf(boxes[upper]!)
    obstacles.push({ type: 'label', of: pieces.length + i, low: place, high: behind(place, label.height), now: label.y, from: middle - label.width / 2, to: middle + label.width / 2 })
  })
  for (const { ends, box } of endsByBox(drawing, levels)) {
    ends.forEach((place, k) => program.pull(place, behind(top[box]!, Math.round((boxes[box]!.height * (k + 1)) / (ends.length + 1))), ends.length === 1 ? 3 * LIGHT : LIGHT))
  }
  separate(
    obstacles,
    NEAR,
    (a, b) => ownParts(a, b, drawing),
    (a, b) => program.demand(a.high, b.low, gapBetween(a, b, drawing, 'y'), 0, between(a, b, drawing, 'y')),
  )

  const first = program.solve()
  const at = 'clash' in first ? first : withRoomForCaptions(drawing, program, first, top, bottom, levels)
  if ('clash' in at) {
    return pieces.filter(({ label }, p) => label !== undefined && at.clash.has(levels[p]![label.level]!.variable)).map(({ index }) => index)
  }
  drawing.height = at(program.high)
  boxes.forEach((box, i) => Object.assign(box, { y: at(top[i]!), height: at(bottom[i]!) - at(top[i]!), order: undefined }))
  across.forEach(({ label }, i) => label && (label.y = at(labels[i]!)))
  pieces.forEach((piece, p) => {
    levels[p]!.forEach((place, k) => (piece.levels[k] = at(place)))
    if (piece.label) piece.label.fresh = false
  })
  return undefined
}

type Solution = (place: Place) => number

/**
 * In a picture that runs down, arrows come into a container through its head, where its caption is. Where they leave no gap that is wide
 * enough, the container grows.
 */
function withRoomForCaptions({ input, boxes, pieces }: Drawing, program: Program, solution: Solution, top: readonly Place[], bottom: readonly Place[], levels: readonly (readonly Place[])[]): Solution {
  let grown = false
  const look = (left: number, head: number, caption: number, from: Place, to: Place): void => {
    const crossing = pieces.flatMap((piece, p) => {
      const stops = stopsOf(piece)
      return levels[p]!.filter((_, k) => Math.min(stops[k]!, stops[k + 1]!) < left + head && Math.max(stops[k]!, stops[k + 1]!) > left)
    })
    const inside = crossing.filter((place) => solution(place) > solution(from) && solution(place) < solution(to)).sort((a, b) => solution(a) - solution(b))
    const edges = [from, ...inside, to]
    if (inside.length === 0 || edges.some((place, i) => i > 0 && solution(place) - solution(edges[i - 1]!) >= caption)) return
    program.demand(inside.at(-1)!, to, caption)
    grown = true
  }
  boxes.forEach(({ x, holds }, i) => {
    const { padding, height } = input.nodes[i]!
    if (holds && padding!.left > padding!.right) look(x, padding!.left, height, top[i]!, bottom[i]!)
  })
  if (input.padding.left > input.padding.right) look(0, input.padding.left, input.least.height, program.low, program.high)
  if (!grown) return solution
  const second = program.solve()
  return 'clash' in second ? solution : second
}

/** Boxes, and the sides of the containers and of the part. */
function sidesOf({ input, boxes }: Drawing, program: Program, low: readonly Place[], high: readonly Place[], axis: 'x' | 'y'): Obstacle[] {
  const obstacles: Obstacle[] = [
    { type: 'low', of: -1, low: program.low, high: program.low, now: -Infinity, from: -Infinity, to: Infinity },
    { type: 'high', of: -1, low: program.high, high: program.high, now: Infinity, from: -Infinity, to: Infinity },
  ]
  boxes.forEach((box, i) => {
    const { parent } = input.nodes[i]!
    const { top, left, bottom, right } = parent === -1 ? input.padding : input.nodes[parent]!.padding!
    program.demand(parent === -1 ? program.low : low[parent]!, low[i]!, axis === 'x' ? left : top)
    program.demand(high[i]!, parent === -1 ? program.high : high[parent]!, axis === 'x' ? right : bottom)
    const [position, size] = axis === 'x' ? [box.x, box.width] : [box.y, box.height]
    const [from, to] = axis === 'x' ? [box.y, box.y + box.height] : [box.x, box.x + box.width]
    const { width, height, loops } = input.nodes[i]!
    if (box.holds) {
      program.demand(low[i]!, high[i]!, axis === 'x' ? width : height, LIGHT)
      obstacles.push({ type: 'low', of: i, low: low[i]!, high: low[i]!, now: position, from, to })
      obstacles.push({ type: 'high', of: i, low: high[i]!, high: high[i]!, now: position + size, from, to })
    } else if (axis === 'x') {
      obstacles.push({ type: 'box', of: i, low: low[i]!, high: high[i]!, now: position, from, to: to + (loops?.height ?? 0) })
    } else {
      obstacles.push({ type: 'box', of: i, low: low[i]!, high: behind(high[i]!, loops?.height ?? 0), now: box.order ?? position, from, to })
    }
  })
  return obstacles
}

/** Parts of one piece that touch, and a piece's line at its own node: they keep to each other by other demands. */
function ownParts(a: Obstacle, b: Obstacle, { pieces, across }: Drawing): boolean {
  const line = isOfPiece(a) ? a : isOfPiece(b) ? b : undefined
  if (line === undefined) return false
  if (isOfPiece(a) && isOfPiece(b)) return a.of === b.of && (a.type === 'label' || b.type === 'label' || touch(a, b))
  const other = line === a ? b : a
  const piece = pieces[line.of]
  const { upper, lower } = across[line.of - pieces.length] ?? {}
  const ends = piece ? [piece.source.box, piece.target.box] : [upper, lower]
  return ends.includes(other.of) && touch(a, b)
}

function isOfPiece({ type }: Obstacle): boolean {
  return type === 'line' || type === 'label'
}

/** They meet at an end at most. */
function touch(a: Obstacle, b: Obstacle): boolean {
  return Math.min(a.to, b.to) <= Math.max(a.from, b.from)
}

/** How far they are apart now, in px; undefined where one is new and still to get its room. */
function between(a: Obstacle, b: Obstacle, { boxes, pieces, across, input }: Drawing, axis: 'x' | 'y'): number | undefined {
  const fresh = ({ type, of }: Obstacle) => (type === 'label' && pieces[of]?.label?.fresh) || (type === 'box' && boxes[of]!.order !== undefined)
  if (fresh(a) || fresh(b)) return undefined
  /** How far its sides are from where it is: labels are where their line is, but along it where they begin. */
  const reach = ({ type, of }: Obstacle): readonly [before: number, behind: number] => {
    if (type === 'box') return [0, axis === 'x' ? boxes[of]!.width : boxes[of]!.height + (input.nodes[of]!.loops?.height ?? 0)]
    if (type !== 'label') return [0, 0]
    const { width, height } = pieces[of]?.label ?? across[of - pieces.length]!.label!
    const along = axis === (of < pieces.length ? 'x' : 'y')
    const size = axis === 'x' ? width : height
    return along ? [0, size] : [Math.ceil(size / 2), Math.ceil(size / 2)]
  }
  return b.now - reach(b)[0] - a.now - reach(a)[1]
}

function gapBetween(a: Obstacle, b: Obstacle, { input }: Drawing, axis: 'x' | 'y'): number {
  const gap = GAP[axis]
  const padding = (side: Obstacle) => {
    const { top, left, bottom, right } = side.of === -1 ? input.padding : input.nodes[side.of]!.padding!
    return side.type === 'low' ? (axis === 'x' ? left : top) : axis === 'x' ? right : bottom
  }
  const isSide = ({ type }: Obstacle) => type === 'low' || type === 'high'
  // From a side inwards, to a side from within, and past a side from outside.
  const inwards = a.type === 'low' ? a : b.type === 'high' ? b : undefined
  const other = inwards === a ? b : a
  if (inwards !== undefined) {
    if (other.type === 'box' || isSide(other)) return padding(inwards)
    // The picture's own border is a margin; in a container's head stands its caption.
    const whole = inwards.of === -1 && input.least.width === 0
    return whole || padding(inwards) > gap.outside ? padding(inwards) : gap.line
  }
  if (isSide(a) || isSide(b)) return other.type === 'box' || (isSide(a) && isSide(b)) ? gap.outside : gap.line
  if (a.type === 'label' || b.type === 'label') return gap.label
  if (a.type === 'box' && b.type === 'box') return gap.boxes
  return a.type === 'line' && b.type === 'line' ? gap.lines : gap.boxLine
}

/** The ends at each free side of each leaf, from the top down: they spread evenly, and an arrow alone is in the middle. */
function endsByBox({ boxes, pieces }: Drawing, levels: readonly (readonly Place[])[]): readonly { readonly box: number; readonly ends: readonly Place[] }[] {
  const sides = new Map<string, { box: number; ends: { place: Place; y: number }[] }>()
  const add = ({ box, side, at }: End, place: Place, y: number): void => {
    if (box === -1 || at !== undefined || boxes[box]!.holds) return
    const key = `${box} ${side}`
    const known = sides.get(key)
    if (known) known.ends.push({ place, y })
    else sides.set(key, { box, ends: [{ place, y }] })
  }
  pieces.forEach((piece, p) => {
    add(piece.source, levels[p]![0]!, piece.levels[0]!)
    add(piece.target, levels[p]!.at(-1)!, piece.levels.at(-1)!)
  })
  return [...sides.values()].map(({ box, ends }) => ({ box, ends: ends.sort((a, b) => a.y - b.y).map(({ place }) => place) }))
}
