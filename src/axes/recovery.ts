/** Recovery: how does it heal, how long does that take, what is lost? */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck } from '../analysis/durable-copies.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { known, limit } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import { aims, promise } from './claims.ts'
import { BROKERS, healingOf, LEADS, STATELESS, type Healing } from './healing.ts'
import type { AxisRow, Cell, Claim, SubjectCell } from './table.ts'

export function recoveryRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const healing = new Map(
    model.components
      .filter((component) => component.kind !== 'client' && component.kind !== 'external')
      .flatMap((component) => {
        const found = healingOf(model, analysis, component, witness)
        return found ? [[component.id, found] as const] : []
      }),
  )
  const order = new Map([...healing.keys()].map((id, index) => [id, index]))
  const of = (id: string): Component => lookup(model).component(id)!
  const again = repeatsOf(model, analysis)
  return {
    axis: 'recovery',
    question: 'How does it heal, how long does that take, what is lost?',
    system: together([...healing.keys()].map(of), healing, witness, { also: [], claimed: () => aims(model, analysis, witness, 'recovery') }),
    flows: analysis.flows.map((flow) => {
      const reached = [...new Set(flow.waited.map((edge) => edge.needed))].filter((id) => healing.has(id)).sort((a, b) => order.get(a)! - order.get(b)!)
      return {
        id: flow.id,
        name: flowName(flow),
        cell: together(reached.map(of), healing, witness, { also: again(flow), claimed: (found) => promises(flow, found, witness) }),
      }
    }),
    components: [...healing].map(([id, found]): SubjectCell => ({ id, name: of(id).name, cell: cellOf(found) })),
  }
}

/** What becomes of the requests in hand: tried again, and done twice. */
function repeatsOf(model: Model, analysis: Analysis): (flow: FlowPaths) => readonly string[] {
  const find = lookup(model)
  const most = new Map<string, number>()
  for (const { flow, attempts } of analysis.attempts.amplified) most.set(flow.id, Math.max(most.get(flow.id) ?? 1, attempts))
  const twice = new Set(analysis.duplication.seeds.filter(({ component }) => analysis.duplication.dedupes(component) === 'no').map(({ component }) => component))
  return (flow) => {
    const tries = most.get(flow.id) ?? 1
    const again = [...new Set(flow.caused.flatMap(({ relation }) => (relation.verb === 'delivers' && twice.has(relation.to) && !BROKERS.has(find.component(relation.to)?.kind ?? '') ? (find.component(relation.to)?.name ?? []) : [])))]
    return [
      ...(tries > 1 ? [Number.isFinite(tries) ? `one request is tried up to ${Number(tries.toPrecision(2))} times` : 'requests are tried without end'] : []),
      ...(again.length > 0 ? [`${listed(again)} may get the same message twice`] : []),
    ]
  }
}

/** RTO and RPO as they are promised, against what was computed. */
function promises({ flow, id }: FlowPaths, { seconds, lost }: { readonly seconds?: number; readonly lost?: number }, witness: Witness): readonly Claim[] {
  return (['rto', 'rpo'] as const).flatMap((path): readonly Claim[] => {
    const goal = flow && known(flow.facts, path)
    const target = flow && limit(flow.facts, path)
    if (!goal || target === undefined || !Number.isFinite(target)) return []
    const found = path === 'rto' ? seconds : lost
    const verdict = found === undefined ? 'open' : found > target ? 'broken' : 'kept'
    return [promise(`${path.toUpperCase()} ${time(target)}`, goal.fact, witness, id, verdict)]
  })
}

function cellOf(healing: Healing): Cell {
  const parts = [
    healing.how,
    ...(healing.lost === undefined
      ? []
      : [healing.lost === 0 ? `loses nothing acknowledged${healing.unless ?? ''}` : `loses up to ${time(healing.lost)} of writes`]),
  ].filter((part) => part !== '')
  if (healing.how === '' || (healing.seconds === undefined && healing.missing.length > 0))
    return notStated(healing, parts.length > 0 ? parts.join('; ') : undefined)
  return stated(parts.join('; '), healing)
}

interface Around {
  /** What else is to be said. */
  readonly also: readonly string[]
  claimed(found: { readonly seconds?: number; readonly lost?: number }): readonly Claim[]
}

/** All units fall in parallel: the slowest decides, and the largest loss. */
function together(components: readonly Component[], healing: ReadonlyMap<string, Healing>, witness: Witness, { also, claimed }: Around): Cell {
  // What copies something can be filled again; one that copies nothing known is a store like the others.
  const state = components.filter((component) =>
    healing.get(component.id)!.how === '' && !STATELESS.has(component.kind)
      ? !BROKERS.has(component.kind)
      : LEADS.has(component.kind) && !BROKERS.has(component.kind) && component.kind !== 'search',
  )
  const of = state.map((component) => ({ component, found: healing.get(component.id)! }))
  const evidence = flatMapped(of, ({ component, found }) => chained(found.evidence, witness.of(copiesAtAck(component)?.facts ?? [], component.id)))
  const missing = flatMapped(of, ({ found }) => found.missing)
  if (of.length === 0)
    return components.length === 0
      ? notStated({ evidence, claimed: claimed({}) })
      : stated(['nothing to restore but copies', ...also].join('; '), { evidence, claimed: claimed({ lost: 0 }) })
  const timed = of
    .filter(({ found }) => found.seconds !== undefined && found.seconds > 0)
    .sort((a, b) => b.found.seconds! - a.found.seconds!)
  const open = of.filter(({ found }) => found.seconds === undefined)
  const losing = of.filter(({ found }) => (found.lost ?? 0) > 0)
  const unsure = of.filter(({ found }) => found.lost === undefined)
  const most = losing.length > 0 ? Math.max(...losing.map(({ found }) => found.lost!)) : unsure.length === 0 ? 0 : undefined
  const longest = timed[0]?.found.seconds ?? 0
  const parts = [
    timed[0] ? `${timed[0].component.name} is back in ${time(longest)}` : open.length === 0 ? 'providers fail over' : '',
    losing.length > 0
      ? `loses up to ${time(most!)} of writes to ${listed(losing.map(({ component }) => component.name))}`
      : unsure.length === 0
        ? `nothing acknowledged is lost${of.find(({ found }) => found.unless)?.found.unless ?? ''}`
        : '',
    ...also,
  ].filter((part) => part !== '')
  if (open.length > 0) {
    const at = timed[0] ? `at least ${time(longest)}` : ''
    const rest = [
      at,
      `how ${listed(open.map(({ component }) => component.name))} ${open.length === 1 ? 'comes' : 'come'} back is open`,
      ...also,
    ].filter((part) => part !== '')
    return notStated({ evidence, missing, claimed: claimed(most === undefined ? {} : { lost: most }) }, rest.join('; '))
  }
  return stated(parts.join('; '), {
    evidence,
    missing: chained(missing, unsure.map(({ component }) => wanted('sync', component.name))),
    claimed: claimed({ seconds: longest, ...(most !== undefined && { lost: most }) }),
    confidence: unsure.length > 0 ? 'bound' : 'exact',
  })
}
