/** A body's properties → facts by path, checked against the vocabulary. */
import type { Fact, Facts, StatedFact, Value } from '../../model/value.ts'
import { vocabulary, type Property, type Subject } from '../../vocabulary/index.ts'
import type { Node, Tree } from '../tree.ts'
import { originOf, type Context, type Sited } from './context.ts'
import { valueFor, type Lets } from './values.ts'

export interface About {
  readonly subject: Subject
  readonly kind?: string
  /** The verbs of a chain's hops: a property makes sense where it does for one of them. */
  readonly verbs?: readonly string[]
  /** How a message names it: `a cache`, `this arrow`. */
  readonly what: string
}

/** The stated facts of a body. Statements of other kinds are left to the caller. */
export function statedFacts(context: Context, tree: Tree, children: readonly Node[], about: About, lets: Lets): Record<string, Fact> {
  const facts: Record<string, Fact> = Object.create(null) as Record<string, Fact>
  collect(context, tree, children, about, lets, '', facts)
  return facts
}

function collect(context: Context, tree: Tree, children: readonly Node[], about: About, lets: Lets, prefix: string, facts: Record<string, Fact>): void {
  for (const node of children) {
    const sited: Sited = { tree, node }
    const { statement } = node
    if (statement.type === 'property') {
      const row = rowFor(context, sited, about, prefix, statement.name)
      if (!row) continue
      // Something is said, and nobody knows what: nothing may be read from it, least of all that nothing is there.
      const value = valueFor(context, sited, row.name, row.type, statement.value, { lets }) ?? UNKNOWN
      put(context, facts, row.name, { from: 'stated', value, origin: tree.origin(node.start, node.end) }, statement.name.text)
      if (row.type.type === 'block' && value.type === 'word' && value.word === 'none') continue
    } else if (statement.type === 'block' && !(about.subject === 'flow' && STEPS.has(statement.keyword.text))) {
      const row = rowFor(context, sited, about, prefix, statement.keyword)
      if (!row) continue
      if (row.type.type !== 'block') {
        context.report(originOf(sited, statement.keyword), 'not-a-block', 'error', `\`${row.name}\` takes a value: write \`${row.example}\`.`)
        continue
      }
      put(context, facts, row.name, { from: 'stated', value: { type: 'word', word: 'yes' }, origin: tree.origin(node.start, node.end) }, statement.keyword.text)
      collect(context, tree, node.children, about, lets, `${row.name}.`, facts)
    } else if (prefix !== '' && statement.type !== 'accept') {
      context.report(tree.origin(node.start, node.end), 'misplaced', 'error', `Only properties stand in \`${prefix.slice(0, -1)} { … }\`.`)
    }
  }
}

const UNKNOWN: Value = { type: 'unknown' }

const STEPS = new Set(['when', 'any-of', 'parallel', 'repeat'])

function rowFor(context: Context, sited: Sited, about: About, prefix: string, name: { readonly text: string; readonly start: number; readonly end: number }): Property | undefined {
  const row = vocabulary.property(about.subject, prefix + name.text)
  const origin = originOf(sited, name)
  if (!row) {
    const rows = vocabulary.propertiesFor(about.subject)
    const here = rows.flatMap((one) => [one.name, ...one.aliases]).flatMap((path) => (path.startsWith(prefix) && !path.slice(prefix.length).includes('.') ? [path.slice(prefix.length)] : []))
    const where = prefix ? `\`${prefix.slice(0, -1)}\`` : about.what
    context.unknown(origin, 'unknown-property', 'error', `${where.charAt(0).toUpperCase()}${where.slice(1)} has no property \`${name.text}\`.`, name.text, here)
    return undefined
  }
  const odd =
    (about.kind !== undefined && row.kinds.length > 0 && !row.kinds.includes(about.kind)) ||
    (about.verbs !== undefined && about.verbs.length > 0 && row.verbs.length > 0 && !about.verbs.some((verb) => row.verbs.includes(verb)))
  if (odd) {
    const on = row.kinds.length > 0 && about.kind !== undefined ? `a ${listed(row.kinds)}` : `an arrow that ${listed(row.verbs)}`
    context.report(origin, 'odd-property', 'hint', `\`${row.name}\` says nothing about ${about.what}; it is for ${on}.`)
  }
  return row
}

function listed(words: readonly string[]): string {
  return words.length > 3 ? `${words.slice(0, 3).join(', ')} or the like` : words.length > 1 ? `${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : (words[0] ?? '')
}

function put(context: Context, facts: Record<string, Fact>, path: string, fact: StatedFact, written: string): void {
  const before = facts[path]
  if (before?.from === 'stated' && !(before.value.type === 'word' && before.value.word === 'yes' && path === written)) {
    context.report(fact.origin, 'duplicate-property', 'error', `\`${written}\` is stated twice: keep one of the two.`, { related: [{ origin: before.origin, message: 'The first one; it counts' }] })
    return
  }
  facts[path] = fact
}

/** Stated over inherited from the containers around it (nearest first) over defaults. A stated `unknown` keeps defaults away. */
export function layered(stated: Readonly<Record<string, Fact>>, inherited: readonly Facts[], defaults: Facts): Facts {
  const facts: Record<string, Fact> = { ...defaults }
  for (const [path, { value }] of Object.entries(stated)) {
    // `backup: none` says no to all of it, and `backup: unknown` leaves all of it open.
    if (value.type !== 'unknown' && !(value.type === 'word' && (value.word === 'none' || value.word === 'no'))) continue
    for (const inner of Object.keys(facts)) if (inner.startsWith(`${path}.`)) delete facts[inner]
  }
  for (const layer of inherited.toReversed()) Object.assign(facts, layer)
  return Object.assign(facts, stated)
}
