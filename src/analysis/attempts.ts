/**
 * What retries in several layers do while something fails (NUMBERS M3): the most attempts that one request can become at each relation, by
 * which way, and the load that comes to. Computed along the ways that visits take, relation by relation, never by walking all paths.
 */
import { isUnlimited, known, number, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { uniqueFacts } from './figure.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge, Graph } from './graph.ts'
import type { Load, Source } from './load.ts'
import { attemptsUnderBudget } from './retries.ts'
import { components } from './strongly-connected.ts'

/** What one relation adds. */
export interface Layer {
  /** 1 + retries; Infinity for unlimited ones; less where a budget or breaker holds it down; 1 where nothing is known. */
  readonly attempts: number
  readonly facts: readonly Fact[]
}

/** The way to a relation on which attempts multiply most. */
export interface Amplified {
  readonly flow: FlowPaths
  readonly edge: Edge
  /** Product of the layers' attempts on the way, the last relation's included. */
  readonly attempts: number
  /** How many layers retry on the way, and the last of them. */
  readonly layers: number
  readonly nearest: Edge
  /** The whole way, the relation itself last. Made when asked for. */
  path(): readonly Edge[]
  /** The first that retries on the way. */
  readonly outermost: string
}

export interface Attempts {
  layer(edge: Edge): Layer
  /** One for each flow and relation that is waited for, with some retry on the way. */
  readonly amplified: readonly Amplified[]
  /** Load in 1/s on the relation when what it leads to fails and everybody retries. */
  worst(relation: string): number
}

export function attemptsOf(model: Model, graph: Graph, load: Load): Attempts {
  const find = lookup(model)
  const layers = new Map(graph.edges.map((edge) => [edge.relation.id, layerOf(edge, find.component(edge.needer))]))
  const ways = load.sources.map((source) => waysOf(source, layers))
  const worst = new Map<string, number>()
  const amplified: Amplified[] = []
  load.sources.forEach((source, at) => {
    for (const [id, way] of ways[at]!) {
      const sent = (source.peak ?? source.average ?? 0) * source.visits.get(id)!.count
      if (sent > 0) worst.set(id, (worst.get(id) ?? 0) + sent * way.mean)
      if (way.nearest === undefined) continue
      amplified.push({
        flow: source.paths,
        edge: way.edge,
        attempts: way.most,
        layers: way.layers,
        nearest: ways[at]!.get(way.nearest)!.edge,
        path: () => pathTo(ways[at]!, way),
        outermost: way.outermost!,
      })
    }
  })
  return {
    layer: (edge) => layers.get(edge.relation.id) ?? { attempts: 1, facts: [] },
    amplified,
    worst: (relation) => worst.get(relation) ?? 0,
  }
}

function layerOf(edge: Edge, needer: Component | undefined): Layer {
  const { facts } = edge.relation
  if (edge.waits === 'no' || saysUnknown(facts, 'retries')) return ONCE
  const said = statesRetries(facts, needer)
  const retries = said && (isUnlimited(said, 'retries') && word(said, 'retries') !== 'none' ? Infinity : number(said, 'retries'))
  if (said === undefined || retries === undefined || retries <= 0) return ONCE
  const attempts = 1 + retries
  const fact = known(said, 'retries')?.fact
  // Retried only where the request was provably not sent: nothing is asked twice of one that works.
  if (saysUnknown(facts, 'retry-on') || words(facts, 'retry-on')?.every((each) => each === 'connect')) return ONCE
  // An open breaker lets nothing through, so a lasting failure is not asked again and again.
  if (protection(facts, 'circuit-breaker') !== false) return ONCE
  if (protection(facts, 'retry-budget') === undefined) return ONCE
  const budget = number(facts, 'retry-budget')
  if (budget === undefined) return { attempts, facts: uniqueFacts([fact]) }
  return { attempts: attemptsUnderBudget(attempts, budget), facts: uniqueFacts([fact, known(facts, 'retry-budget')?.fact]) }
}

/** The relation's own word, else what the caller says that it does by itself. A function's retries are those of its platform, before it. */
function statesRetries(facts: Facts, needer: Component | undefined): Facts | undefined {
  if (known(facts, 'retries')) return facts
  const own = needer && known(needer.facts, 'retries')
  return own?.fact.from === 'stated' && needer!.kind !== 'function' ? needer!.facts : undefined
}

const ONCE: Layer = { attempts: 1, facts: [] }

interface Way {
  readonly edge: Edge
  /** Attempts by the worst way, and weighted over all ways by how often each is taken. */
  readonly most: number
  readonly mean: number
  /** The relation before it on the worst way. */
  readonly by?: string
  /** How many relations retry on that way, it included; the last that does, and the first. */
  readonly layers: number
  readonly nearest?: string
  readonly outermost?: string
}

function waysOf(source: Source, layers: ReadonlyMap<string, Layer>): ReadonlyMap<string, Way> {
  const ids = [...source.visits.keys()]
  const index = new Map(ids.map((id, at) => [id, at]))
  const before = ids.map((id) => source.visits.get(id)!.after.filter((other) => index.has(other)))
  const found = new Map<string, Way>()
  // Feeders come first; within a cycle the ways round it are left out, for a cycle is another rule's matter.
  for (const part of components(ids.length, (at) => before[at]!.map((id) => index.get(id)!))) {
    const inside = new Set(part.map((at) => ids[at]!))
    for (const at of part) {
      const id = ids[at]!
      const { edge } = source.visits.get(id)!
      const own = layers.get(id)!.attempts
      const feeders = before[at]!.filter((other) => !inside.has(other) && passesOn(source.visits.get(other)!.edge)).map((other) => ({
        id: other,
        way: found.get(other)!,
      }))
      const worst = feeders.reduce<(typeof feeders)[number] | undefined>(
        (most, each) => (most && !worse(each, most) ? most : each),
        undefined,
      )
      const counts = feeders.map((feeder) => source.visits.get(feeder.id)!.count)
      const total = before[at]!.reduce((sum, other) => sum + source.visits.get(other)!.count, 0)
      const carried = feeders.reduce((sum, { way }, i) => sum + counts[i]! * (way.mean - 1), 0)
      const mean = own * (1 + (total > 0 && carried > 0 ? carried / total : 0))
      const upper = worst?.way.nearest
      const nearest = own > 1 ? id : upper
      found.set(id, {
        edge,
        most: own * (worst?.way.most ?? 1),
        mean,
        layers: (worst?.way.layers ?? 0) + (own > 1 ? 1 : 0),
        ...(worst && { by: worst.id }),
        ...(nearest !== undefined && { nearest }),
        ...(nearest !== undefined && { outermost: worst?.way.outermost ?? nearest }),
      })
    }
  }
  return found
}

/** More attempts; of equals the first by name, so that the order of statements does not matter. */
function worse(a: { readonly id: string; readonly way: Way }, b: { readonly id: string; readonly way: Way }): boolean {
  return (
    a.way.most > b.way.most ||
    (a.way.most === b.way.most && (a.way.layers > b.way.layers || (a.way.layers === b.way.layers && a.id < b.id)))
  )
}

/** A retry repeats what the called one does while it is waited for; what a broker has accepted goes on once. */
function passesOn(edge: Edge): boolean {
  return edge.waits === 'yes'
}

function pathTo(ways: ReadonlyMap<string, Way>, way: Way): readonly Edge[] {
  const path = [way.edge]
  const seen = new Set([way.edge.relation.id])
  for (let by = way.by; by !== undefined && !seen.has(by); by = ways.get(by)?.by) {
    seen.add(by)
    path.push(ways.get(by)!.edge)
  }
  return path.reverse()
}
