/**
 * What a design asks of one effect or one delivery, over all flows that it belongs to: one that requires is enough, and all must tolerate.
 */
import type { Analysis } from '../analysis/analysis.ts'
import { flowsOver } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import type { Aspect, Intent } from '../analysis/intent.ts'
import { known, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model, Relation } from '../model/model.ts'

/** An effect, the component that may do it again, and the delivery or call that makes it do so, where there is one. */
export interface Repeatable {
  readonly component: string
  readonly effect: Edge
  readonly by?: Edge | undefined
}

/** About duplicates. Nearest first: the effect, the consumer, the data, then each flow. A charge is money, whatever its record is called. */
export function intentOfRepeat(model: Model, analysis: Analysis, { component, effect, by }: Repeatable): Intent {
  const find = lookup(model)
  // Counting a request twice costs a little of a limit: it is not about what the message says, unless the arrow says so itself.
  if (isLimiter(model, effect) && !['data', 'requires', 'tolerates'].some((path) => known(effect.relation.facts, path) ?? saysUnknown(effect.relation.facts, path)))
    return { stance: 'tolerates', because: `\`${find.component(effect.relation.to)?.name}\` counts requests for a limit` }
  const carried = analysis.carried.on(effect.relation.id)
  // Where it is said to be unknown what goes there, it may be something else than what the message brought.
  const untold = saysUnknown(effect.relation.facts, 'data') || saysUnknown(find.component(effect.relation.to)?.facts ?? {}, 'stores')
  const data = carried.length > 0 || untold ? carried : by ? analysis.carried.on(by.relation.id) : []
  const place = { relation: effect.relation.id, component, data }
  const within = flowsOver(analysis.flows, effect.relation.id).filter(({ flow, causeReach }) => flow && causeReach.has(component))
  const intents =
    within.length > 0
      ? within.map((flow) => analysis.intents.at({ ...place, flow: flow.id }, 'duplicates'))
      : [analysis.intents.at(place, 'duplicates')]
  const decided =
    intents.find((intent) => intent.stance === 'requires') ??
    // A charge is money, whatever the class of the data that goes along with it.
    (intents.every((intent) => intent.stance === 'tolerates' && !(intent.implied && word(effect.relation.facts, 'op') === 'charge')) ? intents[0]! : undefined)
  const op = known(effect.relation.facts, 'op')
  const delivering = find.relationsTo(component)
  const sent = [...delivering, ...delivering.flatMap(({ from }) => analysis.graph.dataSources(from).map(({ edge }) => edge.relation))]
  const said = [
    effect.relation,
    ...sent,
    find.component(component),
    ...data.map((id) => find.data(id)),
    ...within.map(({ flow }) => flow),
  ]
  const blurred =
    untold || said.some((each) => each && ['tolerates', 'requires', 'data', 'class'].some((path) => saysUnknown(each.facts, path)))
  if (decided || blurred || word(effect.relation.facts, 'op') !== 'charge') return decided ?? { stance: 'unknown', because: '' }
  return { stance: 'requires', fact: op?.fact, because: 'a charge is money' }
}

/** Where the ones who limit themselves count: a store whose role that is, or a cache that says of no data that it keeps it, counted in by one with a limit of its own. */
function isLimiter(model: Model, { relation }: Edge): boolean {
  const find = lookup(model)
  const [from, to] = [find.component(relation.from), find.component(relation.to)]
  if (!from || !to) return false
  if (word(to.facts, 'role') === 'rate-limiter' || saysUnknown(to.facts, 'role')) return true
  const counts = to.kind === 'cache' && word(relation.facts, 'op') === 'increment' && !known(to.facts, 'stores') && !saysUnknown(to.facts, 'stores')
  return counts && (word(from.facts, 'role') === 'rate-limiter' || saysUnknown(from.facts, 'role') || protection(from.facts, 'rate-limit') !== false)
}

/** Of what travels over a relation. A component said here is asked before the data. */
export function intentOfHop(analysis: Analysis, { id }: Pick<Relation, 'id'>, component: string, aspect: Aspect): Intent {
  const flows = flowsOver(analysis.flows, id).filter(({ flow }) => flow)
  const place = { relation: id, component, data: analysis.carried.on(id) }
  const intents = flows.length === 0 ? [analysis.intents.at(place, aspect)] : flows.map((flow) => analysis.intents.at({ ...place, flow: flow.id }, aspect))
  return intents.find(({ stance }) => stance === 'requires') ?? intents.find(({ stance }) => stance !== 'tolerates') ?? intents[0]!
}
