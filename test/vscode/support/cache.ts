/** Where large things that the editor tests need are kept between runs; git ignores it. Another place: the environment variable LINTEL_TEST_CACHE. */
import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

export function cacheFolder(): string {
  return resolve(process.env['LINTEL_TEST_CACHE'] ?? join(repository, '.cache'))
}

/** A folder of the cache, made once: `fill` runs unless an earlier run finished it, so a broken-off one leaves nothing that is taken for whole. */
export async function cached(name: string, version: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cacheFolder(), `${name}-${version}`)
  const done = join(folder, '.complete')
  if (existsSync(done)) return folder
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await fill(folder)
  await writeFile(done, `${version}\n`)
  return folder
}

/** Progress for the person who waits. Goes to stderr, so that a report on stdout stays clean. */
export function progress(text: string): void {
  process.stderr.write(`  ${text}\n`)
}
