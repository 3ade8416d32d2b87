/** One picture of one design from the disk, in the format that is asked for: what `render` writes once and `watch` again and again. */
import { basename } from 'node:path'
import { check, marksOf, type Diagnostic, type Renderer, type Theme } from '../core.ts'
import type { Model } from '../model/model.ts'
import { createConfigs } from './config.ts'
import { UserError } from './failure.ts'
import { display } from './files.ts'
import { exporter, type Format } from './formats.ts'
import type { OpenedFile } from './open.ts'

export interface DrawOptions {
  readonly view?: string
  readonly flow?: string
  readonly theme: Theme
}

export interface Drawn {
  readonly content: string | Uint8Array
  readonly diagnostics: readonly Diagnostic[]
}

/** @throws UserError where there is nothing to draw, or no such view or flow. */
export async function draw(renderer: Renderer, { path, opened, sources }: OpenedFile, { view, flow, theme }: DrawOptions, format: Format): Promise<Drawn> {
  const { model } = opened
  drawable(path, model, { view, flow })
  const config = await createConfigs().of(path)
  const diagnostics = check(opened, { rules: config?.config.rules })
  const picture = await renderer.draw(model, { theme, view, flow, marks: marksOf(diagnostics), sources })
  if (picture.placed.nodes.length === 0) {
    throw new UserError(`${flow === undefined ? `the view ‘${view}’ shows` : `the flow ‘${flow}’ touches`} no component, so there is nothing to draw`)
  }
  const title = [model.design?.title ?? basename(path, '.lintel'), view, flow].filter((part) => part !== undefined).join(': ')
  return { content: await exporter(format).write({ picture, title, theme }), diagnostics }
}

/** @throws UserError as `draw` does, before anything is computed. */
export function drawable(path: string, model: Model, { view, flow }: { readonly view?: string; readonly flow?: string }): void {
  if (model.components.length === 0) throw new UserError(`${display(path)} declares no component to draw; a line such as 'service api' makes one`)
  declared(path, 'view', view, model.views)
  declared(path, 'flow', flow, model.flows)
}

/** @throws UserError that lists what there is, where the design has nothing of that title. */
function declared(path: string, what: 'view' | 'flow', title: string | undefined, all: readonly { readonly title: string }[]): void {
  if (title === undefined || all.some((one) => one.title === title)) return
  const titles = all.map((one) => `‘${one.title}’`).join(', ')
  throw new UserError(`${display(path)} has no ${what} ‘${title}’; ${titles ? `it has ${titles}` : 'it declares none'}`)
}
