/** What the command line reads from `dist/`, made here, and a picture to export. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createRenderer, type DrawOptions, type Theme } from '../../src/core.ts'
import { inProcessEngine } from '../../src/diagram/engine.ts'
import { exportFonts } from '../../src/tools/export-fonts.ts'
import { modelOf } from '../support/design.ts'

export async function wasm(): Promise<Uint8Array> {
  return readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')))
}

export async function fonts(): Promise<{ readonly regular: Uint8Array; readonly semibold: Uint8Array }> {
  const faces = await exportFonts()
  const face = (wanted: number) => faces.find(({ weight }) => weight === wanted)!.bytes
  return { regular: face(400), semibold: face(600) }
}

export async function svgOf(text: string, theme: Theme = 'light', marks: NonNullable<DrawOptions['marks']> = []): Promise<string> {
  const renderer = createRenderer(inProcessEngine())
  try {
    return (await renderer.draw(modelOf(text), { theme, marks })).svg
  } finally {
    renderer.dispose()
  }
}
