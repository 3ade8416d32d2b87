import type { Analysis } from '../analysis/analysis.ts'
import { losesAtFailover } from '../analysis/durable-copies.ts'
import { BY_HAND, targetOf, type Exposure } from '../analysis/exposure.ts'
import { limitsOf } from '../analysis/limits.ts'
import { objectivesOf } from '../analysis/objectives.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { placeOf, type Loss, type Unit } from '../analysis/units.ts'
import { known, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { poolsFor } from './connection-limit-exceeded.ts'
import { overlap, setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, joined, listed, nameOf, pathOf, percent, sentence } from './words.ts'

export const singlePointOfFailure: Rule = {
  id: 'single-point-of-failure',
  code: 'A1',
  severity: 'error',
  title: 'One failure unit, alone, takes a flow down',
  why: 'Machines, hosts and zones fail all the time somewhere. A flow that promises to be there must not hang on one of them: what stands alone on its path decides how available all of it is, however many copies everything else has.',
  sources: [
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 3 and 23', url: 'https://sre.google/sre-book/managing-critical-state/' },
    { title: 'AWS, Availability and Beyond: availability with redundancy', url: 'https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-redundancy.html' },
    { title: 'AWS Well-Architected Framework, Reliability Pillar' },
  ],
  needs: ['replicas', 'voters', 'replication-factor', 'zones', 'runs-on', 'failover.mode', 'availability', 'env'],
  fixable: true,
  *check(model, analysis) {
    const causes = new Map<string, [Exposure, ...Exposure[]]>()
    for (const exposure of analysis.exposures) {
      if (exposure.choice) continue
      // What stands in a place that falls has one cause, the place; what has one copy, or one zone of its own, is a cause by itself.
      const own = exposure.unit.level === 'copy' || exposure.unit.id.startsWith('zone:of:')
      const key = own ? exposure.component! : exposure.unit.id
      const cause = causes.get(key)
      if (cause) cause.push(exposure)
      else causes.set(key, [exposure])
    }
    for (const cause of causes.values()) yield report(model, analysis, cause)
  },
}

function report(model: Model, analysis: Analysis, hits: readonly [Exposure, ...Exposure[]]): Finding {
  const first = hits.reduce((best, hit) => (hit.witness.length < best.witness.length ? hit : best))
  const { unit, loss } = first
  const find = lookup(model)
  const fallen = fallenIn(hits)
  const together = fallen.length > 1
  const blamed = find.component(first.fallen)!
  const flows = [...new Set(hits.map(({ graph }) => graph))]
  const promised = Math.max(...flows.map((graph) => targetOf(graph) ?? 0))
  const stated = loss.facts.find((fact) => fact.from === 'stated')
  const only = flows.length === 1 ? flows[0]!.flow.flow?.id : undefined
  const container = find.container(unit.id.slice(unit.id.indexOf(':') + 1))?.id
  const strict = promised > 0 || flows.some((graph) => survivesOf(graph) !== undefined) || fallen.some((component) => demandsNoLoss(model, analysis, component))
  return {
    at: together ? unit.at : stated?.from === 'stated' ? stated.origin : blamed.origin,
    subject: { component: blamed.id, ...(container !== undefined && { container }), ...(only !== undefined && { flow: only }) },
    severity: strict ? 'error' : 'warning',
    message: messageOf(model, { first, flows, fallen, promised }),
    help: together ? `Run copies of them ${SECOND[unit.level] ?? 'elsewhere'}, or let their callers go on without them.` : helpOf(blamed, unit, loss),
    related: [
      ...alongPath(model, first.witness),
      ...fallen.filter((id) => id !== blamed.id).slice(0, OTHERS).map((id) => ({ at: find.component(id)!.origin, message: `\`${nameOf(model, id)}\` is there too` })),
      ...othersOf(hits, first).slice(0, OTHERS).map(({ graph, witness }) => ({ at: graph.flow.at, message: `${graph.flow.name} fails with it too: ${pathOf(model, witness)}` })),
    ],
    facts: loss.facts,
    fixes: together ? [] : fixesFor(model, analysis, blamed, unit, loss),
  }
}

/** The components that are to blame, in the order of the text: each alone, or those of one place together. */
function fallenIn(hits: readonly Exposure[]): readonly string[] {
  const fallen = new Set(hits.flatMap(({ component, unit, graph }) => component ?? [...unit.losses.keys()].filter((id) => graph.components.has(id))))
  return [...hits[0]!.unit.losses.keys()].filter((id) => fallen.has(id))
}

/** One for each further flow. */
function othersOf(hits: readonly Exposure[], first: Exposure): readonly Exposure[] {
  return hits.filter((hit, index) => hit.graph !== first.graph && hits.findIndex(({ graph }) => graph === hit.graph) === index)
}

const SECOND: Readonly<Record<string, string>> = { host: 'on a second host', zone: 'in a second zone', cell: 'in a second cell', region: 'in a second region', provider: 'at a second provider' }

/** Further flows that are listed one by one. */
const OTHERS = 10

interface Told {
  readonly first: Exposure
  readonly flows: readonly SuccessGraph[]
  readonly fallen: readonly string[]
  readonly promised: number
}

function messageOf(model: Model, { first, flows: graphs, fallen, promised }: Told): string {
  const { unit, loss, witness } = first
  const flows = sentence(joined(graphs.map(({ flow }) => flow.name)))
  const fails = graphs.length > 1 || !graphs[0]!.flow.flow ? 'fail' : 'fails'
  const way = witness.length > 0 ? ` (${pathOf(model, witness)})` : ''
  const survived = graphs.map(survivesOf).find((said) => said !== undefined)
  const promise = promised > 0 ? `, though ${percent(promised)} is promised` : survived !== undefined ? `, though it is to survive the loss of a ${survived}` : ''
  const what = `\`${nameOf(model, first.fallen)}\``
  if (fallen.length > 1) return `${flows} ${fails} when ${unit.name} fails${way}: ${listed(fallen.map((id) => nameOf(model, id)))} run there and nowhere else${promise}.`
  switch (loss.because) {
    case 'quorum':
      return `${flows} ${fails} when one of the two copies of ${what} fails${way}: one of two is no majority${promise}.`
    case 'manual-failover':
      return `${flows} ${fails} when the leader of ${what} fails${way}: nobody promotes a follower but a person, which at four failures a year of 30 minutes each gives about ${percent(BY_HAND, 3)}${promise}.`
    case 'alone':
      return unit.level === 'copy'
        ? `${flows} ${fails} when ${what} fails${way}: it is a single copy, and nothing stands in for it${promise}.`
        : `${flows} ${fails} when ${unit.name} fails${way}: all copies of ${what} are there${promise}.`
  }
}

/** What the flow says that it survives. */
function survivesOf({ flow }: SuccessGraph): string | undefined {
  return flow.flow && word(flow.flow.facts, 'survives')
}

function helpOf(component: Component, unit: Unit, loss: Loss): string {
  if (loss.because === 'manual-failover') return 'Promote a follower automatically, by an arbiter with a majority and with the old leader fenced off, or promise less.'
  const without = 'let its callers go on without it (`fallback`, `criticality: soft`)'
  if (loss.because === 'quorum') return `Run three copies, or ${without}.`
  if (unit.level === 'copy') {
    return KEEPS.has(component.kind) ? `Run three copies in different zones that take over by themselves, or ${without}.` : `Run a second copy in another zone, or ${without}.`
  }
  return `Run a copy ${SECOND[unit.level] ?? 'elsewhere'}, or ${without}.`
}

/** Kinds that hold something: where a second copy needs a third one to agree with on who leads. */
const KEEPS: ReadonlySet<string> = new Set(['database', 'coordinator', 'log', 'queue', 'search', 'cache'])

/** Copies that follow later lose what a single one keeps, where somebody has said how little may be lost: how they follow has to be chosen first. */
function losesMore(model: Model, analysis: Analysis, component: Component): boolean {
  if (!KEEPS.has(component.kind)) return false
  const stated = (value: number): Fact => ({ from: 'stated', value: quantity(value), origin: component.origin })
  const changed = Object.fromEntries(Object.entries(moreOf(component, copiesProperty(component))).map(([path, value]) => [path, stated(Number(value))]))
  const more = { ...component, facts: { ...component.facts, replicas: stated(3), ...changed } }
  if (losesAtFailover(more) === false) return false
  // Who reads a copy may then read what is old.
  const behind = ['lag', 'lag.p99', 'read-from'].some((path) => known(component.facts, path)) || lookup(model).relationsTo(component.id).some(({ facts }) => known(facts, 'consistency'))
  return behind || (losesAtFailover(more) === true && (demandsNoLoss(model, analysis, component.id) || objectivesOf(model, analysis, 'rpo').some(({ components }) => components.includes(component.id))))
}

/** Of which property it says that there is one. */
function copiesProperty(component: Component, loss?: Loss): string {
  return ['replicas', 'voters', 'replication-factor'].find((name) => (loss ? loss.facts.some((fact) => fact === component.facts[name]) : known(component.facts, name))) ?? 'replicas'
}

/** Three copies of a log are worth something where two have each message. */
function moreOf({ facts }: Component, property: string, count = '3'): Readonly<Record<string, string>> {
  return { [property]: count, ...(property === 'replication-factor' && (number(facts, 'min-isr') ?? 2) < 2 && { 'min-isr': '2' }) }
}

/** What is too small for its load has to be made larger first, which copies alone may or may not do. */
function isFull({ admission }: Analysis, component: Component): boolean {
  return limitsOf(component, admission.component(component.id)).some(({ used }) => used >= 1)
}

/** More copies, or more zones, where the component itself says how many it has. A move out of a container is no mechanical edit. */
export function fixesFor(model: Model, analysis: Analysis, component: Component, unit: Unit, loss: Loss): readonly Fix[] {
  // Those that hold connections send all of one copy to the other at once when it goes.
  if (known(component.facts, 'connections')) return []
  // Where one writer is what keeps copies of a store from disagreeing, two need more than a number.
  const written = lookup(model).relationsFrom(component.id).filter(({ verb }) => verb === 'writes')
  if (written.some(({ facts }) => ['update', 'upsert'].includes(word(facts, 'op') ?? '') && !known(facts, 'if') && !known(facts, 'tx'))) return []
  if (written.some(({ to }) => ['leaderless', 'multi-leader'].includes(word(lookup(model).component(to)?.facts ?? {}, 'replication') ?? ''))) return []
  if (loss.because === 'manual-failover' || losesMore(model, analysis, component) || isFull(analysis, component)) return []
  const count = KEEPS.has(component.kind) || loss.because === 'quorum' ? '3' : '2'
  if (unit.level === 'copy') {
    // More of them in the one place where it stands fall with that.
    if ((['host', 'zone', 'cell'] as const).some((level) => placeOf(model, component.id, level) !== undefined)) return []
    const property = copiesProperty(component, loss)
    const zones = known(component.facts, 'zones')
    const spread = KEEPS.has(component.kind) && zones !== undefined && (number(component.facts, 'zones') ?? zones.value.type === 'list') !== 1
    // Three over two zones lose their majority with one of them.
    if (spread && zones.value.type !== 'quantity') return []
    const wider: Readonly<Record<string, string>> = spread && number(component.facts, 'zones')! < 3 ? { zones: '3' } : {}
    const title = `Run ${count} copies: \`${property}: ${count}\`${'zones' in wider ? ' in `zones: 3`' : ''}`
    const edits = setProperties(component, { ...moreOf(component, property, count), ...wider })
    // Each copy brings a pool of its own.
    const pools = poolsFor(model, component, Number(count))
    if (pools === 'fit') return [{ title, edits }]
    return pools && !edits.some((edit) => pools.edits.some((other) => overlap(edit, other))) ? [{ title: `${title}, and ${pools.says}`, edits: [...edits, ...pools.edits] }] : []
  }
  // What changes all of them at once is then another question.
  if (lookup(model).relationsTo(component.id).some(({ verb }) => verb === 'configures')) return []
  // Zones of one cell fall with it.
  if (unit.level !== 'zone' || component.facts['zones'] === undefined || placeOf(model, component.id, 'cell') !== undefined) return []
  return [{ title: `Spread it over ${count} zones: \`zones: ${count}\``, edits: setProperties(component, { zones: count }) }]
}

function demandsNoLoss(model: Model, analysis: Analysis, component: string): boolean {
  const find = lookup(model)
  return (
    analysis.intents.at({ component }, 'loss').stance === 'requires' ||
    [...find.relationsTo(component), ...find.relationsFrom(component)].some((relation) => analysis.intents.at({ relation: relation.id }, 'loss').stance === 'requires')
  )
}
