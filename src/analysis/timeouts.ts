/** How long a caller can be kept waiting (NUMBERS M24), over plain seconds. */

/** M24: what one component may be at work for: its own time, and for each that it calls all tries and the waits between them. */
export function longestWork(own: number, calls: readonly { readonly timeout: number; readonly attempts: number; readonly backoff?: number }[]): number {
  return own + calls.reduce((sum, { timeout, attempts, backoff = 0 }) => sum + timeout * attempts + backoff, 0)
}

/** M24: whether the caller of it gives up before. */
export function isInverted(timeout: number, work: number): boolean {
  return timeout < work
}
