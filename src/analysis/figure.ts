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
  return all.reduce((least, each) => (RANK[each] > RANK[least] ? each : least), 'exact')
}

/** Each fact once, in the order of first use. */
export function uniqueFacts(facts: Iterable<Fact | undefined>): readonly Fact[] {
  const seen = new Set<Fact>()
  for (const fact of facts) if (fact) seen.add(fact)
  return [...seen]
}
