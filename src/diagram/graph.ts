/** Model and view → what is drawn, measured: the first stage of a picture. */
import type { Component, Container, Flow, Model, Relation, Step, View } from '../model/model.ts'
import type { Target } from '../model/value.ts'
import { flag, known, references } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { hash } from './hash.ts'
import { measureLabel, measureNode } from './measure.ts'
import { componentFacts, containerFacts, copies, partFacts, relationText, technologyLabel } from './words.ts'
import type { DiagramGraph, Direction, GraphEdge, GraphNode, NodeContent } from './picture.ts'

export interface GraphOptions {
  /** Title (or id) of one of the model's views; the whole design where unset or unknown. */
  readonly view?: string
  /** Title (or id) of one of the model's flows: only its relations, their components and what stands around those. Narrows the view further. */
  readonly flow?: string
  /** Ids of containers and components drawn as one node that stands for what is in them, besides those that the view collapses. */
  readonly collapsed?: readonly string[]
  /** Wins over the view's. */
  readonly direction?: Direction
}

export function toGraph(model: Model, options: GraphOptions): DiagramGraph {
  const view = options.view === undefined ? undefined : model.views.find(({ title, id }) => title === options.view || id === options.view)
  const flow = options.flow === undefined ? undefined : model.flows.find(({ title, id }) => title === options.flow || id === options.flow)
  const scope = makeScope(model, view, flow, options.collapsed ?? [])
  const nodes = drawnNodes(model, scope)
  const edges = drawnEdges(model, scope)
  const direction = options.direction ?? view?.direction
  return { direction, nodes, edges, structure: structureOf(direction, nodes, edges) }
}

interface Scope {
  /** Whether it has a node of its own. */
  shows(id: string): boolean
  /** The node that stands for a component: itself, or the outermost collapsed thing around it. Undefined where nothing is drawn for it. */
  standIn(id: string): string | undefined
  isCollapsed(id: string): boolean
  /** Whether nodes are drawn in it. */
  holds(id: string): boolean
  /** Whether a relation between drawn components is drawn. */
  joins(relation: string): boolean
}

function makeScope(model: Model, view: View | undefined, flow: Flow | undefined, alsoCollapsed: readonly string[]): Scope {
  const find = lookup(model)
  const around = (id: string): readonly string[] => find.ancestors(id).map((ancestor) => ancestor.id)
  const collapsed = new Set([...alsoCollapsed, ...(view?.collapse ?? []).flatMap((target) => placesOf(model, target))])
  const included = view && view.include.length > 0 ? within(model, view.include) : undefined
  const excluded = within(model, view?.exclude ?? [])
  const steps = flow && new Set(relationsOf(flow.steps))
  const touched = flow && new Set(componentsOf(model, flow))

  // A component is drawn if the view has it; what stands around a drawn component is drawn with it.
  const wanted = new Set<string>()
  for (const { id } of model.components) {
    if (excluded.has(id) || (included && !included.has(id)) || (touched && !touched.has(id))) continue
    for (const one of [id, ...around(id)]) wanted.add(one)
  }
  // An empty container is drawn too, unless the picture is narrowed: the person just typed it.
  if (!included && !touched) {
    for (const { id } of model.containers) {
      if (!excluded.has(id) && !around(id).some((outer) => excluded.has(outer))) wanted.add(id)
    }
  }

  const outermostCollapsed = new Map<string, string>()
  for (const { id } of [...model.containers, ...model.components]) {
    const outer = [id, ...around(id)].findLast((one) => collapsed.has(one))
    if (outer !== undefined) outermostCollapsed.set(id, outer)
  }
  const shows = (id: string) => wanted.has(id) && (outermostCollapsed.get(id) ?? id) === id
  const holding = new Set<string>()
  for (const child of [...model.containers, ...model.components]) {
    if (child.parent !== undefined && shows(child.id) && shows(child.parent)) holding.add(child.parent)
  }
  for (const { id, parts } of model.components) {
    if (parts.length > 0 && shows(id) && !collapsed.has(id)) holding.add(id)
  }
  return {
    shows,
    standIn: (id) => (wanted.has(id) ? (outermostCollapsed.get(id) ?? id) : undefined),
    isCollapsed: (id) => collapsed.has(id),
    holds: (id) => holding.has(id),
    joins: (relation) => !steps || steps.has(relation),
  }
}

/** Ids of the components (and of the containers and components around whole groups of them) that the targets mean. */
function within(model: Model, targets: readonly Target[]): ReadonlySet<string> {
  const found = new Set(targets.flatMap((target) => placesOf(model, target)))
  const find = lookup(model)
  for (const { id } of [...model.containers, ...model.components]) {
    if (find.ancestors(id).some((ancestor) => found.has(ancestor.id))) found.add(id)
  }
  return found
}

/** Where a target is in the picture: itself, the stores of data, the components of a flow. */
function placesOf(model: Model, target: Target): readonly string[] {
  const find = lookup(model)
  switch (target.kind) {
    case 'component':
    case 'container':
      return [target.id]
    case 'part':
      return [find.part(target.id)?.parent ?? target.id]
    case 'data':
      return model.components.filter(({ facts }) => references(facts, 'stores').some(({ id }) => id === target.id)).map(({ id }) => id)
    case 'flow':
      return componentsOf(model, find.flow(target.id))
    default:
      return []
  }
}

function componentsOf(model: Model, flow: Flow | undefined): readonly string[] {
  const find = lookup(model)
  return relationsOf(flow?.steps ?? []).flatMap((id) => {
    const relation = find.relation(id)
    return relation ? [relation.from, relation.to] : []
  })
}

function relationsOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => (step.type === 'relation' ? step.relations : relationsOf(step.steps)))
}

/** Containers and components in the order of the text, each behind what it stands in, then the parts of stores. */
function drawnNodes(model: Model, scope: Scope): readonly GraphNode[] {
  const find = lookup(model)
  const nodes: GraphNode[] = []
  const push = (content: NodeContent) => {
    const { label, holds, ...rest } = content
    nodes.push({ ...rest, ...measureNode(content) })
  }
  const walk = (declared: Container | Component): void => {
    if (!scope.shows(declared.id)) return
    const content = 'parts' in declared ? componentContent(declared, scope) : containerContent(declared, scope)
    push(content)
    if (!content.holds) return
    if ('parts' in declared) for (const part of declared.parts) push(partContent(part, declared))
    inTextOrder(find.childrenOf(declared.id)).forEach(walk)
  }
  inTextOrder([...model.containers, ...model.components].filter(({ parent }) => parent === undefined)).forEach(walk)
  return nodes
}

/** Text order decides between equals in the layout, so a picture reads in the order in which its author thinks. */
function inTextOrder<T extends Container | Component>(declared: readonly T[]): readonly T[] {
  return [...declared].sort((a, b) => {
    const [from, to] = [a.extent.range.start, b.extent.range.start]
    return a.extent.file === b.extent.file ? from.line - to.line || from.character - to.character : 0
  })
}

function componentContent(component: Component, scope: Scope): NodeContent {
  return {
    id: component.id,
    parent: component.parent,
    type: 'component',
    kind: component.kind,
    family: vocabulary.kind(component.kind)?.family,
    label: component.label ?? component.name,
    facts: componentFacts(component),
    technology: component.technology?.base ?? component.technology?.name,
    technologyLabel: technologyLabel(component),
    copies: copies(component),
    truthOf: isView(component) ? [] : references(component.facts, 'stores').map(({ id }) => id),
    holds: scope.holds(component.id),
    ...(scope.isCollapsed(component.id) ? { collapsed: true } : {}),
  }
}

/** What says from where it can be made again holds a view of the truth, not the truth. */
function isView({ facts }: Component): boolean {
  return known(facts, 'rebuild-from') !== undefined || flag(facts, 'derived') === true
}

function containerContent(container: Container, scope: Scope): NodeContent {
  return {
    id: container.id,
    parent: container.parent,
    type: 'container',
    kind: container.kind,
    label: container.label ?? container.name,
    facts: containerFacts(container),
    truthOf: [],
    holds: scope.holds(container.id),
    ...(scope.isCollapsed(container.id) ? { collapsed: true } : {}),
  }
}

/** A replica inside a shard is drawn in its shard. */
function partContent(part: Component['parts'][number], component: Component): NodeContent {
  return {
    id: part.id,
    parent: part.parent,
    type: 'part',
    kind: part.kind,
    family: vocabulary.kind(component.kind)?.family,
    label: part.label ?? part.name,
    facts: partFacts(part),
    truthOf: [],
    holds: component.parts.some(({ parent }) => parent === part.id),
  }
}

/** Relations with the same ends and the same arrow share a line; what happens inside a collapsed node is not drawn. */
function drawnEdges(model: Model, scope: Scope): readonly GraphEdge[] {
  const lines = new Map<string, { from: string; to: string; arrow: Relation['arrow']; relations: Relation[] }>()
  for (const relation of model.relations) {
    if (!scope.joins(relation.id)) continue
    const from = scope.standIn(relation.from)
    const to = scope.standIn(relation.to)
    if (from === undefined || to === undefined || (from === to && relation.from !== relation.to)) continue
    const key = JSON.stringify([from, to, relation.arrow])
    const line = lines.get(key)
    if (line) line.relations.push(relation)
    else lines.set(key, { from, to, arrow: relation.arrow, relations: [relation] })
  }
  return [...lines.values()].map(({ from, to, arrow, relations }) => {
    const { lines: label, width, height } = measureLabel(joinTexts(relations.map(relationText)))
    return { id: relations[0]!.id, relations: relations.map(({ id }) => id), from, to, arrow, label, labelWidth: width, labelHeight: height }
  })
}

/** `reads, writes`; of many the first two and how many more. */
function joinTexts(texts: readonly string[]): string {
  const distinct = [...new Set(texts.filter((text) => text !== ''))]
  return distinct.length <= 3 ? distinct.join(', ') : `${distinct.slice(0, 2).join(', ')} + ${distinct.length - 2} more`
}

/** Ends and parents by their place in the order, not by id: a rename whose words fit keeps the structure. */
function structureOf(direction: DiagramGraph['direction'], nodes: readonly GraphNode[], edges: readonly GraphEdge[]): string {
  const place = new Map(nodes.map(({ id }, index) => [id, index]))
  return hash(
    JSON.stringify([
      direction ?? '',
      nodes.map((node) => [place.get(node.parent ?? '') ?? -1, node.type, node.kind, node.width, node.height, node.head]),
      edges.map((edge) => [place.get(edge.from), place.get(edge.to), edge.arrow, edge.labelWidth, edge.labelHeight]),
    ]),
  )
}
