/** A diagram → Graphviz DOT: frames are clusters, messages are dashed. */
import type { GraphNode, PlacedGraph } from '../diagram/picture.ts'
import { labelOf, linesOf, outline, silhouetteOf, type Outline, type Silhouette } from './outline.ts'

export function dot(graph: PlacedGraph): string {
  const drawn = outline(graph)
  const frames = new Map(graph.nodes.filter((node) => drawn.childrenOf(node).length > 0).map((node) => [node.id, node]))
  const lines = [
    'digraph lintel {',
    `  graph [rankdir=${graph.direction === 'down' ? 'TB' : 'LR'}, compound=true, fontname="Helvetica"]`,
    '  node [shape=box, fontname="Helvetica"]',
    '  edge [fontname="Helvetica", fontsize=11]',
  ]
  for (const root of drawn.roots) lines.push(...box(root, drawn, '  '))
  for (const edge of drawn.edges) {
    const label = labelOf(edge)
    // An arrow ends at a node; `lhead` and `ltail` cut it off at the frame around that.
    const isCut = (id: string) => frames.has(id) && !drawn.needsStandIn(frames.get(id)!)
    const attributes = [
      ...(label.length > 0 ? [`label=${quoted(label)}`] : []),
      ...(edge.arrow === 'message' ? ['style=dashed'] : []),
      ...(isCut(edge.from) ? [`ltail=cluster_${drawn.nameOf(edge.from)}`] : []),
      ...(isCut(edge.to) ? [`lhead=cluster_${drawn.nameOf(edge.to)}`] : []),
    ]
    lines.push(`  ${drawn.nameOf(edge.from)} -> ${drawn.nameOf(edge.to)}${attributes.length > 0 ? ` [${attributes.join(', ')}]` : ''}`)
  }
  return [...lines, '}'].join('\n') + '\n'
}

function box(node: GraphNode, drawn: Outline, indent: string): readonly string[] {
  const children = drawn.childrenOf(node)
  const name = drawn.nameOf(node.id)
  const { title, facts } = linesOf(node)
  const text = quoted(facts === '' ? title : [...title, facts])
  const leaf = `${name} [label=${text}, ${SHAPES[silhouetteOf(node)]}]`
  if (children.length === 0) return [`${indent}${leaf}`]
  const joined = drawn.edges.some(({ from, to }) => from === node.id || to === node.id)
  const anchor = drawn.needsStandIn(node) ? [leaf] : joined ? [`${name} [shape=point, style=invis, width=0, height=0, label=""]`] : []
  return [
    `${indent}subgraph cluster_${name} {`,
    `${indent}  label=${text}`,
    ...anchor.map((line) => `${indent}  ${line}`),
    ...children.flatMap((child) => box(child, drawn, `${indent}  `)),
    `${indent}}`,
  ]
}

const SHAPES: Readonly<Record<Silhouette, string>> = {
  box: 'shape=box',
  soft: 'shape=box, style=rounded',
  actor: 'shape=oval',
  cylinder: 'shape=cylinder',
  pipe: 'shape=cds',
  hexagon: 'shape=hexagon',
  cloud: 'shape=octagon',
  bucket: 'shape=folder',
  diamond: 'shape=diamond',
}

/** Graphviz reads backslashes and HTML's entities in a label. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;')).join('\\n')}"`
}
