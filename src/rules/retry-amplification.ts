import type { Analysis } from '../analysis/analysis.ts'
import type { Amplified } from '../analysis/attempts.ts'
import { capacityOf, type Work } from '../analysis/capacity.ts'
import type { Edge } from '../analysis/graph.ts'
import { isAbsent, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, TextEdit } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { alongPath, joined, nameOf, pathOf } from './words.ts'

/** Attempts for one request from which on a failure is made worse by those who want to help. */
const STORM = 9

export const retryAmplification: Rule = {
  id: 'retry-amplification',
  code: 'Z3',
  severity: 'error',
  title: 'Retries in several layers multiply',
  why: 'When something at the bottom fails, every layer above repeats what the layer above it already repeats. The one component that is in trouble gets many times its load, cannot come back, and the storm lasts after its cause is gone.',
  sources: [
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Addressing Cascading Failures', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
    { title: 'AWS Builders’ Library, Timeouts, retries, and backoff with jitter', url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/' },
    { title: 'Microsoft Azure, Retry Storm antipattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/antipatterns/retry-storm/' },
    { title: 'Brooker, Fixing retries with token buckets and circuit breakers (2022)', url: 'https://brooker.co.za/blog/2022/02/28/retries.html' },
  ],
  needs: ['retries', 'retry-budget', 'circuit-breaker', 'retry-on', 'backoff', 'jitter', 'capacity', 'quota'],
  fixable: true,
  *check(model, analysis) {
    for (const cause of causesOf(model, analysis)) yield report(model, analysis, cause)
  },
}

interface Storm extends Amplified {
  /** What the end of the way would get, and what it can take. */
  readonly overrun?: { readonly normal: number; readonly worst: number; readonly capacity: number; readonly facts: readonly Fact[] }
  readonly unspread: readonly Edge[]
  readonly severity: 'error' | 'warning' | 'info'
}

/**
 * One root cause is what retries nearest to the failure, with all that multiplies it from above. A storm whose layers are all part of a worse
 * one is that one seen from halfway.
 */
function causesOf(model: Model, analysis: Analysis): readonly (readonly [Storm, ...Storm[]])[] {
  const worst = new Map<string, [Storm, ...Storm[]]>()
  for (const amplified of analysis.attempts.amplified) {
    const storm = judge(model, analysis, amplified)
    if (!storm) continue
    const key = storm.retrying.at(-1)!.relation.id
    const same = worst.get(key)
    if (!same) worst.set(key, [storm])
    else if (compare(storm, same[0]) < 0) same.unshift(storm)
    else same.push(storm)
  }
  const causes = [...worst.values()].sort((a, b) => compare(a[0], b[0]))
  const kept: [Storm, ...Storm[]][] = []
  const keptBy = new Map<string, { readonly relations: ReadonlySet<string>; readonly cause: Storm[] }[]>()
  for (const cause of causes) {
    const relations = new Set(cause[0].retrying.map((edge) => edge.relation.id))
    const same = [...relations].flatMap((id) => keptBy.get(id) ?? []).find((other) => within(relations, other.relations) || within(other.relations, relations))
    if (same) {
      same.cause.push(...cause)
      continue
    }
    kept.push(cause)
    for (const id of relations) {
      const those = keptBy.get(id)
      if (those) those.push({ relations, cause })
      else keptBy.set(id, [{ relations, cause }])
    }
  }
  return kept
}

function within(set: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...set].every((id) => other.has(id))
}

const RANK = { error: 0, warning: 1, info: 2 }

/** The worse first: severity, attempts, then the shorter way. */
function compare(a: Storm, b: Storm): number {
  return RANK[a.severity] - RANK[b.severity] || (a.attempts === b.attempts ? 0 : b.attempts - a.attempts) || b.retrying.length - a.retrying.length || a.path.length - b.path.length || (a.edge.relation.id < b.edge.relation.id ? -1 : 1)
}

/** Silent for one layer with at most three attempts that nothing overruns, whatever its backoff (DECISIONS). */
function judge(model: Model, analysis: Analysis, amplified: Amplified): Storm | undefined {
  const overrun = overrunBy(model, analysis, amplified)
  const unspread = amplified.retrying.filter((edge) => !spreads(edge))
  if (overrun) return { ...amplified, overrun, unspread, severity: 'error' }
  if (amplified.attempts >= STORM) return { ...amplified, unspread, severity: 'warning' }
  // Two layers that each try again once or so are worth a remark, no more.
  return amplified.retrying.length > 1 && amplified.attempts >= 4 ? { ...amplified, unspread, severity: 'info' } : undefined
}

/** Waits that double, with chance in them, keep callers from coming back in step. What is not known may do so. */
function spreads(edge: Edge): boolean {
  const { facts } = edge.relation
  const backoff = saysUnknown(facts, 'backoff') || word(facts, 'backoff') === 'exponential'
  const jitter = saysUnknown(facts, 'jitter') || (!isAbsent(facts, 'jitter') && word(facts, 'jitter') !== 'none')
  return backoff && jitter
}

/** The load on what the way leads to, when it fails and everybody retries, against what it can take; only where it copes otherwise. */
function overrunBy(model: Model, analysis: Analysis, { edge, retrying }: Amplified): Storm['overrun'] | undefined {
  const target = lookup(model).component(edge.needed)
  if (!target || retrying.length === 0) return undefined
  const entering = lookup(model).relationsTo(target.id)
  for (const work of ['all', 'writes'] as readonly Work[]) {
    const capacity = capacityOf(target, work)
    if (!capacity || (work === 'writes' && edge.verb.name !== 'writes')) continue
    const counted = entering.filter((relation) => work === 'all' || relation.verb === 'writes')
    const rates = counted.map((relation) => analysis.load.relation(relation.id))
    // Whether it copes without the storm must be certain: else it is overloaded anyway, which is another rule's question.
    if (rates.some(({ missing }) => missing.length > 0)) continue
    const normal = rates.reduce((sum, { peak }) => sum + peak, 0)
    const worst = counted.reduce((sum, relation) => sum + analysis.attempts.worst(relation.id), 0)
    if (normal >= capacity.rate || worst < capacity.rate) continue
    return { normal, worst, capacity: capacity.rate, facts: [...capacity.facts, ...analysis.load.facts({ component: target.id })] }
  }
  return undefined
}

function report(model: Model, analysis: Analysis, cause: readonly [Storm, ...Storm[]]): Finding {
  const [storm] = cause
  const { edge, path, retrying, attempts, overrun, flow, severity } = storm
  const target = nameOf(model, edge.needed)
  const nearest = retrying.at(-1)!
  return {
    at: nearest.relation.origin,
    subject: { relation: nearest.relation.id, component: nearest.needed, ...(flow.flow && cause.every((each) => each.flow === flow) && { flow: flow.id }) },
    severity,
    message: `When \`${target}\` fails, one ${flow.flow ? 'request of' : 'of'} ${flow.name} becomes ${product(model, analysis, retrying, attempts)}${overrun ? `: ${rate(overrun.normal)} become ${rate(overrun.worst)} against the ${rate(overrun.capacity)} it can take` : ''}.${inStep(model, retrying, storm.unspread)}`,
    help: helpOf(model, storm),
    related: [...alongPath(model, path), ...elsewhere(model, cause)],
    facts: [...retrying.flatMap((each) => analysis.attempts.layer(each).facts), ...(overrun?.facts ?? [])],
    fixes: fixes(model, storm),
  }
}

/** Where else the same layers multiply, once for each relation that retries there or is reached. */
function elsewhere(model: Model, [storm, ...others]: readonly [Storm, ...Storm[]]): readonly Related[] {
  const told = new Set([...storm.path, storm.edge].map((edge) => edge.relation.id))
  return others.flatMap(({ edge, retrying, attempts }): Related | [] => {
    const at = retrying.at(-1)!.relation
    const place = told.has(at.id) ? edge.relation : at
    if (told.has(place.id)) return []
    told.add(place.id)
    return { at: place.origin, message: `${Number.isFinite(attempts) ? `${shown(attempts)} attempts` : 'attempts without end'} reach \`${nameOf(model, edge.needed)}\`` }
  })
}

/** `4 × 4 × 4 = 64 attempts (`web → gateway`, … each retry 3 times)`. */
function product(model: Model, analysis: Analysis, retrying: readonly Edge[], attempts: number): string {
  const layers = retrying.map((edge) => analysis.attempts.layer(edge).attempts)
  const total = Number.isFinite(attempts) ? `${shown(attempts)} attempts` : 'attempts without end'
  if (retrying.length === 1) return `${total} on ${pathOf(model, retrying)}`
  const factors = layers.map((layer) => (Number.isFinite(layer) ? shown(layer) : '∞')).join(' × ')
  return `${factors} = ${total}, since ${joined(retrying.map((edge) => `\`${nameOf(model, edge.needer)}\``))} each retry`
}

function shown(n: number): string {
  return String(Number(n.toPrecision(3)))
}

function inStep(model: Model, retrying: readonly Edge[], unspread: readonly Edge[]): string {
  if (unspread.length === 0) return ''
  const who = unspread.length === retrying.length ? 'They' : `Those of ${joined(unspread.map((edge) => `\`${nameOf(model, edge.needer)}\``))}`
  return ` ${who} come back in step, for want of exponential backoff with jitter.`
}

function rate(value: number): string {
  return Number.isFinite(value) ? formatQuantity(quantity(value, RATE)) : 'ever more'
}

function helpOf(model: Model, { retrying }: Storm): string {
  const nearest = retrying.at(-1)!
  if (retrying.length === 1) return `Try at most three times, with \`backoff: exponential, jitter: full\`, and cap the retries of all with \`retry-budget: 10%\`.`
  return `Retry in one layer only, the one nearest to the failure (\`${nameOf(model, nearest.needer)} → ${nameOf(model, nearest.needed)}\`), with \`retry-budget: 10%\`, \`backoff: exponential\` and \`jitter: full\`.`
}

/** All layers but the nearest stop retrying; a lone layer tries less often and is held by a budget. */
function fixes(model: Model, { retrying }: Storm): readonly Fix[] {
  const nearest = retrying.at(-1)!
  const careful = { 'retry-budget': '10%', backoff: 'exponential', jitter: 'full' }
  const changes: readonly (readonly [Edge, Readonly<Record<string, string>>])[] = [
    ...retrying.slice(0, -1).map((edge) => [edge, { retries: '0' }] as const),
    [nearest, careful],
  ]
  const edits: TextEdit[] = []
  const statements = new Set<string>()
  for (const [edge, properties] of changes) {
    const { file, range } = edge.relation.extent
    const statement = `${file}:${range.start.line}:${range.start.character}`
    const own = setOnRelation(model, edge.relation, properties)
    // Two edits to one statement would overwrite each other.
    if (!own || statements.has(statement)) return []
    statements.add(statement)
    edits.push(...own)
  }
  const title = retrying.length === 1 ? 'Hold retries to 10% of the calls, and spread them' : `Retry only in \`${nameOf(model, nearest.needer)} → ${nameOf(model, nearest.needed)}\`, within a budget`
  return [{ title, edits }]
}
