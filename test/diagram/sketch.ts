/** Graphs for the layout's tests, said in a few words: measured as the real ones are, without a model behind them. */
import { measureLabel, measureNode } from '../../src/diagram/measure.ts'
import { hash } from '../../src/diagram/hash.ts'
import type { DiagramGraph, GraphEdge, GraphNode } from '../../src/diagram/picture.ts'

const CONTAINERS: ReadonlySet<string> = new Set(['region', 'zone', 'cell', 'host', 'provider', 'trust-zone', 'group'])

export interface SketchNode {
  readonly id: string
  readonly in?: string
  readonly kind?: string
  readonly label?: string
  readonly facts?: string
  readonly copies?: string
}

/** `a -> b : label` or `a ~> b`, one an entry. */
export function sketch(nodes: readonly (string | SketchNode)[], arrows: readonly string[], direction?: 'right' | 'down'): DiagramGraph {
  const all = nodes.map((node): SketchNode => (typeof node === 'string' ? { id: node } : node))
  const drawn = all.map(({ id, in: parent, kind = 'service', label = id, facts = kind, copies }): GraphNode => {
    const type = CONTAINERS.has(kind) ? 'container' : 'component'
    const holds = all.some((other) => other.in === id)
    const content = { id, parent, type, kind, label, facts: type === 'container' ? '' : facts, copies, truthOf: [], holds } as const
    const { label: _, holds: __, ...rest } = content
    return { ...rest, ...measureNode(content) }
  })
  const edges = arrows.map((text, i): GraphEdge => {
    const [, from, arrow, to, label = ''] = /^(\S+) ([-~]>) (\S+)(?: : (.*))?$/.exec(text)!
    const measured = measureLabel(label)
    return { id: `e${i}`, relations: [`e${i}`], from: from!, to: to!, arrow: arrow === '->' ? 'request' : 'message', label: measured.lines, labelWidth: measured.width, labelHeight: measured.height }
  })
  return { direction, nodes: drawn, edges, structure: hash(JSON.stringify([direction, drawn, edges])) }
}
