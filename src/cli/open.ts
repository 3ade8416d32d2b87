/** One design from the disk, with the texts of all its files: a picture carries them, so that it can be opened again. */
import { openDesign, type Opened, type ReadOutcome } from '../workspace.ts'
import { diskReader, readNamed } from './files.ts'

export interface OpenedFile {
  readonly path: string
  readonly opened: Opened
  readonly sources: readonly { readonly uri: string; readonly text: string }[]
}

/** `read` hears of everything that is looked for, and what was found. @throws UserError where the file cannot be read. */
export async function openNamed(file: string, read: (uri: string, outcome: ReadOutcome) => void = () => {}): Promise<OpenedFile> {
  const { path, uri } = await readNamed(file)
  const sources: { uri: string; text: string }[] = []
  const disk = diskReader(path)
  const opened = await openDesign(uri, {
    async read(wanted) {
      const outcome = await disk.read(wanted)
      read(wanted, outcome)
      if ('text' in outcome) sources.push({ uri: wanted, text: outcome.text })
      return outcome
    },
  })
  return { path, opened, sources }
}
