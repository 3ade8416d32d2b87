/** What of a store fills first as it grows: its disks, its largest partition, the memory in which it lists what it keeps (NUMBERS M22). */
import { isUnlimited, known, number, saysUnknown } from '../model/facts.ts'
import type { Component } from '../model/model.ts'
import { formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import { roomOf, type Growth } from './growth.ts'
import { keySkewOf } from './partitions.ts'
import { timeUntilFull } from './storage.ts'

/** What fills first. */
export interface Full {
  readonly of: 'storage' | 'disk' | 'partition' | 'memory'
  readonly seconds: number
  /** B. */
  readonly room: number
  /** B/s into it, as it is on disk. */
  readonly growth: number
  readonly how: string
  readonly facts: readonly Fact[]
}

export function soonest(component: Component, growth: Growth): Full | undefined {
  const all = [ofStorage(component, growth), ofDisk(component, growth), ofPartition(component, growth), ofMemory(component, growth)].flatMap((full) => (full && Number.isFinite(full.seconds) ? [full] : []))
  return all.sort((a, b) => a.seconds - b.seconds)[0]
}

function ofStorage(component: Component, { rate, stock, retention }: Growth): Full | undefined {
  const room = roomOf(component)
  if (!room) return undefined
  const over = room.overhead === 1 ? '' : ` × ${Number(room.overhead.toPrecision(3))} for ${overheadOf(component)}`
  return {
    of: 'storage',
    seconds: timeUntilFull(room.bytes, rate, stock, retention),
    room: room.raw,
    growth: rate * room.overhead,
    how: over,
    facts: room.facts,
  }
}

export function overheadOf({ facts }: Component): string {
  const parts = [
    ...(['n', 'replication-factor', 'replicas'].some((path) => (number(facts, path) ?? 1) > 1) ? ['copies'] : []),
    ...((number(facts, 'index-overhead') ?? 0) > 0 ? ['indexes'] : []),
    ...(known(facts, 'compression') ? ['compression'] : []),
  ]
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? 'overhead')
}

/** `` `ledger` grows by 200GB a day × 3 for copies, so its room of 30TB is full after 50 days ``. */
export function fillingText({ name }: Component, growth: Growth, { of, room, growth: rate, how, seconds }: Full): string {
  const when = seconds === 0 ? 'is already too small for what it holds' : `is full after ${span(seconds)}`
  return `\`${name}\` ${sentence()}`

  function sentence(): string {
    const grows = formatQuantity(quantity(growth.rate * DAY, SIZE))
    switch (of) {
      case 'storage':
        return `grows by ${grows} a day${how}, so its ${amount(room)} ${when}`.replace(`${amount(room)} is`, `room of ${amount(room)} is`)
      case 'disk':
        return `grows by ${grows} a day, so the ${amount(room)} that are left on its disk ${when}`.replace('are left on its disk is', 'are left on its disk are')
      case 'partition':
        return `grows by ${grows} a day, and ${how}: one partition ${when.replace('is full after', `is at its limit of ${amount(room)} after`)}`
      case 'memory':
        return `needs ${how}, ${formatQuantity(quantity(rate * DAY, SIZE))} more each day, so its ${amount(room)} ${when}`.replace(`${amount(room)} is`, `memory of ${amount(room)} is`)
    }
  }
}

/** As a person counts it: `50 days`, `3.8 months`. */
export function span(seconds: number): string {
  const [size, unit] = seconds < 90 ? [1, 's'] : seconds < 5400 ? [60, 'min'] : seconds < 2 * DAY ? [3600, 'h'] : seconds < 90 * DAY ? [DAY, 'days'] : seconds < 2 * YEAR ? [YEAR / 12, 'months'] : [YEAR, 'years']
  return `${Number((seconds / size).toPrecision(2))} ${unit}`
}

function amount(bytes: number): string {
  return formatQuantity(quantity(bytes, SIZE))
}

const DAY = 86_400
const YEAR = 365 * DAY

/** What is left of it, where that is said instead. */
function ofDisk(component: Component, { rate, retention }: Growth): Full | undefined {
  const left = number(component.facts, 'free-disk')
  // How much of what is there has yet to go is not known, so only what is kept for ever certainly fills it.
  if (left === undefined || known(component.facts, 'storage') || Number.isFinite(retention)) return undefined
  return { of: 'disk', seconds: timeUntilFull(left, rate), room: left, growth: rate, how: '', facts: [known(component.facts, 'free-disk')!.fact] }
}

/** The largest partition: the busiest key's share of all, or an even part of an index. */
function ofPartition(component: Component, { rate, stock, retention }: Growth): Full | undefined {
  const most = number(component.facts, 'partition-limit.size')
  if (most === undefined || isUnlimited(component.facts, 'partition-limit.size')) return undefined
  const skew = keySkewOf(component)
  const shards = component.kind === 'search' ? number(component.facts, 'shards') : undefined
  const share = Math.max(skew?.topKey ?? 0, shards === undefined ? 0 : 1 / shards)
  if (share <= 0) return undefined
  if (saysUnknown(component.facts, 'time-bucket')) return undefined
  const fact = known(component.facts, 'partition-limit.size')!.fact
  // A key that contains the day begins a new partition each day: what came before lies in others.
  const bucket = number(component.facts, 'time-bucket')
  const even = shards !== undefined && share === 1 / shards
  return {
    of: 'partition',
    seconds: timeUntilFull(most, rate * share, bucket === undefined ? stock * share : 0, Math.min(bucket ?? Infinity, retention)),
    room: most,
    growth: rate * share,
    how: even ? `${shards} shards` : `the busiest key has ${percent(share)} of it`,
    facts: uniqueFacts([fact, ...(even ? [known(component.facts, 'shards')?.fact] : (skew?.facts ?? [])), known(component.facts, 'time-bucket')?.fact]),
  }
}

/** The list of all objects, in the memory of the one that keeps it. */
function ofMemory(component: Component, { records, retention }: Growth): Full | undefined {
  const [each, room] = [number(component.facts, 'object-overhead'), number(component.facts, 'memory')]
  if (each === undefined || room === undefined || !records) return undefined
  return {
    of: 'memory',
    seconds: timeUntilFull(room, records.rate * each, records.stock * each, retention),
    room,
    growth: records.rate * each,
    how: `${formatQuantity(quantity(each, SIZE))} of memory for each object`,
    facts: ['object-overhead', 'memory'].map((path) => known(component.facts, path)!.fact),
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`
}
