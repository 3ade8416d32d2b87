/**
 * Places on a line: minimises the weighted sum of distances under least distances, by network simplex (Gansner, Koutsofios, North and Vo,
 * "A technique for drawing directed graphs", 1993). Whole numbers in, whole numbers out, and always the same ones.
 */
export interface Distance {
  readonly from: number
  readonly to: number
  /** `to` is at least this far behind `from`; may be negative. */
  readonly least: number
  /** What each px between them costs; 0 for a mere condition. */
  readonly weight: number
}

/** A place for each of `count` things, or the indices of distances, in a circle, that contradict each other. */
export function placeOnLine(count: number, distances: readonly Distance[]): Int32Array | { readonly contradiction: readonly number[] } {
  const graph = makeGraph(count, distances)
  const place = pushApart(graph)
  if ('contradiction' in place) return place
  optimise(graph, place, tightTree(graph, place))
  return place
}

interface Graph {
  readonly count: number
  readonly from: Int32Array
  readonly to: Int32Array
  readonly least: Int32Array
  readonly weight: Int32Array
  /** Edges at each node: `around[at[v]..at[v + 1]]`. */
  readonly at: Int32Array
  readonly around: Int32Array
}

function makeGraph(count: number, distances: readonly Distance[]): Graph {
  const size = distances.length
  const graph = {
    count,
    from: Int32Array.from(distances, (d) => d.from),
    to: Int32Array.from(distances, (d) => d.to),
    least: Int32Array.from(distances, (d) => d.least),
    weight: Int32Array.from(distances, (d) => d.weight),
    at: new Int32Array(count + 1),
    around: new Int32Array(2 * size),
  }
  for (const { from, to } of distances) {
    graph.at[from + 1]!++
    graph.at[to + 1]!++
  }
  for (let v = 0; v < count; v++) graph.at[v + 1]! += graph.at[v]!
  const next = graph.at.slice()
  distances.forEach(({ from, to }, e) => {
    graph.around[next[from]!++] = e
    graph.around[next[to]!++] = e
  })
  return graph
}

/** Everything as far forward as it has to be: longest paths, by relaxing what changed. */
function pushApart(graph: Graph): Int32Array | { readonly contradiction: readonly number[] } {
  const { count, from, to, least, at, around } = graph
  const place = new Int32Array(count)
  const pushedBy = new Int32Array(count).fill(-1)
  const queue = new Int32Array(count + 1)
  const waiting = new Uint8Array(count).fill(1)
  frontToBack(graph, queue)
  let [head, tail] = [0, count]
  let pushes = 0
  while (head !== tail) {
    const v = queue[head]!
    head = (head + 1) % (count + 1)
    waiting[v] = 0
    for (let i = at[v]!; i < at[v + 1]!; i++) {
      const e = around[i]!
      if (from[e] !== v) continue
      const w = to[e]!
      const needed = place[v]! + least[e]!
      if (place[w]! >= needed) continue
      place[w] = needed
      pushedBy[w] = e
      // Who pushes itself, over others, would go on for ever. Looked for now and then, since it takes a walk.
      if (++pushes % count === 0) {
        const contradiction = circle(pushedBy, from, w)
        if (contradiction !== undefined) return { contradiction }
      }
      if (waiting[w]) continue
      waiting[w] = 1
      queue[tail] = w
      tail = (tail + 1) % (count + 1)
    }
  }
  return place
}

/** An order in which most nodes come behind all that can push them, so that one turn nearly does. What is on circles comes last. */
function frontToBack({ count, from, to, least, at, around }: Graph, order: Int32Array): void {
  const missing = new Int32Array(count)
  for (let e = 0; e < from.length; e++) if (least[e]! >= 0) missing[to[e]!]!++
  const placed = new Uint8Array(count)
  let size = 0
  const add = (v: number) => {
    placed[v] = 1
    order[size++] = v
  }
  for (let v = 0; v < count; v++) if (missing[v] === 0) add(v)
  for (let i = 0; i < size; i++) {
    const v = order[i]!
    for (let k = at[v]!; k < at[v + 1]!; k++) {
      const e = around[k]!
      if (from[e] === v && least[e]! >= 0 && --missing[to[e]!]! === 0) add(to[e]!)
    }
  }
  for (let v = 0; v < count; v++) if (!placed[v]) add(v)
}

/** The edges of a circle in who pushed whom, if one is met on the way back from `start`. */
function circle(pushedBy: Int32Array, from: Int32Array, start: number): readonly number[] | undefined {
  const seen = new Set<number>()
  let v = start
  while (!seen.has(v)) {
    if (pushedBy[v] === -1) return undefined
    seen.add(v)
    v = from[pushedBy[v]!]!
  }
  const edges: number[] = []
  const stop = v
  do {
    edges.push(pushedBy[v]!)
    v = from[pushedBy[v]!]!
  } while (v !== stop)
  return edges
}

interface Tree {
  /** Edge to the parent; -1 at the root. */
  readonly up: Int32Array
  readonly parent: Int32Array
  /** Whether an edge is in the tree. */
  readonly inside: Uint8Array
  /** Post-order numbers: of the node, and the least in its subtree. */
  readonly last: Int32Array
  readonly first: Int32Array
  readonly cut: Int32Array
  readonly members: Int32Array
  /** For the walks. */
  readonly next: Int32Array
  readonly stack: Int32Array
}

/** A spanning tree of edges without slack: grows from node 0, moving what is reached towards the nearest rest. Unreached rests are tied on. */
function tightTree(graph: Graph, place: Int32Array): Tree {
  const { count, from, to, least, at, around } = graph
  const tree: Tree = {
    up: new Int32Array(count).fill(-1),
    parent: new Int32Array(count).fill(-1),
    inside: new Uint8Array(from.length),
    last: new Int32Array(count),
    first: new Int32Array(count),
    cut: new Int32Array(from.length),
    members: new Int32Array(count),
    next: new Int32Array(count),
    stack: new Int32Array(count + 1),
  }
  const slack = (e: number) => place[to[e]!]! - place[from[e]!]! - least[e]!
  // Grow over tight edges from every component, then join components by their least slack.
  const group = new Int32Array(count).fill(-1)
  const members: number[][] = []
  for (let root = 0; root < count; root++) {
    if (group[root] !== -1) continue
    const list = [root]
    group[root] = members.length
    for (let i = 0; i < list.length; i++) {
      const v = list[i]!
      for (let k = at[v]!; k < at[v + 1]!; k++) {
        const e = around[k]!
        const w = from[e] === v ? to[e]! : from[e]!
        if (group[w] !== -1 || slack(e) !== 0) continue
        group[w] = members.length
        tree.inside[e] = 1
        list.push(w)
      }
    }
    members.push(list)
  }
  // The smaller of two groups moves and is renumbered.
  const alive = members.map((_, i) => i).filter((i) => i !== group[0])
  let remaining = alive.length
  while (remaining > 0) {
    let joined = false
    for (const g of alive) {
      if (members[g]!.length === 0 || group[0] === g) continue
      let best = -1
      let bestSlack = Infinity
      for (const v of members[g]!) {
        for (let k = at[v]!; k < at[v + 1]!; k++) {
          const e = around[k]!
          if (group[from[e]!] === group[to[e]!]) continue
          const s = slack(e)
          if (s < bestSlack) [best, bestSlack] = [e, s]
        }
      }
      if (best === -1) continue
      const other = group[from[best]!] === g ? group[to[best]!]! : group[from[best]!]!
      // Moving the whole group by its least slack breaks nothing: every other edge at it has at least as much.
      const shift = group[from[best]!] === g ? bestSlack : -bestSlack
      for (const v of members[g]!) place[v]! += shift
      tree.inside[best] = 1
      const [small, large] = members[g]!.length < members[other]!.length || other === group[0] ? [g, other] : [other, g]
      for (const v of members[small]!) {
        group[v] = large
        members[large]!.push(v)
      }
      members[small] = []
      remaining--
      joined = true
    }
    if (!joined) break
  }
  number(graph, tree)
  cutValues(graph, tree)
  return tree
}

/** Parents and post-order numbers over the tree's edges. What no edge reaches is a tree of its own. */
function number(graph: Graph, tree: Tree): void {
  tree.last.fill(-1)
  let order = 0
  for (let root = 0; root < graph.count; root++) {
    if (tree.last[root] !== -1) continue
    tree.up[root] = -1
    tree.parent[root] = -1
    order = numberFrom(root, order, graph, tree)
  }
}

/** The same below `top`, whose own parent stays; numbers from `order` on. */
function numberFrom(top: number, order: number, { from, to, at, around }: Graph, { up, parent, inside, first, last, members, next, stack }: Tree): number {
  let depth = 0
  stack[0] = top
  next[top] = at[top]!
  first[top] = order
  while (depth >= 0) {
    const v = stack[depth]!
    if (next[v]! === at[v + 1]!) {
      members[order] = v
      last[v] = order++
      depth--
      continue
    }
    const e = around[next[v]!++]!
    if (!inside[e] || e === up[v]) continue
    const w = from[e] === v ? to[e]! : from[e]!
    up[w] = e
    parent[w] = v
    next[w] = at[w]!
    first[w] = order
    stack[++depth] = w
  }
  return order
}

/** For each tree edge, the weight that crosses it from its tail's side to its head's, less what crosses back; leaves first. */
function cutValues({ count, from, to, weight, at, around }: Graph, { up, parent, inside, cut, members }: Tree): void {
  for (let i = 0; i < count; i++) {
    const v = members[i]!
    const e = up[v]!
    if (e === -1) continue
    // Sum over v's edges of what they add to the balance of v's subtree, using its children's cut values.
    let sum = 0
    for (let k = at[v]!; k < at[v + 1]!; k++) {
      const f = around[k]!
      const outward = from[f] === v
      const w = outward ? to[f]! : from[f]!
      if (f === e) continue
      if (inside[f] && parent[w] === v && up[w] === f) {
        // Of a child's subtree: its cut value, as seen from v's subtree, without the edge itself, which stays inside.
        sum += (from[f] === w ? 1 : -1) * (cut[f]! - weight[f]!)
        continue
      }
      sum += outward ? weight[f]! : -weight[f]!
    }
    // Edges between v's subtree's own nodes were counted once from each end and cancel out.
    cut[e] = weight[e]! + (from[e] === v ? sum : -sum)
  }
}

function optimise(graph: Graph, place: Int32Array, tree: Tree): void {
  const { count, from, to, least, at, around } = graph
  const { up, inside, cut, first, last, members } = tree
  const below = (v: number, top: number) => first[top]! <= last[v]! && last[v]! <= last[top]!
  let cursor = 0
  for (let pivots = 0; pivots < 6 * count; pivots++) {
    // The next tree edge, in turn, that pays when it is stretched.
    let node = -1
    for (let i = 0; i < count && node === -1; i++) {
      const v = (cursor + i) % count
      if (up[v]! !== -1 && cut[up[v]!]! < 0) node = v
    }
    if (node === -1) return
    cursor = node
    const leaving = up[node]!
    // Its lower side moves until the first other edge between the two sides is tight.
    const lowerIsTail = from[leaving] === node
    let entering = -1
    let slack = Infinity
    for (let i = first[node]!; i <= last[node]!; i++) {
      const v = members[i]!
      for (let k = at[v]!; k < at[v + 1]!; k++) {
        const e = around[k]!
        if (inside[e] || (from[e] === v) === lowerIsTail || below(from[e] === v ? to[e]! : from[e]!, node)) continue
        const s = place[to[e]!]! - place[from[e]!]! - least[e]!
        if (s < slack) [entering, slack] = [e, s]
      }
    }
    // Nothing bounds it: an unweighted leftover; leave it be.
    if (entering === -1) {
      cut[leaving] = 0
      continue
    }
    if (slack > 0) {
      const shift = lowerIsTail ? -slack : slack
      for (let i = first[node]!; i <= last[node]!; i++) place[members[i]!]! += shift
    }
    exchange(leaving, entering, graph, tree)
  }
}

/** Only the cut values on the circle that the entering edge closes change, and only the numbers below its top. */
function exchange(leaving: number, entering: number, graph: Graph, tree: Tree): void {
  const { from, to } = graph
  const { up, parent, inside, cut, first, last } = tree
  const by = cut[leaving]!
  const climb = (start: number, other: number, sign: number): number => {
    let v = start
    while (!(first[v]! <= last[other]! && last[other]! <= last[v]!)) {
      const e = up[v]!
      cut[e]! += from[e] === v ? sign * by : -sign * by
      v = parent[v]!
    }
    return v
  }
  const top = climb(from[entering]!, to[entering]!, 1)
  climb(to[entering]!, from[entering]!, -1)
  cut[entering] = -by
  cut[leaving] = 0
  inside[leaving] = 0
  inside[entering] = 1
  numberFrom(top, first[top]!, graph, tree)
}
