/** Puts an outbox in the place of messages that are sent beside a write: a row with the write, and captures where the publishes and their steps were. */
import type { Edge } from '../analysis/graph.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, Step, TextEdit } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { alone, replaceRelation, replaceStatement, setOnRelation } from './edits.ts'
import { joined, nameOf } from './words.ts'

type Publishes = readonly [Edge, ...Edge[]]

/** None where `first` is no write to a database, or the text cannot be taken apart. */
export function outboxInstead(model: Model, first: Edge, others: Publishes): readonly Fix[] {
  if (lookup(model).component(first.needed)?.kind !== 'database') return []
  if (first.verb.name !== 'writes' || others.some((second) => sameStatement(model, first, second))) return []
  const outbox = setOnRelation(model, first.relation, { outbox: 'yes' })
  const replaced = captureInstead(model, first, others)
  const steps = stepEdits(model, first, others)
  if (!outbox || !replaced || !steps) return []
  const brokers = joined(others.map(({ needed }) => `\`${nameOf(model, needed)}\``))
  return [{ title: `Write an outbox row to \`${nameOf(model, first.needed)}\` and capture it into ${brokers}`, edits: [...outbox, ...replaced, ...steps] }]
}

function capture(first: Edge, others: readonly string[]): string {
  return `${first.needed} ~> ${others.join(', ')} : captures`
}

/** A statement of several publishes is replaced as a whole, or not at all. */
function captureInstead(model: Model, first: Edge, others: Publishes): readonly TextEdit[] | undefined {
  if (others.length === 1) return replaceRelation(model, others[0].relation, [capture(first, [others[0].needed])])
  const edits: TextEdit[] = []
  const ids = new Set(others.map(({ relation }) => relation.id))
  for (const { relation } of others) {
    const together = model.relations.filter(({ extent }) => sameStart(extent, relation.extent))
    if (together.some(({ id }) => !ids.has(id))) return undefined
    if (together[0] === relation) edits.push(replaceStatement(relation.extent, capture(first, together.map(({ to }) => to))))
  }
  return edits
}

function sameStatement(model: Model, first: Edge, second: Edge): boolean {
  return !alone(model, first.relation) && first.relation.extent.range.start.line === second.relation.extent.range.start.line && first.relation.extent.file === second.relation.extent.file
}

/** The steps that name the publishes name the captures instead; unset where one stands in a chain that cannot be cut here. */
function stepEdits(model: Model, first: Edge, others: Publishes): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = []
  const targets = new Map(others.map(({ relation, needed }) => [relation.id, needed]))
  let possible = true
  const visit = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.type !== 'relation') visit(step.steps)
      else if (step.relations.some((id) => targets.has(id))) {
        const { extent } = step
        const shares = steps.some((other) => other !== step && other.type === 'relation' && sameStart(other.extent, extent))
        if (extent === undefined || !step.relations.every((id) => targets.has(id)) || shares) possible = false
        else edits.push({ origin: extent, newText: capture(first, step.relations.map((id) => targets.get(id)!)) })
      }
    }
  }
  for (const flow of model.flows) visit(flow.steps)
  return possible ? edits : undefined
}

function sameStart(a: Origin | undefined, b: Origin | undefined): boolean {
  return a !== undefined && b !== undefined && a.file === b.file && a.range.start.line === b.range.start.line && a.range.start.character === b.range.start.character
}
