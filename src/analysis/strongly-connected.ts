/**
 * Strongly connected parts of a graph by Tarjan's algorithm, with its own stack so that a chain of ten thousand does not overflow the
 * engine's. A part comes after every part that it points to; a node without a cycle is a part of its own.
 */
export function components(size: number, pointsTo: (node: number) => readonly number[]): number[][] {
  const index = new Array<number>(size).fill(-1)
  const low = new Array<number>(size).fill(0)
  const onStack = new Array<boolean>(size).fill(false)
  // The way to where it is, with each node's targets and the next of them to visit; nodes that no part is known of yet.
  const way: number[] = []
  const targetsOf: (readonly number[])[] = []
  const at: number[] = []
  const open: number[] = []
  const parts: number[][] = []
  let next = 0
  const enter = (node: number): void => {
    index[node] = low[node] = next++
    open.push(node)
    onStack[node] = true
    way.push(node)
    targetsOf.push(pointsTo(node))
    at.push(0)
  }
  for (let root = 0; root < size; root++) {
    if (index[root] !== -1) continue
    enter(root)
    while (way.length > 0) {
      const last = way.length - 1
      const node = way[last]!
      const targets = targetsOf[last]!
      if (at[last]! < targets.length) {
        const target = targets[at[last]!++]!
        if (index[target] === -1) enter(target)
        else if (onStack[target] && index[target]! < low[node]!) low[node] = index[target]!
        continue
      }
      way.pop()
      targetsOf.pop()
      at.pop()
      if (last > 0 && low[node]! < low[way[last - 1]!]!) low[way[last - 1]!] = low[node]!
      if (low[node] === index[node]) parts.push(closed(node))
    }
  }
  return parts

  function closed(node: number): number[] {
    const part: number[] = []
    for (;;) {
      const member = open.pop()!
      onStack[member] = false
      part.push(member)
      if (member === node) return part
    }
  }
}
