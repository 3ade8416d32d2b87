import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { growthOf, roomOf, type Growth } from '../analysis/growth.ts'
import { keySkewOf } from '../analysis/partitions.ts'
import { timeUntilFull } from '../analysis/storage.ts'
import { isUnlimited, known, number, saysUnknown } from '../model/facts.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { percent } from './words.ts'

const DAY = 86_400
const YEAR = 365 * DAY
export const storageOutgrowsCapacity: Rule = {
  id: 'storage-outgrows-capacity',
  code: 'Q5',
  severity: 'error',
  title: 'Data grow past the room there is for them',
  why: 'A rate times a size times the years is larger than it feels, and copies and indexes multiply it. A store that is full refuses writes all at once; moving to a larger one then takes weeks that nobody has.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 6, Partitioning' },
    { title: 'Elastic documentation, Size your shards', url: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/size-your-shards.html' },
    { title: 'Ghemawat, Gobioff and Leung, The Google File System (SOSP 2003)' },
    { title: 'etcd documentation, System limits', url: 'https://etcd.io/docs/v3.6/dev-guide/limit/' },
  ],
  needs: ['storage', 'growth', 'free-disk', 'retention', 'horizon', 'size', 'count', 'items', 'item-size', 'op', 'replicas', 'shards', 'nodes', 'replication-factor', 'index-overhead', 'compression', 'partition-limit.size', 'time-bucket', 'object-overhead', 'memory', 'rate'],
  fixable: true,
  settings: ['storageLasts'],
  *check(model, analysis, { storageLasts }) {
    const horizon = horizonOf(model)
    if (horizon === 'unknown') return
    for (const component of model.components) {
      const growth = growthOf(model, analysis.load, component)
      const full = growth && soonest(component, growth)
      const severity = full && severityAt(full.seconds, horizon, storageLasts)
      if (severity) yield { ...report(analysis, component, growth, full, horizon), severity }
    }
  },
}

interface Horizon {
  readonly seconds: number
  readonly fact: Fact
}

function horizonOf(model: Model): Horizon | 'unknown' | undefined {
  const facts = model.design?.facts
  if (!facts) return undefined
  if (saysUnknown(facts, 'horizon')) return 'unknown'
  const seconds = number(facts, 'horizon')
  return seconds === undefined ? undefined : { seconds, fact: known(facts, 'horizon')!.fact }
}

/** Without a stated horizon, what lasts three times as long as it must is planned for in time. */
function severityAt(seconds: number, horizon: Horizon | undefined, lasts: number): 'error' | 'warning' | 'info' | undefined {
  if (horizon) return seconds < horizon.seconds ? 'error' : undefined
  return seconds < lasts ? 'warning' : seconds < 3 * lasts ? 'info' : undefined
}

/** What fills first. */
interface Full {
  readonly of: 'storage' | 'disk' | 'partition' | 'memory'
  readonly seconds: number
  /** B. */
  readonly room: number
  /** B/s into it, as it is on disk. */
  readonly growth: number
  readonly how: string
  readonly facts: readonly Fact[]
}

function soonest(component: Component, growth: Growth): Full | undefined {
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

function overheadOf({ facts }: Component): string {
  const parts = [
    ...(['n', 'replication-factor', 'replicas'].some((path) => (number(facts, path) ?? 1) > 1) ? ['copies'] : []),
    ...((number(facts, 'index-overhead') ?? 0) > 0 ? ['indexes'] : []),
    ...(known(facts, 'compression') ? ['compression'] : []),
  ]
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}` : (parts[0] ?? 'overhead')
}

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
    how: even ? `${shards} shards` : `the busiest key has ${percent(share, 1)} of it`,
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
    how: `${amount(each)} of memory for each object`,
    facts: ['object-overhead', 'memory'].map((path) => known(component.facts, path)!.fact),
  }
}

function report(analysis: Analysis, component: Component, growth: Growth, full: Full, horizon: Horizon | undefined): Finding {
  const when = full.seconds === 0 ? 'is already too small for what it holds' : `is full after ${span(full.seconds)}`
  const planned = horizon ? `, within the ${formatQuantity({ ...quantity(0), ...quantityOf(horizon.fact) })} that are planned for` : ''
  return {
    at: component.origin,
    subject: { component: component.id },
    message: `\`${component.name}\` ${sentenceOf(full, growth, when)}${planned}.`,
    help: helpOf(component, full),
    related: analysis.model.relations
      .filter((relation) => relation.to === component.id && analysis.load.relation(relation.id).average > 0 && !known(component.facts, 'growth'))
      .map((relation) => ({ at: relation.origin, message: `brings ${formatQuantity(quantity(analysis.load.relation(relation.id).average, { time: -1, data: 0 }))}` })),
    facts: [...growth.facts, ...full.facts, ...(horizon ? [horizon.fact] : [])],
    fixes: fixesOf(component, growth, full),
  }
}

function quantityOf(fact: Fact): ReturnType<typeof quantity> {
  return fact.value.type === 'quantity' ? fact.value : quantity(0)
}

function sentenceOf({ of, room, growth: rate, how }: Full, growth: Growth, when: string): string {
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

function helpOf(component: Component, { of }: Full): string {
  switch (of) {
    case 'partition':
      return 'Add the day or the month to the key, so that one key’s records begin a new partition each time (`time-bucket`), or keep less of them (`retention`).'
    case 'memory':
      return 'Keep fewer and larger objects, or split the list of them over several.'
    default:
      return `Say how long it must be kept (\`retention\`) and let the rest go to an object store; or split it over more machines (\`shards\`)${component.kind === 'database' ? ', and keep large content in an object store with only its name here' : ''}.`
  }
}

/** As long as half of the room bears: the person decides whether that is enough. */
function fixesOf(component: Component, { rate, stock, retention }: Growth, { of, seconds, growth, room }: Full): readonly Fix[] {
  if (of === 'disk' || stock > 0 || seconds < 2 * DAY || rate <= 0 || Number.isFinite(retention) || known(component.facts, 'growth')) return []
  const days = Math.floor(((room / growth) * 0.7) / DAY)
  if (days < 1) return []
  if (of === 'partition' && component.kind !== 'search') return [{ title: `Begin a new partition every ${days === 1 ? 'day' : `${days} days`}: \`time-bucket: ${days}d\``, edits: setProperty(component, 'time-bucket', `${days}d`) }]
  return [{ title: `Keep it for ${days} days: \`retention: ${days}d\``, edits: setProperty(component, 'retention', `${days}d`) }]
}

function amount(bytes: number): string {
  return formatQuantity(quantity(bytes, SIZE))
}

function span(seconds: number): string {
  const [size, unit] = seconds < 90 ? [1, 's'] : seconds < 5400 ? [60, 'min'] : seconds < 2 * DAY ? [3600, 'h'] : seconds < 90 * DAY ? [DAY, 'days'] : seconds < 2 * YEAR ? [YEAR / 12, 'months'] : [YEAR, 'years']
  return `${Number((seconds / size).toPrecision(2))} ${unit}`
}

