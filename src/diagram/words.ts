/** The few words on the picture: what a component is judged by, below its name, and what an arrow does, in its line. */
import { flag, known, nameOf, quantityAt, word, words } from '../model/facts.ts'
import type { Component, Container, Part, Relation } from '../model/model.ts'
import { formatQuantity } from '../model/quantity.ts'
import type { Facts, Value } from '../model/value.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { fitsFactsLine } from './measure.ts'

/** Technology (or kind), then the two or three facts that this kind of thing is judged by; only what the design states. */
export function componentFacts(component: Component): string {
  const first = technologyLabel(component) ?? component.writtenKind.replaceAll('-', ' ')
  const facts = stated(component.facts)
  const asked = (JUDGED_BY[component.kind] ?? ['capacity']).flatMap((path) => say(path, facts) ?? [])
  // A cache of which neither its pattern nor its age is told is a store in memory, and judged like one.
  const judged = component.kind === 'cache' && asked.length === 0 ? ['shards', 'key'].flatMap((path) => say(path, facts) ?? []) : asked
  const joined = judged.reduce<string[]>((said, fact) => (fact.startsWith('by ') && said.length > 0 ? [...said.slice(0, -1), `${said.at(-1)} ${fact}`] : [...said, fact]), [])
  // What is judged first is always said; what would need a second line is left to the text.
  const fitting = joined.filter((_, index) => index === 0 || fitsFactsLine([first, ...joined.slice(0, index + 1)].join(' · ')))
  return [first, ...fitting.slice(0, 3)].join(' · ')
}

export function technologyLabel(component: Component): string | undefined {
  const use = component.technology
  if (use === undefined) return undefined
  const label = vocabulary.technology(use.base ?? use.name)?.label ?? use.name
  return use.version === undefined ? label : `${label} ${show(use.version)}`
}

/** `×12`, `×3..9`; shards where there are any and no replicas. Undefined for one, or where nothing is said. */
export function copies(component: Component): string | undefined {
  const replicas = known(stated(component.facts), 'replicas') ?? known(stated(component.facts), 'replication-factor')
  if (replicas?.value.type === 'span') return `×${show(replicas.value.from)}..${show(replicas.value.to)}`
  if (replicas?.value.type === 'quantity' && replicas.value.value > 1) return `×${show(replicas.value)}`
  return undefined
}

export function containerFacts(container: Container): string {
  const called = (container.label ?? container.name).toLowerCase()
  // A group that is called by its owner need not say so twice.
  return ['provider', 'env', 'owner'].flatMap((path) => say(path, ownFacts(container.facts)) ?? []).filter((said) => said.toLowerCase() !== called).slice(0, 2).join(' · ')
}

export function partFacts(part: Part): string {
  return ['role', 'zone', 'key', 'lag'].flatMap((path) => say(path, stated(part.facts)) ?? []).join(' · ')
}

/**
 * The label as written, or the verb where it says more than the arrow does, with the one fact that the verb is judged by. A verb that was
 * inferred is not worth the ink.
 */
export function relationText(relation: Relation): string {
  const facts = stated(relation.facts)
  const verb = relation.inferred || TOLD_BY_ITS_ARROW.has(relation.verb) ? '' : relation.verb.replaceAll('-', ' ')
  const judged = RELATION_JUDGED_BY.flatMap((path) => say(path, facts) ?? []).slice(0, 1)
  return [relation.label ?? verb, ...judged].filter((text) => text !== '').join(' · ')
}

const JUDGED_BY: Readonly<Record<string, readonly string[]>> = {
  client: ['rate', 'connections'],
  dns: ['ttl', 'policy'],
  cdn: ['ttl', 'hit-ratio'],
  'load-balancer': ['algorithm', 'zones'],
  gateway: ['auth', 'rate-limit.limit'],
  service: ['role', 'capacity', 'zones'],
  function: ['concurrency', 'capacity'],
  worker: ['proc-time.p50', 'capacity', 'zones'],
  'stream-processor': ['window', 'guarantee'],
  batch: ['window', 'cron'],
  workflow: ['durable'],
  scheduler: ['cron', 'period'],
  database: ['shards', 'key', 'sync'],
  cache: ['pattern', 'ttl'],
  queue: ['retention', 'visibility'],
  log: ['partitions', 'key', 'retention'],
  topic: ['delivery', 'order'],
  'object-store': ['retention', 'versioning'],
  search: ['shards', 'refresh'],
  coordinator: ['voters', 'role'],
  cdc: ['method', 'max-backlog'],
  external: ['availability', 'p99', 'quota'],
  monitor: ['retention'],
}

/** The arrow and the kinds at its ends say as much. */
const TOLD_BY_ITS_ARROW: ReadonlySet<string> = new Set(['calls', 'routes', 'publishes', 'delivers'])

const RELATION_JUDGED_BY = ['hit-ratio', 'match', 'delivery', 'after', 'share']

/** How a fact reads on its own, where its bare value would not. */
const PHRASES: Readonly<Record<string, (value: string, facts: Facts) => string>> = {
  capacity: (value) => `${value} each`,
  auth: (value) => `${value} auth`,
  zones: (value) => (value === '1' ? '1 zone' : `${value} zones`),
  shards: (value) => (value === '1' ? '1 shard' : `${value} shards`),
  partitions: (value) => (value === '1' ? '1 partition' : `${value} partitions`),
  voters: (value) => `${value} voters`,
  key: (value) => `by ${value}`,
  'hit-ratio': (value) => `${value} hit`,
  p99: (value) => `p99 ${value}`,
  'proc-time.p50': (value) => `${value} each`,
  'rate-limit.limit': (value, facts) => {
    const per = word(facts, 'rate-limit.per')
    return per === undefined || per === 'global' || per === 'none' ? `at most ${value}` : `at most ${value} per ${per === 'ip' ? 'address' : per}`
  },
  quota: (value) => `quota ${value}`,
  concurrency: (value) => `${value} at a time`,
  visibility: (value) => `hidden ${value}`,
  refresh: (value) => `refresh ${value}`,
  retention: (value) => (value === 'forever' ? 'kept forever' : `kept ${value}`),
  'max-backlog': (value) => `backlog ${value}`,
  lag: (value) => `lag ${value}`,
}

function say(path: string, facts: Facts): string | undefined {
  const fact = known(facts, path)
  if (fact === undefined || word(facts, path) === 'none') return undefined
  const yes = flag(facts, path)
  if (yes !== undefined) return yes ? path.replaceAll('-', ' ') : undefined
  const value = fact.value.type === 'list' ? words(facts, path)?.join(', ') : fact.value.type === 'quantity' ? showQuantity(facts, path) : show(fact.value)
  return value === undefined || value === '' ? undefined : (PHRASES[path]?.(value, facts) ?? value)
}

function showQuantity(facts: Facts, path: string): string {
  const ratio = path.endsWith('ratio') || path === 'share' ? 'ratio' : path === 'availability' ? 'availability' : undefined
  return formatQuantity(quantityAt(facts, path)!, ratio)
}

function show(value: Value): string {
  switch (value.type) {
    case 'quantity':
      return formatQuantity(value)
    case 'span':
      return `${formatQuantity(value.from)}..${formatQuantity(value.to)}`
    case 'comparison':
      return `${value.operator}${show(value.than)}`
    case 'call':
      return `${value.name}(${value.args.map(show).join(', ')})`
    case 'list':
      return value.items.map(show).join(', ')
    case 'date':
      return value.iso
    default:
      return nameOf(value) ?? ''
  }
}

function stated(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact.from === 'stated'))
}

/** Without what the container only passes on from a container around it. */
function ownFacts(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact.from === 'stated' && fact.inheritedFrom === undefined))
}
