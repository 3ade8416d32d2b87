/** Throughput: what becomes the bottleneck first, at what multiple of today's load? */
import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf } from '../analysis/capacity.ts'
import { limitsOf as fullness, type Limit as Full } from '../analysis/limits.ts'
import type { Component, Model } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { flowName, listed, notStated, rate, stated, wanted, type Witness } from './cell.ts'
import type { AxisRow, Cell, SubjectCell } from './table.ts'

/** Something that can run full, as the cells say it. */
interface Limit extends Full {
  readonly component: Component
  /** As a cell says it: `ledger writes`, `the busiest partition of events`. */
  readonly what: string
  /** The same in the component's own cell: `writes`, `busiest partition`; empty for all that it gets. */
  readonly part: string
  /** How many times today's load fits. */
  readonly multiple: number
  readonly bytes: boolean
  /** Whether something that adds to the load, or nothing, is unknown. */
  readonly exact: boolean
}

/** What keeps state or is somebody else's has a limit that matters even where nobody stated it. */
const LIMITED = new Set(['database', 'cache', 'search', 'coordinator', 'external'])

export function throughputRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const loaded = model.components.filter((component) => component.kind !== 'client' && component.kind !== 'monitor')
  const limits = new Map(loaded.map((component) => [component.id, limitsOf(analysis, component)]))
  return {
    axis: 'throughput',
    question: 'What becomes the bottleneck first, at what multiple of today’s load?',
    system: first(
      analysis,
      loaded,
      limits,
      witness,
      analysis.load.sources.map((source) => source.id),
    ),
    flows: analysis.flows.map((flow) => {
      const reached = new Set([...flow.waited, ...flow.caused].flatMap((edge) => [edge.relation.from, edge.relation.to]))
      return {
        id: flow.id,
        name: flowName(flow),
        cell: first(
          analysis,
          loaded.filter((component) => reached.has(component.id)),
          limits,
          witness,
          [flow.id],
        ),
      }
    }),
    components: loaded.map((component): SubjectCell => ({
      id: component.id,
      name: component.name,
      cell: ofComponent(analysis, component, limits.get(component.id)!, witness),
    })),
  }
}

function limitsOf(analysis: Analysis, component: Component): readonly Limit[] {
  let loadFacts: readonly Fact[] | undefined
  const behind = (): readonly Fact[] => (loadFacts ??= analysis.load.facts({ component: component.id }))
  const all = fullness(component, analysis.load.component(component.id))
  return all
    // Where it is all writes, or all reads, it says so.
    .filter((each) => each.work !== 'mixed' || !all.some((other) => other.of === 'capacity' && other !== each && other.used >= each.used * (1 - 1e-9)))
    .map((each): Limit => {
      const part = partOf(component, each)
      return {
        ...each,
        component,
        part,
        what: each.of === 'quota' ? `${component.name}’s quota` : each.of === 'busiest-partition' ? `the ${part} of ${component.name}` : `${component.name} ${part}`.trimEnd(),
        multiple: each.limit / each.load,
        bytes: each.work === 'bytes',
        exact: each.rate.sureness === 'exact' && each.rate.missing.length === 0,
        facts: [...each.facts, ...behind()],
      }
    })
}

function partOf(component: Component, { of, work }: Full): string {
  switch (of) {
    case 'quota':
      return 'quota'
    case 'bandwidth':
      return 'network'
    case 'partitions':
      return component.kind === 'log' || component.kind === 'queue' ? 'partitions' : 'shards'
    case 'busiest-partition':
      return `busiest ${component.kind === 'log' || component.kind === 'queue' ? 'partition' : 'shard'}`
    case 'capacity':
      return work === 'writes' || work === 'reads' ? work : ''
  }
}

function ofComponent(analysis: Analysis, component: Component, limits: readonly Limit[], witness: Witness): Cell {
  const { all } = analysis.load.component(component.id)
  const evidence = witness.of(
    limits.length > 0 ? limits.flatMap((each) => each.facts) : analysis.load.facts({ component: component.id }),
    component.id,
  )
  const gets = all.peak > 0 ? `gets ${rate(all.peak)}${all.peaks ? ' at peak' : ''}` : undefined
  const [least] = limits
  if (least) {
    const used = Math.round((least.load / least.limit) * 100)
    const share = used === Infinity ? 'over the limit' : `${used < 1 ? 'under 1' : used}%`
    return stated(`${needed(least)} of ${most(least)}${least.part === '' ? '' : ` (${least.part})`}: ${share}`, {
      evidence,
      missing: all.missing,
      confidence: least.exact ? 'exact' : 'bound',
    })
  }
  const capacity = capacityOf(component, 'all') ?? capacityOf(component, 'writes') ?? capacityOf(component, 'reads')
  const missing = [
    ...(capacity ? [] : [wanted(component.kind === 'external' ? 'quota' : 'capacity', component.name)]),
    ...(all.peak > 0 ? all.missing : all.missing.length > 0 ? all.missing : ['`rate` of the flows that reach it']),
  ]
  return notStated(
    { evidence: [...evidence, ...witness.of(capacity?.facts ?? [], component.id)], missing },
    capacity && !gets ? `can serve ${rate(capacity.rate)}` : gets,
  )
}

function first(
  analysis: Analysis,
  components: readonly Component[],
  limits: ReadonlyMap<string, readonly Limit[]>,
  witness: Witness,
  sources: readonly string[],
): Cell {
  const all = components.flatMap((component) => limits.get(component.id)!.slice(0, 1)).sort((a, b) => a.multiple - b.multiple)
  const rated = analysis.load.sources.filter((source) => sources.includes(source.id))
  const unrated = rated.filter((source) => source.average === undefined && source.peak === undefined)
  const evidence = witness.of([...rated.flatMap((source) => source.facts), ...all.slice(0, 2).flatMap((each) => each.facts)])
  const open = components.filter(
    (component) =>
      LIMITED.has(component.kind) &&
      limits.get(component.id)!.length === 0 &&
      (analysis.load.component(component.id).all.peak > 0 || unrated.length > 0),
  )
  const missing = [
    ...unrated.map((source) => `\`rate\` of ${source.name}`),
    ...open
      .filter((component) => !capacityOf(component, 'all'))
      .map((component) => wanted(component.kind === 'external' ? 'quota' : 'capacity', component.name)),
  ]
  if (rated.length === 0 || unrated.length === rated.length)
    return notStated({ evidence, missing: missing.length > 0 ? missing : ['`rate` of a flow'] })
  const today = rated.some((source) => source.peak !== undefined) ? 'today’s peak' : 'today’s average'
  const full = all.filter((each) => each.multiple < 1)
  const next = all.filter((each) => each.multiple >= 1).slice(0, full.length > 0 ? 1 : 2)
  const words = [
    ...(full.length > 0 ? [`already too much: ${listed(full.map((each) => `${each.what} takes ${most(each)} of ${needed(each)}`))}`] : []),
    ...next.map(
      (each, index) =>
        `${index === 0 && full.length === 0 ? 'first' : 'then'} ${each.what} at ${multiple(each.multiple)}${index === 0 ? ` ${today}` : ''}`,
    ),
  ]
  if (all.length === 0) return notStated({ evidence, missing }, total(rated))
  if (open.length > 0 && full.length === 0)
    return notStated(
      { evidence, missing },
      `at most ${multiple(all[0]!.multiple)} ${today}: ${all[0]!.what}; capacity of ${listed(open.map((component) => component.name))} unknown`,
    )
  return stated(words.join(', '), { evidence, missing, confidence: all[0]!.exact && unrated.length === 0 ? 'exact' : 'bound' })
}

function total(sources: Analysis['load']['sources']): string | undefined {
  const peak = sources.reduce((sum, source) => sum + (source.peak ?? source.average ?? 0), 0)
  return peak > 0 ? `today ${rate(peak)}${sources.some((source) => source.peak !== undefined) ? ' at peak' : ''}` : undefined
}

function needed({ load, bytes }: Limit): string {
  return bytes ? formatQuantity(quantity(load, BANDWIDTH)) : rate(load)
}

function most({ limit, bytes }: Limit): string {
  return bytes ? formatQuantity(quantity(limit, BANDWIDTH)) : rate(limit)
}

function multiple(times: number): string {
  return `${times >= 10 ? Math.round(times) : Number(times.toPrecision(2))}×`
}
