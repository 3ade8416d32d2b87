/**
 * How unevenly keys are asked for, and what that does to shards and caches (NUMBERS M8 to M11). Pure arithmetic over plain numbers:
 * shares and ratios are 0..1.
 */

/**
 * The generalised harmonic number H(n, s) = Σ i^-s for i = 1..n. The first terms are summed, the rest is the Euler–Maclaurin
 * expansion, whose error is below 1e-12 from there on; so a billion keys cost as much as a thousand.
 */
export function harmonic(n: number, s: number): number {
  const exact = Math.min(Math.floor(n), 1000)
  let sum = 0
  for (let i = exact; i >= 1; i--) sum += i ** -s
  if (n <= exact) return sum
  const a = exact
  const integral = s === 1 ? Math.log(n / a) : (n ** (1 - s) - a ** (1 - s)) / (1 - s)
  return sum + integral + (n ** -s - a ** -s) / 2 + (s / 12) * (a ** (-s - 1) - n ** (-s - 1))
}

/** M8: the share of the i-th most asked for key of n under Zipf with exponent s. */
export function zipfShare(i: number, s: number, n: number): number {
  return i ** -s / harmonic(n, s)
}

/** M8, M10: the share that the c most asked for keys of n take together; also the best hit ratio that a cache of c keys can have. */
export function zipfTopShare(c: number, s: number, n: number): number {
  // Of less than one key, that part of the first.
  return Math.min(1, (harmonic(Math.max(1, Math.min(c, n)), s) * Math.min(1, c)) / harmonic(n, s))
}

/**
 * M9: the share of the partition that holds the hottest key, when the other keys spread evenly: s₁ + (1 − s₁)/n. Without a known number
 * of partitions only the key's own share is certain.
 */
export function hottestPartitionShare(topKey: number, partitions: number | undefined): number {
  if (partitions === undefined) return topKey
  return topKey + (1 - topKey) / partitions
}

/**
 * Into how many parts the hottest key must be cut so that its partition takes at most `limit` of all (0..1); undefined where the even
 * spread alone is more than that, so that only more partitions help.
 */
export function splitsNeeded(topKey: number, partitions: number | undefined, limit: number): number | undefined {
  const spread = partitions === undefined ? 0 : 1 / partitions
  const room = limit - spread
  if (room <= 0) return undefined
  const needed = Math.ceil((topKey * (1 - spread)) / room - 1e-9)
  return Math.max(1, needed)
}

/** M9: the share of keys that move when a `hash mod n` placement grows from n to n + 1 nodes. */
export function movedByModulo(n: number): number {
  return 1 - 1 / (n + 1)
}

/** M9: the share of keys that move when a consistent-hash ring grows from n to n + 1 nodes. */
export function movedByRing(n: number): number {
  return 1 / (n + 1)
}

/**
 * M9: expected load of the fullest of n nodes over the mean, on a ring with v places for each node. Shares of a random ring are those of n
 * gamma variables with shape v over their sum, which is independent of them; so it is the mean of their maximum over v: H(n) for one place,
 * 1 + O(√(ln n / v)) for many.
 */
export function ringImbalance(n: number, v = 1): number {
  if (v === 1) return harmonic(n, 1)
  // From there on the excess shrinks as 1/√v.
  if (v > MANY_PLACES) return 1 + (ringImbalance(n, MANY_PLACES) - 1) * Math.sqrt(MANY_PLACES / v)
  const top = 1 + 12 * Math.sqrt((1 + Math.log(n)) / v) + 20 / v
  const step = top / 2000
  let sum = 0
  for (let i = 0; i <= 2000; i++) sum += (i === 0 || i === 2000 ? 1 : i % 2 === 1 ? 4 : 2) * (1 - gammaBelow(v, v * i * step) ** n)
  return (sum * step) / 3
}

const MANY_PLACES = 512

/** The chance that a gamma variable of whole shape is below x: 1 − e^−x Σ x^k / k! for k < shape. */
function gammaBelow(shape: number, x: number): number {
  if (x === 0) return 0
  let term = -x
  let above = Math.exp(term)
  for (let k = 1; k < shape; k++) {
    term += Math.log(x / k)
    above += Math.exp(term)
  }
  return Math.max(0, 1 - above)
}

/** M2: what of `rate` gets through caches that stand one behind the other. */
export function missed(rate: number, ...hitRatios: readonly number[]): number {
  return hitRatios.reduce((left, hit) => left * (1 - hit), rate)
}

/** M11: what reaches the origin when one of n cache nodes is lost; n = 1 is the cold cache. */
export function missedWithNodeLost(rate: number, hitRatio: number, nodes: number): number {
  return rate * (1 - (hitRatio * (nodes - 1)) / nodes)
}

/** M11: how many callers recompute one key at once when it expires: its rate times the seconds that a fill takes. */
export function stampede(keyRate: number, fillTime: number): number {
  return keyRate * fillTime
}
