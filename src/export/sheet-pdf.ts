/**
 * The sheet as PDF on A4: the picture, and all else in two columns that end at one height. Of all ways that fit one page, the one in which picture and
 * words are largest; what fits in none takes a second page. Vectors, and words that can be searched.
 */
import PDFDocument from 'pdfkit'
import { bytesOf, drawInto, type PdfFonts } from './pdf.ts'
import { Pen } from './pen.ts'
import { blocksOf, FOOTER, HEAD, MUTED, type Block } from './sheet-blocks.ts'
import type { SheetPicture } from './sheet-picture.ts'
import type { Sheet } from './sheet.ts'
import { sizeOf } from './size.ts'

const PAGE = { width: 595.28, height: 841.89, margin: 34 }
const WIDTH = PAGE.width - 2 * PAGE.margin
const BOTTOM = PAGE.height - PAGE.margin - 8
const GAP = 22
/** Sizes of the words, in points. */
const SIZES = [8.8, 8.4, 8, 7.6, 7.2]
/** Size of what stands over the picture, in points. */
const CAPTION = 7.6
/** Below the picture. */
const AIR = 6

/** @param picture of theme `light`. */
export async function sheetPdf(sheet: Sheet, { svg, caption }: SheetPicture, fonts: PdfFonts): Promise<Uint8Array> {
  // A fixed moment of creation, so that the same design is the same file.
  const document = new PDFDocument({ size: [PAGE.width, PAGE.height], margin: 0, font: fonts.regular, lang: 'en', displayTitle: true, bufferPages: true, info: { Title: sheet.title, Subject: sheet.goal ?? '', Creator: 'Lintel', CreationDate: new Date(0) } })
  document.registerFont('400', fonts.regular).registerFont('600', fonts.semibold)
  const pen = new Pen(document)
  const y = header(pen, sheet) + (caption === undefined ? 0 : CAPTION * 1.5)
  const { size, picture, pages } = planOf(pen, sheet, sizeOf(svg), y)
  drawInto(document, svg, { ...picture, y })
  if (caption !== undefined) pen.words([{ text: caption }], { x: PAGE.margin, y: y - CAPTION * 2, width: WIDTH, size: CAPTION, color: MUTED })
  pages.forEach((columns, page) => {
    pen.turnTo(page)
    for (const { x, width, top, blocks } of columns) {
      let at = top
      for (const [index, block] of blocks.entries()) {
        at += index === 0 ? 0 : block.before * size
        at += block.draw(pen, x, at, width, size)
      }
    }
  })
  for (let page = 0; page < pen.count; page++) {
    pen.turnTo(page)
    const place = { x: PAGE.margin, y: PAGE.height - PAGE.margin + 4, width: WIDTH, size: 6.6, color: MUTED }
    pen.words(FOOTER, place)
    if (pen.count > 1) pen.words(`${page + 1} / ${pen.count}`, { ...place, align: 'right' })
  }
  return bytesOf(document)
}

/** @returns where what is below it begins. */
function header(pen: Pen, { title, goal, stance }: Sheet): number {
  let y = PAGE.margin
  y += pen.words([{ text: title }], { x: PAGE.margin, y, width: WIDTH, size: HEAD.title, weight: '600' })
  if (goal !== undefined) y += 2 + pen.words([{ text: goal }], { x: PAGE.margin, y: y + 2, width: WIDTH, size: HEAD.goal })
  if (stance !== undefined) y += 1 + pen.words([{ text: stance }], { x: PAGE.margin, y: y + 1, width: WIDTH, size: HEAD.stance, color: MUTED })
  return y + 9
}

interface Column {
  readonly x: number
  readonly width: number
  readonly top: number
  readonly blocks: readonly Block[]
}

interface Plan {
  readonly size: number
  readonly picture: { readonly x: number; readonly width: number; readonly height: number }
  /** Two columns each. */
  readonly pages: readonly (readonly Column[])[]
}

/** Where a picture can stand, and how large: over both columns, or where it is tall at the head of the first, which then may be the wider one. */
interface Stand {
  readonly beside: boolean
  /** Of the first column, as a share of both. */
  readonly share: number
  readonly height: number
  /** Of the drawing's own size. */
  readonly scale: number
}

function planOf(pen: Pen, sheet: Sheet, drawn: { readonly width: number; readonly height: number }, y: number): Plan {
  const stands = standsOf(drawn)
  const whole = blocksOf(sheet)
  // What each call may take is the first to go where one page is too small for it.
  const short = sheet.flows.some(({ hops }) => hops.length > 0) ? blocksOf({ ...sheet, flows: sheet.flows.map((flow) => ({ ...flow, hops: [] })) }) : undefined
  for (const blocks of short ? [whole, short] : [whole]) {
    const plan = bestOnOnePage(stands, measured(pen, blocks), y)
    if (plan) return plan
  }
  // With a second page there is room, but not for a picture that takes the first.
  const stand = stands.filter(({ scale, share }) => scale <= 0.6 && share === 0.5).reduce((a, b) => (b.scale > a.scale ? b : a), stands.at(-1)!)
  const text = measured(pen, whole)
  const plans = SIZES.slice(1).map((size) => ({ size, picture: pictureOf(stand), pages: paged(text, whole, size, framesOf(stand, y)) }))
  return plans.find(({ pages }) => pages.length <= 2) ?? plans.at(-1)!
}

function bestOnOnePage(stands: readonly Stand[], text: Text, y: number): Plan | undefined {
  let best: { plan: Plan; worth: number } | undefined
  for (const stand of stands) {
    for (const size of SIZES) {
      const worth = Math.min(1, stand.scale / 0.55) + 1.2 * Math.min(1, size / SIZES[0]!) - Math.abs(stand.share - 0.5)
      if (best && worth <= best.worth) continue
      const columns = balanced(text, text.blocks, size, framesOf(stand, y))
      if (columns) best = { plan: { size, picture: pictureOf(stand), pages: [columns] }, worth }
    }
  }
  return best?.plan
}

interface Text {
  readonly blocks: readonly Block[]
  height(block: Block, width: number, size: number): number
}

function measured(pen: Pen, blocks: readonly Block[]): Text {
  const known = new Map<Block, Map<string, number>>(blocks.map((block) => [block, new Map()]))
  return {
    blocks,
    height(block, width, size) {
      const key = `${width} ${size}`
      const heights = known.get(block)!
      let height = heights.get(key)
      if (height === undefined) heights.set(key, (height = pen.measure(() => block.draw(pen, 0, 0, width, size))))
      return height
    },
  }
}

function standsOf({ width, height }: { readonly width: number; readonly height: number }): readonly Stand[] {
  const stand = (beside: boolean, most: number, share = 0.5): Stand => {
    const scale = Math.min((beside ? (WIDTH - GAP) * share : WIDTH) / width, most / height, 0.75)
    return { beside, share, scale, height: height * scale }
  }
  const over = [420, 370, 320, 280, 240, 200].map((most) => stand(false, most))
  return width < 1.5 * height ? [...over, ...[0.5, 0.56, 0.62].flatMap((share) => [560, 440, 360, 300].map((most) => stand(true, most, share)))] : over
}

function pictureOf({ beside, share, height }: Stand): Plan['picture'] {
  return { x: PAGE.margin, width: beside ? (WIDTH - GAP) * share : WIDTH, height }
}

type Frame = Omit<Column, 'blocks'>

function framesOf({ beside, share, height }: Stand, y: number): readonly Frame[] {
  const first = (WIDTH - GAP) * share
  return [
    { x: PAGE.margin, width: first, top: y + height + AIR },
    { x: PAGE.margin + first + GAP, width: WIDTH - GAP - first, top: beside ? y : y + height + AIR },
  ]
}

/** Both columns as short as they can be together; unset where they do not fit the page. */
function balanced(text: Text, blocks: readonly Block[], size: number, frames: readonly Frame[]): readonly Column[] | undefined {
  const fits = (bottom: number): readonly Column[] | undefined => {
    const { columns, left } = filled(text, blocks, size, frames, bottom)
    return left.length === 0 ? columns : undefined
  }
  let [low, high] = [Math.min(...frames.map(({ top }) => top)), BOTTOM]
  if (!fits(high)) return undefined
  while (high - low > 1) {
    const middle = (low + high) / 2
    if (fits(middle)) high = middle
    else low = middle
  }
  return fits(high)
}

/** Full pages, and a last one with columns of one height. */
function paged(text: Text, blocks: readonly Block[], size: number, frames: readonly Frame[]): readonly (readonly Column[])[] {
  const whole = balanced(text, blocks, size, frames)
  if (whole) return [whole]
  const { columns, left } = filled(text, blocks, size, frames, BOTTOM)
  // A block that no page holds stands over the end of one rather than nowhere.
  const stuck = frames[0]!.top === PAGE.margin && columns.every((column) => column.blocks.length === 0)
  if (stuck) columns[0]!.blocks.push(left[0]!)
  const rest = stuck ? left.slice(1) : left
  return rest.length === 0 ? [columns] : [columns, ...paged(text, rest, size, frames.map((frame) => ({ ...frame, top: PAGE.margin })))]
}

/** In reading order: down the first column, then down the second. */
function filled(text: Text, blocks: readonly Block[], size: number, frames: readonly Frame[], bottom: number): { readonly columns: readonly (Frame & { readonly blocks: Block[] })[]; readonly left: readonly Block[] } {
  const columns = frames.map((frame) => ({ ...frame, blocks: [] as Block[] }))
  let next = 0
  for (const column of columns) {
    let at = column.top
    for (; next < blocks.length; next++) {
      const block = blocks[next]!
      const below = at + (column.blocks.length === 0 ? 0 : block.before * size) + text.height(block, column.width, size)
      if (below > bottom) break
      column.blocks.push(block)
      at = below
    }
  }
  return { columns, left: blocks.slice(next) }
}
