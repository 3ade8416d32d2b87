/**
 * Binary decision diagrams of monotone functions (AND, OR of things that work or do not), by which the probability that one is true is
 * exact although its parts share inputs: it is factored by one input after the other, and equal rests are kept once. In general the size can
 * explode, so there is a limit, beyond which the caller has to do without.
 */

/** A node's number; 0 is false and 1 is true. */
export type Formula = number

export const FALSE: Formula = 0
export const TRUE: Formula = 1

export class TooLarge extends Error {}

export interface Diagrams {
  /** An input by its rank: the smaller are decided first. */
  input(rank: number): Formula
  and(a: Formula, b: Formula): Formula
  or(a: Formula, b: Formula): Formula
  /** The probability that it is true, where each input is true with its own, independently; and how it grows with each of them. */
  probability(formula: Formula, of: readonly number[]): Chance
}

export interface Chance {
  readonly value: number
  /** By rank: by how much the value grows when the input's probability grows from 0 to 1. */
  readonly weight: readonly number[]
}

/** Throws `TooLarge` where more than `limit` nodes are needed. */
export function diagrams(limit = 5_000): Diagrams {
  const ranks: number[] = [Infinity, Infinity]
  const lows: number[] = [0, 1]
  const highs: number[] = [0, 1]
  const made = new Map<string, number>()
  const ands = new Map<number, number>()
  const ors = new Map<number, number>()

  function node(rank: number, low: Formula, high: Formula): Formula {
    if (low === high) return low
    const key = `${rank} ${low} ${high}`
    const found = made.get(key)
    if (found !== undefined) return found
    if (ranks.length >= limit) throw new TooLarge()
    made.set(key, ranks.length)
    lows.push(low)
    highs.push(high)
    return ranks.push(rank) - 1
  }

  function combine(a: Formula, b: Formula, memo: Map<number, number>, dominant: Formula): Formula {
    const neutral = dominant === FALSE ? TRUE : FALSE
    if (a === dominant || b === dominant) return dominant
    if (a === neutral || a === b) return b
    if (b === neutral) return a
    const [first, second] = a < b ? [a, b] : [b, a]
    const key = first * 2 ** 26 + second
    const found = memo.get(key)
    if (found !== undefined) return found
    const rank = Math.min(ranks[a]!, ranks[b]!)
    const [aLow, aHigh] = ranks[a] === rank ? [lows[a]!, highs[a]!] : [a, a]
    const [bLow, bHigh] = ranks[b] === rank ? [lows[b]!, highs[b]!] : [b, b]
    const result = node(rank, combine(aLow, bLow, memo, dominant), combine(aHigh, bHigh, memo, dominant))
    memo.set(key, result)
    return result
  }

  return {
    input: (rank) => node(rank, FALSE, TRUE),
    and: (a, b) => combine(a, b, ands, FALSE),
    or: (a, b) => combine(a, b, ors, TRUE),
    probability(formula, of) {
      // Nodes are made after what they point at, so their numbers are an order from the ends to the root.
      const used = new Set([formula])
      for (const at of used) if (at > TRUE) used.add(lows[at]!).add(highs[at]!)
      const inOrder = [...used].filter((at) => at > TRUE).sort((a, b) => a - b)
      const chance = new Map([[FALSE, 0], [TRUE, 1]])
      for (const at of inOrder) chance.set(at, of[ranks[at]!]! * chance.get(highs[at]!)! + (1 - of[ranks[at]!]!) * chance.get(lows[at]!)!)
      const weight = of.map(() => 0)
      const reached = new Map([[formula, 1]])
      for (const at of inOrder.toReversed()) {
        const [rank, here] = [ranks[at]!, reached.get(at) ?? 0]
        weight[rank]! += here * (chance.get(highs[at]!)! - chance.get(lows[at]!)!)
        reached.set(highs[at]!, (reached.get(highs[at]!) ?? 0) + here * of[rank]!)
        reached.set(lows[at]!, (reached.get(lows[at]!) ?? 0) + here * (1 - of[rank]!))
      }
      return { value: chance.get(formula)!, weight }
    },
  }
}
