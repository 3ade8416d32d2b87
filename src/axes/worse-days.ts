/**
 * The bottleneck's multiple on the two days that a reviewer asks about first: with the caches cold (NUMBERS M11), and with one zone lost (M30). Both
 * count only what is known, and say nothing where that is nothing.
 */
import { admissionOf } from '../analysis/admission.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { isHeldBack, originLoadOf } from '../analysis/cold-cache.ts'
import { limitsOf, type Limit } from '../analysis/limits.ts'
import { loadWithout } from '../analysis/place-loss.ts'
import { leftOf } from '../analysis/survivors.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'

export interface WorseDay {
  /** How many times today's load fits then. */
  readonly multiple: number
  /** Id of what is full first. */
  readonly component: string
  readonly name: string
  /** Of a cold cache: its name. */
  readonly cache?: string
  facts(): readonly Fact[]
}

/** For each cache with a known origin, what that can take while the cache is cold; nothing where something holds the misses back. */
export function coldCaches(model: Model, analysis: Analysis): readonly (WorseDay & { readonly readers: readonly string[] })[] {
  return analysis.fronts.all.flatMap((front) => {
    const origin = originLoadOf(analysis.load, front)
    if (!origin || origin.capacity <= 0 || origin.reads + origin.other <= 0 || isHeldBack(model, front, origin.capacity)) return []
    return [{
      multiple: origin.capacity / (origin.reads + origin.other),
      component: front.origin.id,
      name: front.origin.name,
      cache: front.cache.name,
      readers: front.reads.map(({ id }) => id),
      facts: () => origin.facts(),
    }]
  })
}

/**
 * What each component can take when the fullest of its zones is lost. Copies spread over zones are so many fewer; where zones are drawn as places, the
 * design is computed once more without each of them, and the worst counts.
 */
export function withoutAZone(model: Model, analysis: Analysis, limits: ReadonlyMap<string, readonly Limit[]>): ReadonlyMap<string, WorseDay> {
  const found = new Map<string, WorseDay>()
  const add = (component: Component, multiple: number, facts: () => readonly Fact[]): void => {
    const known = found.get(component.id)
    if (!known || multiple < known.multiple) found.set(component.id, { multiple, component: component.id, name: component.name, facts })
  }
  for (const component of model.components) {
    const left = leftOf(component, 'zones')
    for (const limit of left ? (limits.get(component.id) ?? []) : []) {
      if (limit.of !== 'capacity' || limit.divided?.by !== 'replicas') continue
      add(component, ((limit.limit / limit.load) * left!.copies) / (left!.copies + left!.lost), () => [...limit.facts, ...left!.facts])
    }
  }
  const drawn = analysis.units.filter(({ id, level }) => level === 'zone' && lookup(model).container(id.slice('zone:'.length)) !== undefined)
  if (drawn.length > MOST_PLACES) return found
  for (const unit of drawn) {
    const arriving = admissionOf(model, loadWithout(analysis, unit))
    for (const component of model.components) {
      if (unit.losses.get(component.id)?.of === 'all') continue
      const [first] = limitsOf(component, arriving.component(component.id))
      if (first) add(component, first.limit / first.load, () => first.facts)
    }
  }
  return found
}

/** Each costs as much as the load of the whole design. */
const MOST_PLACES = 6
