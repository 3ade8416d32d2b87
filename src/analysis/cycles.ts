/** Cycles: strongly connected components (Tarjan 1972), and for each a shortest ring as the witness that is shown. */
import { walk, type Edge, type Hop } from './graph.ts'
import { components as stronglyConnected } from './strongly-connected.ts'

export interface Cycle {
  /** A shortest ring through it, each edge leading to the next one's start and the last to the first's. */
  readonly ring: readonly Hop[]
  /** Everything that is in the same tangle, the ring included. */
  readonly members: readonly string[]
}

/** How many members of a tangle the search for the shortest ring starts from; a larger one shows a short ring instead. */
const STARTS = 64

export function cyclesOf(components: Iterable<string>, next: (component: string) => readonly Hop[]): readonly Cycle[] {
  const order = [...components]
  const position = new Map(order.map((component, index) => [component, index]))
  const pointsTo = (node: number): readonly number[] => next(order[node]!).flatMap(({ to }) => position.get(to) ?? [])
  return stronglyConnected(order.length, pointsTo)
    .map((part) => part.map((node) => order[node]!))
    .filter((members) => members.length > 1 || next(members[0]!).some(({ to }) => to === members[0]))
    .map((members) => {
      const sorted = members.toSorted((a, b) => position.get(a)! - position.get(b)!)
      return { ring: shortestRing(sorted, next), members: sorted }
    })
    .sort((a, b) => position.get(a.members[0]!)! - position.get(b.members[0]!)!)
}

function shortestRing(members: readonly string[], next: (component: string) => readonly Hop[]): readonly Hop[] {
  const inside = new Set(members)
  const within = (component: string): readonly Hop[] => next(component).filter(({ to }) => inside.has(to))
  let best: readonly Hop[] | undefined
  for (const start of members.slice(0, STARTS)) {
    const reach = walk([start], within)
    for (const component of reach.components.keys()) {
      const back = within(component).find(({ to }) => to === start)
      if (!back) continue
      const ring = [...toHops(reach.path(component), within, start), back]
      if (!best || ring.length < best.length) best = ring
      // Breadth first: the first way back is the shortest from this start.
      break
    }
    if (best && best.length <= 2) break
  }
  return best ?? []
}

function toHops(path: readonly Edge[], within: (component: string) => readonly Hop[], start: string): readonly Hop[] {
  const hops: Hop[] = []
  let at = start
  for (const edge of path) {
    const hop = within(at).find((candidate) => candidate.edge === edge)!
    hops.push(hop)
    at = hop.to
  }
  return hops
}
