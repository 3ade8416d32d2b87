import assert from 'node:assert/strict'
import { lettersWithoutGlyph } from '../../src/export/letters.ts'

describe('letters without a glyph', () => {
  it('are each named once, and only of what is shown', () => {
    assert.deepEqual(lettersWithoutGlyph('<title>訳</title><text x="1">注文 a × 注</text><text>Заказы łódź</text>'), ['注', '文'])
  })
})
