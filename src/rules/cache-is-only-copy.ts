import type { Analysis } from '../analysis/analysis.ts'
import { dataOf } from '../analysis/carried.ts'
import type { Intent } from '../analysis/intent.ts'
import { factAt, isAbsent, isNone, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { insertIntoBody, statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, listed, nameOf } from './words.ts'

export const cacheIsOnlyCopy: Rule = {
  id: 'cache-is-only-copy',
  code: 'C1',
  severity: 'error',
  title: 'Data that must survive lives only where it may be forgotten',
  why: 'A cache drops entries when memory is full, starts empty after a restart and loses acknowledged writes in a failover. That is right for copies. A cache that somebody writes to, and that nothing can fill again, has quietly become the source of truth.',
  sources: [
    { title: 'Redis documentation, Key eviction', url: 'https://redis.io/docs/latest/develop/reference/eviction/' },
    {
      title: 'Redis documentation, Replication: safety when the master has persistence turned off',
      url: 'https://redis.io/docs/latest/operate/oss_and_stack/management/replication/',
    },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 11: derived data' },
  ],
  needs: ['eviction', 'durability', 'rebuild-from', 'stores', 'class', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      const finding = judge(model, analysis, store)
      if (finding) yield finding
    }
  },
}

function judge(model: Model, analysis: Analysis, store: Component): Finding | undefined {
  const forgetting = analysis.truths.forgets(store.id)
  if (forgetting.certain !== 'yes' || !HOLDS.has(store.kind) || refilled(store)) return undefined
  const writes = lookup(model)
    .relationsTo(store.id)
    .filter((relation) => relation.verb === 'writes' && !counts(relation))
  if (writes.length === 0) return undefined
  const lost = lostData(analysis, store, writes)
  if (lost.length === 0 || acceptsLoss(model, analysis, store, lost)) return undefined
  const requires = lost.filter(({ intent }) => intent.stance === 'requires')
  const worst = requires.length > 0 ? requires : lost
  const names = worst.flatMap(({ data }) => (data === undefined ? [] : [lookup(model).data(data)!.name]))
  const what =
    names.length > 0 ? listed(names) : `What ${listed([...new Set(writes.map((relation) => nameOf(model, relation.from)))])} writes`
  const lives = names.length > 1 ? 'live' : 'lives'
  const because = requires.length > 0 ? `, though ${joined([...new Set(requires.map(({ intent }) => intent.because))])}` : ''
  const held = [...new Set([...dataOf(store), ...writes.flatMap((relation) => analysis.carried.on(relation.id))])]
  return {
    at: store.origin,
    subject: { component: store.id, ...(held.length === 1 && { data: held[0]! }) },
    message: `${what} ${lives} only in \`${store.name}\`, which ${forgetting.how}: what is lost then is lost for good, since nothing in the design can rebuild it${because}.`,
    help: `Write ${names.length > 0 ? listed(names) : 'it'} to a database or log first and treat \`${store.name}\` as a view of that (\`rebuild-from\`), or state that losing it is acceptable (\`tolerates: loss\`).`,
    related: writes.map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` writes only here` })),
    facts: [...forgetting.facts, ...requires.flatMap(({ intent }) => (intent.fact ? [intent.fact] : []))],
    ...(requires.length === 0 && { intentUnknown: true }),
    fixes: fixes(model, store, writes, worst),
  }
}

const HOLDS: ReadonlySet<string> = new Set(['cache', 'database', 'search', 'object-store', 'coordinator'])

/** Something else can fill it again, as the design says, or may say. */
function refilled(store: Component): boolean {
  const { facts } = store
  const copy = word(facts, 'derived') === 'yes' || saysUnknown(facts, 'derived')
  const source = !isAbsent(facts, 'rebuild-from') && !isNone(facts, 'rebuild-from')
  return copy || source
}

/** Counters of rates and the like: what is added to and read back within a moment is meant to be forgotten. */
function counts(relation: Relation): boolean {
  const op = word(relation.facts, 'op')
  return (op === 'increment' || saysUnknown(relation.facts, 'op')) && isAbsent(relation.facts, 'data')
}

interface Lost {
  readonly data?: string
  readonly intent: Intent
}

/** What is written here and may be nowhere else; of one that nobody named, at most one entry. */
function lostData(analysis: Analysis, store: Component, writes: readonly Relation[]): readonly Lost[] {
  const written = [...new Set(writes.flatMap((relation) => analysis.carried.on(relation.id)))]
  if (saysUnknown(store.facts, 'stores') || writes.some((relation) => saysUnknown(relation.facts, 'data'))) return []
  const stored = dataOf(store)
  const candidates: readonly (string | undefined)[] = written.length > 0 ? written : stored.length > 0 ? stored : [undefined]
  return candidates.flatMap((data): Lost | [] => {
    if (analysis.truths.hasOtherHome(store.id, data)) return []
    const carrying = writes.filter(
      (relation) => data === undefined || analysis.carried.on(relation.id).length === 0 || analysis.carried.on(relation.id).includes(data),
    )
    const intent = strictest(
      carrying.map((relation) =>
        analysis.intents.at({ relation: relation.id, component: store.id, ...(data !== undefined && { data: [data] }) }, 'loss'),
      ),
    )
    if (intent.stance === 'tolerates' || intent.withheld) return []
    return { ...(data !== undefined && { data }), intent }
  })
}

function strictest(intents: readonly Intent[]): Intent {
  return (
    intents.find((intent) => intent.stance === 'requires') ??
    intents.find((intent) => intent.withheld) ??
    intents.find((intent) => intent.stance === 'unknown') ??
    intents[0] ?? { stance: 'unknown', because: '' }
  )
}

/** Kept on disk and in copies, full memory refuses writes, and somebody has said how much may be lost. */
function acceptsLoss(model: Model, analysis: Analysis, store: Component, lost: readonly Lost[]): boolean {
  const { facts } = store
  if (word(facts, 'eviction') !== 'noeviction') return false
  const kept = word(facts, 'durability')
  if (kept === 'memory' || kept === undefined) return false
  if (!saysUnknown(facts, 'replicas') && (number(facts, 'replicas') ?? 1) < 2) return false
  const find = lookup(model)
  const flows = analysis.flows.flatMap(({ flow, causeReach }) => (flow && causeReach.has(store.id) ? [flow] : []))
  const bounded = [store, ...flows, ...lost.flatMap(({ data }) => find.data(data ?? '') ?? [])]
  return bounded.some((each) => (number(each.facts, 'rpo') ?? 0) >= 1 || factAt(each.facts, 'rpo')?.value.type === 'unknown')
}

/** A database behind it, written by the same ones; or that losing it is all right. Which of the two is a choice. */
function fixes(model: Model, store: Component, writes: readonly Relation[], lost: readonly Lost[]): readonly Fix[] {
  const find = lookup(model)
  const tolerate: Fix = { title: 'Losing it is acceptable: `tolerates: loss`', edits: [insertIntoBody(store, 'tolerates: loss')] }
  // Nearer than that it is said that it is not.
  const demanded = [store, ...writes].some(({ facts }) => !isAbsent(facts, 'requires'))
  const [write] = writes
  // Who writes elsewhere too, or holds a lock meanwhile, would have to write both at once.
  const busy = write && find.relationsFrom(write.from).some((other) => other !== write && (other.verb === 'locks' || other.verb === 'publishes' || (other.verb === 'writes' && other.to !== store.id)))
  // Where the design speaks of who may come in, a database is more to guard than a cache.
  const guarded = [...model.components, ...model.relations, ...model.containers].some(({ facts }) => !isAbsent(facts, 'auth')) && write && isAbsent(find.component(write.from)?.facts ?? {}, 'auth')
  // In the same box it would fall together with it.
  const boxed = ['host', 'zone', 'cell'].includes(find.container(store.parent ?? '')?.kind ?? '')
  if (!write || busy || guarded || boxed || writes.length > 1 || !isAbsent(store.facts, 'tolerates') || !isAbsent(store.facts, 'rebuild-from'))
    return isAbsent(store.facts, 'tolerates') && !demanded ? [tolerate] : []
  const names = lost.flatMap(({ data }) => (data === undefined ? [] : [find.data(data)!.name]))
  const home = freshName(model, `${store.name}-db`)
  const data = names.length === 0 ? '' : names.length === 1 ? names[0]! : `[${names.join(', ')}]`
  const keep: Fix = {
    title: `Keep ${names.length > 0 ? listed(names) : 'it'} in a database, and fill \`${store.name}\` from that`,
    edits: [
      insertIntoBody(store, `rebuild-from: ${home}`),
      statementAfter(store.extent, `database ${home}${data ? ` { stores: ${data} }` : ''}`),
      statementAfter(write.extent, `${qualified(model, write.from)} -> ${home} : writes${data ? ` { data: ${data} }` : ''}`),
    ],
  }
  return demanded ? [keep] : [keep, tolerate]
}

function freshName(model: Model, wanted: string): string {
  const taken = new Set([...model.components, ...model.containers, ...model.data, ...model.lets].map((declared) => declared.name))
  let name = wanted
  for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`
  return name
}

/** The short name where it is the only one. */
function qualified(model: Model, id: string): string {
  const name = nameOf(model, id)
  return model.components.filter((component) => component.name === name).length === 1 ? name : id
}
