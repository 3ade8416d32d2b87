import type { Analysis } from '../analysis/analysis.ts'
import { flowsThrough } from '../analysis/flows.ts'
import { majority } from '../analysis/quorum.ts'
import { membersOf, spreadOf, type Members, type Spread } from '../analysis/quorum-loss.ts'
import { placeOf } from '../analysis/units.ts'
import { call, isNone, known, number, numberOf, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Flow, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { joined, nameOf, percent } from './words.ts'

export const quorumLostWithOneFailure: Rule = {
  id: 'quorum-lost-with-one-failure',
  code: 'R2',
  severity: 'error',
  title: 'One failure leaves too few copies to go on',
  why: 'A group that needs so many of its members to agree stops as soon as fewer are left. Two voters, a majority in one zone of two, or a write that waits for every copy stop at the first failure: more machines, and less availability than one alone.',
  sources: [
    { title: 'etcd documentation, FAQ: failure tolerance', url: 'https://etcd.io/docs/v3.6/faq/' },
    { title: 'CockroachDB documentation, Multi-region survival goals', url: 'https://www.cockroachlabs.com/docs/stable/multiregion-survival-goals' },
    { title: 'Apache Kafka documentation, min.insync.replicas', url: 'https://kafka.apache.org/documentation/#topicconfigs_min.insync.replicas' },
  ],
  needs: ['replication', 'voters', 'replicas', 'n', 'replication-factor', 'min-isr', 'acks', 'sync', 'r', 'w', 'consistency', 'zones', 'regions', 'survives'],
  fixable: true,
  *check(model, analysis) {
    for (const component of model.components) {
      const members = membersOf(component)
      if (!members || members.count < 2 || relaxed(model, analysis, component)) continue
      const flows = flowsThrough(analysis.flows, component.id).flatMap(({ flow }) => flow ?? [])
      for (const quorum of quorumsOf(model, analysis, component, members)) {
        const loss = firstLoss(component, members, quorum, flows)
        if (loss) {
          yield report(model, analysis, { component, members, quorum, loss, flows })
          break
        }
      }
      const wasted = evenVoters(component, members)
      if (wasted) yield wasted
    }
  },
}

/** So many of the members must answer. */
interface Quorum {
  readonly scheme: 'consensus' | 'min-isr' | 'followers' | 'level'
  readonly need: number
  readonly facts: readonly Fact[]
  /** The read or write that asks so many, and how it says so: `W=3`, `all`. */
  readonly relation?: Relation
  readonly level?: string
}

interface Loss {
  readonly of: 'copy' | 'zone' | 'region'
  readonly left: number
  readonly spread?: Spread
}

interface Case {
  readonly component: Component
  readonly members: Members
  readonly quorum: Quorum
  readonly loss: Loss
  readonly flows: readonly Flow[]
}

/** Nobody depends on it, it may be away, or whether that is so is said to be unknown. */
function relaxed(model: Model, analysis: Analysis, component: Component): boolean {
  const intent = analysis.intents.at({ component: component.id }, 'unavailability')
  if (intent.stance === 'tolerates' || intent.withheld || saysUnknown(component.facts, 'survives')) return true
  for (const facts of [component.facts, model.design?.facts ?? {}]) {
    if (saysUnknown(facts, 'env')) return true
    const env = word(facts, 'env')
    if (env !== undefined) return env !== 'production'
  }
  return false
}

/** The largest first. */
function quorumsOf(model: Model, analysis: Analysis, component: Component, members: Members): readonly Quorum[] {
  const { facts } = component
  const fact = (path: string): readonly Fact[] => (known(facts, path) ? [known(facts, path)!.fact] : [])
  const scheme = word(facts, 'replication')
  const carries = component.kind === 'log' || component.kind === 'topic' || component.kind === 'queue'
  if (carries && word(facts, 'acks') === 'all' && number(facts, 'min-isr') !== undefined && members.property === 'replication-factor') {
    return [{ scheme: 'min-isr', need: number(facts, 'min-isr')!, facts: [...fact('min-isr'), ...fact('acks')] }]
  }
  if (scheme === 'consensus' && !saysUnknown(facts, 'sync')) return [{ scheme: 'consensus', need: majority(members.count), facts: fact('replication') }]
  const followers = call(facts, 'sync', 'sync')
  if (scheme === 'leader-follower' && followers && known(facts, 'sync')!.fact.from === 'stated') {
    return [{ scheme: 'followers', need: 1 + (numberOf(followers.args[0]) ?? 1), facts: fact('sync') }]
  }
  const copies = analysis.quorums.copies(component.id)
  // In several regions the levels count region by region.
  if (!copies || copies.regions !== 1 || saysUnknown(facts, 'regions') || copies.n !== members.count) return []
  const stale = word(facts, 'on-partition') === 'serve-stale'
  const asking = lookup(model).relationsTo(component.id).filter(({ verb }) => verb === 'writes' || (verb === 'reads' && !stale))
  return asking
    .flatMap((relation): Quorum[] => {
      const level = analysis.quorums.level(relation)
      const tolerated = analysis.intents.at({ relation: relation.id, component: component.id }, 'unavailability').stance === 'tolerates'
      return level && !tolerated ? [{ scheme: 'level', need: level.answering.count, facts: [...level.facts, ...copies.facts], relation, level: level.name }] : []
    })
    .toSorted((a, b) => b.need - a.need || ((a.relation?.id ?? '') < (b.relation?.id ?? '') ? -1 : 1))
}

/** The smallest failure after which too few are left, of those that it is to survive. */
function firstLoss(component: Component, members: Members, { need, scheme }: Quorum, flows: readonly Flow[]): Loss | undefined {
  const guaranteed = ['replica', 'host', 'zone', 'region'].indexOf(word(component.facts, 'survives') ?? '')
  if (need > members.count) return undefined
  if (members.count - 1 < need && guaranteed < 0) return { of: 'copy', left: members.count - 1 }
  const short = (spread: Spread | undefined): spread is Spread => spread !== undefined && members.count - spread.most < need
  const zones = spreadOf(component, members, 'zones')
  // `replicas: 4` of a store that splits itself into ranges may be machines, three of which hold a record: three zones are enough then.
  const enough = members.property === 'replicas' && scheme === 'consensus' && (zones?.places ?? 0) >= 3
  if (short(zones) && !enough && guaranteed < 2) return { of: 'zone', left: members.count - zones.most, spread: zones }
  const regions = flows.some(({ facts }) => word(facts, 'survives') === 'region') ? spreadOf(component, members, 'regions') : undefined
  if (short(regions) && guaranteed < 3) return { of: 'region', left: members.count - regions.most, spread: regions }
  return undefined
}

function report(model: Model, analysis: Analysis, { component, members, quorum, loss, flows }: Case): Finding {
  const promising = flows.filter((flow) => number(flow.facts, 'availability') !== undefined || known(flow.facts, 'survives'))
  const strict = promising.length > 0 || analysis.intents.at({ component: component.id }, 'loss').stance === 'requires'
  const promised = Math.max(0, ...promising.map(({ facts }) => number(facts, 'availability') ?? 0))
  const stops = flows.length > 0 ? `, and with it ${joined(flows.map(({ title }) => `"${title}"`), 3)}${promised > 0 ? `, though ${percent(promised)} is promised` : ''}` : ''
  return {
    at: quorum.relation?.origin ?? component.origin,
    subject: { component: component.id, ...(quorum.relation && { relation: quorum.relation.id }) },
    severity: strict ? 'error' : 'warning',
    message: `${askingOf(model, component, members, quorum)}${placedOf(loss)}: the loss of ${lostOf(loss, quorum)} leaves ${loss.left} and stops ${stoppedOf(quorum)}${stops}.`,
    help: helpOf(members, quorum, loss),
    related: quorum.relation ? [{ at: component.origin, message: `\`${component.name}\` keeps ${members.count} copies` }] : [],
    facts: [...members.facts, ...quorum.facts, ...(loss.spread?.facts ?? [])],
    // All of them in one place fall with it, however many they are.
    fixes: (['host', 'zone', 'cell'] as const).some((level) => placeOf(model, component.id, level) !== undefined) ? [] : fixes(component, members, quorum, loss),
  }
}

function askingOf(model: Model, component: Component, { count, property }: Members, { scheme, need, relation, level }: Quorum): string {
  const name = `\`${component.name}\``
  if (scheme === 'consensus') return `${name} has ${count} ${property === 'voters' ? 'voters' : 'copies'}, of which ${need} must agree`
  if (scheme === 'min-isr') return `${name} takes a write only while ${need} of its ${count} copies are in sync (\`min-isr: ${need}\`)`
  if (scheme === 'followers') return `A write to ${name} waits for ${need} of its ${count} copies`
  const asked = level?.includes('=') ? `${level}, ${need} of ${count} copies` : `\`${level}\`, ${need} of ${count} copies`
  return `\`${nameOf(model, relation!.from)}\` ${relation!.verb} ${name} at ${asked}`
}

function placedOf({ spread, of }: Loss): string {
  return spread ? `, spread over ${spread.places} ${of}s` : ''
}

function lostOf({ of, spread }: Loss, { scheme }: Quorum): string {
  if (of === 'copy') return scheme === 'consensus' ? 'any one of them' : 'any one copy'
  return spread?.name !== undefined ? `${of} \`${spread.name}\`` : `one ${of}`
}

function stoppedOf({ scheme, relation }: Quorum): string {
  if (scheme === 'consensus') return 'it'
  return relation?.verb === 'reads' ? 'these reads' : relation ? 'these writes' : 'all writes'
}

function helpOf({ count }: Members, { scheme, need }: Quorum, { of }: Loss): string {
  if (of !== 'copy') return `Spread them over three ${of}s, or put a witness into a third one, so that no ${of} holds what a quorum needs.`
  if (scheme === 'consensus') return `Run ${odd(count)} of them in three zones: ${odd(count)} go on with ${majority(odd(count))}.`
  if (scheme === 'min-isr') return count < 3 ? 'Keep three copies (`replication-factor: 3`) with `min-isr: 2`: one may fail without a loss and without a standstill.' : `Ask for one less, \`min-isr: ${need - 1}\`: one may fail without a standstill.`
  if (scheme === 'followers') return `Wait for one follower less than there are, or run ${need + 1} copies.`
  return `Ask a majority, \`quorum\` (${majority(Math.max(3, count))} of ${Math.max(3, count)} copies), on both sides: it sees every write and bears the loss of one.`
}

/** The next odd number that is worth its machines. */
function odd(count: number): number {
  return Math.max(3, count % 2 === 0 ? count + 1 : count)
}

function fixes(component: Component, { count, property }: Members, { scheme, need, relation }: Quorum, { of, spread }: Loss): readonly Fix[] {
  if (property === undefined) return []
  const spreadable = spread === undefined || (of === 'zone' && number(component.facts, 'zones') !== undefined)
  if (scheme === 'consensus') {
    if (!spreadable) return []
    const wanted = { ...(odd(count) !== count && { [property]: String(odd(count)) }), ...(number(component.facts, 'zones') !== undefined && number(component.facts, 'zones')! < 3 && { zones: '3' }) }
    return [{ title: `Run ${odd(count)} of them over three zones`, edits: setProperties(component, wanted) }]
  }
  if (of === 'zone') return spreadable ? [{ title: 'Spread them over three zones: `zones: 3`', edits: setProperties(component, { zones: '3' }) }] : []
  if (scheme === 'min-isr' && of === 'copy') {
    if (count < 3) return [{ title: 'Keep three copies: `replication-factor: 3`', edits: setProperties(component, { [property]: '3' }) }]
    return [{ title: `Let one be missing: \`min-isr: ${need - 1}\``, edits: setProperties(component, { 'min-isr': String(need - 1) }) }]
  }
  const counts = scheme === 'level' && count >= 3 && relation !== undefined && !known(relation.facts, 'consistency') && !isNone(component.facts, 'r')
  if (!counts) return []
  const half = String(majority(count))
  return [{ title: `Ask a majority both times: \`r: ${half}, w: ${half}\``, edits: setProperties(component, { r: half, w: half }) }]
}

/** A fourth voter is one more that can fail and none more that may. */
function evenVoters(component: Component, { count, property, facts }: Members): Finding | undefined {
  if (property !== 'voters' || count < 4 || count % 2 !== 0 || word(component.facts, 'replication') !== 'consensus') return undefined
  const zones = spreadOf(component, { count, property, facts }, 'zones')
  if (zones && count - zones.most < majority(count)) return undefined
  return {
    at: facts[0]?.from === 'stated' ? facts[0].origin : component.origin,
    subject: { component: component.id },
    severity: 'info',
    message: `\`${component.name}\` has ${count} voters: ${majority(count)} must agree, so it bears the loss of ${count - majority(count)}, no more than ${count - 1} voters do.`,
    help: `Run ${count - 1} or ${count + 1}; an even number is right only while members are being moved.`,
    related: [],
    facts: [...facts, known(component.facts, 'replication')!.fact],
    fixes: [{ title: `Run ${count + 1} voters`, edits: setProperties(component, { voters: String(count + 1) }) }],
  }
}
