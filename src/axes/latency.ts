/** Latency: what is p99, and what controls it? */
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Percentiles } from '../analysis/latency.ts'
import type { Hop } from '../analysis/waits.ts'
import { known, number } from '../model/facts.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import type { AxisRow, Cell, SubjectCell } from './table.ts'

export function latencyRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const flows = analysis.flows.map((flow) => ({ flow, name: flowName(flow), sum: sumOf(analysis, flow) }))
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

interface Sum {
  /** Components that are waited for on every run, in order. */
  readonly hops: readonly Hop[]
  /** Those of which nothing is known. */
  readonly open: readonly Hop[]
  /** Seconds that half of the runs take at least. */
  readonly least: number
  /** Where all of it is known. */
  readonly estimate?: Percentiles & { readonly top: readonly Hop[] }
  /** When whoever asked first gives up, seconds. */
  readonly patience?: { readonly seconds: number; readonly facts: readonly Fact[] }
}

function sumOf(analysis: Analysis, flow: FlowPaths): Sum {
  const latency = analysis.latency.of(flow.id)!
  const hops = latency.always
  const components = hops.filter((hop) => hop.of === 'component')
  const complete = components.length > 0 && components.every((hop) => hop.p50 !== undefined && hop.p99 !== undefined)
  const slow = latency.estimate(0.99)
  const patience = patienceOf(flow)
  return {
    hops,
    open: components.filter((hop) => hop.p50 === undefined && hop.p99 === undefined),
    least: latency.atLeast(0.5).seconds,
    ...(complete && { estimate: { p50: latency.estimate(0.5).seconds, p99: slow.seconds, top: slow.top } }),
    ...(patience && { patience }),
  }
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
  const missing = sum.hops.filter((hop) => hop.of === 'component').flatMap((hop) => [
    ...(hop.p50 === undefined ? [wanted('p50', hop.name)] : []),
    ...(hop.p99 === undefined ? [wanted('p99', hop.name)] : []),
  ])
  if (sum.estimate) {
    const largest = sum.estimate.top.slice(0, 3)
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
