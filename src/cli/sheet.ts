/** `lintel sheet`: the one page for the interview or the design document. */
import { extname } from 'node:path'
import { check, createRenderer, marksOf, sheet } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { createConfigs } from './config.ts'
import { UserError } from './failure.ts'
import { display, writeWhole } from './files.ts'
import { openNamed } from './open.ts'

const FORMATS = ['md', 'html', 'pdf'] as const

export async function sheetCommand(file: string, { output }: { readonly output: string }): Promise<number> {
  const extension = extname(output).slice(1).toLowerCase().replace('markdown', 'md').replace('htm', 'html').replace('htmll', 'html')
  const format = FORMATS.find((one) => one === extension)
  if (!format) throw new UserError(`${output}: the extension says the format, one of ${FORMATS.map((one) => `.${one}`).join(', ')}`)
  const { path, opened, sources } = await openNamed(file)
  if (opened.model.components.length === 0) throw new UserError(`${display(path)} declares no component; a line such as 'service api' makes one`)
  const config = await createConfigs().of(path)
  const diagnostics = check(opened, { rules: config?.config.rules })
  const page = sheet(opened.model, diagnostics)
  const renderer = createRenderer(inProcessEngine())
  try {
    const { svg } = await renderer.draw(opened.model, { theme: format === 'html' ? 'auto' : 'light', marks: marksOf(diagnostics), sources })
    await writeWhole(output, await written(format, page, svg))
  } finally {
    renderer.dispose()
  }
  return 0
}

async function written(format: (typeof FORMATS)[number], page: ReturnType<typeof sheet>, svg: string): Promise<string | Uint8Array> {
  switch (format) {
    case 'md':
      return (await import('../export/sheet-markdown.ts')).sheetMarkdown(page, svg)
    case 'html':
      return (await import('../export/sheet-html.ts')).sheetHtml(page, svg)
    case 'pdf':
      return (await import('./export-files.ts')).sheetAsPdf(page, svg)
  }
}
