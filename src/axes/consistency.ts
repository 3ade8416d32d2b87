/** Consistency: what can clients observe, normally and during a partition? */
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Homes } from '../analysis/homes.ts'
import { invariantsOf } from '../analysis/invariants.ts'
import { sessionWritesBefore } from '../analysis/session.ts'
import { LEVELS, weaker, type ConsistencyLevel, type StalePath } from '../analysis/staleness.ts'
import { call, known, list, nameOf, numberOf, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, time, type Witness } from './cell.ts'
import { aims, promise } from './claims.ts'
import { behindCache, observed, seenIn, STORES, type Offered } from './offered.ts'
import { partitionLabel, type Label } from './partition.ts'
import { regionCut } from './region-cut.ts'
import type { AxisRow, Cell, Claim, SubjectCell } from './table.ts'

export function consistencyRow(model: Model, analysis: Analysis, homes: Homes, witness: Witness): AxisRow {
  const flows = analysis.flows.map((flow) => ({ id: flow.id, name: flowName(flow), seen: ofFlow(model, analysis, witness, flow.id) }))
  return {
    axis: 'consistency',
    question: 'What can clients observe, normally and during a partition?',
    system: system(model, analysis, homes, witness, flows),
    flows: flows.map(({ id, name, seen }) => ({ id, name, cell: seen.cell })),
    components: model.components
      .filter((component) => STORES.has(component.kind))
      .map((component): SubjectCell => ({ id: component.id, name: component.name, cell: ofStore(model, analysis, component, witness) })),
  }
}

function ofStore(model: Model, analysis: Analysis, store: Component, witness: Witness): Cell {
  const all = seenIn(model, analysis, store)
  const label = partitionLabel(model, analysis, store)
  const conflict = known(store.facts, 'conflict')
  const kept = store.kind === 'cache' || store.kind === 'cdn' ? [] : invariantsOf(model, analysis.carried, store)
  const evidence = chained(witness.of([...all.flatMap(({ seen }) => seen.facts), ...label.facts, ...(label.cap !== 'CP' && conflict ? [conflict.fact] : [])], store.id), witness.of(kept.map(({ fact }) => fact)))
  const tail = [
    ...(label.text === undefined ? [] : [label.text]),
    ...(label.cap === 'AP' && conflict ? [CONFLICTS[word(store.facts, 'conflict') ?? call(store.facts, 'conflict', 'crdt')?.name ?? ''] ?? ''] : []),
    ...(kept.length > 0 ? [`guards ${listed(kept.map(({ text }) => text))}`] : []),
  ].filter((part) => part !== '')
  const claimed = [
    ...analysis.contradictions
      .filter(({ component, path }) => component === store.id && path === 'consistency')
      .map(({ claim, short }) => promise(word(store.facts, 'consistency') ?? 'consistency', claim, witness, store.id, 'broken', short)),
    ...capClaimed(store, label, witness),
  ]
  const missing = [...all.flatMap(({ seen }) => seen.missing), ...label.missing]
  const levels = all.filter(({ seen }) => seen.level !== undefined)
  if (levels.length === 0) return notStated({ evidence, missing, claimed }, tail.length > 0 ? tail.join('; ') : undefined)
  const seen = levels.slice(0, 3).map(({ readers, seen }) => `${levelText(seen)}${levels.length > 1 ? ` for ${listed(readers)}` : ''}`)
  return stated([...seen, ...tail].join('; '), { evidence, missing, claimed, ...(levels.length < all.length && { confidence: 'bound' }) })
}

/** The label that the author gives it, beside the one that follows from how it works. */
function capClaimed(store: Component, label: Label, witness: Witness): readonly Claim[] {
  const said = known(store.facts, 'cap')?.fact
  const cap = word(store.facts, 'cap')
  if (said?.from !== 'stated' || cap === undefined) return []
  const verdict = label.cap === undefined || label.cap === 'CP or AP by level' ? (cap === 'CA' && label.cap !== undefined ? 'broken' : 'open') : label.cap === cap ? 'kept' : 'broken'
  return [promise(cap, said, witness, store.id, verdict)]
}

/** What becomes of two writes to one record, where both sides take them. */
const CONFLICTS: Readonly<Record<string, string>> = {
  lww: 'of two concurrent writes the older is dropped',
  vector: 'concurrent writes are merged',
  crdt: 'concurrent writes merge by themselves',
  merge: 'concurrent writes are merged',
  siblings: 'concurrent writes are both kept',
  reject: 'the second of two concurrent writes is refused',
  version: 'the second of two concurrent writes is refused',
}

interface Seen {
  readonly cell: Cell
  readonly level?: ConsistencyLevel
  readonly bound: number
}

function ofFlow(model: Model, analysis: Analysis, witness: Witness, id: string): Seen {
  const find = lookup(model)
  const paths = analysis.flows.find((flow) => flow.id === id)!
  const reads = [...analysis.staleness.of(paths), ...analysis.staleness.passed(paths)]
  const vague = paths.waited.filter(
    (edge) =>
      edge.verb.name === 'calls' && STORES.has(find.component(edge.needed)?.kind ?? '') && find.component(edge.needed)!.kind !== 'cdn',
  )
  const evidence = [
    flatMapped(reads, (read) => flatMapped(read.layers, (layer) => witness.of(layer.facts, layer.component))),
    witness.of(paths.flow ? ['consistency', 'requires', 'tolerates'].map((path) => known(paths.flow!.facts, path)?.fact) : [], id),
  ]
  const missing = vague.map(
    (edge) => `whether \`${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}\` reads or writes`,
  )
  if (reads.length === 0) {
    if (vague.length > 0) return { cell: notStated({ evidence: chained(...evidence), missing, claimed: promises(paths, witness) }), bound: 0 }
    return { cell: stated(NOTHING_READ, { evidence: chained(...evidence), claimed: promises(paths, witness) }), level: 'linearizable', bound: 0 }
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
    evidence.push(witness.of(seen.facts, store.id))
  }
  const text =
    level === 'bounded' ? boundedText(bound) : level === 'eventual' ? eventualText(bound, [...texts][0]) : ([...texts][0] ?? level)
  const confidence = open || level === 'eventual' ? 'bound' : 'exact'
  const own = ownWrites(model, analysis, paths, reads)
  const claimed = promises(paths, witness, { level, bound, open })
  if (open) return { cell: notStated({ evidence: chained(...evidence), missing, confidence, claimed }, `at best ${text}${own}`), bound }
  return { cell: stated(`${text}${own}`, { evidence: chained(...evidence), missing, confidence, claimed }), level, bound }
}

/** Whether it shows what the same people wrote in it, or in a flow that is said to come before. */
function ownWrites(model: Model, analysis: Analysis, paths: FlowPaths, reads: readonly StalePath[]): string {
  let some = false
  for (const { read } of reads) {
    for (const { write } of sessionWritesBefore(model, analysis, paths, read.relation, ANY_WRITE)) {
      some = true
      if (analysis.lagging.behind(read.relation, write)) return ', own writes may be missing'
    }
  }
  return some ? ', own writes are seen' : ''
}

/** Nothing is demanded: only writes of which the design says that they come first. */
const ANY_WRITE = { because: '', facts: [], from: 'nowhere', ownWrites: true, monotonic: false } as const

/** What the flow requires of its answers, and what it puts up with. */
function promises({ flow, id }: FlowPaths, witness: Witness, found?: { readonly level: ConsistencyLevel; readonly bound: number; readonly open: boolean }): readonly Claim[] {
  if (!flow) return []
  const { facts } = flow
  const claims: Claim[] = []
  const level = known(facts, 'consistency')
  const wants = LEVELS.find((each) => each === (word(facts, 'consistency') === 'strict' || word(facts, 'consistency') === 'serializable' ? 'linearizable' : word(facts, 'consistency')))
  if (level) {
    const verdict = !found || wants === undefined ? 'open' : LEVELS.indexOf(found.level) > LEVELS.indexOf(wants) ? 'broken' : found.open ? 'open' : 'kept'
    claims.push(promise(`requires ${word(facts, 'consistency') ?? 'a level of consistency'}`, level.fact, witness, id, verdict))
  }
  for (const path of ['requires', 'tolerates'] as const) {
    for (const value of list(facts, path) ?? []) {
      if (nameOf(value) !== 'staleness' && !(value.type === 'call' && value.name === 'staleness')) continue
      const most = value.type === 'call' ? numberOf(value.args[0]) : undefined
      const verdict = path === 'tolerates' || most === undefined || !found ? 'open' : found.bound > most ? 'broken' : found.open || found.level === 'eventual' ? 'open' : 'kept'
      claims.push(promise(`${path} staleness${most === undefined ? '' : ` up to ${time(most)}`}`, known(facts, path)!.fact, witness, id, verdict))
    }
  }
  return claims
}

function boundOf(read: StalePath, seen: Offered): number {
  // A replica's own lag is a layer of the path already.
  return Math.max(read.seconds, seen.bound ?? 0)
}

function system(
  model: Model,
  analysis: Analysis,
  homes: Homes,
  witness: Witness,
  flows: readonly { readonly name: string; readonly seen: Seen }[],
): Cell {
  const reading = flows.filter(({ seen }) => seen.cell.value !== NOTHING_READ)
  const labels = labelsOf(model, analysis, homes)
  const evidence = chained(flatMapped(reading, ({ seen }) => seen.cell.evidence), witness.of(labels.facts))
  const missing = flatMapped(reading, ({ seen }) => seen.cell.missing)
  const claimed = aims(model, analysis, witness, 'consistency')
  const worst = [...reading].sort(
    (a, b) =>
      LEVELS.indexOf(b.seen.level ?? 'linearizable') - LEVELS.indexOf(a.seen.level ?? 'linearizable') || b.seen.bound - a.seen.bound,
  )
  const known_ = worst.filter(({ seen }) => seen.cell.stated)
  const label = [labels.text, regionCut(model, analysis)].filter((part) => part !== '').join('; ')
  const parts = [...known_.slice(0, 3).map(({ name, seen }) => `${name}: ${seen.cell.value}`), ...(label === '' ? [] : [label])]
  const rest = label === '' ? undefined : label
  if (flows.length === 0) return notStated({ missing: ['a `flow` with its reads'], evidence: witness.of(labels.facts), claimed }, rest)
  if (reading.length === 0) return stated([NOTHING_READ, ...(rest ? [rest] : [])].join('; '), { evidence, missing, claimed })
  if (known_.length === 0) return notStated({ evidence, missing, claimed }, rest)
  return stated(parts.join('; '), { evidence, missing, claimed, confidence: known_.length < reading.length ? 'bound' : 'exact' })
}

const NOTHING_READ = 'nothing is read back'

/** Per kind of data, never one letter for a system: "Order and Cart CP, Feed AP". */
function labelsOf(model: Model, analysis: Analysis, homes: Homes): { readonly text: string; readonly facts: readonly Fact[] } {
  const facts: Fact[] = []
  const byLabel = new Map<string, string[]>()
  for (const data of model.data) {
    const labels = homes.of(data.id).flatMap((store) => {
      const label = partitionLabel(model, analysis, store)
      if (!label.cap) return []
      facts.push(...label.facts)
      return [label.cap]
    })
    if (labels.length === 0) continue
    const label = listed(labels)
    byLabel.set(label, [...(byLabel.get(label) ?? []), data.name])
  }
  return { text: [...byLabel].map(([label, names]) => `${listed(names, 6)} ${label}`).join(', '), facts }
}

function levelText({ level, bound, text }: Offered): string {
  if (text) return text
  if (level === 'bounded') return boundedText(bound ?? 0)
  return level === 'eventual' && (bound ?? 0) > 0 ? eventualText(bound!, undefined) : level!
}

function boundedText(seconds: number): string {
  return `bounded, at most ${time(seconds)} old`
}

/** What is known of the layers bounds from below how old the worst answer can be. */
function eventualText(seconds: number, text: string | undefined): string {
  if (!Number.isFinite(seconds)) return 'eventual, without bound'
  return seconds > 0 ? `eventual, may be more than ${time(seconds)} old` : (text ?? 'eventual, bound not stated')
}
