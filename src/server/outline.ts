/** What the tolerant reader tells of a text: the part that each token plays, and what could stand where the text ends. */
import type { Token } from './scan.ts'

/** What stands around a place, the file itself outermost. */
export interface Frame {
  readonly type:
    | 'file' | 'component' | 'container' | 'relation' | 'data' | 'flow' | 'steps' | 'design' | 'scenario' | 'view' | 'shard' | 'replica'
    | 'own-kind' | 'own-technology' | 'block'
  /** The word it starts with: `database`, `region`, `when`; of a block its path: `failover`, `tx`. */
  readonly word: string
  /** The declared name or title. */
  readonly name?: string
  readonly technology?: string
  readonly ends?: Ends
  /** Offset of its `{`; 0 for the file. */
  readonly start: number
}

/** A relation's names so far: each group was joined by commas, between the groups stand arrows. */
export interface Ends {
  readonly groups: readonly (readonly string[])[]
  readonly arrow?: '->' | '~>'
  readonly verb?: string
}

export type Role =
  | 'keyword' | 'kind' | 'container' | 'declaration' | 'title' | 'label' | 'technology' | 'version' | 'name' | 'arrow' | 'verb' | 'property'
  | 'block' | 'value' | 'call' | 'number' | 'text' | 'rule' | 'outcome' | 'import' | 'operator' | 'other'

/** A token's part, and where it plays it. */
export interface Part {
  readonly token: Token
  readonly role: Role
  readonly frames: readonly Frame[]
  /** For values: the property they are of, with its block's path before it, and the call they are an argument of. */
  readonly property?: string
  readonly call?: { readonly name: string; readonly index: number }
  readonly ends?: Ends
}

/** Something that could stand at the end of the tokens. */
export type Expected =
  | { readonly at: 'statement' }
  | { readonly at: 'declared-name' }
  /** After a component's name: label, `uses`, braces. */
  | { readonly at: 'component-head'; readonly kind: string; readonly technology?: boolean }
  | { readonly at: 'body'; readonly of: Frame['type'] }
  | { readonly at: 'technology'; readonly kind: string }
  | { readonly at: 'version'; readonly technology: string }
  | { readonly at: 'relation-end'; readonly ends: Ends }
  | { readonly at: 'relation-tail'; readonly ends: Ends; readonly verb: boolean }
  | { readonly at: 'verb'; readonly ends: Ends }
  | { readonly at: 'property-colon'; readonly property: string }
  | { readonly at: 'value'; readonly property: string; readonly list: boolean; readonly call?: Part['call']; readonly taken: readonly string[] }
  | { readonly at: 'operator' }
  | { readonly at: 'expression'; readonly let?: string }
  | { readonly at: 'member'; readonly of: string }
  | { readonly at: 'import' | 'rule' | 'because' | 'reason' | 'until' | 'date' | 'title' | 'extends' | 'flow-title' | 'colon' | 'outcome' | 'within' | 'share' | 'count' }
  | { readonly at: 'base'; readonly of: 'kind' | 'technology' }

export interface Words {
  isKind(word: string): boolean
  isContainer(word: string): boolean
  /** Whether a flow may carry it: tells `a -> b, rate: x` from `a -> b, c : reads`. */
  isFlowProperty(word: string): boolean
}

export interface Outline {
  /** Where the tokens ended. */
  readonly frames: readonly Frame[]
  readonly expected: readonly Expected[]
}
