/** The shape of a rule and of what it finds. One rule, one file, named for the defect; its page `<id>.md` stands beside it and is executed. */
import type { Analysis } from '../analysis/analysis.ts'
import type { Fix, Model, Severity } from '../model/model.ts'
import type { Fact } from '../model/value.ts'
import type { Origin } from '../model/origin.ts'
import type { SettingName, Settings } from './settings.ts'

export interface Rule {
  /** Kebab-case, named for the defect: `hot-partition`. Also the name of its file and page. */
  readonly id: string
  /** The catalogue's short code, `P1`. */
  readonly code: string
  /** What it reports at most; a finding may say less. */
  readonly severity: Severity
  /** One clause, as a heading: "One key gets more than one partition can take". */
  readonly title: string
  /** Two or three sentences: why a reviewer would ask. */
  readonly why: string
  readonly sources: readonly Source[]
  /** Property paths it reads: what the reference lists, and what "not stated" may name. */
  readonly needs: readonly string[]
  /** Whether it offers a mechanical fix besides `accept`. */
  readonly fixable: boolean
  /** Thresholds of `settings.ts` that it reads. */
  readonly settings?: readonly SettingName[]
  /**
   * Yields one finding a root cause: the shortest witness, the others as related. Fires only on what is known; never throws on purpose.
   */
  check(model: Model, analysis: Analysis, settings: Settings): Iterable<Finding>
}

export interface Source {
  readonly title: string
  readonly url?: string
}

/** What a finding is about: where the picture draws it and what an `accept` must stand in to cover it. */
export interface Subject {
  readonly component?: string
  /** The place that falls, where the fault is that of a place: `component` is then the one in it that the person meets first. */
  readonly container?: string
  readonly relation?: string
  readonly flow?: string
  readonly data?: string
}

export interface Finding {
  /** What is underlined: the shortest text that is to blame. */
  readonly at: Origin
  readonly subject: Subject
  /** Less than the rule's, where this case is milder. */
  readonly severity?: Severity
  /** Who, and by which path; what breaks, and by how much. One or two sentences that can be read aloud. */
  readonly message: string
  /** What to do. One or two sentences. */
  readonly help: string
  /** The path, in order, and further witnesses. */
  readonly related: readonly Related[]
  /**
   * Every fact that the verdict rests on. Where one is a default, the message says whose; where the default is not sure, the severity goes
   * down a step (medium) or to `info` (low). The framework does that, not the rule.
   */
  readonly facts: readonly Fact[]
  /** The stated limit that is exceeded: by it two rules recognise the same fault. */
  readonly limit?: Fact | undefined
  /**
   * True where the verdict rests on the intent that a data class implies, or would if one were stated: without any stated intent an error
   * is shown as a warning (CONVENTIONS 0.2).
   */
  readonly intentUnknown?: boolean
  readonly fixes: readonly Fix[]
}

export interface Related {
  readonly at: Origin
  readonly message: string
}
