/**
 * On how many machines a write is when the writer is told that it is saved (CONVENTIONS 0.3, copies_at_ack). What a technology does by
 * default counts; a number of copies that nobody knows leaves a majority a majority.
 */
import { call, flag, isNone, known, number, numberOf, saysUnknown, word } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'

export interface CopiesAtAck {
  /** Unset for a majority of an unknown number. */
  readonly count?: number
  /** Of how many, where known. */
  readonly of?: number
  /** Behind "acknowledged on": `1 of 3 copies`, `a majority of 3`, `2 copies, or 1 when no follower answers in time`, `memory only`. */
  readonly text: string
  readonly facts: readonly Fact[]
}

/** Undefined where the design and the technology do not say it. */
export function copiesAtAck(component: Component): CopiesAtAck | undefined {
  const { facts } = component
  if (['durability', 'replication', 'sync', 'acks', 'min-isr', 'w'].some((path) => saysUnknown(facts, path))) return undefined
  const fact = (path: string): Fact | undefined => known(facts, path)?.fact
  if (word(facts, 'durability') === 'memory' || word(facts, 'pattern') === 'write-behind') {
    return { count: 0, text: 'memory only', facts: uniqueFacts([fact('durability'), fact('pattern')]) }
  }
  const size = sizeOf(component)
  const of = size?.count

  const acks = word(facts, 'acks') ?? number(facts, 'acks')?.toString()
  if (acks !== undefined && (component.kind === 'log' || component.kind === 'topic' || component.kind === 'queue')) {
    if (acks !== 'all' && acks !== 'quorum') return counted(acks === 'none' ? 0 : Number(acks), of, uniqueFacts([fact('acks'), size?.fact]))
    const least = number(facts, 'min-isr')
    return least === undefined ? undefined : counted(least, of, uniqueFacts([fact('acks'), fact('min-isr'), size?.fact]))
  }

  const replication = word(facts, 'replication')
  if (replication === 'leaderless') {
    const w = number(facts, 'w')
    return w === undefined ? undefined : counted(w, number(facts, 'n') ?? of, uniqueFacts([fact('replication'), fact('w'), fact('n')]))
  }
  const sync = word(facts, 'sync')
  if (sync === 'quorum' || (sync === undefined && replication === 'consensus')) {
    const from = uniqueFacts([fact('replication'), fact('sync'), size?.fact])
    if (of === undefined) return { text: 'a majority', facts: from }
    const majority = Math.floor(of / 2) + 1
    return { count: majority, of, text: `a majority of ${of}`, facts: from }
  }
  if (replication === 'none' || (of === 1 && sync === undefined)) return counted(1, 1, uniqueFacts([fact('replication'), size?.fact]))
  // One machine alone has nobody to wait for.
  if (of === 1) return counted(1, 1, uniqueFacts([fact('sync'), size?.fact]))
  const from = uniqueFacts([fact('sync'), size?.fact])
  switch (sync) {
    case 'async':
      return counted(1, of, from)
    case 'semi-sync':
      return {
        count: 2,
        ...(of !== undefined && { of }),
        text: `2${of === undefined || of === 2 ? '' : ` of ${of}`} copies, or 1 when no follower answers in time`,
        facts: from,
      }
    case 'sync':
      return counted(1 + (numberOf(call(facts, 'sync', 'sync')?.args[0]) ?? 1), of, from)
    default:
      return undefined
  }
}

/** Copies of one item or shard, the leader included, however the technology calls them. */
export function sizeOf(component: Component): { readonly count: number; readonly fact: Fact } | undefined {
  for (const path of ['n', 'replication-factor', 'voters', 'replicas']) {
    const count = number(component.facts, path)
    if (count !== undefined) return { count, fact: known(component.facts, path)!.fact }
    if (saysUnknown(component.facts, path)) return undefined
  }
  return undefined
}

/** Whether a failover can lose what was acknowledged: fewer than two copies have it. Undefined where that is not known. */
export function losesAtFailover(component: Component): boolean | undefined {
  const copies = copiesAtAck(component)
  if (copies === undefined) return undefined
  if (flag(component.facts, 'unclean-election') === true) return true
  if (copies.count === undefined) return false
  return copies.count < 2 && !isNone(component.facts, 'replication') && copies.of !== 1
}

function counted(count: number, of: number | undefined, facts: readonly Fact[]): CopiesAtAck {
  return {
    count,
    ...(of !== undefined && { of }),
    text: of === undefined || of === count ? (count === 1 ? '1 copy' : `${count} copies`) : `${count} of ${of} copies`,
    facts,
  }
}
