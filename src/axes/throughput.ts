/** Throughput: what becomes the bottleneck first, at what multiple of today's load? */
import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf } from '../analysis/capacity.ts'
import { everyLimitOf, type Limit as Full } from '../analysis/limits.ts'
import { flag } from '../model/facts.ts'
import type { Component, Model } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { chained, flatMapped, flowName, listed, notStated, rate, stated, wanted, type Witness } from './cell.ts'
import { aims } from './claims.ts'
import type { AxisRow, Cell, Claim, SubjectCell } from './table.ts'
import { coldCaches, withoutAZone, type WorseDay } from './worse-days.ts'

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
  /** With those behind the load, followed back through the whole design when asked for. */
  allFacts(): readonly Fact[]
}

/** What keeps state or is somebody else's has a limit that matters even where nobody stated it. */
const LIMITED = new Set(['database', 'cache', 'search', 'coordinator', 'external'])

export function throughputRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const loaded = model.components.filter((component) => component.kind !== 'client' && component.kind !== 'monitor')
  const order = new Map(loaded.map((component, index) => [component.id, index]))
  const limits = new Map(loaded.map((component) => [component.id, limitsOf(analysis, component)]))
  const cold = coldCaches(model, analysis)
  const zone = withoutAZone(model, analysis, limits)
  const context: Context = { analysis, limits, witness, sources: new Map(analysis.load.sources.map((source) => [source.id, source])) }
  return {
    axis: 'throughput',
    question: 'What becomes the bottleneck first, at what multiple of today’s load?',
    system: first(context, loaded, analysis.load.sources, { cold, zone: [...zone.values()], claimed: [...aims(model, analysis, witness, 'throughput')] }),
    flows: analysis.flows.map((flow) => {
      const edges = [...flow.waited, ...flow.caused]
      const reached = [...new Set(edges.flatMap((edge) => [edge.relation.from, edge.relation.to]))].filter((id) => order.has(id)).sort((a, b) => order.get(a)! - order.get(b)!)
      const asked = new Set(edges.map(({ relation }) => relation.id))
      const source = context.sources.get(flow.id)
      const days = { cold: cold.filter(({ readers }) => readers.some((id) => asked.has(id))), zone: reached.flatMap((id) => zone.get(id) ?? []), claimed: [] }
      return { id: flow.id, name: flowName(flow), cell: first(context, reached.map((id) => loaded[order.get(id)!]!), source ? [source] : [], days) }
    }),
    components: loaded.map((component): SubjectCell => ({
      id: component.id,
      name: component.name,
      cell: ofComponent(analysis, component, limits.get(component.id)!, witness),
    })),
  }
}

interface Context {
  readonly analysis: Analysis
  readonly limits: ReadonlyMap<string, readonly Limit[]>
  readonly witness: Witness
  readonly sources: ReadonlyMap<string, Analysis['load']['sources'][number]>
}

function limitsOf(analysis: Analysis, component: Component): readonly Limit[] {
  let loadFacts: readonly Fact[] | undefined
  const behind = (): readonly Fact[] => (loadFacts ??= analysis.load.facts({ component: component.id }, NEAR))
  // What arrives: behind a broker a peak is worked off later, as far as somebody may be that late.
  const all = everyLimitOf(analysis, component)
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
        allFacts: () => [...each.facts, ...behind()],
      }
    })
}

/** Relations on the way to a component whose facts are shown: nobody reads on. */
const NEAR = 100

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
    case 'handlers':
      return ''
    case 'capacity':
      return work === 'writes' || work === 'reads' ? work : ''
  }
}

function ofComponent(analysis: Analysis, component: Component, limits: readonly Limit[], witness: Witness): Cell {
  const { all } = analysis.admission.component(component.id)
  const evidence = flatMapped([0], () => witness.of(limits.length > 0 ? limits.flatMap((each) => each.allFacts()) : analysis.load.facts({ component: component.id }, NEAR), component.id))
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
    { evidence: chained(evidence, witness.of(capacity?.facts ?? [], component.id)), missing },
    capacity && !gets ? `can serve ${rate(capacity.rate)}` : gets,
  )
}

interface Days {
  readonly cold: readonly WorseDay[]
  readonly zone: readonly WorseDay[]
  readonly claimed: readonly Claim[]
}

function first({ analysis, limits, witness }: Context, components: readonly Component[], rated: Analysis['load']['sources'], { cold, zone, claimed }: Days): Cell {
  const all = components.flatMap((component) => limits.get(component.id)!.slice(0, 1)).sort((a, b) => a.multiple - b.multiple)
  const unrated = rated.filter((source) => source.average === undefined && source.peak === undefined)
  const days = [worst(cold, ({ cache, name, multiple: times }) => `with ${cache} cold, ${name} takes ${multiple(times)}`), worst(zone, ({ name, multiple: times }) => `with a zone lost, ${name} takes ${multiple(times)}`)].filter((day) => day !== undefined)
  const evidence = chained(
    flatMapped(rated, (source) => witness.of(source.facts, source.id)),
    flatMapped(all.slice(0, 2), (each) => witness.of(each.allFacts(), each.component.id)),
    flatMapped(days, ({ day }) => witness.of(day.facts(), day.component)),
  )
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
    return notStated({ evidence, missing: missing.length > 0 ? missing : ['`rate` of a flow'], claimed })
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
  if (all.length === 0) {
    const without = components.filter(({ kind, facts }) => !LIMITED.has(kind) && kind !== 'dns' && flag(facts, 'managed') !== true).map(({ name }) => wanted('capacity', name))
    const unknown = open.length > 0 ? `capacity of ${listed(open.map(({ name }) => name))} unknown` : undefined
    return notStated({ evidence, missing: missing.length > 0 ? missing : without, claimed }, [total(rated), unknown].filter((part) => part !== undefined).join('; ') || undefined)
  }
  const worse = days.map(({ text }) => `; ${text}`).join('')
  if (open.length > 0 && full.length === 0)
    return notStated(
      { evidence, missing, claimed },
      // A bound that far away says nothing.
      `${all[0]!.multiple >= 1000 ? '' : `at most ${multiple(all[0]!.multiple)} ${today}, by ${all[0]!.what}; `}capacity of ${listed(open.map((component) => component.name))} unknown${worse}`,
    )
  return stated(words.join(', ') + worse, { evidence, missing, claimed, confidence: all[0]!.exact && unrated.length === 0 ? 'exact' : 'bound' })
}

/** The one that is full first; worth a word up to ten times today's load. */
function worst<T extends WorseDay>(days: readonly T[], text: (day: T) => string): { readonly day: T; readonly text: string } | undefined {
  const [first] = [...days].sort((a, b) => a.multiple - b.multiple)
  return first && first.multiple < 10 ? { day: first, text: text(first) } : undefined
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
  // Beyond a thousand times today's load nobody asks how much.
  return times >= 1000 ? 'over 1000×' : `${times >= 10 ? Math.round(times) : Number(times.toPrecision(2))}×`
}
