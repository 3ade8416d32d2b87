import type { Analysis } from '../analysis/analysis.ts'
import { flowsWaiting, type FlowPaths } from '../analysis/flows.ts'
import { walkWhile, type Edge, type Hop } from '../analysis/graph.ts'
import { outlives } from '../analysis/returns.ts'
import { known, limit, protection, reference, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, TextEdit } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { overlap, setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, nameOf, pathOf } from './words.ts'

export const retryOfNonIdempotentCall: Rule = {
  id: 'retry-of-non-idempotent-call',
  code: 'D2',
  severity: 'error',
  title: 'A retry reaches an effect that does not recognise it',
  why: 'A time-out does not say whether the work was done. Whoever sends again without a key that the other end recognises does it again, and the key helps only as far as it is passed on: the last hop to the card or the mail is the one that forgets it.',
  sources: [
    { title: 'AWS Builders’ Library, Making retries safe with idempotent APIs', url: 'https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/' },
    { title: 'Stripe API reference, Idempotent requests', url: 'https://docs.stripe.com/api/idempotent_requests' },
  ],
  needs: ['retries', 'hedge', 'retry-on', 'op', 'method', 'idempotent', 'carries', 'dedupe', 'tolerates'],
  fixable: true,
  *check(model, analysis) {
    const resending = new Map(analysis.graph.edges.flatMap((edge) => {
      const again = resends(model, edge)
      return again ? [[edge.relation.id, again] as const] : []
    }))
    if (resending.size === 0) return
    for (const effect of analysis.graph.edges) {
      if (!harms(analysis, effect)) continue
      const repeats = repeatsOf(model, analysis, effect, resending)
      if (isSome(repeats)) yield report(model, analysis, repeats)
    }
  },
}

interface Resend {
  /** As a message says it: `retries` … `(3 attempts)`. */
  readonly how: string
  readonly facts: readonly Fact[]
  /** Nobody states a retry; a person presses the button again. */
  readonly assumed: boolean
}

/** One way on which an effect is repeated: from the edge that sends again to the effect, both included. */
interface Repeat {
  readonly again: Resend
  readonly path: readonly Edge[]
  readonly effect: Edge
  /** The first edge on the way that does not pass the key on. */
  readonly open: Edge
  /** The key that was accepted before that. */
  readonly key?: string
  readonly flow?: string
}

function resends(model: Model, edge: Edge): Resend | undefined {
  const { facts } = edge.relation
  if (edge.waits !== 'yes' || isRead(edge)) return undefined
  // A request that was surely not sent may be sent again.
  if (saysUnknown(facts, 'retry-on')) return undefined
  const on = words(facts, 'retry-on')
  if (on !== undefined && on.length > 0 && on.every((reason) => reason === 'connect')) return undefined
  // A balancer may say it once for all that it passes on.
  const source = lookup(model).component(edge.needer)?.facts ?? {}
  const where = known(facts, 'retries') || saysUnknown(facts, 'retries') || known(source, 'retries')?.fact.from !== 'stated' ? facts : source
  const retries = limit(where, 'retries')
  const said = known(where, 'retries')
  if (said && word(where, 'retries') !== 'none' && retries !== undefined && retries > 0) {
    return { how: Number.isFinite(retries) ? `tries ${retries + 1} times` : 'tries without end', facts: [said.fact], assumed: false }
  }
  const hedge = known(facts, 'hedge')
  if (hedge && protection(facts, 'hedge') === true) return { how: 'sends a second request when the first is slow', facts: [hedge.fact], assumed: false }
  const op = known(facts, 'op')
  if (lookup(model).component(edge.needer)?.kind === 'client' && op && SUBMITTED.has(word(facts, 'op') ?? '')) {
    return { how: 'sends again when the answer is lost', facts: [op.fact], assumed: true }
  }
  return undefined
}

/** What a person submits and submits again. */
const SUBMITTED: ReadonlySet<string> = new Set(['insert', 'append', 'increment', 'send', 'charge'])

function isRead(edge: Edge): boolean {
  const { facts } = edge.relation
  // What is said to be unknown may be a read.
  if (saysUnknown(facts, 'op') || saysUnknown(facts, 'method')) return true
  return ['reads', 'resolves', 'caches', 'locks', 'invalidates'].includes(edge.verb.name) || word(facts, 'op') === 'read' || ['GET', 'HEAD'].includes(word(facts, 'method') ?? '')
}

/** An effect that is known to happen twice when it is done twice. */
function harms({ duplication }: Analysis, effect: Edge): boolean {
  if (effect.waits !== 'yes' || isRead(effect)) return false
  const { safe, fact } = duplication.idempotence(effect)
  return safe === 'no' && (fact !== undefined || word(effect.relation.facts, 'op') !== undefined)
}

/** How many that send again are told of one effect, the nearest first. */
const MOST = 8

/** Who sends the effect again, each by the shortest way on which no key protects it; within one operation. */
function repeatsOf(model: Model, analysis: Analysis, effect: Edge, resending: ReadonlyMap<string, Resend>): readonly Repeat[] {
  for (const { before, flow } of operations(analysis, effect)) {
    if (tolerated(analysis, effect, flow)) continue
    const repeats: Repeat[] = []
    const consider = (relation: string, way: () => readonly Edge[]): void => {
      const again = resending.get(relation)
      if (!again) return
      const path = way()
      const open = firstOpen(model, path)
      if (open) repeats.push({ again, path, effect, ...open, ...(flow !== undefined && { flow }) })
    }
    consider(effect.relation.id, () => [effect])
    walkWhile([effect.needer], before, (component, reach) => {
      for (const { edge } of before(component)) consider(edge.relation.id, () => [edge, ...reach.path(component).toReversed(), effect])
      return repeats.length < MOST
    })
    if (repeats.length > 0) return repeats
  }
  return []
}

/** The operations that the effect is a part of, walked against the requests: the flows that wait for it, or else all that leads to it. */
function operations(analysis: Analysis, effect: Edge): readonly { readonly before: (component: string) => readonly Hop[]; readonly flow?: string }[] {
  const flows = flowsWaiting(analysis.flows, [effect.relation.id])
  const callers = (component: string): readonly Edge[] => analysis.graph.neededBy(component).filter((edge) => edge.waits === 'yes')
  if (flows.length === 0) return [{ before: (component) => callers(component).map((edge) => ({ edge, to: edge.needer })) }]
  // What a flow asks for is told before what another one leaves open, wherever they stand.
  const asks = ({ flow }: FlowPaths): boolean => analysis.intents.at({ relation: effect.relation.id, component: effect.needed, ...(flow && { flow: flow.id }) }, 'duplicates').stance === 'requires'
  return [...flows.filter(asks), ...flows.filter((flow) => !asks(flow))].map((flow) => ({
    before: (component) => callers(component).flatMap((edge) => (flow.waitsFor(edge.relation.id) ? { edge, to: edge.needer } : [])),
    ...(flow.flow && { flow: flow.flow.id }),
  }))
}

function isSome<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0
}

function tolerated(analysis: Analysis, effect: Edge, flow: string | undefined): boolean {
  const intent = analysis.intents.at({ relation: effect.relation.id, component: effect.needed, ...(flow !== undefined && { flow }) }, 'duplicates')
  // A charge is money, whatever the class of the data that goes along with it.
  return intent.stance === 'tolerates' && !(intent.implied && word(effect.relation.facts, 'op') === 'charge')
}

/**
 * The first edge that lets go of the key; unset where the effect is protected. A hop that enforces a key protects what is written into the
 * store that keeps the key's record; an effect beyond that is safe only if the key travels on (DECISIONS).
 */
function firstOpen(model: Model, path: readonly Edge[]): { readonly open: Edge; readonly key?: string } | undefined {
  const effect = path.at(-1)!
  const [first] = path
  let key = keyOf(model, first!)
  if (key === undefined) return { open: first! }
  for (const [index, edge] of path.entries()) {
    if (index === 0) continue
    const holder = path[index - 1]!
    const enforced = enforces(model, holder)
    if (enforced === 'unknown') return undefined
    if (enforced && edge === effect && keepsRecord(model, holder, effect)) return undefined
    const carried = keyOf(model, edge)
    if (carried === undefined) return { open: edge, key }
    key = carried
  }
  // The key came all the way; whether the last one enforces it is not known.
  return path.length === 1 ? { open: first! } : undefined
}

/** The key that travels over the edge, whether its other end enforces it or only gets it. */
function keyOf(model: Model, edge: Edge): string | undefined {
  const { facts } = edge.relation
  const idempotent = known(facts, 'idempotent')
  if (idempotent && !['no', 'none', 'natural', 'yes', 'offset'].includes(word(facts, 'idempotent') ?? '')) return words(facts, 'idempotent')?.[0] ?? 'key'
  if (word(facts, 'idempotent') === 'yes') return 'key'
  if (saysUnknown(facts, 'carries') || saysUnknown(facts, 'idempotent')) return 'key'
  const carried = words(facts, 'carries') ?? []
  const enforcing = words(lookup(model).component(edge.needed)?.facts ?? {}, 'dedupe.key') ?? []
  return carried.find((name) => enforcing.includes(name)) ?? carried.find((name) => /key|id$|token/.test(name)) ?? carried[0]
}

/** Whether the component at the edge's end recognises a key that it has seen. */
function enforces(model: Model, edge: Edge): boolean | 'unknown' {
  const own = lookup(model).component(edge.needed)?.facts ?? {}
  const said = [protection(edge.relation.facts, 'idempotent'), protection(own, 'dedupe'), protection(own, 'idempotent')]
  if (said.includes(true)) return true
  return said.includes(undefined) ? 'unknown' : false
}

function keepsRecord(model: Model, holder: Edge, effect: Edge): boolean {
  const target = lookup(model).component(effect.needed)
  if (target === undefined || !['database', 'cache', 'coordinator', 'object-store', 'search'].includes(target.kind)) return false
  const store = reference(lookup(model).component(holder.needed)?.facts ?? {}, 'dedupe.store') ?? reference(holder.relation.facts, 'dedupe.store')
  return store === undefined || store.id === target.id
}

function report(model: Model, analysis: Analysis, repeats: readonly [Repeat, ...Repeat[]]): Finding {
  const main = repeats.reduce((best, repeat) => (repeat.path.length < best.path.length ? repeat : best))
  const { again, path, effect, open, key } = main
  const first = path[0]!
  const place = { relation: effect.relation.id, component: effect.needed, ...(main.flow !== undefined && { flow: main.flow }) }
  const intent = analysis.intents.at(place, 'duplicates')
  const idem = analysis.duplication.idempotence(effect)
  const [data] = analysis.carried.on(effect.relation.id)
  const others = repeats.filter((repeat) => repeat !== main && repeat.path[0] !== first)
  return {
    at: open.relation.origin,
    // About the effect, whoever repeats it: another retry makes no other finding.
    subject: { relation: effect.relation.id, component: effect.needer, ...(data !== undefined && { data }), ...(main.flow !== undefined && { flow: main.flow }) },
    // A key that begins behind the first hop may be made of what the request holds: a question, not a verdict.
    ...((again.assumed || laterKey(model, main) !== undefined) && { severity: 'warning' as const }),
    message: messageOf(model, main),
    help: helpOf(model, main),
    related: [...alongPath(model, path), ...others.map((repeat) => ({ at: repeat.path[0]!.relation.origin, message: `\`${nameOf(model, repeat.path[0]!.needer)}\` ${repeat.again.how} too` }))],
    facts: [...again.facts, ...(idem.fact ? [idem.fact] : []), ...(intent.fact ? [intent.fact] : [])],
    // Nobody wants to be charged twice, whatever the data is called.
    intentUnknown: intent.stance === 'unknown' && word(effect.relation.facts, 'op') !== 'charge',
    fixes: fixesFor(model, analysis, repeats, key),
  }
}

/** The first edge behind an open first one over which a key goes after all. */
function laterKey(model: Model, { path, open }: Repeat): { readonly edge: Edge; readonly key: string } | undefined {
  if (open !== path[0]) return undefined
  for (const edge of path.slice(1)) {
    const key = keyOf(model, edge)
    if (key !== undefined) return { edge, key }
  }
  return undefined
}

function messageOf(model: Model, main: Repeat): string {
  const { again, path, effect, open, key } = main
  const [first] = path
  const who = `\`${nameOf(model, first!.needer)}\` ${again.how} to reach \`${nameOf(model, first!.needed)}\``
  const does = word(effect.relation.facts, 'op') ?? effect.verb.name
  const target = nameOf(model, effect.needed)
  const twice = `a time-out after the ${does} at \`${target}\` went through does it again`
  if (path.length === 1) return `${who}, and the ${does} there has no key by which the second request is recognised: ${twice}.`
  const begins = laterKey(model, main)
  if (open === first && begins) return `${who}, and the key \`${begins.key}\` is made only at \`${nameOf(model, begins.edge.needer)}\`, so each try may get another one: ${twice}.`
  if (open === first) return `${who}, and no key goes with it on the way ${pathOf(model, path)}: ${twice}.`
  return `${who}. The key \`${key}\` comes as far as \`${nameOf(model, open.needer)}\` and is not passed on over ${pathOf(model, [open])}: ${twice}.`
}

function helpOf(model: Model, { path, effect, open, key }: Repeat): string {
  const target = nameOf(model, effect.needed)
  if (path.length === 1) return `Send a key that \`${target}\` recognises (\`idempotent: …\`), or do not retry what may have been done (\`retry-on: connect\`).`
  return key !== undefined && open === effect
    ? `Pass \`${key}\` on and let \`${target}\` recognise it (\`idempotent: ${key}\`).`
    : `Carry one key along the whole way and let \`${target}\` recognise it, or retry only what was surely not sent (\`retry-on: connect\`).`
}

/** The key on the effect, and carried by every edge of the way before it. */
function fixesFor(model: Model, analysis: Analysis, repeats: readonly Repeat[], accepted: string | undefined): readonly Fix[] {
  const { effect } = repeats[0]!
  // A key that is forgotten too early is the next fault: what may come so late is to be decided first.
  if (outlives(model, analysis.graph, lookup(model).component(effect.needed)!)) return []
  const key = accepted ?? keyName(model, analysis, effect)
  const edits: TextEdit[] = []
  const done = new Set<string>([effect.relation.id])
  const own = setOnRelation(model, effect.relation, { idempotent: key })
  if (!own) return []
  edits.push(...own)
  for (const edge of repeats.flatMap(({ path }) => path)) {
    if (done.has(edge.relation.id) || keyOf(model, edge) !== undefined) continue
    done.add(edge.relation.id)
    const carried = setOnRelation(model, edge.relation, { carries: key })
    if (!carried || carried.some((edit) => edits.some((other) => overlap(edit, other)))) return [fixOf(model, effect, key, own)]
    edits.push(...carried)
  }
  return [fixOf(model, effect, key, edits)]
}

function fixOf(model: Model, effect: Edge, key: string, edits: readonly TextEdit[]): Fix {
  return { title: `Recognise repeats at \`${nameOf(model, effect.needed)}\` by \`${key}\``, edits }
}

/** The key of the data that the effect is about, which is known at its beginning; else a key of its own. */
function keyName(model: Model, analysis: Analysis, effect: Edge): string {
  const [data] = analysis.carried.on(effect.relation.id)
  return (data !== undefined && words(lookup(model).data(data)?.facts ?? {}, 'key')?.[0]) || 'idempotency-key'
}
