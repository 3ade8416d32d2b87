import { known, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { copiesAtAck, sizeOf } from './durable-copies.ts'
import { uniqueFacts } from './figure.ts'
import { BROKERS } from './homes.ts'
import { levelName } from './quorum.ts'

/** On how many copies a write is when it is acknowledged, at the levels that the design's writes ask for. */
export function acknowledged(model: Model, analysis: Analysis, component: Component): { readonly text: string; readonly least?: number; readonly facts: readonly Fact[] } | undefined {
  const own = copiesAtAck(component)
  const copies = analysis.quorums.copies(component.id)
  const levels = copies === undefined ? [] : lookup(model).relationsTo(component.id).flatMap((relation) => (relation.verb === 'writes' ? (analysis.quorums.level(relation) ?? []) : []))
  // Only those in step may lead, and a leader that is alone in step goes on alone.
  const acks = word(component.facts, 'acks')
  if (own?.count !== undefined && BROKERS.has(component.kind) && (acks === 'all' || acks === 'quorum') && (own.of ?? 0) > own.count) return { text: `at least ${own.text}`, least: own.count, facts: own.facts }
  // Each region of such a table keeps its own majority; the others get it later.
  if (word(component.facts, 'replication') === 'multi-leader' && word(component.facts, 'durability') === 'quorum-fsync' && own !== undefined && own.count === 1)
    return { text: 'a majority in its own region', least: 2, facts: uniqueFacts([...own.facts, known(component.facts, 'durability')?.fact]) }
  if (copies === undefined || levels.length === 0 || own?.count === 0) return own && { text: own.text, ...(own.count !== undefined && { least: own.count }), facts: own.facts }
  const least = levels.reduce((weakest, level) => (level.answering.count < weakest.answering.count ? level : weakest))
  const of = sizeOf(component)?.count ?? copies.n
  const { where, count } = least.answering
  const total = where === 'anywhere' ? copies.n * copies.regions : of
  const text = `${count === total ? `${count}` : `${count} of ${total}`} copies${where === 'each' ? ' in each region' : where === 'local' && copies.regions > 1 ? ' in the writer’s region' : ''}`
  const name = least.name.includes('=') ? '' : ` at ${levelName(least)}`
  return { text: `${count === 1 && total === 1 ? '1 copy' : text}${name}`, least: count, facts: uniqueFacts([...least.facts, ...copies.facts]) }
}
