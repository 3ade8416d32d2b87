/**
 * How old an answer can be: the layers between the truth and the person, each with what it adds (NUMBERS M21). Sums are lower bounds on the
 * worst case: a layer that does not say how old it gets adds nothing.
 */
import { call, isUnlimited, known, limit, numberOf, protection, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { DURATION, formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge, Graph } from './graph.ts'
import { possibleEffectsBehind } from './visits.ts'

/** M21: the chance that a read is stale, for a key written w times a second and a copy that is L seconds behind. */
export function staleReadProbability(writeRate: number, lag: number): number {
  return 1 - Math.exp(-writeRate * lag)
}

/** What a client can observe, strongest first. Each layer of a read weakens the whole to the weaker of the two. */
export const LEVELS = ['linearizable', 'sequential', 'causal', 'session', 'bounded', 'eventual'] as const
export type ConsistencyLevel = (typeof LEVELS)[number]

/** The meet of levels: the weaker. */
export function weaker(a: ConsistencyLevel, b: ConsistencyLevel): ConsistencyLevel {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b
}

/** One place where an answer can get old. */
export interface StaleLayer {
  readonly component: string
  /** Seconds; Infinity where nothing ends an entry. */
  readonly seconds: number
  /** As a message says it: `` `edge` 90s (ttl 60s + stale-while-revalidate 30s) ``. */
  readonly what: string
  readonly level: ConsistencyLevel
  readonly at: Origin
  readonly facts: readonly Fact[]
}

/** A read of a flow with everything between the truth and the person, the person's side first. */
export interface StalePath {
  readonly read: Edge
  readonly layers: readonly StaleLayer[]
  readonly seconds: number
  readonly level: ConsistencyLevel
}

/** How far what a store copies may be behind the truth, at worst. */
export interface CopyAge {
  /** Infinity where nothing ends an entry. */
  readonly seconds: number
  /** Whether that is all: else it is at least as old as this, and something is not stated. */
  readonly bounded: boolean
  readonly layers: readonly StaleLayer[]
}

export interface Staleness {
  /** Of a cache, index or view, without what its readers keep of it. */
  ageOf(store: string): CopyAge
  /** For each store read that a flow waits for, its oldest way; reads that nothing makes stale are there with no layers. */
  of(flow: FlowPaths): readonly StalePath[]
  /** The same for what a CDN serves out of a store to which it passes its misses: nothing is called a read there, and answers get old all the same. */
  passed(flow: FlowPaths): readonly StalePath[]
  /** How far a store that copies others is behind them, by the fastest way. */
  derivation(store: string): readonly StaleLayer[]
}

export function stalenessOf(model: Model, graph: Graph): Staleness {
  const find = lookup(model)
  const stored = new Map<string, readonly StaleLayer[]>()
  const found = new Map<FlowPaths, readonly StalePath[]>()

  function of(flow: FlowPaths): readonly StalePath[] {
    const made = found.get(flow) ?? pathsOf(flow, (edge) => edge.verb.name === 'reads' || edge.verb.name === 'caches')
    found.set(flow, made)
    return made
  }

  function passed(flow: FlowPaths): readonly StalePath[] {
    const passes = ({ verb, needer, needed }: Edge): boolean => verb.name === 'routes' && find.component(needer)?.kind === 'cdn' && find.component(needed)?.kind === 'object-store'
    return flow.waited.some(passes) ? pathsOf(flow, passes) : []
  }

  function pathsOf(flow: FlowPaths, chosen: (edge: Edge) => boolean): readonly StalePath[] {
    // An operation that is said to be unknown may change something: then nothing on the way keeps the answer.
    const effects = possibleEffectsBehind(flow)
    const into = new Map<string, Edge[]>()
    for (const edge of flow.waited) {
      const list = into.get(edge.needed)
      if (list) list.push(edge)
      else into.set(edge.needed, [edge])
    }
    const above = new Map<string, readonly StaleLayer[]>()
    const asking = new Set<string>()

    /** Layers between the person and this component, for requests that only read: the way on which they add up to most. */
    function layersAbove(component: string): readonly StaleLayer[] {
      const made = above.get(component)
      if (made) return made
      if (asking.has(component)) return []
      asking.add(component)
      const ways = (into.get(component) ?? []).map((edge) => join(layersAbove(edge.needer), onRequest(edge)))
      asking.delete(component)
      const worst = oldest(ways)
      above.set(component, worst)
      return worst
    }

    /** What the caller's side, or a cache that the request passes, keeps of the answer. */
    function onRequest(edge: Edge): readonly StaleLayer[] {
      if (effects.has(edge.relation.id) || bypasses(edge.relation)) return []
      const needer = find.component(edge.needer)
      const own = callersCopy(edge.relation, needer)
      const passed =
        needer && (needer.kind === 'cdn' || needer.kind === 'gateway' || needer.kind === 'cache') ? cacheLayer(needer, edge.relation) : []
      return join(own, passed)
    }

    return flow.waited
      .filter(chosen)
      .map((read) => {
        // What stands between a cache and its origin is the cache's own matter: it is counted where the cache is read.
        const layers =
          read.verb.name === 'caches' ? layersBelow(read) : join(join(layersAbove(read.needer), onRequest(read)), layersBelow(read))
        return {
          read,
          layers,
          seconds: sum(layers),
          level: layers.reduce<ConsistencyLevel>((level, layer) => weaker(level, layer.level), 'linearizable'),
        }
      })
  }

  /** From the store that is read down to the truth. */
  function layersBelow(read: Edge): readonly StaleLayer[] {
    const store = find.component(read.needed)
    if (!store || (bypasses(read.relation) && store.kind !== 'cache')) return []
    if (store.kind === 'cache') return join(cacheLayer(store, read.relation), sourceOf(store, read.relation))
    return join(replicaLayer(store, read.relation), derivationOf(store.id))
  }

  /** What a cache is filled from may be behind, too. */
  function sourceOf(cache: Component, read: Relation): readonly StaleLayer[] {
    if (cache.kind === 'cache' && writesThrough(cache)) return []
    const filled = find.relationsFrom(cache.id).filter((relation) => relation.verb === 'caches')
    const named = [...references(cache.facts, 'rebuild-from'), ...references(read.facts, 'fallback')].flatMap((target) =>
      target.kind === 'component' ? [target.id] : [],
    )
    const asked = find.relationsFrom(read.from).filter((relation) => relation.verb === 'reads' && relation.to !== cache.id)
    const origins = filled.length > 0 ? filled : asked.filter((relation) => named.length === 0 || named.includes(relation.to))
    // Several reads of one component may be of other data: only the one that is certain counts.
    const [only] = origins
    if (origins.length !== 1 || !only) return []
    const edge = graph.edge(only.id)
    const origin = find.component(only.to)
    if (!edge || !origin || origin.kind === 'cache') return []
    const leader = word(cache.facts, 'fill-from') === 'leader' || saysUnknown(cache.facts, 'fill-from')
    return leader
      ? derivationOf(origin.id)
      : join(replicaLayer(origin, only, word(cache.facts, 'fill-from') === 'replica'), derivationOf(origin.id))
  }

  /** How far a derived store is behind what it was derived from, by the fastest way. */
  function derivationOf(component: string): readonly StaleLayer[] {
    const made = stored.get(component)
    if (made) return made
    stored.set(component, [])
    const found = derive(component)
    stored.set(component, found)
    return found
  }

  function derive(component: string): readonly StaleLayer[] {
    const declared = find.component(component)
    if (!declared) return []
    const refresh = declared.kind === 'search' ? duration(declared.facts, 'refresh') : undefined
    const own =
      refresh === undefined || refresh === 0
        ? []
        : [layer(declared, refresh, `\`${declared.name}\` ${time(refresh)} (refresh)`, 'bounded', known(declared.facts, 'refresh')?.fact)]
    const ways = graph
      .dataSources(component)
      .filter(({ edge }) => BRINGING.has(edge.verb.name))
      .map(({ edge, to }) => {
        const lag = lagOf(edge.relation)
        const writer = find.component(to)
        // Somebody who writes on request puts the newest in; one who acts on messages is as late as these.
        const further = edge.verb.name === 'writes' && writer && !actsOnMessages(writer.id) ? [] : derivationOf(to)
        return join(lag, further)
      })
    const fastest = ways.reduce<readonly StaleLayer[] | undefined>(
      (least, way) => (least && sum(least) <= sum(way) ? least : way),
      undefined,
    )
    return join(own, fastest ?? [])
  }

  function actsOnMessages(component: string): boolean {
    return find.relationsTo(component).some((relation) => relation.verb === 'delivers' || relation.verb === 'captures')
  }

  function lagOf(relation: Relation): readonly StaleLayer[] {
    if (relation.verb === 'writes' || relation.verb === 'publishes') return []
    if (relation.verb === 'replicates' && !saysAsync(relation)) return []
    const target = find.component(relation.to)
    const lag = statedLag(relation, target)
    if (!target || !lag) return []
    const { seconds, path, fact, own } = lag
    const who = own ? `\`${target.name}\`` : `\`${nameOf(relation.from)} → ${target.name}\``
    return [
      layer(
        target,
        seconds,
        `${who} ${time(seconds)} (${path.replace('.', ' ')})`,
        seconds === Infinity ? 'eventual' : 'bounded',
        fact,
        own ? undefined : relation.origin,
      ),
    ]
  }

  /** A copy that the caller itself keeps: the browser's, or one in the process. */
  function callersCopy(relation: Relation, needer: Component | undefined): readonly StaleLayer[] {
    if (saysUnknown(relation.facts, 'max-age') || saysUnknown(relation.facts, 'ttl')) return []
    const onRelation = ['max-age', ...(relation.verb === 'resolves' ? [] : ['ttl'])].find(
      (path) => limit(relation.facts, path) !== undefined,
    )
    if (!needer) return []
    if (onRelation !== undefined) {
      const seconds = limit(relation.facts, onRelation)!
      return seconds === 0
        ? []
        : [
            layer(
              needer,
              seconds,
              `\`${needer.name}\`’s own copy ${time(seconds)} (${onRelation})`,
              'bounded',
              known(relation.facts, onRelation)?.fact,
              relation.origin,
            ),
          ]
    }
    const seconds = needer.kind === 'client' ? limit(needer.facts, 'max-age') : undefined
    if (seconds === undefined || seconds === 0 || answersPrivately(relation.to, 'client')) return []
    return [layer(needer, seconds, `\`${needer.name}\` ${time(seconds)} (max-age)`, 'bounded', known(needer.facts, 'max-age')?.fact)]
  }

  /** What a cache serves without asking. A default TTL counts only for a cache proper: a CDN passes on what its origin does not let it keep. */
  function cacheLayer(cache: Component, relation: Relation): readonly StaleLayer[] {
    const ttl = known(cache.facts, 'ttl')
    if (!ttl || saysUnknown(cache.facts, 'invalidation') || writesThrough(cache)) return []
    if (cache.kind !== 'cache' && ttl.fact.from !== 'stated') return []
    if (cache.kind === 'cdn' && answersPrivately(relation.to, 'cdn')) return []
    const told = toldOfChanges(cache)
    // What lives less long than its invalidation takes is gone before.
    const short = told?.seconds !== undefined && (limit(cache.facts, 'ttl') ?? Infinity) + (numberOf(known(cache.facts, 'stale-while-revalidate')?.value) ?? 0) < told.seconds
    if (told !== undefined && !short)
      return told.seconds === undefined || told.seconds === 0
        ? []
        : [layer(cache, told.seconds, `\`${cache.name}\` ${time(told.seconds)} (invalidation delay)`, 'bounded', told.fact)]
    const seconds = isUnlimited(cache.facts, 'ttl') ? Infinity : (numberOf(ttl.value) ?? 0)
    if (seconds === 0) return []
    const swr = known(cache.facts, 'stale-while-revalidate')
    const longer = numberOf(swr?.value) ?? 0
    const how = longer > 0 ? `ttl ${time(seconds)} + stale-while-revalidate ${time(longer)}` : seconds === Infinity ? 'no ttl' : 'ttl'
    return [
      layer(
        cache,
        seconds + longer,
        `\`${cache.name}\` ${time(seconds + longer)} (${how})`,
        seconds === Infinity ? 'eventual' : 'bounded',
        ttl.fact,
        undefined,
        longer > 0 ? swr?.fact : undefined,
      ),
    ]
  }

  /** An invalidation that is stated ends entries before their TTL; its delay is what is left. Who it misses is another rule's question. */
  function toldOfChanges(cache: Component): { readonly seconds?: number; readonly fact?: Fact } | undefined {
    const said = word(cache.facts, 'invalidation.by') ?? word(cache.facts, 'invalidation')
    const by = find.relationsTo(cache.id).filter((relation) => relation.verb === 'invalidates')
    if ((said === undefined || said === 'none') && by.length === 0) return undefined
    const delay = duration(cache.facts, 'invalidation.delay')
    return delay === undefined ? {} : { seconds: delay, fact: known(cache.facts, 'invalidation.delay')!.fact }
  }

  function writesThrough(cache: Component): boolean {
    if (saysUnknown(cache.facts, 'pattern')) return true
    const pattern = word(cache.facts, 'pattern')
    return pattern === 'write-through' || pattern === 'write-behind'
  }

  /** A read that is known to go to a follower is as old as that follower can be. */
  function replicaLayer(store: Component, relation: Relation, fromReplica = false): readonly StaleLayer[] {
    if (saysUnknown(relation.facts, 'consistency') || protection(relation.facts, 'read-after-write') !== false) return []
    const level = word(relation.facts, 'consistency')
    const from = level === undefined ? word(store.facts, 'read-from') : undefined
    const bound = call(relation.facts, 'consistency', 'bounded')
    const known_ = known(relation.facts, 'consistency')?.fact ?? known(store.facts, 'read-from')?.fact
    if (bound) {
      const seconds = numberOf(bound.args[0]) ?? 0
      return [layer(store, seconds, `\`${store.name}\` ${time(seconds)} (consistency bounded)`, 'bounded', known_, relation.origin)]
    }
    const old =
      fromReplica ||
      level === 'follower' ||
      level === 'stale' ||
      level === 'eventual' ||
      from === 'follower' ||
      from === 'any' ||
      from === 'nearest'
    if (!old) return []
    for (const path of ['lag.p99', 'lag']) {
      const seconds = limit(store.facts, path)
      if (seconds === undefined || seconds === 0) continue
      return [
        layer(
          store,
          seconds,
          `a replica of \`${store.name}\` ${time(seconds)} (lag)`,
          'bounded',
          known(store.facts, path)?.fact,
          undefined,
          known_,
        ),
      ]
    }
    return [layer(store, 0, `a replica of \`${store.name}\` that may be behind`, 'eventual', known_)]
  }

  /** The answers of this component say that caches must not keep them. */
  function answersPrivately(component: string, by: 'client' | 'cdn'): boolean {
    const facts = find.component(component)?.facts ?? {}
    if (saysUnknown(facts, 'cache-control')) return true
    const said = word(facts, 'cache-control')
    return said === 'no-store' || (said === 'private' && by === 'cdn')
  }

  function layer(
    component: Component,
    seconds: number,
    what: string,
    level: ConsistencyLevel,
    fact: Fact | undefined,
    at?: Origin,
    other?: Fact,
  ): StaleLayer {
    const origin = at ?? (fact?.from === 'stated' ? fact.origin : component.origin)
    return { component: component.id, seconds, what, level, at: origin, facts: uniqueFacts([fact, other]) }
  }

  /** Ages add up, unless the inner layer tells the outer one how old its answer already is: then the longer of the two holds. */
  function join(outer: readonly StaleLayer[], inner: readonly StaleLayer[]): readonly StaleLayer[] {
    const [first] = inner
    const last = outer.at(-1)
    if (!first || !last) return outer.length === 0 ? inner : outer
    const forwards = protection(find.component(first.component)?.facts ?? {}, 'forwards-age')
    if (forwards === false) return [...outer, ...inner]
    return last.seconds >= first.seconds ? [...outer, ...inner.slice(1)] : [...outer.slice(0, -1), ...inner]
  }

  function nameOf(component: string): string {
    return find.component(component)?.name ?? component
  }

  function ageOf(store: string): CopyAge {
    const component = find.component(store)
    if (!component) return { seconds: 0, bounded: false, layers: [] }
    if (component.kind !== 'cache' && component.kind !== 'cdn') {
      const layers = derivationOf(store)
      return { seconds: sum(layers), bounded: layers.every(({ level }) => level !== 'eventual') && saysItsDelays(store, new Set()), layers }
    }
    const reads = find.relationsTo(store).filter((relation) => relation.verb === 'reads' || relation.verb === 'calls' || relation.verb === 'routes')
    const ways = reads.map((read) => join(cacheLayer(component, read), component.kind === 'cache' ? sourceOf(component, read) : []))
    const layers = oldest(ways)
    const certain = layers.length > 0 || writesThrough(component) || toldOfChanges(component)?.seconds === 0
    return { seconds: sum(layers), bounded: certain && layers.every(({ level }) => level !== 'eventual'), layers }
  }

  /** Whether each way on which it is filled says how late it is, back to who writes on request. */
  function saysItsDelays(store: string, asked: Set<string>): boolean {
    const component = find.component(store)
    if (!component || asked.has(store)) return true
    asked.add(store)
    if (component.kind === 'search' && duration(component.facts, 'refresh') === undefined) return false
    return graph
      .dataSources(store)
      .filter(({ edge }) => BRINGING.has(edge.verb.name))
      .every(({ edge, to }) => {
        const { verb } = edge.relation
        const atOnce = verb === 'writes' || verb === 'publishes' || (verb === 'replicates' && !saysAsync(edge.relation))
        if (!atOnce && lagOf(edge.relation).length === 0) return false
        return (verb === 'writes' && !actsOnMessages(to)) || saysItsDelays(to, asked)
      })
  }

  return { of, passed, derivation: derivationOf, ageOf }
}

/** How far behind it is that a relation hands on, in seconds: what it says itself, else how far whoever takes its messages may fall behind. */
export function statedLag(relation: Relation, receiver: Component | undefined): { readonly seconds: number; readonly path: string; readonly fact: Fact | undefined; readonly own: boolean } | undefined {
  for (const path of ['lag.p99', 'lag', 'max-lag', 'interval']) {
    const seconds = limit(relation.facts, path)
    if (seconds !== undefined && seconds > 0) return { seconds, path, fact: known(relation.facts, path)?.fact, own: false }
    if (saysUnknown(relation.facts, path)) return undefined
  }
  const handed = relation.verb === 'delivers' || relation.verb === 'captures'
  const seconds = handed && receiver ? limit(receiver.facts, 'max-lag') : undefined
  return receiver && seconds !== undefined && seconds > 0 ? { seconds, path: 'max-lag', fact: known(receiver.facts, 'max-lag')?.fact, own: true } : undefined
}

const BRINGING: ReadonlySet<string> = new Set(['writes', 'captures', 'replicates', 'delivers', 'publishes'])

/** `no-cache` and the strong levels ask the truth each time. */
function bypasses(relation: Relation): boolean {
  if (saysUnknown(relation.facts, 'consistency')) return true
  const level = word(relation.facts, 'consistency')
  return level !== undefined && STRONG.has(level)
}

const STRONG: ReadonlySet<string> = new Set(['leader', 'strong', 'linearizable', 'no-cache', 'serial', 'lwt', 'all'])

function saysAsync(relation: Relation): boolean {
  const sync = word(relation.facts, 'sync')
  return sync === undefined || sync === 'async' || sync === 'semi-sync'
}

function duration(facts: Facts, path: string): number | undefined {
  return limit(facts, path)
}

function sum(layers: readonly StaleLayer[]): number {
  return layers.reduce((total, each) => total + each.seconds, 0)
}

function oldest(ways: readonly (readonly StaleLayer[])[]): readonly StaleLayer[] {
  return ways.reduce<readonly StaleLayer[]>(
    (most, way) => (sum(way) > sum(most) || (sum(way) === sum(most) && way.length > most.length) ? way : most),
    [],
  )
}

/** As a message says it: `151s`, `1d`, `without end`. */
export function time(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'without end'
  // Sums of seconds keep their digits, so that a reader can add them up again.
  if (seconds < 600 && seconds % 60 !== 0 && Number.isInteger(seconds)) return `${seconds}s`
  return formatQuantity(quantity(seconds, DURATION))
}
