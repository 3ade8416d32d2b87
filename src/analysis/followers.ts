/** What becomes of one event that is written to each follower (NUMBERS M31). */
import { call, known, number, numberOf } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Carried } from './carried.ts'

/** M31: for how many seconds one event keeps its targets busy that is written to so many followers, with so much spare capacity (1/s). */
export function celebrityDrain(followers: number, spare: number): number {
  return spare <= 0 ? Infinity : followers / spare
}

/** How many writes one event becomes on a relation. */
export interface FanOut {
  readonly mean: number
  /** For the largest account; unset where nobody says. */
  readonly most?: number
  readonly facts: readonly Fact[]
}

/** `fanout: per-follower(200, 100M)`; where the largest is not stated there, what the data says of how many are attached to one. */
export function fanOutOf(model: Model, carried: Carried, relation: Relation): FanOut | undefined {
  const said = known(relation.facts, 'fanout')
  if (!said) return undefined
  const perFollower = call(relation.facts, 'fanout', 'per-follower')
  if (!perFollower) {
    const plain = number(relation.facts, 'fanout')
    return plain === undefined ? undefined : { mean: plain, most: plain, facts: [said.fact] }
  }
  const [mean, most] = perFollower.args.map(numberOf)
  if (mean === undefined) return undefined
  if (most !== undefined) return { mean, most, facts: [said.fact] }
  const degrees = carried.on(relation.id).flatMap((id) => {
    const facts = lookup(model).data(id)?.facts ?? {}
    const largest = numberOf(call(facts, 'degree', 'followers')?.args[1])
    return largest === undefined ? [] : [{ largest, fact: known(facts, 'degree')!.fact }]
  })
  const [degree] = degrees
  return { mean, ...(degrees.length === 1 && degree && { most: degree.largest }), facts: [said.fact, ...(degrees.length === 1 && degree ? [degree.fact] : [])] }
}
