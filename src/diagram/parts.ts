/**
 * A graph taken apart at some of its containers. Each part is laid out on its own: what is in it, with the containers that are parts of their
 * own as boxes, and the edges that cross its border as pieces that end there.
 */
import { meetingOf, ROOT, type Nesting } from './nesting.ts'

export interface Part {
  /** The container that it is the content of, or ROOT. */
  readonly of: number
  /** Nodes in it, outer ones before what is in them; a cut container is a box here and its content is not listed. */
  readonly nodes: readonly number[]
  readonly pieces: readonly Piece[]
}

/** A piece of an edge, directed with the flow of the picture. */
export interface Piece {
  readonly edge: number
  readonly source: End
  readonly target: End
  /** Whether the edge itself runs the other way. */
  readonly against: boolean
  /** Whether the edge's label is in this piece. */
  readonly labelled: boolean
  /** Pieces of an edge by this number run from its one end to the other. */
  readonly place: number
}

export type End =
  | { readonly type: 'node'; readonly node: number }
  /** At the border of a box, where the edge goes on inside (or ends, where the box itself is meant). */
  | { readonly type: 'box'; readonly node: number }
  /** At the part's own border. */
  | { readonly type: 'border' }

/** Inner parts before the ones around them. */
export function partsOf(nesting: Nesting, cuts: ReadonlySet<number>, against: readonly boolean[]): readonly Part[] {
  const nodes = new Map<number, number[]>([[ROOT, []]])
  for (const cut of cuts) nodes.set(cut, [])
  const home: number[] = []
  const walk = (node: number, part: number): void => {
    home[node] = part
    nodes.get(part)!.push(node)
    for (const child of nesting.children[node]!) walk(child, cuts.has(node) ? node : part)
  }
  for (const node of nesting.top) walk(node, ROOT)

  const pieces = new Map<number, Piece[]>([...nodes.keys()].map((part) => [part, []]))
  for (const edge of nesting.from.keys()) {
    for (const { part, ...piece } of piecesOf(edge, nesting, cuts, home, against[edge]!)) pieces.get(part)!.push(piece)
  }
  return innerFirst([...nodes.keys()], home).map((of) => ({ of, nodes: nodes.get(of)!, pieces: pieces.get(of)! }))
}

function innerFirst(parts: readonly number[], home: readonly number[]): readonly number[] {
  const depth = (part: number): number => (part === ROOT ? 0 : 1 + depth(home[part]!))
  const depths = new Map(parts.map((part) => [part, depth(part)]))
  return [...parts].sort((a, b) => depths.get(b)! - depths.get(a)! || a - b)
}

function* piecesOf(edge: number, nesting: Nesting, cuts: ReadonlySet<number>, home: readonly number[], against: boolean): Generator<Piece & { part: number }> {
  const [from, to] = [nesting.from[edge]!, nesting.to[edge]!]
  // A loop at one node is drawn beside it: see loops.ts.
  if (from === to) return
  // Where one end holds the other the edge stays inside, from the border inwards.
  const { around } = meetingOf(nesting, edge)
  const meeting = around === ROOT || cuts.has(around) ? around : home[around]!
  let place = 0
  const make = (part: number, start: End, end: End, labelled: boolean) => {
    const ends = against ? { source: end, target: start } : { source: start, target: end }
    return { part, edge, ...ends, against, labelled, place: place++ }
  }

  /** Its ends in the parts below `meeting`, and the end in `meeting` that stands for it. */
  const climb = (node: number): { readonly below: readonly { part: number; end: End }[]; readonly top: End } => {
    if (node === meeting) return { below: [], top: BORDER }
    const below: { part: number; end: End }[] = []
    let end: End = cuts.has(node) ? { type: 'box', node } : { type: 'node', node }
    for (let part = home[node]!; part !== meeting; part = home[part]!) {
      below.push({ part, end })
      end = { type: 'box', node: part }
    }
    return { below, top: end }
  }
  const [up, down] = [climb(from), climb(to)]
  for (const { part, end } of up.below) yield make(part, end, BORDER, false)
  yield make(meeting, up.top, down.top, true)
  for (const { part, end } of down.below.toReversed()) yield make(part, BORDER, end, false)
}

const BORDER: End = { type: 'border' }
