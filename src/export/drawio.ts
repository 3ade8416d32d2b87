/** A placed diagram → draw.io's mxGraph XML, everything where our own picture has it. */
import type { GraphEdge, PlacedEdge, PlacedGraph, PlacedNode, Point } from '../diagram/picture.ts'
import { escapeXml, px } from '../diagram/text.ts'
import { labelOf, linesOf, silhouetteOf, type Silhouette } from './outline.ts'

export function drawio(graph: PlacedGraph, title: string): string {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const holding = new Set(graph.nodes.map(({ parent }) => parent))
  return [
    '<mxfile host="lintel">',
    `<diagram id="design" name="${escapeXml(title)}">`,
    `<mxGraphModel grid="0" page="0" pageWidth="${px(graph.width)}" pageHeight="${px(graph.height)}">`,
    '<root>',
    '<mxCell id="0"/>',
    '<mxCell id="1" parent="0"/>',
    ...graph.nodes.map((node) => box(node, nodes, holding.has(node.id))),
    ...graph.edges.map((edge) => line(edge, nodes)),
    '</root>',
    '</mxGraphModel>',
    '</diagram>',
    '</mxfile>\n',
  ].join('\n')
}

/** Coordinates in draw.io are relative to what a cell stands in. */
function box(node: PlacedNode, nodes: ReadonlyMap<string, PlacedNode>, holds: boolean): string {
  const outer = node.parent === undefined ? undefined : nodes.get(node.parent)
  const { title, facts } = linesOf(node)
  const text = `<b>${html(title)}</b>${facts === '' ? '' : `<br>${html([facts])}`}`
  const style = holds || (node.type === 'container' && !node.collapsed) ? FRAME : `${SHAPES[silhouetteOf(node)]}${LEAF}`
  const at = `x="${px(node.x - (outer?.x ?? 0))}" y="${px(node.y - (outer?.y ?? 0))}" width="${px(node.width)}" height="${px(node.height)}"`
  return (
    `<mxCell id="${cellId(node.id)}" value="${escapeXml(text)}" style="${style}" vertex="1" parent="${outer ? cellId(outer.id) : '1'}">` +
    `<mxGeometry ${at} as="geometry"/></mxCell>`
  )
}

const FRAME = 'html=1;whiteSpace=wrap;container=1;collapsible=0;fillColor=none;align=left;verticalAlign=top;spacingLeft=8;rounded=1;arcSize=2;'
const LEAF = 'html=1;whiteSpace=wrap;'
const SHAPES: Readonly<Record<Silhouette, string>> = {
  box: '',
  soft: 'rounded=1;',
  actor: 'rounded=1;arcSize=50;',
  cylinder: 'shape=cylinder3;boundedLbl=1;backgroundOutline=1;size=8;',
  pipe: 'shape=cylinder3;direction=south;boundedLbl=1;backgroundOutline=1;size=8;horizontal=1;',
  hexagon: 'shape=hexagon;perimeter=hexagonPerimeter2;fixedSize=1;size=14;',
  cloud: 'rounded=1;dashed=1;',
  bucket: 'shape=trapezoid;perimeter=trapezoidPerimeter;flipV=1;fixedSize=1;size=8;',
  diamond: 'shape=hexagon;perimeter=hexagonPerimeter2;fixedSize=1;size=20;',
}

/** Both ends are pinned where the route meets the boxes, its corners are the way between. */
function line(edge: PlacedEdge, nodes: ReadonlyMap<string, PlacedNode>): string {
  const [from, to] = [nodes.get(edge.from)!, nodes.get(edge.to)!]
  const pins = [...pin('exit', from, edge.route.at(0)), ...pin('entry', to, edge.route.at(-1))].join('')
  const style = `edgeStyle=orthogonalEdgeStyle;rounded=1;html=1;labelBackgroundColor=default;endArrow=block;endFill=1;${edge.arrow === 'message' ? 'dashed=1;' : ''}${pins}`
  const corners = edge.route.slice(1, -1).map(({ x, y }) => `<mxPoint x="${px(x)}" y="${px(y)}"/>`)
  return (
    `<mxCell id="${edgeId(edge)}" value="${escapeXml(html(labelOf(edge)))}" style="${style}" edge="1" parent="1" source="${cellId(edge.from)}" target="${cellId(edge.to)}">` +
    `<mxGeometry relative="1" as="geometry">${corners.length > 0 ? `<Array as="points">${corners.join('')}</Array>` : ''}</mxGeometry></mxCell>`
  )
}

function pin(end: 'exit' | 'entry', node: PlacedNode, point: Point | undefined): readonly string[] {
  if (!point) return []
  const share = (value: number) => String(Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000)
  return [`${end}X=${share((point.x - node.x) / node.width)};${end}Y=${share((point.y - node.y) / node.height)};${end}Dx=0;${end}Dy=0;${end}Perimeter=0;`]
}

/** A label is HTML inside an attribute: escaped here for the one, by the caller for the other. */
function html(lines: readonly string[]): string {
  return lines.map(escapeXml).join('<br>')
}

function cellId(id: string): string {
  return escapeXml(`n-${id}`)
}

function edgeId({ id }: GraphEdge): string {
  return escapeXml(`e-${id}`)
}
