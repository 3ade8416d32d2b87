/**
 * Opens a design: a root file and everything it imports, wherever the text comes from (disk, editor, test), lowered to one model.
 * Nothing here touches the disk: the caller brings a reader.
 */
import type { Model, Problem } from './model/model.ts'

export type ReadOutcome = { readonly text: string } | { readonly error: 'missing' | 'folder' | 'unreadable' | 'too-large' | 'outside' }

export interface Reader {
  /** The text of a document by its URI, as it stands now (an editor's unsaved text before the disk's). */
  read(uri: string): ReadOutcome | Promise<ReadOutcome>
}

export interface Opened {
  readonly root: string
  readonly model: Model
  /** Of all files of the design, in order of file and place. */
  readonly problems: readonly Problem[]
}
