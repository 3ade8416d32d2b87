/**
 * The computed values that are worth showing where the design states what they follow from: the rate of an arrow, how full a component is, and what a
 * flow's p99 and availability come to. Each with its derivation, step by step, so that a person can dispute an input and not the verdict.
 */
import { known, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Relation } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Analysis } from './analysis.ts'
import { fallsShort, type FlowAvailability } from './availability.ts'
import { mark, NEAR, rateText, round, short, speakerOf, type Speaker, type Step } from './derivation.ts'
import { knownOf } from './flow-latency.ts'
import type { FlowPaths } from './flows.ts'
import { statedFullness } from './fullness.ts'
import type { Rate } from './load.ts'
import { time } from './staleness.ts'

export type { Step }

export interface Figure {
  readonly kind: 'rate' | 'utilisation' | 'latency' | 'availability'
  /** What it is about: a relation's, a component's or a flow's id. */
  readonly subject: string
  /** The text that it stands behind. */
  readonly at: Origin
  /** `10k/s, peak 20k/s`, `33% at peak`, `≈ 480ms`. */
  readonly value: string
  /** `exact`: arithmetic over what is stated; `estimate`: with a usual assumption; `bound`: something that belongs to it is not stated. */
  readonly sureness: 'exact' | 'estimate' | 'bound'
  /** Whether it is more than it may be. */
  readonly exceeded: boolean
  /** Put into words when somebody asks how it came about. */
  steps(): readonly Step[]
  /** What to state so that it becomes whole. */
  readonly missing: readonly string[]
}

/** @param near chooses by where the statement stands: a screen of a large design needs few of them. */
export function figuresOf(model: Model, analysis: Analysis, near: (extent: Origin) => boolean = () => true): readonly Figure[] {
  const say = speakerOf(model)
  return [
    ...model.relations.flatMap((relation) => (near(relation.extent) ? (rateFigure(model, analysis, relation, say) ?? []) : [])),
    ...model.components.flatMap((component) => (near(component.extent) ? statedFullness(model, analysis, component, say) : [])),
    ...analysis.flows.flatMap((flow) => (flow.flow && near(flow.flow.extent) ? [latencyFigure(analysis, flow, say), availabilityFigure(model, analysis, flow, say)].filter((one) => one !== undefined) : [])),
  ]
}

export function rateFigure(model: Model, { load }: Analysis, relation: Relation, say: Speaker = speakerOf(model)): Figure | undefined {
  const rate = load.relation(relation.id)
  if (rate.average <= 0 && rate.peak <= 0) return undefined
  const sources = load.through(relation.id).filter((source) => source.visits.get(relation.id)!.count > 0 && (source.average ?? source.peak ?? 0) > 0)
  const bySource = (source: (typeof sources)[number]): Step => {
    const { count } = source.visits.get(relation.id)!
    const per = source.average ?? source.peak!
    return { text: `${source.name}: ${rateText(per)}${Math.abs(count - 1) < 1e-9 ? '' : ` × ${round(count)} a run = ${rateText(per * count)}`}`, origin: source.paths.at }
  }
  return {
    kind: 'rate',
    subject: relation.id,
    at: relation.end,
    value: `${mark(rate)}${averageAndPeak(rate)}`,
    sureness: rate.sureness,
    exceeded: false,
    steps: () => [...sources.map(bySource), ...(sources.length > 1 ? [{ text: `together ${averageAndPeak(rate)}` }] : []), ...load.facts({ relation: relation.id }, NEAR).map(say)],
    missing: rate.missing,
  }
}

export function latencyFigure(analysis: Analysis, { id, flow }: FlowPaths, say: Speaker): Figure | undefined {
  const found = analysis.latency.of(id)
  const goal = flow && GOALS.find(({ path }) => number(flow.facts, path) !== undefined)
  if (!flow || !found || !goal) return undefined
  const { fact } = known(flow.facts, goal.path)!
  const target = number(flow.facts, goal.path)!
  const estimate = { ...found.estimate(goal.q), ...knownOf(found, goal.q) }
  if (estimate.seconds <= 0 || fact.from !== 'stated') return undefined
  return {
    kind: 'latency',
    subject: id,
    at: fact.origin,
    value: estimate.sureness === 'bound' ? `≥ ${short(estimate.seconds)} of ${time(target)}, as far as is known` : `≈ ${short(estimate.seconds)}`,
    sureness: estimate.sureness,
    exceeded: estimate.seconds > target,
    steps: () => latencySteps(analysis, id, goal.path, say),
    missing: estimate.sureness === 'bound' ? found.missing : [],
  }
}

/** How a percentile of a flow comes about: the hops that make most of it, their sum, and what is certain. */
export function latencySteps({ model, latency }: Analysis, flow: string, path: (typeof GOALS)[number]['path'], say: Speaker): readonly Step[] {
  const found = latency.of(flow)
  const { q } = GOALS.find((goal) => goal.path === path)!
  const estimate = found?.estimate(q)
  if (!found || !estimate || knownOf(found, q).seconds <= 0) return []
  const floor = found.atLeast(q)
  const find = lookup(model)
  const waiting = (id: string | undefined): string => {
    const component = id === undefined ? undefined : find.component(id)
    const longer = component ? latency.waiting(component) : 1
    return longer > 1 ? `, ${Number(longer.toPrecision(2))} times that with the waiting that its load brings` : ''
  }
  return [
    ...estimate.top.slice(0, 5).map((hop): Step => ({ text: `\`${hop.name}\`${[...(hop.p50 === undefined ? [] : [`p50 ${time(hop.p50)}`]), ...(hop.p99 === undefined ? [] : [`p99 ${time(hop.p99)}`])].map((one, at) => `${at === 0 ? ': ' : ', '}${one}`).join('')}${hop.of === 'component' ? waiting(hop.component) : ''}` })),
    ...(estimate.seconds > 0 ? [{ text: `${path} of ${estimate.sureness === 'bound' ? 'what is known of ' : ''}all that is waited for, each hop taken for lognormal (Fenton–Wilkinson): about ${short(estimate.seconds)}` }] : []),
    ...(floor.seconds > 0 ? [{ text: `at least ${short(floor.seconds)}, whatever else is true` }] : []),
    ...estimate.facts.map(say),
  ]
}

export const GOALS = [
  { path: 'p99', q: 0.99 },
  { path: 'p999', q: 0.999 },
  { path: 'p95', q: 0.95 },
  { path: 'p50', q: 0.5 },
] as const

export function availabilityFigure(model: Model, { flows, availability }: Analysis, paths: FlowPaths, say: Speaker): Figure | undefined {
  const { id, flow } = paths
  const goal = flow && known(flow.facts, 'availability')
  const target = flow && number(flow.facts, 'availability')
  if (!goal || goal.fact.from !== 'stated' || target === undefined) return undefined
  const found = availability[flows.indexOf(paths)]!
  if (found.contributors.length === 0) return undefined
  const find = lookup(model)
  return {
    kind: 'availability',
    subject: id,
    at: goal.fact.origin,
    value: found.sureness === 'bound' ? `≤ ${nines(found.value)}` : `= ${nines(found.value)}`,
    sureness: found.sureness,
    exceeded: fallsShort(found, target) === 'certain',
    steps: () => availabilitySteps(found, target, say),
    missing: found.missing.map((component) => `\`availability\` of \`${find.component(component)?.name ?? component}\``),
  }
}

/** What takes most of a flow's availability away, and what is left of it, beside its target where it has one. */
export function availabilitySteps({ contributors, value, sureness }: FlowAvailability, target: number | undefined, say: Speaker): readonly Step[] {
  if (contributors.length === 0) return []
  const allowed = target === undefined ? '' : `; the target of ${nines(target)} allows ${downtime(1 - target)}`
  return [
    ...contributors.slice(0, 5).map((one): Step => ({ ...say(one.fact), text: `\`${one.name}\`: ${nines(one.own)}, which costs ${downtime(one.costs)}` })),
    { text: `together ${sureness === 'bound' ? 'at most ' : ''}${nines(value)}: ${sureness === 'bound' ? 'at least ' : ''}${downtime(1 - value)}${allowed}` },
  ]
}

/** A share of the time as minutes or hours in 30 days (NUMBERS M20). */
function downtime(share: number): string {
  const minutes = share * 30 * 24 * 60
  return minutes < 1 ? `${round(minutes * 60)} s in 30 days` : minutes < 120 ? `${round(minutes)} min in 30 days` : `${round(minutes / 60)} h in 30 days`
}

export function nines(share: number): string {
  return `${Number((share * 100).toFixed(share > 0.9999 ? 5 : share > 0.999 ? 4 : 3))}%`
}

function averageAndPeak({ average, peak, peaks }: Rate): string {
  if (average <= 0) return `peak ${rateText(peak)}`
  return peaks && peak > average * 1.0001 ? `${rateText(average)}, peak ${rateText(peak)}` : rateText(average)
}
