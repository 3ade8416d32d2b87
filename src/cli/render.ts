/** `lintel render`: one picture, written whole or not at all. */
import { createRenderer } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import { draw, type DrawOptions } from './draw.ts'
import { formatOf, type Format } from './formats.ts'
import { display, writeWhole } from './files.ts'
import { openNamed } from './open.ts'
import { plural } from './print.ts'

export interface RenderOptions extends DrawOptions {
  readonly output?: string
  readonly format?: Format
}

export async function renderCommand(file: string, { output, format = formatOf(output), ...options }: RenderOptions): Promise<number> {
  const opened = await openNamed(file)
  const renderer = createRenderer(inProcessEngine())
  try {
    const { content, diagnostics } = await draw(renderer, opened, options, format)
    if (output === undefined) process.stdout.write(content)
    else await writeWhole(output, content)
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length
    if (errors > 0) process.stderr.write(`lintel: drawn, with ${plural(errors, 'error')} marked; 'lintel check ${display(opened.path)}' says which\n`)
    return 0
  } finally {
    renderer.dispose()
  }
}
