import type { Analysis } from '../analysis/analysis.ts'
import { dataOf } from '../analysis/carried.ts'
import { toleratesLoss } from '../analysis/exposure.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { walk, type Edge } from '../analysis/graph.ts'
import type { PlaceClaim } from '../analysis/place-claims.ts'
import type { Need } from '../analysis/success.ts'
import { known, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, joined, listed } from './words.ts'

export const failoverTargetMissingDependency: Rule = {
  id: 'failover-target-missing-dependency',
  code: 'G2',
  severity: 'error',
  title: 'What takes over lacks something that it needs there',
  why: 'A standby is as complete as its least complete dependency. Servers in a second region answer health checks and nothing else where the sessions, the coupons or the queue exist only in the first; and a second database that nothing fills is worse than none, for it takes writes.',
  sources: [
    { title: 'AWS, Disaster Recovery of Workloads on AWS: Disaster recovery options in the cloud', url: 'https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html' },
    { title: 'Netflix Technology Blog, Active-Active for Multi-Regional Resiliency (2013)' },
  ],
  needs: ['survives', 'stores', 'criticality', 'fallback', 'regions'],
  fixable: true,
  *check(model, analysis) {
    // One finding for each that takes over, whichever flow shows it first.
    const told = new Set<string>()
    const made = new Map<string, ReadonlySet<string>>()
    const flowsTo: FlowsTo = (store) => {
      const found = made.get(store) ?? handedOn(model, store)
      made.set(store, found)
      return found
    }
    for (const claim of analysis.placeClaims) {
      for (const target of claim.need ? targetsOf(claim, claim.need) : []) {
        const key = `${claim.unit.id} ${target}`
        if (told.has(key)) continue
        const finding = judge(model, analysis, flowsTo, claim, claim.need!, target)
        if (!finding) continue
        told.add(key)
        yield finding
      }
    }
  },
}

/** The alternatives that are left when the place is lost, where one of them is lost with it. */
function targetsOf({ unit }: PlaceClaim, need: Need): readonly string[] {
  const lost = (id: string): boolean => unit.losses.get(id)?.of === 'all'
  // Losing a stand-in moves nobody.
  const served = need.meant === 'failover' || need.meant === 'fallback' ? need.alternatives.slice(0, 1) : need.alternatives
  if (!served.some(({ component }) => lost(component))) return []
  return need.alternatives.map(({ component }) => component).filter((component) => !lost(component))
}

/** Kinds that hold something: what a request finds in one of them it does not find in another. */
const HOLDS: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'coordinator', 'cache', 'queue', 'log', 'topic'])

/** Where what a store holds is carried on. */
type FlowsTo = (store: string) => ReadonlySet<string>

interface Gap {
  readonly component: Component
  readonly path: readonly Edge[]
  /** The one there that holds the same data, and that nothing fills. */
  readonly empty?: Component
  readonly data: readonly string[]
}

function judge(model: Model, analysis: Analysis, flowsTo: FlowsTo, claim: PlaceClaim, need: Need, target: string): Finding | undefined {
  const find = lookup(model)
  const { unit, graph } = claim
  const lost = (id: string): boolean => unit.losses.get(id)?.of === 'all'
  const hard = (id: string) => analysis.graph.hard(id).filter(({ edge }) => graph.components.has(edge.needed) || !graph.flow.waitsFor(edge.relation.id))
  // All that it asks, needed or not: what it has at hand is not missing, and what it asks in the lost place is another rule's matter.
  const there = walk([target], (id) => analysis.graph.needs(id).map((edge) => ({ edge, to: edge.needed })))
  const holding = [...there.components.keys()].flatMap((id) => (lost(id) ? [] : (find.component(id) ?? []))).filter(({ kind }) => HOLDS.has(kind))
  // Nobody has drawn what it needs: that is no proof that it needs nothing.
  if (there.components.size < 2) return undefined
  const beyond = beyondOf(analysis, flowsTo, holding)
  const gaps = need.alternatives.filter(({ component }) => lost(component)).flatMap(({ component: from }) => {
    const here = walk([from], hard)
    return [...here.components.keys()].flatMap((id): Gap | [] => {
      const component = find.component(id)
      if (!component || !HOLDS.has(component.kind) || !lost(id) || there.has(id) || toleratesLoss(analysis, graph, id)) return []
      return gapOf(model, analysis, flowsTo, component, beyond, here.path(id)) ?? []
    })
  })
  // What is not there at all comes first; a twin that nothing fills counts only where somebody says that it takes over.
  const missing = gaps.filter(({ empty }) => !empty)
  const shown = missing.length > 0 ? missing : claim.said === undefined ? [] : gaps
  return shown.length === 0 ? undefined : report(model, claim, find.component(target)!, unique(shown), claim.said === undefined ? [] : gaps.filter((gap) => !shown.includes(gap)))
}

function unique(gaps: readonly Gap[]): readonly [Gap, ...Gap[]] {
  return [...new Map(gaps.map((gap) => [gap.component.id, gap])).values()] as unknown as readonly [Gap, ...Gap[]]
}

/** What holds something where the flow goes on, and who fills it. */
interface Beyond {
  readonly holding: readonly Component[]
  /** Where any of it is handed on to: it may come back from there. */
  readonly handedOn: ReadonlySet<string>
  readonly writers: ReadonlySet<string>
}

function beyondOf(analysis: Analysis, flowsTo: FlowsTo, holding: readonly Component[]): Beyond {
  return {
    holding,
    handedOn: new Set(holding.flatMap(({ id }) => [...flowsTo(id)])),
    writers: new Set(holding.flatMap(({ id }) => writersOf(analysis, id))),
  }
}

/** What is missing of it on the other side; undefined where it has a counterpart there, or may have one. */
function gapOf(model: Model, analysis: Analysis, flowsTo: FlowsTo, lost: Component, beyond: Beyond, path: readonly Edge[]): Gap | undefined {
  const { holding } = beyond
  const reached = flowsTo(lost.id)
  const takenOver = new Set([...lookup(model).relationsFrom(lost.id), ...lookup(model).relationsTo(lost.id)].flatMap(({ verb, from, to }) => (verb === 'fails-over-to' ? [from, to] : [])))
  // Fed from it or feeding it, or filled by whoever fills both.
  if (beyond.handedOn.has(lost.id) || writersOf(analysis, lost.id).some((writer) => beyond.writers.has(writer))) return undefined
  if (holding.some(({ id }) => reached.has(id) || takenOver.has(id))) return undefined
  const data = dataOf(lost)
  const twins = holding.filter((other) => other.kind === lost.kind || (data.length > 0 && dataOf(other).some((each) => data.includes(each))))
  if (twins.length === 0) return lost.kind === 'cache' && !keeps(lost) ? undefined : { component: lost, path, data }
  // A twin of which nobody says what it holds may hold this.
  if (data.length === 0 || saysUnknown(lost.facts, 'stores') || twins.some((twin) => dataOf(twin).length === 0)) return undefined
  const same = twins.find((twin) => dataOf(twin).some((each) => data.includes(each)))
  if (!same) return { component: lost, path, data }
  const must = data.filter((each) => dataOf(same).includes(each) && analysis.intents.at({ component: lost.id, data: [each] }, 'loss').stance === 'requires')
  return must.length > 0 && lost.kind === 'database' ? { component: lost, path, empty: same, data: must } : undefined
}

/** By replicas, backups, streams of changes and those who act on them. */
function handedOn(model: Model, store: string): ReadonlySet<string> {
  const reached = new Set([store])
  for (const id of reached) for (const { verb, to } of lookup(model).relationsFrom(id)) if (HANDING.has(verb)) reached.add(to)
  reached.delete(store)
  return reached
}

const HANDING: ReadonlySet<string> = new Set(['replicates', 'captures', 'delivers', 'publishes', 'writes', 'backs-up'])

/** A cache that is filled again by those who ask is cold elsewhere, not missing. */
function keeps({ facts }: Component): boolean {
  return !known(facts, 'rebuild-from') && !saysUnknown(facts, 'rebuild-from') && known(facts, 'pattern')?.fact.from !== 'stated' && !saysUnknown(facts, 'pattern')
}

function writersOf(analysis: Analysis, store: string): readonly string[] {
  return analysis.graph.dataSources(store).flatMap(({ edge, to }) => (FILLING.has(edge.verb.name) ? [to] : []))
}

const FILLING: ReadonlySet<string> = new Set(['writes', 'publishes', 'delivers', 'captures'])

function report(model: Model, claim: PlaceClaim, target: Component, gaps: readonly [Gap, ...Gap[]], others: readonly Gap[]): Finding {
  const find = lookup(model)
  const { unit, graph } = claim
  const names = gaps.map(({ component }) => component.name)
  const [first] = gaps
  const needer = first.path.at(-1)?.needer ?? first.component.id
  const several = gaps.length > 1
  const data = [...new Set(gaps.flatMap((gap) => gap.data))].map((id) => `\`${find.data(id)?.name ?? id}\``)
  const takes = `When ${unit.name} is lost, ${graph.flow.name} ${graph.flow.flow ? 'goes' : 'go'} on at \`${target.name}\``
  const message = first.empty
    ? `${takes}, and \`${first.empty.name}\` there is to stand in for \`${first.component.name}\`, but nothing brings ${joined(data)} from the one to the other: it is empty, or old, and takes writes.`
    : `${takes}, which has nothing in place of ${listed(names)}: ${several ? 'they exist' : 'it exists'} only in ${unit.name}${data.length > 0 ? `, with ${several ? 'their' : 'its'} ${joined(data)}` : ''}${claim.said === undefined ? '' : `, though ${claim.said}`}.`
  return {
    at: first.component.origin,
    subject: { component: first.component.id },
    severity: claim.said === undefined ? 'warning' : 'error',
    message,
    help: first.empty
      ? `Replicate \`${first.component.name}\` to \`${first.empty.name}\`, and say how far behind it may be (\`replicates { lag: … }\`).`
      : `Keep a replica of ${several ? 'each' : 'it'} where \`${target.name}\` can reach it, or let \`${find.component(needer)?.name ?? needer}\` go on without ${several ? 'them' : 'it'} (\`criticality: soft\`, \`fallback\`).`,
    related: [
      ...alongPath(model, first.path),
      { at: target.origin, message: `\`${target.name}\` takes over` },
      ...gaps.slice(1, 10).map(({ component }) => ({ at: component.origin, message: `\`${component.name}\` exists only in ${unit.name}, too` })),
      ...others.slice(0, 10).map(({ component, empty }) => ({ at: component.origin, message: `nor does anything bring \`${component.name}\` to \`${empty!.name}\`` })),
    ],
    facts: uniqueFacts([...claim.facts, ...gaps.flatMap(({ component }) => known(component.facts, 'stores')?.fact ?? [])]),
    fixes: gaps.every(({ empty }) => empty) ? [replicate(model, gaps)] : [],
  }
}

function replicate(model: Model, gaps: readonly [Gap, ...Gap[]]): Fix {
  const all = [...model.components, ...model.containers, ...model.data]
  const written = (component: Component): string => (all.filter(({ name }) => name === component.name).length > 1 ? component.id : component.name)
  const [first] = gaps
  const outermost = lookup(model).ancestors(first.component.id).at(-1) ?? first.component
  const text = gaps.map(({ component, empty }) => `${written(component)} ~> ${written(empty!)} : replicates`).join(`\n${' '.repeat(outermost.extent.range.start.character)}`)
  return { title: gaps.length > 1 ? 'Replicate them' : `Replicate it to \`${first.empty!.name}\``, edits: [statementAfter(outermost.extent, text)] }
}
