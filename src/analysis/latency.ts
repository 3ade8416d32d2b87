/** Times of hops that follow each other (NUMBERS M12). All times are seconds. */

export interface Percentiles {
  readonly p50: number
  readonly p99: number
}

/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.3263

/**
 * M12: the sum of independent lognormal hops, each fitted to its p50 and p99, itself taken for lognormal with the same mean and variance
 * (Fenton 1960). An estimate: Monte Carlo agrees within a percent or two.
 */
export function serialLatency(hops: readonly Percentiles[]): Percentiles {
  const spread = hops.filter((hop) => hop.p99 > hop.p50 && hop.p50 > 0)
  const fixed = hops.filter((hop) => !spread.includes(hop)).reduce((sum, hop) => sum + hop.p99, 0)
  if (spread.length === 0) return { p50: fixed, p99: fixed }
  let mean = 0
  let variance = 0
  for (const { p50, p99 } of spread) {
    const sigma2 = (Math.log(p99 / p50) / Z99) ** 2
    const own = p50 * Math.exp(sigma2 / 2)
    mean += own
    variance += own ** 2 * (Math.exp(sigma2) - 1)
  }
  const sigma2 = Math.log(1 + variance / mean ** 2)
  const median = mean / Math.exp(sigma2 / 2)
  return { p50: fixed + median, p99: fixed + median * Math.exp(Z99 * Math.sqrt(sigma2)) }
}

/** M12: the most that p99 can be, whatever depends on what: the sum of the hops' p99. */
export function serialBound(hops: readonly Percentiles[]): number {
  return hops.reduce((sum, hop) => sum + hop.p99, 0)
}
