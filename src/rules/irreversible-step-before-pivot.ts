import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { isIrreversible, stepOrder, type Saga } from '../analysis/sagas.ts'
import { flag, known, number, saysUnknown, word } from '../model/facts.ts'
import type { Fix, Model, Relation, Step, TextEdit } from '../model/model.ts'
import { alone, setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf, sentence } from './words.ts'

export const irreversibleStepBeforePivot: Rule = {
  id: 'irreversible-step-before-pivot',
  code: 'T3',
  severity: 'error',
  title: 'Something that cannot be undone happens before a step that may still fail',
  why: 'What cannot be taken back belongs at the end, when nothing can say no any more. A card that was charged before the stock was asked, or a confirmation that was sent before the payment went through, has to be made good by people, one customer at a time.',
  sources: [
    { title: 'Richardson, Microservices Patterns (2018), ch. 4, Managing transactions with sagas' },
    { title: 'Garcia-Molina & Salem, Sagas (SIGMOD 1987)' },
    { title: 'Stripe documentation, Place a hold on a payment method', url: 'https://docs.stripe.com/payments/place-a-hold-on-a-payment-method' },
  ],
  needs: ['irreversible', 'op', 'can-refuse', 'compensate', 'saga', 'step', 'pivot', 'retriable'],
  fixable: true,
  *check(model, analysis) {
    const reported = new Set<string>()
    for (const saga of analysis.sagas) {
      for (const step of saga.steps.filter(isFinal)) {
        const later = saga.steps.filter((other) => mayFail(other) && saga.before(step, other))
        if (later.length === 0 || reported.has(step.relation.id)) continue
        reported.add(step.relation.id)
        yield report(model, { step, later, where: `saga \`${saga.name}\``, fixes: renumber(model, saga, step, later) })
      }
    }
    for (const one of inFlows(model, analysis)) if (!reported.has(one.step.relation.id)) yield report(model, one)
  },
}

interface TooEarly {
  readonly step: Edge
  /** What can still fail behind it, nearest first. */
  readonly later: readonly Edge[]
  readonly where: string
  readonly flows?: readonly FlowPaths[]
  readonly fixes: readonly Fix[]
}

/** The stated pivot itself is the last word on purpose; what can be refused behind it is `saga-step-without-compensation`’s matter. */
function isFinal(step: Edge): boolean {
  const { facts } = step.relation
  return isIrreversible(step) && flag(facts, 'pivot') !== true && !saysUnknown(facts, 'pivot')
}

/** It may be refused for a reason of business, or is the point of no return: up to there everything can be called off. */
function mayFail({ relation: { facts } }: Edge): boolean {
  if (flag(facts, 'can-refuse') === true) return true
  return flag(facts, 'pivot') === true && flag(facts, 'retriable') !== true && !saysUnknown(facts, 'retriable')
}

/** Flows that do the one before the other. */
function inFlows(model: Model, { flows, graph, carried }: Analysis): readonly TooEarly[] {
  const final = graph.edges.filter(isFinal)
  const refusing = graph.edges.filter(({ relation }) => flag(relation.facts, 'can-refuse') === true)
  if (final.length === 0 || refusing.length === 0) return []
  const order = stepOrder(flows)
  return final.flatMap((step) => {
    const naming = flows.filter((flow) => flow.names(step.relation.id))
    const later = naming.length === 0 ? [] : refusing.filter((other) => !sameSaga(step, other) && order.before(step, other) && tellsOf(step, other))
    if (later.length === 0) return []
    const both = naming.filter((flow) => later.some((other) => flow.names(other.relation.id)))
    const fixes = both.length === 1 ? move(model, both[0]!, step, later) : []
    return [{ step, later, where: joined(both.map(({ name }) => name)), flows: both, fixes }]
  })

  /** A message may also be what the refusal waits for, as a code that is typed in; it tells of the outcome where both are about the same. */
  function tellsOf(step: Edge, other: Edge): boolean {
    if (word(step.relation.facts, 'op') !== 'send' || flag(step.relation.facts, 'irreversible') === true) return true
    return carried.on(step.relation.id).some((data) => carried.on(other.relation.id).includes(data))
  }
}

/** Within one saga its own order counts. */
function sameSaga(a: Edge, b: Edge): boolean {
  const [one, other] = [word(a.relation.facts, 'saga'), word(b.relation.facts, 'saga')]
  return (one !== undefined && one === other) || [a, b].some(({ relation }) => saysUnknown(relation.facts, 'saga'))
}

function report(model: Model, { step, later, where, flows = [], fixes }: TooEarly): Finding {
  const { relation } = step
  const [first] = later
  const op = word(relation.facts, 'op')
  const says = flag(relation.facts, 'irreversible') === true
  const did = says ? 'cannot be undone' : op === 'charge' ? 'takes the money, which nothing gives back' : 'sends what cannot be called back'
  const refused = flag(first!.relation.facts, 'can-refuse') === true
  const declared = flows.flatMap(({ flow }) => flow ?? [])
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: relation.from, ...(declared.length === 1 && { flow: declared[0]!.id }) },
    message: sentence(`in ${where}, ${stepName(model, relation)} ${did}, and only then comes ${stepName(model, first!.relation)}, which ${refused ? 'can still be refused' : 'is the point of no return and can still fail'}${later.length > 1 ? ` (and ${later.length - 1} more)` : ''}.`),
    help: op === 'charge'
      ? 'Hold the money first (`op: authorize`) and take it last; or name what gives it back (`compensate: refund`).'
      : `Do it last, when nothing can fail any more${says ? '' : '; or name what makes up for it (`compensate`)'}.`,
    related: [...later.map((other) => ({ at: other.relation.origin, message: `${stepName(model, other.relation)} can still fail` })), ...flows.map((flow) => ({ at: flow.at, message: `both happen in ${flow.name}` }))],
    facts: [...(says ? [known(relation.facts, 'irreversible')!.fact] : known(relation.facts, 'op') ? [known(relation.facts, 'op')!.fact] : []), ...later.flatMap((other) => known(other.relation.facts, refused ? 'can-refuse' : 'pivot')?.fact ?? [])],
    fixes,
  }
}

/** `` `checkout → psp` (capture) `` */
function stepName(model: Model, { from, to, label }: Relation): string {
  return `\`${nameOf(model, from)} → ${nameOf(model, to)}\`${label === undefined ? '' : ` (${label})`}`
}

/** The step gets the number of the last one that can fail, and those between move up. */
function renumber(model: Model, { steps }: Saga, step: Edge, later: readonly Edge[]): readonly Fix[] {
  const numbers = steps.map(({ relation }) => number(relation.facts, 'step'))
  if (numbers.some((place) => place === undefined) || new Set(numbers).size < numbers.length || !steps.every(({ relation }) => alone(model, relation))) return holdFirst(model, step)
  // What can be refused has no place behind the point of no return either.
  if (flag(step.relation.facts, 'can-refuse') === true) return holdFirst(model, step)
  const last = Math.max(...later.map((other) => steps.indexOf(other)))
  const order = [...steps.slice(0, last + 1).filter((other) => other !== step), step, ...steps.slice(last + 1)]
  const edits: TextEdit[] = []
  for (const [index, { relation }] of order.entries()) {
    if (number(relation.facts, 'step') === numbers[index]) continue
    const edit = setOnRelation(model, relation, { step: String(numbers[index]) })
    if (!edit) return holdFirst(model, step)
    edits.push(...edit)
  }
  return [{ title: `Do it last: make it step ${numbers[last]}`, edits }, ...holdFirst(model, step)]
}

/** Cuts the flow’s line out and puts it behind the last one that can fail; only where both stand on lines of their own. */
function move(model: Model, { flow }: FlowPaths, step: Edge, later: readonly Edge[]): readonly Fix[] {
  const hold = holdFirst(model, step)
  if (!flow) return hold
  const { from, to, verb, arrow } = step.relation
  const only = model.relations.filter((other) => other.from === from && other.to === to).length === 1
  const at = flow.steps.findIndex((one) => one.type === 'relation' && one.relations.includes(step.relation.id))
  const last = flow.steps.findLastIndex((one) => one.type === 'relation' && later.some(({ relation }) => one.relations.includes(relation.id)))
  const [own, behind] = [flow.steps[at], flow.steps[last]]
  if (!only || !isAlone(flow.steps, own) || behind?.type !== 'relation' || !behind.extent || last <= at) return hold
  const end = behind.extent.range.end
  const text = `\n${' '.repeat(behind.extent.range.start.character)}${from} ${arrow === 'message' ? '~>' : '->'} ${to} : ${verb}`
  const edits = [{ origin: own.extent!, newText: '' }, { origin: { file: behind.extent.file, range: { start: end, end } }, newText: text }]
  return [{ title: `Do it behind \`${nameOf(model, later.at(-1)!.relation.to)}\``, edits }, ...hold]
}

/** Named once, by a statement of its own. */
function isAlone(steps: readonly Step[], own: Step | undefined): own is Extract<Step, { type: 'relation' }> {
  if (own?.type !== 'relation' || !own.extent) return false
  const start = JSON.stringify(own.extent.range.start)
  return steps.filter((other) => other.type === 'relation' && (JSON.stringify(other.extent?.range.start) === start || other.relations.some((id) => own.relations.includes(id)))).length === 1
}

/** Taking money becomes holding it. */
function holdFirst(model: Model, { relation }: Edge): readonly Fix[] {
  if (word(relation.facts, 'op') !== 'charge' || known(relation.facts, 'irreversible')) return []
  const edits = setOnRelation(model, relation, { op: 'authorize' })
  return edits ? [{ title: 'Only hold the money here: `op: authorize`', edits }] : []
}
