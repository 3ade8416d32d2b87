import { fontMetrics } from '../diagram/generated/font-metrics.ts'

let known: ReadonlySet<string> | undefined

/** What Inter has as TrueType, of which PNG and PDF are made, beyond the faces that a picture carries. */
export const BEYOND_FACES = '‐‑‒―‛†‡‰←→↔↕≈≤≥ı'

/** The characters in a picture's words that Inter has no glyph for: a browser takes them from another font, PNG and PDF leave them out. */
export function lettersWithoutGlyph(svg: string): string[] {
  return withoutGlyph([...svg.matchAll(/<text\b[^>]*>([^<]*)/g)].map(([, text]) => text!).join(''))
}

/** The same of plain words, each once. */
export function withoutGlyph(words: string): string[] {
  return [...new Set(words)].filter((char) => !hasGlyph(char) && !/[\p{Cf}\p{Mn}]/u.test(char))
}

export function hasGlyph(char: string): boolean {
  known ??= new Set([...BEYOND_FACES, ...fontMetrics.flatMap(({ chars }) => [...chars])])
  return known.has(char) || /\s/.test(char)
}

/** With a question mark for what there is no glyph for, so that nothing is missing unseen; pictographs, which only decorate, are left out. */
export function legible(words: string): string {
  return [...words.normalize('NFC')]
    .map((char) => (hasGlyph(char) ? char : /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Cf}\p{Mn}]/u.test(char) ? '' : '?'))
    .join('')
}
