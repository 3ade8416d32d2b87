/**
 * The designs behind the open documents, opened when asked for and kept until one of their files changes. A document belongs to the
 * designs that import it, so it is seen with the names and the findings of the whole.
 */
import { CONFIG_NAME } from '../config.ts'
import { check, type Diagnostic } from '../core.ts'
import type { Model } from '../model/model.ts'
import { openDesign, type Opened, type ReadOutcome } from '../workspace.ts'
import type { Configs, DesignConfig } from './config.ts'
import type { Files } from './files.ts'
import { createImportGraph } from './import-graph.ts'
import { keyOf } from './uris.ts'

export interface Design {
  readonly root: string
  readonly opened: Opened
  readonly model: Model
  readonly config: DesignConfig
  /** The texts it was made of, by `keyOf(uri)`. */
  readonly texts: ReadonlyMap<string, string>
  /** What each file that it asked for answered, by `keyOf(uri)`. */
  readonly reads: ReadonlyMap<string, ReadOutcome>
  /** Version of each open document that it was made of, by `keyOf(uri)`. */
  readonly versions: ReadonlyMap<string, number>
  /** Everything there is to say about it; computed once. */
  diagnostics(): readonly Diagnostic[]
}

export interface Designs {
  /** The first of the designs that the document belongs to, as it stands now. */
  of(uri: string): Promise<Design>
  /** All designs that the document belongs to. */
  allOf(uri: string): Promise<readonly Design[]>
  /** The design that begins with this document, whoever else imports it. */
  at(uri: string): Promise<Design>
  /** The roots of all designs that hold an open document. */
  roots(): readonly string[]
  /** All roots that hold the document. */
  rootsOf(uri: string): readonly string[]
  isCurrent(design: Design): boolean
  /** A document was opened, edited or closed, or a file on the disk is another. What was opened is obsolete at once. */
  changed(uri: string): Promise<void>
  /** Settings of the editor are others: nothing that was said still holds. */
  reconfigured(): void
  /** Learns which files of the workspace import which. */
  survey(): Promise<void>
  /** Designs that are known in the workspace, open or not. */
  known(): readonly string[]
}

interface Entry {
  readonly design: Promise<Design>
  /** What it opened, once it has, and as long as nothing of it has changed. */
  made?: Design
  /** Keys of all files it asked for, those that could not be read among them. */
  readonly asked: Set<string>
}

export function createDesigns(files: Files, configs: Configs): Designs {
  const entries = new Map<string, Entry>()
  const graph = createImportGraph()

  function at(uri: string): Promise<Design> {
    const key = keyOf(uri)
    const known = entries.get(key)
    if (known) return known.design
    const asked = new Set([key])
    const entry: Entry = { asked, design: open(files.spelling(uri), asked).then(async (design) => {
      // A file that changed while others were being read would leave a design of two minds.
      if (entries.get(key) !== entry) return at(uri)
      entry.made = design
      return design
    }) }
    entries.set(key, entry)
    entry.design.catch(() => entries.get(key) === entry && entries.delete(key))
    return entry.design
  }

  async function open(root: string, asked: Set<string>): Promise<Design> {
    const texts = new Map<string, string>()
    const reads = new Map<string, ReadOutcome>()
    const versions = new Map<string, number>()
    const config = await configs.of(root, (uri) => asked.add(keyOf(uri)))
    const opened = await openDesign(root, {
      read(uri) {
        const key = keyOf(uri)
        asked.add(key)
        const note = (outcome: ReadOutcome): ReadOutcome => {
          reads.set(key, outcome)
          if ('text' in outcome) {
            texts.set(key, outcome.text)
            graph.set(uri, outcome.text)
          }
          return outcome
        }
        const version = files.document(uri)?.version
        if (version !== undefined) versions.set(key, version)
        const outcome = files.read(uri)
        return outcome instanceof Promise ? outcome.then(note) : note(outcome)
      },
    })
    let diagnostics: readonly Diagnostic[] | undefined
    return { root, opened, model: opened.model, config, texts, reads, versions, diagnostics: () => (diagnostics ??= check(opened, config.options)) }
  }

  function noteOpen(): void {
    for (const document of files.documents()) graph.set(document.uri, document.getText())
  }

  function rootsOf(uri: string): readonly string[] {
    noteOpen()
    return graph.roots(files.spelling(uri))
  }

  async function allOf(uri: string): Promise<readonly Design[]> {
    const designs = await Promise.all(rootsOf(uri).map(at))
    // What a text seems to import and what it does import may differ while it is broken.
    const holding = designs.filter(({ texts }) => texts.has(keyOf(uri)))
    return holding.length > 0 ? holding : [await at(uri)]
  }

  return {
    at,
    rootsOf,
    allOf,
    of: async (uri) => (await allOf(uri))[0]!,
    roots() {
      const roots = new Map<string, string>()
      for (const document of files.documents()) for (const root of rootsOf(document.uri)) roots.set(keyOf(root), root)
      return [...roots.values()]
    },
    isCurrent: (design) => entries.get(keyOf(design.root))?.made === design,
    async changed(uri) {
      const key = keyOf(uri)
      for (const [root, entry] of entries) {
        if (!entry.asked.has(key)) continue
        entries.delete(root)
      }
      if (uri.endsWith(`/${CONFIG_NAME}`)) return
      const document = files.document(uri)
      if (document) return graph.set(uri, document.getText())
      const outcome = await files.read(uri)
      if (!files.document(uri)) graph.set(uri, 'text' in outcome ? outcome.text : undefined)
    },
    reconfigured() {
      configs.changed()
      entries.clear()
    },
    async survey() {
      for (const uri of await files.list()) {
        if (files.document(uri)) continue
        const outcome = await files.read(uri)
        if ('text' in outcome) graph.set(uri, outcome.text)
      }
    },
    known: () => graph.files(),
  }
}
