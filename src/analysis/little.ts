/** Little's law (NUMBERS M7): what is in work at a time, over plain numbers. Rates are 1/s, times are seconds. */

/** M7: L = λW. Workers, connections or requests that are busy on average, whatever the distribution of the times. */
export function busy(rate: number, time: number): number {
  return rate === 0 ? 0 : rate * time
}

/** M7: after how many seconds the last of so many workers is taken, when each arrival holds one and none comes back. */
export function exhaustedAfter(workers: number, rate: number): number {
  return workers / rate
}
