/** Says when files change, come or go, through the folders that hold them: so a file that an editor deletes and writes anew is followed. */
import { existsSync, realpathSync, statSync, watch, type FSWatcher } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { UserError } from './failure.ts'

export interface Follower {
  /** From now on these files, which need not exist. True where any of them was not followed before, so that a change may have been missed. */
  follow(paths: Iterable<string>): boolean
  close(): void
}

/** Editors write in several steps: what changes within this time, in ms, is one change. */
const QUIET = 60

interface Folder {
  readonly watcher: FSWatcher
  /** Another folder may come in its place, under its name. */
  readonly inode: number
  names: ReadonlySet<string>
}

export function createFollower(changed: () => void): Follower {
  const folders = new Map<string, Folder>()
  let timer: NodeJS.Timeout | undefined

  function later(): void {
    clearTimeout(timer)
    timer = setTimeout(changed, QUIET)
  }

  function open(path: string, names: ReadonlySet<string>): void {
    try {
      const watcher = watch(path, (_, name) => {
        // Some systems do not say which file it was; and a folder that goes is seen under its own name.
        if (name === null || folders.get(path)?.names.has(name) || name === basename(path)) later()
      })
      watcher.on('error', () => {
        leave(path)
        later()
      })
      folders.set(path, { watcher, names, inode: statSync(path).ino })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOSPC' || code === 'EMFILE') throw new UserError(`this system lets no more files be followed (${code})`)
      // It went away in this moment. What may not be followed for another reason cannot be read, either.
      if (code === 'ENOENT') later()
    }
  }

  function leave(path: string): void {
    folders.get(path)?.watcher.close()
    folders.delete(path)
  }

  return {
    follow(paths) {
      const wanted = namesByFolder(paths)
      for (const [path, { inode }] of [...folders]) if (!wanted.has(path) || statSync(path, { throwIfNoEntry: false })?.ino !== inode) leave(path)
      let fresh = false
      for (const [path, names] of wanted) {
        const known = folders.get(path)
        fresh ||= !known || [...names].some((name) => !known.names.has(name))
        if (known) known.names = names
        else open(path, names)
      }
      return fresh
    },
    close() {
      clearTimeout(timer)
      for (const path of [...folders.keys()]) leave(path)
    },
  }
}

/** For each folder the names in it that matter: of what is missing, the nearest folder above it that exists; of a link, also what it points to. */
function namesByFolder(paths: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  const add = (path: string): void => {
    let [folder, name] = [dirname(path), basename(path)]
    while (!existsSync(folder) && dirname(folder) !== folder) [folder, name] = [dirname(folder), basename(folder)]
    names.set(folder, (names.get(folder) ?? new Set()).add(name))
  }
  for (const path of paths) {
    add(path)
    // The folder may be exchanged as a whole.
    if (dirname(path) !== dirname(dirname(path))) add(dirname(path))
    try {
      const real = realpathSync(path)
      if (real !== path) add(real)
    } catch {
      // It does not exist yet, or no longer.
    }
  }
  return names
}

/** The files of a name from a folder upwards, there or not, up to the last folder that counts. */
export function upwards(folder: string, name: string, isLast: (folder: string) => boolean): readonly string[] {
  const paths = [join(folder, name)]
  while (!isLast(folder) && folder !== dirname(folder)) paths.push(join((folder = dirname(folder)), name))
  return paths
}
