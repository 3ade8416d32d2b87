/** A picture as PNG: for wikis and slides that show no SVG. */
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { sizeOf } from './size.ts'

export interface PngOptions {
  /** Pixels of the image per px of the picture; 2, for sharp screens, when not said. */
  readonly scale?: number
  /** The rasteriser: `index_bg.wasm` of @resvg/resvg-wasm. */
  readonly wasm: Uint8Array
  /** The faces of Inter as TrueType; the picture's own are woff2, which the rasteriser does not read. */
  readonly fonts: readonly Uint8Array[]
}

/** What a viewer still opens, and 480 MB while it is drawn. */
const MOST_PIXELS = 120e6

/**
 * Draws an SVG that `render` made. A picture of theme `auto` comes out light.
 * @returns an error in words where the image would have more than 120 million pixels.
 */
export async function pngOf(svg: string, { scale = 2, wasm, fonts }: PngOptions): Promise<{ readonly bytes: Uint8Array } | { readonly error: string }> {
  const { width, height } = sizeOf(svg)
  if (width * height * scale * scale > MOST_PIXELS) {
    return { error: `the picture is too large for a PNG (${Math.round(width * scale)} × ${Math.round(height * scale)} pixels); write .svg, or draw one view of it` }
  }
  await rasteriser(wasm)
  // The style sheet holds only what the rasteriser would skip: faces it cannot read and the dark theme's media query.
  const drawing = new Resvg(svg.replace(/<style>[^<]*<\/style>/, ''), {
    fitTo: { mode: 'zoom', value: scale },
    font: { fontBuffers: [...fonts], defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  })
  try {
    const image = drawing.render()
    try {
      return { bytes: image.asPng() }
    } finally {
      image.free()
    }
  } finally {
    drawing.free()
  }
}

let loaded: Promise<void> | undefined

/** The module keeps one instance for the whole process, and refuses a second. */
function rasteriser(wasm: Uint8Array): Promise<void> {
  loaded ??= initWasm(wasm as BufferSource)
  return loaded
}
