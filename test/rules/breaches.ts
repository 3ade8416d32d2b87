/**
 * Where a design breaks a law of the rules (design/rules/README.md): each law as a function from a text and what is found in it to its breaches.
 * A law is about what a person is told, so what was told before, in whichever words and as part of whichever finding, is no news.
 */
import type { Fix, TextEdit } from '../../src/model/model.ts'
import type { Origin, Position } from '../../src/model/origin.ts'
import type { Checked } from '../../src/rules/check.ts'
import { insertIntoBody } from '../../src/rules/edits.ts'
import { openText } from '../../src/workspace.ts'
import { checkRules } from '../../src/rules/check.ts'
import { statedProperties, unknownAdded } from '../support/mutations.ts'
import { applyFix, errorsOf, keyOf, outcomeOf, TODAY, type Outcome } from './support.ts'

/** A text and what is found in it. */
export interface Generated {
  readonly text: string
  readonly outcome: Outcome
}

export interface Breach {
  /** The edit, and the finding that it is about. */
  readonly what: string
  readonly rule: string
  /** The text in which it shows. */
  readonly text: string
}

/** A finding as its law sees it: an `accept` that became useless is no accusation. */
const OWN = new Set(['unused-accept', 'expired-accept', 'not-stated', 'expectation-open', 'expectation-exceeded', 'broken-expectation'])

export function garbled({ text, outcome }: Generated): readonly Breach[] {
  return outcome.findings.flatMap((one) => {
    const { rule, message, help, at, related } = one
    const words = `${message} ${help} ${related.map((each) => each.message).join(' ')}`
    const whole = rule !== 'rule-failed' && !/undefined|NaN|\[object|Infinity/.test(words) && at.file !== undefined && at.range !== undefined
    return whole ? [] : [{ what: words, rule, text }]
  })
}

/** Replacing a stated fact by unknown creates no error. */
export function unknownAccuses({ text, outcome }: Generated, pick: number): readonly Breach[] {
  const stated = statedProperties(outcome.model, text)
  if (stated.length === 0) return []
  const { origin, name } = stated[pick % stated.length]!
  const edits = [{ origin, newText: `${name}: unknown` }]
  const changed = applyFix(text, { edits })
  return newErrors(outcome, outcomeOf(changed), edits).map((error) => ({ what: `${name}: unknown makes ${error}`, rule: ruleOf(error), text: changed }))
}

/** Saying that something is unknown, of which nothing was said or only a default known, creates no error. */
export function unknownAddedAccuses({ text, outcome }: Generated, seed: number): readonly Breach[] {
  const added = unknownAdded(outcome.model, seed)
  if (!added) return []
  const changed = applyFix(text, added)
  return newErrors(outcome, outcomeOf(changed), added.edits).map((error) => ({ what: `${added.name}: unknown makes ${error}`, rule: ruleOf(error), text: changed }))
}

export const TOLERATED = ['loss', 'duplicates', 'reordering', 'staleness(1d)', 'unavailability', 'conflicts', 'approximation']

/** Tolerating something only removes findings. */
export function tolerationAccuses({ text, outcome }: Generated, tolerated: string, pick: number): readonly Breach[] {
  const subjects = [...outcome.model.data, ...outcome.model.flows, ...outcome.model.components].filter(({ facts }) => !Object.hasOwn(facts, 'tolerates') && !Object.hasOwn(facts, 'requires'))
  if (subjects.length === 0) return []
  const edits = [insertIntoBody(subjects[pick % subjects.length]!, `tolerates: ${tolerated}`)]
  const relaxed = applyFix(text, { edits })
  const after = outcomeOf(relaxed)
  const told = toldIn(outcome.findings, edits, after)
  return after.findings.filter((one) => !OWN.has(one.rule) && !told(one)).map((one) => ({ what: `tolerates: ${tolerated} makes ${described(one)}`, rule: one.rule, text: relaxed }))
}

/** A fix removes its finding and creates no error. */
export function fixFails({ text, outcome }: Generated): readonly Breach[] {
  return outcome.findings.flatMap((finding) =>
    finding.fixes.flatMap((fix: Fix): readonly Breach[] => {
      const fixed = applyFix(text, fix)
      const after = outcomeOf(fixed)
      const what = `"${fix.title}" of ${described(finding)}`
      // Of several that say the same, one has to be gone.
      const same = (one: Checked): boolean => keyOf(one) === keyOf(finding) && one.message === finding.message
      const stays = after.findings.filter(same).length >= outcome.findings.filter(same).length
      return [
        ...(stays ? [{ what: `still there after ${what}`, rule: finding.rule, text: fixed }] : []),
        ...newErrors(outcome, after, fix.edits).map((error) => ({ what: `${error} by ${what}`, rule: `${finding.rule} → ${ruleOf(error)}`, text: fixed })),
      ]
    }),
  )
}

/** Statements in the other order say the same. */
export function orderMatters({ text, outcome }: Generated): readonly Breach[] {
  const { model } = outcome
  // Two arrows with the same ends and verb are told apart by their order only.
  if (model.relations.some(({ id }) => id.includes('#'))) return []
  const extents = [...model.data, ...model.containers.filter(({ parent }) => parent === undefined), ...model.components.filter(({ parent }) => parent === undefined), ...model.relations, ...model.flows, ...model.lets]
    .map(({ extent }) => extent.range)
    .filter(({ start }) => start.character === 0)
  const lines = text.split('\n')
  const taken = new Set<number>()
  const blocks = [...new Map(extents.map((range) => [`${range.start.line}`, range])).values()]
    .sort((a, b) => a.start.line - b.start.line)
    .flatMap(({ start, end }) => {
      if (taken.has(start.line)) return []
      for (let line = start.line; line <= end.line; line++) taken.add(line)
      return [lines.slice(start.line, end.line + 1).join('\n')]
    })
  const rest = lines.filter((line, index) => !taken.has(index) && !/^\s*\/\//.test(line))
  const reversed = [...blocks.toReversed(), ...rest].join('\n')
  const again = openText(reversed)
  if (again.model.relations.length !== model.relations.length || again.model.components.length !== model.components.length || again.model.flows.length !== model.flows.length) return []
  const after = checkRules(again.model, { today: TODAY })
  // Of several equal witnesses the first in the text is named first: who is spoken of stays the same, or at least who is blamed and how much.
  const left = without(outcome.findings, after, (one) => (OWN.has(one.rule) ? one.rule : `${one.severity} ${keyOf(one)}`))
  const come = without(after, outcome.findings, (one) => (OWN.has(one.rule) ? one.rule : `${one.severity} ${keyOf(one)}`))
  const about = (one: Checked): string => `${one.severity} ${one.rule} ${one.subject.component}`
  const [fresh, gone] = [without(come, left, whoOf), without(left, come, whoOf)]
  const other = [...without(fresh, gone, about).map((one) => ({ one, sign: '+' })), ...without(gone, fresh, about).map((one) => ({ one, sign: '-' }))]
  if (other.length === 0) return []
  const what = other.map(({ sign, one }) => `${sign} ${described(one)} ${keyOf(one)}`).join('\n')
  return [{ what: `reversed:\n${what}`, rule: [...new Set(other.map(({ one }) => one.rule))].join(), text: reversed }]
}

/** Severity, rule and the names it speaks of, whatever their order. */
function whoOf({ rule, severity, message, related }: Checked): string {
  const words = [message, ...related.map((one) => one.message)].join(' ')
  return `${severity} ${rule} ${[...new Set(words.match(/`[^`]+`|"[^"]+"/g) ?? [])].sort().join(' ')}`
}

function without(all: readonly Checked[], taken: readonly Checked[], gist: (one: Checked) => string): readonly Checked[] {
  const left = taken.map(gist)
  return all.filter((one) => {
    const at = left.indexOf(gist(one))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** Errors that nobody was told of before. */
export function newErrors(before: Outcome, after: Outcome, edits: readonly TextEdit[] = []): readonly string[] {
  const had = errorsOf(before)
  const told = toldIn(before.findings.filter(({ severity }) => severity === 'error'), edits, after)
  const again = new Set(after.findings.filter(told).map(keyOf))
  return [...errorsOf(after)].filter((error) => !had.has(error) && !again.has(error) && !error.startsWith('broken-expectation'))
}

/**
 * Whether the findings had told this one. Four ways, and no other: as a finding on the same, or of the same rule at the same place; as what a winner of `precedence.ts` took along, in the same words or at the same place;
 * as one of the further places of the same cause, which becomes the first where the first is gone; or as what a falling place takes with it, which is one question with or without
 * something that was to stand in. That the rule had said something else about the component, had named it in passing, or that its partner in `precedence.ts` had, is not enough.
 */
export function toldIn(findings: readonly Checked[], edits: readonly TextEdit[], after: Outcome): (one: Checked) => boolean {
  const keys = new Set(findings.map(keyOf))
  return (one) => {
    if (keys.has(keyOf(one))) return true
    const own = after.model.components.find(({ id }) => id === one.subject.component)
    const isAt = (at: Origin, places: readonly Origin[]): boolean => places.some((place) => at.file === place.file && samePosition(movedBy(edits, at.range.start), place.range.start))
    return findings.some(({ rule, at: first, related, subject }) => {
      if (related.some(({ at, message }) => message.startsWith(`${one.rule}: `) && (message === `${one.rule}: ${one.message}` || isAt(at, [one.at])))) return true
      if (FALLING.has(rule) && FALLING.has(one.rule) && subject.container !== undefined && one.subject.component?.startsWith(`${subject.container}.`)) return true
      return rule === one.rule && (isAt(first, [one.at]) || related.some(({ at }) => isAt(at, own ? [one.at, own.origin] : [one.at])))
    })
  }
}

const FALLING = new Set(['single-point-of-failure', 'common-mode-dependency'])

function samePosition(a: Position, b: Position): boolean {
  return a.line === b.line && a.character === b.character
}

/** Where a position of the text stands after the edits. */
function movedBy(edits: readonly TextEdit[], position: Position): Position {
  let { line, character } = position
  for (const { origin, newText } of edits) {
    const { start, end } = origin.range
    if (position.line < end.line || (position.line === end.line && position.character < end.character)) continue
    const added = newText.split('\n')
    if (position.line === end.line) character += (added.length === 1 ? start.character : 0) + added.at(-1)!.length - end.character
    line += added.length - 1 - (end.line - start.line)
  }
  return { line, character }
}

function ruleOf(error: string): string {
  return error.split(' ')[0]!
}

export function described({ rule, severity, message }: { rule: string; severity: string; message: string }): string {
  return `${severity} ${rule}: ${message}`
}
