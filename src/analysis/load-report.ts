/**
 * What `lintel load` reports: every flow and component with its load, capacity, utilisation, latency and availability; who works through which
 * messages; how fast stores fill and how many connections are open. As numbers and as a person reads them.
 */
import { known, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { describeQuantity, formatQuantity } from '../model/quantity.ts'
import type { Facts } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { fallsShort } from './availability.ts'
import { amountText, mark, rateText, short, speakerOf, type Speaker, type Step } from './derivation.ts'
import { availabilitySteps, GOALS, latencySteps, nines } from './figures.ts'
import { knownOf } from './flow-latency.ts'
import type { FlowPaths } from './flows.ts'
import { fullnessFigure } from './fullness.ts'
import { everyLimitOf, type Limit } from './limits.ts'
import type { Rate, Source } from './load.ts'
import { backlogsOf, connectionReportsOf, storesOf, type BacklogReport, type ConnectionReport, type StoreReport } from './piling.ts'
import { time } from './staleness.ts'
import { wantedBy } from './wanted.ts'

export interface LoadReport {
  readonly title: string
  readonly lets: readonly { readonly name: string; readonly expression: string; readonly result: string; /** In base units: s, B, 1/s, B/s. */ readonly value: number }[]
  readonly flows: readonly FlowReport[]
  readonly components: readonly ComponentReport[]
  /** Whether a flow states its peak, so that the components are shown at it. */
  readonly peaks: boolean
  readonly backlogs: readonly BacklogReport[]
  readonly stores: readonly StoreReport[]
  readonly connections: readonly ConnectionReport[]
  /** What to state so that more becomes known. */
  readonly missing: readonly string[]
}

export interface FlowReport {
  readonly id: string
  readonly title: string
  /** `10k/s, 20k/s at peak` */
  readonly rate?: string
  /** 1/s */
  readonly average?: number
  readonly peak?: number
  /** p50 and p99, and whatever else has a target. */
  readonly latency: readonly Percentile[]
  readonly availability?: string
  /** 0..1, at best. */
  readonly available?: number
  readonly availabilityTarget?: string
  readonly availabilityMissed: boolean
  /** What to state so that latency and availability become whole. */
  readonly missing: readonly string[]
  derivation(): readonly Step[]
}

export interface Percentile {
  readonly of: 'p50' | 'p95' | 'p99' | 'p999'
  /** Unset where nothing that adds to it is known. */
  readonly seconds?: number
  /** `≈ 180ms`; `≥ 180ms` where something that adds to it is unknown. */
  readonly text?: string
  readonly sureness: 'estimate' | 'bound'
  /** As a person reads it, and in seconds. */
  readonly target?: string
  readonly targetSeconds?: number
  readonly missed: boolean
}

export interface ComponentReport {
  readonly id: string
  readonly name: string
  readonly kind: string
  /** All that arrives, at the peak. */
  readonly load?: string
  /** What of it counts against the capacity, where that is not all of it: `, of it 840/s`, ` = 800KB/s`. */
  readonly part?: string
  /** 1/s, average and at the peak. */
  readonly average: number
  readonly peak: number
  readonly capacity?: string
  /** Which of its limits is fullest: `writes`, `reads`, `its quota`, `its busiest partition`; unset for all that it serves. */
  readonly of?: string
  readonly utilisation?: string
  /** Load by capacity of that limit. */
  readonly used?: number
  readonly exceeded: boolean
  readonly latency?: string
  readonly availability?: string
  readonly sureness: 'exact' | 'estimate' | 'bound'
  readonly missing: readonly string[]
  derivation(): readonly Step[]
}

export function loadReportOf(model: Model, analysis: Analysis, title: string): LoadReport {
  const say = speakerOf(model)
  const sources = new Map(analysis.load.sources.map((source) => [source.id, source]))
  const peaks = analysis.load.sources.some(({ peak }) => peak !== undefined)
  return {
    title,
    lets: model.lets.flatMap(({ name, expression, value }) => (value ? [{ name, expression: expression.trim(), result: describeQuantity({ ...value, text: undefined }), value: value.value }] : [])),
    flows: analysis.flows.map((flow, at) => flowReport(model, analysis, flow, at, sources.get(flow.id), say)),
    components: model.components.flatMap((component) => (component.kind === 'client' || component.kind === 'monitor' ? [] : [componentReport(analysis, component, peaks, say)])),
    peaks,
    get backlogs() {
      return backlogsOf(analysis)
    },
    get stores() {
      return storesOf(model, analysis)
    },
    get connections() {
      return connectionReportsOf(model)
    },
    get missing() {
      return wantedBy(model, analysis)
    },
  }
}

function flowReport(model: Model, analysis: Analysis, flow: FlowPaths, at: number, source: Source | undefined, say: Speaker): FlowReport {
  const facts = flow.flow?.facts ?? {}
  const { value, sureness, contributors } = analysis.availability[at]!
  const target = number(facts, 'availability')
  const rates = [...(source?.average === undefined ? [] : [rateText(source.average)]), ...(source?.peak !== undefined && source.peak !== source.average ? [`${rateText(source.peak)} at peak`] : [])]
  return {
    id: flow.id,
    title: flow.flow?.title ?? flow.name.replaceAll('`', ''),
    ...(rates.length > 0 && { rate: rates.join(', ') }),
    ...(source?.average !== undefined && { average: source.average }),
    ...(source?.peak !== undefined && { peak: source.peak }),
    latency: percentilesOf(analysis, flow, facts),
    ...(contributors.length > 0 && { availability: `${sureness === 'bound' ? '≤ ' : ''}${nines(value)}`, available: value }),
    ...(target !== undefined && { availabilityTarget: written(facts, 'availability') }),
    availabilityMissed: target !== undefined && fallsShort(analysis.availability[at]!, target) === 'certain',
    get missing() {
      return [...(analysis.latency.of(flow.id)?.missing ?? []), ...analysis.availability[at]!.missing.map((id) => `\`availability\` of \`${lookup(model).component(id)?.name ?? id}\``)]
    },
    derivation: () => [...latencySteps(analysis, flow.id, GOALS.find(({ path }) => number(facts, path) !== undefined)?.path ?? 'p99', say), ...availabilitySteps(analysis.availability[at]!, target, say)],
  }
}

function percentilesOf({ latency }: Analysis, { id }: FlowPaths, facts: Facts): readonly Percentile[] {
  const found = latency.of(id)
  if (!found) return []
  return GOALS.toReversed().flatMap(({ path, q }): readonly Percentile[] => {
    const target = number(facts, path)
    if (target === undefined && path !== 'p50' && path !== 'p99') return []
    const { seconds, sureness } = knownOf(found, q)
    if (seconds <= 0) return target === undefined ? [] : [{ of: path, sureness: 'bound', target: time(target), targetSeconds: target, missed: false }]
    return [{ of: path, seconds, text: `${mark({ sureness })}${short(seconds)}`, sureness, ...(target !== undefined && { target: time(target), targetSeconds: target }), missed: target !== undefined && seconds > target }]
  })
}

function componentReport(analysis: Analysis, component: Component, peaks: boolean, say: Speaker): ComponentReport {
  // What arrives: limits refuse some of it, and a broker evens it out.
  const { all } = analysis.admission.component(component.id)
  const [fullest] = everyLimitOf(analysis, component)
  const figure = fullnessFigure(analysis, component, say)
  const latency = ownLatency(analysis, component)
  const part = fullest && partOf(fullest, all)
  return {
    id: component.id,
    name: component.name,
    kind: component.kind,
    ...(all.peak > 0 ? { load: `${mark(all)}${rateText(all.peak)}${peaks && !all.peaks ? ' on average' : ''}` } : all.missing.length > 0 && { load: 'not known' }),
    ...(part !== undefined && { part }),
    average: all.average,
    peak: all.peak,
    ...(fullest && { capacity: amountText(fullest.limit, fullest.work), ...(fullest.limit > 0 && { used: fullest.used }), utilisation: figure!.value.replace(' at peak', '') }),
    ...(fullest && limitName(component, fullest) !== '' && { of: limitName(component, fullest) }),
    exceeded: figure?.exceeded ?? false,
    ...(latency !== '' && { latency }),
    ...(known(component.facts, 'availability') && { availability: written(component.facts, 'availability') }),
    sureness: all.sureness,
    missing: all.missing,
    derivation: () => figure?.steps() ?? [],
  }
}

/** As stated; where that was measured without load, with the waiting that its load brings. */
function ownLatency({ latency }: Analysis, component: Component): string {
  const longer = latency.waiting(component)
  const times = (['p50', 'p99'] as const).flatMap((name) => {
    const seconds = number(component.facts, `latency.${name}`)
    return seconds === undefined ? [] : [longer > 1 ? `${name} ≈ ${short(seconds * longer)}` : `${name} ${time(seconds)}`]
  })
  return `${times.join(', ')}${times.length > 0 && longer > 1 ? ' with waiting' : ''}`
}

/** Where only reads, only writes, bytes, or one partition count. */
function partOf(fullest: Limit, all: Rate): string | undefined {
  const shown = amountText(fullest.load, fullest.work)
  if (fullest.work === 'bytes' && fullest.of !== 'busiest-partition') return ` = ${shown}`
  return fullest.work !== 'bytes' && Math.abs(fullest.load - all.peak) <= 1e-9 * all.peak ? undefined : `, of it ${shown}`
}

/** Which of its limits: `writes`, `its quota`, `writes in its busiest shard`; empty for all that it serves. */
export function limitName({ kind }: Component, { of, work }: Limit): string {
  const partition = kind === 'log' || kind === 'queue' ? 'partition' : 'shard'
  const is = work === 'reads' || work === 'writes' ? work : ''
  switch (of) {
    case 'quota':
      return 'its quota'
    case 'bandwidth':
      return 'its network'
    case 'partitions':
      return `all ${partition}s`
    case 'busiest-partition':
      return `${is} in its busiest ${partition}`.trim()
    case 'handlers':
    case 'capacity':
      return is
  }
}

function written(facts: Facts, path: string): string {
  const value = known(facts, path)?.value
  return value?.type === 'quantity' ? formatQuantity(value, 'availability') : ''
}
