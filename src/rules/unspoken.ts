/**
 * Whole concerns that a design does not speak of: backups, authentication, tracing, schemas, reconciliation, alarms. A design may rightly leave them
 * to another page, so their absence is a word in the quiet note and no finding, and only where something in the design shows that it matters.
 */
import type { Analysis } from '../analysis/analysis.ts'
import { known, saysUnknown } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import type { Facts } from '../model/value.ts'
import { unspokenLedgers } from './external-ledger-not-reconciled.ts'
import { unspokenBackups } from './no-independent-backup.ts'
import { unspokenSchemas } from './schema-change-unguarded.ts'
import { unspokenDoors } from './unauthenticated-path-to-data.ts'
import { listed } from './words.ts'

/** In the order in which a reviewer would ask. */
export function unspoken(analysis: Analysis): readonly string[] {
  return [backups, authentication, reconciliation, schemas, alarms, tracing].flatMap((concern) => concern(analysis) ?? [])
}

/** Names that one concern lists before it only counts. */
const NAMES = 2
/** From how many services on one way it is hard to tell what happened to a request. */
const MANY = 4
const SERVICES: ReadonlySet<string> = new Set(['service', 'function', 'worker', 'stream-processor'])

const named = (components: readonly { readonly name: string }[]): string => listed(components.map(({ name }) => name), NAMES)

function backups(analysis: Analysis): string | undefined {
  const { model } = analysis
  if (mentions(model, ['backup', 'rpo', 'rto', 'restore']) || model.relations.some(({ verb }) => verb === 'backs-up')) return undefined
  const stores = unspokenBackups(model, analysis)
  return stores.length > 0 ? `a backup of ${named(stores)}` : undefined
}

function authentication(analysis: Analysis): string | undefined {
  const find = lookup(analysis.model)
  const doors = mentions(analysis.model, ['auth']) ? [] : unspokenDoors(analysis.model, analysis)
  const behind = [...new Set(doors.map(({ nearest }) => nearest))].flatMap((id) => find.component(id) ?? [])
  return behind.length > 0 ? `who may reach ${named(behind)}` : undefined
}

function reconciliation(analysis: Analysis): string | undefined {
  const ledgers = unspokenLedgers(analysis.model, analysis)
  return ledgers.length > 0 ? `what compares the books with ${named(ledgers)}` : undefined
}

function schemas(analysis: Analysis): string | undefined {
  const brokers = unspokenSchemas(analysis.model, analysis)
  return brokers.length > 0 ? `the schema of ${named(brokers)}, which two teams share` : undefined
}

/** Something is put aside for a person to look at, and nothing in the design calls one. */
function alarms({ model }: Analysis): string | undefined {
  const find = lookup(model)
  if (watched(model) || mentions(model, ['alarm'])) return undefined
  const lanes = [...new Set(model.relations.flatMap(({ verb, to }) => (verb === 'dead-letters' ? [to] : [])))].flatMap((id) => find.component(id) ?? [])
  return lanes.length > 0 ? `an alarm for ${named(lanes)}` : undefined
}

function tracing({ model, flows }: Analysis): string | undefined {
  const find = lookup(model)
  if (watched(model) || mentions(model, ['trace', 'carries'])) return undefined
  const long = flows.find(({ flow, causeReach }) => {
    if (!flow || !['p99', 'availability'].some((path) => known(flow.facts, path))) return false
    return [...causeReach.components.keys()].filter((id) => SERVICES.has(find.component(id)?.kind ?? '')).length >= MANY
  })
  return long ? `tracing of ${long.name}` : undefined
}

/** It shows who looks at it from outside. */
function watched(model: Model): boolean {
  return model.components.some(({ kind }) => kind === 'monitor') || mentions(model, ['observability', 'monitored-by'])
}

/** The word stands somewhere, be it to say that it is unknown. */
function mentions(model: Model, properties: readonly string[]): boolean {
  const said = (facts: Facts): boolean => properties.some((property) => known(facts, property)?.fact.from === 'stated' || saysUnknown(facts, property))
  const inDesign = model.design !== undefined && said(model.design.facts)
  return inDesign || [model.components, model.relations, model.containers, model.data, model.flows].some((group) => group.some(({ facts }) => said(facts)))
}
