/** The table of the seven axes: what each cell says, what it was derived from, and how sure it is. AXES.md fixes the derivations. */
import type { Origin } from '../model/origin.ts'

export type Axis = 'consistency' | 'availability' | 'latency' | 'throughput' | 'scale-unit' | 'state' | 'recovery'

export interface AxesTable {
  /** The design's title, or the file's name. */
  readonly title: string
  readonly rows: readonly AxisRow[]
}

export interface AxisRow {
  readonly axis: Axis
  /** "What can clients observe, normally and during a partition?" */
  readonly question: string
  /** For the whole design. */
  readonly system: Cell
  readonly flows: readonly SubjectCell[]
  readonly components: readonly SubjectCell[]
  /** The single-fault table, of availability: each thing by whose loss some flow fails or does less. Flows that are in neither list go on. */
  readonly faults?: readonly Fault[]
}

export interface Fault {
  /** `ledger`, `the leader of ledger`, `region us-east` */
  readonly unit: string
  readonly origin: Origin
  /** Ids of flows. */
  readonly fails: readonly string[]
  readonly degrades: readonly string[]
}

export interface SubjectCell {
  /** A flow's or a component's id. */
  readonly id: string
  readonly name: string
  readonly cell: Cell
}

export interface Cell {
  /** Short enough for a table; "not stated" or "not stated (at best …)" where the deciding fact is missing. */
  readonly value: string
  /** False where the deciding fact is missing: `value` then starts with "not stated". */
  readonly stated: boolean
  readonly confidence: 'exact' | 'bound' | 'estimate'
  readonly evidence: readonly Evidence[]
  /** What the author says of the same, beside what was derived; unset where nothing is claimed. */
  readonly claimed?: readonly Claim[]
  /** What to state so that the cell can be derived: `latency of ledger`. */
  readonly missing: readonly string[]
}

/** Something that the design promises, aims at or gives up, and whether what was derived agrees. */
export interface Claim {
  /** `p99 within 800ms`, `RPO 5s`, `availability is optimized for`. */
  readonly text: string
  /** `open` where what is known does not decide it, or where it is an aim that nothing measures. */
  readonly verdict: 'kept' | 'broken' | 'open'
  /** By how much: `440ms to spare`, `2s over`. */
  readonly note?: string
  readonly evidence: readonly Evidence[]
}

export interface Evidence {
  /** "ledger: sync: semi-sync" */
  readonly text: string
  readonly origin?: Origin
  /** "default of kafka" */
  readonly by?: string
}

/** `p99 within 500ms: kept (by estimate, 440ms to spare)`; nothing behind what nothing decides. */
export function claimText({ text, verdict, note }: Claim): string {
  return `${text}${verdict === 'open' ? '' : `: ${verdict}`}${note === undefined ? '' : ` (${note})`}`
}
