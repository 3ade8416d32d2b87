/** Recovery: how does it heal, how long does that take, what is lost? */
import { acknowledged } from '../analysis/acknowledged.ts'
import type { Analysis } from '../analysis/analysis.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import { BROKERS, type Homes } from '../analysis/homes.ts'
import { isUnlimited, known, limit, references, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import { aims, promise } from './claims.ts'
import { healingOf, LEADS, STATELESS, type Healing } from './healing.ts'
import type { AxisRow, Cell, Claim, SubjectCell } from './table.ts'

export function recoveryRow(model: Model, analysis: Analysis, homes: Homes, witness: Witness): AxisRow {
  const healing = new Map(
    model.components
      .filter((component) => component.kind !== 'client' && component.kind !== 'external')
      .flatMap((component) => {
        const found = healingOf(model, analysis, homes, component, witness)
        return found ? [[component.id, found] as const] : []
      }),
  )
  const order = new Map([...healing.keys()].map((id, index) => [id, index]))
  const of = (id: string): Component => lookup(model).component(id)!
  const again = repeatsOf(model, analysis)
  const acks = (component: Component): readonly Fact[] => acknowledged(model, analysis, component)?.facts ?? []
  return {
    axis: 'recovery',
    question: 'How does it heal, how long does that take, what is lost?',
    system: together([...healing.keys()].map(of), healing, witness, { also: [], acks, copies: homes.copies, claimed: () => aims(model, analysis, witness, 'recovery') }),
    flows: analysis.flows.map((flow) => {
      const reached = [...new Set(flow.waited.map((edge) => edge.needed))].filter((id) => healing.has(id)).sort((a, b) => order.get(a)! - order.get(b)!)
      return {
        id: flow.id,
        name: flowName(flow),
        cell: together(reached.map(of), healing, witness, { also: again(flow), acks, copies: homes.copies, claimed: (found) => promises(flow, found, witness) }),
      }
    }),
    components: [...healing].map(([id, found]): SubjectCell => ({ id, name: of(id).name, cell: cellOf(found) })),
  }
}

/** What becomes of the requests in hand: tried again, and done twice. */
function repeatsOf(model: Model, analysis: Analysis): (flow: FlowPaths) => readonly string[] {
  const find = lookup(model)
  const drops = dropsOf(model)
  const most = new Map<string, number>()
  for (const { flow, attempts } of analysis.attempts.amplified) most.set(flow.id, Math.max(most.get(flow.id) ?? 1, attempts))
  const twice = new Set(analysis.duplication.seeds.filter(({ component }) => analysis.duplication.dedupes(component) === 'no').map(({ component }) => component))
  return (flow) => {
    const tries = most.get(flow.id) ?? 1
    const again = [...new Set(flow.caused.flatMap(({ relation }) => (relation.verb === 'delivers' && twice.has(relation.to) && !BROKERS.has(find.component(relation.to)?.kind ?? '') ? (find.component(relation.to)?.name ?? []) : [])))]
    return [
      ...(tries > 1 ? [triesText(tries)] : []),
      ...(again.length > 0 ? [`${listed(again)} may get the same message twice`] : []),
      ...drops(flow),
    ]
  }
}

/** A budget lets only some of the requests be tried again: then it is an average. */
function triesText(tries: number): string {
  if (!Number.isFinite(tries)) return 'requests are tried without end'
  if (tries < 2) return `retries add at most ${Number((100 * (tries - 1)).toPrecision(2))}%`
  return Number.isInteger(tries) ? `one request is tried up to ${tries} times` : `one request becomes up to ${Number(tries.toPrecision(2))} on average`
}

/** What is not worked on to the end: parked for a person, dropped after some tries, or handed out once and then forgotten. */
function dropsOf(model: Model): (flow: FlowPaths) => readonly string[] {
  const find = lookup(model)
  const fates = new Map<string, { readonly how: 'missed' | 'parked' | 'dropped'; readonly name: string } | undefined>()
  for (const { id, verb, from, to, facts } of model.relations) {
    if (verb !== 'delivers') continue
    const name = find.component(to)?.name ?? to
    const dead = references(facts, 'dead-letter')[0] ?? references(find.component(from)?.facts ?? {}, 'dead-letter')[0]
    if (word(facts, 'delivery') === 'at-most-once') fates.set(id, { how: 'missed', name })
    else if (dead) fates.set(id, { how: 'parked', name: find.component(dead.id)?.name ?? dead.id })
    else if (known(facts, 'max-deliveries')?.fact.from === 'stated' && !isUnlimited(facts, 'max-deliveries') && !find.relationsFrom(from).some((other) => other.verb === 'dead-letters')) fates.set(id, { how: 'dropped', name })
  }
  return (flow) => {
    if (fates.size === 0) return []
    const met = flow.caused.flatMap(({ relation }) => fates.get(relation.id) ?? [])
    const names = (which: string): readonly string[] => met.flatMap(({ how, name }) => (how === which ? [name] : []))
    return [
      ...(names('missed').length > 0 ? [`${listed(names('missed'))} may miss messages`] : []),
      ...(names('parked').length > 0 ? [`what fails again and again ends in ${listed(names('parked'))}`] : []),
      ...(names('dropped').length > 0 ? [`what fails again and again at ${listed(names('dropped'))} is dropped`] : []),
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
      ? [healing.risk?.('') ?? '']
      : [healing.lost === 0 ? `loses nothing acknowledged${healing.unless ?? ''}` : `loses up to ${time(healing.lost)} of writes`]),
    healing.also ?? '',
  ].filter((part) => part !== '')
  if (healing.how === '' || (healing.seconds === undefined && healing.missing.length > 0))
    return notStated(healing, parts.length > 0 ? parts.join('; ') : undefined)
  return stated(parts.join('; '), healing)
}

interface Around {
  /** What else is to be said. */
  readonly also: readonly string[]
  /** What says on how many copies a write is. */
  acks(component: Component): readonly Fact[]
  /** Whether it can be filled again from elsewhere. */
  copies(component: Component): boolean
  claimed(found: { readonly seconds?: number; readonly lost?: number }): readonly Claim[]
}

/** All units fall in parallel: the slowest decides, and the largest loss. */
function together(components: readonly Component[], healing: ReadonlyMap<string, Healing>, witness: Witness, { also: others, acks, copies, claimed }: Around): Cell {
  // What copies something can be filled again; one that copies nothing known is a store like the others.
  const state = components.filter((component) =>
    healing.get(component.id)!.how === '' && !STATELESS.has(component.kind)
      ? !BROKERS.has(component.kind)
      : LEADS.has(component.kind) && !BROKERS.has(component.kind) && component.kind !== 'search',
  )
  const of = state.map((component) => ({ component, found: healing.get(component.id)! }))
  const evidence = flatMapped(of, ({ component, found }) => chained(found.evidence, witness.of(acks(component), component.id)))
  const missing = flatMapped(of, ({ found }) => found.missing)
  const brokers = components.filter(({ kind }) => BROKERS.has(kind)).map((component) => ({ component, found: healing.get(component.id)! }))
  const also = [
    ...grouped([...of, ...brokers].flatMap(({ component, found }) => (found.lost === undefined && found.risk ? [{ name: component.name, risk: found.risk }] : []))),
    ...regions(of),
    ...others,
  ]
  if (of.length === 0) {
    if (components.length === 0) return notStated({ evidence, claimed: claimed({}) })
    const open = brokers.filter(({ found }) => found.lost === undefined)
    const safe = brokers.length > 0 && open.length === 0
    const silent = open.filter(({ found }) => found.risk === undefined).map(({ component }) => component.name)
    const nothing = safe ? `nothing that ${listed(brokers.map(({ component }) => component.name))} acknowledged is lost` : brokers.length > 0 ? '' : components.some(copies) ? 'only copies, which are filled again' : 'nothing to restore'
    const parts = [nothing, ...also].filter((part) => part !== '')
    const behind = flatMapped(brokers, ({ component, found }) => chained(found.evidence, witness.of(acks(component), component.id)))
    if (silent.length > 0) return notStated({ evidence: behind, missing: silent.map((name) => wanted('sync', name)), claimed: claimed({}) }, [`nothing says what ${listed(silent)} may lose`, ...parts].join('; '))
    return stated(parts.join('; '), { evidence: behind, claimed: claimed(open.length === 0 ? { lost: 0 } : {}) })
  }
  const timed = of
    .filter(({ found }) => found.seconds !== undefined && found.seconds > 0)
    .sort((a, b) => b.found.seconds! - a.found.seconds!)
  const open = of.filter(({ found }) => found.seconds === undefined)
  const losing = of.filter(({ found }) => (found.lost ?? 0) > 0)
  const unsure = of.filter(({ found }) => found.lost === undefined)
  const most = losing.length > 0 ? Math.max(...losing.map(({ found }) => found.lost!)) : unsure.length === 0 ? 0 : undefined
  const longest = timed[0]?.found.seconds ?? 0
  const parts = [
    timed[0] ? `${timed[0].component.name} is back in ${time(longest)}` : open.length === 0 ? `${listed(of.map(({ component }) => component.name))} ${of.length === 1 ? 'goes on by itself' : 'go on by themselves'}` : '',
    losing.length > 0
      ? `loses up to ${time(most!)} of writes to ${listed(losing.map(({ component }) => component.name))}`
      : unsure.length === 0
        ? `nothing acknowledged is lost${of.find(({ found }) => found.unless)?.found.unless ?? ''}`
        : '',
    ...also,
  ].filter((part) => part !== '')
  if (open.length > 0) {
    const at = timed[0] ? `at least ${time(longest)}` : ''
    const names = (known_: boolean): readonly string[] => open.flatMap(({ component, found }) => ((found.how !== '' && found.missing.some((wish) => wish.includes('failover.'))) === known_ ? [component.name] : []))
    const rest = [
      at,
      names(false).length > 0 ? `nothing says how ${listed(names(false))} ${names(false).length === 1 ? 'comes' : 'come'} back` : '',
      names(true).length > 0 ? `nothing says how fast ${listed(names(true))} ${names(true).length === 1 ? 'fails' : 'fail'} over` : '',
      losing.length > 0 ? `loses up to ${time(most!)} of writes to ${listed(losing.map(({ component }) => component.name))}` : '',
      ...also,
    ].filter((part) => part !== '')
    return notStated({ evidence, missing, claimed: claimed(most === undefined ? {} : { lost: most }) }, rest.join('; '))
  }
  return stated(parts.join('; '), {
    evidence,
    missing: chained(missing, unsure.flatMap(({ component, found }) => (found.risk ? [] : [wanted('sync', component.name)]))),
    claimed: claimed({ seconds: longest, ...(most !== undefined && { lost: most }) }),
    confidence: unsure.length > 0 ? 'bound' : 'exact',
  })
}

/** The same risk of several is told once. */
function grouped(risks: readonly { readonly name: string; readonly risk: NonNullable<Healing['risk']> }[]): readonly string[] {
  const byText = new Map<string, { readonly risk: NonNullable<Healing['risk']>; readonly names: string[] }>()
  for (const { name, risk } of risks) {
    const known_ = byText.get(risk(''))
    if (known_) known_.names.push(name)
    else byText.set(risk(''), { risk, names: [name] })
  }
  return [...byText.values()].map(({ risk, names }) => risk(` of ${listed(names)}`))
}

/** The larger failure unit: what goes with a region. */
function regions(of: readonly { readonly component: Component; readonly found: Healing }[]): readonly string[] {
  const lose = of.filter(({ found }) => found.withRegion)
  if (lose.length === 0) return []
  const most = Math.max(...lose.map(({ found }) => found.withRegion!.seconds ?? 0))
  const names = listed(lose.map(({ component }) => component.name))
  return [most > 0 ? `a lost region takes up to ${time(most)} of writes to ${names}` : `a lost region takes what the copy of ${names} elsewhere did not get yet`]
}
