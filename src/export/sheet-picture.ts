/** The picture of a sheet: the whole design, or of one that is too large for a page what still says something there. */
import { isContainer, lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { sizeOf } from './size.ts'

export interface SheetPicture {
  readonly svg: string
  /** What is not drawn; unset where all is. */
  readonly caption?: string
}

/** In px: on A4, what is larger has letters of less than 3 points. */
const MOST = { width: 2100, height: 1700 }

/** @param draw of the whole design, of one of its views, or with containers closed. */
export async function pictureOf(model: Model, draw: (options: { readonly view?: string; readonly collapsed?: readonly string[] }) => Promise<{ readonly svg: string }>): Promise<SheetPicture> {
  const { svg } = await draw({})
  if (fits(svg)) return { svg }
  for (const collapsed of closings(model)) {
    const closed = await draw({ collapsed })
    if (fits(closed.svg)) return { svg: closed.svg, caption: 'Drawn with its containers closed: all of it is too large for a page.' }
  }
  for (const { title } of model.views) {
    const view = await draw({ view: title })
    if (fits(view.svg)) return { svg: view.svg, caption: `The view “${title}”: all of it is too large for a page.` }
  }
  return { svg }
}

function fits(svg: string): boolean {
  const { width, height } = sizeOf(svg)
  return width <= MOST.width && height <= MOST.height
}

/** Containers to close, the innermost first; none that would leave next to nothing. */
function closings(model: Model): readonly (readonly string[])[] {
  const find = lookup(model)
  const depths = new Map(model.containers.filter(({ id }) => find.childrenOf(id).length > 0).map(({ id }) => [id, find.ancestors(id).filter(isContainer).length]))
  const levels = [...new Set(depths.values())].sort((a, b) => b - a)
  return levels
    .map((level) => [...depths].filter(([, depth]) => depth >= level).map(([id]) => id))
    .filter((closed) => closed.filter((id) => !find.ancestors(id).some((outer) => closed.includes(outer.id))).length + model.components.filter(({ id }) => !find.ancestors(id).some((outer) => closed.includes(outer.id))).length > 3)
}
