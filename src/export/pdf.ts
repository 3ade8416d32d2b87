/** A picture as a PDF of one page, as large as the picture: vectors, and words that can be searched and copied. */
import PDFDocument from 'pdfkit'
import { sizeOf } from './size.ts'
import { readXml, type Element } from './xml.ts'

export interface PdfFonts {
  /** Inter 400 and 600 as TrueType; what the words need of them goes into the file. */
  readonly regular: Uint8Array
  readonly semibold: Uint8Array
}

/** CSS has 96 px to the inch, PDF 72 points. */
const POINTS = 72 / 96
/** The format's own limit for a side of a page, in points. */
const LARGEST = 14_400

/**
 * Draws an SVG that `render` made; the same picture gives the same bytes. A picture of theme `auto` comes out light.
 * @returns an error in words where the page would have a side of more than 200 inches.
 */
export async function pdfOf(svg: string, fonts: PdfFonts): Promise<{ readonly bytes: Uint8Array } | { readonly error: string }> {
  const { width, height } = sizeOf(svg)
  const size = [width * POINTS, height * POINTS] as const
  if (Math.max(...size) > LARGEST) return { error: `the picture is too large for a PDF (a side of ${Math.round(Math.max(...size) / 72)} inches, the most is 200); write .svg, or draw one view of it` }
  const root = readXml(svg)
  const title = words(root.children.find((child): child is Element => typeof child !== 'string' && child.name === 'title'))
  // A fixed moment of creation, so that the same picture is the same file.
  const document = new PDFDocument({ size, margin: 0, font: fonts.regular, displayTitle: true, info: { Title: title, Creator: 'Lintel', CreationDate: new Date(0) } })
  document.registerFont('400', fonts.regular).registerFont('600', fonts.semibold)
  document.transform(POINTS, 0, 0, POINTS, 0, 0)
  drawAll(document, root, {})
  return { bytes: await bytesOf(document) }
}

/** Draws the picture into a box of a page, as large as it fits; the document has Inter registered as `400` and `600`. @returns its height there, in points. */
export function drawInto(document: PDFDocument, svg: string, box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }): number {
  const { width, height } = sizeOf(svg)
  const scale = Math.min(box.width / width, box.height / height, POINTS)
  document.save()
  document.transform(scale, 0, 0, scale, box.x + (box.width - width * scale) / 2, box.y)
  drawAll(document, readXml(svg), {})
  document.restore()
  return height * scale
}

export function bytesOf(document: PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    document.on('data', (chunk) => chunks.push(chunk)).on('error', reject).on('end', () => {
      const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
      chunks.reduce((at, chunk) => (bytes.set(chunk, at), at + chunk.length), 0)
      resolve(bytes)
    })
    document.end()
  })
}

type Attributes = Readonly<Record<string, string>>

/** What an element hands down to those in it. */
const INHERITED = ['fill', 'stroke', 'stroke-width', 'stroke-linecap', 'stroke-linejoin', 'stroke-dasharray', 'fill-opacity', 'stroke-opacity', 'font-size', 'font-weight', 'letter-spacing', 'text-anchor']
/** What is said, not drawn. */
const UNSEEN = new Set(['title', 'desc', 'metadata', 'style'])

function drawAll(document: PDFDocument, { attributes, children }: Element, above: Attributes): void {
  const inherited = Object.fromEntries(Object.entries({ ...above, ...attributes }).filter(([name]) => INHERITED.includes(name)))
  for (const child of children) {
    if (typeof child !== 'string' && !UNSEEN.has(child.name)) draw(document, child, inherited)
  }
}

function draw(document: PDFDocument, element: Element, above: Attributes): void {
  const look = { ...above, ...element.attributes }
  document.save()
  for (const [kind, values] of transforms(look['transform'])) {
    const [a = 0, b, c] = values
    if (kind === 'translate') document.transform(1, 0, 0, 1, a, b ?? 0)
    else if (kind === 'scale') document.transform(a, 0, 0, b ?? a, 0, 0)
    else document.transform(...rotation(a, b ?? 0, c ?? 0))
  }
  const at = (name: string) => Number(look[name] ?? 0)
  switch (element.name) {
    case 'g':
      drawAll(document, element, above)
      break
    case 'path':
      paint(document, look, () => document.path(look['d']!))
      break
    case 'rect': {
      const radius = Math.min(at('rx'), at('width') / 2, at('height') / 2)
      const box = [at('x'), at('y'), at('width'), at('height')] as const
      paint(document, look, () => (radius > 0 ? document.roundedRect(...box, radius) : document.rect(...box)))
      break
    }
    case 'circle':
      paint(document, look, () => document.circle(at('cx'), at('cy'), at('r')))
      break
    case 'text':
      write(document, look, words(element))
      break
    default:
      throw new Error(`a picture with <${element.name}>, which the PDF cannot draw`)
  }
  document.restore()
}

function transforms(text = ''): (readonly [kind: string, values: number[]])[] {
  const found = [...text.matchAll(/(translate|scale|rotate)\(([-\d., e]+)\)/g)].map(([, kind, values]) => [kind!, values!.trim().split(/[\s,]+/).map(Number)] as const)
  if (text.replace(/(translate|scale|rotate)\([-\d., e]+\)/g, '').trim() !== '') throw new Error(`a picture with the transform ${text}, which the PDF cannot draw`)
  return found
}

/** By so many degrees around a point, as a matrix. */
function rotation(degrees: number, x: number, y: number): readonly [number, number, number, number, number, number] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return [cos, sin, -sin, cos, x - x * cos + y * sin, y - x * sin - y * cos]
}

function paint(document: PDFDocument, look: Attributes, outline: () => void): void {
  const [fill, stroke] = [look['fill'] ?? '#000000', look['stroke'] ?? 'none']
  if (fill === 'none' && stroke === 'none') return
  outline()
  if (fill !== 'none') document.fillColor(fill).fillOpacity(Number(look['fill-opacity'] ?? 1))
  if (stroke !== 'none') {
    document.strokeColor(stroke).strokeOpacity(Number(look['stroke-opacity'] ?? 1)).lineWidth(Number(look['stroke-width'] ?? 1))
    document.lineCap(look['stroke-linecap'] ?? 'butt').lineJoin(look['stroke-linejoin'] ?? 'miter')
    const [length, space] = (look['stroke-dasharray'] ?? '').split(/[\s,]+/).filter(Boolean).map(Number)
    if (length !== undefined) document.dash(length, { space: space ?? length })
  }
  if (fill === 'none') document.stroke()
  else if (stroke === 'none') document.fill()
  else document.fillAndStroke()
}

function write(document: PDFDocument, look: Attributes, text: string): void {
  document.font(look['font-weight'] === '600' ? '600' : '400').fontSize(Number(look['font-size'] ?? 16))
  document.fillColor(look['fill'] ?? '#000000').fillOpacity(Number(look['fill-opacity'] ?? 1))
  const options = { lineBreak: false, baseline: 'alphabetic', characterSpacing: Number(look['letter-spacing'] ?? 0) } as const
  const anchor = look['text-anchor']
  const share = anchor === 'middle' ? 0.5 : anchor === 'end' ? 1 : 0
  const back = share === 0 ? 0 : document.widthOfString(text, options) * share
  document.text(text, Number(look['x'] ?? 0) - back, Number(look['y'] ?? 0), options)
}

/** All the text in it, with white space as SVG collapses it. */
function words(element: Element | undefined): string {
  const all = (one: Element): string => one.children.map((child) => (typeof child === 'string' ? child : all(child))).join('')
  return element ? all(element).replace(/\s+/g, ' ').trim() : ''
}
