/**
 * Looks at a picture while working on it: `node src/tools/picture.ts FILE [-o OUT.svg|.png] [--view TITLE] [--theme dark] [--direction right]
 * [--scale 2]`. Prints the figures of its quality, and what is wrong with it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { Resvg } from '@resvg/resvg-js'
import subset from 'subset-font'
import { check, createRenderer, marksOf, type Theme } from '../core.ts'
import { inProcessEngine } from '../diagram/engine.ts'
import type { Direction } from '../diagram/picture.ts'
import { faults, figures } from '../diagram/quality.ts'
import { openDesign } from '../workspace.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string', short: 'o', default: 'picture.png' },
    view: { type: 'string' },
    theme: { type: 'string', default: 'light' },
    direction: { type: 'string' },
    scale: { type: 'string', default: '1' },
  },
})

for (const file of positionals) {
  const opened = await openDesign(pathToFileURL(file).href, { read: (uri) => ({ text: readFileSync(new URL(uri), 'utf8') }) })
  const renderer = createRenderer(inProcessEngine())
  const { svg, placed } = await renderer.draw(opened.model, {
    theme: values.theme as Theme,
    view: values.view,
    direction: values.direction as Direction | undefined,
    marks: marksOf(check(opened)),
  })
  renderer.dispose()
  const output = positionals.length === 1 ? values.output : `${file.split('/').at(-1)!.replace(/\.lintel$/, '')}.png`
  writeFileSync(output, output.endsWith('.svg') ? svg : await png(svg, Number(values.scale)))
  const { width, height, ...rest } = figures(placed)
  console.log(`${output}: ${placed.direction}, ${width} × ${height} (${(width / height).toFixed(2)} : 1), ${JSON.stringify(rest)}`)
  for (const fault of faults(placed)) console.log(`  ${fault}`)
}

/** The embedded font is for browsers; this renderer wants files, of kinds that it knows. */
async function png(svg: string, scale: number): Promise<Buffer> {
  const folder = join(tmpdir(), 'lintel-fonts')
  mkdirSync(folder, { recursive: true })
  const fontFiles = await Promise.all(
    [400, 600].map(async (weight) => {
      const source = readFileSync(new URL(`../../node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`, import.meta.url))
      const path = join(folder, `inter-${weight}.ttf`)
      writeFileSync(path, await subset(source, [...new Set(svg)].join(''), { targetFormat: 'truetype' }))
      return path
    }),
  )
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, font: { fontFiles, loadSystemFonts: true, defaultFontFamily: 'Inter' } }).render().asPng()
}
