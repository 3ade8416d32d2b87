/**
 * The load that a design's flows put on each relation and component (NUMBERS M1, M2): average and peak apart, reads and writes apart, with
 * the facts that it was computed from. What nobody stated stays unknown: a load then says what it is at least, and what is missing.
 */
import { known, number, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Carried } from './carried.ts'
import { leastSure, uniqueFacts, type Sureness } from './figure.ts'
import { flowPaths, type FlowPaths } from './flows.ts'
import type { Graph } from './graph.ts'
import { BROKERS, multiplicitiesOf } from './multiplicity.ts'
import { components } from './strongly-connected.ts'
import type { Unchanged } from './unchanged.ts'
import { visitsOf, type Visits } from './visits.ts'

export interface Load {
  /** Flows, and whatever else states a rate: clients in a design without flows, relations that no flow reaches. */
  readonly sources: readonly Source[]
  /** Those of which some run visits the relation, in their order. */
  through(relation: string): readonly Source[]
  /** All sources together. */
  relation(id: string): Rate
  /** Everything that comes in. For a broker `reads` is what it hands on. */
  component(id: string): ComponentLoad
  /** The same, with another idea of what the relations bring: what is let through, or what comes while something fails. */
  componentWith(id: string, relation: (id: string) => Rate): ComponentLoad
  /** One flow's part. */
  flowRelation(flow: string, relation: string): Rate
  /** The facts behind a relation's or component's load: rates, shares, hit ratios on the ways that lead there, those of the nearest `most` relations if not all. */
  facts(of: { readonly relation?: string; readonly component?: string }, most?: number): readonly Fact[]
}

export interface Source {
  /** The flow's, client's or relation's id. */
  readonly id: string
  readonly name: string
  readonly paths: FlowPaths
  readonly visits: Visits
  /** 1/s; unset where it is not stated. */
  readonly average?: number
  readonly peak?: number
  /** The peak is said to be unknown: the average says only what it is at least. */
  readonly peakOpen: boolean
  readonly facts: readonly Fact[]
}

/** In 1/s, or B/s. */
export interface Rate {
  /** At least this, where something is missing. */
  readonly average: number
  /** With the stated peaks; a source that states none counts with its average. */
  readonly peak: number
  /** Whether a stated peak is in it. */
  readonly peaks: boolean
  readonly sureness: Sureness
  /** What to state so that it becomes known; empty where all is. */
  readonly missing: readonly string[]
}

export interface ComponentLoad {
  /** All requests and messages that come in. */
  readonly all: Rate
  readonly reads: Rate
  readonly writes: Rate
  /** Bytes of what is written or published; missing where a size is. */
  readonly bytesIn: Rate
}

/** @param carried is asked only where bytes are: most questions are about requests. */
export function loadOf(model: Model, graph: Graph, flows: readonly FlowPaths[], carried: () => Carried, kept?: Unchanged): Load {
  const find = lookup(model)
  const multiplicities = multiplicitiesOf(model, graph)
  const sources: Source[] = flows.map((paths) => {
    const known = kept?.source(paths)
    if (known) return known
    const facts = paths.flow?.facts ?? find.component(paths.id)?.facts ?? {}
    return {
      id: paths.id,
      name: paths.name,
      paths,
      visits: visitsOf(model, graph, paths, multiplicities),
      ...ratesOf(facts, model.design?.facts ?? {}),
    }
  })
  let visited: Set<string> | undefined
  // What comes first brings what follows from it, in whichever order they are written.
  for (const relation of upstreamFirst(model)) {
    const rate = number(relation.facts, 'rate')
    const edge = graph.edge(relation.id)
    if (rate === undefined || !edge) continue
    // Few relations state a rate of their own: what all flows travel is collected for the first that does.
    const touched = (visited ??= new Set(sources.flatMap((source) => (rated(source) ? [...source.visits.keys()] : []))))
    if (touched.has(relation.id)) continue
    const title = `\`${nameOf(relation.from)} → ${nameOf(relation.to)}\``
    const { id, origin, extent, facts } = relation
    const paths = {
      ...flowPaths(model, graph, { id, name: title, title, origin, extent, facts, steps: [{ type: 'relation', relations: [id], origin }] }),
      name: title,
    }
    const visits = visitsOf(model, graph, paths, multiplicities)
    for (const id of visits.keys()) touched.add(id)
    sources.push({ id: relation.id, name: paths.name, paths, visits, ...ratesOf(relation.facts, {}) })
  }
  const byId = new Map(sources.map((source) => [source.id, source]))
  const through = throughOf(sources, kept?.load)
  const startingAt = new Map<string, { readonly source: Source; readonly rate: Rate }[]>()
  for (const source of sources.filter(rated)) {
    const { average, peak } = source
    const rate: Rate = { ...NOTHING, average: average ?? 0, peak: peak ?? average ?? 0, peaks: peak !== undefined }
    for (const entry of new Set(source.paths.entries)) {
      const list = startingAt.get(entry)
      if (list) list.push({ source, rate })
      else startingAt.set(entry, [{ source, rate }])
    }
  }

  function rateOver(source: Source, relation: string): Rate {
    const visit = source.visits.get(relation)
    if (!visit) return NOTHING
    const sure = sureness(source.visits).get(relation)!
    if (source.average === undefined && source.peak === undefined)
      return { ...NOTHING, sureness: 'bound', missing: [`\`rate\` of ${source.name}`] }
    const average = (source.average ?? 0) * visit.count
    const missing: string[] = []
    if (source.average === undefined) missing.push(`\`rate\` of ${source.name}`)
    if (source.peakOpen && visit.count > 0) missing.push(`\`peak\` of ${source.name}`)
    return {
      average,
      peak: (source.peak ?? source.average ?? 0) * visit.count,
      peaks: source.peak !== undefined && visit.count > 0,
      sureness: leastSure(missing.length > 0 ? 'bound' : 'exact', sure.sureness),
      missing: missing.length === 0 ? sure.missing : [...missing, ...sure.missing],
    }
  }

  const relations = memo((id: string): Rate => sum(through(id).map((source) => rateOver(source, id))))
  const sizes = memo((id: string): { readonly size?: number; readonly facts: readonly Fact[] } => sizeOf(find.relation(id)!))

  function sizeOf(relation: Relation): { readonly size?: number; readonly facts: readonly Fact[] } {
    const own = number(relation.facts, 'size')
    if (own !== undefined) return { size: own, facts: uniqueFacts([known(relation.facts, 'size')?.fact]) }
    const data = carried().on(relation.id)
    // Which of several kinds of record it is, is unknown.
    const only = data.length === 1 ? find.data(data[0]!) : undefined
    const size = only && number(only.facts, 'size')
    return { ...(size !== undefined && { size }), facts: uniqueFacts([only && known(only.facts, 'size')?.fact]) }
  }

  function bytes(relation: Relation, rate: Rate): Rate {
    if (rate.peak === 0) return rate
    const { size } = sizes(relation.id)
    if (size === undefined)
      return { ...NOTHING, sureness: 'bound', missing: [`\`size\` of what \`${nameOf(relation.from)} → ${nameOf(relation.to)}\` carries`] }
    return { ...rate, average: rate.average * size, peak: rate.peak * size }
  }

  const components = memo((id: string): ComponentLoad => componentWith(id, relations))
  const doors = memo(doorOf)

  function componentWith(id: string, brings: (relation: string) => Rate): ComponentLoad {
    return new Arriving(doors(id), brings, bytes)
  }

  function doorOf(id: string): Door {
    const component = find.component(id)
    const incoming = find.relationsTo(id).filter(bearing)
    const isBroker = component !== undefined && BROKERS.has(component.kind)
    return {
      incoming,
      reads: isBroker
        ? find.relationsFrom(id).filter((relation) => relation.verb === 'delivers' || bearing(relation))
        : incoming.filter((relation) => relation.verb === 'reads' || relation.verb === 'caches' || operation(relation) === 'read'),
      writes: incoming.filter((relation) => isWrite(relation, component)),
      // A flow that begins here and does not come by again adds its own rate to what others bring.
      begun: (startingAt.get(id) ?? []).flatMap(({ source, rate }) => (incoming.some((relation) => (source.visits.get(relation.id)?.count ?? 0) > 0) ? [] : [rate])),
    }
  }

  /** What the visits of a relation rest on themselves, and which relations lead to it, in any flow with a rate. */
  const behind = memo((id: string): { readonly facts: readonly Fact[]; readonly after: readonly string[] } => {
    const visits = through(id).flatMap((source) => (rated(source) ? (source.visits.get(id) ?? []) : []))
    const visited = (before: string): boolean => through(before).some(rated)
    return { facts: uniqueFacts(visits.flatMap(({ facts }) => facts)), after: [...new Set(visits.flatMap(({ after }) => after))].filter(visited) }
  })

  function bearing(relation: Relation): boolean {
    const load = graph.edge(relation.id)?.verb.load
    return load !== undefined && load !== 'none' && load !== 'failures'
  }

  function facts(of: { readonly relation?: string; readonly component?: string }, most = Infinity): readonly Fact[] {
    const starts =
      of.relation !== undefined
        ? [of.relation]
        : find
            .relationsTo(of.component!)
            .filter(bearing)
            .map((relation) => relation.id)
    const found: (Fact | undefined)[] = []
    for (const source of new Set(starts.flatMap((id) => through(id)))) {
      if (rated(source) && starts.some((id) => (source.visits.get(id)?.count ?? 0) > 0)) found.push(...source.facts)
    }
    if (found.length === 0) return []
    // All flows at once: a design of many would be walked once for each of them otherwise.
    const seen = new Set(starts)
    let walked = 0
    for (const id of seen) {
      if (++walked > most) break
      const { facts: own, after } = behind(id)
      found.push(...own)
      for (const before of after) seen.add(before)
    }
    return uniqueFacts(found)
  }

  function nameOf(id: string): string {
    return find.component(id)?.name ?? id
  }

  return {
    sources,
    through,
    relation: relations,
    component: components,
    componentWith,
    flowRelation(flow, relation) {
      const source = byId.get(flow)
      return source ? rateOver(source, relation) : NOTHING
    },
    facts,
  }
}

/** Those of which some run visits the relation. After a change only the others are looked through, and what is asked for. */
function throughOf(sources: readonly Source[], before: Load | undefined): Load['through'] {
  if (!before) {
    const found = new Map<string, Source[]>()
    for (const source of sources) {
      for (const id of source.visits.keys()) {
        const list = found.get(id)
        if (list) list.push(source)
        else found.set(id, [source])
      }
    }
    return (relation) => found.get(relation) ?? NO_SOURCES
  }
  const order = new Map(sources.map((source, index) => [source, index]))
  const known = new Set(before.sources)
  const fresh = sources.filter((source) => !known.has(source))
  return memo((relation) => {
    const visiting = [...before.through(relation).filter((source) => order.has(source)), ...fresh.filter(({ visits }) => visits.has(relation))]
    return visiting.length < 2 ? visiting : visiting.sort((a, b) => order.get(a)! - order.get(b)!)
  })
}

const NO_SOURCES: readonly Source[] = []

/** Relations, those before which nothing leads first; on a circle by their names. */
function upstreamFirst({ components: nodes, relations }: Model): readonly Relation[] {
  const rated = relations.filter(({ facts }) => number(facts, 'rate') !== undefined)
  if (rated.length < 2) return rated
  const index = new Map(nodes.map(({ id }, at) => [id, at]))
  const leading: number[][] = nodes.map(() => [])
  for (const { from, to } of relations) if (index.has(from) && index.has(to)) leading[index.get(to)!]!.push(index.get(from)!)
  const rank = new Map(components(nodes.length, (at) => leading[at]!).flatMap((part, at) => part.map((node) => [nodes[node]!.id, at] as const)))
  return rated.toSorted((a, b) => (rank.get(a.from) ?? 0) - (rank.get(b.from) ?? 0) || (a.id < b.id ? -1 : 1))
}

/** Average and peak as stated; a peak is also the average times a stated surge, the flow's or the design's. Never invented. */
function ratesOf(facts: Facts, design: Facts): Pick<Source, 'average' | 'peak' | 'peakOpen' | 'facts'> {
  const first = (...paths: readonly string[]): { readonly value?: number; readonly fact?: Fact } => {
    const path = paths.find((each) => number(facts, each) !== undefined)
    return path === undefined ? {} : { value: number(facts, path)!, fact: known(facts, path)!.fact }
  }
  const average = first('rate', 'rate.avg')
  const peak = first('rate.peak', 'peak')
  const open = saysUnknown(facts, 'rate.peak') || saysUnknown(facts, 'peak')
  if (average.value === undefined || peak.value !== undefined || open) {
    return {
      peakOpen: open && peak.value === undefined,
      ...(average.value !== undefined && { average: average.value }),
      // A peak below the average is a contradiction (`stated-numbers-contradict`): so much comes on average anyway.
      ...(peak.value !== undefined && { peak: Math.max(peak.value, average.value ?? 0) }),
      facts: uniqueFacts([average.fact, peak.fact]),
    }
  }
  const stating = known(facts, 'surge') ? facts : saysUnknown(facts, 'surge') ? {} : design
  const surge = number(stating, 'surge')
  return {
    average: average.value,
    peakOpen: surge === undefined && (saysUnknown(facts, 'surge') || (!known(facts, 'surge') && saysUnknown(design, 'surge'))),
    ...(surge !== undefined && { peak: average.value * Math.max(1, surge) }),
    facts: uniqueFacts([average.fact, known(stating, 'surge')?.fact]),
  }
}

const NONE: readonly string[] = []
const NOTHING: Rate = { average: 0, peak: 0, peaks: false, sureness: 'exact', missing: NONE }

export function rated(source: Source): boolean {
  return source.average !== undefined || source.peak !== undefined
}

/** By what a component is asked, and which flows begin at it. */
interface Door {
  readonly incoming: readonly Relation[]
  readonly reads: readonly Relation[]
  readonly writes: readonly Relation[]
  readonly begun: readonly Rate[]
}

/** Each kind of work is added up when somebody asks for it: most ask for one. */
class Arriving implements ComponentLoad {
  readonly #door: Door
  readonly #brings: (relation: string) => Rate
  readonly #bytes: (relation: Relation, rate: Rate) => Rate
  #all: Rate | undefined
  #reads: Rate | undefined
  #writes: Rate | undefined
  #bytesIn: Rate | undefined

  constructor(door: Door, brings: (relation: string) => Rate, bytes: (relation: Relation, rate: Rate) => Rate) {
    this.#door = door
    this.#brings = brings
    this.#bytes = bytes
  }

  get all(): Rate {
    return (this.#all ??= sum([...this.#each(this.#door.incoming), ...this.#door.begun]))
  }

  get reads(): Rate {
    return (this.#reads ??= sum(this.#each(this.#door.reads)))
  }

  get writes(): Rate {
    return (this.#writes ??= sum(this.#each(this.#door.writes)))
  }

  get bytesIn(): Rate {
    return (this.#bytesIn ??= sum(this.#door.writes.map((relation) => this.#bytes(relation, this.#brings(relation.id)))))
  }

  #each(relations: readonly Relation[]): readonly Rate[] {
    return relations.map((relation) => this.#brings(relation.id))
  }
}

/** Peaks of several flows are taken to fall together, as capacity is planned. */
export function sum(rates: readonly Rate[]): Rate {
  const moving = rates.filter((rate) => rate.peak > 0 || rate.missing.length > 0)
  if (moving.length === 0) return NOTHING
  if (moving.length === 1) return moving[0]!
  let [average, peak, peaks, sureness]: [number, number, boolean, Sureness] = [0, 0, false, 'exact']
  const missing = new Set<string>()
  for (const rate of moving) {
    average += rate.average
    peak += rate.peak
    peaks ||= rate.peaks
    sureness = leastSure(sureness, rate.sureness)
    for (const each of rate.missing) missing.add(each)
  }
  return { average, peak, peaks, sureness, missing: missing.size === 0 ? NONE : [...missing] }
}

function operation(relation: Relation): string | undefined {
  const value = known(relation.facts, 'op')?.value
  return value?.type === 'word' ? value.word : undefined
}

function isWrite(relation: Relation, component: Component | undefined): boolean {
  switch (relation.verb) {
    case 'writes':
    case 'publishes':
    case 'captures':
    case 'replicates':
      return true
    case 'delivers':
      return component !== undefined && component.kind !== 'worker'
    case 'calls':
      return operation(relation) !== undefined && operation(relation) !== 'read'
    default:
      return false
  }
}

/** A visit is no surer than what leads to it. Missing inputs are named up to a few, which is as many as anybody reads. Kept with the visits. */
function sureness(visits: Visits): ReadonlyMap<string, Sure> {
  let sure = surenesses.get(visits)
  if (!sure) surenesses.set(visits, (sure = surenessOf(visits)))
  return sure
}

interface Sure {
  readonly sureness: Sureness
  readonly missing: readonly string[]
}

const surenesses = new WeakMap<Visits, ReadonlyMap<string, Sure>>()

function surenessOf(visits: Visits): ReadonlyMap<string, Sure> {
  const found = new Map<string, { sureness: Sureness; missing: readonly string[] }>()
  for (const [id, visit] of visits) found.set(id, { sureness: visit.sureness, missing: visit.missing.slice(0, SHOWN) })
  const followers = new Map<string, string[]>()
  for (const [id, visit] of visits) {
    for (const before of visit.after) {
      const list = followers.get(before)
      if (list) list.push(id)
      else followers.set(before, [id])
    }
  }
  const queue = [...visits.keys()].filter((id) => found.get(id)!.sureness !== 'exact')
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const before = found.get(id)!
    for (const next of followers.get(id) ?? []) {
      const after = found.get(next)!
      const sure = leastSure(after.sureness, before.sureness)
      const missing = [...new Set([...after.missing, ...before.missing])].slice(0, SHOWN)
      if (sure === after.sureness && missing.length === after.missing.length) continue
      found.set(next, { sureness: sure, missing })
      queue.push(next)
    }
  }
  return found
}

const SHOWN = 5

function memo<T>(compute: (id: string) => T): (id: string) => T {
  const made = new Map<string, T>()
  return (id) => {
    const found = made.get(id)
    if (found !== undefined) return found
    const fresh = compute(id)
    made.set(id, fresh)
    return fresh
  }
}
