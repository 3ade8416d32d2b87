/**
 * The quiet note: per flow, what the design does not say, and what could be found or computed if it did (CONVENTIONS 0.1). One a flow,
 * never one a rule; nothing is assumed in the place of what is missing. The first one also names the concerns that the whole design leaves out.
 */
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { flag, known, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Checked } from './check.ts'
import { unspoken } from './unspoken.ts'
import { listed } from './words.ts'

export function notStated(analysis: Analysis): readonly Checked[] {
  const notes = analysis.flows.flatMap((flow) => {
    const gaps = gapsOf(analysis.model, flow)
    return gaps.length > 0 ? [note(flow, `Not stated for ${flow.name}: ${enough(gaps)}.`)] : []
  })
  const concerns = unspoken(analysis)
  if (concerns.length === 0) return notes
  const whole = `Nowhere in the design: ${enough(concerns)}.`
  const [first, ...rest] = notes
  if (first) return [{ ...first, message: `${first.message} ${whole}` }, ...rest]
  return isSketch(analysis) ? [] : analysis.flows.slice(0, 1).map((flow) => note(flow, whole))
}

/** It sets itself no goal: then what it leaves out is worth a word, but no note of its own. */
function isSketch({ model, flows }: Analysis): boolean {
  return model.design === undefined && !flows.some(({ flow }) => flow && ['p99', 'availability'].some((path) => known(flow.facts, path)))
}

function note(flow: FlowPaths, message: string): Checked {
  return {
    rule: 'not-stated',
    severity: flow.flow ? 'info' : 'hint',
    message,
    help: 'Nothing is assumed in their place. State what you know; each fact buys a deeper check.',
    at: flow.at,
    subject: flow.flow ? { flow: flow.id } : { component: flow.id },
    related: [],
    fixes: [],
    documented: false,
  }
}

function enough(gaps: readonly string[]): string {
  return `${gaps.slice(0, MOST).join('; ')}${gaps.length > MOST ? `; and ${gaps.length - MOST} more` : ''}`
}

/** Gaps that one note lists before it only counts. */
const MOST = 4
/** Names that one gap lists before it only counts. */
const NAMES = 3

/** Kinds of which a reviewer asks how many there are; those that a provider runs are not. */
const COUNTED: ReadonlySet<string> = new Set(['load-balancer', 'gateway', 'service', 'database', 'cache', 'log', 'search', 'coordinator'])
const COPIES = ['replicas', 'voters', 'n', 'replication-factor', 'autoscale.min']
/** Kinds whose share of a latency is worth asking for. */
const TIMED: ReadonlySet<string> = new Set(['gateway', 'service', 'function', 'database', 'cache', 'search', 'coordinator', 'external'])

/** Kinds that spread what they hold by a key. */
const KEYED: ReadonlySet<string> = new Set(['database', 'log', 'cache', 'queue', 'search'])

function gapsOf(model: Model, flow: FlowPaths): readonly string[] {
  const find = lookup(model)
  const components = [...flow.reach.components.keys()].flatMap((id) => find.component(id) ?? [])
  const facts = flow.flow?.facts ?? {}
  const gaps: string[] = []
  const rated = known(facts, 'rate') !== undefined || known(facts, 'rate.avg') !== undefined
  const ask = (property: string, of: readonly Component[], purpose: string): void => {
    if (of.length > 0) gaps.push(`${property} of ${listed(of.map(({ name }) => name), NAMES)} (${purpose})`)
  }
  if (flow.flow && !rated) gaps.push('its rate (load, hot keys)')
  ask('replicas', components.filter((one) => COUNTED.has(one.kind) && !managed(one) && !says(one, COPIES)), 'single points of failure')
  if (known(facts, 'p99')) ask('latency', components.filter((one) => TIMED.has(one.kind) && !says(one, ['latency', 'latency.p99'])), 'its p99')
  if (known(facts, 'availability')) ask('availability', components.filter((one) => one.kind === 'external' && !says(one, ['availability'])), 'its availability')
  if (rated) ask('key-dist', components.filter((one) => KEYED.has(one.kind) && known(one.facts, 'key') && !says(one, ['key-dist'])), 'hot partitions')
  return gaps
}

/** A provider runs it and says how many there are, or nobody asks. */
function managed(component: Component): boolean {
  return flag(component.facts, 'managed') === true || word(component.facts, 'survives') !== undefined
}

function says(component: Component, properties: readonly string[]): boolean {
  return properties.some((property) => known(component.facts, property)) || component.parts.length > 0
}
