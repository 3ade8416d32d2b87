import { anySlow, leafPercentile } from '../analysis/fan-out.ts'
import type { FanOut, FlowLatency } from '../analysis/flow-latency.ts'
import { time } from '../analysis/staleness.ts'
import { isNone, known, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Flow, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import type { Settings } from './settings.ts'
import { nameOf, percent } from './words.ts'

export const fanoutTailAmplification: Rule = {
  id: 'fanout-tail-amplification',
  code: 'Q3',
  severity: 'warning',
  title: 'A request that waits for many at once meets the slow one nearly every time',
  why: 'What is rare for one server is common for a request that needs a hundred of them: if each is slow once in a hundred times, 63% of such requests wait for a slow one. The tail of the part becomes the middle of the whole.',
  sources: [
    { title: 'Dean and Barroso, The Tail at Scale (Communications of the ACM, 2013)', url: 'https://research.google/pubs/the-tail-at-scale/' },
  ],
  needs: ['calls', 'required', 'partial-results', 'hedge', 'hedge.after', 'latency.p50', 'latency.p99', 'p95', 'p99', 'p999'],
  fixable: true,
  settings: ['parallelCalls', 'slowShare'],
  *check(model, analysis, settings) {
    const worst = new Map<string, Amplified>()
    for (const flow of model.flows) {
      if (!PROMISES.some(([name]) => known(flow.facts, name))) continue
      const latency = analysis.latency.of(flow.id)
      if (!latency) continue
      for (const found of amplifiedIn(flow, latency, settings)) {
        const key = found.fanOut.relations[0]!
        const before = worst.get(key)
        if (!before || compare(found, before) < 0) worst.set(key, found)
      }
    }
    for (const found of worst.values()) {
      const finding = report(model, found)
      if (finding) yield finding
    }
  },
}

interface Amplified {
  readonly flow: Flow
  readonly latency: FlowLatency
  readonly fanOut: FanOut
  readonly name: string
  readonly q: number
  readonly goal: number
  readonly fact: Fact
  /** With the fan-out, and as if it were one call; unset where nothing is known of the calls. */
  readonly takes?: { readonly all: number; readonly one: number }
}

const PROMISES = [
  ['p95', 0.95],
  ['p99', 0.99],
  ['p999', 0.999],
] as const

/** Known ones first, then the more calls. */
function compare(a: Amplified, b: Amplified): number {
  return Number(b.takes !== undefined) - Number(a.takes !== undefined) || b.fanOut.n - a.fanOut.n || b.q - a.q || (a.flow.id < b.flow.id ? -1 : 1)
}

function amplifiedIn(flow: Flow, latency: FlowLatency, { parallelCalls, slowShare }: Settings): readonly Amplified[] {
  const [largest] = latency.fanOuts.filter(({ n, relations }) => n >= parallelCalls && relations.length > 0).sort((a, b) => b.n - a.n)
  if (!largest) return []
  return PROMISES.flatMap(([name, q]): readonly Amplified[] => {
    const goal = number(flow.facts, name)
    if (goal === undefined) return []
    const found = { flow, latency, fanOut: largest, name: name === 'p999' ? 'p99.9' : name, q, goal, fact: known(flow.facts, name)!.fact }
    const all = latency.estimate(q).seconds
    const one = latency.estimate(q, { single: true }).seconds
    if (all > goal) return one <= goal ? [{ ...found, takes: { all, one } }] : []
    // Nothing says how slow the calls can be: a question, no more.
    const open = largest.leaf === undefined && largest.relations.length === 1 && !largest.hedged && largest.needed === largest.n && largest.always
    return open && anySlow(1 - q, largest.n) > slowShare ? [found] : []
  })
}

function report(model: Model, { flow, latency, fanOut, name, q, goal, fact, takes }: Amplified): Finding | undefined {
  const find = lookup(model)
  const relations = fanOut.relations.flatMap((id) => find.relation(id) ?? [])
  const [relation] = relations
  if (!relation) return undefined
  const caller = nameOf(model, relation.from)
  const whom = fanOut.relations.length === 1 ? `${fanOut.n} parallel calls to \`${nameOf(model, relation.to)}\`` : `${fanOut.n} calls at the same time`
  const few = fanOut.needed < fanOut.n ? `${fanOut.needed} of ` : ''
  const message = takes
    ? `\`${caller}\` waits for ${few}${whom}: by estimate ${name} of "${flow.title}" is then about ${time(takes.all)}, not the ${time(takes.one)} it would be with one, where ${time(goal)} are promised.${odds(fanOut)}`
    : `\`${caller}\` waits for ${whom}: to keep ${name} ${time(goal)} for "${flow.title}", each of them must keep its time in ${percent(leafPercentile(q, fanOut.n), 3)} of all cases. A ${name} of the single call says nothing about that.`
  return {
    at: relation.origin,
    subject: { relation: relation.id, flow: flow.id },
    severity: takes ? 'warning' : 'info',
    message,
    help: fanOut.hedged
      ? 'Answer without the slowest few (`required: 95%`, `partial-results: yes`), or ask fewer.'
      : 'Send a second request where the first is slow (`hedge { after: p95, cap: 5% }`), or answer without the slowest few (`required: 95%`), or ask fewer.',
    related: [
      { at: flow.origin, message: `"${flow.title}" promises ${name} ${time(goal)}` },
      ...relations.slice(1, 8).map((other) => ({ at: other.origin, message: `\`${nameOf(model, other.from)} → ${nameOf(model, other.to)}\`` })),
    ],
    facts: [fact, ...fanOut.facts, ...(takes ? latency.estimate(q).facts : [])],
    fixes: fixesOf(model, relation, fanOut, takes === undefined || latency.estimate(q, { hedged: relation.id }).seconds <= goal),
  }
}

/** As Dean and Barroso tell it. */
function odds({ n, needed, hedged, relations }: FanOut): string {
  return hedged || needed < n || relations.length > 1 ? '' : ` Each is slower than its own p99 once in a hundred times, so ${percent(anySlow(0.01, n), 0)} of the requests meet one that is.`
}

/** Asking twice is harmless only where it is harmless to do it twice. */
function fixesOf(model: Model, relation: Relation, fanOut: FanOut, helps: boolean): readonly Fix[] {
  if (fanOut.relations.length > 1 || fanOut.hedged || !helps || !repeatable(relation)) return []
  const edits = setOnRelation(model, relation, { hedge: '{ after: p95, cap: 5% }' })
  return edits ? [{ title: 'Hedge the slow ones: `hedge { after: p95, cap: 5% }`', edits: edits.map((edit) => ({ ...edit, newText: edit.newText.replace('hedge: {', 'hedge {') })) }] : []
}

function repeatable({ verb, facts }: Relation): boolean {
  if (verb === 'reads' || word(facts, 'op') === 'read' || ['GET', 'HEAD'].includes(word(facts, 'method') ?? '')) return true
  return known(facts, 'idempotent') !== undefined && !isNone(facts, 'idempotent')
}
