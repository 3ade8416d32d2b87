/** What schemes for ids come to (NUMBERS M27), over plain numbers: ids in 1/s, times in s. */

/** Of 365.25 days: over decades the leap days count. */
const YEAR = 365.25 * 24 * 60 * 60

/** M27: ids a second that one worker can make with a counter of so many bits a millisecond. */
export function idsPerSecond(sequenceBits: number): number {
  return 1000 * 2 ** sequenceBits
}

/** M27: workers that so many bits tell apart. */
export function workersOf(workerBits: number): number {
  return 2 ** workerBits
}

/** M27: until a timestamp of so many bits, in milliseconds, is at its end. */
export function lifetimeOf(timestampBits: number): number {
  return 2 ** timestampBits / 1000
}

/** Until a counter of so many bits is used up. */
export function counterLifetime(bits: number, rate: number): number {
  return 2 ** bits / rate
}

export function inYears(seconds: number): number {
  return seconds / YEAR
}

/** M27: how many pairs of n draws from 2^bits are expected to be alike: n(n−1)/2 of them, each alike with a chance of 2^−bits. */
export function expectedCollisions(n: number, bits: number): number {
  return (n * Math.max(0, n - 1)) / 2 / 2 ** bits
}

/** M27: the chance that two of n draws from 2^bits are alike, 1−e^(−n²/2^(bits+1)). Exact enough for small chances, too. */
export function collisionProbability(n: number, bits: number): number {
  return -Math.expm1(-(n * n) / 2 ** (bits + 1))
}

/**
 * Pairs that are expected to be alike where an id is a millisecond and so many random bits: only ids of the same millisecond can meet, so each
 * of the n has rate/1000 others to meet, counted once a pair.
 */
export function expectedCollisionsPerTick(n: number, rate: number, bits: number): number {
  return (n * (rate / 1000)) / 2 / 2 ** bits
}
