/** The sheet of an open design, in the form that is asked for: the same page as `lintel sheet` writes. */
import { readFile } from 'node:fs/promises'
import { sheet } from '../core.ts'
import { sheetHtml } from '../export/sheet-html.ts'
import { withoutGlyph } from '../export/letters.ts'
import { sheetMarkdown } from '../export/sheet-markdown.ts'
import { pictureOf } from '../export/sheet-picture.ts'
import { wordsOf } from '../export/sheet.ts'
import type { SheetParams, SheetResult } from '../protocol.ts'
import type { Designs } from './designs.ts'
import type { Pictures } from './pictures.ts'

/** @throws Error with a sentence for the person, where there is nothing to write or a part of the installation is missing. */
export async function writeSheet({ designs, pictures }: { readonly designs: Designs; readonly pictures: Pictures }, { uri, format, picture: path }: SheetParams): Promise<SheetResult> {
  const design = await designs.at(uri)
  const theme = format === 'html' ? 'auto' : 'light'
  const picture = await pictureOf(design.model, (options) => pictures.draw({ uri, theme, ...options }))
  const page = sheet(design.model, design.diagnostics())
  switch (format) {
    case 'md':
      return { base64: base64(sheetMarkdown(page, path === undefined ? picture : { ...picture, path })), ...(path !== undefined && { picture: base64(picture.svg) }) }
    case 'html':
      return { base64: base64(sheetHtml(page, picture)) }
    case 'pdf': {
      const [{ sheetPdf }, regular, semibold] = await Promise.all([import('../export/sheet-pdf.ts'), font('inter-400.ttf'), font('inter-600.ttf')])
      const lacks = withoutGlyph(wordsOf(page))
      return { base64: base64(await sheetPdf(page, picture, { regular, semibold })), ...(lacks.length > 0 && { lacks }) }
    }
  }
}

function base64(content: string | Uint8Array): string {
  return Buffer.from(content as Uint8Array).toString('base64')
}

/** Beside the bundle, or in `dist/` when run from source. */
async function font(name: string): Promise<Uint8Array> {
  return readFile(new URL(import.meta.url.endsWith('.ts') ? `../../dist/${name}` : `./${name}`, import.meta.url)).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${name}, a part of Lintel, cannot be read (${error.code}): install Lintel again.`)
  })
}
