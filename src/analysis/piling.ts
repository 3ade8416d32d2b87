/** What piles up, as a report tells it: messages behind their consumers (NUMBERS M5), data in stores (M22), connections to servers (M7). */
import { number } from '../model/facts.ts'
import type { Model } from '../model/model.ts'
import { formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Analysis } from './analysis.ts'
import { connectionsOf, connectionsText } from './connections.ts'
import { backlogOf, canText, type Consumer } from './consumer-groups.ts'
import { backlogAfter, drainTime, lagGrowth, lossAfter } from './consumers.ts'
import { mark, percent, rateText, short } from './derivation.ts'
import { fillingText, overheadOf, soonest } from './filling.ts'
import { growthOf, onDisk } from './growth.ts'
import { time } from './staleness.ts'

export interface BacklogReport {
  /** The consumer, and the brokers that it reads. */
  readonly component: string
  readonly name: string
  readonly from: readonly string[]
  /** 1/s: what arrives, and what it can do. */
  readonly average: number
  readonly peak: number
  readonly can: number
  /** Arrivals by what it can do, on average. */
  readonly used: number
  readonly share: string
  /** Messages a second by which the backlog grows. */
  readonly lag: number
  /** Seconds until the first message is deleted unread; unset where none will be. */
  readonly lossAfter?: number
  /** Seconds to work off what an hour of standstill leaves; unset where it never does. */
  readonly drain?: number
  /** `enricher` reads `clicks`: …; … */
  readonly arriving: string
  readonly takes: string
  readonly text: string
}

/** M5, of every consumer of which it is known how fast it is. */
export function backlogsOf({ consumers }: Analysis): readonly BacklogReport[] {
  return consumers.flatMap((one) => (one.rate.average > 0 && one.can > 0 ? [backlogReport(one)] : []))
}

function backlogReport(one: Consumer): BacklogReport {
  const { consumer, brokers, rate, can } = one
  const kept = brokers.length === 1 ? number(brokers[0]!.facts, 'retention') : undefined
  const lost = kept === undefined ? Infinity : lossAfter(kept, rate.average, can)
  const drain = drainTime(backlogAfter(HOUR, rate.average), rate.average, can)
  return {
    component: consumer.id,
    name: consumer.name,
    from: brokers.map(({ name }) => name),
    average: rate.average,
    peak: rate.peak,
    can,
    used: rate.average / can,
    share: `${mark(rate)}${percent(rate.average / can)}`,
    lag: lagGrowth(rate.average, can),
    ...(Number.isFinite(lost) && { lossAfter: lost }),
    ...(Number.isFinite(drain) && { drain }),
    arriving: `${mark(rate)}${rateText(rate.average)}${rate.peaks && rate.peak > rate.average ? `, ${rateText(rate.peak)} at peak` : ''}`,
    takes: `${rateText(can)} (${canText(one)})`,
    text: Number.isFinite(drain) ? `works off an hour of standstill in ${short(drain)}${rate.peaks && rate.peak > can ? `, and falls behind by ${rateText(rate.peak - can)} at the peak` : ''}` : backlogOf(one),
  }
}

const HOUR = 3600

export interface StoreReport {
  readonly component: string
  readonly name: string
  /** B/s, before copies, indexes and compression; and what each byte takes on disk with them. */
  readonly growth: number
  readonly overhead: number
  /** B on disk once nothing older is kept; unset where it is kept for ever. */
  readonly settlesAt?: number
  /** Seconds until its room is full; unset where none is stated, or it never is. */
  readonly fullAfter?: number
  readonly text: string
}

/** M22, of every store to which something is known to be added. */
export function storesOf(model: Model, analysis: Analysis): readonly StoreReport[] {
  return model.components.flatMap((component): readonly StoreReport[] => {
    const growth = growthOf(model, analysis.load, component)
    const disk = growth && onDisk(component)
    if (!growth || !disk || growth.rate <= 0) return []
    const full = soonest(component, growth)
    const settles = Number.isFinite(growth.retention) ? growth.rate * growth.retention * disk.overhead : undefined
    const amount = (bytes: number): string => formatQuantity(quantity(bytes, SIZE))
    const times = disk.overhead === 1 ? '' : ` × ${Number(disk.overhead.toPrecision(3))} for ${overheadOf(component)}`
    const kept = settles === undefined ? `${amount(growth.rate * disk.overhead * YEAR)} a year on disk` : `${amount(settles)} on disk, since it keeps ${time(growth.retention)}`
    return [
      {
        component: component.id,
        name: component.name,
        growth: growth.rate,
        overhead: disk.overhead,
        ...(settles !== undefined && { settlesAt: settles }),
        ...(full && { fullAfter: full.seconds }),
        text: full ? fillingText(component, growth, full).replace(`\`${component.name}\` `, '') : `grows by ${amount(growth.rate * DAY)} a day${times}: ${kept}`,
      },
    ]
  })
}

const DAY = 86_400
const YEAR = 365 * DAY

export interface ConnectionReport {
  readonly component: string
  readonly name: string
  /** At least; and how many it accepts. */
  readonly open: number
  readonly accepted: number
  readonly used: string
  readonly text: string
  readonly missing: readonly string[]
}

/** Of every store or pooler that says how many connections it accepts. */
export function connectionReportsOf(model: Model): readonly ConnectionReport[] {
  return model.components.flatMap((component): readonly ConnectionReport[] => {
    const found = connectionsOf(model, component)
    if (!found) return []
    return [{ component: component.id, name: component.name, open: found.total, accepted: found.limit, used: `${found.whole ? '' : '≥ '}${percent(found.total / found.limit)}`, text: connectionsText(found), missing: found.missing }]
  })
}
