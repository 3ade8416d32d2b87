/** What keeping several copies costs (NUMBERS M4), over plain numbers: rates in 1/s. */

/**
 * M4: utilisation of the leader and of each replica under one leader. Every copy applies every write; only reads divide. `readers` is the
 * number of copies that the reads are spread over, the leader not among them.
 */
export function leaderFollower(
  load: { reads: number; writes: number },
  readers: number,
  capacity: number,
): { leader: number; replica: number } {
  return {
    leader: (load.writes + (readers === 0 ? load.reads : 0)) / capacity,
    replica: (load.writes + (readers === 0 ? 0 : load.reads / readers)) / capacity,
  }
}

/** M4: operations that each of `nodes` takes in a leaderless store: each write goes to all n copies, each read to `readsSent` of them. */
export function leaderlessNodeLoad(load: { reads: number; writes: number }, n: number, readsSent: number, nodes: number): number {
  return (load.writes * n + load.reads * readsSent) / nodes
}

/** M4: bytes kept for each byte stored under erasure coding with k data and m parity fragments. */
export function erasureOverhead(k: number, m: number): number {
  return (k + m) / k
}
