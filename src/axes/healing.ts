/** How one component comes back after the loss of a copy, of its region, or of what was in it: how, how long it takes, and what of it is gone. */
import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf } from '../analysis/capacity.ts'
import { consumersAt } from '../analysis/consumer-groups.ts'
import { backlogAfter, drainTime } from '../analysis/consumers.ts'
import { losesAtFailover, sizeOf } from '../analysis/durable-copies.ts'
import { lossOfRegion, recoveryTime, restartSteps, takeoverOf } from '../analysis/recovery.ts'
import { flag, isUnlimited, known, limit, number, references, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { listed, time, wanted, type Witness } from './cell.ts'
import type { Evidence } from './table.ts'

export const BROKERS = new Set(['queue', 'log', 'topic'])
export const LEADS = new Set(['database', 'queue', 'log', 'topic', 'search', 'coordinator', 'object-store'])
export const STATELESS = new Set(['service', 'function', 'worker', 'load-balancer', 'gateway', 'batch', 'cdc', 'scheduler', 'cdn'])

/** How one component comes back. */
export interface Healing {
  readonly how: string
  /** Seconds until it serves again after the loss of a copy; unset where that is not known. */
  readonly seconds?: number
  /** Seconds of writes that may be gone: 0 for none. */
  readonly lost?: number
  /** When it may lose some all the same. */
  readonly unless?: string
  readonly evidence: Iterable<Evidence>
  readonly missing: readonly string[]
}

/** What a cell of a component rests on. */
const SAYING = ['failover.mode', 'failover.detect', 'failover.decide', 'failover.promote', 'failover.arbiter', 'restart', 'rebuild-from', 'rebuild-time', 'backup', 'backup.interval', 'backup.pitr', 'lag.p99', 'replicas', 'sync', 'managed', 'survives', 'retention'] as const

export function healingOf(model: Model, analysis: Analysis, component: Component, witness: Witness): Healing | undefined {
  const { facts, name } = component
  const evidence = witness.at(component.id, facts, SAYING)
  if (component.kind === 'cache' || known(facts, 'derived') || component.kind === 'search') return rebuilt(model, component, evidence)
  if (LEADS.has(component.kind)) return failover(model, component, evidence)
  if (!STATELESS.has(component.kind)) return undefined
  const drain = drainOf(model, analysis, component)
  const more = (how: string): string => [how, drain].filter((part) => part !== '').join('; ')
  if (flag(facts, 'managed') === true) return { how: more('the provider replaces it'), seconds: 0, evidence, missing: [] }
  const restart = number(facts, 'restart') ?? number(facts, 'warm-up')
  const replicas = number(facts, 'replicas')
  if (replicas !== undefined && replicas > 1 && flag(facts, 'singleton') !== true)
    return {
      how: more(`the other ${replicas - 1 === 1 ? 'replica goes' : 'replicas go'} on${restart === undefined ? '' : `; a new one in ${time(restart)}`}`),
      seconds: 0,
      evidence,
      missing: [],
    }
  if (restart !== undefined) return { how: more(`restarts in ${time(restart)}`), seconds: restart, evidence, missing: [] }
  return { how: '', evidence, missing: [replicas === undefined ? wanted('replicas', name) : wanted('restart', name)] }
}

/** M5: what an hour without it leaves, and how long it takes to catch up. */
function drainOf(model: Model, analysis: Analysis, component: Component): string {
  const fed = lookup(model).relationsTo(component.id).some(({ verb }) => verb === 'delivers')
  if (!fed) return ''
  const known_ = consumersAt(analysis.consumers, component.id).map(({ can, rate }) => ({ can, arrival: rate.average }))
  const own = known_.length > 0 ? undefined : capacityOf(component, 'all')?.rate
  const all = (own === undefined ? known_ : [{ can: own, arrival: analysis.load.component(component.id).all.average }]).filter(({ arrival }) => arrival > 0)
  if (all.length === 0) return ''
  const seconds = all.reduce((longest, { can, arrival }) => Math.max(longest, drainTime(backlogAfter(HOUR, arrival), arrival, can)), 0)
  return Number.isFinite(seconds) ? `an hour of backlog is worked off in ${time(Number(seconds.toPrecision(2)))}` : 'never works off a backlog'
}

const HOUR = 3600

function rebuilt(model: Model, component: Component, evidence: Iterable<Evidence>): Healing {
  const find = lookup(model)
  const sources = references(component.facts, 'rebuild-from').flatMap((target) => find.component(target.id)?.name ?? [])
  const filled = find
    .relationsFrom(component.id)
    .filter((relation) => relation.verb === 'caches')
    .map((relation) => find.component(relation.to)?.name ?? relation.to)
  const brought = find
    .relationsTo(component.id)
    .filter((relation) => relation.verb === 'captures' || relation.verb === 'replicates')
    .map((relation) => find.component(relation.from)?.name ?? relation.from)
  const from = sources.length > 0 ? sources : filled.length > 0 ? filled : brought
  const seconds = number(component.facts, 'rebuild-time')
  if (from.length === 0) return { how: '', evidence, missing: [wanted('rebuild-from', component.name)] }
  const how = `filled again from ${listed(from)}${seconds === undefined ? '' : ` in ${time(seconds)}`}`
  // A cache fills itself as it is asked: it serves from the first moment, slowly.
  const atOnce = component.kind === 'cache' && word(component.facts, 'on-failure') !== 'fail'
  return {
    how,
    ...(seconds !== undefined ? { seconds } : atOnce ? { seconds: 0 } : {}),
    evidence,
    missing: seconds !== undefined || atOnce ? [] : [wanted('rebuild-time', component.name)],
  }
}

function failover(model: Model, component: Component, evidence: Iterable<Evidence>): Healing {
  const { facts, name } = component
  const lost = lossOf(component)
  const errors = [withItsRegion(model, component), logicalErrors(model, component)].filter((part) => part !== '').join('; ')
  const more = (how: string): string => [how, errors].filter((part) => part !== '').join('; ')
  if (flag(facts, 'managed') === true && word(facts, 'survives') !== undefined)
    return { how: more('the provider fails over'), seconds: 0, ...lost, evidence, missing: [] }
  const size = sizeOf(component)
  // Nobody takes over from one that is alone, whatever its technology could do.
  const { mode, detect, decide, promote } = size?.count === 1 ? takeoverOf({}) : takeoverOf(facts)
  if (mode === 'manual' || mode === 'none') {
    const known_ = (detect ?? 0) + (decide ?? 0) + (promote ?? 0)
    if (mode === 'manual' && decide !== undefined && promote !== undefined)
      return { how: more(`a person promotes another in ${time(known_)}`), seconds: known_, ...lost, evidence, missing: [] }
    return {
      how: more(mode === 'none' ? 'nothing takes over' : 'a person promotes another'),
      ...lost,
      evidence,
      missing: [wanted('failover', name)],
    }
  }
  const steps = size?.count === 1 ? restartSteps(model, component, word(facts, 'volume') === 'none' || word(facts, 'volume') === 'host') : []
  if (mode === undefined && steps.length > 0) {
    const seconds = recoveryTime(steps.map((step) => step.seconds))
    return { how: more(`back in ${time(Number(seconds.toPrecision(3)))} after ${listed(steps.map(({ what }) => what), 4)}`), seconds, ...lost, evidence, missing: [] }
  }
  if (mode === undefined && size?.count === 1)
    return { how: more('restored by hand'), ...lost, evidence, missing: [wanted('restart', name)] }
  if (mode === undefined) return { how: errors, ...lost, evidence, missing: [wanted('failover', name)] }
  const parts = [
    detect === undefined ? undefined : `${time(detect)} to detect`,
    decide === undefined ? undefined : `${time(decide)} to decide`,
    promote === undefined ? undefined : `${time(promote)} to promote`,
  ].filter((part) => part !== undefined)
  const missing = [
    ...(detect === undefined ? [wanted('failover.detect', name)] : []),
    ...(promote === undefined ? [wanted('failover.promote', name)] : []),
  ]
  const seconds = missing.length === 0 ? detect! + (decide ?? 0) + promote! : undefined
  const how = `fails over by itself${seconds !== undefined ? ` in ${time(seconds)}` : parts.length > 0 ? `, at least ${parts.join(', ')}` : ''}`
  return { how: more(how), ...(seconds !== undefined && { seconds }), ...lost, evidence, missing }
}

/** What a failover loses of acknowledged writes: nothing where another copy has them, else as much as the copies are behind. */
function lossOf(component: Component): Pick<Healing, 'lost' | 'unless'> {
  const loses = losesAtFailover(component)
  if (loses === false)
    return { lost: 0, ...(word(component.facts, 'sync') === 'semi-sync' && { unless: ', unless no follower answered in time' }) }
  const lag = limit(component.facts, 'lag.p99') ?? limit(component.facts, 'lag')
  return loses === true && lag !== undefined && Number.isFinite(lag) ? { lost: lag } : {}
}

/** Another unit, another loss: what goes with the whole region, where something of it stands elsewhere. */
function withItsRegion(model: Model, component: Component): string {
  const window = lossOfRegion(model, component)
  if (!window) return ''
  return window.seconds === undefined ? 'what its copy elsewhere did not get yet goes with its region' : `up to ${time(window.seconds)} of writes go with its region`
}

/** Replicas repeat a bad DELETE at once: what then helps. */
function logicalErrors(model: Model, component: Component): string {
  if (flag(component.facts, 'backup.pitr') === true) return 'any moment can be restored'
  const interval = number(component.facts, 'backup.interval') ?? number(component.facts, 'backup')
  if (interval !== undefined) return `backups every ${time(interval)}`
  if (flag(component.facts, 'versioning') === true) return 'old versions are kept'
  if (component.kind === 'log' && flag(component.facts, 'replayable') !== false) {
    if (isUnlimited(component.facts, 'retention')) return 'can be read again from the start'
    const kept = number(component.facts, 'retention')
    if (kept !== undefined) return `can be read again for ${time(kept)}`
  }
  const backup = lookup(model)
    .relationsFrom(component.id)
    .find((relation) => relation.verb === 'backs-up')
  return backup ? `backed up to ${lookup(model).component(backup.to)?.name ?? backup.to}` : ''
}
