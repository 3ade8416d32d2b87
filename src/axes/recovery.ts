/** Recovery: how does it heal, how long does that take, what is lost? */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck, losesAtFailover, sizeOf } from '../analysis/durable-copies.ts'
import { takeoverOf } from '../analysis/recovery.ts'
import { flag, isUnlimited, known, limit, number, references, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { flowName, listed, notStated, stated, time, wanted, type Witness } from './cell.ts'
import type { AxisRow, Cell, Evidence, SubjectCell } from './table.ts'

const BROKERS = new Set(['queue', 'log', 'topic'])
const LEADS = new Set(['database', 'queue', 'log', 'topic', 'search', 'coordinator', 'object-store'])
const STATELESS = new Set(['service', 'function', 'worker', 'load-balancer', 'gateway', 'batch', 'cdc', 'scheduler', 'cdn'])

/** How one component comes back. */
interface Healing {
  readonly how: string
  /** Seconds until it serves again after the loss of a copy; unset where that is not known. */
  readonly seconds?: number
  /** Seconds of writes that may be gone: 0 for none. */
  readonly lost?: number
  /** When it may lose some all the same. */
  readonly unless?: string
  readonly evidence: readonly Evidence[]
  readonly missing: readonly string[]
}

export function recoveryRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const healing = new Map(
    model.components
      .filter((component) => component.kind !== 'client' && component.kind !== 'external')
      .flatMap((component) => {
        const found = healingOf(model, component, witness)
        return found ? [[component.id, found] as const] : []
      }),
  )
  const of = (id: string): Component => lookup(model).component(id)!
  return {
    axis: 'recovery',
    question: 'How does it heal, how long does that take, what is lost?',
    system: together(
      [...healing.keys()].map(of),
      healing,
      witness,
      model.flows.flatMap((flow) => goals(flow.id, flow.facts, witness)),
    ),
    flows: analysis.flows.map((flow) => {
      const reached = new Set(flow.waited.map((edge) => edge.needed))
      const stated_ = flow.flow ? goals(flow.flow.id, flow.flow.facts, witness) : []
      return {
        id: flow.id,
        name: flowName(flow),
        cell: together([...healing.keys()].filter((id) => reached.has(id)).map(of), healing, witness, stated_),
      }
    }),
    components: [...healing].map(([id, found]): SubjectCell => ({ id, name: of(id).name, cell: cellOf(found) })),
  }
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

function healingOf(model: Model, component: Component, witness: Witness): Healing | undefined {
  const { facts, name } = component
  const evidence = witness.at(
    component.id,
    facts,
    'failover.mode',
    'failover.detect',
    'failover.decide',
    'failover.promote',
    'failover.arbiter',
    'restart',
    'rebuild-from',
    'rebuild-time',
    'backup',
    'backup.interval',
    'backup.pitr',
    'lag.p99',
    'replicas',
    'sync',
    'managed',
    'survives',
    'retention',
  )
  if (component.kind === 'cache' || known(facts, 'derived') || component.kind === 'search') return rebuilt(model, component, evidence)
  if (LEADS.has(component.kind)) return failover(model, component, evidence)
  if (!STATELESS.has(component.kind)) return undefined
  if (flag(facts, 'managed') === true) return { how: 'the provider replaces it', seconds: 0, evidence, missing: [] }
  const restart = number(facts, 'restart') ?? number(facts, 'warm-up')
  const replicas = number(facts, 'replicas')
  if (replicas !== undefined && replicas > 1 && flag(facts, 'singleton') !== true)
    return {
      how: `the other ${replicas - 1 === 1 ? 'replica goes' : 'replicas go'} on${restart === undefined ? '' : `; a new one in ${time(restart)}`}`,
      seconds: 0,
      evidence,
      missing: [],
    }
  if (restart !== undefined) return { how: `restarts in ${time(restart)}`, seconds: restart, evidence, missing: [] }
  return { how: '', evidence, missing: [replicas === undefined ? wanted('replicas', name) : wanted('restart', name)] }
}

function rebuilt(model: Model, component: Component, evidence: readonly Evidence[]): Healing {
  const find = lookup(model)
  const sources = references(component.facts, 'rebuild-from').flatMap((target) => find.component(target.id)?.name ?? [])
  const filled = find
    .relationsFrom(component.id)
    .filter((relation) => relation.verb === 'caches')
    .map((relation) => find.component(relation.to)?.name ?? relation.to)
  const brought = find
    .relationsTo(component.id)
    .filter((relation) => relation.verb === 'captures' || relation.verb === 'replicates')
    .map((relation) => find.component(relation.from)?.name ?? relation.from)
  const from = sources.length > 0 ? sources : filled.length > 0 ? filled : brought
  const seconds = number(component.facts, 'rebuild-time')
  if (from.length === 0) return { how: '', evidence, missing: [wanted('rebuild-from', component.name)] }
  const how = `filled again from ${listed(from)}${seconds === undefined ? '' : ` in ${time(seconds)}`}`
  // A cache fills itself as it is asked: it serves from the first moment, slowly.
  const atOnce = component.kind === 'cache' && word(component.facts, 'on-failure') !== 'fail'
  return {
    how,
    ...(seconds !== undefined ? { seconds } : atOnce ? { seconds: 0 } : {}),
    evidence,
    missing: seconds !== undefined || atOnce ? [] : [wanted('rebuild-time', component.name)],
  }
}

function failover(model: Model, component: Component, evidence: readonly Evidence[]): Healing {
  const { facts, name } = component
  const lost = lossOf(component)
  const errors = logicalErrors(model, component)
  const more = (how: string): string => [how, errors].filter((part) => part !== '').join('; ')
  if (flag(facts, 'managed') === true && word(facts, 'survives') !== undefined)
    return { how: more('the provider fails over'), seconds: 0, ...lost, evidence, missing: [] }
  const size = sizeOf(component)
  const { mode, detect, decide, promote } = takeoverOf(facts)
  if (mode === 'manual' || mode === 'none') {
    const known_ = (detect ?? 0) + (decide ?? 0) + (promote ?? 0)
    if (mode === 'manual' && decide !== undefined && promote !== undefined)
      return { how: more(`a person promotes another in ${time(known_)}`), seconds: known_, ...lost, evidence, missing: [] }
    return {
      how: more(mode === 'none' ? 'nothing takes over' : 'a person promotes another'),
      ...lost,
      evidence,
      missing: [wanted('failover', name)],
    }
  }
  if (mode === undefined && size?.count === 1)
    return { how: more('restored by hand'), ...lost, evidence, missing: [wanted('restart', name)] }
  if (mode === undefined) return { how: errors, ...lost, evidence, missing: [wanted('failover', name)] }
  const parts = [
    detect === undefined ? undefined : `${time(detect)} to detect`,
    decide === undefined ? undefined : `${time(decide)} to decide`,
    promote === undefined ? undefined : `${time(promote)} to promote`,
  ].filter((part) => part !== undefined)
  const missing = [
    ...(detect === undefined ? [wanted('failover.detect', name)] : []),
    ...(promote === undefined ? [wanted('failover.promote', name)] : []),
  ]
  const seconds = missing.length === 0 ? detect! + (decide ?? 0) + promote! : undefined
  const how = `fails over by itself${seconds !== undefined ? ` in ${time(seconds)}` : parts.length > 0 ? `, at least ${parts.join(', ')}` : ''}`
  return { how: more(how), ...(seconds !== undefined && { seconds }), ...lost, evidence, missing }
}

/** What a failover loses of acknowledged writes: nothing where another copy has them, else as much as the copies are behind. */
function lossOf(component: Component): Pick<Healing, 'lost' | 'unless'> {
  const loses = losesAtFailover(component)
  if (loses === false)
    return { lost: 0, ...(word(component.facts, 'sync') === 'semi-sync' && { unless: ', unless no follower answered in time' }) }
  const lag = limit(component.facts, 'lag.p99') ?? limit(component.facts, 'lag')
  return loses === true && lag !== undefined && Number.isFinite(lag) ? { lost: lag } : {}
}

/** Replicas repeat a bad DELETE at once: what then helps. */
function logicalErrors(model: Model, component: Component): string {
  if (flag(component.facts, 'backup.pitr') === true) return 'any moment can be restored'
  const interval = number(component.facts, 'backup.interval') ?? number(component.facts, 'backup')
  if (interval !== undefined) return `backups every ${time(interval)}`
  if (flag(component.facts, 'versioning') === true) return 'old versions are kept'
  if (component.kind === 'log' && flag(component.facts, 'replayable') !== false) {
    if (isUnlimited(component.facts, 'retention')) return 'can be read again from the start'
    const kept = number(component.facts, 'retention')
    if (kept !== undefined) return `can be read again for ${time(kept)}`
  }
  const backup = lookup(model)
    .relationsFrom(component.id)
    .find((relation) => relation.verb === 'backs-up')
  return backup ? `backed up to ${lookup(model).component(backup.to)?.name ?? backup.to}` : ''
}

function goals(
  id: string,
  facts: Component['facts'],
  witness: Witness,
): readonly { readonly text: string; readonly evidence: readonly Evidence[] }[] {
  return (['rto', 'rpo'] as const).flatMap((path) => {
    const seconds = number(facts, path)
    return seconds === undefined ? [] : [{ text: `target ${path.toUpperCase()} ${time(seconds)}`, evidence: witness.at(id, facts, path) }]
  })
}

function together(
  components: readonly Component[],
  healing: ReadonlyMap<string, Healing>,
  witness: Witness,
  aims: readonly { readonly text: string; readonly evidence: readonly Evidence[] }[],
): Cell {
  // What copies something can be filled again; one that copies nothing known is a store like the others.
  const state = components.filter((component) =>
    healing.get(component.id)!.how === '' && !STATELESS.has(component.kind)
      ? !BROKERS.has(component.kind)
      : LEADS.has(component.kind) && !BROKERS.has(component.kind) && component.kind !== 'search',
  )
  const of = state.map((component) => ({ component, found: healing.get(component.id)! }))
  const evidence = [
    ...aims.flatMap((aim) => aim.evidence),
    ...of.flatMap(({ component, found }) => [...found.evidence, ...witness.of(copiesAtAck(component)?.facts ?? [], component.id)]),
  ]
  const missing = of.flatMap(({ found }) => found.missing)
  const targets = [...new Set(aims.map((aim) => aim.text))]
  if (of.length === 0)
    return components.length === 0
      ? notStated({ evidence })
      : stated(['nothing to restore but copies', ...targets].join('; '), { evidence })
  const timed = of
    .filter(({ found }) => found.seconds !== undefined && found.seconds > 0)
    .sort((a, b) => b.found.seconds! - a.found.seconds!)
  const open = of.filter(({ found }) => found.seconds === undefined)
  const losing = of.filter(({ found }) => (found.lost ?? 0) > 0)
  const unsure = of.filter(({ found }) => found.lost === undefined)
  const parts = [
    timed[0] ? `${timed[0].component.name} is back in ${time(timed[0].found.seconds!)}` : open.length === 0 ? 'providers fail over' : '',
    losing.length > 0
      ? `loses up to ${time(Math.max(...losing.map(({ found }) => found.lost!)))} of writes to ${listed(losing.map(({ component }) => component.name))}`
      : unsure.length === 0
        ? `nothing acknowledged is lost${of.find(({ found }) => found.unless)?.found.unless ?? ''}`
        : '',
    ...targets,
  ].filter((part) => part !== '')
  if (open.length > 0) {
    const at = timed[0] ? `at least ${time(timed[0].found.seconds!)}` : ''
    const rest = [
      at,
      `how ${listed(open.map(({ component }) => component.name))} ${open.length === 1 ? 'comes' : 'come'} back is open`,
      ...targets,
    ].filter((part) => part !== '')
    return notStated({ evidence, missing }, rest.join('; '))
  }
  return stated(parts.join('; '), {
    evidence,
    missing: [...missing, ...unsure.map(({ component }) => wanted('sync', component.name))],
    confidence: unsure.length > 0 ? 'bound' : 'exact',
  })
}
