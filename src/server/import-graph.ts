/** Which file imports which, as far as their texts say, and therefore which files are designs of their own. */
import { resolveImport } from '../workspace.ts'
import { scan, unquoted } from './scan.ts'
import { keyOf } from './uris.ts'

export interface ImportGraph {
  /** Takes a file's text, or that it is gone. Does little where the text is the one already known. */
  set(uri: string, text: string | undefined): void
  /**
   * The designs that a file belongs to: those that import it, over however many files, and that no other one imports; it alone where there
   * is none. Of files that import each other, the first by name stands for all.
   */
  roots(uri: string): readonly string[]
  files(): readonly string[]
}

export function createImportGraph(): ImportGraph {
  const files = new Map<string, { readonly uri: string; readonly text: string; readonly imports: readonly string[] }>()

  function reach(from: string): ReadonlySet<string> {
    const seen = new Set([from])
    for (const key of seen) for (const next of files.get(key)?.imports ?? []) seen.add(next)
    return seen
  }

  function importers(): ReadonlyMap<string, readonly string[]> {
    const found = new Map<string, string[]>()
    for (const [key, { imports }] of files) {
      for (const imported of imports) {
        const list = found.get(imported)
        if (list) list.push(key)
        else found.set(imported, [key])
      }
    }
    return found
  }

  /** It and all that import it, over however many files. */
  function importing(key: string, parents: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
    const above = new Set([key])
    for (const one of above) for (const parent of parents.get(one) ?? []) above.add(parent)
    return above
  }

  return {
    set(uri, text) {
      const key = keyOf(uri)
      if (text === undefined) files.delete(key)
      else if (files.get(key)?.text !== text) files.set(key, { uri, text, imports: importsOf(uri, text).map(({ uri }) => keyOf(uri)) })
    },
    roots(uri) {
      const parents = importers()
      const above = importing(keyOf(uri), parents)
      if (above.size === 1) return [uri]
      const chosen: string[] = []
      for (const key of [...above].sort()) {
        const below = reach(key)
        // Nothing imports it but what it imports itself.
        if ([...importing(key, parents)].every((parent) => below.has(parent)) && !chosen.some((other) => below.has(other))) chosen.push(key)
      }
      return chosen.map((key) => files.get(key)?.uri ?? uri)
    },
    files: () => [...files.values()].map(({ uri }) => uri),
  }
}

export interface Import {
  /** The path as written. */
  readonly path: string
  readonly uri: string
  /** Offsets of the string, quotes included. */
  readonly start: number
  readonly end: number
}

/** The imports of a text, in order. */
export function importsOf(uri: string, text: string): readonly Import[] {
  // Run at every keystroke over every open text: only lines that could hold an import are looked at, unless a block comment may hide one.
  if (text.includes('/*')) return importsIn(uri, text, 0)
  return [...text.matchAll(LINE)].flatMap((match) => importsIn(uri, match[0], match.index))
}

const LINE = /^.*\bimport[^\S\n]*".*$/gm

function importsIn(uri: string, text: string, offset: number): readonly Import[] {
  if (!text.includes('import')) return []
  const tokens = scan(text).filter(({ type }) => type !== 'comment')
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1]
    if (token.text !== 'import' || token.type !== 'word' || next?.type !== 'string' || next.first) return []
    const path = unquoted(next.text)
    const resolved = resolveImport(uri, path)
    return resolved === undefined ? [] : [{ path, uri: resolved, start: offset + next.start, end: offset + next.end }]
  })
}
