/** What retries do to load (NUMBERS M3), over plain numbers. `attempts` is 1 + retries; probabilities and budgets are 0..1. */

/** M3: mean attempts of one call when each fails with probability p on its own: (1 − p^a)/(1 − p). */
export function expectedAttempts(p: number, attempts: number): number {
  if (p >= 1) return attempts
  return Number.isFinite(attempts) ? (1 - p ** attempts) / (1 - p) : 1 / (1 - p)
}

/** M3: attempts that reach the bottom of a stack of retrying layers while the bottom fails. */
export function worstAttempts(layers: readonly number[]): number {
  return layers.reduce((product, attempts) => product * attempts, 1)
}

/** Attempts that a layer can add while everything fails, when a retry budget lets it repeat only a share of its calls. */
export function attemptsUnderBudget(attempts: number, budget: number): number {
  return Math.min(attempts, 1 + budget)
}
