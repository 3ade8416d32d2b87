import type { Analysis } from '../analysis/analysis.ts'
import { capacityOf } from '../analysis/capacity.ts'
import { hitRatioOfTtl } from '../analysis/cold-cache.ts'
import { around } from '../analysis/cut.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import { walk, type Edge, type Hop, type Reach } from '../analysis/graph.ts'
import { time } from '../analysis/staleness.ts'
import { flag, isNone, known, number, protection, references, saysUnknown, word, words } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Facts } from '../model/value.ts'
import { setProperties } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { alongPath, arrows, percent } from './words.ts'

export const originBypass: Rule = {
  id: 'origin-bypass',
  code: 'E2',
  severity: 'warning',
  title: 'The origin can be reached without what is meant to protect it',
  why: 'A firewall and a cache protect only what comes through them. An old balancer, a second name or the bare address of the origin stays open after the CDN is put in front, and whoever attacks looks for exactly that.',
  sources: [
    { title: 'Cloudflare documentation, Protect your origin server', url: 'https://developers.cloudflare.com/fundamentals/security/protect-your-origin-server/' },
    { title: 'Amazon CloudFront Developer Guide, Restrict access to an Application Load Balancer', url: 'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html' },
  ],
  needs: ['protects', 'origin-access', 'waf', 'auth', 'rate-limit', 'public', 'trusted', 'signed-url', 'key-cardinality', 'key-dist', 'ttl', 'capacity'],
  fixable: true,
  *check(model, analysis) {
    let reach: Reach | undefined
    for (const guard of model.components) {
      for (const origin of protectedBy(model, analysis, guard)) {
        reach ??= unguarded(model, analysis)
        const path = isRestricted(origin) ? [] : reach.path(origin.id)
        if (path.length > 0 && !isGuarded(model, path)) yield report(model, analysis, guard, origin, path)
      }
      const useless = missesTooMuch(model, analysis, guard)
      if (useless) yield useless
    }
  },
}

/** What it says that it protects; of `all`, what answers behind it, past whatever only passes requests on. */
function protectedBy(model: Model, { graph }: Analysis, guard: Component): readonly Component[] {
  if (!known(guard.facts, 'protects') || guard.kind === 'coordinator') return []
  const find = lookup(model)
  const named = references(guard.facts, 'protects').flatMap((target) => (target.kind === 'component' ? (find.component(target.id) ?? []) : []))
  if (!words(guard.facts, 'protects')?.includes('all')) return named
  const behind = new Set<string>([guard.id])
  for (const component of behind) {
    if (component !== guard.id && !PASSES_ON.has(find.component(component)?.kind ?? '')) continue
    for (const { edge, to } of graph.sync(component)) if (SENDS.has(edge.verb.name)) behind.add(to)
  }
  return [...behind].flatMap((id) => find.component(id) ?? []).filter((component) => component !== guard && !PASSES_ON.has(component.kind))
}

const PASSES_ON: ReadonlySet<string> = new Set(['dns', 'cdn', 'load-balancer'])
const SENDS: ReadonlySet<string> = new Set(['calls', 'routes', 'reads', 'writes', 'caches'])

/** From strangers, past everything that filters or protects. Made once: no guard is passed, whichever origin one asks about. */
function unguarded(model: Model, { graph }: Analysis): Reach {
  const find = lookup(model)
  const guards = (component: string): boolean => {
    const declared = find.component(component)
    return declared !== undefined && filters(declared)
  }
  const next = (component: string): readonly Hop[] => {
    const declared = find.component(component)
    if (!declared || !passesThrough(declared)) return []
    return byName(graph.needs(component)).flatMap((edge): Hop | [] => (edge.relation.from === component && SENDS.has(edge.verb.name) && !mayBeSigned(edge) ? { edge, to: edge.needed } : []))
  }
  return around(guards, model.components.filter(isStranger).map(({ id }) => id).sort(), next)
}

/** Of ways that are equally long the same one, in whichever order they are written. */
function byName(edges: readonly Edge[]): readonly Edge[] {
  return edges.toSorted((a, b) => (a.relation.id < b.relation.id ? -1 : 1))
}

/** Whoever sends requests, and what hands them on as they are. A service asks for what it wants itself: that is no way past anything. */
function passesThrough({ kind, facts }: Component): boolean {
  return kind === 'client' || kind === 'gateway' || PASSES_ON.has(kind) || word(facts, 'role') === 'proxy'
}

/** A client that is not known to be our own. What third parties call back is another matter: they sign what they send. */
function isStranger({ kind, facts }: Component): boolean {
  if (kind !== 'client' || ['public', 'trusted', 'trust'].some((path) => saysUnknown(facts, path))) return false
  return flag(facts, 'public') !== false && flag(facts, 'trusted') !== true && !['private', 'restricted'].includes(word(facts, 'trust') ?? '')
}

function filters({ kind, facts }: Component): boolean {
  if (kind === 'cdn' || protection(facts, 'waf') !== false) return true
  return known(facts, 'protects') !== undefined || saysUnknown(facts, 'protects') || saysUnknown(facts, 'origin-access')
}

function mayBeSigned({ relation }: Edge): boolean {
  return protection(relation.facts, 'signed-url') !== false
}

/** Nobody from outside gets in but by the CDN, or it is not known. */
function isRestricted({ facts }: Component): boolean {
  if (saysUnknown(facts, 'origin-access') || saysUnknown(facts, 'public')) return true
  return ['cdn-only', 'private'].includes(word(facts, 'origin-access') ?? '') || flag(facts, 'public') === false
}

/** The way asks who is there and lets only so many through, on its own account: a door for partners or administrators. */
function isGuarded(model: Model, path: readonly Edge[]): boolean {
  const find = lookup(model)
  // The origin itself answers both ways alike: what it checks is no matter of the way.
  const doors = path.slice(0, -1).flatMap((edge) => find.component(edge.needed) ?? [])
  const tables: readonly Facts[] = [...path.map((edge) => edge.relation.facts), ...doors.map((door) => door.facts)]
  const asks = tables.some((facts) => saysUnknown(facts, 'auth') || (known(facts, 'auth') !== undefined && !isNone(facts, 'auth')))
  const limits = tables.some((facts) => protection(facts, 'rate-limit') !== false || protection(facts, 'rate-limit.limit') !== false)
  return asks && limits
}

function report(model: Model, { graph }: Analysis, guard: Component, origin: Component, path: readonly Edge[]): Finding {
  const way = arrows(model, [path[0]!.needer, ...path.map((edge) => edge.needed)])
  // Where the way comes to what only the guarded one should lead to.
  const behind = walk([guard.id], (component) => graph.sync(component).filter(({ edge }) => SENDS.has(edge.verb.name)))
  const joins = path.find((edge) => behind.has(edge.needed)) ?? path.at(-1)!
  const filters = flag(guard.facts, 'waf') === true
  const gives = guard.kind !== 'cdn' ? (filters ? 'its firewall does' : 'it does') : filters ? 'its cache and its firewall do' : 'its cache does'
  const guarded = graph.needs(guard.id).filter((edge) => SENDS.has(edge.verb.name))
  return {
    at: joins.relation.origin,
    subject: { component: origin.id, relation: joins.relation.id },
    message: `\`${origin.name}\` can also be reached past \`${guard.name}\`, by ${way}, so ${gives} not protect it from whoever comes that way.`,
    help: `Let \`${origin.name}\` refuse whatever did not come through \`${guard.name}\` (\`origin-access: cdn-only\`: mutual TLS, a secret header, its addresses only), or put that way behind \`${guard.name}\` too.`,
    related: [...alongPath(model, path), ...guarded.map(({ relation }) => ({ at: relation.origin, message: `\`${guard.name}\` protects what is behind this` }))],
    facts: uniqueFacts([known(guard.facts, 'protects')?.fact]),
    fixes: fixes(origin),
  }
}

function fixes(origin: Component): readonly Fix[] {
  if (!['object-store', 'service', 'gateway', 'load-balancer'].includes(origin.kind)) return []
  return [{ title: `Let only the CDN in: \`origin-access: cdn-only\``, edits: setProperties(origin, { 'origin-access': 'cdn-only' }) }]
}

/** So many keys that most entries end before anybody asks for them again: then the origin is not shielded, whatever stands in front. */
function missesTooMuch(model: Model, { load, graph }: Analysis, guard: Component): Finding | undefined {
  const keys = number(guard.facts, 'key-cardinality')
  const ttl = number(guard.facts, 'ttl')
  if (guard.kind !== 'cdn' || keys === undefined || ttl === undefined || ttl <= 0 || word(guard.facts, 'key-dist') !== 'uniform') return undefined
  // Where a hit ratio is stated, the load behind is computed with that.
  if (known(guard.facts, 'hit-ratio') || saysUnknown(guard.facts, 'hit-ratio')) return undefined
  const find = lookup(model)
  const targets = graph.sync(guard.id).flatMap(({ to }) => find.component(to) ?? [])
  const [origin] = targets
  if (!origin || targets.length > 1) return undefined
  const capacity = capacityOf(origin, 'all')
  const { peak } = load.component(guard.id).all
  const hits = hitRatioOfTtl(peak, keys, ttl)
  if (!capacity || peak === 0 || peak * (1 - hits) < capacity.rate) return undefined
  const rate = (value: number): string => formatQuantity(quantity(value, RATE))
  return {
    at: guard.origin,
    subject: { component: guard.id },
    message: `\`${guard.name}\` can answer at most ${percent(hits, 1)} by itself: ${rate(peak)} over ${formatQuantity(quantity(keys))} equally likely keys that each live ${time(ttl)}. So \`${origin.name}\` gets ${rate(peak * (1 - hits))} and can serve ${rate(capacity.rate)}; it needs ${percent(1 - capacity.rate / peak, 1)}.`,
    help: `Leave out of the key what does not change the answer (query parameters in any order, cookies, the user agent), or keep answers for longer.`,
    related: [{ at: origin.origin, message: `\`${origin.name}\` can serve ${rate(capacity.rate)}` }],
    facts: uniqueFacts([known(guard.facts, 'key-cardinality')?.fact, known(guard.facts, 'ttl')?.fact, known(guard.facts, 'key-dist')?.fact, ...capacity.facts, ...load.facts({ component: guard.id })]),
    fixes: [],
  }
}
