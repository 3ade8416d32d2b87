/**
 * Numbers with units. Everything is held in base units: seconds, bytes, and plain counts; a rate is a count or a size per second.
 * The dimension is the pair of exponents of time and data, so arithmetic is unit-checked by adding and comparing exponents.
 */
export interface Dimension {
  /** Exponent of time in seconds: a rate has -1. */
  readonly time: number
  /** Exponent of data in bytes: a bandwidth has 1, with time -1. */
  readonly data: number
}

export interface Quantity {
  readonly type: 'quantity'
  /** In base units: s, B, 1, 1/s, B/s. Finite. */
  readonly value: number
  readonly dimension: Dimension
  /** How it was written, where it was written as one literal (`92%`, `10min`): shown back to the person in their own unit. */
  readonly text?: string
}

export const PLAIN: Dimension = { time: 0, data: 0 }
export const DURATION: Dimension = { time: 1, data: 0 }
export const RATE: Dimension = { time: -1, data: 0 }
export const SIZE: Dimension = { time: 0, data: 1 }
export const BANDWIDTH: Dimension = { time: -1, data: 1 }
