/** Many that act at one moment (NUMBERS M25). Rates are 1/s, times are seconds. */

/** How far a target may be filled by those who come back, so that the others are still served. */
const FILLED = 0.8

/** M25: connections that are lost, and looked for anew, when `lost` of so many instances go. */
export function herdOf(connections: number, instances: number, lost = 1): number {
  return instances > 0 ? (connections / instances) * Math.min(lost, instances) : connections
}

/** M25: how many a second come back when they spread evenly over a window; what spreads over nothing comes within about a second. */
export function herdRate(herd: number, spread: number): number {
  return herd / Math.max(spread, 1)
}

/** M25: the window over which a herd must spread so that it fills its target no further than to four fifths: herd / (0.8·cap). */
export function spreadNeeded(herd: number, capacity: number): number {
  return herd / (FILLED * capacity)
}
