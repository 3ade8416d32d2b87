/** `lintel render`: one picture, written whole or not at all. */
import { extname } from 'node:path'
import { check, createRenderer, marksOf, type Picture, type Theme } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { UserError } from './failure.ts'
import { display, diskReader, readNamed, writeWhole } from './files.ts'
import { plural } from './print.ts'
import { openDesign } from '../workspace.ts'

export interface RenderOptions {
  readonly output?: string
  readonly view?: string
  readonly theme: Theme
  readonly format?: Format
}

const FORMATS = ['svg', 'json', 'html'] as const
type Format = (typeof FORMATS)[number]

export async function renderCommand(file: string, options: RenderOptions): Promise<number> {
  const format = options.format ?? formatOf(options.output)
  const { path, uri } = await readNamed(file)
  const sources: { uri: string; text: string }[] = []
  const disk = diskReader(path)
  const opened = await openDesign(uri, {
    async read(wanted) {
      const outcome = await disk.read(wanted)
      if ('text' in outcome) sources.push({ uri: wanted, text: outcome.text })
      return outcome
    },
  })
  const { model } = opened
  if (model.components.length === 0) {
    throw new UserError(`${display(path)} declares no component to draw; a line such as 'service api' makes one`)
  }
  if (options.view !== undefined && !model.views.some(({ title }) => title === options.view)) {
    const titles = model.views.map(({ title }) => `‘${title}’`).join(', ')
    throw new UserError(`${display(path)} has no view ‘${options.view}’; ${titles ? `it has ${titles}` : 'it declares none'}`)
  }
  const diagnostics = check(opened)
  const renderer = createRenderer(inProcessEngine())
  try {
    const picture = await renderer.draw(model, { theme: options.theme, view: options.view, marks: marksOf(diagnostics), sources })
    await put(options.output, content(picture, format))
  } finally {
    renderer.dispose()
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  if (errors > 0) process.stderr.write(`lintel: drawn, with ${plural(errors, 'error')} marked; 'lintel check ${display(path)}' says which\n`)
  return 0
}

function formatOf(output: string | undefined): Format {
  if (output === undefined) return 'svg'
  const extension = extname(output).slice(1).toLowerCase()
  const format = FORMATS.find((one) => one === extension)
  if (!format) throw new UserError(`${output}: the extension says the format, one of ${FORMATS.map((one) => `.${one}`).join(', ')}; or say --format`)
  return format
}

function content(picture: Picture, format: Format): string {
  if (format === 'json') return JSON.stringify(picture.placed, null, 2) + '\n'
  return picture.svg
}

async function put(output: string | undefined, text: string): Promise<void> {
  if (output === undefined) process.stdout.write(text)
  else await writeWhole(output, text)
}
