/** Finds the `lintel.json` that counts for a design: the nearest one upwards, up to the repository's root, or the top where there is no repository. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { CONFIG_NAME, isExcluded, readConfig, type Config } from '../config.ts'
import { UserError } from './failure.ts'
import { display } from './files.ts'

export interface ConfigFile {
  /** Absolute. */
  readonly path: string
  readonly config: Config
}

export interface Configs {
  /** Unset where there is none. @throws UserError that says what is wrong with it, and where. */
  of(design: string): Promise<ConfigFile | undefined>
  excludes(design: string): Promise<boolean>
}

export function createConfigs(): Configs {
  const byFolder = new Map<string, Promise<ConfigFile | undefined>>()

  function at(folder: string): Promise<ConfigFile | undefined> {
    const known = byFolder.get(folder)
    if (known) return known
    const found = find(folder)
    byFolder.set(folder, found)
    return found
  }

  async function find(folder: string): Promise<ConfigFile | undefined> {
    const own = await read(join(folder, CONFIG_NAME))
    if (own) return own
    return existsSync(join(folder, '.git')) || folder === dirname(folder) ? undefined : at(dirname(folder))
  }

  const of = (design: string) => at(dirname(design))
  return {
    of,
    async excludes(design) {
      const file = await of(design)
      return file !== undefined && isExcluded(file.config, relative(dirname(file.path), design).split(sep).join('/'))
    },
  }
}

async function read(path: string): Promise<ConfigFile | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new UserError(`${display(path)} cannot be read (${code})`)
  }
  const { config, problems } = readConfig(text)
  if (problems.length === 0) return { path, config }
  throw new UserError(problems.map(({ message, range: { start } }) => `${display(path)}:${start.line + 1}:${start.character + 1}: ${message}`).join('\nlintel: '))
}
