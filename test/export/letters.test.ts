import assert from 'node:assert/strict'
import { create } from 'fontkit'
import { hasGlyph, legible, lettersWithoutGlyph } from '../../src/export/letters.ts'
import { exportFonts } from '../../src/tools/export-fonts.ts'
import { FACES } from '../../src/tools/font.ts'

describe('letters without a glyph', () => {
  it('are each named once, and only of what is shown', () => {
    assert.deepEqual(lettersWithoutGlyph('<title>訳</title><text x="1">注文 a × 注</text><text>Заказы łódź</text>'), ['注', '文'])
  })

  it('are those that the fonts of PNG and PDF have none of', async () => {
    for (const { name, bytes } of await exportFonts()) {
      const font = create(Buffer.from(bytes))
      for (const [first, last] of FACES.flatMap(({ ranges }) => [...ranges])) {
        for (let code = first; code <= last; code++) assert.equal(hasGlyph(String.fromCodePoint(code)), font.hasGlyphForCodePoint(code) || /\s/.test(String.fromCodePoint(code)), `${name} ${code.toString(16)}`)
      }
    }
  })

  it('are marked in words that must be legible, but for pictographs', () => {
    assert.equal(legible('Заказ 注文 🚀 a → b ≤ née'), 'Заказ ??  a → b ≤ née')
  })
})
