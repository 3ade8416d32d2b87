/** `lintel sheet`: the one page for the interview or the design document. */
import { dirname, extname, relative, resolve, sep } from 'node:path'
import { check, createRenderer, marksOf, sheet } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { pictureOf, type SheetPicture } from '../export/sheet-picture.ts'
import { createConfigs } from './config.ts'
import { UserError } from './failure.ts'
import { display, writeWhole } from './files.ts'
import { openNamed } from './open.ts'
import { plural } from './print.ts'

const FORMATS = ['md', 'html', 'pdf'] as const

export async function sheetCommand(file: string, { output, picture }: { readonly output: string; readonly picture?: string }): Promise<number> {
  const extension = extname(output).slice(1).toLowerCase().replace('markdown', 'md').replace('htm', 'html').replace('htmll', 'html')
  const format = FORMATS.find((one) => one === extension)
  if (!format) throw new UserError(`${output}: the extension says the format, one of ${FORMATS.map((one) => `.${one}`).join(', ')}`)
  if (picture !== undefined && format !== 'md') throw new UserError(`--picture is for .md; ${output} has its picture inside`)
  if (picture !== undefined && extname(picture).toLowerCase() !== '.svg') throw new UserError(`${picture}: the picture beside the sheet is an .svg`)
  const { path, opened, sources } = await openNamed(file)
  if (opened.model.components.length === 0) throw new UserError(`${display(path)} declares no component; a line such as 'service api' makes one`)
  const config = await createConfigs().of(path)
  const diagnostics = check(opened, { rules: config?.config.rules })
  const page = sheet(opened.model, diagnostics)
  const renderer = createRenderer(inProcessEngine())
  try {
    const theme = format === 'html' ? 'auto' : 'light'
    const drawn = await pictureOf(opened.model, (options) => renderer.draw(opened.model, { ...options, theme, marks: marksOf(diagnostics), sources }))
    if (picture !== undefined) await writeWhole(picture, drawn.svg)
    await writeWhole(output, await written(format, page, picture === undefined ? drawn : { ...drawn, path: relative(dirname(resolve(output)), resolve(picture)).split(sep).join('/') }))
  } finally {
    renderer.dispose()
  }
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  if (errors > 0) process.stderr.write(`lintel: written, with ${plural(errors, 'error')} still open; 'lintel check ${display(path)}' shows where\n`)
  return 0
}

async function written(format: (typeof FORMATS)[number], page: ReturnType<typeof sheet>, picture: SheetPicture & { readonly path?: string }): Promise<string | Uint8Array> {
  switch (format) {
    case 'md':
      return (await import('../export/sheet-markdown.ts')).sheetMarkdown(page, picture)
    case 'html':
      return (await import('../export/sheet-html.ts')).sheetHtml(page, picture)
    case 'pdf':
      return (await import('./export-files.ts')).sheetAsPdf(page, picture)
  }
}
