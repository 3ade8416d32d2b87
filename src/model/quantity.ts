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

/** What is wrong with a literal or an operation, in words that fit behind the place where it stands. */
export interface QuantityError {
  readonly error: string
}

export const PLAIN: Dimension = Object.freeze({ time: 0, data: 0 })
export const DURATION: Dimension = Object.freeze({ time: 1, data: 0 })
export const RATE: Dimension = Object.freeze({ time: -1, data: 0 })
export const SIZE: Dimension = Object.freeze({ time: 0, data: 1 })
export const BANDWIDTH: Dimension = Object.freeze({ time: -1, data: 1 })

/**
 * Reads one literal as LANGUAGE.md §6 writes them: `12`, `2k`, `400/s`, `100M/day`, `500rps`, `10min`, `2MB`, `4KiB`, `1Gb/s`, `92%`,
 * `three nines`. A year has 365 days, a KB 1,000 bytes and a KiB 1,024, a `b` is a bit.
 *
 * `B` alone is ambiguous: it is a billion (`1B`), and bytes only where `expected` says that data is wanted (`size: 200B`); `200bytes` is
 * always bytes.
 */
export function parseQuantity(text: string, expected?: Dimension): Quantity | QuantityError {
  const written = text.trim()
  const nines = NINES.exec(written)
  if (nines) return literal(1 - 10 ** -NINE_WORDS.indexOf(nines[1]!.toLowerCase()), PLAIN, written)

  const match = LITERAL.exec(written)
  if (!match) return { error: `\`${written}\` is not a number with a unit` }
  const amount = Number(match[1])
  const unit = unitOf(match[2]!, expected)
  if ('error' in unit) return unit
  return literal(amount * unit.factor, unit.dimension, written)
}

export function add(a: Quantity, b: Quantity): Quantity | QuantityError {
  return alike('+', a, b) ?? result(a.value + b.value, a.dimension)
}

export function subtract(a: Quantity, b: Quantity): Quantity | QuantityError {
  return alike('-', a, b) ?? result(a.value - b.value, a.dimension)
}

export function multiply(a: Quantity, b: Quantity): Quantity | QuantityError {
  return result(a.value * b.value, { time: a.dimension.time + b.dimension.time, data: a.dimension.data + b.dimension.data })
}

export function divide(a: Quantity, b: Quantity): Quantity | QuantityError {
  if (b.value === 0) return { error: 'division by zero' }
  return result(a.value / b.value, { time: a.dimension.time - b.dimension.time, data: a.dimension.data - b.dimension.data })
}

export function negate(a: Quantity): Quantity {
  return quantity(-a.value, a.dimension)
}

/** A quantity in base units (s, B, 1/s, B/s). */
export function quantity(value: number, dimension: Dimension = PLAIN): Quantity {
  return { type: 'quantity', value: value === 0 ? 0 : value, dimension }
}

export function sameDimension(a: Dimension, b: Dimension): boolean {
  return a.time === b.time && a.data === b.data
}

export function isQuantityError(result: Quantity | QuantityError): result is QuantityError {
  return 'error' in result
}

/** The dimension with its base unit, as messages name it: `rate (1/s)`, `size (B)`, `number (1)`, else the bare unit `s·B`. */
export function dimensionName(dimension: Dimension): string {
  const named = NAMED.find(([, candidate]) => sameDimension(candidate, dimension))
  return named ? `${named[0]} (${named[2]})` : baseUnit(dimension)
}

/**
 * As a person would write it: the literal itself where it was one, else three significant digits in a unit that keeps the number short
 * (`11.6k/s`, `3.65EB`, `90s`, `2/day`). `as` picks percent for ratios and availabilities, whose nines are never rounded away.
 */
export function formatQuantity(q: Quantity, as?: 'ratio' | 'availability'): string {
  if (q.text !== undefined) return q.text
  if (as !== undefined && sameDimension(q.dimension, PLAIN)) return percent(q.value, as)
  if (q.value < 0) return `-${formatQuantity(quantity(-q.value, q.dimension))}`
  if (sameDimension(q.dimension, PLAIN)) return scaled(q.value, COUNT_STEPS)
  if (sameDimension(q.dimension, DURATION)) return duration(q.value)
  if (sameDimension(q.dimension, RATE)) return perTime(q.value, COUNT_STEPS)
  if (sameDimension(q.dimension, SIZE)) return scaled(q.value, BYTE_STEPS)
  if (sameDimension(q.dimension, BANDWIDTH)) return perTime(q.value, BYTE_STEPS)
  return `${scaled(q.value, COUNT_STEPS)} ${baseUnit(q.dimension)}`
}

/** A bandwidth in bits, as networks are bought: `185Gb/s`. */
export function formatBits(q: Quantity): string {
  return perTime(q.value * 8, BIT_STEPS)
}

/** With its equivalent where people use two units for the same thing: `23.1GB/s = 185Gb/s`. */
export function describeQuantity(q: Quantity): string {
  const text = formatQuantity(q)
  if (!sameDimension(q.dimension, BANDWIDTH)) return text
  const bytes = formatQuantity(quantity(q.value, q.dimension))
  const bits = formatBits(q)
  return text === bits || text === bytes ? `${bytes} = ${bits}` : `${text} = ${bytes} = ${bits}`
}

interface Unit {
  readonly factor: number
  readonly dimension: Dimension
}

const LITERAL = /^([+-]?\d+(?:\.\d+)?)\s*(\S*)$/
const NINE_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const NINES = new RegExp(`^(${NINE_WORDS.slice(1).join('|')}) nines?$`, 'i')

const MULTIPLIERS: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, B: 1e9, T: 1e12 }

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** 365 days, as back-of-the-envelope calculations count. */
const YEAR = 365 * DAY

const TIMES: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: MINUTE,
  min: MINUTE,
  minute: MINUTE,
  minutes: MINUTE,
  h: HOUR,
  hour: HOUR,
  hours: HOUR,
  d: DAY,
  day: DAY,
  days: DAY,
  w: 7 * DAY,
  week: 7 * DAY,
  weeks: 7 * DAY,
  y: YEAR,
  year: YEAR,
  years: YEAR,
}

const SIZES: Readonly<Record<string, number>> = sizes()

function sizes(): Record<string, number> {
  const table: Record<string, number> = { byte: 1, bytes: 1, bit: 1 / 8, bits: 1 / 8 }
  for (const [index, letter] of ['K', 'M', 'G', 'T', 'P', 'E'].entries()) {
    table[`${letter}B`] = 1000 ** (index + 1)
    table[`${letter}iB`] = 1024 ** (index + 1)
    table[`${letter}b`] = 1000 ** (index + 1) / 8
    table[`${letter}ib`] = 1024 ** (index + 1) / 8
  }
  table['kB'] = table['KB']!
  table['kb'] = table['Kb']!
  return table
}

function unitOf(text: string, expected: Dimension | undefined): Unit | QuantityError {
  if (text === '') return { factor: 1, dimension: PLAIN }
  if (text === '%') return { factor: 0.01, dimension: PLAIN }

  const perSecond = /^(\w?)(?:rps|qps|tps)$/.exec(text)
  if (perSecond) {
    const multiplier = perSecond[1] === '' ? 1 : MULTIPLIERS[perSecond[1]!]
    return multiplier === undefined ? unknownUnit(text) : { factor: multiplier, dimension: RATE }
  }

  const slash = text.indexOf('/')
  if (slash >= 0) {
    const time = TIMES[text.slice(slash + 1)]
    const above = unitOf(text.slice(0, slash), expected)
    if ('error' in above || time === undefined || above.dimension.time !== 0 || text.startsWith('%')) return unknownUnit(text)
    return { factor: above.factor / time, dimension: { time: -1, data: above.dimension.data } }
  }

  if (text === 'B' && expected?.data === 1) return { factor: 1, dimension: SIZE }
  const multiplier = own(MULTIPLIERS, text)
  if (multiplier !== undefined) return { factor: multiplier, dimension: PLAIN }
  const time = own(TIMES, text)
  if (time !== undefined) return { factor: time, dimension: DURATION }
  const size = own(SIZES, text)
  if (size !== undefined) return { factor: size, dimension: SIZE }
  return unknownUnit(text)
}

/** Every unit a literal may end in, for completion and for "did you mean". */
export const UNITS: readonly string[] = [
  '%',
  'k',
  'M',
  'B',
  'T',
  'us',
  'ms',
  's',
  'min',
  'h',
  'd',
  'w',
  'y',
  '/s',
  '/min',
  '/h',
  '/day',
  'rps',
  'KB',
  'MB',
  'GB',
  'TB',
  'PB',
  'EB',
  'KiB',
  'MiB',
  'GiB',
  'TiB',
  'PiB',
  'EiB',
  'KB/s',
  'MB/s',
  'GB/s',
  'Kb/s',
  'Mb/s',
  'Gb/s',
  'Tb/s',
  'bytes',
]

function unknownUnit(text: string): QuantityError {
  const meant = UNITS.find((unit) => unit.toLowerCase() === text.toLowerCase())
  return { error: meant ? `unknown unit \`${text}\`: did you mean \`${meant}\`?` : `unknown unit \`${text}\`` }
}

function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

function literal(value: number, dimension: Dimension, text: string): Quantity | QuantityError {
  const made = result(value, dimension)
  return 'error' in made ? made : { ...made, text }
}

function result(value: number, dimension: Dimension): Quantity | QuantityError {
  return Number.isFinite(value) ? quantity(value, dimension) : { error: 'the number is too large' }
}

function alike(operator: string, a: Quantity, b: Quantity): QuantityError | undefined {
  if (sameDimension(a.dimension, b.dimension)) return undefined
  return { error: `${dimensionName(a.dimension)} ${operator} ${dimensionName(b.dimension)}` }
}

const NAMED: readonly (readonly [name: string, dimension: Dimension, unit: string])[] = [
  ['number', PLAIN, '1'],
  ['duration', DURATION, 's'],
  ['rate', RATE, '1/s'],
  ['size', SIZE, 'B'],
  ['bandwidth', BANDWIDTH, 'B/s'],
]

function baseUnit({ time, data }: Dimension): string {
  const factor = (unit: string, exponent: number): string => (exponent === 1 ? unit : `${unit}^${exponent}`)
  const above = [data > 0 ? factor('B', data) : '', time > 0 ? factor('s', time) : ''].filter((part) => part !== '')
  const below = [data < 0 ? factor('B', -data) : '', time < 0 ? factor('s', -time) : ''].filter((part) => part !== '')
  const numerator = above.length === 0 ? '1' : above.join('·')
  return below.length === 0 ? numerator : `${numerator}/${below.join('/')}`
}

type Steps = readonly (readonly [suffix: string, factor: number])[]

const COUNT_STEPS: Steps = [
  ['', 1],
  ['k', 1e3],
  ['M', 1e6],
  ['B', 1e9],
  ['T', 1e12],
]
const BYTE_STEPS: Steps = [
  ['B', 1],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['PB', 1e15],
  ['EB', 1e18],
]
const BIT_STEPS: Steps = [
  ['b', 1],
  ['Kb', 1e3],
  ['Mb', 1e6],
  ['Gb', 1e9],
  ['Tb', 1e12],
  ['Pb', 1e15],
  ['Eb', 1e18],
]
const PERIODS: Steps = [
  ['/s', 1],
  ['/min', MINUTE],
  ['/h', HOUR],
  ['/day', DAY],
  ['/y', YEAR],
]
const DURATIONS: Steps = [
  ['ns', 1e-9],
  ['us', 1e-6],
  ['ms', 1e-3],
  ['s', 1],
  ['min', MINUTE],
  ['h', HOUR],
  ['d', DAY],
  ['y', YEAR],
]

function scaled(value: number, steps: Steps): string {
  // Rounded before the step is chosen, so that 999.9k becomes 1M and not 1000k.
  const rounded = Number(value.toPrecision(3))
  const step = steps.findLast(([, factor]) => rounded >= factor) ?? steps[0]!
  return `${digits(value / step[1])}${step[0]}`
}

/** The shortest period in which at least one happens, `2/day` and not `0.0000231/s`; a longer one where only that is a whole number: `500/day`. */
function perTime(value: number, steps: Steps): string {
  if (value === 0) return `0${steps[0]![0]}/s`
  const at = PERIODS.findIndex(([, seconds]) => Number((value * seconds).toPrecision(3)) >= 1)
  const whole = (seconds: number): boolean => Number.isInteger(Number((value * seconds).toPrecision(9))) && value * seconds < 1000
  const period = (at > 0 ? PERIODS.slice(at, -1).find(([, seconds]) => whole(seconds)) : undefined) ?? PERIODS.at(at)!
  return `${scaled(value * period[1], steps)}${period[0]}`
}

/** The longest unit that is at least one, or the next shorter where only that is a small whole number: `90s`, `2.8h`, `7d`. */
function duration(seconds: number): string {
  if (seconds === 0) return '0s'
  const rounded = Number(seconds.toPrecision(3))
  let at = DURATIONS.findLastIndex(([, factor]) => rounded >= factor)
  if (at < 0) at = 0
  const [unit, factor] = DURATIONS[at]!
  const shorter = DURATIONS[at - 1]
  if (shorter && factor > 1 && !Number.isInteger(Number(digits(seconds / factor)))) {
    const small = Number((seconds / shorter[1]).toPrecision(12))
    if (Number.isInteger(small) && small <= 120) return `${small}${shorter[0]}`
  }
  return `${digits(seconds / factor)}${unit}`
}

function percent(value: number, as: 'ratio' | 'availability'): string {
  if (as === 'ratio' || value >= 1 || value < 0.9) return `${digits(value * 100)}%`
  // Two digits behind the nines, so that 99.9994 % does not become 100 %.
  const decimals = Math.max(0, Math.ceil(-Math.log10(1 - value)) - 2 + 2)
  return `${String(Number((value * 100).toFixed(Math.min(decimals, 12))))}%`
}

/** Three significant digits, and all digits before the point. */
function digits(value: number): string {
  const rounded = Number(value.toPrecision(3))
  if (rounded === 0) return '0'
  return Math.abs(rounded) >= 1e-6 ? String(rounded >= 1000 ? Math.round(value) : rounded) : rounded.toExponential()
}
