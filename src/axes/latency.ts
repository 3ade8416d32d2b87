/** Latency: what is p99, and what controls it? */
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { serialLatency, type Percentiles } from '../analysis/latency.ts'
import { known, number } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Step } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import type { AxisRow, Cell, SubjectCell } from './table.ts'

export function latencyRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const flows = analysis.flows.map((flow) => ({ flow, name: flowName(flow), sum: sumOf(model, flow) }))
  return {
    axis: 'latency',
    question: 'What is p99, and what controls it?',
    system: system(flows, witness),
    flows: flows.map(({ flow, name, sum }) => ({ id: flow.id, name, cell: ofFlow(flow, sum, witness) })),
    components: model.components
      .filter((component) => component.kind !== 'client')
      .map((component): SubjectCell => ({ id: component.id, name: component.name, cell: ofComponent(component, witness) })),
  }
}

function ofComponent(component: Component, witness: Witness): Cell {
  const evidence = witness.at(component.id, component.facts, 'latency.p50', 'latency.p95', 'latency.p99', 'latency.p999')
  const parts = (['p50', 'p95', 'p99'] as const).flatMap((name) => {
    const seconds = number(component.facts, `latency.${name}`)
    return seconds === undefined ? [] : [`${name} ${time(seconds)}`]
  })
  const missing = number(component.facts, 'latency.p99') === undefined ? [wanted('p99', component.name)] : []
  return parts.length === 0 ? notStated({ evidence, missing }) : stated(parts.join(', '), { evidence, missing })
}

/** One thing that the person waits for. */
interface Hop extends Partial<Percentiles> {
  readonly name: string
  readonly facts: readonly Fact[]
  readonly times: number
}

interface Sum {
  readonly hops: readonly Hop[]
  readonly open: readonly Hop[]
  /** Bound below: the sum of what is known. */
  readonly least: number
  readonly estimate?: Percentiles
  /** When whoever asked first gives up, seconds. */
  readonly patience?: { readonly seconds: number; readonly facts: readonly Fact[] }
}

/** Relations in series, and groups of which only the slowest counts: those of `parallel`, and targets of which one is taken. */
function sumOf(model: Model, flow: FlowPaths): Sum {
  const edges = flow.waited.filter((edge) => !flow.conditional.has(edge.relation.id))
  const shape = shapeOf(flow)
  const groups = new Map<string, Hop[]>()
  edges.forEach((edge, index) => {
    const hop = hopOf(model, edge, shape.repeats.get(edge.relation.id) ?? 1)
    const key = shape.parallel.get(edge.relation.id) ?? (edge.verb.name === 'routes' ? `routes:${edge.needer}` : `${index}`)
    const list = groups.get(key)
    if (list) list.push(hop)
    else groups.set(key, [hop])
  })
  const hops = [...groups.values()].map(slowest)
  const open = hops.filter((hop) => hop.p50 === undefined && hop.p99 === undefined)
  const whole = hops.flatMap((hop) =>
    hop.p50 !== undefined && hop.p99 !== undefined
      ? Array.from({ length: Math.min(hop.times, 100) }, () => ({ p50: hop.p50!, p99: hop.p99! }))
      : [],
  )
  const complete = hops.length > 0 && hops.every((hop) => hop.p50 !== undefined && hop.p99 !== undefined)
  const patience = patienceOf(flow)
  return {
    hops,
    open,
    least: hops.reduce((sum, hop) => sum + (hop.p50 ?? 0) * hop.times, 0),
    ...(complete && { estimate: serialLatency(whole) }),
    ...(patience && { patience }),
  }
}

function hopOf(model: Model, edge: Edge, repeats: number): Hop {
  const target = lookup(model).component(edge.needed)
  const from = lookup(model).component(edge.needer)?.name ?? edge.needer
  const sides = [edge.relation.facts, target?.facts ?? {}]
  const of = (path: string): { readonly sum?: number; readonly facts: readonly Fact[] } => {
    const said = sides.flatMap((facts) =>
      number(facts, path) === undefined ? [] : [{ value: number(facts, path)!, fact: known(facts, path)!.fact }],
    )
    return said.length === 0 ? { facts: [] } : { sum: said.reduce((sum, { value }) => sum + value, 0), facts: said.map(({ fact }) => fact) }
  }
  const p50 = of('latency.p50')
  const p99 = of('latency.p99')
  const calls = number(edge.relation.facts, 'calls') ?? 1
  return {
    name: target?.name ?? `${from} → ${edge.needed}`,
    ...(p50.sum !== undefined && { p50: p50.sum }),
    ...(p99.sum !== undefined && { p99: p99.sum }),
    facts: [...p50.facts, ...p99.facts],
    times: Math.max(1, Math.round(calls * repeats)),
  }
}

function slowest(hops: readonly Hop[]): Hop {
  if (hops.length === 1) return hops[0]!
  const unknown = hops.find((hop) => hop.p50 === undefined && hop.p99 === undefined)
  const most = hops.reduce((worst, hop) => ((hop.p99 ?? hop.p50 ?? 0) > (worst.p99 ?? worst.p50 ?? 0) ? hop : worst))
  return unknown ? { ...most, name: unknown.name, p99: undefined } : most
}

/** Which relations stand in one `parallel` or `any-of`, and how often `repeat` takes them. */
function shapeOf(flow: FlowPaths): { readonly parallel: ReadonlyMap<string, string>; readonly repeats: ReadonlyMap<string, number> } {
  const parallel = new Map<string, string>()
  const repeats = new Map<string, number>()
  let group = 0
  const visit = (steps: readonly Step[], inGroup: string | undefined, times: number): void => {
    for (const step of steps) {
      if (step.type === 'relation') {
        for (const id of step.relations) {
          if (inGroup !== undefined) parallel.set(id, inGroup)
          if (times !== 1) repeats.set(id, times)
        }
      } else if (step.type === 'repeat') visit(step.steps, inGroup, times * (step.times ?? 1))
      else visit(step.steps, step.type === 'when' ? inGroup : (inGroup ?? `group:${group++}`), times)
    }
  }
  visit(flow.flow?.steps ?? [], undefined, 1)
  return { parallel, repeats }
}

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

function ofFlow(flow: FlowPaths, sum: Sum, witness: Witness): Cell {
  const goals = (['p50', 'p95', 'p99', 'p999'] as const).flatMap((name) => {
    const goal = flow.flow && known(flow.flow.facts, name)
    return goal && number(flow.flow!.facts, name) !== undefined
      ? [{ text: `target ${name} ${time(number(flow.flow!.facts, name)!)}`, fact: goal.fact }]
      : []
  })
  const evidence = witness.of([...goals.map(({ fact }) => fact), ...sum.hops.flatMap((hop) => hop.facts), ...(sum.patience?.facts ?? [])])
  const goal = goals.length > 0 ? `; ${goals.map(({ text }) => text).join(', ')}` : ''
  if (sum.hops.length === 0) return stated('waits for nothing')
  const missing = sum.hops.flatMap((hop) => [
    ...(hop.p50 === undefined ? [wanted('p50', hop.name)] : []),
    ...(hop.p99 === undefined ? [wanted('p99', hop.name)] : []),
  ])
  if (sum.estimate) {
    const largest = [...sum.hops].sort((a, b) => b.p99! * b.times - a.p99! * a.times).slice(0, 3)
    return stated(
      `p50 about ${time(sum.estimate.p50)}, p99 about ${time(sum.estimate.p99)}, most of it ${listed(largest.map((hop) => hop.name))}${goal}`,
      { evidence, confidence: 'estimate' },
    )
  }
  const bounds = [
    ...(sum.least > 0 ? [`p50 at least ${time(sum.least)}, without ${listed(sum.open.map((hop) => hop.name))}`] : []),
    ...(sum.patience ? [`given up after ${time(sum.patience.seconds)}`] : []),
    ...goals.map(({ text }) => text),
  ]
  return notStated({ evidence, missing }, bounds.length > 0 ? bounds.join('; ') : undefined)
}

function system(flows: readonly { readonly flow: FlowPaths; readonly name: string; readonly sum: Sum }[], witness: Witness): Cell {
  const cells = flows.map((each) => ({ ...each, cell: ofFlow(each.flow, each.sum, witness) }))
  const evidence = cells.flatMap(({ cell }) => cell.evidence)
  const missing = cells.flatMap(({ cell }) => cell.missing)
  const known_ = cells.filter(({ sum }) => sum.estimate).sort((a, b) => b.sum.estimate!.p99 - a.sum.estimate!.p99)
  if (known_.length > 0)
    return stated(`slowest ${known_[0]!.name}: p99 about ${time(known_[0]!.sum.estimate!.p99)}`, {
      evidence,
      missing,
      confidence: known_.length < cells.length ? 'bound' : 'estimate',
    })
  if (cells.length === 0) return notStated({ missing: ['a `flow`'] })
  const least = Math.max(0, ...cells.map(({ sum }) => sum.least))
  return notStated({ evidence, missing }, least > 0 ? `at least ${time(least)} in the slowest flow` : undefined)
}
