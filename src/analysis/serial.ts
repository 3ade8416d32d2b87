/** What passes a place one at a time (NUMBERS M26): a lock, a row, a leader, a sequence. Rates are 1/s, times are seconds. */

/** M26: the share of the time in which the place is taken, U = λS; from 1 on the queue in front of it only grows. */
export function serialUtilisation(rate: number, hold: number): number {
  return rate * hold
}

/** M26: the most that can pass in a second, 1/S; `together` pass at a time where they are batched. */
export function serialLimit(hold: number, together = 1): number {
  return hold > 0 ? together / hold : Infinity
}
