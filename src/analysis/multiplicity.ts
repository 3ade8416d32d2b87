/**
 * How often one visit of a component travels each relation that leaves it, where no step of a flow says so (NUMBERS M1, M2): `share`,
 * `calls`, hit ratios, one of several targets of a balancer, one of several consumers of a queue.
 */
import { call, isAbsent, isNone, known, limit, number, numberOf, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { hedgeLoad } from './fan-out.ts'
import { leastSure, type Sureness } from './figure.ts'
import type { Edge, Graph } from './graph.ts'
import { rowStores } from './outbox.ts'

/** What of the visits counts: everything that comes in, what changes the component's state, the outbox rows among it, or what only asks. */
export type VisitClass = 'all' | 'writes' | 'rows' | 'reads' | 'messages'

export interface Multiplicity {
  /** Where something is unknown, what it is at least. */
  readonly factor: number
  readonly per: VisitClass
  readonly sureness: Sureness
  readonly facts: readonly Fact[]
  /** What to state so that it becomes known: `` `share` of `api → ads` ``. */
  readonly missing: readonly string[]
}

export interface Multiplicities {
  of(edge: Edge): Multiplicity
  /** Only what the relation itself says, `share` and `calls`: for a relation that a step names. */
  stated(edge: Edge): Multiplicity
  /** Of several alternatives that a step names together, this one: what its misses are is asked apart. */
  chosen(edge: Edge): Multiplicity
  /** What of its visits a cache or CDN does not answer by itself but passes on over this relation; undefined where it leaves none of them. */
  misses(edge: Edge): Multiplicity | undefined
}

export function multiplicitiesOf(model: Model, graph: Graph): Multiplicities {
  const find = lookup(model)
  const made = new Map<string, Multiplicity>()
  const byRow = rowStores(model)
  let begun: ReadonlySet<string> | undefined
  const shared = new Map<string, Multiplicity | 'open'>()

  function of(edge: Edge): Multiplicity {
    const found = made.get(edge.relation.id) ?? compute(edge)
    made.set(edge.relation.id, found)
    return found
  }

  function compute(edge: Edge): Multiplicity {
    const own = stated(edge)
    const { relation } = edge
    const from = find.component(relation.from)
    if (!from) return own
    switch (edge.verb.load) {
      case 'none':
      case 'failures':
        if (leadsOn(edge.relation)) break
        return { ...own, factor: 0, sureness: 'exact', missing: [] }
      case 'writes':
        if (from.kind === 'cdc') return own
        return { ...own, per: edge.verb.name === 'captures' && byRow.has(from.id) ? 'rows' : 'writes' }
      case 'misses':
        return times(missedBy(relation, from), { ...own, per: 'reads' })
      case 'with':
        break
    }
    if (BROKERS.has(from.kind)) return times(delivery(edge, from), { ...own, per: 'messages' })
    // How many requests a third party sends back for each that it gets is its own affair.
    if (from.kind === 'external' && own.facts.length === 0) return times(unknownFactor(`\`calls\` of ${nameOf(relation)}`), own)
    if (STORES.has(from.kind)) return { ...own, per: 'writes' }
    // A clock does not go faster for what it is asked.
    if (edge.verb.name === 'triggers' && byClock(relation, from)) return times(unknownFactor(`\`rate\` of ${nameOf(relation)}`), own)
    if (from.kind === 'cdn') return times(missedBy(relation, from), chosen(edge))
    if (known(relation.facts, 'share')) return own
    if (edge.verb.name === 'routes' || from.kind === 'client') return chosen(edge)
    return times(behindCache(edge), own)
  }

  /** Asking for a name brings no load of its own; but where that DNS also says to whom to go, it is the way that the request takes. */
  function leadsOn(relation: Relation): boolean {
    return relation.verb === 'resolves' && find.component(relation.to)?.kind === 'dns' && find.relationsFrom(relation.to).some(({ verb }) => verb === 'routes')
  }

  function chosen(edge: Edge): Multiplicity {
    const own = stated(edge)
    const from = find.component(edge.relation.from)
    return !from || known(edge.relation.facts, 'share') ? own : times(alternatives(edge, from), own)
  }

  function stated(edge: Edge): Multiplicity {
    const { relation } = edge
    const share = known(relation.facts, 'share')
    const calls = known(relation.facts, 'calls')
    const facts = [share?.fact, calls?.fact].filter((fact) => fact !== undefined)
    const missing: string[] = []
    const spread = calls === undefined ? fanOut(relation) : undefined
    if (spread?.fact) facts.push(spread.fact)
    const hedge = hedged(relation)
    if (hedge) facts.push(hedge.fact)
    let factor = (number(relation.facts, 'share') ?? 1) * (countOf(relation) ?? spread?.factor ?? 1) * (1 + (hedge?.more ?? 0))
    // Where a flow with a rate begins with what is triggered, that rate is told there.
    if (relation.verb === 'triggers' && (begun ??= begunIn(model, graph)).has(relation.to)) factor = 0
    if (saysUnknown(relation.facts, 'share')) ((factor = 0), missing.push(`\`share\` of ${nameOf(relation)}`))
    if (saysUnknown(relation.facts, 'calls') || (spread && spread.factor === undefined)) ((factor = 0), missing.push(`\`calls\` of ${nameOf(relation)}`))
    return { factor, per: 'all', sureness: missing.length > 0 ? 'bound' : 'exact', facts, missing }
  }

  function byClock(relation: Relation, from: Component): boolean {
    return (known(relation.facts, 'cron') ?? known(from.facts, 'cron')) !== undefined && find.relationsTo(from.id).some(({ verb }) => verb === 'calls' || verb === 'delivers')
  }

  /** How many writes one event becomes; of a mean that is capped only that it is less is known. */
  function fanOut({ facts }: Relation): { readonly factor?: number; readonly fact?: Fact } | undefined {
    const said = known(facts, 'fanout')
    if (isAbsent(facts, 'fanout')) return isAbsent(facts, 'fanout-cap') ? undefined : {}
    const plain = number(facts, 'fanout')
    const mean = plain ?? numberOf(call(facts, 'fanout', 'per-follower')?.args[0])
    const cap = isAbsent(facts, 'fanout-cap') ? Infinity : limit(facts, 'fanout-cap')
    if (!said || mean === undefined || cap === undefined || (cap !== Infinity && plain === undefined)) return {}
    return { factor: Math.min(mean, cap), fact: said.fact }
  }

  /** M14: a second request goes out for the share that is slower than the percentile at which it is sent. Of a time nobody says which share that is. */
  function hedged({ facts }: Relation): { readonly more: number; readonly fact: Fact } | undefined {
    const said = known(facts, 'hedge.after')
    const share = said?.value.type === 'word' ? AFTER[said.value.word] : undefined
    return said && share !== undefined ? { more: hedgeLoad(share), fact: said.fact } : undefined
  }

  /** `routes`, and the several requests that a client can send: without shares nobody knows which of them is taken. */
  function alternatives(edge: Edge, from: Component): Multiplicity {
    const verb = from.kind === 'client' ? '' : edge.relation.verb
    const key = `${from.id} ${verb}`
    const found = shared.get(key) ?? sharedAmong(from, verb)
    shared.set(key, found)
    return found === 'open' ? unknownFactor(`\`share\` of ${nameOf(edge.relation)}`) : found
  }

  /** What each of them gets that states no share, the same for all; asked once for all of them, who may be hundreds. */
  function sharedAmong(from: Component, verb: string): Multiplicity | 'open' {
    const siblings = find.relationsFrom(from.id).filter((relation) => verb === '' || relation.verb === verb)
    const carrying = siblings.filter((relation) => (graph.edge(relation.id)?.verb.load ?? 'none') === 'with' || leadsOn(relation))
    if (carrying.length <= 1) return ALWAYS
    const shares = carrying.flatMap((relation) => known(relation.facts, 'share')?.fact ?? [])
    const taken = carrying.reduce((sum, relation) => sum + (number(relation.facts, 'share') ?? 0), 0)
    const open = carrying.filter((relation) => !known(relation.facts, 'share'))
    const rest = Math.max(0, 1 - taken)
    if (open.length === 1) return { factor: rest, per: 'all', sureness: 'exact', facts: shares, missing: [] }
    const kinds = new Set(carrying.map((relation) => find.component(relation.to)?.kind))
    const even =
      (from.kind === 'load-balancer' || from.kind === 'dns') &&
      kinds.size === 1 &&
      carrying.every((relation) => isAbsent(relation.facts, 'match'))
    return even ? { factor: rest / open.length, per: 'all', sureness: 'estimate', facts: shares, missing: [] } : 'open'
  }

  /** Every group of a log or topic gets every message, a queue's message goes to one consumer; within a group the members divide. */
  function delivery(edge: Edge, broker: Component): Multiplicity {
    if (!isAbsent(edge.relation.facts, 'events') || saysUnknown(edge.relation.facts, 'group'))
      return known(edge.relation.facts, 'share') ? ALWAYS : unknownFactor(`\`share\` of ${nameOf(edge.relation)}`)
    if (known(edge.relation.facts, 'share')) return ALWAYS
    const group = word(edge.relation.facts, 'group')
    const rivals = find
      .relationsFrom(broker.id)
      .filter(
        (relation) =>
          relation.verb === 'delivers' && (broker.kind === 'queue' || (group !== undefined && word(relation.facts, 'group') === group)),
      )
    if (edge.verb.name !== 'delivers' || rivals.length <= 1) return ALWAYS
    return { factor: 1 / rivals.length, per: 'all', sureness: 'estimate', facts: [], missing: [] }
  }

  /** Reads of an origin by a component that asks a cache of that origin first: only what the cache does not have. */
  function behindCache(edge: Edge): Multiplicity {
    if (edge.verb.name !== 'reads') return ALWAYS
    for (const relation of find.relationsFrom(edge.relation.from)) {
      const cache = relation.verb === 'reads' && relation.id !== edge.relation.id ? find.component(relation.to) : undefined
      if (cache?.kind !== 'cache') continue
      if (originsOf(cache, relation).has(edge.relation.to)) return missedBy(relation, cache)
      if (saysUnknown(cache.facts, 'rebuild-from') || saysUnknown(relation.facts, 'fallback'))
        return unknownFactor(`what \`${cache.name}\` is filled from`)
    }
    return ALWAYS
  }

  function originsOf(cache: Component, read: Relation): ReadonlySet<string> {
    const named = [known(cache.facts, 'rebuild-from')?.value, known(read.facts, 'fallback')?.value].flatMap((value) => {
      const values = value?.type === 'list' ? value.items : value ? [value] : []
      return values.flatMap((each) => (each.type === 'reference' && each.to.kind === 'component' ? [each.to.id] : []))
    })
    const fills = find.relationsFrom(cache.id).flatMap((relation) => (relation.verb === 'caches' ? [relation.to] : []))
    return new Set([...named, ...fills])
  }

  function missedBy(relation: Relation, cache: Component): Multiplicity {
    if (isNone(relation.facts, 'hit-ratio') || isNone(cache.facts, 'hit-ratio')) return ALWAYS
    const ratio = known(relation.facts, 'hit-ratio') ?? known(cache.facts, 'hit-ratio')
    const hit = ratio && (number(relation.facts, 'hit-ratio') ?? number(cache.facts, 'hit-ratio'))
    if (ratio === undefined || hit === undefined) return unknownFactor(`\`hit-ratio\` of \`${cache.name}\``)
    return { factor: 1 - hit, per: 'all', sureness: 'exact', facts: [ratio.fact], missing: [] }
  }

  function nameOf(relation: Relation): string {
    return `\`${find.component(relation.from)?.name ?? relation.from} → ${find.component(relation.to)?.name ?? relation.to}\``
  }

  return {
    of,
    stated,
    chosen,
    misses({ relation }) {
      const from = find.component(relation.from)
      return from?.kind === 'cdn' || from?.kind === 'cache' ? missedBy(relation, from) : undefined
    },
  }
}

/** Components with whose own steps a flow begins that states its rate. */
function begunIn(model: Model, graph: Graph): ReadonlySet<string> {
  return new Set(
    model.flows.flatMap(({ steps, facts }) => {
      const [first] = steps
      return first?.type === 'relation' && (known(facts, 'rate') ?? known(facts, 'rate.avg') ?? known(facts, 'rate.peak') ?? known(facts, 'peak')) ? first.relations.flatMap((id) => graph.edge(id)?.needer ?? []) : []
    }),
  )
}

export const BROKERS: ReadonlySet<string> = new Set(['queue', 'log', 'topic'])
export const STORES: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'search', 'coordinator'])

const AFTER: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }

const ALWAYS: Multiplicity = { factor: 1, per: 'all', sureness: 'exact', facts: [], missing: [] }

function unknownFactor(what: string): Multiplicity {
  return { factor: 0, per: 'all', sureness: 'bound', facts: [], missing: [what] }
}

function times(a: Multiplicity, b: Multiplicity): Multiplicity {
  return {
    factor: a.factor * b.factor,
    per: b.per,
    sureness: leastSure(a.sureness, b.sureness),
    facts: [...a.facts, ...b.facts],
    missing: [...a.missing, ...b.missing],
  }
}

/** `calls: 10`, or the number inside `calls: parallel(10)` and `sequential(10)`. */
function countOf(relation: Relation): number | undefined {
  const value = known(relation.facts, 'calls')?.value
  if (value?.type === 'call') {
    const [first] = value.args
    return first?.type === 'quantity' ? first.value : undefined
  }
  return number(relation.facts, 'calls')
}
