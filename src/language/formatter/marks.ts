/** What the formatter asks the syntax of a statement group: where statements begin, which colon joins a verb, which parenthesis belongs to a name. */
import type { ParsedChunk } from '../chunk.ts'
import type { Expression, Statement } from '../syntax.ts'

/** Offsets count from the group's start. */
export interface Marks {
  /** Where a statement begins that has one before it in the same body or line, and whether a comma may stand between the two. */
  readonly begins: ReadonlyMap<number, { readonly parted: boolean }>
  /** From the end of one statement to the start of the next, or to the end of their body: a comma there only parts them. */
  readonly between: readonly (readonly [number, number])[]
  /** Where the last end of a relation ends: what follows is its verb, its label or its body. */
  readonly ends: ReadonlySet<number>
  /** Ends of names that an argument list or a version follows. */
  readonly callees: ReadonlySet<number>
  /** Minus signs before an operand, by their start. */
  readonly negations: ReadonlySet<number>
}

const known = new WeakMap<ParsedChunk, Marks>()

export function marksOf(parsed: ParsedChunk): Marks {
  let marks = known.get(parsed)
  if (!marks) known.set(parsed, (marks = collect(parsed.statements)))
  return marks
}

function collect(statements: readonly Statement[]): Marks {
  const begins = new Map<number, { parted: boolean }>()
  const between: [number, number][] = []
  const ends = new Set<number>()
  const callees = new Set<number>()
  const negations = new Set<number>()

  function list(all: readonly Statement[], start: number, end: number): void {
    let from = start
    for (const [index, statement] of all.entries()) {
      between.push([from, statement.start])
      if (index > 0) begins.set(statement.start, { parted: isFact(all[index - 1]!) && isFact(statement) })
      inside(statement)
      from = statement.end
    }
    between.push([from, end])
  }

  function inside(statement: Statement): void {
    switch (statement.type) {
      case 'let':
      case 'property':
        value(statement.value)
        return
      case 'expect':
        value(statement.within)
        return
      case 'accept':
        return
      case 'relation':
        ends.add(statement.ends.at(-1)!.at(-1)!.end)
        break
      case 'declaration':
        if (statement.uses?.version) {
          callees.add(statement.uses.name.end)
          value(statement.uses.version)
        }
        break
      case 'titled':
      case 'block':
        value(statement.amount)
    }
    if (statement.body) list(statement.body.statements, statement.body.start, statement.body.end)
  }

  function value(expression: Expression | undefined): void {
    switch (expression?.type) {
      case 'call':
        callees.add(expression.name.end)
        expression.args.forEach(value)
        return
      case 'list':
        expression.items.forEach(value)
        return
      case 'operation':
        value(expression.left)
        value(expression.right)
        return
      case 'negation':
        negations.add(expression.start)
        value(expression.value)
        return
      case 'group':
        value(expression.value)
        return
      case 'span':
        value(expression.from)
        value(expression.to)
        return
      case 'comparison':
        value(expression.than)
    }
  }

  list(statements, 0, Infinity)
  between.sort(([a], [b]) => a - b)
  return { begins, between, ends, callees, negations }
}

/** What says something of the thing around it: with a comma before the next such on its line. Steps and declarations stand apart by blanks. */
export function isFact({ type }: Statement): boolean {
  return type === 'property' || type === 'block'
}
