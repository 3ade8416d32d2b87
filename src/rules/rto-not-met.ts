import type { Analysis } from '../analysis/analysis.ts'
import { sizeOf } from '../analysis/durable-copies.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { objectivesOf, type Objective } from '../analysis/objectives.ts'
import { recoveryTime, restartSteps, takeoverOf, takeoverSteps, type Step } from '../analysis/recovery.ts'
import { time } from '../analysis/staleness.ts'
import type { Need } from '../analysis/success.ts'
import { placeOf, type Loss } from '../analysis/units.ts'
import { flag, known, limit, number, reference, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const rtoNotMet: Rule = {
  id: 'rto-not-met',
  code: 'O2',
  severity: 'error',
  title: 'Coming back takes longer than is promised',
  why: 'The time to recover is a sum: noticing, deciding, switching, bringing data back, and waiting until all have heard of the new address. Each part is known on a quiet day, and on the day itself nobody has time to find that one of them alone is longer than the promise.',
  sources: [
    { title: 'AWS, Disaster Recovery of Workloads on AWS: Disaster recovery options in the cloud', url: 'https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html' },
    { title: 'Amazon Route 53 Developer Guide, Values for TTL and how Route 53 determines whether an endpoint is healthy' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 26, Data Integrity', url: 'https://sre.google/sre-book/data-integrity/' },
  ],
  needs: ['rto', 'failover.mode', 'failover.detect', 'failover.decide', 'failover.promote', 'detect', 'decide', 'promote', 'ttl', 'restart', 'restore.bandwidth', 'storage', 'rebuild-time', 'warm-up'],
  fixable: false,
  settings: ['byHand'],
  *check(model, analysis, { byHand }) {
    for (const objective of objectivesOf(model, analysis, 'rto')) {
      const ways = waysBack(model, analysis, objective, byHand)
      const late = ways.filter(({ steps }) => total(steps) > objective.seconds * (1 + 1e-9)).toSorted((a, b) => total(b.steps) - total(a.steps))
      if (late.length > 0) yield report(model, objective, late as [Way, ...Way[]])
    }
  },
}

/** From one loss until it works again. */
interface Way {
  /** `when the leader of `db` is lost`. */
  readonly when: string
  readonly component: string
  readonly at: Origin
  readonly steps: readonly Step[]
}

const ALL: Loss = { of: 'all', because: 'alone', facts: [] }

function waysBack(model: Model, analysis: Analysis, objective: Objective, byHand: number): readonly Way[] {
  const find = lookup(model)
  const { graph } = objective
  const choices = graph?.needs.filter((need) => need.hard === 'yes' && need.alternatives.length > 1) ?? []
  const fatal = (component: string): boolean => !graph || graph.fails(new Map([[component, ALL]])).state === 'unavailable'
  return [
    ...objective.components.flatMap((id) => {
      const component = find.component(id)
      const ways = component ? [...ofComponent(model, component, byHand), ...(graph ? [] : toOthers(model, component, byHand)), ...fromBackupElsewhere(model, analysis, component, objective)] : []
      // Only what is late is worth asking whether the flow can do without it.
      const late = ways.filter(({ steps }) => total(steps) > objective.seconds)
      return late.length > 0 && fatal(id) ? late : []
    }),
    ...choices.flatMap((need) => betweenPlaces(model, need, byHand)),
  ]
}

/** Within the component: its own failover, or, where nothing takes over, a new start. */
function ofComponent(model: Model, component: Component, byHand: number): readonly Way[] {
  const { facts, name, id } = component
  if (['survives', 'managed', 'failover.mode', 'volume'].some((path) => saysUnknown(facts, path)) || (flag(facts, 'managed') === true && known(facts, 'failover')?.fact.from !== 'stated')) return []
  const size = sizeOf(component)
  const alone = size !== undefined && size.fact.from !== 'default' && size.count === 1
  const { mode } = takeoverOf(facts)
  if (alone || mode === 'none') {
    const standby = (number(facts, 'standby') ?? 0) > 0 || saysUnknown(facts, 'standby')
    const elsewhere = lookup(model).relationsFrom(id).some(({ verb }) => verb === 'fails-over-to')
    const lostDisk = word(facts, 'volume') === 'none' || word(facts, 'volume') === 'host'
    return standby || elsewhere || !alone ? [] : [{ when: `when \`${name}\` is lost`, component: id, at: component.origin, steps: restartSteps(model, component, lostDisk) }]
  }
  // A mode that is only a technology's default is no plan of anybody.
  if (mode === undefined || (known(facts, 'failover.mode')?.fact.from === 'default' && known(facts, 'failover')?.fact.from !== 'stated')) return []
  return [{ when: `when the leader of \`${name}\` is lost`, component: id, at: component.origin, steps: takeoverSteps(facts, 'failover.', byHand) }]
}

/** To what it fails over to, by its own arrow. */
function toOthers(model: Model, component: Component, byHand: number): readonly Way[] {
  return lookup(model)
    .relationsFrom(component.id)
    .filter(({ verb }) => verb === 'fails-over-to')
    .map((relation) => {
      const to = lookup(model).component(relation.to)
      const own = takeoverSteps(relation.facts, '', byHand)
      return { when: `when \`${component.name}\` is lost`, component: component.id, at: relation.origin, steps: [...(own.length > 0 ? own : takeoverSteps(component.facts, 'failover.', byHand)), ...warmUp(to)] }
    })
}

/** From one alternative to another: the takeover, and the time for which the old address is still used. */
function betweenPlaces(model: Model, need: Need, byHand: number): readonly Way[] {
  const find = lookup(model)
  const chooser = find.component(need.needer)
  const names = chooser?.kind === 'dns' && word(chooser.facts, 'policy') !== 'anycast' && !saysUnknown(chooser.facts, 'policy') ? ttlOf(model, chooser) : []
  const first = find.component(need.alternatives[0]!.component)
  if (!first) return []
  if (need.meant === 'failover') return toOthers(model, first, byHand).map((way) => ({ ...way, steps: [...way.steps, ...names] }))
  if (need.meant !== 'routes' || names.length === 0) return []
  return need.alternatives.flatMap(({ component }) => find.component(component) ?? []).map(({ id, name }) => ({ when: `when \`${name}\` is lost`, component: id, at: chooser!.origin, steps: names }))
}

/** Whoever asked keeps the answer for as long as it says. */
function ttlOf(model: Model, names: Component): readonly Step[] {
  const asking = lookup(model).relationsTo(names.id).filter(({ verb }) => verb === 'resolves')
  const own = asking.map(({ facts }) => facts).filter((facts) => limit(facts, 'ttl') !== undefined)
  const facts = own[0] ?? names.facts
  const seconds = limit(facts, 'ttl')
  if (seconds === undefined || !Number.isFinite(seconds)) return []
  return [{ kind: 'names', what: `the old address, kept by whoever asked \`${names.name}\``, seconds, facts: [known(facts, 'ttl')!.fact] }]
}

function warmUp(component: Component | undefined): readonly Step[] {
  const seconds = component && number(component.facts, 'warm-up')
  return seconds === undefined ? [] : [{ kind: 'warm-up', what: `warming up \`${component!.name}\``, seconds, facts: [known(component!.facts, 'warm-up')!.fact] }]
}

/** A store whose region may be lost, and of which there is nothing elsewhere but a backup. */
function fromBackupElsewhere(model: Model, analysis: Analysis, component: Component, { graph }: Objective): readonly Way[] {
  const find = lookup(model)
  const home = placeOf(model, component.id, 'region')
  if (home === undefined || (number(component.facts, 'regions') ?? 1) > 1 || known(component.facts, 'survives')) return []
  if (!analysis.placeClaims.some((claim) => claim.unit.id === `region:${home}` && (graph === undefined || claim.graph === graph))) return []
  const leaving = find.relationsFrom(component.id)
  if (leaving.some(({ verb, to }) => ['replicates', 'captures', 'fails-over-to'].includes(verb) && placeOf(model, to, 'region') !== home)) return []
  const to = reference(component.facts, 'backup.to')
  const backups = [...leaving.filter(({ verb }) => verb === 'backs-up').map((relation) => relation.to), ...(to?.kind === 'component' ? [to.id] : [])]
  if (!backups.some((id) => placeOf(model, id, 'region') !== home)) return []
  return [{ when: `when region \`${find.container(home)!.name}\` is lost`, component: component.id, at: component.origin, steps: restartSteps(model, component, true) }]
}

function total(steps: readonly Step[]): number {
  return recoveryTime(steps.map(({ seconds }) => seconds))
}

function report(model: Model, objective: Objective, late: readonly [Way, ...Way[]]): Finding {
  const [worst, ...others] = late
  const name = `\`${nameOf(model, worst.component)}\``
  const sum = worst.steps.map(({ what, seconds }) => `${what} ${time(seconds)}`)
  const amount = `at least ${about(total(worst.steps))}${worst.steps.length === 1 ? ` (${worst.steps[0]!.what})` : `: ${sum.join(' + ')}`}`
  const sure = total(worst.steps.filter(({ assumed }) => !assumed)) > objective.seconds
  const largest = worst.steps.reduce((most, step) => (step.seconds > most.seconds ? step : most))
  return {
    at: objective.fact.from === 'stated' ? objective.fact.origin : worst.at,
    subject: { ...objective.subject, component: worst.component },
    severity: sure ? 'error' : 'warning',
    message: `${objective.who} is to work again within ${time(objective.seconds)} (\`rto\`), but ${worst.when} it takes ${amount}.`,
    help: `${remedy(largest, name)}, or promise no less than ${about(total(worst.steps))}.`,
    related: [
      { at: worst.at, message: `${worst.when} it takes ${amount}` },
      ...worst.steps.flatMap(({ what, seconds, facts }) => facts.flatMap((fact) => (fact.from === 'stated' ? [{ at: fact.origin, message: `${what} ${time(seconds)}` }] : []))),
      ...others.slice(0, 10).map((way) => ({ at: way.at, message: `${way.when} it takes ${about(total(way.steps))}` })),
    ],
    facts: uniqueFacts([objective.fact, ...worst.steps.flatMap(({ facts }) => facts)]),
    fixes: [],
  }
}

/** Three digits are more than such a sum deserves. */
function about(seconds: number): string {
  return time(Number(seconds.toPrecision(3)))
}

function remedy({ kind }: Step, name: string): string {
  switch (kind) {
    case 'detect':
      return 'Check more often, or call it lost after fewer checks'
    case 'decide':
      return `Let it be decided without a person (\`mode: auto\`, with an arbiter and the old leader fenced off)`
    case 'promote':
      return `Keep another copy of ${name} ready, so that there is less to promote`
    case 'restart':
      return `Run a second copy of ${name} that takes over by itself`
    case 'restore':
    case 'rebuild':
      return `Keep a warm copy of ${name}, so that nothing has to be brought back first`
    case 'names':
      return 'Shorten the TTL, or switch behind an address that stays (anycast, a load balancer)'
    case 'warm-up':
      return 'Keep what takes over warm, with a share of the traffic'
  }
}
