/** How often disks that fail by themselves take data with them (NUMBERS M29). */

/**
 * M29: the expected losses a year of one group of three copies: one fails, a second before the first is rebuilt, a third before that:
 * ≈ 3p · (2pT) · (pT), with the annual failure rate p of a disk and the rebuild time T in years. Disks that fail together (one rack, one
 * batch, one firmware) are not in it, and are what really happens.
 */
export function tripleLoss(annualFailureRate: number, rebuildYears: number): number {
  const p = annualFailureRate
  return 3 * p * (2 * p * rebuildYears) * (p * rebuildYears)
}

/** M29: the same for many groups that are independent of each other. */
export function lossOfAny(perGroup: number, groups: number): number {
  return -Math.expm1(groups * Math.log1p(-perGroup))
}
