import type { Analysis } from '../analysis/analysis.ts'
import { isUnlimited, known, nameOf as valueName, protection, references, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Related, Rule } from './rule.ts'
import { joined, listed } from './words.ts'

export const schemaChangeUnguarded: Rule = {
  id: 'schema-change-unguarded',
  code: 'S5',
  severity: 'warning',
  title: 'Those who write messages and those who read them are deployed apart, and nothing checks that they understand each other',
  why: 'A field that is renamed in one team’s code breaks another team’s consumer, on the day of the deployment or on the day when an old message is read again. A schema that is checked before it is published finds that in the build instead of at night.',
  sources: [
    { title: 'Confluent documentation, Schema Evolution and Compatibility', url: 'https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html' },
    { title: 'Kleppmann, Designing Data-Intensive Applications (2017), ch. 4, Encoding and Evolution' },
    { title: 'Debezium documentation, Outbox Event Router', url: 'https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html' },
  ],
  needs: ['schema', 'schema.format', 'schema.compat', 'owner', 'rebuild-from', 'outbox', 'retention'],
  fixable: true,
  *check(model, analysis) {
    const example = checkedSomewhere(model)
    const refilled = refilledFrom(model)
    for (const broker of model.components) {
      if (!BROKERS.has(broker.kind) || withheld(broker)) continue
      const finding = judged(model, analysis, broker, example, refilled.get(broker.id) ?? [])
      if (finding) yield finding
    }
  },
}

/** Brokers between teams, in a design that does not speak of schemas. */
export function unspokenSchemas(model: Model, analysis: Analysis): readonly Component[] {
  if (checkedSomewhere(model) || model.components.some((component) => known(component.facts, 'schema') ?? withheld(component))) return []
  return model.components.filter((broker) => BROKERS.has(broker.kind) && strangersTo(producersOf(model, analysis, broker), consumersOf(model, broker)).length > 0)
}

/** Consumers of another team than a producer’s. */
function strangersTo(producers: readonly End[], consumers: readonly End[]): readonly End[] {
  return consumers.filter(({ owner }) => owner !== undefined && producers.some((producer) => producer.owner !== undefined && producer.owner.name !== owner.name))
}

const BROKERS: ReadonlySet<string> = new Set(['log', 'topic', 'queue'])

function withheld({ facts }: Component): boolean {
  return ['schema', 'schema.compat', 'schema.format'].some((path) => saysUnknown(facts, path))
}

/** What shows that this design cares for schemas: one that is checked, or somebody whose work that is. */
function checkedSomewhere(model: Model): Component | undefined {
  return model.components.find(({ facts }) => {
    const compat = known(facts, 'schema.compat')
    return (compat?.fact.from === 'stated' && word(facts, 'schema.compat') !== 'none') || word(facts, 'role') === 'schema-registry'
  })
}

/** By what it is filled from, whoever can be filled again. */
function refilledFrom(model: Model): ReadonlyMap<string, readonly Component[]> {
  const map = new Map<string, Component[]>()
  for (const component of model.components) {
    for (const { id } of references(component.facts, 'rebuild-from')) if (id !== component.id) map.set(id, [...(map.get(id) ?? []), component])
  }
  return map
}

/** One end of a broker, with the team that answers for it. */
interface End {
  readonly component: Component
  readonly relation: Relation
  readonly owner?: { readonly name: string; readonly fact: Fact }
  /** The tables that are captured as they are, where this end is a change stream of them. */
  readonly tables?: Component
}

function judged(model: Model, analysis: Analysis, broker: Component, example: Component | undefined, readers: readonly Component[]): Finding | undefined {
  const producers = producersOf(model, analysis, broker)
  const consumers = consumersOf(model, broker)
  if (producers.length === 0 || consumers.length === 0) return undefined
  const strangers = strangersTo(producers, consumers)
  const apart: Apart = { model, broker, producers, consumers, strangers, readers }

  const compat = known(broker.facts, 'schema.compat')
  const level = compat && valueName(compat.value)
  if (compat && level !== undefined && level !== 'none') return TOO_LITTLE.has(level) && readers.length > 0 ? tooLittle(apart, level, compat.fact) : undefined

  const format = known(broker.facts, 'schema.format') ?? known(broker.facts, 'schema')
  const unchecked = compat?.fact ?? (['json', 'none'].includes(word({ it: format?.fact ?? NOTHING }, 'it') ?? '') ? format!.fact : undefined)
  if (strangers.length > 0) {
    const raw = producers.find(({ tables, owner }) => tables !== undefined && strangers.some((stranger) => stranger.owner!.name !== owner?.name && owner !== undefined))
    if (raw) return exposed(apart, raw)
    if (unchecked) return between(apart, 'whatever changes is let through', [unchecked])
    return example && example !== broker ? between(apart, `no schema is checked on it, as it is ${elsewhere(example)}`, []) : undefined
  }
  if (readers.length > 0 && (unchecked || (example && example !== broker))) return reread(apart, unchecked)
  const alone = producers.every(({ owner }) => owner === undefined) && consumers.every(({ owner }) => owner === undefined)
  return example && example !== broker && alone && new Set(consumers.map(({ component }) => component.id)).size > 1 ? several(apart, example) : undefined
}

const NOTHING: Fact = { from: 'derived', value: { type: 'unknown' }, how: '' }

interface Apart {
  readonly model: Model
  readonly broker: Component
  readonly producers: readonly End[]
  readonly consumers: readonly End[]
  /** Consumers of another team than a producer’s. */
  readonly strangers: readonly End[]
  /** Who is filled again from it, by reading old messages. */
  readonly readers: readonly Component[]
}

function producersOf(model: Model, analysis: Analysis, broker: Component): readonly End[] {
  const find = lookup(model)
  return find.relationsTo(broker.id).flatMap((relation): End | readonly End[] => {
    const from = find.component(relation.from)
    if (!from) return []
    if (relation.verb === 'publishes') return withOwner(from, relation)
    if (relation.verb !== 'captures') return []
    if (from.kind !== 'cdc') return captured(model, analysis, from, [relation])
    return find.relationsTo(from.id).flatMap((own) => {
      const source = find.component(own.from)
      return own.verb === 'captures' && source && !saysUnknown(from.facts, 'transform') && !known(from.facts, 'transform') ? captured(model, analysis, source, [relation, own]) : []
    })
  })
}

/** A captured database belongs to its owner, or to the one team that writes it. Without an outbox, its tables are what is published. */
function captured(model: Model, { graph }: Analysis, source: Component, way: readonly Relation[]): End {
  const find = lookup(model)
  const writes = find.relationsTo(source.id).filter(({ verb }) => verb === 'writes')
  const stated = withOwner(source, way[0]!)
  const owners = new Map(writes.flatMap(({ from }) => withOwner(find.component(from)!, way[0]!).owner ?? []).map((owner) => [owner.name, owner]))
  const owner = stated.owner ?? (owners.size === 1 && !saysUnknown(source.facts, 'owner') ? [...owners.values()][0] : undefined)
  const contract = writes.some(({ facts }) => protection(facts, 'outbox') !== false) || way.some(({ facts }) => ['events', 'transform', 'method'].some((path) => known(facts, path) ?? saysUnknown(facts, path)))
  const isTable = source.kind === 'database' && writes.length > 0 && !contract && graph.edge(way.at(-1)!.id) !== undefined
  return { component: source, relation: way[0]!, ...(owner && { owner }), ...(isTable && { tables: source }) }
}

/** Through further brokers, whoever is handed the messages in the end. */
function consumersOf(model: Model, broker: Component): readonly End[] {
  const find = lookup(model)
  const seen = new Set([broker.id])
  const found: End[] = []
  for (const id of seen) {
    for (const relation of find.relationsFrom(id)) {
      const to = find.component(relation.to)
      if (relation.verb !== 'delivers' || !to) continue
      if (BROKERS.has(to.kind)) seen.add(to.id)
      else found.push(withOwner(to, relation))
    }
  }
  return found
}

function withOwner(component: Component, relation: Relation): End {
  const owner = known(component.facts, 'owner')
  const name = owner?.fact.from === 'stated' ? valueName(owner.value) : undefined
  return { component, relation, ...(name !== undefined && { owner: { name, fact: owner!.fact } }) }
}

/** Levels that say nothing about messages older than the last version. */
const TOO_LITTLE: ReadonlySet<string> = new Set(['backward', 'forward', 'full', 'forward-transitive'])

function tooLittle(apart: Apart, level: string, fact: Fact): Finding {
  const { broker, readers } = apart
  const short = level === 'forward-transitive' ? 'only says that old readers understand new messages' : 'only compares a schema with the one before it'
  return {
    ...base(apart, [...readers.map((reader) => ({ at: reader.origin, message: `\`${reader.name}\` is filled again from it` }))], 'full-transitive'),
    message: `${listed(readers.map(({ name }) => name))} ${readers.length > 1 ? 'are' : 'is'} filled again from \`${broker.name}\`, which reads messages of every age, but \`compat: ${level}\` ${short}: the next rebuild can stop at a message that nobody can read any more.`,
    help: 'Compare with all versions that are still kept: `compat: full-transitive` (or `backward-transitive`, where consumers always move first).',
    facts: [fact, ...readers.flatMap(({ facts }) => known(facts, 'rebuild-from')?.fact ?? [])],
  }
}

function exposed(apart: Apart, raw: End): Finding {
  const { broker } = apart
  const strangers = apart.strangers.filter(({ owner }) => owner!.name !== raw.owner!.name)
  return {
    ...base(apart, [{ at: raw.relation.origin, message: `the changes of \`${raw.tables!.name}\` come in as they are` }, ...delivered(strangers)], levelFor(apart)),
    message: `\`${broker.name}\` hands the tables of \`${raw.tables!.name}\` (${raw.owner!.name}) as they are to ${named(strangers)}: a renamed column breaks ${strangers.length > 1 ? 'them' : 'it'}, and nothing checks for that.`,
    help: `Publish events from an outbox table instead (\`outbox: yes\`), so that the tables stay ${raw.owner!.name}’s own; and check their schema: \`schema { format: avro, compat: ${levelFor(apart)} }\`.`,
    facts: [raw.owner!.fact, ...strangers.map(({ owner }) => owner!.fact)],
  }
}

function between(apart: Apart, but: string, facts: readonly Fact[]): Finding {
  const { broker, producers, strangers } = apart
  const writing = producers.filter(({ owner }) => owner !== undefined && strangers.some((stranger) => stranger.owner!.name !== owner.name))
  return {
    ...base(apart, delivered(strangers), levelFor(apart)),
    message: `\`${broker.name}\` carries messages of ${named(writing)} to ${named(strangers)}, who deploy apart, and ${but}: a change of one breaks the others when it is live.`,
    help: `Describe the messages and check each change before it is published: \`schema { format: avro, compat: ${levelFor(apart)} }\`.`,
    facts: [...facts, ...writing.map(({ owner }) => owner!.fact), ...strangers.map(({ owner }) => owner!.fact)],
  }
}

function reread(apart: Apart, unchecked: Fact | undefined): Finding {
  const { broker, readers } = apart
  return {
    ...base(apart, readers.map((reader) => ({ at: reader.origin, message: `\`${reader.name}\` is filled again from it` })), 'full-transitive'),
    message: `${listed(readers.map(({ name }) => name))} ${readers.length > 1 ? 'are' : 'is'} filled again from \`${broker.name}\`, which reads messages of every age, and nothing checks that a new version can still read the old ones.`,
    help: 'Compare each new schema with all that are still kept: `schema { format: avro, compat: full-transitive }`.',
    facts: [...(unchecked ? [unchecked] : []), ...readers.flatMap(({ facts }) => known(facts, 'rebuild-from')?.fact ?? [])],
  }
}

function several(apart: Apart, example: Component): Finding {
  const { broker, consumers } = apart
  const names = [...new Set(consumers.map(({ component }) => component.name))]
  return {
    ...base(apart, delivered(consumers), levelFor(apart)),
    severity: 'info',
    message: `${listed(names)} read \`${broker.name}\`, and no schema is checked on it, as it is ${elsewhere(example)}: where they are deployed apart, a change of its messages breaks one of them when it is live.`,
    help: `Say what may change: \`schema { format: avro, compat: ${levelFor(apart)} }\`.`,
    facts: [],
  }
}

function elsewhere(example: Component): string {
  return word(example.facts, 'role') === 'schema-registry' ? `what \`${example.name}\` is there for` : `on \`${example.name}\``
}

function levelFor({ readers, broker }: Apart): string {
  return readers.length > 0 || isUnlimited(broker.facts, 'retention') ? 'full-transitive' : 'full'
}

/** `` `billing` (finance) and `shipping` (logistics) `` */
function named(ends: readonly End[]): string {
  const each = [...new Map(ends.map((end) => [end.component.id, end])).values()]
  return joined(each.map(({ component, owner }) => `\`${component.name}\`${owner ? ` (${owner.name})` : ''}`))
}

function delivered(ends: readonly End[]): readonly Related[] {
  return ends.slice(0, 8).map(({ component, relation }) => ({ at: relation.origin, message: `\`${component.name}\` reads it` }))
}

function base({ broker }: Apart, related: readonly Related[], level: string): Pick<Finding, 'at' | 'subject' | 'related' | 'fixes'> {
  return { at: broker.origin, subject: { component: broker.id }, related, fixes: fixesFor(broker, level) }
}

function fixesFor(broker: Component, level: string): readonly Fix[] {
  const title = `Check each change: \`compat: ${level}\``
  const plain = known(broker.facts, 'schema')
  const shorthand = plain?.fact.from === 'stated' && plain.fact.inheritedFrom === undefined && word(broker.facts, 'schema') !== 'yes'
  if (shorthand) {
    const format = ['json', 'none'].includes(word(broker.facts, 'schema') ?? '') ? 'json-schema' : word(broker.facts, 'schema')
    return [{ title, edits: [{ origin: (plain.fact as Extract<Fact, { from: 'stated' }>).origin, newText: `schema { format: ${format}, compat: ${level} }` }] }]
  }
  const checkable = ['json', 'none'].includes(word(broker.facts, 'schema.format') ?? '')
  if (!plain) return [{ title, edits: setProperties(broker, { schema: `{ format: avro, compat: ${level} }` }).map((edit) => ({ ...edit, newText: edit.newText.replace('schema: {', 'schema {') })) }]
  return [{ title, edits: setProperties(broker, { 'schema.compat': level, ...(checkable && { 'schema.format': 'json-schema' }) }) }]
}
