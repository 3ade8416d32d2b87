/** What a scenario of the design brings about, for hover: the same sentences as on the command line. */
import { causeStory, fail, failureIn, flowStory, hitStory, type FlowAfter } from '../core.ts'
import type { Position } from '../model/origin.ts'
import type { Model, Scenario } from '../model/model.ts'
import { around } from './documents.ts'

/** Who fails, and what each flow that it expects something of does; of one that expects nothing, each flow. */
export function scenarioDoc(model: Model, scenario: Scenario): string {
  const failure = failureIn(model, scenario)
  const { hits, flows } = fail(model, failure)
  const struck = [...causeStory(model, failure), ...hits.map((hit) => hitStory(model, hit))]
  const expected = flows.filter(({ paths }) => scenario.expects.some(({ flow }) => flow === paths.id))
  const shown = expected.length > 0 ? expected : flows
  return [
    listed(struck.map((text) => `${text}.`)),
    listed(shown.map((flow) => `**${flow.paths.flow?.title ?? flow.paths.name}**: ${sentences(model, flow)}`)),
  ].filter((part) => part !== '').join('\n\n')
}

/** What the flow of the expectation at this place does instead, or as expected. */
export function expectedDoc(model: Model, uri: string, position: Position): string | undefined {
  const scenario = around(model.scenarios, uri, position).at(-1)
  const expected = scenario && around(scenario.expects.map((one) => ({ ...one, extent: one.origin })), uri, position).at(-1)
  if (!expected) return undefined
  const flow = fail(model, failureIn(model, scenario!)).flows.find(({ paths }) => paths.id === expected.flow)
  return flow && `In this scenario: ${sentences(model, flow)}`
}

const MOST = 8

function listed(texts: readonly string[]): string {
  const shown = texts.slice(0, MOST).map((text) => `- ${text}`)
  return [...shown, ...(texts.length > MOST ? [`- and ${texts.length - MOST} more`] : [])].join('\n')
}

function sentences(model: Model, flow: FlowAfter): string {
  const { headline, details } = flowStory(model, flow)
  return [`${headline}.`, ...details].join(' ')
}
