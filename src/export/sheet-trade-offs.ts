/** What the design accepts, and why: its waivers, and what it tolerates. */
import { known, nameOf, text, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, WaiverScope } from '../model/model.ts'
import type { Value } from '../model/value.ts'
import { writeValue } from '../model/write.ts'

export interface TradeOff {
  /** `Single point of failure: `orders``, `` `Cart` may be 30min old``. */
  readonly what: string
  /** The author's reason; empty where none is given. */
  readonly because: string
  /** `2027-03-01` */
  readonly until?: string
}

export function tradeOffsOf(model: Model): readonly TradeOff[] {
  const accepted = model.waivers.map(({ rule, reason, until, scope }): TradeOff => ({ what: `${sentence(rule)}${placeOf(model, scope)}`, because: reason, ...(until !== undefined && { until }) }))
  const tolerated = [...model.data, ...model.components, ...model.flows].flatMap((subject): readonly TradeOff[] => {
    const fact = known(subject.facts, 'tolerates')
    if (fact?.fact.from !== 'stated') return []
    const values = fact.value.type === 'list' ? fact.value.items : [fact.value]
    return [{ what: `\`${subject.name}\` ${values.map(tolerance).join(', and ')}`, because: text(subject.facts, 'note') ?? word(subject.facts, 'note') ?? '' }]
  })
  return [...accepted, ...tolerated]
}

/** A rule's id says in words what it is about. */
function sentence(rule: string): string {
  const words = rule.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const TOLERANCES: Readonly<Record<string, string>> = {
  loss: 'may lose some',
  duplicates: 'may count some twice',
  reordering: 'may come in any order',
  staleness: 'may be old',
  unavailability: 'may be down',
  conflicts: 'may drop a concurrent write',
  approximation: 'may be about right only',
}

function tolerance(value: Value): string {
  if (value.type === 'call' && value.name === 'staleness' && value.args[0]) return `may be ${writeValue(value.args[0])} old`
  const name = nameOf(value) ?? ''
  return TOLERANCES[name] ?? `tolerates ${writeValue(value)}`
}

function placeOf(model: Model, scope: WaiverScope): string {
  if (scope.type === 'file') return ''
  const find = lookup(model)
  const names = scope.ids.map((id) => {
    const relation = scope.type === 'relation' ? find.relation(id) : undefined
    if (relation) return `\`${find.component(relation.from)?.name} → ${find.component(relation.to)?.name}\``
    const flow = find.flow(id) ?? model.scenarios.find((scenario) => scenario.id === id)
    if (flow) return `“${flow.title}”`
    const named = find.component(id) ?? find.container(id) ?? find.data(id)
    return `\`${named?.name ?? id}\``
  })
  return names.length === 0 ? '' : `: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
}
