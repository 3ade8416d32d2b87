import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { exhaustedAfter } from '../analysis/little.ts'
import { time } from '../analysis/staleness.ts'
import { factAt, flag, isAbsent, isUnlimited, known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const missingTimeout: Rule = {
  id: 'missing-timeout',
  code: 'Z1',
  severity: 'error',
  title: 'A call can wait for ever',
  why: 'What is called does not always fail: it hangs. A caller that waits without end keeps a worker, a connection and its own caller for each request, until it has none left and hangs as well.',
  sources: [
    { title: 'AWS Builders’ Library, Timeouts, retries, and backoff with jitter', url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/' },
    { title: 'Nygard, Release It! (2nd ed. 2018), ch. 4 and 5' },
  ],
  needs: ['timeout', 'deadline', 'streaming', 'idle-timeout', 'latency.p99', 'latency.p999', 'concurrency', 'replicas', 'rate', 'p99', 'availability'],
  fixable: true,
  *check(model, analysis) {
    // One root cause is one caller, whatever flows pass it and however many it waits for.
    const causes = new Map<string, Map<string, Open>>()
    for (const flow of analysis.flows) {
      const cares = asks(flow)
      const arriving = Map.groupBy(flow.waited, ({ needed }) => needed)
      for (const edge of flow.waited) {
        const said = isUnlimited(edge.relation.facts, 'timeout')
        if (!(said || cares !== undefined) || !endless(model, arriving.get(edge.needer) ?? [], edge)) continue
        const cause = causes.get(edge.needer) ?? new Map<string, Open>()
        if (!cause.has(edge.relation.id)) cause.set(edge.relation.id, { edge, said, flow, cares })
        causes.set(edge.needer, cause)
      }
    }
    for (const cause of causes.values()) yield report(model, analysis, [...cause.values()] as [Open, ...Open[]])
  },
}

interface Open {
  readonly edge: Edge
  /** The relation itself says that it has no limit. */
  readonly said: boolean
  readonly flow: FlowPaths
  /** Why the flow is asked at all; unset where the relation says it by itself. */
  readonly cares: { readonly because: string; readonly fact: Fact } | undefined
}

/** A flow that promises something, or of which another relation has a limit: a design that is silent about time is not accused. */
function asks({ flow, name, waited }: FlowPaths): Open['cares'] {
  for (const path of ['p99', 'latency.p99', 'availability']) {
    const fact = flow && known(flow.facts, path)?.fact
    if (fact && fact.from === 'stated') return { because: `${name} promises ${path === 'availability' ? 'an availability' : 'a p99'}`, fact }
  }
  for (const { relation } of waited) {
    const fact = known(relation.facts, 'timeout')?.fact
    if (fact?.from === 'stated' && number(relation.facts, 'timeout') !== undefined) return { because: 'others beside it have a limit', fact }
  }
  return undefined
}

const ASKING: ReadonlySet<string> = new Set(['calls', 'reads', 'writes', 'locks'])
/** Kinds that come with a limit of their own: browsers and apps, and what stands in front. */
const LIMITED: ReadonlySet<string> = new Set(['client', 'external', 'gateway', 'load-balancer', 'cdn', 'dns'])

function endless(model: Model, before: readonly Edge[], edge: Edge): boolean {
  const { facts } = edge.relation
  if (edge.waits !== 'yes' || !ASKING.has(edge.verb.name)) return false
  if (factAt(facts, 'deadline') !== undefined || saysUnknown(facts, 'streaming')) return false
  if (flag(facts, 'streaming') === true && !isAbsent(facts, 'idle-timeout')) return false
  const [caller, callee] = [lookup(model).component(edge.needer), lookup(model).component(edge.needed)]
  if (!caller || !callee || !isAbsent(caller.facts, 'timeout')) return false
  // The caller learns from its own caller how long it has.
  if (before.length > 0 && before.every(({ relation }) => word(relation.facts, 'deadline') === 'propagate' || saysUnknown(relation.facts, 'deadline'))) return false
  if (isUnlimited(facts, 'timeout')) return true
  // A provider's own library brings a limit; what a technology's client does by default is otherwise not known.
  return isAbsent(facts, 'timeout') && flag(facts, 'streaming') !== true && !LIMITED.has(caller.kind) && flag(callee.facts, 'managed') !== true && !saysUnknown(callee.facts, 'managed')
}

function report(model: Model, analysis: Analysis, cause: readonly [Open, ...Open[]]): Finding {
  const first = cause.find(({ said }) => said) ?? cause[0]
  const { edge, said, cares } = first
  const caller = nameOf(model, edge.needer)
  const targets = [...new Set(cause.map(({ edge: { needed } }) => nameOf(model, needed)))]
  const each = targets.length > 1 ? 'one of them' : `\`${targets[0]}\``
  const stuck = stuckAfter(model, analysis, edge)
  const because = said || !cares ? '' : ` (${cares.because})`
  const ways = cause.length === 1 ? `\`${caller} → ${targets[0]}\` has no time-out` : `\`${caller}\` waits for ${listed(targets)} without a time-out`
  return {
    at: edge.relation.origin,
    subject: { component: edge.needer, ...(cause.length === 1 && { relation: edge.relation.id }) },
    severity: said ? 'error' : 'warning',
    message: `${ways}${because}: if ${each} hangs, ${stuck?.text ?? `each request holds a worker of \`${caller}\` until there is none left`}.`,
    help: `Set a \`timeout\` of about the p99.9 of what is called${times(model, edge) === undefined ? '' : ` (${times(model, edge)})`}, or pass a deadline on from the caller (\`deadline: propagate\`).`,
    related: cause.filter((open) => open !== first).slice(0, 8).map(({ edge: other }) => ({ at: other.relation.origin, message: `nor has \`${caller} → ${nameOf(model, other.needed)}\`` })),
    facts: [...(said ? [known(edge.relation.facts, 'timeout')!.fact] : cares ? [cares.fact] : []), ...(stuck?.facts ?? [])],
    fixes: fixesFor(model, cause),
  }
}

/** When the last worker is taken, where their number and the load are known. */
function stuckAfter(model: Model, analysis: Analysis, edge: Edge): { readonly text: string; readonly facts: readonly Fact[] } | undefined {
  const caller = lookup(model).component(edge.needer)!
  const [each, copies] = [number(caller.facts, 'concurrency'), number(caller.facts, 'replicas')]
  const rate = analysis.load.relation(edge.relation.id).average
  if (each === undefined || copies === undefined || !(rate > 0)) return undefined
  const after = Number(exhaustedAfter(each * copies, rate).toPrecision(2))
  return {
    text: `all ${each * copies} workers of \`${caller.name}\` are stuck after ${time(after)} at ${formatQuantity(quantity(rate, RATE))}`,
    facts: ['concurrency', 'replicas'].map((path) => known(caller.facts, path)!.fact),
  }
}

/** The p99.9 of what is called, or three times its p99, in whole milliseconds. */
function times(model: Model, { needed }: Edge): string | undefined {
  const facts = lookup(model).component(needed)?.facts ?? {}
  const p99 = number(facts, 'latency.p99')
  const seconds = number(facts, 'latency.p999') ?? (p99 === undefined ? undefined : 3 * p99)
  return seconds === undefined || seconds <= 0 ? undefined : `${Math.ceil(seconds * 1000 - 1e-6)}ms`
}

/** All its tries, with those of what is asked beside it, would take longer than somebody before it waits. */
function outlasts(model: Model, { relation, needer, needed }: Edge): boolean {
  const facts = lookup(model).component(needed)?.facts ?? {}
  const each = number(facts, 'latency.p999') ?? 3 * (number(facts, 'latency.p99') ?? 0)
  const tries = (facts: Facts): number => (isUnlimited(facts, 'retries') ? Infinity : 1 + (number(facts, 'retries') ?? 0))
  const beside = lookup(model).relationsFrom(needer).filter((other) => other !== relation).reduce((sum, other) => sum + (number(other.facts, 'timeout') ?? 0) * tries(other.facts), 0)
  const all = beside + each * tries(relation.facts)
  // Nor is it worth the while of what is called, where that waits longer itself.
  if (lookup(model).relationsFrom(needed).some((behind) => (number(behind.facts, 'timeout') ?? 0) * tries(behind.facts) > each)) return true
  return lookup(model).relationsTo(needer).some((before) => (number(before.facts, 'timeout') ?? number(before.facts, 'deadline') ?? Infinity) < all)
}

/** Of one relation at a time: a statement of several cannot be taken apart twice in one edit. */
function fixesFor(model: Model, cause: readonly Open[]): readonly Fix[] {
  const [only] = cause
  const timeout = cause.length === 1 ? times(model, only!.edge) : undefined
  const edits = timeout === undefined || outlasts(model, only!.edge) ? undefined : setOnRelation(model, only!.edge.relation, { timeout })
  return edits ? [{ title: `Wait for ${timeout} at most: \`timeout: ${timeout}\``, edits }] : []
}
