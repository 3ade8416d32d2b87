/** Small pieces of SVG that every part of the picture is made of. */
import { CAPTION, type TextStyle } from './measure.ts'
import type { Paint, Token } from './theme.ts'
import { escapeXml, px } from './text.ts'

export interface TextOptions {
  readonly style: TextStyle
  readonly colour: Token
  readonly anchor?: 'start' | 'middle' | 'end'
}

/** One line of text with its baseline at `y`. */
export function textAt(paint: Paint, x: number, y: number, text: string, { style, colour, anchor = 'start' }: TextOptions): string {
  const weight = style.weight === CAPTION.weight ? ' font-weight="600"' : ''
  const spacing = style.spacing === undefined ? '' : ` letter-spacing="${px(style.spacing)}"`
  const side = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  return `<text x="${px(x)}" y="${px(y)}" font-size="${px(style.size)}"${weight}${spacing}${side}${paint({ fill: colour })}>${escapeXml(text)}</text>`
}

/** An icon of the 24 × 24 grid, drawn `size` px wide with its top left at the point. */
export function iconAt(paint: Paint, path: string, x: number, y: number, size: number, colour: Token): string {
  const scale = size / 24
  return `<path transform="translate(${px(x)} ${px(y)}) scale(${Math.round(scale * 1000) / 1000})" d="${path}"${paint({ fill: 'none', stroke: colour })} stroke-width="${px(1.5 / scale)}" stroke-linecap="round"/>`
}

/** The accessible name, and the tooltip, of the group that it stands first in. */
export function titled(lines: readonly string[]): string {
  return `<title>${escapeXml(lines.filter((line) => line !== '').join('\n'))}</title>`
}
