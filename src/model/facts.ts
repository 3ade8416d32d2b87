/**
 * Three-valued readers over a facts table. A property that is absent, or said to be `unknown`, reads as `undefined` everywhere, so a
 * condition over it cannot come out true by accident.
 */
import type { Quantity } from './quantity.ts'
import type { Call, Fact, Facts, Target, Value } from './value.ts'

export interface Known {
  readonly value: Value
  readonly fact: Fact
}

/** The fact at a path, unless it is absent or said to be unknown. `none` is known. */
export function known(facts: Facts, path: string): Known | undefined {
  const fact = factAt(facts, path)
  return fact === undefined || fact.value.type === 'unknown' ? undefined : { value: fact.value, fact }
}

/** The fact at a path whatever its value, the word `unknown` included. */
export function factAt(facts: Facts, path: string): Fact | undefined {
  const fact = facts[path]
  // Most of what is asked for is not said; only what is found can be something that every object has.
  return fact === undefined || !Object.hasOwn(facts, path) ? undefined : fact
}

/** True where the design says the word `unknown` there. Silence is not that. */
export function saysUnknown(facts: Facts, path: string): boolean {
  return factAt(facts, path)?.value.type === 'unknown'
}

/** True where nothing is said and nothing is known by default. */
export function isAbsent(facts: Facts, path: string): boolean {
  return factAt(facts, path) === undefined
}

/** True where the fact says `none` or `no`. */
export function isNone(facts: Facts, path: string): boolean {
  const word = wordOf(known(facts, path)?.value)
  return word === 'none' || word === 'no'
}

/** True where the fact takes a limit away: `unlimited`, `forever` or `none`. */
export function isUnlimited(facts: Facts, path: string): boolean {
  const word = wordOf(known(facts, path)?.value)
  return word === 'unlimited' || word === 'forever' || word === 'none'
}

/**
 * Whether a protection is there. Silence means that there is none (DECISIONS, "What silence means"); the word `unknown` keeps it undefined.
 * A block, a name or a number says that there is one.
 */
export function protection(facts: Facts, path: string): boolean | undefined {
  if (isAbsent(facts, path)) return false
  if (saysUnknown(facts, path)) return undefined
  return !isNone(facts, path)
}

/** In base units (s, B, 1/s, B/s, plain). Of a span `12..24` its lower end: what certainly runs. */
export function number(facts: Facts, path: string): number | undefined {
  return numberOf(known(facts, path)?.value)
}

export function quantityAt(facts: Facts, path: string): Quantity | undefined {
  const value = known(facts, path)?.value
  if (value?.type === 'span') return value.from
  return value?.type === 'quantity' ? value : undefined
}

/** Both ends of a span; a plain number is both. */
export function range(facts: Facts, path: string): { readonly from: number; readonly to: number } | undefined {
  const value = known(facts, path)?.value
  if (value?.type === 'span') return { from: value.from.value, to: value.to.value }
  return value?.type === 'quantity' ? { from: value.value, to: value.value } : undefined
}

/** A number, or `Infinity` where the fact takes the limit away. */
export function limit(facts: Facts, path: string): number | undefined {
  return isUnlimited(facts, path) ? Infinity : number(facts, path)
}

/** The word said, or the name of a word with arguments: `hot` for `hot(45%)`. */
export function word(facts: Facts, path: string): string | undefined {
  return wordOf(known(facts, path)?.value)
}

/** `yes` → true, `no` and `none` → false; a block that is there is `yes`. */
export function flag(facts: Facts, path: string): boolean | undefined {
  const said = word(facts, path)
  if (said === 'yes') return true
  return said === 'no' || said === 'none' ? false : undefined
}

/** The items of a list, or the one value as a list of one; empty for `none`. */
export function list(facts: Facts, path: string): readonly Value[] | undefined {
  const value = known(facts, path)?.value
  if (value === undefined) return undefined
  if (value.type === 'list') return value.items
  return value.type === 'word' && value.word === 'none' ? [] : [value]
}

/** The words and names of a list, in order: `key: [path, locale]` → `['path', 'locale']`. */
export function words(facts: Facts, path: string): readonly string[] | undefined {
  return list(facts, path)?.flatMap((value) => nameOf(value) ?? [])
}

/** `hot(45%)` and the like, by name. Also found inside a list, as in `requires: [no-loss, staleness(30s)]`. */
export function call(facts: Facts, path: string, name: string): Call | undefined {
  return list(facts, path)?.find((value): value is Call => value.type === 'call' && value.name === name)
}

/** What the references of a fact point at, in order; words beside them are left out. */
export function references(facts: Facts, path: string): readonly Target[] {
  // Asked of every component and arrow, and seldom said.
  if (factAt(facts, path) === undefined) return []
  return (list(facts, path) ?? []).flatMap((value) => (value.type === 'reference' ? [value.to] : []))
}

export function reference(facts: Facts, path: string): Target | undefined {
  return references(facts, path)[0]
}

export function text(facts: Facts, path: string): string | undefined {
  const value = known(facts, path)?.value
  return value?.type === 'text' ? value.text : undefined
}

export function numberOf(value: Value | undefined): number | undefined {
  if (value?.type === 'span') return value.from.value
  return value?.type === 'quantity' ? value.value : undefined
}

export function wordOf(value: Value | undefined): string | undefined {
  if (value?.type === 'word') return value.word
  return value?.type === 'call' ? value.name : undefined
}

/** A word, a text, a call's name, or the id that a reference points at. */
export function nameOf(value: Value | undefined): string | undefined {
  if (value?.type === 'text') return value.text
  return value?.type === 'reference' ? value.to.id : wordOf(value)
}
