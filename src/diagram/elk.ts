/** Our graph in ELK's words and back. The one place that knows ELK's options: it accepts misspelt ones in silence. */
import type { ElkExtendedEdge, ElkNode, LayoutOptions } from 'elkjs/lib/elk-api.js'
import type { DiagramGraph, Direction, GraphNode, Point } from './picture.ts'

/** Where everything is, by the index of the node or edge in its graph. Coordinates are absolute. */
export interface Geometry {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Box[]
  readonly edges: readonly { readonly route: readonly Point[]; readonly labelAt?: Point }[]
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export type Profile = 'full' | 'plain' | 'poor'

/** From a container's border to what is in it. */
export const PADDING = 20

const MARGIN = 16

/** Local names (`n3`, `e7`) instead of ids: names have no say in a layout, and equal structures give equal input. */
export function toElk(graph: DiagramGraph, direction: Direction, profile: Profile): ElkNode {
  const index = new Map(graph.nodes.map(({ id }, i) => [id, i]))
  const children = new Map<number, number[]>()
  graph.nodes.forEach(({ parent }, i) => {
    const outer = (parent === undefined ? undefined : index.get(parent)) ?? -1
    children.set(outer, [...(children.get(outer) ?? []), i])
  })
  const degree = graph.nodes.map(() => 0)
  for (const { from, to } of graph.edges) {
    degree[index.get(from)!]!++
    degree[index.get(to)!]!++
  }
  const convert = (i: number): ElkNode => {
    const node = graph.nodes[i]!
    const inner = children.get(i)
    if (inner === undefined) return { id: `n${i}`, ...sizeFor(node, degree[i]!, direction) }
    return {
      id: `n${i}`,
      children: inner.map(convert),
      layoutOptions: {
        'elk.padding': `[top=${node.head},left=${PADDING},bottom=${PADDING},right=${PADDING}]`,
        'elk.nodeSize.constraints': 'MINIMUM_SIZE',
        'elk.nodeSize.minimum': `(${node.width},${node.height})`,
      },
    }
  }
  return {
    id: 'root',
    layoutOptions: optionsFor(direction, profile),
    children: (children.get(-1) ?? []).map(convert),
    edges: graph.edges.map(({ from, to, label, labelWidth, labelHeight }, i) => ({
      id: `e${i}`,
      sources: [`n${index.get(from)}`],
      targets: [`n${index.get(to)}`],
      ...(label.length > 0 ? { labels: [{ id: `l${i}`, text: '-', width: labelWidth, height: labelHeight, layoutOptions: LABEL_OPTIONS }] } : {}),
    })),
  }
}

/** A node with many edges is long enough for all of their ends. */
function sizeFor(node: GraphNode, degree: number, direction: Direction): { width: number; height: number } {
  const ends = 24 + 12 * Math.max(0, degree - 1)
  return direction === 'right'
    ? { width: node.width, height: Math.max(node.height, ends) }
    : { width: Math.max(node.width, ends), height: node.height }
}

export function fromElk(graph: DiagramGraph, placed: ElkNode): Geometry {
  const nodes: Box[] = []
  const collect = (node: ElkNode): void => {
    for (const child of node.children ?? []) {
      nodes[Number(child.id.slice(1))] = { x: child.x ?? 0, y: child.y ?? 0, width: child.width ?? 0, height: child.height ?? 0 }
      collect(child)
    }
  }
  collect(placed)
  const edges = graph.edges.map((_, i) => readEdge(placed.edges![i]!))
  return { width: placed.width ?? 0, height: placed.height ?? 0, nodes, edges }
}

function readEdge(edge: ElkExtendedEdge): { route: Point[]; labelAt?: Point } {
  const section = edge.sections?.[0]
  const label = edge.labels?.[0]
  if (section === undefined) throw new Error(`ELK left edge ${edge.id} without a route`)
  const route = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ x, y }))
  return label === undefined ? { route } : { route, labelAt: { x: label.x ?? 0, y: label.y ?? 0 } }
}

const LABEL_OPTIONS: LayoutOptions = { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' }

const BASE: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': `[top=${MARGIN},left=${MARGIN},bottom=${MARGIN},right=${MARGIN}]`,
  'elk.spacing.nodeNode': '32',
  'elk.layered.spacing.nodeNodeBetweenLayers': '40',
  'elk.spacing.edgeNode': '20',
  'elk.layered.spacing.edgeNodeBetweenLayers': '24',
  'elk.spacing.edgeEdge': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '16',
  'elk.spacing.edgeLabel': '0',
  'elk.spacing.componentComponent': '40',
}

const PROFILES: Readonly<Record<Profile, LayoutOptions>> = {
  full: {
    'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
    'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
    'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
    'elk.layered.nodePlacement.favorStraightEdges': 'true',
    'elk.layered.thoroughness': '7',
  },
  /** Without what is new in ELK and what throws on some graphs. */
  plain: { 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.thoroughness': '3' },
  poor: { 'elk.layered.nodePlacement.strategy': 'SIMPLE', 'elk.layered.thoroughness': '1', 'elk.layered.crossingMinimization.greedySwitch.type': 'OFF' },
}

function optionsFor(direction: Direction, profile: Profile): LayoutOptions {
  return { ...BASE, ...PROFILES[profile], 'elk.direction': direction === 'right' ? 'RIGHT' : 'DOWN' }
}
