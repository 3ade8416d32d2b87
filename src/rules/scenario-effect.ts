/** A scenario in which something that is named does nothing would prove nothing: its expectations come true whatever the design is. */
import type { Analysis } from '../analysis/analysis.ts'
import { failureOf } from '../analysis/scenario.ts'
import { strikeOf } from '../analysis/strike.ts'
import { failingNear } from '../analysis/targets.ts'
import { known } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Failing, Model, Scenario } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Checked } from './check.ts'

export function withoutEffect({ model, flows, quorums }: Analysis, scenario: Scenario): readonly Checked[] {
  const find = lookup(model)
  const report = (property: string, message: string): Checked => ({
    rule: 'scenario-without-effect', severity: 'error', message, help: 'Name what is to fail, get slow or surge.', at: originOf(scenario, property), subject: {}, related: [], fixes: [], documented: false,
  })
  const fails = scenario.fails.flatMap((failing) => {
    if (failing.type === 'thing' && failing.target.kind === 'flow') return [report('fails', `A flow does not fail by itself: in "${scenario.title}", \`fails:\` names ${find.flow(failing.target.id) ? `"${find.flow(failing.target.id)!.title}"` : 'one'}, not something that it needs.`)]
    return strikeOf(model, quorums, { fails: [failing] }).hits.size > 0 ? [] : [report('fails', nothingFails(model, scenario, failing))]
  })
  const surges = scenario.surges
    .filter((surge) => failureOf(model, flows, { ...scenario, surges: [surge] }).surges?.size === 0)
    .map(({ target }) => report('surges', `No flow begins at \`${find.component(target.id)?.name ?? target.id}\`, so in "${scenario.title}" nothing gets more.`))
  return [...fails, ...surges]
}

function nothingFails(model: Model, { title }: Scenario, failing: Failing): string {
  const written = failing.type === 'technology' ? `technology(${failing.name})` : failing.type === 'place' ? `${failing.level}(${failing.name})` : failing.type === 'replica' ? `replica(${failing.component})` : failing.target.id
  const why = failing.type === 'technology' ? `nothing in the design uses \`${failing.name}\`` : failing.type === 'place' ? `nothing in the design says that it stands in a ${failing.level} \`${failing.name}\`` : 'there is nothing in it'
  const near = failingNear(model, written)
  return `In "${title}", \`${written}\` takes nothing down: ${why}.${near === undefined || near === written ? '' : ` Did you mean \`${near}\`?`}`
}

function originOf(scenario: Scenario, property: string): Origin {
  const fact = known(scenario.facts, property)?.fact
  return fact?.from === 'stated' ? fact.origin : scenario.origin
}
