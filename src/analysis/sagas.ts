/**
 * Sagas: the steps that carry one name, or that one workflow takes, and which of them certainly comes before which. The order is that of the
 * stated numbers; else that in which a flow names them; else, from component to component, that in which one brings about the next.
 */
import { known, nameOf, number, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Step } from '../model/model.ts'
import type { FlowPaths } from './flows.ts'
import { walk, type Edge, type Graph, type Reach } from './graph.ts'

export interface Saga {
  readonly name: string
  /** In the order of their numbers where they have some, else of the text. */
  readonly steps: readonly Edge[]
  /** Whether the first is certainly over when the second begins. */
  before(a: Edge, b: Edge): boolean
  /** As a message says it: `step 2`, or nothing where it has no number. */
  place(step: Edge): string | undefined
}

/** Verbs by which a saga changes something; a message counts where it has a place among the steps. */
const ACTS: ReadonlySet<string> = new Set(['calls', 'writes', 'triggers'])
const MESSAGES: ReadonlySet<string> = new Set(['publishes', 'delivers'])
/** Steps up to which it is looked who brings about whom; what has more is some other thing that carries a name. */
const MOST = 50

export function sagasOf(model: Model, graph: Graph, flows: readonly FlowPaths[]): readonly Saga[] {
  // A step that may belong to any of them may be what another one misses.
  if (model.relations.some(({ facts }) => saysUnknown(facts, 'saga'))) return []
  const named = new Map<string, Edge[]>()
  const workflows = new Map<string, Edge[]>()
  const find = lookup(model)
  const undoing = new Set(model.relations.flatMap(({ facts }) => nameOf(known(facts, 'compensate')?.value) ?? []))
  for (const edge of graph.edges) {
    if (!isStep(edge) || (edge.relation.label !== undefined && undoing.has(edge.relation.label))) continue
    const saga = nameOf(known(edge.relation.facts, 'saga')?.value)
    if (saga !== undefined && saga !== 'none') add(named, saga, edge)
    else if (find.component(edge.relation.from)?.kind === 'workflow' && ACTS.has(edge.verb.name)) add(workflows, edge.relation.from, edge)
  }
  const order = stepOrder(flows)
  const reach = memo((component: string) => walk([component], (at) => graph.causes(at).filter(({ edge }) => word(edge.relation.facts, 'outcome') !== 'failure')))
  return [
    ...[...named].map(([name, steps]) => sagaOf(name, steps, (edge) => number(edge.relation.facts, 'step'), order, reach)),
    ...[...workflows].flatMap(([id, steps]) => {
      const workflow = find.component(id)!
      // Steps that the workflow does not say of which saga they are, beside some that it does: what they are for is open.
      if ([...named.values()].some((others) => others.some(({ relation }) => relation.from === id))) return []
      const listed = words(workflow.facts, 'steps') ?? []
      const position = ({ relation }: Edge): number | undefined => {
        const at = listed.findIndex((step) => step === relation.label || step === find.component(relation.to)?.name)
        return number(relation.facts, 'step') ?? (at < 0 ? undefined : at + 1)
      }
      return [sagaOf(workflow.name, steps, position, order, reach)]
    }),
  ].filter(({ steps }) => steps.length > 1)
}

function isStep(edge: Edge): boolean {
  const { facts } = edge.relation
  if (word(facts, 'outcome') !== undefined || saysUnknown(facts, 'outcome')) return false
  return ACTS.has(edge.verb.name) || (MESSAGES.has(edge.verb.name) && known(facts, 'step') !== undefined)
}

function sagaOf(name: string, steps: readonly Edge[], position: (edge: Edge) => number | undefined, order: StepOrder, reach: (component: string) => Reach): Saga {
  const numbered = steps.every((step) => position(step) !== undefined)
  const before = (a: Edge, b: Edge): boolean => {
    if (a === b || saysUnknown(a.relation.facts, 'step') || saysUnknown(b.relation.facts, 'step')) return false
    const [first, second] = [position(a), position(b)]
    if (first !== undefined && second !== undefined) return first < second
    if (order.names(a, b)) return order.before(a, b)
    const [from, to] = [a.relation.from, b.relation.from]
    return from !== to && steps.length <= MOST && reach(from).has(to) && !reach(to).has(from)
  }
  return {
    name,
    steps: numbered ? steps.toSorted((a, b) => position(a)! - position(b)!) : steps,
    before,
    place: (step) => (position(step) === undefined ? undefined : `step ${position(step)}`),
  }
}

/** In which order flows do things. */
export interface StepOrder {
  /** Whether one flow names both. */
  names(a: Edge, b: Edge): boolean
  /** Whether in each flow that names both the first is over before the second begins, and there is such a flow. */
  before(a: Edge, b: Edge): boolean
}

/** Where a step stands: the index on each level, and what kind of block each level is. */
interface Position {
  readonly path: readonly number[]
  readonly blocks: readonly string[]
}

export function stepOrder(flows: readonly FlowPaths[]): StepOrder {
  const places = new Map<string, { flow: FlowPaths; first: Position; last: Position }[]>()
  for (const flow of flows) {
    if (!flow.flow) continue
    const visit = (steps: readonly Step[], path: readonly number[], blocks: readonly string[]): void => {
      for (const [index, step] of steps.entries()) {
        if (step.type !== 'relation') {
          visit(step.steps, [...path, index], [...blocks, step.type])
          continue
        }
        const position = { path: [...path, index], blocks }
        for (const relation of step.relations) {
          const list = places.get(relation) ?? []
          if (list.length === 0) places.set(relation, list)
          const own = list.at(-1)
          if (own?.flow === flow) list[list.length - 1] = { ...own, last: position }
          else list.push({ flow, first: position, last: position })
        }
      }
    }
    visit(flow.flow.steps, [], ['sequence'])
  }
  const shared = (a: Edge, b: Edge) =>
    (places.get(a.relation.id) ?? []).flatMap((one) => {
      const other = (places.get(b.relation.id) ?? []).find(({ flow }) => flow === one.flow)
      return other ? [{ flow: one.flow, a: one, b: other }] : []
    })
  return {
    names: (a, b) => shared(a, b).length > 0,
    before: (a, b) => {
      const both = shared(a, b)
      return both.length > 0 && both.every((one) => precedes(one.a.last, one.b.first) && inStep(one.flow, a, b))
    },
  }
}

/** A message’s effects happen when they happen: only what is waited for, or done by the same one, is in step. */
function inStep(flow: FlowPaths, a: Edge, b: Edge): boolean {
  return a.needer === b.needer || (flow.waitsFor(a.relation.id) && flow.waitsFor(b.relation.id))
}

function precedes(a: Position, b: Position): boolean {
  const level = a.path.findIndex((index, at) => index !== b.path[at])
  if (level < 0 || b.path[level] === undefined) return false
  const block = a.blocks[level]
  return block !== 'parallel' && block !== 'any-of' && a.path[level]! < b.path[level]!
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

function memo<V>(compute: (key: string) => V): (key: string) => V {
  const made = new Map<string, V>()
  return (key) => {
    const value = made.get(key) ?? compute(key)
    made.set(key, value)
    return value
  }
}

/** Whether it changes something at the other end: `unknown` for a call that does not say what it does. */
export function changesState({ relation }: Edge): boolean | 'unknown' {
  if (saysUnknown(relation.facts, 'op') || saysUnknown(relation.facts, 'method')) return false
  const op = word(relation.facts, 'op')
  if (op !== undefined) return op !== 'read'
  const method = word(relation.facts, 'method')?.toLowerCase()
  if (method !== undefined) return method !== 'get' && method !== 'head'
  return relation.verb === 'calls' || relation.verb === 'triggers' ? 'unknown' : true
}

/** What it does cannot be taken back: it says so, or it takes money or sends something, and names nothing that undoes it. */
export function isIrreversible({ relation: { facts } }: Edge): boolean {
  if (saysUnknown(facts, 'irreversible') || saysUnknown(facts, 'compensate')) return false
  const said = word(facts, 'irreversible')
  if (said !== undefined) return said === 'yes'
  const undone = known(facts, 'compensate') !== undefined && word(facts, 'compensate') !== 'none'
  return !undone && FINAL.has(word(facts, 'op') ?? '')
}

const FINAL: ReadonlySet<string> = new Set(['charge', 'send'])
