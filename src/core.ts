/**
 * The façade: what a design is worth. The command line, the language server and the tests call these and nothing behind them, so that
 * an answer in the editor is the same answer in CI.
 */
import { aftermathOf, type Aftermath } from './analysis/aftermath.ts'
import { analyse } from './analysis/analysis.ts'
import { figuresOf, type Figure } from './analysis/figures.ts'
import { loadReportOf, type LoadReport } from './analysis/load-report.ts'
import { failureOf } from './analysis/scenario.ts'
import type { Failure } from './analysis/strike.ts'
import { axesOf, titleOf as axesTitle } from './axes/axes.ts'
import type { AxesTable } from './axes/table.ts'
import { asDrawn, wordsAsDrawn } from './export/as-drawn.ts'
import { sheetOf, type Sheet } from './export/sheet.ts'
import type { Mark } from './diagram/picture.ts'
import { seenThrough, type Lens, type Seen } from './lenses/lens.ts'
import { playable, playbackOf, type Playback } from './lenses/playback.ts'
import type { Fix, Model, Scenario, Severity, Waiver } from './model/model.ts'
import type { Origin } from './model/origin.ts'
import { judge, type CheckOptions } from './rules/check.ts'
import type { Related, Subject } from './rules/rule.ts'
import { walks } from './rules/walk.ts'
import type { Opened } from './workspace.ts'

export type { Failure } from './analysis/strike.ts'
export { failingNamed, failingNear } from './analysis/targets.ts'
export { backlogStory, causeStory, effectStories, flowStory, hitStory, shiftStory } from './analysis/story.ts'
export type { Figure, Step } from './analysis/figures.ts'
export type { LoadReport } from './analysis/load-report.ts'
export type { Aftermath, FlowAfter } from './analysis/aftermath.ts'
export type { Lens, LensReport, Seen } from './lenses/lens.ts'
export type { CheckOptions } from './rules/check.ts'
export type { Picture, Theme } from './diagram/picture.ts'
export { createRenderer, type DrawOptions, type Renderer } from './diagram/draw.ts'
export { explain, rulePage, rules } from './rules/index.ts'
export { nearest } from './vocabulary/nearest.ts'

/** A problem of the text or a finding of a rule, in the form in which every consumer shows it. */
export interface Diagnostic {
  /** The rule's id, or the problem's code. */
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  /** What to do; empty where the message says it. */
  readonly help: string
  readonly at: Origin
  readonly subject: Subject
  readonly related: readonly Related[]
  /** The way through the design that it tells, arrow by arrow; empty where it tells none. */
  readonly path: readonly Related[]
  readonly fixes: readonly Fix[]
  /** Whether a page explains it. */
  readonly documented: boolean
}

export interface Review {
  readonly diagnostics: readonly Diagnostic[]
  /** What an `accept` silences, with that `accept`: for reports that show decisions as well. */
  readonly accepted: readonly (Diagnostic & { readonly waiver: Waiver })[]
}

/** Everything there is to say about a design, by file, place and severity. Never throws: a rule that does costs its own findings and is reported. */
export function check(opened: Opened, options: CheckOptions = {}): readonly Diagnostic[] {
  return review(opened, options).diagnostics
}

/** `check`, and what is accepted. */
export function review(opened: Opened, options: CheckOptions = {}): Review {
  const problems = opened.problems.map((problem): Diagnostic => ({
    rule: problem.code,
    severity: problem.severity,
    message: problem.message,
    help: '',
    at: problem.origin,
    subject: {},
    related: (problem.related ?? []).map(({ origin, message }) => ({ at: origin, message })),
    path: [],
    fixes: problem.fixes ?? [],
    documented: false,
  }))
  const walk = walks(opened.model)
  const { findings, accepted } = judge(opened.model, options)
  const along = findings.map((finding): Diagnostic => ({ ...finding, path: walk(finding.at, finding.related) }))
  return {
    diagnostics: [...problems, ...along].sort(byPlace(opened.model)),
    accepted: accepted.map((one) => ({ ...one, path: walk(one.at, one.related) })),
  }
}

/** Load, capacity, utilisation, latency and availability of every flow and component. */
export function load(model: Model): LoadReport {
  return loadReportOf(model, analyse(model), axesTitle(model))
}

/** The computed values that the editor shows beside what they follow from, each with its derivation. */
export function figures(model: Model, near?: (extent: Origin) => boolean): readonly Figure[] {
  return figuresOf(model, analyse(model), near)
}

/** What each flow does when these fail. @throws never; targets that name nothing are the caller's to refuse (`failingNamed`). */
export function fail(model: Model, failure: Failure): Aftermath {
  return aftermathOf(model, analyse(model), failure)
}

/** What a scenario of the design brings about. */
export function failureIn(model: Model, scenario: Scenario): Failure {
  return failureOf(model, analyse(model).flows, scenario)
}

/** The one page: goal, estimate, axes, budgets, failure story, trade-offs, and what the check still finds. */
export function sheet(model: Model, diagnostics: readonly Diagnostic[]): Sheet {
  const drawn = asDrawn(model)
  const say = wordsAsDrawn(model, drawn)
  const open = diagnostics.flatMap(({ severity, message }) => (severity === 'error' || severity === 'warning' ? [{ severity, text: say(message) }] : []))
  return sheetOf(drawn, analyse(drawn), axesOf(drawn), open.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning')))
}

/** What a lens lays over the picture, and what it says beside it. */
export function seen(model: Model, lens: Lens): Seen {
  return seenThrough(lens, model, analyse(model))
}

/** The flows that can be played, and one of them step by step. */
export function play(model: Model, flow?: string): { readonly flows: ReturnType<typeof playable>; readonly playback?: Playback } {
  const analysis = analyse(model)
  const playback = flow === undefined ? undefined : playbackOf(model, analysis, flow)
  return { flows: playable(analysis), ...(playback && { playback }) }
}

export function axes(model: Model): AxesTable {
  return axesOf(model)
}

function byPlace(model: Model): (a: Diagnostic, b: Diagnostic) => number {
  const order = new Map(model.files.map((file, index) => [file, index]))
  const rank = { error: 0, warning: 1, info: 2, hint: 3 }
  return (a, b) =>
    (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) ||
    a.at.range.start.line - b.at.range.start.line ||
    a.at.range.start.character - b.at.range.start.character ||
    rank[a.severity] - rank[b.severity] ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
}

/**
 * What the picture shows of the diagnostics: errors and warnings, on the component or the relation they are about. Notes are not drawn: red and
 * amber are for what a reviewer would stop at.
 */
export function marksOf(diagnostics: readonly Diagnostic[]): readonly Mark[] {
  const marks = new Map<string, { severity: Severity; text: string[] }>()
  for (const { severity, subject, message } of diagnostics) {
    const id = subject.relation ?? subject.component
    if (id === undefined || (severity !== 'error' && severity !== 'warning')) continue
    const mark = marks.get(id) ?? { severity, text: [] }
    if (severity === 'error' && mark.severity === 'warning') {
      mark.severity = 'error'
      mark.text.unshift(message)
    } else mark.text.push(message)
    marks.set(id, mark)
  }
  return [...marks].map(([id, { severity, text }]) => ({ id, severity, count: text.length, text }))
}
