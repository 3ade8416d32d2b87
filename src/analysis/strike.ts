/**
 * What a failure takes away: of each component all of it, its writes, or some of its copies, and which arrows no longer reach their end.
 * It says only what the design says; how many copies there are, or who takes over, is not assumed (NUMBERS M17–M19, CONVENTIONS 0.3).
 */
import { flag, known, list, nameOf, range } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Failing, Model } from '../model/model.ts'
import type { Edge } from './graph.ts'
import { hitOf, inAllRegions, LEVELS, type Hit, type Level, type Loss } from './hit.ts'
import { cutOf } from './network-cut.ts'
import type { Quorums } from './quorum.ts'
import { membersOf, spreadOf } from './quorum-loss.ts'
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

export interface Strike {
  readonly hits: ReadonlyMap<string, Hit>
  /** Why the needer does not reach this component over that arrow any more; unset where it does. */
  severed(edge: Edge, component: string): string | undefined
  /** Whether requests over that arrow still get there, answered or not. */
  arrives(edge: Edge, component: string): boolean
}

export function strikeOf(model: Model, quorums: Quorums, failure: Failure): Strike {
  const losses = lossesOf(model, failure.fails)
  const hits = new Map<string, Hit>()
  for (const [id, loss] of losses) {
    const component = lookup(model).component(id)
    if (component) hits.set(id, hitOf(component, loss))
  }
  const cut = cutOf(model, quorums, failure.partitions ?? [])
  for (const hit of cut.hits) if (!hits.has(hit.component)) hits.set(hit.component, hit)

  function severed(edge: Edge, component: string): string | undefined {
    return cut.between(edge.needer, component) ?? cut.refused(edge, component) ?? (component === edge.needed ? belowItsLevel(quorums, hits.get(component), edge) : undefined)
  }

  return { hits, severed, arrives: (edge, component) => hits.get(component)?.of !== 'all' && cut.between(edge.needer, component) === undefined }
}

function lossesOf(model: Model, fails: readonly Failing[]): ReadonlyMap<string, Loss> {
  const losses = new Map<string, Loss>()
  const add = (component: string, part: Partial<Loss> & Pick<Loss, 'level'>): void => {
    const before = losses.get(component)
    losses.set(component, {
      whole: (before?.whole ?? false) || (part.whole ?? false),
      copies: (before?.copies ?? 0) + (part.copies ?? 0),
      least: (before?.least ?? 0) + (part.least ?? part.copies ?? 0),
      named: new Set([...(before?.named ?? []), ...(part.named ?? [])]),
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
      if (part && owner) add(owner.id, part.kind === 'replica' ? { named: new Set([part.id]), level: 'replica' } : { shards: 1, level: 'replica' })
      break
    }
    case 'own-technology':
      for (const component of model.components) if (uses(component, target.id)) add(component.id, { whole: true, level: 'provider' })
      break
  }
}

/** A place that only its inhabitants name, or one zone or region of what is named: of all that is in it, or of a component. */
function ofPlace(model: Model, level: 'zone' | 'region' | 'host' | 'provider', name: string, add: Add): void {
  const find = lookup(model)
  const container = find.container(name)
  if (container?.kind === level) return ofThing(model, { kind: 'container', id: container.id }, add)
  const single = container ? undefined : find.component(name)
  if (single) return onePlaceOf(single, level, add)
  for (const component of model.components) {
    if (!container) inPlace(component, level, [name], false, add)
    else if (find.ancestors(component.id).some(({ id }) => id === container.id)) onePlaceOf(component, level, add)
  }
}

function onePlaceOf(component: Component, level: 'zone' | 'region' | 'host' | 'provider', add: Add): void {
  const property = level === 'region' ? 'regions' : 'zones'
  const places = range(component.facts, property)?.to ?? list(component.facts, property)?.length
  if (places === undefined) {
    // A provider that runs it over several zones does not count its copies for us.
    if (known(component.facts, 'survives') || flag(component.facts, 'managed') === true) return
    if (component.kind !== 'client' && component.kind !== 'external') add(component.id, { level, open: property })
  } else if (places <= 1) add(component.id, { whole: true, level })
  else oneOf(component, level, property, places, add)
}

/** A component that says by name where it runs, or a copy that does. */
function inPlace(component: Component, level: 'zone' | 'region' | 'host' | 'provider' | undefined, names: readonly string[], inside: boolean, add: Add): void {
  if (!level) return
  const property = { zone: 'zones', region: 'regions', host: 'runs-on', provider: 'provider' }[level]
  const said = (list(component.facts, property) ?? []).flatMap((value) => (value.type === 'quantity' ? [] : (nameOf(value) ?? [])))
  const here = (name: string): boolean => names.some((one) => one === name || one.split('.').at(-1) === name)
  if (said.some(here)) {
    if (said.length === 1) add(component.id, { whole: true, level })
    else oneOf(component, level, property as 'zones' | 'regions', said.length, add, true)
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
  if (copies.length > 0) add(component.id, { named: new Set(copies.map(({ id }) => id)), level })
}

/** The fullest of its places falls; a certain one may be another. */
function oneOf(component: Component, level: Level, property: string, places: number, add: Add, certain = false): void {
  const stated = membersOf(component)
  const members = stated && property === 'regions' ? inAllRegions(component, stated) : stated
  const spread = members && (property === 'zones' || property === 'regions') ? spreadOf(component, members, property) : undefined
  const count = members?.count ?? copiesOf(component)?.count
  const most = spread?.most ?? (count === undefined ? undefined : Math.ceil(count / places))
  if (most === undefined) add(component.id, { level, open: 'replicas' })
  else add(component.id, { copies: most, ...(certain && count !== undefined && { least: Math.floor(count / places) }), level })
}

/** `zones: 3` on a component in a zone's braces, or `regions: 2` in a region's: the larger statement is about the component itself. */
function spans(component: Component, level: string): boolean {
  const property = level === 'zone' ? 'zones' : level === 'region' ? 'regions' : undefined
  if (property === undefined) return false
  return (range(component.facts, property)?.to ?? 0) > 1 || (list(component.facts, property)?.length ?? 0) > 1
}

/** A level of the read or write itself, such as `consistency: all`, that needs more copies than are left. */
function belowItsLevel(quorums: Quorums, hit: Hit | undefined, edge: Edge): string | undefined {
  if (hit?.left === undefined || hit.count === undefined || hit.of === 'all') return undefined
  const level = quorums.level(edge.relation)
  const copies = quorums.copies(hit.component)
  if (!level || !copies) return undefined
  const { where, count } = level.answering
  const needs = `cannot answer at \`${level.name}\``
  if (where === 'anywhere') return count > hit.left ? `${needs}, which needs ${count} copies: ${hit.left} of ${hit.count} ${hit.left === 1 ? 'is' : 'are'} left` : undefined
  // A caller in another region has all of its own copies.
  if (hit.level === 'region' || hit.level === 'provider') return where === 'each' ? `${needs}, which needs copies in each region` : undefined
  const here = copies.n - (hit.count - hit.left)
  return count > here ? `${needs}, which needs ${count} copies in a region: ${Math.max(0, here)} of ${copies.n} ${here === 1 ? 'is' : 'are'} left` : undefined
}
