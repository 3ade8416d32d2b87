/** The pen that sets the words of a PDF: nothing leaves its box, and what belongs together stays together. */
import assert from 'node:assert/strict'
import type PDFDocument from 'pdfkit'
import { Pen } from '../../src/export/pen.ts'

/** Every character is half as wide as the size; what is drawn is kept. */
function paper(): { readonly pen: Pen; readonly drawn: { text: string; x: number; y: number; font: string }[] } {
  const drawn: { text: string; x: number; y: number; font: string }[] = []
  const state = { font: '', size: 0 }
  const document = {
    font: (name: string) => ((state.font = name), document),
    fontSize: (size: number) => ((state.size = size), document),
    fillColor: () => document,
    fillOpacity: () => document,
    widthOfString: (text: string) => text.length * state.size * 0.5,
    text: (text: string, x: number, y: number) => drawn.push({ text, x, y, font: state.font }),
  }
  return { pen: new Pen(document as unknown as PDFDocument), drawn }
}

/** 20 characters to the line. */
const BOX = { x: 0, y: 0, width: 100, size: 10 }

describe('pen', () => {
  it('breaks at blanks, and draws a line of one look at once', () => {
    const { pen, drawn } = paper()
    const height = pen.words('the quick brown fox jumps', BOX)
    assert.deepEqual(drawn.map(({ text }) => text), ['the quick brown fox', 'jumps'])
    assert.ok(Math.abs(height - 2 * 13.6) < 0.001)
  })

  it('does not part a name from what stands beside it without a blank', () => {
    const { pen, drawn } = paper()
    pen.words('it is unavailable (`apiserver`; lost)', BOX)
    const rows = Map.groupBy(drawn, ({ y }) => y)
    assert.deepEqual([...rows.values()].map((row) => row.map(({ text }) => text).join('')), ['it is unavailable', '(apiserver; lost)'])
    for (const { text, x } of drawn) assert.ok(x + text.length * 5 <= BOX.width + 0.01, text)
    assert.deepEqual(drawn.filter(({ font }) => font === '600').map(({ text }) => text), ['apiserver'])
  })

  it('breaks a word that is wider than its box', () => {
    const { pen, drawn } = paper()
    pen.words(`a ${'x'.repeat(45)}`, BOX)
    assert.deepEqual(drawn.map(({ text }) => text.length), [1, 20, 20, 5])
  })

  it('measures without drawing, to the same height', () => {
    const { pen, drawn } = paper()
    const draw = (): number => pen.words('one two three four five six seven', BOX)
    const measured = pen.measure(draw)
    assert.equal(drawn.length, 0)
    assert.equal(draw(), measured)
  })

  it('sets to the right edge', () => {
    const { pen, drawn } = paper()
    pen.words('12', { ...BOX, align: 'right' })
    assert.equal(drawn[0]!.x, 90)
  })
})
