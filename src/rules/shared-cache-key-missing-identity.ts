import type { Analysis } from '../analysis/analysis.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { FlowPaths } from '../analysis/flows.ts'
import type { Edge } from '../analysis/graph.ts'
import { possibleEffectsBehind } from '../analysis/visits.ts'
import { known, limit, number, protection, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Data, Fix, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, joined } from './words.ts'

export const sharedCacheKeyMissingIdentity: Rule = {
  id: 'shared-cache-key-missing-identity',
  code: 'E1',
  severity: 'error',
  title: 'A personal answer is kept under a key that does not say whose it is',
  why: 'A shared cache gives everybody who asks with the same key the same answer. If the answer depends on who asks and the key does not, the first customer’s page is served to the next: the cache works as built, no alarm goes off, and it takes a customer to notice.',
  sources: [
    { title: 'RFC 9111, HTTP Caching, §3: storing responses, and §4.1: Vary', url: 'https://www.rfc-editor.org/rfc/rfc9111' },
    { title: 'Amazon CloudFront Developer Guide, Control the cache key', url: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html' },
    { title: 'Valve, Update on Christmas Issues (2015): cached pages of other customers' },
  ],
  needs: ['scoped-by', 'varies-by', 'key', 'vary', 'ttl', 'hit-ratio', 'scope', 'cache-control', 'auth'],
  fixable: true,
  *check(model, analysis) {
    const found = new Map<string, Kept>()
    for (const flow of analysis.flows) {
      for (const kept of keptIn(model, analysis, flow)) {
        const known = found.get(kept.cache.id)
        if (!known || rank(kept) < rank(known) || (rank(kept) === rank(known) && kept.path.length < known.path.length)) found.set(kept.cache.id, kept)
      }
    }
    for (const kept of found.values()) yield report(model, kept)
  },
}

/** An answer that a shared cache keeps, with what it depends on and the key does not say. */
interface Kept {
  readonly cache: Component
  readonly data: Data
  /** The data is each user's, or each tenant's, own; else it is what the answer varies by. */
  readonly whose?: 'user' | 'tenant'
  readonly missing: readonly string[]
  readonly key: readonly string[]
  /** From the cache to where the data is read. */
  readonly path: readonly Edge[]
  readonly facts: readonly Fact[]
}

function rank({ whose }: Kept): number {
  return whose === undefined ? 1 : 0
}

function* keptIn(model: Model, analysis: Analysis, flow: FlowPaths): Iterable<Kept> {
  const depending = flow.waited.filter((edge) => personal(model, analysis, edge).length > 0)
  if (depending.length === 0) return
  const effects = possibleEffectsBehind(flow)
  const into = new Map<string, Edge[]>()
  for (const edge of flow.waited) {
    const list = into.get(edge.needed)
    if (list) list.push(edge)
    else into.set(edge.needed, [edge])
  }
  for (const read of depending) {
    if (effects.has(read.relation.id)) continue
    for (const path of waysUp(read, into, effects)) {
      const cache = lookup(model).component(path[0]!.needer)
      if (!cache || !keeps(model, cache, path)) continue
      for (const data of personal(model, analysis, read)) {
        const kept = judge(cache, data, path)
        if (kept) yield kept
      }
    }
  }
}

/** Upwards from a read, each component once: the shortest way to it from whoever has the answer passed on through it. */
function* waysUp(read: Edge, into: ReadonlyMap<string, readonly Edge[]>, effects: ReadonlySet<string>): Iterable<readonly Edge[]> {
  const seen = new Map<string, readonly Edge[]>([[read.needer, [read]]])
  for (const [component, path] of seen) {
    yield path
    for (const edge of into.get(component) ?? []) {
      if (effects.has(edge.relation.id) || seen.has(edge.needer)) continue
      seen.set(edge.needer, [edge, ...path])
    }
  }
}

/**
 * Data read there that make an answer depend on who asks. An object's name already says which object it is; a session says who asks, not what is
 * answered.
 */
function personal(model: Model, { carried }: Analysis, edge: Edge): readonly Data[] {
  const find = lookup(model)
  if (edge.verb.name !== 'reads' || find.component(edge.needed)?.kind === 'object-store' || saysUnknown(edge.relation.facts, 'data')) return []
  const store = find.component(edge.needed)
  // Of a store that keeps several kinds of data, a read must say which.
  const on = carried.on(edge.relation.id)
  if (!store || (on.length > 1 && !known(edge.relation.facts, 'data'))) return []
  return on.flatMap((id) => {
    const data = find.data(id)
    if (!data || word(data.facts, 'class') === 'session') return []
    return scopeOf(data) !== undefined || words(data.facts, 'varies-by') !== undefined ? data : []
  })
}

function scopeOf({ facts }: Data): 'user' | 'tenant' | undefined {
  const scope = word(facts, 'scoped-by')
  return scope === 'user' || scope === 'tenant' ? scope : undefined
}

/** Whether the cache is known to keep, for all, what passes it on this way. */
function keeps(model: Model, cache: Component, path: readonly Edge[]): boolean {
  const { facts } = cache
  if (['scope', 'key', 'ttl', 'auth', 'vary', 'cache-control'].some((name) => saysUnknown(facts, name))) return false
  const scope = word(facts, 'scope')
  if (scope === 'private' || cache.kind === 'client') return false
  if (scope !== 'shared' && cache.kind !== 'cdn' && cache.kind !== 'gateway') return false
  const ttl = known(facts, 'ttl')
  const stores = ttl?.fact.from === 'stated' ? limit(facts, 'ttl') !== 0 : cache.kind === 'cdn' && (number(facts, 'hit-ratio') ?? 0) > 0
  // Who is asked who they are at the edge gets only what is theirs.
  if (!stores || protection(facts, 'auth') !== false) return false
  const find = lookup(model)
  const [first] = path
  if (path.some(({ relation, needed }) => refuses(find.component(needed)) || bypasses(relation.facts))) return false
  return !servesOthers(model, cache, first!)
}

function refuses(component: Component | undefined): boolean {
  if (!component) return false
  const said = word(component.facts, 'cache-control')
  return saysUnknown(component.facts, 'cache-control') || said === 'private' || said === 'no-store'
}

function bypasses(facts: Edge['relation']['facts']): boolean {
  return saysUnknown(facts, 'consistency') || word(facts, 'consistency') === 'no-cache' || number(facts, 'hit-ratio') === 0 || saysUnknown(facts, 'hit-ratio')
}

/** With several targets, what is kept may be the answers of the others: pictures, say. Unless this one says that it is kept. */
function servesOthers(model: Model, cache: Component, first: Edge): boolean {
  const find = lookup(model)
  const targets = new Set(find.relationsFrom(cache.id).flatMap(({ verb, to }) => (['calls', 'routes', 'caches', 'reads'].includes(verb) ? [to] : [])))
  if (targets.size < 2) return false
  const said = word(find.component(first.needed)?.facts ?? {}, 'cache-control')
  return said !== 'public' && said !== 'immutable' && !known(first.relation.facts, 'hit-ratio') && !known(first.relation.facts, 'ttl')
}

/** Parts of a request that certainly do not say who makes it. Any other word in a key may. */
const ANONYMOUS: ReadonlySet<string> = new Set([
  'path', 'url', 'uri', 'host', 'method', 'scheme', 'protocol', 'query', 'query-string', 'locale', 'language', 'lang', 'accept-language', 'country', 'region',
  'currency', 'device', 'device-type', 'user-agent', 'encoding', 'accept-encoding', 'format', 'version',
])

function judge(cache: Component, data: Data, path: readonly Edge[]): Kept | undefined {
  const own = words(cache.facts, 'key')
  if (own === undefined || own.length === 0) return undefined
  const key = [...own, ...(words(cache.facts, 'vary') ?? [])]
  const whose = scopeOf(data)
  const facts = (about: string): readonly Fact[] =>
    uniqueFacts([known(data.facts, about)?.fact, known(cache.facts, 'key')?.fact, (known(cache.facts, 'ttl') ?? known(cache.facts, 'hit-ratio'))?.fact])
  if (whose !== undefined && key.every((each) => ANONYMOUS.has(each))) return { cache, data, whose, missing: [], key: own, path, facts: facts('scoped-by') }
  const missing = (words(data.facts, 'varies-by') ?? []).filter((each) => !key.includes(each))
  // The whole address may say it.
  if (missing.length === 0 || key.some((each) => each === 'query' || each === 'url' || each === 'uri' || each === 'query-string')) return undefined
  return { cache, data, missing, key: own, path, facts: facts('varies-by') }
}

function report(model: Model, kept: Kept): Finding {
  const { cache, data, whose, missing, key, path } = kept
  const way = arrows(model, [cache.id, ...path.map((edge) => edge.needed)])
  const under = `\`${cache.name}\` keeps answers for all under the key (${key.join(', ')})`
  const message =
    whose === undefined
      ? `${under}, but what it fetches (${way}) differs by ${joined(missing)}: \`${data.name}\` made for one is served to those who need another.`
      : `${under}, but what it fetches (${way}) holds \`${data.name}\`, which is each ${whose}’s own: one ${whose}’s \`${data.name}\` is served to the next who asks with the same key.`
  return {
    at: cache.origin,
    subject: { component: cache.id, data: data.id },
    severity: whose === undefined ? 'warning' : 'error',
    message,
    help: whose === undefined ? `Put ${joined(missing)} into the key of \`${cache.name}\`.` : `Let no shared cache keep it (\`cache-control: private\`), or put the ${whose} into the key, or check at \`${cache.name}\` who asks (\`auth\`).`,
    related: alongPath(model, path),
    facts: kept.facts,
    fixes: fixes(model, kept),
  }
}

function fixes(model: Model, { cache, whose, missing, key, path }: Kept): readonly Fix[] {
  const parts = whose === undefined ? missing : [`${whose}-id`]
  const wider = `[${[...key, ...parts].join(', ')}]`
  const widen: Fix = { title: `Put ${joined(parts)} into the key: \`key: ${wider}\``, edits: setProperties(cache, { key: wider }) }
  const find = lookup(model)
  const answering = path.map(({ needed }) => find.component(needed)).find((component) => component && ['service', 'gateway', 'function'].includes(component.kind))
  if (whose === undefined || !answering) return [widen]
  return [{ title: `Let no shared cache keep what \`${answering.name}\` answers: \`cache-control: private\``, edits: setProperties(answering, { 'cache-control': 'private' }) }, widen]
}
