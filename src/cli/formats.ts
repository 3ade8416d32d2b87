/** The formats of a picture: which extensions mean them, and what makes them, each loaded only when it is asked for. */
import { extname } from 'node:path'
import type { Picture, Theme } from '../core.ts'
import { UserError } from './failure.ts'

export interface Drawn {
  readonly picture: Picture
  /** The design's title, with the view's or the flow's behind it. */
  readonly title: string
  readonly theme: Theme
}

interface Exporter {
  /** Without the dot; the first is the usual one. */
  readonly extensions: readonly string[]
  /** @throws UserError where this picture cannot be had in the format. */
  write(drawn: Drawn): Promise<string | Uint8Array>
}

/** Another format is another entry here. */
const EXPORTERS = {
  svg: { extensions: ['svg'], write: async ({ picture }) => picture.svg },
  png: { extensions: ['png'], write: async ({ picture }) => (await import('./export-files.ts')).png(picture.svg) },
  pdf: { extensions: ['pdf'], write: async ({ picture }) => (await import('./export-files.ts')).pdf(picture.svg) },
  html: { extensions: ['html', 'htm'], write: async ({ picture, title, theme }) => (await import('../export/html.ts')).html(picture, title, theme) },
  mermaid: { extensions: ['mmd', 'mermaid'], write: async ({ picture }) => (await import('../export/mermaid.ts')).mermaid(picture.placed) },
  d2: { extensions: ['d2'], write: async ({ picture }) => (await import('../export/d2.ts')).d2(picture.placed) },
  dot: { extensions: ['dot', 'gv'], write: async ({ picture }) => (await import('../export/dot.ts')).dot(picture.placed) },
  drawio: { extensions: ['drawio'], write: async ({ picture, title }) => (await import('../export/drawio.ts')).drawio(picture.placed, title) },
  json: { extensions: ['json'], write: async ({ picture }) => (await import('../export/json.ts')).json(picture.placed) },
} satisfies Record<string, Exporter>

export type Format = keyof typeof EXPORTERS

export const FORMATS = Object.keys(EXPORTERS) as readonly Format[]

export function exporter(format: Format): Exporter {
  return EXPORTERS[format]
}

/** @throws UserError where the extension says no format. */
export function formatOf(output: string | undefined): Format {
  if (output === undefined) return 'svg'
  const extension = extname(output).slice(1).toLowerCase()
  const format = FORMATS.find((one) => exporter(one).extensions.includes(extension))
  if (format) return format
  const known = FORMATS.flatMap((one) => exporter(one).extensions).map((one) => `.${one}`)
  throw new UserError(`${output}: the extension says the format, one of ${known.join(', ')}; or say --format`)
}
