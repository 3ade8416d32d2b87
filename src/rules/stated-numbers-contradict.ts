import type { Analysis } from '../analysis/analysis.ts'
import { zipfTopShare } from '../analysis/keys.ts'
import { call, known, number, numberOf, range, references, saysUnknown, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Declared, Fix, Flow, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, RATE, type Quantity } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule, Subject } from './rule.ts'
import { joined, nameOf, percent } from './words.ts'

/** How far a hit ratio may be from the best that its memory allows. */
const HITS = 0.1

export const statedNumbersContradict: Rule = {
  id: 'stated-numbers-contradict',
  code: 'Q8',
  severity: 'warning',
  title: 'Two numbers of the design cannot both be true',
  why: 'Numbers come from different people and different days. Where two of them exclude each other, everything that is computed from them is wrong, and nobody knows on which side.',
  sources: [
    { title: 'Dean, Numbers Everyone Should Know (Stanford CS295 talk, 2007)' },
    { title: 'Breslau et al., Web Caching and Zipf-like Distributions (INFOCOM 1999)' },
  ],
  needs: ['p50', 'p95', 'p99', 'p999', 'rate', 'peak', 'share', 'bandwidth', 'size', 'replication-factor', 'min-isr', 'nodes', 'n', 'r', 'w', 'zones', 'replicas', 'autoscale.min', 'autoscale.max', 'hit-ratio', 'memory', 'item-size', 'items', 'key-dist', 'ttl', 'retention', 'lease.ttl', 'lease.renew', 'measured'],
  fixable: true,
  settings: ['contradiction'],
  *check(model, analysis, { contradiction: times }) {
    for (const component of model.components) {
      const subject = { component: component.id }
      yield* disordered(component, component.facts, `\`${component.name}\``, subject)
      yield* countsOf(component, subject)
      yield* hitRatioOf(model, component, subject)
      yield* sharesOf(model, component, subject)
      yield* rateOf(model, analysis, component, times)
    }
    for (const relation of model.relations) {
      const name = `\`${nameOf(model, relation.from)} → ${nameOf(model, relation.to)}\``
      yield* disordered(relation, relation.facts, name, { relation: relation.id })
      yield* relationRateOf(analysis, relation, name, times)
      yield* bandwidthOf(relation, name, times)
    }
    for (const flow of model.flows) {
      yield* disordered(flow, flow.facts, `"${flow.title}"`, { flow: flow.id })
      yield* peakOf(flow)
    }
    for (const data of model.data) yield* disordered(data, data.facts, `\`${data.name}\``, { data: data.id })
  },
}

interface Said {
  readonly path: string
  readonly value: number
  readonly fact: Fact
  readonly shown: string
}

/** Only what a person states: two defaults, or a default and a number, are no contradiction of theirs. A span counts with the end asked for. */
function said(facts: Facts, path: string, end: 'from' | 'to' = 'to'): Said | undefined {
  const fact = known(facts, path)?.fact
  if (fact?.from !== 'stated' || fact.inheritedFrom !== undefined) return undefined
  const value = range(facts, path)?.[end]
  if (value === undefined) return undefined
  const quantity_ = fact.value.type === 'span' ? fact.value[end] : fact.value
  return { path, value, fact, shown: formatQuantity(quantity_ as Quantity) }
}

/** Measured numbers are right: where they disagree with what is computed, it is the model that is wrong. */
function measured(facts: Facts, path: string): boolean {
  return saysUnknown(facts, 'measured') || (words(facts, 'measured') ?? []).some((name) => path === name || path.startsWith(`${name}.`) || name === 'all' || name === 'yes')
}

const LADDERS = ['', 'latency.', 'proc-time.', 'lag.', 'size.']
const STEPS = ['p50', 'p95', 'p99', 'p999', 'max'] as const

/** A higher percentile is no less than a lower one. */
function* disordered(owner: Declared | Relation, facts: Facts, name: string, subject: Subject): Iterable<Finding> {
  for (const block of LADDERS) {
    const ladder = STEPS.flatMap((step) => said(facts, `${block}${step}`) ?? [])
    for (const [at, lower] of ladder.entries()) {
      const higher = ladder[at + 1]
      if (!higher || lower.value <= higher.value) continue
      yield contradiction(subject, lower, higher, `${name} has ${label(lower)} ${lower.shown}, but ${label(higher)} ${higher.shown}: a higher percentile cannot be less than a lower one.`, 'Change them over, or correct the one that is wrong.', owner.origin)
    }
  }
}

function label({ path }: Said): string {
  const name = path.split('.').at(-1)!
  return name === 'p999' ? 'p99.9' : name
}

function contradiction(subject: Subject, one: Said, other: Said, message: string, help: string, otherwise: Finding['at'], fixes: readonly Fix[] = []): Finding {
  const at = one.fact.from === 'stated' ? one.fact.origin : otherwise
  const there = other.fact.from === 'stated' ? [{ at: other.fact.origin, message: `${other.path}: ${other.shown}` }] : []
  return { at, subject, message, help, related: there, facts: [one.fact, other.fact], fixes }
}

/** What is a part of something else, or has to fit into it. */
const FITTING: readonly {
  readonly part: string
  readonly whole: string
  readonly why: (part: string, whole: string) => string
}[] = [
  { part: 'min-isr', whole: 'replication-factor', why: (part, whole) => `waits for ${part} copies in sync, but there are only ${whole}: every write is refused` },
  { part: 'replication-factor', whole: 'nodes', why: (part, whole) => `keeps ${part} copies of each partition on only ${whole} nodes` },
  { part: 'w', whole: 'n', why: (part, whole) => `waits for ${part} copies of each write, but keeps only ${whole}: every write fails` },
  { part: 'r', whole: 'n', why: (part, whole) => `asks ${part} copies for each read, but keeps only ${whole}: every read fails` },
  { part: 'autoscale.min', whole: 'autoscale.max', why: (part, whole) => `never runs fewer than ${part} copies and never more than ${whole}` },
  { part: 'lease.renew', whole: 'lease.ttl', why: (part, whole) => `renews its lease every ${part}, but the lease ends after ${whole}` },
]

function* countsOf(component: Component, subject: Subject): Iterable<Finding> {
  const { facts } = component
  for (const { part, whole, why } of FITTING) {
    const [one, other] = [said(facts, part, 'from'), said(facts, whole)]
    if (one && other && one.value > other.value) yield contradiction(subject, one, other, `\`${component.name}\` ${why(one.shown, other.shown)}.`, 'Correct the one that is wrong.', component.origin)
  }
  yield* spreadOf(component, subject)
  const [replicas, min, max] = [said(facts, 'replicas', 'from'), said(facts, 'autoscale.min'), said(facts, 'autoscale.max')]
  if (replicas && known(facts, 'replicas')!.value.type === 'quantity' && max && replicas.value > max.value)
    yield contradiction(subject, replicas, max, `\`${component.name}\` runs ${replicas.shown} copies, but autoscaling never runs more than ${max.shown}.`, 'Correct the one that is wrong.', component.origin)
  else if (replicas && known(facts, 'replicas')!.value.type === 'quantity' && min && replicas.value < min.value)
    yield contradiction(subject, replicas, min, `\`${component.name}\` runs ${replicas.shown} copies, but autoscaling never runs fewer than ${min.shown}.`, 'Correct the one that is wrong.', component.origin)
  const [ttl, retention] = [said(facts, 'ttl'), said(facts, 'retention')]
  if (ttl && retention && ttl.value > retention.value)
    yield contradiction(subject, ttl, retention, `\`${component.name}\` serves an entry for ${ttl.shown}, but keeps it only for ${retention.shown}.`, 'Correct the one that is wrong.', component.origin)
}

/** Fewer copies than zones leave a zone without one; shards have copies of their own. */
function* spreadOf(component: Component, subject: Subject): Iterable<Finding> {
  const { facts } = component
  const [zones, replicas] = [said(facts, 'zones'), said(facts, 'replicas')]
  const more = ['shards', 'autoscale.max', 'instances-per-zone', 'nodes', 'standby', 'partitions', 'replication-factor', 'voters'].some((path) => known(facts, path) || saysUnknown(facts, path))
  if (zones && replicas && !more && component.parts.length === 0 && zones.value > replicas.value)
    yield contradiction(subject, zones, replicas, `\`${component.name}\` stands in ${zones.shown} zones with only ${replicas.shown} ${replicas.value === 1 ? 'copy' : 'copies'}.`, `Run at least ${zones.shown} copies, or name the zones that have one.`, component.origin)
}

/** The best that a cache of its size can do, were it perfect, against what is claimed (NUMBERS M10). */
function* hitRatioOf(model: Model, component: Component, subject: Subject): Iterable<Finding> {
  const { facts } = component
  const ratio = said(facts, 'hit-ratio')
  const [memory, size] = [said(facts, 'memory'), said(facts, 'item-size')]
  if (!ratio || !memory || !size || size.value <= 0 || measured(facts, 'hit-ratio') || ['shards', 'replicas', 'nodes', 'items', 'key-dist'].some((path) => saysUnknown(facts, path))) return
  const keys = keysOf(model, component)
  if (!keys) return
  // Copies may each hold something else.
  const machines = Math.max(range(facts, 'nodes')?.to ?? 1, (range(facts, 'shards')?.to ?? 1) * (range(facts, 'replicas')?.to ?? 1))
  const held = (memory.value * machines) / size.value
  const best = keys.exponent === undefined ? Math.min(1, held / keys.count) : zipfTopShare(held, keys.exponent, keys.count)
  if (best + HITS >= ratio.value) return
  const message = `\`${component.name}\` states a hit ratio of ${ratio.shown}, but its memory holds ${count(held)} of ${count(keys.count)} entries, which are at best ${percent(best, 0)} of what is asked for.`
  const fixes = [{ title: `\`hit-ratio: ${percent(best, 0)}\``, edits: setProperty(component, 'hit-ratio', percent(best, 0)) }]
  yield { ...contradiction(subject, ratio, memory, message, 'State the ratio that was measured (`measured: hit-ratio`), or give it the memory for more.', component.origin, fixes), facts: [ratio.fact, memory.fact, size.fact, ...keys.facts] }
}

interface Keys {
  readonly count: number
  /** Of Zipf; unset where all are alike. */
  readonly exponent?: number
  readonly facts: readonly Fact[]
}

function keysOf(model: Model, component: Component): Keys | undefined {
  const find = lookup(model)
  const places = [component, ...references(component.facts, 'rebuild-from').flatMap(({ id }) => find.component(id) ?? [])]
  for (const { facts } of places) {
    const dist = known(facts, 'key-dist')
    if (dist?.fact.from !== 'stated') continue
    const zipf = call(facts, 'key-dist', 'zipf')
    const exponent = numberOf(zipf?.args[0])
    const many = numberOf(zipf?.args[1]) ?? number(facts, 'items') ?? number(facts, 'key-cardinality')
    if (zipf && exponent !== undefined && many !== undefined) return { count: many, exponent, facts: [dist.fact] }
    if (dist.value.type === 'word' && dist.value.word === 'uniform' && many !== undefined) return { count: many, facts: [dist.fact] }
  }
  return undefined
}

function count(n: number): string {
  return formatQuantity(quantity(Math.floor(n)))
}

/** A balancer passes each request on to one of its targets, so the shares of all of them make the whole. */
function* sharesOf(model: Model, component: Component, subject: Subject): Iterable<Finding> {
  const routes = lookup(model).relationsFrom(component.id).filter(({ verb, facts }) => verb === 'routes' && !known(facts, 'match'))
  if (routes.length < 2 || routes.some(({ facts }) => saysUnknown(facts, 'share') || saysUnknown(facts, 'match'))) return
  const shares = routes.flatMap(({ facts }) => said(facts, 'share') ?? [])
  const sum = shares.reduce((all, { value }) => all + value, 0)
  const wrong = sum > 1.02 || (shares.length === routes.length && sum < 0.98)
  if (!wrong || shares.length < 2) return
  const whom = joined(routes.map(({ to }) => `\`${nameOf(model, to)}\``))
  yield contradiction(subject, shares[0]!, shares[1]!, `\`${component.name}\` routes to ${whom}, and their shares are ${shares.map(({ shown }) => shown).join(' + ')} = ${percent(sum, 1)} of its requests instead of 100%.`, 'Each request goes to one of them: let the shares add up to 100%.', component.origin)
}

/** More comes from a client than it says that it starts. Less may: not every flow is drawn. */
function* rateOf(model: Model, analysis: Analysis, component: Component, times: number): Iterable<Finding> {
  const rate = said(component.facts, 'rate')
  if (!rate || component.kind !== 'client' || measured(component.facts, 'rate') || model.flows.length === 0) return
  const flows = model.flows.flatMap((flow) => {
    const source = analysis.load.sources.find(({ id }) => id === flow.id)
    return source?.paths.entries.length === 1 && source.paths.entries[0] === component.id && source.average !== undefined ? [{ flow, average: source.average, facts: source.facts }] : []
  })
  const sum = flows.reduce((all, { average }) => all + average, 0)
  if (sum <= times * rate.value) return
  const message = `\`${component.name}\` states that it starts ${rate.shown}, but its flows are ${formatQuantity(quantity(sum, RATE))} together (${joined(flows.map(({ flow }) => `"${flow.title}"`))}).`
  const fixes = [{ title: `\`rate: ${formatQuantity(quantity(sum, RATE))}\``, edits: setProperty(component, 'rate', formatQuantity(quantity(sum, RATE))) }]
  yield {
    ...contradiction({ component: component.id }, rate, rate, message, 'Say which of them is the average and which the peak, or correct the one that is wrong.', component.origin, fixes),
    related: flows.map(({ flow, average }) => ({ at: flow.origin, message: `"${flow.title}" ${formatQuantity(quantity(average, RATE))}` })),
    facts: [rate.fact, ...flows.flatMap(({ facts }) => facts)],
  }
}

function* relationRateOf(analysis: Analysis, relation: Relation, name: string, times: number): Iterable<Finding> {
  const rate = said(relation.facts, 'rate')
  if (!rate || measured(relation.facts, 'rate') || analysis.load.sources.some(({ id }) => id === relation.id)) return
  const load = analysis.load.relation(relation.id)
  if (load.average <= times * rate.value || load.sureness === 'estimate') return
  const message = `${name} states ${rate.shown}, but the flows bring ${load.missing.length > 0 ? 'at least ' : ''}${formatQuantity(quantity(load.average, RATE))} over it on average.`
  yield {
    ...contradiction({ relation: relation.id }, rate, rate, message, 'Say what thins the flows out before it (a hit ratio, a share, a `when`), or correct the one that is wrong.', relation.origin),
    related: analysis.load.sources.filter(({ visits, average }) => average !== undefined && (visits.get(relation.id)?.count ?? 0) > 0).map(({ paths, average }) => ({ at: paths.at, message: `${paths.name} ${formatQuantity(quantity(average!, RATE))}` })),
    facts: [rate.fact, ...analysis.load.facts({ relation: relation.id })],
  }
}

/** Its own rate times its own size is its bandwidth. */
function* bandwidthOf(relation: Relation, name: string, times: number): Iterable<Finding> {
  const [rate, size, bandwidth] = [said(relation.facts, 'rate'), said(relation.facts, 'size'), said(relation.facts, 'bandwidth')]
  if (!rate || !size || !bandwidth || measured(relation.facts, 'bandwidth')) return
  const carried = rate.value * size.value
  if (carried <= times * bandwidth.value && bandwidth.value <= times * carried) return
  yield contradiction({ relation: relation.id }, bandwidth, rate, `${name} states ${bandwidth.shown}, but ${rate.shown} of ${size.shown} each are ${formatQuantity(quantity(carried, BANDWIDTH))}.`, 'Correct the one that is wrong.', relation.origin)
}

/** A peak below the average is none. */
function* peakOf(flow: Flow): Iterable<Finding> {
  const [average, peak] = [said(flow.facts, 'rate') ?? said(flow.facts, 'rate.avg'), said(flow.facts, 'rate.peak')]
  if (average && peak && peak.value < average.value)
    yield contradiction({ flow: flow.id }, peak, average, `"${flow.title}" has a peak of ${peak.shown}, which is less than its average of ${average.shown}.`, 'Change them over, or correct the one that is wrong.', flow.origin)
  const surge = said(flow.facts, 'surge')
  if (surge && surge.value < 1 && average)
    yield contradiction({ flow: flow.id }, surge, average, `The worst minute of "${flow.title}" is said to be ${surge.shown} times the average, which is less than the average.`, 'State how many times more it is, such as `surge: 3`.', flow.origin)
}
