/** The disk, as the commands see it: designs under a path, a reader for imports, and writing that leaves a whole file or none. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, opendir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { MAX_LENGTH, type Reader, type ReadOutcome } from '../workspace.ts'
import { UserError } from './failure.ts'

export interface Found {
  /** Absolute paths, sorted. */
  readonly files: readonly string[]
  /** The files that were named one by one: reported each on its own, even when another imports it. */
  readonly named: ReadonlySet<string>
}

/** All designs under the paths, without those that are excluded; one that is named counts all the same. @throws UserError when a path does not exist or is no design, or nothing is found at all. */
export async function findDesigns(paths: readonly string[], excludes: (file: string) => Promise<boolean> = async () => false): Promise<Found> {
  const files = new Set<string>()
  const named = new Set<string>()
  let excluded = 0
  for (const path of paths) {
    const absolute = resolve(path)
    const info = await stat(absolute).catch((error: NodeJS.ErrnoException) => {
      throw new UserError(error.code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${error.code})`)
    })
    if (info.isDirectory()) {
      for await (const file of designsUnder(absolute)) {
        if (await excludes(file)) excluded++
        else files.add(file)
      }
    } else {
      files.add(absolute)
      named.add(absolute)
    }
  }
  if (files.size === 0 && excluded > 0) throw new UserError(`lintel.json excludes all ${excluded} .lintel files under ${paths.join(', ')}; name one to check it all the same`)
  if (files.size === 0) throw new UserError(`no .lintel file under ${paths.join(', ')}; 'lintel new' starts one`)
  return { files: [...files].sort(), named }
}

async function* designsUnder(folder: string): AsyncGenerator<string> {
  let entries
  try {
    entries = await opendir(folder)
  } catch (error) {
    throw new UserError(`${display(folder)} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const folders: string[] = []
  for await (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') folders.push(join(folder, entry.name))
    else if (entry.isFile() && entry.name.endsWith('.lintel')) yield join(folder, entry.name)
  }
  for (const inner of folders) yield* designsUnder(inner)
}

/** Reads files below the working folder, or below the design's own folder where that lies elsewhere; an import that leads out is refused. */
export function diskReader(root: string): Reader {
  const here = process.cwd()
  const base = isWithin(root, here) ? here : dirname(root)
  return {
    async read(uri) {
      const path = fileURLToPath(uri)
      return isWithin(path, base) ? readDesign(path) : { error: 'outside' }
    },
  }
}

export async function readDesign(path: string): Promise<ReadOutcome> {
  try {
    const info = await stat(path)
    if (info.isDirectory()) return { error: 'folder' }
    if (info.size > MAX_LENGTH) return { error: 'too-large' }
    return { text: await readFile(path, 'utf8') }
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable' }
  }
}

/** Reads the file a command was given. @throws UserError that says what is wrong with it. */
export async function readNamed(file: string): Promise<{ readonly path: string; readonly uri: string; readonly text: string }> {
  const path = resolve(file)
  const outcome = await readDesign(path)
  if ('text' in outcome) return { path, uri: pathToFileURL(path).href, text: outcome.text }
  throw new UserError(
    {
      missing: `${file} does not exist`,
      folder: `${file} is a folder; name a .lintel file in it`,
      unreadable: `${file} cannot be read; check its permissions`,
      'too-large': `${file} is larger than ${MAX_LENGTH / 1024 / 1024} MB, more than Lintel reads; split the design and import its parts`,
      outside: `${file} is outside the workspace`,
    }[outcome.error],
  )
}

/** Writes the whole file or leaves what was there: a reader never sees half of it. */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  const named = resolve(file)
  // What a link points to is written, not the link; and who may read or run it stays as it was.
  const path = await realpath(named).catch(() => named)
  const mode = await stat(path).then((info) => info.mode & 0o777, () => undefined)
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    await writeFile(beside, content, { flag: 'wx' })
    if (mode !== undefined) await chmod(beside, mode)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw new UserError(`${file} cannot be written (${code === 'ENOENT' ? `the folder ${dirname(file)} does not exist` : code})`)
  }
}

/** As people name it: relative to the working folder where it is below it, with forward slashes on every platform. */
export function display(path: string): string {
  const short = relative(process.cwd(), path)
  const shown = short && !short.startsWith('..') && !isAbsolute(short) ? short : path
  return shown.split(sep).join('/')
}

export function displayUri(uri: string): string {
  return uri.startsWith('file:') ? display(fileURLToPath(uri)) : uri
}

/** The folder of the repository that the working folder is in; the working folder where it is in none. */
export function repositoryRoot(from = process.cwd()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (folder === dirname(folder)) return from
  }
}

/** A `file:` URI's path below a folder, with forward slashes; unset where it is not below it. */
export function within(uri: string, folder: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined
  const path = fileURLToPath(uri)
  return isWithin(path, folder) ? relative(folder, path).split(sep).join('/') : undefined
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}
