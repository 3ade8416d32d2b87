/**
 * Lenses: one picture, seen for what it structures, carries, loses or keeps. A lens is an overlay on the picture and a report beside it, made from the
 * same analysis, so that both say the same.
 */
import type { Analysis } from '../analysis/analysis.ts'
import type { Overlay, Tone } from '../diagram/picture.ts'
import type { Model } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { failureLens } from './failure.ts'
import { loadLens } from './load.ts'
import { truthLens } from './truth.ts'

/** What is looked for; the plain picture needs no lens. */
export type Lens =
  | { readonly type: 'load' }
  /** Ids of components, containers and parts that are taken down. */
  | { readonly type: 'failure'; readonly down: readonly string[] }
  /** One kind of data by its id; all where unset. */
  | { readonly type: 'truth'; readonly data?: string }

export interface Seen {
  readonly overlay: Overlay
  readonly report: LensReport
}

/** What is beside the picture. Names stand in backticks. */
export interface LensReport {
  readonly type: Lens['type']
  /** In a line: what is seen, and the gist of it. */
  readonly summary: string
  readonly groups: readonly LensGroup[]
  /** Among what one may choose: the kinds of data. */
  readonly choices: readonly { readonly id: string; readonly name: string }[]
}

export interface LensGroup {
  readonly title: string
  readonly entries: readonly LensEntry[]
}

export interface LensEntry {
  /** A word or number in front: `87%`, `unavailable`. */
  readonly mark?: string
  readonly tone?: Tone
  readonly text: string
  readonly details: readonly string[]
  /** Components and relations that it is about: to be lit. */
  readonly ids: readonly string[]
  readonly at?: Origin
}

/** @throws never: ids that name nothing are passed over. */
export function seenThrough(lens: Lens, model: Model, analysis: Analysis): Seen {
  switch (lens.type) {
    case 'load':
      return loadLens(model, analysis)
    case 'failure':
      return failureLens(model, analysis, lens.down)
    case 'truth':
      return truthLens(model, analysis, lens.data)
  }
}
