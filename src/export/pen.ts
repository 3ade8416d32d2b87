/** Sets words on the pages of a PDF: lines that break at blanks, several weights and colours in one line, and a dry run that only measures. */
import type PDFDocument from 'pdfkit'
import { legible } from './letters.ts'

export const INK = '#1b2330'

/** A stretch of text in one look; what is not said is the paragraph's. */
export interface Span {
  readonly text: string
  readonly weight?: Weight
  readonly color?: string
}

export type Weight = '400' | '600'

export interface Paragraph {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size: number
  readonly weight?: Weight
  readonly color?: string
  readonly align?: 'left' | 'right'
  /** Between letters, in points. */
  readonly spacing?: number
}

/** Baseline to baseline, in sizes. */
const LEADING = 1.36

export class Pen {
  private page = 0
  private pages = 1
  private dry = false
  private readonly document: PDFDocument
  private readonly widths = new Map<string, number>()

  constructor(document: PDFDocument) {
    this.document = document
  }

  get count(): number {
    return this.pages
  }

  turnTo(page: number): void {
    while (page >= this.pages) {
      this.document.addPage()
      this.pages++
    }
    if (page !== this.page) this.document.switchToPage(page)
    this.page = page
  }

  /** What `draw` would return, with nothing drawn. */
  measure(draw: () => number): number {
    const before = this.dry
    this.dry = true
    const height = draw()
    this.dry = before
    return height
  }

  /** @param text names in backticks are set semibold. @returns the height that it takes. */
  words(text: string | readonly Span[], { x, y, width, size, weight = '400', color = INK, align = 'left', spacing = 0 }: Paragraph): number {
    const lines = this.lines(typeof text === 'string' ? spansOf(text) : text, { width, size, weight, color, spacing })
    const leading = size * LEADING
    if (!this.dry) {
      lines.forEach((line, index) => {
        let at = align === 'right' ? x + width - line.reduce((sum, run) => sum + this.advance(run, size, spacing), 0) : x
        for (const run of line) {
          this.document.font(run.weight).fontSize(size).fillColor(run.color).fillOpacity(1)
          this.document.text(run.text, at, y + index * leading + size * 0.98, { lineBreak: false, baseline: 'alphabetic', characterSpacing: spacing })
          at += this.advance(run, size, spacing)
        }
      })
    }
    return Math.max(1, lines.length) * leading
  }

  /** How wide the text is on one line. */
  width(text: string, size: number, weight: Weight = '400'): number {
    return this.advance({ text: legible(text), weight }, size, 0)
  }

  rule(x: number, y: number, width: number, color: string): void {
    if (!this.dry) this.document.save().moveTo(x, y).lineTo(x + width, y).lineWidth(0.5).strokeColor(color).strokeOpacity(1).stroke().restore()
  }

  /** Breaks at blanks; a word that is wider than the box breaks where it must. */
  private lines(spans: readonly Span[], look: Required<Pick<Paragraph, 'width' | 'size' | 'weight' | 'color' | 'spacing'>>): readonly (readonly Run[])[] {
    const { width, size, spacing } = look
    const lines: Run[][] = [[]]
    let used = 0
    for (const { before, parts } of clustersOf(spans, look)) {
      const wide = parts.reduce((sum, part) => sum + this.advance(part, size, spacing), 0)
      const line = lines.at(-1)!
      const blank = line.length === 0 ? 0 : this.advance({ text: ' ', weight: before }, size, spacing)
      if (line.length > 0 && used + blank + wide > width) {
        lines.push([])
        used = 0
      } else if (line.length > 0) {
        extend(line, { text: ' ', weight: before, color: line.at(-1)!.color })
        used += blank
      }
      for (const part of wide > width ? parts.flatMap(letters) : parts) {
        const advance = this.advance(part, size, spacing)
        if (wide > width && used + advance > width && lines.at(-1)!.length > 0) {
          lines.push([])
          used = 0
        }
        extend(lines.at(-1)!, part)
        used += advance
      }
    }
    return lines
  }

  private advance({ text, weight }: Pick<Run, 'text' | 'weight'>, size: number, spacing: number): number {
    const key = `${weight}${text}`
    let wide = this.widths.get(key)
    if (wide === undefined) {
      this.document.font(weight).fontSize(100)
      this.widths.set(key, (wide = this.document.widthOfString(text, { lineBreak: false }) / 100))
    }
    return wide * size + spacing * [...text].length
  }
}

interface Run {
  readonly text: string
  readonly weight: Weight
  readonly color: string
}

/** Neighbours of one look are one run: a reader of the file finds whole lines. */
function extend(line: Run[], run: Run): void {
  const last = line.at(-1)
  if (last && last.weight === run.weight && last.color === run.color) line[line.length - 1] = { ...last, text: last.text + run.text }
  else line.push(run)
}

function letters(run: Run): readonly Run[] {
  return [...run.text].map((text) => ({ ...run, text }))
}

export function spansOf(text: string): readonly Span[] {
  return text.split('`').flatMap((part, index) => (part === '' ? [] : [index % 2 === 1 ? { text: part, weight: '600' as const } : { text: part }]))
}

/** Words in order; what stands together without a blank, such as a name and the comma behind it, is not parted. */
function clustersOf(spans: readonly Span[], { weight, color }: { readonly weight: Weight; readonly color: string }): readonly { readonly before: Weight; readonly parts: readonly Run[] }[] {
  const clusters: { before: Weight; parts: Run[] }[] = []
  let open = false
  for (const span of spans) {
    const look = { weight: span.weight ?? weight, color: span.color ?? color }
    for (const piece of legible(span.text).split(/(\s+)/)) {
      if (piece === '') continue
      if (/^\s+$/.test(piece)) open = false
      else {
        if (open) clusters.at(-1)!.parts.push({ text: piece, ...look })
        else clusters.push({ before: clusters.at(-1)?.parts.at(-1)!.weight ?? look.weight, parts: [{ text: piece, ...look }] })
        open = true
      }
    }
  }
  return clusters
}
