/** How long a batch job takes at least (NUMBERS M28), over plain numbers: sizes in B, bandwidths in B/s, times in seconds. */

export interface BatchWork {
  readonly workers: number
  /** What it reads, and how fast one worker does. */
  readonly input?: number
  readonly scan?: number
  /** What its workers exchange, and what the network of one carries. */
  readonly shuffle?: number
  readonly network?: number
  /** Share of the work that goes to one worker, because it has one key. */
  readonly skew?: number
  readonly output?: number
  /** What all that it writes to takes. */
  readonly sink?: number
}

export type BatchPhase = 'scan' | 'shuffle' | 'skew' | 'sink'

/** M28: the floor of each phase that can be computed. They overlap at best, so that the job takes the longest of them at least. */
export function batchFloors({ workers, input, scan, shuffle, network, skew, output, sink }: BatchWork): ReadonlyMap<BatchPhase, number> {
  const floors = new Map<BatchPhase, number>()
  if (input !== undefined && scan !== undefined) floors.set('scan', input / (workers * scan))
  if (shuffle !== undefined && network !== undefined) floors.set('shuffle', shuffle / (workers * network))
  const work = shuffle ?? input
  if (skew !== undefined && work !== undefined && scan !== undefined) floors.set('skew', (work * skew) / scan)
  if (output !== undefined && sink !== undefined) floors.set('sink', output / sink)
  return floors
}

export function batchFloor(work: BatchWork): number {
  return Math.max(0, ...batchFloors(work).values())
}
