/** A diagram → a Mermaid flowchart: frames are subgraphs, messages are dashed. */
import type { GraphNode, PlacedGraph } from '../diagram/picture.ts'
import { labelOf, linesOf, outline, silhouetteOf, type Outline, type Silhouette } from './outline.ts'

export function mermaid(graph: PlacedGraph): string {
  const drawn = outline(graph)
  const standIns = new Set(graph.nodes.filter(drawn.needsStandIn).map(({ id }) => id))
  const end = (id: string) => (standIns.has(id) ? standIn(drawn.nameOf(id)) : drawn.nameOf(id))
  const lines = [`flowchart ${graph.direction === 'down' ? 'TB' : 'LR'}`]
  for (const root of drawn.roots) lines.push(...box(root, drawn, '  '))
  for (const edge of drawn.edges) {
    const label = labelOf(edge)
    const arrow = edge.arrow === 'message' ? '-.->' : '-->'
    lines.push(`  ${end(edge.from)} ${arrow}${label.length > 0 ? `|${quoted(label)}|` : ''} ${end(edge.to)}`)
  }
  return lines.join('\n') + '\n'
}

function box(node: GraphNode, drawn: Outline, indent: string): readonly string[] {
  const children = drawn.childrenOf(node)
  const name = drawn.nameOf(node.id)
  const { title, facts } = linesOf(node)
  const text = quoted(facts === '' ? title : [...title, facts])
  // A subgraph without content is not drawn at all, so an empty frame is a box.
  if (children.length === 0) return [`${indent}${name}${shape(silhouetteOf(node), text)}`]
  return [
    `${indent}subgraph ${name} [${text}]`,
    ...(drawn.needsStandIn(node) ? [`${indent}  ${standIn(name)}${shape(silhouetteOf(node), text)}`] : []),
    ...children.flatMap((child) => box(child, drawn, `${indent}  `)),
    `${indent}end`,
  ]
}

function standIn(name: string): string {
  return `self_${name}`
}

function shape(silhouette: Silhouette, text: string): string {
  const [open, close] = SHAPES[silhouette]
  return `${open}${text}${close}`
}

const SHAPES: Readonly<Record<Silhouette, readonly [string, string]>> = {
  box: ['[', ']'],
  soft: ['(', ')'],
  actor: ['([', '])'],
  cylinder: ['[(', ')]'],
  pipe: ['[[', ']]'],
  hexagon: ['{{', '}}'],
  cloud: ['([', '])'],
  bucket: ['[\\', '/]'],
  diamond: ['{', '}'],
}

/** Whatever Mermaid reads as syntax, Markdown, a directive or HTML, even between quotes, is written as a character code. */
function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) => line.replace(/["#&<>`%\\{}[\]|:]/g, (char) => `#${char.codePointAt(0)};`))
  return `"${escaped.join('<br/>') || ' '}"`
}
