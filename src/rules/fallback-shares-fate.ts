import type { Analysis } from '../analysis/analysis.ts'
import { bears, bearingOf, entryAge } from '../analysis/bearing.ts'
import { capacityOf, type Capacity, type Work } from '../analysis/capacity.ts'
import { limitsLoad, originLoadOf } from '../analysis/cold-cache.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import { STORES } from '../analysis/multiplicity.ts'
import { time } from '../analysis/staleness.ts'
import { isNone, known, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, listed, nameOf, pathOf } from './words.ts'

export const fallbackSharesFate: Rule = {
  id: 'fallback-shares-fate',
  code: 'Z7',
  severity: 'error',
  title: 'The fallback needs what has just failed, or cannot carry what it then gets',
  why: 'A fallback runs only on bad days, so nobody notices that it leads back to what failed, or that it was built for a tenth of the load. On the bad day it turns the failure of one component into the failure of two.',
  sources: [
    { title: 'AWS Builders’ Library, Avoiding fallback in distributed systems', url: 'https://aws.amazon.com/builders-library/avoiding-fallback-in-distributed-systems/' },
    { title: 'Bronson et al., Metastable Failures in Distributed Systems (HotOS 2021)', url: 'https://sigops.org/s/conferences/hotos/2021/papers/hotos21-s11-bronson.pdf' },
  ],
  needs: ['fallback', 'capacity', 'quota', 'replicas', 'rate', 'hit-ratio', 'auth', 'consistency', 'requires', 'exercised', 'rate-limit', 'load-shed'],
  fixable: true,
  *check(model, analysis) {
    for (const pair of pairsOf(model, analysis)) {
      const grave = leadsBack(model, analysis, pair) ?? cannotCarry(model, analysis, pair) ?? isWeaker(model, analysis, pair)
      if (grave) yield grave
      else if (isUntried(pair)) yield untried(model, pair)
    }
  },
}

/** Who falls back from one component to another: one root cause, however many callers do. */
interface Pair {
  readonly primary: Component
  readonly standIn: Component
  readonly edges: readonly [Edge, ...Edge[]]
}

function pairsOf(model: Model, { graph }: Analysis): Iterable<Pair> {
  const find = lookup(model)
  const pairs = new Map<string, { primary: Component; standIn: Component; edges: [Edge, ...Edge[]] }>()
  for (const edge of graph.edges) {
    if (!edge.fallback || !('component' in edge.fallback)) continue
    const primary = find.component(edge.needed)
    const standIn = find.component(edge.fallback.component)
    if (!primary || !standIn) continue
    const pair = pairs.get(`${primary.id} ${standIn.id}`)
    if (pair) pair.edges.push(edge)
    else pairs.set(`${primary.id} ${standIn.id}`, { primary, standIn, edges: [edge] })
  }
  return pairs.values()
}

/** What stands in cannot work without what it stands in for. */
function leadsBack(model: Model, { graph }: Analysis, { primary, standIn, edges }: Pair): Finding | undefined {
  const reach = walk([standIn.id], graph.hard)
  if (!reach.has(primary.id)) return undefined
  const [edge] = edges
  const path = reach.path(primary.id)
  const itself = standIn === primary
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: primary.id },
    message: itself
      ? `When \`${primary.name}\` fails, ${callers(model, edges)} ${falls(edges)} back to \`${primary.name}\` itself, which has just failed.`
      : `When \`${primary.name}\` fails, ${callers(model, edges)} ${falls(edges)} back to \`${standIn.name}\`, but that cannot do without \`${primary.name}\` either (${pathOf(model, path)}): both fail together.`,
    help: `Let the fallback need nothing of \`${primary.name}\`: an older answer that is kept beside (\`fallback: stale(10min)\`), a fixed one, or a component that stands apart.`,
    related: [...alongPath(model, path), ...elsewhere(model, edges)],
    facts: uniqueFacts([known(edge.relation.facts, 'fallback')?.fact]),
    fixes: fixes(model, edges),
  }
}

/** What it then gets is more than it can take. */
function cannotCarry(model: Model, analysis: Analysis, pair: Pair): Finding | undefined {
  const { primary, standIn, edges } = pair
  const failing = word(primary.facts, 'on-failure')
  if (saysUnknown(primary.facts, 'on-failure') || failing === 'stale' || failing === 'gutter') return undefined
  const extra = extraLoad(analysis, pair)
  if (!extra || extra.own >= extra.capacity.rate || extra.total < extra.capacity.rate) return undefined
  if (limitsLoad(standIn.facts, extra.capacity.rate) || edges.every((edge) => isLimited(model, edge, extra.capacity.rate))) return undefined
  const [edge] = edges
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: primary.id },
    severity: extra.complete ? 'error' : 'warning',
    message: `When \`${primary.name}\` fails, ${callers(model, edges)} ${falls(edges)} back to \`${standIn.name}\`, which then gets ${rate(extra.total)}${extra.peaks ? ' at the peak' : ''} and can take ${rate(extra.capacity.rate)}: the failure of \`${primary.name}\` becomes one of \`${standIn.name}\`.`,
    help: `Answer with something older or with less (\`fallback: stale(10min)\`), let only so many through (\`rate-limit\`), or give \`${standIn.name}\` the capacity and use it all the time.`,
    related: [{ at: standIn.origin, message: `\`${standIn.name}\` gets ${rate(extra.own)} as a rule` }, ...elsewhere(model, edges)],
    facts: uniqueFacts([known(edge.relation.facts, 'fallback')?.fact, ...extra.capacity.facts, ...extra.facts()]),
    fixes: fixes(model, edges),
  }
}

interface Extra {
  readonly own: number
  readonly total: number
  readonly capacity: Capacity
  readonly peaks: boolean
  readonly complete: boolean
  facts(): readonly Fact[]
}

/** What the stand-in gets now, and with all that its primary would have got from those who fall back. */
/** Nobody knows what it is filled from: part of the load may reach the other already. */
function mayStandInFront({ kind, facts }: Component): boolean {
  return kind === 'cache' && ['rebuild-from', 'pattern', 'stores'].some((path) => saysUnknown(facts, path))
}

function extraLoad({ load, fronts }: Analysis, { primary, standIn, edges }: Pair): Extra | undefined {
  const work = workOf(standIn, edges)
  const capacity = capacityOf(standIn, work)
  const moved = edges.map((edge) => load.relation(edge.relation.id))
  const rate = moved.reduce((sum, { peak }) => sum + peak, 0)
  if (!capacity || rate === 0) return undefined
  const own = load.component(standIn.id)[work]
  // Behind a cache, part of it reaches the origin already.
  const front = fronts.all.find(({ cache, origin }) => cache === primary && origin === standIn)
  const behind = front && work === 'reads' ? originLoadOf(load, front) : undefined
  const total = behind ? Math.max(behind.now, behind.other + Math.min(rate, behind.reads)) : own.peak + rate
  return {
    own: own.peak,
    total,
    capacity,
    peaks: own.peaks || moved.some(({ peaks }) => peaks),
    complete: own.missing.length === 0 && (front === undefined ? !mayStandInFront(primary) : behind?.complete === true),
    facts: () => uniqueFacts([...edges.flatMap(({ relation }) => load.facts({ relation: relation.id })), ...load.facts({ component: standIn.id })]),
  }
}

function workOf(standIn: Component, edges: readonly Edge[]): Work {
  if (!STORES.has(standIn.kind)) return 'all'
  const verbs = new Set(edges.map(({ verb }) => verb.name))
  return verbs.size === 1 && verbs.has('writes') ? 'writes' : verbs.size === 1 && verbs.has('reads') ? 'reads' : 'all'
}

/** The caller, or the call, lets only so much through once things go wrong. */
function isLimited(model: Model, { relation, needer }: Edge, capacity: number): boolean {
  const caller = lookup(model).component(needer)
  return limitsLoad(relation.facts, capacity) || protection(relation.facts, 'bulkhead') !== false || (caller !== undefined && limitsLoad(caller.facts, capacity))
}

/** What it answers is not good enough, or is given to anybody. */
function isWeaker(model: Model, analysis: Analysis, { primary, standIn, edges }: Pair): Finding | undefined {
  const [edge] = edges
  const asks = known(primary.facts, 'auth')
  const open = known(standIn.facts, 'auth')
  if (asks && !isNone(primary.facts, 'auth') && open && isNone(standIn.facts, 'auth')) {
    return {
      ...weaker(model, edges, primary),
      message: `When \`${primary.name}\` fails, ${callers(model, edges)} ${falls(edges)} back to \`${standIn.name}\`, which answers anybody, while \`${primary.name}\` asks who is there: whoever makes \`${primary.name}\` fail gets in.`,
      help: `Check at \`${standIn.name}\` as at \`${primary.name}\`, or refuse while \`${primary.name}\` is down.`,
      facts: uniqueFacts([asks.fact, open.fact, known(edge.relation.facts, 'fallback')?.fact]),
    }
  }
  if (standIn.kind !== 'cache' || edge.verb.name !== 'reads') return undefined
  const entries = entryAge(standIn)
  const bearing = bearingOf(analysis, { cache: standIn, origin: primary, reads: edges.map(({ relation }) => relation), fills: [] })
  if (entries?.seconds === undefined || bearing?.stance !== 'requires' || bears(bearing, entries.seconds)) return undefined
  return {
    ...weaker(model, edges, primary),
    message: `When \`${primary.name}\` fails, ${callers(model, edges)} ${falls(edges)} back to \`${standIn.name}\`, whose entries can be ${entries.seconds === Infinity ? 'old without end' : `${time(entries.seconds)} old`}, though ${bearing.because} ≤ ${time(bearing.bound ?? 0)}.`,
    help: `Keep entries of \`${standIn.name}\` no longer than that, or say that older is good enough while \`${primary.name}\` is down (\`tolerates\` on the arrow).`,
    facts: uniqueFacts([...entries.facts, bearing.fact, known(edge.relation.facts, 'fallback')?.fact]),
  }
}

function weaker(model: Model, edges: Pair['edges'], primary: Component): Omit<Finding, 'message' | 'help' | 'facts'> {
  const [edge] = edges
  return { at: edge.relation.origin, subject: { relation: edge.relation.id, component: primary.id }, related: elsewhere(model, edges), fixes: [] }
}

function isUntried({ edges, standIn }: Pair): boolean {
  if (edges.some(({ relation }) => saysUnknown(relation.facts, 'exercised'))) return false
  return edges.some(({ relation }) => word(relation.facts, 'exercised') === 'never') || (word(standIn.facts, 'exercised') === 'never' && edges.every(({ relation }) => !known(relation.facts, 'exercised')))
}

function untried(model: Model, { primary, standIn, edges }: Pair): Finding {
  const edge = edges.find(({ relation }) => word(relation.facts, 'exercised') === 'never') ?? edges[0]
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: primary.id },
    severity: 'info',
    message: `Nobody has tried whether \`${nameOf(model, edge.needer)}\` works with \`${standIn.name}\` in place of \`${primary.name}\`: the first time is the day on which \`${primary.name}\` fails.`,
    help: `Use \`${standIn.name}\` for a share of the requests all the time, or switch to it regularly (\`exercised: yes\`).`,
    related: [],
    facts: uniqueFacts([known(edge.relation.facts, 'exercised')?.fact ?? known(standIn.facts, 'exercised')?.fact]),
    fixes: [],
  }
}

function callers(model: Model, edges: Pair['edges']): string {
  return listed([...new Set(edges.map(({ needer }) => nameOf(model, needer)))])
}

function falls(edges: Pair['edges']): string {
  return new Set(edges.map(({ needer }) => needer)).size === 1 ? 'falls' : 'fall'
}

function elsewhere(model: Model, [, ...others]: Pair['edges']): Finding['related'] {
  return others.map(({ relation, needer }) => ({ at: relation.origin, message: `\`${nameOf(model, needer)}\` falls back in the same way` }))
}

/** An older answer for reads: what each caller keeps fails with nobody. */
function fixes(model: Model, edges: Pair['edges']): readonly Fix[] {
  if (edges.length > 1 || edges[0].verb.name !== 'reads') return []
  const edits = setOnRelation(model, edges[0].relation, { fallback: 'stale(10min)' })
  return edits ? [{ title: 'Answer with something older: `fallback: stale(10min)`', edits }] : []
}

function rate(value: number): string {
  return formatQuantity(quantity(value, RATE))
}
