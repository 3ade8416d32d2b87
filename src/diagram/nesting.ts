/** The nesting of a graph by index, the order in which siblings follow each other, and which of them are laid out on their own. */
import type { DiagramGraph } from './picture.ts'

export const ROOT = -1

export interface Nesting {
  /** Index of the node around each node, or ROOT. */
  readonly parent: readonly number[]
  /** By index, in the order of the text. */
  readonly children: readonly (readonly number[])[]
  readonly top: readonly number[]
  /** Indices of the ends of each edge. */
  readonly from: readonly number[]
  readonly to: readonly number[]
}

export function nestingOf(graph: DiagramGraph): Nesting {
  const index = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  const children = graph.nodes.map((): number[] => [])
  const top: number[] = []
  const parent = graph.nodes.map((node, i) => {
    const outer = node.parent === undefined ? ROOT : (index.get(node.parent) ?? ROOT)
    ;(outer === ROOT ? top : children[outer]!).push(i)
    return outer
  })
  return { parent, children, top, from: graph.edges.map(({ from }) => index.get(from)!), to: graph.edges.map(({ to }) => index.get(to)!) }
}

/** A node and what it stands in, the nearest first, ROOT last. */
export function pathToRoot({ parent }: Nesting, node: number): readonly number[] {
  const path = [node]
  while (path.at(-1) !== ROOT) path.push(parent[path.at(-1)!]!)
  return path
}

/**
 * Where an edge runs on one level: the innermost node around both ends (or the end that holds the other), and the two siblings in it between
 * which it runs; a side is undefined where the edge ends at `around` itself.
 */
export interface Meeting {
  readonly around: number
  readonly from: number | undefined
  readonly to: number | undefined
}

export function meetingOf(nesting: Nesting, edge: number): Meeting {
  const [up, down] = [pathToRoot(nesting, nesting.from[edge]!), pathToRoot(nesting, nesting.to[edge]!)]
  let [i, j] = [up.length - 1, down.length - 1]
  while (i > 0 && j > 0 && up[i - 1] === down[j - 1]) {
    i--
    j--
  }
  return { around: up[i]!, from: up[i - 1], to: down[j - 1] }
}

/**
 * Which edges run against the flow of the picture. ELK is given them turned round, so that what follows what is decided once, by what the
 * whole level says, and not by the order in which the text happens to name things. Siblings are ordered greedily: those that nothing enters
 * first, those that nothing leaves last, and on a cycle the one that gives the most (by `weights` of the edges) beyond what it takes; the text
 * decides between equals.
 */
export function againstTheFlow(nesting: Nesting, meetings: readonly Meeting[], weights: readonly number[]): readonly boolean[] {
  const levels = new Map<number, Arrow[]>()
  for (const [edge, { around, from, to }] of meetings.entries()) {
    if (from === undefined || to === undefined || from === to) continue
    const level = levels.get(around)
    const arrow = { from, to, weight: weights[edge]! }
    if (level) level.push(arrow)
    else levels.set(around, [arrow])
  }
  const rank = nesting.parent.map(() => 0)
  for (const [around, arrows] of levels) {
    orderOf(around === ROOT ? nesting.top : nesting.children[around]!, arrows).forEach((node, place) => (rank[node] = place))
  }
  return meetings.map(({ from, to }) => from !== undefined && to !== undefined && rank[from]! > rank[to]!)
}

interface Arrow {
  readonly from: number
  readonly to: number
  readonly weight: number
}

/** Eades, Lin and Smyth's greedy order; linear but for finding the best of a cycle. */
function orderOf(nodes: readonly number[], arrows: readonly Arrow[]): readonly number[] {
  const next = new Map<number, Map<number, number>>(nodes.map((node) => [node, new Map()]))
  const previous = new Map<number, Map<number, number>>(nodes.map((node) => [node, new Map()]))
  const [outs, ins] = [new Map(nodes.map((node) => [node, 0])), new Map(nodes.map((node) => [node, 0]))]
  const bump = (map: Map<number, number>, key: number, by: number) => map.set(key, (map.get(key) ?? 0) + by)
  for (const { from, to, weight } of arrows) {
    bump(next.get(from)!, to, weight)
    bump(previous.get(to)!, from, weight)
    bump(outs, from, weight)
    bump(ins, to, weight)
  }
  const left = new Set(nodes)
  const head: number[] = []
  const tail: number[] = []
  const sources = nodes.filter((node) => ins.get(node) === 0)
  const sinks = nodes.filter((node) => outs.get(node) === 0 && ins.get(node) !== 0)
  const take = (node: number): void => {
    left.delete(node)
    for (const [to, weight] of next.get(node)!) {
      if (!left.has(to)) continue
      bump(ins, to, -weight)
      if (ins.get(to) === 0) sources.push(to)
    }
    for (const [from, weight] of previous.get(node)!) {
      if (!left.has(from)) continue
      bump(outs, from, -weight)
      if (outs.get(from) === 0 && ins.get(from) !== 0) sinks.push(from)
    }
  }
  while (left.size > 0) {
    const source = sources.shift()
    if (source !== undefined) {
      if (!left.has(source)) continue
      take(source)
      head.push(source)
      continue
    }
    const sink = sinks.shift()
    if (sink !== undefined) {
      if (!left.has(sink)) continue
      take(sink)
      tail.unshift(sink)
      continue
    }
    let best: number | undefined
    let most = -Infinity
    for (const node of left) {
      const surplus = outs.get(node)! - ins.get(node)!
      if (surplus > most) [best, most] = [node, surplus]
    }
    take(best!)
    head.push(best!)
  }
  return [...head, ...tail]
}

/**
 * Nodes with content that are laid out on their own, so that an edit costs only the parts on its way to the root. None in a small design;
 * otherwise, from the inside out, the containers directly in one whose content would be more than `pass` nodes. A container with a loop is cut,
 * too, since ELK makes no room for loops at what it is still sizing.
 */
export function cutsOf(nesting: Nesting, pass: number): ReadonlySet<number> {
  const cuts = new Set(nesting.from.filter((node, edge) => node === nesting.to[edge] && nesting.children[node]!.length > 0))
  const weigh = (children: readonly number[]): number => {
    const weights = children.map((child) => {
      const weight = nesting.children[child]!.length === 0 ? 1 : weigh(nesting.children[child]!)
      return cuts.has(child) ? 1 : weight
    })
    const sum = weights.reduce((a, b) => a + b, 0)
    if (sum <= pass) return sum
    return children.reduce((total, child, i) => {
      if (weights[i]! < 3) return total + weights[i]!
      cuts.add(child)
      return total + 1
    }, 0)
  }
  weigh(nesting.top)
  return cuts
}
