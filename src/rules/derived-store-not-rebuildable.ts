import type { Analysis } from '../analysis/analysis.ts'
import { dataOf } from '../analysis/carried.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Intent } from '../analysis/intent.ts'
import { time } from '../analysis/staleness.ts'
import { flag, isAbsent, isUnlimited, known, limit, number, numberOf, protection, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, listed, nameOf } from './words.ts'

export const derivedStoreNotRebuildable: Rule = {
  id: 'derived-store-not-rebuildable',
  code: 'B3',
  severity: 'error',
  title: 'An index or view cannot be made again from what it was made of',
  why: 'An index is treated as a copy: it is dropped, reindexed, moved to a new version. That is safe only while everything in it can be had again, from a source that still has it, in the time that there is. One field that somebody writes into it directly makes it the only home of that field.',
  sources: [
    { title: 'Elastic, Elasticsearch resiliency status', url: 'https://www.elastic.co/guide/en/elasticsearch/resiliency/current/index.html' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11: state, streams, and immutability' },
  ],
  needs: ['derived', 'truth', 'rebuild-from', 'stores', 'data', 'retention', 'compaction', 'backup', 'rebuild-time', 'rebuild-rate', 'items', 'rto', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const stored = storedIn(model)
    for (const store of model.components) {
      if (!isDerived(store)) continue
      const finding = onlyHome(model, analysis, store, stored) ?? sourceForgets(model, analysis, store) ?? takesTooLong(analysis, store)
      if (finding) yield finding
    }
  },
}

/** A search index, or whatever says that it is a copy, and not that it is the truth. */
function isDerived({ kind, facts }: Component): boolean {
  if (!['search', 'database', 'cache', 'object-store'].includes(kind)) return false
  if (['truth', 'derived', 'rebuild-from', 'stores'].some((path) => saysUnknown(facts, path)) || flag(facts, 'truth') === true) return false
  return kind === 'search' || flag(facts, 'derived') === true || (!isAbsent(facts, 'rebuild-from') && word(facts, 'rebuild-from') !== 'none')
}

/** By data, the components that say that they store it. */
type Stored = ReadonlyMap<string, readonly Component[]>

function storedIn(model: Model): Stored {
  const stored = new Map<string, Component[]>()
  for (const component of model.components) {
    for (const data of dataOf(component)) {
      const list = stored.get(data)
      if (list) list.push(component)
      else stored.set(data, [component])
    }
  }
  return stored
}

interface Held {
  readonly data?: string
  readonly writes: readonly Relation[]
  readonly intent: Intent
}

/** What is written straight into it and may be nowhere else: it is the truth in disguise. What may be forgotten is another rule's matter. */
function onlyHome(model: Model, analysis: Analysis, store: Component, stored: Stored): Finding | undefined {
  const find = lookup(model)
  if (store.kind === 'cache' || analysis.truths.forgets(store.id).certain === 'yes') return undefined
  const writes = find.relationsTo(store.id).filter(({ verb }) => verb === 'writes')
  if (writes.length === 0 || writes.some(({ facts }) => saysUnknown(facts, 'data') || saysUnknown(facts, 'op'))) return undefined
  const held = heldOnlyHere(model, analysis, store, writes, stored)
  if (held.length === 0) return undefined
  const requiring = held.filter(({ intent }) => intent.stance === 'requires')
  const worst = requiring.length > 0 ? requiring : held
  const names = worst.flatMap(({ data }) => (data === undefined ? [] : [find.data(data)!.name]))
  const by = [...new Set(worst.flatMap(({ writes: own }) => own.map(({ from }) => nameOf(model, from))))]
  const [write] = worst[0]!.writes
  const what = names.length > 0 ? listed(names) : 'what they write'
  const source = sourcesOf(store)[0]
  const copy = store.kind === 'search' ? 'a search index' : source === undefined ? 'a derived store' : `a copy of \`${nameOf(model, source)}\``
  const because = requiring.length > 0 ? `, though ${joined([...new Set(requiring.map(({ intent }) => intent.because))])}` : ''
  return {
    at: write!.origin,
    subject: { component: store.id, ...(names.length === 1 && { data: worst[0]!.data! }) },
    message:
      names.length > 0
        ? `${listed(by)} ${by.length === 1 ? 'writes' : 'write'} ${what} straight into \`${store.name}\`, ${copy}, and no other store has ${names.length === 1 ? 'it' : 'them'}: the next reindexing or loss of \`${store.name}\` loses ${names.length === 1 ? 'it' : 'them'} for good${because}.`
        : `What ${listed(by)} ${by.length === 1 ? 'writes' : 'write'} lives only in \`${store.name}\`, ${copy}: no store in the design could fill it again when it is lost or has to be reindexed.`,
    help: `Write ${names.length > 0 ? what : 'it'} to a database first and fill \`${store.name}\` from its change stream. If \`${store.name}\` is meant to be the truth, say so (\`truth: yes\`) and back it up.`,
    related: worst.flatMap(({ writes: own }) => own).slice(1).map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` writes there too` })),
    facts: uniqueFacts([known(store.facts, 'derived')?.fact, known(store.facts, 'rebuild-from')?.fact, ...requiring.map(({ intent }) => intent.fact)]),
    ...(requiring.length === 0 && { intentUnknown: true }),
    fixes: isAbsent(store.facts, 'derived') && isAbsent(store.facts, 'rebuild-from') ? [{ title: `\`${store.name}\` is meant to be the truth: \`truth: yes\``, edits: setProperties(store, { truth: 'yes' }) }] : [],
  }
}

function heldOnlyHere(model: Model, analysis: Analysis, store: Component, writes: readonly Relation[], stored: Stored): readonly Held[] {
  const find = lookup(model)
  const named = [...new Set(writes.flatMap(({ id }) => analysis.carried.on(id)))]
  // What writers add to a view that says what it is made from is known only where they name it.
  if (named.length === 0 && (store.kind !== 'search' || !isAbsent(store.facts, 'rebuild-from') || dataOf(store).length > 0)) return []
  const candidates: readonly (string | undefined)[] = named.length > 0 ? named : [undefined]
  return candidates.flatMap((data): Held | [] => {
    const declared = data === undefined ? undefined : find.data(data)
    if (declared && (saysUnknown(declared.facts, 'truth') || references(declared.facts, 'truth').some(({ id }) => id === store.id))) return []
    const carrying = writes.filter(({ id }) => data === undefined || analysis.carried.on(id).includes(data))
    const says = data === undefined ? [] : (stored.get(data) ?? [])
    // Cheap to see, and the usual case.
    if (says.some((home) => home !== store && home.kind !== 'cache' && analysis.truths.forgets(home.id).certain !== 'yes')) return []
    if (analysis.truths.hasOtherHome(store.id, data)) return []
    const intents = carrying.map((relation) => analysis.intents.at({ relation: relation.id, component: store.id, ...(data !== undefined && { data: [data] }) }, 'loss'))
    const intent = intents.find(({ stance }) => stance === 'requires') ?? intents.find(({ stance }) => stance === 'unknown')
    if (!intent || intents.some(({ withheld }) => withheld)) return []
    return { ...(data !== undefined && { data }), writes: carrying, intent }
  })
}

function sourcesOf(store: Component): readonly string[] {
  return references(store.facts, 'rebuild-from').flatMap((target) => (target.kind === 'component' ? [target.id] : []))
}

/** It is made again from a log that no longer has the beginning, and nothing else has it either. */
function sourceForgets(model: Model, analysis: Analysis, store: Component): Finding | undefined {
  const find = lookup(model)
  const sources = sourcesOf(store).flatMap((id) => find.component(id) ?? [])
  const [log] = sources
  const [value] = [known(store.facts, 'rebuild-from')?.value]
  if (!log || sources.length > 1 || log.kind !== 'log' || value?.type !== 'reference') return undefined
  if (['backup', 'prewarm'].some((path) => protection(store.facts, path) !== false)) return undefined
  if (saysUnknown(log.facts, 'retention') || protection(log.facts, 'compaction') !== false || isUnlimited(log.facts, 'retention')) return undefined
  const kept = limit(log.facts, 'retention')
  const data = heldBy(analysis, store)
  if (kept === undefined || data.length === 0) return undefined
  const worst = data.flatMap((id) => {
    const declared = find.data(id)!
    const intent = analysis.intents.at({ component: store.id, data: [id] }, 'loss')
    const needed = limit(declared.facts, 'retention')
    if (intent.stance === 'tolerates' || intent.withheld || saysUnknown(declared.facts, 'retention') || (needed !== undefined && needed <= kept)) return []
    // What is still in a store somewhere can be put into the log again.
    if (analysis.truths.otherHomes(store.id, id).some((home) => home !== log.id && find.component(home)?.kind !== 'log')) return []
    return { declared, intent }
  })
  if (worst.length === 0) return undefined
  const requiring = worst.filter(({ intent }) => intent.stance === 'requires')
  const named = requiring.length > 0 ? requiring : worst
  const because = requiring.length > 0 ? `, though ${joined([...new Set(requiring.map(({ intent }) => intent.because))])}` : ''
  return {
    at: store.origin,
    subject: { component: store.id },
    message: `\`${store.name}\` is made again from \`${log.name}\`, which keeps messages for ${time(kept)}: of ${listed(named.map(({ declared }) => declared.name))} everything older is only in \`${store.name}\` itself, and is lost with it${because}.`,
    help: `Keep \`${log.name}\` for as long as the data live (\`retention: forever\`, or \`compaction: yes\`), keep a snapshot of \`${store.name}\` (\`backup\`), or write the data to a database as well.`,
    related: [{ at: log.origin, message: `\`${log.name}\` keeps messages for ${time(kept)}` }],
    facts: uniqueFacts([known(store.facts, 'rebuild-from')?.fact, known(log.facts, 'retention')?.fact, ...requiring.map(({ intent }) => intent.fact)]),
    ...(requiring.length === 0 && { intentUnknown: true }),
    fixes: [{ title: `Keep all of \`${log.name}\`: \`retention: forever\``, edits: setProperties(log, { retention: 'forever' }) }],
  }
}

function heldBy({ carried }: Analysis, store: Component): readonly string[] {
  const stored = dataOf(store)
  return stored.length > 0 ? stored : carried.at(store.id)
}

/** It can be made again, but not before those who need it have to be back. */
function takesTooLong(analysis: Analysis, store: Component): Finding | undefined {
  const rebuild = rebuildTime(analysis, store)
  if (!rebuild || protection(store.facts, 'backup') !== false) return undefined
  const demand = demandsOn(analysis, store)
  if (!demand || rebuild.seconds <= demand.seconds) return undefined
  // A second copy outlives the loss of the first, though not a mistake in both.
  const alone = number(store.facts, 'replicas') === 1 && !saysUnknown(store.facts, 'shards')
  return {
    at: store.origin,
    subject: { component: store.id, ...(demand.flow?.flow && { flow: demand.flow.flow.id }) },
    severity: alone ? 'error' : 'warning',
    message: `Making \`${store.name}\` again takes ${time(rebuild.seconds)}${rebuild.how}, but ${demand.who} must be back within ${time(demand.seconds)} and cannot do without it.`,
    help: `Keep a snapshot of \`${store.name}\` to start from (\`backup\`), fill it faster, build the next one beside it before switching over, or let those who need it go on without it for a while.`,
    related: demand.flow ? [{ at: demand.flow.at, message: `${demand.flow.name} needs \`${store.name}\`` }] : [],
    facts: uniqueFacts([...rebuild.facts, demand.fact, alone ? known(store.facts, 'replicas')?.fact : undefined]),
    fixes: [],
  }
}

function rebuildTime({ model, carried }: Analysis, store: Component): { readonly seconds: number; readonly how: string; readonly facts: readonly Fact[] } | undefined {
  const { facts } = store
  const said = number(facts, 'rebuild-time')
  if (said !== undefined) return { seconds: said, how: '', facts: uniqueFacts([known(facts, 'rebuild-time')?.fact]) }
  const rate = number(facts, 'rebuild-rate')
  const data = dataOf(store).length > 0 ? dataOf(store) : carried.at(store.id)
  const only = data.length === 1 ? lookup(model).data(data[0]!) : undefined
  const stated = known(facts, 'items') ?? (only && known(only.facts, 'count'))
  const items = numberOf(stated?.value)
  if (saysUnknown(facts, 'rebuild-time') || saysUnknown(facts, 'items') || rate === undefined || rate <= 0 || items === undefined) return undefined
  const how = ` (${formatQuantity(quantity(items))} records at ${formatQuantity(quantity(rate, RATE))})`
  return { seconds: items / rate, how, facts: uniqueFacts([known(facts, 'rebuild-rate')?.fact, stated?.fact]) }
}

interface Demand {
  readonly seconds: number
  readonly who: string
  readonly flow?: FlowPaths
  readonly fact?: Fact
}

/** The shortest time in which the store itself, or a flow that always needs it, must be back. */
function demandsOn({ flows }: Analysis, store: Component): Demand | undefined {
  const found: Demand[] = []
  const add = (seconds: number | undefined, who: string, fact: Fact | undefined, flow?: FlowPaths): void => {
    if (seconds !== undefined && Number.isFinite(seconds)) found.push({ seconds, who, ...(fact && { fact }), ...(flow && { flow }) })
  }
  add(limit(store.facts, 'rto'), `\`${store.name}\``, known(store.facts, 'rto')?.fact)
  for (const flow of flows) {
    const needs = flow.waited.some((edge) => edge.needed === store.id && edge.hard === 'yes' && !flow.conditional.has(edge.relation.id))
    if (flow.flow && needs && !isUnlimited(flow.flow.facts, 'rto')) add(number(flow.flow.facts, 'rto'), flow.name, known(flow.flow.facts, 'rto')?.fact, flow)
  }
  return found.length === 0 ? undefined : found.reduce((least, each) => (each.seconds < least.seconds ? each : least))
}
