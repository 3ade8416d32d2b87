/** Definition, references and highlights: all from the places where the model says that a name is written. */
import { DocumentHighlightKind, type DocumentHighlight, type Location } from 'vscode-languageserver'
import type { Position } from '../model/origin.ts'
import type { Design } from './designs.ts'
import { contains, mentionAt, mentionsIn, mentionsOf } from './documents.ts'
import { importsOf } from './import-graph.ts'
import { keyOf } from './uris.ts'
import type { TextDocument } from 'vscode-languageserver-textdocument'

type Spelling = (uri: string) => string

export function definition(design: Design, document: TextDocument, position: Position, spelling: Spelling): Location[] {
  const mention = mentionAt(design.model, document.uri, position)
  if (mention) {
    return mentionsOf(design.model, mention.target).filter(({ declares }) => declares).map(({ origin }) => ({ uri: spelling(origin.file), range: origin.range }))
  }
  const offset = document.offsetAt(position)
  const imported = importsOf(document.uri, document.getText()).find(({ start, end }) => start <= offset && offset <= end)
  const start = { line: 0, character: 0 }
  return imported && design.texts.has(keyOf(imported.uri)) ? [{ uri: spelling(imported.uri), range: { start, end: start } }] : []
}

/** Over all designs that the document belongs to. */
export function references(designs: readonly Design[], uri: string, position: Position, withDeclaration: boolean, spelling: Spelling): Location[] {
  const found = new Map<string, Location>()
  for (const { model } of designs) {
    const mention = mentionAt(model, uri, position)
    if (!mention) continue
    for (const { origin, declares } of mentionsOf(model, mention.target)) {
      if (declares && !withDeclaration) continue
      found.set(JSON.stringify([keyOf(origin.file), origin.range]), { uri: spelling(origin.file), range: origin.range })
    }
  }
  return [...found.values()]
}

export function highlights({ model }: Design, uri: string, position: Position): DocumentHighlight[] {
  const mention = mentionAt(model, uri, position)
  if (!mention || !contains(mention.origin.range, position)) return []
  return mentionsIn(model, uri)
    .filter(({ target }) => target.kind === mention.target.kind && target.id === mention.target.id)
    .map(({ origin, declares }) => ({ range: origin.range, kind: declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read }))
}
