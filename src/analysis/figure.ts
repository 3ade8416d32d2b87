/** How sure a computed number is, and what it was computed from. */
import type { Fact } from '../model/value.ts'

/**
 * `exact`: arithmetic over what is stated. `estimate`: a usual assumption stands in for something unstated, such as that a balancer spreads
 * evenly. `bound`: something that adds to it is unknown, so that the number is what it comes to at least.
 */
export type Sureness = 'exact' | 'estimate' | 'bound'

/** What rests on an assumption is no more certain for being only a part. */
const RANK: Readonly<Record<Sureness, number>> = { exact: 0, bound: 1, estimate: 2 }

/** Of all of them together: the least sure decides. */
export function leastSure(...all: readonly Sureness[]): Sureness {
  let least: Sureness = 'exact'
  for (const each of all) if (RANK[each] > RANK[least]) least = each
  return least
}

/** Each fact once, in the order of first use. */
export function uniqueFacts(facts: Iterable<Fact | undefined>): readonly Fact[] {
  const found: Fact[] = []
  let seen: Set<Fact> | undefined
  for (const fact of facts) {
    // Mostly there are two or three: a set costs more than to look at them.
    if (fact === undefined || (seen ? seen.has(fact) : found.includes(fact))) continue
    found.push(fact)
    if (seen) seen.add(fact)
    else if (found.length > FEW) seen = new Set(found)
  }
  return found
}

const FEW = 8
