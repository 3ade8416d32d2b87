import type { Analysis } from '../analysis/analysis.ts'
import { flowsWaiting } from '../analysis/flows.ts'
import { majority, mayMiss, type Answering, type Copies, type Level } from '../analysis/quorum.ts'
import { call, flag, known, list, nameOf as valueName, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation, TextEdit } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelation, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const quorumDoesNotOverlap: Rule = {
  id: 'quorum-does-not-overlap',
  code: 'R1',
  severity: 'error',
  title: 'A read that must see the last write may ask other copies',
  why: 'With copies that anyone may write, a read meets the last write only where the copies it asks and the copies that took the write must share one: R + W > N. Below that the new value is there, and the reader just does not get it.',
  sources: [
    {
      title: 'DeCandia et al., Dynamo: Amazon’s Highly Available Key-value Store (SOSP 2007), §4.5',
      url: 'https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf',
    },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5' },
    {
      title: 'Apache Cassandra documentation, Dynamo: tunable consistency',
      url: 'https://cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html#tunable-consistency',
    },
  ],
  needs: ['n', 'replication-factor', 'replicas', 'replication', 'r', 'w', 'consistency', 'regions'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      const copies = analysis.quorums.copies(store.id)
      // Copies that others keep for an absent node do not count for reads: that is a question of its own.
      if (!copies || flag(store.facts, 'sloppy') === true || saysUnknown(store.facts, 'sloppy')) continue
      // Counts of the store are one cause, levels of a read and its writes are one each.
      const causes = new Map<string, [Miss, ...Miss[]]>()
      for (const miss of missesAt(model, analysis, store, copies)) {
        const key = countsOf(store, miss) ? '' : miss.read.id
        const cause = causes.get(key)
        if (cause) cause.push(miss)
        else causes.set(key, [miss])
      }
      for (const cause of causes.values()) yield report(model, analysis, store, copies, cause)
    }
  },
}

interface Miss {
  readonly write: Relation
  readonly read: Relation
  readonly writing: Level
  readonly reading: Level
  readonly need: Need
}

interface Need {
  /** As a message says it: `"Check out" requires linearizable`. */
  readonly because: string
  readonly facts: readonly Fact[]
  readonly flow?: string
  /** It asks for one order of all operations, which overlapping sets of copies do not give. */
  readonly agreement?: boolean
}

/** For each read that must see the last write, the first write that it may miss. */
function missesAt(model: Model, analysis: Analysis, store: Component, copies: Copies): readonly Miss[] {
  const entering = lookup(model).relationsTo(store.id)
  const leveled = (verb: string) =>
    entering.flatMap((relation) => (relation.verb === verb ? { relation, level: analysis.quorums.level(relation) } : []))
  const writes = leveled('writes')
  return leveled('reads').flatMap(({ relation: read, level: reading }): Miss | [] => {
    if (!reading) return []
    const missed = writes.flatMap(({ relation: write, level: writing }) =>
      writing && mayMiss(writing.answering, reading.answering, copies) === true && sameData(analysis, store, write, read)
        ? { write, writing }
        : [],
    )
    // Its own writer's first: that is what a person notices. Then the one that fewest have, whatever the order of the arrows.
    const own = ({ write }: { readonly write: Relation }): number => Number(write.from === read.from)
    const byStore = ({ writing }: { readonly writing: Level }): number =>
      Number(writing.facts.some((fact) => fact === known(store.facts, 'w')?.fact))
    const [first] = missed.toSorted(
      (a, b) => own(b) - own(a) || a.writing.answering.count - b.writing.answering.count || byStore(b) - byStore(a),
    )
    const need =
      first &&
      needOf(
        model,
        analysis,
        store,
        missed.map(({ write }) => write.id),
        read,
      )
    return first && need ? { ...first, read, reading, need } : []
  })
}

function sameData(analysis: Analysis, store: Component, write: Relation, read: Relation): boolean {
  const written = analysis.carried.on(write.id)
  const asked = analysis.carried.on(read.id)
  // Where one of them names its data and the other's is said to be unknown, they may well be two kinds.
  const blurred = [store.facts['stores'], write.facts['data'], read.facts['data']].some((fact) => fact?.value.type === 'unknown')
  if (blurred && written.length + asked.length > 0) return written.some((data) => asked.includes(data))
  return written.length === 0 || asked.length === 0 || written.some((data) => asked.includes(data))
}

/**
 * Why this read must see the last write: its flow or data requires a level, or the store claims one; or data whose class demands it is
 * written and read by one flow, or read to decide a change. Mere display of such data needs a stated level first.
 */
function needOf(model: Model, analysis: Analysis, store: Component, writes: readonly string[], read: Relation): Need | undefined {
  const find = lookup(model)
  const data = analysis.carried.on(read.id)
  if (word(read.facts, 'consistency') === 'eventual') return undefined
  const flows = flowsWaiting(analysis.flows, [read.id]).filter(({ flow }) => flow)
  const places = flows.length > 0 ? flows.map((flow) => ({ relation: read.id, data, flow: flow.id })) : [{ relation: read.id, data }]
  const stances = places.map((place) => analysis.intents.at(place, 'staleness'))
  if (stances.some((intent) => intent.withheld) || stances.every((intent) => intent.stance === 'tolerates' && !intent.implied))
    return undefined
  // What a class puts up with is made strict by its own statement only.
  const unsaid = saysUnknown(read.facts, 'data') || saysUnknown(store.facts, 'stores')
  const late =
    unsaid ||
    stances.every((intent) => intent.stance === 'tolerates') ||
    data.some((id) => saysUnknown(find.data(id)?.facts ?? {}, 'class'))
  for (const { flow } of late ? [] : flows) {
    const level = flow && strongIn(flow.facts)
    if (flow && level) return { because: `"${flow.title}" requires ${level.name}`, facts: [level.fact], flow: flow.id, agreement: AGREED.has(level.name) }
  }
  for (const id of data) {
    const declared = find.data(id)
    const level = declared && strongIn(declared.facts)
    if (declared && level) return { because: `\`${declared.name}\` requires ${level.name}`, facts: [level.fact], agreement: AGREED.has(level.name) }
  }
  if (late) return undefined
  const claim = known(store.facts, 'consistency')
  const claimed = word(store.facts, 'consistency')
  if (claim?.fact.from === 'stated' && claimed !== undefined && STRONG.has(claimed))
    return { because: `\`${store.name}\` claims ${claimed} reads`, facts: [claim.fact], agreement: AGREED.has(claimed) }
  const demanding = data.find((id) => DEMANDING.has(analysis.intents.classOf(id) ?? ''))
  if (demanding === undefined) return undefined
  const decides = flag(read.facts, 'decides') === true
  const both = flows.find((flow) => writes.some((write) => flow.waitsFor(write)))
  if (!decides && !both) return undefined
  const declared = find.data(demanding)!
  const why = decides ? 'is read here to decide a change' : `is written and read by ${both!.name}`
  return {
    because: `\`${declared.name}\` has class ${analysis.intents.classOf(demanding)} and ${why}`,
    facts: [known(declared.facts, 'class')!.fact],
  }
}

/** Further witnesses that are told. */
const SHOWN = 8

const STRONG: ReadonlySet<string> = new Set([
  'linearizable',
  'sequential',
  'causal',
  'session',
  'read-your-writes',
  'serializable',
  'strict',
  'strong',
])
const AGREED: ReadonlySet<string> = new Set(['linearizable', 'serializable', 'strict'])
const DEMANDING: ReadonlySet<string> = new Set(['money', 'inventory', 'entitlement', 'identity', 'order'])

function strongIn(facts: Facts): { readonly name: string; readonly fact: Fact } | undefined {
  const level = known(facts, 'consistency')
  const name = word(facts, 'consistency')
  if (level && name !== undefined && STRONG.has(name)) return { name, fact: level.fact }
  const required = known(facts, 'requires')
  if (!required) return undefined
  if (list(facts, 'requires')?.some((value) => valueName(value) === 'read-your-writes'))
    return { name: 'read-your-writes', fact: required.fact }
  const bound = call(facts, 'requires', 'staleness')?.args[0]
  return bound?.type === 'quantity' && bound.value === 0 ? { name: 'staleness(0)', fact: required.fact } : undefined
}

function report(model: Model, analysis: Analysis, store: Component, copies: Copies, misses: readonly [Miss, ...Miss[]]): Finding {
  const first = misses.reduce((best, miss) => (miss.read.from === miss.write.from && best.read.from !== best.write.from ? miss : best))
  const { write, read, writing, reading, need } = first
  const counted = countsOf(store, first)
  const data = analysis.carried.on(read.id)
  const others = misses.filter((miss) => miss !== first)
  return {
    at: counted ? store.origin : read.origin,
    subject: {
      component: store.id,
      ...(!counted && { relation: read.id }),
      ...(need.flow !== undefined && { flow: need.flow }),
      ...(data.length === 1 && { data: data[0]! }),
    },
    message: `\`${nameOf(model, read.from)}\` reads \`${store.name}\` at ${shown(reading)} and ${write.from === read.from ? '' : `\`${nameOf(model, write.from)}\` `}writes it at ${shown(writing)}: ${arithmetic(writing.answering, reading.answering, copies)}, so a read may miss the latest write, though ${need.because}.`,
    help: `Use \`${need.agreement ? 'serial' : 'quorum'}\` for both (${majority(copies.n * copies.regions)} + ${majority(copies.n * copies.regions)} > ${copies.n * copies.regions}${need.agreement ? ', and the copies agree on one order' : ''}), or state \`tolerates: staleness\` where an older value is good enough.`,
    related: [
      { at: write.origin, message: `\`${nameOf(model, write.from)}\` writes at ${shown(writing)}` },
      { at: read.origin, message: `\`${nameOf(model, read.from)}\` reads at ${shown(reading)}` },
      ...others
        .slice(0, SHOWN)
        .map((miss) => ({
          at: miss.read.origin,
          message: `\`${nameOf(model, miss.read.from)}\` at ${shown(miss.reading)} may miss what \`${nameOf(model, miss.write.from)}\` writes at ${shown(miss.writing)}`,
        })),
    ],
    facts: [...copies.facts, ...writing.facts, ...reading.facts, ...need.facts],
    fixes: fixes(model, store, copies, misses, counted),
  }
}

/** Both levels come from the store's `r` and `w`, not from the relations. */
function countsOf(store: Component, { reading, writing }: Miss): boolean {
  return [known(store.facts, 'r')?.fact, known(store.facts, 'w')?.fact].every(
    (fact) => fact !== undefined && [...reading.facts, ...writing.facts].includes(fact),
  )
}

/** A level's word as code, a store's count as it is: `R=1`. */
function shown({ name }: Level): string {
  return name.includes('=') ? name : `\`${name}\``
}

/** `1 + 1 ≤ 3 copies`, or why two local sets never meet. */
function arithmetic(write: Answering, read: Answering, { n, regions }: Copies): string {
  if (write.where === 'local' && read.where === 'local' && write.region !== read.region && write.count + read.count > n)
    return `both count only copies in their own region, and these are two regions`
  const total = write.where === 'anywhere' || read.where === 'anywhere' ? n * regions : n
  if (write.where === 'each' && read.where === 'anywhere') return `${write.count} × ${regions} + ${read.count} ≤ ${total} copies`
  if (read.where === 'each' && write.where === 'anywhere') return `${write.count} + ${read.count} × ${regions} ≤ ${total} copies`
  return `${write.count} + ${read.count} ≤ ${total} copies`
}

function fixes(model: Model, store: Component, copies: Copies, misses: readonly Miss[], counted: boolean): readonly Fix[] {
  // Linearizable operations need agreement as well, which a count of copies does not give.
  const level = misses.some(({ need }) => need.agreement) ? 'serial' : 'quorum'
  if (counted) {
    const count = String(majority(copies.n))
    const zones = number(store.facts, 'zones') ?? list(store.facts, 'zones')?.length
    // A majority of copies in two zones is gone with one of them, and of two copies with any.
    return copies.regions > 1 || level === 'serial' || zones === 2 || copies.n < 3
      ? []
      : [{ title: `Ask a majority both times: \`r: ${count}, w: ${count}\``, edits: setProperties(store, { r: count, w: count }) }]
  }
  const relations = new Map(misses.flatMap((miss) => [miss.write, miss.read]).map((relation) => [relation.id, relation]))
  const edits: TextEdit[] = []
  const statements = new Set<string>()
  for (const relation of relations.values()) {
    if (word(relation.facts, 'consistency') === level) continue
    const { file, range } = relation.extent
    const statement = `${file}:${range.start.line}:${range.start.character}`
    const own = setOnRelation(model, relation, { consistency: level })
    // Two edits to one statement would overwrite each other.
    if (!own || statements.has(statement)) return []
    statements.add(statement)
    edits.push(...own)
  }
  return edits.length > 0 ? [{ title: `Read and write at \`${level}\``, edits }] : []
}
