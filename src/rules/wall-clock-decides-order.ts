import type { Analysis } from '../analysis/analysis.ts'
import type { Aspect, Intent } from '../analysis/intent.ts'
import { flag, known, number, protection, quantityAt, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { formatQuantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelations, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { counted, listed, nameOf } from './words.ts'

export const wallClockDecidesOrder: Rule = {
  id: 'wall-clock-decides-order',
  code: 'I1',
  severity: 'error',
  title: 'Clocks of different machines decide what came first',
  why: 'Two clocks never agree. Within the time by which they differ the older write can carry the later stamp, and then it wins: the newer one was acknowledged and is gone. On people’s devices the difference has no limit, because anybody can set the clock.',
  sources: [
    { title: 'Lamport, Time, Clocks, and the Ordering of Events in a Distributed System (1978)', url: 'https://lamport.azurewebsites.net/pubs/time-clocks.pdf' },
    { title: 'Corbett et al., Spanner: Google’s Globally-Distributed Database (OSDI 2012), §3, TrueTime', url: 'https://research.google/pubs/spanner-googles-globally-distributed-database-2/' },
    { title: 'Kulkarni et al., Logical Physical Clocks and Consistent Snapshots in Globally Distributed Databases (2014)' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 8, Relying on Synchronized Clocks' },
  ],
  needs: ['order-by', 'conflict', 'clock', 'clock-error', 'op', 'if', 'consistency', 'write-home', 'replicas', 'class', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    for (const target of model.components) {
      const finding = stamped(model, analysis, target) ?? lastWins(model, analysis, target) ?? apart(target)
      if (finding) yield finding
    }
  },
}

/** What may decide otherwise, and is said to be unknown. */
const OPEN = ['clock', 'conflict', 'write-home', 'replication', 'active-active', 'sync', 'isolation', 'consistency', 'immutable']

function mayDecideOtherwise({ facts }: Component): boolean {
  if (OPEN.some((path) => saysUnknown(facts, path)) || flag(facts, 'immutable') === true) return true
  if (['hlc', 'truetime', 'logical'].includes(word(facts, 'clock') ?? '')) return true
  const conflict = word(facts, 'conflict')
  return conflict !== undefined && conflict !== 'lww' && conflict !== 'none'
}

/** Machines with clocks of their own that stamp what they write, or devices that nobody controls. */
interface Clocks {
  readonly devices: readonly Component[]
  /** ``6 copies of `api` ``; unset where there is one machine only, or where that is not known. */
  readonly machines?: string
  readonly facts: readonly Fact[]
  /** Seconds by which they may be off, where that is stated. */
  readonly error?: string
}

function clocksOf(writers: readonly Component[]): Clocks {
  const devices = writers.filter(({ kind, facts }) => kind === 'client' && flag(facts, 'trusted') !== true && !saysUnknown(facts, 'trusted'))
  const own = writers.filter(({ kind }) => kind !== 'client' && kind !== 'external')
  const off = writers.find(({ facts }) => quantityAt(facts, 'clock-error') !== undefined)
  const error = off && { error: formatQuantity(quantityAt(off.facts, 'clock-error')!) }
  if (own.length > 1) return { devices, machines: listed(own.map(({ name }) => name)), facts: [], ...error }
  const [writer] = own
  if (!writer || ['singleton', 'replicas', 'autoscale', 'autoscale.max', 'regions'].some((path) => saysUnknown(writer.facts, path)) || flag(writer.facts, 'singleton') === true) return { devices, facts: [], ...error }
  for (const path of ['replicas', 'autoscale.max']) {
    const count = range(writer.facts, path)?.to
    if (count !== undefined && count >= 2) return { devices, machines: `${count} copies of \`${writer.name}\``, facts: [known(writer.facts, path)!.fact], ...error }
  }
  return { devices, facts: [], ...error }
}

/** `order-by: timestamp`, of writes from several clocks or of events of several senders. */
function stamped(model: Model, analysis: Analysis, target: Component): Finding | undefined {
  const find = lookup(model)
  if (mayDecideOtherwise(target)) return undefined
  const relations = find.relationsTo(target.id).filter((relation) => word(relation.facts, 'order-by') === 'timestamp' && !isChecked(relation))
  if (relations.length === 0) return undefined
  const writers = new Set(relations.flatMap((relation) => (relation.verb === 'delivers' || relation.verb === 'captures' ? sendersOf(model, relation.from) : [relation.from])))
  const clocks = clocksOf([...writers].flatMap((id) => find.component(id) ?? []))
  if (clocks.devices.length === 0 && (clocks.machines === undefined || hasHome(target))) return undefined
  const stake = stakeOf(analysis, relations, target)
  // How far apart two writes come is not known: where nobody needs the order, a few milliseconds are nobody's trouble.
  if (!stake || (clocks.devices.length === 0 && stake.unknown)) return undefined
  const reads = relations.every(({ verb }) => verb === 'delivers' || verb === 'captures')
  const adds = relations.every(({ facts }) => op(facts) === 'insert' || op(facts) === 'append')
  const what = reads
    ? `\`${target.name}\` takes events in the order of their time stamps (\`order-by: timestamp\`)`
    : adds
      ? `In \`${target.name}\` records stand in the order of the clocks of those who write (\`order-by: timestamp\`)`
      : `Which of two writes to \`${target.name}\` is the later one is decided by the clocks of those who write (\`order-by: timestamp\`)`
  const devices = clocks.devices.map(({ name }) => name)
  const then = clocks.devices.length > 0
    ? `, and on ${listed(devices)} anybody can set the clock: ${devices.length > 1 ? 'a device' : 'one'} that is five minutes fast ${reads || adds ? 'is ahead of all that happens in the next five minutes' : 'wins over every change of the next five minutes'}`
    : `, and those of ${clocks.machines} differ${clocks.error === undefined ? '' : ` by up to ${clocks.error}`}: within that, ${reads || adds ? 'what happened later can come first' : 'the older write can win and the newer one is dropped'}`
  const error = clocks.devices.length > 0 && clocks.error !== undefined ? ` (\`clock-error: ${clocks.error}\`)` : ''
  return {
    at: relations[0]!.origin,
    subject: { component: target.id },
    message: `${what}${then}${error}${stake.because}.`,
    help: reads || adds
      ? `Let one place number the ${reads ? 'events' : 'records'} of a key (a sequence, the position in a log), and order by that: \`order-by: sequence\`.`
      : 'Let the store count versions and refuse what was written over an older one (`order-by: version`, `if: version`), or merge (`conflict: crdt`). The writer’s time may be shown; it must not decide.',
    related: relations.slice(1, 8).map(({ origin, from }) => ({ at: origin, message: `\`${nameOf(model, from)}\` stamps, too` })),
    facts: [...relations.slice(0, 1).flatMap(({ facts }) => known(facts, 'order-by')?.fact ?? []), ...clocks.facts, ...stake.facts],
    intentUnknown: stake.unknown,
    fixes: onAll(model, relations, reads || adds ? 'sequence' : 'version'),
  }
}

/** Who puts in what a broker hands on. */
function sendersOf(model: Model, broker: string): readonly string[] {
  return lookup(model).relationsTo(broker).filter(({ verb }) => verb === 'publishes' || verb === 'writes').map(({ from }) => from)
}

/** The store itself checks, or agrees on each write. */
function isChecked({ facts }: Relation): boolean {
  if (['if', 'affinity', 'fencing'].some((path) => protection(facts, path) !== false)) return true
  if (['op', 'consistency', 'data', 'apply', 'order-by'].some((path) => saysUnknown(facts, path))) return true
  return ['serial', 'local-serial', 'lwt', 'linearizable'].includes(word(facts, 'consistency') ?? '') || op(facts) === 'read'
}

function op(facts: Relation['facts']): string | undefined {
  return word(facts, 'op')
}

function hasHome({ facts }: Component): boolean {
  return protection(facts, 'write-home') !== false
}

const OVERWRITING: ReadonlySet<string> = new Set(['upsert', 'update', 'set'])

/** A store of which the last write wins by its machines' clocks, and whose records several machines overwrite. */
function lastWins(model: Model, analysis: Analysis, store: Component): Finding | undefined {
  const [conflict, clock] = [known(store.facts, 'conflict'), known(store.facts, 'clock')]
  if (!conflict || !clock || word(store.facts, 'conflict') !== 'lww' || word(store.facts, 'clock') !== 'wall' || mayDecideOtherwise(store) || hasHome(store)) return undefined
  const find = lookup(model)
  const writes = find.relationsTo(store.id).filter((relation) => relation.verb === 'writes' && OVERWRITING.has(op(relation.facts) ?? '') && !isChecked(relation) && !isAdded(model, analysis, relation))
  const clocks = clocksOf([...new Set(writes.map(({ from }) => from))].flatMap((id) => find.component(id) ?? []))
  if (clocks.machines === undefined && clocks.devices.length === 0) return undefined
  // That nothing may be lost is meant of failures; only whose changes may not drop each other cares for the order of two at one moment.
  const stake = stakeOf(analysis, writes, store, ['reordering', 'conflicts'])
  if (!stake || stake.unknown) return undefined
  const serial = word(store.facts, 'replication') === 'leaderless'
  const who = clocks.machines ?? listed(clocks.devices.map(({ name }) => name))
  const edits = serial ? setOnRelations(model, writes, { consistency: 'serial' }) : setProperties(store, { conflict: 'version' })
  return {
    at: store.origin,
    subject: { component: store.id },
    // Of a database that is known for it, within one place: a question to ask, until the design says that the clock decides.
    severity: clock.fact.from === 'stated' || conflict.fact.from === 'stated' ? 'error' : 'warning',
    message: `In \`${store.name}\` the last write wins by the machines’ clocks, and ${who} change the same records: of two changes within the time by which their clocks differ${clocks.error === undefined ? '' : ` (up to ${clocks.error})`}, the older can win and the newer is dropped${stake.because}.`,
    help: `${serial ? 'Let the copies agree on such a write (`consistency: serial`, a lightweight transaction)' : 'Let a version decide (`conflict: version`, `if: version`)'}, add records instead of changing them, or state \`tolerates: conflicts\`.`,
    related: writes.slice(0, 8).map(({ origin, from }) => ({ at: origin, message: `\`${nameOf(model, from)}\` changes records` })),
    facts: [conflict.fact, clock.fact, ...clocks.facts, ...stake.facts, ...writes.flatMap(({ facts }) => known(facts, 'op')?.fact ?? [])],
    fixes: edits ? [{ title: serial ? 'Agree on each of these writes: `consistency: serial`' : 'Let a version decide: `conflict: version`', edits }] : [],
  }
}

/** Records that never change have no later write. */
function isAdded(model: Model, { carried }: Analysis, relation: Relation): boolean {
  const data = carried.on(relation.id).flatMap((id) => lookup(model).data(id) ?? [])
  return data.length > 0 && data.every(({ facts }) => flag(facts, 'mutable') === false || saysUnknown(facts, 'mutable'))
}

/** Copies that agree on what to do and then each ask their own clock. */
function apart(component: Component): Finding | undefined {
  const { name, id, facts, origin } = component
  const clock = known(facts, 'clock')
  if (clock?.fact.from !== 'stated' || word(facts, 'clock') !== 'wall' || word(facts, 'replication') !== 'consensus') return undefined
  const copies = ['voters', 'replicas'].map((path) => ({ path, count: number(facts, path) })).find(({ count }) => count !== undefined && count > 1)
  if (!copies || saysUnknown(facts, copies.path)) return undefined
  return {
    at: clock.fact.origin,
    subject: { component: id },
    message: `The ${counted(copies.count!, 'copy', 'copies')} of \`${name}\` agree on the order of writes and then let each machine’s clock decide (\`clock: wall\`): the same entry is applied with different times, and the copies come apart.`,
    help: 'Let the leader put the time into the entry once, so that all copies apply the same; or order by the entry’s position (`clock: logical`).',
    related: [{ at: origin, message: `\`${name}\` is one state machine in several copies` }],
    facts: [clock.fact, known(facts, 'replication')!.fact, known(facts, copies.path)!.fact],
    fixes: [{ title: 'Order by the position in the log: `clock: logical`', edits: setProperties(component, { clock: 'logical' }) }],
  }
}

interface Stake {
  readonly because: string
  readonly facts: readonly Fact[]
  readonly unknown: boolean
}

/** What is lost when the order is wrong: unset where that is tolerated. Of what is only added, nothing is lost but the order. */
function stakeOf(analysis: Analysis, relations: readonly Relation[], target: Component, aspects: readonly Aspect[] = ['reordering', 'conflicts', 'loss']): Stake | undefined {
  const asked: Intent[] = []
  for (const { id, facts } of relations) {
    const on = analysis.carried.on(id)
    const place = { relation: id, component: target.id, data: on.length > 0 ? on : analysis.carried.at(target.id) }
    const added = op(facts) === 'insert' || op(facts) === 'append'
    const at = (aspect: Aspect): Intent => analysis.intents.at(place, aspect)
    if ((['reordering', 'conflicts', 'loss'] as const).map(at).some(({ stance, withheld }) => stance === 'tolerates' || withheld)) continue
    asked.push(...(added ? [at('reordering')] : aspects.map(at)))
  }
  if (asked.length === 0) return undefined
  const required = asked.find(({ stance }) => stance === 'requires')
  return required ? { because: `, though ${required.because}`, facts: required.fact ? [required.fact] : [], unknown: false } : { because: '', facts: [], unknown: true }
}

function onAll(model: Model, relations: readonly Relation[], by: string): readonly Fix[] {
  const edits = setOnRelations(model, relations, { 'order-by': by })
  return edits ? [{ title: `Let ${by === 'version' ? 'a version' : 'a sequence'} decide: \`order-by: ${by}\``, edits }] : []
}
