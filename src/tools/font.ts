/**
 * Makes `src/diagram/generated/font-metrics.ts` and `font-faces.ts` from Inter: the advance widths and kerning by which text is measured, and
 * the small faces that a picture carries with it. Both come from the same glyphs, so what is measured is what is shown.
 *
 * `node src/tools/font.ts` writes them; `fontFiles()` gives their content, for the test that holds them fresh.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { create, type Font } from 'fontkit'
import subsetFont from 'subset-font'

export const WEIGHTS = [400, 600] as const
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A picture carries only the faces of the scripts that occur in it; the first is the one that always does. */
export const FACES = [
  { name: 'latin', from: 'latin', ranges: [[0x20, 0x7e], [0xa0, 0xff], [0x152, 0x153], [0x2010, 0x2015], [0x2018, 0x201e], [0x2020, 0x2022], [0x2026, 0x2026], [0x2030, 0x2030], [0x2032, 0x2033], [0x2039, 0x203a], [0x20ac, 0x20ac], [0x2122, 0x2122], [0x2190, 0x2195], [0x2212, 0x2212], [0x2248, 0x2248], [0x2264, 0x2265]] },
  { name: 'latin-ext', from: 'latin-ext', ranges: [[0x100, 0x151], [0x154, 0x17f], [0x218, 0x21b], [0x1e9e, 0x1e9e]] },
  { name: 'greek', from: 'greek', ranges: [[0x370, 0x3ff]] },
  { name: 'cyrillic', from: 'cyrillic', ranges: [[0x400, 0x45f], [0x490, 0x491]] },
] as const

/** What is kept of a face: its outlines and its kerning. */
export const SUBSET = { keepFeatures: ['kern'], noHinting: true, noLayoutClosure: true, dropTables: ['GDEF', 'STAT', 'meta'] } as const

export async function fontFiles(): Promise<{ readonly path: string; readonly content: string }[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve('@fontsource/inter/package.json')), 'files')
  const metrics: string[] = []
  const faces: string[] = []
  for (const face of FACES) {
    for (const weight of WEIGHTS) {
      const bytes = await readFile(join(folder, `inter-${face.from}-${weight}-normal.woff2`))
      const font = create(bytes)
      const chars = face.ranges
        .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
        .filter((code) => font.hasGlyphForCodePoint(code))
        .map((code) => String.fromCodePoint(code))
      metrics.push(`  { face: '${face.name}', weight: ${weight}, ${metricsOf(font, chars)} },`)
      const subset = await subsetFont(bytes, chars.join(''), {
        targetFormat: 'woff2',
        ...SUBSET,
      })
      faces.push(`  { face: '${face.name}', weight: ${weight}, range: '${unicodeRange(chars)}', woff2: '${subset.toString('base64')}' },`)
    }
  }
  return [
    { path: 'src/diagram/generated/font-metrics.ts', content: METRICS_HEAD + metrics.join('\n') + '\n]\n' },
    { path: 'src/diagram/generated/font-faces.ts', content: FACES_HEAD + faces.join('\n') + '\n]\n' },
  ]
}

/** Kerning by classes: characters that kern alike share one, which makes the table small enough to ship. */
function metricsOf(font: Font, chars: readonly string[]): string {
  const advances = (text: string) => font.layout(text, { calt: false, liga: false, ccmp: false, kern: true }).positions.map(({ xAdvance }) => xAdvance)
  const alone = new Map(chars.map((char) => [char, advances(char)[0]!]))
  // A letter behind each pair says which script it is in: punctuation alone would be kerned by other rules than inside words.
  const letter = chars.findLast((char) => /\p{Ll}/u.test(char))!
  const matrix = chars.map((left) => chars.map((right) => Math.round(advances(left + right + letter)[0]! - alone.get(left)!)))
  const left = classes(matrix)
  const right = classes(chars.map((_, column) => matrix.map((row) => row[column]!)))
  const kern = left.first.map((row) => right.first.map((column) => matrix[row]![column]!))
  return [
    `chars: ${JSON.stringify(chars.join(''))}`,
    `widths: [${chars.map((char) => Math.round(alone.get(char)!)).join(',')}]`,
    `left: [${left.of.join(',')}]`,
    `right: [${right.of.join(',')}]`,
    `kern: [${kern.map((row) => `[${row.join(',')}]`).join(',')}]`,
  ].join(', ')
}

/** Equal rows get the same number. `first` is where each number's row stands. */
function classes(rows: readonly (readonly number[])[]): { of: number[]; first: number[] } {
  const numbers = new Map<string, number>()
  const first: number[] = []
  const of = rows.map((row, index) => {
    const key = row.join()
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, first.length)
    first.push(index)
    return first.length - 1
  })
  return { of, first }
}

function unicodeRange(chars: readonly string[]): string {
  const spans: [number, number][] = []
  for (const char of chars) {
    const code = char.codePointAt(0)!
    const last = spans.at(-1)
    if (last && last[1] === code - 1) last[1] = code
    else spans.push([code, code])
  }
  const hex = (code: number) => code.toString(16).toUpperCase()
  return spans.map(([first, last]) => (first === last ? `U+${hex(first)}` : `U+${hex(first)}-${hex(last)}`)).join(',')
}

const LICENCE = `// Generated by src/tools/font.ts from Inter (https://rsms.me/inter/), copyright 2016 The Inter Project Authors, licensed under the
// SIL Open Font License 1.1: see media/fonts/OFL.txt. Do not edit.
`

const METRICS_HEAD = `${LICENCE}
/** Widths and kerning in font units, 2048 to the em. \`left\` and \`right\` give each character's kerning class as first and as second of a pair. */
export interface FaceMetrics {
  readonly face: string
  readonly weight: 400 | 600
  readonly chars: string
  readonly widths: readonly number[]
  readonly left: readonly number[]
  readonly right: readonly number[]
  readonly kern: readonly (readonly number[])[]
}

export const UNITS_PER_EM = 2048

export const fontMetrics: readonly FaceMetrics[] = [
`

const FACES_HEAD = `${LICENCE}
export interface Face {
  readonly face: string
  readonly weight: 400 | 600
  /** As CSS \`unicode-range\`. */
  readonly range: string
  /** Base64. */
  readonly woff2: string
}

export const fontFaces: readonly Face[] = [
`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, content } of await fontFiles()) {
    await writeFile(join(ROOT, path), content)
    console.log(`${path}: ${(content.length / 1024).toFixed(0)} KiB`)
  }
}
