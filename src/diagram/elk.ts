/**
 * One part in ELK's words and back: the only place that knows ELK's options, since it accepts misspelt ones in silence. Everything here runs
 * left to right; a picture that runs down is the same thing with its axes swapped, before and after.
 */
import type { ElkExtendedEdge, ElkNode, ElkPort, LayoutOptions } from 'elkjs/lib/elk-api.js'
import type { Point } from './picture.ts'

/** A part with all that decides where things go, and nothing else: names have no say, so equal input gives equal places. */
export interface PartInput {
  /** Outer ones before what is in them. */
  readonly nodes: readonly InputNode[]
  readonly pieces: readonly InputPiece[]
  /** Pairs of nodes of which the second goes a layer further on, though nothing runs between them. */
  readonly hints: readonly (readonly [number, number])[]
  /** From the part's border to its content. */
  readonly padding: Padding
  /** It is at least this large. */
  readonly least: { readonly width: number; readonly height: number }
}

export interface InputNode {
  /** Index of the node around it in `nodes`; -1 at the top. */
  readonly parent: number
  /** Of a leaf. A node with content gets at least these. */
  readonly width: number
  readonly height: number
  /** Present where it has content here. */
  readonly padding?: Padding
  /** Room kept free below it for its loops. */
  readonly loops?: { readonly width: number; readonly height: number }
}

export interface Padding {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

export interface InputPiece {
  /** Index in `nodes`, or -1 for the part's border: its left one as a source, its right one as a target. */
  readonly source: number
  readonly target: number
  /** Where on a box's border it has to begin or end, from the box's top left. */
  readonly sourceAt?: Point
  readonly targetAt?: Point
  readonly label?: { readonly width: number; readonly height: number }
  /** What each px of it costs, where lines compete to be short and straight. */
  readonly weight: number
  /** Its arrow's head is at its source. */
  readonly against: boolean
}

/** Coordinates are relative to the part's top left. */
export interface PartOutput {
  readonly width: number
  readonly height: number
  readonly nodes: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[]
  readonly pieces: readonly { readonly route: readonly Point[]; readonly labelAt?: Point }[]
}

/** What to try, best first: ELK throws on some graphs, and its better half is what throws. */
export type Profile = 'full' | 'plain' | 'poor'

/** Without labels, ELK takes half the time. */
export function toElk(input: PartInput, profile: Profile, labels: 'with labels' | 'without labels'): ElkNode {
  const { nodes, pieces, padding } = input
  const inner = new Map<number, number[]>()
  nodes.forEach(({ parent }, i) => {
    const siblings = inner.get(parent)
    if (siblings) siblings.push(i)
    else inner.set(parent, [i])
  })
  const ports = new Map<number, ElkPort[]>()
  const end = (node: number, at: Point | undefined, port: string): string => {
    if (node === -1) return port
    if (at === undefined) return `n${node}`
    const list = ports.get(node) ?? []
    ports.set(node, list)
    list.push({ id: port, x: at.x, y: at.y, width: 0, height: 0, layoutOptions: { 'elk.port.side': at.x <= 0 ? 'WEST' : 'EAST' } })
    return port
  }
  const edges = pieces.map(({ source, target, sourceAt, targetAt, label }, i): ElkExtendedEdge => ({
    id: `e${i}`,
    sources: [end(source, sourceAt, `s${i}`)],
    targets: [end(target, targetAt, `t${i}`)],
    ...(label && labels === 'with labels' ? { labels: [{ id: `l${i}`, text: '-', ...label, layoutOptions: LABEL }] } : {}),
  }))
  const convert = (i: number): ElkNode => {
    const { width, height, padding: inside, loops } = nodes[i]!
    const children = inner.get(i)
    if (children !== undefined && inside !== undefined) {
      return {
        id: `n${i}`,
        children: children.map(convert),
        layoutOptions: { ...SPACING, 'elk.padding': css(inside), 'elk.nodeSize.constraints': 'MINIMUM_SIZE', 'elk.nodeSize.minimum': `(${width},${height})` },
      }
    }
    return {
      id: `n${i}`,
      width,
      height,
      ...(ports.has(i) ? { ports: ports.get(i)!, layoutOptions: { 'elk.portConstraints': 'FIXED_POS' } } : {}),
      ...(loops ? { labels: [{ id: `o${i}`, text: '-', width: loops.width, height: loops.height, layoutOptions: { 'elk.nodeLabels.placement': '[OUTSIDE, V_BOTTOM, H_CENTER]' } }] } : {}),
    }
  }
  const entering = pieces.flatMap(({ source }, i) => (source === -1 ? [borderPort(`s${i}`, 'FIRST_SEPARATE')] : []))
  const leaving = pieces.flatMap(({ target }, i) => (target === -1 ? [borderPort(`t${i}`, 'LAST_SEPARATE')] : []))
  return {
    id: 'root',
    layoutOptions: {
      ...BASE,
      ...PROFILES[profile](nodes.length),
      // The layer of stand-ins is room, too; tidy.ts lengthens their pieces to the border.
      'elk.padding': css({
        ...padding,
        left: entering.length > 0 ? Math.max(0, padding.left - BETWEEN_LAYERS) : padding.left,
        right: leaving.length > 0 ? Math.max(0, padding.right - BETWEEN_LAYERS) : padding.right,
      }),
    },
    children: [...entering, ...(inner.get(-1) ?? []).map(convert), ...leaving],
    edges: [...edges, ...input.hints.map(([from, to], i) => ({ id: `h${i}`, sources: [`n${from}`], targets: [`n${to}`] }))],
  }
}

/**
 * A stand-in for a place at the part's border. Real ports at the border would do, too, but ELK's model order throws on them. Between two of
 * them less room is needed than between nodes.
 */
function borderPort(id: string, layer: 'FIRST_SEPARATE' | 'LAST_SEPARATE'): ElkNode {
  return { id, width: 0, height: 2, layoutOptions: { 'elk.layered.layering.layerConstraint': layer, 'elk.spacing.individual': 'org.eclipse.elk.spacing.nodeNode:14' } }
}

export function fromElk(input: PartInput, placed: ElkNode): PartOutput {
  const nodes: { x: number; y: number; width: number; height: number }[] = []
  const collect = (node: ElkNode): void => {
    for (const child of node.children ?? []) {
      if (child.id.startsWith('n')) nodes[Number(child.id.slice(1))] = { x: child.x ?? 0, y: child.y ?? 0, width: child.width ?? 0, height: child.height ?? 0 }
      collect(child)
    }
  }
  collect(placed)
  const pieces = input.pieces.map((_, i) => {
    const edge = placed.edges![i]!
    const section = edge.sections?.[0]
    if (section === undefined) throw new Error(`ELK left ${edge.id} without a route`)
    const route = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({ x, y }))
    const text = edge.labels?.[0]
    return text ? { route, labelAt: { x: text.x ?? 0, y: text.y ?? 0 } } : { route }
  })
  return { width: placed.width ?? 0, height: placed.height ?? 0, nodes, pieces }
}

function css({ top, left, bottom, right }: Padding): string {
  return `[top=${top},left=${left},bottom=${bottom},right=${right}]`
}

const LABEL: LayoutOptions = { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' }

const BETWEEN_LAYERS = 40

/** ELK does not hand these down: each node with content says them again. */
const SPACING: LayoutOptions = {
  'elk.spacing.nodeNode': '32',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(BETWEEN_LAYERS),
  'elk.spacing.edgeNode': '20',
  'elk.layered.spacing.edgeNodeBetweenLayers': '20',
  'elk.spacing.edgeEdge': '16',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
  'elk.spacing.edgeLabel': '0',
  'elk.spacing.labelNode': '0',
  'elk.spacing.componentComponent': '32',
}

const BASE: LayoutOptions = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  ...SPACING,
}

/** Fast where many are to be untangled at once, and nearly as good. */
const LARGE: LayoutOptions = { 'elk.layered.thoroughness': '1', 'elk.layered.crossingMinimization.greedySwitch.type': 'OFF' }

const PROFILES: Readonly<Record<Profile, (size: number) => LayoutOptions>> = {
  full: (size) => ({
    'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
    ...(size > 150 ? LARGE : { 'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES', 'elk.layered.thoroughness': size > 60 ? '3' : '7' }),
  }),
  plain: () => ({ 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF', 'elk.layered.thoroughness': '3' }),
  poor: () => ({ 'elk.layered.nodePlacement.strategy': 'SIMPLE', ...LARGE }),
}
