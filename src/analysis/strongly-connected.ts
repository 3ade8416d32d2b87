/**
 * Strongly connected parts of a graph by Tarjan's algorithm, with its own stack so that a chain of ten thousand does not overflow the
 * engine's. A part comes after every part that it points to; a node without a cycle is a part of its own.
 */
export function components(size: number, pointsTo: (node: number) => readonly number[]): number[][] {
  const index = new Int32Array(size).fill(-1)
  const low = new Int32Array(size)
  const onStack = new Uint8Array(size)
  const stack: number[] = []
  const parts: number[][] = []
  let next = 0
  for (let root = 0; root < size; root++) {
    if (index[root] !== -1) continue
    const work: { node: number; targets: readonly number[]; at: number }[] = []
    const enter = (node: number): void => {
      index[node] = low[node] = next++
      stack.push(node)
      onStack[node] = 1
      work.push({ node, targets: pointsTo(node), at: 0 })
    }
    enter(root)
    while (work.length > 0) {
      const frame = work[work.length - 1]!
      if (frame.at < frame.targets.length) {
        const target = frame.targets[frame.at++]!
        if (index[target] === -1) enter(target)
        else if (onStack[target]) low[frame.node] = Math.min(low[frame.node]!, index[target]!)
        continue
      }
      work.pop()
      const parent = work[work.length - 1]
      if (parent) low[parent.node] = Math.min(low[parent.node]!, low[frame.node]!)
      if (low[frame.node] !== index[frame.node]) continue
      const part: number[] = []
      for (;;) {
        const node = stack.pop()!
        onStack[node] = 0
        part.push(node)
        if (node === frame.node) break
      }
      parts.push(part)
    }
  }
  return parts
}
