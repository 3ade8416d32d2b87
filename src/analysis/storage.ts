/** What piles up, and when it is too much (NUMBERS M22), over plain numbers: rates in 1/s, sizes in B, times in seconds. */

/** M22: bytes on disk for each byte stored: copies (or the overhead of an erasure code), indexes on top, compression taken off. */
export function bytesPerByte({ copies = 1, indexes = 0, compression = 1 }: { copies?: number; indexes?: number; compression?: number }): number {
  return (copies * (1 + indexes)) / compression
}

/** M22: what is kept after `time` of so many records a second: λ · size · min(time, retention) · overhead. */
export function stored(rate: number, size: number, time: number, overhead = 1): number {
  return rate * size * time * overhead
}

/** When what grows by `growth` B/s from `already` reaches `room`; Infinity where it never does, because older data go before. */
export function timeUntilFull(room: number, growth: number, already = 0, retention = Infinity): number {
  if (already >= room) return 0
  if (growth <= 0 || already + growth * retention < room) return Infinity
  return (room - already) / growth
}

/** M22: bits a second that so many records a second are. */
export function bitsPerSecond(rate: number, size: number): number {
  return rate * size * 8
}
