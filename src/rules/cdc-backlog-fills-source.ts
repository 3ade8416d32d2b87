import type { Analysis } from '../analysis/analysis.ts'
import { time } from '../analysis/staleness.ts'
import { isUnlimited, known, nameOf as valueName, number, quantityAt, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, SIZE, type Quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { joined, sentence } from './words.ts'

/** What somebody who is called needs to come and mend it, on a holiday too. */
const DAY = 24 * 60 * 60

export const cdcBacklogFillsSource: Rule = {
  id: 'cdc-backlog-fills-source',
  code: 'S9',
  severity: 'error',
  title: 'While its change stream is not read, the source fills its disk or forgets what was not read',
  why: 'A database that keeps its log for a reader keeps it for a reader that is gone as well. Either it keeps all of it, until its own disk is full and it takes no more writes, or it keeps a part, and what was not read in time is lost to the stream. Both begin with a small service that nobody was watching.',
  sources: [
    { title: 'Debezium documentation, PostgreSQL connector: WAL disk space consumption', url: 'https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-wal-disk-space' },
    { title: 'PostgreSQL documentation, max_slot_wal_keep_size', url: 'https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE' },
    { title: 'Amazon DynamoDB Developer Guide, Change data capture for DynamoDB Streams', url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html' },
  ],
  needs: ['change-log-retention', 'max-backlog', 'on-gap', 'free-disk', 'max-outage', 'alarm', 'bandwidth', 'method'],
  fixable: true,
  settings: ['unreadStream'],
  *check(model, analysis, { unreadStream }) {
    const capped = model.components.some(({ facts }) => known(facts, 'max-backlog')?.fact.from === 'stated' && !isUnlimited(facts, 'max-backlog'))
    for (const relation of model.relations) {
      const stream = relation.verb === 'captures' ? streamOf(model, analysis, relation) : undefined
      const finding = stream && (stream.keeps === 'all' ? fills(stream, capped, unreadStream) : forgets(analysis, stream))
      if (finding) yield finding
    }
  },
}

interface Stream {
  readonly model: Model
  readonly relation: Relation
  readonly source: Component
  readonly reader: Component
  /** The reader and what it cannot go on without, as a message says it. */
  readonly links: readonly Component[]
  /** What the source keeps for a reader that is gone. */
  readonly keeps: 'all' | Quantity
  readonly keepsFact: Fact
  /** Whether that was said for change streams in particular. */
  readonly said: boolean
  /** Bytes a second of log; at least, where it was computed from the writes. */
  readonly rate?: { readonly value: number; readonly least: boolean; readonly facts: readonly Fact[] }
  /** The longest outage that is planned for, in seconds. */
  readonly outage?: { readonly seconds: number; readonly of: Component; readonly fact: Fact }
}

function streamOf(model: Model, analysis: Analysis, relation: Relation): Stream | undefined {
  const find = lookup(model)
  const [source, reader] = [find.component(relation.from), find.component(relation.to)]
  if (!source || !reader || source.kind !== 'database') return undefined
  // Asking for new rows, or writing them down in the same transaction, holds back no log.
  const method = word(relation.facts, 'method')
  if (saysUnknown(relation.facts, 'method') || (method !== undefined && method !== 'log')) return undefined
  const carriers = [relation, reader, source]
  if (carriers.some(({ facts }) => saysUnknown(facts, 'max-backlog')) || saysUnknown(source.facts, 'change-log-retention')) return undefined
  const cap = [reader, source].flatMap(({ facts }) => known(facts, 'max-backlog') ?? [])[0]
  const kept = cap ?? known(source.facts, 'change-log-retention')
  if (!kept) return undefined
  const facts = { it: kept.fact }
  const amount = quantityAt(facts, 'it')
  const keeps = isUnlimited(facts, 'it') ? 'all' : amount
  if (!keeps) return undefined
  const behind = find.relationsFrom(reader.id).filter(({ verb }) => verb === 'captures' || verb === 'publishes').flatMap(({ to }) => find.component(to) ?? [])
  const links = [reader, ...(BROKERS.has(reader.kind) ? [] : behind)]
  const outages = links.flatMap((of) => {
    const [seconds, stated] = [number(of.facts, 'max-outage'), known(of.facts, 'max-outage')]
    return seconds === undefined || !stated ? [] : [{ seconds, of, fact: stated.fact }]
  })
  const outage = outages.toSorted((a, b) => b.seconds - a.seconds)[0]
  const rate = rateOf(analysis, relation, source)
  return { model, relation, source, reader, links, keeps, keepsFact: kept.fact, said: cap?.fact.from === 'stated', ...(rate && { rate }), ...(outage && { outage }) }
}

const BROKERS: ReadonlySet<string> = new Set(['log', 'topic', 'queue'])

function rateOf({ load }: Analysis, relation: Relation, source: Component): Stream['rate'] {
  if (saysUnknown(relation.facts, 'bandwidth')) return undefined
  const stated = known(relation.facts, 'bandwidth')
  const value = number(relation.facts, 'bandwidth')
  if (stated && value !== undefined && value > 0) return { value, least: false, facts: [stated.fact] }
  const written = load.component(source.id).bytesIn.average
  return written > 0 ? { value: written, least: true, facts: load.facts({ component: source.id }) } : undefined
}

/** A source without a limit, whose disk is the limit then. Fires where the design speaks of that disk or of limits; else nobody knows. */
function fills(stream: Stream, capped: boolean, unreadStream: number): Finding | undefined {
  const { source, links, rate, outage, said } = stream
  const free = quantityAt(source.facts, 'free-disk')
  if (!free && !said && !capped) return undefined
  const freeFact = known(source.facts, 'free-disk')?.fact
  const alarm = alarmed(stream)
  const keepsAll = `while ${either(links)} is down, \`${source.name}\` keeps all of its log for it`
  if (!free || !rate) {
    return alarm ? undefined : report(stream, 'warning', `${keepsAll}, without a limit: a reader that stays away fills its disk, and then it takes no writes`, [])
  }
  const full = free.value / rate.value
  const needed = outage && outage.seconds * rate.value
  const over = needed !== undefined && needed > free.value
  // Somebody is called and has the time to come; or nobody can be away that long.
  if (!over && (alarm ? (needed === undefined ? full >= DAY : free.value >= 3 * needed) : full >= unreadStream)) return undefined
  const speed = `${formatQuantity(quantity(rate.value, BANDWIDTH))}${rate.least ? ' of writes at least' : ''}`
  const planned = over ? `; \`${outage!.of.name}\` may be down for ${time(outage!.seconds)}, which comes to ${formatQuantity(quantity(needed!, SIZE))}` : ''
  const facts = [...rate.facts, ...(freeFact ? [freeFact] : []), ...(over ? [outage!.fact] : [])]
  return report(stream, over ? 'error' : 'warning', `${keepsAll}: at ${speed}, the ${formatQuantity(free)} that are free are full ${rate.least ? 'within' : 'in'} ${time(full)}, and then it takes no writes${planned}`, facts)
}

/** A source with a limit that a planned outage exceeds, of a reader that does not start over. */
function forgets({ intents }: Analysis, stream: Stream): Finding | undefined {
  const { source, reader, relation, rate, outage } = stream
  const keeps = stream.keeps as Quantity
  const bytes = keeps.dimension.data === 1
  const free = quantityAt(source.facts, 'free-disk')
  if (bytes && free && keeps.value > free.value) {
    return report(stream, 'warning', `\`${source.name}\` may keep ${formatQuantity(keeps)} of its log for \`${reader.name}\`, but only ${formatQuantity(free)} of its disk are free: it is full before the limit is reached, and then it takes no writes`, [known(source.facts, 'free-disk')!.fact])
  }
  const gap = known(reader.facts, 'on-gap')
  if (!gap || !outage || !['stop', 'skip'].includes(valueName(gap.value) ?? '')) return undefined
  const lasts = bytes ? rate && keeps.value / rate.value : keeps.value
  if (lasts === undefined || outage.seconds <= lasts) return undefined
  const intent = intents.at({ relation: relation.id, component: reader.id }, 'loss')
  if (intent.stance === 'tolerates' || intent.withheld) return undefined
  const after = valueName(gap.value) === 'skip' ? `\`${reader.name}\` then goes on with a hole` : `\`${reader.name}\` then stops for good`
  return report(
    stream,
    'warning',
    `\`${source.name}\` keeps ${bytes ? `${formatQuantity(keeps)} of its log, ${time(lasts)} at ${formatQuantity(quantity(rate!.value, BANDWIDTH))}` : `its log for ${time(lasts)}`}, but \`${outage.of.name}\` may be down for ${time(outage.seconds)}: the changes between are gone, and ${after}`,
    [gap.fact, outage.fact, ...(bytes ? rate!.facts : [])],
    true,
  )
}

/** Whether a growing backlog, or a filling disk, calls somebody. */
function alarmed({ relation, source, reader }: Stream): boolean {
  return [relation, source, reader].some(({ facts }) => saysUnknown(facts, 'alarm') || (words(facts, 'alarm') ?? []).some((each) => each === 'lag' || each === 'disk' || each === 'depth'))
}

function either(links: readonly Component[]): string {
  return joined(links.map(({ name }) => `\`${name}\``)).replace(/ and /, ' or ')
}

function report(stream: Stream, severity: 'error' | 'warning', message: string, facts: readonly Fact[], gap = false): Finding {
  const { relation, source, reader, links, keepsFact } = stream
  const free = number(source.facts, 'free-disk')
  const most = free === undefined ? '50GB' : formatQuantity(quantity(nice(free / 2), SIZE))
  const related: readonly Related[] = links.slice(1).map((link) => ({ at: link.origin, message: `\`${reader.name}\` cannot go on without \`${link.name}\`` }))
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: source.id },
    severity,
    message: `${sentence(message)}.`,
    help: !gap
      ? `Limit what is kept (\`max-backlog: ${most}\`; in PostgreSQL max_slot_wal_keep_size), read everything again when that was not enough (\`on-gap: resnapshot\`), and raise an alarm on the lag long before.`
      : 'Read everything again after a gap (`on-gap: resnapshot`), or keep the log for longer than anybody may be away.',
    related,
    facts: [keepsFact, ...facts],
    fixes: fixesFor(stream, most),
  }
}

/** The first digit only, so that it reads as a limit that somebody chose. */
function nice(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return Math.max(1, Math.floor(value / unit)) * unit
}

function fixesFor({ reader, source, keeps }: Stream, most: string): readonly Fix[] {
  const isReader = reader.kind === 'cdc'
  const limits = keeps === 'all' || quantityAt(source.facts, 'free-disk') !== undefined
  const wanted: Record<string, string> = { ...(limits && { 'max-backlog': most }), ...(isReader && { 'on-gap': 'resnapshot' }) }
  const place = isReader ? reader : source
  if (!known(place.facts, 'alarm')) wanted['alarm'] = 'lag'
  if (!limits && !isReader) return []
  const names = Object.entries(wanted).map(([name, value]) => `\`${name}: ${value}\``)
  return [{ title: `Set ${names.join(', ')} on \`${place.name}\``, edits: setProperties(place, wanted) }]
}
