/** What a person may name as failing on the command line, and what it is in the design. */
import { known, list, nameOf, reference } from '../model/facts.ts'
import type { Failing, Model } from '../model/model.ts'
import { uses } from './strike.ts'

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
