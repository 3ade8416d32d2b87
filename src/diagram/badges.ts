/** The only red and amber in the picture: what the rules found, as a badge whose form tells the severity without colour. */
import type { Severity } from '../model/model.ts'
import { BADGE } from './measure.ts'
import type { Mark, Point } from './picture.ts'
import { textAt } from './svg.ts'
import type { Paint, Token } from './theme.ts'
import { px } from './text.ts'

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 }

/** What is drawn for several marks of one thing: the worst, and all their words. */
export function merged(marks: readonly Mark[]): Mark | undefined {
  const drawn = marks.filter(({ severity }) => severity !== 'hint').toSorted((a, b) => RANK[a.severity] - RANK[b.severity])
  const worst = drawn[0]
  if (worst === undefined) return undefined
  return { ...worst, count: drawn.reduce((sum, { count }) => sum + count, 0), text: drawn.flatMap(({ text }) => text) }
}

/** The colour of a line that something was found about. A mere note does not tint it. */
export function lineColour(mark: Mark | undefined): Token {
  return mark?.severity === 'error' ? 'error' : mark?.severity === 'warning' ? 'warning' : 'line'
}

/** A disc for an error, a square on its corner for a warning, a ring for a note; with the number where there are several. */
export function badgeAt(paint: Paint, at: Point, mark: Pick<Mark, 'severity' | 'count'>): string {
  return `<g data-badge="${mark.severity}">${badge(paint, at, mark)}</g>`
}

function badge(paint: Paint, { x, y }: Point, { severity, count }: Pick<Mark, 'severity' | 'count'>): string {
  const text = count > 9 ? '9+' : count > 1 ? String(count) : severity === 'info' ? 'i' : '!'
  const style = { ...BADGE, size: text.length > 1 ? 9.5 : 11.5 }
  const word = (colour: Token) => textAt(paint, x, y + style.size * 0.36, text, { style, colour, anchor: 'middle' })
  const disc = (fill: Token, stroke: Token) => `<circle cx="${px(x)}" cy="${px(y)}" r="9"${paint({ fill, stroke })} stroke-width="1.5"/>`
  if (severity === 'error') return disc('error', 'card') + word('onError')
  if (severity === 'warning') {
    const rect = `<rect x="${px(x - 7.5)}" y="${px(y - 7.5)}" width="15" height="15" rx="3.5" transform="rotate(45 ${px(x)} ${px(y)})"${paint({ fill: 'warningFill', stroke: 'warning' })} stroke-width="1.2"/>`
    return rect + word('onWarning')
  }
  return disc('card', 'info') + word('info')
}

/** It does not work, whatever the colour says. */
export function crossAt(paint: Paint, { x, y }: Point): string {
  const cross = `M${px(x - 3.2)} ${px(y - 3.2)}L${px(x + 3.2)} ${px(y + 3.2)}M${px(x + 3.2)} ${px(y - 3.2)}L${px(x - 3.2)} ${px(y + 3.2)}`
  return `<path d="${cross}"${paint({ fill: 'none', stroke: 'onFamily' })} stroke-width="1.8" stroke-linecap="round"/>`
}
