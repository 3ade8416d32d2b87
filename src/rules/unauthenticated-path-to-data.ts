import type { Analysis } from '../analysis/analysis.ts'
import { around } from '../analysis/cut.ts'
import type { Edge, Hop } from '../analysis/graph.ts'
import { flag, isNone, known, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, listed, nameOf } from './words.ts'

export const unauthenticatedPathToData: Rule = {
  id: 'unauthenticated-path-to-data',
  code: 'X1',
  severity: 'error',
  title: 'A public path reaches private data without anybody asking who is there',
  why: 'Checks stand where somebody thought of them: at the main gateway. The second door, a socket gateway, a webhook, an old balancer, a public bucket, leads to the same data and is found by strangers first.',
  sources: [
    { title: 'OWASP API Security Top 10 (2023): broken authentication, improper inventory management', url: 'https://owasp.org/API-Security/editions/2023/en/0x11-t10/' },
    { title: 'NIST SP 800-207, Zero Trust Architecture (2020)', url: 'https://csrc.nist.gov/pubs/sp/800/207/final' },
  ],
  needs: ['auth', 'public', 'trusted', 'class', 'scoped-by', 'stores', 'data', 'op', 'signed-url'],
  fixable: true,
  *check(model, analysis) {
    if (!cares(model)) return
    for (const breach of breachesOf(model, analysis)) yield report(model, breach)
    for (const edge of unprovenOf(model, analysis)) yield unproven(model, edge)
  },
}

/** Where strangers get to what is not theirs, in a design that does not speak of who checks: the door each comes to first. */
export function unspokenDoors(model: Model, analysis: Analysis): readonly { readonly client: Component; readonly door: Component; readonly nearest: string }[] {
  if (cares(model)) return []
  return [...breachesOf(model, analysis)].map(({ client, door, nearest }) => ({ client, door, nearest: nearest.component }))
}

function breachesOf(model: Model, analysis: Analysis): Iterable<Breach> {
  const treasures = treasuresOf(model, analysis)
  if (treasures.size === 0) return []
  const find = lookup(model)
  const guards = (component: string): boolean => isGuard(model, analysis, component)
  const next = (component: string): readonly Hop[] => requestsOf(analysis, component)
  const doors = new Map<string, Breach>()
  for (const client of model.components.filter(isStranger)) {
    for (const { door, way } of doorsOf(model, client, next, guards)) {
      const reach = around(guards, [door], next)
      const open = [...treasures.values()].filter(({ component, edge }) => reach.has(component) && (edge === undefined || reach.has(edge.needer)))
      if (open.length === 0 || doors.has(door)) continue
      const nearest = open.reduce((best, one) => (reach.path(one.component).length < reach.path(best.component).length ? one : best))
      doors.set(door, { client, door: find.component(door)!, path: [...way, ...reach.path(nearest.component)], nearest, open })
    }
  }
  return doors.values()
}

/** Whom the component sends requests and messages to, whether it waits for them or not, unless that very arrow is checked. */
function requestsOf({ graph }: Analysis, component: string): readonly Hop[] {
  return graph.needs(component).flatMap((edge): Hop | [] => {
    const sends = edge.relation.from === component && SENDS.has(edge.verb.name)
    return sends && !checks(edge.relation.facts) ? { edge, to: edge.needed } : []
  })
}

const SENDS: ReadonlySet<string> = new Set(['calls', 'routes', 'reads', 'writes', 'publishes', 'caches', 'triggers', 'invalidates'])

/** Something that a stranger must not reach: private data, or an effect on a third party. */
interface Treasure {
  readonly component: string
  /** As a message says it: `` `Order` in `ledger` ``. */
  readonly what: string
  /** The effect's own arrow, where it is the effect that counts. */
  readonly edge?: Edge
  readonly fact?: Fact
}

interface Breach {
  readonly client: Component
  readonly door: Component
  readonly path: readonly Edge[]
  readonly nearest: Treasure
  readonly open: readonly Treasure[]
}

/** The design talks about authentication: somewhere it says who checks, or that somebody does not. */
function cares(model: Model): boolean {
  return [...model.components, ...model.relations, ...model.containers].some(({ facts }) => known(facts, 'auth')?.fact.from === 'stated')
}

function checks(facts: Facts): boolean {
  if (saysUnknown(facts, 'auth') || saysUnknown(facts, 'signed-url')) return true
  return (known(facts, 'auth') !== undefined && !isNone(facts, 'auth')) || (known(facts, 'signed-url') !== undefined && flag(facts, 'signed-url') !== false)
}

/** It checks itself, checking is its role (a login is open by nature), it asks somebody whose role that is, or it says on purpose that it is unknown. */
function isGuard(model: Model, { graph }: Analysis, component: string): boolean {
  const find = lookup(model)
  const declared = find.component(component)
  if (!declared) return false
  if (checks(declared.facts) || isAuthority(declared)) return true
  return graph.needs(component).some(({ needed, waits }) => waits === 'yes' && isAuthority(find.component(needed)))
}

function isAuthority(component: Component | undefined): boolean {
  return component !== undefined && (word(component.facts, 'role') === 'auth' || saysUnknown(component.facts, 'role'))
}

/** Who comes from outside: clients and third parties, unless they are said to be our own or to come from within. */
function isStranger(component: Component): boolean {
  if (component.kind !== 'client' && component.kind !== 'external') return false
  if (['public', 'trusted', 'trust'].some((path) => saysUnknown(component.facts, path))) return false
  const inside = flag(component.facts, 'public') === false || flag(component.facts, 'trusted') === true
  return !inside && !['private', 'restricted'].includes(word(component.facts, 'trust') ?? '')
}

/** Where requests are first answered: behind whatever only passes them on. Each with the way there. */
function doorsOf(
  model: Model,
  client: Component,
  next: (component: string) => readonly Hop[],
  guards: (component: string) => boolean,
): readonly { readonly door: string; readonly way: readonly Edge[] }[] {
  if (checks(client.facts) && client.kind === 'external') return []
  const passesOn = (component: string): boolean => component === client.id || ['dns', 'cdn', 'load-balancer'].includes(lookup(model).component(component)?.kind ?? '')
  const reach = around(guards, [client.id], (component) => (passesOn(component) ? next(component) : []))
  return [...reach.components.keys()].filter((component) => !passesOn(component) && lookup(model).component(component)?.kind !== 'client').map((door) => ({ door, way: reach.path(door) }))
}

const EFFECTS: ReadonlySet<string> = new Set(['charge', 'authorize', 'send'])
const PRIVATE_CLASSES: ReadonlySet<string> = new Set(['money', 'entitlement', 'identity', 'order', 'message', 'acl'])

function treasuresOf(model: Model, { graph, carried }: Analysis): ReadonlyMap<string, Treasure> {
  const found = new Map<string, Treasure>()
  for (const component of model.components) {
    if (!['database', 'cache', 'object-store', 'search', 'log', 'queue', 'topic'].includes(component.kind)) continue
    const held = carried.at(component.id).find((data) => isPrivate(lookup(model).data(data)?.facts ?? {}))
    const data = held === undefined ? undefined : lookup(model).data(held)
    if (!data) continue
    const fact = (known(data.facts, 'scoped-by') ?? known(data.facts, 'class'))?.fact
    found.set(component.id, { component: component.id, what: `\`${data.name}\` in \`${component.name}\``, ...(fact && { fact }) })
  }
  for (const edge of graph.edges) {
    const op = known(edge.relation.facts, 'op')
    if (edge.waits !== 'yes' || !EFFECTS.has(word(edge.relation.facts, 'op') ?? '') || lookup(model).component(edge.needed)?.kind !== 'external') continue
    found.set(edge.relation.id, { component: edge.needed, what: `the ${word(edge.relation.facts, 'op')} at \`${nameOf(model, edge.needed)}\``, edge, fact: op!.fact })
  }
  return found
}

function isPrivate(facts: Facts): boolean {
  if (saysUnknown(facts, 'scoped-by')) return false
  const scope = word(facts, 'scoped-by')
  if (scope !== undefined) return scope !== 'public'
  return PRIVATE_CLASSES.has(word(facts, 'class') ?? '')
}

/** Requests from one trust zone into another that prove nothing, where others that cross over do. */
function unprovenOf(model: Model, { graph }: Analysis): readonly Edge[] {
  const find = lookup(model)
  const zone = (component: string): string | undefined => find.ancestors(component).find((ancestor) => 'kind' in ancestor && ancestor.kind === 'trust-zone')?.id
  const crossing = graph.edges.filter((edge) => {
    const [from, to] = [find.component(edge.needer), find.component(edge.needed)]
    if (edge.waits !== 'yes' || !from || !to || !SERVES.has(from.kind) || !SERVES.has(to.kind)) return false
    return zone(from.id) !== undefined && zone(to.id) !== undefined && zone(from.id) !== zone(to.id)
  })
  const proven = (edge: Edge): boolean => checks(edge.relation.facts) || checks(find.component(edge.needed)!.facts)
  return crossing.some(proven) ? crossing.filter((edge) => !proven(edge)) : []
}

const SERVES: ReadonlySet<string> = new Set(['load-balancer', 'gateway', 'service', 'function', 'worker', 'workflow', 'batch', 'scheduler', 'stream-processor'])

function unproven(model: Model, edge: Edge): Finding {
  const find = lookup(model)
  const zone = (component: string): string => find.ancestors(component).find((ancestor) => 'kind' in ancestor && ancestor.kind === 'trust-zone')!.name
  const [from, to] = [nameOf(model, edge.needer), nameOf(model, edge.needed)]
  const edits = setOnRelation(model, edge.relation, { auth: 'mtls' })
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: edge.needed },
    severity: 'warning',
    message: `\`${from}\` → \`${to}\` crosses from trust zone \`${zone(edge.needer)}\` into \`${zone(edge.needed)}\`, and \`${to}\` asks for no proof of who calls: whoever gets into \`${zone(edge.needer)}\` can act as \`${from}\`.`,
    help: `Let \`${from}\` prove who it is (\`auth: mtls\`, or a token), as the others that cross over do.`,
    related: [],
    facts: [],
    fixes: edits ? [{ title: `Prove who calls \`${to}\`: \`auth: mtls\``, edits }] : [],
  }
}

function report(model: Model, { client, door, path, nearest, open }: Breach): Finding {
  const others = open.filter((one) => one !== nearest)
  const more = others.length > 0 ? `, and so are ${others.length === 1 ? others[0]!.what : `${others[0]!.what} and ${others.length - 1} more`}` : ''
  const way = arrows(model, [client.id, ...path.map((edge) => edge.needed)])
  const stated = known(door.facts, 'auth')
  const means = client.kind === 'external' ? 'signature' : 'token'
  return {
    at: stated?.fact.from === 'stated' && stated.fact.inheritedFrom === undefined ? stated.fact.origin : door.origin,
    subject: { component: door.id },
    message: `${way}: nobody on this way asks who is there, so ${nearest.what} is open to anyone who finds \`${door.name}\`${more}.${elsewhere(model, door)}`,
    help: `Check at \`${door.name}\` (\`auth: ${means}\`), or let nobody from outside reach it (\`public: no\` on \`${client.name}\`).`,
    related: alongPath(model, path),
    facts: [...(stated ? [stated.fact] : []), ...(nearest.fact ? [nearest.fact] : [])],
    // What stands in for it would then be the way in.
    fixes: model.relations.some(({ from, to, facts }) => (to === door.id || from === door.id) && known(facts, 'fallback')) ? [] : [{ title: `Check who is there at \`${door.name}\`: \`auth: ${means}\``, edits: setProperties(door, { auth: means }) }],
  }
}

/** Who does check: the contrast is the argument. */
function elsewhere(model: Model, door: Component): string {
  const checking = model.components.filter((component) => component !== door && checks(component.facts)).map(({ name }) => name)
  return checking.length > 0 ? ` Only ${listed(checking, 3)} ${checking.length === 1 ? 'checks' : 'check'}.` : ''
}
