/** One full elkjs pass over a picture's graph, as a tool that calls it once would do it: what our own composition is measured against. */
import type { ELK, ElkNode } from 'elkjs/lib/elk-api.js'
import Elk from 'elkjs/lib/elk.bundled.js'
import type { DiagramGraph, GraphNode } from '../../src/diagram/picture.ts'

// Its type says a module, what it exports at run time is the class.
const elk = new (Elk as unknown as new () => ELK)()

const ROOT = {
  'elk.algorithm': 'layered',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.layered.thoroughness': '7',
  'elk.spacing.nodeNode': '40',
  'elk.layered.spacing.nodeNodeBetweenLayers': '60',
  'elk.spacing.edgeNode': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '24',
  'elk.spacing.edgeEdge': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '16',
  'elk.spacing.edgeLabel': '4',
}

export async function rawElk(graph: DiagramGraph): Promise<ElkNode> {
  const children = new Map<string | undefined, GraphNode[]>()
  for (const node of graph.nodes) children.set(node.parent, [...(children.get(node.parent) ?? []), node])
  const convert = (node: GraphNode): ElkNode => {
    const inner = children.get(node.id)
    if (!inner) return { id: node.id, width: node.width, height: node.height }
    return { id: node.id, children: inner.map(convert), layoutOptions: { 'elk.padding': '[top=40,left=20,bottom=20,right=20]' } }
  }
  return elk.layout({
    id: 'root',
    layoutOptions: { ...ROOT, 'elk.direction': graph.direction === 'down' ? 'DOWN' : 'RIGHT' },
    children: (children.get(undefined) ?? []).map(convert),
    edges: graph.edges.map((edge) => ({
      id: edge.id,
      sources: [edge.from],
      targets: [edge.to],
      labels: edge.label.length > 0 ? [{ text: edge.label.join(' '), width: edge.labelWidth, height: edge.labelHeight, layoutOptions: { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' } }] : [],
    })),
  })
}
