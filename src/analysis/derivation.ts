/** How a computed number is told: the lines of its derivation, each fact with the place that states it, and amounts with no more digits than they deserve. */
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { BANDWIDTH, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import type { Sureness } from './figure.ts'
import type { LimitWork } from './limits.ts'
import { time } from './staleness.ts'

/** A line of the derivation; a fact says where it is stated, or whose default it is. */
export interface Step {
  readonly text: string
  readonly origin?: Origin
  readonly by?: string
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

/** Relations on the way whose facts a derivation lists: nobody reads on. */
export const NEAR = 100

/** `≥ `, `≈ `, or nothing before what is exact. */
export function mark({ sureness }: { readonly sureness: Sureness }): string {
  return sureness === 'bound' ? '≥ ' : sureness === 'estimate' ? '≈ ' : ''
}

export function rateText(value: number): string {
  return formatQuantity(quantity(value, RATE))
}

/** Of a limit or what counts against it. */
export function amountText(value: number, work: LimitWork): string {
  return work === 'bytes' ? formatQuantity(quantity(value, BANDWIDTH)) : rateText(value)
}

/** A computed time: two digits are what it deserves, in the unit in which they can be read. */
export function short(seconds: number): string {
  if (!Number.isFinite(seconds)) return time(seconds)
  const [factor, unit] = SPANS.find(([, , below]) => seconds < below)!
  return `${Number((seconds / factor).toPrecision(2))}${unit}`
}

const SPANS = [
  [1e-6, 'us', 1e-3],
  [1e-3, 'ms', 0.995],
  [1, 's', 99.5],
  [60, 'min', 5970],
  [3600, 'h', 2 * 86_400],
  [86_400, 'd', 3 * 365 * 86_400],
  [365 * 86_400, 'y', Infinity],
] as const

/** How full something is. */
export function percent(share: number): string {
  if (share === Infinity) return 'over the limit'
  const whole = share * 100
  return whole < 1 ? '< 1%' : `${Math.round(whole)}%`
}

/** Three digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3))
}
