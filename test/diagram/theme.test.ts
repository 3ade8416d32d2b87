import assert from 'node:assert/strict'
import { dark, light, painter, PLACE_OPACITY, TILE_OPACITY, type Palette, type Token } from '../../src/diagram/theme.ts'

type Colour = readonly [number, number, number]

const FAMILIES = ['entry', 'compute', 'may-forget', 'keeps', 'carries', 'others'] as const
/** Regions in providers, zones in regions, hosts in zones. */
const NESTED = 4

describe('themes', () => {
  for (const [name, palette] of [['light', light], ['dark', dark]] as const) {
    const grounds = groundsOf(palette)

    it(`gives text and strokes a contrast of 4.5 on every ground they stand on: ${name}`, () => {
      const strokes: readonly Token[] = ['text', 'muted', 'line', 'error', 'warning', 'info', ...FAMILIES]
      for (const token of strokes) {
        for (const [ground, colour] of grounds) assertContrast(colourOf(palette[token]), colour, `${token} on ${ground}`)
      }
      for (const family of FAMILIES) {
        const colour = colourOf(palette[family])
        assertContrast(colourOf(palette.onFamily), colour, `a badge's text on ${family}`)
        assertContrast(colour, over(colour, TILE_OPACITY, colourOf(palette.card)), `the icon of ${family} on its tile`)
      }
      assertContrast(colourOf(palette.onError), colourOf(palette.error), 'the sign on an error')
      assertContrast(colourOf(palette.onWarning), colourOf(palette.warningFill), 'the sign on a warning')
    })

    it(`keeps the families, and a tinted arrow from a plain one, apart under colour-blindness: ${name}`, () => {
      for (const [blindness, matrix] of Object.entries(SEEN)) {
        const seen = (token: Token) => lab(matrix.map((row) => clamp(sum(row, linear(colourOf(palette[token]))))) as unknown as Colour)
        const apart = (a: Token, b: Token, least: number) => {
          const distance = 100 * Math.hypot(...seen(a).map((value, index) => value - seen(b)[index]!))
          assert.ok(distance >= least, `${a} and ${b} are ${distance.toFixed(1)} apart, ${blindness}`)
        }
        FAMILIES.forEach((a, index) => FAMILIES.slice(index + 1).forEach((b) => apart(a, b, 6)))
        apart('line', 'error', 6)
        apart('line', 'warning', 6)
      }
    })
  }

  it('paints presentation attributes alone for light and for dark', () => {
    const paint = painter('dark')
    assert.equal(paint({ fill: 'none', stroke: 'line' }), ` fill="none" stroke="${dark.line}"`)
    assert.equal(paint.css(), '')
  })

  it('paints light for auto, and dark in one media query for exactly what was painted', () => {
    const paint = painter('auto')
    assert.equal(paint({ fill: 'card', stroke: 'keeps' }), ` fill="${light.card}" stroke="${light.keeps}" class="f-card s-keeps"`)
    assert.equal(paint({ fill: 'none' }), ' fill="none"')
    assert.equal(paint.css(), `@media (prefers-color-scheme:dark){.f-card{fill:${dark.card}}.s-keeps{stroke:${dark.keeps}}}`)
  })
})

function groundsOf(palette: Palette): readonly (readonly [string, Colour])[] {
  const grounds: [string, Colour][] = [['the ground', colourOf(palette.ground)], ['a card', colourOf(palette.card)]]
  let nested = colourOf(palette.ground)
  for (let depth = 1; depth <= NESTED; depth++) {
    nested = over(colourOf(palette.place), PLACE_OPACITY, nested)
    grounds.push([`${depth} places in each other`, nested])
  }
  return grounds
}

function assertContrast(a: Colour, b: Colour, what: string): void {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  const contrast = (high + 0.05) / (low + 0.05)
  assert.ok(contrast >= 4.5, `${what}: ${contrast.toFixed(2)}`)
}

/** WCAG 2.2, relative luminance. */
function luminance(colour: Colour): number {
  return sum([0.2126, 0.7152, 0.0722], linear(colour))
}

function colourOf(hex: string): Colour {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as unknown as Colour
}

function linear(colour: Colour): Colour {
  return colour.map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)) as unknown as Colour
}

function over(top: Colour, opacity: number, below: Colour): Colour {
  return top.map((value, index) => value * opacity + below[index]! * (1 - opacity)) as unknown as Colour
}

function sum(row: readonly number[], values: readonly number[]): number {
  return row.reduce((total, value, index) => total + value * values[index]!, 0)
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** Linear sRGB → Oklab (Ottosson 2020). */
function lab(colour: Colour): Colour {
  const cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]]
  const roots = cones.map((row) => Math.cbrt(sum(row, colour)))
  const axes = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]]
  return axes.map((row) => sum(row, roots)) as unknown as Colour
}

/** What is seen, over linear sRGB: Machado, Oliveira and Fernandes 2009, at full severity. */
const SEEN: Readonly<Record<string, readonly (readonly number[])[]>> = {
  'as most see': [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deuteranopia: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritanopia: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
