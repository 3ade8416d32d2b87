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
  const opened = new Map<string, readonly string[]>()
  const reviewed = new Map<string, ReviewedDesign>()
  const waiting = new Map<string, Opened>()
  const sources = new Map<string, string>()
  for (const file of found.files) {
    const uri = pathToFileURL(file).href
    const disk = diskReader(file)
    const design = await openDesign(uri, {
      async read(wanted) {
        const outcome = await disk.read(wanted)
        if ('text' in outcome) sources.set(wanted, outcome.text)
        return outcome
      },
    })
    opened.set(uri, design.model.files)
    // What imports nothing is reviewed at once, so that its model and all that is computed of it can go; who imports whom is known only at the end.
    if (design.model.files.length < 2) reviewed.set(uri, await reviewOf(design, configs))
    else waiting.set(uri, design)
    bar.step()
  }
  bar.done()
  const designs: ReviewedDesign[] = []
  const [once, onceAccepted] = [firstTime(), firstTime()]
  for (const uri of roots(opened, found.named)) {
    const { diagnostics, accepted, config } = reviewed.get(uri) ?? (await reviewOf(waiting.get(uri)!, configs))
    waiting.delete(uri)
    designs.push({ diagnostics: diagnostics.filter(once), accepted: accepted.filter(onceAccepted), ...(config && { config }) })
  }
  return { designs, sources }
}

async function reviewOf(design: Opened, configs: Configs): Promise<ReviewedDesign> {
  const config = await configs.of(fileURLToPath(design.root))
  return { ...review(design, { rules: config?.config.rules }), ...(config && { config }) }
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
function roots(opened: ReadonlyMap<string, readonly string[]>, named: ReadonlySet<string>): readonly string[] {
  const chosen: string[] = []
  const covered = new Set<string>()
  const imported = new Set<string>()
  for (const [uri, files] of opened) for (const file of files) if (file !== uri) imported.add(file)
  const take = (uri: string) => {
    chosen.push(uri)
    for (const file of opened.get(uri)!) covered.add(file)
    covered.add(uri)
  }
  for (const uri of opened.keys()) if (!imported.has(uri) || named.has(fileURLToPath(uri))) take(uri)
  for (const uri of opened.keys()) if (!covered.has(uri)) take(uri)
  return chosen
}
