import type { Analysis } from '../analysis/analysis.ts'
import { flag, known, nameOf as valueName, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, listed } from './words.ts'

export const sharedDatabaseWriters: Rule = {
  id: 'shared-database-writers',
  code: 'T5',
  severity: 'warning',
  title: 'Several teams write the same tables',
  why: 'Where several teams write one table, none of them can keep its rules, because the others can break them, and none can change it, because the others would fall over. One bad migration, or one long lock, stops them all.',
  sources: [
    { title: 'Richardson, microservices.io: Database per service', url: 'https://microservices.io/patterns/data/database-per-service.html' },
    { title: 'Microsoft, Azure Architecture Center: Monolithic Persistence antipattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/antipatterns/monolithic-persistence/' },
    { title: 'Newman, Building Microservices (2nd ed. 2021), ch. 4, The Dangers of Shared Databases' },
  ],
  needs: ['owner', 'data', 'stores', 'op', 'role', 'mutable'],
  fixable: false,
  *check(model, analysis) {
    const named = [...model.components, ...model.containers].some(({ facts }) => known(facts, 'owner')?.fact.from === 'stated')
    if (!named) return
    for (const store of model.components) {
      if (store.kind !== 'database' || saysUnknown(store.facts, 'role') || FOR_ALL.has(word(store.facts, 'role') ?? '')) continue
      const writers = writersOf(model, analysis, store)
      const finding = shared(model, store, writers) ?? unowned(model, store, writers)
      if (finding) yield finding
    }
  },
}

/** Stores that are there for everybody to put something in. */
const FOR_ALL: ReadonlySet<string> = new Set(['analytics', 'audit'])
/** Who only mends or sweeps what others wrote. */
const MENDING: ReadonlySet<string> = new Set(['reconciler', 'reaper'])
const WRITERS: ReadonlySet<string> = new Set(['service', 'function', 'worker', 'gateway', 'stream-processor', 'batch', 'workflow', 'scheduler'])

interface Writer {
  readonly component: Component
  readonly relation: Relation
  readonly owner?: { readonly name: string; readonly fact: Fact }
  /** Ids of the kinds of data that it certainly writes; unset where that is open. */
  readonly data?: readonly string[]
}

function writersOf(model: Model, { intents, carried }: Analysis, store: Component): readonly Writer[] {
  const find = lookup(model)
  return find.relationsTo(store.id).flatMap((relation) => {
    const component = find.component(relation.from)
    if (!component || !WRITERS.has(component.kind) || !changes(relation)) return []
    if (saysUnknown(component.facts, 'role') || MENDING.has(word(component.facts, 'role') ?? '')) return []
    if (saysUnknown(component.facts, 'owner') || saysUnknown(relation.facts, 'data')) return []
    if (intents.at({ relation: relation.id, component: store.id }, 'loss').stance === 'tolerates') return []
    const owner = known(component.facts, 'owner')
    const name = owner?.fact.from === 'stated' ? valueName(owner.value) : undefined
    const stated = references(relation.facts, 'data').map(({ id }) => id)
    const on = stated.length > 0 ? stated : carried.on(relation.id)
    const data = stated.length > 0 || on.length === 1 ? on : undefined
    if (data?.length && data.every((id) => flag(find.data(id)?.facts ?? {}, 'mutable') === false)) return []
    return [{ component, relation, ...(name !== undefined && { owner: { name, fact: owner!.fact } }), ...(data && { data }) }]
  })
}

function changes({ verb, facts }: Relation): boolean {
  if (saysUnknown(facts, 'op')) return false
  const op = word(facts, 'op')
  return verb === 'writes' ? op !== 'read' : verb === 'calls' && op !== undefined && op !== 'read'
}

/** Two owners of the same data; or of a store of which nobody says who writes what in it, which is only remarked. */
function shared(model: Model, store: Component, writers: readonly Writer[]): Finding | undefined {
  const owned = writers.filter(({ owner }) => owner !== undefined)
  const byData = new Map<string, Writer[]>()
  for (const writer of owned) for (const data of writer.data ?? []) byData.set(data, [...(byData.get(data) ?? []), writer])
  const contested = [...byData].filter(([, of]) => ownersOf(of).length > 1)
  if (contested.length > 0) {
    const of = [...new Set(contested.flatMap(([, each]) => each))]
    const names = contested.map(([data]) => lookup(model).data(data)?.name ?? data)
    return report(store, of, 'warning', `of ${listed(names)} nobody alone keeps the rules or can change the schema`)
  }
  const open = owned.filter(({ data }) => data === undefined)
  if (ownersOf(open).length < 2) return undefined
  return report(store, open, 'info', 'where these are the same tables, nobody alone keeps their rules or can change the schema')
}

/** The design names owners elsewhere, and not here. */
function unowned(model: Model, store: Component, writers: readonly Writer[]): Finding | undefined {
  if (known(store.facts, 'owner')) return undefined
  const services = writers.filter(({ owner, component, data }) => owner === undefined && (component.kind === 'service' || component.kind === 'function') && data !== undefined)
  for (const data of new Set(services.flatMap(({ data }) => data!))) {
    const same = services.filter((writer) => writer.data!.includes(data))
    if (new Set(same.map(({ component }) => component.id)).size < 2) continue
    return report(store, same, 'info', `who answers for \`${lookup(model).data(data)?.name ?? data}\` is not said (\`owner\`)`)
  }
  return undefined
}

function ownersOf(writers: readonly Writer[]): readonly string[] {
  return [...new Set(writers.flatMap(({ owner }) => owner?.name ?? []))]
}

function report(store: Component, writers: readonly Writer[], severity: 'warning' | 'info', consequence: string): Finding {
  const each = [...new Map(writers.map((writer) => [writer.component.id, writer])).values()]
  const own = known(store.facts, 'owner')
  const keeper = own?.fact.from === 'stated' ? valueName(own.value) : undefined
  return {
    at: store.origin,
    subject: { component: store.id },
    severity,
    message: `\`${store.name}\` is written by ${joined(each.map(({ component, owner }) => `\`${component.name}\`${owner ? ` of ${owner.name}` : ''}`))}: ${consequence}.`,
    help: `Let one team own the writes${keeper !== undefined ? ` (\`${keeper}\` has the store)` : ''}, and let the others ask its API or follow its events; or give each its own tables and say so (\`data\`).`,
    related: writers.slice(0, 8).map(({ component, relation }) => ({ at: relation.origin, message: `\`${component.name}\` writes` })),
    facts: writers.flatMap(({ owner }) => owner?.fact ?? []),
    fixes: [],
  }
}
