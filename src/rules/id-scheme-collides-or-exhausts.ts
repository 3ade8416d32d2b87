import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import {
  collisionProbability,
  counterLifetime,
  expectedCollisions,
  expectedCollisionsPerTick,
  idsPerSecond,
  inYears,
  lifetimeOf,
  workersOf,
} from '../analysis/ids.ts'
import { known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { DURATION, formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'

/** From this chance on it is no longer a matter of luck. */
const LIKELY = 0.01
/** Ids are kept in signed 64-bit integers. */
const ROOM = 63

export const idSchemeCollidesOrExhausts: Rule = {
  id: 'id-scheme-collides-or-exhausts',
  code: 'I2',
  severity: 'error',
  title: 'Ids can be given out twice, or run out',
  why: 'An id is a promise that there is only one. Two instances with the same number, a clock that steps back, or too few random bits break it silently: the second record overwrites the first or is attached to it. A counter that is used up breaks it loudly, on one day for everybody.',
  sources: [
    { title: 'Twitter engineering, Announcing Snowflake (2010)', url: 'https://blog.twitter.com/engineering/en_us/a/2010/announcing-snowflake' },
    { title: 'RFC 9562, Universally Unique IDentifiers (2024)', url: 'https://www.rfc-editor.org/rfc/rfc9562' },
    { title: 'Instagram engineering, Sharding & IDs at Instagram (2012)', url: 'https://instagram-engineering.com/sharding-ids-at-instagram-1cf5a71e5a5c' },
  ],
  needs: ['worker-bits', 'worker-id', 'sequence-bits', 'timestamp-bits', 'random-bits', 'id-bits', 'on-clock-back', 'replicas', 'autoscale.max', 'horizon', 'count', 'growth'],
  fixable: true,
  settings: ['collisionOdds', 'idLifetime'],
  *check(model, analysis, { collisionOdds, idLifetime }) {
    const limit = horizonOf(model, idLifetime)
    const luck = 1 / collisionOdds
    for (const maker of model.components) {
      if (!MAKES.some((path) => known(maker.facts, path))) continue
      const found = [sharedNumbers(maker, luck), clockBack(maker), tooFast(analysis, maker), ends(limit, maker), usedUp(model, analysis, limit, maker), byChance(model, analysis, limit, maker, luck)]
      for (const one of found) if (one) yield finding(maker, one)
    }
  },
}

const MAKES = ['worker-bits', 'worker-id', 'sequence-bits', 'timestamp-bits', 'random-bits', 'id-bits', 'on-clock-back']

interface Found {
  readonly message: string
  readonly help: string
  readonly facts: readonly Fact[]
  readonly severity?: 'error' | 'warning'
  readonly fixes?: readonly Fix[]
}

function finding(maker: Component, { message, help, facts, severity = 'error', fixes = [] }: Found): Finding {
  const own = facts.find((fact): fact is Extract<Fact, { from: 'stated' }> => fact.from === 'stated' && Object.values(maker.facts).includes(fact))
  return { at: own?.origin ?? maker.origin, subject: { component: maker.id }, severity, message, help, related: [], facts, fixes }
}

/** More instances than numbers, or numbers drawn by chance. */
function sharedNumbers(maker: Component, luck: number): Found | undefined {
  const { name, facts } = maker
  const bits = number(facts, 'worker-bits')
  const instances = instancesOf(facts)
  if (bits === undefined || !instances || instances.count < 2) return undefined
  const numbers = workersOf(bits)
  const how = word(facts, 'worker-id')
  const base = [known(facts, 'worker-bits')!.fact, ...instances.facts]
  if (instances.count > numbers) {
    const needed = Math.ceil(Math.log2(instances.count))
    const room = (number(facts, 'timestamp-bits') ?? Infinity) + needed + (number(facts, 'sequence-bits') ?? Infinity) <= ROOM
    return {
      message: `${counted(instances.count)} instances of \`${name}\` need a number each, and ${bits} bits make ${counted(numbers)}: ${how === 'leased' ? `${counted(instances.count - numbers)} of them get none` : 'some share one, and make the same ids'}.`,
      help: `Give the number ${needed} bits (\`worker-bits: ${needed}\`), or run fewer instances that make ids.`,
      facts: base,
      fixes: room ? [{ title: `Give it ${needed} bits: \`worker-bits: ${needed}\``, edits: setProperties(maker, { 'worker-bits': String(needed) }) }] : [],
    }
  }
  if (how !== 'random' && how !== 'hostname-hash') return undefined
  const chance = collisionProbability(instances.count, bits)
  if (chance <= luck) return undefined
  const pairs = expectedCollisions(instances.count, bits)
  return {
    severity: chance >= LIKELY ? 'error' : 'warning',
    message: `Each instance of \`${name}\` draws one of ${counted(numbers)} numbers ${how === 'random' ? 'at random' : 'from its host’s name'}, and there are up to ${counted(instances.count)}: ${pairs >= 1 ? `${Number(pairs.toPrecision(3))} pairs are expected to share one` : `the chance that two share one is ${chanceOf(chance)}`}, and who shares one makes the same ids.`,
    help: 'Let a coordinator lend each instance its number (`worker-id: leased`), with a lease that ends before the number is lent again.',
    facts: [known(facts, 'worker-id')!.fact, ...base],
    fixes: [{ title: 'Lend each instance its number: `worker-id: leased`', edits: setProperties(maker, { 'worker-id': 'leased' }) }],
  }
}

/** As many as can run at once, a rolling deployment's included. */
function instancesOf(facts: Facts): { readonly count: number; readonly facts: readonly Fact[] } | undefined {
  if (['replicas', 'autoscale', 'autoscale.max'].some((path) => saysUnknown(facts, path))) return undefined
  const path = range(facts, 'autoscale.max') ? 'autoscale.max' : 'replicas'
  const most = range(facts, path)?.to
  if (most === undefined) return undefined
  const surge = number(facts, 'deploy-surge')
  return { count: Math.ceil(most * (1 + (surge ?? 0)) - 1e-9), facts: uniqueFacts([known(facts, path)!.fact, known(facts, 'deploy-surge')?.fact]) }
}

function clockBack(maker: Component): Found | undefined {
  const said = known(maker.facts, 'on-clock-back')
  if (!said || word(maker.facts, 'on-clock-back') !== 'ignore') return undefined
  return {
    message: `When its clock steps back, \`${maker.name}\` goes on (\`on-clock-back: ignore\`): it makes the ids of those milliseconds a second time.`,
    help: 'Wait until the clock is past the last id again (`on-clock-back: wait`), or refuse meanwhile.',
    facts: [said.fact],
    fixes: [{ title: 'Wait: `on-clock-back: wait`', edits: setProperties(maker, { 'on-clock-back': 'wait' }) }],
  }
}

/** More ids a second than the counter within a millisecond has room for. What is asked of a generator is one id a request. */
function tooFast({ load }: Analysis, maker: Component): Found | undefined {
  const { facts, name, id } = maker
  const bits = number(facts, 'sequence-bits')
  const copies = number(facts, 'replicas')
  if (bits === undefined || copies === undefined || word(facts, 'role') !== 'id-generator' || protection(facts, 'id-block') !== false) return undefined
  const asked = load.component(id).all.peak
  const each = asked / copies
  if (each <= idsPerSecond(bits)) return undefined
  return {
    message: `\`${name}\` gets ${rate(asked)} requests for ids, ${rate(each)} for each of its ${copies} instances, but ${bits} bits count ${counted(2 ** bits)} a millisecond, ${rate(idsPerSecond(bits))}: the rest has to wait.`,
    help: `Give the count more bits (\`sequence-bits: ${Math.ceil(Math.log2(each / 1000))}\`), run more instances, or fetch ids in blocks (\`id-block\`).`,
    facts: uniqueFacts([known(facts, 'sequence-bits')!.fact, known(facts, 'replicas')!.fact, ...load.facts({ component: id })]),
  }
}

/** The bits for the time are used up. */
function ends(limit: Horizon | undefined, { facts, name }: Component): Found | undefined {
  const bits = number(facts, 'timestamp-bits')
  if (bits === undefined || !limit) return undefined
  const years = inYears(lifetimeOf(bits))
  if (years >= limit.years) return undefined
  return {
    severity: limit.fact ? 'error' : 'warning',
    message: `The time in the ids of \`${name}\` has ${bits} bits of milliseconds: they last for ${span(years)} from the first day${limit.fact ? `, and the design looks ${span(limit.years)} ahead` : ''}.`,
    help: `Use 41 bits (${span(inYears(lifetimeOf(41)))}) and count from a recent day of your own.`,
    facts: uniqueFacts([known(facts, 'timestamp-bits')!.fact, limit.fact]),
  }
}

/** How long a scheme has to last: as far ahead as the design looks, where it says so. */
interface Horizon {
  readonly years: number
  readonly seconds: number
  readonly fact?: Fact
}

function horizonOf(model: Model, idLifetime: number): Horizon | undefined {
  const facts = model.design?.facts ?? {}
  if (saysUnknown(facts, 'horizon')) return undefined
  const horizon = number(facts, 'horizon')
  const seconds = horizon ?? idLifetime
  return { years: inYears(seconds), seconds, ...(horizon !== undefined && { fact: known(facts, 'horizon')!.fact }) }
}

/** An id that is counted up, and how fast it is. */
function usedUp(model: Model, analysis: Analysis, limit: Horizon | undefined, maker: Component): Found | undefined {
  const { facts, name } = maker
  const bits = number(facts, 'id-bits')
  const made = bits === undefined ? undefined : madeBy(model, analysis, maker)
  if (bits === undefined || !limit || !made || made.rate === undefined || made.rate <= 0) return undefined
  const seconds = counterLifetime(bits, made.rate) - made.count / made.rate
  const years = inYears(Math.max(0, seconds))
  if (years >= limit.years) return undefined
  return {
    severity: limit.fact ? 'error' : 'warning',
    message: `\`${name}\` counts ids up to ${formatQuantity(quantity(2 ** bits))} (\`id-bits: ${bits}\`), and ${rate(made.rate)} are made${made.count > 0 ? ` on top of ${formatQuantity(quantity(made.count))}` : ''}: they are used up ${years === 0 ? 'already' : `after ${span(years)}`}${limit.fact ? `, and the design looks ${span(limit.years)} ahead` : ''}.`,
    help: 'Count in 64 bits (`id-bits: 63`), in all tables and clients that keep such an id, before the first of them overflows.',
    facts: uniqueFacts([known(facts, 'id-bits')!.fact, ...made.facts, limit.fact]),
    fixes: [{ title: 'Count in 64 bits: `id-bits: 63`', edits: setProperties(maker, { 'id-bits': '63' }) }],
  }
}

/** Random bits for so many ids. What has a worker's number or a count in it as well is another scheme. */
function byChance(model: Model, analysis: Analysis, horizon: Horizon | undefined, maker: Component, luck: number): Found | undefined {
  const { facts, name } = maker
  const bits = number(facts, 'random-bits')
  if (bits === undefined || ['worker-bits', 'sequence-bits', 'timestamp-bits'].some((path) => saysUnknown(facts, path)) || known(facts, 'worker-bits') || known(facts, 'sequence-bits')) return undefined
  const made = madeBy(model, analysis, maker)
  if (!made || !horizon || made.checked) return undefined
  const ahead = horizon.fact && made.rate !== undefined ? made.rate * horizon.seconds : 0
  const total = made.count + ahead
  const timed = (number(facts, 'timestamp-bits') ?? 0) > 0
  if (total < 2 || (timed && made.rate === undefined)) return undefined
  const chanceWith = (random: number): number => (timed ? -Math.expm1(-expectedCollisionsPerTick(total, made.rate!, random)) : collisionProbability(total, random))
  const chance = chanceWith(bits)
  if (chance <= luck) return undefined
  const uuid = timed ? 74 : 122
  const enough = Math.ceil(Math.log2((total * total) / (2 * luck)))
  return {
    severity: chance >= LIKELY ? 'error' : 'warning',
    message: `\`${name}\` draws ids of ${bits} random bits${timed ? ' within a millisecond' : ''}: of ${formatQuantity(quantity(Number(total.toPrecision(3))))} \`${made.what}\`, two are alike with a chance of ${chanceOf(chance)}, and nothing checks that an id is new.`,
    help: `Use ${timed ? 'more bits' : `${enough} bits or more`} (a UUID of version 4 has 122, of version 7 it has 74 beside the time), or let the insert refuse an id that is there (\`if: not-exists\`) and draw again.`,
    facts: uniqueFacts([known(facts, 'random-bits')!.fact, ...made.facts, ahead > 0 ? horizon.fact : undefined]),
    fixes: chanceWith(uuid) > luck ? [] : [{ title: `Draw as many as a UUID of version ${timed ? 7 : 4} has: \`random-bits: ${uuid}\``, edits: setProperties(maker, { 'random-bits': String(uuid) }) }],
  }
}

interface Made {
  readonly what: string
  readonly count: number
  /** 1/s */
  readonly rate?: number
  /** Whether an insert checks that its id is new. */
  readonly checked: boolean
  readonly facts: readonly Fact[]
}

/** The kind of record that gets most ids: what the maker, or whoever asks it, inserts; of a store, what is inserted into it. */
function madeBy(model: Model, { carried, load }: Analysis, maker: Component): Made | undefined {
  const find = lookup(model)
  const makers = word(maker.facts, 'role') === 'id-generator' ? find.relationsTo(maker.id).filter(({ verb }) => verb === 'calls').map(({ from }) => from) : []
  const isStore = maker.kind === 'database' || maker.kind === 'coordinator'
  const candidates = isStore ? find.relationsTo(maker.id) : [maker.id, ...makers].flatMap((id) => find.relationsFrom(id))
  const inserts = candidates.filter(({ verb, facts }) => verb === 'writes' && ['insert', 'append', 'upsert'].includes(word(facts, 'op') ?? ''))
  const byData = new Map<string, Relation[]>()
  for (const insert of inserts) {
    const on = carried.on(insert.id)
    // Of several kinds nobody knows which one gets the ids.
    if (on.length === 1) byData.set(on[0]!, [...(byData.get(on[0]!) ?? []), insert])
  }
  let most: (Made & { readonly weight: number }) | undefined
  for (const [id, relations] of byData) {
    const data = find.data(id)
    if (!data || saysUnknown(data.facts, 'count') || saysUnknown(data.facts, 'growth')) continue
    const growth = number(data.facts, 'growth')
    // Only what is certainly a new record each time counts by its load.
    const fresh = relations.filter(({ facts }) => word(facts, 'op') !== 'upsert')
    const loaded = fresh.reduce((sum, relation) => sum + load.relation(relation.id).average, 0)
    const rate = growth ?? (loaded > 0 ? loaded : undefined)
    const count = number(data.facts, 'count') ?? 0
    const weight = count + (rate ?? 0) * 1e6
    if (most && weight <= most.weight) continue
    const facts = uniqueFacts([known(data.facts, 'count')?.fact, growth !== undefined ? known(data.facts, 'growth')!.fact : undefined, ...(growth === undefined ? fresh.flatMap((relation) => load.facts({ relation: relation.id })) : [])])
    const checked = relations.some((relation) => protection(relation.facts, 'if') !== false)
    most = { what: data.name, count, ...(rate !== undefined && { rate }), checked, facts, weight }
  }
  return most
}

/** `2.7%`, `1 in 370k`, `practically 100%`. */
function chanceOf(chance: number): string {
  if (chance > 0.999) return 'practically 100%'
  return chance >= 0.001 ? `${Number((100 * chance).toPrecision(2))}%` : `1 in ${formatQuantity(quantity(Number((1 / chance).toPrecision(2))))}`
}

function counted(count: number): string {
  return count.toLocaleString('en-GB')
}

function rate(value: number): string {
  return formatQuantity(quantity(value, RATE))
}

/** `69.7 years`; of less than two years as a duration. */
function span(years: number): string {
  if (years >= 2) return `${Number(years.toPrecision(3))} years`
  return formatQuantity(quantity(years * 365.25 * 86_400, DURATION))
}
