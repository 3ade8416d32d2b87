/**
 * Failure units: what can fall at once, and what of each component falls with it. A component's copies, the host, zone, region, cell or
 * provider it runs in, an external. Only what the design states counts: copies or places that are not stated are never held against it.
 */
import { flag, known, list, nameOf, number, range, saysUnknown, word } from '../model/facts.ts'
import { isContainer, lookup } from '../model/lookup.ts'
import type { Component, Container, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact } from '../model/value.ts'

/** From the smallest to the largest. `copy` is one running copy of a component. */
export type Level = 'copy' | 'host' | 'external' | 'zone' | 'cell' | 'region' | 'provider'

export interface Unit {
  /** `copy:us-east.db`, `zone:us-east.a`. */
  readonly id: string
  readonly level: Level
  /** As a message says it: `` `db` ``, `` zone `a` ``, `` host `box` ``, `` the one zone of `db` ``. */
  readonly name: string
  /** Where it is declared or stated. */
  readonly at: Origin
  /** Component id → what of it falls. */
  readonly losses: ReadonlyMap<string, Loss>
}

export interface Loss {
  /** `writes`: it still answers reads. */
  readonly of: 'all' | 'writes'
  /** Why it falls: it is alone; too few are left for a quorum; nobody promotes another leader without a person. */
  readonly because: 'alone' | 'quorum' | 'manual-failover'
  /** What it was read from. */
  readonly facts: readonly Fact[]
}

export function unitsOf(model: Model): readonly Unit[] {
  const units = new Map<string, { unit: Omit<Unit, 'losses'>; losses: Map<string, Loss> }>()
  const add = (unit: Omit<Unit, 'losses'>, component: string, loss: Loss): void => {
    const made = units.get(unit.id) ?? { unit, losses: new Map<string, Loss>() }
    made.losses.set(component, loss)
    units.set(unit.id, made)
  }
  for (const component of model.components) {
    const loss = lossOfOneCopy(component)
    if (loss) add({ id: `copy:${component.id}`, level: 'copy', name: `\`${component.name}\``, at: component.origin }, component.id, loss)
    if (component.kind === 'external') {
      add({ id: `external:${component.id}`, level: 'external', name: `\`${component.name}\``, at: component.origin }, component.id, alone([]))
    }
    for (const { unit, facts } of placesOf(model, component)) if (!survives(component, unit.level)) add(unit, component.id, alone(facts))
  }
  const rank = (level: Level): number => LEVELS.indexOf(level)
  return [...units.values()].map(({ unit, losses }) => ({ ...unit, losses })).sort((a, b) => rank(a.level) - rank(b.level))
}

/** The units in which any of the components can fall, in their order: a flow knows few of all that there are. */
export function touching(units: readonly Unit[]): (components: Iterable<string>) => readonly Unit[] {
  const byComponent = new Map<string, number[]>()
  for (const [index, unit] of units.entries()) {
    for (const component of unit.losses.keys()) {
      const list = byComponent.get(component)
      if (list) list.push(index)
      else byComponent.set(component, [index])
    }
  }
  return (components) => {
    const found = new Set<number>()
    for (const component of components) for (const index of byComponent.get(component) ?? []) found.add(index)
    return [...found].sort((a, b) => a - b).map((index) => units[index]!)
  }
}

export const LEVELS: readonly Level[] = ['copy', 'host', 'external', 'zone', 'cell', 'region', 'provider']

/** The number of copies that certainly run, where the design says it: a number that is only a default is a question, not a verdict. */
export function copiesOf(component: Component): { readonly count: number; readonly fact: Fact } | undefined {
  for (const property of ['replicas', 'voters', 'n', 'replication-factor']) {
    // The word for it that comes first is the one that counts, also where it is said to be unknown.
    if (saysUnknown(component.facts, property)) return undefined
    const stated = known(component.facts, property)
    const ends = range(component.facts, property)
    if (!stated || !ends || stated.fact.from === 'default') continue
    // `1..4` runs one copy at times, on purpose: not held against it.
    return { count: ends.to === 1 ? 1 : Math.max(2, ends.from), fact: stated.fact }
  }
  return undefined
}

function lossOfOneCopy(component: Component): Loss | undefined {
  const copies = copiesOf(component)
  if (!copies || component.kind === 'client' || component.kind === 'external' || survives(component, 'copy')) return undefined
  const { count, fact } = copies
  if (count <= 1) return hasStandby(component) ? undefined : alone([fact])
  const replication = known(component.facts, 'replication')
  const scheme = word(component.facts, 'replication')
  if (scheme === 'consensus' && count - 1 < Math.floor(count / 2) + 1) return { of: 'all', because: 'quorum', facts: [fact, replication!.fact] }
  const mode = known(component.facts, 'failover.mode')
  const leads = scheme === 'leader-follower'
  if (leads && (word(component.facts, 'failover.mode') === 'manual' || word(component.facts, 'failover.mode') === 'none')) {
    return { of: 'writes', because: 'manual-failover', facts: [fact, mode!.fact] }
  }
  return undefined
}

function hasStandby(component: Component): boolean {
  if (saysUnknown(component.facts, 'standby')) return true
  return known(component.facts, 'standby') !== undefined && flag(component.facts, 'standby') !== false && number(component.facts, 'standby') !== 0
}

/** `survives: zone` on a store is its guarantee: nothing up to that size takes it down. */
function survives(component: Component, level: Level): boolean {
  if (saysUnknown(component.facts, 'survives')) return true
  const said = word(component.facts, 'survives')
  return said !== undefined && LEVELS.indexOf(said === 'replica' ? 'copy' : (said as Level)) >= LEVELS.indexOf(level)
}

function alone(facts: readonly Fact[]): Loss {
  return { of: 'all', because: 'alone', facts }
}

/** The nearest place of this kind that it stands in: the container's id. */
export function placeOf(model: Model, component: string, level: Level): string | undefined {
  return lookup(model).ancestors(component).find((ancestor) => isContainer(ancestor) && ancestor.kind === level)?.id
}

interface InUnit {
  readonly unit: Omit<Unit, 'losses'>
  readonly facts: readonly Fact[]
}

/** The places that hold all of the component's copies. */
function placesOf(model: Model, component: Component): readonly InUnit[] {
  const places: InUnit[] = []
  for (const ancestor of lookup(model).ancestors(component.id)) {
    if (!isContainer(ancestor) || !isLevel(ancestor.kind) || spansMore(component, ancestor.kind)) continue
    places.push({ unit: ofContainer(ancestor, ancestor.kind), facts: [] })
  }
  const box = known(component.facts, 'runs-on')
  const boxes = list(component.facts, 'runs-on')
  const boxName = boxes?.length === 1 ? nameOf(boxes[0]) : undefined
  if (box && boxName !== undefined && boxName !== 'none') {
    const container = lookup(model).container(boxName)
    const unit = container ? ofContainer(container, 'host') : { id: `host:${boxName}`, level: 'host' as const, name: `host \`${boxName.split('.').at(-1)}\``, at: originOf(box.fact, component.origin) }
    places.push({ unit, facts: [box.fact] })
  }
  if (places.some(({ unit }) => unit.level === 'zone')) return places
  const zone = onlyZone(component)
  if (zone) places.push(zone)
  return places
}

/** `zones: 1`, `zones: [a]`, or named replicas that all stand in one zone. */
function onlyZone(component: Component): InUnit | undefined {
  const stated = known(component.facts, 'zones')
  if (stated && stated.fact.from !== 'default') {
    const ends = range(component.facts, 'zones')
    if (ends?.to === 1) {
      return { unit: { id: `zone:of:${component.id}`, level: 'zone', name: `the one zone of \`${component.name}\``, at: originOf(stated.fact, component.origin) }, facts: [stated.fact] }
    }
    const names = (list(component.facts, 'zones') ?? []).flatMap((value) => (value.type === 'quantity' ? [] : (nameOf(value) ?? [])))
    if (names.length === 1) return { unit: namedZone(names[0]!, originOf(stated.fact, component.origin)), facts: [stated.fact] }
    return undefined
  }
  const zones = component.parts.filter((part) => part.kind === 'replica').map((part) => known(part.facts, 'zone'))
  const names = new Set(zones.map((zone) => zone && nameOf(zone.value)))
  const [only] = names
  if (zones.length < 2 || names.size !== 1 || only === undefined) return undefined
  return { unit: namedZone(only, originOf(zones[0]!.fact, component.origin)), facts: zones.map((zone) => zone!.fact) }
}

function namedZone(id: string, at: Origin): Omit<Unit, 'losses'> {
  return { id: `zone:${id}`, level: 'zone', name: `zone \`${id.split('.').at(-1)}\``, at }
}

/** `zones: 3` on a component in a zone's braces, or `regions: 2` in a region's: the larger statement is about the component itself. */
function spansMore(component: Component, level: Level): boolean {
  const property = level === 'zone' ? 'zones' : level === 'region' ? 'regions' : undefined
  if (property === undefined) return false
  if (saysUnknown(component.facts, property)) return true
  return (range(component.facts, property)?.to ?? 0) > 1 || (list(component.facts, property)?.length ?? 0) > 1
}

function ofContainer(container: Container, level: Level): Omit<Unit, 'losses'> {
  return { id: `${level}:${container.id}`, level, name: `${level} \`${container.name}\``, at: container.origin }
}

function isLevel(kind: string): kind is Level {
  return kind !== 'copy' && kind !== 'external' && (LEVELS as readonly string[]).includes(kind)
}

function originOf(fact: Fact, otherwise: Origin): Origin {
  return fact.from === 'stated' ? fact.origin : otherwise
}
