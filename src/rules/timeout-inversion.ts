import { momentsOf, type FlowPaths, type Moments } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { time } from '../analysis/staleness.ts'
import { flag, isNone, isUnlimited, known, limit, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf } from './words.ts'

export const timeoutInversion: Rule = {
  id: 'timeout-inversion',
  code: 'Z2',
  severity: 'error',
  title: 'The caller gives up before the one it called can have finished',
  why: 'A time-out ends the waiting, not the work. Where the callee may go on for longer than its caller waits, the person sees an error while the order is written or the card is charged, and a retry adds the same work once more.',
  sources: [
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Latency and Deadlines', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
    { title: 'AWS Builders’ Library, Timeouts, retries, and backoff with jitter', url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/' },
  ],
  needs: ['timeout', 'deadline', 'retries', 'backoff-base', 'backoff-cap', 'latency.p99', 'streaming'],
  fixable: true,
  *check(model, analysis) {
    // One root cause is one arrow: the flow in which its callee takes longest is the witness.
    const worst = new Map<string, Inversion>()
    for (const flow of analysis.flows) {
      const spent = timesOf(model, flow)
      for (const edge of flow.waited) {
        const limits = limitOf(model, edge)
        if (!limits || passesOn(edge) !== 'no' || goesOn(model, edge)) continue
        const busy = spent(edge.needed)
        if (busy.waits.length === 0 || busy.seconds <= limits.seconds * (1 + 1e-9)) continue
        const known = worst.get(edge.relation.id)
        if (!known || compare({ flow, busy }, known) > 0) worst.set(edge.relation.id, { flow, edge, limit: limits, busy })
      }
    }
    for (const inversion of worst.values()) yield report(model, inversion)
  },
}

/** The longer one; of equals the one that changes something, then by name, so that the order of statements does not matter. */
function compare(a: Pick<Inversion, 'flow' | 'busy'>, b: Pick<Inversion, 'flow' | 'busy'>): number {
  return a.busy.seconds - b.busy.seconds || changesIn(a.busy).length - changesIn(b.busy).length || (a.flow.id < b.flow.id ? 1 : a.flow.id > b.flow.id ? -1 : 0)
}

interface Inversion {
  readonly flow: FlowPaths
  readonly edge: Edge
  readonly limit: Limit
  readonly busy: Busy
}

interface Limit {
  /** Finite. */
  readonly seconds: number
  readonly facts: readonly Fact[]
}

/** The longest that a component is known to be at work for one request. */
interface Busy {
  readonly seconds: number
  /** What it waits for meanwhile, in order; empty where nothing is known. */
  readonly waits: readonly Wait[]
  /** Of its own time. */
  readonly facts: readonly Fact[]
}

interface Wait {
  readonly edge: Edge
  readonly seconds: number
  /** `3 × 1.5s`. */
  readonly as: string
  readonly facts: readonly Fact[]
  /** What the other end is at work for, where nothing else limits the wait. */
  readonly behind?: Busy
}

/** How long the caller waits: what all its tries may take, else what one may, else what a gateway allows any request. */
function limitOf(model: Model, { relation, needer }: Edge): Limit | undefined {
  const { facts } = relation
  if (saysUnknown(facts, 'timeout') || saysUnknown(facts, 'deadline') || flag(facts, 'streaming') === true || saysUnknown(facts, 'streaming')) return undefined
  for (const path of ['timeout', 'deadline']) {
    const seconds = number(facts, path)
    if (seconds !== undefined) return { seconds, facts: [known(facts, path)!.fact] }
    if (isUnlimited(facts, path)) return undefined
  }
  const caller = lookup(model).component(needer)
  if (!caller || !FRONTS.has(caller.kind)) return undefined
  const seconds = number(caller.facts, 'timeout')
  return seconds === undefined ? undefined : { seconds, facts: [known(caller.facts, 'timeout')!.fact] }
}

/** Kinds whose own limit is that of whatever stands behind them. */
const FRONTS: ReadonlySet<string> = new Set(['gateway', 'load-balancer', 'cdn'])

/** A workflow has accepted its work when it is started, and does it to the end whoever still waits. */
function goesOn(model: Model, { needed }: Edge): boolean {
  return lookup(model).component(needed)?.kind === 'workflow'
}

/** Whether the callee learns how long it has. */
function passesOn({ relation }: Edge): 'yes' | 'no' | 'unknown' {
  if (saysUnknown(relation.facts, 'deadline')) return 'unknown'
  return word(relation.facts, 'deadline') === 'propagate' ? 'yes' : 'no'
}

function timesOf(model: Model, flow: FlowPaths): (component: string) => Busy {
  const find = lookup(model)
  const leaving = new Map<string, Edge[]>()
  for (const edge of flow.waited) leaving.set(edge.needer, [...(leaving.get(edge.needer) ?? []), edge])
  const made = new Map<string, Busy>()
  let moments: ReadonlyMap<string, Moments> | undefined

  /** A DNS only answers: whoever asked it connects by itself, and waits for what was named. */
  function waitedFor(component: string): readonly Edge[] {
    if (isDns(component)) return []
    const askers = new Set([component])
    const found: Edge[] = []
    for (const asker of askers) {
      for (const edge of leaving.get(asker) ?? []) {
        found.push(edge)
        if (isDns(edge.needed)) askers.add(edge.needed)
      }
    }
    return found
  }

  function isDns(component: string): boolean {
    return find.component(component)?.kind === 'dns'
  }

  function busy(component: string): Busy {
    const found = made.get(component)
    if (found) return found
    made.set(component, IDLE) // A cycle of calls adds nothing to itself: it is another rule's matter.
    const own = ownTime(find.component(component))
    const waits = worstTogether(waitedFor(component).flatMap((edge) => waitOf(edge) ?? []))
    const seconds = own.seconds + waits.reduce((sum, wait) => sum + wait.seconds, 0)
    const fresh = { seconds, waits, facts: own.facts }
    made.set(component, fresh)
    return fresh
  }

  /** Steps that a flow names come one after the other; branches, alternatives and what it does not name count with the longest only. */
  function worstTogether(waits: readonly Wait[]): readonly Wait[] {
    const choice = new Set(flow.anyOf.flat().map(({ relation }) => relation.id))
    const inOrder = waits.filter(({ edge }) => edge.verb.name !== 'routes' && flow.names(edge.relation.id) && !flow.conditional.has(edge.relation.id) && !choice.has(edge.relation.id))
    const rest = waits.filter((wait) => !inOrder.includes(wait)).toSorted((a, b) => b.seconds - a.seconds || (a.edge.relation.id < b.edge.relation.id ? -1 : 1))
    return [...longestAtOnce(inOrder), ...rest.slice(0, 1)].filter(({ seconds }) => seconds > 0)
  }

  /** Of what stands in one `parallel` the longest. */
  function longestAtOnce(waits: readonly Wait[]): readonly Wait[] {
    moments ??= momentsOf(flow)
    const longest = new Map<number, Wait>()
    for (const wait of waits) {
      const at = moments.get(wait.edge.relation.id)?.first ?? -1
      const before = longest.get(at)
      if (!before || wait.seconds > before.seconds || (wait.seconds === before.seconds && wait.edge.relation.id < before.edge.relation.id)) longest.set(at, wait)
    }
    const kept = new Set(longest.values())
    return waits.filter((wait) => kept.has(wait))
  }

  function waitOf(edge: Edge): Wait | undefined {
    const { facts } = edge.relation
    if (['timeout', 'deadline', 'streaming'].some((path) => saysUnknown(facts, path)) || passesOn(edge) === 'yes' || flag(facts, 'streaming') === true) return undefined
    const each = number(facts, 'timeout')
    const all = number(facts, 'deadline')
    const ends = all === undefined ? [] : [known(facts, 'deadline')!.fact]
    if (each === undefined) {
      // Without a limit of its own, it waits for as long as the callee is at work.
      const behind = edge.waits === 'acceptance' || isUnlimited(facts, 'timeout') || goesOn(model, edge) ? IDLE : busy(edge.needed)
      const seconds = Math.min(behind.seconds, all ?? Infinity)
      return seconds > 0 ? { edge, seconds, as: time(seconds), facts: ends, behind } : undefined
    }
    const tries = 1 + triesAfter(edge)
    const pauses = backoffs(edge, tries - 1)
    const seconds = Math.min(each * tries + pauses, all ?? Infinity)
    const as = seconds === all ? time(seconds) : `${tries === 1 ? '' : `${Number.isFinite(tries) ? tries : 'endless'} × `}${time(each)}${pauses > 0 && Number.isFinite(pauses) ? ` and ${time(pauses)} between` : ''}`
    const read = ['timeout', ...(tries > 1 ? ['retries'] : []), ...(pauses > 0 ? ['backoff-base', 'backoff-cap'] : [])]
    return { edge, seconds, as, facts: [...read.flatMap((path) => known(facts, path)?.fact ?? []), ...ends] }
  }

  return busy
}

const IDLE: Busy = { seconds: 0, waits: [], facts: [] }

/** Whatever it rests on, in order, each once: put together only for what is told, since in a long chain it is long. */
function factsOf(busy: Busy, found = new Set<Fact>(), seen = new Set<Busy>()): ReadonlySet<Fact> {
  if (seen.has(busy)) return found
  seen.add(busy)
  for (const fact of busy.facts) found.add(fact)
  for (const { behind, facts } of busy.waits) {
    if (behind) factsOf(behind, found, seen)
    for (const fact of facts) found.add(fact)
  }
  return found
}

function ownTime(component: Component | undefined): { readonly seconds: number; readonly facts: readonly Fact[] } {
  const seconds = component && number(component.facts, 'latency.p99')
  return seconds === undefined ? { seconds: 0, facts: [] } : { seconds, facts: [known(component!.facts, 'latency.p99')!.fact] }
}

/** Tries after the first; a retry of a connection that was refused at once takes no time. */
function triesAfter({ relation: { facts } }: Edge): number {
  if (isNone(facts, 'retries') || saysUnknown(facts, 'retry-on') || word(facts, 'retry-on') === 'connect') return 0
  const retries = limit(facts, 'retries') ?? 0
  return Math.max(0, retries)
}

/** The longest pauses between the tries, in seconds, where their length is stated. */
function backoffs({ relation: { facts } }: Edge, pauses: number): number {
  const base = number(facts, 'backoff-base')
  if (base === undefined || !Number.isFinite(pauses) || saysUnknown(facts, 'backoff') || word(facts, 'backoff') === 'none') return 0
  const cap = number(facts, 'backoff-cap') ?? Infinity
  const how = word(facts, 'backoff')
  let sum = 0
  for (let at = 0; at < Math.min(pauses, 100); at++) sum += Math.min(cap, how === 'exponential' ? base * 2 ** at : how === 'linear' ? base * (at + 1) : base)
  return saysUnknown(facts, 'backoff-cap') ? 0 : sum
}

function changesIn({ waits }: Busy): readonly Wait[] {
  return waits.filter(({ edge: { relation, verb } }) => !READING.has(verb.name) && word(relation.facts, 'op') !== 'read' && !saysUnknown(relation.facts, 'op'))
}

const READING: ReadonlySet<string> = new Set(['reads', 'resolves', 'caches', 'routes'])

function report(model: Model, { flow, edge, limit: given, busy }: Inversion): Finding {
  const [caller, callee] = [nameOf(model, edge.needer), nameOf(model, edge.needed)]
  const changes = changesIn(busy)
  const parts = busy.waits.map(({ edge: each, as }) => `${as} on \`${nameOf(model, each.needed)}\``)
  const longest = busy.waits.reduce((most, wait) => (wait.seconds > most.seconds ? wait : most))
  const own = ownTime(lookup(model).component(edge.needed)).seconds
  const sum = busy.waits.length > 1 || own > 0 ? ` = ${time(busy.seconds)}` : ''
  const worked = own > 0 ? `${time(own)} of its own work + ` : ''
  const outcome = changes.length > 0 ? `${sentenceOf(flow)} sees an error while ${listedEffects(model, changes)} may still succeed` : 'the rest of the work is done for nobody'
  const edits = setOnRelation(model, edge.relation, { deadline: 'propagate' })
  const fixes: readonly Fix[] = edits ? [{ title: 'Pass the time that is left on: `deadline: propagate`', edits }] : []
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: edge.needed },
    severity: changes.length > 0 ? 'error' : 'warning',
    message: `\`${caller} → ${callee}\` gives up after ${time(given.seconds)}, but \`${callee}\` may spend ${worked}${joined(parts)}${sum}: ${outcome}.`,
    help: `Pass the deadline on (\`deadline: propagate\`), so that \`${callee}\` stops in time; or let \`${callee}\` try \`${nameOf(model, longest.edge.needed)}\` for less long, so that all of it fits into ${time(given.seconds)}.`,
    related: [{ at: edge.relation.origin, message: `\`${caller}\` waits ${time(given.seconds)} for \`${callee}\`` }, ...busy.waits.slice(0, 6).map(({ edge: each, as }) => ({ at: each.relation.origin, message: `\`${callee}\` waits ${as} for \`${nameOf(model, each.needed)}\`` }))],
    facts: [...given.facts, ...factsOf(busy)],
    fixes,
  }
}

function sentenceOf({ flow, name }: FlowPaths): string {
  return flow ? `whoever waits for ${name}` : 'the caller'
}

function listedEffects(model: Model, waits: readonly Wait[]): string {
  return joined(waits.map(({ edge: { relation, needed } }) => `${word(relation.facts, 'op') === undefined ? '' : `\`${word(relation.facts, 'op')}\` `}${relation.verb === 'calls' ? 'at' : 'in'} \`${nameOf(model, needed)}\``).map((text) => (text.startsWith('`') ? text : `the work ${text}`)), 2)
}
