/** An aftermath in sentences: the command line, the sheet, the picture and a broken expectation say the same. */
import { known, limit } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import { DURATION, formatQuantity, PLAIN, quantity } from '../model/quantity.ts'
import type { Aftermath, FlowAfter, Shift } from './aftermath.ts'
import type { Backlog } from './backlogs.ts'
import { rateText } from './derivation.ts'
import { deciding } from './fall.ts'
import type { Edge } from './graph.ts'
import { BROKERS } from './multiplicity.ts'
import type { Hit } from './hit.ts'
import type { Failure } from './strike.ts'
import { time } from './staleness.ts'

export interface FlowStory {
  /** `unavailable`, with the way on which it is. */
  readonly headline: string
  /** One sentence each; names in backticks. */
  readonly details: readonly string[]
}

/** What brings it about, besides what falls: who gets slow, what is cut, what is asked for more. */
export function causeStory(model: Model, { slows, surges, partitions }: Failure): readonly string[] {
  const find = lookup(model)
  const place = (id: string): string => `\`${find.component(id)?.name ?? find.container(id)?.name ?? id}\``
  const slow = [...(slows ?? [])].map(([id, by]) => `${place(id)} takes ${by} times as long`)
  const more = [...(surges ?? [])].map(([id, by]) => `${find.flow(id) ? `"${find.flow(id)!.title}"` : place(id)} gets ${by} times as much`)
  const cut = (partitions ?? []).length > 1 ? [`the network is cut between ${joined(partitions!.map((group) => (group.length === 1 ? place(group[0]!) : `(${group.map(place).join(', ')})`)))}`] : []
  return [...slow, ...cut, ...more]
}

export function hitStory(model: Model, { component, because, pause, facts }: Hit): string {
  const wait = pause === undefined || pause === 0 ? '' : pause === 'unknown' ? '; how long until another copy leads is not stated' : `; another copy leads after ${time(pause)}`
  return `${named(model, component)} ${because}${wait}${byDefault(facts)}`
}

/** A default can be disputed: it is named as one. */
function byDefault(facts: readonly Fact[]): string {
  const by = [...new Set(facts.flatMap((fact) => (fact.from === 'default' ? [`\`${fact.by}\``] : [])))]
  return by.length === 0 ? '' : ` (default of ${by.join(' and ')})`
}

/** @param brief whether the load, told in a list of its own, is only named here. */
export function flowStory(model: Model, after: FlowAfter, brief = false): FlowStory {
  const { lost, later, unfilled, dropped, exhausted, overloaded, pause, recovers, slow, open } = after
  const details: string[] = []
  for (const { then, need, edge, component, because, standIn, pause, keeps, others = [] } of lost) {
    const arrow = arrowOf(model, edge)
    const what = `${named(model, component)} ${because}`
    if (then === 'falls') continue
    if (then === 'part') details.push(`${arrow} fails for a part of the keys: ${what}.`)
    else if (then === 'branch') details.push(`Only the requests that take ${arrow} fail: ${what}.`)
    else if (then === 'unknown') details.push(`Whether ${named(model, need.needer)} goes on without ${named(model, component)}, which ${because}, is not stated (${deciding(model, edge)}).`)
    else if (then === 'value' && keeps !== undefined) details.push(`${named(model, need.needer)} goes on${Number.isFinite(keeps) ? ` for ${time(keeps)}` : ''} with what it has from ${named(model, component)}, which ${because}.`)
    else if (then === 'value') details.push(standIn === undefined ? `Goes on without ${arrow}: ${what}.` : `${arrow} answers with \`${asWritten(edge, standIn)}\` instead: ${what}.`)
    else if (then === 'spare' && unfilled.some(({ origin }) => origin === component)) continue
    else if (then === 'spare' && edge.fallback && 'component' in edge.fallback && edge.fallback.component === component) details.push(`${named(model, component)}, the fallback of ${arrow}, ${because}.`)
    else if (then === 'spare') details.push(`${named(model, component)}, which would take over from ${named(model, need.alternatives[0]!.component)}, ${because}.`)
    else if (others.length > 0) details.push(`${joined([standIn!, ...others].map((id) => named(model, id)))} do the work of ${named(model, component)}, which ${because}.`)
    else details.push(`${named(model, standIn!)} ${instead(model, edge, standIn!, pause)} ${named(model, component)}, which ${because}.`)
  }
  for (const { edge, by, then, timeout, p50, p99 } of slow) {
    const arrow = arrowOf(model, edge)
    if (then === 'timeout') details.push(`${arrow}: at ${by} times its latency (p50 ${time(p50!)}) it runs into its time-out of ${time(timeout!)}.`)
    else if (then === 'tail') details.push(`${arrow}: the slowest calls (p99 ${time(p99!)}) run into the time-out of ${time(timeout!)}.`)
    else if (then === 'waits') details.push(`${arrow} takes ${by} times as long (${p99 === undefined ? `p50 ${time(p50!)}` : `p99 ${time(p99)}`}).`)
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
  for (const shift of overloaded) details.push(brief ? `${named(model, shift.component)} gets more${shift.work === 'all' ? '' : ` ${shift.work}`} than it can serve: ${Math.round(shift.utilisation! * 100)}%.` : `${shiftStory(model, shift)}.`)
  for (const { component, because, broker, falling, open: unkept } of later) {
    if (falling) {
      details.push(`${named(model, component)} falls behind: it ${because}, and gets ${rateText(falling.arriving)}.${broker === undefined ? '' : ` ${named(model, broker)} keeps the rest until then.`}`)
      continue
    }
    const kept = broker === undefined ? '' : unkept ? ` Whether ${named(model, broker)} keeps its work until then is not stated.` : ` ${broker === component ? 'It' : named(model, broker)} keeps its work until then.`
    details.push(`${named(model, component)} does its part later: it ${because}.${kept}`)
  }
  const until = lost.some((one) => one.then === 'stands-in' && one.pause === pause) ? 'until it has taken over' : 'until another copy leads'
  if (pause !== undefined) details.push(pause === 'unknown' ? `No answer ${until}; how long that takes is not stated.` : `No answer for ${time(pause)}, ${until}.`)
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

/** With its arguments: `stale(5min)`. */
function asWritten({ relation }: Edge, word: string): string {
  const value = known(relation.facts, 'fallback')?.value
  return value?.type === 'call' ? writeValue(value) : word
}

/** What one that stands in does, as somebody meant it: a fallback answers, a standby takes over, another target has more to do. */
function instead(model: Model, { fallback }: Edge, standIn: string, pause: number | 'unknown' | undefined): string {
  if (fallback && 'component' in fallback && fallback.component === standIn) return BROKERS.has(lookup(model).component(standIn)?.kind ?? '') ? 'keeps the work of' : 'answers instead of'
  return pause === undefined ? 'does the work of' : 'takes over from'
}

/** `` `api` → `ledger` ``, long ways without their middle. */
function wayOf(model: Model, witness: readonly Edge[]): string {
  const names = [witness[0]!.needer, ...witness.map((edge) => edge.needed)].map((id) => named(model, id))
  return (names.length <= 6 ? names : [...names.slice(0, 3), '…', ...names.slice(-2)]).join(' → ')
}

export function shiftStory(model: Model, { component, work, before, after, capacityBefore, capacityAfter, utilisation, each, scaling, facts }: Shift): string {
  const what = work === 'all' ? '' : ` ${work}`
  const load = after > before && rateText(after) !== rateText(before) ? `${named(model, component)} gets ${rateText(after)}${what} instead of ${rateText(before)}` : `${named(model, component)} gets ${rateText(after)}${what}`
  if (each !== undefined) return `${load}; each copy can serve ${rateText(each)}, and how many there are is not stated`
  if (capacityAfter === undefined || utilisation === undefined) return load
  const less = capacityBefore !== undefined && capacityAfter < capacityBefore * 0.999 ? ` can serve ${rateText(capacityAfter)} instead of ${rateText(capacityBefore)}` : ` can serve ${rateText(capacityAfter)}`
  return `${load} and${less}: ${utilisation < 0.005 ? 'under 1' : Math.round(utilisation * 100)}%${scaling ? scalingStory(scaling) : ''}${byDefault(facts)}`
}

function scalingStory({ of, running, ready }: NonNullable<Shift['scaling']>): string {
  const wait = ready === undefined ? '' : ` (${time(ready)})`
  return of === 'lost' ? `, until autoscaling has started others${wait}` : `, once autoscaling has started more${wait}; until then ${rateText(running)}`
}

/** @param why whether to say why its consumer does not empty it: a flow may have said so already. */
export function backlogStory(model: Model, { source, consumer, because, rate, lasts, drain }: Backlog, why = true): string {
  const grows = rate === undefined ? 'fills' : `grows by ${rateText(rate)}`
  const end = lasts === undefined ? '' : lasts.until === 'full' ? `, is full after ${time(lasts.seconds)}` : `, forgets after ${time(lasts.seconds)}`
  const back = drain === undefined ? '' : drain === 'never' ? '; afterwards it never catches up' : `; an hour of it is worked off in ${formatQuantity(quantity(drain, DURATION))}`
  const kind = lookup(model).component(source)?.kind ?? ''
  const what = BROKERS.has(kind) ? named(model, source) : `The ${kind === 'workflow' ? 'unfinished work' : 'change log'} of ${named(model, source)}`
  return `${what} ${grows}${end}${back}${why ? `: ${named(model, consumer)} ${because}` : ''}`
}

export function effectStories({ effects }: Aftermath): readonly string[] {
  return effects.map(({ text }) => text)
}

function joined(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join() : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}

function arrowOf(model: Model, { relation }: Edge): string {
  const name = (id: string): string => lookup(model).component(id)?.name ?? id
  return `\`${name(relation.from)} → ${name(relation.to)}\``
}

function named(model: Model, component: string): string {
  return `\`${lookup(model).component(component)?.name ?? component}\``
}
