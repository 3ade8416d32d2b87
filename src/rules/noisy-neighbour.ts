import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf } from '../analysis/capacity.ts'
import { around } from '../analysis/cut.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { Edge, Hop } from '../analysis/graph.ts'
import { BROKERS } from '../analysis/multiplicity.ts'
import { factAt, flag, known, number, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { insertIntoBody, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, listed } from './words.ts'

export const noisyNeighbour: Rule = {
  id: 'noisy-neighbour',
  code: 'X4',
  severity: 'warning',
  title: 'One tenant can use up what all tenants share',
  why: 'In a shared pool the largest tenant decides how the smallest one fares: one import, one loop, one campaign, and everybody else waits. Only a limit, a turn or a part for each tenant keeps what one does from all others.',
  sources: [
    { title: 'Microsoft Azure, Noisy Neighbor antipattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/antipatterns/noisy-neighbor/noisy-neighbor' },
    { title: 'AWS Builders’ Library, Fairness in multi-tenant systems', url: 'https://aws.amazon.com/builders-library/fairness-in-multi-tenant-systems/' },
    { title: 'AWS Builders’ Library, Workload isolation using shuffle-sharding', url: 'https://aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding/' },
  ],
  needs: ['tenancy', 'rate-limit.per', 'fair-by', 'capacity', 'concurrency', 'replicas', 'managed', 'key', 'rate', 'public', 'trusted'],
  fixable: true,
  *check(model, analysis) {
    const pooled = model.components.filter(isPooled)
    if (pooled.length === 0) return
    const find = lookup(model)
    // Doors without a limit for each tenant, each with the client that comes in there.
    const doors = new Map<string, { readonly client: Component; readonly edge: Edge }>()
    for (const client of model.components.filter(isTenant).toSorted(byId)) {
      for (const { edge, to } of onward(analysis, client.id)) if (!doors.has(to) && !isFair(model, to)) doors.set(to, { client, edge })
    }
    const reach = around((id) => isFair(model, id), [...doors.keys()].toSorted(), (id) => onward(analysis, id))
    // One root cause is one door, whatever pools lie behind it; a pool behind several counts for the nearest.
    const behind = new Map<string, { readonly pool: Component; readonly path: readonly Edge[] }[]>()
    for (const pool of pooled) {
      if (!reach.has(pool.id)) continue
      const path = reach.path(pool.id)
      const door = path[0]?.relation.from ?? pool.id
      const list = behind.get(door)
      if (list) list.push({ pool, path })
      else behind.set(door, [{ pool, path }])
    }
    for (const [door, pools] of behind) {
      const sorted = pools.toSorted((a, b) => Number(BROKERS.has(b.pool.kind)) - Number(BROKERS.has(a.pool.kind)) || b.path.length - a.path.length || byId(a.pool, b.pool))
      const { client, edge } = doors.get(door)!
      yield report(model, analysis, { client, door: find.component(door)!, behind: sorted.map(({ pool }) => pool), path: [edge, ...sorted[0]!.path] })
    }
  },
}

function byId(a: Component, b: Component): number {
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1
}

interface Shared {
  readonly client: Component
  readonly door: Component
  /** The one that is told first. */
  readonly behind: readonly Component[]
  /** From the client to that one. */
  readonly path: readonly Edge[]
}

/** Shared by all tenants, and known to have an end. What a provider scales by itself has none that we see; a tenant’s own partition is asked elsewhere. */
function isPooled(component: Component): boolean {
  const { facts, kind } = component
  if (word(facts, 'tenancy') !== 'pool' || saysUnknown(facts, 'key')) return false
  if (words(facts, 'key')?.some((key) => key.includes('tenant'))) return false
  if (BROKERS.has(kind)) return true
  const capacity = capacityOf(component, 'all')
  if (capacity && capacity.facts.every((fact) => fact.from === 'stated')) return true
  if (flag(facts, 'managed') === true || saysUnknown(facts, 'managed') || factAt(facts, 'autoscale') !== undefined) return false
  return ['replicas', 'concurrency', 'shards'].some((path) => known(facts, path)?.fact.from === 'stated')
}

/** Somebody on whose behalf requests come in: a client that is not our own. */
function isTenant({ kind, facts }: Component): boolean {
  if (kind !== 'client' || ['trusted', 'public', 'tenancy'].some((path) => saysUnknown(facts, path))) return false
  return flag(facts, 'trusted') !== true && flag(facts, 'public') !== false && word(facts, 'tenancy') !== 'silo'
}

const CARRIES: ReadonlySet<string> = new Set(['calls', 'routes', 'reads', 'writes', 'publishes', 'delivers', 'triggers', 'captures'])

/** Where requests and messages go on, unless the arrow itself limits each tenant. */
function onward({ graph }: Analysis, component: string): readonly Hop[] {
  const all = new Map([...graph.sync(component), ...graph.causes(component)].map((hop) => [hop.edge.relation.id, hop]))
  return [...all.values()].filter(({ edge }) => CARRIES.has(edge.verb.name) && edge.relation.from === component && !limitsEach(edge.relation.facts))
}

/** A limit of which it is not said for whom it is may be for each tenant. */
function limitsEach(facts: Facts): boolean {
  const there = protection(facts, 'rate-limit')
  if (there === undefined || saysUnknown(facts, 'rate-limit.per')) return true
  return there && ['tenant', 'client', undefined].includes(word(facts, 'rate-limit.per'))
}

/** It limits each tenant, takes their work in turn, or is each tenant’s own. */
function isFair(model: Model, component: string): boolean {
  const facts = lookup(model).component(component)?.facts ?? {}
  return limitsEach(facts) || protection(facts, 'fair-by') !== false || word(facts, 'tenancy') === 'silo' || saysUnknown(facts, 'tenancy')
}

function report(model: Model, analysis: Analysis, { client, door, behind, path: way }: Shared): Finding {
  const find = lookup(model)
  const pool = behind[0]!
  const room = roomOf(analysis, pool)
  const waiting = BROKERS.has(pool.kind)
    ? `what one of them puts into \`${pool.name}\`, all others wait behind`
    : room
      ? `\`${pool.name}\` has ${shown(room.left)} of its ${shown(room.capacity)} left, and one of them that asks for so much more takes it from all`
      : `one of them alone can keep \`${pool.name}\` busy`
  const others = behind.slice(1)
  const readers = BROKERS.has(pool.kind) ? find.relationsFrom(pool.id).flatMap(({ verb, to }) => (verb === 'delivers' ? find.component(to)! : [])) : []
  return {
    at: pool.origin,
    subject: { component: pool.id },
    message: `All tenants share ${listed([pool, ...others].map(({ name }) => name))}, and nothing on ${arrows(model, [client.id, ...way.map(({ relation }) => relation.to)])} limits each of them: ${waiting}.`,
    help: BROKERS.has(pool.kind)
      ? `Take the tenants’ messages in turn (\`fair-by: tenant-id\`${readers.length > 0 ? ` on \`${pool.name}\`` : ''}), or limit what each may put in (\`rate-limit { per: tenant }\` at \`${door.name}\`).`
      : `Limit each tenant at \`${door.name}\` (\`rate-limit { per: tenant }\`), take their work in turn, or give the largest a part of its own.`,
    related: [...alongPath(model, way), ...others.slice(0, 5).map(({ origin, name }) => ({ at: origin, message: `\`${name}\` is shared as well` }))],
    facts: uniqueFacts([known(pool.facts, 'tenancy')!.fact, ...(room?.facts ?? [])]),
    fixes: fixesFor(pool, door),
  }
}

/** What is left of it at the peak, where load and capacity are known. */
function roomOf({ load }: Analysis, component: Component): { readonly left: number; readonly capacity: number; readonly facts: readonly Fact[] } | undefined {
  const capacity = capacityOf(component, 'all')
  const { peak, missing } = load.component(component.id).all
  if (!capacity || !(peak > 0) || missing.length > 0 || peak >= capacity.rate) return undefined
  return { left: capacity.rate - peak, capacity: capacity.rate, facts: uniqueFacts([...capacity.facts, ...load.facts({ component: component.id })]) }
}

function fixesFor(pool: Component, door: Component): readonly Fix[] {
  const turn: readonly Fix[] = BROKERS.has(pool.kind) && factAt(pool.facts, 'fair-by') === undefined ? [{ title: `Take the messages of \`${pool.name}\` in turn: \`fair-by: tenant-id\``, edits: setProperty(pool, 'fair-by', 'tenant-id') }] : []
  const per = known(door.facts, 'rate-limit.per')
  if (per?.fact.from === 'stated') return [...turn, { title: `Count for each tenant at \`${door.name}\`: \`per: tenant\``, edits: setProperty(door, 'rate-limit.per', 'tenant') }]
  if (factAt(door.facts, 'rate-limit') !== undefined || number(door.facts, 'rate-limit.limit') !== undefined) return turn
  return [...turn, { title: `Limit each tenant at \`${door.name}\``, edits: [insertIntoBody(door, 'rate-limit { per: tenant, state: shared, on-failure: open }')] }]
}

function shown(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}
