/**
 * The colours, by what they are for. `auto` is the light theme in presentation attributes, which every program reads, and the dark one in a
 * media query above them, for those that can. The families' colours keep a contrast of 4.5 on every ground and stay apart for people who
 * see fewer colours: both are held by a test, and neither is ever the only sign.
 */
import type { Family } from '../vocabulary/vocabulary.ts'
import type { Theme } from './picture.ts'

export interface Palette extends Readonly<Record<Family, string>> {
  /** Behind everything. */
  readonly ground: string
  readonly card: string
  readonly text: string
  readonly muted: string
  /** Arrows. */
  readonly line: string
  /** Laid over the ground, thinly, in a place such as a region; twice where two are nested. */
  readonly place: string
  /** The border of a place, which is meant to be quiet. */
  readonly hairline: string
  /** On a filled badge or pill in a family's colour. */
  readonly onFamily: string
  readonly error: string
  readonly onError: string
  /** For lines and outlines; the badge itself is filled with `warningFill`. */
  readonly warning: string
  readonly warningFill: string
  readonly onWarning: string
  readonly info: string
}

export type Token = keyof Palette

export const light: Palette = {
  ground: '#ffffff',
  card: '#ffffff',
  text: '#17202a',
  muted: '#566270',
  line: '#4a5765',
  place: '#2f4a66',
  hairline: '#c3ccd6',
  entry: '#1565d7',
  compute: '#5148b4',
  'may-forget': '#b04b0b',
  keeps: '#227263',
  carries: '#8e2393',
  others: '#4b525a',
  onFamily: '#ffffff',
  error: '#c41c28',
  onError: '#ffffff',
  warning: '#835b00',
  warningFill: '#ffc53d',
  onWarning: '#2b1d00',
  info: '#57636f',
}

export const dark: Palette = {
  ground: '#0d1117',
  card: '#161b22',
  text: '#e6edf3',
  muted: '#9aa7b4',
  line: '#9aa7b4',
  place: '#b4c8dc',
  hairline: '#39424d',
  entry: '#5fa4ff',
  compute: '#abb6fe',
  'may-forget': '#f39e4e',
  keeps: '#23a48e',
  carries: '#cf7ddc',
  others: '#9ea9b6',
  onFamily: '#0d1117',
  error: '#ff6b66',
  onError: '#0d1117',
  warning: '#e8b931',
  warningFill: '#ffcc4d',
  onWarning: '#1c1400',
  info: '#9aa7b4',
}

export const PLACE_OPACITY = 0.028
export const TILE_OPACITY = 0.1
/** Of a lens's tone over a card: its words stay readable. */
export const TINT_OPACITY = 0.12
/** What has no part in what a lens shows. */
export const FAINT = ' opacity="0.38"'

export interface Paint {
  /** Attributes of an element, each with a blank before it. `none` is no paint. */
  (colours: { readonly fill?: Token | 'none'; readonly stroke?: Token | 'none' }): string
  /** The style sheet for what was painted so far; empty but for `auto`. */
  css(): string
}

export function painter(theme: Theme): Paint {
  const palette = theme === 'dark' ? dark : light
  const used = new Map<string, string>()
  const paint = (colours: { readonly fill?: Token | 'none'; readonly stroke?: Token | 'none' }): string => {
    const classes: string[] = []
    let attributes = ''
    for (const property of ['fill', 'stroke'] as const) {
      const token = colours[property]
      if (token === undefined) continue
      attributes += ` ${property}="${token === 'none' ? token : palette[token]}"`
      if (theme !== 'auto' || token === 'none') continue
      const name = `${property[0]}-${token}`
      classes.push(name)
      used.set(name, `.${name}{${property}:${dark[token]}}`)
    }
    return classes.length === 0 ? attributes : `${attributes} class="${classes.join(' ')}"`
  }
  const css = () => (used.size === 0 ? '' : `@media (prefers-color-scheme:dark){${[...used.keys()].sort().map((name) => used.get(name)).join('')}}`)
  return Object.assign(paint, { css })
}
