/** What is to be said of the `accept`s themselves: one that names no rule, gives no reason, has run out, or silences nothing. */
import type { Fix, Model, Waiver } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'
import { vocabulary } from '../vocabulary/index.ts'
import type { Checked } from './check.ts'
import { NOTES } from './notes.ts'
import type { Finding, Rule } from './rule.ts'
import { covers, hasExpired, undecided } from './waivers.ts'

export interface WaiverContext {
  readonly found: readonly { readonly rule: string; readonly finding: Finding }[]
  /** The "not stated" notes; empty where they are off. */
  readonly notes: readonly Pick<Finding, 'at' | 'subject'>[]
  readonly list: readonly Rule[]
  readonly active: readonly Rule[]
  readonly failed: ReadonlySet<string>
  readonly today: string
}

/** Of each one thing at most: the one that has to be mended first. */
export function aboutWaivers(model: Model, context: WaiverContext): readonly Checked[] {
  const seen = new Map<string, Waiver>()
  return model.waivers.flatMap((waiver): readonly Checked[] => {
    const key = JSON.stringify([waiver.rule, waiver.scope])
    const twin = seen.get(key)
    if (!twin) seen.set(key, waiver)
    const about = misnamed(waiver, context) ?? (twin ? said(waiver, twin) : useless(model, waiver, context)) ?? unexplained(waiver)
    return about ? [{ at: waiver.origin, subject: {}, related: [], documented: false, ...about }] : []
  })
}

type About = Pick<Checked, 'rule' | 'severity' | 'message' | 'help' | 'fixes'> & Partial<Pick<Checked, 'related'>>

function misnamed(waiver: Waiver, { list }: WaiverContext): About | undefined {
  const { rule } = waiver
  if (rule === 'not-stated' || list.some(({ id }) => id === rule)) return undefined
  const base = { rule: 'unknown-rule', severity: 'error' } as const
  if (Object.hasOwn(NOTES, rule)) {
    return { ...base, message: `\`${rule}\` cannot be accepted in a design: it is no rule.`, help: `\`lintel.json\` can set it: \`"rules": { "${rule}": "off" }\`.`, fixes: [removal(waiver)] }
  }
  const near = list.find(({ code }) => code.toLowerCase() === rule.toLowerCase())?.id ?? vocabulary.nearest(rule, list.map(({ id }) => id))
  const fixes = near === undefined ? [] : [{ title: `Change to \`${near}\``, edits: [{ origin: idOrigin(waiver), newText: near }], safe: true }]
  return { ...base, message: `There is no rule \`${rule}\`, so this \`accept\` silences nothing.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`, help: '', fixes }
}

function useless(model: Model, waiver: Waiver, { found, notes, list, active, failed, today }: WaiverContext): About | undefined {
  const rule = list.find(({ id }) => id === waiver.rule)
  // A rule that did not run says nothing about its waivers.
  if (rule ? failed.has(rule.id) || !active.includes(rule) : notes.length === 0) return undefined
  const all = rule ? found.filter((one) => one.rule === rule.id).map(({ finding }) => finding) : notes
  if (all.some((finding) => covers(model, waiver, finding))) {
    if (!hasExpired(waiver, today)) return undefined
    const message = `This \`accept\` of ${waiver.rule} ran out on ${waiver.until}: the finding is back.`
    return { rule: 'expired-accept', severity: 'warning', message, help: 'Mend what it put off, or decide again and give it a new date.', fixes: [removal(waiver)] }
  }
  const missing = rule ? undecided(model, waiver, rule) : []
  if (missing.length > 0) {
    const message = `This \`accept\` silences nothing yet: ${waiver.rule} cannot be judged here, because ${missing.slice(0, 3).map((path) => `\`${path}\``).join(', ')} ${missing.length > 1 ? 'are' : 'is'} not stated.`
    return { rule: 'unused-accept', severity: 'info', message, help: 'State it, to see whether there is something to accept; or remove the `accept`.', fixes: [removal(waiver)] }
  }
  const message = `This \`accept\` silences nothing: ${waiver.rule} finds nothing here.`
  return { rule: 'unused-accept', severity: 'warning', message, help: 'Remove it, so that it cannot hide a later mistake.', fixes: [removal(waiver)] }
}

function said(waiver: Waiver, twin: Waiver): About {
  return {
    rule: 'unused-accept',
    severity: 'warning',
    message: `${waiver.rule} is accepted here already, so this \`accept\` adds nothing.`,
    help: 'Keep the one whose reason and date hold.',
    related: [{ at: twin.origin, message: 'it is accepted here' }],
    fixes: [removal(waiver)],
  }
}

/** As the quick fix writes it, until somebody fills it in. */
function unexplained({ rule, reason }: Waiver): About | undefined {
  if (/[\p{L}\p{N}]/u.test(reason)) return undefined
  return {
    rule: 'unexplained-accept',
    severity: 'warning',
    message: `This \`accept\` of ${rule} does not say why.`,
    help: 'Write the reason between the quotes: who reads it in a year must see whether it still holds.',
    fixes: [],
  }
}

function removal({ extent }: Waiver): Fix {
  return { title: 'Remove this `accept`', edits: [{ origin: extent, newText: '' }] }
}

/** The rule's name within the statement, which begins with the word `accept`. */
function idOrigin({ origin, rule }: Waiver): Origin {
  const { start, end } = origin.range
  if (start.line === end.line && end.character - start.character === rule.length) return origin
  const from = start.character + 'accept '.length
  return { file: origin.file, range: { start: { ...start, character: from }, end: { line: start.line, character: from + rule.length } } }
}
