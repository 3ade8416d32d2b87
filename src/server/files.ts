/**
 * What the server may read: open documents as they stand in the editor, then the disk for `file:` URIs, then the host for other schemes.
 * Anything outside of the workspace's folders, and outside of the open documents' own, is refused.
 */
import { realpathSync, statSync, type Stats } from 'node:fs'
import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { ReadResult } from '../protocol.ts'
import { MAX_LENGTH, type ReadOutcome } from '../workspace.ts'
import { folderOf, isInside, keyOf } from './uris.ts'

export interface Files {
  read(uri: string): ReadOutcome | Promise<ReadOutcome>
  open(document: TextDocument): void
  close(uri: string): void
  document(uri: string): TextDocument | undefined
  documents(): readonly TextDocument[]
  /** The client's own spelling of a URI that it has open, else the URI. */
  spelling(uri: string): string
  setFolders(uris: readonly string[]): void
  /** All designs in the workspace's folders, without what is hidden or installed; at most as many as a person could oversee. */
  list(): Promise<readonly string[]>
}

export interface FilesOptions {
  /** Asks the host for a document behind another scheme; unset where the host does not answer. */
  readonly readThroughHost?: (uri: string) => Promise<ReadResult>
}

export function createFiles(options: FilesOptions = {}): Files {
  const open = new Map<string, TextDocument>()
  const cached = new Map<string, { readonly stamp: string; readonly outcome: ReadOutcome }>()
  let folders: readonly string[] = []

  const allowed = (uri: string) => [...folders, ...[...open.values()].map((document) => folderOf(document.uri))].some((folder) => isInside(uri, folder))

  async function readDisk(uri: string): Promise<ReadOutcome> {
    let path: string
    let info: Stats
    try {
      path = fileURLToPath(uri)
      info = statSync(path)
      // A link may lead out of the folders that its name stands in.
      const real = pathToFileURL(realpathSync(path)).href
      if (keyOf(real) !== keyOf(uri) && !realFolders().some((folder) => isInside(real, folder))) return { error: 'outside' }
    } catch (error) {
      return { error: reason(error) }
    }
    if (info.isDirectory()) return { error: 'folder' }
    // Reading a pipe or a device could wait for ever.
    if (!info.isFile()) return { error: 'unreadable' }
    if (info.size > MAX_LENGTH) return { error: 'too-large' }
    const stamp = `${info.mtimeMs} ${info.size} ${info.ino} ${info.mode}`
    const known = cached.get(keyOf(uri))
    if (known?.stamp === stamp) return known.outcome
    let outcome: ReadOutcome
    try {
      outcome = { text: withoutMark(await readFile(path, 'utf8')) }
    } catch (error) {
      outcome = { error: reason(error) }
    }
    cached.set(keyOf(uri), { stamp, outcome })
    return outcome
  }

  function realFolders(): readonly string[] {
    const named = [...folders, ...[...open.values()].map((document) => folderOf(document.uri))].filter((folder) => folder.startsWith('file:'))
    return named.flatMap((folder) => {
      try {
        return [pathToFileURL(realpathSync(fileURLToPath(folder))).href]
      } catch {
        return []
      }
    })
  }

  return {
    open: (document) => void open.set(keyOf(document.uri), document),
    close: (uri) => void open.delete(keyOf(uri)),
    document: (uri) => open.get(keyOf(uri)),
    documents: () => [...open.values()],
    spelling: (uri) => open.get(keyOf(uri))?.uri ?? uri,
    setFolders: (uris) => void (folders = uris),
    read(uri) {
      const document = open.get(keyOf(uri))
      if (document) {
        const text = document.getText()
        return text.length > MAX_LENGTH ? { error: 'too-large' } : { text }
      }
      if (!allowed(uri)) return { error: 'outside' }
      if (uri.startsWith('file:')) return readDisk(uri)
      return options.readThroughHost?.(uri) ?? { error: 'unreadable' }
    },
    async list() {
      const found: string[] = []
      const waiting = folders.filter((folder) => folder.startsWith('file:')).map((folder) => fileURLToPath(folder))
      for (let read = 0; waiting.length > 0 && found.length < MOST_FILES && read < MOST_FOLDERS; read++) {
        const folder = waiting.shift()!
        const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
        for (const entry of entries) {
          if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
          const path = `${folder.replace(/[\\/]$/, '')}/${entry.name}`
          if (entry.isDirectory()) waiting.push(path)
          else if (entry.isFile() && entry.name.endsWith('.lintel')) found.push(pathToFileURL(path).href)
        }
      }
      return found.sort()
    },
  }
}

const MOST_FILES = 2_000
const MOST_FOLDERS = 20_000

function reason(error: unknown): 'missing' | 'unreadable' {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' ? 'missing' : 'unreadable'
}

/** An editor hides the byte order mark; lines and characters are counted without it. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}
