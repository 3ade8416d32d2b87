/** What follows from the text alone, broken or not: folding, links of imports, and the colours of words. */
import { FoldingRangeKind, SemanticTokensBuilder, type DocumentLink, type FoldingRange, type SemanticTokens } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { partsOf } from './context.ts'
import { importsOf } from './import-graph.ts'
import { scan } from './scan.ts'
import type { Role } from './outline.ts'

export function foldingRanges(document: TextDocument): FoldingRange[] {
  const ranges: FoldingRange[] = []
  const lineAt = (offset: number) => document.positionAt(offset).line
  const open: number[] = []
  let comments: { readonly first: number; last: number } | undefined
  let imports: { readonly first: number; last: number } | undefined
  const close = (run: { readonly first: number; readonly last: number } | undefined, kind: FoldingRangeKind) => {
    if (run && run.last > run.first) ranges.push({ startLine: run.first, endLine: run.last, kind })
  }
  for (const token of scan(document.getText())) {
    const line = lineAt(token.start)
    if (token.type === 'comment') {
      if (!token.text.startsWith('//')) {
        const last = lineAt(token.end)
        if (last > line) ranges.push({ startLine: line, endLine: last, kind: FoldingRangeKind.Comment })
      } else if (token.first) {
        if (comments && comments.last === line - 1) comments.last = line
        else {
          close(comments, FoldingRangeKind.Comment)
          comments = { first: line, last: line }
        }
      }
    } else if (token.type === 'symbol' && token.text === '{') open.push(line)
    else if (token.type === 'symbol' && token.text === '}') {
      const start = open.pop()
      // The closing brace stays in sight.
      if (start !== undefined && line - 1 > start) ranges.push({ startLine: start, endLine: line - 1 })
    } else if (token.first && token.text === 'import') {
      if (imports) imports.last = line
      else imports = { first: line, last: line }
    }
  }
  close(comments, FoldingRangeKind.Comment)
  close(imports, FoldingRangeKind.Imports)
  return ranges
}

export function documentLinks(document: TextDocument, exists: (uri: string) => boolean): DocumentLink[] {
  return importsOf(document.uri, document.getText())
    .filter(({ uri }) => exists(uri))
    .map(({ uri, start, end }) => ({ range: { start: document.positionAt(start + 1), end: document.positionAt(end - 1) }, target: uri }))
}

export const TOKEN_TYPES = ['keyword', 'class', 'namespace', 'variable', 'function', 'property', 'enumMember', 'type', 'number', 'string', 'operator'] as const
export const TOKEN_MODIFIERS = ['declaration'] as const

/** Colours that a pattern by line cannot give: names, kinds, verbs, properties and their words, by the part each plays. */
export function semanticTokens(document: TextDocument): SemanticTokens {
  const builder = new SemanticTokensBuilder()
  for (const { token, role } of partsOf(document.getText())) {
    const type = TYPES[role]
    if (type === undefined) continue
    const { line, character } = document.positionAt(token.start)
    builder.push(line, character, token.end - token.start, TOKEN_TYPES.indexOf(type), role === 'declaration' ? 1 : 0)
  }
  return builder.build()
}

const TYPES: Readonly<Partial<Record<Role, (typeof TOKEN_TYPES)[number]>>> = {
  keyword: 'keyword',
  kind: 'class',
  container: 'namespace',
  declaration: 'variable',
  name: 'variable',
  technology: 'type',
  version: 'number',
  arrow: 'operator',
  operator: 'operator',
  verb: 'function',
  property: 'property',
  block: 'property',
  value: 'enumMember',
  call: 'enumMember',
  number: 'number',
  rule: 'enumMember',
  outcome: 'enumMember',
}
