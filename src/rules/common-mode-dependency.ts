import type { Analysis } from '../analysis/analysis.ts'
import type { Exposure } from '../analysis/exposure.ts'
import { walk, type Edge, type Graph } from '../analysis/graph.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Finding, Rule } from './rule.ts'
import { fixesFor } from './single-point-of-failure.ts'
import { alongPath, joined, listed, nameOf, pathOf } from './words.ts'

export const commonModeDependency: Rule = {
  id: 'common-mode-dependency',
  code: 'A2',
  severity: 'error',
  title: 'Alternatives that are meant to be independent need the same thing',
  why: 'Two regions, a fallback or a standby are paid for so that one fault leaves a way. A shared login, key service, flag store or host below both of them takes that away unseen: on the diagram there are two ways, and in the outage there is none.',
  sources: [
    { title: 'AWS Builders’ Library, Static stability using Availability Zones', url: 'https://aws.amazon.com/builders-library/static-stability-using-availability-zones/' },
    { title: 'AWS Builders’ Library, Minimizing correlated failures in distributed systems', url: 'https://aws.amazon.com/builders-library/minimizing-correlated-failures-in-distributed-systems/' },
    { title: 'Google Cloud incident report, 12 June 2025; Facebook outage report, 4 October 2021' },
  ],
  needs: ['replicas', 'zones', 'runs-on', 'fallback', 'criticality', 'needed-for', 'health-check'],
  fixable: true,
  *check(model, analysis) {
    const causes = new Map<string, [Exposure, ...Exposure[]]>()
    for (const exposure of analysis.exposures) {
      if (!exposure.choice) continue
      const key = `${exposure.component ?? exposure.unit.id} below ${exposure.choice.alternatives.map(({ component }) => component).join(',')}`
      const cause = causes.get(key)
      if (cause) cause.push(exposure)
      else causes.set(key, [exposure])
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

function report(model: Model, analysis: Analysis, hits: readonly [Exposure, ...Exposure[]]): Finding {
  const [first] = hits
  const { unit, choice, loss, component } = first
  const names = choice!.alternatives.map((alternative) => nameOf(model, alternative.component))
  const ways = choice!.alternatives.map((alternative) => ({ alternative, way: wayTo(analysis.graph, first.graph, alternative.component, unit, choice!.alternatives.map((each) => each.component)) }))
  const together = ways.every(({ way }) => way.length === 0)
  const blamed = lookup(model).component(component ?? furthest(ways) ?? choice!.alternatives[0]!.component)!
  const own = component === undefined ? undefined : loss.facts.find((fact) => fact.from === 'stated')
  const flows = joined(hits.map((hit) => hit.graph.flow.name))
  const only = hits.length === 1 ? first.graph.flow.flow?.id : undefined
  return {
    at: own?.from === 'stated' ? own.origin : blamed.origin,
    subject: { component: blamed.id, ...(only !== undefined && { flow: only }) },
    message: messageOf(model, { exposure: first, names, flows, blamed: blamed.name, ways: ways.map(({ way }) => way) }),
    help: helpOf(first, blamed.name, together),
    related: [
      ...choice!.alternatives.map(({ component: id, edge }) => ({ at: edge.relation.origin, message: `\`${nameOf(model, id)}\` is one of the alternatives` })),
      ...ways.flatMap(({ way }) => alongPath(model, way)),
    ],
    facts: loss.facts,
    fixes: component === undefined ? [] : fixesFor(model, analysis, blamed, unit, loss),
  }
}

interface Told {
  readonly exposure: Exposure
  readonly names: readonly string[]
  readonly flows: string
  readonly blamed: string
  readonly ways: readonly (readonly Edge[])[]
}

function messageOf(model: Model, { exposure, names, flows, blamed, ways }: Told): string {
  const { unit, component } = exposure
  const pair = `${listed(names)} stand in for each other in ${flows}`
  const each = names.length === 2 ? 'both' : 'all'
  const paths = ways.filter((way) => way.length > 0).map((way) => pathOf(model, way))
  const shown = paths.length > 0 ? ` (${paths.join('; ')})` : ''
  if (ways.every((way) => way.length === 0)) return `${pair}, but ${each} stand in ${unit.name}: when it fails, no alternative is left.`
  if (component !== undefined && unit.level === 'copy') return `${pair}, but ${each} need \`${blamed}\`${shown}, which is a single copy: when it fails, no alternative is left.`
  if (unit.level === 'external') return `${pair}, but ${each} need \`${blamed}\`${shown}: when it fails, no alternative is left.`
  return `${pair}, but ${each} need \`${blamed}\`${shown}, which runs only in ${unit.name}: losing ${unit.name} leaves no alternative.`
}

function helpOf({ unit }: Exposure, blamed: string, together: boolean): string {
  if (together) return `Put one of them elsewhere, outside of ${unit.name}.`
  const soft = `let the others go on without \`${blamed}\` for as long as it takes to come back (a cached copy, \`criticality: soft\`)`
  if (unit.level === 'copy') return `Give \`${blamed}\` more copies, or one for each alternative, or ${soft}.`
  if (unit.level === 'external') return `Give one of the alternatives a way that does not need \`${blamed}\`, or ${soft}.`
  return `Run \`${blamed}\` outside of ${unit.name} too, or ${soft}.`
}

/** How an alternative comes to depend on the unit: empty where it stands in it itself. */
function wayTo(graph: Graph, success: SuccessGraph, from: string, unit: Exposure['unit'], alternatives: readonly string[]): readonly Edge[] {
  if (unit.losses.has(from)) return []
  const reach = walk([from], (component) => graph.hard(component).filter(({ to }) => success.components.has(to)))
  // Of equally near ones the one that is no alternative itself, then by name: the order of statements does not matter.
  const ways = [...reach.components.keys()].filter((component) => unit.losses.has(component)).map((component) => ({ component, way: reach.path(component), own: alternatives.includes(component) }))
  return ways.sort((a, b) => a.way.length - b.way.length || Number(a.own) - Number(b.own) || (a.component < b.component ? -1 : 1))[0]?.way ?? []
}

/** What the alternative outside of the unit needs in it: that is the surprise. */
function furthest(ways: readonly { readonly way: readonly Edge[] }[]): string | undefined {
  return ways.map(({ way }) => way.at(-1)?.needed).find((component) => component !== undefined)
}
