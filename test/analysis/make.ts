/** A model made by hand, for tests of the analysis that need no text: components and relations, with facts as plain values. */
import type { Component, Flow, Model, Relation } from '../../src/model/model.ts'
import { PLAIN } from '../../src/model/quantity.ts'
import type { Facts, Value } from '../../src/model/value.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'

type Plain = number | string

const NOWHERE = { file: 'test:/made', range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } } }

export interface Made {
  /** `api: service`; facts behind it. */
  readonly components: Readonly<Record<string, readonly [kind: string, facts?: Readonly<Record<string, Plain>>]>>
  /** `a > b : verb`; facts behind it. */
  readonly relations: readonly (readonly [arrow: string, facts?: Readonly<Record<string, Plain>>])[]
  /** Title → its facts and steps, each `a > b`. */
  readonly flows?: Readonly<Record<string, { readonly facts?: Readonly<Record<string, Plain>>; readonly steps: readonly string[] }>>
}

export function make({ components, relations, flows = {} }: Made): Model {
  const declared = Object.entries(components).map(([name, [kind, facts]]): Component => ({
    id: name, name, kind, writtenKind: kind, parts: [], origin: NOWHERE, extent: NOWHERE, facts: { ...vocabulary.defaultsFor(kind), ...factsOf(facts) },
  }))
  const arrows = relations.map(([text, facts]): Relation => {
    const [from, to, verb] = text.split(/\s*[>:]\s*/) as [string, string, string]
    return { id: `${from}>${to}:${verb}`, from, to, verb, inferred: false, arrow: vocabulary.verb(verb)!.verb.arrow, facts: factsOf(facts), origin: NOWHERE, extent: NOWHERE, end: NOWHERE }
  })
  return {
    files: ['test:/made'], lets: [], data: [], containers: [], components: declared, relations: arrows, scenarios: [], views: [], waivers: [], ownKinds: [], ownTechnologies: [], mentions: [],
    flows: Object.entries(flows).map(([title, { facts, steps }]): Flow => ({
      id: title, name: title, title, origin: NOWHERE, extent: NOWHERE, facts: factsOf(facts),
      steps: steps.map((step) => {
        const [from, to] = step.split(/\s*>\s*/)
        return { type: 'relation', relations: arrows.filter((arrow) => arrow.from === from && arrow.to === to).map(({ id }) => id), origin: NOWHERE }
      }),
    })),
  }
}

function factsOf(facts: Readonly<Record<string, Plain>> = {}): Facts {
  return Object.fromEntries(Object.entries(facts).map(([path, value]) => [path, { from: 'stated', value: valueOf(value), origin: NOWHERE }]))
}

function valueOf(value: Plain): Value {
  if (typeof value === 'number') return { type: 'quantity', value, dimension: PLAIN }
  return value.startsWith('@') ? { type: 'reference', to: { kind: 'component', id: value.slice(1) } } : { type: 'word', word: value }
}
