/** Short ways to write the table's rows, so that a row reads as a row. Nothing here knows any word of the vocabulary. */
import { parseQuantity } from '../model/quantity.ts'
import type { Confidence, Value } from '../model/value.ts'
import type { CallChoice, Default, Property, PropertyType, QuantityKind, Subject, WordChoice } from './vocabulary.ts'

interface QuantityOptions {
  readonly limit?: boolean
  readonly span?: boolean
  readonly names?: boolean
  readonly words?: Readonly<Record<string, string>>
  readonly calls?: readonly CallChoice[]
}

export const quantityType = (of: QuantityKind, options: QuantityOptions = {}): PropertyType => {
  const { words, ...rest } = options
  return { type: 'quantity', of, ...rest, ...(words ? { words: choices(words) } : {}) }
}
export const count = (options?: QuantityOptions): PropertyType => quantityType('count', options)
export const ratio = (options?: QuantityOptions): PropertyType => quantityType('ratio', options)
export const rate = (options?: QuantityOptions): PropertyType => quantityType('rate', options)
export const duration = (options?: QuantityOptions): PropertyType => quantityType('duration', options)
export const size = (options?: QuantityOptions): PropertyType => quantityType('size', options)
export const bandwidth = (options?: QuantityOptions): PropertyType => quantityType('bandwidth', options)

interface WordsOptions {
  readonly list?: boolean
  readonly calls?: readonly CallChoice[]
}

/** One of these words, each with what it means. */
export const words = (of: Readonly<Record<string, string>>, options: WordsOptions = {}): PropertyType => ({
  type: 'words',
  of: choices(of),
  ...options,
})
export const flag: PropertyType = { type: 'flag' }
export const textType: PropertyType = { type: 'text' }
export const open: PropertyType = { type: 'open' }
export const block = (shorthand?: PropertyType): PropertyType => (shorthand ? { type: 'block', shorthand } : { type: 'block' })

interface NameOptions extends WordsOptions {
  readonly words?: Readonly<Record<string, string>>
}

export const name = ({ words, ...options }: NameOptions = {}): PropertyType => ({
  type: 'name',
  ...options,
  ...(words ? { words: choices(words) } : {}),
})

interface ReferenceOptions extends NameOptions {
  readonly kinds?: readonly string[]
}

export const reference = (
  to: 'component' | 'container' | 'data' | 'flow' | 'target',
  { words, ...options }: ReferenceOptions = {},
): PropertyType => ({ type: 'reference', to, ...options, ...(words ? { words: choices(words) } : {}) })

export const call = (called: string, meaning: string, ...args: CallChoice['args']): CallChoice => ({ name: called, args, meaning })
export const arg = (argument: string, type: PropertyType): CallChoice['args'][number] => ({ name: argument, type })
export const optional = (argument: string, type: PropertyType): CallChoice['args'][number] => ({ name: argument, type, optional: true })

function choices(of: Readonly<Record<string, string>>): readonly WordChoice[] {
  return Object.entries(of).map(([word, meaning]) => ({ word, meaning }))
}

interface RowOptions {
  readonly aliases?: readonly string[]
  readonly kinds?: readonly string[]
  readonly verbs?: readonly string[]
  readonly absence?: Property['absence']
  readonly inherits?: boolean
}

/** Makes rows that stand on these subjects; silence means `unknown` unless the row says otherwise. */
export const rowsOn =
  (...on: readonly Subject[]) =>
  (property: string, type: PropertyType, meaning: string, example: string, options: RowOptions = {}): Property => ({
    name: property,
    aliases: options.aliases ?? [],
    on,
    kinds: options.kinds ?? [],
    verbs: options.verbs ?? [],
    type,
    meaning,
    absence: options.absence ?? 'unknown',
    inherits: options.inherits ?? false,
    example,
  })

/** A default fact as `property: value` pairs in Lintel's own writing: `{ sync: 'async', 'max-connections': '100' }`. */
export const defaults = (
  confidence: Confidence,
  source: string,
  facts: Readonly<Record<string, string>>,
  version: { readonly below?: string; readonly from?: string } = {},
): readonly Default[] =>
  Object.entries(facts).map(([property, text]) => ({ property, value: valueOf(text), confidence, source, ...version }))

/** Reads a value of the table: a quantity, `a..b`, a word, `word(args)`, or a list in brackets. Throws on a row that cannot be read. */
export function valueOf(text: string): Value {
  const written = text.trim()
  if (written.startsWith('[') && written.endsWith(']')) return { type: 'list', items: parts(written.slice(1, -1)).map(valueOf) }
  const called = /^([a-z][a-z0-9-]*)\((.*)\)$/.exec(written)
  if (called) return { type: 'call', name: called[1]!, args: parts(called[2]!).map(valueOf) }
  if (/^\d/.test(written)) {
    const ends = written.split('..')
    const [from, to] = ends.map((end) => parseQuantity(end))
    if (to && 'error' in to) throw new Error(`${written}: ${to.error}`)
    // A word may begin with a digit: `2pc`.
    if (from && !('error' in from)) return to ? { type: 'span', from, to } : from
  }
  if (!/^\w[\w-]*$/.test(written)) throw new Error(`\`${written}\` is no value`)
  return { type: 'word', word: written }
}

/** Splits at the commas outside of brackets. */
function parts(text: string): readonly string[] {
  return text
    .split(/,(?![^([]*[)\]])/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
