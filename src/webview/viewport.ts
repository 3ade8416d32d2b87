/** Where the picture stands in the window: pure arithmetic, in px of the window. */

export interface Viewport {
  /** Of the picture's top left corner, from the stage's. */
  readonly x: number
  readonly y: number
  readonly scale: number
  /** Whether the person has moved it. Until then it may be fitted to a picture that outgrows the stage. */
  readonly touched: boolean
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Size {
  readonly x: number
  readonly y: number
}

const MARGIN = 24
export const SMALLEST = 0.04
export const LARGEST = 6

/** The whole picture, centred; never larger than it is. */
export function fit(picture: Size, stage: Size): Viewport {
  const room = { width: Math.max(stage.width - 2 * MARGIN, 1), height: Math.max(stage.height - 2 * MARGIN, 1) }
  const scale = Math.max(SMALLEST, Math.min(room.width / picture.width, room.height / picture.height, 1))
  return { x: (stage.width - picture.width * scale) / 2, y: (stage.height - picture.height * scale) / 2, scale, touched: false }
}

/** @param at The point of the stage that keeps its place. */
export function zoom(viewport: Viewport, factor: number, at: { readonly x: number; readonly y: number }): Viewport {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, viewport.scale * factor))
  const by = scale / viewport.scale
  return { x: at.x - (at.x - viewport.x) * by, y: at.y - (at.y - viewport.y) * by, scale, touched: true }
}

export function pan(viewport: Viewport, dx: number, dy: number): Viewport {
  return { ...viewport, x: viewport.x + dx, y: viewport.y + dy, touched: true }
}

/** Whether all of a box of the picture can be seen. */
export function sees(viewport: Viewport, stage: Size, box: Box): boolean {
  const left = viewport.x + box.x * viewport.scale
  const top = viewport.y + box.y * viewport.scale
  return left >= -1 && top >= -1 && left + box.width * viewport.scale <= stage.width + 1 && top + box.height * viewport.scale <= stage.height + 1
}

/** Moves, by no more than is needed, so that a box of the picture is seen with some room around it. */
export function bring(viewport: Viewport, stage: Size, box: Box): Viewport {
  const shift = (start: number, length: number, room: number) => {
    const margin = Math.max(0, Math.min(MARGIN * 2, (room - length) / 2))
    if (start < margin) return margin - start
    if (start + length > room - margin) return Math.max(room - margin - length - start, margin - start)
    return 0
  }
  const { scale } = viewport
  return {
    ...viewport,
    x: viewport.x + shift(viewport.x + box.x * scale, box.width * scale, stage.width),
    y: viewport.y + shift(viewport.y + box.y * scale, box.height * scale, stage.height),
  }
}

/** The thing that a person most likely looks at: the one nearest to the middle of the stage. */
export function nearestToMiddle(viewport: Viewport, stage: Size, things: Iterable<{ readonly id: string; readonly box: Box }>): string | undefined {
  const middle = { x: (stage.width / 2 - viewport.x) / viewport.scale, y: (stage.height / 2 - viewport.y) / viewport.scale }
  let best: { id: string; distance: number } | undefined
  for (const { id, box } of things) {
    const distance = Math.hypot(box.x + box.width / 2 - middle.x, box.y + box.height / 2 - middle.y)
    if (!best || distance < best.distance) best = { id, distance }
  }
  return best?.id
}

/** The viewport for the next picture. `anchor` is a thing that both pictures show: it stays where it is on screen. */
export function carry(viewport: Viewport, stage: Size, picture: Size, anchor: { readonly before: Box; readonly after: Box } | undefined): Viewport {
  const seen = () => sees(viewport, stage, { x: 0, y: 0, ...picture })
  if (!viewport.touched) return seen() ? viewport : fit(picture, stage)
  if (!anchor) return seen() ? viewport : { ...fit(picture, stage), touched: true }
  const { before, after } = anchor
  return { ...viewport, x: viewport.x + (before.x - after.x) * viewport.scale, y: viewport.y + (before.y - after.y) * viewport.scale }
}
