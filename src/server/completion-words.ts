/** Technologies, rules, imports, dates and outcomes. */
import { CompletionItemKind } from 'vscode-languageserver'
import { vocabulary } from '../vocabulary/index.ts'
import type { Offer, Place } from './completion.ts'
import { OUTCOMES } from './keywords.ts'
import { keyOf, relativePath } from './uris.ts'
import { kindDoc, technologyDoc } from './vocabulary-docs.ts'

/** Those that can be of the kind, those that usually are first. */
export function technologyOffers(written: string, { model }: Place): readonly Offer[] {
  const kind = vocabulary.kind(written)?.name ?? model.ownKinds.find(({ name }) => name === written)?.extends
  const known = vocabulary.technologies.flatMap((technology): readonly Offer[] => {
    if (kind !== undefined && !technology.kinds.includes(kind)) return []
    return [{ label: technology.name, kind: CompletionItemKind.Class, detail: technology.label, documentation: technologyDoc(technology), rank: technology.kinds[0] === kind ? 2 : 4 }]
  })
  const own = model.ownTechnologies.flatMap(({ name, extends: base }): readonly Offer[] => {
    const kinds = vocabulary.technology(base)?.kinds ?? [vocabulary.kind(base)?.name]
    return kind === undefined || kinds.includes(kind) ? [{ label: name, kind: CompletionItemKind.Class, detail: `like ${base}`, rank: 1 }] : []
  })
  return [...own, ...known]
}

/** The versions at which a technology changed its ways. */
export function versionOffers(name: string): readonly Offer[] {
  const versions = new Set((vocabulary.technology(name)?.defaults ?? []).flatMap(({ below, from }) => [below, from].filter((version) => version !== undefined)))
  return [...versions].flatMap((version) => [
    { label: `<${version}`, kind: CompletionItemKind.Value, detail: `before ${version}` },
    { label: version, kind: CompletionItemKind.Value, detail: `${version} and later` },
  ])
}

/** What has been found in the design comes first: that is what people accept. */
export function ruleOffers({ rules, document, context }: Place): readonly Offer[] {
  const rest = document.getText().slice(context.typed.end)
  const reasoned = /^[^\S\n]*because\b/.test(rest)
  return rules().map(({ id, title, documentation, found }) => ({
    label: id, kind: CompletionItemKind.Reference, detail: title, documentation, rank: found ? 1 : 5, snippet: reasoned ? undefined : `${id} because "\${1:why}"`,
  }))
}

/** Other designs of the workspace, relative to this one. */
export function importOffers({ document, files, context, model }: Place): readonly Offer[] {
  const imported = new Set(model.files.map(keyOf))
  return files.flatMap((uri): readonly Offer[] => {
    if (keyOf(uri) === keyOf(document.uri)) return []
    const path = relativePath(document.uri, uri)
    if (path === undefined) return []
    const text = JSON.stringify(path)
    return [{ label: context.typed.type === 'string' ? path : text, kind: CompletionItemKind.File, insert: text, rank: imported.has(keyOf(uri)) ? 6 : 2 + Math.min(3, path.split('../').length - 1) }]
  })
}

export function untilOffers(at: 'until' | 'date', { today }: Place): readonly Offer[] {
  return [[3, 'in three months'], [6, 'in half a year'], [12, 'in a year']].map(([months, meaning]) => {
    const date = monthsAfter(today, months as number)
    return { label: at === 'until' ? `until ${date}` : date, kind: CompletionItemKind.Value, detail: meaning as string }
  })
}

function monthsAfter(day: string, months: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + months, 1)
  return date.toISOString().slice(0, 10)
}

/** What a team's own kind or technology may extend. */
export function extendsOffers(of: 'kind' | 'technology', { model }: Place): readonly Offer[] {
  const kinds = vocabulary.kinds.map((kind) => ({ label: kind.name, kind: CompletionItemKind.Class, documentation: kindDoc(kind), rank: of === 'kind' ? 2 : 4 }))
  if (of === 'kind') return [...kinds, ...model.ownKinds.map(({ name }) => ({ label: name, kind: CompletionItemKind.Class, rank: 3 }))]
  return [...vocabulary.technologies.map((technology) => ({ label: technology.name, kind: CompletionItemKind.Class, detail: technology.label, documentation: technologyDoc(technology), rank: 2 })), ...kinds]
}

export function outcomeOffers(): readonly Offer[] {
  return Object.entries(OUTCOMES).map(([word, meaning]) => ({ label: word, kind: CompletionItemKind.EnumMember, documentation: meaning, rank: 2 }))
}
