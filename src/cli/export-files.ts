/** PNG and PDF as the command line writes them: with the rasteriser and the fonts that the build lays beside it. */
import { readFile } from 'node:fs/promises'
import { lettersWithoutGlyph, withoutGlyph } from '../export/letters.ts'
import type { SheetPicture } from '../export/sheet-picture.ts'
import { wordsOf, type Sheet } from '../export/sheet.ts'
import { UserError } from './failure.ts'

/** @throws UserError where the picture is too large, or a file of the installation is missing. */
export async function png(svg: string): Promise<Uint8Array> {
  const [{ pngOf }, wasm, ...fonts] = await Promise.all([import('../export/png.ts'), part('resvg.wasm'), part('inter-400.ttf'), part('inter-600.ttf')])
  return written(svg, 'PNG', await pngOf(svg, { wasm, fonts }))
}

/** @throws UserError as `png` does. */
export async function pdf(svg: string): Promise<Uint8Array> {
  const [{ pdfOf }, regular, semibold] = await Promise.all([import('../export/pdf.ts'), part('inter-400.ttf'), part('inter-600.ttf')])
  return written(svg, 'PDF', await pdfOf(svg, { regular, semibold }))
}

/** @throws UserError where a file of the installation is missing. */
export async function sheetAsPdf(page: Sheet, picture: SheetPicture): Promise<Uint8Array> {
  const [{ sheetPdf }, regular, semibold] = await Promise.all([import('../export/sheet-pdf.ts'), part('inter-400.ttf'), part('inter-600.ttf')])
  const bytes = await sheetPdf(page, picture, { regular, semibold })
  noteMissing('PDF', [...new Set([...withoutGlyph(wordsOf(page)), ...lettersWithoutGlyph(picture.svg)])], '.md and .html show them')
  return bytes
}

function written(svg: string, format: string, outcome: { readonly bytes: Uint8Array } | { readonly error: string }): Uint8Array {
  if ('error' in outcome) throw new UserError(outcome.error)
  noteMissing(format, lettersWithoutGlyph(svg), '.svg and .html show them')
  return outcome.bytes
}

function noteMissing(format: string, missing: readonly string[], instead: string): void {
  if (missing.length > 0) process.stderr.write(`lintel: the ${format} lacks ${missing.slice(0, 12).join(' ')}${missing.length > 12 ? ' …' : ''}, for which Lintel carries no glyph; ${instead}\n`)
}

/** Beside the bundle, or in `dist/` when run from source. */
async function part(name: string): Promise<Uint8Array> {
  const url = new URL(import.meta.url.endsWith('.ts') ? `../../dist/${name}` : `./${name}`, import.meta.url)
  return readFile(url).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${name}, a part of Lintel, cannot be read (${error.code}): install Lintel again, or 'npm run build' in its sources`)
  })
}
