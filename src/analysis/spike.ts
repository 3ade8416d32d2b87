/** What a rise in load brings before help is there, over plain numbers: rates in 1/s, times in seconds. */

/**
 * Requests more than can be served while the load rises evenly from `from` to `to` within `ramp` and new capacity arrives after `ready`:
 * ∫ max(0, λ(t) − capacity) dt over that time.
 */
export function shortfall(from: number, to: number, ramp: number, capacity: number, ready: number): number {
  if (to <= capacity || ready <= 0) return 0
  const slope = ramp <= 0 ? Infinity : (to - from) / ramp
  const crosses = from >= capacity ? 0 : (capacity - from) / slope
  if (crosses >= ready) return 0
  const rising = Math.max(0, Math.min(ramp, ready) - crosses)
  const at = (t: number): number => (t >= ramp ? to : from + slope * t) - capacity
  const triangle = rising === 0 ? 0 : ((at(crosses) + at(crosses + rising)) / 2) * rising
  return triangle + (to - capacity) * Math.max(0, ready - Math.max(ramp, crosses))
}
