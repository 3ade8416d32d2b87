/** A folder for an editor's own files, empty. */
import { mkdir, rm } from 'node:fs/promises'

export async function freshHome(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  return folder
}
