/**
 * The syntax tree in plain objects with offsets that count from the start of their statement group: so a group that was parsed once is good
 * wherever its text stands, and lowering never sees the parser's own classes.
 */
export interface Spot {
  readonly start: number
  readonly end: number
}

/** A word or a string with its place; of a string, `text` is without its quotes and escapes. */
export interface Token extends Spot {
  readonly text: string
}

export type Statement = LetStatement | AcceptStatement | ExpectStatement | PropertyStatement | RelationStatement | TitledStatement | DeclarationStatement | BlockStatement

export interface LetStatement extends Spot {
  readonly type: 'let'
  readonly name: Token
  readonly value: Expression
}

export interface AcceptStatement extends Spot {
  readonly type: 'accept'
  readonly rule: Token
  readonly reason: Token
  readonly until?: Token
}

export interface ExpectStatement extends Spot {
  readonly type: 'expect'
  /** A title in quotes, or a name. */
  readonly flow: Token
  readonly outcome?: Token
  readonly within?: Expression
}

export interface PropertyStatement extends Spot {
  readonly type: 'property'
  readonly name: Token
  readonly value: Expression
}

export interface RelationStatement extends Spot {
  readonly type: 'relation'
  readonly ends: readonly (readonly Token[])[]
  readonly arrows: readonly Token[]
  readonly verb?: Token
  readonly label?: Token
  readonly body?: InlineBody
}

/** `flow "Title" { … }`, `when "why" 8% { … }`, `import "./x.lintel"` */
export interface TitledStatement extends Spot {
  readonly type: 'titled'
  readonly keyword: Token
  readonly title: Token
  readonly amount?: Expression
  readonly body?: InlineBody
}

/** `database ledger "Ledger" uses postgres(16) { … }`, `data Order { … }`, `kind a extends b { … }` */
export interface DeclarationStatement extends Spot {
  readonly type: 'declaration'
  readonly keyword: Token
  readonly name: Token
  readonly label?: Token
  readonly uses?: { readonly name: Token; readonly version?: Expression }
  readonly base?: Token
  readonly body?: InlineBody
}

/** `dedupe { … }`, `repeat 10 { … }` */
export interface BlockStatement extends Spot {
  readonly type: 'block'
  readonly keyword: Token
  readonly amount?: Expression
  readonly body: InlineBody
}

export interface InlineBody {
  /** Just behind `{`. */
  readonly start: number
  /** Just before `}`. */
  readonly end: number
  readonly statements: readonly Statement[]
}

export type Expression =
  | (Spot & { readonly type: 'quantity'; readonly text: string })
  | (Spot & { readonly type: 'date'; readonly text: string })
  | (Spot & { readonly type: 'text'; readonly text: string })
  | (Spot & { readonly type: 'name'; readonly name: string })
  | CallExpression
  | (Spot & { readonly type: 'list'; readonly items: readonly Expression[] })
  | OperationExpression
  | (Spot & { readonly type: 'group'; readonly value: Expression })
  | (Spot & { readonly type: 'negation'; readonly value: Expression })
  | (Spot & { readonly type: 'span'; readonly from: Expression; readonly to: Expression })
  | (Spot & { readonly type: 'comparison'; readonly operator: '<' | '<=' | '>' | '>='; readonly than: Expression })

export interface CallExpression extends Spot {
  readonly type: 'call'
  readonly name: Token
  /** `"Buy a ticket"(3)` */
  readonly quoted: boolean
  readonly args: readonly Expression[]
}

export interface OperationExpression extends Spot {
  readonly type: 'operation'
  readonly operator: '+' | '-' | '*' | '/'
  readonly left: Expression
  readonly right: Expression
}

/** Something the parser could not read, in plain words. */
export interface SyntaxProblem extends Spot {
  readonly message: string
  /** A replacement of text in the group that mends it. */
  readonly fix?: Spot & { readonly title: string; readonly newText: string }
}
