import type { Analysis } from '../analysis/analysis.ts'
import { hitRatioAfterResize, hitRatioWithNodeLost, isHeldBack, isPreparedForCold, loadBehind, nodesOf, originLoadOf, type OriginLoad } from '../analysis/cold-cache.ts'
import { uniqueFacts } from '../analysis/figure.ts'
import type { Front } from '../analysis/fronts.ts'
import { flag, isAbsent, known, list, number, saysUnknown } from '../model/facts.ts'
import type { Component, Fix, Model } from '../model/model.ts'
import { formatQuantity, quantity, RATE } from '../model/quantity.ts'
import type { Fact } from '../model/value.ts'
import { setOnRelation } from './edits.ts'
import type { Finding, Rule } from './rule.ts'
import { nameOf, percent } from './words.ts'

/** Part of the origin's capacity that misses and all else may take together, once they are capped. */
const CAPPED = 0.8

export const originCannotSurviveColdCache: Rule = {
  id: 'origin-cannot-survive-cold-cache',
  code: 'C5',
  severity: 'error',
  title: 'Without its cache the origin gets more than it can serve',
  why: 'A cache that answers 95% of the reads makes its origin twenty times smaller than the traffic. When it is emptied or a node is lost, the origin meets all of it at once; requests time out before they fill anything, so the cache stays empty and the outage stays after its cause is gone.',
  sources: [
    { title: 'Bronson et al., Metastable Failures in Distributed Systems (HotOS 2021)', url: 'https://sigops.org/s/conferences/hotos/2021/papers/hotos21-s11-bronson.pdf' },
    { title: 'Huang et al., Metastable Failures in the Wild (OSDI 2022)', url: 'https://www.usenix.org/conference/osdi22/presentation/huang-lexiang' },
    { title: 'Nishtala et al., Scaling Memcache at Facebook (NSDI 2013), §3.3 and §4.3', url: 'https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala' },
    { title: 'Beyer et al., Site Reliability Engineering (2016), ch. 22: slow startup and cold caching', url: 'https://sre.google/sre-book/addressing-cascading-failures/' },
  ],
  needs: ['hit-ratio', 'capacity', 'capacity.read', 'replicas', 'shards', 'zones', 'placement', 'planned-flush', 'prewarm', 'on-failure', 'coalesce', 'rate-limit', 'load-shed'],
  fixable: true,
  *check(model, analysis) {
    for (const front of analysis.fronts.all) {
      const load = originLoadOf(analysis.load, front)
      if (!load || saidUnknown(front) || load.now >= load.capacity) continue
      const state = stateOf(front.cache, load)
      if (!state || isPreparedForCold(analysis.graph, front) || isHeldBack(model, front, load.capacity)) continue
      yield report(model, analysis, front, load, state)
    }
  },
}

/** Whether the origin copes at other times would be a guess. */
function saidUnknown({ cache, reads }: Front): boolean {
  return [cache, ...reads].some(({ facts }) => saysUnknown(facts, 'hit-ratio'))
}

interface State {
  /** As a message says it, behind "when". */
  readonly when: string
  readonly load: number
  readonly severity: 'error' | 'warning'
  readonly facts: readonly Fact[]
}

/** The smallest loss that is already too much. */
function stateOf(cache: Component, load: OriginLoad): State | undefined {
  const nodes = nodesOf(cache)
  const severity = load.complete ? 'error' : 'warning'
  if (nodes && load.hitRatio !== undefined) {
    const lost = loadBehind(load.reads, hitRatioWithNodeLost(load.hitRatio, nodes.count), load.other)
    if (lost >= load.capacity) return { when: `one of the ${nodes.count} nodes of \`${cache.name}\` is lost`, load: lost, severity, facts: nodes.facts }
    const resized = loadBehind(load.reads, hitRatioAfterResize(load.hitRatio, nodes.count), load.other)
    if (nodes.modulo && resized >= load.capacity)
      return { when: `\`${cache.name}\` grows from ${nodes.count} to ${nodes.count + 1} nodes, and \`mod-n\` moves nearly all of its keys`, load: resized, severity, facts: nodes.facts }
  }
  const cold = loadBehind(load.reads, 0, load.other)
  if (cold < load.capacity) return undefined
  const soon = comesSoon(cache)
  return { when: `\`${cache.name}\` is empty, ${soon?.after ?? 'after a restart or a flush'},`, load: cold, severity: soon && load.complete ? 'error' : 'warning', facts: soon?.facts ?? [] }
}

/** Known to be empty some day: it is emptied on purpose, stands alone, or stands in one zone. */
function comesSoon({ facts }: Component): { readonly after: string; readonly facts: readonly Fact[] } | undefined {
  if (flag(facts, 'planned-flush') === true) return { after: 'as it is now and then on purpose', facts: uniqueFacts([known(facts, 'planned-flush')?.fact]) }
  if (saysUnknown(facts, 'zones') || saysUnknown(facts, 'survives')) return undefined
  const stated = known(facts, 'zones')
  const zones = stated && (number(facts, 'zones') ?? list(facts, 'zones')?.length)
  if (zones === 1) return { after: 'after the loss of the one zone that it stands in', facts: uniqueFacts([stated?.fact]) }
  const alone = zones === undefined && number(facts, 'replicas') === 1 && isAbsent(facts, 'shards') && isAbsent(facts, 'survives')
  return alone ? { after: 'after the loss of its only copy', facts: uniqueFacts([known(facts, 'replicas')?.fact]) } : undefined
}

function report(model: Model, analysis: Analysis, front: Front, load: OriginLoad, state: State): Finding {
  const { cache, origin, fills, reads } = front
  const [fill] = fills
  const room = CAPPED * load.capacity - load.other
  const times = Number((state.load / load.capacity).toPrecision(2))
  const attempts = Math.max(1, ...fills.map(({ id }) => analysis.attempts.layer(analysis.graph.edge(id)!).attempts))
  const hits = load.hitRatio === undefined ? '' : ` (${percent(load.hitRatio, 1)} hits)`
  const usual = load.complete ? `gets ${rate(load.now)}${load.peaks ? ' at its peak' : ''} behind \`${cache.name}\`${hits}` : `stands behind \`${cache.name}\`${hits}`
  const retried = attempts > 1 && Number.isFinite(attempts) ? `, and up to ${Number(attempts.toPrecision(3))} times as much once calls are retried` : ''
  const where = fill ? `\`${nameOf(model, fill.from)} → ${nameOf(model, fill.to)}\`` : 'the way of its misses'
  const cap = room > 0 ? `Cap the misses at what \`${origin.name}\` can bear (\`rate-limit: ${rate(room)}\` on ${where})` : `Cap the misses on ${where} (\`rate-limit\`)`
  return {
    at: cache.origin,
    subject: { component: cache.id },
    severity: state.severity,
    message: `\`${origin.name}\` ${usual} and can serve ${rate(load.capacity)}. When ${state.when} it gets ${rate(state.load)}, ${times === 1 ? 'all that it can serve' : `${times} times that`}${retried}. Requests that time out fill nothing, so it does not recover by itself.`,
    help: `${cap}, and fill \`${cache.name}\` before it takes traffic (\`prewarm\`), or answer with something older meanwhile (\`on-failure: stale\`).`,
    related: [
      ...reads.map((relation) => ({ at: relation.origin, message: `\`${nameOf(model, relation.from)}\` asks \`${cache.name}\` ${rate(analysis.load.relation(relation.id).peak)}` })),
      ...fills.map((relation) => ({ at: relation.origin, message: `misses reach \`${origin.name}\` over this` })),
      { at: origin.origin, message: `\`${origin.name}\` can serve ${rate(load.capacity)}` },
    ],
    facts: uniqueFacts([...load.facts(), ...state.facts]),
    fixes: fixes(model, front, room),
  }
}

function fixes(model: Model, { fills }: Front, room: number): readonly Fix[] {
  const [fill] = fills
  if (!fill || fills.length > 1 || room < 1 || known(fill.facts, 'rate-limit')) return []
  const limit = rate(room)
  const edits = setOnRelation(model, fill, { 'rate-limit': limit })
  return edits ? [{ title: `Cap the misses: \`rate-limit: ${limit}\``, edits }] : []
}

function rate(value: number): string {
  return formatQuantity(quantity(value, RATE))
}
