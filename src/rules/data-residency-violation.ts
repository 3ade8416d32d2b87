import type { Analysis } from '../analysis/analysis.ts'
import { dataOf } from '../analysis/carried.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { Edge } from '../analysis/graph.ts'
import { placesFor, type Place } from '../analysis/residency.ts'
import { known, references, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Data, Fix, Model } from '../model/model.ts'
import type { Facts } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, joined } from './words.ts'

export const dataResidencyViolation: Rule = {
  id: 'data-residency-violation',
  code: 'G1',
  severity: 'error',
  title: 'Data that must stay in a place reaches another',
  why: 'A promise about where data is kept is broken by the copy that nobody thinks of: the stream to the warehouse, the backup in the other region, the request bodies in the traces. The law asks where the data are, not where the database is.',
  sources: [
    { title: 'Regulation (EU) 2016/679 (GDPR), Chapter V: transfers of personal data to third countries', url: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj' },
    { title: 'AWS Well-Architected Framework, Data Residency with Hybrid Cloud Services Lens' },
  ],
  needs: ['residency', 'jurisdiction', 'regions', 'place', 'transform', 'stores', 'data', 'crypto-residency'],
  fixable: true,
  *check(model, analysis) {
    const told = new Map<string, [Leak, ...Leak[]]>()
    for (const data of model.data) {
      const allowed = words(data.facts, 'residency') ?? []
      if (allowed.length === 0 || allowed.includes('none') || word(data.facts, 'crypto-residency') === 'accepted' || ['crypto-residency', 'truth'].some((path) => saysUnknown(data.facts, path))) continue
      for (const leak of leaksOf(model, analysis, data, allowed)) {
        const known = told.get(leak.component.id)
        if (known) known.push(leak)
        else told.set(leak.component.id, [leak])
      }
    }
    for (const leaks of told.values()) yield report(model, leaks)
  },
}

interface Leak {
  readonly data: Data
  readonly allowed: readonly string[]
  readonly component: Component
  /** Unset for somebody else's, of whom nobody says where they keep it. */
  readonly place?: Place
  /** The arrows from where it is at home to here; empty where it is kept here. */
  readonly path: readonly Edge[]
  /** That one, and the others. */
  readonly ways: readonly (readonly Edge[])[]
}

/** A store that says that it keeps this is to blame by itself, whichever way it came. */
function saysItself({ component, data, path }: Leak): boolean {
  return path.length === 0 || dataOf(component).includes(data.id)
}

/** Kinds that only pass on what comes through. */
const PASSES: ReadonlySet<string> = new Set(['client', 'dns', 'load-balancer', 'gateway'])

/** The first places outside on each way that the data takes, from where it is at home. */
function* leaksOf(model: Model, analysis: Analysis, data: Data, allowed: readonly string[]): Iterable<Leak> {
  const find = lookup(model)
  const carrying = analysis.graph.edges.filter((edge) => edge.data && analysis.carried.on(edge.relation.id).includes(data.id))
  const leaving = new Map<string, Edge[]>()
  const entered = new Set<string>()
  for (const edge of carrying) {
    // What somebody only reads back, they may have put there.
    if (!ASKING.has(edge.verb.name)) entered.add(edge.data!.to)
    const list = leaving.get(edge.data!.from)
    if (list) list.push(edge)
    else leaving.set(edge.data!.from, [edge])
  }
  const stated = model.components.filter((component) => dataOf(component).includes(data.id) && !disguised(model, component, carrying)).map(({ id }) => id)
  const senders = [...leaving.keys()].filter((id) => !entered.has(id) && find.component(id)?.kind !== 'external')
  const outsideAtHome = (id: string): Place | 'somewhere' | undefined => standsOutside(model, find.component(id)!, data, allowed, [])
  const cameBy = new Map<string, Edge | undefined>([...senders, ...stated.filter((id) => !outsideAtHome(id))].map((id) => [id, undefined]))
  const leaks = new Map<string, { component: Component; place: Place | 'somewhere'; ways: (readonly Edge[])[] }>()
  const leak = (component: Component, place: Place | 'somewhere', ways: readonly (readonly Edge[])[]): void => {
    const known = leaks.get(component.id)
    if (known) known.ways.push(...ways)
    else leaks.set(component.id, { component, place, ways: [...ways] })
  }
  for (const id of cameBy.keys()) {
    const component = find.component(id)
    if (!component || changes(component.facts)) continue
    // Where it is first sent from, it is only in passing.
    if (cameBy.get(id) === undefined && KEEPS.has(component.kind) && outsideAtHome(id)) continue
    for (const edge of leaving.get(id) ?? []) {
      const to = find.component(edge.data!.to)
      if (!to || changes(edge.relation.facts)) continue
      const outside = standsOutside(model, to, data, allowed, [edge])
      if (outside) leak(to, outside, [[...pathTo(cameBy, id), edge]])
      else if (!cameBy.has(to.id)) cameBy.set(to.id, edge)
    }
  }
  // What stands outside by itself, with no way known that leads there.
  for (const id of [...stated, ...senders]) {
    const component = find.component(id)!
    const place = leaks.has(id) || !KEEPS.has(component.kind) ? undefined : outsideAtHome(id)
    if (place) leak(component, place, [])
  }
  for (const { component, place, ways } of leaks.values()) {
    const path = ways[0] ?? []
    yield { data, allowed, component, path, ways, ...(place !== 'somewhere' && { place }) }
  }
}

const ASKING: ReadonlySet<string> = new Set(['reads', 'caches'])

/** What it says that it stores is what is left of the data after a change on the way there. */
function disguised(model: Model, component: Component, carrying: readonly Edge[]): boolean {
  const entering = carrying.filter(({ data }) => data!.to === component.id)
  return entering.length > 0 && entering.every(({ relation, data }) => changes(relation.facts) || changes(lookup(model).component(data!.from)?.facts ?? {}))
}

/** Whoever gets the rest cannot tell any more whose it was, or nobody says that they can. */
function changes(facts: Facts): boolean {
  return saysUnknown(facts, 'transform') || ['anonymise', 'tokenise', 'aggregate'].includes(word(facts, 'transform') ?? '')
}

function pathTo(cameBy: ReadonlyMap<string, Edge | undefined>, component: string): readonly Edge[] {
  const path: Edge[] = []
  for (let edge = cameBy.get(component); edge; edge = cameBy.get(edge.data!.from)) path.push(edge)
  return path.reverse()
}

function standsOutside(model: Model, component: Component, data: Data, allowed: readonly string[], path: readonly Edge[]): Place | 'somewhere' | undefined {
  if (PASSES.has(component.kind) || word(component.facts, 'role') === 'proxy' || ['jurisdiction', 'regions', 'stores'].some((each) => saysUnknown(component.facts, each))) return undefined
  const places = placesFor(model, component, allowed)
  const outside = places.find(({ standing }) => standing === 'outside')
  if (outside || places.length > 0 || component.kind !== 'external') return outside
  // Somebody else's: worth asking only where the arrow itself says that it hands this over.
  const last = path.at(-1)
  return last && references(last.relation.facts, 'data').some(({ id }) => id === data.id) ? 'somewhere' : undefined
}

function report(model: Model, leaks: readonly [Leak, ...Leak[]]): Finding {
  const [{ component, place, path, allowed, data }] = leaks
  const last = path.at(-1)
  const names = joined(leaks.map((leak) => `\`${leak.data.name}\``))
  const have = leaks.length > 1 ? 'have' : 'has'
  const home = allowed.join(' or ')
  const ids = last ? [path[0]!.data!.from, ...path.map((edge) => edge.data!.to)] : []
  const where = place ? `which ${KEEPS.has(component.kind) ? 'is' : 'works'} in ${place.name}` : 'and nothing says where that keeps it'
  const message = last
    ? `${names} ${have} to stay in ${home} (\`residency\`) and ${leaks.length > 1 ? 'reach' : 'reaches'} \`${component.name}\`, ${where}${ids.length > 2 ? ` (${arrows(model, ids)})` : ''}.`
    : `${names} ${have} to stay in ${home} (\`residency\`), and \`${component.name}\` keeps ${leaks.length > 1 ? 'them' : 'it'} in ${place!.name}.`
  return {
    at: last?.relation.origin ?? place!.at,
    subject: { component: component.id, data: data.id },
    severity: place && path.every((edge) => certainly(model, edge, data)) ? 'error' : 'warning',
    message,
    help: place
      ? `${last ? `Strip or tokenise it before it gets there (\`transform: tokenise\`), or keep a` : 'Keep a'} \`${component.name}\` of its own in ${home}.`
      : `Find out where it is kept and say so (\`jurisdiction\` of \`${component.name}\`), or send tokens instead (\`transform: tokenise\`).`,
    related: [...alongPath(model, path), ...leaks[0].ways.slice(1, 10).flatMap((way) => alongPath(model, way.slice(-1))), { at: data.origin, message: `\`${data.name}\` has to stay in ${home}` }],
    facts: uniqueFacts([...leaks.map((leak) => known(leak.data.facts, 'residency')?.fact), ...(place?.facts ?? []), known(component.facts, 'stores')?.fact, last && known(last.relation.facts, 'data')?.fact]),
    fixes: last && !leaks.some(saysItself) ? tokenise(model, leaks.flatMap(({ ways }) => ways.map((way) => way.at(-1)!))) : [],
  }
}

/** The arrow, or the store at its end, says that it carries this; what a consumer does with what it got is only likely. */
function certainly(model: Model, edge: Edge, data: Data): boolean {
  const find = lookup(model)
  const says = (facts: Facts | undefined, path: string): boolean => facts !== undefined && references(facts, path).some(({ id }) => id === data.id)
  if (says(edge.relation.facts, 'data') || HANDING.has(edge.verb.name)) return true
  return says(find.component(edge.relation.to)?.facts, 'stores')
}

/** What these carry is what their sender has. */
const HANDING: ReadonlySet<string> = new Set(['captures', 'replicates', 'backs-up', 'delivers', 'dead-letters'])

const KEEPS: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'coordinator', 'cache', 'queue', 'log', 'topic', 'external', 'monitor', 'cdn'])

/** On each arrow that leads there. Replicas and backups are copies of the whole: nothing on the way takes anything out of them. */
function tokenise(model: Model, edges: readonly Edge[]): readonly Fix[] {
  const distinct = [...new Map(edges.map((edge) => [edge.relation.id, edge])).values()]
  const statements = new Set(distinct.map(({ relation: { extent } }) => `${extent.file} ${extent.range.start.line}:${extent.range.start.character}`))
  if (statements.size < distinct.length || distinct.some(({ verb }) => ['replicates', 'backs-up', 'reads', 'caches'].includes(verb.name))) return []
  // What a delivery puts aside has no statement of its own.
  if (distinct.some(({ relation }) => relation.verb === 'dead-letters' && relation.body === undefined)) return []
  const edits = distinct.map((edge) => setOnRelation(model, edge.relation, { transform: 'tokenise' }))
  return edits.some((edit) => edit === undefined) ? [] : [{ title: 'Send tokens instead: `transform: tokenise`', edits: edits.flatMap((edit) => edit!) }]
}
