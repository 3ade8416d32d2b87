/**
 * What a consumer of a queue or log can do, and how its backlog grows and drains (NUMBERS M5). Pure arithmetic: rates in 1/s, times in
 * seconds.
 */

/** How many messages are worked on at once: no more than there are handlers, partitions to read and keys to tell apart. */
export function usableParallelism(handlers: number, partitions = Infinity, keys = Infinity): number {
  return Math.min(handlers, partitions, keys)
}

/** μ, messages a second: each of `parallelism` handlers takes `batch` of them in `time`. */
export function consumerRate(parallelism: number, batch: number, time: number): number {
  return time > 0 ? (parallelism * batch) / time : Infinity
}

/** Messages that wait after an outage. */
export function backlogAfter(outage: number, arrival: number): number {
  return arrival * outage
}

/** How long a backlog takes to be worked off while new messages arrive: λd/(μ − λ); endless where they arrive as fast as they are done. */
export function drainTime(backlog: number, arrival: number, rate: number): number {
  if (backlog <= 0) return 0
  return rate > arrival ? backlog / (rate - arrival) : Infinity
}

/** By how many messages a second the backlog grows; 0 where the consumer keeps up. */
export function lagGrowth(arrival: number, rate: number): number {
  return Math.max(0, arrival - rate)
}

/** When the oldest unread message reaches the age at which it is deleted: its age grows by 1 − μ/λ a second. */
export function lossAfter(retention: number, arrival: number, rate: number): number {
  return arrival > rate ? retention / (1 - rate / arrival) : Infinity
}

/** How many handlers, each on its own partition, keep up with the arrivals when each is busy for at most `utilisation` (0..1) of the time. */
export function parallelismNeeded(arrival: number, batch: number, time: number, utilisation = 1): number {
  // Twenty exactly is twenty, whatever the last bit says.
  return Math.ceil((arrival * time) / (batch * utilisation) - 1e-9)
}
