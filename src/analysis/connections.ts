/**
 * How many connections all copies of all callers open to a store, or to a pooler in front of it, against how many it accepts. A pool is kept by
 * each copy, so what counts is the most copies that can run.
 */
import { isAbsent, known, number, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { copiesPerShard, statelessCopies, storeCopies } from './capacity.ts'
import { uniqueFacts } from './figure.ts'
import { STORES } from './multiplicity.ts'

export interface PoolUse {
  readonly caller: Component
  /** The relations that share the pool, in the order of the text. */
  readonly relations: readonly Relation[]
  /** Connections that one copy keeps, and the most copies that may run. */
  readonly pool: number
  readonly copies: number
  /** How many times as many run during a deployment, where that is stated. */
  readonly surge?: number
  /** pool × copies × surge */
  readonly connections: number
  readonly facts: readonly Fact[]
}

export interface Connections {
  readonly target: Component
  /** Accepted by all servers that these callers can reach. */
  readonly limit: number
  readonly servers: number
  readonly uses: readonly PoolUse[]
  /** At least: callers whose pool or copies are not known count for nothing. */
  readonly total: number
  /** Whether all callers are counted; else what to state so that they are. */
  readonly whole: boolean
  readonly missing: readonly string[]
  readonly facts: readonly Fact[]
}

/** Verbs that keep a connection to their right end. */
const CONNECTING: ReadonlySet<string> = new Set(['reads', 'writes', 'calls', 'locks'])

/**
 * The fullest way to count: those that may write, which all reach the one leader of a shard, or all callers, over all copies. `copies` says how
 * many of a caller would run. Undefined where the limit, or every pool, is unknown.
 */
export function connectionsOf(
  model: Model,
  target: Component,
  copies: (caller: Component) => number | undefined = mostCopies,
): Connections | undefined {
  const each = number(target.facts, 'max-connections')
  const limit = known(target.facts, 'max-connections')?.fact
  if (each === undefined || !limit) return undefined
  const { uses, missing } = usesOf(model, target, copies)
  if (uses.length === 0) return undefined
  const sides: Connections[] = []
  const add = (of: readonly PoolUse[], servers: { readonly count: number; readonly facts: readonly Fact[] } | undefined): void => {
    if (!servers || of.length === 0) return
    sides.push({
      target,
      limit: each * servers.count,
      servers: servers.count,
      uses: of,
      total: of.reduce((sum, { connections }) => sum + connections, 0),
      whole: missing.length === 0,
      missing,
      facts: uniqueFacts([limit, ...(servers.count > 1 ? servers.facts : []), ...of.flatMap(({ facts }) => facts)]),
    })
  }
  if (!STORES.has(target.kind)) {
    add(uses, isAbsent(target.facts, 'replicas') && isAbsent(target.facts, 'autoscale') ? ONE : statelessCopies(target))
  } else {
    const shards = storeCopies(target, 'writes')
    const perShard = isAbsent(target.facts, 'replicas') ? ONE : copiesPerShard(target)
    // Who only reads may be spread over copies, also over an unknown number of them.
    const spread = (perShard === undefined || perShard.count > 1) && word(target.facts, 'read-from') !== 'leader'
    add(spread ? uses.filter(({ relations }) => relations.some(({ verb }) => verb !== 'reads')) : uses, shards)
    if (spread) add(uses, shards && perShard && { count: shards.count * perShard.count, facts: [...shards.facts, ...perShard.facts] })
  }
  return sides.sort((a, b) => b.total / b.limit - a.total / a.limit)[0]
}

const ONE = { count: 1, facts: [] }

/** `` 20 copies of `api` × a pool of 30 = 600 connections, of 500 that `db` accepts ``. */
export function connectionsText({ uses, target, limit, total }: Connections): string {
  const each = uses.map(({ caller, copies, pool, surge }) => `${copies} ${copies === 1 ? 'copy' : 'copies'} of \`${caller.name}\` × a pool of ${pool}${surge === undefined ? '' : ` × ${Number(surge.toFixed(2))} while deploying`}`)
  return `${each.join(' + ')} = ${total} connections, of ${limit} that \`${target.name}\` accepts`
}

interface Uses {
  readonly uses: readonly PoolUse[]
  readonly missing: readonly string[]
}

function usesOf(model: Model, target: Component, copiesOf: (caller: Component) => number | undefined): Uses {
  const find = lookup(model)
  const byCaller = new Map<string, Relation[]>()
  for (const relation of find.relationsTo(target.id)) {
    if (CONNECTING.has(relation.verb)) byCaller.set(relation.from, [...(byCaller.get(relation.from) ?? []), relation])
  }
  const missing: string[] = []
  const uses = [...byCaller].flatMap(([id, relations]): readonly PoolUse[] => {
    const caller = find.component(id)
    if (!caller) return []
    const pool = poolOf(caller, relations)
    const copies = copiesOf(caller)
    if (!pool) missing.push(`\`pool\` of \`${caller.name}\``)
    else if (copies === undefined) missing.push(`\`replicas\` of \`${caller.name}\``)
    if (!pool || copies === undefined) return []
    const surge = number(caller.facts, 'deploy-surge')
    const facts = uniqueFacts([
      ...pool.facts,
      ...['replicas', 'autoscale.max'].map((path) => known(caller.facts, path)?.fact),
      surge === undefined ? undefined : known(caller.facts, 'deploy-surge')?.fact,
    ])
    const connections = pool.size * Math.ceil(copies * (1 + (surge ?? 0)))
    return [{ caller, relations, pool: pool.size, copies, ...(surge !== undefined && { surge: 1 + surge }), connections, facts }]
  })
  return { uses, missing }
}

/** Relations of one caller share its pool: the largest that any of them states, else the caller’s own. */
function poolOf(caller: Component, relations: readonly Relation[]): { readonly size: number; readonly facts: readonly Fact[] } | undefined {
  if (relations.some(({ facts }) => saysUnknown(facts, 'pool'))) return undefined
  const stated = relations.flatMap(({ facts }) => {
    const size = number(facts, 'pool')
    return size === undefined ? [] : [{ size, facts: [known(facts, 'pool')!.fact] }]
  })
  if (stated.length > 0) return stated.reduce((most, each) => (each.size > most.size ? each : most))
  const size = number(caller.facts, 'pool')
  return size === undefined ? undefined : { size, facts: [known(caller.facts, 'pool')!.fact] }
}

/** What autoscaling may start, or what runs; where it may start any number, what certainly runs. */
export function mostCopies({ facts }: Component): number | undefined {
  const replicas = range(facts, 'replicas')?.to
  const most = number(facts, 'autoscale.max')
  return replicas === undefined && most === undefined ? undefined : Math.max(replicas ?? 0, most ?? 0)
}
