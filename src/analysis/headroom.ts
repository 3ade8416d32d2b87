/**
 * What is left to carry the load when a place falls (NUMBERS M30), over plain numbers: `places` alike, of which one is lost, and the part of
 * their limit up to which the survivors may be loaded.
 */

/** M30: the utilisation up to which each of the places may run, so that the others can carry the load of one: (n−1)/n of what they may carry. */
export function safeUtilisation(places: number, survivorUtilisation: number): number {
  return ((places - 1) / places) * survivorUtilisation
}

/** M30: how many times the capacity that the load needs has to be there, so that one place may be lost. */
export function capacityFactor(places: number): number {
  return places / (places - 1)
}

/** M30: utilisation of those that are left, where all ran at `utilisation`. */
export function afterLoss(utilisation: number, places: number): number {
  return utilisation * capacityFactor(places)
}

/** The fewest copies, spread evenly, that carry the load with one place lost. */
export function copiesToSurvive(load: number, each: number, places: number, survivorUtilisation: number): number {
  const left = load / (each * survivorUtilisation)
  // The fullest place is the one that is lost. Rounded, so that a share that is exact in decimals is not one copy more in binary.
  let copies = Math.max(places, Math.ceil(Number((left * capacityFactor(places)).toPrecision(12))))
  while (copies - Math.ceil(copies / places) < Number(left.toPrecision(12))) copies++
  return copies
}
