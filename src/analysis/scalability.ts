/** How much more nodes do (NUMBERS M32): Gunther’s universal scalability law, over plain numbers. */

/** M32: how many times one node’s throughput N nodes have: N/(1 + σ(N − 1) + κN(N − 1)), σ for queueing at what is shared, κ for agreeing with each other. */
export function speedup(nodes: number, contention: number, coherence: number): number {
  return nodes / (1 + contention * (nodes - 1) + coherence * nodes * (nodes - 1))
}

/** M32: the number of nodes beyond which more of them do less: √((1 − σ)/κ). */
export function mostUseful(contention: number, coherence: number): number {
  return coherence === 0 ? Infinity : Math.sqrt((1 - contention) / coherence)
}
