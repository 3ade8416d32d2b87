/** Scale unit: what is sharded or partitioned, and by what? */
import type { Analysis } from '../analysis/analysis.ts'
import { call, flag, known, number, range, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import { chained, flatMapped, flowName, listed, notStated, stated, wanted, type Witness } from './cell.ts'
import { aims } from './claims.ts'
import type { AxisRow, Cell, Claim, SubjectCell } from './table.ts'

const STATELESS = new Set([
  'service',
  'function',
  'worker',
  'load-balancer',
  'gateway',
  'stream-processor',
  'batch',
  'cdc',
  'scheduler',
  'workflow',
])
const SPLIT = new Set(['database', 'cache', 'search', 'object-store', 'log', 'queue', 'topic', 'coordinator'])

/** What one component grows by. */
interface Unit {
  readonly cell: Cell
  /** Named alike where two components grow by the same thing. */
  readonly by?: string
  /** It can only be made bigger, not more. */
  readonly vertical: boolean
}

export function scaleUnitRow(model: Model, analysis: Analysis, witness: Witness): AxisRow {
  const units = new Map(
    model.components.flatMap((component) =>
      STATELESS.has(component.kind) || SPLIT.has(component.kind) ? [[component.id, unitOf(component, witness)] as const] : [],
    ),
  )
  const components = model.components.filter((component) => units.has(component.id))
  const order = new Map(components.map(({ id }, index) => [id, index]))
  return {
    axis: 'scale-unit',
    question: 'What is sharded or partitioned, and by what?',
    system: together(components, units, [], aims(model, analysis, witness, 'scale-unit')),
    flows: analysis.flows.map((flow) => {
      const met = new Set([...flow.waited, ...flow.caused].flatMap((edge) => [edge.relation.from, edge.relation.to]))
      const reached = [...met].flatMap((id) => order.get(id) ?? []).sort((a, b) => a - b)
      return {
        id: flow.id,
        name: flowName(flow),
        cell: together(
          reached.map((index) => components[index]!),
          units,
          mismatches(
            model,
            [...flow.waited].map((edge) => edge.relation.id),
          ),
        ),
      }
    }),
    components: components.map((component): SubjectCell => ({
      id: component.id,
      name: component.name,
      cell: units.get(component.id)!.cell,
    })),
  }
}

/** What a cell of a component rests on. */
const SAYING = ['key', 'partitioning', 'shards', 'partitions', 'split', 'replicas', 'replication', 'placement', 'nodes', 'tenancy', 'singleton', 'managed'] as const

function unitOf(component: Component, witness: Witness): Unit {
  const { facts } = component
  const evidence = witness.at(component.id, facts, SAYING)
  if (STATELESS.has(component.kind)) {
    if (flag(facts, 'singleton') === true) return { cell: stated('one instance', { evidence }), vertical: true }
    const replicas = range(facts, 'replicas')
    const most = number(facts, 'autoscale.max')
    if (flag(facts, 'managed') === true && !replicas) return { cell: stated('the provider’s', { evidence }), vertical: false }
    if (!replicas)
      return {
        cell: notStated({ evidence, missing: [wanted('replicas', component.name)] }, 'by replica, if it keeps nothing'),
        vertical: false,
      }
    const to = Math.max(replicas.to, most ?? 0)
    const count = replicas.from === to ? `${to}` : `${replicas.from} to ${to}`
    return {
      cell: stated(`replica (${count})`, { evidence: chained(evidence, witness.at(component.id, facts, ['autoscale.max'])) }),
      by: 'replica',
      vertical: false,
    }
  }
  const key = words(facts, 'key')
  const scheme = word(facts, 'partitioning')
  // A technology that does not split by itself is split by whoever states shards.
  const how = scheme === 'none' ? undefined : scheme
  const broker = component.kind === 'log' || component.kind === 'queue' || component.kind === 'topic'
  const path = broker ? 'partitions' : 'shards'
  const count = number(facts, path) ?? (component.parts.filter((part) => part.kind === 'shard').length || undefined)
  const splits = word(facts, 'split') === 'adaptive'
  const by = key?.join(' + ')
  if (count === 1 && !splits) return { cell: stated('single unit', { evidence }), vertical: true }
  if (component.kind === 'object-store' && !by && (splits || flag(facts, 'managed') === true))
    return { cell: stated('object, by name', { evidence }), by: 'object name', vertical: false }
  if (component.kind === 'queue' && !by && (word(facts, 'order') === 'none' || flag(facts, 'managed') === true))
    return { cell: stated('message', { evidence }), by: 'message', vertical: false }
  if (count !== undefined || splits) {
    const parts = count === undefined ? `split by the store` : `${count} ${count === 1 ? path.slice(0, -1) : path}`
    if (!by)
      return { cell: notStated({ evidence, missing: [wanted('key', component.name)] }, `${parts}, by an unnamed key`), vertical: false }
    return { cell: stated(`${by} (${[how, parts].filter(Boolean).join(', ')})`, { evidence }), by, vertical: false }
  }
  // A ring of nodes, or slots on them, splits by the key without anybody counting shards.
  const placement = word(facts, 'placement') ?? call(facts, 'placement', 'slots')?.name
  if (by && scheme !== 'none' && (placement === 'consistent-hash' || placement === 'rendezvous' || placement === 'jump' || placement === 'slots')) {
    const nodes = range(facts, 'nodes')?.from
    return { cell: stated(`${by} (${[how, nodes === undefined ? 'spread over the nodes' : `spread over ${nodes} nodes`].filter(Boolean).join(', ')})`, { evidence }), by, vertical: false }
  }
  if (scheme === 'none' && !by) return { cell: stated('single unit', { evidence }), vertical: true }
  if (component.kind === 'coordinator') return { cell: stated('single unit', { evidence }), vertical: true }
  if (!known(facts, 'partitioning') && !by && word(facts, 'replication') === 'leader-follower')
    return { cell: stated('single unit', { evidence }), vertical: true }
  const missing = [...(by || component.kind === 'queue' ? [] : [wanted('key', component.name)]), wanted(path, component.name)]
  return { cell: notStated({ evidence, missing }, by ? `by ${by}` : undefined), vertical: false }
}

function together(components: readonly Component[], units: ReadonlyMap<string, Unit>, notes: readonly string[], claimed: readonly Claim[] = []): Cell {
  const of = components.map((component) => ({ component, unit: units.get(component.id)! }))
  const keys = of.flatMap(({ unit }) => (unit.by && unit.by !== 'replica' ? [unit.by] : []))
  const replicas = of.some(({ unit }) => unit.by === 'replica')
  const vertical = of.filter(({ unit }) => unit.vertical).map(({ component }) => component.name)
  const open = of.filter(({ component, unit }) => !unit.cell.stated && SPLIT.has(component.kind))
  const evidence = flatMapped(of, ({ unit }) => unit.cell.evidence)
  const missing = flatMapped(of, ({ unit }) => unit.cell.missing)
  const parts = [
    keys.length > 0 ? `data by ${listed(keys, 5)}` : '',
    replicas ? 'services by replica' : '',
    vertical.length > 0 ? `only bigger machines: ${listed(vertical)}` : '',
    ...notes,
  ].filter((part) => part !== '')
  if (parts.length === 0) return notStated({ evidence, missing, claimed })
  return open.length > 0 && keys.length === 0 && vertical.length === 0
    ? notStated({ evidence, missing, claimed }, parts.join('; '))
    : stated(parts.join('; '), { evidence, missing, claimed })
}

/** Reads that do not name the key by which their store is split: they ask every part. */
function mismatches(model: Model, relations: readonly string[]): readonly string[] {
  const find = lookup(model)
  return relations.flatMap((id) => {
    const relation = find.relation(id)
    const store = relation && find.component(relation.to)
    const by = relation && words(relation.facts, 'by')
    const key = store && words(store.facts, 'key')
    if (!by || !key || key.every((name) => by.includes(name))) return []
    return [`${store.name} is split by ${listed(key)} and asked by ${listed(by)}`]
  })
}
