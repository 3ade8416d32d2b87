/** `lintel new`: starts a design from the gallery. */
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nearest } from '../core.ts'
import { UserError } from './failure.ts'
import { display, writeWhole } from './files.ts'
import { paint } from './print.ts'

interface Example {
  readonly name: string
  /** Its first comment line, or its title. */
  readonly about: string
  readonly text: string
}

export async function newCommand(name: string | undefined, options: { readonly output?: string }): Promise<number> {
  const gallery = await readGallery()
  if (name === undefined) {
    const width = Math.max(...gallery.map((example) => example.name.length))
    for (const example of gallery) process.stdout.write(`${paint('bold', example.name.padEnd(width))}  ${example.about}\n`)
    process.stdout.write(`\n'lintel new ${gallery[0]!.name}' writes ${gallery[0]!.name}.lintel here.\n`)
    return 0
  }
  const example = gallery.find((one) => one.name === name)
  if (!example) {
    const close = nearest(name, gallery.map((one) => one.name))
    throw new UserError(`there is no example ‘${name}’${close ? `; did you mean ${close}?` : ''} 'lintel new' lists them`)
  }
  const output = options.output ?? `${name}.lintel`
  if (existsSync(output)) throw new UserError(`${output} exists already; choose another file with -o`)
  await writeWhole(output, example.text)
  process.stdout.write(`${display(resolve(output))}: ${example.about}\n'lintel check ${output}' checks it, 'lintel render ${output} -o ${output.replace(/\.lintel$/, '')}.svg' draws it.\n`)
  return 0
}

async function readGallery(): Promise<readonly Example[]> {
  const folder = join(packageRoot(), 'examples')
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name, `${name}.lintel`), 'utf8')
      return { name, about: /^\/\/ (.+)$/m.exec(text)?.[1] ?? /design "([^"]+)"/.exec(text)?.[1] ?? name, text }
    }),
  )
}

/** The folder that holds package.json and the gallery, both for the built command and when run from its source. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}
