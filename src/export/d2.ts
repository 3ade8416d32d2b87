/** A diagram → D2: frames nest, messages are dashed. */
import type { GraphNode, PlacedGraph } from '../diagram/picture.ts'
import { labelOf, linesOf, outline, silhouetteOf, type Outline, type Silhouette } from './outline.ts'

export function d2(graph: PlacedGraph): string {
  const drawn = outline(graph)
  const standIns = new Set(graph.nodes.filter(drawn.needsStandIn).map(({ id }) => id))
  const end = (id: string) => [...drawn.pathOf(id), ...(standIns.has(id) ? [SELF] : [])].join('.')
  const lines = [`direction: ${graph.direction}`]
  for (const root of drawn.roots) lines.push(...box(root, drawn, ''))
  for (const edge of drawn.edges) {
    const label = labelOf(edge)
    const dashed = edge.arrow === 'message' ? ' {style.stroke-dash: 4}' : ''
    const text = label.length > 0 ? ` ${quoted(label)}` : ''
    lines.push(`${end(edge.from)} -> ${end(edge.to)}${text || dashed ? ':' : ''}${text}${dashed}`)
  }
  return lines.join('\n') + '\n'
}

/** No node's name, since those begin with `n_`. */
const SELF = 'self'

function box(node: GraphNode, drawn: Outline, indent: string): readonly string[] {
  const children = drawn.childrenOf(node)
  const { title, facts } = linesOf(node)
  const text = quoted(facts === '' ? title : [...title, facts])
  const opened = `${indent}${drawn.nameOf(node.id)}: ${text}`
  if (children.length === 0) return [`${opened} {shape: ${SHAPES[silhouetteOf(node)]}}`]
  return [
    `${opened} {`,
    ...(drawn.needsStandIn(node) ? [`${indent}  ${SELF}: ${text} {shape: ${SHAPES[silhouetteOf(node)]}}`] : []),
    ...children.flatMap((child) => box(child, drawn, `${indent}  `)),
    `${indent}}`,
  ]
}

const SHAPES: Readonly<Record<Silhouette, string>> = {
  box: 'rectangle',
  soft: 'rectangle',
  actor: 'person',
  cylinder: 'cylinder',
  pipe: 'queue',
  hexagon: 'hexagon',
  cloud: 'cloud',
  bucket: 'stored_data',
  diamond: 'diamond',
}

/** `$` too: `${x}` would be replaced by a variable. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/["\\$]/g, '\\$&')).join('\\n')}"`
}
