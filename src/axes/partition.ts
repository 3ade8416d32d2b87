/** CAP and PACELC of one store, per pair of levels that the design uses on it (AXES, "CAP / PACELC"); never of a system, never CA. */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck, losesAtFailover, sizeOf } from '../analysis/durable-copies.ts'
import type { Answering, Copies, Level } from '../analysis/quorum.ts'
import { LEVELS } from '../analysis/staleness.ts'
import { flag, known, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { wanted } from './cell.ts'
import { observed, offeredBy } from './offered.ts'

export interface Label {
  /** Behaviour in a partition; unset where the word does not apply, or nothing says it. */
  readonly cap?: 'CP' | 'AP' | 'CP or AP by level'
  readonly text?: string
  readonly facts: readonly Fact[]
  readonly missing: readonly string[]
}

const NO_LABEL: Label = { facts: [], missing: [] }

/** CAP by behaviour in a partition, PACELC by whether somebody waits for the others while all is well, each per pair of levels (AXES, "CAP / PACELC"). */
export function partitionLabel(model: Model, analysis: Analysis, store: Component): Label {
  if (store.kind === 'cache' || store.kind === 'cdn') return NO_LABEL
  const size = sizeOf(store)
  const zones = number(store.facts, 'zones') ?? 1
  if (size?.count === 1 && zones <= 1) return { text: 'one node, CAP does not apply', facts: [size.fact], missing: [] }
  const copies = analysis.quorums.copies(store.id)
  const pairs = copies ? pairsOf(model, analysis, store, copies) : []
  if (pairs.length > 0) return ofPairs(pairs)
  const said = known(store.facts, 'on-partition')
  const behaviour = word(store.facts, 'on-partition')
  if (!said || behaviour === undefined) return { facts: [], missing: size || zones > 1 ? [wanted('on-partition', store.name)] : [] }
  // Who takes over by himself from a leader that alone has the last writes goes on, and loses them.
  const losing = losesAtFailover(store) === true && word(store.facts, 'failover.mode') === 'auto' && behaviour !== 'refuse-minority'
  const cap = behaviour === 'accept-both' || losing ? 'AP' : 'CP'
  const e = elseOf(model, analysis, store)
  const facts = [said.fact, ...(losing ? [known(store.facts, 'failover.mode')!.fact] : []), ...e.facts]
  const pacelc = e.text === '' ? '' : `P${cap === 'AP' ? 'A' : 'C'}/${e.text}`
  const suffix = pacelc === '' ? '' : ` (${pacelc.replace(' and ', ` and P${cap === 'AP' ? 'A' : 'C'}/`)})`
  if (losing) return { cap, text: `AP${suffix}: a failover loses acknowledged writes`, facts, missing: [] }
  return { cap, text: `${cap}${behaviour === 'serve-stale' ? ' for writes, stale reads available' : ''}${suffix}`, facts, missing: [] }
}

/** E: consistency where the write waits for others and the read sees it; latency where one of them answers alone. */
function elseOf(model: Model, analysis: Analysis, store: Component): { readonly text: string; readonly facts: readonly Fact[] } {
  const atAck = copiesAtAck(store)
  const alone = atAck?.count !== undefined && atAck.count < 2
  const reads = lookup(model).relationsTo(store.id).filter(({ verb }) => verb === 'reads')
  const levels = reads.length === 0 ? [offeredBy(store)] : reads.map((read) => observed(model, analysis, read, store))
  const found = new Set(
    levels.flatMap(({ level }) => {
      if (level === undefined) return []
      if (alone || LEVELS.indexOf(level) > LEVELS.indexOf('sequential')) return ['EL']
      return atAck ? ['EC'] : []
    }),
  )
  // Reads at several levels: each pair has its own letter.
  return { text: [...found].sort().join(' and '), facts: atAck?.facts ?? [] }
}

interface Pair {
  readonly name: string
  readonly refusesWrites: boolean
  readonly refusesReads: boolean
  readonly alone: boolean
  readonly facts: readonly Fact[]
}

/** Each read level with each write level that the design uses on the store. */
function pairsOf(model: Model, analysis: Analysis, store: Component, copies: Copies): readonly Pair[] {
  const distinct = (levels: readonly Level[]): readonly Level[] => [...new Map(levels.map((level) => [level.name, level])).values()]
  const used = (verb: string): readonly Level[] =>
    distinct(lookup(model).relationsTo(store.id).flatMap((relation) => (relation.verb === verb ? (analysis.quorums.level(relation) ?? []) : [])))
  const own = (path: 'r' | 'w'): readonly Level[] => {
    const count = number(store.facts, path)
    return count === undefined ? [] : [{ name: `${path.toUpperCase()}=${count}`, answering: { where: 'anywhere', count }, facts: [known(store.facts, path)!.fact] }]
  }
  const reads = used('reads').length > 0 ? used('reads') : own('r')
  const writes = used('writes').length > 0 ? used('writes') : own('w')
  const sloppy = flag(store.facts, 'sloppy') === true
  return reads.flatMap((read) =>
    writes.map((write) => ({
      name: `${read.name} reads, ${write.name} writes`,
      refusesReads: !sloppy && refuses(read.answering, copies),
      refusesWrites: !sloppy && refuses(write.answering, copies),
      alone: read.answering.count === 1 && write.answering.count === 1,
      facts: [...read.facts, ...write.facts, ...copies.facts],
    })),
  )
}

/** Whether the smaller side of some cut cannot get that many answers. Local levels go on in every region. */
function refuses({ where, count }: Answering, { n, regions }: Copies): boolean {
  if (where === 'local') return regions === 1 && count > n / 2
  return where === 'each' ? regions > 1 || count > n / 2 : count > (n * regions) / 2
}

function ofPairs(pairs: readonly Pair[]): Label {
  const texts = pairs.map((pair) => {
    const e = pair.alone ? 'EL' : 'EC'
    const text = pair.refusesWrites ? (pair.refusesReads ? `CP (PC/${e})` : `CP for writes, reads available (PC/${e})`) : pair.refusesReads ? `AP for writes, reads refuse (PA/${e})` : `AP (PA/${e})`
    return { pair, text, cap: pair.refusesWrites ? ('CP' as const) : ('AP' as const) }
  })
  const caps = new Set(texts.map(({ cap }) => cap))
  const same = new Set(texts.map(({ text }) => text)).size === 1
  const facts = pairs.flatMap((pair) => pair.facts)
  const text = same ? `${texts[0]!.text}${pairs.length === 1 ? ` with ${pairs[0]!.name}` : ''}` : texts.slice(0, 3).map(({ text, pair }) => `${text} with ${pair.name}`).join(', ')
  return { cap: caps.size === 1 ? [...caps][0]! : 'CP or AP by level', text, facts, missing: [] }
}
