/** How long a write waits for copies elsewhere (NUMBERS M15), over plain round-trip times in seconds. */

/**
 * M15: the wait of a leader for a majority. It votes for itself, so it waits for the ⌊n/2⌋-th nearest of the others, whose round trips are
 * given; `durable` is what writing to disk takes, on each of them at the same time.
 */
export function majorityCommit(followers: readonly number[], durable = 0): number {
  return nearest(followers, Math.floor((followers.length + 1) / 2)) + durable
}

/** M15: the wait of a leader that needs `k` of its followers to have the write. */
export function followersCommit(followers: readonly number[], k: number): number {
  return nearest(followers, k)
}

/** M15: the wait for `w` of all copies where any may answer, and the coordinator asks all at once. */
export function leaderlessCommit(copies: readonly number[], w: number): number {
  return nearest(copies, w)
}

/** The k-th smallest; nothing where nobody is waited for, the farthest where there are fewer than k. */
function nearest(roundTrips: readonly number[], k: number): number {
  if (k <= 0 || roundTrips.length === 0) return 0
  const sorted = [...roundTrips].sort((a, b) => a - b)
  return sorted[Math.min(k, sorted.length) - 1]!
}
