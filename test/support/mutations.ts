/** Designs near those that people drew: one of the corpus, with a few facts changed, added or taken away at random. */
import type { Model } from '../../src/model/model.ts'
import type { Origin } from '../../src/model/origin.ts'
import { insertIntoBody, setOnRelation, type Editable } from '../../src/rules/edits.ts'
import { vocabulary, type Property, type Subject } from '../../src/vocabulary/index.ts'
import { openText } from '../../src/workspace.ts'
import { applyFix, sliceOf } from '../rules/support.ts'
import { valueFor, type Names } from './anything.ts'
import { random } from './generator.ts'

/** Undefined where the change makes no design without a problem. */
export function mutated(text: string, seed: number): string | undefined {
  const next = random(seed)
  let changed = text
  for (let count = 1 + Math.floor(next() * 3); count > 0; count--) {
    const { model } = openText(changed)
    const edits = pick([changeValue, addProperty, addProperty, removeProperty], next)(model, changed, next)
    if (edits) changed = applyFix(changed, { edits })
  }
  if (changed === text) return undefined
  return openText(changed).problems.some(({ severity }) => severity === 'error' || severity === 'warning') ? undefined : changed
}

type Edits = readonly { readonly origin: Origin; readonly newText: string }[]

interface Place {
  readonly subject: Subject
  readonly of: { readonly kind?: string; readonly verb?: string }
  readonly editable: Editable & { readonly id: string }
}

function placesOf(model: Model): readonly Place[] {
  return [
    ...model.components.map((editable) => ({ subject: 'component' as const, of: { kind: editable.kind }, editable })),
    ...model.relations.map((editable) => ({ subject: 'relation' as const, of: { verb: editable.verb }, editable })),
    ...model.data.map((editable) => ({ subject: 'data' as const, of: {}, editable })),
    ...model.flows.map((editable) => ({ subject: 'flow' as const, of: {}, editable })),
  ]
}

function changeValue(model: Model, text: string, next: () => number): Edits | undefined {
  const stated = statedProperties(model, text)
  if (stated.length === 0) return undefined
  const { origin, name, row } = pick(stated, next)
  const value = valueFor(row.type, namesOf(model, next))
  return value === undefined ? undefined : [{ origin, newText: `${name}: ${value}` }]
}

function removeProperty(model: Model, text: string, next: () => number): Edits | undefined {
  const stated = statedProperties(model, text)
  return stated.length === 0 ? undefined : [{ origin: pick(stated, next).origin, newText: '' }]
}

function addProperty(model: Model, _text: string, next: () => number): Edits | undefined {
  const { subject, of, editable } = pick(placesOf(model), next)
  const rows = vocabulary.propertiesFor(subject, of).filter(({ name }) => name !== 'note' && !Object.hasOwn(editable.facts, name))
  const row = next() < 0.5 ? rows[Math.floor(next() * Math.min(15, rows.length))]! : pick(rows, next)
  const value = valueFor(row.type, namesOf(model, next))
  return value === undefined ? undefined : saidOf(model, { subject, editable }, row.name, value)
}

/** Where nothing is said, or only a default is known: that it is unknown. With the property's name. */
export function unknownAdded(model: Model, seed: number): { readonly name: string; readonly edits: Edits } | undefined {
  const next = random(seed)
  const { subject, of, editable } = pick(placesOf(model), next)
  const silent = vocabulary.propertiesFor(subject, of).filter(({ name }) => name !== 'note' && editable.facts[name]?.from !== 'stated')
  const { name } = pick(silent, next)
  const edits = saidOf(model, { subject, editable }, name, 'unknown')
  return edits && { name, edits }
}

function saidOf(model: Model, { subject, editable }: Pick<Place, 'subject' | 'editable'>, property: string, value: string): Edits | undefined {
  const [block, inner] = property.split('.')
  if (inner !== undefined && Object.hasOwn(editable.facts, block!)) return undefined
  if (subject === 'relation') return inner === undefined ? setOnRelation(model, model.relations.find(({ id }) => id === editable.id)!, { [property]: value }) : undefined
  return [insertIntoBody(editable, inner === undefined ? `${property}: ${value}` : `${block} { ${inner}: ${value} }`)]
}

interface Stated {
  readonly origin: Origin
  readonly name: string
  readonly row: Property
}

/** Properties that stand in the text as `name: value`. */
export function statedProperties(model: Model, text: string): readonly Stated[] {
  const seen = new Set<string>()
  return placesOf(model).flatMap(({ subject, editable }) =>
    Object.entries(editable.facts).flatMap(([path, fact]): Stated | [] => {
      if (fact.from !== 'stated' || fact.inheritedFrom !== undefined) return []
      const name = /^([\w.-]+)\s*:/.exec(sliceOf(text, fact))?.[1]
      const row = vocabulary.property(subject, path)
      const key = JSON.stringify(fact.origin.range)
      if (name === undefined || row === undefined || seen.has(key)) return []
      seen.add(key)
      return { origin: fact.origin, name, row }
    }),
  )
}

function namesOf(model: Model, next: () => number): Names {
  return { next, data: model.data.length > 0 ? model.data.map(({ name }) => name) : ['none'], containers: model.containers.map(({ name }) => name), components: model.components.map(({ kind, id }) => ({ kind, name: id })) }
}

function pick<T>(items: readonly T[], next: () => number): T {
  return items[Math.floor(next() * items.length)]!
}
