/**
 * What a failure costs in data and in time (NUMBERS M23): how much of what was acknowledged is gone, and how long until it works again. Only
 * what is known counts, so a window is what may be lost at least, and a time is the sum of its known parts.
 */
import { flag, known, limit, number, reference, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact, Facts } from '../model/value.ts'
import { copiesAtAck, losesAtFailover, sizeOf } from './durable-copies.ts'
import { uniqueFacts } from './figure.ts'
import { time } from './staleness.ts'
import { placeOf } from './units.ts'

/** M23: writes that are gone. */
export function lostWrites(rate: number, window: number): number {
  return rate * window
}

/** M23: seconds to bring a copy of so many bytes back. */
export function restoreTime(bytes: number, bandwidth: number): number {
  return bytes / bandwidth
}

/** M23: seconds to read so many events again. */
export function replayTime(events: number, rate: number): number {
  return events / rate
}

/** M23: the steps follow each other. */
export function recoveryTime(steps: readonly number[]): number {
  return steps.reduce((sum, each) => sum + each, 0)
}

/** How another takes over: of a component under `failover.`, of a relation `fails-over-to` by itself. Each part in seconds, where it is known. */
export interface Takeover {
  readonly mode?: 'auto' | 'manual' | 'none'
  readonly detect?: number
  readonly decide?: number
  readonly promote?: number
}

export function takeoverOf(facts: Facts, prefix: 'failover.' | '' = 'failover.'): Takeover {
  const block = prefix === '' ? undefined : known(facts, 'failover')?.value
  const bare = block?.type === 'word' && block.word !== 'yes' ? block.word : undefined
  const mode = (word(facts, `${prefix}mode`) ?? bare) as Takeover['mode']
  const [detect, decide, promote] = (['detect', 'decide', 'promote'] as const).map((step) => number(facts, `${prefix}${step}`))
  return { ...(mode && { mode }), ...(detect !== undefined && { detect }), ...(decide !== undefined && { decide }), ...(promote !== undefined && { promote }) }
}

/** Acknowledged writes that a loss takes with it. */
export interface LossWindow {
  /** Seconds of them, at least; `Infinity` for all. Unset where it is certain that some may be lost, and not how many. */
  readonly seconds?: number
  /** Why, behind a colon: `` it answers once 1 of 3 copies has the write, and a follower may be 2s behind ``. */
  readonly how: string
  readonly facts: readonly Fact[]
  readonly at?: Origin
}

/** When one copy is lost. Undefined where nothing is lost, or where that is not known. */
export function lossOfCopy(component: Component): LossWindow | undefined {
  const { facts } = component
  if (['survives', 'volume', 'flush', 'failover.mode', 'managed'].some((path) => saysUnknown(facts, path)) || known(facts, 'survives') || flag(facts, 'managed') === true) return undefined
  const size = sizeOf(component)
  if (!size || size.fact.from === 'default') return undefined
  if (size.count === 1) return lossOfOnly(component, size.fact)
  const copies = copiesAtAck(component)
  if (losesAtFailover(component) !== true || copies?.count === undefined) return undefined
  const lag = lagOf(facts)
  const behind = lag ? `a follower that takes over may be ${time(lag.seconds)} behind` : 'a follower that takes over may not have it yet'
  const how = copies.count === 0 ? `it keeps writes in memory only, and ${behind}` : `it answers once ${copies.text.includes('of') ? copies.text : `${copies.text} of ${size.count}`} ${copies.count === 1 ? 'has' : 'have'} the write, and ${behind}`
  return { ...(lag && { seconds: lag.seconds }), how, facts: uniqueFacts([...copies.facts, size.fact, lag?.fact]) }
}

/** The only copy: what it had not written to disk, or, where the disk goes too, all since the last backup. */
function lossOfOnly({ facts }: Component, size: Fact): LossWindow | undefined {
  const volume = word(facts, 'volume')
  const interval = backupInterval(facts)
  if ((volume === 'none' || volume === 'host') && interval && flag(facts, 'backup.pitr') !== true && !saysUnknown(facts, 'backup.pitr')) {
    return { seconds: interval.seconds, how: `its disk goes with it, and it is backed up every ${time(interval.seconds)}`, facts: uniqueFacts([size, known(facts, 'volume')?.fact, interval.fact]) }
  }
  const kept = word(facts, 'durability')
  const flush = number(facts, 'flush')
  if (flush === undefined || (kept !== 'memory' && kept !== 'os-buffer' && kept !== 'snapshot')) return undefined
  return { seconds: flush, how: `it writes to disk every ${time(flush)} what it has in memory`, facts: uniqueFacts([size, known(facts, 'durability')?.fact, known(facts, 'flush')?.fact]) }
}

/** When the region that it stands in is lost; the best of the copies elsewhere. Undefined where there is none, or nothing is lost. */
export function lossOfRegion(model: Model, component: Component): LossWindow | undefined {
  const find = lookup(model)
  const home = placeOf(model, component.id, 'region')
  if (home === undefined || ['regions', 'sync', 'survives'].some((path) => saysUnknown(component.facts, path)) || (number(component.facts, 'regions') ?? 1) > 1 || word(component.facts, 'survives') === 'region') return undefined
  const elsewhere = (id: string): boolean => placeOf(model, id, 'region') !== undefined && placeOf(model, id, 'region') !== home
  const windows: (LossWindow | 'none' | 'unknown')[] = []
  for (const relation of find.relationsFrom(component.id)) {
    const other = find.component(relation.to)
    if (!other || !elsewhere(other.id)) continue
    if (relation.verb === 'replicates') windows.push(lossOfReplica(relation, other))
    if (relation.verb === 'backs-up') windows.push(lossOfBackup(component, relation, other))
    if (relation.verb === 'captures') windows.push('unknown')
  }
  const to = reference(component.facts, 'backup.to')
  if (to?.kind === 'component' && elsewhere(to.id) && !windows.some((one) => typeof one === 'object' && one.how.includes('backed up'))) windows.push(lossOfBackup(component, undefined, find.component(to.id)!))
  if (windows.length === 0 || windows.includes('none') || windows.includes('unknown')) return undefined
  return (windows as LossWindow[]).reduce((best, each) => ((each.seconds ?? 0) < (best.seconds ?? 0) ? each : best))
}

/** When a copy takes over that gets its writes over this arrow. */
export function lossOfReplica(relation: Relation, to: Component): LossWindow | 'none' | 'unknown' {
  const { facts } = relation
  const sync = word(facts, 'sync')
  if (saysUnknown(facts, 'sync') || sync === undefined) return 'unknown'
  if (sync !== 'async') return sync === 'semi-sync' ? 'unknown' : 'none'
  const lag = lagOf(facts) ?? shippingOf(facts) ?? lagOf(to.facts)
  return {
    ...(lag && { seconds: lag.seconds }),
    how: `\`${to.name}\` gets its writes asynchronously${lag ? ` and may be ${time(lag.seconds)} behind` : ', after they are acknowledged'}`,
    facts: uniqueFacts([known(facts, 'sync')?.fact, lag?.fact]),
    at: relation.origin,
  }
}

function lossOfBackup(component: Component, relation: Relation | undefined, to: Component): LossWindow | 'unknown' {
  if (flag(component.facts, 'backup.pitr') === true || (relation && (flag(relation.facts, 'pitr') === true || saysUnknown(relation.facts, 'pitr'))) || saysUnknown(component.facts, 'backup.pitr')) return 'unknown'
  const interval = (relation && shippingOf(relation.facts)) ?? backupInterval(component.facts)
  if (!interval) return 'unknown'
  return { seconds: interval.seconds, how: `elsewhere it is only backed up, to \`${to.name}\` every ${time(interval.seconds)}`, facts: [interval.fact], ...(relation && { at: relation.origin }) }
}

/** When somebody deletes or overwrites what should have stayed: copies repeat it at once, and only an older state helps. */
export function lossByMistake(model: Model, component: Component): LossWindow | undefined {
  const { facts } = component
  if (['backup', 'backup.interval', 'backup.pitr', 'versioning'].some((path) => saysUnknown(facts, path)) || flag(facts, 'backup.pitr') === true || flag(facts, 'versioning') === true) return undefined
  const backups = lookup(model).relationsFrom(component.id).filter(({ verb }) => verb === 'backs-up')
  if (backups.some((relation) => saysUnknown(relation.facts, 'pitr') || flag(relation.facts, 'pitr') === true)) return undefined
  const own = backupInterval(facts)
  const periods = backups.map((relation) => ({ ...(shippingOf(relation.facts) ?? own), at: relation.origin }))
  const all = [...(own ? [{ ...own, at: undefined }] : []), ...periods]
  // One of which the interval is not stated may be the one that helps.
  if (all.length === 0 || all.some(({ seconds }) => seconds === undefined)) return undefined
  const best = all.reduce((least, each) => (each.seconds! < least.seconds! ? each : least))
  return { seconds: best.seconds!, how: `copies repeat it at once, and the last backup may be ${time(best.seconds!)} old`, facts: uniqueFacts([best.fact]), ...(best.at && { at: best.at }) }
}

function backupInterval(facts: Facts): { readonly seconds: number; readonly fact: Fact } | undefined {
  for (const path of ['backup.interval', 'backup']) {
    const seconds = number(facts, path)
    if (seconds !== undefined) return { seconds, fact: known(facts, path)!.fact }
  }
  return undefined
}

/** How often an arrow carries what has changed. */
function shippingOf(facts: Facts): { readonly seconds: number; readonly fact: Fact } | undefined {
  for (const path of ['period', 'interval']) {
    const seconds = number(facts, path)
    if (seconds !== undefined) return { seconds, fact: known(facts, path)!.fact }
  }
  return undefined
}

function lagOf(facts: Facts): { readonly seconds: number; readonly fact: Fact } | undefined {
  for (const path of ['lag.p99', 'lag']) {
    const seconds = limit(facts, path)
    if (seconds !== undefined && Number.isFinite(seconds)) return { seconds, fact: known(facts, path)!.fact }
  }
  return undefined
}

/** Whether what it holds can be had again from elsewhere, or nobody says that it cannot. */
export function isRefillable({ facts }: Component): boolean {
  return known(facts, 'rebuild-from') !== undefined || saysUnknown(facts, 'rebuild-from') || flag(facts, 'derived') === true || saysUnknown(facts, 'derived')
}

/** A step on the way back, in seconds. */
export interface Step {
  readonly kind: 'detect' | 'decide' | 'promote' | 'restart' | 'restore' | 'rebuild' | 'names' | 'warm-up'
  /** `a person’s decision`, `restoring 2TB at 200MB/s`. */
  readonly what: string
  readonly seconds: number
  /** A usual value stands in for one that is not stated. */
  readonly assumed?: true
  readonly facts: readonly Fact[]
}

/** Detecting, deciding and promoting, as far as they are known; `byHand` where a person decides and nobody says how long that takes. */
export function takeoverSteps(facts: Facts, prefix: 'failover.' | '', byHand: number): readonly Step[] {
  const { mode, detect, decide, promote } = takeoverOf(facts, prefix)
  const from = (step: string): readonly Fact[] => uniqueFacts([known(facts, `${prefix}${step}`)?.fact])
  const steps: Step[] = []
  if (mode === 'none') return steps
  if (detect !== undefined) steps.push({ kind: 'detect', what: 'detecting it', seconds: detect, facts: from('detect') })
  if (decide !== undefined) steps.push({ kind: 'decide', what: mode === 'manual' ? 'a person’s decision' : 'deciding', seconds: decide, facts: from('decide') })
  else if (mode === 'manual' && !saysUnknown(facts, `${prefix}decide`)) steps.push({ kind: 'decide', what: 'finding a person who decides, usually', seconds: byHand, assumed: true, facts: from('mode') })
  if (promote !== undefined) steps.push({ kind: 'promote', what: 'promoting the other one', seconds: promote, facts: from('promote') })
  return steps
}

/** Starting it again where nothing takes over: the process, and what it holds where that has to be brought back. */
export function restartSteps(model: Model, component: Component, lostDisk: boolean): readonly Step[] {
  const { facts } = component
  const from = (...paths: readonly string[]): readonly Fact[] => uniqueFacts(paths.map((path) => known(facts, path)?.fact))
  const steps: Step[] = []
  const restart = number(facts, 'restart')
  if (restart !== undefined) steps.push({ kind: 'restart', what: 'starting it again', seconds: restart, facts: from('restart') })
  const bandwidth = number(facts, 'restore.bandwidth')
  const held = bytesOf(model, component)
  const rebuild = number(facts, 'rebuild-time')
  if (lostDisk && bandwidth !== undefined && bandwidth > 0 && held) {
    const what = `restoring ${formatQuantity(quantity(held.bytes, SIZE))} at ${formatQuantity(quantity(bandwidth, BANDWIDTH))}`
    steps.push({ kind: 'restore', what, seconds: restoreTime(held.bytes, bandwidth), facts: uniqueFacts([...held.facts, ...from('restore.bandwidth')]) })
  } else if (lostDisk && rebuild !== undefined) steps.push({ kind: 'rebuild', what: 'filling it again', seconds: rebuild, facts: from('rebuild-time') })
  const warm = number(facts, 'warm-up')
  if (warm !== undefined) steps.push({ kind: 'warm-up', what: 'warming up', seconds: warm, facts: from('warm-up') })
  return steps
}

/** How many bytes it holds, where that is known: its storage, or all records of the data that it stores. */
export function bytesOf(model: Model, component: Component): { readonly bytes: number; readonly facts: readonly Fact[] } | undefined {
  const storage = number(component.facts, 'storage')
  if (storage !== undefined) return { bytes: storage, facts: [known(component.facts, 'storage')!.fact] }
  const data = references(component.facts, 'stores').flatMap((target) => (target.kind === 'data' ? (lookup(model).data(target.id) ?? []) : []))
  const known_ = data.map(({ facts }) => ({ count: number(facts, 'count'), size: number(facts, 'size'), facts: [known(facts, 'count')?.fact, known(facts, 'size')?.fact] }))
  if (known_.length === 0 || known_.some(({ count, size }) => count === undefined || size === undefined)) return undefined
  return { bytes: known_.reduce((sum, { count, size }) => sum + count! * size!, 0), facts: uniqueFacts(known_.flatMap(({ facts }) => facts)) }
}
