/** What may stand behind a property's colon: its words, calls with their arguments, units behind a number, and names of the right kind. */
import { CompletionItemKind } from 'vscode-languageserver'
import { BANDWIDTH, DURATION, PLAIN, RATE, sameDimension, SIZE, type Dimension } from '../model/quantity.ts'
import { words as wordsOf } from '../model/facts.ts'
import { callsOf, choicesOf, vocabulary, type CallChoice, type PropertyType, type QuantityKind } from '../vocabulary/index.ts'
import type { Offer, Place } from './completion.ts'
import { nameOffers, titleOffers } from './completion-names.ts'
import { untilOffers } from './completion-words.ts'
import { COMMON } from './keywords.ts'
import { valueText } from './show.ts'
import { subjectOf } from './subject.ts'
import type { Expected } from './outline.ts'
import { callDoc, callSignature, choiceDoc } from './vocabulary-docs.ts'

export function valueOffers({ property, call, list, taken }: Extract<Expected, { at: 'value' }>, place: Place): readonly Offer[] {
  const { context, model } = place
  const here = subjectOf(context.frames, (word) => model.ownKinds.find(({ name }) => name === word)?.extends)
  const row = here.subject && vocabulary.property(here.subject, property)
  if (!row) return []
  if (here.subject === 'scenario') {
    const named = scenarioOffers(row.name, call?.name, place, taken)
    if (named) return named
  }
  const outer = call && callsOf(row.type).find(({ name }) => name === call.name)
  const type = call ? outer?.args[call.index]?.type : row.type
  if (!type) return []
  // `fails: "…"` and the like name flows by their titles.
  if (context.typed.type === 'string') return type.type === 'reference' ? titleOffers('flow', place) : []
  if (context.typed.type === 'number') return type.type === 'quantity' || type.type === 'block' ? unitOffers(quantityOf(type), place) : type.type === 'date' ? untilOffers('date', place) : []
  const kind = here.subject === 'component' ? here.kind : undefined
  const fallback = kind === undefined ? undefined : vocabulary.defaultsFor(kind, here.technology === undefined ? undefined : { name: here.technology, base: vocabulary.technology(here.technology)?.name })[row.name]
  const common = call || list ? [] : COMMON
  return [
    ...offersOf(type, row.name, place, taken),
    ...(fallback && fallback.value.type === 'quantity' ? [{ label: valueText(fallback.value), kind: CompletionItemKind.Value, detail: `default of ${fallback.by}`, rank: 3 }] : []),
    ...common.filter(({ word }) => !choicesOf(type).some((choice) => choice.word === word)).map((choice) => ({ ...wordOffer(choice, row.name), rank: 8 })),
  ]
}

/** What a scenario may name: only what fails, gets slow, surges or is cut off. Undefined where the vocabulary says it all. */
function scenarioOffers(property: string, call: string | undefined, place: Place, taken: readonly string[]): readonly Offer[] | undefined {
  const { model, context } = place
  const places = (kind: string): readonly Offer[] => nameOffers(place, ['container'], { taken, rank: 4 }).filter(({ label }) => model.containers.some(({ id, name, kind: of }) => (id === label || name === label) && (of === kind || (kind === 'zone' && of === 'region'))))
  if (property === 'fails') {
    if (context.typed.type === 'string') return []
    if (call === 'technology') return [...new Set(model.components.flatMap(({ technology }) => technology?.name ?? []))].map((name) => ({ label: name, kind: CompletionItemKind.Value, detail: 'used in this design', rank: 4 }))
    if (call === 'zone' || call === 'region' || call === 'host' || call === 'provider') return places(call)
    return undefined
  }
  if (call !== undefined) return []
  switch (property) {
    case 'slows':
    case 'partitions':
      return context.typed.type === 'string' ? [] : nameOffers(place, ['component', 'container'], { taken, rank: 4 })
    case 'surges': {
      const clients = nameOffers(place, ['component'], { taken, rank: 5 }).filter(({ label }) => model.components.some(({ id, name, kind }) => kind === 'client' && (id === label || name === label)))
      return context.typed.type === 'string' ? titleOffers('flow', place) : [...titleOffers('flow', place).map((offer) => ({ ...offer, rank: 4 })), ...clients]
    }
    default:
      return undefined
  }
}

function offersOf(type: PropertyType, property: string, place: Place, taken: readonly string[]): readonly Offer[] {
  const words = choicesOf(type).filter(({ word }) => !taken.includes(word)).map((choice) => wordOffer(choice, property))
  const calls = callsOf(type).map((call) => callOffer(call, property))
  return [...words, ...calls, ...namesOf(type, property, place, taken)]
}

function namesOf(type: PropertyType, property: string, place: Place, taken: readonly string[]): readonly Offer[] {
  switch (type.type) {
    case 'quantity':
      return nameOffers(place, ['let'], { rank: 6 }).filter(({ label }) => fitsLet(label, type.of, place))
    case 'block':
      return type.shorthand ? namesOf(type.shorthand, property, place, taken) : []
    case 'name':
      return usedNames(property, place).filter((name) => !taken.includes(name)).map((name) => ({ label: name, kind: CompletionItemKind.Text, detail: 'used in this design', rank: 6 }))
    case 'reference': {
      const options = { taken, kinds: type.kinds, rank: 4 }
      switch (type.to) {
        case 'component': return nameOffers(place, ['component'], options)
        case 'container': return nameOffers(place, ['container'], options)
        case 'data': return nameOffers(place, ['data'], options)
        case 'flow': return titleOffers('flow', place)
        case 'target': return [...nameOffers(place, ['component', 'container', 'part'], options), ...(property === 'fails' ? [] : titleOffers('flow', place).map((offer) => ({ ...offer, rank: 6 })))]
      }
    }
    default:
      return []
  }
}

function wordOffer(choice: { readonly word: string; readonly meaning: string }, property: string): Offer {
  return { label: choice.word, kind: CompletionItemKind.EnumMember, documentation: choiceDoc(choice, property), rank: 2 }
}

function callOffer(call: CallChoice, property: string): Offer {
  const stops = call.args.filter(({ optional }) => !optional).map(({ name }, index) => `\${${index + 1}:${name}}`)
  return { label: callSignature(call), kind: CompletionItemKind.Function, documentation: callDoc(call, property), insert: `${call.name}(`, snippet: `${call.name}(${stops.join(', ')})`, rank: 2 }
}

/** Free names, such as keys, that other places of the design use. */
function usedNames(property: string, { model }: Place): readonly string[] {
  const name = property.slice(property.lastIndexOf('.') + 1)
  const subjects = [...model.data, ...model.components, ...model.relations]
  const paths = name === 'owner' || name === 'env' ? [property] : [property, 'key']
  return [...new Set(subjects.flatMap(({ facts }) => paths.flatMap((path) => wordsOf(facts, path) ?? [])))].filter((word) => word !== 'none').sort()
}

function fitsLet(name: string, kind: QuantityKind, { model }: Place): boolean {
  const value = model.lets.find((one) => one.name === name)?.value
  return value === undefined || DIMENSIONS[kind].some((dimension) => sameDimension(dimension, value.dimension))
}

function quantityOf(type: PropertyType): QuantityKind | undefined {
  return type.type === 'quantity' ? type.of : type.type === 'block' && type.shorthand ? quantityOf(type.shorthand) : undefined
}

const DIMENSIONS: Readonly<Record<QuantityKind, readonly Dimension[]>> = {
  count: [PLAIN], number: [PLAIN], ratio: [PLAIN], availability: [PLAIN], rate: [RATE], duration: [DURATION], size: [SIZE], bandwidth: [BANDWIDTH],
  'rate-or-bandwidth': [RATE, BANDWIDTH], 'count-or-size': [PLAIN, SIZE], 'count-or-ratio': [PLAIN], 'duration-or-size': [DURATION, SIZE],
}

/** Units behind the number under way; `of` unset admits all. */
export function unitOffers(of: QuantityKind | undefined, { context }: Place): readonly Offer[] {
  const digits = /^\d+(?:\.\d+)*/.exec(context.typed.text)?.[0]
  if (context.typed.type !== 'number' || digits === undefined) return []
  return unitsOf(of).map(({ unit, meaning }) => ({ label: digits + unit, kind: CompletionItemKind.Unit, detail: meaning, rank: 2 }))
}

interface UnitWord {
  readonly unit: string
  readonly meaning: string
}

function unitsOf(of: QuantityKind | undefined): readonly UnitWord[] {
  switch (of) {
    case undefined: return [...COUNTS, ...TIMES, ...SIZES, ...RATES, ...BANDWIDTHS, ...SHARES]
    case 'count': case 'number': return COUNTS
    case 'ratio': case 'availability': return SHARES
    case 'rate': return RATES
    case 'duration': return TIMES
    case 'size': return SIZES
    case 'bandwidth': return BANDWIDTHS
    case 'rate-or-bandwidth': return [...RATES, ...BANDWIDTHS]
    case 'count-or-size': return [...COUNTS, ...SIZES]
    case 'count-or-ratio': return [...SHARES, ...COUNTS]
    case 'duration-or-size': return [...TIMES, ...SIZES]
  }
}

const unit = (unit: string, meaning: string): UnitWord => ({ unit, meaning })
const COUNTS = [unit('k', 'thousand'), unit('M', 'million'), unit('B', 'billion')]
const TIMES = [unit('ms', 'milliseconds'), unit('s', 'seconds'), unit('min', 'minutes'), unit('h', 'hours'), unit('d', 'days'), unit('w', 'weeks'), unit('y', 'years'), unit('us', 'microseconds')]
const SIZES = [unit('KB', 'kilobytes'), unit('MB', 'megabytes'), unit('GB', 'gigabytes'), unit('TB', 'terabytes'), unit('PB', 'petabytes'), unit('KiB', '1024 bytes'), unit('MiB', '1024 KiB'), unit('GiB', '1024 MiB')]
const RATES = [unit('/s', 'per second'), unit('k/s', 'thousand per second'), unit('M/s', 'million per second'), unit('/min', 'per minute'), unit('/h', 'per hour'), unit('/day', 'per day'), unit('M/day', 'million per day')]
const BANDWIDTHS = [unit('MB/s', 'megabytes per second'), unit('GB/s', 'gigabytes per second'), unit('Mb/s', 'megabits per second'), unit('Gb/s', 'gigabits per second')]
const SHARES = [unit('%', 'of a hundred')]
