/** `lintel render`: one picture, written whole or not at all. */
import { basename } from 'node:path'
import { check, createRenderer, marksOf, type Theme } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { createConfigs } from './config.ts'
import { UserError } from './failure.ts'
import { exporter, formatOf, type Format } from './formats.ts'
import { display, writeWhole } from './files.ts'
import { openNamed } from './open.ts'
import { plural } from './print.ts'

export interface RenderOptions {
  readonly output?: string
  readonly view?: string
  readonly flow?: string
  readonly theme: Theme
  readonly format?: Format
}

export async function renderCommand(file: string, options: RenderOptions): Promise<number> {
  const { view, flow, theme, format = formatOf(options.output) } = options
  const { path, opened, sources } = await openNamed(file)
  const { model } = opened
  if (model.components.length === 0) {
    throw new UserError(`${display(path)} declares no component to draw; a line such as 'service api' makes one`)
  }
  declared(path, 'view', view, model.views)
  declared(path, 'flow', flow, model.flows)
  const config = await createConfigs().of(path)
  const diagnostics = check(opened, { rules: config?.config.rules })
  const renderer = createRenderer(inProcessEngine())
  try {
    const picture = await renderer.draw(model, { theme, view, flow, marks: marksOf(diagnostics), sources })
    if (picture.placed.nodes.length === 0) {
      throw new UserError(`${flow === undefined ? `the view ‘${view}’ shows` : `the flow ‘${flow}’ touches`} no component, so there is nothing to draw`)
    }
    const title = [model.design?.title ?? basename(path, '.lintel'), view, flow].filter((part) => part !== undefined).join(': ')
    await put(options.output, await exporter(format).write({ picture, title, theme }))
  } finally {
    renderer.dispose()
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  if (errors > 0) process.stderr.write(`lintel: drawn, with ${plural(errors, 'error')} marked; 'lintel check ${display(path)}' says which\n`)
  return 0
}

/** @throws UserError that lists what there is, where the design has nothing of that title. */
function declared(path: string, what: 'view' | 'flow', title: string | undefined, all: readonly { readonly title: string }[]): void {
  if (title === undefined || all.some((one) => one.title === title)) return
  const titles = all.map((one) => `‘${one.title}’`).join(', ')
  throw new UserError(`${display(path)} has no ${what} ‘${title}’; ${titles ? `it has ${titles}` : 'it declares none'}`)
}

async function put(output: string | undefined, content: string | Uint8Array): Promise<void> {
  if (output === undefined) process.stdout.write(content)
  else await writeWhole(output, content)
}
