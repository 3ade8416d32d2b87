/** Inter as TrueType, for PNG and PDF: their makers read no woff2, and take one file per weight rather than one per script. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import subsetFont from 'subset-font'
import { FACES, SUBSET, WEIGHTS } from './font.ts'

const FOLDER = join(dirname(createRequire(import.meta.url).resolve('inter-ui/package.json')), 'web')
const NAMES = { 400: 'Regular', 600: 'SemiBold' } as const

/** The same characters as the faces that a picture carries; a test holds that they are as wide. */
export async function exportFonts(): Promise<{ readonly name: string; readonly weight: 400 | 600; readonly bytes: Uint8Array }[]> {
  const ranges = FACES.flatMap(({ ranges }) => [...ranges])
  const chars = ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index)))
  return Promise.all(
    WEIGHTS.map(async (weight) => {
      const whole = await readFile(join(FOLDER, `Inter-${NAMES[weight]}.woff2`))
      // Names 16 and 17 say that the semibold face is of the family Inter, not of one of its own.
      const bytes = await subsetFont(whole, chars.join(''), { ...SUBSET, targetFormat: 'truetype', preserveNameIds: [16, 17] })
      return { name: `inter-${weight}.ttf`, weight, bytes }
    }),
  )
}
