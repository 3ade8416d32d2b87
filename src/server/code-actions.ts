/** Quick fixes: whatever the diagnostics bring along, and all the safe ones at once. */
import { CodeActionKind, type CodeAction, type CodeActionContext, type Diagnostic as LspDiagnostic, type TextEdit as LspEdit, type WorkspaceEdit } from 'vscode-languageserver'
import type { Diagnostic } from '../core.ts'
import type { TextEdit } from '../model/model.ts'
import type { Range } from '../model/origin.ts'
import { isAccept } from '../rules/waivers.ts'
import { toLsp, type Shown } from './diagnostics.ts'
import { compare, overlaps } from './documents.ts'
import { keyOf, sameUri } from './uris.ts'

export const FIX_ALL = `${CodeActionKind.SourceFixAll}.lintel`
export const CODE_ACTION_KINDS = [CodeActionKind.QuickFix, FIX_ALL]

export interface CodeActionQuestion {
  readonly uri: string
  readonly range: Range
  readonly context: CodeActionContext
  readonly diagnostics: readonly Diagnostic[]
  readonly shown: Shown
}

export function codeActions({ uri, range, context, diagnostics, shown }: CodeActionQuestion): CodeAction[] {
  const wants = (kind: string) => context.only === undefined || context.only.some((only) => kind === only || kind.startsWith(`${only}.`))
  const here = diagnostics.filter(({ at }) => sameUri(at.file, uri))
  return [
    ...(wants(CodeActionKind.QuickFix) ? here.filter(({ at }) => overlaps(at.range, range)).flatMap((diagnostic) => quickFixes(diagnostic, shown)) : []),
    ...(wants(FIX_ALL) ? fixAll(uri, diagnostics, context, shown) : []),
  ]
}

function quickFixes(diagnostic: Diagnostic, shown: Shown): CodeAction[] {
  const about: LspDiagnostic[] = [toLsp(diagnostic, shown)]
  return diagnostic.fixes.map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: about,
    ...(index === 0 && !isAccept(fix, diagnostic.rule) ? { isPreferred: true } : {}),
    edit: workspaceEdit(fix.edits, shown.spelling),
  }))
}

/** Only where somebody asked for it, or where there is something to do: an idle light bulb in every line would be noise. */
function fixAll(uri: string, diagnostics: readonly Diagnostic[], context: CodeActionContext, shown: Shown): CodeAction[] {
  if (context.only === undefined) return []
  const edits = safeEdits(diagnostics).filter(({ origin }) => sameUri(origin.file, uri))
  return edits.length === 0 ? [] : [{ title: 'Apply all safe Lintel fixes', kind: FIX_ALL, edit: workspaceEdit(edits, shown.spelling) }]
}

/** The first safe fix of each diagnostic, without those that would touch the same text as an earlier one. */
function safeEdits(diagnostics: readonly Diagnostic[]): readonly TextEdit[] {
  const chosen: TextEdit[] = []
  for (const { fixes } of diagnostics) {
    const fix = fixes.find(({ safe }) => safe === true)
    if (fix && fix.edits.every((edit) => !chosen.some((other) => touches(edit, other)))) chosen.push(...fix.edits)
  }
  return chosen
}

function touches(a: TextEdit, b: TextEdit): boolean {
  return keyOf(a.origin.file) === keyOf(b.origin.file) && compare(a.origin.range.start, b.origin.range.end) <= 0 && compare(b.origin.range.start, a.origin.range.end) <= 0
}

export function workspaceEdit(edits: readonly TextEdit[], spelling: (uri: string) => string): WorkspaceEdit & { changes: Record<string, LspEdit[]> } {
  const changes: Record<string, LspEdit[]> = {}
  for (const { origin, newText } of edits) (changes[spelling(origin.file)] ??= []).push({ range: origin.range, newText })
  return { changes }
}
