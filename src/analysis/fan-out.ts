/** Many requests at once, of which the slowest decides (NUMBERS M13, M14), over plain numbers: probabilities are 0..1, times seconds. */
import { quantileOf, shareWithin, type Percentiles } from './latency.ts'

/** M13: the probability that at least one of n independent calls is slow, each with probability p. */
export function anySlow(p: number, n: number): number {
  return -Math.expm1(n * Math.log1p(-p))
}

/** M13: the percentile that each of n calls must keep so that all of them together keep q: q^(1/n). */
export function leafPercentile(q: number, n: number): number {
  return q ** (1 / n)
}

/**
 * M13: the percentile of one call at which `needed` of n have answered with probability q. Waiting for all of them it is q^(1/n); one that may
 * be missing already spares the slowest.
 */
export function leafPercentileFor(q: number, n: number, needed: number): number {
  if (needed >= n) return leafPercentile(q, n)
  let [low, high] = [0, 1]
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    if (atLeast(n, needed, middle) < q) low = middle
    else high = middle
  }
  return high
}

/** The probability that at least k of n calls have answered, each with probability p. Summed from the likelier end. */
function atLeast(n: number, k: number, p: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  // P(X = i) in logarithms, so that a thousand leaves do not underflow.
  let log = n * Math.log1p(-p)
  let below = 0
  for (let i = 0; i < k; i++) {
    below += Math.exp(log)
    log += Math.log(((n - i) / (i + 1)) * (p / (1 - p)))
  }
  return Math.max(0, 1 - below)
}

/** M13: the time in which `needed` of n parallel calls have answered, each with these percentiles of a lognormal. An estimate. */
export function parallelLatency(leaf: Percentiles, n: number, needed: number = n): Percentiles {
  if (n <= 1) return leaf
  const at = (q: number): number => quantileOf(leaf, leafPercentileFor(q, n, needed))
  return { p50: at(0.5), p99: at(0.99) }
}

/** M13: the time in which all of several different calls have answered: the product of their distributions. An estimate. */
export function slowestOf(leaves: readonly Percentiles[]): Percentiles {
  if (leaves.length <= 1) return leaves[0] ?? { p50: 0, p99: 0 }
  const within = (t: number): number => leaves.reduce((share, leaf) => share * shareWithin(leaf, t), 1)
  const most = leaves.reduce((far, leaf) => Math.max(far, quantileOf(leaf, leafPercentile(0.9999, leaves.length))), 0)
  return { p50: firstWith(within, 0.5, most), p99: firstWith(within, 0.99, most) }
}

/** The smallest time, up to `most`, at which a growing share is reached. */
function firstWith(share: (t: number) => number, q: number, most: number): number {
  let [low, high] = [0, most]
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2
    if (share(middle) < q) low = middle
    else high = middle
  }
  return high
}

/** M14: the probability that a call and its hedge are both slow, where they are independent. */
export function bothSlow(p: number): number {
  return p * p
}

/** M14: how many more requests a hedge sends that waits until the share `after` has answered. */
export function hedgeLoad(after: number): number {
  return 1 - after
}

/**
 * M14: a call that is sent a second time when the first has not answered after `delay`; the first answer counts. Slower than t are only those of
 * which the first is slower than t and the second slower than t − delay. An estimate: the two are taken to be independent.
 */
export function hedgedLatency(leaf: Percentiles, delay: number): Percentiles {
  const within = (t: number): number => 1 - (1 - shareWithin(leaf, t)) * (t <= delay ? 1 : 1 - shareWithin(leaf, t - delay))
  return { p50: firstWith(within, 0.5, leaf.p50), p99: firstWith(within, 0.99, leaf.p99) }
}
