/** Diagnostics: pushed after each edit, for every file of every design that the edit concerns. */
import {
  type Connection, type Diagnostic as LspDiagnostic, DiagnosticSeverity, DiagnosticTag, type DiagnosticRelatedInformation,
} from 'vscode-languageserver'
import type { Diagnostic } from '../core.ts'
import type { Severity } from '../model/model.ts'
import type { Design, Designs } from './designs.ts'
import type { Files } from './files.ts'
import { keyOf } from './uris.ts'

export interface Publisher {
  /** Something changed: recompute what depends on it, soon, and never twice for edits that come faster than the answer. */
  refresh(): void
}

export interface PublisherOptions {
  readonly connection: Connection
  readonly designs: Designs
  readonly files: Files
  /** The rule's page, or unset where there is none. */
  readonly pageOf: (rule: string) => string | undefined
  /** Called when all is published. */
  readonly onPublished: () => void
}

export function createPublisher({ connection, designs, files, pageOf, onPublished }: PublisherOptions): Publisher {
  const known = new Map<string, Design>()
  /** URI as published, by its key, with what was said there. */
  const published = new Map<string, { readonly uri: string; readonly said: string }>()
  const failed = new Map<string, string>()
  let generation = 0
  let cost = 0
  let scheduled = false
  let running = false

  function refresh(): void {
    generation++
    if (scheduled || running) return
    scheduled = true
    // At once while answers are quick; else edits may pile up for as long as an answer takes, so that half of the time stays for other requests.
    if (cost < QUICK) setImmediate(start)
    else setTimeout(start, Math.min(cost, LONGEST_WAIT))
  }

  function start(): void {
    scheduled = false
    running = true
    const from = generation
    run()
      .catch((error: unknown) => connection.console.error(`diagnostics: ${error instanceof Error ? error.stack : String(error)}`))
      .finally(() => {
        running = false
        if (from !== generation) refresh()
      })
  }

  async function run(): Promise<void> {
    const from = generation
    const roots = designs.roots()
    const opened = await Promise.allSettled(roots.map(designs.at))
    if (from !== generation) return
    failed.clear()
    const designsNow = opened.flatMap((one, index) => (one.status === 'fulfilled' ? [one.value] : (fail(roots[index]!, one.reason), [])))
    const began = performance.now()
    for (const key of [...known.keys()]) if (!roots.some((root) => keyOf(root) === key)) known.delete(key)
    for (const design of designsNow) {
      if (known.get(keyOf(design.root)) === design) continue
      try {
        design.diagnostics()
        known.set(keyOf(design.root), design)
      } catch (error) {
        known.delete(keyOf(design.root))
        fail(design.root, error)
      }
      // Other requests may go before the next design.
      await new Promise(setImmediate)
      if (from !== generation) return void (cost = performance.now() - began)
    }
    publish()
    cost = performance.now() - began
    onPublished()
  }

  /** A defect of ours costs the one design, and its file says so. */
  function fail(root: string, error: unknown): void {
    connection.console.error(`${root}: ${error instanceof Error ? error.stack : String(error)}`)
    failed.set(root, error instanceof Error ? error.message : String(error))
  }

  function publish(): void {
    const byFile = new Map<string, { uri: string; diagnostics: Map<string, LspDiagnostic> }>()
    const at = (uri: string) => {
      const key = keyOf(uri)
      const entry = byFile.get(key) ?? { uri: files.spelling(uri), diagnostics: new Map<string, LspDiagnostic>() }
      byFile.set(key, entry)
      return entry
    }
    for (const document of files.documents()) at(document.uri)
    for (const design of known.values()) {
      for (const diagnostic of design.diagnostics()) {
        const shown = toLsp(diagnostic, { pageOf, spelling: files.spelling })
        // A file of two designs says once what both say of it.
        at(diagnostic.at.file).diagnostics.set(JSON.stringify([shown.code, shown.range, shown.message]), shown)
      }
    }
    for (const { config } of known.values()) {
      for (const { message, range } of config.problems) {
        at(config.uri!).diagnostics.set(JSON.stringify([range, message]), { range, severity: DiagnosticSeverity.Error, source: 'lintel', code: 'configuration', message })
      }
    }
    for (const [root, reason] of failed) {
      const start = { line: 0, character: 0 }
      const message = `Lintel could not check this design: ${reason}\n\nThis is a defect of Lintel, not of the design: please report it with the design that shows it.`
      at(root).diagnostics.set('', { range: { start, end: start }, severity: DiagnosticSeverity.Error, source: 'lintel', code: 'internal-error', message })
    }
    for (const [key, { uri, diagnostics }] of byFile) send(key, uri, [...diagnostics.values()])
    for (const [key, { uri }] of [...published]) if (!byFile.has(key)) send(key, uri, [])
  }

  function send(key: string, uri: string, diagnostics: LspDiagnostic[]): void {
    const version = files.document(uri)?.version
    const said = JSON.stringify([version, diagnostics])
    if (published.get(key)?.said === said) return
    if (diagnostics.length === 0 && version === undefined) {
      if (!published.delete(key)) return
    } else published.set(key, { uri, said })
    void connection.sendDiagnostics({ uri, version, diagnostics })
  }

  return { refresh }
}

/** Milliseconds. */
const QUICK = 30
const LONGEST_WAIT = 300

export interface Shown {
  readonly pageOf: (rule: string) => string | undefined
  readonly spelling: (uri: string) => string
}

export function toLsp(diagnostic: Diagnostic, { pageOf, spelling }: Shown): LspDiagnostic {
  const { rule, severity, message, help, at, related, documented } = diagnostic
  const href = documented ? pageOf(rule) : undefined
  return {
    range: at.range,
    severity: SEVERITIES[severity],
    source: 'lintel',
    code: rule,
    ...(href === undefined ? {} : { codeDescription: { href } }),
    message: help === '' ? message : `${message}\n\n${help}`,
    ...(related.length === 0
      ? {}
      : { relatedInformation: related.map(({ at, message }): DiagnosticRelatedInformation => ({ location: { uri: spelling(at.file), range: at.range }, message })) }),
    ...(UNNECESSARY.has(rule) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  }
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
}

/** What could go without a loss: shown faded. */
const UNNECESSARY = new Set(['unused-accept', 'expired-accept', 'unused-let', 'unused-import'])
