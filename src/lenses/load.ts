/** The load lens: how full each component is at the peak, as heat, and what goes over each arrow. */
import type { Analysis } from '../analysis/analysis.ts'
import { amountText, rateText, speakerOf } from '../analysis/derivation.ts'
import { fullnessFigure } from '../analysis/fullness.ts'
import { everyLimitOf, type Limit } from '../analysis/limits.ts'
import { limitName, loadReportOf, type LoadReport } from '../analysis/load-report.ts'
import type { Laid, LaidArrow, Overlay, Tone } from '../diagram/picture.ts'
import type { Component, Model } from '../model/model.ts'
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
  const report = loadReportOf(model, analysis, '')
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
        things.set(component.id, { tone: 'quiet', words: [amountText(limit.load, limit.work)], note: [`${value} of the default of ${by}`] })
        continue
      }
      things.set(component.id, { tone: toneOf(limit.used), words: [`${amountText(limit.load, limit.work)} of ${amountText(limit.limit, limit.work)} · ${value}`, value], note: [`${limitName(component, limit) || 'all that it serves'}: ${value}`] })
    } else if (comes.all.peak > 0) things.set(component.id, { tone: 'quiet', words: [rateText(comes.all.peak)], note: [`gets ${rateText(comes.all.peak)}; its capacity is not stated`] })
  }
  const most = Math.max(0, ...model.relations.map(({ id }) => analysis.admission.relation(id).peak))
  const arrows = new Map<string, LaidArrow>()
  for (const relation of model.relations) {
    // What arrives, as at the components: behind a broker it comes evenly.
    const rate = analysis.admission.relation(relation.id)
    if (rate.peak <= 0) continue
    const words = rate.peaks && rate.peak > rate.average * 1.0001 && rate.average > 0 ? [`${rateText(rate.average)}, peak ${rateText(rate.peak)}`, rateText(rate.peak)] : [rateText(rate.peak)]
    arrows.set(relation.id, { words, note: [words[0]!], weight: weightOf(rate.peak, most) })
  }
  full.sort((a, b) => Number(a.by !== undefined) - Number(b.by !== undefined) || b.limit.used - a.limit.used)
  const judged = full.filter(({ by }) => by === undefined)
  const over = judged.filter(({ limit }) => limit.used > 1)
  return {
    overlay: { title: 'Load at the peak', things, arrows, key: KEY },
    report: { type: 'load', summary: summaryOf(analysis, judged, over.length), groups: [{ title: 'Fullest first', entries: full.slice(0, MOST).map(fullness) }, { title: 'Flows', entries: flows(report, analysis) }, { title: 'More would be known with', entries: report.missing.slice(0, MOST).map((text) => ({ text, details: [], ids: [] })) }].filter(({ entries }) => entries.length > 0), choices: [] },
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
    text: `\`${component.name}\`: ${amountText(limit.load, limit.work)} of ${amountText(limit.limit, limit.work)}${divided}${by === undefined ? '' : `, by default of ${by}`}`,
    details: [limitName(component, limit)].filter((name) => name !== ''),
    ids: [component.id],
    at: component.origin,
  }
}

/** As `lintel load` reports them. */
function flows({ flows: reports }: LoadReport, analysis: Analysis): readonly LensEntry[] {
  return reports.map(({ title, rate, latency, availability, availabilityTarget, availabilityMissed }, at): LensEntry => {
    const { waited, caused, at: origin } = analysis.flows[at]!
    const against = (said: string | undefined, target: string | undefined): string => [said ?? 'not known', ...(target === undefined ? [] : [`of ${target}`])].join(' ')
    const times = latency.map(({ of, text, target }) => `${of} ${against(text, target)}`).join(', ')
    return {
      ...((availabilityMissed || latency.some(({ missed }) => missed)) && { tone: 'over' as const }),
      text: `${title}: ${rate ?? 'rate not stated'}`,
      details: [...(times === '' ? [] : [times]), ...(availability === undefined ? [] : [`availability ${against(availability, availabilityTarget)}`])],
      ids: [...waited, ...caused].map(({ relation }) => relation.id),
      at: origin,
    }
  })
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
