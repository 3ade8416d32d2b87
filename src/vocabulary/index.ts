/** The one vocabulary table, with its lookups. Everything that knows a word of the language knows it from here. */
import type { DefaultFact, Value } from '../model/value.ts'
import { containers, kinds } from './kinds.ts'
import { nearest } from './nearest.ts'
import { properties } from './properties/index.ts'
import { technologies } from './technologies/index.ts'
import { inferVerb, verbJoins, verbs } from './verbs.ts'
import { holdsFor, versionText } from './version.ts'
import type { ContainerWord, Kind, Property, Subject, Technology, Verb } from './vocabulary.ts'

export { callsOf, choicesOf, describeType, dimensionOf, fit, type Fit } from './fit.ts'
export { versionText } from './version.ts'
export type * from './vocabulary.ts'

export interface VerbUse {
  readonly verb: Verb
  /** True for a spelling whose arrow is written the other way round: `consumes`. */
  readonly reversed: boolean
}

/** What `uses kafka(2.8)` says; the model's `TechnologyUse` is one. */
export interface UsedTechnology {
  readonly name: string
  readonly base?: string
  readonly version?: Value
}

export interface Vocabulary {
  readonly kinds: readonly Kind[]
  readonly containers: readonly ContainerWord[]
  readonly verbs: readonly Verb[]
  readonly properties: readonly Property[]
  readonly technologies: readonly Technology[]
  /** By name or short form. */
  kind(name: string): Kind | undefined
  container(name: string): ContainerWord | undefined
  /** By name or other spelling. */
  verb(name: string): VerbUse | undefined
  /** By path or other spelling: `failover.detect`, `p99`. The row's `name` is the canonical path. */
  property(subject: Subject, path: string): Property | undefined
  /** The rows that make sense there, those that its rules ask for first on top. Without a kind or verb, all rows of the subject. */
  propertiesFor(subject: Subject, of?: { readonly kind?: string; readonly verb?: string }): readonly Property[]
  /** By name or other spelling. */
  technology(name: string): Technology | undefined
  /**
   * What is known of a component without a word in the design: the technology's facts, over its kind's. Version switches are applied; a
   * technology that the vocabulary does not know adds nothing.
   */
  defaultsFor(kind: string, technology?: UsedTechnology): Readonly<Record<string, DefaultFact>>
  /** The same for a relation, by its verb. */
  defaultsForVerb(verb: string): Readonly<Record<string, DefaultFact>>
  /** The verb that an arrow without one stands for; undefined where nothing usual runs between the two. */
  inferVerb(from: string, to: string, arrow: 'request' | 'message'): string | undefined
  /** Whether a verb may stand between two kinds. */
  verbJoins(verb: string, from: string, to: string): boolean
  /** The candidate that a misspelt word most probably meant. */
  nearest(word: string, candidates: Iterable<string>): string | undefined
}

const kindsByName = byNames(kinds, (kind) => [kind.name, ...kind.aliases])
const containersByName = byNames(containers, (container) => [container.name])
const technologiesByName = byNames(technologies, (technology) => [technology.name, ...technology.aliases])
const verbsByName = new Map<string, VerbUse>(
  verbs.flatMap((verb) => [
    [verb.name, { verb, reversed: false }] as const,
    ...verb.aliases.map((alias) => [alias.name, { verb, reversed: alias.reversed }] as const),
  ]),
)
const propertiesBySubject = new Map<Subject, Map<string, Property>>()
for (const property of properties) {
  for (const subject of property.on) {
    const rows = propertiesBySubject.get(subject) ?? new Map<string, Property>()
    propertiesBySubject.set(subject, rows)
    rows.set(property.name, property)
  }
}
// Other spellings come second, so that none ever hides a row of that name.
for (const property of properties) {
  for (const subject of property.on) {
    const rows = propertiesBySubject.get(subject)!
    for (const alias of property.aliases) if (!rows.has(alias)) rows.set(alias, property)
  }
}
const rowsBySubject = new Map([...propertiesBySubject].map(([subject, rows]) => [subject, [...new Set(rows.values())]]))
const defaultsByUse = new Map<string, Readonly<Record<string, DefaultFact>>>()

export const vocabulary: Vocabulary = deepFreeze({
  kinds,
  containers,
  verbs,
  properties,
  technologies,
  kind: (name: string) => kindsByName.get(name),
  container: (name: string) => containersByName.get(name),
  verb: (name: string) => verbsByName.get(name),
  property: (subject: Subject, path: string) => propertiesBySubject.get(subject)?.get(path),
  propertiesFor,
  technology: (name: string) => technologiesByName.get(name),
  defaultsFor,
  defaultsForVerb,
  inferVerb,
  verbJoins: (verb: string, from: string, to: string) => {
    const used = verbsByName.get(verb)
    return used !== undefined && verbJoins(used.verb, from, to)
  },
  nearest,
})

function propertiesFor(subject: Subject, of: { readonly kind?: string; readonly verb?: string } = {}): readonly Property[] {
  const rows = (rowsBySubject.get(subject) ?? []).filter(
    (row) =>
      (of.kind === undefined || row.kinds.length === 0 || row.kinds.includes(of.kind)) &&
      (of.verb === undefined || row.verbs.length === 0 || row.verbs.includes(of.verb)),
  )
  const first = (of.kind === undefined ? undefined : kindsByName.get(of.kind)?.first) ?? []
  const rank = (row: Property): number => (first.includes(row.name) ? first.indexOf(row.name) : first.length)
  return rows.toSorted((a, b) => rank(a) - rank(b))
}

function defaultsFor(kind: string, used?: UsedTechnology): Readonly<Record<string, DefaultFact>> {
  const version = versionText(used?.version)
  const key = JSON.stringify([kind, used?.name, used?.base, version])
  const made = defaultsByUse.get(key)
  if (made) return made

  const facts: Record<string, DefaultFact> = {}
  const kindRow = kindsByName.get(kind)
  for (const { property, value, confidence, source } of kindRow?.defaults ?? []) {
    facts[property] = { from: 'default', value, by: kindRow!.name, confidence, source }
  }
  const technology = used && technologiesByName.get(used.base ?? used.name)
  for (const fact of technology?.defaults ?? []) {
    if (!holdsFor(fact, used!.version)) continue
    const by = version === '' ? used!.name : `${used!.name}(${version})`
    facts[fact.property] = { from: 'default', value: fact.value, by, confidence: fact.confidence, source: fact.source }
  }
  defaultsByUse.set(key, deepFreeze(facts))
  return facts
}

function defaultsForVerb(verb: string): Readonly<Record<string, DefaultFact>> {
  const key = JSON.stringify([verb])
  const made = defaultsByUse.get(key)
  if (made) return made
  const row = verbsByName.get(verb)?.verb
  const facts: Record<string, DefaultFact> = {}
  for (const { property, value, confidence, source } of row?.defaults ?? [])
    facts[property] = { from: 'default', value, by: row!.name, confidence, source }
  defaultsByUse.set(key, deepFreeze(facts))
  return facts
}

function byNames<T>(rows: readonly T[], names: (row: T) => readonly string[]): ReadonlyMap<string, T> {
  return new Map(rows.flatMap((row) => names(row).map((name) => [name, row] as const)))
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
