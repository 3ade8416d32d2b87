import type { Analysis } from '../analysis/analysis.ts'
import { known, limit, quantityAt, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model, Relation } from '../model/model.ts'
import { formatQuantity } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const repairSlowerThanTombstoneGrace: Rule = {
  id: 'repair-slower-than-tombstone-grace',
  code: 'R9',
  severity: 'error',
  title: 'Deletions are forgotten before every copy has heard of them',
  why: 'A store without a leader remembers a deletion for a while and then forgets it. A copy that missed the deletion and is repaired only after that still has the record, and hands it back to the others: what was deleted is there again.',
  sources: [
    { title: 'Apache Cassandra documentation, Tombstones: preventing data resurrection', url: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html' },
    { title: 'Apache Cassandra documentation, Repair', url: 'https://cassandra.apache.org/doc/latest/cassandra/managing/operating/repair.html' },
  ],
  needs: ['replication', 'repair-interval', 'tombstone-grace', 'stale-node', 'ttl', 'op'],
  fixable: true,
  *check(model, analysis) {
    for (const store of model.components) {
      // A node that comes back empty brings nothing back.
      if (word(store.facts, 'replication') !== 'leaderless' || word(store.facts, 'stale-node') === 'replace' || saysUnknown(store.facts, 'stale-node')) continue
      const interval = limit(store.facts, 'repair-interval')
      const grace = limit(store.facts, 'tombstone-grace')
      if (interval === undefined || grace === undefined || grace === Infinity || interval < grace) continue
      const deletion = deletionAt(model, analysis, store)
      if (deletion) yield report(model, store, interval, grace, deletion)
    }
  },
}

interface Deletion {
  readonly relation?: Relation
  readonly facts: readonly Fact[]
}

/** What is deleted there, by somebody or by time; undefined where nothing says so. */
function deletionAt(model: Model, analysis: Analysis, store: Component): Deletion | undefined {
  const find = lookup(model)
  const deletes = find.relationsTo(store.id).find(({ verb, facts }) => verb === 'writes' && word(facts, 'op') === 'delete')
  if (deletes) return { relation: deletes, facts: [known(deletes.facts, 'op')!.fact] }
  const held = analysis.carried.at(store.id).flatMap((id) => find.data(id) ?? [])
  const bounded = [store, ...held].flatMap(({ facts }) =>
    ['ttl', 'retention'].flatMap((path) => ((limit(facts, path) ?? Infinity) < Infinity ? [known(facts, path)!.fact] : [])),
  )
  return bounded.length > 0 ? { facts: bounded.slice(0, 1) } : undefined
}

function report(model: Model, store: Component, interval: number, grace: number, { relation, facts }: Deletion): Finding {
  const remembered = formatQuantity(quantityAt(store.facts, 'tombstone-grace')!)
  const better = proposed(grace)
  const repaired = interval === Infinity ? 'is never repaired' : `is repaired every ${formatQuantity(quantityAt(store.facts, 'repair-interval')!)}`
  const own = known(store.facts, 'repair-interval')!.fact
  return {
    at: own.from === 'stated' ? own.origin : store.origin,
    subject: { component: store.id },
    message: `\`${store.name}\` ${repaired} and forgets a deletion after ${remembered}: a copy that missed one brings the record back.`,
    help: `Repair it more often than deletions are forgotten, such as every ${better}, or let a node that was away too long start empty (\`stale-node: replace\`).`,
    related: relation ? [{ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` deletes` }] : [],
    facts: [known(store.facts, 'replication')!.fact, own, known(store.facts, 'tombstone-grace')!.fact, ...facts],
    fixes: [{ title: `Repair it every ${better}: \`repair-interval: ${better}\``, edits: setProperty(store, 'repair-interval', better) }],
  }
}

/** About 70% of it in whole days or hours: 7d of 10d, so that one repair may take its time or fail. */
function proposed(grace: number): string {
  const [unit, seconds] = grace >= 2 * 86_400 ? (['d', 86_400] as const) : grace >= 2 * 3600 ? (['h', 3600] as const) : (['min', 60] as const)
  return `${Math.max(1, Math.floor((grace * 0.7) / seconds))}${unit}`
}

