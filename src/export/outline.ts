/** A diagram as nested boxes with names that any other tool's language takes: what the exporters to text share. */
import type { DiagramGraph, GraphEdge, GraphNode } from '../diagram/picture.ts'
import { clean } from '../diagram/text.ts'

export type Silhouette = 'box' | 'soft' | 'actor' | 'cylinder' | 'pipe' | 'hexagon' | 'cloud' | 'bucket' | 'diamond'

export interface Outline {
  readonly roots: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  childrenOf(node: GraphNode): readonly GraphNode[]
  /** Letters, digits and `_` only, beginning with `n_` so that no keyword is hit; different for different nodes. */
  nameOf(id: string): string
  /** The names of what stands around it and its own, outermost first. */
  pathOf(id: string): readonly string[]
  /**
   * Whether an arrow joins it to itself or to what is in it, which other tools cannot draw on a frame: then a node in the frame stands for it.
   */
  needsStandIn(node: GraphNode): boolean
}

export function outline(graph: Pick<DiagramGraph, 'nodes' | 'edges'>): Outline {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const children = new Map<string, GraphNode[]>()
  const roots: GraphNode[] = []
  for (const node of graph.nodes) {
    if (node.parent === undefined || !nodes.has(node.parent)) roots.push(node)
    else children.set(node.parent, [...(children.get(node.parent) ?? []), node])
  }
  const names = distinctNames(graph.nodes)
  const path = (id: string): readonly string[] => {
    const node = nodes.get(id)
    return node ? [...(node.parent === undefined ? [] : path(node.parent)), id] : []
  }
  const standIns = new Set<string>()
  for (const { from, to } of graph.edges) {
    for (const [outer, inner] of [[from, to], [to, from]] as const) {
      if (children.has(outer) && path(inner).includes(outer)) standIns.add(outer)
    }
  }
  return {
    roots,
    edges: graph.edges.filter(({ from, to }) => nodes.has(from) && nodes.has(to)),
    childrenOf: ({ id }) => children.get(id) ?? [],
    nameOf: (id) => names.get(id)!,
    pathOf: (id) => path(id).map((one) => names.get(one)!),
    needsStandIn: ({ id }) => standIns.has(id),
  }
}

/** What is written in a box: its label's lines, then its facts. */
export function linesOf({ title, facts, copies }: GraphNode): { readonly title: readonly string[]; readonly facts: string } {
  const lines = title.map(oneLine).filter((line) => line !== '')
  if (copies) lines.push(`${lines.pop() ?? ''} ${oneLine(copies)}`.trim())
  return { title: lines, facts: oneLine(facts) }
}

export function labelOf({ label }: GraphEdge): readonly string[] {
  return label.map(oneLine).filter((line) => line !== '')
}

/** The same kinds look alike in every tool, as near to our own picture as it has shapes. */
export function silhouetteOf({ kind }: GraphNode): Silhouette {
  return SILHOUETTES[kind] ?? 'box'
}

const SILHOUETTES: Readonly<Record<string, Silhouette>> = {
  client: 'actor',
  dns: 'cloud',
  cdn: 'cloud',
  external: 'cloud',
  'load-balancer': 'hexagon',
  gateway: 'hexagon',
  service: 'soft',
  function: 'soft',
  worker: 'soft',
  'stream-processor': 'soft',
  database: 'cylinder',
  cache: 'cylinder',
  search: 'cylinder',
  shard: 'cylinder',
  replica: 'cylinder',
  queue: 'pipe',
  log: 'pipe',
  topic: 'pipe',
  'object-store': 'bucket',
  coordinator: 'diamond',
}

function oneLine(text: string): string {
  return clean(text).replaceAll('\n', ' ')
}

function distinctNames(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const { id } of nodes) {
    const wanted = `n_${id.replace(/[^A-Za-z0-9]+/g, '_')}`
    let name = wanted
    // D2's keys do not tell upper from lower case.
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${wanted}_${i}`
    taken.add(name.toLowerCase())
    names.set(id, name)
  }
  return names
}
