import type { Analysis } from '../analysis/analysis.ts'
import type { Seed } from '../analysis/duplication.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { time } from '../analysis/staleness.ts'
import { flag, known, number, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { intentOfRepeat } from './asked.ts'
import { setOnRelation, setProperties } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const exactlyOnceOutsideTransaction: Rule = {
  id: 'exactly-once-outside-transaction',
  code: 'D5',
  severity: 'error',
  title: '"Exactly once" is claimed for an effect that no transaction covers',
  why: 'Exactly-once holds inside one transaction: that of a log with the positions of its readers, or of a store with what it has seen. A call to somebody else cannot join it, so after a crash it is made again. The claim then hides the hazard, because nobody makes the call safe to repeat.',
  sources: [
    { title: 'Apache Kafka documentation, Message Delivery Semantics', url: 'https://kafka.apache.org/documentation/#semantics' },
    { title: 'Apache Flink documentation, Kafka connector: exactly-once and transaction time-outs', url: 'https://nightlies.apache.org/flink/flink-docs-stable/docs/connectors/datastream/kafka/' },
    { title: 'Saltzer, Reed and Clark, End-to-End Arguments in System Design (1984)', url: 'https://web.mit.edu/Saltzer/www/publications/endtoend/endtoend.pdf' },
  ],
  needs: ['guarantee', 'delivery', 'op', 'idempotent', 'tx', 'tx.protocol', 'read-isolation', 'transaction-timeout', 'transaction-max', 'checkpoint', 'max-outage', 'durable', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const told = new Set<string>()
    for (const claim of claimsOf(model, analysis)) {
      for (const repeat of outside(model, analysis, claim)) {
        if (told.has(repeat.effect.relation.id)) continue
        told.add(repeat.effect.relation.id)
        yield repeated(model, analysis, claim, repeat)
      }
      if (claim.by !== 'component') continue
      yield* uncommitted(model, analysis, claim)
      yield* timedOut(model, claim)
      yield* unrepeatable(model, claim)
    }
  },
}

/** Somebody says "exactly once": the component of itself, or whoever hands it its messages. */
interface Claim {
  readonly component: Component
  readonly by: 'component' | 'broker' | 'delivery'
  /** The delivery that it is about; unset where the component works on whatever comes. */
  readonly edge?: Edge
  readonly fact: Fact
}

function claimsOf(model: Model, analysis: Analysis): readonly Claim[] {
  const find = lookup(model)
  const own = model.components.flatMap((component): Claim | [] => {
    const fact = stated(component.facts['guarantee'])
    return fact && word(component.facts, 'guarantee') === 'exactly-once' ? { component, by: 'component', fact } : []
  })
  const handed = analysis.graph.edges.flatMap((edge): Claim | [] => {
    const component = find.component(edge.relation.to)
    const broker = find.component(edge.relation.from)
    if (edge.verb.name !== 'delivers' || !component || !broker) return []
    const facts = edge.relation.facts
    if (saysUnknown(facts, 'delivery')) return []
    const where = stated(facts['delivery']) ? ({ facts, by: 'delivery' } as const) : ({ facts: broker.facts, by: 'broker' } as const)
    const fact = stated(where.facts['delivery'])
    return fact && word(where.facts, 'delivery') === 'exactly-once' ? { component, by: where.by, edge, fact } : []
  })
  return [...own, ...handed]
}

function stated(fact: Fact | undefined): Fact | undefined {
  return fact?.from === 'stated' ? fact : undefined
}

interface Outside {
  readonly effect: Edge
  readonly intent: Intent
  /** Known to happen twice when it is done twice; else nobody says that it does not. */
  readonly certain: boolean
}

/** What it does in another system, where that neither recognises a repeat nor commits together with the position. */
function outside(model: Model, analysis: Analysis, { component, edge }: Claim): readonly Outside[] {
  const seed: Seed = { component: component.id, facts: [], how: '', ...(edge && { edge }) }
  const known = analysis.duplication.repeated(seed).map(({ effect }) => ({ effect, certain: true }))
  const open = analysis.graph.sync(component.id).flatMap(({ edge: effect, to }) => (isOpen(model, analysis, effect, to) && (!edge || analysis.duplication.follows(edge, effect)) ? [{ effect, certain: false }] : []))
  // One that remembers is asked how long, by another rule.
  if (analysis.duplication.dedupes(component.id) !== 'no') return []
  return [...known, ...open].flatMap((one) => {
    if (commitsTogether(model, component, edge, one.effect)) return []
    const intent = intentOfRepeat(model, analysis, { component: component.id, effect: one.effect, by: edge })
    return intent.stance === 'tolerates' || intent.withheld ? [] : [{ ...one, intent }]
  })
}

/** A write or a call to a third party of which nothing says that it bears repetition. */
function isOpen(model: Model, { duplication }: Analysis, effect: Edge, to: string): boolean {
  const { facts } = effect.relation
  if (['op', 'method', 'idempotent', 'if', 'apply', 'effects', 'tx'].some((path) => known(facts, path) !== undefined || saysUnknown(facts, path))) return false
  if (duplication.idempotence(effect).safe !== 'unknown' || duplication.dedupes(to) !== 'no') return false
  return effect.verb.name === 'writes' && ['database', 'search'].includes(lookup(model).component(to)!.kind)
}

/** A transaction over both, of the kind that two systems can share. */
function commitsTogether(model: Model, component: Component, edge: Edge | undefined, effect: Edge): boolean {
  const { facts } = effect.relation
  if (saysUnknown(facts, 'tx') || saysUnknown(component.facts, 'tx.protocol')) return true
  const tx = word(facts, 'tx')
  if (tx === undefined) return false
  return ['2pc', 'xa'].includes(word(component.facts, 'tx.protocol') ?? '') || (edge !== undefined && word(edge.relation.facts, 'tx') === tx) || lookup(model).relationsTo(component.id).some((relation) => relation.verb === 'delivers' && word(relation.facts, 'tx') === tx)
}

function repeated(model: Model, analysis: Analysis, claim: Claim, { effect, intent, certain }: Outside): Finding {
  const target = nameOf(model, effect.needed)
  const op = known(effect.relation.facts, 'op')
  const key = keyFor(model, analysis, effect)
  const edits = setOnRelation(model, effect.relation, { idempotent: key })
  const what = op ? `the \`${word(effect.relation.facts, 'op')}\` at \`${target}\`` : `what it writes to \`${target}\``
  return {
    at: effect.relation.origin,
    subject: { relation: effect.relation.id, component: effect.needer },
    ...(!certain && { severity: 'warning' as const }),
    message: `${says(model, claim)}, but ${what} is not part of the transaction that would make it so: after a crash between it and the commit it ${certain ? 'is' : 'may be'} done again${intent.stance === 'requires' ? `, though ${intent.because}` : ''}.`,
    help: `Claim at-least-once, and let \`${target}\` recognise a repeat (\`idempotent: ${key}\`); or keep the position in \`${target}\`, in the transaction of the effect (\`idempotent: offset\`).`,
    related: [claimed(claim)],
    facts: [claim.fact, ...(op ? [op.fact] : []), ...(intent.fact ? [intent.fact] : [])],
    ...(intent.stance === 'unknown' && { intentUnknown: true }),
    fixes: edits ? [{ title: `Let \`${target}\` recognise a repeat: \`idempotent: ${key}\``, edits }] : [],
  }
}

function says(model: Model, { component, by, edge }: Claim): string {
  if (by === 'component') return `\`${component.name}\` claims exactly-once`
  const broker = nameOf(model, edge!.relation.from)
  return by === 'broker' ? `\`${broker}\` is said to hand each message to \`${component.name}\` exactly once` : `\`${component.name}\` is said to get each message of \`${broker}\` exactly once`
}

function claimed({ component, edge, fact }: Claim): Related {
  return { at: fact.from === 'stated' ? fact.origin : component.origin, message: edge ? 'here a message is said to come exactly once' : `\`${component.name}\` claims exactly-once here` }
}

function keyFor(model: Model, { carried }: Analysis, effect: Edge): string {
  const keys = carried.on(effect.relation.id).map((id) => words(lookup(model).data(id)!.facts, 'key'))
  return keys.find((key) => key?.length === 1)?.[0] ?? 'message-id'
}

/** Logs into which the claimant writes by transactions. */
function outputs(model: Model, { component }: Claim): readonly { readonly log: Component; readonly publish: Relation }[] {
  return lookup(model).relationsFrom(component.id).flatMap((publish) => {
    const log = publish.verb === 'publishes' ? lookup(model).component(publish.to) : undefined
    return log && known(log.facts, 'read-isolation') ? [{ log, publish }] : []
  })
}

/** Readers of its results that also see what is undone, and cannot bear to see it twice. */
function* uncommitted(model: Model, analysis: Analysis, claim: Claim): Iterable<Finding> {
  for (const { log } of outputs(model, claim)) {
    for (const relation of lookup(model).relationsFrom(log.id)) {
      const edge = analysis.graph.edge(relation.id)
      if (relation.verb !== 'delivers' || !edge || saysUnknown(relation.facts, 'read-isolation')) continue
      const said = known(relation.facts, 'read-isolation') ?? known(log.facts, 'read-isolation')!
      if (said.value.type !== 'word' || said.value.word !== 'read-uncommitted') continue
      const [harm] = analysis.duplication.repeated({ component: relation.to, edge, facts: [], how: '' })
      if (!harm) continue
      const intent = intentOfRepeat(model, analysis, { component: relation.to, effect: harm.effect, by: edge })
      if (intent.stance === 'tolerates' || intent.withheld) continue
      const edits = setOnRelation(model, relation, { 'read-isolation': 'read-committed' })
      yield {
        at: relation.origin,
        subject: { relation: relation.id, component: relation.to },
        message: `\`${claim.component.name}\` claims exactly-once into \`${log.name}\`, but \`${nameOf(model, relation.to)}\` also reads what its transactions undo (\`read-uncommitted\`): after a crash of \`${claim.component.name}\` it acts on the undone result, and on the one that replaces it.`,
        help: 'Read finished transactions only (`read-isolation: read-committed`).',
        related: [claimed(claim), { at: harm.effect.relation.origin, message: `what \`${nameOf(model, relation.to)}\` then does twice` }],
        facts: [claim.fact, said.fact, ...(intent.fact ? [intent.fact] : [])],
        ...(intent.stance === 'unknown' && { intentUnknown: true }),
        fixes: edits ? [{ title: 'Read finished transactions only: `read-isolation: read-committed`', edits }] : [],
      }
    }
  }
}

/** A transaction that the broker refuses, or gives up before the processor is back to commit it. */
function* timedOut(model: Model, claim: Claim): Iterable<Finding> {
  const { component } = claim
  const [limit, seconds] = [known(component.facts, 'transaction-timeout'), number(component.facts, 'transaction-timeout')]
  if (!limit || seconds === undefined) return
  const checkpoint = known(component.facts, 'checkpoint')
  const outage = number(component.facts, 'max-outage')
  const need = (number(component.facts, 'checkpoint') ?? 0) + (outage ?? 0)
  for (const { log, publish } of outputs(model, claim)) {
    const most = number(log.facts, 'transaction-max')
    const base = { at: limit.fact.from === 'stated' ? limit.fact.origin : component.origin, subject: { component: component.id }, related: [claimed(claim), { at: publish.origin, message: `it writes to \`${log.name}\`` }] }
    if (most !== undefined && seconds > most) {
      yield {
        ...base,
        message: `\`${component.name}\` claims exactly-once with transactions of up to ${time(seconds)}, but \`${log.name}\` allows ${time(most)} (\`transaction-max\`): it refuses them, and nothing is written.`,
        help: `Ask for no more than the broker allows (\`transaction-timeout: ${time(most)}\`), and for more than a checkpoint and a restart together; or raise \`transaction-max\` of \`${log.name}\`.`,
        facts: [claim.fact, limit.fact, known(log.facts, 'transaction-max')!.fact],
        fixes: most > need ? timeoutFix(component, time(most)) : [],
      }
      return
    }
    if (checkpoint && need > 0 && seconds < need) {
      yield {
        ...base,
        message: `\`${component.name}\` claims exactly-once, but its transactions end after ${time(seconds)}, and ${outage === undefined ? `a checkpoint comes every ${time(need)}` : `a checkpoint (${time(need - outage)}) and an outage (${time(outage)}) together take ${time(need)}`}: the broker undoes what was already counted, and it is lost.`,
        help: 'Let a transaction last longer than a checkpoint and the longest outage (`transaction-timeout`).',
        facts: [claim.fact, limit.fact, checkpoint.fact, ...(outage === undefined ? [] : [known(component.facts, 'max-outage')!.fact])],
        fixes: most === undefined || need * 1.5 <= most ? timeoutFix(component, `${Math.ceil((need * 1.5) / 60)}min`) : [],
      }
      return
    }
  }
}

function timeoutFix(component: Component, value: string): readonly Fix[] {
  return [{ title: `Set \`transaction-timeout: ${value}\``, edits: setProperties(component, { 'transaction-timeout': value }) }]
}

/** After a crash it has to read again what it had read since the checkpoint. */
function* unrepeatable(model: Model, claim: Claim): Iterable<Finding> {
  for (const relation of lookup(model).relationsTo(claim.component.id)) {
    const source = relation.verb === 'delivers' ? lookup(model).component(relation.from) : undefined
    if (!source) continue
    const durable = flag(source.facts, 'durable') === false ? known(source.facts, 'durable') : word(source.facts, 'delivery') === 'at-most-once' ? known(source.facts, 'delivery') : undefined
    if (!durable) continue
    yield {
      at: relation.origin,
      subject: { relation: relation.id, component: claim.component.id },
      message: `\`${claim.component.name}\` claims exactly-once, but \`${source.name}\` cannot hand on a second time what it has handed on: what a crash interrupts is lost.`,
      help: 'Read from a log that keeps its messages, or claim at-most-once.',
      related: [claimed(claim)],
      facts: [claim.fact, durable.fact],
      fixes: [],
    }
  }
}
