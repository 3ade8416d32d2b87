import assert from 'node:assert/strict'
import { inflateSync } from 'node:zlib'
import { pdfOf, type PdfFonts } from '../../src/export/pdf.ts'
import { sizeOf } from '../../src/export/size.ts'
import { readXml } from '../../src/export/xml.ts'
import { fonts, svgOf } from './support.ts'

const DESIGN = 'service api "Заказы"\ndatabase ledger\napi -> ledger "łódź"'
const around = (body: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40" viewBox="0 0 80 40" font-family="Inter">${body}</svg>`

describe('PDF', () => {
  let faces: PdfFonts
  before(async () => (faces = await fonts()))

  it('is one page of the picture’s size, 72 points to 96 px', async () => {
    const svg = await svgOf(DESIGN)
    const { width, height } = sizeOf(svg)
    const pdf = await drawn(svg, faces)
    assert.ok(pdf.startsWith('%PDF-1.'))
    assert.match(pdf, /\/Count 1\b/)
    assert.match(pdf, new RegExp(`/MediaBox \\[0 0 ${width * 0.75} ${height * 0.75}\\]`))
  })

  it('is the same file for the same picture', async () => {
    const svg = await svgOf(DESIGN)
    assert.equal(await drawn(svg, faces), await drawn(svg, faces))
  })

  it('draws lines, dashes and shapes as vectors', async () => {
    const commands = page(await drawn(around('<g transform="translate(3 4) scale(2)"><path d="M0 0L10 5" fill="none" stroke="#ff0000" stroke-dasharray="6 5"/></g><circle cx="9" cy="9" r="4"/>'), faces))
    assert.match(commands, /1 0 0 1 3 4 cm/)
    assert.match(commands, /2 0 0 2 0 0 cm/)
    assert.match(commands, /\[6 5\] 0 d/)
    assert.match(commands, /0 0 m\n10 5 l/)
    assert.match(commands, /1 0 0 SCN/)
    assert.doesNotMatch(commands, / Do\b/, 'no image')
  })

  it('draws what is turned, around the point that the picture names', async () => {
    const commands = page(await drawn(around('<rect x="20" y="10" width="4" height="2" transform="rotate(90 22 11)"/>'), faces))
    // (22 + 1, 11 + 2) is what (22 + 2, 11 - 1) becomes: 0 1 -1 0 22+11 11-22.
    assert.match(commands, /\n0 1 -1 0 33 -11 cm/)
  })

  it('draws every mark that a finding leaves on a picture', async () => {
    const marks = (['error', 'warning'] as const).map((severity, index) => ({ id: index === 0 ? 'api' : 'ledger', severity, count: 1, text: ['it breaks'] }))
    await drawn(await svgOf(DESIGN, 'light', marks), faces)
  })

  it('carries both weights where both occur', async () => {
    const pdf = await drawn(around('<text x="1" y="9" font-size="9">a</text><text x="1" y="19" font-size="9" font-weight="600">b</text>'), faces)
    assert.match(pdf, /Inter-Regular/)
    assert.match(pdf, /Inter-SemiBold/)
  })

  it('refuses a page that the format cannot hold, and says what to do', async () => {
    const outcome = await pdfOf('<svg width="20000" height="9" xmlns="http://www.w3.org/2000/svg"></svg>', faces)
    assert.ok('error' in outcome)
    assert.match(outcome.error, /208 inches.*\.svg/)
  })

  it('does not leave out in silence what it cannot draw', async () => {
    await assert.rejects(pdfOf(around('<ellipse rx="3"/>'), faces), /<ellipse>/)
    await assert.rejects(pdfOf(around('<path d="M0 0" transform="skewX(3)"/>'), faces), /skewX/)
  })
})

describe('the reader of pictures', () => {
  it('reads elements, attributes, text and references', () => {
    assert.deepEqual(readXml('<a b="1 &lt; 2">x &amp; y<c d="&quot;"/>&#13;</a>\n'), {
      name: 'a',
      attributes: { b: '1 < 2' },
      children: ['x & y', { name: 'c', attributes: { d: '"' }, children: [] }, '\r'],
    })
  })

  for (const text of ['<a>', '<a></b>', '</a>', '<a b=1/>', '<a/><b/>', '', '<!-- -->']) {
    it(`refuses ‘${text}’`, () => assert.throws(() => readXml(text)))
  }
})

/** As text of one byte per character. */
async function drawn(svg: string, faces: PdfFonts): Promise<string> {
  const outcome = await pdfOf(svg, faces)
  assert.ok('bytes' in outcome)
  return Buffer.from(outcome.bytes).toString('latin1')
}

/** The page's drawing commands. */
function page(pdf: string): string {
  const stream = [...pdf.matchAll(/stream\n([^]*?)\nendstream/g)].map(([, content]) => inflateSync(Buffer.from(content!, 'latin1')).toString('latin1')).find((text) => text.includes(' cm\n'))
  assert.ok(stream)
  return stream
}
