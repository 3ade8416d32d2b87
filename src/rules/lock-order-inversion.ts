import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import { components as stronglyConnected } from '../analysis/strongly-connected.ts'
import { isUnlimited, known, number, protection, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf } from './words.ts'

export const lockOrderInversion: Rule = {
  id: 'lock-order-inversion',
  code: 'L4',
  severity: 'warning',
  title: 'Two flows take the same locks in opposite order',
  why: 'Each holds what the other one waits for, and neither lets go: a deadlock. It shows under load only, when both run at the same moment, and stops everything that needs either lock.',
  sources: [
    { title: 'Coffman, Elphick, Shoshani, System Deadlocks (ACM Computing Surveys 1971)' },
    { title: 'PostgreSQL documentation, Explicit Locking: Deadlocks', url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS' },
  ],
  needs: ['lock-order', 'protects', 'data', 'tx', 'op', 'timeout', 'retries'],
  fixable: true,
  *check(model, analysis) {
    for (const ring of cyclesOf(waitsOf(model, analysis))) {
      // Within one flow a lock may have been let go of before it is taken again.
      if (new Set(ring.map(({ first }) => first.flow.id)).size > 1) yield report(model, ring)
    }
  },
}

/** Something that one holder at a time has. */
interface Taken {
  /** The same for all that take the same. */
  readonly id: string
  /** As a message says it: `` `payer` ``. */
  readonly name: string
  readonly edge: Edge
  readonly flow: FlowPaths
  readonly facts: readonly Fact[]
  /** Rows of one database, which notices a deadlock by itself and ends one of the two. */
  readonly rows: boolean
}

/** One holds `first` while it asks for `then`. */
interface Wait {
  readonly first: Taken
  readonly then: Taken
}

/** For each flow, in the order of its steps, what is asked for while something else is held. */
function waitsOf(model: Model, analysis: Analysis): readonly Wait[] {
  return analysis.flows.flatMap((flow) => {
    if (!flow.flow) return []
    const taken = flow.waited.flatMap((edge) => (flow.names(edge.relation.id) ? takenBy(model, flow, edge) : []))
    const exclusive = flow.anyOf.map((choice) => new Set(choice.map(({ relation }) => relation.id)))
    return taken.flatMap((then, at) => {
      // One that gives up after a while and lets go of what it has waits for nobody for ever.
      if (givesUp(then.edge) || ordered(model, then.edge.needer)) return []
      return taken.slice(0, at).flatMap((first): Wait | [] => {
        const together = first.edge.needer === then.edge.needer ? first.rows === then.rows && (!first.rows || sameTransaction(first.edge, then.edge)) : !first.rows && walk([first.edge.needer], waitedFrom(flow)).has(then.edge.needer)
        const either = exclusive.some((choice) => choice.has(first.edge.relation.id) && choice.has(then.edge.relation.id))
        return first.id === then.id || !together || either ? [] : { first, then }
      })
    })
  })
}

function waitedFrom(flow: FlowPaths): (component: string) => readonly { readonly edge: Edge; readonly to: string }[] {
  return (component) => flow.waited.flatMap((edge) => (edge.needer === component && edge.waits === 'yes' ? { edge, to: edge.needed } : []))
}

function sameTransaction(a: Edge, b: Edge): boolean {
  return word(a.relation.facts, 'tx') === word(b.relation.facts, 'tx')
}

function givesUp({ relation: { facts } }: Edge): boolean {
  return saysUnknown(facts, 'timeout') || saysUnknown(facts, 'deadline') || (number(facts, 'timeout') !== undefined && !isUnlimited(facts, 'timeout'))
}

function ordered(model: Model, holder: string): boolean {
  return protection(lookup(model).component(holder)?.facts ?? {}, 'lock-order') !== false
}

/** Changes that hold the rows of a kind of data until the transaction ends. New rows are nobody else's. */
const HOLDING: ReadonlySet<string> = new Set(['update', 'upsert', 'set', 'increment', 'delete'])

function takenBy(model: Model, flow: FlowPaths, edge: Edge): readonly Taken[] {
  const { facts, label, to } = edge.relation
  const find = lookup(model)
  const target = find.component(to)
  if (!target || edge.waits !== 'yes') return []
  const data = references(facts, 'data')
  if (edge.verb.name === 'locks') {
    if (saysUnknown(facts, 'protects') || saysUnknown(facts, 'data')) return []
    const guarded = references(facts, 'protects')
    const named = guarded.length > 0 ? guarded : data
    // Several at once are taken in one call: all or none.
    const what = named.length > 0 ? named.map(({ id }) => id).toSorted().join(' ') : label !== undefined ? `"${label}"` : LOCKABLE.has(target.kind) ? '' : undefined
    if (what === undefined) return []
    const name = named.length > 0 ? joined(named.map((one) => `\`${nameIn(model, one.id)}\``)) : label !== undefined ? `“${label}”` : `\`${target.name}\``
    return [{ id: named.length > 0 ? `what ${what}` : `at ${to} ${what}`, name, edge, flow, facts: ['protects', 'data'].flatMap((path) => known(facts, path)?.fact ?? []), rows: target.kind === 'database' && word(facts, 'tx') !== undefined }]
  }
  const tx = known(facts, 'tx')
  if (edge.verb.name !== 'writes' || target.kind !== 'database' || !tx || data.length !== 1 || !HOLDING.has(word(facts, 'op') ?? '')) return []
  return [{ id: `rows ${to} ${data[0]!.id}`, name: `rows of \`${nameIn(model, data[0]!.id)}\``, edge, flow, facts: [tx.fact, known(facts, 'op')!.fact, known(facts, 'data')!.fact], rows: true }]
}

/** What is locked itself, rather than a place where locks of many things are kept. */
const LOCKABLE: ReadonlySet<string> = new Set(['database', 'object-store', 'service', 'external'])

function nameIn(model: Model, id: string): string {
  const find = lookup(model)
  return find.data(id)?.name ?? nameOf(model, id)
}

/** Of each tangle the shortest ring. */
function cyclesOf(waits: readonly Wait[]): readonly (readonly Wait[])[] {
  const ids = [...new Set(waits.flatMap(({ first, then }) => [first.id, then.id]))].toSorted()
  const index = new Map(ids.map((id, at) => [id, at]))
  const from = new Map<string, Map<string, Wait>>()
  for (const wait of waits) {
    const next = from.get(wait.first.id) ?? new Map<string, Wait>()
    const before = next.get(wait.then.id)
    if (!before || wait.first.flow.id < before.first.flow.id) next.set(wait.then.id, wait)
    from.set(wait.first.id, next)
  }
  const parts = stronglyConnected(ids.length, (at) => [...(from.get(ids[at]!)?.keys() ?? [])].map((id) => index.get(id)!))
  return parts.filter((part) => part.length > 1).map((part) => shortest(new Set(part.map((at) => ids[at]!)), from))
}

function shortest(part: ReadonlySet<string>, from: ReadonlyMap<string, ReadonlyMap<string, Wait>>): readonly Wait[] {
  const start = [...part].toSorted()[0]!
  const cameBy = new Map<string, Wait>()
  const queue = [start]
  for (const at of queue) {
    for (const [to, wait] of [...(from.get(at) ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (!part.has(to) || cameBy.has(to)) continue
      cameBy.set(to, wait)
      if (to !== start) queue.push(to)
    }
  }
  const ring: Wait[] = []
  for (let wait = cameBy.get(start); wait; wait = wait.first.id === start ? undefined : cameBy.get(wait.first.id)) ring.unshift(wait)
  return ring
}

/** Told in the order of the text: the flow that is declared later is the one that is out of order. */
function fromFirst(model: Model, ring: readonly Wait[]): readonly Wait[] {
  const position = new Map(model.flows.map(({ id }, at) => [id, at]))
  const places = ring.map(({ first }) => position.get(first.flow.id) ?? 0)
  const start = places.indexOf(Math.min(...places))
  return [...ring.slice(start), ...ring.slice(0, start)]
}

function report(model: Model, found: readonly Wait[]): Finding {
  const ring = fromFirst(model, found)
  const [wait] = ring
  const last = ring.at(-1)!
  const ways = ring.map(({ first, then }) => `${first.flow.name} takes ${first.name}, then ${then.name}`)
  const rows = ring.every(({ first, then }) => first.rows && then.rows)
  const repeated = rows && ring.some(({ then }) => (number(then.edge.relation.facts, 'retries') ?? 0) > 0)
  const end = rows ? 'the database ends one of them with an error' : 'they can wait for each other without end'
  const holders = [...new Set(ring.map(({ then }) => then.edge.needer))].toSorted()
  return {
    at: last.then.edge.relation.origin,
    subject: { component: last.then.edge.needer, relation: last.then.edge.relation.id },
    severity: repeated ? 'info' : 'warning',
    message: `${joined(ways)}: run at the same moment, ${end}.`,
    help: `Take them in one order everywhere${rows ? ', and repeat a transaction that was ended' : ', by id for instance; or give up after a time (`timeout`) and let go of what is held'}.`,
    related: ring.flatMap(({ first, then }) => [first, then]).filter((taken) => taken !== last.then).slice(0, 8).map((taken) => ({ at: taken.edge.relation.origin, message: `${taken.flow.name}: \`${nameOf(model, taken.edge.needer)}\` takes ${taken.name}` })),
    facts: [...new Set([...wait!.first.facts, ...ring.flatMap(({ first, then }) => [...first.facts, ...then.facts])])],
    fixes: fixesFor(model, holders),
  }
}

function fixesFor(model: Model, holders: readonly string[]): readonly Fix[] {
  const find = lookup(model)
  const components = holders.flatMap((id): Component[] => (find.component(id) ? [find.component(id)!] : []))
  return [{ title: `State one order for ${joined(components.map(({ name }) => `\`${name}\``))}: \`lock-order: id\``, edits: components.flatMap((component) => setProperty(component, 'lock-order', 'id')) }]
}
