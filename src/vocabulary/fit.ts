/**
 * Whether a value may stand behind a property, by the row's type. Lowering, the table's own test and completion ask here, so that there is
 * one answer. Names are not resolved here: a reference fits a reference type whatever it points at.
 */
import {
  BANDWIDTH,
  DURATION,
  formatQuantity,
  parseQuantity,
  PLAIN,
  RATE,
  sameDimension,
  SIZE,
  dimensionName,
  type Dimension,
  type Quantity,
} from '../model/quantity.ts'
import type { Call, Value } from '../model/value.ts'
import type { CallChoice, PropertyType, QuantityKind, WordChoice } from './vocabulary.ts'

/** The value as the model holds it (`true` becomes `yes`, `200B` becomes bytes where a size is wanted), or what is wrong with it. */
export type Fit =
  | { readonly value: Value }
  | { readonly problem: string; /** Words that would fit, for the nearest spelling. */ readonly candidates: readonly string[] }

export function fit(type: PropertyType, value: Value): Fit {
  if (value.type === 'unknown') return { value }
  if (value.type === 'word' && value.word === 'unknown') return { value: { type: 'unknown' } }
  // `none` says on purpose that there is none: every property admits it.
  if (value.type === 'word' && value.word === 'none') return { value }

  switch (type.type) {
    case 'quantity':
      return fitQuantity(type, value)
    case 'words':
      return fitWords(type, value)
    case 'flag':
      return fitFlag(value)
    case 'name':
      return fitEach(type.list === true, value, (item) => fitName(type, item))
    case 'reference':
      return fitEach(type.list === true, value, (item) => fitReference(type, item))
    case 'text':
      return value.type === 'text' ? { value } : problem('expects a text in quotes')
    case 'date':
      return value.type === 'date' ? { value } : problem('expects a date such as 2027-03-01')
    case 'block':
      return fitBlock(type.shorthand, value)
    case 'open':
      return { value }
  }
}

/** Every word that may stand behind such a property, with its meaning: for completion and hover. */
export function choicesOf(type: PropertyType): readonly WordChoice[] {
  switch (type.type) {
    case 'quantity':
      return [...(type.words ?? []), ...(type.limit ? LIMIT_WORDS : [])]
    case 'words':
      return type.of
    case 'flag':
      return FLAG_WORDS
    case 'name':
    case 'reference':
      return type.words ?? []
    case 'block':
      return type.shorthand ? choicesOf(type.shorthand) : []
    default:
      return []
  }
}

/** Every word with arguments that may stand there: `hot(…)`. */
export function callsOf(type: PropertyType): readonly CallChoice[] {
  switch (type.type) {
    case 'quantity':
    case 'words':
    case 'name':
    case 'reference':
      return type.calls ?? []
    case 'block':
      return type.shorthand ? callsOf(type.shorthand) : []
    default:
      return []
  }
}

/** What a person may write there, in a few words: `a duration such as 200ms`. */
export function describeType(type: PropertyType): string {
  switch (type.type) {
    case 'quantity': {
      const extra = [type.span ? 'a range `a..b`' : '', type.names ? 'names' : '', ...words(choicesOf(type), callsOf(type))].filter(
        (text) => text !== '',
      )
      return [QUANTITY_WORDS[type.of].text, ...extra].join(', ')
    }
    case 'words': {
      const listed = words(type.of, type.calls).join(', ')
      return type.list ? `one or several of ${listed}` : listed
    }
    case 'flag':
      return '`yes`, `no`'
    case 'name':
      return [type.list ? 'a name or a list of names' : 'a name', ...words(type.words, type.calls)].join(', ')
    case 'reference': {
      const what = type.kinds?.length
        ? type.kinds.join(' or ')
        : { component: 'component', container: 'container', data: 'kind of data', flow: 'flow', target: 'thing in the design' }[type.to]
      return [type.list ? `the name of a ${what}, or a list of them` : `the name of a ${what}`, ...words(type.words, type.calls)].join(', ')
    }
    case 'text':
      return 'a text in quotes'
    case 'date':
      return 'a date'
    case 'block':
      return type.shorthand ? `a block, or ${describeType(type.shorthand)}` : 'a block'
    case 'open':
      return 'anything'
  }
}

/** The dimension that a quantity of this kind has; unset where two are admitted. */
export function dimensionOf(kind: QuantityKind): Dimension | undefined {
  const dimensions = QUANTITY_WORDS[kind].dimensions
  return dimensions.length === 1 ? dimensions[0] : undefined
}

const FLAG_WORDS: readonly WordChoice[] = [
  { word: 'yes', meaning: 'It is so.' },
  { word: 'no', meaning: 'It is not so.' },
]
const LIMIT_WORDS: readonly WordChoice[] = [
  { word: 'none', meaning: 'No limit.' },
  { word: 'unlimited', meaning: 'No limit.' },
  { word: 'forever', meaning: 'No end.' },
]
const FLAGS: Readonly<Record<string, string>> = { yes: 'yes', true: 'yes', on: 'yes', no: 'no', false: 'no', off: 'no' }

const QUANTITY_WORDS: Readonly<Record<QuantityKind, { readonly dimensions: readonly Dimension[]; readonly text: string }>> = {
  count: { dimensions: [PLAIN], text: 'a whole number such as 12' },
  number: { dimensions: [PLAIN], text: 'a number such as 2.5' },
  ratio: { dimensions: [PLAIN], text: 'a share such as 92%' },
  availability: { dimensions: [PLAIN], text: 'an availability such as 99.95%' },
  rate: { dimensions: [RATE], text: 'a rate such as 400/s' },
  duration: { dimensions: [DURATION], text: 'a duration such as 200ms' },
  size: { dimensions: [SIZE], text: 'a size such as 2MB' },
  bandwidth: { dimensions: [BANDWIDTH], text: 'a bandwidth such as 10MB/s' },
  'rate-or-bandwidth': { dimensions: [RATE, BANDWIDTH], text: 'a rate such as 400/s or a bandwidth such as 10MB/s' },
  'count-or-size': { dimensions: [PLAIN, SIZE], text: 'a number such as 10k or a size such as 2GB' },
  'count-or-ratio': { dimensions: [PLAIN], text: 'a number such as 95 or a share such as 95%' },
  'duration-or-size': { dimensions: [DURATION, SIZE], text: 'a duration such as 2h or a size such as 50GB' },
}

function fitQuantity(type: PropertyType & { type: 'quantity' }, value: Value): Fit {
  if (value.type === 'quantity') return fitNumber(type.of, value)
  if (value.type === 'span') {
    if (!type.span) return problem(`expects ${describeType(type)}, not a range`)
    const from = fitNumber(type.of, value.from)
    const to = fitNumber(type.of, value.to)
    if ('problem' in from) return from
    if ('problem' in to) return to
    return value.from.value <= value.to.value
      ? { value: { type: 'span', from: from.value as Quantity, to: to.value as Quantity } }
      : problem('the range ends before it begins')
  }
  if (value.type === 'call') return fitCall(type.calls, value, describeType(type))
  if (type.names && (value.type === 'list' || value.type === 'word' || value.type === 'reference' || value.type === 'text')) {
    return fitEach(true, value, (item) => (['word', 'text', 'reference'].includes(item.type) ? { value: item } : problem('expects names')))
  }
  const admitted = choicesOf(type).map((choice) => choice.word)
  if (value.type === 'word' && admitted.includes(value.word)) return { value }
  return { problem: `expects ${describeType(type)}`, candidates: admitted }
}

function fitNumber(kind: QuantityKind, value: Quantity): Fit {
  const { dimensions, text } = QUANTITY_WORDS[kind]
  const dimension = dimensions.find((candidate) => sameDimension(candidate, value.dimension))
  if (!dimension) {
    // `200B` reads as 200 billion until something says that bytes are meant.
    const bytes = value.text?.match(/B(\/\w+)?$/)
      ? parseQuantity(
          value.text,
          dimensions.find((candidate) => candidate.data === 1),
        )
      : undefined
    if (bytes && !('error' in bytes) && dimensions.some((candidate) => sameDimension(candidate, bytes.dimension))) return { value: bytes }
    return problem(`expects ${text}, not a ${dimensionName(value.dimension)}`)
  }
  if (value.value < 0) return problem(`cannot be negative: ${formatQuantity(value)}`)
  if (kind === 'count' && !isWhole(value.value)) return problem(`expects ${text}, not ${formatQuantity(value)}`)
  if ((kind === 'ratio' || kind === 'availability') && value.value > 1)
    return problem(`${formatQuantity(value)} is more than all: expects ${text}`)
  return { value }
}

/** Whole within the rounding of a calculation. */
function isWhole(number: number): boolean {
  return Math.abs(number - Math.round(number)) <= 1e-9 * Math.max(1, Math.abs(number))
}

function fitWords(type: PropertyType & { type: 'words' }, value: Value): Fit {
  const expected = describeType(type)
  return fitEach(type.list === true, value, (item) => {
    if (item.type === 'call') return fitCall(type.calls, item, expected)
    const word = wordIn(item)
    if (word !== undefined && type.of.some((choice) => choice.word === word)) return { value: { type: 'word', word } }
    return {
      problem: `expects ${expected}`,
      candidates: [...type.of.map((choice) => choice.word), ...(type.calls ?? []).map((choice) => choice.name)],
    }
  })
}

function fitFlag(value: Value): Fit {
  const word = wordIn(value)
  const said = word === undefined ? undefined : FLAGS[word]
  return said ? { value: { type: 'word', word: said } } : { problem: 'expects `yes` or `no`', candidates: ['yes', 'no'] }
}

function fitName(type: PropertyType & { type: 'name' }, item: Value): Fit {
  if (item.type === 'call') return type.calls ? fitCall(type.calls, item, describeType(type)) : problem(`expects ${describeType(type)}`)
  return item.type === 'word' || item.type === 'text' || item.type === 'reference'
    ? { value: item }
    : problem(`expects ${describeType(type)}`)
}

function fitReference(type: PropertyType & { type: 'reference' }, item: Value): Fit {
  if (item.type === 'reference') return { value: item }
  if (item.type === 'call') return fitCall(type.calls, item, describeType(type))
  const admitted = (type.words ?? []).map((choice) => choice.word)
  if (item.type === 'word' && admitted.includes(item.word)) return { value: item }
  return { problem: `expects ${describeType(type)}`, candidates: admitted }
}

function fitBlock(shorthand: PropertyType | undefined, value: Value): Fit {
  const flagged = fitFlag(value)
  if ('value' in flagged) return flagged
  return shorthand ? fit(shorthand, value) : problem('expects a block in braces')
}

function fitCall(calls: readonly CallChoice[] | undefined, value: Call, expected: string): Fit {
  const choice = calls?.find((candidate) => candidate.name === value.name)
  if (!choice) return { problem: `expects ${expected}`, candidates: (calls ?? []).map((candidate) => candidate.name) }
  const required = choice.args.filter((argument) => !argument.optional).length
  if (value.args.length < required || value.args.length > choice.args.length) {
    return problem(`\`${choice.name}\` is written ${signature(choice)}`)
  }
  const args: Value[] = []
  for (const [index, argument] of value.args.entries()) {
    const fitted = fit(choice.args[index]!.type, argument)
    if ('problem' in fitted) return { ...fitted, problem: `${choice.args[index]!.name} of \`${choice.name}\` ${fitted.problem}` }
    args.push(fitted.value)
  }
  return { value: { ...value, args } }
}

function fitEach(list: boolean, value: Value, fitItem: (item: Value) => Fit): Fit {
  if (value.type !== 'list') return fitItem(value)
  if (!list) return problem('expects one value, not a list')
  const items: Value[] = []
  for (const item of value.items) {
    const fitted = fitItem(item)
    if ('problem' in fitted) return fitted
    items.push(fitted.value)
  }
  return { value: { type: 'list', items } }
}

/** The word said. A word that begins with a digit may have been read as a number: its text is meant. */
function wordIn(value: Value): string | undefined {
  if (value.type === 'quantity') return value.text
  return value.type === 'word' ? value.word : undefined
}

function signature(choice: CallChoice): string {
  return `\`${choice.name}(${choice.args.map((argument) => (argument.optional ? `${argument.name}?` : argument.name)).join(', ')})\``
}

function words(of: readonly WordChoice[] | undefined, calls: readonly CallChoice[] | undefined): readonly string[] {
  return [...(of ?? []).map((choice) => `\`${choice.word}\``), ...(calls ?? []).map(signature)]
}

function problem(text: string): Fit {
  return { problem: text, candidates: [] }
}
