import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf, type Capacity, type Work } from '../analysis/capacity.ts'
import { around } from '../analysis/cut.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { walk, type Edge, type Hop } from '../analysis/graph.ts'
import { BROKERS, STORES } from '../analysis/multiplicity.ts'
import { factAt, flag, known, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { insertIntoBody } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, listed, percent } from './words.ts'

export const noAdmissionControl: Rule = {
  id: 'no-admission-control',
  code: 'Z6',
  severity: 'error',
  title: 'From outside, load can reach what saturates with nothing on the way that says no',
  why: 'What is open to strangers gets as much as they send: on the day of the sale, from a script, from a client that retries. Without a limit or a shed on the way, everything of it arrives at the one component that cannot grow, and the answers get slow for all.',
  sources: [
    { title: 'AWS Builders’ Library, Using load shedding to avoid overload', url: 'https://aws.amazon.com/builders-library/using-load-shedding-to-avoid-overload/' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 21, Handling Overload', url: 'https://sre.google/sre-book/handling-overload/' },
  ],
  needs: ['rate-limit', 'concurrency-limit', 'load-shed', 'waf', 'public', 'trusted', 'capacity', 'quota', 'rate', 'peak', 'surge', 'role'],
  fixable: true,
  *check(model, analysis) {
    const next = memo((component) => waitedOf(analysis, component))
    const guards = memo((component) => isGuard(model, analysis, component))
    const strangers = strangersOf(model)
    const limiting = model.components.filter(({ facts }) => LIMITS.slice(0, 3).some((path) => isStated(facts, path) && protection(facts, path) === true))
    const limited = limitedWays(limiting, strangers, next)
    const surges = surgesOf(model, analysis)
    if (!limited && surges.length === 0) return
    const find = lookup(model)
    const every = memo((component) => loadsOf(model, analysis, find.component(component)!))
    // Empty for what does not fit as a rule: that is another rule's question.
    const loads = (component: string): readonly Loaded[] => (every(component).some(isFull) ? [] : every(component))
    const overloads = (component: string): readonly Loaded[] => every(component).filter(isFull)
    const doors = new Map<string, Open>()
    for (const client of strangers) {
      const flows = new Set(analysis.flows.flatMap(({ id, entries }) => (entries.includes(client.id) ? [id] : [])))
      const mine = surges.filter(({ factors }) => [...factors.keys()].some((flow) => flows.has(flow)))
      if (!limited && mine.length === 0) continue
      for (const { edge, to } of next(client.id)) {
        const door = find.component(to)
        if (!door || guards(to) || word(door.facts, 'auth') === 'mtls') continue
        const reach = around(guards, [to], next)
        const reached = [...reach.components.keys()].flatMap((id) => find.component(id) ?? [])
        const flooded = mine.length === 0 ? [] : reached.flatMap((component) => floodOf(analysis, loads(component.id), mine, flows) ?? [])
        // Another client's own door may be for a few whom we know: it is the same client that goes round the limit, or one that is said to be public.
        const round = limited && (flag(client.facts, 'public') === true || flag(door.facts, 'public') === true) ? limited : limitedWays(limiting, [client], next)
        const shared = round ? reached.filter((component) => round.has(component.id) && saturates(component)) : []
        // What is overloaded every day is told as that, and takes this along.
        const swamped = mine.length === 0 || flooded.length + shared.length > 0 ? [] : reached.flatMap((component) => floodOf(analysis, overloads(component.id), mine, flows) ?? [])
        if (swamped.length > 0) flooded.push(...swamped)
        const before = doors.get(to)
        if (flooded.length + shared.length === 0 || (before && before.flooded.length >= flooded.length)) continue
        doors.set(to, { client, door, flooded, shared, path: (target) => [edge, ...reach.path(target)], ...(round && { limiter: round.guards }) })
      }
    }
    for (const open of doors.values()) yield report(model, open)
  },
}

interface Open {
  readonly client: Component
  /** The first that a stranger meets. */
  readonly door: Component
  /** What gets more than it can take in a surge that the design speaks of. */
  readonly flooded: readonly Flood[]
  /** What others reach past a limit only. */
  readonly shared: readonly Component[]
  path(target: string): readonly Edge[]
  readonly limiter?: readonly Component[]
}

/**
 * Those whom we do not know: clients that are not said to be our own. Where the design says of some that they are public, only those. What is
 * said to be unknown may be our own.
 */
function strangersOf(model: Model): readonly Component[] {
  const clients = model.components.filter(({ kind }) => kind === 'client').toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const said = clients.some(({ facts }) => flag(facts, 'public') === true)
  return clients.filter(({ facts }) => {
    if (['trusted', 'public'].some((path) => saysUnknown(facts, path)) || flag(facts, 'trusted') === true) return false
    return said ? flag(facts, 'public') === true : flag(facts, 'public') !== false
  })
}

/** Over what it waits for, where the arrow itself does not limit. A broker takes up what comes: behind it nobody is pushed. */
function waitedOf({ graph, model }: Analysis, component: string): readonly Hop[] {
  return graph.sync(component).filter(({ edge, to }) => edge.waits === 'yes' && edge.verb.name !== 'resolves' && edge.verb.name !== 'locks' && protection(edge.relation.facts, 'rate-limit') === false && !BROKERS.has(lookup(model).component(to)?.kind ?? ''))
}

const LIMITS = ['rate-limit', 'concurrency-limit', 'load-shed', 'waf']
const ADMITS: ReadonlySet<string> = new Set(['waiting-room', 'rate-limiter'])

/** It limits, sheds or filters itself, that is its role, or it asks somebody whose role that is. */
function isGuard(model: Model, { graph }: Analysis, component: string): boolean {
  const find = lookup(model)
  const declared = find.component(component)
  if (!declared) return false
  const { facts } = declared
  if (LIMITS.some((path) => protection(facts, path) !== false) || ADMITS.has(word(facts, 'role') ?? '') || saysUnknown(facts, 'role')) return true
  if (declared.kind === 'gateway' && factAt(facts, 'quota') !== undefined) return true
  return graph.sync(component).some(({ to }) => {
    const asked = find.component(to)?.facts ?? {}
    return ADMITS.has(word(asked, 'role') ?? '') || saysUnknown(asked, 'role')
  })
}

/** What can be reached from outside behind somebody who is stated to limit; unset where nobody is. */
function limitedWays(limiting: readonly Component[], strangers: readonly Component[], next: (component: string) => readonly Hop[]): { has(component: string): boolean; readonly guards: readonly Component[] } | undefined {
  const reach = walk(strangers.map(({ id }) => id), next)
  const guards = limiting.filter(({ id }) => reach.has(id))
  if (guards.length === 0) return undefined
  const behind = walk(guards.map(({ id }) => id), next)
  const themselves = new Set(guards.map(({ id }) => id))
  return { has: (component) => behind.has(component) && !themselves.has(component), guards }
}

function isStated(facts: Facts, path: string): boolean {
  return known(facts, path)?.fact.from === 'stated'
}

/** What cannot simply be made larger when more comes: a store that we run, a third party with its quota. */
function saturates({ kind, facts }: Component): boolean {
  if (flag(facts, 'managed') === true || saysUnknown(facts, 'managed')) return false
  return kind === 'database' || kind === 'search' || (kind === 'external' && known(facts, 'quota') !== undefined && !saysUnknown(facts, 'quota'))
}

interface Flood {
  readonly component: Component
  readonly rate: number
  readonly capacity: number
  /** As a message says it: `when "Buy" gets 3 times as much ("On sale")`. */
  readonly when: string
  readonly at: Origin
  /** The limit, where it does not fit as a rule either. */
  readonly full: Fact | undefined
  readonly facts: readonly Fact[]
}

/** A surge that the design itself speaks of: how many times more a flow gets, and who says so. */
interface Surge {
  readonly factors: ReadonlyMap<string, number>
  readonly when: string
  readonly at: Origin
  readonly facts: readonly Fact[]
}

function surgesOf(model: Model, { load }: Analysis): readonly Surge[] {
  const title = (id: string): string => `"${lookup(model).flow(id)?.title ?? id}"`
  const stated = load.sources.flatMap(({ id, average, peak, paths: { flow } }): Surge[] => {
    const facts = flow && known(flow.facts, 'surge') ? flow.facts : (model.design?.facts ?? {})
    const times = known(facts, 'surge')
    const value = times?.value.type === 'quantity' ? times.value.value : undefined
    if (!flow || average === undefined || peak === undefined || value === undefined || saysUnknown(flow.facts, 'surge') || average * value <= peak) return []
    return [{ factors: new Map([[id, (average * value) / peak]]), when: `when ${title(id)} surges to ${shownTimes(value)} its average`, at: flow.origin, facts: [times!.fact] }]
  })
  const played = model.scenarios.flatMap((scenario): Surge[] => {
    const factors = new Map(scenario.surges.flatMap(({ target, by }) => (target.kind === 'flow' && by !== undefined && by.value > 1 ? [[target.id, by.value] as const] : [])))
    if (factors.size === 0) return []
    const [[flow, times]] = [...factors] as [[string, number]]
    return [{ factors, when: `when ${title(flow)} gets ${shownTimes(times)} as much${factors.size > 1 ? ' and others more, too' : ''} ("${scenario.title}")`, at: scenario.origin, facts: [] }]
  })
  return [...stated, ...played]
}

function shownTimes(factor: number): string {
  return `${Number(factor.toPrecision(3))} times`
}

/** What comes to a component as a rule, and what it can take, for each kind of work of which both are stated. */
interface Loaded {
  readonly component: Component
  readonly relations: readonly string[]
  readonly normal: number
  readonly capacity: Capacity
}

function isFull({ normal, capacity }: Loaded): boolean {
  return normal >= capacity.rate
}

function loadsOf(model: Model, { load }: Analysis, component: Component): readonly Loaded[] {
  if (component.kind !== 'external' && !STORES.has(component.kind) && component.kind !== 'service') return []
  const entering = lookup(model).relationsTo(component.id)
  return (['all', 'writes'] as readonly Work[]).flatMap((work): Loaded[] => {
    const capacity = capacityOf(component, work)
    if (!capacity || capacity.facts.some((fact) => fact.from === 'default')) return []
    const relations = entering.filter(({ verb }) => (work === 'all' ? verb !== 'observes' && verb !== 'configures' : verb === 'writes')).map(({ id }) => id)
    return [{ component, relations, normal: relations.reduce((sum, id) => sum + load.relation(id).peak, 0), capacity }]
  })
}

/** No longer fits in the surge of flows that start here. */
function floodOf({ load }: Analysis, loads: readonly Loaded[], surges: readonly Surge[], started: ReadonlySet<string>): Flood | undefined {
  for (const { component, relations, normal, capacity } of loads) {
    for (const surge of surges) {
      const more = [...surge.factors].reduce((sum, [flow, factor]) => sum + (started.has(flow) ? relations.reduce((of, id) => of + load.flowRelation(flow, id).peak, 0) * (factor - 1) : 0), 0)
      if (normal + more < capacity.rate) continue
      return { component, rate: normal + more, capacity: capacity.rate, when: surge.when, at: surge.at, full: normal >= capacity.rate ? capacity.facts[0] : undefined, facts: uniqueFacts([...capacity.facts, ...surge.facts, ...load.facts({ component: component.id })]) }
    }
  }
  return undefined
}

function memo<T>(compute: (id: string) => T): (id: string) => T {
  const made = new Map<string, T>()
  return (id) => {
    if (!made.has(id)) made.set(id, compute(id))
    return made.get(id)!
  }
}

function report(model: Model, open: Open): Finding {
  const { client, door, flooded, shared } = open
  const worst = flooded.toSorted((a, b) => Number(isStateful(b)) - Number(isStateful(a)) || b.rate / b.capacity - a.rate / a.capacity)[0]
  const target = worst?.component ?? shared[0]!
  const path = open.path(target.id)
  const way = arrows(model, [client.id, ...path.map(({ needed }) => needed)])
  const beside = (open.limiter ?? []).filter(({ id }) => id !== door.id)
  const shown = (value: number): string => formatQuantity(quantity(value, RATE))
  const message = worst
    ? `Nothing on ${way} says no: ${worst.when}, \`${worst.component.name}\` gets ${shown(worst.rate)} and takes ${shown(worst.capacity)} (${percent(worst.rate / worst.capacity, 0)}).`
    : `Nothing on ${way} limits what comes in, though ${listed(beside.map(({ name }) => name))} ${beside.length === 1 ? 'does' : 'do'}: past ${beside.length === 1 ? 'it' : 'them'}, anyone can drive ${listed(shared.map(({ name }) => name))} as far as they like.`
  return {
    at: door.origin,
    subject: { component: door.id },
    severity: worst && isStateful(worst) ? 'error' : 'warning',
    message,
    help: `Limit each client at \`${door.name}\` (\`rate-limit { per: client }\`), and refuse early what cannot be served (\`load-shed: yes\`).`,
    related: [...(worst ? [{ at: worst.at, message: worst.when }] : []), ...alongPath(model, path), ...flooded.filter((flood) => flood !== worst).slice(0, 4).map(({ component, rate, capacity }) => ({ at: component.origin, message: `\`${component.name}\` gets ${shown(rate)} and takes ${shown(capacity)}` })), ...(worst ? [] : beside.slice(0, 4).map(({ origin, name }) => ({ at: origin, message: `\`${name}\` limits` })))],
    facts: worst?.facts ?? uniqueFacts(beside.flatMap(({ facts }) => LIMITS.map((path) => known(facts, path)?.fact))),
    limit: worst?.full,
    fixes: fixesFor(door),
  }
}

function isStateful({ component }: Flood): boolean {
  return component.kind === 'external' || STORES.has(component.kind)
}

function fixesFor(door: Component): readonly Fix[] {
  if (factAt(door.facts, 'rate-limit') !== undefined) return []
  return [{ title: `Limit each client at \`${door.name}\``, edits: [insertIntoBody(door, 'rate-limit { per: client, state: shared, on-failure: open }')] }]
}
