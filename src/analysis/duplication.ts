/**
 * What may run more than once for one request, and which effects can bear it: dup(x) and idem(e) of CONVENTIONS 0.3. Duplicates come from
 * brokers, schedulers, change streams and webhooks that hand on again what they got no answer to; they end at a dedupe point.
 */
import { call, flag, known, nameOf, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts, Value } from '../model/value.ts'
import type { FlowPaths } from './flows.ts'
import type { Certainty, Edge, Graph } from './graph.ts'

export interface Idempotence {
  /** Whether the effect of doing it twice is that of doing it once. */
  readonly safe: Certainty
  /** By its nature, by a key that the other side enforces, or because effect and consumed offset commit together. */
  readonly how?: 'natural' | 'key' | 'offset'
  readonly key?: string
  /** What it rests on; unset where it follows from the verb alone. */
  readonly fact?: Fact
}

/** One way in which a component can be handed the same work again. */
export interface Seed {
  /** The relation that hands it on again; unset where the component repeats its own work. */
  readonly edge?: Edge
  /** The component that may run twice. */
  readonly component: string
  /** Facts that say so. */
  readonly facts: readonly Fact[]
  /** As a message says it: ``consumes `events` at-least-once``. */
  readonly how: string
}

/** An effect that a seed leads to, with no dedupe point on the way. */
export interface RepeatedEffect {
  readonly seed: Seed
  /** From the seed's component to the effect, the effect last. */
  readonly path: readonly Edge[]
  readonly effect: Edge
  readonly idempotence: Idempotence
}

export interface Duplication {
  readonly seeds: readonly Seed[]
  /** idem(e) */
  idempotence(edge: Edge): Idempotence
  /** Whether the component remembers what it has done: a `dedupe` of its own. Silence means no. */
  dedupes(component: string): Certainty
  /** Effects in the synchronous closure of a seed's component which are known not to bear repetition; nearest first. */
  repeated(seed: Seed): readonly RepeatedEffect[]
  /** Whether what was reached over `before` goes on over `next`: a flow that names some of a component's relations means only those. */
  follows(before: Edge, next: Edge): boolean
}

/** Operations whose second run changes nothing more. */
const NATURAL: ReadonlySet<string> = new Set(['read', 'upsert', 'put', 'set', 'delete', 'merge', 'max', 'cas'])
/** Operations whose second run does it again. */
const ADDITIVE: ReadonlySet<string> = new Set(['insert', 'append', 'increment', 'send', 'charge'])
const SAFE_METHODS: ReadonlySet<string> = new Set(['get', 'head', 'options', 'put', 'delete'])
const READING: ReadonlySet<string> = new Set(['reads', 'resolves', 'caches', 'observes', 'routes', 'invalidates', 'locks', 'reconciles'])

export function duplicationOf(model: Model, graph: Graph, flows: readonly FlowPaths[]): Duplication {
  const find = lookup(model)
  const choices = namedChoices(flows)

  function dedupes(component: string): Certainty {
    const facts = find.component(component)?.facts ?? {}
    const there = protection(facts, 'dedupe')
    return there === undefined ? 'unknown' : there ? 'yes' : 'no'
  }

  function idempotence(edge: Edge): Idempotence {
    const own = idempotenceOf(edge)
    if (own.safe !== 'no' || saysSo(edge.relation.facts)) return own
    // A third party that is said to be idempotent enforces some key; whether this call sends it is not known.
    const facts = find.component(edge.relation.to)?.facts ?? {}
    if (saysUnknown(facts, 'idempotent')) return { safe: 'unknown' }
    const target = known(facts, 'idempotent')
    return target?.fact.from === 'stated' && !isNo(target.value) ? { safe: 'unknown', fact: target.fact } : own
  }

  function repeated(seed: Seed): readonly RepeatedEffect[] {
    const found: RepeatedEffect[] = []
    if (dedupes(seed.component) !== 'no' || (seed.edge && absorbs(seed.edge))) return found
    const cameBy = new Map<string, readonly Edge[]>([[seed.component, []]])
    for (const [component, path] of cameBy) {
      for (const { edge, to } of graph.sync(component)) {
        const before = path.at(-1) ?? seed.edge
        if (before && !choices.follows(before, edge)) continue
        if (edge.waits === 'acceptance') continue
        const idem = idempotence(edge)
        // Said to be unknown it may be a mere question, behind which nothing happens.
        if (['idempotent', 'op', 'method', 'if', 'effects', 'apply'].some((path) => saysUnknown(edge.relation.facts, path))) continue
        if (idem.safe === 'yes' && edge.verb.name !== 'routes') continue
        // A dedupe on the other side remembers for all that lies behind it.
        if (dedupes(to) !== 'no' || protection(edge.relation.facts, 'dedupe') !== false) continue
        // A POST to one of our own is as safe as what it does there; an operation that is named is judged by its name.
        const judgedBehind = operation(edge) === undefined && !saysSo(edge.relation.facts) && graph.sync(to).length > 0
        if (idem.safe === 'no' && !judgedBehind) {
          found.push({ seed, path: [...path, edge], effect: edge, idempotence: idem })
          continue
        }
        if (!cameBy.has(to)) cameBy.set(to, [...path, edge])
      }
    }
    return found
  }

  return { seeds: seedsOf(model, graph), idempotence, dedupes, repeated, follows: (before, next) => choices.follows(before, next) }
}

/** idem(e) by what the relation itself says. */
export function idempotenceOf(edge: Edge): Idempotence {
  const { facts, verb } = edge.relation
  if (saysUnknown(facts, 'idempotent')) return { safe: 'unknown' }
  const said = known(facts, 'idempotent')
  if (said) return ofStatement(said.value, said.fact)
  if (READING.has(verb)) return { safe: 'yes', how: 'natural' }
  const recorded = call(facts, 'effects', 'once-per')
  if (recorded) return { safe: 'yes', how: 'key', ...optionalKey(nameOf(recorded.args[0])), fact: known(facts, 'effects')!.fact }
  const applied = word(facts, 'apply')
  if (applied === 'once' || applied === 'if-newer') return { safe: 'yes', how: 'natural', fact: known(facts, 'apply')!.fact }
  if (saysUnknown(facts, 'apply') || saysUnknown(facts, 'effects')) return { safe: 'unknown' }
  const condition = known(facts, 'if')
  if (condition && !isNo(condition.value)) return { safe: 'yes', how: 'natural', fact: condition.fact }
  if (saysUnknown(facts, 'if') || saysUnknown(facts, 'op')) return { safe: 'unknown' }
  const op = operation(edge)
  if (op && NATURAL.has(op.word)) return { safe: 'yes', how: 'natural', fact: op.fact }
  if (op && ADDITIVE.has(op.word)) return { safe: 'no', fact: op.fact }
  if (op) return { safe: 'unknown', fact: op.fact }
  const method = word(facts, 'method')?.toLowerCase()
  const methodFact = known(facts, 'method')?.fact
  if (method !== undefined && SAFE_METHODS.has(method)) return { safe: 'yes', how: 'natural', fact: methodFact }
  if (method === 'post') return { safe: 'no', fact: methodFact }
  return { safe: 'unknown' }
}

function ofStatement(value: Value, fact: Fact): Idempotence {
  if (isNo(value)) return { safe: 'no', fact }
  const name = value.type === 'call' && value.name === 'key' ? nameOf(value.args[0]) : nameOf(value)
  if (name === 'natural' || name === 'yes') return { safe: 'yes', how: 'natural', fact }
  if (name === 'offset') return { safe: 'yes', how: 'offset', fact }
  return { safe: 'yes', how: 'key', ...optionalKey(name), fact }
}

function optionalKey(key: string | undefined): { readonly key?: string } {
  return key === undefined ? {} : { key }
}

/** What is handed on takes effect once however often it comes: position and effect commit together, or old versions are passed over. */
export function absorbs(edge: Edge): boolean {
  const { facts } = edge.relation
  const applied = word(facts, 'apply')
  return (
    word(facts, 'idempotent') === 'offset' ||
    saysUnknown(facts, 'idempotent') ||
    applied === 'once' ||
    applied === 'if-newer' ||
    saysUnknown(facts, 'apply')
  )
}

function isNo(value: Value): boolean {
  return value.type === 'word' && (value.word === 'no' || value.word === 'none' || value.word === 'false')
}

function saysSo(facts: Facts): boolean {
  return known(facts, 'idempotent') !== undefined
}

function operation(edge: Edge): { readonly word: string; readonly fact: Fact } | undefined {
  const said = word(edge.relation.facts, 'op')
  return said === undefined ? undefined : { word: said, fact: known(edge.relation.facts, 'op')!.fact }
}

function seedsOf(model: Model, graph: Graph): readonly Seed[] {
  const find = lookup(model)
  const handed = graph.edges.flatMap((edge): Seed | [] => {
    const { relation } = edge
    const from = find.component(relation.from)
    if (!from) return []
    switch (relation.verb) {
      case 'delivers':
        return handedAgain(edge, from, `consumes \`${from.name}\` at-least-once`)
      case 'captures':
        return handedAgain(edge, from, `gets the changes of \`${from.name}\` at-least-once`)
      case 'triggers':
        return handedAgain(edge, from, `is triggered by \`${from.name}\` at-least-once`)
      case 'calls':
        return from.kind === 'external'
          ? handedAgain(edge, from, `is called by \`${from.name}\`, which sends again what was not answered`)
          : invokedAgain(edge, find.component(relation.to))
      default:
        return []
    }
  })
  return [...handed, ...model.components.flatMap(repeatsItself)]
}

/** A platform repeats an invocation that nobody waits for. */
function invokedAgain(edge: Edge, target: Component | undefined): Seed | [] {
  const delivery = target && known(target.facts, 'delivery')
  if (!delivery || target.kind !== 'function' || edge.waits !== 'no' || nameOf(delivery.value) !== 'at-least-once') return []
  return { edge, component: target.id, facts: [delivery.fact], how: 'is invoked at-least-once' }
}

/** A workflow repeats a step after a crash, a batch the part that was slow. */
function repeatsItself(component: Component): Seed | [] {
  const delivery = known(component.facts, 'delivery')
  if (component.kind === 'workflow' && delivery && nameOf(delivery.value) === 'at-least-once') {
    return { component: component.id, facts: [delivery.fact], how: 'runs its steps at-least-once' }
  }
  const speculative = known(component.facts, 'speculative')
  if (component.kind === 'batch' && speculative && flag(component.facts, 'speculative') === true) {
    return { component: component.id, facts: [speculative.fact], how: 'runs slow parts a second time elsewhere' }
  }
  return []
}

/** Where the relation or its sender is known to repeat, and the receiver does not forget the message before it works on it. */
function handedAgain(edge: Edge, from: Component, how: string): Seed | [] {
  const { facts } = edge.relation
  if (saysUnknown(facts, 'delivery')) return []
  const stated = known(facts, 'delivery')
  const own = known(from.facts, 'delivery')
  const delivery = stated?.fact.from === 'stated' ? stated : (own ?? stated)
  if (delivery === undefined || nameOf(delivery.value) !== 'at-least-once') return []
  const ack = word(facts, 'ack')
  if (ack === 'before-processing' || saysUnknown(facts, 'ack')) return []
  return { edge, component: edge.relation.to, facts: [delivery.fact], how }
}

interface Choices {
  /** Whether a component that was reached over `before` goes on over `next`: a flow that names some of its relations means only those. */
  follows(before: Edge, next: Edge): boolean
}

function namedChoices(flows: readonly FlowPaths[]): Choices {
  const containing = new Map<string, FlowPaths[]>()
  const named = new Map<FlowPaths, ReadonlyMap<string, ReadonlySet<string>>>()
  for (const flow of flows) {
    named.set(flow, namedBy(flow))
    for (const edge of [...flow.waited, ...flow.caused]) {
      const list = containing.get(edge.relation.id)
      if (list) list.push(flow)
      else containing.set(edge.relation.id, [flow])
    }
  }
  return {
    follows(before, next) {
      const including = containing.get(before.relation.id) ?? []
      return including.length === 0 || including.some((flow) => named.get(flow)!.get(next.relation.from)?.has(next.relation.id) ?? true)
    },
  }
}

function namedBy(flow: FlowPaths): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>()
  for (const edge of [...flow.waited, ...flow.caused]) {
    if (!flow.names(edge.relation.id)) continue
    const set = found.get(edge.relation.from)
    if (set) set.add(edge.relation.id)
    else found.set(edge.relation.from, new Set([edge.relation.id]))
  }
  return found
}
