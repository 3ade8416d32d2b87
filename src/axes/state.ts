/** State: where does the truth live, what is replicated, what is derived? */
import { acknowledged } from '../analysis/acknowledged.ts'
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { BROKERS, KEEPS, type Homes } from '../analysis/homes.ts'
import { flag, isUnlimited, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import { aims } from './claims.ts'
import type { AxisRow, Cell, Evidence, SubjectCell } from './table.ts'

export function stateRow(model: Model, analysis: Analysis, homes: Homes, witness: Witness): AxisRow {
  return {
    axis: 'state',
    question: 'Where does the truth live, what is replicated, what is derived?',
    system: system(model, analysis, witness, homes),
    flows: analysis.flows.map((flow) => ({ id: flow.id, name: flowName(flow), cell: ofFlow(model, analysis, homes, flow) })),
    components: model.components
      .filter((component) => KEEPS.has(component.kind))
      .map((component): SubjectCell => ({ id: component.id, name: component.name, cell: ofComponent(model, analysis, witness, component, homes) })),
  }
}

function system(model: Model, analysis: Analysis, witness: Witness, homes: Homes): Cell {
  const claimed = aims(model, analysis, witness, 'state')
  if (model.data.length === 0) {
    const truths = model.components.filter((component) => KEEPS.has(component.kind) && !BROKERS.has(component.kind) && !homes.copies(component))
    if (truths.length === 0) return notStated({ missing: ['`data` declarations'], claimed })
    return notStated(
      { missing: truths.map((component) => wanted('stores', component.name)), evidence: flatMapped(truths, (component) => witness.at(component.id, component.facts, ['truth', 'durability'])), claimed },
      `kept in ${listed(truths.map((component) => component.name))}`,
    )
  }
  const kept = model.data.filter((data) => homes.of(data.id).length > 0)
  const lost = model.data.filter((data) => homes.of(data.id).length === 0)
  const places = new Map<string, string[]>()
  for (const data of kept) {
    const place = listed(homes.of(data.id).map((home) => home.name))
    places.set(place, [...(places.get(place) ?? []), data.name])
  }
  const parts = [...places].map(([place, names]) => `${listed(names, 6)} in ${place}`)
  const derived = lost.filter((data) => homes.elsewhere(data.id).copied.length > 0)
  if (derived.length > 0) parts.push(`derived: ${listed(derived.map((data) => `${data.name} in ${listed(homes.elsewhere(data.id).copied.map(({ name }) => name))}`), 6)}`)
  const homeless = lost.filter((data) => !derived.includes(data))
  if (homeless.length > 0) parts.push(`no durable home: ${listed(homeless.map((data) => `${data.name}${whereElse(homes, data.id)}`), 6)}`)
  const copies = model.components.flatMap((component) => {
    if (!KEEPS.has(component.kind) || BROKERS.has(component.kind) || !homes.copies(component)) return []
    const sources = homes.sources(component)
    return sources.length > 0 ? [`${component.name} of ${listed(sources.map(({ name }) => name))}`] : []
  })
  if (copies.length > 0) parts.push(`copies: ${listed(copies, 4)}`)
  const evidence = chained(
    flatMapped(kept, (data) => flatMapped(homes.of(data.id), (home) => proof(model, witness, home))),
    flatMapped(lost, (data) => {
      const { kept: forgetful, copied, passing } = homes.elsewhere(data.id)
      return flatMapped([...forgetful, ...copied, ...passing], (holder) => proof(model, witness, holder))
    }),
  )
  // A kind of data that no store keeps is a statement in itself: it is nowhere.
  return stated(parts.join('; '), { evidence, claimed })
}

/** Of what has no durable home: ` (only in carts)`, ` (only passing through orders)`. */
function whereElse(homes: Homes, data: string): string {
  const { kept, passing } = homes.elsewhere(data)
  if (kept.length > 0) return ` (only in ${listed(kept.map(({ name }) => name))})`
  return passing.length > 0 ? ` (only passing through ${listed(passing.map(({ name }) => name))})` : ''
}

/** A store's own statement, or the writes that bring the data there. */
function proof(model: Model, witness: Witness, home: Component): readonly Evidence[] {
  const own = [...witness.at(home.id, home.facts, ['stores', 'truth'])]
  if (own.length > 0) return own
  return lookup(model)
    .relationsTo(home.id)
    .filter((relation) => relation.verb === 'writes' || relation.verb === 'publishes')
    .flatMap((relation) => {
      const said = [...witness.at(relation.id, relation.facts, ['data'])]
      return said.length > 0
        ? said
        : [{ text: `${lookup(model).component(relation.from)?.name ?? relation.from} ${relation.verb} ${home.name}`, origin: relation.origin }]
    })
    .slice(0, 3)
}

function ofFlow(model: Model, analysis: Analysis, homes: Homes, flow: FlowPaths): Cell {
  const find = lookup(model)
  const stores = new Map<string, { changes: boolean; vague: boolean; data: Set<string>; evidence: Evidence[] }>()
  for (const edge of [...flow.waited, ...flow.caused]) {
    const store = find.component(edge.relation.to)
    if (!store || !KEEPS.has(store.kind) || !['reads', 'writes', 'publishes', 'calls', 'captures', ...(store.kind === 'object-store' ? ['routes'] : [])].includes(edge.verb.name)) continue
    const entry = stores.get(store.id) ?? { changes: false, vague: true, data: new Set<string>(), evidence: [] }
    stores.set(store.id, entry)
    entry.changes ||= ['writes', 'publishes', 'captures'].includes(edge.verb.name)
    entry.vague &&= edge.verb.name === 'calls'
    for (const data of analysis.carried.on(edge.relation.id)) entry.data.add(find.data(data)?.name ?? data)
    entry.evidence.push({
      text: `${find.component(edge.relation.from)?.name ?? edge.relation.from} ${edge.verb.name} ${store.name}`,
      origin: edge.relation.origin,
    })
  }
  if (stores.size === 0) return stated('touches no state')
  const all = [...stores].map(([id, entry]) => ({ store: find.component(id)!, ...entry }))
  const what = ({ store, data }: (typeof all)[number], between: string, mixed: boolean): string =>
    data.size > 0 ? `${listed([...data])} ${between} ${store.name}` : mixed ? `data in ${store.name}` : store.name
  const groups = [
    ['changes', all.filter(({ store, changes }) => changes && !BROKERS.has(store.kind) && !homes.copies(store)), 'in'],
    ['fills', all.filter(({ store, changes }) => changes && !BROKERS.has(store.kind) && homes.copies(store)), 'in'],
    ['passes on', all.filter(({ store }) => BROKERS.has(store.kind)), 'by'],
    ['reads or writes', all.filter(({ store, vague }) => vague && !BROKERS.has(store.kind)), 'in'],
    ['reads', all.filter(({ store, changes, vague }) => !changes && !vague && !BROKERS.has(store.kind) && !homes.copies(store)), 'in'],
    ['reads copies in', all.filter(({ store, changes, vague }) => !changes && !vague && !BROKERS.has(store.kind) && homes.copies(store)), 'of'],
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
                  : what(each, between, group.some(({ data }) => data.size > 0)),
            ),
            4,
          )}`,
        ],
  )
  return stated(parts.join('; '), { evidence: [...stores.values()].flatMap((entry) => entry.evidence) })
}

function ofComponent(model: Model, analysis: Analysis, witness: Witness, component: Component, homes: Homes): Cell {
  const { facts } = component
  const holds = homes.heldBy(component.id)
  const copies = acknowledged(model, analysis, component)
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
  const sources = homes.sources(component).map(({ name }) => name)
  if (homes.copies(component)) {
    const what = component.kind === 'cache' ? 'copy' : 'derived'
    const only = sources.length === 0 && component.kind === 'cache' ? homes.onlyIn(component.id) : []
    if (only.length > 0) return stated(`only copy of ${listed(only)}, and it may forget${atAck}`, { evidence })
    const from = sources.length > 0 ? ` of ${listed(sources)}` : ''
    const rebuilt = number(facts, 'rebuild-time')
    if (sources.length === 0) return notStated({ evidence, missing: [wanted('rebuild-from', component.name)] }, what === 'copy' ? 'a cache of something unnamed' : 'derived from something unnamed')
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
