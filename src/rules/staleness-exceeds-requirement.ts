import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { LEVELS, time, type ConsistencyLevel, type StaleLayer, type StalePath } from '../analysis/staleness.ts'
import { call, factAt, numberOf, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const stalenessExceedsRequirement: Rule = {
  id: 'staleness-exceeds-requirement',
  code: 'C6',
  severity: 'error',
  title: 'The layers on a read path are together older than the flow allows',
  why: 'Every cache, replica and projection between the truth and the person may add its whole age to the answer. Each looks harmless alone; the sum is what people see, and the weakest layer decides which guarantees are left.',
  sources: [
    { title: 'RFC 9111, HTTP Caching: calculating age', url: 'https://www.rfc-editor.org/rfc/rfc9111#name-calculating-age' },
    { title: 'Jepsen, Consistency models', url: 'https://jepsen.io/consistency' },
    { title: 'Bailis et al., Probabilistically Bounded Staleness for Practical Partial Quorums (VLDB 2012)' },
  ],
  needs: ['requires', 'consistency', 'ttl', 'stale-while-revalidate', 'max-age', 'lag.p99', 'refresh', 'max-lag', 'invalidation'],
  fixable: false,
  *check(model, analysis) {
    // One root cause is one read that is too old: the flows on which it shows are witnesses.
    const causes = new Map<string, [Violation, ...Violation[]]>()
    for (const flow of analysis.flows) {
      for (const violation of violations(model, analysis, flow)) {
        const key = violation.path.read.relation.id
        const cause = causes.get(key)
        if (cause) cause.push(violation)
        else causes.set(key, [violation])
      }
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

interface Demand {
  /** Seconds. */
  readonly bound?: number
  readonly level?: ConsistencyLevel
  /** As a message says it: `` `Price` requires staleness ≤ 1min ``. */
  readonly because: string
  readonly facts: readonly Fact[]
}

interface Violation {
  readonly flow: FlowPaths
  readonly path: StalePath
  readonly demand: Demand
}

function* violations(model: Model, analysis: Analysis, flow: FlowPaths): Iterable<Violation> {
  for (const path of analysis.staleness.of(flow)) {
    if (path.layers.length === 0) continue
    for (const demand of demandsOn(model, analysis, flow, path)) {
      const broken = demand.bound !== undefined ? path.seconds > demand.bound : LEVELS.indexOf(path.level) > LEVELS.indexOf(demand.level!)
      if (broken) yield { flow, path, demand }
    }
  }
}

/**
 * A bound or a level that is stated, nearest first: on the read, the store, its data, the flow; or the bound that a class of settings implies.
 * What a class such as `order` implies about decisions is not demanded of a mere display (CONVENTIONS 0.2).
 */
function demandsOn(model: Model, analysis: Analysis, flow: FlowPaths, { read }: StalePath): readonly Demand[] {
  const find = lookup(model)
  const data = analysis.carried.on(read.relation.id)
  const place = { relation: read.relation.id, component: read.needed, data, ...(flow.flow && { flow: flow.id }) }
  const intent = analysis.intents.at(place, 'staleness')
  const found: Demand[] = []
  if (intent.stance === 'requires' && intent.bound !== undefined && intent.fact) {
    found.push({ bound: intent.bound, because: `${who(intent.because)} ≤ ${time(intent.bound)}`, facts: [intent.fact] })
  }
  if (intent.withheld || (intent.stance === 'tolerates' && !intent.implied)) return found
  // What a class puts up with is not made strict by a flow that reads it along with other things; its own statement makes it so.
  const unsaid = saysUnknown(read.relation.facts, 'data') || saysUnknown(find.component(read.needed)?.facts ?? {}, 'stores')
  const late = unsaid || intent.stance === 'tolerates' || data.some((id) => saysUnknown(find.data(id)?.facts ?? {}, 'class'))
  const declared: readonly { readonly name: string; readonly facts: Facts }[] = [
    ...data.flatMap((id) => (find.data(id) ? [{ name: `\`${find.data(id)!.name}\``, facts: find.data(id)!.facts }] : [])),
    ...(flow.flow && !late ? [{ name: flow.name, facts: flow.flow.facts }] : []),
  ]
  for (const { name, facts } of declared) {
    const fact = factAt(facts, 'consistency')
    const bounded = numberOf(call(facts, 'consistency', 'bounded')?.args[0])
    const level = LEVEL_OF[word(facts, 'consistency') ?? '']
    if (!fact) continue
    if (bounded !== undefined) found.push({ bound: bounded, because: `${name} requires staleness ≤ ${time(bounded)}`, facts: [fact] })
    else if (level !== undefined) found.push({ level, because: `${name} requires ${word(facts, 'consistency')} reads`, facts: [fact] })
  }
  return found
}

/** `` `Price` requires staleness `` and `` `Settings` has class config ``: the latter demands it as well. */
function who(because: string): string {
  return because.includes('requires') ? because : `${because}, which requires staleness`
}

/** What a required word asks at least of each layer. Own writes are another rule's question: they need a session, not freshness. */
const LEVEL_OF: Readonly<Record<string, ConsistencyLevel>> = {
  linearizable: 'linearizable',
  strict: 'linearizable',
  sequential: 'sequential',
  causal: 'causal',
}

function report(model: Model, analysis: Analysis, cause: readonly [Violation, ...Violation[]]): Finding {
  const first = cause.reduce((worst, each) => (excess(each) > excess(worst) ? each : worst))
  const { path, demand, flow } = first
  const largest = path.layers.reduce((most, layer) => (layer.seconds > most.seconds ? layer : most))
  const store = nameOf(model, path.read.needed)
  const reader = nameOf(model, path.read.needer)
  const flows = [...new Set(cause.map((each) => each.flow))]
  const data = analysis.carried.on(path.read.relation.id)
  const related = path.layers.map((layer) => ({ at: layer.at, message: layer.what }))
  return {
    at: path.read.relation.origin,
    subject: {
      relation: path.read.relation.id,
      component: path.read.needed,
      ...(data.length === 1 && { data: data[0]! }),
      ...(flows.length === 1 && flow.flow && { flow: flow.id }),
    },
    message: `${demand.because}, but what \`${reader}\` reads from \`${store}\` in ${flow.name} can be ${age(path)}.`,
    help: helpOf(model, largest, demand),
    related: [...related, ...flows.filter((each) => each !== flow).map((each) => ({ at: each.at, message: `${each.name} reads it too` }))],
    facts: [...demand.facts, ...path.layers.flatMap((layer) => layer.facts)],
    fixes: [],
  }
}

/** Seconds above the bound; a level that is broken counts after any bound. */
function excess({ path, demand }: Violation): number {
  return demand.bound === undefined ? -1 : path.seconds - demand.bound
}

/** `151s old: … + … = 151s`; of one layer, only what it is. */
function age({ layers, seconds }: StalePath): string {
  const parts = layers.map((layer) => layer.what).join(' + ')
  if (!Number.isFinite(seconds)) return `old without end: ${parts}`
  if (seconds === 0) return `older than the last write: ${parts}`
  return layers.length === 1 ? `${time(seconds)} old: ${parts}` : `${time(seconds)} old: ${parts} = ${time(seconds)}`
}

function helpOf(model: Model, { component, seconds }: StaleLayer, demand: Demand): string {
  const name = nameOf(model, component)
  const kind = lookup(model).component(component)?.kind
  const past = `send the reads that need it past it (\`consistency: leader\` or \`no-cache\`)`
  const shorten = demand.bound === undefined ? [] : [seconds === Infinity ? 'give it a `ttl`' : 'shorten it']
  const purge = kind === 'cdn' || kind === 'cache' ? ['purge or invalidate it when the truth changes (`invalidation`)'] : []
  return `The largest part is \`${name}\`: ${[...shorten, ...purge, past].join(', or ')}.`
}
