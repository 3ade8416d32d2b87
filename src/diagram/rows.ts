/**
 * Rows for what has no order of its own: nodes without arrows, and many nodes that have one arrow each, to or from the same node. ELK would put
 * all of them in one layer, the length of a street. Hints are edges that nobody sees, from a node to the one that goes a layer further on.
 */
import type { InputNode, InputPiece } from './elk.ts'

/** Up to so many stand beside each other as they are. */
const MOST_IN_A_ROW = 8

/** `wide` is how many times as long across the flow as along it a block of nodes should be. */
export function hintsOf(nodes: readonly InputNode[], pieces: readonly InputPiece[], wide: number): readonly (readonly [number, number])[] {
  const hasContent = new Set(nodes.map(({ parent }) => parent))
  const touching = nodes.map((): { host: number; out: boolean }[] => [])
  for (const { source, target } of pieces) {
    if (source !== -1) touching[source]!.push({ host: target, out: true })
    if (target !== -1) touching[target]!.push({ host: source, out: false })
  }
  const groups = new Map<string, number[]>()
  nodes.forEach(({ parent }, i) => {
    if (hasContent.has(i) || touching[i]!.length > 1) return
    const only = touching[i]![0]
    const key = only === undefined ? `${parent} alone` : `${parent} ${only.out ? 'to' : 'from'} ${only.host}`
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  })
  return [...groups].flatMap(([key, group]) => {
    const alone = key.endsWith('alone')
    if (group.length <= (alone ? 1 : MOST_IN_A_ROW)) return []
    const average = (size: (node: InputNode) => number) => group.reduce((sum, i) => sum + size(nodes[i]!), 0) / group.length
    const along = average(({ width }) => width) + 40
    // An arrow to a further row passes beside the nodes of the nearer ones.
    const across = average(({ height }) => height) + (alone ? 28 : 44)
    const inARow = Math.max(1, Math.round(Math.sqrt((group.length * along * wide) / across)))
    return group.slice(0, -inARow).map((node, i) => [node, group[i + inARow]!] as const)
  })
}
