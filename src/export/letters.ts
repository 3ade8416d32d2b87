import { fontMetrics } from '../diagram/generated/font-metrics.ts'

let known: ReadonlySet<string> | undefined

/** The characters in a picture's words that Inter has no glyph for: a browser takes them from another font, PNG and PDF leave them out. */
export function lettersWithoutGlyph(svg: string): string[] {
  known ??= new Set(fontMetrics.flatMap(({ chars }) => [...chars]))
  const words = [...svg.matchAll(/<text\b[^>]*>([^<]*)/g)].map(([, text]) => text!).join('')
  return [...new Set(words)].filter((char) => !known!.has(char) && !/\s/.test(char))
}
