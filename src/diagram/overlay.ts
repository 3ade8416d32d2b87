/**
 * An overlay on a placed graph: which drawn thing shows what of it, and where its words have room. Words never lie on a card, a caption, another
 * line or each other; those without room are left to the tooltip.
 */
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { BADGE, insets, LABEL, LABEL_LINE, stackOffset, textWidth } from './measure.ts'
import type { Laid, LaidArrow, Overlay, PlacedEdge, PlacedGraph, PlacedNode, Point, Tone } from './picture.ts'
import type { Rect } from './shapes.ts'
import type { Token } from './theme.ts'
import { clean } from './text.ts'

export interface Overlaid {
  readonly placed: PlacedGraph
  /** By the id of the drawn thing, an edge by its own. */
  readonly nodes: ReadonlyMap<string, Laid>
  readonly edges: ReadonlyMap<string, LaidArrow>
  readonly tones: ReadonlySet<Tone>
}

/** No tone is the only sign of what it means: words or a form say it as well. */
export const TONES: Readonly<Record<Tone, Token>> = { quiet: 'muted', lit: 'entry', calm: 'keeps', warm: 'warning', hot: 'may-forget', over: 'error' }

/** @param captions what else is written in the picture. */
export function overlaid(placed: PlacedGraph, model: Model, overlay: Overlay, captions: readonly Rect[]): Overlaid {
  const nodes = drawnOn(placed, model, overlay)
  const edges = new Map(placed.edges.flatMap((edge) => {
    const laid = together(edge.relations.flatMap((id) => overlay.arrows.get(id) ?? []))
    return laid ? [[edge.id, laid] as const] : []
  }))
  const tones = new Set([...nodes.values(), ...edges.values()].flatMap(({ tone }) => tone ?? []))
  const hung = placed.nodes.map((node) => withChip(node, nodes.get(node.id), overlay.truths === true))
  return { placed: { ...placed, nodes: hung, edges: labelled({ ...placed, nodes: hung }, edges, captions) }, nodes, edges, tones }
}

/** What is hidden in a collapsed node is shown on that. */
function drawnOn({ nodes }: PlacedGraph, model: Model, { things }: Overlay): ReadonlyMap<string, Laid> {
  const find = lookup(model)
  const drawn = new Set(nodes.map(({ id }) => id))
  const grouped = new Map<string, Laid[]>()
  for (const [id, laid] of things) {
    const at = [id, ...find.ancestors(id).map((ancestor) => ancestor.id)].find((one) => drawn.has(one))
    if (at !== undefined) grouped.set(at, [...(grouped.get(at) ?? []), laid])
  }
  return new Map([...grouped].flatMap(([id, all]) => {
    const laid = together(all)
    return laid ? [[id, laid] as const] : []
  }))
}

const RANK: Readonly<Record<Tone, number>> = { quiet: 0, lit: 1, calm: 2, warm: 3, hot: 4, over: 5 }

/** The worst of several, with all their notes. Faint, or out of order, only if all are. */
function together<T extends LaidArrow>(all: readonly T[]): LaidArrow | undefined {
  if (all.length < 2) return all[0]
  const worst = all.reduce((most, each) => ((each.tone ? RANK[each.tone] : -1) > (most.tone ? RANK[most.tone] : -1) ? each : most))
  const weight = Math.max(...all.map((each) => each.weight ?? 0))
  const distinct = [...new Set(all.map(({ words }) => words?.[0]).filter((words) => words !== undefined))]
  return {
    ...worst,
    // Of several lines in one, each says its own where there is room.
    words: distinct.length > 1 ? [distinct.join(' + '), ...(worst.words ?? [])] : worst.words,
    note: [...new Set(all.flatMap(({ note }) => note ?? []))],
    faint: all.every(({ faint }) => faint === true),
    out: all.every(({ out }) => out === true),
    ...(weight > 0 && { weight }),
  }
}

const CHIP_HEIGHT = 18
const CHIP_PAD = 14

function chipWidth(text: string, out: boolean | undefined): number {
  return Math.max(28, Math.ceil(textWidth(text, BADGE)) + CHIP_PAD) + (out ? CROSS : 0)
}

/** What a cross needs before the words. */
export const CROSS = 12

function withChip(node: PlacedNode, laid: Laid | undefined, truths: boolean): PlacedNode {
  const isOpen = node.head > 0 || (node.type === 'container' && !node.collapsed)
  const { left, right } = insets(node)
  const room = node.width - left - right - 12
  const text = isOpen ? undefined : laid?.words?.map(clean).find((words) => words !== '' && chipWidth(words, laid.out) <= room)
  if (text !== undefined) return { ...node, chip: { text, tone: laid!.tone ?? 'quiet', ...(laid!.out && { out: true }) } }
  return truths || node.truthOf.length === 0 ? node : { ...node, chip: undefined }
}

/** The overlay's words in place of the labels. A line without a label says them where it runs freely. */
function labelled(placed: PlacedGraph, laid: ReadonlyMap<string, LaidArrow>, captions: readonly Rect[]): readonly PlacedEdge[] {
  const cards = placed.nodes.filter((node) => node.head === 0 && !(node.type === 'container' && !node.collapsed)).flatMap(boxesOf)
  const taken: Rect[] = [...cards, ...captions, ...placed.edges.flatMap(headOf)]
  const lines = placed.edges.map(lineOf)
  const own = (edge: PlacedEdge): Rect | undefined => (edge.labelAt && edge.labelWidth > 0 ? { ...edge.labelAt, width: edge.labelWidth, height: edge.labelHeight } : undefined)
  const result = new Map<string, PlacedEdge>()
  const put = (edge: PlacedEdge, text: string, { x, y, width, height }: Rect): void => {
    const rect = { x: x + width / 2 - lengthOf(text) / 2, y: y + height / 2 - LABEL_HEIGHT / 2, width: lengthOf(text), height: LABEL_HEIGHT }
    taken.push(rect)
    result.set(edge.id, { ...edge, label: [text], labelAt: { x: rect.x, y: rect.y }, labelWidth: rect.width, labelHeight: rect.height })
  }
  // Room that is kept for a label is its own; then come those that have to look for some.
  for (const edge of placed.edges) {
    const gap = own(edge)
    const text = gap && wordsOf(laid.get(edge.id)).find((words) => lengthOf(words) <= gap.width)
    if (gap && text !== undefined) put(edge, text, gap)
  }
  for (const edge of placed.edges) {
    if (result.has(edge.id)) continue
    result.set(edge.id, { ...edge, label: [], labelAt: undefined, labelWidth: 0, labelHeight: 0 })
    const words = wordsOf(laid.get(edge.id))
    if (words.length === 0) continue
    const gap = own(edge)
    for (const text of words) {
      const spot = spotsOf(edge, lengthOf(text), gap).find((rect) => isFree(rect, edge, lines, taken))
      if (!spot) continue
      put(edge, text, spot)
      break
    }
  }
  return placed.edges.map(({ id }) => result.get(id)!)
}

const LABEL_HEIGHT = LABEL_LINE + 4

function wordsOf(laid: LaidArrow | undefined): readonly string[] {
  return (laid?.words ?? []).map(clean).filter((words) => words !== '')
}

function lengthOf(text: string): number {
  return Math.ceil(textWidth(text, LABEL)) + 12
}

/** Its label's own place first, then along the segments, the longest first. Words need some of the line on either side. */
function spotsOf({ route }: PlacedEdge, width: number, gap: Rect | undefined): readonly Rect[] {
  const around = ({ x, y }: Point): Rect => ({ x: x - width / 2, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT })
  const segments = route.slice(1).map((to, at) => {
    const from = route[at]!
    const level = from.y === to.y
    return { from, to, level, length: Math.abs(to.x - from.x) + Math.abs(to.y - from.y) }
  })
  const fitting = segments.filter(({ level, length }) => length >= (level ? width : LABEL_HEIGHT) + 2 * STUB).sort((a, b) => b.length - a.length)
  const along = fitting.flatMap(({ from, to }) => SHARES.map((share): Point => ({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share })))
  return [...(gap ? [{ x: gap.x + gap.width / 2, y: gap.y + gap.height / 2 }] : []), ...along].map(around)
}

const STUB = 10
const SHARES = [0.5, 0.35, 0.65] as const
/** Between words and whatever is beside them. */
const AIR = 3

/** A route as thin boxes, and the box around all of them: most lines are nowhere near. */
interface Line {
  readonly edge: PlacedEdge
  readonly around: Rect
  readonly segments: readonly Rect[]
}

function lineOf(edge: PlacedEdge): Line {
  const between = (a: Point, b: Point): Rect => ({ x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(b.x - a.x), height: Math.abs(b.y - a.y) })
  const segments = edge.route.slice(1).map((to, at) => between(edge.route[at]!, to))
  const [left, top] = [Math.min(...segments.map(({ x }) => x)), Math.min(...segments.map(({ y }) => y))]
  const [right, bottom] = [Math.max(...segments.map(({ x, width }) => x + width)), Math.max(...segments.map(({ y, height }) => y + height))]
  return { edge, segments, around: { x: left, y: top, width: right - left, height: bottom - top } }
}

function isFree(rect: Rect, own: PlacedEdge, lines: readonly Line[], taken: readonly Rect[]): boolean {
  if (taken.some((other) => meets(rect, other))) return false
  return lines.every(({ edge, around, segments }) => edge === own || !meets(rect, around) || !segments.some((segment) => meets(rect, segment)))
}

function meets(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width + AIR && b.x < a.x + a.width + AIR && a.y < b.y + b.height + AIR && b.y < a.y + a.height + AIR
}

/** The arrow's head, which no words may cover. */
function headOf({ route }: PlacedEdge): readonly Rect[] {
  const [tip, before] = [route.at(-1), route.at(-2)]
  if (!tip || !before) return []
  const [dx, dy] = [Math.sign(before.x - tip.x), Math.sign(before.y - tip.y)]
  return [{ x: Math.min(tip.x, tip.x + dx * HEAD) - (dx === 0 ? 5 : 0), y: Math.min(tip.y, tip.y + dy * HEAD) - (dy === 0 ? 5 : 0), width: dx === 0 ? 10 : HEAD, height: dy === 0 ? 10 : HEAD }]
}

const HEAD = 9

/** A card with the cards behind it, and what hangs over its border. */
function boxesOf(node: PlacedNode): readonly Rect[] {
  const behind = stackOffset(node)
  const chip = chipRect(node)
  const card = { x: node.x, y: node.y - behind, width: node.width + behind, height: node.height + behind }
  const badge = node.copies ? [{ x: node.x + node.width - BADGE_ROOM, y: node.y - 9, width: BADGE_ROOM + 2, height: 16 }] : []
  const pill = node.truthOf.length > 0 ? [{ x: node.x, y: node.y + node.height - 9, width: node.width, height: CHIP_HEIGHT }] : []
  return [card, ...badge, ...(chip ? [chip] : pill)]
}

/** Of the badge with the number of copies. */
const BADGE_ROOM = 44

/** At the right of the lower edge, where the pill of truth leaves room. */
export function chipRect(node: PlacedNode): Rect | undefined {
  if (node.chip === undefined) return undefined
  const width = chipWidth(node.chip.text, node.chip.out)
  return { x: node.x + node.width - insets(node).right - width - 6, y: node.y + node.height - 9, width, height: CHIP_HEIGHT }
}
