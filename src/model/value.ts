import type { Quantity } from './quantity.ts'
import type { Origin } from './origin.ts'

/** What may stand behind a property's colon, after lowering. */
export type Value =
  | Quantity
  | Word
  | Text
  | List
  | Span
  | Call
  | Reference
  | CalendarDate
  | Comparison
  | Unknown

/** A vocabulary word or a free name: `cache-aside`, `yes`, `none`, `unlimited`, `forever`, `order-id`. */
export interface Word {
  readonly type: 'word'
  readonly word: string
}

export interface Text {
  readonly type: 'text'
  readonly text: string
}

export interface List {
  readonly type: 'list'
  readonly items: readonly Value[]
}

/** `12..24`: both ends included. */
export interface Span {
  readonly type: 'span'
  readonly from: Quantity
  readonly to: Quantity
}

/** `hot(45%)`, `zipf(1, 1M)`, `staleness(30s)`, `non-negative(balance)`. */
export interface Call {
  readonly type: 'call'
  readonly name: string
  readonly args: readonly Value[]
}

/** A name that was resolved to something declared in the design. */
export interface Reference {
  readonly type: 'reference'
  readonly to: Target
}

export interface Target {
  readonly kind: 'component' | 'container' | 'data' | 'flow' | 'let' | 'view' | 'scenario' | 'part' | 'own-kind' | 'own-technology'
  /** The target's id in its array of the model. */
  readonly id: string
}

/** A version bound such as `<5`. */
export interface Comparison {
  readonly type: 'comparison'
  readonly operator: '<' | '<=' | '>' | '>='
  readonly than: Value
}

export interface CalendarDate {
  readonly type: 'date'
  /** `2027-03-01` */
  readonly iso: string
}

/** The word `unknown`, said on purpose: it stops defaults and keeps rules quiet. */
export interface Unknown {
  readonly type: 'unknown'
}

export type Confidence = 'high' | 'medium' | 'low'

/** A value, and how we came to know it. A property that is absent from a facts table was not said and has no default. */
export type Fact = StatedFact | DefaultFact | DerivedFact

export interface StatedFact {
  readonly from: 'stated'
  readonly value: Value
  /** The property in the text, name and value together. */
  readonly origin: Origin
  /** Whose statement it is, where the fact was inherited: the container that it stands in, or the kind or technology of the team's own that it is. */
  readonly inheritedFrom?: string
}

export interface DefaultFact {
  readonly from: 'default'
  readonly value: Value
  /** Whose default it is: the technology's or the kind's name as the person would write it, `kafka(2.8)`. */
  readonly by: string
  readonly confidence: Confidence
  /** Where the default is documented. */
  readonly source: string
}

export interface DerivedFact {
  readonly from: 'derived'
  readonly value: Value
  /** How, in words: `inferred from service -> database`. */
  readonly how: string
}

/**
 * Facts by property path: `replicas`, `failover.detect`. A block's properties are flattened under its name, and the block itself is
 * present as the word `yes` under its bare name, so `dedupe` says whether there is a dedupe at all and `dedupe.window` how long it is.
 */
export type Facts = Readonly<Record<string, Fact>>
