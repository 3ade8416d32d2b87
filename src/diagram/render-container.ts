/** Containers, quiet behind what they hold: places have a tint and a hairline, groups only brackets. */
import { badgeAt } from './badges.ts'
import { icons } from './generated/icons.ts'
import {
  CAPTION, CAPTION_GAP, CAPTION_HEIGHT, CAPTION_ICON, CAPTION_KIND, CAPTION_PAD, captionKindWidth, captionWidth, FACTS, textWidth,
} from './measure.ts'
import { TONES } from './overlay.ts'
import type { PlacedEdge, PlacedNode } from './picture.ts'
import { badgePoint, type NodeOptions } from './render-node.ts'
import type { Rect } from './shapes.ts'
import { iconAt, textAt, titled } from './svg.ts'
import { FAINT, PLACE_OPACITY, TINT_OPACITY, type Paint, type Token } from './theme.ts'
import { clean, escapeXml, px, safeId } from './text.ts'

export interface ContainerOptions extends NodeOptions {
  /** Where the caption starts. */
  readonly captionX: number
}

export function renderContainer(node: PlacedNode, { paint, name, mark, ends, laid, captionX }: ContainerOptions): string {
  return [
    `<g id="${safeId('n', node.id)}" data-id="${escapeXml(clean(node.id))}" data-kind="${node.kind}" role="graphics-object"${laid?.faint ? FAINT : ''}>`,
    titled(name),
    node.kind === 'group' ? brackets(node, paint) : place(node, paint, laid?.tone && TONES[laid.tone]),
    caption(node, paint, captionX),
    mark ? badgeAt(paint, badgePoint(node, ends), mark) : '',
    '</g>',
  ].join('')
}

const CORNERS: Readonly<Record<string, number>> = { region: 16, provider: 16, zone: 12, 'trust-zone': 12, cell: 8, host: 6 }
const DASHES: Readonly<Record<string, string>> = { zone: '7 5', 'trust-zone': '2 4' }

function place(node: PlacedNode, paint: Paint, tone: Token | undefined): string {
  const at = `x="${px(node.x)}" y="${px(node.y)}" width="${px(node.width)}" height="${px(node.height)}" rx="${CORNERS[node.kind] ?? 12}"`
  const dash = DASHES[node.kind] === undefined ? '' : ` stroke-dasharray="${DASHES[node.kind]}"`
  return [
    `<rect ${at}${paint({ fill: tone ?? 'place' })} fill-opacity="${tone ? TINT_OPACITY / 2 : PLACE_OPACITY}"/>`,
    `<rect ${at}${paint({ fill: 'none', stroke: tone ?? 'hairline' })} stroke-width="${tone ? 2 : node.kind === 'trust-zone' ? 1.5 : 1}"${dash} pointer-events="all"/>`,
  ].join('')
}

function brackets({ x, y, width, height }: PlacedNode, paint: Paint): string {
  const side = (from: number, arm: number) => `M${px(from + arm)} ${px(y)}H${px(from + Math.sign(arm) * 6)}Q${px(from)} ${px(y)} ${px(from)} ${px(y + 6)}V${px(y + height - 6)}Q${px(from)} ${px(y + height)} ${px(from + Math.sign(arm) * 6)} ${px(y + height)}H${px(from + arm)}`
  return [
    `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="none" stroke="none" pointer-events="all"/>`,
    `<path d="${side(x, 14)}${side(x + width, -14)}"${paint({ fill: 'none', stroke: 'muted' })} stroke-opacity="0.7" stroke-width="1.2" stroke-linecap="round"/>`,
  ].join('')
}

/** The caption's place: at the left, or further right where an arrow comes in through the top. */
export function captionOf(node: PlacedNode, edges: readonly PlacedEdge[]): Rect {
  const width = captionWidth(node)
  const [top, bottom] = [node.y + 8, node.y + CAPTION_HEIGHT]
  const [first, last] = [node.x + CAPTION_PAD, node.x + node.width - CAPTION_PAD - width]
  const crossing: (readonly [left: number, right: number])[] = []
  for (const { route } of edges) {
    for (let index = 1; index < route.length; index++) {
      const [from, to] = [route[index - 1]!, route[index]!]
      if (Math.max(from.y, to.y) <= top || Math.min(from.y, to.y) >= bottom) continue
      const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
      if (right > node.x && left < node.x + node.width) crossing.push([left - AIR, right + AIR])
    }
  }
  const free = (x: number) => crossing.every(([left, right]) => right <= x || left >= x + width)
  const x = [first, ...crossing.map(([, right]) => right).filter((right) => right > first && right <= last)].toSorted((a, b) => a - b).find(free) ?? first
  return { x, y: top, width, height: bottom - top }
}

const AIR = 8

/** `REGION us-east`, then what it says of itself, on one line. */
function caption(node: PlacedNode, paint: Paint, start: number): string {
  const baseline = node.y + 24
  let x = start
  const parts: string[] = []
  const icon = icons[node.kind]
  if (icon !== undefined && node.kind !== 'group') parts.push(iconAt(paint, icon, x, baseline - 12, 15, 'muted'))
  x += node.kind === 'group' ? 0 : CAPTION_ICON
  const kind = captionKindWidth(node)
  if (kind > 0) parts.push(textAt(paint, x, baseline, node.kind.replaceAll('-', ' ').toUpperCase(), { style: CAPTION_KIND, colour: 'muted' }))
  x += kind
  const title = node.title.join(' ')
  parts.push(textAt(paint, x, baseline, title, { style: CAPTION, colour: 'text' }))
  x += textWidth(title, CAPTION) + CAPTION_GAP
  if (node.facts !== '') parts.push(textAt(paint, x, baseline, clean(node.facts), { style: FACTS, colour: 'muted' }))
  return parts.join('')
}
