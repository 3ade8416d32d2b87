/**
 * What is left of a component when some or all of its copies fall, by the way they replicate (NUMBERS M17–M19). Where nobody says which copy
 * fell, the worst is meant: the leader. Where nobody says how many copies a place holds, and it matters, the design is asked to say.
 */
import { call, known, list, number, numberOf, saysUnknown, word } from '../model/facts.ts'
import type { Component, Part } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import { majority } from './quorum.ts'
import { isVoter, membersOf, type Members } from './quorum-loss.ts'
import { copiesOf } from './units.ts'

export const LEVELS = ['replica', 'host', 'zone', 'region', 'provider'] as const

export type Level = (typeof LEVELS)[number]

/** What the failure leaves of a component. */
export interface Hit {
  readonly component: string
  /** `some`: fewer copies, which still do its work; `shard`: a part of its keys is gone. */
  readonly of: 'all' | 'writes' | 'some' | 'shard'
  /** The largest kind of place that fell with what fell of it. */
  readonly level: Level
  /** Copies before and after, where their number is known. */
  readonly count?: number
  readonly left?: number
  /** Until another copy leads, in seconds; `unknown` where a leader falls and the design says that another takes over, but not how fast. */
  readonly pause?: number | 'unknown'
  /** Behind the component's name: `is down`, `has 1 of 3 copies left, and a majority is 2`. */
  readonly because: string
  /** What would have to be stated to know more: `replicas`, `failover.mode`. */
  readonly missing: readonly string[]
  readonly facts: readonly Fact[]
}

/** What falls of a component: everything, or so many of its copies, and where they stood. */
export interface Loss {
  readonly whole: boolean
  /** Copies of which nobody says which they are. */
  readonly copies: number
  /** Where the place that fell may hold fewer of them: how many at least. */
  readonly least: number
  /** Copies that are drawn one by one. */
  readonly named: ReadonlySet<string>
  readonly shards: number
  /** The largest level that fell, for what a store says that it survives. */
  readonly level: Level
  /** What is not stated, so that nobody knows how much falls: `zones`, `replicas`. */
  readonly open?: string
}

export function hitOf(component: Component, loss: Loss): Hit {
  const base: Base = { component: component.id, level: loss.level, missing: [], facts: [] }
  if (loss.whole) return { ...base, of: 'all', because: 'is down' }
  if (loss.shards > 0) return ofShards(component, loss, base)
  const guarantee = known(component.facts, 'survives')
  const survived = word(component.facts, 'survives')
  if (guarantee && survived !== undefined && LEVELS.indexOf(survived as Level) >= LEVELS.indexOf(loss.level)) {
    return { ...base, of: 'some', because: `goes on: it survives the loss of a ${survived}`, facts: [guarantee.fact] }
  }
  const stated = membersOf(component)
  const members = stated && inAllRegions(component, stated)
  const counted = copiesOf(component)
  const count = members?.count ?? counted?.count
  if (loss.open !== undefined || count === undefined) {
    const missing = loss.open ?? 'replicas'
    return { ...base, of: 'some', because: `may be hit: its \`${missing}\` are not stated`, missing: [missing] }
  }
  const named = component.parts.filter(({ id }) => loss.named.has(id))
  const voting = named.filter(isVoter)
  if (voting.length + loss.copies === 0 && named.length > 0) return { ...base, of: 'some', because: `has lost \`${named[0]!.name}\`, which only reads along` }
  const counts = { ...base, count, facts: uniqueFacts([...(members?.facts ?? []), counted?.fact]), leader: loss.copies > 0 ? undefined : leaderAmong(component, named) }
  const worst = leaving(component, counts, Math.max(0, count - loss.copies - voting.length))
  const best = loss.least < loss.copies ? leaving(component, counts, Math.max(0, count - loss.least - voting.length)) : worst
  if (best.of === worst.of) return worst
  return { ...base, of: 'some', because: `keeps ${worst.left} or ${best.left} of ${count} copies: how many stand where is not stated`, missing: ['replica.region'], facts: counts.facts }
}

/** Copies of a leaderless store are counted per region. */
export function inAllRegions(component: Component, members: Members): Members {
  const regions = number(component.facts, 'regions') ?? list(component.facts, 'regions')?.length ?? 1
  return word(component.facts, 'replication') === 'leaderless' && members.property !== undefined && regions > 1 ? { ...members, count: members.count * regions } : members
}

type Base = Pick<Hit, 'component' | 'level' | 'missing' | 'facts'>

interface Counts extends Base {
  readonly count: number
  /** Whether the copy that leads is among those that fell; unset where nobody says which one it is. */
  readonly leader: 'fell' | 'stays' | undefined
}

function leaderAmong(component: Component, fallen: readonly Part[]): Counts['leader'] {
  const leads = ({ facts }: Part): boolean => word(facts, 'role') === 'leader'
  if (fallen.some(leads)) return 'fell'
  return component.parts.some(leads) || fallen.every(({ facts }) => word(facts, 'role') !== undefined) ? 'stays' : undefined
}

function leaving(component: Component, { leader, ...counts }: Counts, left: number): Hit {
  const { count } = counts
  if (left === 0) return { ...counts, left, of: 'all', because: count === 1 ? 'has lost its only copy' : count === 2 ? 'has lost both copies' : `has lost all ${count} copies` }
  return ofCopies(component, { ...counts, leader, left })
}

/** What the copies that are left may still do, by the way they replicate. */
function ofCopies(component: Component, { leader, ...counts }: Counts & { readonly left: number }): Hit {
  const { facts } = component
  const { count, left } = counts
  const leaves = `has ${leader === 'fell' ? 'lost its leader, and has ' : ''}${left} of ${count} copies left`
  const fact = (...paths: readonly string[]): readonly Fact[] => uniqueFacts([...counts.facts, ...paths.map((path) => known(facts, path)?.fact)])
  const votes = component.kind === 'coordinator' || word(facts, 'replication') === 'consensus' || word(facts, 'sync') === 'quorum'
  if (votes && left < majority(count)) {
    const stale = word(facts, 'on-partition') === 'serve-stale'
    return { ...counts, of: stale ? 'writes' : 'all', because: `has ${left} of ${count} copies left, and a majority is ${majority(count)}`, facts: fact('replication', 'sync', 'on-partition') }
  }
  const electing = leader === 'stays' ? 0 : (pauseOf(component) ?? 0)
  if (votes) return { ...counts, of: 'some', because: leaves, pause: electing, facts: electing > 0 ? fact('failover.detect', 'failover.decide', 'failover.promote') : counts.facts }
  const least = number(facts, 'min-isr')
  if (least !== undefined && left < least) {
    return { ...counts, of: 'writes', because: `${leaves}, and takes a write only on ${least}`, facts: fact('min-isr', 'acks') }
  }
  const followers = awaited(component)
  if (followers !== undefined && left <= followers) {
    return { ...counts, of: 'writes', because: `${leaves}, and a write waits for ${followers === 1 ? 'a follower' : `${followers} followers`}`, facts: fact('sync') }
  }
  // How many copies of a leaderless store must answer is each caller's choice: `severed` asks the arrow.
  if (word(facts, 'replication') !== 'leader-follower' || leader === 'stays') return { ...counts, of: 'some', because: leaves }
  return ofLeader(component, { ...counts, facts: known(facts, 'failover.mode')?.fact.from === 'stated' ? fact('failover.mode') : fact('replication', 'failover.mode') }, leaves)
}

/** Followers that must have a write before it is acknowledged, where none of them may be missing: a semi-synchronous leader goes on alone. */
function awaited({ facts }: Component): number | undefined {
  if (saysUnknown(facts, 'sync') || known(facts, 'sync')?.fact.from === 'default') return undefined
  if (word(facts, 'sync') !== 'sync') return undefined
  return numberOf(call(facts, 'sync', 'sync')?.args[0]) ?? 1
}

/** Under one leader nobody says which copy fell, or it was the leader. */
function ofLeader(component: Component, counts: Base & { readonly count: number; readonly left: number }, leaves: string): Hit {
  const mode = word(component.facts, 'failover.mode')
  if (mode === 'manual' || mode === 'none') {
    const decide = number(component.facts, 'failover.decide')
    const promoted = mode === 'manual' && decide !== undefined ? { pause: (number(component.facts, 'failover.detect') ?? 0) + decide + (number(component.facts, 'failover.promote') ?? 0) } : {}
    return { ...counts, of: 'writes', ...promoted, because: mode === 'manual' ? 'has lost its leader, and a person has to promote another' : 'has lost its leader, and nothing promotes another' }
  }
  if (mode === undefined && saysUnknown(component.facts, 'failover.mode')) return { ...counts, of: 'some', because: leaves, missing: ['failover.mode'] }
  if (mode === undefined) return { ...counts, of: 'some', because: `${leaves}; who takes over from a leader is not stated`, missing: ['failover.mode'] }
  return { ...counts, of: 'some', because: leaves, pause: pauseOf(component) ?? 'unknown' }
}

/** Detection, decision and promotion; undefined where none is stated. */
function pauseOf({ facts }: Component): number | undefined {
  const parts = ['failover.detect', 'failover.decide', 'failover.promote'].map((path) => number(facts, path))
  return parts.every((part) => part === undefined) ? undefined : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)
}

function ofShards(component: Component, loss: Loss, base: Base): Hit {
  const named = component.parts.filter(({ kind }) => kind === 'shard').length
  const count = number(component.facts, 'shards') ?? named
  if (loss.shards >= count) return { ...base, of: 'all', because: 'has lost all its shards' }
  return { ...base, of: 'shard', count, left: count - loss.shards, because: `has lost ${loss.shards} of ${count} shards` }
}
