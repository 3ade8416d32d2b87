/**
 * The design, as plain data: flat arrays, string ids instead of object references, deep-frozen, JSON-serialisable.
 * Lowering makes it, nothing changes it, and everything else is computed from it.
 */
import type { Fact, Facts, Target, Value } from './value.ts'
import type { Origin, Position } from './origin.ts'
import type { Quantity } from './quantity.ts'

export interface Model {
  /** URIs of all files of the design, the root first. */
  readonly files: readonly string[]
  readonly design?: Design
  readonly lets: readonly Let[]
  readonly data: readonly Data[]
  readonly containers: readonly Container[]
  readonly components: readonly Component[]
  readonly relations: readonly Relation[]
  readonly flows: readonly Flow[]
  readonly scenarios: readonly Scenario[]
  readonly views: readonly View[]
  readonly waivers: readonly Waiver[]
  readonly ownKinds: readonly OwnKind[]
  readonly ownTechnologies: readonly OwnTechnology[]
  /** Every place where a name is written that means something declared, the declaration's own name included. */
  readonly mentions: readonly Mention[]
}

/** What every statement with a name and a body has. */
export interface Declared {
  /** Unique in the model and stable under edits elsewhere: the qualified name, `us-east.orders`. */
  readonly id: string
  readonly name: string
  /** The name in the text (the title for flows, scenarios and views): where a finding about the whole of it is underlined. */
  readonly origin: Origin
  /** The whole statement. */
  readonly extent: Origin
  /** Inside of the braces, where it has some: where an edit puts another property. */
  readonly body?: Body
  readonly facts: Facts
}

export interface Body {
  /** Just after `{`. */
  readonly start: Position
  /** Just before `}`. */
  readonly end: Position
  readonly empty: boolean
}

export interface Design {
  readonly title: string
  readonly origin: Origin
  readonly extent: Origin
  readonly body?: Body
  /** `goal`, `optimizes`, `sacrifices`, … */
  readonly facts: Facts
}

export interface Let {
  readonly id: string
  readonly name: string
  readonly origin: Origin
  readonly extent: Origin
  /** The right-hand side as written. */
  readonly expression: string
  /** Unset where the expression has a problem, which is reported. */
  readonly value?: Quantity
  /** Ids of the lets it reads. */
  readonly reads: readonly string[]
}

export interface Data extends Declared {}

export type ContainerKind = 'region' | 'zone' | 'cell' | 'host' | 'provider' | 'trust-zone' | 'group'

export interface Container extends Declared {
  readonly kind: ContainerKind
  readonly label?: string
  /** The container, or the component, it stands in. */
  readonly parent?: string
}

export interface Component extends Declared {
  /** One of the vocabulary's kinds; a team's own kind is resolved to the kind it extends. */
  readonly kind: string
  /** The kind as written, where it is a short form or a team's own. */
  readonly writtenKind: string
  readonly label?: string
  readonly technology?: TechnologyUse
  /** The container, or the component, it stands in. */
  readonly parent?: string
  /** Shards and replicas that were named one by one. */
  readonly parts: readonly Part[]
}

export interface TechnologyUse {
  /** As written, in canonical spelling: `kafka`. */
  readonly name: string
  /** The vocabulary's technology, also where a team's own extends it; unset where its facts are unknown. */
  readonly base?: string
  readonly version?: Value
  readonly origin: Origin
}

export interface Part extends Declared {
  readonly kind: 'shard' | 'replica'
  readonly label?: string
  /** The component it is a part of, or the shard a replica stands in. */
  readonly parent: string
}

/**
 * One arrow between two components. It runs as the text's canonical arrow does: with the request or with the message
 * (`worker -> queue : consumes` lowers to `queue ~> worker : delivers`). Chains and fan-outs are lowered to one relation each pair.
 */
export interface Relation {
  /** `from>to:verb`, and `#2` and so on behind further ones with the same ends and verb. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly verb: string
  /** True where the verb was left out and follows from both ends; then an inlay hint shows it. */
  readonly inferred: boolean
  readonly arrow: 'request' | 'message'
  readonly label?: string
  readonly facts: Facts
  /** From the name it leaves to the name it enters: where a finding about it is underlined. */
  readonly origin: Origin
  /** The whole statement, which may hold several relations. */
  readonly extent: Origin
  /** The statement's text, where it holds several relations: an edit to one of them has to take the chain apart. */
  readonly statement?: string
  /** The right end's name: where an inferred verb's inlay hint goes, after the last name of the chain. */
  readonly end: Origin
  readonly body?: Body
}

export interface Flow extends Declared {
  readonly title: string
  readonly steps: readonly Step[]
}

export type Step =
  | { readonly type: 'relation'; /** All the declared relations that the step names. */ readonly relations: readonly string[]; readonly origin: Origin; /** The whole statement of the step, which may hold several. */ readonly extent?: Origin }
  | { readonly type: 'when'; readonly why: string; /** 0..1 */ readonly share?: number; readonly steps: readonly Step[]; readonly origin: Origin }
  | { readonly type: 'any-of' | 'parallel'; readonly steps: readonly Step[]; readonly origin: Origin }
  | { readonly type: 'repeat'; /** Unset: an unknown count. */ readonly times?: number; readonly steps: readonly Step[]; readonly origin: Origin }

export interface Scenario extends Declared {
  readonly title: string
  readonly fails: readonly Failing[]
  /** `slows: db(10x)`, `surges: "Buy"(3)`: a target and its factor, where one is stated. */
  readonly slows: readonly { readonly target: Target; readonly by?: Quantity }[]
  readonly surges: readonly { readonly target: Target; readonly by?: Quantity }[]
  /** Sets that cannot reach each other. */
  readonly partitions: readonly (readonly Target[])[]
  readonly expects: readonly Expectation[]
}

/** Something that is taken down. */
export type Failing =
  /** A component with all its copies, a container with all that is in it, a named replica or shard. */
  | { readonly type: 'thing'; readonly target: Target }
  /** `replica(ledger, 2)`: so many of its copies, the leader first. */
  | { readonly type: 'replica'; readonly component: string; readonly count: number }
  /** `zone(a)`: a place that is only named by what stands in it, or one zone of the region, provider or cell that is named. */
  | { readonly type: 'place'; readonly level: 'zone' | 'region' | 'host' | 'provider'; /** A container's id, or the name as written. */ readonly name: string }
  /** `technology(redis)`: everything that uses it. */
  | { readonly type: 'technology'; readonly name: string }

export interface Expectation {
  /** A flow's id. */
  readonly flow: string
  readonly outcome: 'available' | 'degraded' | 'deferred' | 'unavailable'
  /** Seconds. */
  readonly within?: number
  readonly origin: Origin
  /** The outcome's word, where it is written. */
  readonly outcomeOrigin?: Origin
}

export interface View extends Declared {
  readonly title: string
  readonly include: readonly Target[]
  readonly exclude: readonly Target[]
  readonly collapse: readonly Target[]
  readonly direction?: 'right' | 'down'
}

/** `accept RULE because "reason" until DATE` */
export interface Waiver {
  readonly rule: string
  readonly reason: string
  /** `2027-03-01`; the finding comes back on the day after. */
  readonly until?: string
  /** What it stands in: then it covers findings about that, and about what is nested in it. */
  readonly scope: WaiverScope
  readonly origin: Origin
  readonly extent: Origin
}

export type WaiverScope =
  | { readonly type: 'file'; readonly file: string }
  | { readonly type: 'component' | 'container' | 'relation' | 'flow' | 'data' | 'scenario'; /** Several where one statement holds several relations. */ readonly ids: readonly string[] }

export interface OwnKind extends Declared {
  readonly extends: string
}

export interface OwnTechnology extends Declared {
  readonly label?: string
  /** A technology, or a kind where no technology is known. */
  readonly extends: string
}

export interface Mention {
  readonly origin: Origin
  readonly target: Target
  readonly declares: boolean
}

export type Severity = 'error' | 'warning' | 'info' | 'hint'

/** Something that the text says wrongly or that does not resolve. Lowering never throws: it returns these. */
export interface Problem {
  /** A stable id in kebab-case: `unknown-property`, `dimension-mismatch`, `syntax`. */
  readonly code: string
  readonly severity: Severity
  readonly message: string
  readonly origin: Origin
  readonly related?: readonly { readonly origin: Origin; readonly message: string }[]
  /** Ways to mend it, best first. */
  readonly fixes?: readonly Fix[]
}

/** A mechanical repair, as data: one code-action provider, and `--fix`, apply them all. */
export interface Fix {
  readonly title: string
  readonly edits: readonly TextEdit[]
  /** True where it changes no meaning that a person ought to weigh: `--fix` applies only these. */
  readonly safe?: boolean
}

export interface TextEdit {
  readonly origin: Origin
  readonly newText: string
}

export type { Fact, Facts, Target, Value }
