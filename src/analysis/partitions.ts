/**
 * What one partition can take, and what the busiest one gets (NUMBERS M8, M9). Applies to whatever splits its load by a key: shards of
 * databases and caches, partitions of logs, groups of ordered queues.
 */
import { call, isAbsent, known, number, numberOf, protection, saysUnknown, word } from '../model/facts.ts'
import { sameDimension, BANDWIDTH, RATE } from '../model/quantity.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { shardCapacity } from './capacity.ts'
import { uniqueFacts } from './figure.ts'
import { hottestPartitionShare, zipfShare } from './keys.ts'

export interface KeySkew {
  /** The busiest key's share of all, 0..1, at least; 0 where keys are known to be alike and nobody says how many there are. */
  readonly topKey: number
  /** As a message says it: `the busiest one alone carries 45%`. */
  readonly how: string
  /** Into how many parts the busiest keys are already cut; counted in. */
  readonly parts: number
  readonly facts: readonly Fact[]
}

export interface PartitionLimit {
  readonly work: 'reads' | 'writes' | 'bytes'
  /** 1/s, or B/s for bytes. */
  readonly limit: number
  readonly facts: readonly Fact[]
}

export interface Placement {
  /** Unset where it is not known. */
  readonly partitions?: number
  readonly facts: readonly Fact[]
}

/** Undefined where nothing is known about the keys. What was already done about hot keys is taken off. */
export function keySkewOf(component: Component): KeySkew | undefined {
  const { facts } = component
  // Of most components nobody says anything about keys.
  if (isAbsent(facts, 'key-dist') && isAbsent(facts, 'key-cardinality')) return undefined
  const parts = saysUnknown(facts, 'key-dist') ? undefined : treated(component)
  if (parts === undefined) return undefined
  const dist = known(facts, 'key-dist')
  const cardinality = saysUnknown(facts, 'key-cardinality') ? undefined : number(facts, 'key-cardinality')
  const cardinalityFact = cardinality === undefined ? undefined : known(facts, 'key-cardinality')?.fact
  const ways: { readonly share: number; readonly how: string; readonly fact: Fact | undefined }[] = []
  const hot = numberOf(call(facts, 'key-dist', 'hot')?.args[0])
  if (hot !== undefined) ways.push({ share: hot, how: `its busiest value carries ${percent(hot)}`, fact: dist?.fact })
  const zipf = call(facts, 'key-dist', 'zipf')
  if (zipf) {
    const s = numberOf(zipf.args[0])
    const n = numberOf(zipf.args[1]) ?? cardinality
    if (s !== undefined && n !== undefined && n >= 1)
      ways.push({
        share: zipfShare(1, s, n),
        how: `under ${zipf.args[1] ? `zipf(${s}, ${short(n)})` : `zipf(${s}) over ${short(n)} keys`} its busiest value carries ${percent(zipfShare(1, s, n))}`,
        fact: dist?.fact,
      })
  }
  if (cardinality !== undefined && cardinality >= 1)
    ways.push({
      share: 1 / cardinality,
      how: `of its only ${short(cardinality)} values the busiest carries at least ${percent(1 / cardinality)}`,
      fact: cardinalityFact,
    })
  if (ways.length === 0)
    return word(facts, 'key-dist') === 'uniform'
      ? { topKey: 0, how: 'all keys are alike', parts, facts: uniqueFacts([dist?.fact]) }
      : undefined
  const worst = ways.reduce((most, way) => (way.share > most.share ? way : most))
  const done = parts > 1 ? `, ${percent(worst.share / parts)} in each of ${short(parts)} parts` : ''
  return { topKey: Math.min(1, worst.share) / parts, how: worst.how + done, parts, facts: uniqueFacts([worst.fact]) }
}

/** Into how many parts hot keys are already cut; undefined where something is done whose effect cannot be computed. */
function treated(component: Component): number | undefined {
  const { facts } = component
  let parts = 1
  for (const [path, name] of TREATMENTS) {
    if (protection(facts, path) === false || splitsByItself(component, path)) continue
    const number_ = numberOf(call(facts, path, name)?.args[0]) ?? number(facts, path)
    if (number_ === undefined || number_ < 1) return undefined
    parts = Math.max(parts, number_)
  }
  return parts
}

const TREATMENTS = [
  ['split', 'by'],
  ['hot-keys', 'split'],
] as const

/** A store that splits what gets hot by default still serves one key from one partition, up to that partition's limit. */
function splitsByItself(component: Component, path: string): boolean {
  const said = known(component.facts, path)
  return said?.fact.from === 'default' && word(component.facts, path) === 'adaptive'
}

export function placementOf(component: Component): Placement {
  const { facts } = component
  if (splitsByItself(component, 'split')) return { facts: [] }
  for (const path of component.kind === 'log' || component.kind === 'queue' || component.kind === 'topic' ? OF_BROKERS : OF_STORES) {
    if (saysUnknown(facts, path)) return { facts: [] }
    const count = number(facts, path)
    if (count !== undefined && count >= 1) return { partitions: count, facts: uniqueFacts([known(facts, path)?.fact]) }
  }
  return { facts: [] }
}

const OF_BROKERS = ['partitions', 'shards'] as const
const OF_STORES = ['shards', 'partitions'] as const

/** Whether it states what one of its partitions can take. */
export function statesPartitionLimit({ facts }: Component): boolean {
  return PARTITION_LIMITS.some(([path]) => !isAbsent(facts, path))
}

const PARTITION_LIMITS = [
  ['partition-limit.write', 'writes'],
  ['partition-limit.read', 'reads'],
  ['partition-limit.bytes', 'bytes'],
  ['partition-limit', 'writes'],
] as const

/** Stated limits of one partition; for a sharded store without any, what one shard's copies can serve. */
export function partitionLimitsOf(component: Component): readonly PartitionLimit[] {
  const { facts } = component
  const found: PartitionLimit[] = []
  for (const [path, work] of PARTITION_LIMITS) {
    const said = known(facts, path)
    const value = said?.value
    if (!said || value?.type !== 'quantity') continue
    if (sameDimension(value.dimension, BANDWIDTH)) {
      if (work !== 'reads') found.push({ work: 'bytes', limit: value.value, facts: [said.fact] })
    } else if (sameDimension(value.dimension, RATE)) found.push({ work, limit: value.value, facts: [said.fact] })
  }
  if (
    found.length > 0 ||
    saysUnknown(facts, 'partition-limit') ||
    (component.kind !== 'database' && component.kind !== 'cache' && component.kind !== 'search')
  )
    return found
  for (const work of ['writes', 'reads'] as const) {
    const shard = shardCapacity(component, work)
    if (shard) found.push({ work, limit: shard.rate, facts: shard.facts })
  }
  return found
}

/** The busiest partition's share of all the load. */
export function hottestShare(skew: KeySkew, placement: Placement): number {
  return hottestPartitionShare(skew.topKey, placement.partitions)
}

export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}

function short(n: number): string {
  return n >= 10_000 ? (n >= 1e6 ? `${Number((n / 1e6).toPrecision(3))}M` : `${Number((n / 1e3).toPrecision(3))}k`) : String(Math.round(n))
}
