/** How a cell of the table is made: short words, the facts behind them, and what is missing. */
import type { FlowPaths } from '../analysis/flows.ts'
import { factAt, known } from '../model/facts.ts'
import type { Component, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { writeValue } from '../model/write.ts'
import type { Cell, Claim, Evidence } from './table.ts'

export interface CellParts {
  readonly confidence?: Cell['confidence']
  readonly evidence?: Iterable<Evidence>
  readonly missing?: Iterable<string>
  readonly claimed?: readonly Claim[]
}

/** What was decided, with what decided it. */
export function stated(value: string, parts: CellParts = {}): Cell {
  return new Derived(value, true, parts.confidence ?? 'exact', parts)
}

/** Where the deciding fact is missing: nothing is put in its place, but what is known already may bound it. */
export function notStated(parts: CellParts, known?: string): Cell {
  return new Derived(known === undefined ? 'not stated' : `not stated (${known})`, false, parts.confidence ?? 'bound', parts)
}

/** The evidence is put into words when somebody looks at it, and then only as much as anybody follows up. */
class Derived implements Cell {
  readonly value: string
  readonly stated: boolean
  readonly confidence: Cell['confidence']
  readonly claimed?: readonly Claim[]
  readonly #parts: CellParts
  #evidence: readonly Evidence[] | undefined
  #missing: readonly string[] | undefined

  constructor(value: string, stated: boolean, confidence: Cell['confidence'], parts: CellParts) {
    this.value = value
    this.stated = stated
    this.confidence = confidence
    if (parts.claimed !== undefined && parts.claimed.length > 0) this.claimed = parts.claimed
    this.#parts = parts
  }

  get evidence(): readonly Evidence[] {
    return (this.#evidence ??= first(this.#parts.evidence ?? []))
  }

  get missing(): readonly string[] {
    return (this.#missing ??= first(this.#parts.missing ?? []))
  }

  toJSON(): Cell {
    const { value, stated, confidence, evidence, claimed, missing } = this
    return { value, stated, confidence, evidence, ...(claimed && { claimed }), missing }
  }
}

/** The same, with what the author says of it besides. */
export function claiming(cell: Cell, more: readonly Claim[]): Cell {
  if (more.length === 0) return cell
  const { value, stated, confidence, claimed = [] } = cell
  return new Derived(value, stated, confidence, { evidence: flatMapped([0], () => cell.evidence), missing: flatMapped([0], () => cell.missing), claimed: [...claimed, ...more] })
}

/** A design of thousands of components would send megabytes else. */
const MOST = 40

/** Each once, up to as many as anybody reads. What is said twice is the same object, or the same text. */
function first<T extends Evidence | string>(all: Iterable<T>): readonly T[] {
  const found = new Map<string, T>()
  for (const each of all) {
    const text = typeof each === 'string' ? each : each.text
    if (!found.has(text)) found.set(text, each)
    if (found.size === MOST) break
  }
  return [...found.values()]
}

/** Something to go through, as often as it is asked for, that is made on the way: most cells are never asked why. */
export function flatMapped<T, U>(all: Iterable<T>, of: (each: T) => Iterable<U>): Iterable<U> {
  return new FlatMapped(all, of)
}

class FlatMapped<T, U> implements Iterable<U> {
  readonly #all: Iterable<T>
  readonly #of: (each: T) => Iterable<U>

  constructor(all: Iterable<T>, of: (each: T) => Iterable<U>) {
    this.#all = all
    this.#of = of
  }

  *[Symbol.iterator](): Iterator<U> {
    for (const each of this.#all) yield* this.#of(each)
  }
}

export function chained<T>(...all: readonly Iterable<T>[]): Iterable<T> {
  return flatMapped(all, (each) => each)
}

/** Says whose fact it is and where it stands: `ledger: sync: semi-sync`, or by whose default. */
export interface Witness {
  of(facts: Iterable<Fact | undefined>, near?: string): Iterable<Evidence>
  /** The facts at these paths of a thing, where they are known. */
  at(id: string, facts: Facts, paths: readonly string[]): Iterable<Evidence>
}

/** Made once a model: every fact by identity, with the things that say it. A default is shared by all that have it, so `near` chooses. */
export function witnessOf(model: Model): Witness {
  interface Owner {
    readonly id: string
    readonly name: string
    readonly path: string
  }
  // A default has as many owners as there are things that leave it at that.
  let owners: Map<Fact, Owner | Map<string, Owner>> | undefined
  const names = new Map([...model.components, ...model.containers, ...model.data].map(({ id, name }) => [id, name]))
  const arrows = new Map(model.relations.map(({ id, from, to }) => [id, { from, to }]))
  const titles = new Map(model.flows.map(({ id, title }) => [id, `"${title}"`]))
  const nameOf = (id: string): string => {
    const arrow = arrows.get(id)
    return names.get(id) ?? titles.get(id) ?? (arrow ? `${names.get(arrow.from) ?? arrow.from} → ${names.get(arrow.to) ?? arrow.to}` : id === '' ? 'design' : id)
  }

  function ownersOf(): Map<Fact, Owner | Map<string, Owner>> {
    const made = new Map<Fact, Owner | Map<string, Owner>>()
    const add = (id: string, name: string, facts: Facts): void => {
      for (const path in facts) {
        const fact = facts[path]!
        const known = made.get(fact)
        const owner = { id, name, path }
        if (known === undefined) made.set(fact, owner)
        else if (!(known instanceof Map)) made.set(fact, new Map([[known.id, known], ...(known.id === id ? [] : [[id, owner] as const])]))
        else if (!known.has(id)) known.set(id, owner)
      }
    }
    if (model.design) add('', 'design', model.design.facts)
    for (const { id, name, facts } of [...model.components, ...model.containers, ...model.data]) add(id, name, facts)
    for (const { id, name, facts } of model.components.flatMap(({ parts }) => parts)) add(id, name, facts)
    for (const { id, facts } of [...model.relations, ...model.flows]) add(id, nameOf(id), facts)
    return made
  }
  const ownerOf = (fact: Fact, near: string | undefined): Owner | undefined => {
    const known = (owners ??= ownersOf()).get(fact)
    return known instanceof Map ? ((near === undefined ? undefined : known.get(near)) ?? known.values().next().value) : known
  }

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

  const ofFact = (fact: Fact | undefined, near: string | undefined): readonly Evidence[] => {
    const owner = fact && ownerOf(fact, near)
    return fact && owner ? [once(fact, owner.id, owner.name, owner.path)] : []
  }
  return {
    of: (facts, near) => flatMapped(facts, (fact) => ofFact(fact, near)),
    at: (id, facts, paths) =>
      flatMapped(paths, (path) => {
        const fact = factAt(facts, path)
        return fact ? [once(fact, id, nameOf(id), path)] : []
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

/** How many copies run, by the word of its technology. */
export function copiesWanted({ facts, name }: Component): string {
  return wanted(['voters', 'n', 'replication-factor'].find((path) => known(facts, path)) ?? 'replicas', name)
}

/** Sums of seconds keep their digits: `151s`. */
export { time } from '../analysis/staleness.ts'

export function rate(perSecond: number): string {
  return formatQuantity(quantity(perSecond, RATE))
}

/** `a, b and c`; of more than `most`, `a, b and 3 more`. */
export function listed(words: readonly string[], most = 3): string {
  const distinct = words.length > 1 ? [...new Set(words)] : words
  if (distinct.length <= 1) return distinct[0] ?? ''
  if (distinct.length <= most) return `${distinct.slice(0, -1).join(', ')} and ${distinct.at(-1)}`
  return `${distinct.slice(0, most - 1).join(', ')} and ${distinct.length - most + 1} more`
}
