import type { Analysis } from '../analysis/analysis.ts'
import { sizeOf } from '../analysis/durable-copies.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { BROKERS } from '../analysis/multiplicity.ts'
import { objectivesOf, type Objective } from '../analysis/objectives.ts'
import { isRefillable, lossByMistake, lossOfCopy, lossOfRegion, lostWrites, type LossWindow } from '../analysis/recovery.ts'
import { time } from '../analysis/staleness.ts'
import { placeOf } from '../analysis/units.ts'
import { limit, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import { setProperties, setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'

export const rpoNotMet: Rule = {
  id: 'rpo-not-met',
  code: 'O1',
  severity: 'error',
  title: 'More data can be lost than is promised',
  why: 'A recovery point objective is kept by the copy that survives, not by the number of copies. What was acknowledged and had not reached that copy is gone: the lag of an asynchronous replica, the time since the last backup, the writes still in memory.',
  sources: [
    { title: 'AWS, Disaster Recovery of Workloads on AWS: Recovery in the Cloud', url: 'https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-workloads-on-aws.html' },
    { title: 'GitHub, October 21 post-incident analysis (2018)', url: 'https://github.blog/2018-10-30-oct21-post-incident-analysis/' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5, Handling Node Outages' },
  ],
  needs: ['rpo', 'replicas', 'replication', 'sync', 'lag.p99', 'failover.mode', 'durability', 'flush', 'volume', 'backup.interval', 'backup.pitr', 'survives'],
  fixable: true,
  *check(model, analysis) {
    const strictest = new Map<string, Objective>()
    for (const objective of objectivesOf(model, analysis, 'rpo')) {
      for (const id of objective.components) {
        const known = strictest.get(id)
        if (!known || objective.seconds < known.seconds) strictest.set(id, objective)
      }
    }
    for (const [id, objective] of strictest) {
      const store = lookup(model).component(id)
      if (!store || isRefillable(store) || tolerated(analysis, store, objective) || kept(model, objective) > 0) continue
      const losses = lossesOf(model, analysis, store).filter(({ window }) => (window.seconds ?? 0) > objective.seconds || (window.seconds === undefined && objective.seconds === 0))
      if (losses.length > 0) yield report(model, analysis, store, objective, losses)
    }
  },
}

interface Loss {
  readonly kind: 'copy' | 'region' | 'mistake'
  /** As a message begins: `when region `us` is lost`. */
  readonly when: string
  readonly window: LossWindow
}

function lossesOf(model: Model, analysis: Analysis, store: Component): readonly Loss[] {
  const losses: Loss[] = []
  const copy = lossOfCopy(store)
  if (copy) losses.push({ kind: 'copy', when: sizeOf(store)?.count === 1 ? `when \`${store.name}\` is lost` : `when the leader of \`${store.name}\` is lost`, window: copy })
  const region = regionLost(model, analysis, store)
  const afar = region && lossOfRegion(model, store)
  if (region && afar) losses.push({ kind: 'region', when: `when region \`${region}\` is lost`, window: afar })
  const mistake = lossByMistake(model, store)
  if (mistake) losses.push({ kind: 'mistake', when: 'after a bad delete', window: mistake })
  return losses
}

/** The region that the store stands in, where somebody expects its loss to be survived. */
function regionLost(model: Model, analysis: Analysis, store: Component): string | undefined {
  const region = placeOf(model, store.id, 'region')
  if (region === undefined) return undefined
  const takenOver = lookup(model).relationsFrom(store.id).some(({ verb, to }) => verb === 'fails-over-to' && placeOf(model, to, 'region') !== region)
  const claimed = analysis.placeClaims.some(({ unit, said, need }) => unit.id === `region:${region}` && (said !== undefined || need !== undefined))
  return takenOver || claimed || word(store.facts, 'available-under') === 'region-loss' ? lookup(model).container(region)!.name : undefined
}

function tolerated(analysis: Analysis, store: Component, { subject }: Objective): boolean {
  const intent = analysis.intents.at({ component: store.id, ...(subject.flow !== undefined && { flow: subject.flow }), ...(subject.data !== undefined && { data: [subject.data] }) }, 'loss')
  return (intent.stance === 'tolerates' && intent.implied !== true) || intent.withheld === true
}

/** Seconds of what was sent that the clients themselves still have. */
function kept(model: Model, { graph, seconds }: Objective): number {
  const clients = (graph?.flow.entries ?? []).map((id) => lookup(model).component(id)?.facts ?? {})
  const buffers = clients.map((facts) => (saysUnknown(facts, 'offline-buffer') ? Infinity : (limit(facts, 'offline-buffer') ?? 0)))
  return Math.max(0, ...buffers.filter((buffer) => buffer > seconds))
}

function report(model: Model, analysis: Analysis, store: Component, objective: Objective, losses: readonly Loss[]): Finding {
  const [worst, ...others] = losses.toSorted((a, b) => rank(a) - rank(b) || doubt(a) - doubt(b) || (b.window.seconds ?? 0) - (a.window.seconds ?? 0)) as [Loss, ...Loss[]]
  const { when, window } = worst
  const may = objective.seconds === 0 ? 'may lose nothing' : `may lose ${time(objective.seconds)} of writes`
  const much = window.seconds === undefined ? 'acknowledged writes' : `up to ${time(window.seconds)} of writes`
  return {
    at: objective.fact.from === 'stated' ? objective.fact.origin : store.origin,
    subject: { ...objective.subject, component: store.id },
    severity: worst.kind === 'mistake' ? 'warning' : 'error',
    message: `${objective.who} ${may} (\`rpo\`), but ${when}, ${objective.who === `\`${store.name}\`` ? 'it' : `\`${store.name}\``} loses ${much}${inWrites(analysis, store, window)}: ${window.how}.`,
    help: helpOf(store, worst, objective),
    related: [
      { at: window.at ?? store.origin, message: `\`${store.name}\`: ${window.how}` },
      ...others.map((loss) => ({ at: loss.window.at ?? store.origin, message: `${loss.when} it loses ${loss.window.seconds === undefined ? 'some' : `up to ${time(loss.window.seconds)} of writes`}: ${loss.window.how}` })),
    ],
    facts: uniqueFacts([objective.fact, ...window.facts]),
    fixes: fixesFor(model, store, objective, losses),
  }
}

/** A mistake is the mildest: objectives are made for disasters first. */
function rank({ kind }: Loss): number {
  return kind === 'mistake' ? 1 : 0
}

/** What rests on a default that is not sure is told behind what is certain. */
function doubt({ window }: Loss): number {
  return Math.max(0, ...window.facts.map((fact) => (fact.from !== 'default' || fact.confidence === 'high' ? 0 : fact.confidence === 'medium' ? 1 : 2)))
}

/** `(6k at 2k/s)`, where the load is known. A peak does not last for hours. */
function inWrites(analysis: Analysis, store: Component, { seconds }: LossWindow): string {
  const { writes } = analysis.load.component(store.id)
  if (seconds === undefined || !Number.isFinite(seconds)) return ''
  const rate = seconds <= SHORT ? writes.peak : writes.average
  if (rate <= 0 || lostWrites(rate, seconds) < 1) return ''
  return ` (${formatQuantity(quantity(lostWrites(rate, seconds)))} at ${formatQuantity(quantity(rate, RATE))})`
}

const SHORT = 600

function helpOf(store: Component, { kind, window }: Loss, { seconds }: Objective): string {
  const admit = `or say what may be lost${window.seconds === undefined ? '' : ` (\`rpo: ${roundedUp(window.seconds)}\`)`}${kind === 'region' ? ' and reconcile afterwards' : ''}`
  switch (kind) {
    case 'copy':
      return BROKERS.has(store.kind)
        ? `Wait for all copies that are in sync, and for at least two (\`acks: all\`, \`min-isr: 2\`), ${admit}.`
        : `Wait for a majority of three copies before the answer (\`sync: quorum\`), ${admit}.`
    case 'region':
      return seconds > 0
        ? `Keep a replica in another region that is at most ${time(seconds)} behind, ${admit}.`
        : `Wait for a majority over three regions before the answer, ${admit}.`
    case 'mistake':
      return `Keep the log of changes beside the backups, so that any moment can be restored (\`backup { pitr: yes }\`)${seconds > 0 ? `, back up at least every ${time(seconds)}` : ''}, ${admit}.`
  }
}

function fixesFor(model: Model, store: Component, objective: Objective, losses: readonly Loss[]): readonly Fix[] {
  const fixes: Fix[] = []
  const kinds = new Set(losses.map(({ kind }) => kind))
  const leads = word(store.facts, 'replication') === 'leader-follower' && store.kind === 'database'
  if (kinds.size === 1 && kinds.has('copy') && leads && (sizeOf(store)?.count ?? 0) >= 3) {
    fixes.push({ title: 'Wait for a majority of the copies: `sync: quorum`', edits: setProperties(store, { sync: 'quorum' }) })
  }
  const windows = losses.map(({ window }) => window.seconds)
  if (windows.every((seconds) => seconds !== undefined && Number.isFinite(seconds))) {
    const rpo = roundedUp(Math.max(...(windows as number[])))
    fixes.push({ title: `Promise what it keeps: \`rpo: ${rpo}\``, edits: setProperty(objective.stating, 'rpo', rpo) })
  }
  return objective.fact.from === 'stated' && lookup(model).component(store.id) ? fixes : []
}

/** No less than that, in a unit that a person would write. */
function roundedUp(seconds: number): string {
  if (seconds < 1) return `${Math.ceil(Number((seconds * 1000).toPrecision(9)))}ms`
  const whole = Math.ceil(Number(seconds.toPrecision(9)))
  const unit = ([['d', 86_400], ['h', 3600], ['min', 60]] as const).find(([, each]) => whole % each === 0)
  return unit ? `${whole / unit[1]}${unit[0]}` : `${whole}s`
}

