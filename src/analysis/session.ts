/**
 * What is promised to the one who wrote (session guarantees): which reads of a flow must show the reader's own writes or never go back in
 * time, and which writes of the same people came before.
 */
import { known, list, nameOf as valueName, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { certainlyOn, dataWithheld, type Carried } from './carried.ts'
import { momentsOf, type FlowPaths } from './flows.ts'
import type { Edge } from './graph.ts'
import type { Intents } from './intent.ts'

export interface SessionDemand {
  /** As a message says it: `` `Profile` requires read-your-writes ``; empty where nothing is known about the data. */
  readonly because: string
  readonly facts: readonly Fact[]
  /** Stated; implied by the class of the data; or nothing is known about the data. */
  readonly from: 'statement' | 'class' | 'nowhere'
  readonly ownWrites: boolean
  readonly monotonic: boolean
}

/** A write of the same people: earlier in the flow, in a flow that comes before it, or at some time. */
export interface SessionWrite {
  readonly write: Relation
  readonly in: FlowPaths
  readonly order: 'within' | 'before' | 'some day'
}

interface Context {
  readonly flows: readonly FlowPaths[]
  readonly carried: Carried
  readonly intents: Intents
}

/** Nearest first: the read, the store, its data, the flow; then what the class of the data promises. Unset where staleness is put up with. */
export function sessionDemandOn(model: Model, { carried, intents }: Context, flow: FlowPaths, read: Relation): SessionDemand | undefined {
  const find = lookup(model)
  const near = intents.at({ relation: read.id, component: read.to, data: [] }, 'staleness')
  if (near.withheld || near.stance === 'tolerates') return undefined
  const data = certainlyOn(carried, read).flatMap((id) => find.data(id) ?? [])
  const store = find.component(read.to)
  // A level on the read or the store is what it offers, not what is asked of it.
  const stated =
    required(`\`${find.component(read.from)?.name} → ${store?.name}\``, read.facts) ??
    (store && required(`\`${store.name}\``, store.facts)) ??
    data.map(({ name, facts }) => required(`\`${name}\``, facts) ?? leveled(`\`${name}\``, facts)).find((each) => each !== undefined) ??
    (flow.flow && (required(flow.name, flow.flow.facts) ?? leveled(flow.name, flow.flow.facts)))
  if (stated) return stated
  const intent = intents.at({ data: data.map(({ id }) => id), ...(flow.flow && { flow: flow.id }) }, 'staleness')
  if (intent.withheld || intent.stance === 'tolerates' || data.some(({ facts }) => saysUnknown(facts, 'class'))) return undefined
  const promising = data.find(({ id }) => PROMISING.has(intents.classOf(id) ?? ''))
  if (promising) {
    return { because: `\`${promising.name}\` has class ${intents.classOf(promising.id)}`, facts: [known(promising.facts, 'class')!.fact], from: 'class', ownWrites: true, monotonic: false }
  }
  return data.every(({ id }) => intents.classOf(id) === undefined) ? { because: '', facts: [], from: 'nowhere', ownWrites: true, monotonic: false } : undefined
}

/** Classes whose owner sees what they wrote (CONVENTIONS 0.2). Settings have a bound instead. */
const PROMISING: ReadonlySet<string> = new Set(['user-content', 'message', 'file', 'money', 'inventory', 'entitlement', 'identity', 'order'])

function required(who: string, facts: Facts): SessionDemand | undefined {
  if (!list(facts, 'requires')?.some((value) => valueName(value) === 'read-your-writes')) return undefined
  const level = word(facts, 'consistency')
  return { because: `${who} requires read-your-writes`, facts: [known(facts, 'requires')!.fact], from: 'statement', ownWrites: true, monotonic: level === 'session' || level === 'monotonic' }
}

function leveled(who: string, facts: Facts): SessionDemand | undefined {
  const level = word(facts, 'consistency') ?? ''
  if (level !== 'session' && level !== 'read-your-writes' && level !== 'monotonic') return undefined
  const because = level === 'monotonic' ? `${who} requires that nobody sees time go backwards (\`consistency: monotonic\`)` : `${who} requires ${level === 'session' ? 'session consistency' : 'read-your-writes'}`
  return { because, facts: [known(facts, 'consistency')!.fact], from: 'statement', ownWrites: level !== 'monotonic', monotonic: level !== 'read-your-writes' }
}

/**
 * What the people who read here have written before. Where the demand is stated, or it is their own data (`scoped-by: user`), any write of
 * theirs counts; otherwise only one that the design shows to come first.
 */
export function sessionWritesBefore(model: Model, context: Context, flow: FlowPaths, read: Relation, demand: SessionDemand): readonly SessionWrite[] {
  const find = lookup(model)
  const found = new Map<string, SessionWrite>()
  const add = (writing: FlowPaths, order: SessionWrite['order'], wanted: (edge: Edge) => boolean = () => true): void => {
    for (const edge of writing.waited) {
      const { relation } = edge
      if (found.has(relation.id) || (edge.verb.name !== 'writes' && edge.verb.name !== 'publishes') || !wanted(edge)) continue
      if (isSame(model, context, relation, read, demand)) found.set(relation.id, { write: relation, in: writing, order })
    }
  }
  const moments = momentsOf(flow)
  const at = moments.get(read.id)
  if (at) add(flow, 'within', ({ relation }) => (moments.get(relation.id)?.first ?? Infinity) < at.last)
  const before = new Set(flow.flow ? references(flow.flow.facts, 'after').map(({ id }) => id) : [])
  for (const each of context.flows) if (before.has(each.id)) add(each, 'before')
  const own = certainlyOn(context.carried, read).some((id) => word(find.data(id)?.facts ?? {}, 'scoped-by') === 'user')
  if (demand.from !== 'statement' && !(demand.from === 'class' && own)) return [...found.values()]
  for (const each of context.flows) if (each.entries.some((entry) => find.component(entry)?.kind === 'client' && flow.entries.includes(entry))) add(each, 'some day')
  return [...found.values()]
}

/** The same kind of record, as both say; or, where nobody names any data, whatever they are. */
function isSame(model: Model, { carried }: Context, write: Relation, read: Relation, demand: SessionDemand): boolean {
  if (dataWithheld(model, write) || dataWithheld(model, read)) return false
  const [written, asked] = [certainlyOn(carried, write), certainlyOn(carried, read)]
  if (written.length > 0 && asked.length > 0) return written.some((id) => asked.includes(id))
  return demand.from !== 'class' && carried.on(write.id).length === 0 && carried.on(read.id).length === 0
}
