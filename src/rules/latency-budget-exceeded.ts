import type { Estimate, Floor, FlowLatency, Part } from '../analysis/flow-latency.ts'
import { time } from '../analysis/staleness.ts'
import type { Hop } from '../analysis/waits.ts'
import { known, number } from '../model/facts.ts'
import type { Flow } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { joined, sentence } from './words.ts'

export const latencyBudgetExceeded: Rule = {
  id: 'latency-budget-exceeded',
  code: 'Q2',
  severity: 'error',
  title: 'What a flow waits for adds up to more than it promises',
  why: 'A promise for the whole is kept or broken by the sum of its parts, and nobody owns the sum. Distances and round trips in a row are a floor that no tuning gets under; a tail that comes from one slow part is not seen in the averages of the others.',
  sources: [
    { title: 'Dean, Numbers Everyone Should Know (Stanford CS295 talk, 2007)' },
    { title: 'Corbett et al., Spanner: Google’s Globally-Distributed Database (OSDI 2012)' },
    { title: 'Abadi, Consistency Tradeoffs in Modern Distributed Database System Design (IEEE Computer, 2012)' },
    { title: 'Microsoft Azure, Chatty I/O antipattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/antipatterns/chatty-io/' },
  ],
  needs: ['p50', 'p95', 'p99', 'p999', 'latency.p50', 'latency.p95', 'latency.p99', 'latency.p999', 'rtt', 'regions', 'replication', 'sync', 'calls', 'hit-ratio', 'timeout'],
  fixable: false,
  settings: ['parallelCalls'],
  *check(model, analysis, { parallelCalls }) {
    for (const flow of model.flows) {
      if (!PROMISES.some(([name]) => known(flow.facts, name))) continue
      const latency = analysis.latency.of(flow.id)
      const worst = latency && worstOf(flow, latency, parallelCalls)
      if (worst) yield report(flow, latency, worst)
    }
  },
}

const PROMISES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const

interface Broken {
  readonly name: string
  readonly q: number
  readonly goal: number
  readonly fact: Fact
  readonly floor?: Floor
  readonly estimate?: Estimate
  /** The surer it is, the more: a floor that is stated, one that rests on usual distances, an estimate. */
  readonly rank: number
}

function worstOf(flow: Flow, latency: FlowLatency, parallelCalls: number): Broken | undefined {
  const found = PROMISES.flatMap(([name, q]): readonly Broken[] => {
    const goal = number(flow.facts, name)
    if (goal === undefined) return []
    const promise = { name: name === 'p999' ? 'p99.9' : name, q, goal, fact: known(flow.facts, name)!.fact }
    const stated = latency.atLeast(q, true)
    if (stated.seconds > goal) return [{ ...promise, floor: stated, rank: 3 }]
    const floor = latency.atLeast(q)
    if (floor.seconds > goal) return [{ ...promise, floor, rank: 2 }]
    const estimate = latency.estimate(q)
    if (estimate.seconds <= goal || onlyByFanOut(latency, q, goal, parallelCalls)) return []
    return [{ ...promise, estimate, rank: 1 }]
  })
  return found.sort((a, b) => b.rank - a.rank || over(b) - over(a))[0]
}

function over({ goal, floor, estimate }: Broken): number {
  return (floor ?? estimate)!.seconds / goal
}

/** A fan-out that makes a good tail a bad one is told by a rule of its own. */
function onlyByFanOut(latency: FlowLatency, q: number, goal: number, parallelCalls: number): boolean {
  return latency.fanOuts.some(({ n }) => n >= parallelCalls) && latency.estimate(q, { single: true }).seconds <= goal
}

function report(flow: Flow, latency: FlowLatency, broken: Broken): Finding {
  const { name, goal, fact, floor, estimate } = broken
  return {
    at: fact.from === 'stated' ? fact.origin : flow.origin,
    subject: { flow: flow.id },
    severity: floor ? 'error' : 'warning',
    message: floor ? byFloor(flow, broken, floor) : byEstimate(flow, latency, broken, estimate!),
    help: helpOf(name, goal, floor ? largest(floor).map(({ hop }) => hop) : estimate!.top, floor),
    related: [...places(floor ? largest(floor).map(({ hop, seconds }) => ({ hop, seconds })) : estimate!.top.slice(0, SHOWN).map((hop) => ({ hop, seconds: hop.p99 ?? hop.p50 ?? 0 })))],
    facts: [fact, ...(floor ?? estimate!).facts],
    fixes: [],
  }
}

const SHOWN = 3

function largest({ parts }: Floor): readonly Part[] {
  return [...parts].sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN)
}

function byFloor(flow: Flow, { name, goal }: Broken, floor: Floor): string {
  const [only] = floor.parts
  if (floor.parts.length === 1 && only && only.times === 1 && only.hop.of === 'component')
    return `"${flow.title}" promises ${name} ${time(goal)}, but \`${only.hop.name}\` alone takes ${time(floor.seconds)}.`
  const shown = largest(floor)
  const rest = floor.seconds - shown.reduce((sum, { seconds }) => sum + seconds, 0)
  const most = joined([...shown.map(partOf), ...(rest > floor.seconds / 100 ? [`${time(rest)} for the rest`] : [])])
  return `"${flow.title}" promises ${name} ${time(goal)}, but takes at least ${time(floor.seconds)}: ${most}.`
}

function partOf({ hop, seconds, times }: Part): string {
  const often = times > 1 ? `${times} × ${time(seconds / times)} = ` : ''
  switch (hop.of) {
    case 'component':
      return `${often}${time(seconds)} in \`${hop.name}\``
    case 'network':
      return `${often}${time(seconds)} for the round trip \`${hop.name}\`${hop.places === undefined ? '' : ` between ${hop.places}`}`
    case 'commit':
      return `${often}${time(seconds)} for each commit to \`${hop.name}\`, which waits for ${hop.places}`
  }
}

function byEstimate(flow: Flow, latency: FlowLatency, { name, goal }: Broken, estimate: Estimate): string {
  const most = joined(estimate.top.slice(0, SHOWN).map((hop) => `\`${hop.name}\`${hop.p99 === undefined ? '' : ` (p99 ${time(hop.p99)})`}`))
  const open = latency.missing.length === 0 || estimate.sureness === 'estimate' ? '' : `, and ${latency.missing.length === 1 ? 'one thing that adds to it is' : `${latency.missing.length} things that add to it are`} not stated`
  return `"${flow.title}" promises ${name} ${time(goal)}, and by estimate takes about ${time(estimate.seconds)}: most of it ${most}${open}.`
}

function helpOf(name: string, goal: number, hops: readonly Hop[], floor: Floor | undefined): string {
  const [most] = hops
  const many = floor?.parts.some(({ times }) => times >= 5)
  if (many) return `Ask for all of it in one call instead of one after the other, or at the same time; or promise what is possible.`
  switch (most?.of) {
    case 'commit':
      return `Let a write count when the copies near its leader have it, or put the leader and a majority where the writers are; or promise what the distance allows.`
    case 'network':
      return `Bring the two ends into one region, or keep a copy near the caller; no tuning makes the way shorter. Or promise what the distance allows.`
    default:
      return `${sentence(most ? `\`${most.name}\`` : 'what is slowest')} is the largest part: take it off the way (answer first, finish later), ask for it at the same time as the rest, or keep its answer; or promise a ${name} that can be kept, above ${time(goal)}.`
  }
}

function places(parts: readonly { readonly hop: Hop; readonly seconds: number }[]): readonly Related[] {
  return parts.map(({ hop, seconds }) => ({ at: hop.at, message: `${hop.of === 'commit' ? 'each commit to ' : ''}\`${hop.name}\` ${time(seconds)}` }))
}
