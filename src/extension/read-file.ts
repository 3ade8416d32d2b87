/** Files for the server's imports, through the editor's file systems: those of the disk, of a remote and virtual ones. */
import { FileSystemError, FileType, type Uri, workspace } from 'vscode'
import type { ReadResult } from '../protocol.ts'

/** Bytes, as the server reads from the disk. A design is text that people write; what is larger is something else. */
const LIMIT = 2 * 1024 * 1024

export async function readFile(uri: Uri): Promise<ReadResult> {
  try {
    const { type, size } = await workspace.fs.stat(uri)
    if (type & FileType.Directory) return { error: 'folder' }
    if (size > LIMIT) return { error: 'too-large' }
    return { text: new TextDecoder().decode(await workspace.fs.readFile(uri)) }
  } catch (error) {
    if (!(error instanceof FileSystemError)) return { error: 'unreadable' }
    if (error.code === 'FileNotFound') return { error: 'missing' }
    return { error: error.code === 'FileIsADirectory' ? 'folder' : 'unreadable' }
  }
}
