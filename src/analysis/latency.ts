/** Times of hops that follow each other (NUMBERS M12). All times are seconds. */

export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** Mean and variance of a sum of independent lognormal times, and what adds to it without spread. */
export interface Moments {
  readonly mean: number
  readonly variance: number
  readonly fixed: number
}

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263

/**
 * M12: the sum of independent lognormal hops, each fitted to its p50 and p99, itself taken for lognormal with the same mean and variance
 * (Fenton 1960). An estimate: Monte Carlo agrees within a percent or two.
 */
export function serialLatency(hops: readonly Percentiles[]): Percentiles {
  return percentilesOf(sumOfMoments(hops.map(momentsOf)))
}

/** M12: the most that p99 can be, whatever depends on what: the sum of the hops' p99. */
export function serialBound(hops: readonly Percentiles[]): number {
  return hops.reduce((sum, hop) => sum + hop.p99, 0)
}

/** M12, the quick check: Σ p50 + √Σ (p99 − p50)². */
export function serialQuick(hops: readonly Percentiles[]): number {
  return hops.reduce((sum, { p50 }) => sum + p50, 0) + Math.sqrt(hops.reduce((sum, { p50, p99 }) => sum + (p99 - p50) ** 2, 0))
}

export function momentsOf(hop: Percentiles): Moments {
  if (!(hop.p99 > hop.p50 && hop.p50 > 0)) return { mean: 0, variance: 0, fixed: hop.p99 }
  const sigma2 = spreadOf(hop) ** 2
  const mean = hop.p50 * Math.exp(sigma2 / 2)
  return { mean, variance: mean ** 2 * (Math.exp(sigma2) - 1), fixed: 0 }
}

/** Of times that follow each other. */
export function sumOfMoments(all: readonly Moments[]): Moments {
  return all.reduce(
    (sum, each) => ({ mean: sum.mean + each.mean, variance: sum.variance + each.variance, fixed: sum.fixed + each.fixed }),
    NO_TIME,
  )
}

export const NO_TIME: Moments = { mean: 0, variance: 0, fixed: 0 }

/** Of the lognormal with these moments, moved by what is fixed. */
export function percentilesOf(moments: Moments): Percentiles {
  return { p50: quantileOfMoments(moments, 0.5), p99: quantileOfMoments(moments, 0.99) }
}

/** The time that the share q of requests stay below. */
export function quantileOfMoments({ mean, variance, fixed }: Moments, q: number): number {
  if (mean <= 0) return fixed
  const sigma2 = Math.log(1 + variance / mean ** 2)
  return fixed + (mean / Math.exp(sigma2 / 2)) * Math.exp(normalQuantile(q) * Math.sqrt(sigma2))
}

/** The time that the share q of requests stay below of which each share takes as long as its moments say. */
export function quantileOfMixture(parts: readonly { readonly share: number; readonly moments: Moments }[], q: number): number {
  if (parts.length === 1) return quantileOfMoments(parts[0]!.moments, q)
  const total = parts.reduce((sum, { share }) => sum + share, 0)
  const each = parts.map(({ moments }) => quantileOfMoments(moments, q))
  let [low, high] = [Math.min(...each), Math.max(...each)]
  // Where enough of them take no longer than the fastest, it is exactly that.
  if (parts.reduce((sum, { share, moments }) => sum + share * shareOfMoments(moments, low), 0) >= q * total) return low
  for (let round = 0; round < 40 && high - low > 1e-9 * high; round++) {
    const middle = (low + high) / 2
    if (parts.reduce((sum, { share, moments }) => sum + share * shareOfMoments(moments, middle), 0) < q * total) low = middle
    else high = middle
  }
  return high
}

/** The share of requests that take at most `time`. */
export function shareOfMoments({ mean, variance, fixed }: Moments, time: number): number {
  if (mean <= 0 || variance <= 0) return time >= fixed + mean ? 1 : 0
  if (time <= fixed) return 0
  const sigma2 = Math.log(1 + variance / mean ** 2)
  return normalShare((Math.log((time - fixed) / mean) + sigma2 / 2) / Math.sqrt(sigma2))
}

/** Of a lognormal fitted to a p50 and p99. */
export function quantileOf(hop: Percentiles, q: number): number {
  if (!(hop.p99 > hop.p50 && hop.p50 > 0)) return hop.p99
  return hop.p50 * Math.exp(normalQuantile(q) * spreadOf(hop))
}

/** The share of requests that take at most `time`. */
export function shareWithin(hop: Percentiles, time: number): number {
  if (!(hop.p99 > hop.p50 && hop.p50 > 0)) return time >= hop.p99 ? 1 : 0
  return time <= 0 ? 0 : normalShare(Math.log(time / hop.p50) / spreadOf(hop))
}

/** Standard deviation of the logarithm. */
function spreadOf({ p50, p99 }: Percentiles): number {
  return Math.log(p99 / p50) / Z99
}

/** The standard normal distribution, by Abramowitz and Stegun 26.2.17; good to 7 digits. */
function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const tail =
    (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z >= 0 ? 1 - tail : tail
}

/** Its inverse, by Acklam’s rational approximation (relative error below 1.2e-9); 0.99 gives the rounded value that NUMBERS uses. */
export function normalQuantile(q: number): number {
  if (q === 0.99) return Z99
  if (q <= 0) return -Infinity
  if (q >= 1) return Infinity
  if (q < 0.02425) return -tail(q)
  if (q > 1 - 0.02425) return tail(1 - q)
  const d = q - 0.5
  const r = d * d
  const above = ((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r + 2.506628277459239
  const below = ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1
  return (above * d) / below

  function tail(p: number): number {
    const s = Math.sqrt(-2 * Math.log(p))
    const above = ((((-0.007784894002430293 * s - 0.3223964580411365) * s - 2.400758277161838) * s - 2.549732539343734) * s + 4.374664141464968) * s + 2.938163982698783
    const below = (((0.007784695709041462 * s + 0.3224671290700398) * s + 2.445134137142996) * s + 3.754408661907416) * s + 1
    return -above / below
  }
}
