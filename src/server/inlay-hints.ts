/** Inlay hints: the verbs that the ends imply, and what each named number comes to. */
import { InlayHintKind, type InlayHint } from 'vscode-languageserver'
import type { Model } from '../model/model.ts'
import type { Range } from '../model/origin.ts'
import { describeQuantity } from '../model/quantity.ts'
import { vocabulary } from '../vocabulary/index.ts'
import { overlaps } from './documents.ts'
import { sameUri } from './uris.ts'
import { verbDoc } from './vocabulary-docs.ts'

export function inlayHints(model: Model, uri: string, range: Range): InlayHint[] {
  return [...verbHints(model, uri, range), ...letHints(model, uri, range)]
}

function verbHints(model: Model, uri: string, range: Range): InlayHint[] {
  const ends = new Map<string, { readonly at: Range; readonly verbs: Set<string>; readonly statement: string }>()
  const statements = new Map<string, { readonly verbs: Set<string>; last: Range }>()
  for (const { inferred, verb, end, extent } of model.relations) {
    if (!inferred || !overlaps(end.range, range) || !sameUri(end.file, uri)) continue
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

function letHints(model: Model, uri: string, range: Range): InlayHint[] {
  return model.lets.flatMap(({ extent, value, expression }) => {
    if (!value || !overlaps(extent.range, range) || !sameUri(extent.file, uri)) return []
    const result = describeQuantity({ ...value, text: undefined })
    // A number that is written down needs no echo.
    if (result === expression.trim()) return []
    return [{ position: extent.range.end, label: `= ${result}`, paddingLeft: true, tooltip: `${expression.trim()} = ${result}` }]
  })
}
