/**
 * What a flow waits for, as a tree: its steps in their order, behind each what it needs without a step naming it, and on each arrow the network,
 * copies far away, and how many calls it is. The tree is what `flow-latency` computes times from.
 */
import { known, nameOf, number, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation, Step } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact, Facts } from '../model/value.ts'
import { commitWait, leaderRegion } from './commit.ts'
import type { FlowPaths } from './flows.ts'
import type { Edge } from './graph.ts'
import type { Multiplicities } from './multiplicity.ts'
import { roundTrip } from './network.ts'
import { components } from './strongly-connected.ts'
import { effectsBehind } from './visits.ts'

/** One thing that takes time. */
export interface Hop {
  /** A component's name, `a → b` for an arrow. */
  readonly name: string
  /** `component`: its own time. `network`: the round trip. `commit`: copies that a write waits for. */
  readonly of: 'component' | 'network' | 'commit'
  readonly at: Origin
  readonly relation?: string
  readonly component?: string
  /** What is stated of its time, in seconds; a floor has only `p50`. */
  readonly p50?: number
  readonly p95?: number
  readonly p99?: number
  readonly p999?: number
  readonly facts: readonly Fact[]
  /** Of a round trip or commit: `us-east and eu-west`. */
  readonly places?: string
}

/** Something that only a share of the requests meet. */
export interface Branch {
  readonly id: string
  readonly share: number
  /** The router of which it is one target: a request takes only one of them. */
  readonly router?: string
}

export type Wait =
  | { readonly type: 'hop'; readonly hop: Hop }
  /** One after the other. */
  | { readonly type: 'series'; readonly of: readonly Wait[] }
  /** At the same time, and all are waited for. */
  | { readonly type: 'parallel'; readonly of: readonly Wait[] }
  /** All are waited for; nobody says whether at the same time. */
  | { readonly type: 'unordered'; readonly of: readonly Wait[] }
  /** One of them; each in its share of the runs, where that is known. */
  | { readonly type: 'choice'; readonly of: readonly Wait[]; readonly shares?: readonly number[] }
  | { readonly type: 'branch'; readonly branch: Branch; readonly of: Wait }
  | { readonly type: 'calls'; readonly calls: Calls; readonly of: Wait }

export type Choice = Extract<Wait, { readonly type: 'choice' }>

/** How one arrow is asked. */
export interface Calls {
  readonly edge: Edge
  readonly sequential: number
  /** At the same time, and how many of these must answer. */
  readonly parallel: number
  readonly needed: number
  /** A second request is sent after this long, or when this share has answered. */
  readonly hedge?: { readonly seconds: number } | { readonly share: number }
  /** The caller goes on after this long, whatever happens. */
  readonly longest?: number
  readonly facts: readonly Fact[]
}

export interface Waits {
  readonly root: Wait
  /** All of the tree, what a thing is made of before itself: so it can be computed without going down, however deep it is. */
  readonly nodes: readonly Wait[]
  /** Of these, where one of several is taken and nobody says how often which. */
  readonly choices: readonly Choice[]
  /** All hops, each once, in order. */
  readonly hops: readonly Hop[]
  /** Ways into branches, from the outermost in. */
  readonly branches: readonly (readonly Branch[])[]
  /** What to state so that more becomes known. */
  readonly missing: readonly string[]
}

/** Which branches the requests have taken that come to a component. */
interface Arrival {
  readonly chain: readonly Branch[]
  /** Of the targets of one router by which they came, how much all take together. */
  readonly share?: number
}

/** Whether a step begins an alternative: by the name of the choice, where all of its alternatives say how often they are taken. */
type Chosen = boolean | string

export function waitsOf(model: Model, flow: FlowPaths, multiplicities: Multiplicities): Waits {
  const find = lookup(model)
  const waited = new Map(flow.waited.map((edge) => [edge.relation.id, edge]))
  const effects = effectsBehind(flow)
  const unnamed = new Map<string, Edge[]>()
  const named = new Set<string>()
  for (const edge of flow.waited) {
    if (flow.names(edge.relation.id)) named.add(edge.relation.from)
    else unnamed.set(edge.needer, [...(unnamed.get(edge.needer) ?? []), edge])
  }
  const nodes: Wait[] = [NOTHING]
  const choices: Choice[] = []
  const node = (made: Wait): Wait => {
    nodes.push(made)
    if (made.type === 'choice' && !made.shares && made.of.length > 1) choices.push(made)
    return made
  }
  const branches: (readonly Branch[])[] = []
  const missing = new Set<string>()
  const expanded = new Map<string, Wait>()
  const arrivals = new Map<string, Arrival>()
  /** By transaction, the relation with which each store is written first. */
  const committing = new Map<string, Map<string, string>>()

  /** `chosen`: the first of them is how an alternative begins. */
  function steps(list: readonly Step[], inside: readonly Branch[], chosen: Chosen = false): readonly Wait[] {
    return list.flatMap((step, at): readonly Wait[] => {
      switch (step.type) {
        case 'relation':
          return step.relations.flatMap((id) => {
            const edge = waited.get(id)
            return edge ? [travel(edge, inside, step.relations, at === 0 ? chosen : false)] : []
          })
        case 'when': {
          if (step.share === undefined) {
            missing.add(`the share of \`when "${step.why}"\``)
            return []
          }
          const branch = { id: `when:${inside.length}:${at}:${step.why}`, share: step.share }
          const chain = [...inside, branch]
          branches.push(chain)
          return [...steps(step.steps, chain)]
        }
        case 'repeat': {
          if (step.times === undefined) missing.add('the number of a `repeat`')
          const of = steps(step.steps, inside)
          return Array.from({ length: Math.min(MOST_ROUNDS, step.times ?? 1) }, () => of).flat()
        }
        case 'parallel':
          return [node({ type: 'parallel', of: threads(step.steps, inside, false) })]
        case 'any-of':
          // Each run takes one of them, as often as they say.
          if (sharesKnown(waited, step.steps)) return [node({ type: 'series', of: threads(step.steps, inside, `any-of:${inside.length}:${at}`) })]
          return [node({ type: 'choice', of: threads(step.steps, inside, true) })]
      }
    })
  }

  /** Inside of `parallel` and `any-of`, what leaves another component than the one before goes on with its thread. */
  function threads(list: readonly Step[], inside: readonly Branch[], chosen: Chosen): readonly Wait[] {
    const found: Wait[][] = []
    let reached = new Set<string>()
    for (const step of list) {
      const edges = step.type === 'relation' ? step.relations.flatMap((id) => waited.get(id) ?? []) : []
      const goesOn = found.length > 0 && edges.length > 0 && edges.every((edge) => reached.has(edge.needer))
      if (goesOn) found.at(-1)!.push(...steps([step], inside))
      else if (edges.length > 1) found.push(...edges.map((edge) => [travel(edge, inside, [], chosen)]))
      else found.push([...steps([step], inside, chosen)])
      if (!goesOn) reached = new Set()
      for (const edge of edges) reached.add(edge.needed)
    }
    return found.filter((thread) => thread.length > 0).map((of) => node({ type: 'series', of }))
  }

  /**
   * A step: only those that get past the caches before it take it, and of the targets that a router is named with each takes one. The share of an
   * alternative is how often it is chosen, and not how many of those who have chosen it take it.
   */
  function travel(edge: Edge, inside: readonly Branch[], together: readonly string[], chosen: Chosen): Wait {
    const { relation } = edge
    const came = arrivals.get(relation.from)?.chain
    let chain = came && came.length > inside.length ? came : inside
    const thinned = came && !effects.has(relation.id) ? multiplicities.misses(edge) : undefined
    const shares = [
      ...(thinned && thinned.factor < 1 ? [{ id: `miss:${relation.from}`, share: thinned.factor }] : []),
      ...(chosen === true ? [] : shareOf(edge, together, chosen)),
    ]
    if (thinned?.missing.length) missing.add(thinned.missing[0]!)
    for (const branch of shares) {
      if (branch.share >= 1 || chain.some(({ id }) => id === branch.id)) continue
      chain = [...chain, branch]
      branches.push(chain)
    }
    arrivals.set(relation.to, met(arrivals.get(relation.to), chain))
    return chain.reduceRight<Wait>((of, branch) => node({ type: 'branch', branch, of }), ask(edge))
  }

  function shareOf({ relation, verb }: Edge, together: readonly string[], router: string | false): readonly Branch[] {
    const share = number(relation.facts, 'share')
    const id = `share:${relation.id}`
    if (router !== false && share !== undefined) return [{ id, share, router }]
    if (verb.name !== 'routes') return share === undefined ? [] : [{ id, share }]
    const targets = together.filter((other) => waited.get(other)?.verb.name === 'routes' && waited.get(other)?.relation.from === relation.from)
    if (share === undefined && targets.length < 2) return []
    const { factor, missing: open } = multiplicities.chosen(waited.get(relation.id)!)
    if (share === undefined && open.length > 0) missing.add(open[0]!)
    return [{ id, share: share ?? factor, router: relation.from }]
  }

  /** Ways from all the targets of one router that come together again are the way of every request. */
  function met(before: Arrival | undefined, chain: readonly Branch[]): Arrival {
    const at = before?.chain.findIndex((branch, index) => branch.id !== chain[index]?.id) ?? -1
    const [here, there] = [before?.chain[at], chain[at]]
    if (!before || !here || !there || here.router === undefined || here.router !== there.router) return { chain }
    const share = (before.share ?? here.share) + there.share
    return share >= 1 - 1e-9 ? { chain: chain.slice(0, at) } : { chain, share }
  }

  /** The arrow, what it leads to, and what that needs without a step naming it. */
  function ask(edge: Edge): Wait {
    const own = hopsOf(edge).map((hop) => node({ type: 'hop', hop }))
    const behind = named.has(edge.needed) || edge.waits === 'acceptance' ? undefined : expanded.get(edge.needed)
    const calls = callsOf(edge)
    for (const what of unsaidOf(edge.relation.facts, calls)) missing.add(`\`${what}\` of \`${find.component(edge.relation.from)?.name ?? ''} → ${find.component(edge.relation.to)?.name ?? ''}\``)
    // A DNS is done with its answer: a time-out of the look-up ends no connection to what was named.
    const answered = behind !== undefined && find.component(edge.needed)?.kind === 'dns'
    const of = node({ type: 'series', of: behind && !answered ? [...own, behind] : own })
    const asked = calls ? node({ type: 'calls', calls, of }) : of
    return answered ? node({ type: 'series', of: [asked, behind] }) : asked
  }

  /** What stands behind comes first. A cycle adds nothing to itself, for it is another rule's matter. */
  function expandAll(): void {
    const ids = [...unnamed.keys()]
    const index = new Map(ids.map((id, at) => [id, at]))
    const behind = ids.map((id) => unnamed.get(id)!.flatMap((edge) => index.get(edge.needed) ?? []))
    for (const part of components(ids.length, (at) => behind[at]!)) for (const at of part) expand(ids[at]!)
  }

  function expand(component: string): void {
    const edges = unnamed.get(component) ?? []
    const routed = edges.filter((edge) => edge.verb.name === 'routes' && !known(edge.relation.facts, 'match'))
    const rest = edges.filter((edge) => !routed.includes(edge))
    const of: Wait[] = rest.map(unnamedAsk)
    if (routed.length > 0) {
      const shares = routed.map((edge) => multiplicities.chosen(edge))
      const known = shares.every(({ factor, missing: open }) => open.length === 0 && factor > 0)
      of.push(node({ type: 'choice', of: routed.map(unnamedAsk), ...(known && { shares: shares.map(({ factor }) => factor) }) }))
    }
    expanded.set(component, of.length === 1 ? of[0]! : of.length === 0 ? NOTHING : node({ type: 'unordered', of }))
  }

  function unnamedAsk(edge: Edge): Wait {
    const { factor, missing: open } = multiplicities.of(edge)
    if (open.length > 0) missing.add(open[0]!)
    const calls = callsOf(edge)
    const share = open.length > 0 ? 0 : Math.min(1, factor / Math.max(1, (calls?.sequential ?? 1) * (calls?.parallel ?? 1)))
    const of = ask(edge)
    if (share >= 1 || edge.verb.name === 'routes') return of
    const branch = { id: `unnamed:${edge.relation.id}`, share }
    branches.push([branch])
    return node({ type: 'branch', branch, of })
  }

  function hopsOf(edge: Edge): readonly Hop[] {
    const target = find.component(edge.needed)
    const source = find.component(edge.needer)
    if (!target || !source) return []
    const found: Hop[] = []
    const { relation } = edge
    const arrow = { relation: relation.id, at: relation.origin, name: `${source.name} → ${target.name}` }
    const stated = timesOf(relation.facts)
    if (stated) found.push({ ...arrow, ...stated, of: 'network' })
    else {
      const writes = edge.verb.name === 'writes' || edge.verb.name === 'locks'
      const trip = roundTrip(model, connecting(source), target, writes ? leaderRegion(model, target) : undefined)
      if (trip && trip.seconds > 0) found.push({ ...arrow, of: 'network', p50: trip.seconds, facts: trip.facts, ...(trip.between !== '' && { places: trip.between }) })
    }
    if (edge.verb.name === 'writes') {
      const commit = commitWait(model, target, relation)
      const rounds = commit ? roundsOf(relation, source, target) : { count: 0, facts: [] }
      for (let round = 0; round < rounds.count; round++) found.push({ ...arrow, of: 'commit', component: target.id, p50: commit!.seconds, facts: [...commit!.facts, ...rounds.facts], places: commit!.until, name: target.name })
    }
    const own = edge.verb.name === 'delivers' ? timesOf(relation.facts, 'proc-time') : timesOf(target.facts)
    found.push({ name: target.name, of: 'component', at: target.origin, component: target.id, relation: relation.id, ...(own ?? { facts: [] }) })
    return found
  }

  /**
   * How often copies are waited for. A transaction commits once, however much it writes to one store; under two-phase commit its parts first prepare
   * and then the coordinator decides, so two such waits follow each other, over however many stores.
   */
  function roundsOf({ facts, from, id }: Relation, source: Component, target: Component): { readonly count: number; readonly facts: readonly Fact[] } {
    const name = nameOf(known(facts, 'tx')?.value)
    if (name === undefined || name === 'none' || name === 'no') return { count: 1, facts: [] }
    const key = `${from} ${name}`
    const stores = committing.get(key) ?? new Map<string, string>()
    committing.set(key, stores)
    const by = stores.get(target.id)
    if (by !== undefined) return { count: by === id ? 1 : 0, facts: [] }
    if (stores.size >= 2) return { count: 0, facts: [] }
    stores.set(target.id, id)
    const protocol = known(source.facts, 'tx.protocol')?.fact
    const said = nameOf(known(source.facts, 'tx.name')?.value)
    const twoPhases = protocol && word(source.facts, 'tx.protocol') === '2pc' && (said === undefined || said === name)
    const alone = find.relationsFrom(from).every((other) => other.to === target.id || nameOf(known(other.facts, 'tx')?.value) !== name)
    return twoPhases && alone ? { count: 2, facts: [protocol] } : { count: 1, facts: [] }
  }

  /** Who opens the connection: behind a DNS it is the one who asked, and of several nobody knows from where. */
  function connecting(source: Component): Component {
    if (source.kind !== 'dns') return source
    const askers = new Set(flow.waited.flatMap((edge) => (edge.needed === source.id ? [edge.needer] : [])))
    const [asker] = askers
    return (askers.size === 1 && asker !== undefined ? find.component(asker) : undefined) ?? source
  }

  const entries = flow.entries.flatMap((id): readonly Wait[] => {
    const component = find.component(id)
    if (!component || component.kind === 'client') return []
    const hop: Hop = { name: component.name, of: 'component', at: component.origin, component: id, ...(timesOf(component.facts) ?? { facts: [] }) }
    return [node({ type: 'hop', hop })]
  })
  expandAll()
  const own = flow.flow ? steps(flow.flow.steps, []) : []
  const unstepped = flow.entries.filter((id) => !named.has(id)).flatMap((id) => expanded.get(id) ?? [])
  const root = node({ type: 'series', of: [...entries, ...own, ...unstepped] })
  return { root, nodes, choices, hops: hopsIn(root, () => true), branches, missing: [...missing] }
}

/** The hops of a tree, each name once, in order; into a branch only where it is taken. */
export function hopsIn(root: Wait, taken: (branch: Branch) => boolean): Hop[] {
  const found = new Map<string, Hop>()
  const seen = new Set<Wait>()
  const open = [root]
  for (let wait = open.pop(); wait; wait = open.pop()) {
    if (seen.has(wait)) continue
    seen.add(wait)
    if (wait.type === 'hop') {
      const key = `${wait.hop.of} ${wait.hop.name}`
      if (!found.has(key)) found.set(key, wait.hop)
    } else if (wait.type === 'branch') {
      if (wait.branch.share >= 1 || taken(wait.branch)) open.push(wait.of)
    } else if (wait.type === 'calls') open.push(wait.of)
    else for (const each of wait.of.toReversed()) open.push(each)
  }
  return [...found.values()]
}

const NOTHING: Wait = { type: 'series', of: [] }
/** Rounds of a `repeat` beyond which it is long enough for every verdict. */
const MOST_ROUNDS = 1000

function timesOf(facts: Facts, block = 'latency'): Pick<Hop, 'p50' | 'p95' | 'p99' | 'p999' | 'facts'> | undefined {
  const said = (['p50', 'p95', 'p99', 'p999'] as const).flatMap((name) => {
    const seconds = number(facts, `${block}.${name}`) ?? (name === 'p50' && block === 'proc-time' ? number(facts, block) : undefined)
    return seconds === undefined ? [] : [{ name, seconds, fact: (known(facts, `${block}.${name}`) ?? known(facts, block))!.fact }]
  })
  if (said.length === 0) return undefined
  return { ...Object.fromEntries(said.map(({ name, seconds }) => [name, seconds])), facts: said.map(({ fact }) => fact) }
}

/** Undefined for one plain call. `calls: 10` without a word may be at the same time. */
function callsOf(edge: Edge): Calls | undefined {
  const { facts } = edge.relation
  const value = known(facts, 'calls')?.value
  const count = value?.type === 'call' ? (value.args[0]?.type === 'quantity' ? value.args[0].value : undefined) : range(facts, 'calls')?.from
  const inOrder = value?.type === 'call' && value.name === 'sequential'
  const parallel = count === undefined || inOrder ? 1 : Math.max(1, Math.round(count))
  const sequential = count !== undefined && inOrder ? Math.max(1, Math.round(count)) : 1
  const hedge = hedgeOf(facts)
  const longest = longestOf(facts)
  if (parallel === 1 && sequential === 1 && !hedge && longest === undefined) return undefined
  const used = ['calls', 'required', 'hedge.after'].flatMap((path) => known(facts, path)?.fact ?? [])
  return { edge, sequential, parallel, needed: neededOf(facts, parallel), ...(hedge && { hedge }), ...(longest !== undefined && { longest }), facts: used }
}

/** What would say how many answers are waited for, how long, and when a second request is sent: without it the time is what it comes to at least. */
function unsaidOf(facts: Facts, calls: Calls | undefined): readonly string[] {
  if (!calls) return []
  const many = calls.parallel > 1 && calls.needed < calls.parallel && number(facts, 'required') === undefined
  return [...(many ? ['required'] : []), ...(saysUnknown(facts, 'timeout') ? ['timeout'] : []), ...(calls.hedge && !known(facts, 'hedge.after') ? ['hedge.after'] : [])]
}

/** Each of the ways out of where an `any-of` begins says which `share` of the requests goes there. */
function sharesKnown(waited: ReadonlyMap<string, Edge>, steps: readonly Step[]): boolean {
  const edges = steps.flatMap((step) => (step.type === 'relation' ? step.relations : [])).flatMap((id) => waited.get(id) ?? [])
  const first = edges.filter(({ relation }) => relation.from === edges[0]!.relation.from)
  return first.length > 1 && steps.every((step) => step.type === 'relation') && first.every(({ relation }) => number(relation.facts, 'share') !== undefined)
}

/** `required: 95` of 100, or `95%`. Where parts may be missing and nobody says how many, one that is slow is not waited for. */
function neededOf(facts: Facts, parallel: number): number {
  const said = number(facts, 'required')
  if (said !== undefined) return Math.max(1, Math.min(parallel, Math.ceil(said < 1 || isShare(facts) ? said * parallel : said)))
  const partial = known(facts, 'partial-results') ?? (saysUnknown(facts, 'partial-results') || saysUnknown(facts, 'required') ? 'open' : undefined)
  if (partial === undefined || (partial !== 'open' && partial.value.type === 'word' && partial.value.word === 'no')) return parallel
  return 1
}

/** `100%` are all, a plain `1` is one. */
function isShare(facts: Facts): boolean {
  const value = known(facts, 'required')?.value
  return value?.type === 'quantity' && value.text?.endsWith('%') === true
}

function hedgeOf(facts: Facts): Calls['hedge'] | undefined {
  const after = known(facts, 'hedge.after')?.value
  if (after?.type === 'quantity') return { seconds: after.value }
  const share = after?.type === 'word' ? { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }[after.word] : undefined
  if (share !== undefined) return { share }
  // A hedge of which nobody says when it is sent is sent in time.
  return known(facts, 'hedge') || saysUnknown(facts, 'hedge') || saysUnknown(facts, 'hedge.after') ? { share: 0.95 } : undefined
}

/** All tries together. */
function longestOf(facts: Facts): number | undefined {
  // A limit that nobody knows may cut it off at once.
  if (saysUnknown(facts, 'timeout')) return 0
  const each = number(facts, 'timeout')
  const retries = number(facts, 'retries') ?? (saysUnknown(facts, 'retries') ? 0 : known(facts, 'retries') ? undefined : 0)
  return each === undefined || retries === undefined ? undefined : each * (1 + retries)
}

