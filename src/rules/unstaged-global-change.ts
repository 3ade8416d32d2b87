import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { toleratesLoss } from '../analysis/exposure.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { placeOf, type Level, type Loss } from '../analysis/units.ts'
import { flag, known, list, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelations } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, counted, joined, listed } from './words.ts'

export const unstagedGlobalChange: Rule = {
  id: 'unstaged-global-change',
  code: 'O5',
  severity: 'error',
  title: 'One change reaches every unit at once',
  why: 'Zones and regions fail independently until something changes all of them together. A setting, a rule, a model or a certificate that is pushed everywhere in one step takes down in seconds what no single failure could, and the way back is often the same push.',
  sources: [
    { title: 'Beyer et al., The Site Reliability Workbook (2018), ch. 16, Canarying Releases', url: 'https://sre.google/workbook/canarying-releases/' },
    { title: 'Cloudflare, Details of the Cloudflare outage on July 2, 2019', url: 'https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/' },
    { title: 'AWS Builders’ Library, Automating safe, hands-off deployments', url: 'https://aws.amazon.com/builders-library/automating-safe-hands-off-deployments/' },
  ],
  needs: ['rollout', 'on-bad', 'validate', 'last-known-good', 'zones', 'regions'],
  fixable: true,
  *check(model, analysis) {
    for (const control of model.components) {
      const all = analysis.graph.neededBy(control.id).filter(({ verb }) => verb.name === 'configures')
      const got = analysis.graph.needs(control.id).filter((edge) => edge.verb.name === 'configures' && edge.needed !== control.id)
      // Who hands on what it gets is told at its source; what comes in step by step goes on so, unless it is said not to.
      if (got.some((edge) => stagingOf(model, edge) !== 'staged')) continue
      const pushed = got.length === 0 ? all : all.filter((edge) => stagingOf(model, edge) === 'at-once')
      if (pushed.length === 0) continue
      const finding = judge(model, analysis, control, pushed)
      if (finding) yield finding
    }
  },
}

type Staging = 'staged' | 'at-once' | 'silent'

/** The arrow, the one that pushes, the design: the nearest that says it. */
function stagingOf(model: Model, edge: Edge): Staging {
  const facts = stating(model, edge)
  if (!facts) return 'silent'
  return saysUnknown(facts, 'rollout') || word(facts, 'rollout') === 'staged' ? 'staged' : word(facts, 'rollout') === 'all-at-once' ? 'at-once' : 'silent'
}

function stating(model: Model, edge: Edge): Facts | undefined {
  const control = lookup(model).component(edge.needed)
  return [edge.relation.facts, control?.facts, model.design?.facts].find((facts) => facts && (known(facts, 'rollout') || saysUnknown(facts, 'rollout')))
}

interface Receiver {
  readonly component: Component
  readonly edge: Edge
  /** It stops, or refuses, when it gets a bad one. */
  readonly stops: boolean
  readonly facts: readonly Fact[]
}

/** What a bad setting does there: undefined where it is refused, or nobody knows. */
function receiverOf(component: Component, edge: Edge): Receiver | undefined {
  const { facts } = component
  if (['on-bad', 'validate', 'last-known-good'].some((path) => saysUnknown(facts, path)) || flag(facts, 'last-known-good') === true) return undefined
  const bad = word(facts, 'on-bad')
  if (bad === 'last-good' || bad === 'default') return undefined
  const stops = bad === 'crash' || bad === 'closed'
  return { component, edge, stops, facts: stops ? [known(facts, 'on-bad')!.fact] : [] }
}

function judge(model: Model, analysis: Analysis, control: Component, pushed: readonly Edge[]): Finding | undefined {
  const find = lookup(model)
  const open = (edges: readonly Edge[]): readonly Edge[] => edges.filter((edge) => edge.verb.name === 'configures' && stagingOf(model, edge) !== 'staged')
  const reach = walk([control.id], (id) => open(id === control.id ? pushed : analysis.graph.neededBy(id)).map((edge) => ({ edge, to: edge.needer })))
  const receivers = [...reach.components.keys()].flatMap((id) => {
    const component = find.component(id)
    const path = reach.path(id)
    const receiver = component && path.length > 0 ? receiverOf(component, path[0]!) : undefined
    // Where nobody says how it is rolled out, only a receiver that is said to stop is a hazard that somebody has seen.
    return receiver && (receiver.stops || path.some((edge) => stagingOf(model, edge) === 'at-once')) ? [receiver] : []
  })
  if (receivers.length === 0) return undefined
  const hits = analysis.success.flatMap((graph) => {
    const here = receivers.filter(({ component }) => graph.components.has(component.id) && !graph.flow.entries.includes(component.id) && !toleratesLoss(analysis, graph, component.id))
    const spread = spreadOf(model, here.map(({ component }) => component))
    return spread ? [{ graph, here, spread, fails: falls(graph, here) }] : []
  })
  const [first] = hits.toSorted((a, b) => Number(b.fails) - Number(a.fails) || b.spread.count - a.spread.count)
  return first && report(model, { control, pushed: open(pushed), path: reach.path(first.here[0]!.component.id), hits: hits.map(({ graph }) => graph), ...first })
}

/** Whether the flow is down when those that stop at a bad one have stopped. */
function falls(graph: SuccessGraph, receivers: readonly Receiver[]): boolean {
  const all: Loss = { of: 'all', because: 'alone', facts: [] }
  const stopped = receivers.filter(({ stops }) => stops).map(({ component }) => [component.id, all] as const)
  return stopped.length > 0 && graph.fails(new Map(stopped)).state === 'unavailable'
}

interface Spread {
  readonly count: number
  readonly unit: string
  readonly facts: readonly Fact[]
}

/** How many regions, cells or zones are reached; undefined for one, or where that is not known. */
function spreadOf(model: Model, components: readonly Component[]): Spread | undefined {
  for (const [level, property] of [['region', 'regions'], ['cell', undefined], ['zone', 'zones']] as const) {
    const places = new Set(components.flatMap(({ id }) => placeOf(model, id, level as Level) ?? []))
    if (places.size > 1) return { count: places.size, unit: level, facts: [] }
    for (const { facts } of property ? components : []) {
      const count = number(facts, property!) ?? list(facts, property!)?.length ?? 0
      const said = known(facts, property!)
      if (count > 1 && said?.fact.from !== 'default') return { count, unit: level, facts: [said!.fact] }
    }
  }
  return undefined
}

interface Told {
  readonly control: Component
  /** What is not staged of its arrows. */
  readonly pushed: readonly Edge[]
  readonly path: readonly Edge[]
  readonly graph: SuccessGraph
  readonly hits: readonly SuccessGraph[]
  readonly here: readonly Receiver[]
  readonly spread: Spread
  readonly fails: boolean
}

function report(model: Model, { control, pushed, path, hits, here, spread, fails }: Told): Finding {
  const stopping = here.filter(({ stops }) => stops)
  const names = (receivers: readonly Receiver[]): string => listed(receivers.map(({ component }) => component.name))
  const way = path.length > 1 ? ` (${arrows(model, [control.id, ...path.map(({ needer }) => needer)])})` : ''
  const flows = joined(hits.map(({ flow }) => flow.name))
  const plural = hits.length > 1 || !hits[0]!.flow.flow
  const bad = stopping.length > 0
    ? `${names(stopping)} ${stopping.length > 1 ? 'stop' : 'stops'} at a change that ${stopping.length > 1 ? 'they' : 'it'} cannot use (\`on-bad: ${word(stopping[0]!.component.facts, 'on-bad')}\`)`
    : `nothing says that ${names(here)} ${here.length > 1 ? 'refuse' : 'refuses'} a bad change`
  const then = fails ? `one such change takes ${plural ? flows : `all of ${flows}`} down` : 'one is everywhere before anybody has seen what it does'
  const rollout = here.flatMap(({ edge }) => known(stating(model, edge) ?? {}, 'rollout')?.fact ?? [])
  const step = rollout.length > 0 ? ' in one step' : ', nothing says that it does so step by step'
  const relation = pushed[0]!.relation
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: control.id },
    severity: fails ? 'error' : 'warning',
    message: `\`${control.name}\` changes ${names(here)} in ${counted(spread.count, spread.unit)}${way}${step}, and ${bad}: ${then}.`,
    help: `Reach a small share first and watch it before the next (\`rollout: staged(1%, ${spread.unit}, 10min)\`), and let ${names(stopping.length > 0 ? stopping : here)} keep the last good one (\`validate: yes\`, \`on-bad: last-good\`).`,
    related: [...alongPath(model, path), ...here.slice(1, 10).map(({ component }) => ({ at: component.origin, message: `\`${component.name}\` gets it in the same step` }))],
    facts: uniqueFacts([...rollout, ...here.flatMap(({ facts }) => facts), ...spread.facts]),
    fixes: fixesFor(model, pushed.map((edge) => edge.relation), spread.unit),
  }
}

function fixesFor(model: Model, relations: readonly Relation[], unit: string): readonly Fix[] {
  const wanted = { rollout: `staged(1%, ${unit}, 10min)` }
  const edits = setOnRelations(model, [...new Set(relations)], wanted)
  if (!edits) return []
  return [{ title: `Roll it out step by step: \`rollout: ${wanted.rollout}\``, edits }]
}
