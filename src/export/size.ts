/** The width and height that an SVG of `render` states, in px. */
export function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const match = /^<svg [^>]*?\bwidth="([\d.]+)" height="([\d.]+)"/.exec(svg)
  if (!match) throw new Error('not a picture: no <svg> with a width and a height')
  return { width: Number(match[1]), height: Number(match[2]) }
}
