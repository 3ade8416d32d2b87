/**
 * What a captured store passes on. Where some of its writes carry an outbox row, a relay reads those rows and nothing else: a write without
 * one changes the store and tells nobody.
 */
import { protection } from '../model/facts.ts'
import type { Model, Relation } from '../model/model.ts'

/** Stores of which only rows go out, or may: one `outbox: unknown` is enough. */
export function rowStores(model: Model): ReadonlySet<string> {
  return new Set(model.relations.flatMap(({ to, facts }) => (protection(facts, 'outbox') === false ? [] : [to])))
}

export function carriesRow({ facts }: Relation): boolean {
  return protection(facts, 'outbox') === true
}
