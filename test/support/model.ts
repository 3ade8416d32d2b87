/**
 * Models made without text, for tests that draw random graphs or need none of the language. Values are written as in a design:
 * `{ replicas: '3', 'key-dist': 'hot(45%)', fallback: '@db' }`, where `@` marks the name of a component and `#` that of data.
 */
import type { Component, Data, Flow, Model, Relation, Step } from '../../src/model/model.ts'
import type { Origin } from '../../src/model/origin.ts'
import type { Fact, Facts, Value } from '../../src/model/value.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'
import { valueOf } from '../../src/vocabulary/make.ts'

export type Said = Readonly<Record<string, string>>

export interface Outline {
  readonly components: readonly { readonly id: string; readonly kind: string; readonly uses?: string; readonly says?: Said }[]
  readonly relations?: readonly { readonly from: string; readonly to: string; readonly verb: string; readonly says?: Said }[]
  readonly data?: readonly { readonly id: string; readonly says?: Said }[]
  readonly flows?: readonly { readonly title: string; readonly says?: Said; readonly steps: readonly StepOutline[] }[]
}

/** The id of a relation (`a>b:calls`), or a block. */
export type StepOutline =
  | string
  | { readonly when: number | undefined; readonly steps: readonly StepOutline[] }
  | { readonly repeat: number | undefined; readonly steps: readonly StepOutline[] }
  | { readonly anyOf: readonly StepOutline[] }
  | { readonly parallel: readonly StepOutline[] }

export function modelFrom(outline: Outline): Model {
  let line = 0
  const place = (): Origin => ({
    file: 'test:/design.lintel',
    range: { start: { line: ++line, character: 0 }, end: { line, character: 10 } },
  })
  // Facts stand on lines of their own count, so that one more of them moves no statement.
  let further = 10_000
  const placeFact = (): Origin => ({
    file: 'test:/design.lintel',
    range: { start: { line: ++further, character: 0 }, end: { line: further, character: 10 } },
  })
  const declare = (id: string, says: Said | undefined, defaults: Facts = {}) => ({
    id,
    name: id,
    origin: place(),
    extent: place(),
    facts: { ...defaults, ...stated(says, placeFact) },
  })
  const components = outline.components.map(({ id, kind, uses, says }): Component => {
    const technology = uses === undefined ? undefined : { name: uses, base: vocabulary.technology(uses)?.name, origin: place() }
    return {
      ...declare(id, says, vocabulary.defaultsFor(kind, technology)),
      kind,
      writtenKind: kind,
      parts: [],
      ...(technology && { technology }),
    }
  })
  const times = new Map<string, number>()
  const relations = (outline.relations ?? []).map(({ from, to, verb, says }): Relation => {
    const base = `${from}>${to}:${verb}`
    const time = (times.get(base) ?? 0) + 1
    times.set(base, time)
    const arrow = vocabulary.verb(verb)!.verb.arrow
    const origin = place()
    return {
      id: time === 1 ? base : `${base}#${time}`,
      from,
      to,
      verb,
      inferred: false,
      arrow,
      facts: { ...vocabulary.defaultsForVerb(verb), ...stated(says, placeFact) },
      origin,
      extent: origin,
      end: origin,
    }
  })
  return {
    files: ['test:/design.lintel'],
    lets: [],
    data: (outline.data ?? []).map(({ id, says }): Data => declare(id, says)),
    containers: [],
    components,
    relations,
    flows: (outline.flows ?? []).map(({ title, says, steps }): Flow => ({
      ...declare(title, says),
      title,
      steps: steps.map((step) => stepOf(step, place)),
    })),
    scenarios: [],
    views: [],
    waivers: [],
    ownKinds: [],
    ownTechnologies: [],
    mentions: [],
  }
}

function stepOf(step: StepOutline, place: () => Origin): Step {
  const origin = place()
  if (typeof step === 'string') return { type: 'relation', relations: [step], origin }
  if ('when' in step)
    return {
      type: 'when',
      why: 'so',
      ...(step.when !== undefined && { share: step.when }),
      steps: step.steps.map((each) => stepOf(each, place)),
      origin,
    }
  if ('repeat' in step)
    return {
      type: 'repeat',
      ...(step.repeat !== undefined && { times: step.repeat }),
      steps: step.steps.map((each) => stepOf(each, place)),
      origin,
    }
  if ('anyOf' in step) return { type: 'any-of', steps: step.anyOf.map((each) => stepOf(each, place)), origin }
  return { type: 'parallel', steps: step.parallel.map((each) => stepOf(each, place)), origin }
}

function stated(says: Said | undefined, place: () => Origin): Facts {
  return Object.fromEntries(
    Object.entries(says ?? {}).map(([path, text]): [string, Fact] => [path, { from: 'stated', value: written(text), origin: place() }]),
  )
}

function written(text: string): Value {
  if (text === 'unknown') return { type: 'unknown' }
  if (text.startsWith('['))
    return {
      type: 'list',
      items: text
        .slice(1, -1)
        .split(',')
        .map((item) => written(item.trim())),
    }
  if (text.startsWith('@')) return { type: 'reference', to: { kind: 'component', id: text.slice(1) } }
  if (text.startsWith('#')) return { type: 'reference', to: { kind: 'data', id: text.slice(1) } }
  return valueOf(text)
}
