/**
 * The shape of the one vocabulary table. The rows are in kinds.ts, verbs.ts, properties/ and technologies/; validation, completion,
 * hover, the generated reference and the rules all read them from index.ts.
 */
import type { Confidence, Value } from '../model/value.ts'

/** The six families by which the picture colours a component. */
export type Family = 'entry' | 'compute' | 'may-forget' | 'keeps' | 'carries' | 'others'

export interface Kind {
  readonly name: string
  /** Short forms: `lb`, `db`. */
  readonly aliases: readonly string[]
  readonly family: Family
  readonly meaning: string
  /** The properties that its rules ask for first; completion puts them on top. */
  readonly first: readonly string[]
  readonly defaults: readonly Default[]
}

export interface ContainerWord {
  readonly name: string
  readonly meaning: string
  readonly failureDomain: boolean
}

export interface Verb {
  readonly name: string
  /** `consumes` for `delivers`, with `reversed: true`: its arrow is written the other way round. */
  readonly aliases: readonly { readonly name: string; readonly reversed: boolean }[]
  readonly meaning: string
  readonly arrow: 'request' | 'message'
  /** Whether the sender waits: for `publishes`, only for the broker's acceptance. */
  readonly sync: 'yes' | 'no' | 'acceptance'
  /** Whether the sender's work fails with it unless the relation says otherwise. */
  readonly hard: boolean
  /** The end that depends on the other: `to` needs `from` for `delivers`. */
  readonly needer: 'from' | 'to'
  /** Where the data goes: `reads` runs against its arrow. */
  readonly dataFlow: 'with' | 'against' | 'both' | 'none'
  /** How load runs over it. */
  readonly load: 'with' | 'none' | 'misses' | 'writes' | 'failures'
  /** Kinds at either end; `any` for all. A pair outside is a problem on the arrow. */
  readonly joins: readonly { readonly from: readonly string[]; readonly to: readonly string[] }[]
  readonly defaults: readonly Default[]
}

/** What a property may stand on. */
export type Subject = 'component' | 'container' | 'relation' | 'data' | 'flow' | 'design' | 'scenario' | 'view' | 'shard' | 'replica'

export interface Property {
  /** With its block's name before it: `failover.detect`. A row for the bare `failover` describes the block. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly on: readonly Subject[]
  /** Component kinds it makes sense on; empty for all. On another kind it is a hint, not an error. */
  readonly kinds: readonly string[]
  /** Verbs it makes sense on; empty for all. */
  readonly verbs: readonly string[]
  readonly type: PropertyType
  readonly meaning: string
  /** What silence means: see DECISIONS, "What silence means". */
  readonly absence: 'unknown' | 'none' | 'concern'
  /** Holds for what is nested in a container that says it. */
  readonly inherits: boolean
  /** One line of Lintel that shows it. */
  readonly example: string
}

export type PropertyType =
  /**
   * A number with a unit. `limit: true` also admits `none`, `unlimited` and `forever`; `span: true` admits `a..b`; `names: true` admits a list
   * of names instead, which are counted (`zones: [a, b, c]`).
   */
  | {
      readonly type: 'quantity'
      readonly of: QuantityKind
      readonly limit?: boolean
      readonly span?: boolean
      readonly names?: boolean
      readonly words?: readonly WordChoice[]
      readonly calls?: readonly CallChoice[]
    }
  /** One of these words (or several, where `list`); `calls` are words with arguments, such as `hot(45%)`. */
  | { readonly type: 'words'; readonly of: readonly WordChoice[]; readonly calls?: readonly CallChoice[]; readonly list?: boolean }
  | { readonly type: 'flag' }
  /** A free name such as a key's, or an ordered list of them where `list`. */
  | { readonly type: 'name'; readonly list?: boolean; readonly words?: readonly WordChoice[]; readonly calls?: readonly CallChoice[] }
  /** A name that must resolve. `kinds` narrows components. `words` are admitted besides, such as `fallback: empty`. */
  | {
      readonly type: 'reference'
      readonly to: 'component' | 'container' | 'data' | 'flow' | 'target'
      readonly list?: boolean
      readonly kinds?: readonly string[]
      readonly words?: readonly WordChoice[]
      readonly calls?: readonly CallChoice[]
    }
  | { readonly type: 'text' }
  | { readonly type: 'date' }
  /** Has properties of its own; `shorthand` is the type that may stand behind a colon instead of the braces (`dedupe: 7d`). */
  | { readonly type: 'block'; readonly shorthand?: PropertyType }
  /** Anything: only where the field's usage is open. */
  | { readonly type: 'open' }

export type QuantityKind =
  | 'count'
  | 'number'
  | 'ratio'
  | 'rate'
  | 'duration'
  | 'size'
  | 'bandwidth'
  | 'rate-or-bandwidth'
  | 'count-or-size'
  | 'count-or-ratio'
  | 'duration-or-size'
  | 'availability'

export interface WordChoice {
  readonly word: string
  readonly meaning: string
}

export interface CallChoice {
  readonly name: string
  readonly args: readonly { readonly name: string; readonly type: PropertyType; readonly optional?: boolean }[]
  readonly meaning: string
}

export interface Default {
  /** Property path: `delivery`, `partition-limit.write`. */
  readonly property: string
  readonly value: Value
  readonly confidence: Confidence
  readonly source: string
  /** Version switch: holds only below, or only from, this version (`3.0`). */
  readonly below?: string
  readonly from?: string
}

export interface Technology {
  readonly name: string
  readonly aliases: readonly string[]
  /** As its makers write it: `PostgreSQL`. */
  readonly label: string
  /** Kinds it can be, the usual one first. */
  readonly kinds: readonly string[]
  readonly meaning: string
  readonly defaults: readonly Default[]
  /** What surprises people, each a sentence shown in hover. */
  readonly traps: readonly string[]
  readonly confidence: Confidence
  readonly source: string
}
