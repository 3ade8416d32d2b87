/** The load lens: how full each component is at the peak, as heat, and what goes over each arrow. */
import type { Analysis } from '../analysis/analysis.ts'
import { speakerOf } from '../analysis/derivation.ts'
import { availabilityFigure, latencyFigure } from '../analysis/figures.ts'
import { fullnessFigure } from '../analysis/fullness.ts'
import { everyLimitOf, type Limit } from '../analysis/limits.ts'
import type { Rate } from '../analysis/load.ts'
import type { Laid, LaidArrow, Overlay, Tone } from '../diagram/picture.ts'
import type { Component, Model } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { LensEntry, Seen } from './lens.ts'

/** From where on a queue before a server grows faster than its load (NUMBERS M6), where there is hardly room left, and where there is none. */
const WARM = 0.7
const HOT = 0.9

const KEY: Overlay['key'] = [
  { tone: 'calm', text: 'up to 70% full' },
  { tone: 'warm', text: 'up to 90%' },
  { tone: 'hot', text: 'up to 100%' },
  { tone: 'over', text: 'more than it can take' },
  { tone: 'quiet', text: 'limit not stated' },
]

export function loadLens(model: Model, analysis: Analysis): Seen {
  const say = speakerOf(model)
  const things = new Map<string, Laid>()
  const full: Full[] = []
  for (const component of model.components) {
    if (component.kind === 'client' || component.kind === 'monitor') continue
    const comes = analysis.admission.component(component.id)
    const [limit] = everyLimitOf(analysis, component)
    const figure = fullnessFigure(analysis, component, say)
    if (limit && figure) {
      const value = spoken(figure.value)
      // What is only usual for its kind of technology is no verdict about this one.
      const usual = figure.at === component.origin ? limit.facts.find(({ from }) => from === 'default') : undefined
      const by = usual?.from === 'default' ? usual.by : undefined
      full.push({ component, limit, value, ...(by !== undefined && { by }) })
      if (by !== undefined) {
        things.set(component.id, { tone: 'quiet', words: [brief(limit.load, limit)], note: [`${whatOf(limit)}: ${value} of the default of ${by}`] })
        continue
      }
      things.set(component.id, { tone: toneOf(limit.used), words: [`${brief(limit.load, limit)} of ${brief(limit.limit, limit)} · ${value}`, value], note: [`${whatOf(limit)}: ${value}`] })
    } else if (comes.all.peak > 0) things.set(component.id, { tone: 'quiet', words: [rateText(comes.all)], note: [`gets ${rateText(comes.all)}; its capacity is not stated`] })
  }
  const most = Math.max(0, ...model.relations.map(({ id }) => analysis.admission.relation(id).peak))
  const arrows = new Map<string, LaidArrow>()
  for (const relation of model.relations) {
    // What arrives, as at the components: behind a broker it comes evenly.
    const rate = analysis.admission.relation(relation.id)
    if (rate.peak <= 0) continue
    const words = rate.peaks && rate.peak > rate.average * 1.0001 && rate.average > 0 ? [`${perSecond(rate.average)}, peak ${perSecond(rate.peak)}`, rateText(rate)] : [rateText(rate)]
    arrows.set(relation.id, { words, note: [words[0]!], weight: weightOf(rate.peak, most) })
  }
  full.sort((a, b) => Number(a.by !== undefined) - Number(b.by !== undefined) || b.limit.used - a.limit.used)
  const judged = full.filter(({ by }) => by === undefined)
  const over = judged.filter(({ limit }) => limit.used > 1)
  return {
    overlay: { title: 'Load at the peak', things, arrows, key: KEY },
    report: { type: 'load', summary: summaryOf(analysis, judged, over.length), groups: [{ title: 'Fullest first', entries: full.slice(0, MOST).map(fullness) }, { title: 'Flows', entries: flows(model, analysis) }, { title: 'Not known', entries: unknowns(model, analysis) }].filter(({ entries }) => entries.length > 0), choices: [] },
  }
}

interface Full {
  readonly component: Component
  readonly limit: Limit
  readonly value: string
  /** Whose default the limit is, where nobody stated it. */
  readonly by?: string
}

const MOST = 40

/** All of it is at the peak; and the picture's font has no signs for about and at least. */
function spoken(value: string): string {
  return value.replace(' at peak', '').replace('≈ ', 'about ').replace('≥ ', 'at least ')
}

function toneOf(used: number): Tone {
  return used > 1 ? 'over' : used > HOT ? 'hot' : used > WARM ? 'warm' : 'calm'
}

/** Loads differ by thousands: a tenth of it is still half as wide. */
function weightOf(rate: number, most: number): number {
  return most <= 0 || rate <= 0 ? 0 : Math.max(0, 1 + Math.log10(rate / most) / 4)
}

function fullness({ component, limit, value, by }: Full): LensEntry {
  const divided = limit.divided && limit.divided.into > 1 ? `, over ${limit.divided.into} ${limit.divided.by}` : ''
  return {
    mark: value,
    tone: by === undefined ? toneOf(limit.used) : 'quiet',
    text: `\`${component.name}\`: ${brief(limit.load, limit)} of ${brief(limit.limit, limit)}${divided}${by === undefined ? '' : `, by default of ${by}`}`,
    details: limit.of === 'capacity' && limit.work !== 'reads' && limit.work !== 'writes' ? [] : [whatOf(limit)],
    ids: [component.id],
    at: component.origin,
  }
}

function flows(model: Model, analysis: Analysis): readonly LensEntry[] {
  const say = speakerOf(model)
  const sources = new Map(analysis.load.sources.map((source) => [source.id, source]))
  return analysis.flows.map((paths): LensEntry => {
    const source = sources.get(paths.id)
    const latency = latencyFigure(analysis, paths, say)
    const availability = availabilityFigure(model, analysis, paths, say)
    const rate = source?.average === undefined && source?.peak === undefined ? undefined : [source.average === undefined ? '' : perSecond(source.average), source.peak === undefined || source.peak === source.average ? '' : `${perSecond(source.peak)} at peak`].filter((part) => part !== '').join(', ')
    return {
      ...(latency?.exceeded || availability?.exceeded ? { tone: 'over' as const } : {}),
      text: `${paths.name.replace(/^the r/, 'R')}: ${rate ?? 'rate not stated'}`,
      details: [...(latency ? [`latency ${latency.value}`] : []), ...(availability ? [`availability ${availability.value}`] : [])],
      ids: [...paths.waited, ...paths.caused].map(({ relation }) => relation.id),
      at: paths.at,
    }
  })
}

function unknowns(model: Model, analysis: Analysis): readonly LensEntry[] {
  const missing = new Set(model.components.flatMap(({ id }) => analysis.admission.component(id).all.missing))
  return [...missing].slice(0, MOST).map((text): LensEntry => ({ text, details: [], ids: [] }))
}

function summaryOf(analysis: Analysis, full: readonly Full[], over: number): string {
  const [fullest] = full
  if (fullest === undefined) {
    const loaded = analysis.load.sources.some(({ average, peak }) => (average ?? peak ?? 0) > 0)
    return loaded ? 'Nothing states what it can take: give a service `capacity: 500/s`, a database `capacity: 5k/s`.' : 'No rate is stated: give a flow `rate: 100/s`.'
  }
  if (over > 0) return over === 1 ? `\`${fullest.component.name}\` gets more than it can take at the peak.` : `${over} components get more than they can take at the peak.`
  return `\`${fullest.component.name}\` is full first, at ${Number((1 / fullest.limit.used).toPrecision(2))} times this load.`
}

function whatOf({ of, work }: Limit): string {
  switch (of) {
    case 'capacity':
      return work === 'reads' || work === 'writes' ? work : 'what its copies serve'
    case 'quota':
      return 'quota'
    case 'bandwidth':
      return 'network'
    case 'partitions':
      return 'all partitions together'
    case 'busiest-partition':
      return 'the busiest partition'
    case 'handlers':
      return 'how fast it works through messages'
  }
}

function brief(value: number, { work }: Limit): string {
  return formatQuantity(quantity(value, work === 'bytes' ? BANDWIDTH : RATE))
}

function rateText({ peak }: Rate): string {
  return perSecond(peak)
}

function perSecond(value: number): string {
  return formatQuantity(quantity(value, RATE))
}
