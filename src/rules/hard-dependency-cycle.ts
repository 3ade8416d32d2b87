import { cyclesOf, type Cycle } from '../analysis/cycles.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge, Graph, Hop } from '../analysis/graph.ts'
import { known, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { arrows, joined, nameOf } from './words.ts'

export const hardDependencyCycle: Rule = {
  id: 'hard-dependency-cycle',
  code: 'A7',
  severity: 'error',
  title: 'Components wait for each other',
  why: 'A ring of things that each need another one to start cannot be started again once all of them are down, which is found out in the worst hour. A ring within one request is a recursion: it holds a worker of everybody on it, its time limits cannot be nested, and one slow member stops them all.',
  sources: [
    { title: 'Facebook engineering, More details about the October 4 outage (2021)', url: 'https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Addressing Cascading Failures', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
    { title: 'Roblox Return to Service 10/28–10/31 2021 (a discovery service and what it ran on)' },
  ],
  needs: ['needed-for', 'criticality', 'fallback', 'cache-validity', 'depth-limit'],
  fixable: true,
  *check(model, { graph, flows }) {
    const ids = model.components.map(({ id }) => id)
    for (const cycle of cyclesOf(ids, (component) => toStart(graph, component))) yield coldStart(model, cycle)

    const reported = new Set<string>()
    for (const flow of flows) {
      const next = withinRequest(model, flow)
      for (const cycle of cyclesOf(flow.reach.components.keys(), next)) {
        const key = cycle.ring.map(({ edge }) => edge.relation.id).sort().join(' ')
        if (reported.has(key) || bounded(model, cycle)) continue
        reported.add(key)
        yield request(model, cycle, flows.filter((other) => cycle.ring.every(({ edge }) => other.waitsFor(edge.relation.id))))
      }
    }
  },
}

/** What a component cannot start without: what it says it needs for that, names it resolves, and settings that it must have. */
function toStart(graph: Graph, component: string): readonly Hop[] {
  return graph.needs(component).flatMap((edge): Hop | [] => {
    const when = word(edge.relation.facts, 'needed-for')
    const needed = when === 'start' || (edge.verb.name === 'resolves' && when === undefined && edge.hard === 'yes')
    return needed && !isSoft(edge) ? { edge, to: edge.needed } : []
  })
}

function isSoft(edge: Edge): boolean {
  const { facts } = edge.relation
  return word(facts, 'criticality') === 'soft' || saysUnknown(facts, 'criticality') || saysUnknown(facts, 'fallback') || edge.fallback !== undefined || protection(facts, 'cache-validity') !== false
}

/**
 * Hard edges of one flow between things that serve requests. Routers are left out: a request that comes by a gateway twice goes to two
 * different targets. So are clients and third parties, which do not wait while they call back.
 */
function withinRequest(model: Model, flow: FlowPaths): (component: string) => readonly Hop[] {
  const find = lookup(model)
  const hops = new Map<string, Hop[]>()
  for (const edge of flow.waited) {
    const target = find.component(edge.needed)
    if (edge.hard !== 'yes' || edge.waits !== 'yes' || flow.conditional.has(edge.relation.id) || !target || PASSES_ON.has(target.kind)) continue
    if (edge.verb.name === 'resolves' || saysUnknown(target.facts, 'role') || ['proxy', 'service-discovery'].includes(word(target.facts, 'role') ?? '')) continue
    hops.set(edge.needer, [...(hops.get(edge.needer) ?? []), { edge, to: edge.needed }])
  }
  return (component) => hops.get(component) ?? []
}

const PASSES_ON: ReadonlySet<string> = new Set(['client', 'external', 'dns', 'cdn', 'load-balancer', 'gateway'])

/** A stated limit of depth ends the recursion. */
function bounded(model: Model, { ring }: Cycle): boolean {
  return ring.some(({ edge, to }) => [edge.relation.facts, lookup(model).component(to)?.facts ?? {}].some((facts) => protection(facts, 'depth-limit') !== false))
}

function coldStart(model: Model, cycle: Cycle): Finding {
  const names = ringNames(model, cycle)
  const [first] = cycle.ring
  const edits = setOnRelation(model, first!.edge.relation, { fallback: 'local-snapshot' })
  return {
    ...common(model, cycle),
    message: `Cold-start cycle ${names}: each needs the next one to start${tangle(cycle)}. After an outage of all of them, none can come up.`,
    help: 'Let one of them start from what it has itself: a local snapshot, a static address, an embedded default.',
    facts: cycle.ring.flatMap(({ edge }) => known(edge.relation.facts, 'needed-for')?.fact ?? []),
    fixes: edits ? [{ title: `Let \`${nameOf(model, first!.edge.needer)}\` start from a local snapshot`, edits }] : [],
  }
}

function request(model: Model, cycle: Cycle, flows: readonly FlowPaths[]): Finding {
  const names = ringNames(model, cycle)
  const [only] = flows
  const itself = cycle.ring.length === 1
  return {
    ...common(model, cycle),
    severity: 'warning',
    subject: { ...common(model, cycle).subject, ...(flows.length === 1 && only?.flow && { flow: only.flow.id }) },
    message: itself
      ? `In ${joined(flows.map((flow) => flow.name))}, \`${nameOf(model, cycle.ring[0]!.to)}\` calls itself and waits${tangle(cycle)}: nothing says where that ends, and each level holds one more of its workers.`
      : `In ${joined(flows.map((flow) => flow.name))}, ${names} is a ring of calls that wait for each other${tangle(cycle)}: a request can come back to where it is still being worked on, and when one is slow the workers of all are taken.`,
    help: 'Make one of the arrows asynchronous or give it a fallback, move what both need into a third component, or state a `depth-limit`.',
    facts: [],
    fixes: [],
  }
}

function common(model: Model, { ring }: Cycle): Pick<Finding, 'at' | 'subject' | 'related'> {
  const [first, ...rest] = ring
  return {
    at: first!.edge.relation.origin,
    subject: { relation: first!.edge.relation.id, component: first!.edge.needer },
    related: rest.map(({ edge }) => ({ at: edge.relation.origin, message: `\`${nameOf(model, edge.needer)}\` needs \`${nameOf(model, edge.needed)}\`` })),
  }
}

function ringNames(model: Model, { ring }: Cycle): string {
  return arrows(model, [ring[0]!.edge.needer, ...ring.map(({ to }) => to)])
}

/** How many more are in the same knot than the shortest ring shows. */
function tangle({ ring, members }: Cycle): string {
  const more = members.length - ring.length
  return more > 0 ? ` (${more} more hang in the same knot)` : ''
}
