/** Opens and reviews all designs among the files that were found, each with the `lintel.json` that counts for it. */
import { fileURLToPath, pathToFileURL } from 'node:url'
import { review, type Diagnostic, type Review } from '../core.ts'
import { openDesign, type Opened } from '../workspace.ts'
import type { ConfigFile, Configs } from './config.ts'
import { diskReader, type Found } from './files.ts'
import { progress } from './print.ts'

export interface Reviewed {
  readonly designs: readonly ReviewedDesign[]
  /** URI → text of every file that was read. */
  readonly sources: ReadonlyMap<string, string>
}

export interface ReviewedDesign extends Review {
  readonly config?: ConfigFile
}

export async function reviewAll(found: Found, configs: Configs): Promise<Reviewed> {
  const bar = progress(found.files.length, 'checking')
  const opened = new Map<string, Opened>()
  const sources = new Map<string, string>()
  for (const file of found.files) {
    const uri = pathToFileURL(file).href
    const disk = diskReader(file)
    opened.set(uri, await openDesign(uri, {
      async read(wanted) {
        const outcome = await disk.read(wanted)
        if ('text' in outcome) sources.set(wanted, outcome.text)
        return outcome
      },
    }))
    bar.step()
  }
  bar.done()
  const designs: ReviewedDesign[] = []
  const [once, onceAccepted] = [firstTime(), firstTime()]
  for (const uri of roots(opened, found.named)) {
    const config = await configs.of(fileURLToPath(uri))
    const { diagnostics, accepted } = review(opened.get(uri)!, { rules: config?.config.rules })
    designs.push({ diagnostics: diagnostics.filter(once), accepted: accepted.filter(onceAccepted), ...(config && { config }) })
  }
  return { designs, sources }
}

/** A file that two designs import is reported once for what both say of it. */
function firstTime(): (diagnostic: Diagnostic) => boolean {
  const seen = new Set<string>()
  return ({ rule, at, message }) => {
    const key = JSON.stringify([rule, at, message])
    return !seen.has(key) && seen.add(key) !== undefined
  }
}

/**
 * The files that are designs of their own: those that no other one imports, and those named on the command line. Of an import cycle
 * that nothing else imports, the first file stands for all.
 */
function roots(opened: ReadonlyMap<string, Opened>, named: ReadonlySet<string>): readonly string[] {
  const chosen: string[] = []
  const covered = new Set<string>()
  const imported = new Set<string>()
  for (const [uri, { model }] of opened) for (const file of model.files) if (file !== uri) imported.add(file)
  const take = (uri: string) => {
    chosen.push(uri)
    for (const file of opened.get(uri)!.model.files) covered.add(file)
    covered.add(uri)
  }
  for (const uri of opened.keys()) if (!imported.has(uri) || named.has(fileURLToPath(uri))) take(uri)
  for (const uri of opened.keys()) if (!covered.has(uri)) take(uri)
  return chosen
}
