/** CAP and PACELC of one store, per pair of levels that the design uses on it (AXES, "CAP / PACELC"); never of a system, never CA. */
import type { Analysis } from '../analysis/analysis.ts'
import { copiesAtAck, losesAtFailover, sizeOf } from '../analysis/durable-copies.ts'
import { levelName, mayMiss, type Answering, type Copies, type Level } from '../analysis/quorum.ts'
import { LEVELS } from '../analysis/staleness.ts'
import { flag, known, number, word } from '../model/facts.ts'
import { lookup } from '../model/lookup.ts'
import type { Component, Model } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import { copiesWanted, wanted } from './cell.ts'
import { isOfStore, observed, offeredBy } from './offered.ts'

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
  // What only another store fills takes no writes of its own: how that behaves in a partition stands there.
  const brought = lookup(model).relationsTo(store.id)
  if (brought.some(({ verb }) => verb === 'replicates') && !brought.some(({ verb }) => verb === 'writes')) return NO_LABEL
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
  const lone = size === undefined && !replicates(store)
  const suffix = pacelc === '' ? '' : ` (${pacelc.replace(' and ', ` and P${cap === 'AP' ? 'A' : 'C'}/`)})`
  // With one copy there is no partition to speak of: whether it has more is not said.
  if (lone) return { text: `once replicated: ${cap}${behaviour === 'serve-stale' ? ' for writes, stale reads available' : ''}${suffix}`, facts, missing: [copiesWanted(store)] }
  if (losing) return { cap, text: `AP${suffix}: a failover loses acknowledged writes`, facts, missing: [] }
  return { cap, text: `${cap}${behaviour === 'serve-stale' ? ' for writes, stale reads available' : ''}${suffix}`, facts, missing: [] }
}

/** Whether what is known of it takes more than one copy, however many there are. */
export function replicates({ facts }: Component): boolean {
  const replication = word(facts, 'replication')
  return flag(facts, 'managed') === true || known(facts, 'survives') !== undefined || (number(facts, 'zones') ?? 1) > 1 || (number(facts, 'regions') ?? 1) > 1 || (replication !== undefined && replication !== 'leader-follower') || word(facts, 'sync') === 'quorum'
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
  /** Somebody waits for others, and sees what they have. */
  readonly waits: boolean
  /** Nobody can write while the network is cut, so that nothing gets old. */
  readonly still: boolean
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
  const read_ = used('reads')
  const written = used('writes')
  // Where nobody reads, writes at a level of their own are all that can be said.
  if (read_.length === 0 && written.some((level) => !isOfStore(level))) return written.map((write) => pairOf(undefined, write))
  const reads = read_.length > 0 ? read_ : own('r')
  const writes = written.length > 0 ? written : own('w')
  return reads.flatMap((read) => writes.map((write) => pairOf(read, write)))

  function pairOf(said: Level | undefined, write: Level): Pair {
    const sloppy = flag(store.facts, 'sloppy') === true
    const read = said ?? write
    return {
      name: said ? `${levelName(read)} reads and ${levelName(write)} writes` : `${levelName(write)} writes`,
      refusesReads: !sloppy && refuses(read.answering, copies),
      refusesWrites: !sloppy && refuses(write.answering, copies),
      waits: (read.answering.count > 1 || write.answering.count > 1) && mayMiss(write.answering, read.answering, copies) !== true,
      still: !sloppy && write.answering.where !== 'local' && write.answering.count >= copies.n * (write.answering.where === 'each' ? 1 : copies.regions),
      facts: [...read.facts, ...write.facts, ...copies.facts],
    }
  }
}

/** Whether the smaller side of some cut cannot get that many answers. Local levels go on in every region. */
function refuses({ where, count }: Answering, { n, regions }: Copies): boolean {
  if (where === 'local') return regions === 1 && count > n / 2
  return where === 'each' ? regions > 1 || count > n / 2 : count > (n * regions) / 2
}

function ofPairs(pairs: readonly Pair[]): Label {
  const texts = pairs.map((pair) => {
    const e = pair.waits ? 'EC' : 'EL'
    const text = pair.refusesWrites ? (pair.refusesReads ? `CP (PC/${e})` : `CP for writes, ${pair.still ? '' : 'stale '}reads available (PC/${e})`) : pair.refusesReads ? `AP for writes, reads refuse (PA/${e})` : `AP (PA/${e})`
    return { pair, text, cap: pair.refusesWrites ? ('CP' as const) : ('AP' as const) }
  })
  const caps = new Set(texts.map(({ cap }) => cap))
  const same = new Set(texts.map(({ text }) => text)).size === 1
  const facts = pairs.flatMap((pair) => pair.facts)
  const text = same ? `${texts[0]!.text}${pairs.length === 1 ? ` with ${pairs[0]!.name}` : ''}` : [...texts.slice(0, 3).map(({ text, pair }) => `${text} with ${pair.name}`), ...(texts.length > 3 ? [`${texts.length - 3} more ${texts.length === 4 ? 'pair' : 'pairs'} of levels`] : [])].join('; ')
  return { cap: caps.size === 1 ? [...caps][0]! : 'CP or AP by level', text, facts, missing: [] }
}
