/**
 * How full a component is, beside the fact that says how much it holds: its capacity, quota or partitions, the connections that it accepts, the room
 * for what it stores. Each with its derivation.
 */
import { known, word } from '../model/facts.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Analysis } from './analysis.ts'
import { connectionsOf, connectionsText } from './connections.ts'
import { consumersAt } from './consumer-groups.ts'
import { amountText, mark, NEAR, percent, type Speaker, type Step } from './derivation.ts'
import type { Figure } from './figures.ts'
import { fillingText, soonest, span } from './filling.ts'
import { growthOf } from './growth.ts'
import { everyLimitOf, type Limit } from './limits.ts'
import { hottestShare, keySkewOf, percent as precisely, placementOf } from './partitions.ts'

/** Where the limit is only a default there is nothing to stand beside, and no verdict to make. */
export function statedFullness(model: Model, analysis: Analysis, component: Component, say: Speaker): readonly Figure[] {
  const all = [fullnessFigure(analysis, component, say), connectionsFigure(model, component, say), roomFigure(model, analysis, component, say)]
  return all.filter((figure) => figure !== undefined && figure.at !== component.origin) as readonly Figure[]
}

/** Beside the capacity, quota or limit that is used most. Kept with that limit: the editor and the report both ask. */
export function fullnessFigure(analysis: Analysis, component: Component, say: Speaker): Figure | undefined {
  // What limits on the way let through, and behind a broker evenly: what arrives, not what is asked for.
  const [fullest] = everyLimitOf(analysis, component)
  if (!fullest) return undefined
  let figure = fullness.get(fullest)
  if (!figure) fullness.set(fullest, (figure = fullnessOf(fullest, analysis, component, say)))
  return figure
}

const fullness = new WeakMap<Limit, Figure>()

function fullnessOf(fullest: Limit, { load, consumers }: Analysis, component: Component, say: Speaker): Figure {
  const places = fullest.of === 'handlers' ? consumersAt(consumers, component.id).map(({ each }) => each.facts[0]) : PLACES.map((path) => known(component.facts, path)?.fact)
  const stated = places.find((fact) => fact?.from === 'stated' && fullest.facts.includes(fact))
  return {
    kind: 'utilisation',
    subject: component.id,
    at: stated?.from === 'stated' ? stated.origin : component.origin,
    value: `${fullest.used === Infinity ? '' : mark(fullest.rate)}${percent(fullest.used)}${fullest.rate.peaks ? ' at peak' : ''}`,
    sureness: fullest.rate.sureness,
    exceeded: fullest.used > 1,
    steps: () => [{ text: `${sentenceOf(component, fullest)}: ${percent(fullest.used)}` }, ...hotKey(component, fullest), ...fullest.facts.map(say), ...load.facts({ component: component.id }, NEAR).map(say)],
    missing: fullest.rate.missing,
  }
}

const PLACES = ['capacity', 'capacity.read', 'capacity.write', 'quota', 'partition-limit.write', 'partition-limit.read', 'partition-limit.bytes', 'bandwidth'] as const

/** `20k/s arrive, and its 12 replicas take 36k/s`. */
function sentenceOf(component: Component, limit: Limit): string {
  const { of, work, divided } = limit
  const [arriving, most] = [amount(limit, limit.load), amount(limit, limit.limit)]
  const all = (one: string, many: string): string => (divided === undefined || divided.into === 1 ? one : Number.isInteger(divided.into) ? many.replace('#', String(divided.into)) : many.replace('# ', ''))
  switch (of) {
    case 'quota':
      return `${arriving} are asked for, and its quota is ${most}`
    case 'bandwidth':
      return `${arriving} arrive, and the network of ${all('one copy', `# ${divided?.by ?? 'copies'}`)} carries ${most}`
    case 'partitions':
      return `${arriving} arrive, and ${all('its one partition takes', `its # ${divided?.by ?? 'partitions'} together take`)} ${most}`
    case 'busiest-partition':
      return `the busiest ${component.kind === 'log' || component.kind === 'queue' ? 'partition' : 'shard'} gets ${arriving}, and takes ${most}`
    case 'handlers':
      return `${arriving} arrive, and ${all('it works through', `its # ${divided?.by === 'partitions' ? 'partitions are worked through at' : 'replicas work through'}`)} ${most}`
    case 'capacity':
      if (work === 'mixed' && divided?.by === 'shards') return `${arriving} arrive, and with each copy applying every write and answering its part of the reads it takes ${most}`
      if (work === 'mixed' && word(component.facts, 'replication') === 'leaderless') return `${arriving} arrive, and with each write on all copies of its record ${all('it takes', 'its # nodes take')} ${most}`
      if (divided?.by === 'shards') return `${arriving} arrive, and ${all('its leader takes', 'the leaders of its # shards take')} ${most}`
      return `${arriving} arrive, and ${all('it takes', 'its # replicas take')} ${most}`
  }
}

/** M8 and M9: where the load of the busiest partition comes from. */
function hotKey(component: Component, { of }: Limit): readonly Step[] {
  const skew = of === 'busiest-partition' ? keySkewOf(component) : undefined
  if (!skew) return []
  const placement = placementOf(component)
  const share = hottestShare(skew, placement)
  const parts = placement.partitions === undefined ? '' : `; among ${placement.partitions} its own gets ${precisely(share)} of the load`
  return [{ text: skew.topKey > 0 ? `the busiest key has ${precisely(skew.topKey)} of it${parts}` : `keys are alike${parts.replace('its own', 'each')}` }]
}

/** Beside `max-connections`. */
function connectionsFigure(model: Model, component: Component, say: Speaker): Figure | undefined {
  const limit = known(component.facts, 'max-connections')?.fact
  const found = limit?.from === 'stated' ? connectionsOf(model, component) : undefined
  if (limit?.from !== 'stated' || !found) return undefined
  return {
    kind: 'utilisation',
    subject: component.id,
    at: limit.origin,
    value: `≥ ${found.total} of ${found.limit}`.replace(found.whole ? '≥ ' : '', ''),
    sureness: found.whole ? 'exact' : 'bound',
    exceeded: found.total > found.limit,
    steps: () => [{ text: connectionsText(found) }, ...found.facts.map(say)],
    missing: found.missing,
  }
}

/** Beside `storage`, or `free-disk`: when it is full at today's growth. */
function roomFigure(model: Model, analysis: Analysis, component: Component, say: Speaker): Figure | undefined {
  const place = ['storage', 'free-disk'].map((path) => known(component.facts, path)?.fact).find((fact) => fact?.from === 'stated')
  const growth = place?.from === 'stated' ? growthOf(model, analysis.load, component) : undefined
  const full = growth && soonest(component, growth)
  if (place?.from !== 'stated' || !growth || !full || !full.facts.includes(place)) return undefined
  return {
    kind: 'utilisation',
    subject: component.id,
    at: place.origin,
    value: full.seconds === 0 ? 'too small' : `full in ${span(full.seconds)}`,
    sureness: 'estimate',
    exceeded: full.seconds === 0,
    steps: () => [{ text: fillingText(component, growth, full) }, ...([...growth.facts, ...full.facts] as readonly Fact[]).slice(0, NEAR).map(say)],
    missing: [],
  }
}

function amount({ work }: Limit, value: number): string {
  return `${amountText(value, work)}${work === 'reads' || work === 'writes' ? ` ${work}` : ''}`
}
