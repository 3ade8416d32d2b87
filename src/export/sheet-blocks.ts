/** The sections of the sheet as blocks for the columns of a page: each is drawn whole, a heading with the first of what it heads. */
import { INK, spansOf, type Pen, type Span } from './pen.ts'
import type { Answer, Sheet, SheetFlow } from './sheet.ts'

export const MUTED = '#5b6675'
const LINE = '#dfe4ea'
const ACCENT = '#0b62c4'
const COLOURS = { kept: '#1a7f37', broken: '#b42318', open: MUTED, error: '#b42318', warning: '#9a5b00' } as const

/** Sizes at the head of the page, in points. */
export const HEAD = { title: 19, goal: 10.5, stance: 8.6 }
export const FOOTER = 'Computed by Lintel from the design. What it does not state is not assumed.'

export interface Block {
  /** Room above it, in sizes, where it is not the first of its column. */
  readonly before: number
  /** @returns its height. */
  draw(pen: Pen, x: number, y: number, width: number, size: number): number
}

export function blocksOf(sheet: Sheet): readonly Block[] {
  const { estimate, axes, flows, failures, tradeOffs, open, more } = sheet
  return [
    ...section('Estimate', estimate.length === 0 ? [] : [estimateBlock(sheet)], more.estimate),
    ...section('The seven axes', [axesBlock(axes)]),
    ...section('Flows', flows.map(flowBlock), more.flows),
    ...section('When something fails', failures.map(({ when, then }) => paragraphs([...spansOf(capital(when))].map((span) => ({ ...span, weight: '600' as const })), spansOf(then.join(' ')))), more.failures),
    ...section('Accepted trade-offs', tradeOffs.map(({ what, because, until }) => paragraphs([...spansOf(what), ...(because ? [{ text: `: ${because}` }] : []), ...(until ? [{ text: ` (until ${until})`, color: MUTED }] : [])])), more.tradeOffs),
    ...section('Still open', open.map(({ severity, text }) => paragraphs([{ text: `${severity} `, weight: '600', color: COLOURS[severity] }, ...spansOf(text)])), more.open),
  ]
}

function section(title: string, blocks: readonly Block[], more?: string): readonly Block[] {
  const all = more === undefined ? blocks : [...blocks, paragraphs([{ text: more, color: MUTED }])]
  return all.map((block, index) => (index === 0 ? headed(title, block) : block))
}

function headed(title: string, block: Block): Block {
  return {
    before: 1.3,
    draw(pen, x, y, width, size) {
      const head = pen.words([{ text: title.toUpperCase() }], { x, y, width, size: size * 0.86, weight: '600', color: ACCENT, spacing: 0.5 })
      pen.rule(x, y + head + 1, width, LINE)
      const top = head + 1 + size * 0.45
      return top + block.draw(pen, x, y + top, width, size)
    },
  }
}

/** Each begins on a line of its own. */
function paragraphs(...all: readonly (readonly Span[])[]): Block {
  return {
    before: 0.5,
    draw: (pen, x, y, width, size) => all.reduce((height, spans) => height + pen.words(spans, { x, y: y + height, width, size }), 0),
  }
}

function estimateBlock({ estimate }: Sheet): Block {
  return {
    before: 0,
    draw(pen, x, y, width, size) {
      const widest = (texts: readonly string[], weight: '400' | '600', most: number): number => Math.min(most, Math.max(...texts.map((text) => pen.width(text, size, weight))) + 1)
      const names = widest(estimate.map(({ name }) => name), '400', width * 0.36)
      const results = widest(estimate.map(({ result }) => result), '600', width * 0.42)
      let height = 0
      for (const { name, expression, result } of estimate) {
        const place = { y: y + height, size }
        height += Math.max(
          pen.words([{ text: name }], { ...place, x, width: names }),
          pen.words([{ text: expression }], { ...place, x: x + names + size, width: width - names - results - 2 * size, color: MUTED }),
          pen.words([{ text: result }], { ...place, x: x + width - results, width: results, weight: '600', align: 'right' }),
        ) + size * 0.15
      }
      return height
    },
  }
}

function axesBlock(axes: Sheet['axes']): Block {
  return {
    before: 0,
    draw: (pen, x, y, width, size) => axes.reduce((height, { axis, ...answer }) => height + row(pen, capital(axis), answer, { x, y: y + height, width, size, left: 7.4 }) + size * 0.15, 0),
  }
}

function flowBlock({ title, rate, budget, hops }: SheetFlow): Block {
  return {
    before: 0.8,
    draw(pen, x, y, width, size) {
      const rates = Math.min(width * 0.5, pen.width(rate, size) + 1)
      const named = pen.words([{ text: title }], { x, y, width: width - rates - size, size: size * 1.04, weight: '600' })
      let height = Math.max(named, rate === '' ? 0 : pen.words([{ text: rate }], { x: x + width - rates, y, width: rates, size, color: MUTED, align: 'right' }))
      for (const { name, ...answer } of budget) height += row(pen, name, answer, { x, y: y + height, width, size, left: 7 })
      return hops.length === 0 ? height : height + hopRows(pen, hops, { x, y: y + height + size * 0.3, width, size: size * 0.92 }) + size * 0.3
    },
  }
}

function hopRows(pen: Pen, hops: SheetFlow['hops'], { x, y, width, size }: { readonly x: number; readonly y: number; readonly width: number; readonly size: number }): number {
  const columns = (['p99', 'timeout', 'tries'] as const).filter((name) => hops.some((hop) => hop[name] !== ''))
  const HEADS = { p99: 'p99', timeout: 'time-out', tries: 'tries' }
  const room = size * 4.6
  const cells = (top: number, first: string, texts: readonly string[]): number =>
    Math.max(pen.words([{ text: first }], { x, y: top, width: width - columns.length * room, size, color: MUTED }), ...texts.map((text, index) => pen.words([{ text }], { x: x + width - (columns.length - index) * room, y: top, width: room, size, color: MUTED, align: 'right' })))
  let height = cells(y, 'waits for', columns.map((name) => HEADS[name]))
  pen.rule(x, y + height, width, LINE)
  height += size * 0.2
  for (const hop of hops) height += cells(y + height, hop.arrow, columns.map((name) => hop[name]))
  return height
}

interface RowPlace {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly size: number
  /** Room for the name, in sizes. */
  readonly left: number
}

/** What is promised and how far it is kept, and below it what was derived. */
function row(pen: Pen, name: string, { derived, claims }: Answer, { x, y, width, size, left }: RowPlace): number {
  const head = pen.words([{ text: name }], { x, y, width: left * size, size, color: MUTED })
  const place = { x: x + left * size, width: width - left * size, size }
  let height = 0
  for (const { text, verdict, note } of claims) {
    height += pen.words([{ text: `${text}: ` }, { text: verdict, weight: '600', color: COLOURS[verdict] }, ...(note === undefined ? [] : [{ text: `, ${note}`, color: MUTED }])], { ...place, y: y + height })
  }
  if (derived !== '' || claims.length === 0) height += pen.words([{ text: derived || 'not stated' }], { ...place, y: y + height, color: derived === '' ? MUTED : INK })
  return Math.max(head, height)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
