import type { Analysis } from '../analysis/analysis.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import { changesState, isIrreversible, type Saga } from '../analysis/sagas.ts'
import { flag, known, nameOf as valueName, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const sagaStepWithoutCompensation: Rule = {
  id: 'saga-step-without-compensation',
  code: 'T2',
  severity: 'error',
  title: 'A saga can stop half-way, with no way back and no way forward',
  why: 'A saga gives up the transaction that would undo everything by itself, so each step before the point of no return needs something that undoes it, and each step behind it has to succeed in the end. A step that has neither leaves a room booked for a trip that never takes place.',
  sources: [
    { title: 'Garcia-Molina & Salem, Sagas (SIGMOD 1987)' },
    { title: 'Richardson, microservices.io: Saga', url: 'https://microservices.io/patterns/data/saga.html' },
    { title: 'Microsoft, Azure Architecture Center: Compensating Transaction pattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/compensating-transaction' },
  ],
  needs: ['saga', 'step', 'compensate', 'pivot', 'can-refuse', 'retriable', 'expires', 'op', 'outcome', 'durable'],
  fixable: true,
  *check(model, analysis) {
    const forgetful = new Set<string>()
    for (const saga of analysis.sagas) {
      for (const step of saga.steps) {
        const obstacle = needsUndoing(saga, step)
        if (obstacle) yield stuck(model, saga, step, obstacle)
        const pivot = beyondReturn(saga, step)
        if (pivot) yield noWay(model, saga, step, pivot)
      }
      yield* untold(model, analysis, saga)
      const runner = lookup(model).component(saga.steps[0]!.relation.from)
      if (runner && saga.steps.every(({ relation }) => relation.from === runner.id) && flag(runner.facts, 'durable') === false && !forgetful.has(runner.id)) {
        forgetful.add(runner.id)
        yield forgets(model, saga, runner.id)
      }
    }
  },
}

/** What stands between a step and the saga’s end, so that it may have to be taken back. */
interface Obstacle {
  readonly step: Edge
  readonly why: 'refused' | 'pivot' | 'undone'
  readonly fact: Fact
}

function needsUndoing(saga: Saga, step: Edge): Obstacle | undefined {
  const { facts } = step.relation
  if (changesState(step) === false || isIrreversible(step) || saysUnknown(facts, 'irreversible')) return undefined
  // A hold lapses by itself when nobody uses it.
  if (word(facts, 'op') === 'authorize') return undefined
  if (protection(facts, 'compensate') !== false || protection(facts, 'expires') !== false) return undefined
  if (mayBePivot(step)) return undefined
  // Behind the point of no return there is nothing to take back: it has to be certain that the step stands before it.
  if (saga.steps.some((other) => other !== step && mayBePivot(other) && !saga.before(step, other))) return undefined
  const refusing = saga.steps.find((other) => flag(other.relation.facts, 'can-refuse') === true && saga.before(step, other))
  if (refusing) return { step: refusing, why: 'refused', fact: known(refusing.relation.facts, 'can-refuse')!.fact }
  const pivot = saga.steps.find((other) => flag(other.relation.facts, 'pivot') === true && !mayBeRetriable(other) && saga.before(step, other))
  if (pivot) return { step: pivot, why: 'pivot', fact: known(pivot.relation.facts, 'pivot')!.fact }
  const undone = saga.steps.find((other) => protection(other.relation.facts, 'compensate') === true && saga.before(step, other) && saga.steps.some((last) => saga.before(other, last)))
  return undone && { step: undone, why: 'undone', fact: known(undone.relation.facts, 'compensate')!.fact }
}

/** The pivot behind which a step can still say no. */
function beyondReturn(saga: Saga, step: Edge): Edge | undefined {
  const { facts } = step.relation
  if (flag(facts, 'can-refuse') !== true && flag(facts, 'retriable') !== false) return undefined
  if (flag(facts, 'pivot') === true || saysUnknown(facts, 'pivot')) return undefined
  const pivots = saga.steps.filter(mayBePivot)
  if (pivots.length === 0 || !pivots.every((pivot) => saga.before(pivot, step))) return undefined
  return pivots.findLast((pivot) => flag(pivot.relation.facts, 'pivot') === true)
}

function mayBePivot({ relation: { facts } }: Edge): boolean {
  return flag(facts, 'pivot') === true || saysUnknown(facts, 'pivot')
}

function mayBeRetriable({ relation: { facts } }: Edge): boolean {
  return flag(facts, 'retriable') === true || saysUnknown(facts, 'retriable')
}

function stuck(model: Model, saga: Saga, step: Edge, obstacle: Obstacle): Finding {
  const { relation } = step
  const there = nameOf(model, relation.to)
  const undo = `undo-${there}`
  const edits = setOnRelation(model, relation, { compensate: undo })
  const other = stepName(model, saga, obstacle.step)
  const but = { refused: `${other} can be refused`, pivot: `${other} is the point of no return and may fail`, undone: `${other} has one, so the saga can be taken back from there` }[obstacle.why]
  const unsure = changesState(step) === 'unknown'
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: relation.from },
    ...((unsure || obstacle.why === 'undone') && { severity: 'warning' }),
    message: `Saga \`${saga.name}\`: ${stepName(model, saga, step)} has no compensation, but ${but}: what was done at \`${there}\` then stays done.`,
    help: `Name what undoes it (\`compensate: ${undo}\`), or let it lapse by itself (\`expires: 10min\`)${unsure ? '; where it changes nothing, say so (`op: read`)' : ''}.`,
    related: [{ at: obstacle.step.relation.origin, message: but }],
    facts: [obstacle.fact, ...(known(relation.facts, 'op') ? [known(relation.facts, 'op')!.fact] : [])],
    fixes: edits ? [{ title: `Name what undoes it: \`compensate: ${undo}\``, edits }] : [],
  }
}

function noWay(model: Model, saga: Saga, step: Edge, pivot: Edge): Finding {
  const { relation } = step
  const refuses = flag(relation.facts, 'can-refuse') === true
  const path = refuses ? 'can-refuse' : 'retriable'
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: relation.from },
    message: `Saga \`${saga.name}\`: ${stepName(model, saga, step)} comes after the point of no return (${stepName(model, saga, pivot)}) and ${refuses ? 'can be refused' : 'cannot be repeated until it works'}: then there is no way back and no way forward.`,
    help: 'Ask for it before the pivot, where the saga can still be taken back; or make it a step that is repeated until it works (`retriable: yes`).',
    related: [{ at: pivot.relation.origin, message: 'from here on there is no way back' }],
    facts: [known(relation.facts, path)!.fact, known(pivot.relation.facts, 'pivot')!.fact],
    fixes: [],
  }
}

/**
 * Without an orchestrator, a refusal has to travel back. Only where nothing at all leads from the one who is refused, or from those who
 * wait for it, to the one who would have to undo its step.
 */
function* untold(model: Model, { graph }: Analysis, saga: Saga): Iterable<Finding> {
  const teller = model.relations.some(({ facts }) => word(facts, 'outcome') === 'failure')
  for (const step of saga.steps) {
    if (flag(step.relation.facts, 'can-refuse') !== true) continue
    const undoing = saga.steps.filter((other) => other.relation.from !== step.relation.from && protection(other.relation.facts, 'compensate') === true && saga.before(other, step))
    if (undoing.length === 0) continue
    const waiting = walk([step.relation.from], (component) => graph.neededBy(component).flatMap((edge) => (edge.waits === 'yes' ? [{ edge, to: edge.needer }] : [])))
    const heard = walk(waiting.components.keys(), (component) => [...graph.causes(component), ...graph.dataFlow(component)])
    const deaf = undoing.filter(({ relation }) => !heard.has(relation.from))
    if (deaf.length === 0) continue
    const names = [...new Set(deaf.map(({ relation }) => nameOf(model, relation.from)))]
    const what = deaf.flatMap(({ relation }) => valueName(known(relation.facts, 'compensate')?.value) ?? [])
    yield {
      at: step.relation.origin,
      subject: { relation: step.relation.id, component: step.relation.from },
      severity: teller ? 'error' : 'warning',
      message: `Saga \`${saga.name}\`: ${stepName(model, saga, step)} can be refused, and nothing leads from \`${nameOf(model, step.relation.from)}\` back to ${listed(names)}, which would have to run ${listed(what)}.`,
      help: `Let \`${nameOf(model, step.relation.from)}\` publish that it was refused (\`outcome: failure\`), and deliver that to ${listed(names)}; or let one workflow run all steps.`,
      related: deaf.map(({ relation }) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` would have to undo this` })),
      facts: [known(step.relation.facts, 'can-refuse')!.fact, ...deaf.flatMap(({ relation }) => known(relation.facts, 'compensate')?.fact ?? [])],
      fixes: [],
    }
  }
}

function forgets(model: Model, saga: Saga, runner: string): Finding {
  const component = lookup(model).component(runner)!
  return {
    at: component.origin,
    subject: { component: runner },
    message: `\`${component.name}\` runs the ${saga.steps.length} steps of saga \`${saga.name}\` and forgets how far it came when it stops (\`durable: no\`): a saga that was under way is then neither finished nor taken back.`,
    help: 'Keep the state of each saga where it outlives the process (`durable: yes`), and go on from there after a restart.',
    related: saga.steps.slice(0, 8).map((step) => ({ at: step.relation.origin, message: stepName(model, saga, step) })),
    facts: [known(component.facts, 'durable')!.fact],
    fixes: [{ title: 'Remember how far each saga came: `durable: yes`', edits: setProperty(component, 'durable', 'yes') }],
  }
}

/** ``step 2 `trip → hotel` (reserve room)``. */
function stepName(model: Model, saga: Saga, step: Edge): string {
  const { from, to, label } = step.relation
  const place = saga.place(step)
  return `${place === undefined ? '' : `${place} `}\`${nameOf(model, from)} → ${nameOf(model, to)}\`${label === undefined ? '' : ` (${label})`}`
}
