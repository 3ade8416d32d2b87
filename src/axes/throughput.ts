/** Throughput: what becomes the bottleneck first, at what multiple of today's load? */
import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf, type Work } from '../analysis/capacity.ts'
import type { Rate } from '../analysis/load.ts'
import { hottestShare, keySkewOf, partitionLimitsOf, placementOf } from '../analysis/partitions.ts'
import type { Component, Model } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { flowName, listed, notStated, rate, stated, wanted, type Witness } from './cell.ts'
import type { AxisRow, Cell, SubjectCell } from './table.ts'

/** Something that can run full. */
interface Limit {
  readonly component: Component
  /** As a cell says it: `ledger writes`, `the busiest partition of events`. */
  readonly what: string
  /** The same in the component's own cell: `writes`, `busiest partition`; empty for all that it gets. */
  readonly part: string
  /** 1/s, or B/s. */
  readonly load: number
  readonly limit: number
  /** How many times today's load fits. */
  readonly multiple: number
  readonly bytes: boolean
  /** Whether something that adds to the load, or nothing, is unknown. */
  readonly exact: boolean
  readonly facts: readonly Fact[]
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
  const load = analysis.load.component(component.id)
  const found: Limit[] = []
  const works: readonly (readonly [Work, Rate, string])[] = [
    ['writes', load.writes, 'writes'],
    ['reads', load.reads, 'reads'],
    ['all', load.all, ''],
  ]
  for (const [work, of, words] of works) {
    const capacity = capacityOf(component, work)
    if (!capacity || of.peak <= 0) continue
    // The same capacity over all requests says more than over the reads or the writes alone.
    if (work !== 'all' && capacityOf(component, 'all')?.rate === capacity.rate) continue
    const part = component.kind === 'external' ? 'quota' : words
    found.push(
      limit(
        component,
        part,
        component.kind === 'external' ? `${component.name}’s quota` : `${component.name} ${part}`.trimEnd(),
        of,
        capacity.rate,
        false,
        [...capacity.facts, ...behind()],
      ),
    )
  }
  const skew = keySkewOf(component)
  if (skew) {
    const placement = placementOf(component)
    for (const each of partitionLimitsOf(component)) {
      const of = each.work === 'bytes' ? load.bytesIn : each.work === 'writes' ? load.writes : load.reads
      if (of.peak <= 0) continue
      const share = hottestShare(skew, placement)
      if (share <= 0) continue
      const hot = { ...of, average: of.average * share, peak: of.peak * share }
      const part = `busiest ${component.kind === 'log' || component.kind === 'queue' ? 'partition' : 'shard'}`
      found.push(
        limit(component, part, `the ${part} of ${component.name}`, hot, each.limit, each.work === 'bytes', [
          ...each.facts,
          ...skew.facts,
          ...placement.facts,
          ...behind(),
        ]),
      )
    }
  }
  return found.sort((a, b) => a.multiple - b.multiple)
}

function limit(component: Component, part: string, what: string, of: Rate, most: number, bytes: boolean, facts: readonly Fact[]): Limit {
  return {
    component,
    what,
    part,
    load: of.peak,
    limit: most,
    multiple: most / of.peak,
    bytes,
    exact: of.sureness === 'exact' && of.missing.length === 0,
    facts,
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
    return stated(`${needed(least)} of ${most(least)}${least.part === '' ? '' : ` (${least.part})`}: ${used < 1 ? 'under 1' : used}%`, {
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
