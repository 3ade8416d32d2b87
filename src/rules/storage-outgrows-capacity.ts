import type { Analysis } from '../analysis/analysis.ts'
import { fillingText, soonest, type Full } from '../analysis/filling.ts'
import { growthOf, type Growth } from '../analysis/growth.ts'
import { known, number, saysUnknown } from '../model/facts.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'

const DAY = 86_400

export const storageOutgrowsCapacity: Rule = {
  id: 'storage-outgrows-capacity',
  code: 'Q5',
  severity: 'error',
  title: 'Data grow past the room there is for them',
  why: 'A rate times a size times the years is larger than it feels, and copies and indexes multiply it. A store that is full refuses writes all at once; moving to a larger one then takes weeks that nobody has.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 6, Partitioning' },
    { title: 'Elastic documentation, Size your shards', url: 'https://www.elastic.co/guide/en/elasticsearch/reference/current/size-your-shards.html' },
    { title: 'Ghemawat, Gobioff and Leung, The Google File System (SOSP 2003)' },
    { title: 'etcd documentation, System limits', url: 'https://etcd.io/docs/v3.6/dev-guide/limit/' },
  ],
  needs: ['storage', 'growth', 'free-disk', 'retention', 'horizon', 'size', 'count', 'items', 'item-size', 'op', 'replicas', 'shards', 'nodes', 'replication-factor', 'index-overhead', 'compression', 'partition-limit.size', 'time-bucket', 'object-overhead', 'memory', 'rate'],
  fixable: true,
  settings: ['storageLasts'],
  *check(model, analysis, { storageLasts }) {
    const horizon = horizonOf(model)
    if (horizon === 'unknown') return
    for (const component of model.components) {
      const growth = growthOf(model, analysis.load, component)
      const full = growth && soonest(component, growth)
      const severity = full && severityAt(full.seconds, horizon, storageLasts)
      if (severity) yield { ...report(analysis, component, growth, full, horizon), severity }
    }
  },
}

interface Horizon {
  readonly seconds: number
  readonly fact: Fact
}

function horizonOf(model: Model): Horizon | 'unknown' | undefined {
  const facts = model.design?.facts
  if (!facts) return undefined
  if (saysUnknown(facts, 'horizon')) return 'unknown'
  const seconds = number(facts, 'horizon')
  return seconds === undefined ? undefined : { seconds, fact: known(facts, 'horizon')!.fact }
}

/** Without a stated horizon, what lasts three times as long as it must is planned for in time. */
function severityAt(seconds: number, horizon: Horizon | undefined, lasts: number): 'error' | 'warning' | 'info' | undefined {
  if (horizon) return seconds < horizon.seconds ? 'error' : undefined
  return seconds < lasts ? 'warning' : seconds < 3 * lasts ? 'info' : undefined
}

function report(analysis: Analysis, component: Component, growth: Growth, full: Full, horizon: Horizon | undefined): Finding {
  const planned = horizon ? `, within the ${formatQuantity({ ...quantity(0), ...quantityOf(horizon.fact) })} that are planned for` : ''
  return {
    at: component.origin,
    subject: { component: component.id },
    message: `${fillingText(component, growth, full)}${planned}.`,
    help: helpOf(component, full),
    related: analysis.model.relations
      .filter((relation) => relation.to === component.id && analysis.load.relation(relation.id).average > 0 && !known(component.facts, 'growth'))
      .map((relation) => ({ at: relation.origin, message: `brings ${formatQuantity(quantity(analysis.load.relation(relation.id).average, { time: -1, data: 0 }))}` })),
    facts: [...growth.facts, ...full.facts, ...(horizon ? [horizon.fact] : [])],
    fixes: fixesOf(component, growth, full),
  }
}

function quantityOf(fact: Fact): ReturnType<typeof quantity> {
  return fact.value.type === 'quantity' ? fact.value : quantity(0)
}

function helpOf(component: Component, { of }: Full): string {
  switch (of) {
    case 'partition':
      return 'Add the day or the month to the key, so that one key’s records begin a new partition each time (`time-bucket`), or keep less of them (`retention`).'
    case 'memory':
      return 'Keep fewer and larger objects, or split the list of them over several.'
    default:
      return `Say how long it must be kept (\`retention\`) and let the rest go to an object store; or split it over more machines (\`shards\`)${component.kind === 'database' ? ', and keep large content in an object store with only its name here' : ''}.`
  }
}

/** As long as half of the room bears: the person decides whether that is enough. */
function fixesOf(component: Component, { rate, stock, retention }: Growth, { of, seconds, growth, room }: Full): readonly Fix[] {
  if (of === 'disk' || stock > 0 || seconds < 2 * DAY || rate <= 0 || Number.isFinite(retention) || known(component.facts, 'growth')) return []
  const days = Math.floor(((room / growth) * 0.7) / DAY)
  if (days < 1) return []
  if (of === 'partition' && component.kind !== 'search') return [{ title: `Begin a new partition every ${days === 1 ? 'day' : `${days} days`}: \`time-bucket: ${days}d\``, edits: setProperty(component, 'time-bucket', `${days}d`) }]
  return [{ title: `Keep it for ${days} days: \`retention: ${days}d\``, edits: setProperty(component, 'retention', `${days}d`) }]
}
