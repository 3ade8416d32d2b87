/**
 * Where a design asks that messages take effect in order, and which effects would notice if they did not: `order` on data or a flow,
 * `requires: order`, or the class of the data (CONVENTIONS 0.2).
 */
import { call, known, nameOf, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { flowsOver } from './flows.ts'
import type { Edge } from './graph.ts'

export interface OrderDemand {
  readonly scope: 'key' | 'total'
  /** Of which messages the order counts: those with the same value of this. */
  readonly key?: string
  /** Said in words; else the class of the data implies it. */
  readonly stated: boolean
  /** `` `Transfer` asks for order per `account-id` `` */
  readonly because: string
  readonly fact: Fact
  /** The data that it is about, where it is about one. */
  readonly data?: string
}

/** What is asked of a delivery. Undefined where it is not asked, tolerated, or said to be unknown. */
export function orderDemanded(model: Model, analysis: Analysis, delivery: Relation): OrderDemand | undefined {
  const find = lookup(model)
  const data = analysis.carried.on(delivery.id)
  const flows = flowsOver(analysis.flows, delivery.id).filter(({ flow }) => flow)
  const places = flows.length === 0 ? [undefined] : flows.map(({ flow }) => flow!.id)
  const intents = places.map((flow) => analysis.intents.at({ relation: delivery.id, component: delivery.to, data, ...(flow !== undefined && { flow }) }, 'reordering'))
  const intent = intents.find(({ stance }) => stance === 'requires') ?? intents[0]!
  if (intent.stance === 'tolerates' && !intent.implied) return undefined
  if (intent.withheld) return undefined
  for (const id of data) {
    const declared = find.data(id)!
    const said = statedOrder(declared.facts, `\`${declared.name}\``, key(declared.facts))
    if (said === 'unknown' || said === 'none') return undefined
    if (said) return { ...said, data: id }
  }
  for (const { flow } of flows) {
    const only = data.length === 1 ? key(find.data(data[0]!)!.facts) : undefined
    const said = statedOrder(flow!.facts, `"${flow!.title}"`, only)
    if (said && said !== 'unknown' && said !== 'none') return said
  }
  if (intent.stance !== 'requires' || !intent.fact) return undefined
  const about = data.find((id) => !intent.implied || known(find.data(id)!.facts, 'class')?.fact === intent.fact)
  const given = call({ it: intent.fact }, 'it', 'order')
  const named = nameOf(given?.args[0]) ?? (about === undefined ? undefined : key(find.data(about)!.facts))
  return { scope: 'key', stated: !intent.implied, because: intent.because, fact: intent.fact, ...(named !== undefined && { key: named }), ...(about !== undefined && { data: about }) }
}

function statedOrder(facts: Facts, who: string, own: string | undefined): OrderDemand | 'unknown' | 'none' | undefined {
  if (saysUnknown(facts, 'order')) return 'unknown'
  const said = known(facts, 'order')
  const kind = word(facts, 'order')
  if (!said || kind === undefined) return undefined
  if (kind === 'none') return 'none'
  if (kind === 'total') return { scope: 'total', stated: true, because: `${who} asks for one order of all`, fact: said.fact }
  const named = nameOf(call(facts, 'order', 'per-key')?.args[0]) ?? own
  return { scope: 'key', stated: true, because: `${who} asks for order per ${named === undefined ? 'key' : `\`${named}\``}`, fact: said.fact, ...(named !== undefined && { key: named }) }
}

function key(facts: Facts): string | undefined {
  const names = words(facts, 'key')
  return names?.length === 1 ? names[0] : undefined
}

/** Whatever order messages come in, the result is the same: older ones are passed over, or the consumer puts them in order itself. */
export function bearsReordering(model: Model, analysis: Analysis, delivery: Relation): boolean {
  const consumer = lookup(model).component(delivery.to)
  if (!consumer || passesOver(delivery.facts)) return true
  if (saysUnknown(consumer.facts, 'order') || (known(consumer.facts, 'order') && word(consumer.facts, 'order') !== 'none')) return true
  const effects = effectsOf(analysis, delivery)
  return effects.length > 0 && effects.every((edge) => passesOver(edge.relation.facts) || commutes(lookup(model).component(edge.needed), edge))
}

/** A write that replaces what is there: the one that comes last wins, whichever was made last. */
export function overwrites(model: Model, analysis: Analysis, delivery: Relation): Edge | undefined {
  return effectsOf(analysis, delivery).find((edge) => {
    const op = word(edge.relation.facts, 'op')
    const target = lookup(model).component(edge.needed)
    return edge.verb.name === 'writes' && (op === 'upsert' || op === 'update' || op === 'set') && !passesOver(edge.relation.facts) && !commutes(target, edge)
  })
}

function effectsOf({ graph, duplication }: Analysis, delivery: Relation): readonly Edge[] {
  const own = graph.edge(delivery.id)
  return graph.needs(delivery.to).filter((edge) => EFFECTS.has(edge.verb.name) && edge !== own && word(edge.relation.facts, 'op') !== 'read' && (!own || duplication.follows(own, edge)))
}

const EFFECTS: ReadonlySet<string> = new Set(['writes', 'calls', 'publishes'])

/** A version, a condition or a sequence decides, not the moment of arrival. */
function passesOver(facts: Facts): boolean {
  if (['apply', 'if', 'order-by'].some((path) => saysUnknown(facts, path))) return true
  const by = word(facts, 'order-by')
  return word(facts, 'apply') === 'if-newer' || by === 'version' || by === 'sequence' || protection(facts, 'if') === true
}

function commutes(target: Component | undefined, { relation: { facts } }: Edge): boolean {
  const op = word(facts, 'op')
  if (op === 'increment' || op === 'delete' || saysUnknown(facts, 'op')) return true
  const conflict = target && word(target.facts, 'conflict')
  return conflict === 'crdt' || conflict === 'version' || conflict === 'vector' || (target !== undefined && saysUnknown(target.facts, 'conflict') && target.kind !== 'external')
}
