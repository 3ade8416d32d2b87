/** What the author has decided to live with, beside what was derived: accepted findings, and what flows, stores and data tolerate. */
import { known, list, nameOf, numberOf } from '../model/facts.ts'
import type { Model, Waiver } from '../model/model.ts'
import type { Facts, Value } from '../model/value.ts'
import { claiming, time, type Witness } from './cell.ts'
import { promise } from './claims.ts'
import type { Axis, AxisRow, Claim } from './table.ts'

/** The rows with each trade-off on the axis that it is about: at the thing that says it, and of the whole. */
export function withTradeOffs(model: Model, witness: Witness, rows: readonly AxisRow[]): readonly AxisRow[] {
  const all = [...acceptedIn(model), ...toleratedIn(model, witness)]
  if (all.length === 0) return rows
  return rows.map((row) => {
    const here = all.filter(({ axis }) => axis === row.axis)
    if (here.length === 0) return row
    const at = (id: string): readonly Claim[] => here.filter(({ ids }) => ids.includes(id)).map(({ claim }) => claim)
    const whole = here.filter(({ of }) => of !== 'flow').map(({ claim, name }) => (name === undefined ? claim : named(claim, name)))
    return {
      ...row,
      system: claiming(row.system, distinct(whole)),
      flows: row.flows.map((one) => ({ ...one, cell: claiming(one.cell, at(one.id)) })),
      components: row.components.map((one) => ({ ...one, cell: claiming(one.cell, at(one.id)) })),
    }
  })
}

interface TradeOff {
  readonly axis: Axis
  /** The things whose own cells show it. */
  readonly ids: readonly string[]
  readonly of: 'flow' | 'other'
  /** Of the thing that says it, for the whole's cell. */
  readonly name?: string
  readonly claim: Claim
}

function named(claim: Claim, name: string): Claim {
  return {
    text: `${name} ${claim.text}`,
    verdict: claim.verdict,
    ...(claim.note !== undefined && { note: claim.note }),
    get evidence() {
      return claim.evidence
    },
  }
}

function distinct(claims: readonly Claim[]): readonly Claim[] {
  return [...new Map(claims.map((claim) => [`${claim.text} ${claim.note ?? ''}`, claim])).values()]
}

function acceptedIn(model: Model): readonly TradeOff[] {
  const names = new Map([...model.components, ...model.containers, ...model.data].map(({ id, name }) => [id, name]))
  return model.waivers.flatMap((waiver): readonly TradeOff[] => {
    const axis = ABOUT[waiver.rule]
    if (axis === undefined) return []
    const ids = waiver.scope.type === 'file' ? [] : waiver.scope.ids
    const name = ids.length === 1 ? names.get(ids[0]!) : undefined
    return [{ axis, ids, of: waiver.scope.type === 'flow' ? 'flow' : 'other', ...(name !== undefined && { name }), claim: accepted(waiver) }]
  })
}

function accepted({ rule, reason, until, origin }: Waiver): Claim {
  return {
    text: `accepts ${rule}${until === undefined ? '' : ` until ${until}`}`,
    verdict: 'open',
    ...(reason !== '' && { note: reason }),
    evidence: [{ text: `accept ${rule}`, origin }],
  }
}

function toleratedIn(model: Model, witness: Witness): readonly TradeOff[] {
  const of = (id: string, facts: Facts, kind: TradeOff['of'], name: string | undefined): readonly TradeOff[] =>
    (list(facts, 'tolerates') ?? []).flatMap((value): readonly TradeOff[] => {
      const what = value.type === 'call' ? value.name : (nameOf(value) ?? '')
      const axis = TOLERATED[what]
      // What a flow bears of staleness stands in its cell already, against what it reads.
      if (axis === undefined || (kind === 'flow' && what === 'staleness')) return []
      return [{ axis, ids: [id], of: kind, ...(name !== undefined && { name }), claim: promise(`tolerates ${what}${upTo(value)}`, known(facts, 'tolerates')!.fact, witness, id) }]
    })
  return [
    ...model.flows.flatMap(({ id, facts }) => of(id, facts, 'flow', undefined)),
    ...[...model.components, ...model.data].flatMap(({ id, name, facts }) => of(id, facts, 'other', name)),
  ]
}

function upTo(value: Value): string {
  const most = value.type === 'call' ? numberOf(value.args[0]) : undefined
  return most === undefined ? '' : ` up to ${time(most)}`
}

const TOLERATED: Readonly<Record<string, Axis>> = {
  staleness: 'consistency',
  conflicts: 'consistency',
  approximation: 'consistency',
  reordering: 'consistency',
  unavailability: 'availability',
  loss: 'recovery',
  duplicates: 'recovery',
}

const RULES: Readonly<Record<Axis, string>> = {
  consistency:
    'authorization-check-stale cache-fill-race check-then-act-on-stale-read claims-ca conflict-resolution-loses-updates invariant-without-coordination lock-without-fencing lost-update ordering-lost overlap-is-not-linearizable quorum-does-not-overlap session-guarantee-broken singleton-without-election split-brain-failover staleness-exceeds-requirement transaction-scope-exceeds-store wall-clock-decides-order writer-bypasses-invalidation',
  availability:
    'availability-target-unreachable common-mode-dependency failover-target-missing-dependency fallback-shares-fate hard-dependency-cycle lock-order-inversion missing-timeout no-admission-control optional-dependency-is-hard per-instance-rate-limit quorum-lost-with-one-failure retry-amplification single-point-of-failure slow-dependency-exhausts-pool timeout-inversion two-phase-commit-blocking unbounded-buffer unstaged-global-change',
  latency: 'fanout-tail-amplification latency-budget-exceeded',
  throughput:
    'batch-misses-window bytes-through-app cache-stampede celebrity-fanout connection-limit-exceeded consumer-cannot-keep-up failover-capacity-insufficient hot-partition noisy-neighbour origin-cannot-survive-cold-cache overloaded-component scale-out-slower-than-spike serialised-section-saturates storage-outgrows-capacity synchronised-herd value-exceeds-store-limit',
  'scale-unit': 'monotonic-range-key naive-key-placement scatter-gather-read',
  state:
    'ack-before-durable-copies cache-is-only-copy cdc-backlog-fills-source data-residency-violation derived-store-not-rebuildable dual-write external-ledger-not-reconciled id-scheme-collides-or-exhausts retention-shorter-than-need shared-database-writers',
  recovery:
    'dedupe-record-not-atomic event-cycle exactly-once-outside-transaction idempotency-window-too-short irreversible-step-before-pivot late-events-dropped lossy-hop-in-durable-flow no-independent-backup non-idempotent-consumer poison-message-unhandled recovery-depends-on-failed-domain redelivery-before-done repair-slower-than-tombstone-grace replay-repeats-side-effects retry-of-non-idempotent-call rpo-not-met rto-not-met saga-step-without-compensation',
}

/** By rule, the axis that its finding is about; security, tracing and schemas are on none. */
export const ABOUT: Readonly<Record<string, Axis>> = Object.fromEntries(Object.entries(RULES).flatMap(([axis, rules]) => rules.split(' ').map((rule) => [rule, axis as Axis])))
