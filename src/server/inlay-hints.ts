/** Inlay hints: the verbs that the ends imply, what each named number comes to, and what is computed of arrows, components and flows. Each kind can be turned off. */
import { InlayHintKind, type InlayHint } from 'vscode-languageserver'
import { figures, type Figure, type Step } from '../core.ts'
import type { Model } from '../model/model.ts'
import type { Origin, Range } from '../model/origin.ts'
import { describeQuantity } from '../model/quantity.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { overlaps } from './documents.ts'
import { code, plain } from './show.ts'
import { sameUri } from './uris.ts'
import { verbDoc } from './vocabulary-docs.ts'

/** The kinds of hints, as the setting `lintel.hints` names them. */
export const HINTS = ['verbs', 'lets', 'rates', 'utilisation', 'latency', 'availability'] as const
export type HintKind = (typeof HINTS)[number]

export interface HintOptions {
  /** Whether this kind is wanted; all are where nobody says so. */
  readonly wants: (kind: HintKind) => boolean
  /** A file as the client spells it, for links. */
  readonly spelling: (uri: string) => string
}

const ALL: HintOptions = { wants: () => true, spelling: (uri) => uri }

export function inlayHints(model: Model, uri: string, range: Range, { wants, spelling }: HintOptions = ALL): InlayHint[] {
  const here = (origin: Origin): boolean => overlaps(origin.range, range) && sameUri(origin.file, uri)
  return [
    ...(wants('verbs') ? verbHints(model, here) : []),
    ...(wants('lets') ? letHints(model, here) : []),
    ...(['rates', 'utilisation', 'latency', 'availability'].some((kind) => wants(kind as HintKind)) ? figureHints(model, here, wants, spelling) : []),
  ]
}

const KIND: Readonly<Record<Figure['kind'], HintKind>> = { rate: 'rates', utilisation: 'utilisation', latency: 'latency', availability: 'availability' }

function figureHints(model: Model, here: (origin: Origin) => boolean, wants: (kind: HintKind) => boolean, spelling: (uri: string) => string): InlayHint[] {
  const shown = figures(model, here).filter(({ kind, at }) => wants(KIND[kind]) && here(at))
  return withoutEchoes(model, shown).map((figure) => ({
    position: figure.at.range.end,
    label: `${figure.value}${figure.exceeded ? ' ⚠' : ''}`,
    paddingLeft: true,
    tooltip: { kind: 'markdown', value: derivation(figure, spelling) },
  }))
}

/** Along a chain, and for several ends in one place, the same rate is said once, at its last arrow. */
function withoutEchoes(model: Model, all: readonly Figure[]): readonly Figure[] {
  const statement = new Map(model.relations.map(({ id, extent }) => [id, JSON.stringify(extent)]))
  return all.filter((figure, index) => {
    if (figure.kind !== 'rate') return true
    const next = all[index + 1]
    return !(next?.kind === 'rate' && next.value === figure.value && statement.get(next.subject) === statement.get(figure.subject))
  })
}

function derivation(figure: Figure, spelling: (uri: string) => string): string {
  const { value, sureness, missing } = figure
  const sure = { exact: 'computed from what is stated', estimate: 'an estimate', bound: 'at least, since something is not stated' }[sureness]
  return [
    `**${plain(value)}** (${sure})`,
    figure
      .steps()
      .map((step) => `- ${linked(step, spelling)}`)
      .join('\n'),
    ...(missing.length > 0 ? [`Would be known better with ${missing.slice(0, 4).join(', ')}.`] : []),
  ].join('\n\n')
}

/** A link to the line that says it. */
function linked({ text, origin, by }: Step, spelling: (uri: string) => string): string {
  const words = text.replace(/[[\]]/g, '\\$&')
  if (origin) return `[${words}](${spelling(origin.file)}#L${origin.range.start.line + 1},${origin.range.start.character + 1})`
  return by === undefined ? words : `${words} (${by})`
}

function verbHints(model: Model, here: (origin: Origin) => boolean): InlayHint[] {
  const ends = new Map<string, { readonly at: Range; readonly verbs: Set<string>; readonly statement: string }>()
  const statements = new Map<string, { readonly verbs: Set<string>; last: Range }>()
  for (const { inferred, verb, end, extent } of model.relations) {
    if (!inferred || !here(end)) continue
    const statement = JSON.stringify(extent.range)
    const at = JSON.stringify(end.range)
    const hint = ends.get(at) ?? { at: end.range, verbs: new Set<string>(), statement }
    ends.set(at, hint)
    hint.verbs.add(verb)
    const whole = statements.get(statement) ?? { verbs: new Set<string>(), last: end.range }
    statements.set(statement, whole)
    whole.verbs.add(verb)
    whole.last = end.range
  }
  return [...ends.values()].map(({ at, verbs, statement }) => {
    const whole = statements.get(statement)!
    const label = `: ${[...verbs].join(' or ')}`
    const only = whole.verbs.size === 1 && whole.last === at ? [...verbs][0]! : undefined
    const docs = [...verbs].flatMap((verb) => vocabulary.verb(verb)?.verb ?? []).map((verb) => verbDoc(verb))
    return {
      position: at.end,
      label,
      kind: InlayHintKind.Type,
      paddingLeft: true,
      tooltip: { kind: 'markdown', value: [`Inferred from both ends, since no verb is written.`, ...docs].join('\n\n') },
      // Accepting the hint writes it, where one verb serves the whole statement.
      ...(only === undefined ? {} : { textEdits: [{ range: { start: at.end, end: at.end }, newText: ` : ${only}` }] }),
    }
  })
}

function letHints(model: Model, here: (origin: Origin) => boolean): InlayHint[] {
  return model.lets.flatMap(({ extent, value, expression, reads }) => {
    if (!value || !here(extent)) return []
    const result = describeQuantity({ ...value, text: undefined })
    // A number that is written down needs no echo.
    if (result === expression.trim()) return []
    const inputs = reads.flatMap((name) => model.lets.find((other) => other.name === name) ?? []).map(({ name, value: input }) => `- ${code(name)} = ${input ? describeQuantity({ ...input, text: undefined }) : 'not known'}`)
    return [{ position: extent.range.end, label: `= ${result}`, paddingLeft: true, tooltip: { kind: 'markdown', value: [`${code(expression.trim())} = **${result}**`, ...(inputs.length > 0 ? [inputs.join('\n')] : [])].join('\n\n') } }]
  })
}
