/** Latency: what is p99, and what controls it? */
import type { Analysis } from '../analysis/analysis.ts'
import { short as roughly } from '../analysis/derivation.ts'
import { anySlow } from '../analysis/fan-out.ts'
import type { FlowLatency } from '../analysis/flow-latency.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Percentiles } from '../analysis/latency.ts'
import type { Hop } from '../analysis/waits.ts'
import { known, number } from '../model/facts.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import { aims, promise } from './claims.ts'
import type { AxisRow, Cell, Claim, SubjectCell } from './table.ts'

export function latencyRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const flows = analysis.flows.map((flow) => {
    const sum = sumOf(analysis, flow)
    return { flow, name: flowName(flow), sum, cell: ofFlow(flow, sum, witness) }
  })
  return {
    axis: 'latency',
    question: 'What is p99, and what controls it?',
    system: system(flows, aims(model, analysis, witness, 'latency')),
    flows: flows.map(({ flow, name, cell }) => ({ id: flow.id, name, cell })),
    components: model.components
      .filter((component) => component.kind !== 'client')
      .map((component): SubjectCell => ({ id: component.id, name: component.name, cell: ofComponent(analysis, component, witness) })),
  }
}

/** What a cell of a component rests on. */
const SAYING = ['latency.p50', 'latency.p95', 'latency.p99', 'latency.p999'] as const

function ofComponent(analysis: Analysis, component: Component, witness: Witness): Cell {
  const evidence = witness.at(component.id, component.facts, SAYING)
  const parts = (['p50', 'p95', 'p99'] as const).flatMap((name) => {
    const seconds = number(component.facts, `latency.${name}`)
    return seconds === undefined ? [] : [`${name} ${time(seconds)}`]
  })
  const missing = number(component.facts, 'latency.p99') === undefined ? [wanted('p99', component.name)] : []
  if (parts.length === 0) return notStated({ evidence, missing })
  const longer = analysis.latency.waiting(component)
  return longer > 1.005
    ? stated(`${parts.join(', ')} without load, ${Number(longer.toPrecision(2))} times that at the peak`, { evidence, missing, confidence: 'estimate' })
    : stated(parts.join(', '), { evidence, missing })
}

interface Sum {
  readonly latency: FlowLatency
  /** Components that are waited for on every run, in order. */
  readonly hops: readonly Hop[]
  /** Those of which nothing is known. */
  readonly open: readonly Hop[]
  /** Seconds that half of the runs take at least. */
  readonly least: number
  /** What of it is on the wire, or waiting for copies elsewhere. */
  readonly network: number
  /** Where all of it is known. */
  readonly estimate?: Percentiles & { readonly top: readonly Hop[] }
  /** The widest fan-out that every run waits for. */
  readonly widest?: { readonly n: number; readonly facts: readonly Fact[] }
  /** When whoever asked first gives up, seconds. */
  readonly patience?: { readonly seconds: number; readonly facts: readonly Fact[] }
}

function sumOf(analysis: Analysis, flow: FlowPaths): Sum {
  const latency = analysis.latency.of(flow.id)!
  // Where a flow begins with a choice, no hop is met by all of them.
  const hops = latency.always.length > 0 ? latency.always : latency.hops
  const components = hops.filter((hop) => hop.of === 'component')
  const complete = components.length > 0 && components.every((hop) => hop.p50 !== undefined && hop.p99 !== undefined)
  const floor = latency.atLeast(0.5)
  const patience = patienceOf(flow)
  // Where it hangs on what nobody says, it is no more than what it takes at least.
  const tail = complete ? latency.estimate(0.99) : undefined
  const slow = tail?.sureness === 'estimate' ? tail : undefined
  const widest = latency.fanOuts.filter(({ always, needed, n }) => always && needed === n).sort((a, b) => b.n - a.n)[0]
  return {
    latency,
    hops,
    open: components.filter((hop) => hop.p50 === undefined && hop.p99 === undefined),
    least: floor.seconds,
    network: floor.parts.reduce((sum, { hop, seconds }) => (hop.of === 'component' ? sum : sum + seconds), 0),
    ...(slow && { estimate: { p50: latency.estimate(0.5).seconds, p99: slow.seconds, top: slow.top } }),
    ...(widest && widest.n >= WIDE && { widest }),
    ...(patience && { patience }),
  }
}

/** From here on it is the slowest of many that decides (M13). */
const WIDE = 5

function patienceOf(flow: FlowPaths): Sum['patience'] {
  const first = flow.waited.filter((edge) => flow.entries.includes(edge.needer) && !flow.conditional.has(edge.relation.id))
  const limits = first.map((edge) => ({
    relation: edge.relation,
    timeout: number(edge.relation.facts, 'timeout'),
    retries: number(edge.relation.facts, 'retries') ?? 0,
  }))
  if (limits.length !== 1 || limits[0]!.timeout === undefined) return undefined
  const { relation, timeout, retries } = limits[0]!
  return { seconds: timeout! * (1 + retries), facts: ['timeout', 'retries'].flatMap((path) => known(relation.facts, path)?.fact ?? []) }
}

const GOALS = [['p50', 0.5], ['p95', 0.95], ['p99', 0.99], ['p999', 0.999]] as const

/** The objectives, against the sum where all of it is known, and else against what it takes at least. */
function promises({ flow, id }: FlowPaths, { latency, estimate }: Sum, witness: Witness): readonly Claim[] {
  return GOALS.flatMap(([path, share]): readonly Claim[] => {
    const goal = flow && known(flow.facts, path)
    const target = flow && number(flow.facts, path)
    if (!goal || target === undefined) return []
    const text = `${path} within ${time(target)}`
    const floor = latency.atLeast(share).seconds
    if (floor > target * (1 + 1e-9)) return [promise(text, goal.fact, witness, id, 'broken', `at least ${time(short(floor - target))} over`)]
    if (!estimate) return [promise(text, goal.fact, witness, id)]
    const expected = share === 0.5 ? estimate.p50 : share === 0.99 ? estimate.p99 : latency.estimate(share).seconds
    const over = expected > target
    return [promise(text, goal.fact, witness, id, over ? 'broken' : 'kept', `by estimate, ${roughly(Math.abs(target - expected))} ${over ? 'over' : 'to spare'}`)]
  })
}

function ofFlow(flow: FlowPaths, sum: Sum, witness: Witness): Cell {
  const claimed = promises(flow, sum, witness)
  const evidence = chained(flatMapped(sum.hops, (hop) => witness.of(hop.facts, hop.component ?? hop.relation)), witness.of([...(sum.widest?.facts ?? []), ...(sum.patience?.facts ?? [])]))
  if (sum.hops.length === 0) return stated('waits for nothing', { claimed })
  const missing = sum.hops.filter((hop) => hop.of === 'component').flatMap(({ name, p50, p99 }) =>
    p50 === undefined && p99 === undefined ? [`\`p50\` and ${wanted('p99', name)}`] : p50 === undefined ? [wanted('p50', name)] : p99 === undefined ? [wanted('p99', name)] : [],
  )
  const open = sum.estimate ? [] : sum.latency.missing.filter((one) => !one.startsWith('`latency`'))
  const tail = sum.widest ? [`${sum.widest.n} at once, so that ${Math.round(100 * anySlow(0.01, sum.widest.n))}% of the runs meet one of the slowest 1%`] : []
  const wire = sum.network > 0 ? [`at least ${time(short(sum.network))} of it on the network`] : []
  if (sum.estimate) {
    const { p50, p99, top } = sum.estimate
    const most = top.length > 1 ? [`most of it ${listed(top.slice(0, 3).map((hop) => hop.name))}`] : []
    return stated([`p50 about ${roughly(p50)}, p99 about ${roughly(p99)}`, ...most, ...wire, ...tail].join(', '), { evidence, claimed, confidence: 'estimate' })
  }
  const bounds = [
    ...(sum.least > 0 ? [`p50 at least ${time(short(sum.least))}${sum.open.length > 0 ? `, not counting ${listed(sum.open.map((hop) => hop.name), 4)}` : ''}`] : []),
    ...(sum.least === 0 && sum.open.length > 0 ? [`waits for ${listed(sum.open.map((hop) => hop.name), 4)}, whose latency is unknown`] : []),
    ...wire,
    ...tail,
    ...(sum.patience ? [`given up after ${time(sum.patience.seconds)}`] : []),
  ]
  return notStated({ evidence, missing: [...missing, ...open], claimed }, bounds.length > 0 ? bounds.join('; ') : undefined)
}

/** Of what is stated, summed. */
function short(seconds: number): number {
  return Number(seconds.toPrecision(3))
}

function system(flows: readonly { readonly name: string; readonly sum: Sum; readonly cell: Cell }[], claimed: readonly Claim[]): Cell {
  const evidence = flatMapped(flows, ({ cell }) => cell.evidence)
  const missing = flatMapped(flows, ({ cell }) => cell.missing)
  const known_ = flows.filter(({ sum }) => sum.estimate).sort((a, b) => b.sum.estimate!.p99 - a.sum.estimate!.p99)
  const over = flows.flatMap(({ name, cell }) => (cell.claimed?.some(({ verdict }) => verdict === 'broken') ? [name] : []))
  const late = over.length > 0 ? `; over its target: ${listed(over)}` : ''
  if (known_.length > 0)
    return stated(`slowest ${known_[0]!.name}: p99 about ${roughly(known_[0]!.sum.estimate!.p99)}${late}`, {
      evidence,
      missing,
      claimed,
      confidence: known_.length < flows.length ? 'bound' : 'estimate',
    })
  if (flows.length === 0) return notStated({ missing: ['a `flow`'], claimed })
  const [slowest] = [...flows].sort((a, b) => b.sum.least - a.sum.least)
  if (flows.length === 1 && slowest!.sum.open.length > 0) return notStated({ evidence, missing, claimed }, innerOf(slowest!.cell))
  // Which of them takes longest is not known: of this one most is known already.
  const bound = slowest!.sum.least > 0 ? `at least ${time(short(slowest!.sum.least))} in ${slowest!.name}` : flows.some(({ sum }) => sum.open.length > 0) ? 'nothing on the way of any flow says how long it takes' : ''
  return notStated({ evidence, missing, claimed }, `${bound}${bound === '' ? late.slice(2) : late}` || undefined)
}

/** What a cell that is not stated knows all the same. */
function innerOf({ value }: Cell): string | undefined {
  return /^not stated \((.*)\)$/s.exec(value)?.[1]
}
