/** How one component comes back after the loss of a copy, of its region, or of what was in it: how, how long it takes, and what of it is gone. */
import { acknowledged } from '../analysis/acknowledged.ts'
import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf } from '../analysis/capacity.ts'
import { consumersAt } from '../analysis/consumer-groups.ts'
import { backlogAfter, drainTime } from '../analysis/consumers.ts'
import { losesAtFailover, sizeOf } from '../analysis/durable-copies.ts'
import { BROKERS, type Homes } from '../analysis/homes.ts'
import { lossOfRegion, recoveryTime, restartSteps, takeoverOf } from '../analysis/recovery.ts'
import { flag, isUnlimited, known, limit, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { copiesWanted, listed, time, wanted, type Witness } from './cell.ts'
import { replicates } from './partition.ts'
import type { Evidence } from './table.ts'

export const LEADS = new Set(['database', 'queue', 'log', 'topic', 'search', 'coordinator', 'object-store'])
export const STATELESS = new Set(['service', 'function', 'worker', 'load-balancer', 'gateway', 'batch', 'cdc', 'scheduler', 'cdn'])

/** How one component comes back. */
export interface Healing {
  readonly how: string
  /** What helps against other losses than that of a copy: of its region, or by a mistake. */
  readonly also?: string
  /** Seconds until it serves again after the loss of a copy; unset where that is not known. */
  readonly seconds?: number
  /** Seconds of writes that may be gone: 0 for none. */
  readonly lost?: number
  /** When it may lose some all the same. */
  readonly unless?: string
  /** What may be gone where nobody says how much: `a failover loses what the followers do not have yet`, or with whose: `a failover of db loses …`. */
  readonly risk?: (of: string) => string
  /** Seconds of writes that go with its region, where something of it stands elsewhere; unset seconds where nobody says how many. */
  readonly withRegion?: { readonly seconds?: number }
  readonly evidence: Iterable<Evidence>
  readonly missing: readonly string[]
}

/** What a cell of a component rests on. */
const SAYING = ['failover.mode', 'failover.detect', 'failover.decide', 'failover.promote', 'failover.arbiter', 'restart', 'rebuild-from', 'rebuild-time', 'backup', 'backup.interval', 'backup.pitr', 'lag.p99', 'replicas', 'replication-factor', 'n', 'sync', 'managed', 'survives', 'retention', 'hint-window', 'repair-interval', 'durability'] as const

export function healingOf(model: Model, analysis: Analysis, homes: Homes, component: Component, witness: Witness): Healing | undefined {
  const { facts, name } = component
  const evidence = witness.at(component.id, facts, SAYING)
  if (component.kind === 'cache') return rebuilt(homes, component, evidence)
  if (known(facts, 'derived') || component.kind === 'search') return replicated(model, analysis, homes, component, evidence)
  if (LEADS.has(component.kind)) return failover(model, analysis, component, evidence)
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

/** A copy of something else that has copies itself goes on from those, and is filled again only when all are gone. */
function replicated(model: Model, analysis: Analysis, homes: Homes, component: Component, evidence: Iterable<Evidence>): Healing {
  const again = rebuilt(homes, component, evidence)
  const several = (sizeOf(component)?.count ?? 0) > 1 || flag(component.facts, 'managed') === true
  if (!several) return again
  const own = failover(model, analysis, component, evidence)
  const { lost: _, unless: __, risk: ___, ...heals } = own
  return { ...heals, how: [own.how, again.how === '' ? '' : `can be ${again.how}`].filter((part) => part !== '').join('; '), lost: 0 }
}

function rebuilt(homes: Homes, component: Component, evidence: Iterable<Evidence>): Healing {
  const from = homes.sources(component).map(({ name }) => name)
  const seconds = number(component.facts, 'rebuild-time')
  if (from.length === 0) {
    const kept = component.kind === 'cache' ? word(component.facts, 'durability') : undefined
    const several = (sizeOf(component)?.count ?? 1) > 1
    const risk = several ? (of: string): string => `a failover${of} loses what the followers do not have yet` : kept === 'snapshot' ? (of: string): string => `a restart${of} loses what is not in its last snapshot` : kept === 'memory' ? (of: string): string => `a restart${of} loses all that is in it` : undefined
    return { how: '', ...(risk && { risk }), evidence, missing: [wanted('rebuild-from', component.name)] }
  }
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

function failover(model: Model, analysis: Analysis, component: Component, evidence: Iterable<Evidence>): Healing {
  const { facts, name } = component
  const window = lossOfRegion(model, component)
  const loss = { ...lossOf(model, analysis, component), ...(window && { withRegion: window.seconds === undefined ? {} : { seconds: window.seconds } }) }
  const errors = [withItsRegion(loss.withRegion), logicalErrors(model, component)].filter((part) => part !== '').join('; ')
  const lost = { ...loss, ...(errors !== '' && { also: errors }) }
  if (flag(facts, 'managed') === true && word(facts, 'survives') !== undefined)
    return { how: 'the provider fails over', seconds: 0, ...lost, evidence, missing: [] }
  const size = sizeOf(component)
  if (word(facts, 'replication') === 'leaderless' && size?.count !== 1) return { how: `no leader to replace: the other copies answer${repairOf(component)}`, seconds: 0, ...lost, evidence, missing: [] }
  // By the default of its technology another would take over: whether there is another is what is missing.
  if (size === undefined && !replicates(component)) return { how: 'nothing says that another copy can take over', ...(errors !== '' && { also: errors }), evidence, missing: [copiesWanted(component)] }
  // Nobody takes over from one that is alone, whatever its technology could do.
  const { mode, detect, decide, promote } = size?.count === 1 ? takeoverOf({}) : takeoverOf(facts)
  if (mode === 'manual' || mode === 'none') {
    const known_ = (detect ?? 0) + (decide ?? 0) + (promote ?? 0)
    if (mode === 'manual' && decide !== undefined && promote !== undefined)
      return { how: `a person promotes another in ${time(known_)}`, seconds: known_, ...lost, evidence, missing: [] }
    return {
      how: mode === 'none' ? 'nothing takes over' : 'a person promotes another',
      ...lost,
      evidence,
      missing: mode === 'none' ? [wanted('failover', name)] : [...(decide === undefined ? [wanted('failover.decide', name)] : []), ...(promote === undefined ? [wanted('failover.promote', name)] : [])],
    }
  }
  const steps = size?.count === 1 ? restartSteps(model, component, word(facts, 'volume') === 'none' || word(facts, 'volume') === 'host') : []
  if (mode === undefined && steps.length > 0) {
    const seconds = recoveryTime(steps.map((step) => step.seconds))
    return { how: `back in ${time(Number(seconds.toPrecision(3)))} after ${listed(steps.map(({ what }) => what), 4)}`, seconds, ...lost, evidence, missing: [] }
  }
  if (mode === undefined && size?.count === 1)
    return { how: 'restored by hand', ...lost, evidence, missing: [wanted('restart', name)] }
  if (mode === undefined) return { how: '', ...lost, evidence, missing: [wanted('failover', name)] }
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
  return { how, ...(seconds !== undefined && { seconds }), ...lost, evidence, missing }
}

/** Read from the copies that have it, handed on by hints, compared now and then: as far as it is said. */
function repairOf({ facts }: Component): string {
  const hints = number(facts, 'hint-window')
  const repair = number(facts, 'repair-interval')
  const parts = [...(hints === undefined ? [] : [`from hints for ${time(hints)}`]), ...(repair === undefined ? [] : [`by a repair every ${time(repair)}`])]
  return parts.length === 0 ? '' : `, and what one missed comes ${parts.join(', then ')}`
}

/** What a failure loses of acknowledged writes: nothing where another copy has them, else as much as the copies are behind. */
function lossOf(model: Model, analysis: Analysis, component: Component): Pick<Healing, 'lost' | 'unless' | 'risk'> {
  const { facts } = component
  const managed = flag(facts, 'managed') === true || known(facts, 'survives') !== undefined
  if (sizeOf(component)?.count === 1 && !managed) return lossOfOnly(model, component)
  const ack = word(facts, 'replication') === 'leaderless' ? acknowledged(model, analysis, component) : undefined
  if (ack?.least !== undefined)
    return ack.least > 1 ? { lost: 0 } : { risk: (of) => (ack.least === 1 ? `a lost copy${of} takes the writes that only it has` : `a lost copy${of} takes what is only in its memory`) }
  const loses = losesAtFailover(component)
  const acks = word(facts, 'acks')
  // Who was in step has it; a leader that was alone in step is not replaced, and its disk has the rest.
  if (loses === true && BROKERS.has(component.kind) && (acks === 'all' || acks === 'quorum') && flag(facts, 'unclean-election') !== true) return { risk: (of) => `a lost disk${of} takes what only it has while no follower is in step` }
  if (loses === false) return { lost: 0, ...(word(facts, 'sync') === 'semi-sync' && { unless: ', unless no follower answered in time' }) }
  if (loses !== true) return {}
  const lag = limit(facts, 'lag.p99') ?? limit(facts, 'lag')
  return lag !== undefined && Number.isFinite(lag) ? { lost: lag } : { risk: (of) => (word(facts, 'replication') === 'multi-leader' ? `a lost region${of} takes what it has not sent yet` : `a failover${of} loses what the followers do not have yet`) }
}

/** A restart finds the disk as it was; a lost disk takes what is in no backup. */
function lossOfOnly(model: Model, { id, kind, facts }: Component): Pick<Healing, 'lost' | 'unless' | 'risk'> {
  if (BROKERS.has(kind)) return { risk: (of) => `a lost disk${of} takes the messages on it` }
  const interval = number(facts, 'backup.interval') ?? number(facts, 'backup')
  if (interval !== undefined) return { risk: (of) => `a lost disk${of} takes up to ${time(interval)} of writes` }
  const backed = flag(facts, 'backup') === true || lookup(model).relationsFrom(id).some(({ verb }) => verb === 'backs-up')
  return { risk: (of) => (backed ? `a lost disk${of} takes what is not in the last backup` : `a lost disk${of} takes all that is on it, unless there is a backup`) }
}

/** Another unit, another loss: what goes with the whole region, where something of it stands elsewhere. */
function withItsRegion(withRegion: Healing['withRegion']): string {
  if (!withRegion) return ''
  return withRegion.seconds === undefined ? 'a lost region takes what its copy elsewhere did not get yet' : `a lost region takes up to ${time(withRegion.seconds)} of writes`
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
