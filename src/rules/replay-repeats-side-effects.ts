import type { Analysis } from '../analysis/analysis.ts'
import { absorbs } from '../analysis/duplication.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Intent } from '../analysis/intent.ts'
import { returnsOf, type Return } from '../analysis/returns.ts'
import { time } from '../analysis/staleness.ts'
import { flag, known, number, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { intentOfRepeat } from './asked.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, nameOf } from './words.ts'

export const replayRepeatsSideEffects: Rule = {
  id: 'replay-repeats-side-effects',
  code: 'S6',
  severity: 'error',
  title: 'Reading a log again does again what it did in the world',
  why: 'A view can be thrown away and built again from the log: that is what the log is for. But if whoever fills the view also sends mails or moves money, the rebuild sends the mails of three years again, to everybody, in one night.',
  sources: [
    { title: 'Fowler, Event Sourcing: External Updates', url: 'https://martinfowler.com/eaaDev/EventSourcing.html' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11, Reprocessing data for application evolution' },
  ],
  needs: ['rebuild-from', 'derived', 'truth', 'retention', 'op', 'idempotent', 'effects', 'replay-mode', 'dedupe', 'apply', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    for (const replay of replaysOf(model, analysis)) {
      const [first, ...rest] = effectsOf(model, analysis, replay)
      if (first) yield report(model, replay, first, rest)
    }
  },
}

/** A log that is read again by a consumer to fill a store. */
interface Replay extends Pick<Return, 'component' | 'from' | 'facts'> {
  readonly edge: Edge
  readonly fills: string
  /** Seconds of history; unset where it is not known. */
  readonly after?: number
}

interface Effect {
  readonly effect: Edge
  readonly path: readonly Edge[]
  readonly intent: Intent
}

/** Stated by `rebuild-from`; or the log is the truth, and the store says that it is derived. */
function replaysOf(model: Model, analysis: Analysis): readonly Replay[] {
  const find = lookup(model)
  const stated = returnsOf(model, analysis.graph).flatMap((one) => (one.how === 'rebuild' && one.edge && one.fills !== undefined ? [{ ...one, edge: one.edge, fills: one.fills }] : []))
  const seen = new Set(stated.map(({ edge }) => edge.relation.id))
  const implied = analysis.graph.edges.flatMap((edge): Replay | [] => {
    const log = find.component(edge.relation.from)
    if (edge.verb.name !== 'delivers' || seen.has(edge.relation.id) || !log || flag(log.facts, 'truth') !== true) return []
    const derived = find.relationsFrom(edge.relation.to).flatMap(({ verb, to }) => (verb === 'writes' ? (find.component(to) ?? []) : [])).find(({ facts }) => flag(facts, 'derived') === true && !known(facts, 'rebuild-from') && !saysUnknown(facts, 'rebuild-from'))
    const after = number(log.facts, 'retention')
    return derived ? { component: edge.relation.to, from: log.id, edge, fills: derived.id, facts: [known(log.facts, 'truth')!.fact, known(derived.facts, 'derived')!.fact], ...(after !== undefined && { after }) } : []
  })
  return [...stated, ...implied]
}

/** What it does outside, itself or by messages to others, without a guard that outlasts the log. The nearest first. */
function effectsOf(model: Model, analysis: Analysis, { component, edge }: Replay): readonly Effect[] {
  const find = lookup(model)
  const found: Effect[] = []
  if (absorbs(edge) || isGuarded(find.component(component)!)) return found
  const seen = new Set<string>([edge.relation.id])
  const arrivals: { readonly at: string; readonly by: Edge; readonly path: readonly Edge[] }[] = [{ at: component, by: edge, path: [] }]
  for (const { at, by, path } of arrivals) {
    for (const { edge: next, to } of analysis.graph.causes(at)) {
      if (seen.has(next.relation.id) || !analysis.duplication.follows(by, next)) continue
      seen.add(next.relation.id)
      const target = find.component(to)
      const { facts } = next.relation
      if (!target || absorbs(next) || protection(facts, 'effects') !== false || ['op', 'idempotent'].some((name) => saysUnknown(facts, name))) continue
      const { safe } = analysis.duplication.idempotence(next)
      if (target.kind === 'external') {
        if (safe !== 'no') continue
        const intent = intentOfRepeat(model, analysis, { component: next.needer, effect: next, by: edge })
        if (intent.stance !== 'tolerates' && !intent.withheld) found.push({ effect: next, path: [...path, next], intent })
        continue
      }
      // Out of a store nothing follows but its own change stream, which carries changes only.
      if (STORES.has(target.kind) || (safe === 'yes' && next.verb.name !== 'routes') || isGuarded(target)) continue
      arrivals.push({ at: to, by: next, path: [...path, next] })
    }
  }
  return found
}

const STORES: ReadonlySet<string> = new Set(['database', 'cache', 'object-store', 'search', 'coordinator', 'client'])

/** It remembers, or does nothing outside while a log is read again. How long it remembers is asked by another rule. */
function isGuarded({ facts }: Component): boolean {
  return ['dedupe', 'effects', 'replay-mode'].some((path) => protection(facts, path) !== false)
}

function report(model: Model, replay: Replay, first: Effect, rest: readonly Effect[]): Finding {
  const { effect, path, intent } = first
  const [log, view, target] = [replay.from, replay.fills, effect.needed].map((id) => nameOf(model, id))
  const who = nameOf(model, replay.component)
  const through = path.length > 1 ? ` by way of ${arrows(model, [replay.component, ...path.map(({ relation }) => relation.to)])}` : ''
  const op = word(effect.relation.facts, 'op')
  const certain = op === 'send' || op === 'charge'
  const span = replay.after === undefined || !Number.isFinite(replay.after) ? 'all that was ever' : `the last ${time(replay.after)} of what was`
  const others = [...new Set(rest.map(({ effect: { needed } }) => nameOf(model, needed)))].filter((name) => name !== target)
  return {
    at: effect.relation.origin,
    subject: { component: replay.component, relation: effect.relation.id },
    message: `Filling \`${view}\` again reads \`${log}\` again, and the same \`${who}\`${through} also ${does(op)} \`${target}\`${others.length > 0 ? ` (and ${others.map((name) => `\`${name}\``).join(', ')})` : ''}: ${span} ${done(op)} there comes again, in one go.`,
    help: `Let a consumer of its own with its own position ${op === 'charge' ? 'charge' : 'do it'}, which is not run again; or record each one for good (\`effects: once-per(event-id)\`), or do nothing outside during a replay (\`replay-mode: suppress\`).`,
    related: [{ at: replay.edge.relation.origin, message: `\`${who}\` reads \`${log}\`` }, ...alongPath(model, path), ...rest.slice(0, 4).map(({ effect: { relation } }) => ({ at: relation.origin, message: 'so is this' }))],
    facts: [...replay.facts, ...(known(effect.relation.facts, 'op') ? [known(effect.relation.facts, 'op')!.fact] : []), ...(intent.fact ? [intent.fact] : [])],
    // Nobody wants three years of mails, whatever they are about.
    ...(intent.stance === 'unknown' && !certain && { intentUnknown: true }),
    fixes: fixes(model, [first, ...rest]),
  }
}

function does(op: string | undefined): string {
  return op === 'charge' ? 'charges at' : op === 'send' ? 'sends over' : 'acts at'
}

function done(op: string | undefined): string {
  return op === 'charge' ? 'charged' : op === 'send' ? 'sent' : 'done'
}

/** A record for good on every such effect. */
function fixes(model: Model, effects: readonly Effect[]): readonly Fix[] {
  if (effects.length > 1) return []
  const edits = setOnRelation(model, effects[0]!.effect.relation, { effects: 'once-per(event-id)' })
  return edits ? [{ title: 'Record what was done for good: `effects: once-per(event-id)`', edits }] : []
}
