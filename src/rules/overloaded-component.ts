import type { Analysis } from '../analysis/analysis.ts'
import { connectionsOf, mostCopies } from '../analysis/connections.ts'
import { limitsOf, type OwnLimit } from '../analysis/limits.ts'
import { partitionLimitsOf } from '../analysis/partitions.ts'
import { knee, slowdown } from '../analysis/queueing.ts'
import { known, number, range, references, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Facts } from '../model/value.ts'
import { setProperty } from './edits.ts'
import { loadSources } from './load-sources.ts'
import type { Finding, Rule } from './rule.ts'
import type { Settings } from './settings.ts'
import { percent } from './words.ts'

export const overloadedComponent: Rule = {
  id: 'overloaded-component',
  code: 'Q1',
  severity: 'error',
  title: 'A component gets more than it can serve',
  why: 'What is said of the flows, their shares, fan-outs and caches adds up to more at one component than its copies can take. It then queues without end, its callers time out and try again, and the whole flow is down at the very hour for which it was built.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5, Replication, and ch. 6, Partitioning' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 21, Handling Overload', url: 'https://sre.google/sre-book/handling-overload/' },
    { title: 'Gunther, Guerrilla Capacity Planning (2007)' },
  ],
  needs: ['capacity', 'capacity.read', 'capacity.write', 'replicas', 'shards', 'autoscale.max', 'quota', 'bandwidth', 'partition-limit.write', 'partition-limit.bytes', 'rate', 'peak', 'surge'],
  fixable: true,
  settings: ['utilisation', 'pooledUtilisation', 'quotaUse'],
  *check(model, analysis, settings) {
    for (const component of model.components) {
      if (ASKING.has(component.kind) || isConsumer(model, component)) continue
      const limits = limitsOf(component, analysis.admission.component(component.id))
      const full = fullest(component, limits, settings)
      if (full) yield report(model, analysis, component, full, settings.utilisation)
    }
  },
}

/** They bring load and take none. */
const ASKING: ReadonlySet<string> = new Set(['client', 'monitor'])
/** What works through a backlog falls behind instead of falling over, which is another rule's matter. */
const CONSUMERS: ReadonlySet<string> = new Set(['worker', 'stream-processor', 'cdc', 'batch', 'workflow'])

function isConsumer(model: Model, component: Component): boolean {
  if (CONSUMERS.has(component.kind)) return true
  const entering = lookup(model).relationsTo(component.id)
  return entering.length > 0 && (component.kind === 'service' || component.kind === 'function') && entering.every(({ verb }) => verb === 'delivers' || verb === 'triggers')
}

/** One key that is asked too often is another fault than too much of everything, unless the whole is too much as well. */
function fullest(component: Component, limits: readonly OwnLimit[], settings: Settings): OwnLimit | undefined {
  const busiest = limits.find(({ of }) => of === 'busiest-partition')
  const judged = limits.filter((limit) => limit.of !== 'busiest-partition' && limit.used > warnsFrom(component, limit, settings))
  const most = judged[0]
  if (!most || (most.used < 1 && busiest !== undefined && busiest.used > settings.utilisation && busiest.used > most.used)) return undefined
  // Reads or writes alone say more than the two together, where these are nearly as much.
  return judged.find(({ work, used }) => work !== 'mixed' && used >= 0.9 * most.used && used >= 1 === most.used >= 1) ?? most
}

function warnsFrom(component: Component, { of, divided, facts }: OwnLimit, { utilisation, pooledUtilisation, quotaUse }: Settings): number {
  // A rule of thumb is no reason to warn of what comes near it.
  if (facts.some((fact) => fact.from === 'default' && fact.confidence === 'low')) return 1
  // A quota does not get slow before it is used up.
  if (of === 'quota') return quotaUse
  return of === 'capacity' && divided?.by === 'replicas' && !isStore(component) ? knee(divided.into, utilisation, pooledUtilisation) : utilisation
}

function isStore(component: Component): boolean {
  return ['database', 'cache', 'search', 'coordinator', 'object-store'].includes(component.kind)
}

function report(model: Model, analysis: Analysis, component: Component, full: OwnLimit, sized: number): Finding {
  const over = full.used >= 1
  const find = lookup(model)
  const entering = full.work === 'reads' && component.kind === 'log' ? find.relationsFrom(component.id) : find.relationsTo(component.id)
  const counts = entering.filter(({ verb }) => full.work === 'mixed' || full.work === 'all' || full.work === 'bytes' || (full.work === 'reads' ? verb !== 'writes' : verb !== 'reads'))
  return {
    at: component.origin,
    subject: { component: component.id },
    // A provider's quota is where one starts: it is raised for those who ask.
    severity: over && full.rate.sureness !== 'estimate' && !(full.of === 'quota' && full.facts[0]?.from === 'default') ? 'error' : 'warning',
    message: `\`${component.name}\` gets ${full.rate.missing.length > 0 ? 'at least ' : ''}${shown(full, full.load)}${full.rate.peaks ? ' at peak' : ''}, ${measured(full)} ${whatItTakes(component, full)}${over ? '' : nearly(component, full)}.`,
    help: helpOf(component, full, sized, counts.length > 0 && counts.every(({ from }) => find.relationsTo(from).some(({ verb }) => verb === 'delivers'))),
    related: loadSources(model, analysis, counts, analysis.admission.relation),
    limit: full.facts[0],
    facts: [...full.facts, ...analysis.load.facts({ component: component.id })],
    fixes: fixesOf(model, analysis, component, full, sized),
  }
}

function shown({ work }: OwnLimit, value: number): string {
  const amount = formatQuantity(quantity(value, work === 'bytes' ? BANDWIDTH : RATE))
  return work === 'writes' || work === 'reads' ? `${amount} ${work}` : amount
}

/** `1.8 times`, `83% of`; of nothing there are no times. */
function measured({ used }: OwnLimit): string {
  if (used === Infinity) return 'more than'
  return used >= 1 ? `${Number(used.toPrecision(2)) === 1 ? 'all of' : `${Number(used.toPrecision(2))} times`}` : `${percent(used, 0)} of`
}

function whatItTakes(component: Component, full: OwnLimit): string {
  const amount = shown({ ...full, work: full.work === 'bytes' ? 'bytes' : 'all' }, full.limit)
  const into = full.divided?.into ?? 1
  switch (full.of) {
    case 'quota':
      return `the ${amount} that it lets us use`
    case 'bandwidth':
      return `the ${amount} that its network carries`
    case 'partitions':
    case 'busiest-partition':
      return `the ${amount} that its ${into} ${full.divided?.by === 'partitions' ? 'partitions' : 'shards'} take together, however even the keys are`
    case 'capacity': {
      if (full.work === 'mixed' && full.divided?.by === 'shards')
        return `the ${amount} that it can take, since each copy applies every write and answers only its part of the reads`
      if (full.work === 'mixed' && word(component.facts, 'replication') === 'leaderless' && full.limit < (number(component.facts, 'capacity') ?? 0) * into * (1 - 1e-9))
        return `the ${amount} that its ${Number.isInteger(into) ? `${into} ` : ''}nodes take, since each write goes to all copies of its record${(number(component.facts, 'r') ?? 1) > 1 ? ` and each read to ${number(component.facts, 'r')}` : ''}`
      if (full.divided?.by === 'shards') return `the ${amount} that ${into > 1 ? `the leaders of its ${into} shards take` : 'its leader takes'}${followers(component)}`
      return `the ${amount} that ${into === 1 ? 'it takes' : `its ${Number.isInteger(into) ? `${into} ` : ''}copies take`}`
    }
  }
}

/** What is commonly hoped of more copies. */
function followers(component: Component): string {
  const copies = range(component.facts, 'replicas')?.to
  return copies === undefined || copies < 2 ? '' : `; its ${copies === 2 ? 'other copy applies' : `${copies - 1} other copies apply`} every write too, and add${copies === 2 ? 's' : ''} nothing`
}

/** Waiting grows with 1/(1 − utilisation); at a quota nothing waits. */
function nearly(component: Component, { of, used }: OwnLimit): string {
  if (of === 'quota') return ': a burst, or some retries, are refused'
  if (of !== 'capacity' || component.kind === 'external') return ': the bursts within a second are more than that'
  return `: requests then take about ${Math.round(slowdown(Math.min(used, 0.99)))} times as long as on an idle one`
}

/** What comes out of a queue already is evened out; another one would not help. */
function helpOf(component: Component, full: OwnLimit, sized: number, queued: boolean): string {
  if (full.used === Infinity && full.of !== 'quota') return helpOfNothing(full)
  const needed = neededOf(component, full, sized)
  switch (full.of) {
    case 'quota':
      if (queued) return 'Ask for a larger quota and state it, or send less: several in one call, or only what is worth one.'
      return 'Ask for a larger quota and state it, keep what can be kept of the answers, or put the calls into a queue that is worked off at the rate of the quota.'
    case 'bandwidth':
      return `Spread it over ${needed ?? 'more'} ${full.divided?.by === 'shards' ? 'shards' : 'copies'}, or let large data go past it: clients can talk to an object store or CDN directly.`
    case 'partitions':
    case 'busiest-partition':
      return `At least ${needed} ${full.divided!.by} leave room for bursts (\`${full.divided!.by}: ${needed}\`).`
    case 'capacity': {
      const key = words(component.facts, 'key')?.join(', ')
      if (full.divided?.by === 'shards' && !readersHelp(component, full, sized))
        return `Split it${key === undefined ? '' : ` by \`${key}\``} into at least ${needed} shards (\`shards: ${needed}\`), or write less: in batches, or only what has changed.`
      const copies = readersHelp(component, full, sized) ?? needed
      return `At least ${copies} copies leave room for bursts (\`${full.divided?.by === 'replicas' && known(component.facts, 'autoscale.max') ? 'autoscale' : 'replicas'}\`); or let fewer requests through to it: a cache, a limit, a queue.`
    }
  }
}

function helpOfNothing({ of, divided }: OwnLimit): string {
  if (divided?.into === 0) return `State how many there are (\`${divided.by}\`), or send it nothing.`
  return `More of it would take no more: state what it takes (\`${of === 'capacity' || of === 'bandwidth' ? of : 'partition-limit'}\`), or send it nothing.`
}

/** How many of what divides the load bring it down to what it is sized for. */
function neededOf(component: Component, { divided, used }: OwnLimit, sized: number): number | undefined {
  if (!divided) return undefined
  const exact = Math.ceil((divided.into * used) / sized - 1e-9)
  const zones = number(component.facts, 'zones')
  return divided.by === 'replicas' && zones !== undefined && zones > 1 ? Math.ceil(exact / zones) * zones : exact
}

/** Under one leader, more copies help as long as the writes alone leave room. */
function readersHelp(component: Component, { work, load, used, divided }: OwnLimit, sized: number): number | undefined {
  const copies = range(component.facts, 'replicas')?.to
  const each = number(component.facts, 'capacity')
  if (work !== 'mixed' || divided?.by !== 'shards' || copies === undefined || copies < 2 || each === undefined || known(component.facts, 'read-from')?.fact.from === 'stated') return undefined
  // used = (w + (load − w)/k) / (each · shards), solved for w, then for k.
  const room = each * divided.into
  const writes = (used * room * copies - load) / (copies - 1)
  return writes >= sized * room ? undefined : Math.ceil((load - writes) / (sized * room - writes) - 1e-9)
}

/** More than so many times what is there is another design, not an edit. */
const FAR = 20

function fixesOf(model: Model, analysis: Analysis, component: Component, full: OwnLimit, sized: number): readonly Fix[] {
  const { divided } = full
  const readers = readersHelp(component, full, sized)
  const by = readers === undefined ? divided?.by : 'replicas'
  const needed = readers ?? neededOf(component, full, sized)
  if (!divided || by === undefined || needed === undefined || full.of === 'quota' || full.used > FAR) return []
  // What the callers' retries come to would be the next finding: their number is the first thing to decide then.
  if (retried(model, analysis, component) > (full.limit * needed) / divided.into) return []
  // Nor is it for the surge that the design speaks of.
  if (standsIn(model, component) || model.scenarios.some(({ surges }) => surges.length > 0)) return []
  // What its partitions take may be the nearer limit.
  if (partitionLimitsOf(component).some((each) => (each.work === full.work || full.work === 'mixed') && full.load >= each.limit * needed)) return []
  if (by !== 'replicas') {
    // Where nobody says by what it is split, somebody has to choose.
    if (!known(component.facts, by) && !known(component.facts, 'key')) return []
    if (hotter(component, full)) return []
    return [{ title: `\`${by}: ${needed}\``, edits: setProperty(component, by, String(needed)) }]
  }
  if (isStore(component) && !known(component.facts, 'replicas')) return []
  if (opensTooMany(model, component, needed)) return []
  if (known(component.facts, 'autoscale.max')) return [{ title: `\`autoscale { max: ${needed} }\``, edits: setProperty(component, 'autoscale.max', String(needed)) }]
  const now = known(component.facts, 'replicas')
  if (now?.fact.from !== 'stated') return []
  const value = now.value.type === 'span' ? `${now.value.from.value}..${needed}` : String(needed)
  return [{ title: `\`replicas: ${value}\``, edits: setProperty(component, 'replicas', value) }]
}

/** Enough for every day is not enough for the day on which a cache before it is empty, or what it stands in for is gone: that has to be decided with it. */
function standsIn(model: Model, component: Component): boolean {
  const named = (facts: Facts, path: string): boolean => references(facts, path).some(({ id }) => id === component.id)
  return model.components.some(({ facts }) => named(facts, 'rebuild-from') || named(facts, 'fallback')) || model.relations.some(({ facts, verb, to }) => named(facts, 'fallback') || (verb === 'fails-over-to' && to === component.id)) || besideCache(model, component)
}

/** Who asks it asks a cache as well. */
function besideCache(model: Model, component: Component): boolean {
  const find = lookup(model)
  return find.relationsTo(component.id).some(({ from }) => find.component(from)?.kind === 'cache' || find.relationsFrom(from).some(({ to }) => find.component(to)?.kind === 'cache'))
}

/** Load in 1/s while it fails and everybody tries again. */
function retried(model: Model, { attempts }: Analysis, component: Component): number {
  return lookup(model).relationsTo(component.id).reduce((sum, { id }) => sum + attempts.worst(id), 0)
}

/** More shards would leave the busiest key where it is. */
function hotter(component: Component, full: OwnLimit): boolean {
  return ['key-dist', 'key-cardinality'].some((path) => known(component.facts, path)) && full.used >= 1 && known(component.facts, 'key-dist')?.value.type !== 'word'
}

/** So many copies would open more connections than a store behind them accepts. */
function opensTooMany(model: Model, component: Component, copies: number): boolean {
  const find = lookup(model)
  const stores = new Set(find.relationsFrom(component.id).map(({ to }) => to))
  return [...stores].some((id) => {
    const target = find.component(id)
    const after = target && connectionsOf(model, target, (caller) => (caller === component ? copies : mostCopies(caller)))
    return after !== undefined && after.total > after.limit
  })
}

