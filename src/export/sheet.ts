/**
 * The one page that a person brings to the interview or pastes into the design document, as data: the goal, the estimate, the seven axes, what each
 * flow may cost, what happens when parts fail, and the trade-offs with their reasons. The writers beside it lay the same page out as Markdown, HTML
 * and PDF; words in backticks are names.
 */
import type { Analysis } from '../analysis/analysis.ts'
import type { AxesTable, Cell, Claim } from '../axes/table.ts'
import { known, list, nameOf, text } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { describeQuantity, formatQuantity } from '../model/quantity.ts'
import type { Value } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import { failuresOf, type FailureStory } from './sheet-failures.ts'
import { tradeOffsOf, type TradeOff } from './sheet-trade-offs.ts'

export interface Sheet {
  readonly title: string
  readonly goal?: string
  /** `Optimizes consistency; sacrifices latency.` */
  readonly stance?: string
  /** `expression` is empty where it is the result itself. */
  readonly estimate: readonly { readonly name: string; readonly expression: string; readonly result: string }[]
  readonly axes: readonly SheetAxis[]
  readonly flows: readonly SheetFlow[]
  readonly failures: readonly FailureStory[]
  readonly tradeOffs: readonly TradeOff[]
  /** What the check still finds: a page that hides it would promise too much. Empty where it finds nothing. */
  readonly open: readonly { readonly severity: 'error' | 'warning'; readonly text: string }[]
  /** Under a section, what the page has no room for: `and 3 more flows`. */
  readonly more: Readonly<Partial<Record<'estimate' | 'flows' | 'failures' | 'tradeOffs' | 'open', string>>>
}

/** What is written, all of it: which letters it needs. */
export function wordsOf(sheet: Sheet): string {
  return JSON.stringify(sheet).replace(/\\[nrt]/g, ' ')
}

export interface SheetAxis extends Answer {
  readonly axis: string
  readonly question: string
}

/** What was derived, and beside it what the author claims. */
export interface Answer {
  /** Empty where nothing was. */
  readonly derived: string
  readonly claims: readonly Pick<Claim, 'text' | 'verdict' | 'note'>[]
}

export interface SheetFlow {
  readonly title: string
  /** `10k/s, 20k/s at peak`; empty where it is not stated. */
  readonly rate: string
  /** Latency, availability and throughput, those of which something is known or claimed. */
  readonly budget: readonly (Answer & { readonly name: string })[]
  /** What its way may take, arrow by arrow; empty where nothing is said of time. */
  readonly hops: readonly Hop[]
}

export interface Hop {
  readonly arrow: string
  readonly p99: string
  readonly timeout: string
  readonly tries: string
}

/** More than this is no page any more. */
const MOST = { estimate: 14, flows: 6, budgets: 3, hops: 8, tradeOffs: 10, open: 6 }

/** @param model as drawn, like all that was derived from it. */
export function sheetOf(model: Model, analysis: Analysis, axes: AxesTable, open: Sheet['open'] = []): Sheet {
  const goal = model.design && text(model.design.facts, 'goal')
  const stance = stanceOf(model)
  const estimate = estimateOf(model)
  const tradeOffs = tradeOffsOf(model)
  const failures = failuresOf(model, analysis)
  const more = { estimate: estimate.length - MOST.estimate, flows: analysis.flows.length - MOST.flows, failures: failures.more, tradeOffs: tradeOffs.length - MOST.tradeOffs, open: open.length - MOST.open }
  const nouns = { estimate: 'number', flows: 'flow', failures: 'scenario', tradeOffs: 'trade-off', open: 'finding' } as const
  return {
    title: axes.title,
    ...(goal !== undefined && { goal }),
    ...(stance !== undefined && { stance }),
    estimate: estimate.slice(0, MOST.estimate),
    axes: axes.rows.map(({ axis, question, system }) => ({ axis: axis.replace('-', ' '), question, ...answerOf(system, ({ verdict }) => verdict === 'broken') })),
    flows: analysis.flows.slice(0, MOST.flows).map((flow) => ({ ...flowOf(model, axes, flow), hops: analysis.flows.length > MOST.budgets ? [] : hopsOf(model, analysis, flow) })),
    failures: failures.stories,
    tradeOffs: tradeOffs.slice(0, MOST.tradeOffs),
    open: open.slice(0, MOST.open),
    more: Object.fromEntries((Object.keys(more) as (keyof typeof more)[]).flatMap((name) => (more[name] > 0 ? [[name, `and ${more[name]} more ${nouns[name]}${more[name] === 1 ? '' : 's'}`]] : []))),
  }
}

function stanceOf({ design }: Model): string | undefined {
  const said = (path: string): string | undefined => design && (list(design.facts, path) ?? []).flatMap((value) => nameOf(value) ?? []).join(' and ') || undefined
  const [optimizes, sacrifices] = [said('optimizes'), said('sacrifices')]
  const parts = [...(optimizes ? [`optimizes ${optimizes}`] : []), ...(sacrifices ? [`sacrifices ${sacrifices}`] : [])]
  return parts.length === 0 ? undefined : `${capital(parts.join('; '))}.`
}

/** As on a whiteboard: a number that is assumed has no derivation. */
function estimateOf({ lets }: Model): Sheet['estimate'] {
  return lets.flatMap(({ name, expression, value }) => {
    if (!value) return []
    const written = expression.trim().replace(/\s+/g, ' ')
    const result = describeQuantity({ ...value, text: undefined })
    return [{ name, expression: written === result || ASSUMED.test(written) ? '' : written.replace(/ \* /g, ' × '), result }]
  })
}

const ASSUMED = /^[\d.,_]+\s*[A-Za-z]*%?$/

/** “not stated (at most 2×)” is, on a page of what is known, “at most 2×”. */
function answerOf({ value, stated, claimed = [] }: Cell, worth: (claim: Claim) => boolean = () => true): Answer {
  const derived = stated ? value : (/^not stated \((.*)\)$/s.exec(value)?.[1] ?? '')
  return { derived, claims: claimed.filter(worth).map(({ text, verdict, note }) => ({ text, verdict, ...(note !== undefined && { note }) })) }
}

function flowOf(model: Model, axes: AxesTable, flow: Analysis['flows'][number]): Omit<SheetFlow, 'hops'> {
  // With one flow, what holds for the design is what holds for it: once is enough.
  const alone = axes.rows[0]?.flows.length === 1
  const said = axes.rows.map(({ system }) => system.value)
  const budget = (['latency', 'availability', 'throughput'] as const).flatMap((name) => {
    const cell = axes.rows.find((row) => row.axis === name)?.flows.find(({ id }) => id === flow.id)?.cell
    const answer = cell && answerOf(cell)
    return answer && (answer.derived !== '' || answer.claims.length > 0) && !(alone && answer.claims.length === 0 && said.includes(cell!.value)) ? [{ name, ...answer }] : []
  })
  const facts = flow.flow?.facts ?? lookup(model).component(flow.id)?.facts ?? {}
  const at = (path: string): string | undefined => {
    const value = known(facts, path)?.value
    return value?.type === 'quantity' ? formatQuantity({ ...value, text: undefined }) : undefined
  }
  const [rate, peak] = [at('rate') ?? at('rate.avg'), at('peak') ?? at('rate.peak')]
  return {
    title: flow.flow?.title ?? capital(flow.name.replace('the ', '').replaceAll('`', '')),
    rate: [...(rate === undefined ? [] : [rate]), ...(peak === undefined ? [] : [`${peak} at peak`])].join(', '),
    budget,
  }
}

function hopsOf(model: Model, analysis: Analysis, flow: Analysis['flows'][number]): readonly Hop[] {
  const find = lookup(model)
  const hops = flow.waited.map((edge): Hop => {
    const sides = [edge.relation.facts, find.component(edge.needed)?.facts ?? {}]
    const p99 = sides.map((table) => known(table, 'latency.p99')?.value).find((value) => value !== undefined)
    const timeout = known(edge.relation.facts, 'timeout')?.value
    const { attempts } = analysis.attempts.layer(edge)
    return {
      arrow: `${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}`,
      p99: written(p99),
      timeout: written(timeout),
      tries: attempts > 1 ? (Number.isFinite(attempts) ? `${Number(attempts.toPrecision(2))}` : 'no limit') : '',
    }
  })
  const timed = hops.filter(({ timeout, p99, tries }) => timeout || p99 || tries)
  // Two arrows between the same ends that may take as long are one line.
  return [...new Map(timed.map((hop) => [JSON.stringify(hop), hop])).values()].slice(0, MOST.hops)
}

/** `2.5s`, however it is written in the design. */
function written(value: Value | undefined): string {
  if (value === undefined) return ''
  return value.type === 'quantity' ? formatQuantity({ ...value, text: undefined }) : writeValue(value)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
