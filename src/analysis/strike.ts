/**
 * What a failure takes away: of each component all of it, its writes, or some of its copies, and which arrows no longer reach their end.
 * It says only what the design says; how many copies there are, or who takes over, is not assumed (NUMBERS M17–M19, CONVENTIONS 0.3).
 */
import { flag, known, list, nameOf, number, range, reference, saysUnknown, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Failing, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { Edge } from './graph.ts'
import { majority, type Quorums } from './quorum.ts'
import { membersOf, spreadOf, type Members } from './quorum-loss.ts'
import { copiesOf } from './units.ts'

export interface Failure {
  readonly fails: readonly Failing[]
  /** Component id → how many times slower, ≥ 1. */
  readonly slows?: ReadonlyMap<string, number>
  /** Flow id, or in a design without flows a client's → how many times its load, > 0. */
  readonly surges?: ReadonlyMap<string, number>
  /** Component ids; those of one group do not reach those of another. Who is in none reaches all. */
  readonly partitions?: readonly (readonly string[])[]
}

/** What the failure leaves of a component. */
export interface Hit {
  readonly component: string
  /** `some`: fewer copies, which still do its work; `shard`: a part of its keys is gone. */
  readonly of: 'all' | 'writes' | 'some' | 'shard'
  /** Copies before and after, where their number is known. */
  readonly count?: number
  readonly left?: number
  /** Until another copy leads, in seconds; `unknown` where a leader falls and the design says that another takes over, but not how fast. */
  readonly pause?: number | 'unknown'
  /** Behind the component's name: `is down`, `has 1 of 3 copies left, and a majority is 2`. */
  readonly because: string
  /** What would have to be stated to know more: `replicas`, `failover.mode`. */
  readonly missing: readonly string[]
  readonly facts: readonly Fact[]
}

export interface Strike {
  readonly hits: ReadonlyMap<string, Hit>
  /** Why the needer does not reach this component over that arrow any more; unset where it does. */
  severed(edge: Edge, component: string): string | undefined
}

export function strikeOf(model: Model, quorums: Quorums, failure: Failure): Strike {
  const losses = lossesOf(model, failure.fails)
  const hits = new Map<string, Hit>()
  for (const [id, loss] of losses) {
    const component = lookup(model).component(id)
    if (component) hits.set(id, hitOf(component, loss))
  }
  const sides = sidesOf(model, failure.partitions ?? [])

  function severed(edge: Edge, component: string): string | undefined {
    return acrossTheCut(model, sides, edge, component) ?? (component === edge.needed ? belowItsLevel(quorums, hits.get(component), edge) : undefined)
  }

  return { hits, severed }
}

/** What falls of a component: everything, or so many of its copies, and where they stood. */
interface Loss {
  whole: boolean
  copies: number
  /** A copy fell without any being named: the leader may be it. */
  shards: number
  /** The largest level that fell, for what a store says that it survives. */
  level: 'replica' | 'host' | 'zone' | 'region' | 'provider'
  /** It stands in the place, and in how many of the kind is not known. */
  open?: string
}

const LEVELS = ['replica', 'host', 'zone', 'region', 'provider'] as const

function lossesOf(model: Model, fails: readonly Failing[]): ReadonlyMap<string, Loss> {
  const losses = new Map<string, Loss>()
  const add = (component: string, part: Partial<Loss> & Pick<Loss, 'level'>): void => {
    const before = losses.get(component)
    losses.set(component, {
      whole: (before?.whole ?? false) || (part.whole ?? false),
      copies: (before?.copies ?? 0) + (part.copies ?? 0),
      shards: (before?.shards ?? 0) + (part.shards ?? 0),
      level: LEVELS[Math.max(LEVELS.indexOf(before?.level ?? 'replica'), LEVELS.indexOf(part.level))]!,
      ...((part.open ?? before?.open) !== undefined && { open: part.open ?? before?.open! }),
    })
  }
  for (const failing of fails) {
    switch (failing.type) {
      case 'thing':
        ofThing(model, failing.target, add)
        break
      case 'replica':
        add(failing.component, { copies: failing.count, level: 'replica' })
        break
      case 'place':
        ofPlace(model, failing.level, failing.name, add)
        break
      case 'technology':
        for (const component of model.components) if (uses(component, failing.name)) add(component.id, { whole: true, level: 'provider' })
        break
    }
  }
  return losses
}

type Add = (component: string, part: Partial<Loss> & Pick<Loss, 'level'>) => void

export function uses({ technology }: Component, name: string): boolean {
  return technology !== undefined && (technology.name === name || technology.base === name)
}

function ofThing(model: Model, target: { readonly kind: string; readonly id: string }, add: Add): void {
  const find = lookup(model)
  switch (target.kind) {
    case 'component':
      for (const component of model.components) {
        if (component.id === target.id || find.ancestors(component.id).some(({ id }) => id === target.id)) add(component.id, { whole: true, level: 'provider' })
      }
      break
    case 'container': {
      const container = find.container(target.id)
      if (!container) break
      const level = container.kind === 'cell' || container.kind === 'group' || container.kind === 'trust-zone' ? undefined : container.kind
      for (const component of model.components) {
        const inside = find.ancestors(component.id).some(({ id }) => id === target.id)
        if (inside && !(level && spans(component, level))) add(component.id, { whole: true, level: level ?? 'provider' })
        else if (inside || level) inPlace(component, level, [container.id, container.name], inside, add)
      }
      break
    }
    case 'part': {
      const part = find.part(target.id)
      const owner = model.components.find(({ parts }) => parts.some(({ id }) => id === target.id))
      if (part && owner) add(owner.id, part.kind === 'replica' ? { copies: 1, level: 'replica' } : { shards: 1, level: 'replica' })
      break
    }
    case 'own-technology':
      for (const component of model.components) if (uses(component, target.id)) add(component.id, { whole: true, level: 'provider' })
      break
  }
}

/** A place that only its inhabitants name, or one zone of what is named. */
function ofPlace(model: Model, level: 'zone' | 'region' | 'host' | 'provider', name: string, add: Add): void {
  const find = lookup(model)
  const container = find.container(name)
  if (container?.kind === level) return ofThing(model, { kind: 'container', id: container.id }, add)
  for (const component of model.components) {
    if (!container) {
      inPlace(component, level, [name], false, add)
      continue
    }
    if (!find.ancestors(component.id).some(({ id }) => id === container.id)) continue
    const zones = range(component.facts, 'zones')?.to ?? list(component.facts, 'zones')?.length
    if (zones === undefined) {
      // A provider that runs it over several zones does not count its copies for us.
      if (known(component.facts, 'survives') || flag(component.facts, 'managed') === true) continue
      if (component.kind !== 'client' && component.kind !== 'external') add(component.id, { level, open: 'zones' })
    } else if (zones <= 1) add(component.id, { whole: true, level })
    else oneOf(component, level, 'zones', zones, add)
  }
}

/** A component that says by name where it runs, or a copy that does. */
function inPlace(component: Component, level: 'zone' | 'region' | 'host' | 'provider' | undefined, names: readonly string[], inside: boolean, add: Add): void {
  if (!level) return
  const property = { zone: 'zones', region: 'regions', host: 'runs-on', provider: 'provider' }[level]
  const said = (list(component.facts, property) ?? []).flatMap((value) => (value.type === 'quantity' ? [] : (nameOf(value) ?? [])))
  const here = (name: string): boolean => names.some((one) => one === name || one.split('.').at(-1) === name)
  if (said.some(here)) {
    if (said.length === 1) add(component.id, { whole: true, level })
    else oneOf(component, level, property as 'zones' | 'regions', said.length, add)
    return
  }
  if (inside && spans(component, level)) {
    oneOf(component, level, property as 'zones' | 'regions', range(component.facts, property)?.to ?? 2, add)
    return
  }
  const copies = component.parts.filter((part) => {
    if (part.kind !== 'replica' || (level !== 'zone' && level !== 'region')) return false
    const place = known(part.facts, level)
    const named = place && nameOf(place.value)
    return named !== undefined && here(named)
  })
  if (copies.length > 0) add(component.id, { copies: copies.length, level })
}

/** The fullest of its places falls. */
function oneOf(component: Component, level: Loss['level'], property: string, places: number, add: Add): void {
  const members = membersOf(component)
  const spread = members && (property === 'zones' || property === 'regions') ? spreadOf(component, property === 'regions' ? inAllRegions(component, members) : members, property) : undefined
  const count = members?.count ?? copiesOf(component)?.count
  if (spread) add(component.id, { copies: spread.most, level })
  else if (count !== undefined) add(component.id, { copies: Math.ceil(count / places), level })
  else add(component.id, { level, open: 'replicas' })
}

/** Copies of a leaderless store are counted per region. */
function inAllRegions(component: Component, members: Members): Members {
  const regions = number(component.facts, 'regions') ?? list(component.facts, 'regions')?.length ?? 1
  return word(component.facts, 'replication') === 'leaderless' && members.property !== undefined && regions > 1 ? { ...members, count: members.count * regions } : members
}

/** `zones: 3` on a component in a zone's braces, or `regions: 2` in a region's: the larger statement is about the component itself. */
function spans(component: Component, level: string): boolean {
  const property = level === 'zone' ? 'zones' : level === 'region' ? 'regions' : undefined
  if (property === undefined) return false
  return (range(component.facts, property)?.to ?? 0) > 1 || (list(component.facts, property)?.length ?? 0) > 1
}

function hitOf(component: Component, loss: Loss): Hit {
  const base = { component: component.id, missing: [] as readonly string[], facts: [] as readonly Fact[] }
  if (loss.whole) return { ...base, of: 'all', because: 'is down' }
  if (loss.shards > 0) return ofShards(component, loss, base)
  const guarantee = known(component.facts, 'survives')
  const survived = word(component.facts, 'survives')
  if (guarantee && survived !== undefined && LEVELS.indexOf(survived as Loss['level']) >= LEVELS.indexOf(loss.level)) {
    return { ...base, of: 'some', because: `goes on: it survives the loss of a ${survived}`, facts: [guarantee.fact] }
  }
  const stated = membersOf(component)
  const members = stated && inAllRegions(component, stated)
  const counted = copiesOf(component)
  const count = members?.count ?? counted?.count
  if (loss.open !== undefined || count === undefined) {
    const missing = loss.open ?? 'replicas'
    return { ...base, of: 'some', because: `may be hit: its \`${missing}\` are not stated`, missing: [missing] }
  }
  const left = Math.max(0, count - loss.copies)
  const facts = uniqueFacts([...(members?.facts ?? []), counted?.fact])
  const counts = { ...base, count, left, facts }
  if (left === 0) return { ...counts, of: 'all', because: count === 1 ? 'has lost its only copy' : `has lost all ${count} copies` }
  return ofCopies(component, counts)
}

interface Counts {
  readonly component: string
  readonly missing: readonly string[]
  readonly count: number
  readonly left: number
  readonly facts: readonly Fact[]
}

/** What the copies that are left may still do, by the way they replicate. */
function ofCopies(component: Component, counts: Counts): Hit {
  const { facts } = component
  const { count, left } = counts
  const leaves = `has ${left} of ${count} copies left`
  const scheme = known(facts, 'replication')
  const fact = (...paths: readonly string[]): readonly Fact[] => uniqueFacts([...counts.facts, ...paths.map((path) => known(facts, path)?.fact)])
  const votes = component.kind === 'coordinator' || word(facts, 'replication') === 'consensus' || word(facts, 'sync') === 'quorum'
  if (votes && left < majority(count)) {
    const stale = word(facts, 'on-partition') === 'serve-stale'
    return { ...counts, of: stale ? 'writes' : 'all', because: `${leaves}, and a majority is ${majority(count)}`, facts: fact('replication', 'sync', 'on-partition') }
  }
  if (votes) return { ...counts, of: 'some', because: leaves, pause: pauseOf(component) ?? 0, facts: fact('replication', 'sync') }
  const least = number(facts, 'min-isr')
  if (least !== undefined && left < least) {
    return { ...counts, of: 'writes', because: `${leaves}, and takes a write only on ${least}`, facts: fact('min-isr', 'acks') }
  }
  // How many copies of a leaderless store must answer is each caller's choice: `severed` asks the arrow.
  if (word(facts, 'replication') !== 'leader-follower' || scheme === undefined) return { ...counts, of: 'some', because: leaves }
  return ofLeader(component, { ...counts, facts: fact('replication', 'failover.mode') }, leaves)
}

/** Under one leader nobody says which copy fell: the worst is meant, the leader. */
function ofLeader(component: Component, counts: Counts, leaves: string): Hit {
  const mode = word(component.facts, 'failover.mode')
  if (mode === 'manual' || mode === 'none') {
    const decide = number(component.facts, 'failover.decide')
    const promoted = mode === 'manual' && decide !== undefined ? { pause: decide + (number(component.facts, 'failover.promote') ?? 0) } : {}
    return { ...counts, of: 'writes', ...promoted, because: mode === 'manual' ? 'has lost its leader, and a person has to promote another' : 'has lost its leader, and nothing promotes another' }
  }
  if (mode === undefined && saysUnknown(component.facts, 'failover.mode')) return { ...counts, of: 'some', because: leaves, missing: ['failover.mode'] }
  if (mode === undefined) return { ...counts, of: 'some', because: `${leaves}; who takes over from a leader is not stated`, missing: ['failover.mode'] }
  return { ...counts, of: 'some', because: leaves, pause: pauseOf(component) ?? 'unknown' }
}

/** Detection, decision and promotion; undefined where none is stated. */
function pauseOf({ facts }: Component): number | undefined {
  const parts = ['failover.detect', 'failover.decide', 'failover.promote'].map((path) => number(facts, path))
  return parts.every((part) => part === undefined) ? undefined : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0)
}

function ofShards(component: Component, loss: Loss, base: Pick<Hit, 'component' | 'missing' | 'facts'>): Hit {
  const named = component.parts.filter(({ kind }) => kind === 'shard').length
  const count = number(component.facts, 'shards') ?? named
  if (loss.shards >= count) return { ...base, of: 'all', because: 'has lost all its shards' }
  return { ...base, of: 'shard', count, left: count - loss.shards, because: `has lost ${loss.shards} of ${count} shards` }
}

/** A level of the read or write itself, such as `consistency: all`, that needs more copies than are left. */
function belowItsLevel(quorums: Quorums, hit: Hit | undefined, edge: Edge): string | undefined {
  if (hit?.left === undefined || hit.of === 'all') return undefined
  const level = quorums.level(edge.relation)
  const copies = quorums.copies(hit.component)
  if (!level || !copies || copies.regions > 1 || level.answering.count <= hit.left) return undefined
  return `\`${level.name}\` needs ${level.answering.count} copies, and ${hit.left} of ${hit.count} are left`
}

/** Component id → the groups that it has copies in. */
type Sides = ReadonlyMap<string, ReadonlySet<number>>

function sidesOf(model: Model, groups: readonly (readonly string[])[]): Sides {
  const sides = new Map<string, Set<number>>()
  const add = (component: string, group: number): void => void sides.set(component, (sides.get(component) ?? new Set()).add(group))
  if (groups.length === 0) return sides
  const find = lookup(model)
  groups.forEach((members, group) => {
    for (const id of members) {
      if (find.component(id)) add(id, group)
      for (const component of model.components) {
        const places = find.ancestors(component.id)
        if (places.some((place) => place.id === id)) add(component.id, group)
        const container = find.container(id)
        if (!container || !isContainer(container)) continue
        const named = ['zones', 'regions'].flatMap((path) => list(component.facts, path) ?? []).flatMap((value) => (value.type === 'quantity' ? [] : (nameOf(value) ?? [])))
        const copies = component.parts.flatMap((part) => ['zone', 'region'].flatMap((path) => (known(part.facts, path) ? (nameOf(known(part.facts, path)!.value) ?? []) : [])))
        if ([...named, ...copies].some((name) => name === container.id || name === container.name)) add(component.id, group)
      }
    }
  })
  return sides
}

function acrossTheCut(model: Model, sides: Sides, edge: Edge, component: string): string | undefined {
  const [from, to] = [sides.get(edge.needer), sides.get(component)]
  if (!from || !to) return undefined
  const shared = [...from].filter((side) => to.has(side))
  const name = (id: string): string => `\`${lookup(model).component(id)?.name ?? id}\``
  if (shared.length === 0) return `the network between ${name(edge.needer)} and ${name(component)} is cut`
  // A store with copies on both sides: the side without a majority takes no writes.
  if (to.size < 2 || from.size > 1) return undefined
  const store = lookup(model).component(component)!
  const refuses = word(store.facts, 'on-partition') === 'refuse-minority' || word(store.facts, 'replication') === 'consensus'
  const writes = edge.verb.name === 'writes' || edge.verb.name === 'locks' || edge.verb.name === 'publishes'
  const count = membersOf(store)?.count ?? to.size
  const here = store.parts.filter((part) => part.kind === 'replica').length > 0 ? undefined : Math.floor(count / to.size)
  if (refuses && writes && here !== undefined && here < majority(count)) return `${name(component)} takes no writes on the side without a majority`
  return undefined
}

/** What a person may name on the command line: a component, a container, a technology, a place, `replica(db)`, `zone(us-east)`. */
export function failingNamed(model: Model, text: string): readonly Failing[] {
  const called = /^(replica|zone|region|host|provider|technology)\((.+?)(?:,\s*(\d+))?\)$/.exec(text.trim())
  if (called) {
    const [, what, name, count] = called as unknown as [string, string, string, string | undefined]
    if (what === 'technology') return model.components.some((component) => uses(component, name)) ? [{ type: 'technology', name }] : []
    if (what === 'replica') return matching(model.components, name).map(({ id }) => ({ type: 'replica', component: id, count: Number(count ?? 1) }))
    const containers = matching(model.containers, name)
    if (containers.length > 0) return containers.map(({ id }) => ({ type: 'place', level: what as 'zone', name: id }))
    return placeNames(model, what as 'zone').has(name) ? [{ type: 'place', level: what as 'zone', name }] : []
  }
  const things: Failing[] = [
    ...matching(model.components, text).map(({ id }) => ({ type: 'thing' as const, target: { kind: 'component' as const, id } })),
    ...matching(model.containers, text).map(({ id }) => ({ type: 'thing' as const, target: { kind: 'container' as const, id } })),
    ...matching(model.components.flatMap(({ parts }) => parts), text).map(({ id }) => ({ type: 'thing' as const, target: { kind: 'part' as const, id } })),
  ]
  if (things.length > 0) return things
  if (model.components.some((component) => uses(component, text))) return [{ type: 'technology', name: text }]
  const level = (['zone', 'region', 'host', 'provider'] as const).find((one) => placeNames(model, one).has(text))
  return level ? [{ type: 'place', level, name: text }] : []
}

/** Everything that `failingNamed` knows, for a near miss. */
export function failingNames(model: Model): readonly string[] {
  return [
    ...model.components.flatMap(({ id, name, technology }) => [id, name, ...(technology ? [technology.name] : [])]),
    ...model.containers.flatMap(({ id, name }) => [id, name]),
    ...(['zone', 'region', 'host', 'provider'] as const).flatMap((level) => [...placeNames(model, level)]),
  ]
}

/** The whole id, or the end of it where that is the only one: `orders`, `us-east.orders`. */
function matching<T extends { readonly id: string }>(things: readonly T[], text: string): readonly T[] {
  const exact = things.filter(({ id }) => id === text)
  return exact.length > 0 ? exact : things.filter(({ id }) => id.endsWith(`.${text}`))
}

function placeNames(model: Model, level: 'zone' | 'region' | 'host' | 'provider'): ReadonlySet<string> {
  const property = { zone: 'zones', region: 'regions', host: 'runs-on', provider: 'provider' }[level]
  const names = new Set<string>()
  for (const { facts, parts } of model.components) {
    for (const value of list(facts, property) ?? []) if (value.type !== 'quantity') for (const name of [nameOf(value)]) if (name !== undefined && name !== 'none') names.add(name)
    for (const part of parts) {
      const place = level === 'zone' || level === 'region' ? known(part.facts, level) : undefined
      const name = place && nameOf(place.value)
      if (name !== undefined) names.add(name)
    }
  }
  for (const component of model.components) {
    const box = reference(component.facts, property)
    if (box) names.add(box.id)
  }
  return names
}
