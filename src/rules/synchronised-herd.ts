import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf, type Capacity } from '../analysis/capacity.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { herdOf, herdRate, spreadNeeded } from '../analysis/herd.ts'
import { BROKERS } from '../analysis/multiplicity.ts'
import { time } from '../analysis/staleness.ts'
import { known, number, saysUnknown, text, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { counted, listed } from './words.ts'

export const synchronisedHerd: Rule = {
  id: 'synchronised-herd',
  code: 'Z8',
  severity: 'error',
  title: 'Many act at the same moment',
  why: 'A load that is small on average is large when it comes in one second: all who lost their connection come back at once, all jobs of the night start at midnight. What they meet falls over, they try again together, and so it goes on.',
  sources: [
    { title: 'Brooker, Exponential Backoff And Jitter (AWS Architecture Blog 2015)', url: 'https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 24, Distributed Periodic Scheduling with Cron', url: 'https://sre.google/sre-book/distributed-periodic-scheduling/' },
  ],
  needs: ['connections', 'replicas', 'jitter', 'spread', 'backoff', 'capacity', 'quota', 'role', 'cron', 'calls', 'fan-out', 'ttl', 'max-age', 'interval', 'period'],
  fixable: true,
  *check(model, analysis) {
    for (const component of model.components) {
      const finding = reconnecting(model, analysis, component)
      if (finding) yield finding
    }
    for (const relation of model.relations) {
      const finding = refreshing(model, analysis, relation)
      if (finding) yield finding
    }
    for (const jobs of jobsOf(model)) {
      const finding = startingTogether(model, analysis, jobs)
      if (finding) yield finding
    }
  },
}

/** Over how long those spread who would move together. */
interface Window {
  readonly seconds: number
  /** Stated, be it that they do not spread at all; else nobody speaks of it, and they come within about a second. */
  readonly stated: boolean
  readonly facts: readonly Fact[]
}

/** Undefined where something is known to spread them whose width is not, or is said to be unknown. */
function windowOf(tables: readonly Facts[]): Window | undefined {
  if (tables.some((facts) => ['jitter', 'spread', 'backoff'].some((path) => saysUnknown(facts, path)))) return undefined
  for (const facts of tables) {
    const seconds = number(facts, 'spread')
    if (seconds !== undefined) return { seconds, stated: true, facts: [known(facts, 'spread')!.fact] }
  }
  const jitters = tables.flatMap((facts) => known(facts, 'jitter') ?? [])
  if (jitters.some(({ value }) => value.type !== 'word' || value.word !== 'none')) return undefined
  return { seconds: 0, stated: jitters.length > 0, facts: jitters.map(({ fact }) => fact) }
}

/** Roles that everybody who comes anew has to pass. */
const GREETING: ReadonlySet<string> = new Set(['auth', 'token-signing'])

interface Target {
  readonly component: Component
  readonly capacity: Capacity
  /** How a message speaks of it. */
  readonly how: string
}

function reconnecting(model: Model, analysis: Analysis, holder: Component): Finding | undefined {
  const find = lookup(model)
  const connections = number(holder.facts, 'connections')
  const replicas = number(holder.facts, 'replicas')
  if (holder.kind === 'client' || connections === undefined || replicas === undefined || replicas < 2) return undefined
  const entering = comingFrom(model, holder)
  const window = windowOf([...entering.map(({ facts }) => facts), ...entering.map(({ from }) => find.component(from)?.facts ?? {}), holder.facts])
  if (!window) return undefined
  // What is stated and too little is what has to become more, wherever on the way it stands.
  const spreading = entering.find(({ facts }) => number(facts, 'spread') !== undefined)
  const herd = herdOf(connections, replicas)
  const rate = herdRate(herd, window.seconds)
  const [worst] = targetsOf(analysis, holder, replicas).toSorted((a, b) => a.capacity.rate - b.capacity.rate || (a.component === holder ? 1 : -1))
  if (!worst || rate < worst.capacity.rate) return undefined
  const spread = Math.ceil(spreadNeeded(herd, worst.capacity.rate))
  const comes = window.seconds > 1 ? `spread over ${time(window.seconds)}, ${shown(rate)}` : `within about a second`
  return {
    at: holder.origin,
    subject: { component: holder.id },
    severity: window.stated && worst.capacity.facts.every(({ from }) => from !== 'default') ? 'error' : 'warning',
    message: `\`${holder.name}\` holds ${plain(connections)} connections on ${counted(replicas, 'replica')}: when one is lost, ${plain(herd)} come back ${comes}${worst.how}, which take${worst.component === holder && replicas > 2 ? '' : 's'} ${shown(worst.capacity.rate)}.`,
    help: `Let them come back at random over at least ${spread}s (\`jitter: full, spread: ${spread}s\`), and let the server say when (\`Retry-After\`).`,
    related: [...entering.slice(0, 4).map(({ origin, from }) => ({ at: origin, message: `\`${find.component(from)!.name}\` connects` })), ...(worst.component === holder ? [] : [{ at: worst.component.origin, message: `\`${worst.component.name}\` takes ${shown(worst.capacity.rate)}` }])],
    facts: uniqueFacts([known(holder.facts, 'connections')!.fact, known(holder.facts, 'replicas')!.fact, ...window.facts, ...worst.capacity.facts]),
    fixes: spreadFix(model, spreading ? [spreading] : entering.filter(({ from }) => !PASSING.has(find.component(from)?.kind ?? '')), holder, spread),
  }
}

/** Arrows over which they come, those before a balancer included: there each client says how it comes back. */
function comingFrom(model: Model, holder: Component): readonly Relation[] {
  const find = lookup(model)
  const found = new Map<string, Relation>()
  const places = new Set([holder.id])
  for (const place of places) {
    for (const relation of find.relationsTo(place)) {
      if (relation.verb !== 'calls' && relation.verb !== 'routes') continue
      found.set(relation.id, relation)
      if (PASSING.has(find.component(relation.from)?.kind ?? '')) places.add(relation.from)
    }
  }
  return [...found.values()]
}

/** Kinds that only pass connections on. */
const PASSING: ReadonlySet<string> = new Set(['load-balancer', 'dns', 'cdn'])

/** Who has to greet those who come back: what checks who they are, and the replicas that are left. */
function targetsOf({ graph, model }: Analysis, holder: Component, replicas: number): readonly Target[] {
  const find = lookup(model)
  const greeting = graph.sync(holder.id).flatMap(({ to }): Target[] => {
    const component = find.component(to)
    const capacity = component && GREETING.has(word(component.facts, 'role') ?? '') ? capacityOf(component, 'all') : undefined
    return component && capacity ? [{ component, capacity, how: `, each through \`${component.name}\`` }] : []
  })
  const own = capacityOf(holder, 'all')
  const left = own && { rate: (own.rate / replicas) * (replicas - 1), facts: own.facts }
  return left ? [...greeting, { component: holder, capacity: left, how: ` to the ${replicas > 2 ? `${replicas - 1} that are` : 'one that is'} left` }] : greeting
}

const REFRESHES: ReadonlySet<string> = new Set(['reads', 'calls', 'resolves', 'caches'])

/** A fleet that fetches something anew after one and the same time, and says that no chance is in it: who started together asks together. */
function refreshing(model: Model, { graph }: Analysis, relation: Relation): Finding | undefined {
  const find = lookup(model)
  const [needer, target] = [find.component(relation.from), find.component(relation.to)]
  const path = ['ttl', 'max-age', 'interval', 'period'].find((each) => number(relation.facts, each) !== undefined)
  if (!needer || !target || path === undefined || !REFRESHES.has(relation.verb) || graph.edge(relation.id)?.waits !== 'yes') return undefined
  const fleet = ['connections', 'replicas'].find((each) => number(needer.facts, each) !== undefined)
  const window = windowOf([relation.facts, needer.facts])
  const capacity = capacityOf(target, 'all')
  if (fleet === undefined || !window?.stated || !capacity) return undefined
  const count = number(needer.facts, fleet)!
  if (count < 2 || herdRate(count, window.seconds) < capacity.rate) return undefined
  const every = number(relation.facts, path)!
  const spread = Math.ceil(spreadNeeded(count, capacity.rate))
  return {
    at: relation.origin,
    subject: { component: needer.id, relation: relation.id },
    severity: capacity.facts.every(({ from }) => from !== 'default') ? 'error' : 'warning',
    message: `All ${plain(count)} ${fleet === 'replicas' ? 'replicas' : 'instances'} of \`${needer.name}\` ask \`${target.name}\` anew every ${time(every)}${window.seconds > 1 ? `, spread over ${time(window.seconds)}` : ' at the same moment'}, and it takes ${shown(capacity.rate)}: after a start together they come together for good.`,
    help: `Let each wait for a random part of the time (\`jitter: full, spread: ${spread}s\`), or let \`${target.name}\` send what has changed.`,
    related: [{ at: target.origin, message: `\`${target.name}\` takes ${shown(capacity.rate)}` }],
    facts: uniqueFacts([known(relation.facts, path)!.fact, known(needer.facts, fleet)!.fact, ...window.facts, ...capacity.facts]),
    fixes: spreadFix(model, [relation], needer, spread),
  }
}

/** Jobs that start at the same instant and ask the same component. */
interface Jobs {
  readonly cron: string
  readonly target: Component
  readonly starts: readonly { readonly relation: Relation; readonly scheduler: Component; readonly count: number; readonly facts: readonly Fact[] }[]
}

function jobsOf(model: Model): readonly Jobs[] {
  const find = lookup(model)
  const groups = new Map<string, { cron: string; target: Component; starts: Jobs['starts'][number][] }>()
  for (const relation of model.relations) {
    if (relation.verb !== 'triggers' && relation.verb !== 'calls') continue
    const [scheduler, target] = [find.component(relation.from), find.component(relation.to)]
    const said = known(relation.facts, 'cron') ? relation.facts : (scheduler?.facts ?? {})
    const cron = text(said, 'cron')?.trim().replace(/\s+/g, ' ')
    // A broker takes up what comes at once; what is behind it is another question.
    if (!scheduler || !target || cron === undefined || BROKERS.has(target.kind) || saysUnknown(relation.facts, 'calls')) continue
    const many = known(relation.facts, 'calls') ? { facts: relation.facts, path: 'calls' } : { facts: scheduler.facts, path: 'fan-out' }
    const count = number(many.facts, many.path) ?? 1
    const key = `${cron} ${target.id}`
    const group = groups.get(key) ?? { cron, target, starts: [] }
    group.starts.push({ relation, scheduler, count, facts: uniqueFacts([known(said, 'cron')!.fact, known(many.facts, many.path)?.fact]) })
    groups.set(key, group)
  }
  return [...groups.values()]
}

function startingTogether(model: Model, { load }: Analysis, { cron, target, starts }: Jobs): Finding | undefined {
  const windows = starts.map(({ relation, scheduler }) => windowOf([relation.facts, scheduler.facts]))
  // What is spread by itself does not come in that second.
  const together = starts.filter((_, at) => windows[at] && windows[at].seconds <= 1)
  const count = together.reduce((sum, each) => sum + each.count, 0)
  const capacity = capacityOf(target, 'all')
  if (!capacity || count < 2 || count + load.component(target.id).all.average < capacity.rate || count < capacity.rate / 2) return undefined
  const spread = Math.ceil(spreadNeeded(count, capacity.rate))
  const first = together.reduce((most, each) => (each.count > most.count ? each : most))
  const stated = windows.every((window) => !window || window.stated)
  return {
    at: first.relation.origin,
    subject: { component: first.scheduler.id, relation: first.relation.id },
    severity: stated && count >= capacity.rate && capacity.facts.every(({ from }) => from !== 'default') ? 'error' : 'warning',
    message: `At \`${cron}\`, ${listed([...new Set(together.map(({ scheduler }) => scheduler.name))])} start${together.length === 1 ? 's' : ''} ${plain(count)} jobs in one second at \`${target.name}\`, which takes ${shown(capacity.rate)}.`,
    help: `Spread the starts over at least ${spread}s (\`spread: ${spread}s\`), or put the jobs into a queue.`,
    related: together.filter((each) => each !== first).slice(0, 8).map(({ relation, scheduler }) => ({ at: relation.origin, message: `\`${scheduler.name}\` starts at the same instant` })),
    facts: uniqueFacts([...together.flatMap(({ facts }) => facts), ...windows.flatMap((window) => window?.facts ?? []), ...capacity.facts]),
    fixes: together.length === 1 ? spreadFix(model, [first.relation], first.scheduler, spread) : [],
  }
}

/** On the arrow where there is one, else on the component that all of them mean. */
function spreadFix(model: Model, relations: readonly Relation[], component: Component, spread: number): readonly Fix[] {
  const properties = { jitter: 'full', spread: `${spread}s` }
  const edits = relations.length === 1 ? setOnRelation(model, relations[0]!, properties) : setProperties(component, properties)
  return edits ? [{ title: `Spread them at random over ${spread}s: \`jitter: full, spread: ${spread}s\``, edits }] : []
}

function plain(count: number): string {
  return formatQuantity(quantity(count))
}

function shown(rate: number): string {
  return formatQuantity(quantity(rate, RATE))
}
