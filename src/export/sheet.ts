/**
 * The one page that a person brings to the interview or pastes into the design document, as data: the goal, the estimate, the seven axes, what each
 * flow may cost, what happens when parts fail, and the trade-offs with their reasons. The writers beside it lay the same page out as Markdown, HTML
 * and PDF; words in backticks are names.
 */
import { aftermathOf, type Aftermath, type FlowAfter } from '../analysis/aftermath.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { failureOf } from '../analysis/scenario.ts'
import { backlogStory, flowStory, shiftStory } from '../analysis/story.ts'
import type { Failure } from '../analysis/strike.ts'
import { claimText, type AxesTable, type Cell } from '../axes/table.ts'
import { known, list, nameOf, number, text, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { describeQuantity, formatQuantity } from '../model/quantity.ts'
import { writeValue } from '../model/write.ts'

export interface Sheet {
  readonly title: string
  readonly goal?: string
  /** `Optimizes consistency; sacrifices latency.` */
  readonly stance?: string
  readonly estimate: readonly { readonly name: string; readonly expression: string; readonly result: string }[]
  readonly axes: readonly { readonly axis: string; readonly question: string; readonly answer: string }[]
  readonly flows: readonly SheetFlow[]
  readonly failures: readonly { readonly when: string; readonly then: readonly string[] }[]
  readonly tradeOffs: readonly { readonly what: string; readonly because: string; readonly until?: string }[]
  /** What the check still finds: a page that hides it would promise too much. Empty where it finds nothing. */
  readonly open: readonly { readonly severity: 'error' | 'warning'; readonly text: string }[]
}

export interface SheetFlow {
  readonly title: string
  /** `10k/s, 20k/s at peak` */
  readonly rate: string
  readonly latency: string
  readonly availability: string
  readonly throughput: string
  /** What its way may take, arrow by arrow; empty where nothing is said of time. */
  readonly hops: readonly { readonly arrow: string; readonly timeout: string; readonly p99: string; readonly tries: string }[]
}

/** More than this is no page any more. */
const MOST = { estimate: 14, flows: 6, budgets: 3, hops: 8, failures: 7, tradeOffs: 10, open: 6 }

export function sheetOf(model: Model, analysis: Analysis, axes: AxesTable, open: Sheet['open'] = []): Sheet {
  const goal = model.design && text(model.design.facts, 'goal')
  const stance = stanceOf(model)
  return {
    title: axes.title,
    ...(goal !== undefined && { goal }),
    ...(stance !== undefined && { stance }),
    estimate: model.lets.flatMap(({ name, expression, value }) => (value ? [{ name, expression: expression.trim(), result: describeQuantity({ ...value, text: undefined }) }] : [])).slice(0, MOST.estimate),
    axes: axes.rows.map(({ axis, question, system }) => ({ axis: axis.replace('-', ' '), question, answer: withClaims(system, ({ verdict }) => verdict === 'broken') })),
    flows: analysis.flows.slice(0, MOST.flows).map((flow) => flowOf(model, analysis, axes, flow)).map((flow) => (analysis.flows.length > MOST.budgets ? { ...flow, hops: [] } : flow)),
    failures: failuresOf(model, analysis),
    tradeOffs: tradeOffsOf(model),
    open: open.slice(0, MOST.open),
  }
}

/** What was derived, and what is claimed of the same. */
function withClaims({ value, claimed = [] }: Cell, worth: (claim: NonNullable<Cell['claimed']>[number]) => boolean = () => true): string {
  const said = claimed.filter(worth).map(claimText)
  return said.length === 0 ? value : `${value}; claimed: ${said.join('; ')}`
}

function stanceOf({ design }: Model): string | undefined {
  const said = (path: string): string | undefined => design && (list(design.facts, path) ?? []).flatMap((value) => nameOf(value) ?? []).join(' and ') || undefined
  const [optimizes, sacrifices] = [said('optimizes'), said('sacrifices')]
  const parts = [...(optimizes ? [`optimizes ${optimizes}`] : []), ...(sacrifices ? [`sacrifices ${sacrifices}`] : [])]
  return parts.length === 0 ? undefined : `${capital(parts.join('; '))}.`
}

function flowOf(model: Model, analysis: Analysis, axes: AxesTable, flow: Analysis['flows'][number]): SheetFlow {
  const cell = (axis: string): string => {
    const found = axes.rows.find((row) => row.axis === axis)?.flows.find(({ id }) => id === flow.id)?.cell
    return found ? withClaims(found) : 'not stated'
  }
  const facts = flow.flow?.facts ?? lookup(model).component(flow.id)?.facts ?? {}
  const at = (path: string): string | undefined => {
    const value = known(facts, path)?.value
    return value?.type === 'quantity' ? formatQuantity({ ...value, text: undefined }) : undefined
  }
  const [rate, peak] = [at('rate') ?? at('rate.avg'), at('peak') ?? at('rate.peak')]
  const hops = flow.waited.map((edge) => {
    const find = lookup(model)
    const sides = [edge.relation.facts, find.component(edge.needed)?.facts ?? {}]
    const p99 = sides.map((table) => known(table, 'latency.p99')?.value).find((value) => value !== undefined)
    const timeout = known(edge.relation.facts, 'timeout')?.value
    const { attempts } = analysis.attempts.layer(edge)
    return {
      arrow: `${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}`,
      timeout: timeout ? writeValue(timeout) : '',
      p99: p99 ? writeValue(p99) : '',
      tries: attempts > 1 ? (Number.isFinite(attempts) ? `${Number(attempts.toPrecision(2))}` : 'no limit') : '',
    }
  })
  return {
    title: flow.flow?.title ?? capital(flow.name.replace('the ', '')),
    rate: rate === undefined ? 'not stated' : `${rate}${peak === undefined ? '' : `, ${peak} at peak`}`,
    latency: cell('latency'),
    availability: cell('availability'),
    throughput: cell('throughput'),
    hops: hops.some(({ timeout, p99, tries }) => timeout || p99 || tries) ? hops.slice(0, MOST.hops) : [],
  }
}

/** The scenarios that the design tells, then what a reviewer asks first: the cache, the broker, the truth, the third party, the zone and the region. */
function failuresOf(model: Model, analysis: Analysis): Sheet['failures'] {
  const told = model.scenarios.map((scenario) => ({ when: scenario.title, failure: failureOf(model, analysis.flows, scenario), names: names(scenario.fails) }))
  const covered = new Set(told.flatMap((one) => one.names))
  const asked = questionsOf(model, analysis).filter(({ names }) => !names.some((name) => covered.has(name)))
  return [...told, ...asked].slice(0, MOST.failures).map(({ when, failure }) => ({ when, then: outcome(model, aftermathOf(model, analysis, failure)) }))
}

function names(fails: Failure['fails']): readonly string[] {
  return fails.length === 1 ? fails.map((one) => (one.type === 'thing' ? one.target.id : JSON.stringify(one))) : []
}

interface Question {
  readonly when: string
  readonly failure: Failure
  readonly names: readonly string[]
}

function questionsOf(model: Model, analysis: Analysis): readonly Question[] {
  const touched = new Set(analysis.flows.flatMap((flow) => [...flow.reach.components.keys(), ...flow.caused.map(({ relation }) => relation.to)]))
  const of = (component: Component): Question => ({ when: `${called(component)} ${component.kind === 'external' ? 'is down' : 'fails'}`, failure: { fails: [{ type: 'thing', target: { kind: 'component', id: component.id } }] }, names: [component.id] })
  const kinds = (...wanted: readonly string[]): readonly Question[] => model.components.filter(({ id, kind }) => wanted.includes(kind) && touched.has(id)).map(of)
  const regions = model.containers.filter(({ kind }) => kind === 'region')
  const zoned = model.components.some(({ facts }) => (number(facts, 'zones') ?? 0) > 1 && known(facts, 'zones')?.fact.from === 'stated')
  const zones: readonly Question[] = zoned
    ? regions.filter((region) => model.components.some(({ id }) => lookup(model).ancestors(id).some((place) => isContainer(place) && place.id === region.id))).slice(0, 1).map(({ id, name }) => ({ when: `one zone of \`${name}\` is lost`, failure: { fails: [{ type: 'place', level: 'zone', name: id }] }, names: [] }))
    : []
  const lost: readonly Question[] = regions.map(({ id, name }) => ({ when: `region \`${name}\` is lost`, failure: { fails: [{ type: 'thing', target: { kind: 'container', id } }] }, names: [id] }))
  // One of each kind before the second of any.
  const groups = [kinds('cache'), kinds('log', 'queue', 'topic'), kinds('database', 'search', 'object-store', 'coordinator'), kinds('external'), zones, lost]
  const rounds = Math.max(0, ...groups.map(({ length }) => length))
  return Array.from({ length: rounds }, (_, round) => groups.flatMap((group) => group[round] ?? [])).flat()
}

function called({ name, kind }: Component): string {
  return `the ${kind === 'external' ? 'third party' : kind.replace('-', ' ')} \`${name}\``
}

/** One sentence for each group of flows that fare alike, and what the load does. */
function outcome(model: Model, aftermath: Aftermath): readonly string[] {
  const { flows, shifts, backlogs } = aftermath
  const hurt = flows.filter(({ state, pause, lost, open }) => state !== 'available' || pause !== undefined || open.length > 0 || lost.some(({ then }) => then === 'unknown'))
  if (flows.length === 0) return ['No flow is declared.']
  const groups = [...Map.groupBy(hurt, (flow) => fateOf(model, flow)).values()]
  const sentences = groups.slice(0, 3).map((group) => sentenceOf(model, group as [FlowAfter, ...FlowAfter[]]))
  const left = groups.slice(3).reduce((sum, { length }) => sum + length, 0)
  if (left > 0) sentences.push(`${left} more ${left === 1 ? 'flow is' : 'flows are'} affected.`)
  if (hurt.length === 0) sentences.push(flows.length === 1 ? `${title(flows[0]!)} goes on.` : 'All flows go on.')
  else if (hurt.length < flows.length) sentences.push(`${hurt.length === flows.length - 1 ? 'The other one goes' : 'The others go'} on.`)
  const overload = shifts.find(({ utilisation, component }) => (utilisation ?? 0) > 1 && !hurt.some(({ overloaded }) => overloaded.some((one) => one.component === component)))
  if (overload) sentences.push(`${shiftStory(model, overload)}.`)
  if (backlogs[0]) sentences.push(`${backlogStory(model, backlogs[0])}.`)
  return sentences
}

/** What flows must have in common to be told in one sentence. */
function fateOf(model: Model, flow: FlowAfter): string {
  return JSON.stringify([flow.state, flow.pause, flow.root?.component, flow.root ? '' : flowStory(model, flow).details[0]])
}

function sentenceOf(model: Model, group: readonly [FlowAfter, ...FlowAfter[]]): string {
  const [flow] = group
  const { headline, details } = flowStory(model, flow)
  const [first] = details
  const titles = group.map(title)
  const who = titles.length === 1 ? titles[0]! : `${titles.slice(0, -1).join(', ')} and ${titles.at(-1)}`
  if (flow.state === 'available' && first !== undefined) return `${who}: ${/^[A-Z][a-z]/.test(first) ? first.charAt(0).toLowerCase() + first.slice(1) : first}`
  // Several flows fail on ways of their own; what they meet at the end is the same.
  const why = !headline.startsWith('unavailable: ') ? '' : ` (${group.length === 1 ? headline.slice('unavailable: '.length) : headline.slice(Math.max(headline.lastIndexOf('; ') + 2, 'unavailable: '.length))})`
  return `${who} ${group.length === 1 ? 'is' : 'are'} ${flow.state}${why}${first === undefined || flow.root ? '.' : `: ${first.charAt(0) === '`' ? first : first.charAt(0).toLowerCase() + first.slice(1)}`}`
}

function title({ paths }: FlowAfter): string {
  return paths.flow ? `“${paths.flow.title}”` : capital(paths.name)
}

function tradeOffsOf(model: Model): Sheet['tradeOffs'] {
  const accepted = model.waivers.map(({ rule, reason, until, scope }) => ({ what: `${rule}${scope.type === 'file' ? '' : ` on ${scopeName(model, scope.type, scope.ids[0])}`}`, because: reason, ...(until !== undefined && { until }) }))
  const tolerated = [...model.data, ...model.components, ...model.flows].flatMap((subject) => {
    const fact = known(subject.facts, 'tolerates')
    return fact?.fact.from === 'stated' ? [{ what: `\`${subject.name}\` tolerates ${writeValue(fact.value).replace(/[[\]]/g, '')}`, because: word(subject.facts, 'note') ?? text(subject.facts, 'note') ?? '' }] : []
  })
  return [...accepted, ...tolerated].slice(0, MOST.tradeOffs)
}

function scopeName(model: Model, type: string, id: string | undefined): string {
  const find = lookup(model)
  if (id === undefined) return type
  const relation = type === 'relation' ? find.relation(id) : undefined
  if (relation) return `\`${find.component(relation.from)?.name} → ${find.component(relation.to)?.name}\``
  const named = find.component(id) ?? find.container(id) ?? find.flow(id) ?? find.data(id)
  return `\`${named?.name ?? id}\``
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
