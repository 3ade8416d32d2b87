/** How a cell of the table is made: short words, the facts behind them, and what is missing. */
import type { FlowPaths } from '../analysis/flows.ts'
import type { Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import type { Cell, Claim, Evidence } from './table.ts'

export interface CellParts {
  readonly confidence?: Cell['confidence']
  /** Taken from one by one until there is enough of it: of a large design a generator makes little of all that there would be. */
  readonly evidence?: Iterable<Evidence>
  readonly missing?: Iterable<string>
  readonly claimed?: readonly Claim[]
}

export function stated(value: string, { confidence = 'exact', evidence = [], missing = [], claimed = [] }: CellParts = {}): Cell {
  return { value, stated: true, confidence, evidence: unique(evidence), ...(claimed.length > 0 && { claimed }), missing: few(missing) }
}

/** Each made only when its turn comes. */
export function* flatMapped<T, U>(all: Iterable<T>, of: (each: T) => Iterable<U>): Iterable<U> {
  for (const each of all) yield* of(each)
}

/** More than anybody follows up; a design of thousands of components would send megabytes else. */
const MOST = 40

/** Where the deciding fact is missing: nothing is put in its place, but what is known already may bound it. */
export function notStated(parts: CellParts, known?: string): Cell {
  return { ...stated(known === undefined ? 'not stated' : `not stated (${known})`, { confidence: 'bound', ...parts }), stated: false }
}

/** Says whose fact it is and where it stands: `ledger: sync: semi-sync`, or by whose default. */
export interface Witness {
  of(facts: Iterable<Fact | undefined>, near?: string): Iterable<Evidence>
  /** The facts at these paths of a thing, where they are known. */
  at(id: string, facts: Facts, ...paths: readonly string[]): readonly Evidence[]
}

/** Made once a model: every fact by identity, with the things that say it. A default is shared by all that have it, so `near` chooses. */
export function witnessOf(model: Model): Witness {
  interface Owner {
    readonly id: string
    readonly name: string
    readonly path: string
  }
  // A default has as many owners as there are things that leave it at that.
  const owners = new Map<Fact, Owner | Map<string, Owner>>()
  const names = new Map<string, string>()
  const add = (id: string, name: string, facts: Facts): void => {
    names.set(id, name)
    for (const path in facts) {
      const fact = facts[path]!
      const known = owners.get(fact)
      const owner = { id, name, path }
      if (known === undefined) owners.set(fact, owner)
      else if (!(known instanceof Map)) owners.set(fact, new Map([[known.id, known], ...(known.id === id ? [] : [[id, owner] as const])]))
      else if (!known.has(id)) known.set(id, owner)
    }
  }
  const ownerOf = (fact: Fact, near: string | undefined): Owner | undefined => {
    const known = owners.get(fact)
    return known instanceof Map ? ((near === undefined ? undefined : known.get(near)) ?? known.values().next().value) : known
  }
  if (model.design) add('', 'design', model.design.facts)
  for (const each of [...model.components, ...model.containers, ...model.data]) add(each.id, each.name, each.facts)
  for (const component of model.components) for (const part of component.parts) add(part.id, part.name, part.facts)
  for (const relation of model.relations) {
    const name = (id: string): string => names.get(id) ?? id
    add(relation.id, `${name(relation.from)} → ${name(relation.to)}`, relation.facts)
  }
  for (const flow of model.flows) add(flow.id, `"${flow.title}"`, flow.facts)

  function write(fact: Fact, name: string, path: string): Evidence {
    const text = `${name}: ${path}: ${writeValue(fact.value)}`
    if (fact.from === 'stated') return { text, origin: fact.origin }
    return { text, by: fact.from === 'default' ? `default of ${fact.by}` : fact.how }
  }

  // One fact stands behind many cells: it is put into words once for each thing that says it.
  const written = new Map<string, Map<Fact, Evidence>>()
  function once(fact: Fact, id: string, name: string, path: string): Evidence {
    let own = written.get(id)
    if (!own) written.set(id, (own = new Map()))
    let made = own.get(fact)
    if (!made) own.set(fact, (made = write(fact, name, path)))
    return made
  }

  return {
    of: function* (facts, near) {
      for (const fact of facts) {
        const owner = fact && ownerOf(fact, near)
        if (fact && owner) yield once(fact, owner.id, owner.name, owner.path)
      }
    },
    at: (id, facts, ...paths) =>
      paths.flatMap((path) => {
        const fact = Object.hasOwn(facts, path) ? facts[path] : undefined
        return fact ? [once(fact, id, names.get(id) ?? id, path)] : []
      }),
  }
}

/** A flow's title; of the flow that a client has without one being declared, `Requests of app`. */
export function flowName(flow: FlowPaths): string {
  return flow.flow?.title ?? flow.name.replace(/^the r/, 'R').replaceAll('`', '')
}

/** `` `sync` of `ledger` ``: what to state, as a person reads it aloud. */
export function wanted(path: string, name: string): string {
  return `\`${path}\` of \`${name}\``
}

/** Sums of seconds keep their digits: `151s`. */
export { time } from '../analysis/staleness.ts'

export function rate(perSecond: number): string {
  return formatQuantity(quantity(perSecond, RATE))
}

/** `a, b and c`; of more than `most`, `a, b and 3 more`. */
export function listed(words: readonly string[], most = 3): string {
  const distinct = [...new Set(words)]
  if (distinct.length <= 1) return distinct[0] ?? ''
  if (distinct.length <= most) return `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`
  return `${distinct.slice(0, most - 1).join(', ')} and ${distinct.length - most + 1} more`
}

function unique(evidence: Iterable<Evidence>): readonly Evidence[] {
  const found = new Map<string, Evidence>()
  for (const each of evidence) {
    const key = `${each.text} ${each.by ?? ''}`
    if (!found.has(key)) found.set(key, each)
    if (found.size === MOST) break
  }
  return [...found.values()]
}

function few(words: Iterable<string>): readonly string[] {
  const found = new Set<string>()
  for (const word of words) if (found.add(word).size === MOST) break
  return [...found]
}
