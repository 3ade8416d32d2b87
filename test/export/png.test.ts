import assert from 'node:assert/strict'
import { create } from 'fontkit'
import { fontMetrics } from '../../src/diagram/generated/font-metrics.ts'
import { pngOf, type PngOptions } from '../../src/export/png.ts'
import { sizeOf } from '../../src/export/size.ts'
import { exportFonts } from '../../src/tools/export-fonts.ts'
import { fonts, svgOf, wasm } from './support.ts'

const DESIGN = 'service api "Заказы"\ndatabase ledger\napi -> ledger "łódź"'

describe('PNG', () => {
  let options: PngOptions
  before(async () => {
    const { regular, semibold } = await fonts()
    options = { wasm: await wasm(), fonts: [regular, semibold] }
  })

  it('is twice as large as the picture, or as large as asked', async () => {
    const svg = await svgOf(DESIGN)
    const { width, height } = sizeOf(svg)
    for (const scale of [undefined, 1, 3]) {
      const { bytes } = await drawn(svg, { ...options, scale })
      assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
      assert.deepEqual(dimensions(bytes), [width * (scale ?? 2), height * (scale ?? 2)])
    }
  })

  it('shows words of every script it has a face for, and in both weights', async () => {
    const [from, to] = ['<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20" viewBox="0 0 80 20" font-family="Inter, sans-serif">', '</svg>']
    const seen = new Set<string>()
    const words = ['', 'A', 'ł', 'Ω', 'З', '→'].flatMap((word) => [400, 600].map((weight) => `<text x="2" y="15" font-size="16" font-weight="${weight}">${word}</text>`))
    for (const text of words) seen.add(Buffer.from((await drawn(from + text + to, options)).bytes).toString('base64'))
    assert.equal(seen.size, words.length - 1, 'only the two without a word look alike')
  })

  it('draws a picture of both themes in the light one, and the dark one dark', async () => {
    const [light, auto, dark] = await Promise.all((['light', 'auto', 'dark'] as const).map(async (theme) => (await drawn(await svgOf(DESIGN, theme), options)).bytes))
    assert.deepEqual(auto, light)
    assert.notDeepEqual(dark, light)
  })

  it('refuses a picture that no viewer would open, and says what to do', async () => {
    const outcome = await pngOf('<svg width="9000" height="9000" xmlns="http://www.w3.org/2000/svg"></svg>', options)
    assert.ok('error' in outcome)
    assert.match(outcome.error, /18000 × 18000 pixels.*\.svg/)
  })

  it('uses letters as wide as they were measured', async () => {
    for (const { weight, bytes } of await exportFonts()) {
      const font = create(bytes)
      for (const { chars, widths } of fontMetrics.filter((face) => face.weight === weight)) {
        const wrong = [...chars].filter((char, index) => Math.abs(font.layout(char).advanceWidth - widths[index]!) > 1)
        assert.deepEqual(wrong, [], `more than a 2048th of an em off at weight ${weight}`)
      }
    }
  })
})

async function drawn(svg: string, options: PngOptions): Promise<{ readonly bytes: Uint8Array }> {
  const outcome = await pngOf(svg, options)
  assert.ok('bytes' in outcome)
  return outcome
}

function dimensions(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return [view.getUint32(16), view.getUint32(20)]
}
