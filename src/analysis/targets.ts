/** What a person may name as failing on the command line, and what it is in the design. */
import { known, list, nameOf, reference } from '../model/facts.ts'
import type { Failing, Model } from '../model/model.ts'
import { nearest } from '../vocabulary/nearest.ts'
import { uses } from './strike.ts'

/**
 * What a person may name on the command line: a component by name or label, a container, a technology, a place, `replica(db)`, `zone(us-east)`, or the
 * same in words: `a replica of db`, `zone us-east`. Several where it may mean several, none where it names nothing.
 */
export function failingNamed(model: Model, text: string): readonly Failing[] {
  const wanted = text.trim()
  const called = calledBy(wanted)
  const exact = called ? whatIsCalled(model, called) : named(model, wanted)
  if (exact.length > 0 || called) return exact
  const labelled = model.components.filter(({ label }) => label !== undefined && label.toLowerCase() === wanted.toLowerCase())
  if (labelled.length > 0) return labelled.map(({ id }) => ({ type: 'thing', target: { kind: 'component', id } }))
  const other = failingNames(model).filter((name) => name.toLowerCase() === wanted.toLowerCase())
  return other.length === 1 ? named(model, other[0]!) : []
}

/** What may have been meant by a text that names nothing. */
export function failingNear(model: Model, text: string): string | undefined {
  const called = calledBy(text.trim())
  if (!called) return nearest(text, [...failingNames(model), ...model.scenarios.map(({ title }) => title)])
  const { what, name } = called
  const near = nearest(name, what === 'replica' ? model.components.flatMap(({ id, name }) => [name, id]) : what === 'technology' ? technologies(model) : places(model, what))
  return near === undefined ? undefined : `${what}(${near})`
}

type Place = 'zone' | 'region' | 'host' | 'provider'

interface Called {
  readonly what: Place | 'replica' | 'technology'
  readonly name: string
  readonly count?: number
}

const CALLS = [
  /^(?<what>replica|zone|region|host|provider|technology)s?\((?<name>[^,()]+?)\s*(?:,\s*(?<count>\d+))?\)$/,
  /^(?:(?<count>\d+)\s+|an?\s+|the\s+)?(?<what>replica|zone|region|host|provider|technology)s?\s+(?:of\s+)?(?<name>\S+)$/,
  /^(?<all>all)\s+(?:of\s+)?(?<name>\S+)$/,
]

function calledBy(text: string): Called | undefined {
  for (const form of CALLS) {
    const groups = form.exec(text)?.groups
    if (!groups) continue
    const what = groups['all'] === undefined ? (groups['what'] as Called['what']) : 'technology'
    return { what, name: groups['name']!.trim(), ...(groups['count'] !== undefined && { count: Number(groups['count']) }) }
  }
  return undefined
}

function whatIsCalled(model: Model, { what, name, count }: Called): readonly Failing[] {
  if (what === 'technology') return model.components.some((component) => uses(component, name)) ? [{ type: 'technology', name }] : []
  if (what === 'replica') return matching(model.components, name).map(({ id }) => ({ type: 'replica', component: id, count: count ?? 1 }))
  const containers = matching(model.containers, name)
  if (containers.length > 0) return containers.map(({ id }) => ({ type: 'place', level: what, name: id }))
  if (placeNames(model, what).has(name)) return [{ type: 'place', level: what, name }]
  return what === 'zone' || what === 'region' ? matching(model.components, name).map(({ id }) => ({ type: 'place', level: what, name: id })) : []
}

function named(model: Model, text: string): readonly Failing[] {
  const things: Failing[] = [
    ...matching(model.components, text).map(({ id }) => ({ type: 'thing' as const, target: { kind: 'component' as const, id } })),
    ...matching(model.containers, text).map(({ id }) => ({ type: 'thing' as const, target: { kind: 'container' as const, id } })),
    ...matching(model.components.flatMap(({ parts }) => parts), text).map(({ id }) => ({ type: 'thing' as const, target: { kind: 'part' as const, id } })),
  ]
  if (things.length > 0) return things
  if (model.components.some((component) => uses(component, text))) return [{ type: 'technology', name: text }]
  const level = LEVELS.find((one) => placeNames(model, one).has(text))
  return level ? [{ type: 'place', level, name: text }] : []
}

const LEVELS = ['zone', 'region', 'host', 'provider'] as const

/** Everything that has a name of its own here, for a near miss. */
function failingNames(model: Model): readonly string[] {
  return [
    ...new Set([
      ...model.components.flatMap(({ id, name, parts }) => [id, name, ...parts.map((part) => part.name)]),
      ...technologies(model),
      ...model.containers.flatMap(({ id, name }) => [id, name]),
      ...LEVELS.flatMap((level) => [...placeNames(model, level)]),
    ]),
  ]
}

function technologies(model: Model): readonly string[] {
  return [...new Set(model.components.flatMap(({ technology }) => (technology ? [technology.name] : [])))]
}

/** Named by a container of its own, or only by what stands in it. */
function places(model: Model, level: Place): ReadonlySet<string> {
  return new Set([...model.containers.filter(({ kind }) => kind === level || level === 'zone').map(({ name }) => name), ...placeNames(model, level)])
}

/** The whole id, or the end of it where that is the only one: `orders`, `us-east.orders`. */
function matching<T extends { readonly id: string }>(things: readonly T[], text: string): readonly T[] {
  const exact = things.filter(({ id }) => id === text)
  return exact.length > 0 ? exact : things.filter(({ id }) => id.endsWith(`.${text}`))
}

function placeNames(model: Model, level: Place): ReadonlySet<string> {
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
