/**
 * How a design is checked: by the nearest `lintel.json` upwards from its first file, up to the repository's root, and where that says nothing of a
 * rule, by the editor's setting `lintel.rules`. The command line finds the same file, so that the editor and continuous integration agree.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { CONFIG_NAME, readConfig, readRules, type ConfigProblem } from '../config.ts'
import type { CheckOptions } from '../core.ts'
import type { Files } from './files.ts'
import { folderOf, keyOf } from './uris.ts'

export interface DesignConfig {
  readonly options: CheckOptions
  /** The `lintel.json` that counts, where there is one. */
  readonly uri?: string
  readonly problems: readonly ConfigProblem[]
}

export interface Configs {
  /** Tells each place it looked at, found or not: another answer there is another configuration. */
  of(root: string, asked: (uri: string) => void): Promise<DesignConfig>
  /** The editor's settings are others now. */
  changed(): void
}

export interface ConfigsOptions {
  readonly files: Files
  /** The value of `lintel.rules` for a document; unset where the client has no settings. */
  readonly setting: (uri: string) => Promise<unknown>
  readonly warn: (message: string) => void
}

export function createConfigs({ files, setting, warn }: ConfigsOptions): Configs {
  const settings = new Map<string, Promise<CheckOptions['rules']>>()

  function editorRules(root: string): Promise<CheckOptions['rules']> {
    const known = settings.get(keyOf(root))
    if (known) return known
    const asked = setting(root).then(
      (value) => {
        const { rules, problems } = readRules(value)
        for (const problem of problems) warn(`The setting lintel.rules: ${problem}`)
        return rules
      },
      () => ({}),
    )
    settings.set(keyOf(root), asked)
    return asked
  }

  /** A text that was never saved lies nowhere, so no file counts for it. */
  async function nearest(root: string, asked: (uri: string) => void): Promise<{ uri: string; text: string } | undefined> {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(root)) return undefined
    for (let folder = folderOf(root); ; folder = folderOf(folder.slice(0, -1))) {
      const uri = `${folder}${CONFIG_NAME}`
      asked(uri)
      const outcome = folder.startsWith('file:') ? await readDisk(uri) : await files.read(uri)
      if (outcome !== undefined && 'text' in outcome) return { uri, text: outcome.text }
      const above = folderOf(folder.slice(0, -1))
      const ends = folder.startsWith('file:') ? existsSync(fileURLToPath(`${folder}.git`)) || folder === 'file:///' : outcome !== undefined && outcome.error === 'outside'
      // `file:///C:/` has nothing above it but the names of drives; `vfs://host/` nothing but its scheme.
      if (ends || above.length >= folder.length || /^[a-z][a-z0-9+.-]*:\/\/$/i.test(above)) return undefined
    }
  }

  return {
    async of(root, asked) {
      const [rules, file] = await Promise.all([editorRules(root), nearest(root, asked)])
      if (!file) return { options: { rules }, problems: [] }
      const { config, problems } = readConfig(file.text)
      return { options: { rules: { ...rules, ...config.rules } }, uri: file.uri, problems }
    },
    changed: () => settings.clear(),
  }
}

async function readDisk(uri: string): Promise<{ text: string } | undefined> {
  try {
    return { text: await readFile(fileURLToPath(uri), 'utf8') }
  } catch {
    return undefined
  }
}
