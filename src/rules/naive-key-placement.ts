import type { Analysis } from '../analysis/analysis.ts'
import { perReplica } from '../analysis/capacity.ts'
import { missed, movedByModulo, movedByRing, ringImbalance } from '../analysis/keys.ts'
import { known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { percent } from './words.ts'

export const naiveKeyPlacement: Rule = {
  id: 'naive-key-placement',
  code: 'P3',
  severity: 'warning',
  title: 'Keys are placed so that a resize moves nearly all of them, or one node gets far more than its share',
  why: 'Hash modulo the number of nodes gives nearly every key another home when that number changes: a cache is cold at once, a store copies everything. A ring moves one share only, but with one place on it for each node the shares themselves are uneven.',
  sources: [
    { title: 'Karger et al., Consistent Hashing and Random Trees (STOC 1997)' },
    { title: 'DeCandia et al., Dynamo: Amazon’s Highly Available Key-value Store (SOSP 2007), §6.2', url: 'https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf' },
    { title: 'Lamping and Veach, A Fast, Minimal Memory, Consistent Hash Algorithm (2014)', url: 'https://arxiv.org/abs/1406.2294' },
    { title: 'Eisenbud et al., Maglev: A Fast and Reliable Software Network Load Balancer (NSDI 2016)' },
  ],
  needs: ['placement', 'nodes', 'vnodes', 'shards', 'autoscale.min', 'autoscale.max', 'hit-ratio', 'capacity'],
  fixable: true,
  settings: ['imbalance'],
  *check(model, analysis, { imbalance }) {
    for (const component of model.components) {
      if (['placement', 'nodes', 'shards', 'vnodes', 'autoscale', 'autoscale.min', 'autoscale.max', 'replicas'].some((path) => saysUnknown(component.facts, path))) continue
      const placement = word(component.facts, 'placement')
      if (placement === 'mod-n') {
        const elastic = elasticNodes(component)
        if (elastic) yield moves(model, analysis, component, elastic)
      } else if (placement === 'consistent-hash') {
        const uneven = unevenRing(component, imbalance)
        if (uneven) yield overloads(analysis, component, uneven)
      }
    }
  },
}

/** Virtual nodes that make a ring even enough. */
const ENOUGH = 128

interface Elastic {
  /** The fewest there are: from there on the next one comes. Unset where only that they come and go is known. */
  readonly from?: number
  /** As a message says it: `10 to 20 nodes`. */
  readonly how: string
  readonly facts: readonly Fact[]
}

/** Nodes that come and go. A fixed number of shards is what keys are counted by; how those move is another matter. */
function elasticNodes({ facts }: Component): Elastic | undefined {
  if (known(facts, 'shards')) return undefined
  for (const path of ['nodes', 'replicas']) {
    const span = range(facts, path)
    if (!span) continue
    if (span.from < span.to) return { from: span.from, how: `${span.from} to ${span.to} nodes`, facts: [known(facts, path)!.fact] }
    if (path === 'nodes') return undefined
  }
  if (protection(facts, 'autoscale') !== true) return undefined
  const [min, max] = [number(facts, 'autoscale.min'), number(facts, 'autoscale.max')]
  if (min !== undefined && min === max) return undefined
  const how = min !== undefined && max !== undefined ? `${min} to ${max} nodes` : 'nodes that are added and removed by load'
  return { ...(min !== undefined && { from: min }), how, facts: [known(facts, 'autoscale.min')?.fact ?? known(facts, 'autoscale')!.fact] }
}

function moves(model: Model, analysis: Analysis, component: Component, { from, how, facts }: Elastic): Finding {
  const misses = component.kind === 'cache' ? ' and miss at once' : ''
  const step = from === undefined ? `with each more or less nearly all keys move${misses}` : `from ${from} to ${from + 1} ${percent(movedByModulo(from), 1)} of all keys move${misses}, where a ring moves ${percent(movedByRing(from), 1)}`
  const cold = from === undefined ? undefined : coldOrigin(model, analysis, component, from)
  return {
    at: component.origin,
    subject: { component: component.id },
    message: `\`${component.name}\` places keys by a hash modulo the number of its nodes (\`placement: mod-n\`), and it has ${how}: ${step}${cold ? `, and what is behind it gets ${cold.text}` : ''}.`,
    help: `Place them on a ring with ${ENOUGH} virtual nodes for each node (\`placement: consistent-hash, vnodes: ${ENOUGH}\`), by rendezvous hashing, or into a fixed number of slots that are moved one by one (\`slots(16384)\`).`,
    related: facts.flatMap((fact) => (fact.from === 'stated' ? [{ at: fact.origin, message: `it has ${how}` }] : [])),
    facts: [known(component.facts, 'placement')!.fact, ...facts, ...(cold?.facts ?? [])],
    fixes: fixes(component),
  }
}

/** Only the keys that stay where they were can still be answered. */
function coldOrigin(model: Model, analysis: Analysis, cache: Component, from: number): { readonly text: string; readonly facts: readonly Fact[] } | undefined {
  const reads = lookup(model).relationsTo(cache.id).filter(({ verb }) => verb === 'reads')
  const ratio = known(cache.facts, 'hit-ratio') ?? (reads.length === 1 ? known(reads[0]!.facts, 'hit-ratio') : undefined)
  const hit = ratio?.value.type === 'quantity' ? ratio.value.value : undefined
  const rate = analysis.load.component(cache.id).reads.peak
  if (!ratio || hit === undefined || rate === 0) return undefined
  const amount = (value: number): string => formatQuantity(quantity(value, RATE))
  const before = missed(rate, hit)
  const after = missed(rate, hit * (1 - movedByModulo(from)))
  return { text: `${amount(after)} instead of ${amount(before)}`, facts: [ratio.fact, ...analysis.load.facts({ component: cache.id })] }
}

interface Uneven {
  readonly nodes: number
  readonly vnodes: number
  readonly times: number
  readonly facts: readonly Fact[]
}

/** Only where somebody states how many places a node has: makers of stores that have few give these out evenly. */
function unevenRing({ facts, kind }: Component, imbalance: number): Uneven | undefined {
  const places = known(facts, 'vnodes')
  const vnodes = number(facts, 'vnodes')
  const path = ['nodes', 'shards', ...(kind === 'cache' && word(facts, 'replication') === 'none' ? ['replicas'] : [])].find((each) => number(facts, each) !== undefined)
  const nodes = path === undefined ? undefined : number(facts, path)
  if (places?.fact.from !== 'stated' || vnodes === undefined || path === undefined || nodes === undefined || nodes < 3) return undefined
  const times = ringImbalance(nodes, Math.max(1, vnodes))
  return times > imbalance ? { nodes, vnodes, times, facts: [known(facts, 'placement')!.fact, places.fact, known(facts, path)!.fact] } : undefined
}

function overloads(analysis: Analysis, component: Component, { nodes, vnodes, times, facts }: Uneven): Finding {
  const rate = analysis.load.component(component.id).all.peak
  const capacity = perReplica(component, 'all')
  const amount = (value: number): string => formatQuantity(quantity(value, RATE))
  const busiest = (rate / nodes) * times
  const over = capacity !== undefined && rate > 0 && busiest > capacity.rate
  return {
    at: component.origin,
    subject: { component: component.id },
    message: `\`${component.name}\` is a ring of ${nodes} nodes with ${vnodes <= 1 ? 'one place' : `${vnodes} places`} each: the busiest can be expected to get ${times.toFixed(2)} times the mean${over ? `, ${amount(busiest)} of ${amount(rate)}, and it takes ${amount(capacity.rate)}` : ''}. With ${ENOUGH} places each it is ${ringImbalance(nodes, ENOUGH).toFixed(2)} times.`,
    help: `Give each node more places on the ring: \`vnodes: ${ENOUGH}\`.`,
    related: [],
    facts: [...facts, ...(over ? [...capacity.facts, ...analysis.load.facts({ component: component.id })] : [])],
    fixes: fixes(component),
  }
}

function fixes(component: Component): readonly Fix[] {
  return [{ title: `Use a ring with virtual nodes: \`placement: consistent-hash, vnodes: ${ENOUGH}\``, edits: setProperties(component, { placement: 'consistent-hash', vnodes: String(ENOUGH) }) }]
}
