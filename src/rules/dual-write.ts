import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { flag, known, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Step, TextEdit } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact } from '../model/value.ts'
import { alone, replaceRelation, setOnRelation } from './edits.ts'
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
    const causes = new Map<string, Pair>()
    for (const operation of operationsOf(model, analysis)) {
      for (const [first, second] of pairsOf(model, analysis, operation)) {
        const key = `${first.relation.id} ${second.relation.id}`
        const cause = causes.get(key)
        if (!cause) causes.set(key, { first, second, flows: operation.flow ? [operation.flow] : [] })
        else if (operation.flow) cause.flows.push(operation.flow)
      }
    }
    for (const pair of causes.values()) yield report(model, analysis, pair)
    for (const edge of analysis.graph.edges) if (isUnread(model, analysis, edge)) yield unread(model, analysis, edge)
  },
}

/** Effects of one component that belong to one operation, in the order in which they happen where a flow says so. */
interface Operation {
  readonly component: Component
  readonly effects: readonly Edge[]
  readonly flow?: FlowPaths
}

interface Pair {
  readonly first: Edge
  readonly second: Edge
  readonly flows: FlowPaths[]
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
      byComponent.set(edge.needer, [...(byComponent.get(edge.needer) ?? []), edge])
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
  if (op === 'read') return false
  if (edge.verb.name === 'publishes') return true
  if (target.kind === 'external') return edge.verb.name === 'calls' && op !== undefined && LASTING.has(op)
  if (edge.verb.name === 'writes') return DURABLE.has(target.kind) || (target.kind === 'cache' && flag(target.facts, 'truth') === true)
  return edge.verb.name === 'calls' && DURABLE.has(target.kind) && op !== undefined && LASTING.has(op)
}

/** The effect that is the truth of it, with each of the others that nothing ties to it. */
function* pairsOf(model: Model, analysis: Analysis, { effects, flow }: Operation): Iterable<readonly [Edge, Edge]> {
  const find = lookup(model)
  const kind = (edge: Edge): string => find.component(edge.needed)!.kind
  const first = effects.find((edge) => kind(edge) === 'database') ?? effects[0]!
  // Of an `any-of`, one is done: the first speaks for the others.
  const spoken = new Set<Edge>()
  for (const second of effects) {
    if (spoken.has(second)) continue
    if (second.needed === first.needed || !isLinked(analysis, first, second) || isTied(model, analysis, first, second)) continue
    if (isBlobFirst(model, effects, first, second, flow)) continue
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

function isTied(model: Model, analysis: Analysis, first: Edge, second: Edge): boolean {
  const [a, b] = [first.relation.facts, second.relation.facts]
  const shared = (property: string): boolean => word(a, property) !== undefined && word(a, property) === word(b, property)
  if (shared('tx') || shared('saga') || [a, b].some((facts) => saysUnknown(facts, 'tx') || saysUnknown(facts, 'saga'))) return true
  if ([first, second].some((edge) => lossAt(analysis, edge).stance === 'tolerates')) return true
  return feeds(analysis, first.needed, second.needed) || feeds(analysis, second.needed, first.needed) || isDerived(model, first.needed, second.needed) || isDerived(model, second.needed, first.needed) || isReconciled(model, first.needed, second.needed)
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
  const pairs = model.relations.filter((relation) => relation.verb === 'reconciles')
  return pairs.some((one) => one.to === a && pairs.some((other) => other.from === one.from && other.to === b))
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

function report(model: Model, analysis: Analysis, { first, second, flows }: Pair): Finding {
  const who = nameOf(model, first.needer)
  const [a, b] = [nameOf(model, first.needed), nameOf(model, second.needed)]
  const intents = [first, second].map((edge) => lossAt(analysis, edge))
  const [data] = analysis.carried.on(second.relation.id)
  const declared = flows.flatMap(({ flow }) => flow ?? [])
  return {
    at: second.relation.origin,
    subject: { relation: second.relation.id, component: first.needer, ...(data !== undefined && { data }), ...(declared.length === 1 && { flow: declared[0]!.id }) },
    message: `In ${joined(flows.map(({ name }) => name))}, \`${who}\` ${does(first)} \`${a}\` and ${does(first) === does(second) ? '' : `${does(second)} `}\`${b}\` one after the other: a crash between the two leaves ${leftOver(model, analysis, first, second)}, and nothing notices.`,
    help: helpOf(model, first, second),
    related: [
      { at: first.relation.origin, message: `\`${who}\` ${does(first)} \`${a}\`` },
      ...flows.map((flow) => ({ at: flow.at, message: `both happen in ${flow.name}` })),
    ],
    facts: factsOf(first, second, intents.flatMap(({ fact }) => fact ?? [])),
    intentUnknown: intents.some(({ stance }) => stance === 'unknown'),
    fixes: fixesFor(model, first, second),
  }
}

/** What one of the two then has and the other has not. */
function leftOver(model: Model, { carried }: Analysis, first: Edge, second: Edge): string {
  const [id] = carried.on(second.relation.id).filter((data) => carried.on(first.relation.id).includes(data))
  const data = id === undefined ? undefined : lookup(model).data(id)?.name
  return data === undefined ? 'one of them without the change' : `one of them without the \`${data}\``
}

function factsOf(first: Edge, second: Edge, intents: readonly Fact[]): readonly Fact[] {
  const ops = [first, second].flatMap((edge) => known(edge.relation.facts, 'op')?.fact ?? [])
  return [...ops, ...intents]
}

function does(edge: Edge): string {
  if (edge.verb.name === 'publishes') return 'publishes to'
  return edge.verb.name === 'writes' ? 'writes' : (DOES[word(edge.relation.facts, 'op') ?? ''] ?? 'calls')
}

const DOES: Readonly<Record<string, string>> = { charge: 'charges at', authorize: 'authorises at', send: 'sends over', insert: 'inserts into', append: 'appends to', delete: 'deletes from' }

function helpOf(model: Model, first: Edge, second: Edge): string {
  const [a, b] = [nameOf(model, first.needed), nameOf(model, second.needed)]
  const kind = lookup(model).component(second.needed)?.kind
  if (lookup(model).component(first.needed)?.kind === 'database') {
    if (second.verb.name === 'publishes') return `Write an outbox row to \`${a}\` in the same transaction, and let a relay carry it to \`${b}\` (change data capture).`
    if (kind === 'external') return `Record the intention in \`${a}\` first and let a consumer of its changes call \`${b}\` with a key, or make it a saga whose steps are remembered.`
    return `Write \`${a}\` only, and fill \`${b}\` from its change stream; or reconcile the two at intervals.`
  }
  return `Let one of them follow from the other: write \`${a}\`, and derive \`${b}\` from it; or reconcile the two at intervals.`
}

/** An outbox row with the first write, a capture in the place of the publish, and the flow's steps follow. */
function fixesFor(model: Model, first: Edge, second: Edge): readonly Fix[] {
  const find = lookup(model)
  if (second.verb.name !== 'publishes' || find.component(first.needed)?.kind !== 'database' || !['log', 'queue', 'topic'].includes(find.component(second.needed)?.kind ?? '')) return []
  if (first.verb.name !== 'writes' || sameStatement(model, first, second)) return []
  const capture = `${first.needed} ~> ${second.needed} : captures`
  const outbox = setOnRelation(model, first.relation, { outbox: 'yes' })
  const replaced = replaceRelation(model, second.relation, [capture])
  const steps = stepEdits(model, second, capture)
  if (!outbox || !replaced || !steps) return []
  return [{ title: `Write an outbox row to \`${nameOf(model, first.needed)}\` and capture it into \`${nameOf(model, second.needed)}\``, edits: [...outbox, ...replaced, ...steps] }]
}

function sameStatement(model: Model, first: Edge, second: Edge): boolean {
  return !alone(model, first.relation) && first.relation.extent.range.start.line === second.relation.extent.range.start.line && first.relation.extent.file === second.relation.extent.file
}

/** The steps that name the publish name the capture instead; unset where one stands in a chain that cannot be cut here. */
function stepEdits(model: Model, second: Edge, capture: string): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = []
  let possible = true
  const visit = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.type !== 'relation') visit(step.steps)
      else if (step.relations.includes(second.relation.id)) {
        const { extent } = step
        const shares = steps.some((other) => other !== step && other.type === 'relation' && sameStart(other.extent, extent))
        if (extent === undefined || step.relations.length > 1 || shares) possible = false
        else edits.push({ origin: extent, newText: capture })
      }
    }
  }
  for (const flow of model.flows) visit(flow.steps)
  return possible ? edits : undefined
}

function sameStart(a: Origin | undefined, b: Origin | undefined): boolean {
  return a !== undefined && b !== undefined && a.file === b.file && a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character
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
