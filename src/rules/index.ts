/** The list of rules, and what may be asked about them. A new rule is its file, its page, and one line here. */
import type { Severity } from '../model/model.ts'
import { ackBeforeDurableCopies } from './ack-before-durable-copies.ts'
import { authorizationCheckStale } from './authorization-check-stale.ts'
import { availabilityTargetUnreachable } from './availability-target-unreachable.ts'
import { batchMissesWindow } from './batch-misses-window.ts'
import { bytesThroughApp } from './bytes-through-app.ts'
import { cacheFillRace } from './cache-fill-race.ts'
import { cacheIsOnlyCopy } from './cache-is-only-copy.ts'
import { cacheStampede } from './cache-stampede.ts'
import { cdcBacklogFillsSource } from './cdc-backlog-fills-source.ts'
import { celebrityFanout } from './celebrity-fanout.ts'
import { checkThenActOnStaleRead } from './check-then-act-on-stale-read.ts'
import { claimsCa } from './claims-ca.ts'
import { commonModeDependency } from './common-mode-dependency.ts'
import { conflictResolutionLosesUpdates } from './conflict-resolution-loses-updates.ts'
import { connectionLimitExceeded } from './connection-limit-exceeded.ts'
import { consumerCannotKeepUp } from './consumer-cannot-keep-up.ts'
import { dataResidencyViolation } from './data-residency-violation.ts'
import { dedupeRecordNotAtomic } from './dedupe-record-not-atomic.ts'
import { derivedStoreNotRebuildable } from './derived-store-not-rebuildable.ts'
import { dualWrite } from './dual-write.ts'
import { eventCycle } from './event-cycle.ts'
import { exactlyOnceOutsideTransaction } from './exactly-once-outside-transaction.ts'
import { externalLedgerNotReconciled } from './external-ledger-not-reconciled.ts'
import { failoverCapacityInsufficient } from './failover-capacity-insufficient.ts'
import { fallbackSharesFate } from './fallback-shares-fate.ts'
import { fanoutTailAmplification } from './fanout-tail-amplification.ts'
import { groupOf } from './groups.ts'
import { failoverTargetMissingDependency } from './failover-target-missing-dependency.ts'
import { hardDependencyCycle } from './hard-dependency-cycle.ts'
import { hotPartition } from './hot-partition.ts'
import { idSchemeCollidesOrExhausts } from './id-scheme-collides-or-exhausts.ts'
import { idempotencyWindowTooShort } from './idempotency-window-too-short.ts'
import { invariantWithoutCoordination } from './invariant-without-coordination.ts'
import { irreversibleStepBeforePivot } from './irreversible-step-before-pivot.ts'
import { lateEventsDropped } from './late-events-dropped.ts'
import { latencyBudgetExceeded } from './latency-budget-exceeded.ts'
import { lockOrderInversion } from './lock-order-inversion.ts'
import { lockWithoutFencing } from './lock-without-fencing.ts'
import { lossyHopInDurableFlow } from './lossy-hop-in-durable-flow.ts'
import { lostUpdate } from './lost-update.ts'
import { missingTimeout } from './missing-timeout.ts'
import { monotonicRangeKey } from './monotonic-range-key.ts'
import { naiveKeyPlacement } from './naive-key-placement.ts'
import { noAdmissionControl } from './no-admission-control.ts'
import { noIndependentBackup } from './no-independent-backup.ts'
import { noisyNeighbour } from './noisy-neighbour.ts'
import { nonIdempotentConsumer } from './non-idempotent-consumer.ts'
import { optionalDependencyIsHard } from './optional-dependency-is-hard.ts'
import { orderingLost } from './ordering-lost.ts'
import { originBypass } from './origin-bypass.ts'
import { originCannotSurviveColdCache } from './origin-cannot-survive-cold-cache.ts'
import { overlapIsNotLinearizable } from './overlap-is-not-linearizable.ts'
import { overloadedComponent } from './overloaded-component.ts'
import { perInstanceRateLimit } from './per-instance-rate-limit.ts'
import { poisonMessageUnhandled } from './poison-message-unhandled.ts'
import { quorumDoesNotOverlap } from './quorum-does-not-overlap.ts'
import { quorumLostWithOneFailure } from './quorum-lost-with-one-failure.ts'
import { recoveryDependsOnFailedDomain } from './recovery-depends-on-failed-domain.ts'
import { redeliveryBeforeDone } from './redelivery-before-done.ts'
import { repairSlowerThanTombstoneGrace } from './repair-slower-than-tombstone-grace.ts'
import { replayRepeatsSideEffects } from './replay-repeats-side-effects.ts'
import { retentionShorterThanNeed } from './retention-shorter-than-need.ts'
import { retryAmplification } from './retry-amplification.ts'
import { retryOfNonIdempotentCall } from './retry-of-non-idempotent-call.ts'
import { rpoNotMet } from './rpo-not-met.ts'
import { rtoNotMet } from './rto-not-met.ts'
import type { Rule, Source } from './rule.ts'
import { sagaStepWithoutCompensation } from './saga-step-without-compensation.ts'
import { scaleOutSlowerThanSpike } from './scale-out-slower-than-spike.ts'
import { scatterGatherRead } from './scatter-gather-read.ts'
import { schemaChangeUnguarded } from './schema-change-unguarded.ts'
import { serialisedSectionSaturates } from './serialised-section-saturates.ts'
import { sessionGuaranteeBroken } from './session-guarantee-broken.ts'
import { describeSettings } from './settings.ts'
import { sharedCacheKeyMissingIdentity } from './shared-cache-key-missing-identity.ts'
import { sharedDatabaseWriters } from './shared-database-writers.ts'
import { singlePointOfFailure } from './single-point-of-failure.ts'
import { singletonWithoutElection } from './singleton-without-election.ts'
import { slowDependencyExhaustsPool } from './slow-dependency-exhausts-pool.ts'
import { splitBrainFailover } from './split-brain-failover.ts'
import { stalenessExceedsRequirement } from './staleness-exceeds-requirement.ts'
import { statedNumbersContradict } from './stated-numbers-contradict.ts'
import { storageOutgrowsCapacity } from './storage-outgrows-capacity.ts'
import { synchronisedHerd } from './synchronised-herd.ts'
import { timeoutInversion } from './timeout-inversion.ts'
import { traceBrokenAtHop } from './trace-broken-at-hop.ts'
import { transactionScopeExceedsStore } from './transaction-scope-exceeds-store.ts'
import { twoPhaseCommitBlocking } from './two-phase-commit-blocking.ts'
import { unauthenticatedPathToData } from './unauthenticated-path-to-data.ts'
import { unboundedBuffer } from './unbounded-buffer.ts'
import { unstagedGlobalChange } from './unstaged-global-change.ts'
import { valueExceedsStoreLimit } from './value-exceeds-store-limit.ts'
import { wallClockDecidesOrder } from './wall-clock-decides-order.ts'
import { writerBypassesInvalidation } from './writer-bypasses-invalidation.ts'

/** In the order of the catalogue. */
export const allRules: readonly Rule[] = [
  nonIdempotentConsumer,
  retryOfNonIdempotentCall,
  idempotencyWindowTooShort,
  lossyHopInDurableFlow,
  exactlyOnceOutsideTransaction,
  dedupeRecordNotAtomic,
  redeliveryBeforeDone,
  cacheIsOnlyCopy,
  writerBypassesInvalidation,
  cacheFillRace,
  cacheStampede,
  originCannotSurviveColdCache,
  stalenessExceedsRequirement,
  hotPartition,
  monotonicRangeKey,
  naiveKeyPlacement,
  scatterGatherRead,
  celebrityFanout,
  quorumDoesNotOverlap,
  quorumLostWithOneFailure,
  ackBeforeDurableCopies,
  overlapIsNotLinearizable,
  sessionGuaranteeBroken,
  checkThenActOnStaleRead,
  conflictResolutionLosesUpdates,
  invariantWithoutCoordination,
  repairSlowerThanTombstoneGrace,
  claimsCa,
  lostUpdate,
  singlePointOfFailure,
  commonModeDependency,
  availabilityTargetUnreachable,
  optionalDependencyIsHard,
  failoverCapacityInsufficient,
  recoveryDependsOnFailedDomain,
  hardDependencyCycle,
  splitBrainFailover,
  missingTimeout,
  timeoutInversion,
  retryAmplification,
  slowDependencyExhaustsPool,
  unboundedBuffer,
  noAdmissionControl,
  fallbackSharesFate,
  synchronisedHerd,
  lockWithoutFencing,
  singletonWithoutElection,
  serialisedSectionSaturates,
  lockOrderInversion,
  dualWrite,
  sagaStepWithoutCompensation,
  irreversibleStepBeforePivot,
  twoPhaseCommitBlocking,
  sharedDatabaseWriters,
  transactionScopeExceedsStore,
  orderingLost,
  consumerCannotKeepUp,
  retentionShorterThanNeed,
  poisonMessageUnhandled,
  schemaChangeUnguarded,
  replayRepeatsSideEffects,
  eventCycle,
  lateEventsDropped,
  cdcBacklogFillsSource,
  sharedCacheKeyMissingIdentity,
  originBypass,
  dataResidencyViolation,
  failoverTargetMissingDependency,
  overloadedComponent,
  latencyBudgetExceeded,
  fanoutTailAmplification,
  connectionLimitExceeded,
  storageOutgrowsCapacity,
  batchMissesWindow,
  scaleOutSlowerThanSpike,
  statedNumbersContradict,
  valueExceedsStoreLimit,
  bytesThroughApp,
  derivedStoreNotRebuildable,
  unauthenticatedPathToData,
  perInstanceRateLimit,
  authorizationCheckStale,
  noisyNeighbour,
  rpoNotMet,
  rtoNotMet,
  noIndependentBackup,
  traceBrokenAtHop,
  unstagedGlobalChange,
  externalLedgerNotReconciled,
  wallClockDecidesOrder,
  idSchemeCollidesOrExhausts,
]

/** What `lintel rules` lists. */
export interface RuleSummary {
  readonly id: string
  readonly code: string
  readonly group: string
  readonly severity: Severity
  readonly title: string
  readonly fixable: boolean
}

/** What `lintel explain` shows above and below the rule's page. */
export interface Explanation extends RuleSummary {
  readonly why: string
  readonly sources: readonly Source[]
  /** Property paths it reads. */
  readonly needs: readonly string[]
  /** Its thresholds, with the values they have unless somebody sets them. */
  readonly settings: ReturnType<typeof describeSettings>
}

export function rules(): readonly RuleSummary[] {
  return allRules.map(({ id, code, severity, title, fixable }) => ({ id, code, group: groupOf(code), severity, title, fixable }))
}

/** By id, or by the catalogue's code. Unset for what is no rule's. */
export function explain(id: string): Explanation | undefined {
  const rule = allRules.find((rule) => rule.id === id) ?? allRules.find(({ code }) => code.toLowerCase() === id.toLowerCase())
  if (!rule) return undefined
  const { code, severity, title, fixable, why, sources, needs, settings = [] } = rule
  return { id: rule.id, code, group: groupOf(code), severity, title, fixable, why, sources, needs, settings: describeSettings(settings) }
}

/** A rule's page as Markdown, loaded when somebody reads one: together they are as much text as everything else. */
export async function rulePage(id: string): Promise<string> {
  return (await import('./pages.ts')).pages[id] ?? ''
}
