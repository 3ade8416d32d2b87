/** `lintel format`: the canonical layout of all designs under the paths, in place. */
import { readFile } from 'node:fs/promises'
import { format } from '../workspace.ts'
import { createConfigs } from './config.ts'
import { UserError } from './failure.ts'
import { display, findDesigns, readNamed, writeWhole } from './files.ts'
import { plural } from './print.ts'

export async function formatCommand(paths: readonly string[], { check }: { readonly check?: boolean }): Promise<number> {
  const { files } = await findDesigns(paths, createConfigs().excludes)
  const changed: { readonly file: string; readonly text: string }[] = []
  // All are looked at before one is written.
  for (const file of files) {
    const before = await read(file)
    const { text, left } = format(before)
    if (text !== before) changed.push({ file, text })
    if (left.length > 0) process.stderr.write(`lintel: ${notice(file, left)}\n`)
  }
  for (const { file, text } of changed) {
    if (!check) await writeWhole(file, text)
    process.stdout.write(`${display(file)}\n`)
  }
  process.stderr.write(`lintel: ${summary(changed.length, files.length, check)}\n`)
  return check && changed.length > 0 ? 1 : 0
}

/** @throws UserError where the file cannot be read, or would not be the same once it is written again. */
async function read(file: string): Promise<string> {
  const { text } = await readNamed(file)
  if (text.includes('\ufffd') && !Buffer.from(text).equals(await readFile(file))) throw new UserError(`${display(file)} is not all UTF-8; nothing was formatted`)
  return text
}

const MOST_LISTED = 5

function notice(file: string, left: readonly number[]): string {
  const numbers = left.slice(0, MOST_LISTED).map((line) => line + 1)
  const more = left.length - numbers.length
  const lines = more > 0 ? `${numbers.join(', ')} and ${more} more` : numbers.length > 1 ? `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}` : `${numbers[0]}`
  const what = left.length === 1 ? `line ${lines} cannot be read and stays as it is` : `lines ${lines} cannot be read and stay as they are`
  return `${display(file)}: ${what}; 'lintel check' says why`
}

function summary(changed: number, all: number, check: boolean | undefined): string {
  if (changed === 0) return `${plural(all, 'file')}, nothing to change`
  return check ? `${changed} of ${plural(all, 'file')} would change; 'lintel format' changes ${changed === 1 ? 'it' : 'them'}` : `${changed} of ${plural(all, 'file')} changed`
}
