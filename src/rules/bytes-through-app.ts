import type { Analysis } from '../analysis/analysis.ts'
import { around } from '../analysis/cut.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { walk, type Edge, type Hop, type Reach } from '../analysis/graph.ts'
import { flag, known, number, protection, range, saysUnknown, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model, Relation } from '../model/model.ts'
import { BANDWIDTH, formatBits, formatQuantity, quantity, RATE, SIZE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation, statementAfter } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, listed, nameOf, percent } from './words.ts'

/** Bytes a second that one machine does not notice: so few large files are best handled in the simplest way. */
const LITTLE = 10e6

export const bytesThroughApp: Rule = {
  id: 'bytes-through-app',
  code: 'B2',
  severity: 'warning',
  title: 'Large files pass through request servers that only hand them on',
  why: 'A service between the client and the object store holds a worker, memory and twice the bandwidth for as long as a slow phone takes, and adds nothing. The store can talk to clients itself, with a permission that ends, and a CDN can serve what is read.',
  sources: [
    { title: 'Microsoft Azure, Valet Key pattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/valet-key' },
    { title: 'Microsoft Azure, Static Content Hosting pattern', url: 'https://learn.microsoft.com/en-us/azure/architecture/patterns/static-content-hosting' },
    { title: 'Amazon S3 User Guide, Download and upload objects with presigned URLs', url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html' },
  ],
  needs: ['size', 'signed-url', 'transform', 'bandwidth', 'replicas', 'rate', 'op'],
  fixable: true,
  settings: ['largeObject', 'networkShare'],
  *check(model, analysis, { largeObject, networkShare }) {
    const find = lookup(model)
    let reach: Reach | undefined
    let shielded: Reach | undefined
    const causes = new Map<string, [Passing, ...Passing[]]>()
    for (const edge of analysis.graph.edges) {
      const app = find.component(edge.needer)
      const store = find.component(edge.needed)
      if (!app || store?.kind !== 'object-store' || !APPS.has(app.kind) || !carriesBytes(app, edge)) continue
      const bytes = bytesOf(model, analysis, app, edge, largeObject, networkShare)
      if (!bytes) continue
      reach ??= fromClients(model, analysis, () => false)
      // What a CDN in front keeps passes the service only now and then.
      shielded ??= fromClients(model, analysis, (component) => find.component(component)?.kind === 'cdn')
      const writing = edge.verb.name === 'writes'
      const path = (writing ? reach : shielded).path(app.id)
      if (path.length === 0 || goesDirectly(model, analysis, edge, writing)) continue
      const key = `${app.id} ${store.id}`
      const passing = { app, store, edge, path, ...bytes }
      const cause = causes.get(key)
      if (cause) cause.push(passing)
      else causes.set(key, [passing])
    }
    for (const cause of causes.values()) yield report(model, cause)
  },
}

const APPS: ReadonlySet<string> = new Set(['service', 'gateway', 'function'])
const CARRIES: ReadonlySet<string> = new Set(['reads', 'writes', 'calls', 'routes'])

interface Bytes {
  readonly size: number
  /** 1/s; unset where it is not known. */
  readonly rate?: number
  /** Part of the service's network that it takes, where that is known and much. */
  readonly share?: number
  /** As a message says it: `` `Photo` ``, or nothing. */
  readonly what: string
  readonly facts: readonly Fact[]
}

interface Passing extends Bytes {
  readonly app: Component
  readonly store: Component
  readonly edge: Edge
  /** From the client to the service. */
  readonly path: readonly Edge[]
}

/** Synchronous requests from clients, by whatever takes requests. */
function fromClients(model: Model, { graph }: Analysis, guards: (component: string) => boolean): Reach {
  const next = (component: string): readonly Hop[] => graph.sync(component).filter(({ edge }) => edge.verb.name === 'calls' || edge.verb.name === 'routes')
  return around(guards, model.components.flatMap(({ id, kind }) => (kind === 'client' ? [id] : [])), next)
}

/** The bytes themselves, as they are: the service neither works on them nor only signs a permission. */
function carriesBytes(app: Component, { relation, verb }: Edge): boolean {
  if (!CARRIES.has(verb.name) || relation.from !== app.id) return false
  if ([relation.facts, app.facts].some((facts) => protection(facts, 'transform') !== false)) return false
  if (protection(relation.facts, 'signed-url') !== false || protection(relation.facts, 'claim-check') !== false) return false
  const op = word(relation.facts, 'op')
  return !saysUnknown(relation.facts, 'op') && op !== 'delete'
}

function bytesOf(model: Model, { carried, load }: Analysis, app: Component, { relation }: Edge, large: number, share: number): Bytes | undefined {
  const find = lookup(model)
  const data = carried.on(relation.id).flatMap((id) => find.data(id) ?? [])
  const own = number(relation.facts, 'size')
  // Of several kinds of data the smallest counts: which of them it is nobody says.
  const sizes = own !== undefined ? [own] : data.map(({ facts }) => number(facts, 'size') ?? number(facts, 'size.p50'))
  if (saysUnknown(relation.facts, 'size') || sizes.length === 0 || sizes.some((size) => size === undefined)) return undefined
  const size = Math.min(...(sizes as number[]))
  const sizing = own !== undefined ? [known(relation.facts, 'size')?.fact] : data.map(({ facts }) => (known(facts, 'size') ?? known(facts, 'size.p50'))?.fact)
  const { peak, missing } = load.relation(relation.id)
  const rate = peak > 0 ? peak : undefined
  if (rate !== undefined && missing.length === 0 && rate * size < LITTLE) return undefined
  const network = number(app.facts, 'bandwidth')
  const copies = range(app.facts, 'replicas')?.to
  const taken = rate === undefined || network === undefined || copies === undefined ? undefined : (rate * size) / (network * copies)
  const much = taken !== undefined && taken > share
  if (size < large && !much) return undefined
  return {
    size,
    ...(rate !== undefined && { rate }),
    ...(much && { share: taken }),
    what: own === undefined && data.length > 0 ? listed(data.map(({ name }) => name)) : '',
    facts: uniqueFacts([...sizing, ...(much ? [known(app.facts, 'bandwidth')?.fact, known(app.facts, 'replicas')?.fact, ...load.facts({ relation: relation.id })] : [])]),
  }
}

/** Clients have a way to the store that does not lead through a service: for what is read, a CDN or the store itself; for uploads, the store itself. */
function goesDirectly(model: Model, { graph, carried }: Analysis, { relation, needed }: Edge, writing: boolean): boolean {
  const find = lookup(model)
  const data = carried.on(relation.id)
  const alike = (other: Relation): boolean => {
    const on = carried.on(other.id)
    return data.length === 0 || on.length === 0 || on.some((id) => data.includes(id))
  }
  if (find.relationsTo(needed).some((other) => find.component(other.from)?.kind === 'client' && (other.verb === 'writes') === writing && alike(other))) return true
  if (find.relationsTo(needed).some((other) => find.component(other.from)?.kind === 'client' && (flag(other.facts, 'signed-url') === true || other.verb === 'calls'))) return true
  if (writing) return false
  const edges = model.components.flatMap(({ id, kind }) => (kind === 'client' ? [id] : []))
  const next = (component: string): readonly Hop[] =>
    ['client', 'cdn', 'dns', 'load-balancer'].includes(find.component(component)?.kind ?? '') ? graph.sync(component) : []
  return walk(edges, next).has(needed)
}

function report(model: Model, [first, ...others]: readonly [Passing, ...Passing[]]): Finding {
  const { app, store, edge, path, size, rate, share, what } = first
  const writing = edge.verb.name === 'writes'
  const client = path[0]!.needer
  const way = arrows(model, [client, ...path.map((each) => each.needed), store.id])
  const each = formatQuantity(quantity(size, SIZE))
  const stream = rate === undefined ? undefined : quantity(rate * size, BANDWIDTH)
  const much = stream && rate !== undefined ? `${formatQuantity(quantity(rate, RATE))} × ${each} = ${formatQuantity(stream)} (${formatBits(stream)})${what ? ` of ${what}` : ''} pass` : `${what || 'Files'} of ${each} ${what ? 'passes' : 'pass'}`
  const taken = share === undefined ? '' : `, ${percent(share, 0)} of its network`
  const between = writing ? `from \`${nameOf(model, client)}\` to \`${store.name}\`` : `between \`${store.name}\` and \`${nameOf(model, client)}\``
  return {
    at: edge.relation.origin,
    subject: { relation: edge.relation.id, component: app.id },
    message: `${much} through \`${app.name}\`${taken}, ${between} (${way}), and it only hands them on: each holds a worker of \`${app.name}\` for as long as the slowest line takes.`,
    help: writing
      ? `Give \`${nameOf(model, client)}\` a signed URL to write to \`${store.name}\` itself, and let \`${app.name}\` handle only what describes it.`
      : `Let \`${nameOf(model, client)}\` read from a CDN in front of \`${store.name}\`, or with a signed URL, and let \`${app.name}\` answer only where it lies.`,
    related: [...alongPath(model, path), ...others.map((other) => ({ at: other.edge.relation.origin, message: `\`${app.name}\` also ${other.edge.verb.name} \`${store.name}\`` }))],
    facts: first.facts,
    fixes: fixes(model, first, client),
  }
}

function fixes(model: Model, { edge, store }: Passing, client: string): readonly Fix[] {
  const { relation } = edge
  const verb = edge.verb.name === 'writes' ? 'writes' : 'reads'
  const edits = setOnRelation(model, relation, { 'signed-url': 'yes' })
  if (!edits || edge.verb.name === 'routes') return []
  const data = known(relation.facts, 'data')
  const names = data ? lookupData(model, relation) : []
  const carries = names.length === 0 ? '' : `, data: ${names.length === 1 ? names[0] : `[${names.join(', ')}]`}`
  const direct = `${qualified(model, client)} -> ${qualified(model, store.id)} : ${verb} { signed-url: yes${carries} }`
  return [{ title: `Let \`${nameOf(model, client)}\` ${verb === 'writes' ? 'write to' : 'read from'} \`${store.name}\` itself, with a signed URL`, edits: [...edits, statementAfter(relation.extent, direct)] }]
}

function lookupData(model: Model, relation: Relation): readonly string[] {
  const find = lookup(model)
  const value = known(relation.facts, 'data')?.value
  const items = value?.type === 'list' ? value.items : value ? [value] : []
  return items.flatMap((item) => (item.type === 'reference' ? (find.data(item.to.id)?.name ?? []) : []))
}

/** The short name where it is the only one. */
function qualified(model: Model, id: string): string {
  const name = nameOf(model, id)
  return model.components.filter((component) => component.name === name).length === 1 ? name : id
}
