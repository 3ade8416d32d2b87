/** The little of these untyped packages that `font.ts` uses. */
declare module 'fontkit' {
  export interface Font {
    readonly unitsPerEm: number
    hasGlyphForCodePoint(code: number): boolean
    layout(text: string, features?: Readonly<Record<string, boolean>>): {
      readonly advanceWidth: number
      readonly positions: readonly { readonly xAdvance: number }[]
    }
  }
  export function create(bytes: Uint8Array): Font
}

declare module 'subset-font' {
  export default function subsetFont(
    font: Uint8Array,
    text: string,
    options: {
      readonly targetFormat: 'woff2' | 'truetype'
      readonly keepFeatures?: readonly string[]
      readonly noHinting?: boolean
      readonly noLayoutClosure?: boolean
      readonly dropTables?: readonly string[]
      readonly preserveNameIds?: readonly number[]
    },
  ): Promise<Buffer>
}
