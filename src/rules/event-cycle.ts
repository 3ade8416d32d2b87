import { eventCyclesOf, type EventCycle } from '../analysis/event-cycles.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { setProperty } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const eventCycle: Rule = {
  id: 'event-cycle',
  code: 'S7',
  severity: 'warning',
  title: 'Events cause events that come back to where they began',
  why: 'An event that brings about itself does so for ever: each change echoes between two databases, each page asks for further pages, each object in the bucket makes another one. Nobody sees an error, only load and a bill that rise, and once it runs there is no request that could be refused.',
  sources: [
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 5, Multi-Leader Replication Topologies' },
    { title: 'AWS Lambda Developer Guide, Use Lambda recursive loop detection to prevent infinite loops', url: 'https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html' },
    { title: 'Apache Kafka documentation, Geo-Replication (MirrorMaker 2)', url: 'https://kafka.apache.org/documentation/#georeplication' },
  ],
  needs: ['terminates-by', 'origin-filter', 'dedupe', 'events', 'data', 'apply', 'if', 'share'],
  fixable: true,
  *check(model, { graph, flows }) {
    for (const cycle of eventCyclesOf(model, graph, flows)) if (cycle.ring.length > 0) yield report(model, cycle)
  },
}

function report(model: Model, { ring, members }: EventCycle): Finding {
  const [first] = ring
  const names = circle(model, [first!.relation.from, ...ring.map(({ relation }) => relation.to)])
  const more = members.length - new Set(ring.map(({ relation }) => relation.from)).size
  const stores = new Set(ring.flatMap(({ relation }) => (KEEPS.has(kind(model, relation.from)) ? [relation.from] : [])))
  const doer = ring.flatMap(({ relation }) => lookup(model).component(relation.from) ?? []).find((component) => !PASSING.has(component.kind))
  const what = stores.size > 1 ? 'a change of one is written to the next and comes back as a change' : stores.size === 1 ? 'what is written there sets off the same work again' : 'each message brings about the next one'
  return {
    at: first!.relation.origin,
    subject: { relation: first!.relation.id, component: (doer ?? lookup(model).component(first!.relation.from))!.id },
    message: `${names}${more > 0 ? ` (${more} more in the same circle)` : ''}: ${what}, and nothing says what ends it.`,
    help: stores.size > 1
      ? `Mark each change with where it came from and drop one’s own (\`origin-filter: yes\`${doer ? ` on \`${doer.name}\`` : ''}), or write only what is newer (\`apply: if-newer(version)\`).`
      : 'Say what ends it: what was seen before is left out (`dedupe`), each message counts its hops (`terminates-by: hop-count`), or a condition holds (`terminates-by: condition`). Where other kinds of events go round, name them (`events`, `data`).',
    related: ring.slice(1, 12).map(({ relation, verb }) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` ${verb.name} \`${nameOf(model, relation.to)}\`` })),
    facts: [],
    fixes: doer ? fixesFor(doer, stores.size > 1) : [],
  }
}

const KEEPS: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'cache', 'coordinator'])
const PASSING: ReadonlySet<string> = new Set([...KEEPS, 'log', 'topic', 'queue', 'cdc'])

function kind(model: Model, id: string): string {
  return lookup(model).component(id)?.kind ?? ''
}

function fixesFor(doer: Component, echoes: boolean): readonly Fix[] {
  if (echoes) return [{ title: `Drop one’s own changes: \`origin-filter: yes\` on \`${doer.name}\``, edits: setProperty(doer, 'origin-filter', 'yes') }]
  return [{ title: `Count hops: \`terminates-by: hop-count\` on \`${doer.name}\``, edits: setProperty(doer, 'terminates-by', 'hop-count') }]
}

/** `` `a` → `b` → `a` ``; of a long circle its middle is left out. */
function circle(model: Model, ids: readonly string[]): string {
  const names = ids.map((id) => `\`${nameOf(model, id)}\``)
  return (names.length <= 8 ? names : [...names.slice(0, 4), '…', ...names.slice(-3)]).join(' → ')
}
