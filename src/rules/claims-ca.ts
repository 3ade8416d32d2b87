import type { Analysis } from '../analysis/analysis.ts'
import { membersOf } from '../analysis/quorum-loss.ts'
import { flag, known, list, number, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'

export const claimsCa: Rule = {
  id: 'claims-ca',
  code: 'R10',
  severity: 'error',
  title: 'It promises one truth and writes on both sides of a cut',
  why: 'When the network between two copies is cut, a write on one side cannot be seen on the other. Either one side refuses, or readers see two truths; promising both is promising that networks are never cut.',
  sources: [
    { title: 'Gilbert and Lynch, Brewer’s Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web Services (2002)', url: 'https://dl.acm.org/doi/10.1145/564585.564601' },
    { title: 'Brewer, CAP Twelve Years Later: How the "Rules" Have Changed (2012)', url: 'https://www.infoq.com/articles/cap-twelve-years-later-how-the-rules-have-changed/' },
    { title: 'Brewer, Spanner, TrueTime and the CAP Theorem (2017)', url: 'https://research.google/pubs/spanner-truetime-and-the-cap-theorem/' },
  ],
  needs: ['consistency', 'isolation', 'available-under', 'on-partition', 'active-active', 'replication', 'replicas', 'regions', 'zones'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      const available = availableClaim(store)
      const strong = available && strongClaim(model, analysis, store)
      if (!available || !strong) continue
      // Conflicts that somebody bounds and reconciles are a choice, not a contradiction.
      const intent = analysis.intents.at({ component: store.id }, 'conflicts')
      if (intent.stance === 'tolerates' || intent.withheld) continue
      const size = copies(store)
      if (size) yield report(store, strong, available, size)
    }
  },
}

interface Claim {
  /** As a message says it. */
  readonly text: string
  readonly facts: readonly Fact[]
  readonly related: readonly Related[]
}

function availableClaim({ facts }: Component): Claim | undefined {
  if (['available-under', 'on-partition', 'active-active', 'replication', 'sync'].some((path) => saysUnknown(facts, path))) return undefined
  const claim = (path: string, text: string): Claim => ({ text, facts: [known(facts, path)!.fact], related: [] })
  if (words(facts, 'available-under')?.includes('partition')) return claim('available-under', '`available-under: partition`')
  // Without a leader the levels of reads and writes decide what a cut-off side still takes: what it does by default is no promise.
  const promised = known(facts, 'on-partition')?.fact.from === 'stated' || word(facts, 'replication') !== 'leaderless'
  if (promised && word(facts, 'on-partition') === 'accept-both') return claim('on-partition', '`on-partition: accept-both`')
  const agrees = word(facts, 'replication') === 'consensus' || word(facts, 'sync') === 'quorum'
  if (flag(facts, 'active-active') === true && !known(facts, 'on-partition') && !agrees) return claim('active-active', '`active-active: yes`, and nobody refuses')
  return undefined
}

function strongClaim(model: Model, analysis: Analysis, store: Component): Claim | undefined {
  const own = known(store.facts, 'consistency')
  if (own && word(store.facts, 'consistency') === 'linearizable') return { text: 'linearizable reads', facts: [own.fact], related: [] }
  const isolation = known(store.facts, 'isolation')
  if (isolation && word(store.facts, 'isolation') === 'strict') return { text: 'strict serializability', facts: [isolation.fact], related: [] }
  for (const id of analysis.carried.at(store.id)) {
    const data = lookup(model).data(id)
    const level = data && known(data.facts, 'consistency')
    const name = data && word(data.facts, 'consistency')
    if (data && level && (name === 'linearizable' || name === 'strict')) {
      return { text: `${name} \`${data.name}\``, facts: [level.fact], related: [{ at: data.origin, message: `\`${data.name}\` requires ${name}` }] }
    }
  }
  return undefined
}

/** How many there are between which a network could be cut; undefined where that is not stated. */
function copies(store: Component): { readonly count: number; readonly facts: readonly Fact[] } | undefined {
  const { facts } = store
  for (const path of ['regions', 'zones']) {
    const places = number(facts, path) ?? list(facts, path)?.length ?? 0
    if (places > 1) return { count: places, facts: [known(facts, path)!.fact] }
  }
  const scheme = word(facts, 'replication')
  if (flag(facts, 'active-active') === true) return { count: 2, facts: [known(facts, 'active-active')!.fact] }
  if (scheme === 'multi-leader' || scheme === 'leaderless') return { count: 2, facts: [known(facts, 'replication')!.fact] }
  return membersOf(store)
}

function report(store: Component, strong: Claim, available: Claim, size: { readonly count: number; readonly facts: readonly Fact[] }): Finding {
  const facts = [...strong.facts, ...available.facts, ...size.facts]
  const stated = [...available.facts, ...strong.facts].find((fact) => fact.from === 'stated' && fact.inheritedFrom === undefined && Object.values(store.facts).includes(fact))
  const base = { at: stated?.from === 'stated' ? stated.origin : store.origin, subject: { component: store.id }, related: strong.related, facts }
  if (size.count < 2) {
    return {
      ...base,
      severity: 'info',
      message: `\`${store.name}\` is one copy: no network can be cut between it and itself, so a promise about partitions (${available.text}) says nothing.`,
      help: 'State how many copies there are, or leave the promise out.',
      fixes: [],
    }
  }
  return {
    ...base,
    message: `\`${store.name}\` promises ${strong.text} and takes writes on both sides of a cut (${available.text}): while the network is cut neither side sees what the other writes, and one of the two promises is broken.`,
    help: 'Let the smaller side refuse (`on-partition: refuse-minority`), or promise less than linearizable (`consistency: causal`); a number such as `availability: 99.99%` can be had either way.',
    fixes: fixes(store),
  }
}

function fixes(store: Component): readonly Fix[] {
  const under = words(store.facts, 'available-under')
  const rest = under?.filter((failure) => failure !== 'partition') ?? []
  const wanted = {
    'on-partition': 'refuse-minority',
    ...(under?.includes('partition') && { 'available-under': rest.length > 1 ? `[${rest.join(', ')}]` : (rest[0] ?? 'node-loss') }),
  }
  return [{ title: 'Let the smaller side refuse: `on-partition: refuse-minority`', edits: setProperties(store, wanted) }]
}
