/**
 * Availability as plain arithmetic (NUMBERS M16 to M20). An availability is the share of the time, 0..1, in which something works. All of it
 * holds for parts that fail independently of each other; what they share is to be counted once, which `availability.ts` does.
 */

/** M16: all of them are needed. */
export function inSeries(availabilities: readonly number[]): number {
  return availabilities.reduce((product, each) => product * each, 1)
}

/** M17: any one of them is enough. */
export function redundant(availabilities: readonly number[]): number {
  return 1 - availabilities.reduce((product, each) => product * (1 - each), 1)
}

/** M17, M19: at least k of n alike; of a leaderless store k is R for reads and W for writes. */
export function kOfN(k: number, n: number, each: number): number {
  let sum = 0
  for (let up = Math.max(0, k); up <= n; up++) sum += choose(n, up) * each ** up * (1 - each) ** (n - up)
  return Math.min(1, sum)
}

/** M18: one unit that is repaired: mean time between failures, mean time to repair. */
export function repaired(mtbf: number, mttr: number): number {
  return mtbf / (mtbf + mttr)
}

/**
 * M18: another takes over, so many times a year and in so many seconds each. `coverage` is the share of failures in which that works, and
 * `single` what one alone would give in the others.
 */
export function withFailover(timesAYear: number, seconds: number, { coverage = 1, single = 1 }: { readonly coverage?: number; readonly single?: number } = {}): number {
  return 1 - (timesAYear * seconds) / YEAR - (1 - coverage) * (1 - single)
}

/** M20: seconds in which it may be down, in a year unless another period is given. */
export function downtime(availability: number, period = YEAR): number {
  return (1 - availability) * period
}

export const DAY = 24 * 60 * 60
export const YEAR = 365 * DAY
export const MONTH = 30 * DAY

function choose(n: number, k: number): number {
  let product = 1
  for (let at = 1; at <= k; at++) product *= (n - k + at) / at
  return product
}
