/** What a failure does besides stopping flows: what is tried again, done twice, lost, refused or let through. */
import { flag, isNone, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { PLAIN, formatQuantity, quantity } from '../model/quantity.ts'
import type { FlowAfter } from './aftermath.ts'
import type { Analysis } from './analysis.ts'
import { lostOver } from './backlogs.ts'
import type { Edge } from './graph.ts'
import { BROKERS } from './multiplicity.ts'
import { lossOfCopy, lossOfReplica } from './recovery.ts'
import { time } from './staleness.ts'
import type { Hit } from './hit.ts'
import type { Exhausted } from './slowness.ts'
import type { Strike } from './strike.ts'

export interface Effect {
  readonly kind: 'retried' | 'repeated' | 'dropped' | 'refused' | 'let-through' | 'stale' | 'diverged'
  /** What it is about: an arrow, or a component. */
  readonly edge?: Edge
  readonly component?: string
  /** A clause, ready to be read: `` `api → ledger` is tried 3 times ``. */
  readonly text: string
}

export function effectsOf(model: Model, analysis: Analysis, strike: Strike, flows: readonly FlowAfter[], exhausted: readonly Exhausted[]): readonly Effect[] {
  const find = lookup(model)
  const name = (id: string): string => find.component(id)?.name ?? id
  const effects: Effect[] = []
  for (const { component, workers, waiting, waitsFor } of exhausted) {
    effects.push({ kind: 'refused', component, text: `\`${name(component)}\` has ${formatQuantity(quantity(workers, PLAIN))} workers, and ${formatQuantity(quantity(waiting, PLAIN))} requests wait for \`${name(waitsFor)}\` at a time: it has no time for others` })
  }
  effects.push(...retried(model, analysis, strike, flows))
  for (const edge of lostOver(model, analysis.graph.edges, strike)) {
    const how = edge.verb.name === 'delivers' ? `\`${name(edge.relation.from)}\` keeps nothing for those who are away` : 'nobody waits for it and nothing keeps it'
    effects.push({ kind: 'dropped', edge, text: `\`${name(edge.relation.from)} → ${name(edge.relation.to)}\`: ${how}, so it is lost` })
  }
  for (const hit of strike.hits.values()) {
    const declared = find.component(hit.component)
    if (!declared) continue
    effects.push(...forgotten(declared, hit.of))
    effects.push(...limiter(model, analysis, declared, hit.of))
    effects.push(...lostAtFailover(analysis, declared, hit))
  }
  const fewer = [...strike.hits.values()].filter(({ of, count, left }) => of === 'some' && count !== undefined && left !== undefined && left < count)
  effects.push(...again(model, analysis, new Set(fewer.map(({ component }) => component))))
  effects.push(...apart(model, analysis, strike))
  effects.push(...lostAtTakeover(model, analysis, flows))
  return effects
}

/** What is tried again while it fails, all layers of the way together (NUMBERS M3). */
function retried(model: Model, { attempts, duplication }: Analysis, strike: Strike, flows: readonly FlowAfter[]): readonly Effect[] {
  const find = lookup(model)
  const most = new Map<Edge, { tries: number; layers: number }>()
  for (const { paths, failing } of flows) {
    const tried = failing.flatMap((edge) => {
      const own = attempts.layer(edge).attempts
      const together = amplifiedOn(attempts, paths, edge)
      return own > 1 ? [{ edge, tries: together?.attempts ?? own, layers: together?.layers ?? 1, together }] : []
    })
    // What is tried on the way to what is tried most is in that already.
    const within = new Set<Edge>()
    for (const { edge, tries, layers, together } of tried.sort((a, b) => b.tries - a.tries)) {
      if (within.has(edge)) continue
      for (const before of together?.path() ?? []) within.add(before)
      if (tries > (most.get(edge)?.tries ?? 0)) most.set(edge, { tries, layers })
    }
  }
  return [...most].map(([edge, { tries, layers }]) => {
    const count = Number.isFinite(tries) ? `up to ${Number(tries.toPrecision(3))} times` : 'without end'
    const together = layers > 1 ? ` for one request, as ${layers} layers retry` : ''
    const mayBeDone = strike.hits.get(edge.relation.to)?.of !== 'all' && strike.arrives(edge, edge.needed) && edge.verb.name !== 'routes' && duplication.idempotence(edge).safe === 'no'
    // A budget bounds the share of requests that are tried again, not how often one of them is.
    if (tries < 2) return { kind: 'retried' as const, edge, text: `\`${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}\` is tried again for up to ${Math.round((tries - 1) * 100)}% of the requests` }
    const text = `\`${find.component(edge.relation.from)?.name} → ${find.component(edge.relation.to)?.name}\` is tried ${count}${together}${mayBeDone ? ', and a try whose answer was lost is done again' : ''}`
    return { kind: 'retried' as const, edge, text }
  })
}

const amplified = new WeakMap<Analysis['attempts'], ReadonlyMap<string, Analysis['attempts']['amplified'][number]>>()

function amplifiedOn(attempts: Analysis['attempts'], { id }: FlowAfter['paths'], { relation }: Edge): Analysis['attempts']['amplified'][number] | undefined {
  let made = amplified.get(attempts)
  if (!made) amplified.set(attempts, (made = new Map(attempts.amplified.map((one) => [`${one.flow.id} ${one.edge.relation.id}`, one]))))
  return made.get(`${id} ${relation.id}`)
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

/** Messages in the hands of a copy that fell go to another one: where that does something twice one by one, else all of a broker together. */
function again(model: Model, { duplication }: Analysis, components: ReadonlySet<string>): readonly Effect[] {
  const find = lookup(model)
  const name = (id: string): string => `\`${find.component(id)?.name ?? id}\``
  const inHand = duplication.seeds.flatMap((seed) => {
    if (!components.has(seed.component) || seed.edge?.verb.name !== 'delivers') return []
    const twice = [...new Set(duplication.repeated(seed).map(({ effect: { relation } }) => `\`${find.component(relation.from)?.name} → ${find.component(relation.to)?.name}\``))]
    return [{ edge: seed.edge, twice, from: seed.edge.relation.from, to: seed.component }]
  })
  const groups = Map.groupBy(inHand, ({ twice, from, edge }) => (twice.length > 0 ? edge.relation.id : from))
  return [...groups.values()].map(([first, ...others]) => {
    const { edge, twice, from } = first!
    const risk = twice.length === 0 ? '' : `, and ${joined(twice)} ${twice.length === 1 ? 'does its work' : 'do their work'} twice`
    return { kind: 'repeated', edge, text: `what ${joined([first!, ...others].map(({ to }) => name(to)))} had in hand from ${name(from)} is delivered again${risk}` }
  })
}

/** Copies in other stores that get nothing while both ends stand and the way between them is cut. */
function apart(model: Model, { graph }: Analysis, { hits, arrives }: Strike): readonly Effect[] {
  const name = (id: string): string => `\`${lookup(model).component(id)?.name ?? id}\``
  const cut = graph.edges.filter((edge) => edge.verb.name === 'replicates' && !arrives(edge, edge.needed) && [edge.relation.from, edge.relation.to].every((id) => hits.get(id)?.of !== 'all'))
  return cut.flatMap(({ relation: { from, to }, relation }, index): readonly Effect[] => {
    const back = cut.findIndex((other) => other.relation.from === to && other.relation.to === from)
    if (back < 0) return [{ kind: 'stale', component: to, text: `${name(to)} gets no writes of ${name(from)} while the cut lasts` }]
    return back < index ? [] : [{ kind: 'diverged', component: relation.from, text: `${name(from)} and ${name(to)} take writes apart from each other: what both changed has to be merged afterwards` }]
  })
}

/** What only the leader that fell had. */
function lostAtFailover({ load }: Analysis, component: Component, { of, count, left, pause }: Hit): readonly Effect[] {
  const fell = count !== undefined && left !== undefined && left < count && (of === 'writes' || pause !== undefined)
  if (!fell || pause === 0 || component.kind === 'cache' || isNone(component.facts, 'failover.mode') || number(component.facts, 'min-isr') === left) return []
  const window = lossOfCopy(component)
  if (!window) return []
  const what = BROKERS.has(component.kind) ? 'messages' : 'writes'
  return [{ kind: 'dropped', component: component.id, text: `\`${component.name}\` loses acknowledged ${what} that no other copy has yet${upTo(window.seconds, load.component(component.id).writes.average)}` }]
}

/** What a store that takes over had not got yet. */
function lostAtTakeover(model: Model, { load, graph }: Analysis, flows: readonly FlowAfter[]): readonly Effect[] {
  const find = lookup(model)
  const pairs = new Map<string, Effect>()
  for (const { component, standIn, then } of flows.flatMap(({ lost }) => lost)) {
    const store = find.component(component)
    const copy = graph.edges.find(({ verb, relation }) => verb.name === 'replicates' && relation.from === component && relation.to === standIn)
    if (then !== 'stands-in' || !store || !copy || pairs.has(`${component} ${standIn}`)) continue
    const window = lossOfReplica(copy.relation, find.component(standIn!)!)
    if (typeof window !== 'object') continue
    pairs.set(`${component} ${standIn}`, { kind: 'dropped', component, text: `\`${find.component(standIn!)!.name}\` takes over without the last writes of \`${store.name}\`${upTo(window.seconds, load.component(component).writes.average)}` })
  }
  return [...pairs.values()]
}

/** `: up to 5s of them, 15k` (NUMBERS M23: rate · window). */
function upTo(seconds: number | undefined, rate: number): string {
  if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0) return ''
  return `: up to ${time(seconds)} of them${rate * seconds >= 1 ? `, ${formatQuantity(quantity(rate * seconds, PLAIN))}` : ''}`
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
