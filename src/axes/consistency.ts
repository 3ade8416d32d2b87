/** Consistency: what can clients observe, normally and during a partition? */
import type { Analysis } from '../analysis/analysis.ts'
import { sizeOf } from '../analysis/durable-copies.ts'
import { mayMiss } from '../analysis/quorum.ts'
import { LEVELS, weaker, type ConsistencyLevel, type StalePath } from '../analysis/staleness.ts'
import { call, flag, isUnlimited, known, limit, number, numberOf, references, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import type { AxisRow, Cell, SubjectCell } from './table.ts'

const STORES = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'cdn'])

/** What a reader of a store can observe; `missing` where that is not known. */
interface Offered {
  readonly level?: ConsistencyLevel
  /** Seconds, of a bounded level. */
  readonly bound?: number
  /** In the field's terms, where the level alone does not say it. */
  readonly text?: string
  readonly facts: readonly Fact[]
  readonly missing: readonly string[]
}

export function consistencyRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const flows = analysis.flows.map((flow) => ({ id: flow.id, name: flowName(flow), seen: ofFlow(model, analysis, witness, flow.id) }))
  return {
    axis: 'consistency',
    question: 'What can clients observe, normally and during a partition?',
    system: system(model, analysis, witness, flows),
    flows: flows.map(({ id, name, seen }) => ({ id, name, cell: seen.cell })),
    components: model.components
      .filter((component) => STORES.has(component.kind))
      .map((component): SubjectCell => ({ id: component.id, name: component.name, cell: ofStore(component, witness) })),
  }
}

function ofStore(store: Component, witness: Witness): Cell {
  const offered = offeredBy(store)
  const label = partitionLabel(store, offered)
  const evidence = [...witness.of([...offered.facts, ...label.facts], store.id)]
  const tail = label.text === undefined ? '' : `; ${label.text}`
  if (offered.level === undefined) return notStated({ evidence, missing: [...offered.missing, ...label.missing] }, label.text)
  return stated(`${levelText(offered)}${tail}`, { evidence, missing: [...offered.missing, ...label.missing] })
}

/** By default: what a read observes that says nothing about its level. */
function offeredBy(store: Component): Offered {
  const { facts, name } = store
  const fact = (path: string): Fact[] => (known(facts, path) ? [known(facts, path)!.fact] : [])
  if (store.kind === 'cache' || store.kind === 'cdn') return cacheLevel(store)
  const stated = known(facts, 'consistency')
  if (stated?.fact.from === 'stated') return wordLevel(store, stated.fact)
  if (store.kind === 'search') {
    const refresh = limit(facts, 'refresh')
    return refresh === undefined
      ? { level: 'eventual', text: 'eventual, bound not stated', facts: [], missing: [wanted('refresh', name)] }
      : { level: 'bounded', bound: refresh, facts: fact('refresh'), missing: [] }
  }
  const n = number(facts, 'n') ?? number(facts, 'replication-factor')
  const [r, w] = [number(facts, 'r'), number(facts, 'w')]
  const replication = word(facts, 'replication')
  if (replication === 'leaderless' || (replication === undefined && r !== undefined && w !== undefined)) {
    const from = ['n', 'replication-factor', 'r', 'w', 'sloppy', 'replication'].flatMap(fact)
    if (n === undefined || r === undefined || w === undefined) {
      const missing = [
        ...(n === undefined ? [wanted('n', name)] : []),
        ...(r === undefined ? [wanted('r', name)] : []),
        ...(w === undefined ? [wanted('w', name)] : []),
      ]
      return { level: 'eventual', text: 'eventual, unless quorums overlap', facts: from, missing }
    }
    if (r + w > n && flag(facts, 'sloppy') !== true)
      return { level: 'sequential', text: 'overlapping quorums, not linearizable', facts: from, missing: [] }
    return { level: 'eventual', text: `eventual (${r} + ${w} of ${n} do not overlap)`, facts: from, missing: [] }
  }
  if (stated) return wordLevel(store, stated.fact)
  if (replication === 'multi-leader') return { level: 'eventual', facts: fact('replication'), missing: [] }
  const size = sizeOf(store)
  if (replication === 'none' || (size?.count === 1 && word(facts, 'regions') === undefined))
    return {
      level: 'linearizable',
      text: 'linearizable, one copy',
      facts: [...fact('replication'), ...(size ? [size.fact] : [])],
      missing: [],
    }
  const reads = word(facts, 'read-from')
  if (reads === 'leader')
    return {
      level: 'linearizable',
      text: 'linearizable per key, from the leader',
      facts: [...fact('read-from'), ...fact('replication')],
      missing: [],
    }
  if (reads !== undefined) return replicaLevel(store, fact('read-from'))
  return { facts: fact('replication'), missing: [wanted('consistency', name)] }
}

function cacheLevel(cache: Component): Offered {
  const { facts, name } = cache
  const ttl = known(facts, 'ttl')
  const told = known(facts, 'invalidation') ?? known(facts, 'invalidation.by')
  const delay = limit(facts, 'invalidation.delay')
  if (told && delay !== undefined)
    return { level: 'bounded', bound: delay, facts: [told.fact, known(facts, 'invalidation.delay')!.fact], missing: [] }
  if (!ttl) return { level: 'eventual', text: 'eventual, bound not stated', facts: told ? [told.fact] : [], missing: [wanted('ttl', name)] }
  if (isUnlimited(facts, 'ttl')) return { level: 'eventual', text: 'eventual, without bound', facts: [ttl.fact], missing: [] }
  const longer = limit(facts, 'stale-while-revalidate') ?? 0
  return {
    level: 'bounded',
    bound: (limit(facts, 'ttl') ?? 0) + longer,
    facts: [ttl.fact, ...(longer > 0 ? [known(facts, 'stale-while-revalidate')!.fact] : [])],
    missing: [],
  }
}

function replicaLevel(store: Component, from: readonly Fact[]): Offered {
  const lag = limit(store.facts, 'lag.p99') ?? limit(store.facts, 'lag')
  if (lag === undefined)
    return { level: 'eventual', text: 'eventual, bound not stated', facts: from, missing: [wanted('lag.p99', store.name)] }
  return { level: 'bounded', bound: lag, facts: [...from, (known(store.facts, 'lag.p99') ?? known(store.facts, 'lag'))!.fact], missing: [] }
}

function wordLevel(store: Component, fact: Fact): Offered {
  const bound = call(store.facts, 'consistency', 'bounded')
  if (bound) return { level: 'bounded', bound: numberOf(bound.args[0]) ?? Infinity, facts: [fact], missing: [] }
  const said = word(store.facts, 'consistency')
  const level = said === 'read-your-writes' ? 'session' : LEVELS.find((each) => each === said)
  return level === undefined
    ? { facts: [fact], missing: [wanted('consistency', store.name)] }
    : { level, ...(said === 'read-your-writes' && { text: 'read-your-writes' }), facts: [fact], missing: [] }
}

/** What a relation reads: its own level over the store's. */
function observed(model: Model, analysis: Analysis, read: Relation, store: Component): Offered {
  const said = known(read.facts, 'consistency')
  if (!said) return offeredBy(store)
  const level = word(read.facts, 'consistency')!
  const bound = call(read.facts, 'consistency', 'bounded')
  if (bound) return { level: 'bounded', bound: numberOf(bound.args[0]) ?? Infinity, facts: [said.fact], missing: [] }
  if (STRONG.has(level)) return { level: 'linearizable', facts: [said.fact], missing: [] }
  const copies = analysis.quorums.copies(store.id)
  const own = analysis.quorums.level(read)
  if (copies && own) {
    const writes = lookup(model)
      .relationsTo(store.id)
      .filter((relation) => relation.verb === 'writes')
      .flatMap((relation) => analysis.quorums.level(relation) ?? [])
    const meets = writes.length > 0 && writes.every((write) => mayMiss(write.answering, own.answering, copies) === false)
    const facts = [...own.facts, ...writes.flatMap((write) => write.facts), ...copies.facts]
    return meets
      ? { level: 'sequential', text: 'overlapping quorums, not linearizable', facts, missing: [] }
      : { level: 'eventual', facts, missing: [] }
  }
  if (level === 'follower' || level === 'stale') return replicaLevel(store, [said.fact])
  const known_ = LEVELS.find((each) => each === level)
  return known_ ? { level: known_, facts: [said.fact], missing: [] } : { facts: [said.fact], missing: [wanted('n', store.name)] }
}

const STRONG = new Set(['leader', 'strong', 'linearizable', 'no-cache', 'serial', 'lwt', 'all'])

/** A cache’s answer is as strong as its own bound and what it was filled from allow together. */
function behindCache(model: Model, analysis: Analysis, read: StalePath, cache: Component): Offered {
  const own: Offered = read.layers.some((layer) => layer.component === cache.id)
    ? { level: read.level, facts: [], missing: [] }
    : offeredBy(cache)
  const find = lookup(model)
  const filled = find
    .relationsFrom(cache.id)
    .filter((relation) => relation.verb === 'caches')
    .map((relation) => ({ to: relation.to, relation }))
  const named = references(cache.facts, 'rebuild-from').map((target) => ({
    to: target.id,
    relation: find.relationsFrom(read.read.needer).find((relation) => relation.to === target.id && relation.verb === 'reads'),
  }))
  const origins = (filled.length > 0 ? filled : named).flatMap(({ to, relation }) => {
    const store = find.component(to)
    return store && STORES.has(store.kind) ? [relation ? observed(model, analysis, relation, store) : offeredBy(store)] : []
  })
  return origins.reduce<Offered>((all, origin) => {
    if (all.level === undefined || origin.level === undefined)
      return { facts: [...all.facts, ...origin.facts], missing: [...all.missing, ...origin.missing] }
    const level = weaker(all.level, origin.level)
    return {
      level,
      bound: Math.max(all.bound ?? 0, origin.bound ?? 0),
      ...(level === all.level && level !== origin.level && all.text !== undefined && { text: all.text }),
      facts: [...all.facts, ...(level === all.level ? [] : origin.facts)],
      missing: [...all.missing, ...origin.missing],
    }
  }, own)
}

interface Seen {
  readonly cell: Cell
  readonly level?: ConsistencyLevel
  readonly bound: number
}

function ofFlow(model: Model, analysis: Analysis, witness: Witness, id: string): Seen {
  const find = lookup(model)
  const paths = analysis.flows.find((flow) => flow.id === id)!
  const reads = analysis.staleness.of(paths)
  const vague = paths.waited.filter(
    (edge) =>
      edge.verb.name === 'calls' && STORES.has(find.component(edge.needed)?.kind ?? '') && find.component(edge.needed)!.kind !== 'cdn',
  )
  const evidence = [
    ...witness.of([
      ...reads.flatMap((read) => read.layers.flatMap((layer) => layer.facts)),
      ...(paths.flow ? ['consistency', 'requires', 'tolerates'].flatMap((path) => known(paths.flow!.facts, path)?.fact ?? []) : []),
    ]),
  ]
  const missing = vague.map(
    (edge) => `whether \`${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}\` reads or writes`,
  )
  if (reads.length === 0) {
    if (vague.length > 0) return { cell: notStated({ evidence, missing }), bound: 0 }
    return { cell: stated('nothing is read back', { evidence }), level: 'linearizable', bound: 0 }
  }
  let level: ConsistencyLevel = 'linearizable'
  let bound = 0
  let open = vague.length > 0
  const texts = new Set<string>()
  for (const read of reads) {
    const store = find.component(read.read.needed)
    if (!store) continue
    const seen = store.kind === 'cache' ? behindCache(model, analysis, read, store) : observed(model, analysis, read.read.relation, store)
    missing.push(...seen.missing)
    if (seen.level === undefined) open = true
    const together = weaker(read.level, seen.level ?? 'linearizable')
    if (weaker(level, together) === together && together !== level) texts.clear()
    if (seen.text && seen.level === together) texts.add(seen.text)
    level = weaker(level, together)
    bound = Math.max(bound, boundOf(read, seen))
    evidence.push(...witness.of([...seen.facts], store.id))
  }
  const text =
    level === 'bounded' ? boundedText(bound) : level === 'eventual' ? eventualText(bound, [...texts][0]) : ([...texts][0] ?? level)
  const confidence = open || level === 'eventual' ? 'bound' : 'exact'
  if (open) return { cell: notStated({ evidence, missing, confidence }, `at best ${text}`), bound }
  return { cell: stated(text, { evidence, missing, confidence }), level, bound }
}

function boundOf(read: StalePath, seen: Offered): number {
  // A replica's own lag is a layer of the path already.
  return Math.max(read.seconds, seen.bound ?? 0)
}

function system(
  model: Model,
  analysis: Analysis,
  witness: Witness,
  flows: readonly { readonly name: string; readonly seen: Seen }[],
): Cell {
  const reading = flows.filter(({ seen }) => seen.cell.value !== 'nothing is read back')
  const evidence = reading.flatMap(({ seen }) => seen.cell.evidence)
  const missing = reading.flatMap(({ seen }) => seen.cell.missing)
  const labels = labelsOf(model, analysis)
  evidence.push(...witness.of(labels.facts))
  const worst = [...reading].sort(
    (a, b) =>
      LEVELS.indexOf(b.seen.level ?? 'linearizable') - LEVELS.indexOf(a.seen.level ?? 'linearizable') || b.seen.bound - a.seen.bound,
  )
  const known_ = worst.filter(({ seen }) => seen.cell.stated)
  const parts = [...known_.slice(0, 3).map(({ name, seen }) => `${name}: ${seen.cell.value}`), ...(labels.text === '' ? [] : [labels.text])]
  if (flows.length === 0)
    return notStated(
      { missing: ['a `flow` with its reads'], evidence: witness.of(labels.facts) },
      labels.text === '' ? undefined : labels.text,
    )
  if (reading.length === 0)
    return stated(['nothing is read back', ...(labels.text === '' ? [] : [labels.text])].join('; '), { evidence, missing })
  if (known_.length === 0) return notStated({ evidence, missing }, labels.text === '' ? undefined : labels.text)
  return stated(parts.join('; '), { evidence, missing, confidence: known_.length < reading.length ? 'bound' : 'exact' })
}

/** Per kind of data, never one letter for a system: "Order CP, Feed AP". */
function labelsOf(model: Model, analysis: Analysis): { readonly text: string; readonly facts: readonly Fact[] } {
  const find = lookup(model)
  const facts: Fact[] = []
  const parts = model.data.flatMap((data) => {
    const labels = analysis.truths.of(data.id).flatMap((id) => {
      const store = find.component(id)
      const label = store && partitionLabel(store, offeredBy(store))
      if (!label?.cap) return []
      facts.push(...label.facts)
      return [label.cap]
    })
    return labels.length > 0 ? [`${data.name} ${listed(labels)}`] : []
  })
  return { text: parts.join(', '), facts }
}

interface Label {
  readonly cap?: 'CP' | 'AP'
  readonly text?: string
  readonly facts: readonly Fact[]
  readonly missing: readonly string[]
}

/** CAP by behaviour in a partition, PACELC by whether a read may answer without the others (AXES, "CAP / PACELC"). */
function partitionLabel(store: Component, offered: Offered): Label {
  if (store.kind === 'cache' || store.kind === 'cdn') return { facts: [], missing: [] }
  const size = sizeOf(store)
  const zones = number(store.facts, 'zones') ?? 1
  if (size?.count === 1 && zones <= 1) return { text: 'one node, CAP does not apply', facts: [size.fact], missing: [] }
  const said = known(store.facts, 'on-partition')
  if (!said) return { facts: [], missing: size || zones > 1 ? [wanted('on-partition', store.name)] : [] }
  const e = offered.level === undefined ? undefined : LEVELS.indexOf(offered.level) <= LEVELS.indexOf('sequential') ? 'EC' : 'EL'
  switch (word(store.facts, 'on-partition')) {
    case 'refuse-minority':
      return { cap: 'CP', text: e ? `CP (PC/${e})` : 'CP', facts: [said.fact], missing: [] }
    case 'serve-stale':
      return { cap: 'CP', text: `CP for writes, stale reads available${e ? ` (PC/${e})` : ''}`, facts: [said.fact], missing: [] }
    case 'accept-both':
      return { cap: 'AP', text: e ? `AP (PA/${e})` : 'AP', facts: [said.fact], missing: [] }
    default:
      return { facts: [], missing: [wanted('on-partition', store.name)] }
  }
}

function levelText(offered: Offered): string {
  if (offered.text) return offered.text
  return offered.level === 'bounded' ? boundedText(offered.bound ?? 0) : offered.level!
}

function boundedText(seconds: number): string {
  return `bounded, at most ${time(seconds)} old`
}

/** What is known of the layers bounds from below how old the worst answer is. */
function eventualText(seconds: number, text: string | undefined): string {
  if (!Number.isFinite(seconds)) return 'eventual, without bound'
  return seconds > 0 ? `eventual, ${time(seconds)} old or more` : (text ?? 'eventual, bound not stated')
}
