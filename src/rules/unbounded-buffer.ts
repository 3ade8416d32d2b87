import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { BROKERS } from '../analysis/multiplicity.ts'
import { time } from '../analysis/staleness.ts'
import { factAt, flag, isUnlimited, known, limit, number, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { counted, listed } from './words.ts'

export const unboundedBuffer: Rule = {
  id: 'unbounded-buffer',
  code: 'Z5',
  severity: 'error',
  title: 'A buffer has no bound, or blocks a sender that cannot wait',
  why: 'A buffer takes up the difference between what comes and what goes for a while. Without a bound it goes on until memory or disk is full, then everything in it is lost at once; and long before that, what comes out is so old that nobody wants it any more.',
  sources: [
    { title: 'AWS Builders’ Library, Avoiding insurmountable queue backlogs', url: 'https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/' },
    { title: 'Welsh, Culler, Brewer, SEDA: An Architecture for Well-Conditioned, Scalable Internet Services (SOSP 2001)' },
  ],
  needs: ['max-length', 'overflow', 'max-age', 'retention', 'memory', 'durability', 'durable', 'size', 'rate', 'rate-limit', 'concurrency-limit', 'load-shed', 'webhook', 'class'],
  fixable: true,
  *check(model, analysis) {
    const caring = model.components.filter(isBounded)
    for (const component of model.components) {
      const open = openOf(component, caring)
      if (open && !isHeldBack(model, component)) yield endless(model, analysis, component, open)
      else {
        const pushing = blockedSender(model, analysis, component)
        if (pushing) yield blocking(component, pushing)
      }
    }
  },
}

function isStated(component: Component, path: string): boolean {
  return known(component.facts, path)?.fact.from === 'stated'
}

/** Somebody thought of what happens when it is full. */
function isBounded(component: Component): boolean {
  return (isStated(component, 'max-length') && !isUnlimited(component.facts, 'max-length')) || (isStated(component, 'overflow') && word(component.facts, 'overflow') !== 'none')
}

interface Open {
  readonly facts: readonly Fact[]
  /** Other buffers of the design that have a bound, where this one does not speak of it. */
  readonly beside?: readonly Component[]
}

/** Known to have a bound neither in length nor in age; of a queue that says nothing it is asked only where another one says something. */
function openOf(component: Component, caring: readonly Component[]): Open | undefined {
  const { facts, kind } = component
  if (['max-length', 'max-age', 'retention', 'overflow', 'compaction', 'in-flight-limit'].some((path) => saysUnknown(facts, path))) return undefined
  if (['max-age', 'retention'].some((path) => Number.isFinite(limit(facts, path) ?? Infinity))) return undefined
  if (isStated(component, 'overflow') || flag(facts, 'compaction') === true) return undefined
  const said = known(facts, 'max-length')
  if (said && !isUnlimited(facts, 'max-length')) return undefined
  if (said?.fact.from === 'stated') return { facts: [said.fact] }
  // What is kept for ever on purpose is no buffer; what a provider runs has its own bounds.
  const beside = caring.filter(({ id }) => id !== component.id)
  if (kind !== 'queue' || beside.length === 0 || flag(facts, 'managed') === true || isUnlimited(facts, 'retention')) return undefined
  return { facts: said ? [said.fact] : [], beside }
}

const LIMITS = ['rate-limit', 'concurrency-limit', 'load-shed']

/** Whoever fills it is limited, or stops by itself: a run has only so much to do. */
function isHeldBack(model: Model, component: Component): boolean {
  const find = lookup(model)
  if (!BROKERS.has(component.kind) && LIMITS.some((path) => protection(component.facts, path) !== false)) return true
  const filling = find.relationsTo(component.id).filter(({ verb }) => FILLS.has(verb))
  return filling.length > 0 && filling.every((relation) => {
    const sender = find.component(relation.from)
    if (!sender || protection(relation.facts, 'rate-limit') !== false) return true
    return sender.kind === 'batch' || sender.kind === 'scheduler' || LIMITS.some((path) => protection(sender.facts, path) !== false)
  })
}

const FILLS: ReadonlySet<string> = new Set(['publishes', 'writes', 'calls', 'routes', 'captures', 'triggers', 'delivers', 'dead-letters'])

/** Gone with the process; a broker's messages only where it says so. */
function volatility(component: Component): readonly Fact[] | undefined {
  const { facts } = component
  if (saysUnknown(facts, 'durability') || saysUnknown(facts, 'durable')) return undefined
  if (word(facts, 'durability') === 'memory') return [known(facts, 'durability')!.fact]
  if (flag(facts, 'durable') === false) return [known(facts, 'durable')!.fact]
  return !BROKERS.has(component.kind) && factAt(facts, 'durability') === undefined && factAt(facts, 'durable') === undefined ? [] : undefined
}

function endless(model: Model, analysis: Analysis, component: Component, open: Open): Finding {
  const { name } = component
  const gone = volatility(component)
  const filled = gone && fillTime(model, analysis, component)
  const readers = lookup(model).relationsFrom(component.id).filter(({ verb }) => verb !== 'dead-letters').map(({ to }) => lookup(model).component(to)!.name)
  const stops = readers.length > 0 && readers.length <= 3 ? `when ${listed([...new Set(readers)])} ${new Set(readers).size > 1 ? 'stop' : 'stops'}` : 'when what is behind it stops'
  const what = gone
    ? filled
      ? `${stops}, ${filled.text}, and everything accepted is lost with it`
      : `${stops}, it grows until memory is full, and everything accepted is lost with it`
    : `${stops}, it keeps all that comes meanwhile, and what comes later waits behind it`
  const beside = !open.beside ? '' : open.beside.length === 1 ? `, though \`${open.beside[0]!.name}\` has one` : ', though others have one'
  const length = lengthFor(analysis, component)
  return {
    at: component.origin,
    subject: { component: component.id },
    severity: gone && !open.beside ? 'error' : 'warning',
    message: `\`${name}\` has no bound${BROKERS.has(component.kind) ? ', neither in length nor in age' : ' for what waits in it'}${beside}: ${what}.`,
    help: `Bound it (\`max-length: ${length}\`) and say what happens when it is full: \`overflow: reject\` tells the sender, \`spill\` moves the rest to a durable queue.`,
    related: [
      ...lookup(model).relationsTo(component.id).filter(({ verb }) => FILLS.has(verb)).slice(0, 4).map(({ origin, from }) => ({ at: origin, message: `\`${lookup(model).component(from)!.name}\` fills it` })),
      ...(open.beside ?? []).slice(0, 4).map(({ origin, name: other }) => ({ at: origin, message: `\`${other}\` is bounded` })),
    ],
    facts: uniqueFacts([...open.facts, ...(gone ?? []), ...(filled?.facts ?? [])]),
    fixes: fixesFor(component, length),
  }
}

/** Memory over what comes in a second, where sizes and rates are stated. */
function fillTime(model: Model, analysis: Analysis, component: Component): { readonly text: string; readonly facts: readonly Fact[] } | undefined {
  const memory = number(component.facts, 'memory')
  const arriving = lookup(model).relationsTo(component.id).filter(({ verb }) => FILLS.has(verb)).flatMap((relation) => {
    const size = sizeOf(model, analysis, relation)
    return size ? [{ bytes: size.bytes * analysis.load.relation(relation.id).peak, facts: [size.fact, ...analysis.load.facts({ relation: relation.id })] }] : []
  })
  const rate = arriving.reduce((sum, { bytes }) => sum + bytes, 0)
  if (memory === undefined || !(rate > 0)) return undefined
  const copies = number(component.facts, 'replicas') ?? 1
  const facts = [known(component.facts, 'memory')!.fact, ...(copies > 1 ? [known(component.facts, 'replicas')!.fact] : []), ...arriving.flatMap((one) => one.facts)]
  const room = copies > 1 ? `the ${formatQuantity(quantity(memory, SIZE))} of each of ${counted(copies, 'replica')}` : `its ${formatQuantity(quantity(memory, SIZE))} of memory`
  return { text: `${formatQuantity(quantity(rate, BANDWIDTH))} fill ${room} in ${time(Number(((memory * copies) / rate).toPrecision(2)))}`, facts }
}

function sizeOf(model: Model, { carried }: Analysis, relation: Relation): { readonly bytes: number; readonly fact: Fact } | undefined {
  const tables = [relation.facts, ...carried.on(relation.id).map((id) => lookup(model).data(id)?.facts ?? {})]
  for (const facts of tables) for (const path of ['size', 'size.p50']) {
    const bytes = number(facts, path)
    if (bytes !== undefined) return { bytes, fact: known(facts, path)!.fact }
  }
  return undefined
}

/** What comes in a minute, as a round number; 10,000 where the rate is not known. */
/** What comes in a minute; a broker is one buffer, of anything else each replica has its own. */
function lengthFor({ load }: Analysis, component: Component): string {
  const broker = BROKERS.has(component.kind)
  const arriving = broker ? load.component(component.id).writes.peak : load.component(component.id).all.peak
  const peak = arriving / (broker ? 1 : Math.max(1, number(component.facts, 'replicas') ?? 1))
  if (!(peak > 0)) return '10k'
  const minute = Number((60 * peak).toPrecision(1))
  return minute >= 1e6 ? `${Math.ceil(minute / 1e6)}M` : minute >= 1000 ? `${Math.ceil(minute / 1000)}k` : String(Math.max(1, Math.ceil(minute)))
}

function fixesFor(component: Component, length: string): readonly Fix[] {
  return [{ title: `Bound it: \`max-length: ${length}, overflow: reject\``, edits: setProperties(component, { 'max-length': length, overflow: 'reject' }) }]
}

interface Pushing {
  readonly sender: Component
  readonly relation: Relation
  readonly why: string
  readonly facts: readonly Fact[]
}

/** A buffer that makes its sender wait, in front of one that does not: a third party that calls back, a device that measures. */
function blockedSender(model: Model, analysis: Analysis, component: Component): Pushing | undefined {
  if (word(component.facts, 'overflow') !== 'block' || !isStated(component, 'overflow')) return undefined
  const find = lookup(model)
  const near = find.relationsTo(component.id).filter(({ verb }) => FILLS.has(verb))
  // The one that fills it, or whoever calls that one and waits meanwhile.
  const behind = near.filter(({ verb }) => verb === 'publishes').flatMap(({ from }) => find.relationsTo(from).filter(({ verb }) => verb === 'calls' || verb === 'routes'))
  for (const relation of [...near, ...behind]) {
    const sender = find.component(relation.from)
    if (!sender) continue
    const overflow = known(component.facts, 'overflow')!.fact
    if (sender.kind === 'external' && flag(sender.facts, 'webhook') === true) return { sender, relation, why: 'gives up and calls again, or not at all', facts: [overflow, known(sender.facts, 'webhook')!.fact] }
    const [data] = analysis.carried.on(relation.id).filter((id) => ['telemetry', 'metric'].includes(word(find.data(id)?.facts ?? {}, 'class') ?? ''))
    if (sender.kind === 'client' && data !== undefined && protection(sender.facts, 'offline-buffer') === false) return { sender, relation, why: 'goes on measuring and has nowhere to keep it', facts: [overflow, known(find.data(data)!.facts, 'class')!.fact] }
  }
  return undefined
}

function blocking(component: Component, { sender, relation, why, facts }: Pushing): Finding {
  return {
    at: component.origin,
    subject: { component: component.id },
    severity: 'warning',
    message: `\`${component.name}\` makes its senders wait when it is full, but \`${sender.name}\` cannot be slowed down: it ${why}.`,
    help: 'Take everything in quickly and spill what is too much to a durable place (`overflow: spill`), or drop the oldest where that is all right (`overflow: drop-oldest`).',
    related: [{ at: relation.origin, message: `\`${sender.name}\` sends` }],
    facts,
    fixes: [{ title: 'Move the rest to a larger, slower place: `overflow: spill`', edits: setProperties(component, { overflow: 'spill' }) }],
  }
}
