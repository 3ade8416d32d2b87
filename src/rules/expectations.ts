/**
 * Scenarios are run: an expectation that does not come true is an error where it stands, one that comes out better than it says is a note. What
 * the design does not state decides nothing: then the note says what would.
 */
import { aftermathOf, type FlowAfter } from '../analysis/aftermath.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { failureOf } from '../analysis/scenario.ts'
import { time } from '../analysis/staleness.ts'
import { flowStory, type FlowStory } from '../analysis/story.ts'
import type { State } from '../analysis/success.ts'
import { lookup } from '../model/lookup.ts'
import type { Expectation, Fix, Model, Scenario } from '../model/model.ts'
import type { Checked } from './check.ts'
import { withoutEffect } from './scenario-effect.ts'
import { asSure, withDefaults } from './sureness.ts'
import { sentence } from './words.ts'

/** From the best to the worst. */
const ORDER: readonly State[] = ['available', 'deferred', 'degraded', 'unavailable']

export function expectations(analysis: Analysis): readonly Checked[] {
  return analysis.model.scenarios.flatMap((scenario) => {
    const idle = withoutEffect(analysis, scenario)
    if (scenario.expects.length === 0 || idle.length > 0) return idle
    const { flows } = aftermathOf(analysis.model, analysis, failureOf(analysis.model, analysis.flows, scenario))
    return scenario.expects.flatMap((expected) => {
      const after = flows.find(({ paths }) => paths.id === expected.flow)
      return after ? judged(analysis, scenario, expected, after) : []
    })
  })
}

function judged({ model }: Analysis, scenario: Scenario, expected: Expectation, after: FlowAfter): readonly Checked[] {
  const story = flowStory(model, after)
  const { state, back } = outcomeWithin(expected, after)
  const title = `"${scenario.title}"`
  const told = after.facts
  const base = { at: expected.origin, subject: { flow: expected.flow }, related: after.witness.map(({ relation }) => ({ at: relation.origin, message: `\`${relation.from}\` ${relation.verb} \`${relation.to}\`` })), documented: false }
  // What is unavailable is so whatever else is open.
  const undecided = [...after.open, ...(expected.within !== undefined && after.pause === 'unknown' ? ['how long until another copy leads'] : [])]
  const difference = ORDER.indexOf(state) - ORDER.indexOf(expected.outcome)
  if (difference > 0) {
    return [{ ...base, rule: 'broken-expectation', severity: asSure('error', told), message: withDefaults(`In ${title}, ${after.paths.name} is ${inOneSentence(story, back)} The scenario expects \`${said(expected)}\`.`, told), help: helpOf(model, after, expected, back), fixes: changeTo(expected, state) }]
  }
  if (undecided.length > 0 && state !== 'unavailable') {
    return [{ ...base, rule: 'expectation-open', severity: 'info', message: `Whether ${after.paths.name} is \`${said(expected)}\` in ${title} is not certain: ${undecided.join(', ')} ${undecided.length > 1 || undecided[0]!.startsWith('where the copies') ? 'are' : 'is'} not stated.`, help: 'State it, and the scenario decides.', fixes: [] }]
  }
  if (difference < 0) {
    return [{ ...base, rule: 'expectation-exceeded', severity: 'info', message: `In ${title}, ${after.paths.name} does better than the expected \`${expected.outcome}\`: it is ${inOneSentence(story, back)}`, help: `Expect \`${state}\`, so that it is noticed when that is lost.`, fixes: changeTo(expected, state) }]
  }
  return []
}

/** `available within 30s` allows for a pause, or an outage, that ends by itself in that time. */
function outcomeWithin({ within }: Expectation, { state, pause, recovers }: FlowAfter): { readonly state: State; readonly back?: string } {
  if (within === undefined) return { state }
  if (state === 'unavailable') return recovers !== undefined && recovers <= within ? { state: 'available' } : { state }
  if (typeof pause === 'number' && pause > within) return { state: 'unavailable', back: `back only after ${time(pause)}, not within ${time(within)}` }
  return { state }
}

/** What would make it come true, by what stands in the way. */
function helpOf(model: Model, after: FlowAfter, expected: Expectation, back: string | undefined): string {
  const find = lookup(model)
  const name = (id: string): string => `\`${find.component(id)?.name ?? id}\``
  const instead = `or expect \`${after.state}\``
  if (back !== undefined) return `Let another take over sooner, or expect \`${expected.outcome}\` within a longer time.`
  const last = after.witness.at(-1)
  if (after.root && last) {
    const arrow = `\`${find.component(last.relation.from)?.name} → ${find.component(last.relation.to)?.name}\``
    return `Let something else do the work of ${name(after.root.component)} (\`fails-over-to\`, or copies that the failure leaves), give ${arrow} a \`fallback\`, ${instead}.`
  }
  const [full] = after.overloaded
  if (full) return `Leave ${name(full.component)} room for what comes to it then, or shed a part of it, ${instead}.`
  return `Mend the design so that it holds, ${instead}.`
}

function inOneSentence({ headline, details }: FlowStory, back: string | undefined): string {
  if (back !== undefined) return `${back}.`
  const first = details[0]
  return headline.startsWith('unavailable') || first === undefined ? `${headline}.` : `${headline}. ${sentence(first)}`
}

function said({ outcome, within }: Expectation): string {
  return within === undefined ? outcome : `${outcome} within ${time(within)}`
}

function changeTo({ outcomeOrigin }: Expectation, state: State): readonly Fix[] {
  return outcomeOrigin ? [{ title: `Expect \`${state}\``, edits: [{ origin: outcomeOrigin, newText: state }] }] : []
}
