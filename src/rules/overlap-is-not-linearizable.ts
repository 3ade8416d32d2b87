import type { Analysis } from '../analysis/analysis.ts'
import { certainlyOn } from '../analysis/carried.ts'
import { majority, mayMiss, type Copies, type Level } from '../analysis/quorum.ts'
import { isSingleWriter, writingPlaces } from '../analysis/writers.ts'
import { flag, known, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Fact, Facts } from '../model/value.ts'
import { setOnRelations } from './edits.ts'
import { invariantsOf } from '../analysis/invariants.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const overlapIsNotLinearizable: Rule = {
  id: 'overlap-is-not-linearizable',
  code: 'R4',
  severity: 'error',
  title: 'Overlapping quorums are taken for agreement',
  why: 'R + W > N makes a read meet the last finished write. It does not put two writes that happen at once into one order, and a compare-and-set made of a read and a write succeeds on both sides. Uniqueness, locks and linearizable reads need agreement before the answer.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 9, "Linearizability and quorums"' },
    { title: 'Kingsbury, Jepsen: Cassandra (2013)', url: 'https://aphyr.com/posts/294-jepsen-cassandra' },
    { title: 'DeCandia et al., Dynamo: Amazon’s Highly Available Key-value Store (SOSP 2007), §4.6', url: 'https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf' },
  ],
  needs: ['consistency', 'isolation', 'invariants', 'replication', 'sloppy', 'conflict', 'clock', 'read-repair', 'r', 'w'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      const copies = analysis.quorums.copies(store.id)
      if (!copies || ['sloppy', 'conflict', 'clock', 'read-repair', 'regions'].some((path) => saysUnknown(store.facts, path))) continue
      for (const claim of claimsOn(model, analysis, store)) {
        const use = useOf(model, analysis, store, copies, claim)
        const flaw = use && flawOf(model, store, use)
        if (!flaw) continue
        // What is to change is how the store is used, whoever counts on it.
        yield report(model, store, copies, claim, use, flaw)
        break
      }
    }
  },
}

/** Who takes the store for one that agrees, and about which data; unset where it is about all. */
interface Claim {
  readonly because: string
  readonly at: Origin
  readonly facts: readonly Fact[]
  readonly data?: string
  readonly flow?: string
  /** A lock or an invariant needs agreement on writes only; a level of reads, too. */
  readonly about: 'reads' | 'writes'
}

const STRICT: ReadonlySet<string> = new Set(['linearizable', 'serializable', 'strict'])

/** The most definite first: the data, the flow, the store; then what can only work with agreement. */
function claimsOn(model: Model, analysis: Analysis, store: Component): readonly Claim[] {
  const find = lookup(model)
  const entering = find.relationsTo(store.id).filter(({ verb }) => verb === 'reads' || verb === 'writes')
  const claims: Claim[] = []
  const strict = (facts: Facts, path: string): Fact | undefined => (STRICT.has(word(facts, path) ?? '') ? known(facts, path)!.fact : undefined)
  for (const id of new Set(entering.flatMap((relation) => certainlyOn(analysis.carried, relation)))) {
    const data = find.data(id)
    const level = data && strict(data.facts, 'consistency')
    if (data && level) claims.push({ because: `\`${data.name}\` requires ${word(data.facts, 'consistency')}`, at: data.origin, facts: [level], data: id, about: 'reads' })
  }
  for (const { flow, waitsFor } of analysis.flows) {
    const level = flow && strict(flow.facts, 'consistency')
    if (flow && level && entering.some((relation) => waitsFor(relation.id) && !isPutUpWith(analysis, relation, flow.id))) claims.push({ because: `"${flow.title}" requires ${word(flow.facts, 'consistency')}`, at: flow.origin, facts: [level], flow: flow.id, about: 'reads' })
  }
  for (const path of ['consistency', 'isolation']) {
    const level = strict(store.facts, path)
    if (level?.from === 'stated') claims.push({ because: `\`${store.name}\` claims \`${path}: ${word(store.facts, path)}\``, at: level.origin, facts: [level], about: 'reads' })
  }
  for (const relation of find.relationsTo(store.id).filter(({ verb, facts }) => verb === 'locks' && !isAgreed(facts) && word(facts, 'purpose') !== 'efficiency' && !saysUnknown(facts, 'purpose'))) {
    claims.push({ because: `\`${nameOf(model, relation.from)}\` takes locks there`, at: relation.origin, facts: [], about: 'writes' })
  }
  for (const { invariant, data, fact, text } of invariantsOf(model, analysis.carried, store)) {
    if (invariant !== 'foreign-key' && invariant !== 'sum-preserved') claims.push({ because: `\`${text}\` is to hold there`, at: fact.from === 'stated' ? fact.origin : store.origin, facts: [fact], ...(data !== undefined && { data }), about: 'writes' })
  }
  return claims
}

function isPutUpWith({ intents }: Analysis, relation: Relation, flow: string): boolean {
  const intent = intents.at({ relation: relation.id, component: relation.to, flow }, 'staleness')
  return intent.withheld === true || intent.stance === 'tolerates'
}

/** By consensus, or with a condition that the store checks among its copies. */
function isAgreed(facts: Facts): boolean {
  return protection(facts, 'if') !== false || saysUnknown(facts, 'consistency') || ['serial', 'local-serial', 'lwt'].includes(word(facts, 'consistency') ?? '')
}

interface Use {
  readonly writes: readonly Relation[]
  readonly reads: readonly Relation[]
  readonly writing: Level
  readonly reading?: Level
}

/** Writes and reads that the claim is about, where their quorums overlap: where they do not, another rule says so. */
function useOf(model: Model, analysis: Analysis, store: Component, copies: Copies, claim: Claim): Use | undefined {
  const entering = lookup(model).relationsTo(store.id)
  // What is said to be unknown may be of this data, at a level that does not overlap.
  const told = claim.about === 'writes' ? entering.filter(({ verb }) => verb === 'writes') : entering
  if (told.some(({ facts }) => ['data', 'op', 'consistency'].some((path) => saysUnknown(facts, path)))) return undefined
  const concerned = (relation: Relation): boolean => {
    const on = certainlyOn(analysis.carried, relation)
    return claim.data === undefined || on.includes(claim.data)
  }
  const writes = entering.filter((relation) => relation.verb === 'writes' && concerned(relation) && !isAgreed(relation.facts))
  const flow = claim.flow === undefined ? undefined : analysis.flows.find(({ id }) => id === claim.flow)
  const reads = entering.filter((relation) => relation.verb === 'reads' && concerned(relation) && (!flow || flow.waitsFor(relation.id)))
  const writing = levelsOf(analysis, writes)
  if (!writing?.length || isSingleWriter(model, writes)) return undefined
  const overlap = (others: readonly Level[]): boolean => writing.every((write) => others.every((other) => mayMiss(write.answering, other.answering, copies) === false))
  if (claim.about === 'writes') return overlap(writing) ? { writes, reads: [], writing: writing[0]! } : undefined
  const reading = levelsOf(analysis, reads)
  if (!reading?.length || !overlap(reading)) return undefined
  return { writes, reads: reads.filter((relation) => !isAgreed(relation.facts)), writing: writing[0]!, reading: reading[0]! }
}

/** Each level that is used, once; unset where one is not known. */
function levelsOf(analysis: Analysis, relations: readonly Relation[]): readonly Level[] | undefined {
  const levels = new Map<string, Level>()
  for (const relation of relations) {
    const level = analysis.quorums.level(relation)
    if (!level) return undefined
    levels.set(JSON.stringify(level.answering), level)
  }
  return [...levels.values()]
}

/** What breaks it, the most certain first. */
function flawOf(model: Model, store: Component, { writes }: Use): { readonly text: string; readonly facts: readonly Fact[] } | undefined {
  const { facts } = store
  if (flag(facts, 'sloppy') === true) return { text: 'a write also counts copies that only stand in for absent ones (`sloppy: yes`), so that the next read may ask none of them', facts: [known(facts, 'sloppy')!.fact] }
  if (word(facts, 'conflict') === 'lww') {
    const clock = word(facts, 'clock') === 'wall' ? known(facts, 'clock') : undefined
    return { text: 'of two writes at once both are told that they succeeded, and the later timestamp wins', facts: [known(facts, 'conflict')!.fact, ...(clock ? [clock.fact] : [])] }
  }
  const repair = word(facts, 'read-repair')
  if (repair === 'none' || repair === 'async') return { text: 'a reader may see the new value and the next one the old, since nothing is repaired before the answer (`read-repair`)', facts: [known(facts, 'read-repair')!.fact] }
  const places = writingPlaces(model, store, writes)
  return places && { text: 'regions that write at once do not wait for each other', facts: places.facts }
}

function report(model: Model, store: Component, { n, regions }: Copies, claim: Claim, use: Use, flaw: { readonly text: string; readonly facts: readonly Fact[] }): Finding {
  const { writes, reads, writing, reading } = use
  const shown = ({ name }: Level): string => (name.includes('=') ? name : `\`${name}\``)
  const levels = !reading ? `written at ${shown(writing)}` : reading.name === writing.name ? `read and written at ${shown(writing)}` : `written at ${shown(writing)} and read at ${shown(reading)}`
  return {
    at: store.origin,
    subject: { component: store.id, ...(claim.data !== undefined && { data: claim.data }), ...(claim.flow !== undefined && { flow: claim.flow }) },
    message: `\`${store.name}\` is ${levels}: such quorums overlap, but they do not agree. ${flaw.text.charAt(0).toUpperCase()}${flaw.text.slice(1)}, though ${claim.because}.`,
    help: `Let these operations agree first (\`consistency: serial\`, in Cassandra a lightweight transaction), keep this data in a store that does (\`replication: consensus\`), or promise no more than \`consistency: session\`, which ${majority(n * regions)} of ${n * regions} on both sides give.`,
    related: [
      { at: claim.at, message: claim.because },
      ...[...writes, ...reads].slice(0, 8).map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` ${relation.verb} without agreement` })),
    ],
    facts: [...claim.facts, ...writing.facts, ...(reading?.facts ?? []), ...flaw.facts],
    fixes: fixes(model, [...writes, ...reads]),
  }
}

function fixes(model: Model, relations: readonly Relation[]): readonly Fix[] {
  const edits = setOnRelations(model, relations, { consistency: 'serial' })
  return edits && edits.length > 0 ? [{ title: 'Agree before the answer: `consistency: serial`', edits }] : []
}
