/**
 * Runs all rules over a model and makes of what they find what is shown: severities as sure as the facts, one finding a root cause, the
 * accepted ones left out. A rule that throws costs its own findings only, and that is reported.
 */
import { analyse, type Analysis } from '../analysis/analysis.ts'
import type { Fix, Model, Severity, Waiver } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { allRules } from './index.ts'
import { aboutWaivers } from './about-waivers.ts'
import { claims } from './claims.ts'
import { expectations } from './expectations.ts'
import { NOTES } from './notes.ts'
import { notStated } from './not-stated.ts'
import { settle } from './precedence.ts'
import type { Finding, Related, Rule, Subject } from './rule.ts'
import { settingsFor, type SettingName } from './settings.ts'
import { acceptFix, covers, hasExpired } from './waivers.ts'
import { asSure, withDefaults } from './sureness.ts'

export interface CheckOptions {
  /** `2026-11-21`: the day by which an `accept … until` has run out or not. Left out, the machine's day in UTC. */
  readonly today?: string
  /** Rule id → what it counts as at most, or that it is not to run, and its thresholds. Also for the notes of `notes.ts`. */
  readonly rules?: Readonly<Record<string, RuleConfig>>
}

/** How one rule is set: what it counts as, and its thresholds in base units, those of `settings.ts` that it reads. */
export type RuleConfig = Severity | 'off' | ({ readonly severity?: Severity | 'off' } & Readonly<Partial<Record<SettingName, number>>>)

/** A finding as it is shown. */
export interface Checked {
  /** The rule's id, a note's of `notes.ts`, or `rule-failed`, `unknown-rule`. */
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  readonly help: string
  readonly at: Origin
  readonly subject: Subject
  readonly related: readonly Related[]
  /** The mechanical ones first, "Accept this, because …" last. */
  readonly fixes: readonly Fix[]
  readonly documented: boolean
}

export interface Judged {
  readonly findings: readonly Checked[]
  /** What an `accept` covers, with that `accept`. */
  readonly accepted: readonly Accepted[]
}

export interface Accepted extends Checked {
  readonly waiver: Waiver
}

/** All findings, in order of file, place, severity and rule. `list` is there for tests; it is the whole catalogue otherwise. */
export function checkRules(model: Model, options: CheckOptions = {}, list: readonly Rule[] = allRules): readonly Checked[] {
  return judge(model, options, list).findings
}

/** The findings, and besides them those that somebody has accepted. */
export function judge(model: Model, options: CheckOptions = {}, list: readonly Rule[] = allRules): Judged {
  const today = options.today ?? new Date().toISOString().slice(0, 10)
  const analysis = analyse(model)
  const active = list.filter(({ id }) => severitySet(options, id) !== 'off')
  const runs = active.map((rule) => run(rule, model, analysis, options.rules?.[rule.id]))
  const found = runs.flatMap(({ rule, findings }) => findings.map((finding) => ({ rule: rule.id, of: rule, finding, severity: severityOf(rule, finding) })))

  const live = model.waivers.filter((waiver) => !hasExpired(waiver, today))
  const waiverOf = (rule: string, finding: Pick<Finding, 'at' | 'subject'>) => live.find((waiver) => waiver.rule === rule && covers(model, waiver, finding))
  const settled = settle(found).map((one) => ({ ...one, waiver: waiverOf(one.rule, one.finding) }))
  const notes = (severitySet(options, 'not-stated') === 'off' ? [] : notStated(analysis)).map((note) => ({ note, waiver: waiverOf('not-stated', note) }))
  const failed = new Set(runs.flatMap(({ rule, failure }) => (failure ? [rule.id] : [])))
  const checked = [
    ...settled.flatMap(({ of, finding, waiver }) => (waiver ? [] : [shown(model, of, finding)])),
    ...runs.flatMap(({ rule, failure }) => (failure ? [ruleFailed(model, rule, failure)] : [])),
    ...aboutWaivers(model, { found, notes: notes.map(({ note }) => note), list, active, failed, today }),
    ...claims(analysis),
    ...expectations(analysis),
    ...notes.flatMap(({ note, waiver }) => (waiver ? [] : [note])),
  ]
  const accepted = [
    ...settled.flatMap(({ of, finding, waiver }) => (waiver ? [{ ...shown(model, of, finding), waiver }] : [])),
    ...notes.flatMap(({ note, waiver }) => (waiver ? [{ ...note, waiver }] : [])),
  ]
  const order = byPlace(model)
  return {
    findings: checked.flatMap((one) => configured(one, options, list)).sort(order),
    accepted: accepted.flatMap((one) => configured(one, options, list)).sort(order),
  }
}

interface Run {
  readonly rule: Rule
  readonly findings: readonly Finding[]
  readonly failure?: unknown
}

function run(rule: Rule, model: Model, analysis: Analysis, config: RuleConfig | undefined): Run {
  try {
    return { rule, findings: [...rule.check(model, analysis, settingsFor(rule, typeof config === 'object' ? config : undefined))] }
  } catch (failure) {
    // Half of a rule's findings would look like all of them: the rest of the report is kept, this rule's share is not.
    return { rule, findings: [], failure: failure ?? new Error('unknown failure') }
  }
}

function shown(model: Model, rule: Rule, finding: Finding): Checked {
  const accept = acceptFix(model, rule.id, finding)
  return {
    rule: rule.id,
    severity: severityOf(rule, finding),
    message: withDefaults(finding.message, finding.facts),
    help: finding.help,
    at: finding.at,
    subject: finding.subject,
    related: finding.related,
    fixes: accept ? [...finding.fixes, accept] : finding.fixes,
    documented: true,
  }
}

function severityOf(rule: Rule, finding: Finding): Severity {
  const said = finding.severity ?? rule.severity
  return asSure(finding.intentUnknown && said === 'error' ? 'warning' : said, finding.facts)
}

function ruleFailed(model: Model, rule: Rule, failure: unknown): Checked {
  const reason = failure instanceof Error ? failure.message : String(failure)
  return {
    rule: 'rule-failed',
    severity: 'warning',
    message: `The rule \`${rule.id}\` could not finish on this design (${reason}), so its findings are missing here. All other rules ran.`,
    help: 'This is a defect of Lintel, not of the design: please report it with the design that shows it.',
    at: startOf(model),
    subject: {},
    related: [],
    fixes: [],
    documented: false,
  }
}

/**
 * A severity that somebody sets is what a rule's findings count as at most. One that is milder than its rule (it rests on a default that is not
 * sure, or only comes near a limit) stays milder: to set what a rule is anyway changes nothing, and a rule that is raised keeps the difference.
 */
function configured<T extends Checked>(one: T, options: CheckOptions, list: readonly Rule[]): readonly T[] {
  const said = severitySet(options, one.rule)
  if (said === undefined) return [one]
  if (said === 'off') return []
  const own = list.find(({ id }) => id === one.rule)?.severity ?? NOTES[one.rule]?.severity ?? one.severity
  const raised = Math.max(0, RANK[own] - RANK[said])
  const rank = Math.max(RANK[said], RANK[one.severity] - raised)
  return [{ ...one, severity: SEVERITIES[rank]! }]
}

function severitySet(options: CheckOptions, rule: string): Severity | 'off' | undefined {
  const config = options.rules?.[rule]
  return typeof config === 'object' ? config.severity : config
}

function startOf(model: Model): Origin {
  const start = { line: 0, character: 0 }
  return model.design?.origin ?? { file: model.files[0] ?? '', range: { start, end: start } }
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info', 'hint']

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 }

function byPlace(model: Model): (a: Checked, b: Checked) => number {
  const order = new Map(model.files.map((file, index) => [file, index]))
  return (a, b) =>
    (order.get(a.at.file) ?? 0) - (order.get(b.at.file) ?? 0) ||
    a.at.range.start.line - b.at.range.start.line ||
    a.at.range.start.character - b.at.range.start.character ||
    RANK[a.severity] - RANK[b.severity] ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0) ||
    (a.message < b.message ? -1 : a.message > b.message ? 1 : 0)
}
