/** The outline of a document, and the search over all designs. */
import { SymbolKind, type DocumentSymbol, type WorkspaceSymbol } from 'vscode-languageserver'
import type { Model } from '../model/model.ts'
import { describeQuantity } from '../model/quantity.ts'
import type { Design } from './designs.ts'
import { compare, within } from './documents.ts'
import { declarations, summary, type Declaration } from './declarations.ts'
import { keyOf } from './uris.ts'

export function documentSymbols(model: Model, uri: string): DocumentSymbol[] {
  const key = keyOf(uri)
  const symbols = new Map<string, DocumentSymbol>()
  const top: DocumentSymbol[] = []
  const { design } = model
  if (design && keyOf(design.origin.file) === key) {
    top.push({ name: design.title || 'design', detail: 'design', kind: SymbolKind.Package, range: design.extent.range, selectionRange: design.origin.range })
  }
  const here = declarations(model).filter(({ of }) => keyOf(of.origin.file) === key)
  for (const declaration of here) {
    const { of } = declaration
    symbols.set(idOf(declaration), {
      name: nameOf(declaration) || '…',
      detail: detailOf(declaration),
      kind: SYMBOL_KINDS[declaration.kind],
      range: of.extent.range,
      // An editor drops the whole outline where a name does not lie in its statement.
      selectionRange: within(of.extent.range, of.origin.range) ? of.origin.range : { start: of.extent.range.start, end: of.extent.range.start },
      children: [],
    })
  }
  for (const declaration of here) {
    const symbol = symbols.get(idOf(declaration))!
    const parent = parentOf(declaration)
    // What is declared in another file, or stands elsewhere in this one, cannot be nested in the outline.
    const outer = parent === undefined ? undefined : (symbols.get(`place ${parent}`) ?? symbols.get(`part ${parent}`))
    if (outer && outer !== symbol && within(outer.range, symbol.range)) outer.children!.push(symbol)
    else top.push(symbol)
  }
  return sorted(top)
}

function sorted(symbols: DocumentSymbol[]): DocumentSymbol[] {
  for (const { children } of symbols) if (children) sorted(children)
  return symbols.sort((a, b) => compare(a.range.start, b.range.start))
}

/** Names in which the letters of the query stand in order, as editors search. */
export function workspaceSymbols(designs: readonly Design[], query: string, spelling: (uri: string) => string): WorkspaceSymbol[] {
  const found = new Map<string, WorkspaceSymbol>()
  for (const { model } of designs) {
    for (const declaration of declarations(model)) {
      const name = nameOf(declaration)
      if (!hasInOrder(name.toLowerCase(), query.toLowerCase())) continue
      const { origin } = declaration.of
      const key = JSON.stringify([keyOf(origin.file), origin.range])
      if (found.has(key)) continue
      found.set(key, { name, kind: SYMBOL_KINDS[declaration.kind], containerName: parentOf(declaration) ?? summary(declaration), location: { uri: spelling(origin.file), range: origin.range } })
      if (found.size >= MOST_SYMBOLS) return [...found.values()]
    }
  }
  return [...found.values()]
}

const MOST_SYMBOLS = 500

function hasInOrder(name: string, letters: string): boolean {
  let at = 0
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}

function idOf({ kind, of }: Declaration): string {
  return kind === 'component' || kind === 'container' ? `place ${of.id}` : `${kind} ${of.id}`
}

function parentOf({ of }: Declaration): string | undefined {
  return 'parent' in of ? of.parent : undefined
}

function nameOf({ of }: Declaration): string {
  return 'title' in of ? of.title : of.name
}

function detailOf(declaration: Declaration): string {
  if (declaration.kind !== 'let') return summary(declaration)
  return declaration.of.value ? `= ${describeQuantity({ ...declaration.of.value, text: undefined })}` : 'named number'
}

const SYMBOL_KINDS: Readonly<Record<Declaration['kind'], SymbolKind>> = {
  component: SymbolKind.Object,
  container: SymbolKind.Namespace,
  part: SymbolKind.Field,
  data: SymbolKind.Struct,
  flow: SymbolKind.Event,
  scenario: SymbolKind.Function,
  view: SymbolKind.File,
  let: SymbolKind.Constant,
  'own-kind': SymbolKind.Class,
  'own-technology': SymbolKind.Class,
}
