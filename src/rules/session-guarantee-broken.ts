import type { Analysis } from '../analysis/analysis.ts'
import type { Behind } from '../analysis/behind.ts'
import { certainlyOn, dataWithheld } from '../analysis/carried.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { sessionDemandOn, sessionWritesBefore, type SessionDemand, type SessionWrite } from '../analysis/session.ts'
import { time } from '../analysis/staleness.ts'
import { call, flag, number, numberOf, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, Relation } from '../model/model.ts'
import { setOnRelation, statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, nameOf } from './words.ts'

export const sessionGuaranteeBroken: Rule = {
  id: 'session-guarantee-broken',
  code: 'R5',
  severity: 'error',
  title: 'People may not see what they have just written',
  why: 'A write is acknowledged where the truth is, and the next page is read from a copy that has not got it yet. To the person who wrote, that is no delay: the change is gone, so they do it again, or complain.',
  sources: [
    { title: 'Terry et al., Session Guarantees for Weakly Consistent Replicated Data (PDIS 1994)' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5, "Problems with Replication Lag"' },
    { title: 'Jepsen, Read Your Writes', url: 'https://jepsen.io/consistency/models/read-your-writes' },
  ],
  needs: ['requires', 'consistency', 'class', 'read-from', 'lag.p99', 'session', 'read-after-write', 'min-gap', 'optimistic-ui', 'ttl', 'invalidation'],
  fixable: true,
  *check(model, analysis) {
    // One root cause is one read from a copy that is behind: the writes that it may miss, and the flows that show it, are witnesses.
    const causes = new Map<string, [Break, ...Break[]]>()
    for (const flow of analysis.flows) {
      for (const found of breaksIn(model, analysis, flow)) {
        const cause = causes.get(found.read.id)
        if (cause) cause.push(found)
        else causes.set(found.read.id, [found])
      }
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

interface Break {
  readonly flow: FlowPaths
  readonly read: Relation
  /** The write that the reader may not see; unset where it is time that goes backwards. */
  readonly missed?: SessionWrite
  readonly behind: Behind
  readonly demand: SessionDemand
}

function* breaksIn(model: Model, analysis: Analysis, flow: FlowPaths): Iterable<Break> {
  for (const { verb, relation: read } of flow.waited) {
    if (verb.name !== 'reads' || !analysis.lagging.mayLag(read)) continue
    const demand = sessionDemandOn(model, analysis, flow, read)
    if (!demand || isTied(flow, read)) continue
    const writes = demand.ownWrites ? sessionWritesBefore(model, analysis, flow, read, demand) : []
    const behinds = writes.map((missed) => ({ missed, behind: analysis.lagging.behind(read, missed.write) }))
    // What the same operation also writes there is there, whatever else brings it once more.
    const fresh = new Set(behinds.flatMap(({ missed, behind }) => ((missed.write.to === read.to && !behind) || mayWrite(model, missed.in, read.to) ? [missed.in] : [])))
    const open = behinds.flatMap(({ missed, behind }) => (behind && !fresh.has(missed.in) && !isSafe(model, flow, read, behind, missed) && isShown(demand, behind, missed) ? [{ missed, behind }] : []))
    const [first] = open.toSorted((a, b) => RANK[a.missed.order] - RANK[b.missed.order] || Number(b.missed.write.from === read.from) - Number(a.missed.write.from === read.from))
    if (first) yield { flow, read, ...first, demand }
    else if (demand.monotonic) {
      const behind = goesBackwards(model, analysis, read)
      if (behind) yield { flow, read, behind, demand }
    }
  }
}

/** Whether it writes there, or what it writes, is said to be unknown. */
function mayWrite(model: Model, { waited, unsure }: FlowPaths, store: string): boolean {
  const writes = ({ verb, relation }: FlowPaths['waited'][number]): boolean => verb.name === 'writes' && relation.to === store
  return unsure.some(writes) || waited.some((edge) => writes(edge) && dataWithheld(model, edge.relation))
}

const RANK = { within: 0, before: 1, 'some day': 2 }

/** A position that travels with the request, or a replica or leader that the person stays with. Said to be unknown, it may be. */
function isTied(flow: FlowPaths, read: Relation): boolean {
  if (protection(read.facts, 'session') !== false || saysUnknown(read.facts, 'read-after-write') || saysUnknown(read.facts, 'min-gap')) return true
  // On the way to the read it counts as well, except a stickiness, which is to the one that it leads to.
  return flow.reach.path(read.from).some(({ relation: { facts } }) => saysUnknown(facts, 'session') || TOKENS.has(word(facts, 'session') ?? '') || protection(facts, 'read-after-write') !== false)
}

const TOKENS: ReadonlySet<string> = new Set(['token', 'lsn-token', 'version-floor'])

/** Nobody reads again so soon, the leader answers for long enough, or the page in hand shows the change without reading it. */
function isSafe(model: Model, flow: FlowPaths, read: Relation, { seconds }: Behind, { write, in: writing, order }: SessionWrite): boolean {
  if (protection(write.facts, 'session') !== false) return true
  const gap = number(read.facts, 'min-gap')
  if (gap !== undefined && (seconds === undefined || gap >= seconds)) return true
  if (protection(read.facts, 'read-after-write') !== false) {
    const span = numberOf(call(read.facts, 'read-after-write', 'leader')?.args[0])
    if (span === undefined || seconds === undefined || span >= seconds) return true
  }
  if (order !== 'within' || writing !== flow) return false
  // Whoever begins it may show the page in hand.
  if (flow.flow && saysUnknown(flow.flow.facts, 'entry')) return true
  const clients = flow.entries.flatMap((entry) => lookup(model).component(entry) ?? [])
  return clients.some(({ facts }) => flag(facts, 'optimistic-ui') === true || saysUnknown(facts, 'optimistic-ui'))
}

/** Where only a class asks for it and nothing shows that the one follows the other, a default alone is too little to speak of. */
function isShown({ from }: SessionDemand, { facts }: Behind, { order }: SessionWrite): boolean {
  return from === 'statement' || order !== 'some day' || facts.some((fact) => fact.from === 'stated')
}

/** Two followers that are not equally far behind, and nothing that keeps a person with one of them. */
function goesBackwards(model: Model, analysis: Analysis, read: Relation): Behind | undefined {
  const facts = lookup(model).component(read.to)?.facts ?? {}
  if ((number(facts, 'replicas') ?? number(facts, 'replication-factor') ?? 0) < 3 || protection(read.facts, 'read-after-write') !== false) return undefined
  const write = lookup(model).relationsTo(read.to).find((relation) => relation.verb === 'writes')
  const behind = write && analysis.lagging.behind(read, write)
  return behind?.how === 'replica' ? behind : undefined
}

function report(model: Model, analysis: Analysis, cause: readonly [Break, ...Break[]]): Finding {
  const rank = ({ missed, demand }: Break): number => (demand.from === 'statement' ? 0 : 3) + (missed ? RANK[missed.order] : 0)
  const first = cause.reduce((best, each) => (rank(each) < rank(best) ? each : best))
  const { read, missed, behind, demand, flow } = first
  const flows = [...new Set(cause.map((each) => each.flow))]
  const data = certainlyOn(analysis.carried, read)
  const though = demand.because ? `, though ${demand.because}` : ''
  return {
    at: read.origin,
    subject: { relation: read.id, component: read.to, ...(data.length === 1 && { data: data[0]! }), ...(flows.length === 1 && flow.flow && { flow: flow.id }) },
    // Nothing shows that the one follows the other, and nobody demands it in so many words.
    ...(missed?.order === 'some day' && demand.from === 'class' && { severity: 'warning' as const }),
    message: missed ? `${happens(model, first, missed)}: the one who wrote may not see the change${though}.` : `In ${flow.name}, \`${nameOf(model, read.from)}\` reads ${behind.what}, and each time perhaps another one: a person can see something and a moment later no longer see it${though}.`,
    help: helpOf(model, first),
    related: [
      ...(missed ? [{ at: missed.write.origin, message: `\`${nameOf(model, missed.write.from)}\` ${missed.write.verb === 'writes' ? 'writes' : 'publishes to'} \`${nameOf(model, missed.write.to)}\`` }] : []),
      ...alongPath(model, behind.path),
      ...(missed && missed.in !== flow ? [{ at: missed.in.at, message: `written in ${missed.in.name}` }] : []),
      ...flows.slice(0, 8).map((each) => ({ at: each.at, message: `read in ${each.name}` })),
    ],
    facts: [...demand.facts, ...behind.facts],
    intentUnknown: demand.from === 'nowhere',
    fixes: fixes(model, first),
  }
}

/** `` In "Edit", `api` writes `users` and then reads a replica of `users` that may be 800ms behind ``. */
function happens(model: Model, { flow, read, behind }: Break, { write, in: writing, order }: SessionWrite): string {
  const [writer, reader] = [nameOf(model, write.from), nameOf(model, read.from)]
  const wrote = `\`${writer}\` ${write.verb === 'writes' ? 'writes' : 'publishes to'} \`${nameOf(model, write.to)}\``
  const who = writer === reader ? '' : `\`${reader}\` `
  if (writing === flow) return `In ${flow.name}, ${wrote} and ${order === 'within' ? 'then ' : ''}${who}reads ${behind.what}`
  return `${wrote} in ${writing.name}, and ${who}reads ${behind.what} in ${flow.name}${order === 'before' ? ' just afterwards' : ''}`
}

function helpOf(model: Model, { read, missed, behind }: Break): string {
  const span = leaderSpan(behind)
  if (!missed) return 'Keep a person with one replica (`session: sticky`), or send the lowest version that they may see along (`session: version-floor`).'
  switch (behind.how) {
    case 'replica':
      return `Read the leader for a while after a person’s own write (\`read-after-write: leader(${span})\`) or always (\`consistency: leader\`), or pass the position of the write along and wait for it (\`session: lsn-token\`).`
    case 'cache':
      return `Let \`${nameOf(model, missed.write.from)}\` invalidate \`${nameOf(model, read.to)}\` as part of the write, or read past it after a person’s own write (\`read-after-write: leader\`).`
    case 'index':
      return `Answer a person’s own changes from where the truth is, by their key, or let the one who wrote wait until it can be found (\`session: version-floor\`; in Elasticsearch \`refresh=wait_for\`).`
    default:
      return `Pass the version of the write along and let the read wait for it (\`session: version-floor\`), or answer from \`${nameOf(model, missed.write.to)}\` after a person’s own write (\`read-after-write: leader\`).`
  }
}

/** Twice what the replica may be behind, and a second at least. */
function leaderSpan({ seconds }: Behind): string {
  return time(seconds === undefined || !Number.isFinite(seconds) ? 5 : Math.max(1, Math.ceil(seconds * 2)))
}

function fixes(model: Model, { read, missed, behind }: Break): readonly Fix[] {
  const set = (title: string, property: string, value: string): readonly Fix[] => {
    const edits = setOnRelation(model, read, { [property]: value })
    return edits ? [{ title: `${title}: \`${property}: ${value}\``, edits }] : []
  }
  if (!missed) return set('Keep a person with one replica', 'session', 'sticky')
  if (behind.how === 'replica') return [...(Number.isFinite(behind.seconds ?? 0) ? set('Read the leader after one’s own write', 'read-after-write', `leader(${leaderSpan(behind)})`) : []), ...set('Wait for the position of one’s own write', 'session', 'lsn-token')]
  if (behind.how !== 'cache') return set('Wait for the version of one’s own write', 'session', 'version-floor')
  const { write } = missed
  if (write.verb !== 'writes') return []
  return [{ title: `Let \`${nameOf(model, write.from)}\` invalidate \`${nameOf(model, read.to)}\``, edits: [statementAfter(write.extent, `${write.from} -> ${read.to} : invalidates`)] }]
}
