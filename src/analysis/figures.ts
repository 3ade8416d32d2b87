/**
 * The computed values that are worth showing where the design states what they follow from: the rate of an arrow, how full a component is, and what a
 * flow's p99 and availability come to. Each with its derivation, step by step, so that a person can dispute an input and not the verdict.
 */
import { known, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { BANDWIDTH, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import type { Analysis } from './analysis.ts'
import type { FlowPaths } from './flows.ts'
import { limitsOf, type Limit } from './limits.ts'
import type { Rate } from './load.ts'
import { time } from './staleness.ts'

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

/** A line of the derivation; a fact says where it is stated, or whose default it is. */
export interface Step {
  readonly text: string
  readonly origin?: Origin
  readonly by?: string
}

/** @param near chooses by where the statement stands: a screen of a large design needs few of them. */
export function figuresOf(model: Model, analysis: Analysis, near: (extent: Origin) => boolean = () => true): readonly Figure[] {
  const say = speakerOf(model)
  return [
    ...model.relations.flatMap((relation) => (near(relation.extent) ? (rateFigure(model, analysis, relation, say) ?? []) : [])),
    ...model.components.flatMap((component) => (near(component.extent) ? statedFullness(analysis, component, say) : [])),
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

/** Where the limit is only a default there is nothing to stand beside, and no verdict to make. */
function statedFullness(analysis: Analysis, component: Component, say: Speaker): readonly Figure[] {
  const figure = fullnessFigure(analysis, component, say)
  return figure && figure.at !== component.origin ? [figure] : []
}

/** Beside the capacity, quota or limit that is used most. Kept with that limit: the editor and the report both ask. */
export function fullnessFigure(analysis: Analysis, component: Component, say: Speaker): Figure | undefined {
  // What limits on the way let through, and behind a broker evenly: what arrives, not what is asked for.
  const [fullest] = limitsOf(component, analysis.admission.component(component.id))
  if (!fullest) return undefined
  let figure = fullness.get(fullest)
  if (!figure) fullness.set(fullest, (figure = fullnessOf(fullest, analysis, component, say)))
  return figure
}

const fullness = new WeakMap<Limit, Figure>()

function fullnessOf(fullest: Limit, { load }: Analysis, component: Component, say: Speaker): Figure {
  const stated = PLACES.map((path) => known(component.facts, path)?.fact).find((fact) => fact?.from === 'stated' && fullest.facts.includes(fact))
  return {
    kind: 'utilisation',
    subject: component.id,
    at: stated?.from === 'stated' ? stated.origin : component.origin,
    value: `${fullest.used === Infinity ? '' : mark(fullest.rate)}${percent(fullest.used)}${fullest.rate.peaks ? ' at peak' : ''}`,
    sureness: fullest.rate.sureness,
    exceeded: fullest.used > 1,
    steps() {
      const over = fullest.divided && fullest.divided.into > 1 ? `, over ${fullest.divided.into} ${fullest.divided.by}` : ''
      return [{ text: `${WHAT[fullest.of]}: ${amount(fullest, fullest.load)} of ${amount(fullest, fullest.limit)}${over} = ${percent(fullest.used)}` }, ...fullest.facts.map(say), ...load.facts({ component: component.id }, NEAR).map(say)]
    },
    missing: fullest.rate.missing,
  }
}

/** Relations on the way whose facts a derivation lists: nobody reads on. */
const NEAR = 100

const PLACES = ['capacity', 'capacity.read', 'capacity.write', 'quota', 'partition-limit.write', 'partition-limit.read', 'partition-limit.bytes', 'bandwidth'] as const
const WHAT: Readonly<Record<Limit['of'], string>> = { capacity: 'what its copies serve', quota: 'its quota', bandwidth: 'its network', partitions: 'all partitions together', 'busiest-partition': 'the busiest partition' }

export function latencyFigure({ latency }: Analysis, { id, flow }: FlowPaths, say: Speaker): Figure | undefined {
  const found = latency.of(id)
  const goal = flow && GOALS.find(({ path }) => number(flow.facts, path) !== undefined)
  if (!flow || !found || !goal) return undefined
  const { fact } = known(flow.facts, goal.path)!
  const target = number(flow.facts, goal.path)!
  const estimate = found.estimate(goal.q)
  if (estimate.seconds <= 0 || fact.from !== 'stated') return undefined
  const steps = (): readonly Step[] => {
    const floor = found.atLeast(goal.q)
    return [
      ...estimate.top.slice(0, 5).map((hop): Step => ({ text: `\`${hop.name}\`${hop.p50 === undefined ? '' : `: p50 ${time(hop.p50)}`}${hop.p99 === undefined ? '' : `, p99 ${time(hop.p99)}`}` })),
      { text: `${goal.path} of their sum, each taken for lognormal (Fenton–Wilkinson): about ${short(estimate.seconds)}` },
      ...(floor.seconds > 0 ? [{ text: `at least ${short(floor.seconds)}, whatever else is true` }] : []),
      ...estimate.facts.map(say),
    ]
  }
  return {
    kind: 'latency',
    subject: id,
    at: fact.origin,
    value: estimate.sureness === 'bound' ? `≥ ${short(estimate.seconds)} of ${time(target)}, as far as is known` : `≈ ${short(estimate.seconds)}`,
    sureness: estimate.sureness,
    exceeded: estimate.seconds > target,
    steps,
    missing: estimate.sureness === 'bound' ? found.missing : [],
  }
}

const GOALS = [
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
    exceeded: found.value < target,
    steps: () => [
      ...found.contributors.slice(0, 5).map((one): Step => ({ ...say(one.fact), text: `\`${one.name}\`: ${nines(one.own)}, which costs ${downtime(one.costs)}` })),
      { text: `together ${nines(found.value)}: ${downtime(1 - found.value)}; the target of ${nines(target)} allows ${downtime(1 - target)}` },
    ],
    missing: found.missing.map((component) => `\`availability\` of \`${find.component(component)?.name ?? component}\``),
  }
}

/** A share of the time as minutes or hours in 30 days (NUMBERS M20). */
function downtime(share: number): string {
  const minutes = share * 30 * 24 * 60
  return minutes < 1 ? `${round(minutes * 60)} s in 30 days` : minutes < 120 ? `${round(minutes)} min in 30 days` : `${round(minutes / 60)} h in 30 days`
}

function nines(share: number): string {
  return `${Number((share * 100).toFixed(share > 0.9999 ? 5 : share > 0.999 ? 4 : 3))}%`
}

export type Speaker = (fact: Fact) => Step

/** Says whose fact it is and where it stands: `ledger: replicas: 3`. */
export function speakerOf(model: Model): Speaker {
  const known = speakers.get(model)
  if (known) return known
  const made = makeSpeaker(model)
  speakers.set(model, made)
  return made
}

const speakers = new WeakMap<Model, Speaker>()

function makeSpeaker(model: Model): Speaker {
  const owners = new Map<Fact, { readonly name: string; readonly path: string }>()
  const add = (name: string, facts: Facts): void => {
    for (const path in facts) if (!owners.has(facts[path]!)) owners.set(facts[path]!, { name, path })
  }
  if (model.design) add('design', model.design.facts)
  for (const flow of model.flows) add(`"${flow.title}"`, flow.facts)
  for (const { name, facts } of [...model.components, ...model.containers, ...model.data]) add(`\`${name}\``, facts)
  const name = (id: string): string => lookup(model).component(id)?.name ?? id
  for (const { from, to, facts } of model.relations) add(`\`${name(from)} → ${name(to)}\``, facts)
  return (fact) => {
    const owner = owners.get(fact)
    const text = `${owner ? `${owner.name}: ${owner.path}: ` : ''}${writeValue(fact.value)}`
    if (fact.from === 'stated') return { text, origin: fact.origin }
    return { text, by: fact.from === 'default' ? `default of ${fact.by}` : fact.how }
  }
}

function mark({ sureness }: Rate): string {
  return sureness === 'bound' ? '≥ ' : sureness === 'estimate' ? '≈ ' : ''
}

function averageAndPeak({ average, peak, peaks }: Rate): string {
  if (average <= 0) return `peak ${rateText(peak)}`
  return peaks && peak > average * 1.0001 ? `${rateText(average)}, peak ${rateText(peak)}` : rateText(average)
}

function amount({ work }: Limit, value: number): string {
  return work === 'bytes' ? formatQuantity(quantity(value, BANDWIDTH)) : `${rateText(value)}${work === 'reads' || work === 'writes' ? ` ${work}` : ''}`
}

function rateText(value: number): string {
  return formatQuantity(quantity(value, RATE))
}

/** A computed time: two digits are what it deserves. */
function short(seconds: number): string {
  return time(Number(seconds.toPrecision(2)))
}

function percent(share: number): string {
  if (share === Infinity) return 'over the limit'
  const whole = share * 100
  return whole < 1 ? '< 1%' : `${Math.round(whole)}%`
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
