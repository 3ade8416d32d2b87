import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { flag, known, protection, references, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { outboxInstead } from './outbox-fix.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf } from './words.ts'

export const dualWrite: Rule = {
  id: 'dual-write',
  code: 'T1',
  severity: 'error',
  title: 'One operation changes two systems with nothing that ties them together',
  why: 'Between two writes to two systems there is always a moment at which the process can die. What the first one has and the second one has not is then never noticed by anybody, and no retry knows of it.',
  sources: [
    { title: 'Richardson, microservices.io: Transactional outbox', url: 'https://microservices.io/patterns/data/transactional-outbox.html' },
    { title: 'Debezium documentation, Outbox Event Router', url: 'https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11, Keeping Systems in Sync' },
  ],
  needs: ['op', 'data', 'outbox', 'tx', 'saga', 'derived', 'rebuild-from', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    for (const cause of causesOf(model, analysis)) yield report(model, analysis, cause)
    for (const edge of analysis.graph.edges) if (isUnread(model, analysis, edge)) yield unread(model, analysis, edge)
  },
}

/** Effects of one component that belong to one operation, in the order in which they happen where a flow says so. */
interface Operation {
  readonly component: Component
  readonly effects: readonly Edge[]
  readonly flow?: FlowPaths
}

/** What is changed first, and what may then be missing: one other system, or all that are told of it, for which one outbox is enough. */
interface Cause {
  readonly first: Edge
  readonly others: readonly [Edge, ...Edge[]]
  readonly flows: readonly FlowPaths[]
}

function causesOf(model: Model, analysis: Analysis): readonly Cause[] {
  const causes = new Map<string, Cause>()
  for (const operation of operationsOf(model, analysis)) {
    const pairs = [...pairsOf(model, analysis, operation)]
    const told = pairs.filter(([, second]) => isMessage(second))
    for (const group of [...pairs.filter(([, second]) => !isMessage(second)).map((pair) => [pair]), ...(told.length > 0 ? [told] : [])]) {
      const [[first, second], ...more] = group as [readonly [Edge, Edge], ...(readonly [Edge, Edge])[]]
      const others: Cause['others'] = [second, ...more.map(([, other]) => other)]
      const key = [first, ...others].map(({ relation }) => relation.id).join(' ')
      causes.set(key, { first, others, flows: [...(causes.get(key)?.flows ?? []), ...(operation.flow ? [operation.flow] : [])] })
    }
  }
  // A flow that tells fewer of the same change has the same cause.
  const all = [...causes.values()]
  const byFirst = new Map<Edge, Cause[]>()
  for (const cause of all.filter(({ others }) => others.length > 1)) {
    const list = byFirst.get(cause.first)
    if (list) list.push(cause)
    else byFirst.set(cause.first, [cause])
  }
  return all.filter((one) => !byFirst.get(one.first)?.some((wider) => wider.others.length > one.others.length && one.others.every((edge) => wider.others.includes(edge))))
}

function isMessage({ verb }: Edge): boolean {
  return verb.name === 'publishes'
}

/**
 * What each component changes in each flow that waits for it. What a consumer does is done again as a whole when it dies half-way, so there
 * the question is whether it bears repetition, which `non-idempotent-consumer` asks; a workflow remembers its own steps.
 */
function operationsOf(model: Model, { flows }: Analysis): readonly Operation[] {
  const find = lookup(model)
  return flows.flatMap((flow) => {
    const byComponent = new Map<string, Edge[]>()
    for (const edge of flow.waited) {
      if (!isEffect(model, edge) || flow.conditional.has(edge.relation.id)) continue
      const list = byComponent.get(edge.needer)
      if (list) list.push(edge)
      else byComponent.set(edge.needer, [edge])
    }
    return [...byComponent].flatMap(([id, effects]) => {
      const component = find.component(id)
      return component && effects.length > 1 && CHANGES.has(component.kind) ? [{ component, effects, flow }] : []
    })
  })
}

/** Kinds whose half-done work nobody does again by itself. */
const CHANGES: ReadonlySet<string> = new Set(['service', 'function'])

/** Operations at a third party that leave something behind there. A hold that is authorised and not used lapses by itself. */
const LASTING: ReadonlySet<string> = new Set(['charge', 'send', 'insert', 'append', 'update', 'upsert', 'delete', 'increment'])
/** Systems that keep what they are given. A cache forgets, so a write to it is a matter of how stale it may be. */
const DURABLE: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'queue', 'log', 'topic'])

function isEffect(model: Model, edge: Edge): boolean {
  const target = lookup(model).component(edge.needed)
  if (!target) return false
  const op = word(edge.relation.facts, 'op')
  if (op === 'read' || saysUnknown(edge.relation.facts, 'op')) return false
  if (edge.verb.name === 'publishes') return true
  if (target.kind === 'external') return edge.verb.name === 'calls' && op !== undefined && LASTING.has(op)
  if (edge.verb.name === 'writes') return DURABLE.has(target.kind) || (target.kind === 'cache' && flag(target.facts, 'truth') === true)
  return edge.verb.name === 'calls' && DURABLE.has(target.kind) && op !== undefined && LASTING.has(op)
}

/** The effect that is the truth of it, with each of the others that nothing ties to it. */
function pairsOf(model: Model, analysis: Analysis, operation: Operation): readonly (readonly [Edge, Edge])[] {
  const { effects, flow } = operation
  const stores = effects.filter((edge) => lookup(model).component(edge.needed)!.kind === 'database')
  const truths = stores.length > 0 ? stores : effects
  if (effects.every((edge) => flow?.names(edge.relation.id))) return [...pairsWith(model, analysis, operation, truths[0]!)]
  // Where no step says which is first, it may be any: the one of which nothing may be lost, else the first that leaves another behind.
  const wanted = truths.toSorted((a, b) => Number(lossAt(analysis, b).stance === 'requires') - Number(lossAt(analysis, a).stance === 'requires'))
  for (const first of wanted) {
    const pairs = [...pairsWith(model, analysis, operation, first)]
    if (pairs.length > 0) return pairs
  }
  return []
}

function* pairsWith(model: Model, analysis: Analysis, { effects, flow }: Operation, first: Edge): Iterable<readonly [Edge, Edge]> {
  const find = lookup(model)
  const kind = (edge: Edge): string => find.component(edge.needed)!.kind
  // Of an `any-of`, one is done: the first speaks for the others.
  const spoken = new Set<Edge>()
  for (const second of effects) {
    if (spoken.has(second)) continue
    if (second.needed === first.needed || !isLinked(analysis, first, second) || isTied(model, analysis, first, second)) continue
    if (isBlobFirst(model, effects, first, second, flow)) continue
    if (isMessage(first) && isMessage(second) && !isSameMessage(analysis, first, second)) continue
    // Two messages or two files about nobody knows what: too little to accuse anybody of.
    if (kind(first) !== 'database' && kind(second) !== 'external' && [first, second].some((edge) => lossAt(analysis, edge).stance === 'unknown')) continue
    for (const choice of flow?.anyOf ?? []) if (choice.includes(second)) for (const edge of choice) spoken.add(edge)
    yield [first, second]
  }
}

/** About the same data, as far as both say; two kinds of data that both say so are two matters, unless a message tells of the change. */
function isLinked({ carried }: Analysis, first: Edge, second: Edge): boolean {
  const [a, b] = [carried.on(first.relation.id), carried.on(second.relation.id)]
  return a.length === 0 || b.length === 0 || second.verb.name === 'publishes' || a.some((data) => b.includes(data))
}

/** The same record to two brokers; two messages that each say something else are two matters. */
function isSameMessage({ carried }: Analysis, first: Edge, second: Edge): boolean {
  const [a, b] = [first, second].map(({ relation }) => ({ data: carried.on(relation.id), events: words(relation.facts, 'events') }))
  if (!a!.data.some((data) => b!.data.includes(data))) return false
  return !a!.events || !b!.events || a!.events.some((event) => b!.events!.includes(event))
}

function isTied(model: Model, analysis: Analysis, first: Edge, second: Edge): boolean {
  const [a, b] = [first.relation.facts, second.relation.facts]
  const shared = (property: string): boolean => word(a, property) !== undefined && word(a, property) === word(b, property)
  if (shared('tx') || shared('saga') || [a, b].some((facts) => saysUnknown(facts, 'tx') || saysUnknown(facts, 'saga'))) return true
  if ([first, second].some((edge) => lossAt(analysis, edge).stance === 'tolerates')) return true
  return feeds(analysis, first.needed, second.needed) || feeds(analysis, second.needed, first.needed) || isDerived(model, first.needed, second.needed) || isDerived(model, second.needed, first.needed) || isReconciled(model, first.needed, second.needed) || isReconciled(model, second.needed, first.needed) || isResynced(model, second)
}

function lossAt({ intents }: Analysis, edge: Edge): Intent {
  return intents.at({ relation: edge.relation.id, component: edge.needed }, 'loss')
}

/** A change stream, a log that is consumed into the other, a replication: what the first holds arrives in the second by itself. */
function feeds({ graph }: Analysis, from: string, to: string): boolean {
  const carries = new Set(['captures', 'delivers', 'replicates', 'writes', 'publishes', 'dead-letters', 'triggers'])
  const leaves = new Set(['captures', 'delivers', 'replicates', 'triggers'])
  // Out of a store or broker only by itself; what a component then does with it counts too.
  const next = (component: string) => graph.dataFlow(component).filter(({ edge }) => (component === from ? leaves : carries).has(edge.verb.name))
  return walk([from], next).has(to)
}

function isDerived(model: Model, store: string, from: string): boolean {
  const facts = lookup(model).component(store)?.facts ?? {}
  return flag(facts, 'derived') === true || saysUnknown(facts, 'derived') || saysUnknown(facts, 'rebuild-from') || references(facts, 'rebuild-from').some(({ id }) => id === from)
}

function isReconciled(model: Model, a: string, b: string): boolean {
  const find = lookup(model)
  return find.relationsTo(a).some(({ verb, from }) => verb === 'reconciles' && find.relationsFrom(from).some((other) => ['reconciles', 'reads', 'calls'].includes(other.verb) && other.to === b))
}

/** A message that only says earlier what its receivers would see anyway, as they compare with the source at intervals. */
function isResynced(model: Model, { verb, relation, needed }: Edge): boolean {
  if (verb.name !== 'publishes') return false
  if (protection(relation.facts, 'resync') !== false) return true
  const readers = lookup(model).relationsFrom(needed).filter((reader) => reader.verb === 'delivers')
  return readers.length > 0 && readers.every(({ facts, to }) => [facts, lookup(model).component(to)?.facts ?? {}].some((each) => protection(each, 'resync') !== false))
}

/** The file first, the row that points at it second: a crash between leaves a file that nobody sees, which is swept up later. */
function isBlobFirst(model: Model, effects: readonly Edge[], first: Edge, second: Edge, flow: FlowPaths | undefined): boolean {
  const isBlob = (edge: Edge): boolean => lookup(model).component(edge.needed)?.kind === 'object-store'
  if (isBlob(first) === isBlob(second)) return false
  const [blob, row] = isBlob(first) ? [first, second] : [second, first]
  // Only a flow that names both says which comes first.
  const ordered = flow !== undefined && flow.names(blob.relation.id) && flow.names(row.relation.id)
  return !ordered || effects.indexOf(blob) < effects.indexOf(row) || row.verb.name === 'publishes'
}

/** An outbox row is written, and nothing captures or polls the store. */
function isUnread(model: Model, analysis: Analysis, edge: Edge): boolean {
  if (flag(edge.relation.facts, 'outbox') !== true) return false
  const { graph } = analysis
  const out = graph.dataFlow(edge.needed).some(({ edge: leaving }) => leaving.verb.name === 'captures' || leaving.verb.name === 'delivers' || leaving.verb.name === 'triggers')
  const polled = graph.neededBy(edge.needed).some(({ needer, verb }) => ['reads', 'calls'].includes(verb.name) && needer !== edge.needer && graph.needs(needer).some((further) => further.verb.name === 'publishes'))
  const own = graph.needs(edge.needer).some((other) => other.needed === edge.needed && ['reads', 'calls'].includes(other.verb.name))
  return !out && !polled && !own && lookup(model).component(edge.needed)?.kind === 'database'
}

function report(model: Model, analysis: Analysis, { first, others, flows }: Cause): Finding {
  const who = nameOf(model, first.needer)
  const [second, ...more] = others
  const onlyTold = others.every(isMessage) && isMessage(first)
  const names = [...(onlyTold ? [first] : []), ...others].map(({ needed }) => `\`${nameOf(model, needed)}\``)
  const intents = [first, ...others].map((edge) => lossAt(analysis, edge))
  const doing = onlyTold ? does(first) : `${does(first)} \`${nameOf(model, first.needed)}\` and${does(first) === does(second) ? '' : ` ${does(second)}`}`
  const [data] = analysis.carried.on(second.relation.id)
  const declared = flows.flatMap(({ flow }) => flow ?? [])
  return {
    at: second.relation.origin,
    // What is told of the write may be more or less: it stays the same mistake.
    subject: { relation: (isMessage(second) ? first : second).relation.id, component: first.needer, ...(data !== undefined && { data }), ...(declared.length === 1 && { flow: declared[0]!.id }) },
    // Whoever asked gets no answer and asks again, and nothing that is kept says otherwise.
    ...(onlyTold && { severity: 'warning' as const }),
    message: `In ${joined(flows.map(({ name }) => name))}, \`${who}\` ${doing} ${joined(names)} one after the other: a crash between ${names.length + (onlyTold ? 0 : 1) > 2 ? 'them' : 'the two'} leaves ${leftOver(model, analysis, first, others)}, and nothing notices.`,
    help: onlyTold ? `Publish it once, to a topic or log that hands it on to ${joined(names)}: then all of them get it, or none.` : helpOf(model, first, others),
    related: [
      ...[first, ...more].map((edge) => ({ at: edge.relation.origin, message: `\`${who}\` ${does(edge)} \`${nameOf(model, edge.needed)}\`` })),
      ...flows.map((flow) => ({ at: flow.at, message: `both happen in ${flow.name}` })),
    ],
    facts: factsOf([first, ...others], intents.flatMap(({ fact }) => fact ?? [])),
    intentUnknown: intents.some(({ stance }) => stance === 'unknown'),
    // What messages of which nobody says what they carry would then carry is for somebody to say first.
    fixes: others.every((other) => isMessage(other) && (analysis.carried.on(other.relation.id).length > 0 || model.data.length === 0)) ? outboxInstead(model, first, others) : [],
  }
}

/** What one of them then has and another has not. */
function leftOver(model: Model, { carried }: Analysis, first: Edge, others: readonly Edge[]): string {
  const [id] = carried.on(first.relation.id).filter((data) => others.every(({ relation }) => carried.on(relation.id).includes(data)))
  const data = id === undefined ? undefined : lookup(model).data(id)?.name
  return `${others.length > 1 ? 'some' : 'one'} of them without the ${data === undefined ? 'change' : `\`${data}\``}`
}

function factsOf(edges: readonly Edge[], intents: readonly Fact[]): readonly Fact[] {
  const ops = edges.flatMap((edge) => known(edge.relation.facts, 'op')?.fact ?? [])
  return [...ops, ...intents]
}

function does(edge: Edge): string {
  if (edge.verb.name === 'publishes') return 'publishes to'
  return edge.verb.name === 'writes' ? 'writes' : (DOES[word(edge.relation.facts, 'op') ?? ''] ?? 'calls')
}

const DOES: Readonly<Record<string, string>> = { charge: 'charges at', authorize: 'authorises at', send: 'sends over', insert: 'inserts into', append: 'appends to', delete: 'deletes from' }

function helpOf(model: Model, first: Edge, others: Cause['others']): string {
  const [second] = others
  const [a, b] = [nameOf(model, first.needed), nameOf(model, second.needed)]
  const kind = lookup(model).component(second.needed)?.kind
  if (lookup(model).component(first.needed)?.kind === 'database') {
    if (second.verb.name === 'publishes') return `Write an outbox row to \`${a}\` in the same transaction, and let a relay carry it to ${joined(others.map(({ needed }) => `\`${nameOf(model, needed)}\``))} (change data capture).`
    if (kind === 'external') return `Record the intention in \`${a}\` first and let a consumer of its changes call \`${b}\` with a key, or make it a saga whose steps are remembered.`
    return `Write \`${a}\` only, and fill \`${b}\` from its change stream; or reconcile the two at intervals.`
  }
  return `Let one of them follow from the other: write \`${a}\`, and derive \`${b}\` from it; or reconcile the two at intervals.`
}

function unread(model: Model, analysis: Analysis, edge: Edge): Finding {
  const [who, store] = [nameOf(model, edge.needer), nameOf(model, edge.needed)]
  const outbox = known(edge.relation.facts, 'outbox')!.fact
  const intent = analysis.intents.at({ relation: edge.relation.id, component: edge.needed }, 'loss')
  return {
    at: outbox.from === 'stated' ? outbox.origin : edge.relation.origin,
    subject: { relation: edge.relation.id, component: edge.needer },
    message: `\`${who}\` writes an outbox row to \`${store}\`, but nothing captures or polls \`${store}\`: the rows pile up and nobody is ever told.`,
    help: `Let a relay read it: \`${store} ~> … : captures\`.`,
    related: [],
    facts: [outbox],
    intentUnknown: intent.stance === 'unknown',
    fixes: [],
  }
}
