/** What a failure does besides stopping flows: what is tried again, done twice, lost, refused or let through. */
import { flag, isNone, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { FlowAfter } from './aftermath.ts'
import type { Analysis } from './analysis.ts'
import type { Edge } from './graph.ts'
import { STORES } from './multiplicity.ts'
import type { Hit, Strike } from './strike.ts'

export interface Effect {
  readonly kind: 'retried' | 'repeated' | 'dropped' | 'refused' | 'let-through'
  /** What it is about: an arrow, or a component. */
  readonly edge?: Edge
  readonly component?: string
  /** A clause, ready to be read: `` `api → ledger` is tried 3 times ``. */
  readonly text: string
}

export function effectsOf(model: Model, analysis: Analysis, strike: Strike, flows: readonly FlowAfter[]): readonly Effect[] {
  const find = lookup(model)
  const name = (id: string): string => find.component(id)?.name ?? id
  const arrow = ({ relation }: Edge): string => `\`${name(relation.from)} → ${name(relation.to)}\``
  const effects: Effect[] = []
  const failing = new Set<Edge>()
  for (const { lost } of flows) for (const { edge } of lost) failing.add(edge)

  for (const edge of failing) {
    const { attempts } = analysis.attempts.layer(edge)
    if (attempts > 1) {
      const safe = analysis.duplication.idempotence(edge).safe
      const count = Number.isFinite(attempts) ? `up to ${Number(attempts.toPrecision(3))} times` : 'without end'
      const risk = safe === 'no' && edge.verb.name !== 'routes' ? ', and a try whose answer was lost is done again' : ''
      effects.push({ kind: 'retried', edge, text: `${arrow(edge)} is tried ${count}${risk}` })
    }
  }
  for (const edge of analysis.graph.edges) {
    const gone = strike.hits.get(edge.relation.to)?.of === 'all' || strike.severed(edge, edge.relation.to) !== undefined
    // Nobody waits for it and nothing keeps it.
    if (gone && edge.verb.name === 'calls' && edge.waits === 'no' && !strike.hits.has(edge.relation.from)) effects.push({ kind: 'dropped', edge, text: `${arrow(edge)}: nobody waits for it and nothing keeps it, so it is lost` })
  }
  for (const { component, of, count, left } of strike.hits.values()) {
    const declared = find.component(component)
    if (!declared) continue
    effects.push(...forgotten(declared, of))
    effects.push(...limiter(model, analysis, declared, of))
    if (of === 'some' && count !== undefined && left !== undefined && left < count) effects.push(...again(model, analysis, declared))
    if (of === 'some' || of === 'writes') effects.push(...lostWrites(declared))
  }
  return effects
}

/** What was only in memory. */
function forgotten({ id, name, kind, facts }: Component, of: Hit['of']): readonly Effect[] {
  if (of !== 'all') return []
  if (kind === 'cache' && word(facts, 'durability') !== 'fsync') return [{ kind: 'dropped', component: id, text: `\`${name}\` comes back cold` }]
  const memory = word(facts, 'durability') === 'memory' || flag(facts, 'durable') === false || word(facts, 'pattern') === 'write-behind'
  if (!memory || saysUnknown(facts, 'durability')) return []
  return [{ kind: 'dropped', component: id, text: `\`${name}\` loses what waits in it` }]
}

/** A limiter whose counter is gone lets all through, or nobody. */
function limiter(model: Model, { graph }: Analysis, component: Component, of: Hit['of']): readonly Effect[] {
  if (of !== 'all' || word(component.facts, 'role') !== 'rate-limiter') return []
  return graph.neededBy(component.id).flatMap((edge): readonly Effect[] => {
    const caller = lookup(model).component(edge.needer)
    const said = (caller && word(caller.facts, 'rate-limit.on-failure')) ?? word(component.facts, 'rate-limit.on-failure')
    if (said === undefined) return []
    return said === 'open'
      ? [{ kind: 'let-through', edge, text: `\`${caller?.name}\` fails open: without its counter it lets all requests through` }]
      : [{ kind: 'refused', edge, text: `\`${caller?.name}\` fails closed: without its counter it lets nobody through` }]
  })
}

/** Messages in the hands of a copy that fell go to another one. */
function again(model: Model, { duplication }: Analysis, component: Component): readonly Effect[] {
  const find = lookup(model)
  return duplication.seeds
    .filter((seed) => seed.component === component.id && seed.edge?.verb.name === 'delivers')
    .map((seed) => {
      const repeated = duplication.repeated(seed)
      const from = find.component(seed.edge!.relation.from)?.name
      const effect = repeated[0]?.effect.relation
      const risk = effect ? `, and \`${find.component(effect.from)?.name} → ${find.component(effect.to)?.name}\` does its work twice` : ''
      return { kind: 'repeated' as const, edge: seed.edge!, text: `what \`${component.name}\` had in hand from \`${from}\` is delivered again${risk}` }
    })
}

/** The tail that only the leader had. */
function lostWrites({ id, name, kind, facts }: Component): readonly Effect[] {
  if (!STORES.has(kind) || kind === 'cache' || word(facts, 'replication') !== 'leader-follower' || word(facts, 'sync') !== 'async' || isNone(facts, 'failover.mode')) return []
  const lag = number(facts, 'lag.p99') ?? number(facts, 'lag')
  return [{ kind: 'dropped', component: id, text: `\`${name}\` loses what its leader acknowledged and had not passed on${lag === undefined ? '' : ` (up to ${Number(lag.toPrecision(2))} s of writes)`}` }]
}
