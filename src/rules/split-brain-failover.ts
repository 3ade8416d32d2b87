import type { Analysis } from '../analysis/analysis.ts'
import { twoLeadersOf, type Doubt } from '../analysis/two-leaders.ts'
import { word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { listed, nameOf } from './words.ts'

export const splitBrainFailover: Rule = {
  id: 'split-brain-failover',
  code: 'A8',
  severity: 'error',
  title: 'Two nodes can both believe that they lead',
  why: 'A leader that does not answer may be dead or only unreachable, and nobody can tell. Who promotes another one without a majority, or without shutting out the old one, has two leaders as soon as the network is cut: both take writes, and one half of them is thrown away.',
  sources: [
    { title: 'GitHub, October 21 post-incident analysis (2018)', url: 'https://github.blog/news-insights/company-news/oct21-post-incident-analysis/' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 23', url: 'https://sre.google/sre-book/managing-critical-state/' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5 and 8' },
  ],
  needs: ['replication', 'failover.mode', 'failover.arbiter', 'failover.fencing', 'sync'],
  fixable: true,
  *check(model, analysis) {
    for (const component of model.components) {
      const doubt = twoLeadersOf(component)
      const intent = doubt && intentAt(model, analysis, component)
      if (doubt && intent) yield report(model, component, doubt, intent)
    }
  },
}

interface Intent {
  readonly because: string
  readonly facts: readonly Fact[]
  readonly unknown: boolean
}

/** Unset where it is tolerated that writes are lost or conflict. */
function intentAt(model: Model, analysis: Analysis, component: Component): Intent | undefined {
  const writes = lookup(model).relationsTo(component.id).filter(({ verb }) => verb === 'writes' || verb === 'locks' || verb === 'publishes')
  const places = [...writes.map(({ id }) => ({ relation: id, component: component.id })), { component: component.id }]
  const all = places.map((place) => (['loss', 'conflicts'] as const).map((aspect) => analysis.intents.at(place, aspect)))
  if (all.flat().some(({ withheld }) => withheld)) return undefined
  const strict = all.filter((stances) => !stances.some(({ stance }) => stance === 'tolerates'))
  const required = strict.flat().find(({ stance }) => stance === 'requires')
  if (required) return { because: required.because, facts: required.fact ? [required.fact] : [], unknown: false }
  return strict.length === all.length ? { because: '', facts: [], unknown: true } : undefined
}

function report(model: Model, component: Component, doubt: Doubt, intent: Intent): Finding {
  const name = `\`${component.name}\``
  const last = doubt.facts.at(-1)!
  const writers = [...new Set(lookup(model).relationsTo(component.id).filter(({ verb }) => verb === 'writes').map(({ from }) => nameOf(model, from)))]
  const taking = writers.length > 0 ? `both take writes of ${listed(writers, 3)}, and one half is thrown away` : 'both act as leader'
  const how =
    doubt.of === 'arbiter'
      ? word(component.facts, 'failover.arbiter') === 'heartbeat'
        ? 'promotes a follower when heartbeats are missed (`arbiter: heartbeat`): a cut network looks like a dead leader'
        : 'promotes a follower by itself, and nobody makes sure that there is one leader (`arbiter: none`)'
      : `promotes a follower ${doubt.said ? 'without shutting out the old leader (`fencing: no`)' : 'and nothing shuts out the old leader (`fencing`)'}: one that was only slow or cut off goes on`
  return {
    at: last.from === 'stated' && last.inheritedFrom === undefined ? last.origin : component.origin,
    subject: { component: component.id },
    ...(!doubt.said && { severity: 'warning' as const }),
    message: `${name} ${how}; ${taking}${intent.because ? `, though ${intent.because}` : ''}.`,
    help:
      doubt.of === 'arbiter'
        ? 'Let a majority of three decide (`arbiter: quorum` or `external`) and shut out the old leader before the new one begins (`fencing: yes`).'
        : 'Shut out the old leader before the new one begins (`fencing: yes`): power it off, or refuse its epoch at the storage.',
    related: lookup(model).relationsTo(component.id).filter(({ verb }) => verb === 'writes').slice(0, 8).map(({ origin, from }) => ({ at: origin, message: `\`${nameOf(model, from)}\` writes` })),
    facts: [...doubt.facts, ...intent.facts],
    intentUnknown: intent.unknown,
    fixes: fixes(component, doubt),
  }
}

function fixes(component: Component, { of }: Doubt): readonly Fix[] {
  const fenced = word(component.facts, 'failover.fencing') === 'yes'
  const arbiter = of === 'arbiter' ? setProperty(component, 'failover.arbiter', 'quorum') : []
  const fencing = fenced ? [] : setProperty(component, 'failover.fencing', 'yes')
  const title = of === 'arbiter' ? 'Let a majority decide, and shut out the old leader' : 'Shut out the old leader: `fencing: yes`'
  return [{ title, edits: [...arbiter, ...fencing] }]
}
