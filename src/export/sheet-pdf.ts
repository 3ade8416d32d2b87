/** The sheet as PDF on A4: the picture and the axes over the whole width, below them two columns; as a rule one page. Vectors, and words that can be searched. */
import PDFDocument from 'pdfkit'
import { bytesOf, drawInto, type PdfFonts } from './pdf.ts'
import { sizeOf } from './size.ts'
import type { Sheet, SheetFlow } from './sheet.ts'

const PAGE = { width: 595.28, height: 841.89, margin: 34 }
const WIDTH = PAGE.width - 2 * PAGE.margin
const BOTTOM = PAGE.height - PAGE.margin - 10
const GAP = 20
const COLUMN = (WIDTH - GAP) / 2
const INK = '#1b2330'
const MUTED = '#5b6675'
const LINE = '#dfe4ea'
const ACCENT = '#0b62c4'
const SIZE = 7.6
/** Baseline to baseline, in sizes. */
const LEADING = 1.34

/** @param svg the picture, theme `light`. */
export async function sheetPdf(sheet: Sheet, svg: string, fonts: PdfFonts): Promise<Uint8Array> {
  // A fixed moment of creation, so that the same design is the same file.
  const document = new PDFDocument({ size: [PAGE.width, PAGE.height], margin: 0, font: fonts.regular, lang: 'en', displayTitle: true, bufferPages: true, info: { Title: sheet.title, Subject: sheet.goal ?? '', Creator: 'Lintel', CreationDate: new Date(0) } })
  document.registerFont('400', fonts.regular).registerFont('600', fonts.semibold)
  const pen = new Pen(document)

  let y = PAGE.margin
  y += pen.words(sheet.title, { x: PAGE.margin, y, width: WIDTH, size: 17, weight: '600' })
  if (sheet.goal !== undefined) y += 2 + pen.words(sheet.goal, { x: PAGE.margin, y: y + 2, width: WIDTH, size: 9.5 })
  if (sheet.stance !== undefined) y += 1 + pen.words(sheet.stance, { x: PAGE.margin, y: y + 1, width: WIDTH, size: SIZE + 0.4, color: MUTED })
  y += 10
  const axes = (left: number): readonly Block[] => [heading('The seven axes'), ...sheet.axes.map(({ axis, answer }) => row(axis, answer, left))]
  const { width, height } = sizeOf(svg)
  // Beside a tall picture there is room for the axes.
  if (width < 1.5 * height) {
    const drawn = drawInto(document, svg, { x: PAGE.margin, y, width: COLUMN, height: 350 })
    y = Math.max(y + drawn + 8, pen.stack(axes(58), { x: PAGE.margin + COLUMN + GAP, y: y - 9, width: COLUMN }))
  } else {
    y += drawInto(document, svg, { x: PAGE.margin, y, width: WIDTH, height: 262 }) + 6
    y = pen.stack(axes(74), { x: PAGE.margin, y, width: WIDTH })
  }
  const below = { y: y + 4, page: pen.page }
  pen.stack([...estimate(sheet), ...sheet.flows.flatMap(flow), ...open(sheet)], { x: PAGE.margin, y: below.y, width: COLUMN })
  pen.turnTo(below.page)
  pen.stack([...failures(sheet), ...tradeOffs(sheet)], { x: PAGE.margin + COLUMN + GAP, y: below.y, width: COLUMN })
  pen.footers('Computed by Lintel from the design. What it does not state is not assumed.')
  return bytesOf(document)
}

/** Something of a known height that is not torn apart by the end of a page. */
interface Block {
  readonly before: number
  draw(pen: Pen, x: number, y: number, width: number): number
}

function estimate({ estimate }: Sheet): readonly Block[] {
  if (estimate.length === 0) return []
  return [heading('Estimate'), ...estimate.map(({ name, expression, result }): Block => ({
    before: 1.5,
    draw(pen, x, y, width) {
      const value = pen.words(result, { x: x + width * 0.62, y, width: width * 0.38, size: SIZE, weight: '600', align: 'right' })
      return Math.max(value, pen.words(`\`${name}\` = ${expression}`, { x, y, width: width * 0.6, size: SIZE }))
    },
  }))]
}

function flow({ title, rate, latency, availability, throughput, hops }: SheetFlow, index: number): readonly Block[] {
  const lines: readonly Block[] = [
    { before: 3, draw: (pen, x, y, width) => pen.words(`\`${title}\`  ${rate}`, { x, y, width, size: SIZE + 0.4 }) },
    row('latency', latency, 52),
    row('availability', availability, 52),
    row('throughput', throughput, 52),
    ...hops.map(({ arrow, timeout, p99, tries }): Block => ({
      before: 1,
      draw(pen, x, y, width) {
        const facts = [timeout && `time-out ${timeout}`, p99 && `p99 ${p99}`, tries && `${tries} tries`].filter(Boolean).join(' · ')
        pen.words(facts, { x: x + width * 0.5, y, width: width * 0.5, size: SIZE - 0.6, color: MUTED, align: 'right' })
        return pen.words(arrow, { x: x + 8, y, width: width * 0.5 - 8, size: SIZE - 0.6, color: MUTED })
      },
    })),
  ]
  return index === 0 ? [heading('Flows'), ...lines] : lines
}

function failures({ failures }: Sheet): readonly Block[] {
  if (failures.length === 0) return []
  return [heading('When something fails'), ...failures.map(({ when, then }): Block => ({
    before: 3,
    draw(pen, x, y, width) {
      const head = pen.words(when.charAt(0).toUpperCase() + when.slice(1), { x, y, width, size: SIZE, weight: '600' })
      return head + pen.words(then.join(' '), { x, y: y + head, width, size: SIZE })
    },
  }))]
}

function tradeOffs({ tradeOffs }: Sheet): readonly Block[] {
  if (tradeOffs.length === 0) return []
  return [heading('Accepted trade-offs'), ...tradeOffs.map(({ what, because, until }): Block => ({
    before: 2,
    draw: (pen, x, y, width) => pen.words(`\`${what.replaceAll('`', '')}\`${because ? `: ${because}` : ''}${until ? ` (until ${until})` : ''}`, { x, y, width, size: SIZE }),
  }))]
}

function open({ open }: Sheet): readonly Block[] {
  if (open.length === 0) return []
  return [heading('Still open'), ...open.map(({ severity, text }): Block => ({
    before: 2,
    draw: (pen, x, y, width) => pen.words(`\`${severity}\`  ${text}`, { x, y, width, size: SIZE, color: severity === 'error' ? '#b42318' : INK }),
  }))]
}

function heading(title: string): Block {
  return {
    before: 9,
    draw(pen, x, y, width) {
      const height = pen.words(title.toUpperCase(), { x, y, width, size: 6.8, weight: '600', color: ACCENT, spacing: 0.6 })
      pen.rule(x, y + height + 1, width)
      return height + 3
    },
  }
}

function row(name: string, value: string, left: number): Block {
  return {
    before: 1.5,
    draw(pen, x, y, width) {
      const head = pen.words(name, { x, y, width: left, size: SIZE, color: MUTED })
      return Math.max(head, pen.words(value, { x: x + left, y, width: width - left, size: SIZE }))
    },
  }
}

interface Words {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size: number
  readonly weight?: '400' | '600'
  readonly color?: string
  readonly align?: 'left' | 'right'
  readonly spacing?: number
}

/** Writes words into boxes and goes on to the next page. Names in backticks are set semibold. */
class Pen {
  page = 0
  private pages = 1
  private dry = false
  private readonly document: PDFDocument

  constructor(document: PDFDocument) {
    this.document = document
  }

  /** Blocks under each other. @returns where the next one would stand. */
  stack(blocks: readonly Block[], { x, y: top, width }: { readonly x: number; readonly y: number; readonly width: number }): number {
    let y = top
    for (const [index, block] of blocks.entries()) {
      const height = this.measure(block, width)
      // A heading does not stand alone at the foot of a page.
      const next = block.before === 9 && blocks[index + 1] ? this.measure(blocks[index + 1]!, width) : 0
      if (y + block.before + height + next > BOTTOM && y > PAGE.margin) {
        this.turnTo(this.page + 1)
        y = PAGE.margin
      } else y += block.before
      block.draw(this, x, y, width)
      y += height
    }
    return y
  }

  turnTo(page: number): void {
    while (page >= this.pages) {
      this.document.addPage()
      this.pages++
    }
    this.document.switchToPage(page)
    this.page = page
  }

  /** @returns the height that the words take. */
  words(text: string, { x, y, width, size, weight = '400', color = INK, align = 'left', spacing = 0 }: Words): number {
    const lines = this.lines(text, width, size, weight, spacing)
    const leading = size * LEADING
    if (!this.dry) {
      lines.forEach((line, index) => {
        const wide = line.reduce((sum, { advance }) => sum + advance, 0)
        let at = align === 'right' ? x + width - wide : x
        for (const { text: run, weight: own, advance } of line) {
          this.document.font(own).fontSize(size).fillColor(color).fillOpacity(1)
          this.document.text(run, at, y + index * leading + size * 0.98, { lineBreak: false, baseline: 'alphabetic', characterSpacing: spacing })
          at += advance
        }
      })
    }
    return lines.length * leading
  }

  rule(x: number, y: number, width: number): void {
    if (!this.dry) this.document.save().moveTo(x, y).lineTo(x + width, y).lineWidth(0.5).strokeColor(LINE).strokeOpacity(1).stroke().restore()
  }

  footers(text: string): void {
    for (let page = 0; page < this.pages; page++) {
      this.turnTo(page)
      this.words(text, { x: PAGE.margin, y: PAGE.height - PAGE.margin + 4, width: WIDTH, size: 6.4, color: MUTED })
      if (this.pages > 1) this.words(`${page + 1} / ${this.pages}`, { x: PAGE.margin, y: PAGE.height - PAGE.margin + 4, width: WIDTH, size: 6.4, color: MUTED, align: 'right' })
    }
  }

  private measure(block: Block, width: number): number {
    this.dry = true
    const height = block.draw(this, 0, 0, width)
    this.dry = false
    return height
  }

  /** Breaks at blanks; a word that is wider than the box stands on a line of its own. */
  private lines(text: string, width: number, size: number, weight: '400' | '600', spacing: number): readonly (readonly Run[])[] {
    const lines: Run[][] = [[]]
    let used = 0
    for (const { text: word, weight: own, glued } of wordsOf(text, weight)) {
      const advance = this.advance(word, own, size, spacing)
      const blank = glued || lines.at(-1)!.length === 0 ? 0 : this.advance(' ', own, size, spacing)
      if (used + blank + advance > width && lines.at(-1)!.length > 0 && !glued) {
        lines.push([{ text: word, weight: own, advance }])
        used = advance
        continue
      }
      lines.at(-1)!.push({ text: blank > 0 ? ` ${word}` : word, weight: own, advance: blank + advance })
      used += blank + advance
    }
    return lines
  }

  private advance(text: string, weight: '400' | '600', size: number, spacing: number): number {
    this.document.font(weight).fontSize(size)
    return this.document.widthOfString(text, { lineBreak: false, characterSpacing: spacing })
  }
}

interface Run {
  readonly text: string
  readonly weight: '400' | '600'
  readonly advance: number
}

/** Words in order, each with its weight, and whether it follows the one before it without a blank. */
function wordsOf(text: string, weight: '400' | '600'): readonly { readonly text: string; readonly weight: '400' | '600'; readonly glued: boolean }[] {
  const found: { text: string; weight: '400' | '600'; glued: boolean }[] = []
  let glued = false
  for (const [index, part] of text.split('`').entries()) {
    const own = index % 2 === 1 ? '600' : weight
    const pieces = part.split(/(\s+)/)
    for (const piece of pieces) {
      if (piece === '') continue
      if (/^\s+$/.test(piece)) {
        glued = false
        continue
      }
      found.push({ text: piece, weight: own, glued: glued && found.length > 0 })
      glued = true
    }
  }
  return found
}
