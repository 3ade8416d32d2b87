import type { Analysis } from '../analysis/analysis.ts'
import { certainlyOn, dataWithheld } from '../analysis/carried.ts'
import { momentsOf, type FlowPaths } from '../analysis/flows.ts'
import type { Intent } from '../analysis/intent.ts'
import { copiesAtOnce } from '../analysis/writers.ts'
import { flag, protection, references, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const lostUpdate: Rule = {
  id: 'lost-update',
  code: 'R11',
  severity: 'error',
  title: 'A record is read, changed and written back whole, and a change in between is lost',
  why: 'Who writes a whole record back writes all of it as it was when they read it. What somebody else changed in the meantime is put back to the old value, and both got an answer that said "saved".',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 7, "Preventing Lost Updates"' },
    { title: 'Berenson et al., A Critique of ANSI SQL Isolation Levels (SIGMOD 1995)', url: 'https://www.microsoft.com/en-us/research/publication/a-critique-of-ansi-sql-isolation-levels/' },
    { title: 'RFC 9110, HTTP Semantics: If-Match', url: 'https://www.rfc-editor.org/rfc/rfc9110#name-if-match' },
  ],
  needs: ['op', 'if', 'tx', 'isolation', 'conflict', 'replicas', 'autoscale.max', 'concurrency', 'singleton', 'affinity'],
  fixable: true,
  *check(model, analysis) {
    const causes = new Map<string, [Rewrite, ...Rewrite[]]>()
    for (const flow of analysis.flows) {
      for (const rewrite of rewritesIn(model, analysis, flow)) {
        const cause = causes.get(rewrite.write.id)
        if (cause) cause.push(rewrite)
        else causes.set(rewrite.write.id, [rewrite])
      }
    }
    for (const cause of causes.values()) yield report(model, cause)
  },
}

interface Rewrite {
  readonly flow: FlowPaths
  readonly read: Relation
  readonly write: Relation
  readonly data: string
  readonly writers: Writers
  readonly intent: Intent
}

/** Who changes the record, where that is more than one at a time. */
interface Writers {
  /** As a message says it: ``6 copies of `wiki` ``. */
  readonly what: string
  readonly others: readonly Relation[]
  readonly facts: readonly Fact[]
}

/** Only a flow that names both says that the one is the read of what the other writes: read first, then written by the same component. */
function* rewritesIn(model: Model, analysis: Analysis, flow: FlowPaths): Iterable<Rewrite> {
  const writes = [...flow.waited, ...flow.caused].filter(({ verb, relation }) => verb.name === 'writes' && flow.names(relation.id) && isBlind(model, analysis, relation))
  if (writes.length === 0) return
  const moments = momentsOf(flow)
  for (const { relation: write } of writes) {
    const [data] = certainlyOn(analysis.carried, write).length === 1 ? certainlyOn(analysis.carried, write) : []
    if (data === undefined || dataWithheld(model, write)) continue
    const read = [...flow.waited, ...flow.caused].find(({ verb, relation }) => {
      const first = moments.get(relation.id)?.first ?? Infinity
      return verb.name === 'reads' && relation.from === write.from && first < moments.get(write.id)!.last && isOf(model, analysis, relation, write, data)
    })?.relation
    if (!read || protection(read.facts, 'tx') !== false || isLocked(model, flow, write)) continue
    const writers = writersOf(model, analysis, write, data)
    const intent = writers && intentAt(analysis, flow, write, data)
    if (writers && intent) yield { flow, read, write, data, writers, intent }
  }
}

/** The whole record, with nothing that would notice or merge a change in between. */
function isBlind(model: Model, { truths }: Analysis, { facts, from, to }: Relation): boolean {
  const op = word(facts, 'op')
  if (op !== 'update' && op !== 'upsert') return false
  if (['if', 'tx', 'saga', 'apply', 'fencing', 'order-by'].some((path) => protection(facts, path) !== false)) return false
  if (saysUnknown(facts, 'consistency') || ['serial', 'local-serial', 'lwt'].includes(word(facts, 'consistency') ?? '')) return false
  const store = lookup(model).component(to)
  const writer = lookup(model).component(from)
  if (!store || !writer || protection(writer.facts, 'tx') !== false) return false
  // A copy that is filled again and again holds nothing that could get lost.
  if (truths.derived(store.id) || (COPIES.has(store.kind) && flag(store.facts, 'truth') !== true)) return false
  if (saysUnknown(store.facts, 'isolation') || saysUnknown(store.facts, 'conflict')) return false
  // Where transactions see one moment or run as if alone, reading and writing is done in one.
  if (['snapshot', 'serializable', 'strict'].includes(word(store.facts, 'isolation') ?? '')) return false
  return ['lww', 'none', undefined].includes(word(store.facts, 'conflict'))
}

const COPIES: ReadonlySet<string> = new Set(['cache', 'search'])

/** The same kind of record, from the same store or from a cache or replica of it; not a list that was asked for by something else. */
function isOf(model: Model, analysis: Analysis, read: Relation, write: Relation, data: string): boolean {
  const asked = certainlyOn(analysis.carried, read)
  if (asked.length !== 1 || asked[0] !== data || dataWithheld(model, read) || saysUnknown(read.facts, 'by')) return false
  const by = words(read.facts, 'by')
  const facts = lookup(model).data(data)?.facts ?? {}
  if (by && saysUnknown(facts, 'key')) return false
  const key = words(facts, 'key')
  if (by && key && !by.some((each) => key.includes(each))) return false
  return read.to === write.to || analysis.lagging.behind(read, write) !== undefined
}

/** Somebody on the way holds a lock, as far as that may be about this store. */
function isLocked(model: Model, flow: FlowPaths, write: Relation): boolean {
  const own = lookup(model).relationsFrom(write.from).filter(({ verb }) => verb === 'locks')
  const locks = [...own, ...flow.waited.flatMap(({ relation }) => (relation.verb === 'locks' ? [relation] : []))]
  return locks.some(({ facts }) => {
    const protects = references(facts, 'protects').map(({ id }) => id)
    return protects.length === 0 || protects.includes(write.to)
  })
}

/** Two components, or two copies of one. A single writer, or one that gets each key’s work in order, cannot overtake itself. */
function writersOf(model: Model, analysis: Analysis, write: Relation, data: string): Writers | undefined {
  const find = lookup(model)
  const writer = find.component(write.from)
  if (!writer) return undefined
  const others = find.relationsTo(write.to).filter((relation) => {
    const op = word(relation.facts, 'op')
    return relation.verb === 'writes' && relation.from !== write.from && op !== undefined && !ADDING.has(op) && certainlyOn(analysis.carried, relation).includes(data)
  })
  const [other] = others
  if (other) return { what: `\`${writer.name}\` and \`${nameOf(model, other.from)}\` both change it`, others, facts: [] }
  if (isInOrder(model, writer)) return undefined
  const most = copiesAtOnce(writer)
  return most && { what: `${most.what} change it`, others, facts: most.facts }
}

const ADDING: ReadonlySet<string> = new Set(['insert', 'append', 'read'])

/** Each key’s messages, or requests, come to one copy, one after the other. */
function isInOrder(model: Model, writer: Component): boolean {
  const find = lookup(model)
  return find.relationsTo(writer.id).some(({ facts, from, verb }) => {
    const source = find.component(from)?.facts ?? {}
    if (protection(facts, 'affinity') !== false || word(source, 'algorithm') === 'hash' || saysUnknown(source, 'algorithm')) return true
    if (verb !== 'delivers' && verb !== 'captures') return false
    return [facts, source].some((each) => saysUnknown(each, 'order') || ['per-key', 'per-partition', 'total'].includes(word(each, 'order') ?? ''))
  })
}

/** Unset where a lost change is all right. */
function intentAt({ intents }: Analysis, flow: FlowPaths, write: Relation, data: string): Intent | undefined {
  const place = { relation: write.id, component: write.to, data: [data], ...(flow.flow && { flow: flow.id }) }
  const stances = (['loss', 'conflicts'] as const).map((aspect) => intents.at(place, aspect))
  if (stances.some(({ stance, withheld }) => stance === 'tolerates' || withheld)) return undefined
  return stances.find(({ stance }) => stance === 'requires') ?? stances[0]
}

function report(model: Model, cause: readonly [Rewrite, ...Rewrite[]]): Finding {
  const [{ flow, read, write, data, writers, intent }] = cause
  const flows = [...new Set(cause.map((each) => each.flow))]
  const name = lookup(model).data(data)?.name ?? data
  const [who, store, from] = [write.from, write.to, read.to].map((id) => nameOf(model, id))
  return {
    at: write.origin,
    subject: { relation: write.id, component: write.to, data, ...(flows.length === 1 && flow.flow && { flow: flow.id }) },
    ...(intent.stance !== 'requires' && { severity: 'warning' as const }),
    message: `In ${flow.name}, \`${who}\` reads a \`${name}\` from \`${from}\` and writes the whole of it back${from === store ? '' : ` to \`${store}\``} (\`op: ${word(write.facts, 'op')}\`), and ${writers.what}: what one of two changes in between, the other puts back to what it was${intent.because ? `, though ${intent.because}` : ''}.`,
    help: 'Write only if nobody has written since (`if: version`), change in place what changes (`op: increment`), or read and write in one transaction that locks the record (`tx`). If it sets single fields only, say so (`op: set`).',
    related: [
      { at: read.origin, message: `\`${who}\` reads it` },
      ...writers.others.slice(0, 8).map((other) => ({ at: other.origin, message: `\`${nameOf(model, other.from)}\` changes it, too` })),
      ...flows.slice(0, 8).map((each) => ({ at: each.at, message: `it happens in ${each.name}` })),
    ],
    facts: [...writers.facts, ...(intent.fact ? [intent.fact] : [])],
    fixes: fixes(model, write),
  }
}

function fixes(model: Model, write: Relation): readonly Fix[] {
  const edits = setOnRelation(model, write, { if: 'version' })
  return edits ? [{ title: 'Write only if nobody has written since: `if: version`', edits }] : []
}
