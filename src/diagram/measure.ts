/**
 * How large things are before anything has a place. Text is measured from Inter's own advance widths and kerning (generated/font-metrics.ts),
 * once, here: the picture embeds the same glyphs, so labels fit where they are shown. All lengths are in px.
 */
import { fontMetrics, UNITS_PER_EM, type FaceMetrics } from './generated/font-metrics.ts'
import type { GraphNode, LabelMeasure, NodeContent, NodeMeasure } from './picture.ts'
import { clean } from './text.ts'

export interface TextStyle {
  /** Font size in px. */
  readonly size: number
  readonly weight: 400 | 600
  /** Added behind each character, in px. */
  readonly spacing?: number
}

export const TITLE: TextStyle = { size: 13.5, weight: 600 }
export const FACTS: TextStyle = { size: 11, weight: 400 }
export const LABEL: TextStyle = { size: 11, weight: 400 }
export const BADGE: TextStyle = { size: 11, weight: 600 }
export const CAPTION: TextStyle = { size: 12.5, weight: 600 }
export const CAPTION_KIND: TextStyle = { size: 10.5, weight: 400, spacing: 0.8 }
export const HEADING: TextStyle = { size: 18, weight: 600 }

export const TITLE_LINE = 17
export const FACTS_LINE = 14
export const LABEL_LINE = 14

export interface Size {
  readonly width: number
  readonly height: number
}

const GRID = 8
const TITLE_WIDTH = 184
const FACTS_WIDTH = 216
const LABEL_WIDTH = 152
const LEAST_WIDTH = 112

/** From a card's side to its icon's tile, and from there to its text. */
export const ICON = 28
export const PAD = 14
export const ICON_GAP = 10

export function textWidth(text: string, style: TextStyle): number {
  const faces = facesOf(style.weight)
  let units = 0
  let count = 0
  let before: { face: FaceMetrics; index: number } | undefined
  let joined = false
  for (const char of text) {
    count++
    const found = faces.get(char)
    if (found) {
      units += found.face.widths[found.index]!
      if (before?.face === found.face) units += found.face.kern[found.face.left[before.index]!]![found.face.right[found.index]!]!
      before = found
      joined = false
      continue
    }
    before = undefined
    const code = char.codePointAt(0)!
    if (!joined) units += guess(char, code) * UNITS_PER_EM
    joined = code === 0x200d
  }
  return (units / UNITS_PER_EM) * style.size + count * (style.spacing ?? 0)
}

/**
 * Breaks at blanks, and inside words that are wider than `width`. A `\n` of the text breaks too. What does not fit in `lines` lines ends in `…`.
 */
export function wrap(text: string, style: TextStyle, width: number, lines: number): string[] {
  const result = clean(text).split('\n').flatMap((paragraph) => balanced(paragraph, style, width))
  if (result.length <= lines) return result
  return [...result.slice(0, lines - 1), shorten(result.slice(lines - 1).join(' '), style, width)]
}

/** A component's label or name, in at most three lines. */
export function titleLines(label: string): string[] {
  return wrap(label, TITLE, TITLE_WIDTH, 3)
}

/** Whether it needs no second line. */
export function fitsFactsLine(facts: string): boolean {
  return textWidth(clean(facts), FACTS) <= FACTS_WIDTH
}

/** The facts line, in at most two lines that break at its dots. */
export function factsLines(facts: string): string[] {
  const text = clean(facts).replaceAll('\n', ' ')
  if (textWidth(text, FACTS) <= FACTS_WIDTH) return text === '' ? [] : [text]
  const lines: string[] = []
  for (const fact of text.split(' · ')) {
    const last = lines.at(-1)
    const joined = last === undefined ? fact : `${last} · ${fact}`
    if (last !== undefined && textWidth(joined, FACTS) <= FACTS_WIDTH) lines[lines.length - 1] = joined
    else lines.push(fact)
  }
  if (lines.length <= 2) return lines.map((line) => ellipsis(line, FACTS, FACTS_WIDTH))
  return [ellipsis(lines[0]!, FACTS, FACTS_WIDTH), ellipsis(lines.slice(1).join(' · '), FACTS, FACTS_WIDTH)]
}

/**
 * Wraps a node's label and gives it a size: a leaf's card without what hangs over its border (the cards behind it, the badges, the truth
 * pill: `OVERHANG` at most), or the least size of a node that holds others. Whole px; a leaf's sides are multiples of 8.
 */
export function measureNode(content: NodeContent): NodeMeasure {
  if (content.type === 'container' && !content.collapsed) return measureContainer(content)
  const title = titleLines(content.label)
  const facts = factsLines(content.facts)
  const inset = insets(content)
  const part = content.type === 'part'
  const text = Math.max(widest(title, TITLE), widest(facts, FACTS))
  const icon = part ? 0 : ICON + ICON_GAP
  const width = Math.max(part ? 72 : LEAST_WIDTH, inset.left + PAD + icon + text + PAD + inset.right, pillWidth(content) + 32)
  const card = Math.max(part ? 32 : 48, title.length * TITLE_LINE + facts.length * FACTS_LINE + (part ? 12 : 20)) + inset.top
  const height = up(card + inset.bottom)
  if (!content.holds) return { title, width: up(width), height, head: 0 }
  return { title, width: up(width), height: height + 24, head: up(card) + 4 }
}

/** The gap that a label needs in its line, its margins included. */
export function measureLabel(text: string): LabelMeasure {
  const lines = clean(text) === '' ? [] : wrap(text, LABEL, LABEL_WIDTH, 3)
  if (lines.length === 0) return { lines, width: 0, height: 0 }
  return { lines, width: Math.ceil(widest(lines, LABEL)) + 12, height: lines.length * LABEL_LINE + 4 }
}

function measureContainer(content: NodeContent): NodeMeasure {
  const title = [ellipsis(clean(content.label).replaceAll('\n', ' '), CAPTION, CAPTION_WIDTH)]
  const caption = captionWidth({ ...content, title }) + 2 * CAPTION_PAD
  // Where arrows come in through the head, the layout finds or makes a gap of this width for it.
  return { title, width: up(caption), height: CAPTION_HEIGHT + 24, head: CAPTION_HEIGHT + 12 }
}

/** What a card's sides lose to its outline: the points of a hexagon, the caps of a cylinder, the pill on the lower edge. */
export function insets(node: Pick<GraphNode, 'kind' | 'truthOf'>): { left: number; right: number; top: number; bottom: number } {
  const inset = INSETS[node.kind] ?? NO_INSET
  return node.truthOf.length === 0 ? inset : { ...inset, bottom: inset.bottom + 6 }
}

const NO_INSET = { left: 0, right: 0, top: 0, bottom: 0 }
const POINTED = { left: 4, right: 10, top: 0, bottom: 0 }
const CYLINDER = { left: 0, right: 0, top: 10, bottom: 3 }
const INSETS: Readonly<Record<string, typeof NO_INSET>> = {
  'load-balancer': POINTED,
  gateway: POINTED,
  dns: POINTED,
  cdn: POINTED,
  database: CYLINDER,
  'object-store': { ...CYLINDER, left: 6, right: 6 },
  search: CYLINDER,
  cdc: { left: 4, right: 6, top: 0, bottom: 0 },
  queue: { left: 4, right: 8, top: 0, bottom: 0 },
  log: { left: 6, right: 6, top: 0, bottom: 0 },
  function: { left: 3, right: 6, top: 0, bottom: 0 },
  topic: { left: 6, right: 8, top: 0, bottom: 0 },
}

export const CAPTION_HEIGHT = 32
export const CAPTION_PAD = 16
export const CAPTION_ICON = 22
export const CAPTION_GAP = 8
const CAPTION_WIDTH = 320
export const STACK_STEP = 4
/** The most that anything of a card reaches out of it, on each side. */
export const OVERHANG = 10

/** How far the cards behind the front one reach out, to the right and to the top. */
export function stackOffset(node: Pick<GraphNode, 'copies'>): number {
  return cardsBehind(node) * STACK_STEP
}

/** One card behind for two copies, two for more. */
export function cardsBehind(node: Pick<GraphNode, 'copies'>): 0 | 1 | 2 {
  if (!node.copies) return 0
  return /^\D*2$/.test(node.copies) ? 1 : 2
}

/** `truth of Booking`, or of the first few and how many more. */
export function truthText(truthOf: readonly string[]): string {
  if (truthOf.length === 0) return ''
  if (truthOf.length <= 2) return `truth of ${truthOf.map(clean).join(', ')}`
  return `truth of ${clean(truthOf[0]!)} + ${truthOf.length - 1} more`
}

export function pillWidth(node: Pick<GraphNode, 'truthOf'>): number {
  return node.truthOf.length === 0 ? 0 : Math.ceil(textWidth(truthText(node.truthOf), BADGE)) + 32
}

/** A container's caption in a line: icon, kind, name, facts. */
export function captionWidth(node: Pick<GraphNode, 'kind' | 'title' | 'facts'>): number {
  const facts = node.facts === '' ? 0 : textWidth(clean(node.facts), FACTS) + CAPTION_GAP
  const icon = node.kind === 'group' ? 0 : CAPTION_ICON
  return icon + captionKindWidth(node) + textWidth(node.title.join(' '), CAPTION) + facts
}

/** A group is only visual: its kind is not worth a word. */
export function captionKindWidth(node: Pick<GraphNode, 'kind'>): number {
  return node.kind === 'group' ? 0 : textWidth(node.kind.replaceAll('-', ' ').toUpperCase(), CAPTION_KIND) + CAPTION_GAP
}

function widest(lines: readonly string[], style: TextStyle): number {
  return Math.max(0, ...lines.map((line) => textWidth(line, style)))
}

function up(length: number): number {
  return Math.ceil(length / GRID) * GRID
}

/** As few lines as there must be, and these about equally long. */
function balanced(text: string, style: TextStyle, width: number): string[] {
  const lines = wrapParagraph(text, style, width)
  if (lines.length < 2) return lines
  let [low, high] = [width / lines.length, width]
  let best = lines
  for (let step = 0; step < 6; step++) {
    const middle = (low + high) / 2
    const tried = wrapParagraph(text, style, middle)
    if (tried.length > lines.length) low = middle
    else [high, best] = [middle, tried]
  }
  return best
}

function wrapParagraph(text: string, style: TextStyle, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const joined = last === undefined ? word : `${last} ${word}`
    if (textWidth(joined, style) <= width) {
      if (last === undefined) lines.push(joined)
      else lines[lines.length - 1] = joined
      continue
    }
    const pieces = breakWord(word, style, width)
    lines.push(...pieces)
  }
  return lines
}

/** Long names break behind their own joints (`-`, `_`, `.`, `/`, `:`) where they have some, anywhere otherwise. */
function breakWord(word: string, style: TextStyle, width: number): string[] {
  const pieces: string[] = []
  let rest = word
  while (textWidth(rest, style) > width) {
    const fits = longestPrefix(rest, style, width)
    const joint = Math.max(...['-', '_', '.', '/', ':'].map((char) => fits.lastIndexOf(char))) + 1
    const piece = joint > 2 ? fits.slice(0, joint) : fits
    pieces.push(piece)
    rest = rest.slice(piece.length)
  }
  if (rest !== '') pieces.push(rest)
  return pieces
}

/** At least one character, and never half of a surrogate pair or a letter without its accent. */
function longestPrefix(text: string, style: TextStyle, width: number): string {
  let prefix = ''
  for (const cluster of text.match(/\P{M}(?:\p{M}|\u200D\P{M}|[\u{1F3FB}-\u{1F3FF}])*/gsu) ?? [text]) {
    if (prefix !== '' && textWidth(prefix + cluster, style) > width) return prefix
    prefix += cluster
  }
  return prefix
}

function ellipsis(text: string, style: TextStyle, width: number): string {
  return textWidth(text, style) <= width ? text : shorten(text, style, width)
}

/** With `…` at its end, also where all of it would fit. */
function shorten(text: string, style: TextStyle, width: number): string {
  return `${longestPrefix(text, style, width - textWidth('…', style)).replace(/[\s·,]+$/, '')}…`
}

const byWeight = new Map<number, Map<string, { face: FaceMetrics; index: number }>>()

function facesOf(weight: 400 | 600): Map<string, { face: FaceMetrics; index: number }> {
  const known = byWeight.get(weight)
  if (known) return known
  const chars = new Map<string, { face: FaceMetrics; index: number }>()
  for (const face of fontMetrics) {
    if (face.weight === weight) [...face.chars].forEach((char, index) => chars.set(char, { face, index }))
  }
  byWeight.set(weight, chars)
  return chars
}

/** In em, for characters that Inter's subset lacks: what the usual fallback fonts give them, rather too much than too little. */
function guess(char: string, code: number): number {
  if (/[\p{M}\u200B-\u200D\uFE00-\uFE0F\u{1F3FB}-\u{1F3FF}]/u.test(char)) return 0
  if (code >= 0x1f1e6 && code <= 0x1f1ff) return 0.68
  if (/\p{Extended_Pictographic}/u.test(char)) return 1.36
  if (/[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u.test(char)) return 1
  return 0.68
}
