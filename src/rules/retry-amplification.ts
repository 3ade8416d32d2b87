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

export const retryAmplification: Rule = {
  id: 'retry-amplification',
  code: 'Z3',
  severity: 'error',
  title: 'Retries in several layers multiply',
  why: 'When something at the bottom fails, every layer above repeats what the layer above it already repeats. The one component that is in trouble gets many times its load, cannot come back, and the storm lasts after its cause is gone.',
  sources: [
    {
      title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Addressing Cascading Failures',
      url: 'https://sre.google/sre-book/addressing-cascading-failures/',
    },
    {
      title: 'AWS Builders’ Library, Timeouts, retries, and backoff with jitter',
      url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
    },
    {
      title: 'Microsoft Azure, Retry Storm antipattern',
      url: 'https://learn.microsoft.com/en-us/azure/architecture/antipatterns/retry-storm/',
    },
    {
      title: 'Brooker, Fixing retries with token buckets and circuit breakers (2022)',
      url: 'https://brooker.co.za/blog/2022/02/28/retries.html',
    },
  ],
  needs: ['retries', 'retry-budget', 'circuit-breaker', 'retry-on', 'backoff', 'jitter', 'capacity', 'quota'],
  fixable: true,
  settings: ['attempts'],
  *check(model, analysis, { attempts }) {
    for (const cause of causesOf(model, analysis, attempts)) yield report(model, analysis, cause)
  },
}

interface Overrun {
  /** What the component gets as a rule, and when it fails and everybody retries; what it can take. */
  readonly normal: number
  readonly worst: number
  readonly capacity: number
  /** How little sure its capacity is. */
  readonly doubt: number
  /** Made when asked for: they follow the load back through the whole design. */
  facts(): readonly Fact[]
}

interface Storm {
  readonly of: Amplified
  readonly overrun?: Overrun
  readonly severity: 'error' | 'warning' | 'info'
}

/**
 * One root cause is a layer that multiplies what all layers behind it do: its worst storm is told, with the others as further places. Storms that
 * end in the same layer have one cause as well, whoever is above it.
 */
function causesOf(model: Model, analysis: Analysis, most: number): readonly (readonly [Storm, ...Storm[]])[] {
  const overruns = new Map<string, Overrun | undefined>()
  const storms = analysis.attempts.amplified.flatMap((amplified) => judge(model, analysis, amplified, overruns, most) ?? [])
  const byNearest = grouped(storms.sort(compare), ({ of }) => of.nearest.relation.id)
  const byOutermost = grouped(byNearest, ([storm]) => storm.of.outermost)
  return byOutermost.map((group) => {
    const [first, ...others] = group.flat().sort(compare)
    return [first!, ...others]
  })
}

function grouped<T>(items: readonly T[], key: (item: T) => string): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(item)
    else groups.set(key(item), [item])
  }
  return [...groups.values()]
}

const RANK = { error: 0, warning: 1, info: 2 }
/** A default costs as many steps. */
const SURE = ['high', 'medium', 'low']

/** The worse first: severity, attempts, layers, then the shorter name, so that the order of statements does not matter. */
function compare(one: Storm, other: Storm): number {
  const [a, b] = [one.of, other.of]
  const shown = ({ severity, overrun }: Storm): number => Math.min(2, RANK[severity] + (overrun?.doubt ?? 0))
  return (
    shown(one) - shown(other) ||
    RANK[one.severity] - RANK[other.severity] ||
    (a.attempts === b.attempts ? 0 : b.attempts - a.attempts) ||
    b.layers - a.layers ||
    (a.edge === a.nearest ? 0 : 1) - (b.edge === b.nearest ? 0 : 1) ||
    byName(a.edge.relation.id, b.edge.relation.id) ||
    byName(a.flow.id, b.flow.id)
  )
}

function byName(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** Silent for one layer with at most three attempts, whatever its backoff: that is what everybody is told to do (DECISIONS). */
function judge(model: Model, analysis: Analysis, of: Amplified, overruns: Map<string, Overrun | undefined>, most: number): Storm | undefined {
  if (of.layers === 1 && (of.attempts <= 3 || isPatient(model, of.nearest))) return undefined
  const key = `${of.edge.needed} ${of.edge.verb.name}`
  if (!overruns.has(key)) overruns.set(key, overrunBy(model, analysis, of.edge))
  const overrun = overruns.get(key)
  if (overrun) return { of, overrun, severity: 'error' }
  if (of.attempts >= most) return { of, severity: 'warning' }
  // Two layers that each try again once or so are worth a remark, no more.
  return of.layers > 1 && of.attempts >= 4 ? { of, severity: 'info' } : undefined
}

/** A third party sends its message again for hours or days, as it sees fit; a workflow tries a step until it works, further and further apart. */
function isPatient(model: Model, edge: Edge): boolean {
  const kind = lookup(model).component(edge.needer)?.kind
  return kind === 'external' || (kind === 'workflow' && spreads(edge))
}

/** Waits that double, with chance in them, keep callers from coming back in step. What is not known may do so. */
function spreads(edge: Edge): boolean {
  const { facts } = edge.relation
  const backoff = saysUnknown(facts, 'backoff') || word(facts, 'backoff') === 'exponential'
  const jitter = saysUnknown(facts, 'jitter') || (!isAbsent(facts, 'jitter') && word(facts, 'jitter') !== 'none')
  return backoff && jitter
}

/** The load on what the way leads to, when it fails and everybody retries, against what it can take; only where it copes otherwise. */
function overrunBy(model: Model, analysis: Analysis, edge: Edge): Overrun | undefined {
  const target = lookup(model).component(edge.needed)
  if (!target) return undefined
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
    return { normal, worst, capacity: capacity.rate, doubt: Math.max(0, ...capacity.facts.map((fact) => (fact.from === 'default' ? SURE.indexOf(fact.confidence) : 0))), facts: () => [...capacity.facts, ...analysis.load.facts({ component: target.id })] }
  }
  return undefined
}

function report(model: Model, analysis: Analysis, cause: readonly [Storm, ...Storm[]]): Finding {
  const [{ of, overrun, severity }] = cause
  const { edge, nearest, flow, attempts } = of
  const path = of.path()
  const retrying = path.filter((each) => analysis.attempts.layer(each).attempts > 1)
  const target = nameOf(model, edge.needed)
  const brought = overrun ? `: ${rate(overrun.normal)} become ${rate(overrun.worst)} against the ${rate(overrun.capacity)} it can take` : ''
  return {
    at: nearest.relation.origin,
    subject: {
      relation: nearest.relation.id,
      component: nearest.needed,
      ...(flow.flow && cause.every((storm) => storm.of.flow === flow) && { flow: flow.id }),
    },
    severity,
    message: `When \`${target}\` fails, one ${flow.flow ? 'request of' : 'of'} ${flow.name} becomes ${product(model, analysis, retrying, attempts)}${brought}.${inStep(model, retrying)}`,
    help: helpOf(model, retrying),
    related: [
      ...alongPath(model, path.length <= LONG ? path : [...retrying.slice(0, LONG / 2), ...retrying.slice(LONG / 2).slice(-LONG / 2)]),
      ...elsewhere(model, cause, path),
    ],
    facts: [...retrying.flatMap((each) => analysis.attempts.layer(each).facts), ...(overrun?.facts() ?? [])],
    // A repair in so many places is a redesign, not an edit.
    fixes: retrying.length > LONG ? [] : fixes(model, retrying),
  }
}

/** Arrows of a way beyond which only its ends are told. */
const LONG = 16

/** Where else the same layers multiply, once for each relation that retries there or is reached. */
function elsewhere(model: Model, [, ...others]: readonly [Storm, ...Storm[]], path: readonly Edge[]): readonly Related[] {
  const told = new Set(path.map((edge) => edge.relation.id))
  const found: Related[] = []
  for (const { of } of others) {
    const place = told.has(of.nearest.relation.id) ? of.edge.relation : of.nearest.relation
    if (told.has(place.id)) continue
    told.add(place.id)
    found.push({ at: place.origin, message: `${total(of.attempts)} reach \`${nameOf(model, of.edge.needed)}\`` })
    if (found.length === LONG) break
  }
  return found
}

/** `4 × 4 × 4 = 64 attempts, since … each retry`. */
function product(model: Model, analysis: Analysis, retrying: readonly Edge[], attempts: number): string {
  const layers = retrying.map((edge) => analysis.attempts.layer(edge).attempts)
  if (retrying.length === 1) return `${total(attempts)} on ${pathOf(model, retrying)}`
  const who = joined(retrying.map((edge) => `\`${nameOf(model, edge.needer)}\``))
  if (layers.length > LONG / 2) return `${total(attempts)} in ${layers.length} layers, since ${who} each retry`
  return `${layers.map((layer) => (Number.isFinite(layer) ? shown(layer) : '∞')).join(' × ')} = ${total(attempts)}, since ${who} each retry`
}

function total(attempts: number): string {
  return Number.isFinite(attempts) ? `${shown(attempts)} attempts` : 'attempts without end'
}

function shown(n: number): string {
  return String(Number(n.toPrecision(3)))
}

function inStep(model: Model, retrying: readonly Edge[]): string {
  const unspread = retrying.filter((edge) => !spreads(edge))
  if (unspread.length === 0) return ''
  const who =
    unspread.length === retrying.length ? 'They' : `Those of ${joined(unspread.map((edge) => `\`${nameOf(model, edge.needer)}\``))}`
  return ` ${who} come back in step, for want of exponential backoff with jitter.`
}

function rate(value: number): string {
  return Number.isFinite(value) ? formatQuantity(quantity(value, RATE)) : 'ever more'
}

function helpOf(model: Model, retrying: readonly Edge[]): string {
  const nearest = retrying.at(-1)!
  if (retrying.length === 1)
    return `Try at most three times, with \`backoff: exponential, jitter: full\`, and cap the retries of all with \`retry-budget: 10%\`.`
  return `Retry in one layer only, the one nearest to the failure (\`${nameOf(model, nearest.needer)} → ${nameOf(model, nearest.needed)}\`), with \`retry-budget: 10%\`, \`backoff: exponential\` and \`jitter: full\`.`
}

/** All layers but the nearest stop retrying; a lone layer tries less often and is held by a budget. */
function fixes(model: Model, retrying: readonly Edge[]): readonly Fix[] {
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
  const title =
    retrying.length === 1
      ? 'Hold retries to 10% of the calls, and spread them'
      : `Retry only in \`${nameOf(model, nearest.needer)} → ${nameOf(model, nearest.needed)}\`, within a budget`
  return [{ title, edits }]
}
