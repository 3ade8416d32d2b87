/** What must always be true of the data in a store: stated on the data, or on the store itself. */
import { known, list, nameOf, numberOf, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Call, Fact, Facts, Value } from '../model/value.ts'
import { certainlyOn, dataOf, type Carried } from './carried.ts'

export type InvariantKind = 'unique' | 'non-negative' | 'at-most' | 'sum-preserved' | 'foreign-key' | 'exactly-one'

export interface Invariant {
  readonly invariant: InvariantKind
  /** As it is written: `at-most(10, user-id)`. */
  readonly text: string
  /** The field that it is about; unset for a plain number or `exactly-one`. */
  readonly field?: string
  readonly limit?: number
  /** Within what it holds: each user, each event. */
  readonly scope?: string
  /** Unset where the store states it. */
  readonly data?: string
  readonly fact: Fact
}

/** Those of the data that the store is known to hold, in the order of the text, then its own. */
export function invariantsOf(model: Model, carried: Carried, store: Component): readonly Invariant[] {
  const find = lookup(model)
  if (saysUnknown(store.facts, 'stores') || saysUnknown(store.facts, 'invariants')) return []
  const held = new Set([...dataOf(store), ...find.relationsTo(store.id).flatMap((relation) => (relation.verb === 'writes' ? certainlyOn(carried, relation) : []))])
  const ofData = model.data.filter(({ id }) => held.has(id)).flatMap(({ id, facts }) => statedIn(facts).map((each) => ({ ...each, data: id })))
  return [...ofData, ...statedIn(store.facts)]
}

function statedIn(facts: Facts): readonly Invariant[] {
  const said = known(facts, 'invariants')
  return said ? (list(facts, 'invariants') ?? []).flatMap((value) => invariantOf(value, said.fact)) : []
}

function invariantOf(value: Value, fact: Fact): Invariant | [] {
  if (value.type === 'word') return value.word === 'exactly-one' ? { invariant: 'exactly-one', text: value.word, fact } : []
  if (value.type !== 'call' || !KINDS.has(value.name)) return []
  const [first, second] = value.args
  const field = first && nameOf(first)
  const limit = numberOf(first)
  const scope = second && nameOf(second)
  return { invariant: value.name as InvariantKind, text: written(value), ...(field !== undefined && { field }), ...(limit !== undefined && { limit }), ...(scope !== undefined && { scope }), fact }
}

const KINDS: ReadonlySet<string> = new Set(['unique', 'non-negative', 'at-most', 'sum-preserved', 'foreign-key'])

function written({ name, args }: Call): string {
  return `${name}(${args.map((arg) => nameOf(arg) ?? numberOf(arg) ?? '…').join(', ')})`
}
