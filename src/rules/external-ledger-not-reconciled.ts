import type { Analysis } from '../analysis/analysis.ts'
import type { Edge } from '../analysis/graph.ts'
import { flag, known, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const externalLedgerNotReconciled: Rule = {
  id: 'external-ledger-not-reconciled',
  code: 'O6',
  severity: 'error',
  title: 'Our books and somebody else’s can differ, and nobody compares them',
  why: 'A time-out does not say whether the card was charged. Keys, retries and sagas make a difference between the two books rare, and never impossible: a refund by telephone, a chargeback, a bug. What nobody compares is found by the customer or by the auditor.',
  sources: [
    { title: 'Airbnb Engineering, Avoiding Double Payments in a Distributed Payments System', url: 'https://medium.com/airbnb-engineering/avoiding-double-payments-in-a-distributed-payments-system-2981f6b070bb' },
    { title: 'Stripe documentation, Reconciliation', url: 'https://docs.stripe.com/reports/payout-reconciliation' },
  ],
  needs: ['op', 'class', 'stores', 'truth', 'resolve', 'period', 'role', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const caring = comparesSomewhere(model)
    const causes = new Map<string, [Booked, ...Booked[]]>()
    for (const edge of analysis.graph.edges) {
      const booked = bookedTwice(model, analysis, edge, caring)
      if (!booked) continue
      const cause = causes.get(edge.needed)
      if (cause) cause.push(booked)
      else causes.set(edge.needed, [booked])
    }
    // To compare one is to speak of comparing: then all are to be compared.
    const others = caring ? 0 : new Set(analysis.graph.edges.flatMap((edge) => bookedTwice(model, analysis, edge, true)?.effect.needed ?? [])).size - 1
    for (const cause of causes.values()) yield report(model, cause, caring, others > 0)
  },
}

/** Third parties that keep an account of the same as we do, short of money, in a design that does not speak of comparing the two. */
export function unspokenLedgers(model: Model, analysis: Analysis): readonly Component[] {
  if (comparesSomewhere(model)) return []
  const booked = analysis.graph.edges.flatMap((edge) => bookedTwice(model, analysis, edge, true) ?? [])
  return [...new Set(booked.flatMap(({ money, effect }) => (money ? [] : [lookup(model).component(effect.needed)!])))]
}

/** An effect at a third party, with our own record of it. */
interface Booked {
  readonly effect: Edge
  readonly money: boolean
  /** What says that it matters: the operation, or the class of the data. */
  readonly fact: Fact
  readonly books: readonly Component[]
}

/** Classes of which both sides keep an account. */
const COUNTED: ReadonlySet<string> = new Set(['money', 'inventory', 'entitlement'])
const LASTING: ReadonlySet<string> = new Set(['charge', 'authorize', 'insert', 'append', 'update', 'upsert', 'increment', 'delete'])

/** The design speaks of comparing: then an absence elsewhere is more than silence (rules/README, "Absence"). */
function comparesSomewhere(model: Model): boolean {
  return model.relations.some(({ verb, facts }) => verb === 'reconciles' || (known(facts, 'resolve') !== undefined && word(facts, 'resolve') !== 'none')) || model.components.some(({ facts }) => word(facts, 'role') === 'reconciler')
}

function bookedTwice(model: Model, analysis: Analysis, edge: Edge, caring: boolean): Booked | undefined {
  const { facts } = edge.relation
  const external = lookup(model).component(edge.needed)
  const op = known(facts, 'op')
  if (external?.kind !== 'external' || edge.verb.name !== 'calls' || !op || !LASTING.has(word(facts, 'op') ?? '')) return undefined
  // After a time-out it is asked, repeated under its key, or told: the two come together by themselves.
  if (saysUnknown(facts, 'resolve') || saysUnknown(facts, 'data') || (known(facts, 'resolve') && word(facts, 'resolve') !== 'none')) return undefined
  const data = analysis.carried.on(edge.relation.id)
  const counted = data.find((id) => COUNTED.has(analysis.intents.classOf(id) ?? ''))
  const money = word(facts, 'op') === 'charge' || (counted !== undefined && analysis.intents.classOf(counted) === 'money')
  if (!money && !(counted !== undefined && caring)) return undefined
  if (analysis.intents.at({ relation: edge.relation.id, component: edge.needer, data }, 'loss').stance === 'tolerates') return undefined
  const books = booksOf(model, analysis, edge, data)
  if (books.length === 0 || isCompared(model, external, books)) return undefined
  const fact = counted === undefined ? op.fact : known(lookup(model).data(counted)!.facts, 'class')!.fact
  return { effect: edge, money, fact, books }
}

/** Where our own record is: every database that keeps that data and says nothing of being a copy; else those that the same one writes. */
function booksOf(model: Model, { carried }: Analysis, edge: Edge, data: readonly string[]): readonly Component[] {
  const find = lookup(model)
  const isBook = (component: Component | undefined): component is Component => component?.kind === 'database' && flag(component.facts, 'derived') !== true && !known(component.facts, 'rebuild-from') && !['derived', 'rebuild-from', 'stores'].some((path) => saysUnknown(component.facts, path))
  if (data.length > 0) return model.components.filter((component) => isBook(component) && carried.at(component.id).some((id) => data.includes(id)))
  return [...new Set(find.relationsFrom(edge.needer).flatMap(({ verb, to }) => (verb === 'writes' ? [find.component(to)] : [])).filter(isBook))]
}

/** Somebody looks at both from time to time: by `reconciles`, by its role, or by the clock. */
function isCompared(model: Model, external: Component, books: readonly Component[]): boolean {
  const find = lookup(model)
  const own = new Set(books.map(({ id }) => id))
  const onceReached = (component: Component): boolean => {
    const out = find.relationsFrom(component.id)
    if (!out.some(({ to }) => to === external.id)) return false
    if (out.some(({ verb, to }) => verb === 'reconciles' && to === external.id) || word(component.facts, 'role') === 'reconciler' || saysUnknown(component.facts, 'role')) return true
    const timed = ['scheduler', 'batch', 'workflow'].includes(component.kind) || known(component.facts, 'period') !== undefined || find.relationsTo(component.id).some(({ verb, from }) => verb === 'triggers' && find.component(from)?.kind === 'scheduler')
    return timed && out.some(({ to }) => own.has(to)) && out.some(({ to, verb, facts }) => to === external.id && (verb === 'reads' || word(facts, 'op') === 'read' || word(facts, 'op') === undefined))
  }
  // It may also come as a file or a report that a job of ours reads.
  const delivered = find.relationsFrom(external.id).some(({ verb, to }) => verb === 'reconciles' || word(find.component(to)?.facts ?? {}, 'role') === 'reconciler')
  return delivered || model.components.some(onceReached)
}

function report(model: Model, cause: readonly [Booked, ...Booked[]], caring: boolean, others: boolean): Finding {
  const [first, ...rest] = cause
  const { effect, fact } = first
  const money = cause.some((booked) => booked.money)
  const external = nameOf(model, effect.needed)
  const names = [...new Set(cause.flatMap(({ books }) => books.map(({ name }) => name)))]
  const callers = [...new Set(cause.map(({ effect: { needer } }) => nameOf(model, needer)))]
  const charges = cause.some(({ effect: { relation } }) => word(relation.facts, 'op') === 'charge')
  return {
    at: effect.relation.origin,
    subject: { component: effect.needed, relation: effect.relation.id },
    severity: money && caring ? 'error' : 'warning',
    message: `${listed(callers)} ${charges ? (callers.length > 1 ? 'charge at' : 'charges at') : callers.length > 1 ? 'change' : 'changes'} \`${external}\`, and ${listed(names)} ${names.length > 1 ? 'keep' : 'keeps'} our own record of it, but nothing ever compares the two: a time-out that ${charges ? 'did charge' : 'went through'} stays unbooked until somebody complains.`,
    help: `Compare the two at intervals (\`reconciles { period: 1d }\` to both), and ask for the state after a time-out (\`resolve: query\`).`,
    related: [
      ...rest.map(({ effect: { relation } }) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` changes it too` })),
      ...first.books.map(({ origin, name }) => ({ at: origin, message: `\`${name}\` keeps our own record` })),
    ],
    facts: [fact, known(effect.relation.facts, 'op')!.fact],
    fixes: others ? [] : fixes(model, first),
  }
}

/** A job of its own that compares the two every day. */
function fixes(model: Model, { effect, books }: Booked): readonly Fix[] {
  const all = [...model.components, ...model.containers, ...model.data]
  const taken = new Set(all.map(({ name }) => name))
  const written = (component: Component): string => (all.filter(({ name }) => name === component.name).length > 1 ? component.id : component.name)
  let name = 'reconciliation'
  for (let next = 2; taken.has(name); next++) name = `reconciliation-${next}`
  const [external, book] = [lookup(model).component(effect.needed)!, books[0]!]
  const text = `scheduler ${name} { replicas: 2, zones: 2 }\n${' '.repeat(effect.relation.extent.range.start.character)}${name} -> ${written(external)}, ${written(book)} : reconciles { period: 1d }`
  return [{ title: `Compare \`${external.name}\` and \`${book.name}\` every day, in a new \`${name}\``, edits: [statementAfter(effect.relation.extent, text)] }]
}
