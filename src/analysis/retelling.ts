/**
 * An aftermath for somebody who has just read what failed: flows that fare alike are told in one sentence, what failed is “it”, and where the load goes
 * and what keeps the work come behind. `story.ts` says the same flow by flow; this is for a page that is read aloud. Names in backticks.
 */
import { limit } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { formatQuantity, PLAIN, quantity } from '../model/quantity.ts'
import type { Aftermath, FlowAfter } from './aftermath.ts'
import { rateText } from './derivation.ts'
import { deciding } from './fall.ts'
import { BROKERS } from './multiplicity.ts'
import { time } from './staleness.ts'
import { shiftStory } from './story.ts'
import type { Failure } from './strike.ts'

type LostNeed = FlowAfter['lost'][number]
type Shift = Aftermath['shifts'][number]
type Backlog = Aftermath['backlogs'][number]

/** Groups of flows that a short text tells apart. */
const MOST = 3

/** @param heard what the reader has read of it: a component that it names is “it” from there on. */
export function retell(model: Model, aftermath: Aftermath, failure: Failure, heard: string): readonly string[] {
  const { flows, shifts, backlogs, effects } = aftermath
  if (flows.length === 0) return ['No flow is declared.']
  const teller: Teller = { model, it: namedIn(model, heard, soleComponent(failure)) }
  const fates = flows.flatMap((flow) => fateOf(teller, flow) ?? [])
  const groups = [...Map.groupBy(fates, ({ says, why, asked }) => JSON.stringify([says(true), asked ? '' : why])).values()].sort((a, b) => a[0]!.rank - b[0]!.rank)
  const sentences = groups.slice(0, MOST).map(sentenceOf)
  const untold = groups.slice(MOST).reduce((sum, { length }) => sum + length, 0)
  if (untold > 0) sentences.push(`${untold} more ${untold === 1 ? 'flow is' : 'flows are'} affected.`)
  const unhurt = flows.length - fates.length
  if (fates.length === 0) sentences.push(flows.length > 1 ? 'All flows go on.' : `${subject(flows)} ${flows[0]!.paths.flow ? 'goes' : 'go'} on.`)
  else if (unhurt > 0) sentences.push(unhurt === 1 ? 'The other flow goes on.' : 'The other flows go on.')
  const told = new Set(fates.flatMap(({ flow }) => flow.overloaded.map(({ component }) => component)))
  const shift = shifts.find(({ component, before, after, utilisation }) => !told.has(component) && ((utilisation ?? 0) > 1 || after >= MUCH_MORE * before))
  if (shift) sentences.push(`${shiftSentence(teller, shift)}.`)
  if (backlogs[0]) sentences.push(`${backlogSentence(teller, backlogs[0])}.`)
  const effect = effects.find(({ kind, component }) => kind === 'let-through' || kind === 'refused' || (kind === 'dropped' && component !== undefined))
  if (effect) sentences.push(`${capital(effect.text)}.`)
  return sentences.map((sentence) => (teller.it === undefined ? sentence : sentence.replace(`${named(model, teller.it)} comes back cold`, 'The cache comes back cold')))
}

/** From this on it is worth a sentence that a component is asked for more. */
const MUCH_MORE = 1.2

interface Teller {
  readonly model: Model
  /** The component that fails, where it is one alone. */
  readonly it: string | undefined
}

function soleComponent({ fails, slows, surges, partitions }: Failure): string | undefined {
  const [only] = fails
  if (fails.length !== 1 || only?.type !== 'thing' || only.target.kind !== 'component') return undefined
  return (slows?.size ?? 0) + (surges?.size ?? 0) + (partitions?.length ?? 0) === 0 ? only.target.id : undefined
}

/** “The seat cache dies” names a cache, and `seats`; “Nobody answers” names nothing. */
function namedIn(model: Model, heard: string, id: string | undefined): string | undefined {
  const component = id === undefined ? undefined : lookup(model).component(id)
  if (!component) return undefined
  const words = (text: string): readonly string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => !FILLING.has(word)).map((word) => word.replace(/s$/, ''))
  const said = new Set(words(heard))
  return words(`${component.name} ${component.label ?? ''} ${component.kind} ${component.technology?.name ?? ''}`).some((word) => said.has(word)) ? id : undefined
}

const FILLING: ReadonlySet<string> = new Set(['', 'a', 'all', 'an', 'and', 'are', 'at', 'by', 'for', 'in', 'is', 'it', 'no', 'of', 'on', 'one', 'or', 'the', 'to', 'with'])

/** What becomes of one flow; unset where it goes on as before. */
interface Fate {
  readonly flow: FlowAfter
  /** The worst first. */
  readonly rank: number
  /** Behind the flow's name, for one flow or for several: `is unavailable`. */
  says(many: boolean): string
  /** Behind a colon; empty where there is nothing to add. */
  readonly why: string
  /** Who cannot do without what failed: flows that differ in nothing else are told together. */
  readonly asked?: string
}

function fateOf(teller: Teller, flow: FlowAfter): Fate | undefined {
  const { model } = teller
  const { state, root, witness, recovers, lost, unfilled, dropped, exhausted, overloaded, slow, later, pause, open } = flow
  if (state === 'unavailable' && root) {
    const says = (many: boolean): string => `${many ? 'are' : 'is'} unavailable${recovers === undefined ? '' : ` for ${time(recovers)}`}`
    const down = root.because === 'is down'
    if (down && root.component === teller.it) return { flow, rank: 0, says, why: '', asked: witness.length === 0 ? '' : `${named(model, witness.at(-1)!.needer)} needs it` }
    return { flow, rank: 0, says, why: down ? `${named(model, root.component)} is down` : hasSubject(teller, root) ? root.because : `${named(model, root.component)} ${root.because}` }
  }
  const waits = pause === undefined ? undefined : (many: boolean): string => (pause === 'unknown' ? `${many ? 'pause' : 'pauses'} until another copy leads; for how long is not stated` : `${many ? 'pause' : 'pauses'} for ${time(pause)}, until another copy leads`)
  const losses = [
    ...unfilled.map((one) => heldOnly(teller, one)),
    ...lossesOf(teller, lost.filter(({ then, component }) => then !== 'spare' || !unfilled.some(({ origin }) => origin === component))),
    ...dropped.map((edge) => dropOf(teller, edge)),
    ...exhausted.map(({ component, workers, waitsFor }) => `all ${formatQuantity(quantity(workers, PLAIN))} workers of ${named(model, component)} wait for ${itOr(teller, waitsFor)}`),
    ...overloaded.map((shift) => shiftStory(model, shift)),
    ...slow.flatMap((call) => slowStory(teller, call) ?? []),
  ]
  const why = [...[...new Set(losses)].slice(0, 2), ...(pause === undefined ? [] : [`no answer ${pause === 'unknown' ? '' : `for ${time(pause)}, `}until another copy leads`])].join('; ')
  if (state === 'degraded') return { flow, rank: 1, says: (many) => `${many ? 'are' : 'is'} degraded`, why }
  if (waits) return { flow, rank: 2, says: waits, why: '' }
  if (state === 'deferred') {
    const parts = later.map((one) => behindOf(teller, one)).filter((part) => part !== '')
    return { flow, rank: 3, says: (many) => `${many ? 'are' : 'is'} answered, and the rest is done later`, why: parts.slice(0, 2).join('; ') }
  }
  const unsure = lost.find(({ then }) => then === 'unknown')
  if (unsure) return { flow, rank: 4, says: (many) => `${many ? 'are' : 'is'} open`, why: lossOf(teller, unsure) }
  if (open.length > 0) return { flow, rank: 4, says: (many) => `${many ? 'are' : 'is'} open`, why: `${open.join(', ')} ${open.length === 1 ? 'is' : 'are'} not stated` }
  return undefined
}

/** Several that stand in for one are told together. A target less of a balancer is no loss that a person notices. */
function lossesOf(teller: Teller, lost: readonly LostNeed[]): readonly string[] {
  const told = lost.filter(({ then, need }) => then !== 'falls' && (then !== 'stands-in' || (need.meant !== 'routes' && need.meant !== 'any-of')))
  return [...Map.groupBy(told, ({ then, component, need, edge }) => (then === 'stands-in' ? component : `${need.needer} ${edge.relation.id}`)).values()].map((group) => {
    const [first] = group
    if (first!.then !== 'stands-in') return lossOf(teller, first!)
    const who = [...new Set(group.map(({ standIn }) => named(teller.model, standIn!)))]
    return `${listed(who)} ${who.length > 1 ? 'take' : 'takes'} over${first!.component === teller.it ? '' : ` from ${named(teller.model, first!.component)}`}`
  })
}

/** What a flow does without something that it does not need to the death. */
function lossOf(teller: Teller, { then, need, edge, component, because, standIn }: LostNeed): string {
  const { model } = teller
  const lost = itOr(teller, component)
  const needer = named(model, need.needer)
  // Somebody who reads “it” knows that it is down.
  const which = because === 'is down' ? '' : hasSubject(teller, { component, because }) ? `: ${because}` : `: ${named(model, component)} ${because}`
  switch (then) {
    case 'part':
      return `requests for a part of the keys fail${which}`
    case 'branch':
      return `only the requests from ${needer} to ${lost === 'it' && edge.needed !== component ? named(model, edge.needed) : lost} fail${which}`
    case 'unknown':
      return `whether ${needer} goes on without ${lost} is not stated (${deciding(model, edge)})`
    case 'spare':
      return `${needer} cannot turn from ${named(model, need.alternatives[0]!.component)} to ${lost}`
    default:
      return standIn === undefined ? `${needer} goes on without ${lost}` : `${needer} makes do with ${VALUES[standIn] ?? `\`${standIn}\``} in place of ${lost}`
  }
}

/** A cache that nothing fills any more. */
function heldOnly(teller: Teller, { edge, origin }: FlowAfter['unfilled'][number]): string {
  const ttl = limit(lookup(teller.model).component(edge.needed)?.facts ?? {}, 'ttl')
  const until = ttl === undefined || !Number.isFinite(ttl) ? '' : `, for up to ${time(ttl)}`
  return `${named(teller.model, edge.needed)} answers only with what it still holds${until}${origin === teller.it ? '' : `: ${named(teller.model, origin)} does not fill it`}`
}

function dropOf(teller: Teller, { verb, relation }: FlowAfter['dropped'][number]): string {
  const arrow = `what \`${nameOf(teller, relation.from)} → ${nameOf(teller, relation.to)}\` carries is lost`
  return verb.name === 'delivers' ? `${arrow}, for ${named(teller.model, relation.from)} keeps nothing` : `${arrow}, for nothing keeps it`
}

/** Why somebody does not do its part now, or not fast enough; empty where it is what failed. */
function behindOf(teller: Teller, { component, because, falling }: FlowAfter['later'][number]): string {
  if (falling) return `${itOr(teller, component)} ${because}, and gets ${rateText(falling.arriving)}`
  if (component === teller.it) return ''
  return because === 'is down' ? `${named(teller.model, component)} is down` : `${named(teller.model, component)} ${withIt(teller, because)}`
}

/** What a call to something slow does; unset where the design does not say. */
function slowStory(teller: Teller, { edge: { relation }, by, then, timeout, p50, p99 }: FlowAfter['slow'][number]): string | undefined {
  const arrow = `\`${nameOf(teller, relation.from)} → ${nameOf(teller, relation.to)}\``
  if (then === 'timeout') return `${arrow} runs into its time-out of ${time(timeout!)} (p50 ${time(p50!)}, ${by} times its own)`
  if (then === 'tail') return `the slowest calls of ${arrow} (p99 ${time(p99!)}) run into the time-out of ${time(timeout!)}`
  return then === 'waits' ? `${arrow} takes ${by} times as long (${p99 === undefined ? `p50 ${time(p50!)}` : `p99 ${time(p99)}`})` : undefined
}

const VALUES: Readonly<Record<string, string>> = { stale: 'an older answer', empty: 'an empty answer', default: 'a default', 'local-snapshot': 'its own snapshot' }

function sentenceOf(group: readonly Fate[]): string {
  const [first] = group
  const many = group.length > 1 || !first!.flow.paths.flow
  const asked = [...new Set(group.flatMap(({ asked }) => asked || []))]
  const needers = asked.length > 1 ? `${listed(asked.map((one) => one.replace(/ needs it$/, '')))} need it` : (asked[0] ?? '')
  const why = first!.why || needers
  return `${subject(group.map(({ flow }) => flow))} ${first!.says(many)}${why === '' ? '' : `: ${why}`}.`
}

/** A cut network, or a store that says of itself what it refuses. */
function hasSubject({ model }: Teller, { component, because }: { readonly component: string; readonly because: string }): boolean {
  return because.startsWith('the network') || because.startsWith(named(model, component))
}

function subject(flows: readonly FlowAfter[]): string {
  return capital(listed(flows.map(({ paths }) => (paths.flow ? `“${paths.flow.title}”` : paths.name))))
}

function shiftSentence({ model }: Teller, shift: Shift): string {
  const { component, work, before, after, capacityAfter, utilisation } = shift
  if (utilisation !== undefined && utilisation > 1) return shiftStory(model, shift)
  const what = work === 'all' ? '' : ` ${work}`
  const instead = before > 0 ? ` instead of ${rateText(before)}` : ''
  return `${named(model, component)} then gets ${rateText(after)}${what}${instead}${capacityAfter === undefined ? '; what it can serve is not stated' : `, and can serve ${rateText(capacityAfter)}`}`
}

function backlogSentence({ model, it }: Teller, { source, consumer, rate, lasts, drain }: Backlog): string {
  const kind = lookup(model).component(source)?.kind ?? ''
  const keeper = BROKERS.has(kind) || kind === 'workflow' ? named(model, source) : `The change log of ${named(model, source)}`
  const whose = consumer === source ? 'its unfinished work' : `what waits for ${consumer === it ? 'it' : named(model, consumer)}`
  const facts = [
    ...(rate === undefined ? [] : [rateText(rate)]),
    ...(lasts === undefined ? [] : [lasts.until === 'full' ? `full after ${time(lasts.seconds)}` : `for up to ${time(lasts.seconds)}`]),
  ]
  const back = drain === undefined ? '' : drain === 'never' ? '; afterwards it never catches up' : `; an hour of it takes ${about(drain)} to work off`
  return `${keeper} keeps ${whose}${facts.length === 0 ? '' : `${rate === undefined ? ',' : ':'} ${facts.join(', ')}`}${back}`
}

/** Two digits: nobody plans by more. */
function about(seconds: number): string {
  const unit = seconds < 120 ? 1 : seconds < 7200 ? 60 : 3600
  return `${Number((seconds / unit).toPrecision(2))}${unit === 1 ? 's' : unit === 60 ? 'min' : 'h'}`
}

/** ``needs `psp`, which is down`` → `needs it`. */
function withIt({ model, it }: Teller, because: string): string {
  return it === undefined ? because : because.replace(`needs ${named(model, it)}, which is down`, 'needs it')
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function itOr({ model, it }: Teller, component: string): string {
  return component === it ? 'it' : named(model, component)
}

function nameOf({ model }: Teller, component: string): string {
  return lookup(model).component(component)?.name ?? component
}

function named(model: Model, component: string): string {
  return `\`${lookup(model).component(component)?.name ?? component}\``
}
