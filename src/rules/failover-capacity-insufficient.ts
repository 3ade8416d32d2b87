import type { Analysis } from '../analysis/analysis.ts'
import { targetOf, toleratesLoss } from '../analysis/exposure.ts'
import { copiesToSurvive } from '../analysis/headroom.ts'
import type { Load } from '../analysis/load.ts'
import { STORES } from '../analysis/multiplicity.ts'
import { loadWithout } from '../analysis/place-loss.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { busy, growsBack, leftOf, runningCopies, type Busy, type Left } from '../analysis/survivors.ts'
import { LEVELS, type Level, type Unit } from '../analysis/units.ts'
import { known, number, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import type { Settings } from './settings.ts'
import { counted, joined, percent } from './words.ts'

export const failoverCapacityInsufficient: Rule = {
  id: 'failover-capacity-insufficient',
  code: 'A5',
  severity: 'error',
  title: 'What is left after losing a zone or region cannot carry the peak',
  why: 'Copies in several places are paid for so that one place may be lost. If the others are then overloaded they fall too, one after the other, and the outage of a part becomes one of the whole. New machines do not help in that minute: everybody else is asking for them.',
  sources: [
    { title: 'AWS Builders’ Library, Static stability using Availability Zones', url: 'https://aws.amazon.com/builders-library/static-stability-using-availability-zones/' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22, Addressing Cascading Failures', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
  ],
  needs: ['replicas', 'zones', 'regions', 'capacity', 'rate', 'rate.peak', 'autoscale', 'autoscale.ready', 'load-shed', 'survives', 'availability'],
  fixable: true,
  settings: ['survivorUtilisation'],
  *check(model, analysis, settings) {
    // What is too small for the loss of a region is told once, not again for that of a zone.
    const told = new Set<string>()
    for (const { unit, claim } of placesMeantToBeLost(analysis)) {
      const finding = othersTooSmall(model, analysis, unit, claim, settings)
      if (!finding) continue
      told.add(finding.subject.component!)
      yield finding
    }
    for (const component of model.components) {
      const finding = told.has(component.id) ? undefined : spreadTooThin(model, analysis, component, settings)
      if (finding) yield finding
    }
  },
}

/** Why somebody expects the loss to be survived. */
interface Claim {
  /** Behind "though": unset where only the spread itself says so, which is worth a question and no accusation. */
  readonly said?: string
  readonly facts: readonly Fact[]
}

/** One component whose copies stand in several zones or regions. */
function spreadTooThin(model: Model, analysis: Analysis, component: Component, { survivorUtilisation }: Settings): Finding | undefined {
  if (sheds(model, analysis, component)) return undefined
  for (const [over, level] of [['zones', 'zone'], ['regions', 'region']] as const) {
    const left = leftOf(component, over)
    const claim = left && claimOn(analysis, component, level)
    const copies = left && runningCopies(component)
    const before = copies && busy(component, analysis.load.component(component.id), copies)
    if (!claim || !copies || !before || comesBack(analysis, component)) continue
    // What is too small with all of its copies is told as that, and takes this along: enough for every day is then not enough for the bad one.
    const admitted = before.utilisation > 1 ? busy(component, analysis.admission.component(component.id), copies) : undefined
    if (before.utilisation > 1 && !((admitted?.utilisation ?? 0) >= 1)) continue
    const after = busy(component, analysis.load.component(component.id), { ...copies, count: left.copies })
    if (!after || after.utilisation <= survivorUtilisation * (1 + 1e-9)) continue
    return report({ analysis, component, level, left, before, after, claim, survivorUtilisation })
  }
  return undefined
}

/** Who loses the least important requests on purpose has an answer of its own. */
function sheds(model: Model, analysis: Analysis, component: Component): boolean {
  const find = lookup(model)
  const callers = analysis.graph.neededBy(component.id).flatMap((edge) => find.component(edge.needer) ?? [])
  return [component, ...callers].some(({ facts }) => saysUnknown(facts, 'load-shed') || (known(facts, 'load-shed') && word(facts, 'load-shed') !== 'no' && word(facts, 'load-shed') !== 'none'))
}

/** Whether autoscaling brings the lost copies back in time: in the time that is promised, or, where none is, in some time. */
function comesBack(analysis: Analysis, component: Component): boolean {
  if (!growsBack(component)) return false
  const ready = number(component.facts, 'autoscale.ready')
  const promised = flowsOf(analysis, component).map(({ flow }) => flow.flow && number(flow.flow.facts, 'rto')).filter((rto) => rto !== undefined)
  const rto = Math.min(number(component.facts, 'rto') ?? Infinity, ...promised)
  return ready === undefined || ready <= rto
}

/** The flows that wait for it. */
function flowsOf(analysis: Analysis, component: Component): readonly SuccessGraph[] {
  return analysis.success.filter((graph) => graph.components.has(component.id) && !graph.flow.entries.includes(component.id))
}

const HIGH = 0.9995

function claimOn(analysis: Analysis, component: Component, level: 'zone' | 'region'): Claim | undefined {
  const own = word(component.facts, 'survives')
  if (saysUnknown(component.facts, 'survives')) return undefined
  const flows = flowsOf(analysis, component).filter((graph) => !toleratesLoss(analysis, graph, component.id) && !(graph.flow.flow && saysUnknown(graph.flow.flow.facts, 'survives')))
  if (flows.length === 0) return undefined
  for (const { flow } of flows) {
    const said = flow.flow && word(flow.flow.facts, 'survives')
    if (said !== undefined && LEVELS.indexOf(said as Level) >= LEVELS.indexOf(level)) return { said: `${flow.name} is to survive the loss of a ${said}`, facts: [known(flow.flow!.facts, 'survives')!.fact] }
  }
  if (own !== undefined && LEVELS.indexOf(own as Level) >= LEVELS.indexOf(level)) return { said: `it is to survive the loss of a ${own}`, facts: [known(component.facts, 'survives')!.fact] }
  const strict = flows.find((graph) => (targetOf(graph) ?? 0) >= HIGH)
  if (level === 'zone' && strict) return { said: `${strict.flow.name} promises ${percent(targetOf(strict)!)}`, facts: [known(strict.flow.flow!.facts, 'availability')!.fact] }
  return level === 'zone' ? { facts: [] } : undefined
}

interface Thin {
  readonly analysis: Analysis
  readonly component: Component
  readonly level: 'zone' | 'region'
  readonly left: Left
  readonly before: Busy
  readonly after: Busy
  readonly claim: Claim
  readonly survivorUtilisation: number
}

function report({ analysis, component, level, left, before, after, claim, survivorUtilisation }: Thin): Finding {
  const full = after.utilisation > 1
  const all = left.copies + left.lost
  const shards = STORES.has(component.kind) && (number(component.facts, 'shards') ?? 1) > 1 ? ' of each shard' : ''
  const rate = formatQuantity(quantity(after.rate, RATE))
  const needed = STORES.has(component.kind) ? undefined : copiesToSurvive(after.rate, after.each, left.places, survivorUtilisation)
  const more = needed === undefined ? `Add copies${shards} until the rest stay below ${percent(survivorUtilisation)}` : `Run ${needed} copies, which leaves the others at ${share(after.rate / (after.each * (needed - Math.ceil(needed / left.places))))}`
  const though = claim.said === undefined ? '' : `, though ${claim.said}`
  return {
    at: originOf(component, before),
    subject: { component: component.id },
    severity: severityOf(full && claim.said !== undefined, after),
    message: `\`${component.name}\` gets ${rate}${after.peaks ? ' at its peak' : ''}, and its ${counted(all, 'copy', 'copies')}${shards} in ${left.places} ${level}s are busy to ${share(before.utilisation)}: when one ${level} is lost, the ${left.copies === 1 ? 'one copy that is' : `${left.copies} that are`} left would be at ${share(after.utilisation)}${though}.`,
    help: `${more}, or refuse the least important requests first (\`load-shed: yes\`).`,
    related: sources(analysis, component),
    facts: [...before.facts, ...left.facts, ...claim.facts, ...analysis.load.facts({ component: component.id })],
    limit: before.utilisation > 1 ? before.facts[0] : undefined,
    fixes: needed === undefined ? [] : moreCopies(component, needed),
  }
}

/** A load that is estimated, or of which only a part is known, accuses nobody. */
function severityOf(sure: boolean, { sureness }: Busy): 'error' | 'warning' {
  return sure && sureness === 'exact' ? 'error' : 'warning'
}

function originOf(component: Component, { facts }: Busy): Finding['at'] {
  const replicas = known(component.facts, 'replicas')?.fact
  return replicas?.from === 'stated' && replicas.inheritedFrom === undefined && facts.includes(replicas) ? replicas.origin : component.origin
}

function moreCopies(component: Component, needed: number): readonly Fix[] {
  if (growsBack(component) || known(component.facts, 'replicas')?.fact.from !== 'stated') return []
  return [{ title: `Run ${needed} copies: \`replicas: ${needed}\``, edits: setProperties(component, { replicas: String(needed) }) }]
}

function sources(analysis: Analysis, component: Component): Finding['related'] {
  return analysis.load.sources
    .filter(({ paths, visits, peak, average }) => paths.flow && (peak ?? average) !== undefined && [...visits.values()].some(({ edge, count }) => edge.relation.to === component.id && count > 0))
    .slice(0, 10)
    .map(({ paths, peak, average }) => ({ at: paths.at, message: `${paths.name} ${formatQuantity(quantity(peak ?? average!, RATE))}${peak === undefined ? '' : ' at its peak'}` }))
}

/** `112%`, without digits that say nothing. */
function share(utilisation: number): string {
  return percent(utilisation, utilisation < 0.1 ? 1 : 0)
}

/** Places that hold one of several alternatives, so that the others are meant to go on without it. */
function placesMeantToBeLost(analysis: Analysis): readonly { readonly unit: Unit; readonly claim: Claim }[] {
  const found = new Map<Unit, Claim>()
  for (const { unit, graph, need, said, facts } of analysis.placeClaims) {
    if (!need || found.get(unit)?.said !== undefined || graph.fails(within(unit, graph)).state === 'unavailable') continue
    found.set(unit, { facts, ...(said !== undefined && { said }) })
  }
  return [...found].slice(0, MOST_PLACES).map(([unit, claim]) => ({ unit, claim }))
}

/** Each costs a computation of all load; nobody draws more regions than this. */
const MOST_PLACES = 16

function within(unit: Unit, graph: SuccessGraph): Unit['losses'] {
  return new Map([...unit.losses].filter(([component]) => graph.components.has(component)))
}

interface Small {
  readonly component: Component
  readonly before: number
  readonly after: Busy
  /** It is too small already, and is told as that. */
  readonly full: boolean
}

/** The components elsewhere that get more when the place is lost, and cannot take it. */
function othersTooSmall(model: Model, analysis: Analysis, unit: Unit, claim: Claim, { survivorUtilisation }: Settings): Finding | undefined {
  const after = loadWithout(analysis, unit)
  const small = model.components.flatMap((component) => tooSmall(model, analysis, after, unit, component, survivorUtilisation) ?? []).toSorted((a, b) => Number(a.full) - Number(b.full) || b.after.utilisation - a.after.utilisation)
  const [worst] = small
  if (!worst) return undefined
  const copies = runningCopies(worst.component)!.count
  const rate = (value: number): string => formatQuantity(quantity(value, RATE))
  const full = worst.after.utilisation > 1
  const though = claim.said === undefined ? '' : `, though ${claim.said}`
  const others = small.slice(1).map(({ component, after: { utilisation } }) => `\`${component.name}\` at ${share(utilisation)}`)
  const fixes = small.every(({ component }) => !STORES.has(component.kind)) ? small.map((one) => ({ one, needed: enough(one.after, survivorUtilisation) })) : []
  return {
    at: originOf(worst.component, worst.after),
    subject: { component: worst.component.id },
    severity: severityOf(full && claim.said !== undefined, worst.after),
    message: `When ${unit.name} is lost, \`${worst.component.name}\` gets ${rate(worst.after.rate)}${worst.after.peaks ? ' at its peak' : ''} instead of ${worst.before === 0 ? 'nothing' : rate(worst.before)}, and its ${counted(copies, 'copy is', 'copies are')} at ${share(worst.after.utilisation)}${others.length > 0 ? ` (and ${joined(others)})` : ''}${though}.`,
    help: `Size what takes over for all of the load${fixes.length > 0 ? ` (${joined(fixes.map(({ one, needed }) => `${needed} copies of \`${one.component.name}\``))})` : ''}, or refuse the least important requests first (\`load-shed: yes\`).`,
    related: [
      { at: unit.at, message: `${unit.name} is lost` },
      ...small.slice(1, 10).map(({ component, after: { utilisation } }) => ({ at: component.origin, message: `\`${component.name}\` would be at ${share(utilisation)}` })),
    ],
    facts: [...worst.after.facts, ...claim.facts, ...analysis.load.facts({ component: worst.component.id })],
    limit: worst.full ? worst.after.facts[0] : undefined,
    fixes: fixes.length > 0 && fixes.every(({ one }) => moreCopies(one.component, 1).length > 0)
      ? [{ title: `Run ${joined(fixes.map(({ one, needed }) => `${needed} copies of \`${one.component.name}\``))}`, edits: fixes.flatMap(({ one, needed }) => setProperties(one.component, { replicas: String(needed) })) }]
      : [],
  }
}

function enough({ rate, each }: Busy, survivorUtilisation: number): number {
  return Math.ceil(Number((rate / (each * survivorUtilisation)).toPrecision(12)))
}

function tooSmall(model: Model, analysis: Analysis, after: Load, unit: Unit, component: Component, survivorUtilisation: number): Small | undefined {
  if (unit.losses.has(component.id) || component.kind === 'external' || growsBack(component)) return undefined
  if (!analysis.success.some((graph) => graph.components.has(component.id) && !toleratesLoss(analysis, graph, component.id))) return undefined
  const copies = runningCopies(component)
  const load = copies && busy(component, after.component(component.id), copies)
  if (!load || load.utilisation <= survivorUtilisation * (1 + 1e-9)) return undefined
  const now = busy(component, analysis.load.component(component.id), copies)
  const full = (now?.utilisation ?? 0) > 1
  // No busier than before: another matter. So is what is full only where nobody holds anything back.
  if (full && !((busy(component, analysis.admission.component(component.id), copies)?.utilisation ?? 0) >= 1)) return undefined
  if (load.rate <= (now?.rate ?? 0) * (1 + 1e-9) || sheds(model, analysis, component)) return undefined
  return { component, before: now?.rate ?? 0, after: load, full }
}
