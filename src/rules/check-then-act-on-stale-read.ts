import type { Analysis } from '../analysis/analysis.ts'
import type { Behind } from '../analysis/behind.ts'
import { certainlyOn, dataWithheld } from '../analysis/carried.ts'
import { momentsOf, type FlowPaths } from '../analysis/flows.ts'
import { walk, type Edge, type Hop, type Reach } from '../analysis/graph.ts'
import { flag, known, protection, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, nameOf, pathOf } from './words.ts'

export const checkThenActOnStaleRead: Rule = {
  id: 'check-then-act-on-stale-read',
  code: 'R6',
  severity: 'error',
  title: 'A change is decided on a copy that may be old, and the write does not check again',
  why: 'Between what a copy shows and what the truth holds there is always some time, and in that time somebody else may have taken the last seat. Unless the write itself asks again, both who looked at the old copy get it.',
  sources: [
    { title: 'Bailis et al., Feral Concurrency Control: An Empirical Investigation of Modern Application Integrity (SIGMOD 2015)' },
    { title: 'Kubernetes API conventions, Concurrency control and consistency', url: 'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#concurrency-control-and-consistency' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 7, "Write Skew and Phantoms"' },
  ],
  needs: ['decides', 'invariants', 'class', 'if', 'consistency', 'read-from', 'lag.p99', 'ttl', 'invalidation'],
  fixable: true,
  *check(model, analysis) {
    // One root cause is one write that does not check: the reads that lead to it are witnesses.
    const causes = new Map<string, [Decision, ...Decision[]]>()
    for (const flow of analysis.flows) {
      for (const decision of decisionsIn(model, analysis, flow)) {
        const cause = causes.get(decision.write.id)
        if (cause) cause.push(decision)
        else causes.set(decision.write.id, [decision])
      }
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

interface Decision {
  readonly flow: FlowPaths
  readonly read: Relation
  readonly write: Relation
  /** From who reads to who writes; empty where it is the same. */
  readonly way: readonly Edge[]
  readonly behind: Behind
  readonly stake: Stake
}

/** Why what is read decides something. */
interface Stake {
  /** As a message says it: `` `Seat` has class inventory ``; empty where only the read says that it decides. */
  readonly because: string
  readonly facts: readonly Fact[]
  readonly known: boolean
  /** Only that the one comes before the other says that it decides, and the write adds a record of its own. */
  readonly guessed?: boolean
}

function* decisionsIn(model: Model, analysis: Analysis, flow: FlowPaths): Iterable<Decision> {
  const reads = flow.waited.filter(({ verb, relation }) => verb.name === 'reads' && analysis.lagging.mayLag(relation) && !dataWithheld(model, relation))
  if (reads.length === 0) return
  const effects = [...flow.waited, ...flow.caused].filter(({ verb, relation }) => verb.name === 'writes' && isUnchecked(model, relation) && !dataWithheld(model, relation))
  if (effects.length === 0) return
  const moments = momentsOf(flow)
  const next = onwards(flow)
  const ways = new Map<string, Reach>()
  for (const { relation: read } of reads) {
    const decides = saysItDecides(model, read)
    if (!decides && !moments.has(read.id)) continue
    for (const { relation: write } of effects) {
      if (!decides && !comesFirst(moments, read, write)) continue
      const behind = analysis.lagging.behind(read, write)
      if (!behind || !isSameMatter(analysis, read, write, behind, decides !== undefined)) continue
      const stake = stakeOf(model, analysis, flow, read, write, decides)
      if (!stake || looksAgain(analysis, flow, moments, write)) continue
      const way = ways.get(read.from) ?? walk([read.from], next)
      ways.set(read.from, way)
      if (way.has(write.from)) yield { flow, read, write, way: way.path(write.from), behind, stake }
    }
  }
}

/** Requests and messages of the flow, by the component that they leave. */
function onwards(flow: FlowPaths): (component: string) => readonly Hop[] {
  const map = new Map<string, Hop[]>()
  for (const edge of [...flow.waited, ...flow.caused]) {
    if (!LEADING.has(edge.verb.name)) continue
    const hops = map.get(edge.relation.from)
    if (hops) hops.push({ edge, to: edge.relation.to })
    else map.set(edge.relation.from, [{ edge, to: edge.relation.to }])
  }
  return (component) => map.get(component) ?? []
}

const LEADING: ReadonlySet<string> = new Set(['calls', 'routes', 'publishes', 'delivers', 'triggers'])

function comesFirst(moments: ReturnType<typeof momentsOf>, read: Relation, write: Relation): boolean {
  return (moments.get(read.id)?.first ?? Infinity) < (moments.get(write.id)?.last ?? -Infinity)
}

/** Neither a condition nor a consensus path, and nothing that takes a mistake back: then what was decided is written whatever became of it. */
function isUnchecked(model: Model, { facts, to, from }: Relation): boolean {
  if (['if', 'saga', 'compensate', 'expires', 'escrow'].some((path) => protection(facts, path) !== false)) return false
  if (['op', 'consistency', 'tx'].some((path) => saysUnknown(facts, path))) return false
  if (CHECKED.has(word(facts, 'consistency') ?? '') || SAFE.has(word(facts, 'op') ?? '')) return false
  // A constraint that the store itself keeps refuses the second one.
  return [to, from].every((end) => {
    const own = lookup(model).component(end)?.facts ?? {}
    return protection(own, 'escrow') === false && protection(own, 'invariants') === false
  })
}

const CHECKED: ReadonlySet<string> = new Set(['serial', 'local-serial', 'lwt'])
const SAFE: ReadonlySet<string> = new Set(['read', 'delete'])

function saysItDecides(model: Model, read: Relation): Fact | undefined {
  if (saysUnknown(read.facts, 'decides')) return undefined
  if (known(read.facts, 'decides')) return flag(read.facts, 'decides') === true ? known(read.facts, 'decides')!.fact : undefined
  const reader = lookup(model).component(read.from)
  return reader && flag(reader.facts, 'decides') === true ? known(reader.facts, 'decides')!.fact : undefined
}

/** What is changed is what was read; or the read says that it decides, and its copy is made from the store that is written. */
function isSameMatter({ carried }: Analysis, read: Relation, write: Relation, behind: Behind, decides: boolean): boolean {
  const [asked, written] = [certainlyOn(carried, read), certainlyOn(carried, write)]
  if (asked.length > 0 && written.length > 0 && asked.some((id) => written.includes(id))) return true
  return decides && (behind.how !== 'replica' || carried.on(read.id).length === 0 || carried.on(write.id).length === 0)
}

function stakeOf(model: Model, analysis: Analysis, flow: FlowPaths, read: Relation, write: Relation, decides: Fact | undefined): Stake | undefined {
  const find = lookup(model)
  const data = certainlyOn(analysis.carried, read)
  const places = [
    { relation: write.id, component: write.to, ...(flow.flow && { flow: flow.id }) },
    { relation: read.id, component: read.to, data, ...(flow.flow && { flow: flow.id }) },
  ]
  const conflicts = places.map((place) => analysis.intents.at(place, 'conflicts'))
  const staleness = analysis.intents.at(places[1]!, 'staleness')
  if (conflicts.some(({ stance, withheld }) => stance === 'tolerates' || withheld) || staleness.withheld || (staleness.stance === 'tolerates' && !staleness.implied)) return undefined
  const declared = data.flatMap((id) => find.data(id) ?? [])
  if (declared.some(({ facts }) => saysUnknown(facts, 'class') || saysUnknown(facts, 'invariants'))) return undefined
  const own = decides ? [decides] : []
  const bound = declared.find(({ facts }) => protection(facts, 'invariants') === true)
  if (bound) return { because: `\`${bound.name}\` has an invariant to keep`, facts: [...own, known(bound.facts, 'invariants')!.fact], known: true }
  const scarce = declared.find(({ id }) => SCARCE.has(analysis.intents.classOf(id) ?? ''))
  const op = word(write.facts, 'op')
  // A deposit shows the balance and adds to it, whatever it was.
  if (scarce && !decides && (op === 'append' || op === 'increment')) return undefined
  if (scarce) return { because: `\`${scarce.name}\` has class ${analysis.intents.classOf(scarce.id)}`, facts: [...own, known(scarce.facts, 'class')!.fact], known: true, guessed: !decides && op === 'insert' }
  const demanded = [...conflicts, ...places.map((place) => analysis.intents.at(place, 'loss'))].find(({ stance }) => stance === 'requires')
  return decides && { because: demanded?.because ?? '', facts: [decides, ...(demanded?.fact ? [demanded.fact] : [])], known: demanded !== undefined }
}

/** Of these one can run out or be given twice. */
const SCARCE: ReadonlySet<string> = new Set(['money', 'inventory', 'entitlement'])

/** Before it writes, the truth itself is asked: then the old copy decided only whether to ask. */
function looksAgain(analysis: Analysis, flow: FlowPaths, moments: ReturnType<typeof momentsOf>, write: Relation): boolean {
  const at = moments.get(write.id)
  return flow.waited.some(({ verb, relation }) => {
    if (verb.name !== 'reads' || relation.to !== write.to || analysis.lagging.behind(relation, write)) return false
    return at === undefined || (moments.get(relation.id)?.first ?? at.last) <= at.last
  })
}

function report(model: Model, analysis: Analysis, cause: readonly [Decision, ...Decision[]]): Finding {
  // The surest, and of these the one who decides and writes by itself.
  const rank = ({ stake, way }: Decision): number => (stake.guessed ? 1e6 : 0) + way.length
  const first = cause.reduce((best, each) => (rank(each) < rank(best) ? each : best))
  const { flow, read, write, way, behind, stake } = first
  const [reader, store] = [nameOf(model, read.from), nameOf(model, write.to)]
  const acts = way.length === 0 ? `then writes \`${store}\`` : `on that ${pathOf(model, way.slice(-1)).split(' → ').at(-1)} writes \`${store}\``
  const data = certainlyOn(analysis.carried, write)
  const flows = [...new Set(cause.map((each) => each.flow))]
  const others = cause.filter((each) => each.read !== read && cause.findIndex((one) => one.read === each.read) === cause.indexOf(each))
  return {
    at: write.origin,
    subject: { relation: write.id, component: write.to, ...(data.length === 1 && { data: data[0]! }), ...(flows.length === 1 && flow.flow && { flow: flow.id }) },
    ...(stake.guessed && { severity: 'warning' as const }),
    message: `In ${flow.name}, \`${reader}\` ${stake.guessed ? 'reads' : 'checks'} ${behind.what}, and ${acts} without a condition: ${stake.guessed ? 'if the one decides the other, ' : ''}two that see the same old value both go through${stake.because ? `, though ${stake.because}` : ''}.`,
    help: `Let the write check again: \`${conditionFor(write)}\`, a constraint in \`${store}\`, or a fresh read in the same serializable transaction. If too many can be undone, say so (\`tolerates: conflicts\`, \`compensate\`).`,
    related: [
      { at: read.origin, message: `\`${reader}\` checks here` },
      ...alongPath(model, behind.path),
      ...alongPath(model, way),
      ...others.slice(0, 8).map((each) => ({ at: each.read.origin, message: `\`${nameOf(model, each.read.from)}\` checks here, too` })),
      ...flows.filter((each) => each !== flow).slice(0, 8).map((each) => ({ at: each.at, message: `it happens in ${each.name}, too` })),
    ],
    facts: [...stake.facts, ...behind.facts],
    intentUnknown: !stake.known,
    fixes: fixes(model, write),
  }
}

function conditionFor({ facts }: Relation): string {
  return word(facts, 'op') === 'insert' ? 'if: not-exists' : 'if: version'
}

function fixes(model: Model, write: Relation): readonly Fix[] {
  const condition = conditionFor(write)
  const edits = setOnRelation(model, write, { if: condition.slice('if: '.length) })
  return edits ? [{ title: `Let the write check again: \`${condition}\``, edits }] : []
}
