import type { Analysis } from '../analysis/analysis.ts'
import { known, number, protection, references, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Fix, Model, Relation } from '../model/model.ts'
import { formatQuantity, quantity, SIZE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'

export const valueExceedsStoreLimit: Rule = {
  id: 'value-exceeds-store-limit',
  code: 'B1',
  severity: 'error',
  title: 'An item or message is bigger than its store or broker takes',
  why: 'Stores and brokers refuse what is larger than their limit, at the first large one and not at the average. No more machines help: what is large belongs into an object store, and its key into the row or the message.',
  sources: [
    { title: 'Amazon DynamoDB Developer Guide, Quotas: item size', url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html' },
    { title: 'Azure Architecture Center, Claim-Check pattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/claim-check' },
    { title: 'Apache Kafka documentation, message.max.bytes', url: 'https://kafka.apache.org/documentation/#brokerconfigs_message.max.bytes' },
  ],
  needs: ['value-limit', 'size', 'size.p99', 'size.max', 'data', 'stores', 'claim-check'],
  fixable: true,
  *check(model, analysis) {
    for (const relation of model.relations) {
      if (!PUTTING.has(relation.verb)) continue
      const finding = tooLarge(model, analysis, relation)
      if (finding) yield finding
    }
  },
}

const PUTTING: ReadonlySet<string> = new Set(['writes', 'publishes', 'captures'])
/** Made for what is large. */
const FOR_LARGE: ReadonlySet<string> = new Set(['object-store'])

function tooLarge(model: Model, analysis: Analysis, relation: Relation): Finding | undefined {
  const target = lookup(model).component(relation.to)!
  const most = number(target.facts, 'value-limit')
  if (most === undefined || FOR_LARGE.has(target.kind) || protection(relation.facts, 'claim-check') !== false) return undefined
  const sent = largest(model, analysis, relation)
  if (!sent || sent.bytes <= most) return undefined
  const ends = `\`${lookup(model).component(relation.from)!.name} → ${target.name}\``
  const what = sent.name === undefined ? `${ends} carries ${amount(sent.bytes)}` : `${ends} carries \`${sent.name}\` of ${amount(sent.bytes)}`
  return {
    at: relation.origin,
    subject: { relation: relation.id, component: target.id, ...(sent.id !== undefined && { data: sent.id }) },
    message: `${what}, but \`${target.name}\` takes at most ${amount(most)}: ${relation.verb === 'writes' ? 'the write' : 'the message'} is refused.`,
    help: `Put it into an object store and send its key instead (\`claim-check\`), or cut it into parts of less than ${amount(most)}.`,
    related: [{ at: target.origin, message: `\`${target.name}\` takes at most ${amount(most)}` }],
    facts: [known(target.facts, 'value-limit')!.fact, sent.fact],
    fixes: fixesFor(model, relation),
  }
}

interface Sent {
  readonly bytes: number
  readonly id?: string
  readonly name?: string
  readonly fact: Fact
}

/** The size that the relation states, else the largest of the data that it names, else that of the one kind of record its target keeps. */
function largest(model: Model, analysis: Analysis, { id, to, verb, facts }: Relation): Sent | undefined {
  if (saysUnknown(facts, 'size') || saysUnknown(facts, 'data')) return undefined
  const own = number(facts, 'size')
  if (own !== undefined) return { bytes: own, fact: known(facts, 'size')!.fact }
  const find = lookup(model)
  const named = references(facts, 'data').flatMap((target) => (target.kind === 'data' ? [target.id] : []))
  const kept = verb === 'writes' ? references(find.component(to)?.facts ?? {}, 'stores').map((target) => target.id) : []
  const only = named.length === 0 && kept.length === 1 && analysis.carried.on(id).length === 1 ? kept : []
  return [...named, ...only]
    .flatMap((each): readonly Sent[] => {
      const data = find.data(each)
      const path = data && ['size.max', 'size.p99', 'size'].find((path) => number(data.facts, path) !== undefined)
      return path === undefined ? [] : [{ bytes: number(data!.facts, path)!, id: each, name: data!.name, fact: known(data!.facts, path)!.fact }]
    })
    .toSorted((a, b) => b.bytes - a.bytes || (a.id! < b.id! ? -1 : 1))[0]
}

/** Where the sender writes to one object store already, the large part may lie there. */
function fixesFor(model: Model, relation: Relation): readonly Fix[] {
  const find = lookup(model)
  const stores = [...new Set(find.relationsFrom(relation.from).filter(({ verb }) => verb === 'writes').map(({ to }) => to))].flatMap((id) => find.component(id) ?? []).filter(({ kind }) => FOR_LARGE.has(kind))
  const [store] = stores
  const edits = stores.length === 1 ? setOnRelation(model, relation, { 'claim-check': store!.name }) : undefined
  return edits ? [{ title: `Send its key only: \`claim-check: ${store!.name}\``, edits }] : []
}

function amount(bytes: number): string {
  return formatQuantity(quantity(bytes, SIZE))
}
