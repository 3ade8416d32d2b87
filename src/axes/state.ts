/** State: where does the truth live, what is replicated, what is derived? */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck } from '../analysis/durable-copies.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { flag, isUnlimited, known, number, references } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import { aims } from './claims.ts'
import type { AxisRow, Cell, Evidence, SubjectCell } from './table.ts'

const KEEPS = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'queue', 'log', 'topic'])
const BROKERS = new Set(['queue', 'log', 'topic'])

export function stateRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const homes = homesOf(model, analysis)
  const held = heldBy(model, homes)
  return {
    axis: 'state',
    question: 'Where does the truth live, what is replicated, what is derived?',
    system: system(model, analysis, witness, homes),
    flows: analysis.flows.map((flow) => ({ id: flow.id, name: flowName(flow), cell: ofFlow(model, analysis, held, flow) })),
    components: model.components
      .filter((component) => KEEPS.has(component.kind))
      .map((component): SubjectCell => ({
        id: component.id,
        name: component.name,
        cell: ofComponent(model, analysis, witness, component, held.get(component.id) ?? []),
      })),
  }
}

/** Data id → the stores that hold its truth. */
type Homes = ReadonlyMap<string, readonly Component[]>

function homesOf(model: Model, analysis: Analysis): Homes {
  const find = lookup(model)
  return new Map(model.data.map((data) => [data.id, analysis.truths.of(data.id).flatMap((id) => find.component(id) ?? [])]))
}

/** The other way round: component id → names of the data whose truth it holds. */
function heldBy(model: Model, homes: Homes): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, string[]>()
  for (const data of model.data) {
    for (const { id } of homes.get(data.id)!) {
      const names = held.get(id)
      if (names) names.push(data.name)
      else held.set(id, [data.name])
    }
  }
  return held
}

function system(model: Model, analysis: Analysis, witness: Witness, homes: Homes): Cell {
  const truths = model.components.filter(
    (component) => KEEPS.has(component.kind) && !BROKERS.has(component.kind) && isOwnTruth(analysis, component),
  )
  const claimed = aims(model, analysis, witness, 'state')
  if (model.data.length === 0) {
    const missing = truths.map((component) => wanted('stores', component.name))
    if (truths.length === 0) return notStated({ missing: ['`data` declarations'], claimed })
    return notStated(
      { missing, evidence: flatMapped(truths, (component) => witness.at(component.id, component.facts, ['truth', 'durability'])), claimed },
      `kept in ${listed(truths.map((component) => component.name))}`,
    )
  }
  const lost = model.data.filter((data) => homes.get(data.id)!.length === 0)
  const kept = model.data.filter((data) => homes.get(data.id)!.length > 0)
  const parts = kept.map((data) => `${data.name} in ${listed(homes.get(data.id)!.map((home) => home.name))}`)
  if (lost.length > 0)
    parts.push(
      `no durable home: ${listed(
        lost.map((data) => data.name),
        6,
      )}`,
    )
  const copies = model.components.flatMap((component) => {
    if (!KEEPS.has(component.kind) || BROKERS.has(component.kind) || (component.kind !== 'cache' && !analysis.truths.derived(component.id))) return []
    const sources = sourcesOf(model, analysis, component)
    return sources.length > 0 ? [`${component.name} of ${listed(sources)}`] : []
  })
  if (copies.length > 0) parts.push(`copies: ${listed(copies, 4)}`)
  const evidence = flatMapped(kept, (data) => flatMapped(homes.get(data.id)!, (home) => proof(model, witness, home)))
  // A kind of data that no store keeps is a statement in itself: it is nowhere.
  return stated(parts.join('; '), { evidence, claimed })
}

/** A store's own statement, or the writes that bring the data there. */
function proof(model: Model, witness: Witness, home: Component): readonly Evidence[] {
  const own = [...witness.at(home.id, home.facts, ['stores', 'truth'])]
  if (own.length > 0) return own
  return lookup(model)
    .relationsTo(home.id)
    .filter((relation) => relation.verb === 'writes')
    .flatMap((relation) => {
      const said = [...witness.at(relation.id, relation.facts, ['data'])]
      return said.length > 0
        ? said
        : [{ text: `${lookup(model).component(relation.from)?.name ?? relation.from} writes ${home.name}`, origin: relation.origin }]
    })
    .slice(0, 3)
}

function ofFlow(model: Model, analysis: Analysis, held: ReadonlyMap<string, readonly string[]>, flow: FlowPaths): Cell {
  const find = lookup(model)
  const stores = new Map<string, { changes: boolean; data: Set<string>; evidence: Evidence[] }>()
  for (const edge of [...flow.waited, ...flow.caused]) {
    const store = find.component(edge.relation.to)
    if (!store || !KEEPS.has(store.kind) || !['reads', 'writes', 'publishes', 'calls', 'captures'].includes(edge.verb.name)) continue
    const entry = stores.get(store.id) ?? { changes: false, data: new Set<string>(), evidence: [] }
    stores.set(store.id, entry)
    if (edge.verb.name !== 'reads') entry.changes ||= edge.verb.name !== 'calls'
    for (const data of analysis.carried.on(edge.relation.id)) entry.data.add(find.data(data)?.name ?? data)
    entry.evidence.push({
      text: `${find.component(edge.relation.from)?.name ?? edge.relation.from} ${edge.verb.name} ${store.name}`,
      origin: edge.relation.origin,
    })
  }
  if (stores.size === 0) return stated('touches no state')
  const all = [...stores].map(([id, entry]) => ({ store: find.component(id)!, ...entry }))
  const what = ({ store, data }: (typeof all)[number], between: string): string =>
    data.size > 0 ? `${listed([...data])} ${between} ${store.name}` : store.name
  const isCopy = (store: Component): boolean => !held.has(store.id) && (store.kind === 'cache' || analysis.truths.derived(store.id))
  const groups = [
    ['changes', all.filter(({ store, changes }) => changes && !BROKERS.has(store.kind) && !isCopy(store)), 'in'],
    ['fills', all.filter(({ store, changes }) => changes && !BROKERS.has(store.kind) && isCopy(store)), 'in'],
    ['passes on', all.filter(({ store }) => BROKERS.has(store.kind)), 'by'],
    ['reads', all.filter(({ store, changes }) => !changes && !BROKERS.has(store.kind) && !isCopy(store)), 'in'],
    ['reads copies in', all.filter(({ store, changes }) => !changes && !BROKERS.has(store.kind) && isCopy(store)), 'of'],
  ] as const
  const parts = groups.flatMap(([verb, group, between]) =>
    group.length === 0
      ? []
      : [
          `${verb} ${listed(
            group.map((each) =>
              between === 'of'
                ? each.store.name
                : verb === 'passes on' && each.data.size === 0
                  ? `by ${each.store.name}`
                  : what(each, between),
            ),
            4,
          )}`,
        ],
  )
  return stated(parts.join('; '), { evidence: [...stores.values()].flatMap((entry) => entry.evidence) })
}

function ofComponent(model: Model, analysis: Analysis, witness: Witness, component: Component, holds: readonly string[]): Cell {
  const { facts } = component
  const copies = copiesAtAck(component)
  const atAck = copies === undefined ? '' : `; acknowledged on ${copies.text}`
  const evidence = chained(
    witness.at(component.id, facts, ['stores', 'truth', 'derived', 'rebuild-from', 'rebuild-time', 'pattern', 'retention']),
    witness.of(copies?.facts ?? [], component.id),
  )
  const missing = copies === undefined && component.kind !== 'cache' ? [wanted('sync', component.name)] : []

  if (BROKERS.has(component.kind)) {
    const kept = isUnlimited(facts, 'retention')
      ? ', kept for good'
      : number(facts, 'retention') === undefined
        ? ''
        : `, kept ${time(number(facts, 'retention')!)}`
    const truth = flag(facts, 'truth') === true ? 'truth' : 'messages on their way'
    return stated(`${truth}${kept}${atAck}`, { evidence, missing })
  }
  const sources = sourcesOf(model, analysis, component)
  if (component.kind === 'cache' || analysis.truths.derived(component.id)) {
    const what = component.kind === 'cache' ? 'copy' : 'derived'
    if (sources.length === 0 && component.kind === 'cache' && known(facts, 'stores'))
      return stated(`only copy, and it may forget${atAck}`, { evidence })
    const from = sources.length > 0 ? ` of ${listed(sources)}` : ''
    const rebuilt = number(facts, 'rebuild-time')
    if (sources.length === 0) return notStated({ evidence, missing: [wanted('rebuild-from', component.name)] }, 'a copy of something')
    return stated(
      `${what === 'copy' ? `copy${from}` : `derived from ${listed(sources)}`}${rebuilt === undefined ? '' : `, rebuilt in ${time(rebuilt)}`}`,
      { evidence },
    )
  }
  if (holds.length === 0 && flag(facts, 'truth') !== true) {
    const backup = lookup(model)
      .relationsTo(component.id)
      .some((relation) => relation.verb === 'backs-up')
    if (backup) return stated(`backups${atAck}`, { evidence })
    return notStated(
      { evidence, missing: [wanted('stores', component.name), ...missing] },
      copies === undefined ? undefined : `acknowledged on ${copies.text}`,
    )
  }
  const of = holds.length > 0 ? ` of ${listed(holds)}` : ''
  return stated(`truth${of}${atAck}`, { evidence: chained(evidence, flatMapped(holds.length > 0 ? [component] : [], (home) => proof(model, witness, home))), missing })
}

function isOwnTruth(analysis: Analysis, component: Component): boolean {
  return component.kind !== 'cache' && component.kind !== 'search' && !analysis.truths.derived(component.id)
}

/** Names of what a derived store is filled from. */
function sourcesOf(model: Model, analysis: Analysis, component: Component): readonly string[] {
  const find = lookup(model)
  const said = references(component.facts, 'rebuild-from').flatMap((target) => find.component(target.id)?.name ?? [])
  if (said.length > 0) return said
  const filled = find
    .relationsFrom(component.id)
    .filter((relation) => relation.verb === 'caches')
    .map((relation) => find.component(relation.to)?.name ?? relation.to)
  if (filled.length > 0) return filled
  return analysis.graph
    .dataSources(component.id)
    .filter(({ edge }) => ['captures', 'replicates', 'delivers'].includes(edge.verb.name))
    .map(({ to }) => find.component(to)?.name ?? to)
}
