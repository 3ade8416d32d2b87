/** An aftermath in sentences: the command line, the sheet, the picture and a broken expectation say the same. */
import { limit } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { DURATION, formatQuantity, PLAIN, quantity, RATE } from '../model/quantity.ts'
import type { Aftermath, FlowAfter, Shift } from './aftermath.ts'
import type { Backlog } from './backlogs.ts'
import { deciding } from './fall.ts'
import type { Edge } from './graph.ts'
import { BROKERS } from './multiplicity.ts'
import type { Hit } from './hit.ts'
import { time } from './staleness.ts'

export interface FlowStory {
  /** `unavailable`, with the way on which it is. */
  readonly headline: string
  /** One sentence each; names in backticks. */
  readonly details: readonly string[]
}

export function hitStory(model: Model, { component, because, pause }: Hit): string {
  const wait = pause === undefined || pause === 0 ? '' : pause === 'unknown' ? '; how long until another copy leads is not stated' : `; another copy leads after ${time(pause)}`
  return `${named(model, component)} ${because}${wait}`
}

export function flowStory(model: Model, after: FlowAfter): FlowStory {
  const { lost, later, unfilled, dropped, exhausted, overloaded, pause, recovers, slow, open } = after
  const details: string[] = []
  for (const { then, need, edge, component, because, standIn } of lost) {
    const arrow = arrowOf(model, edge)
    const what = `${named(model, component)} ${because}`
    if (then === 'falls') continue
    if (then === 'part') details.push(`${arrow} fails for a part of the keys: ${what}.`)
    else if (then === 'branch') details.push(`Only the requests that take ${arrow} fail: ${what}.`)
    else if (then === 'unknown') details.push(`Whether ${named(model, need.needer)} goes on without ${named(model, component)}, which ${because}, is not stated (${deciding(model, edge)}).`)
    else if (then === 'value') details.push(standIn === undefined ? `Goes on without ${arrow}: ${what}.` : `${arrow} answers with \`${standIn}\` instead: ${what}.`)
    else if (then === 'spare' && unfilled.some(({ origin }) => origin === component)) continue
    else if (then === 'spare' && edge.fallback && 'component' in edge.fallback && edge.fallback.component === component) details.push(`${named(model, component)}, the fallback of ${arrow}, ${because}.`)
    else if (then === 'spare') details.push(`${named(model, component)}, which would take over from ${named(model, need.alternatives[0]!.component)}, ${because}.`)
    else details.push(`${named(model, standIn!)} ${need.meant === 'routes' || need.meant === 'any-of' ? 'does the work of' : 'takes over from'} ${named(model, component)}, which ${because}.`)
  }
  for (const { edge, by, then, timeout, p50, p99 } of slow) {
    const arrow = arrowOf(model, edge)
    if (then === 'timeout') details.push(`${arrow}: at ${by} times its latency (p50 ${time(p50!)}) it runs into its time-out of ${time(timeout!)}.`)
    else if (then === 'tail') details.push(`${arrow}: the slowest calls (p99 ${time(p99!)}) run into the time-out of ${time(timeout!)}.`)
    else if (then === 'waits') details.push(`${arrow} takes ${by} times as long (p99 ${time(p99!)}).`)
  }
  for (const { edge, origin, because } of unfilled) {
    const ttl = limit(lookup(model).component(edge.needed)?.facts ?? {}, 'ttl')
    const until = ttl === undefined || !Number.isFinite(ttl) ? '' : `, for up to ${time(ttl)}`
    details.push(`${arrowOf(model, edge)} is answered only with what ${named(model, edge.needed)} still holds${until}: ${named(model, origin)}, which fills it, ${because}.`)
  }
  for (const edge of dropped) {
    const keeper = edge.verb.name === 'delivers' ? `${named(model, edge.relation.from)} keeps nothing` : 'nobody waits for it and nothing keeps it'
    details.push(`${arrowOf(model, edge)} is lost: ${keeper}, and ${named(model, edge.relation.to)} is down.`)
  }
  for (const { component, workers, waitsFor } of exhausted) details.push(`All ${formatQuantity(quantity(workers, PLAIN))} workers of ${named(model, component)} wait for ${named(model, waitsFor)}.`)
  for (const shift of overloaded) details.push(`${shiftStory(model, shift)}.`)
  for (const { component, because, broker, falling } of later) {
    if (falling) {
      details.push(`${named(model, component)} falls behind: it ${because}, and gets ${formatQuantity(quantity(falling.arriving, RATE))}.${broker === undefined ? '' : ` ${named(model, broker)} keeps the rest until then.`}`)
      continue
    }
    const kept = broker === undefined ? '' : ` ${broker === component ? 'It' : named(model, broker)} keeps its work until then.`
    details.push(`${named(model, component)} does its part later: it ${because}.${kept}`)
  }
  if (pause !== undefined) details.push(pause === 'unknown' ? 'No answer until another copy leads; how long that takes is not stated.' : `No answer for ${time(pause)}, until another copy leads.`)
  if (recovers !== undefined) details.push(`Back after ${time(recovers)}.`)
  const told = new Set(lost.flatMap(({ then, edge }) => (then === 'unknown' ? [deciding(model, edge)] : [])))
  const left = open.filter((one) => !told.has(one))
  if (left.length > 0) details.push(`Not stated: ${left.join(', ')}.`)
  return { headline: headlineOf(model, after), details }
}

function headlineOf(model: Model, { state, witness, root, open }: FlowAfter): string {
  if (!root) return state === 'available' && open.length > 0 ? 'available, as far as it is stated' : state
  const why = root.because.startsWith('the network') ? root.because : `${named(model, root.component)} ${root.because}`
  return witness.length > 0 ? `unavailable: ${wayOf(model, witness)}; ${why}` : `unavailable: ${why}`
}

/** `` `api` → `ledger` ``, long ways without their middle. */
function wayOf(model: Model, witness: readonly Edge[]): string {
  const names = [witness[0]!.needer, ...witness.map((edge) => edge.needed)].map((id) => named(model, id))
  return (names.length <= 6 ? names : [...names.slice(0, 3), '…', ...names.slice(-2)]).join(' → ')
}

export function shiftStory(model: Model, { component, work, before, after, capacityBefore, capacityAfter, utilisation }: Shift): string {
  const what = work === 'all' ? '' : ` ${work}`
  const rate = (value: number): string => formatQuantity(quantity(value, RATE))
  const load = after > before * 1.001 ? `${named(model, component)} gets ${rate(after)}${what} instead of ${rate(before)}` : `${named(model, component)} gets ${rate(after)}${what}`
  if (capacityAfter === undefined || utilisation === undefined) return load
  const less = capacityBefore !== undefined && capacityAfter < capacityBefore ? ` can serve ${rate(capacityAfter)} instead of ${rate(capacityBefore)}` : ` can serve ${rate(capacityAfter)}`
  return `${load} and${less}: ${Math.round(utilisation * 100)}%`
}

export function backlogStory(model: Model, { source, consumer, because, rate, lasts, drain }: Backlog): string {
  const grows = rate === undefined ? 'fills' : `grows by ${formatQuantity(quantity(rate, RATE))}`
  const end = lasts === undefined ? '' : lasts.until === 'full' ? `, is full after ${time(lasts.seconds)}` : `, forgets after ${time(lasts.seconds)}`
  const back = drain === undefined ? '' : drain === 'never' ? '; afterwards it never catches up' : `; an hour of it is worked off in ${formatQuantity(quantity(drain, DURATION))}`
  const kind = lookup(model).component(source)?.kind ?? ''
  const what = BROKERS.has(kind) ? named(model, source) : `The ${kind === 'workflow' ? 'unfinished work' : 'change log'} of ${named(model, source)}`
  return `${what} ${grows}${end}${back}: ${named(model, consumer)} ${because}`
}

export function effectStories({ effects }: Aftermath): readonly string[] {
  return effects.map(({ text }) => text)
}

function arrowOf(model: Model, { relation }: Edge): string {
  const name = (id: string): string => lookup(model).component(id)?.name ?? id
  return `\`${name(relation.from)} → ${name(relation.to)}\``
}

function named(model: Model, component: string): string {
  return `\`${lookup(model).component(component)?.name ?? component}\``
}
