/** Availability: what keeps working, what fails open and what closed, under which failure? */
import type { Analysis } from '../analysis/analysis.ts'
import { availabilityFacts, fallsShort } from '../analysis/availability.ts'
import { targetOf, type Exposure } from '../analysis/exposure.ts'
import type { SuccessGraph } from '../analysis/success.ts'
import { LEVELS, type Unit } from '../analysis/units.ts'
import { known, number, numberOf, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { formatQuantity, quantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { chained, copiesWanted, flatMapped, flowName, listed, notStated, stated, wanted, type Witness } from './cell.ts'
import { aims, promise } from './claims.ts'
import { COPIES, faultsOf, faultTable, knowsCopies, LEVELS_UP, SURVIVES, type Faults } from './faults.ts'
import type { AxisRow, Cell, Claim, Evidence, SubjectCell } from './table.ts'

export function availabilityRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const shared = new Map<SuccessGraph, Exposure[]>()
  for (const each of analysis.exposures) {
    if (!each.choice) continue
    const list = shared.get(each.graph)
    if (list) list.push(each)
    else shared.set(each.graph, [each])
  }
  const flows = analysis.success.map((graph, at) => faultsOf(model, analysis, graph, analysis.availability[at]!, shared.get(graph) ?? []))
  const lost = new Map<string, Unit[]>()
  for (const unit of analysis.units) {
    for (const component of unit.losses.keys()) {
      const list = lost.get(component)
      if (list) list.push(unit)
      else lost.set(component, [unit])
    }
  }
  return {
    axis: 'availability',
    question: 'What keeps working, what fails open and what closed, under which failure?',
    system: system(model, analysis, flows, witness),
    faults: faultTable(flows),
    flows: flows.map((faults) => ({ id: faults.graph.flow.id, name: flowName(faults.graph.flow), cell: ofFlow(faults, witness) })),
    components: model.components
      .filter((component) => component.kind !== 'client')
      .map((component): SubjectCell => ({
        id: component.id,
        name: component.name,
        cell: ofComponent(model, analysis, component, lost.get(component.id) ?? [], witness),
      })),
  }
}

function ofFlow(faults: Faults, witness: Witness): Cell {
  const { fatal, degrading, computed } = faults
  const evidence = chained<Evidence>(
    fatal.map(({ unit, name }) => ({ text: `${name} is on the way`, origin: unit.at })),
    flatMapped([...fatal, ...degrading], ({ unit, facts }) => witness.of(facts, [...unit.losses.keys()][0])),
    witness.of(computed ? availabilityFacts(computed) : []),
  )
  const parts: string[] = []
  if (faults.survives) parts.push(SURVIVES[faults.survives])
  if (fatal.length > 0) parts.push(`fails with ${listed(together(fatal.map(({ name }) => name)), 4)}`)
  if (degrading.length > 0) parts.push(`degraded without ${listed(together(degrading.map(({ name }) => name)))}`)
  if (faults.shared.length > 0) parts.push(`its alternatives share ${listed(faults.shared)}`)
  if (computed) parts.push(computed.sureness === 'exact' ? `${percent(computed.value)} computed` : `at most ${percent(computed.value)} by what is known`)
  const all = { evidence, missing: faults.missing, claimed: promises(faults, witness) }
  if (fatal.length === 0 && faults.open.length > 0) {
    const best = faults.survives === undefined && faults.atBest ? [`at best ${SURVIVES[faults.atBest]}`] : []
    return notStated(all, [...best, ...parts, `copies of ${listed(faults.open)} unknown`].join('; '))
  }
  if (parts.length === 0) return notStated({ ...all, missing: [...all.missing, `copies and zones of what it needs`] })
  return stated(parts.join('; '), {
    ...all,
    confidence: faults.open.length > 0 || computed?.sureness === 'bound' ? 'bound' : computed ? 'estimate' : 'exact',
  })
}

/** The share of the time that it is to work, and the loss that it is to survive. */
function promises({ graph, fatal, survives, computed }: Faults, witness: Witness): readonly Claim[] {
  const flow = graph.flow.flow
  if (!flow) return []
  const target = targetOf(graph)
  const claims: Claim[] = []
  if (target !== undefined) {
    const short = computed && fallsShort(computed, target)
    const verdict = short === 'certain' ? 'broken' : short === 'no' && computed!.sureness === 'exact' ? 'kept' : 'open'
    const promised = (computed?.contributors ?? []).filter(({ fact }) => fact.from === 'default').map(({ name }) => name)
    const note = short === 'promised' ? `less, if ${listed(promised)} ${promised.length === 1 ? 'is' : 'are'} down as long as the provider allows itself` : undefined
    claims.push(promise(`availability ${percent(target)}`, known(flow.facts, 'availability')?.fact, witness, flow.id, verdict, note))
  }
  const said = word(flow.facts, 'survives')
  if (said !== undefined) {
    const level = said === 'node' ? 'copy' : said
    const rank = LEVELS.findIndex((each) => each === level)
    const fallen = fatal.find(({ unit }) => unit.level !== 'external' && LEVELS.indexOf(unit.level) <= rank)
    const reached = survives !== undefined && LEVELS.indexOf(survives) >= rank
    claims.push(promise(`survives a ${said}`, known(flow.facts, 'survives')?.fact, witness, flow.id, fallen ? 'broken' : reached ? 'kept' : 'open', fallen && `it fails with ${fallen.name}`))
  }
  return claims
}

/** `region us` and `region eu` are `regions us and eu`. */
function together(names: readonly string[]): readonly string[] {
  const places = new Map<string, string[]>()
  const rest: string[] = []
  for (const name of names) {
    const [, kind, own] = /^(region|zone|host|cell|provider) (.+)$/.exec(name) ?? []
    if (kind === undefined) rest.push(name)
    else places.set(kind, [...(places.get(kind) ?? []), own!])
  }
  return [...rest, ...[...places].map(([kind, list]) => `${kind}${list.length > 1 ? 's' : ''} ${listed(list)}`)]
}

function system(model: Model, analysis: Analysis, flows: readonly Faults[], witness: Witness): Cell {
  const claimed = aims(model, analysis, witness, 'availability')
  if (flows.length === 0) return notStated({ missing: ['a `flow` or a `client`'], claimed })
  const fatal = new Map<string, { readonly unit: Unit; readonly facts: readonly Fact[]; flows: number }>()
  for (const fault of flows.flatMap((faults) => faults.fatal)) {
    const known = fatal.get(fault.name)
    if (known) known.flows++
    else fatal.set(fault.name, { unit: fault.unit, facts: fault.facts, flows: 1 })
  }
  const missing = new Set(flows.flatMap((faults) => faults.missing))
  const evidence = flatMapped(fatal, ([name, { unit, facts }]) => chained([{ text: `${name} is on the way`, origin: unit.at }], witness.of(facts, [...unit.losses.keys()][0])))
  const open = new Set(flows.flatMap((faults) => faults.open))
  const least = flows.every((faults) => faults.survives)
    ? LEVELS_UP.find((level) => flows.some((faults) => faults.survives === level))
    : undefined
  // Which of the flows stop: the first question about a region, and about a third party.
  const some = (count: number): string => (flows.length > 1 && count < flows.length ? ` (${count} of ${flows.length} flows)` : '')
  const named = [...fatal].sort(([, a], [, b]) => b.flows - a.flows).map(([name, { flows: count }]) => `${name}${some(count)}`)
  const parts = [
    ...(least ? [`every flow ${SURVIVES[least]}`] : []),
    ...(fatal.size > 0 ? [`${least ? 'falls with' : 'single points of failure:'} ${listed(named, 5)}`] : []),
  ]
  const all = { evidence, missing, claimed }
  if (fatal.size > 0) return stated(parts.join('; '), { ...all, confidence: missing.size > 0 ? 'bound' : 'exact' })
  if (open.size > 0) {
    const best = flows.every((faults) => faults.survives ?? faults.atBest) ? LEVELS_UP.find((level) => flows.some((faults) => (faults.survives ?? faults.atBest) === level)) : undefined
    return notStated(all, `${best ? `at best every flow ${SURVIVES[best]}; ` : ''}copies of ${listed([...open])} unknown`)
  }
  return least ? stated(parts.join('; '), all) : notStated({ ...all, missing: ['copies and zones'] })
}

/** What a cell of a component rests on. */
const SAYING = ['replicas', 'voters', 'n', 'replication-factor', 'zones', 'regions', 'survives', 'managed', 'runs-on', 'failover.mode', 'failover.arbiter', 'availability', 'on-failure', 'fail'] as const

function ofComponent(model: Model, analysis: Analysis, component: Component, lost: readonly Unit[], witness: Witness): Cell {
  const { facts, name } = component
  const evidence = witness.at(component.id, facts, SAYING)
  const claimed = analysis.contradictions
    .filter(({ component: id, path }) => id === component.id && path === 'survives')
    .map(({ claim, short }) => promise(`survives a ${word(facts, 'survives')}`, claim, witness, component.id, 'broken', short))
  const own = number(facts, 'availability')
  const tail = [...(own === undefined ? [] : [percent(own)]), ...failureMode(model, analysis, component)]
  const rest = tail.length > 0 ? `; ${tail.join('; ')}` : ''
  if (component.kind === 'external') {
    const missing = own === undefined ? [wanted('availability', name)] : []
    const how = failureMode(model, analysis, component)
    return own === undefined ? notStated({ evidence, claimed, missing }, ['somebody else runs it', ...how].join('; ')) : stated([`${percent(own)} by its provider`, ...how].join('; '), { evidence, claimed, missing })
  }
  const copy = lost.find((unit) => unit.level === 'copy')?.losses.get(component.id)
  if (copy) {
    const text = {
      alone: 'one copy: falls with it',
      quorum: 'falls with one voter',
      'manual-failover': 'reads survive a replica, writes wait for a person',
    }[copy.because]
    return stated(`${text}${rest}`, { claimed, evidence: chained(evidence, witness.of(copy.facts, component.id)) })
  }
  if (!knowsCopies(component))
    return notStated({ evidence, claimed, missing: [copiesWanted(component)] }, [...oneByDefault(component), ...tail].join('; ') || undefined)
  const zones = number(facts, 'zones') ?? 0
  const survives = word(facts, 'survives')
  const falls = lost.find((unit) => unit.level === 'host' || unit.level === 'zone')
  if (falls) return stated(`survives a replica, falls with ${falls.name.replaceAll('`', '')}${rest}`, { evidence, claimed })
  const region = survives === 'region' || (number(facts, 'regions') ?? 0) > 1
  const zone = survives === 'zone' || zones > 1
  if (region) return stated(`survives a region${rest}`, { evidence, claimed })
  return stated(`survives a ${zone ? 'zone' : 'replica'}${rest}`, { evidence, claimed, missing: zone ? [] : [wanted('zones', name)] })
}

/** A number of copies that is only a default is a question, not a verdict: it is told as what it is. */
function oneByDefault({ facts }: Component): readonly string[] {
  const fact = COPIES.flatMap((path) => known(facts, path) ?? []).find(({ value }) => numberOf(value) === 1)?.fact
  return fact?.from === 'default' ? [`one copy by default of ${fact.by}`] : []
}

/** What its callers see when it is down: closed where one fails with it, open or degraded where none does. */
function failureMode(model: Model, analysis: Analysis, component: Component): readonly string[] {
  const said = word(component.facts, 'fail') ?? word(component.facts, 'on-failure')
  if (said) return [said === 'open' || said === 'closed' ? `fails ${said}` : `on failure: ${said}`]
  const callers = analysis.graph.neededBy(component.id).filter((edge) => edge.waits !== 'no')
  if (callers.length === 0) return deferred(model, component)
  if (callers.some((edge) => edge.hard === 'yes')) return ['fails closed']
  if (callers.some((edge) => edge.hard === 'unknown')) return []
  const stand = callers.flatMap((edge) =>
    edge.fallback && 'component' in edge.fallback ? [lookup(model).component(edge.fallback.component)?.name ?? ''] : [],
  )
  return [stand.length > 0 ? `${listed(stand)} ${new Set(stand).size === 1 ? 'stands' : 'stand'} in` : 'degrades its callers']
}

/** Nobody waits for it: what it was to do waits with whoever hands it on. */
function deferred(model: Model, component: Component): readonly string[] {
  const find = lookup(model)
  const keepers = find.relationsTo(component.id).flatMap(({ verb, from }) => (verb === 'delivers' ? (find.component(from)?.name ?? []) : []))
  return keepers.length > 0 ? [`its work waits in ${listed(keepers)}`] : []
}

function percent(share: number): string {
  return formatQuantity(quantity(share), 'availability')
}
