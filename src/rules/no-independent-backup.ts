import type { Analysis } from '../analysis/analysis.ts'
import { sizeOf } from '../analysis/durable-copies.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { flowsWaiting } from '../analysis/flows.ts'
import { isRefillable } from '../analysis/recovery.ts'
import { time } from '../analysis/staleness.ts'
import type { Unit } from '../analysis/units.ts'
import { call, flag, isNone, known, limit, numberOf, reference, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import type { Fact, Facts } from '../model/value.ts'
import { statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf } from './words.ts'

export const noIndependentBackup: Rule = {
  id: 'no-independent-backup',
  code: 'O3',
  severity: 'error',
  title: 'What must not be lost has only copies, or its backup goes with it',
  why: 'Copies protect against machines and repeat every mistake: a bad delete is on all of them within milliseconds. Only an older state, kept where the fault does not reach and tried before it is needed, brings back what somebody or something destroyed.',
  sources: [
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 26, Data Integrity: What You Read Is What You Wrote', url: 'https://sre.google/sre-book/data-integrity/' },
    { title: 'GitLab, Postmortem of database outage of January 31 (2017)', url: 'https://about.gitlab.com/blog/postmortem-of-database-outage-of-january-31/' },
    { title: 'AWS Well-Architected Framework, Reliability Pillar: back up data' },
  ],
  needs: ['backup', 'backup.to', 'backup.tested', 'backup.retention', 'versioning', 'immutable', 'derived', 'rebuild-from', 'class', 'rpo'],
  fixable: true,
  *check(model, analysis) {
    const sibling = model.components.find((component) => isBackedUp(model, component))
    for (const { store, intent } of keepersOf(model, analysis)) {
      const finding = missing(model, analysis, store, sibling, intent) ?? dependent(model, analysis, store, intent.because) ?? stale(model, store)
      if (finding) yield finding
    }
  },
}

/** Stores that hold the truth of what must not be lost, of which the design does not say how an older state could be had. */
export function unspokenBackups(model: Model, analysis: Analysis): readonly Component[] {
  return keepersOf(model, analysis).flatMap(({ store }) => (isBackedUp(model, store) || isNone(store.facts, 'backup') || keepsOlder(store) || copyIsBackedUp(model, store) ? [] : [store]))
}

/** A backup needs no backup, and of what is copied the first one is asked. */
function keepersOf(model: Model, analysis: Analysis): readonly { readonly store: Component; readonly intent: Intent }[] {
  const targets = new Set(model.components.flatMap((component) => backupsOf(model, component).flatMap(({ to }) => to ?? [])))
  return model.components.flatMap((store) => {
    if (!KEEPS.has(store.kind) || targets.has(store.id) || isReplica(model, store) || isRefillable(store) || analysis.truths.derived(store.id)) return []
    const intent = analysis.intents.at({ component: store.id }, 'loss')
    return intent.stance === 'requires' ? [{ store, intent }] : []
  })
}

/** Kinds that hold the only truth; a log that is kept for ever is read again from the start. */
const KEEPS: ReadonlySet<string> = new Set(['database', 'object-store', 'search', 'coordinator'])

interface Backup {
  /** Unset where the design does not say where it goes. */
  readonly to?: string
  readonly relation?: Relation
  readonly facts: Facts
  /** Under what its properties stand in `facts`. */
  readonly prefix: 'backup.' | ''
}

function backupsOf(model: Model, store: Component): readonly Backup[] {
  const find = lookup(model)
  const arrows = find.relationsFrom(store.id).filter(({ verb }) => verb === 'backs-up').map((relation): Backup => ({ to: relation.to, relation, facts: relation.facts, prefix: '' }))
  if (!known(store.facts, 'backup') || isNone(store.facts, 'backup')) return arrows
  const to = reference(store.facts, 'backup.to')
  return [{ facts: store.facts, prefix: 'backup.', ...(to?.kind === 'component' && { to: to.id }) }, ...arrows]
}

function isBackedUp(model: Model, store: Component): boolean {
  return backupsOf(model, store).length > 0
}

/** Whether an older state can be had some other way, or nobody says that it cannot. */
function keepsOlder(store: Component): boolean {
  return ['backup', 'versioning', 'immutable'].some((path) => saysUnknown(store.facts, path)) || flag(store.facts, 'versioning') === true || flag(store.facts, 'immutable') === true
}

function isReplica(model: Model, store: Component): boolean {
  const find = lookup(model)
  return find.relationsTo(store.id).some(({ verb, from }) => verb === 'replicates' && from !== store.id && !find.relationsFrom(store.id).some((back) => back.verb === 'replicates' && back.to === from))
}

/** What is copied from it and is backed up itself will do. */
function copyIsBackedUp(model: Model, store: Component): boolean {
  const find = lookup(model)
  return find.relationsFrom(store.id).some(({ verb, to }) => {
    const other = find.component(to)
    return (verb === 'replicates' || verb === 'captures') && other !== undefined && (isBackedUp(model, other) || keepsOlder(other) || (other.kind === 'log' && limit(other.facts, 'retention') === Infinity))
  })
}

type Intent = ReturnType<Analysis['intents']['at']>

/** There is none, and the design shows that somebody thought of backups: elsewhere, in an objective, or by saying that there is none. */
function missing(model: Model, analysis: Analysis, store: Component, sibling: Component | undefined, intent: Intent): Finding | undefined {
  if (isBackedUp(model, store) || keepsOlder(store) || copyIsBackedUp(model, store)) return undefined
  const declined = isNone(store.facts, 'backup') && known(store.facts, 'backup')?.fact.from === 'stated'
  const objective = objectiveOf(model, analysis, store)
  // A provider's backups are a switch that few draw: only an objective makes it a question of the design.
  const managed = flag(store.facts, 'managed') !== undefined && flag(store.facts, 'managed') !== false
  if (!declined && !objective && (!sibling || managed || saysUnknown(store.facts, 'managed'))) return undefined
  const copies = sizeOf(store)
  const has = copies && copies.fact.from !== 'default' ? (copies.count === 1 ? 'one copy and ' : `${copies.count} copies and `) : ''
  const lost = copies?.count === 1 && has ? 'a lost disk, a bad delete, or a bug that writes nonsense leaves nothing to go back to' : 'a bad delete, or a bug that writes nonsense, is on every copy at once'
  const shown = declined ? '' : objective ? `, though ${objective.said}` : `, while \`${sibling!.name}\` has one`
  return {
    at: declined ? (known(store.facts, 'backup')!.fact as Extract<Fact, { from: 'stated' }>).origin : store.origin,
    subject: { component: store.id },
    // Silence is no decision: what is only left out is asked about.
    severity: declined ? 'error' : 'warning',
    message: `\`${store.name}\` has ${has}no backup${shown}: ${lost}, and ${because(intent)}.`,
    help: 'Back it up to another account or region with the log of its changes (`backs-up`, `backup { pitr: yes }`), and try a restore.',
    related: objective ? [{ at: objective.at, message: objective.said }] : sibling ? [{ at: sibling.origin, message: `\`${sibling.name}\` is backed up` }] : [],
    facts: uniqueFacts([intent.fact, objective?.fact, declined ? known(store.facts, 'backup')?.fact : undefined]),
    fixes: declined ? [] : [backUp(model, store)],
  }
}

function because({ because: said }: Intent): string {
  return said.includes('requires') ? said : `${said}, of which nothing may be lost`
}

interface Said {
  readonly said: string
  readonly at: Finding['at']
  readonly fact: Fact
}

/** A recovery objective for it, for what it holds, or for a flow that writes it. */
function objectiveOf(model: Model, analysis: Analysis, store: Component): Said | undefined {
  const find = lookup(model)
  const held = analysis.carried.at(store.id).flatMap((id) => find.data(id) ?? [])
  const writes = find.relationsTo(store.id).filter(({ verb }) => verb === 'writes')
  const flows = flowsWaiting(analysis.flows, writes.map(({ id }) => id)).flatMap(({ flow }) => flow ?? [])
  for (const { facts, who, at } of [
    { facts: store.facts, who: 'it', at: store.origin },
    ...held.map((data) => ({ facts: data.facts, who: `\`${data.name}\``, at: data.origin })),
    ...flows.map((flow) => ({ facts: flow.facts, who: `"${flow.title}"`, at: flow.origin })),
  ]) {
    const rpo = known(facts, 'rpo')
    const seconds = limit(facts, 'rpo')
    if (rpo && seconds !== undefined && Number.isFinite(seconds)) return { said: `${who} may lose ${seconds === 0 ? 'nothing' : `only ${time(seconds)} of writes`}`, at, fact: rpo.fact }
  }
  return undefined
}

/** Both fall in one place: a host always, a larger place where its loss is to be survived. */
function dependent(model: Model, analysis: Analysis, store: Component, intent: string): Finding | undefined {
  const claimed = new Set(analysis.placeClaims.map(({ unit }) => unit))
  const backups = backupsOf(model, store)
  // One that goes elsewhere, or of which nobody knows where, may be the one that helps.
  const shared = backups.map((backup) => ({ backup, unit: backup.to === undefined ? undefined : sharedBy(analysis, store.id, backup.to, claimed) }))
  if (shared.length === 0 || shared.some(({ unit }) => unit === undefined)) return undefined
  const [{ backup, unit }] = shared as [{ backup: Backup; unit: Unit | 'itself' }]
  const to = nameOf(model, backup.to!)
  const how = unit === 'itself' ? 'is kept in the store itself' : `is kept in \`${to}\`, and both stand in ${unit.name}`
  return {
    at: backup.relation?.origin ?? originAt(store, 'backup.to') ?? store.origin,
    subject: { component: store.id },
    message: `The backup of \`${store.name}\` ${how}: what destroys the one takes the other with it, though ${intent}.`,
    help: `Send a copy ${unit === 'itself' ? 'somewhere else' : unit.level === 'host' ? 'to another machine' : `out of ${unit.name}`}, best to another account that cannot delete it (\`immutable: yes\`).`,
    related: unit === 'itself' ? [] : [{ at: unit.at, message: `${unit.name} holds both` }],
    facts: unit === 'itself' ? [] : uniqueFacts([...(unit.losses.get(store.id)?.facts ?? []), ...(unit.losses.get(backup.to!)?.facts ?? [])]),
    fixes: [],
  }
}

function sharedBy(analysis: Analysis, store: string, to: string, claimed: ReadonlySet<Unit>): Unit | 'itself' | undefined {
  if (store === to) return 'itself'
  return analysis.units.find((unit) => (unit.level === 'host' || claimed.has(unit)) && unit.losses.get(store)?.of === 'all' && unit.losses.get(to)?.of === 'all')
}

/** Copies that nobody has restored for long, or that end before a slow mistake is noticed. */
function stale(model: Model, store: Component): Finding | undefined {
  const backups = backupsOf(model, store)
  const untried = backups.map(untriedFor)
  const short = backups.map((backup) => endsAfter(model, backup))
  const base = { subject: { component: store.id }, severity: 'warning' as const, related: [], fixes: [] }
  if (untried.length > 0 && untried.every((one) => one !== undefined)) {
    const { ago, fact } = untried[0]!
    return {
      ...base,
      at: fact.from === 'stated' ? fact.origin : store.origin,
      message: ago === undefined ? `Nobody has restored the backup of \`${store.name}\`: whether it is one is known only afterwards.` : `The backup of \`${store.name}\` was last restored ${time(ago)} ago: whether it still is one is known only afterwards.`,
      help: `Restore it regularly into a place of its own, and check what comes out (\`backup { tested: yes }\`).`,
      facts: [fact],
    }
  }
  if (short.length === 0 || short.some((one) => one === undefined)) return undefined
  const { seconds, fact } = short.reduce((most, one) => (one!.seconds > most!.seconds ? one : most))!
  return {
    ...base,
    at: fact.from === 'stated' ? fact.origin : store.origin,
    message: `Backups of \`${store.name}\` are kept for ${time(seconds)}: a mistake that is noticed after ${time(seconds)} is in all of them.`,
    help: `Keep them for longer than it takes to notice a slow corruption: weeks rather than days (\`retention: 35d\`).`,
    facts: [fact],
  }
}

const QUARTER = 90 * 86_400
const WEEK = 7 * 86_400

function untriedFor({ facts, prefix }: Backup): { readonly ago?: number; readonly fact: Fact } | undefined {
  const path = `${prefix}tested`
  const said = known(facts, path)
  if (!said) return undefined
  if (word(facts, path) === 'no' || isNone(facts, path)) return { fact: said.fact }
  const ago = numberOf(call(facts, path, 'ago')?.args[0])
  return ago !== undefined && ago > QUARTER ? { ago, fact: said.fact } : undefined
}

function endsAfter(model: Model, { facts, prefix, to }: Backup): { readonly seconds: number; readonly fact: Fact } | undefined {
  const target = to === undefined ? undefined : lookup(model).component(to)
  const stating = saysUnknown(facts, `${prefix}retention`) || known(facts, `${prefix}retention`) ? { facts, path: `${prefix}retention` } : { facts: target?.facts ?? {}, path: 'retention' }
  const seconds = limit(stating.facts, stating.path)
  return seconds !== undefined && seconds < WEEK ? { seconds, fact: known(stating.facts, stating.path)!.fact } : undefined
}

function originAt(store: Component, path: string): Finding['at'] | undefined {
  const fact = known(store.facts, path)?.fact
  return fact?.from === 'stated' ? fact.origin : undefined
}

/** A store for it outside of every place of the source, and the arrow. */
function backUp(model: Model, store: Component): Fix {
  const taken = new Set([...model.components, ...model.containers, ...model.data].map(({ name }) => name))
  let name = `${store.name}-backups`
  for (let next = 2; taken.has(name); next++) name = `${store.name}-backups-${next}`
  const unique = model.components.filter((other) => other.name === store.name).length === 1 && !model.containers.some((container) => container.name === store.name)
  const outermost = lookup(model).ancestors(store.id).at(-1) ?? store
  const indent = ' '.repeat(outermost.extent.range.start.character)
  const text = `object-store ${name} { immutable: yes, retention: 35d }\n${indent}${unique ? store.name : store.id} ~> ${name} : backs-up { pitr: yes }`
  return { title: `Back it up to a new store \`${name}\``, edits: [statementAfter(outermost.extent, text)] }
}
