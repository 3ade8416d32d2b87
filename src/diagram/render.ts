/** A placed graph → SVG: the last stage of a picture. The same input gives the same bytes. */
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { merged } from './badges.ts'
import { describe, edgeName, nodeName } from './describe.ts'
import { fontFaces } from './generated/font-faces.ts'
import { hash } from './hash.ts'
import { legendWidth, renderLegend } from './legend.ts'
import { overlaid } from './overlay.ts'
import type { Mark, Overlay, PlacedGraph, PlacedNode, Point, Theme } from './picture.ts'
import { captionOf, renderContainer } from './render-container.ts'
import { renderEdge } from './render-edge.ts'
import { renderNode } from './render-node.ts'
import { painter } from './theme.ts'
import { clean, escapeXml } from './text.ts'

export interface RenderOptions {
  readonly theme: Theme
  readonly model: Model
  /** Title of the view that is shown. */
  readonly view?: string
  readonly marks?: readonly Mark[]
  /** The design's own text, put into the picture so that it can be opened again. */
  readonly sources?: readonly Source[]
  readonly legend?: boolean
  /** What a lens lays over it. */
  readonly overlay?: Overlay
}

export interface Source {
  readonly uri: string
  readonly text: string
}

export interface Drawing {
  readonly svg: string
  /** In px, the legend included. */
  readonly width: number
  readonly height: number
}

const FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans Condensed', 'DejaVu Sans', sans-serif"
const MARGIN = 24

export function render(whole: PlacedGraph, options: RenderOptions): Drawing {
  const { theme, model, view, sources = [], legend: wanted = true, overlay } = options
  const paint = painter(theme)
  const captions = new Map(whole.nodes.filter(isOpenContainer).map((node) => [node.id, captionOf(node, whole.edges)]))
  const lens = overlay && overlaid(whole, model, overlay, [...captions.values()])
  const placed = lens?.placed ?? whole
  const nodes = new Map(placed.nodes.map((node) => [node.id, node]))
  const marks = drawnMarks(placed, model, options.marks ?? [])
  const shown = [...marks.values()]
  const ends = endsOf(placed)
  const truths = overlay === undefined || overlay.truths === true
  const nodeOptions = (node: PlacedNode) => {
    const laid = lens?.nodes.get(node.id)
    return { paint, name: [...nodeName(node, marks.get(node.id)), ...(laid?.note ?? [])], mark: marks.get(node.id), ends: ends.get(node.id) ?? [], laid, truths }
  }

  const behind = placed.nodes.filter(isBehind).map((node) => {
    const caption = captions.get(node.id)
    return caption ? renderContainer(node, { ...nodeOptions(node), captionX: caption.x }) : renderNode(node, nodeOptions(node))
  })
  const words = [...captions.values()]
  const edges = placed.edges.map((edge) => {
    const mark = merged(edge.relations.flatMap((id) => marks.get(id) ?? []))
    const laid = lens?.edges.get(edge.id)
    const name = [...edgeName(model, edge, nodes, mark), ...(laid?.note ?? [])]
    return renderEdge(edge, { paint, from: nodes.get(edge.from), to: nodes.get(edge.to), name, mark, words, laid })
  })
  const front = placed.nodes.filter((node) => !isBehind(node)).map((node) => renderNode(node, nodeOptions(node)))

  const key = lens ? overlay!.key.filter(({ tone }) => lens.tones.has(tone)) : undefined
  const margin = placed.nodes.reduce((least, { x }) => Math.min(least, x), MARGIN)
  const width = Math.ceil(Math.max(placed.width, wanted ? legendWidth(placed, shown, key) + 2 * margin : 0))
  const legend = wanted ? renderLegend(paint, placed, shown, key, { x: margin, top: placed.height, width: width - 2 * margin }) : { svg: '', height: 0 }
  const height = Math.ceil(placed.height + (legend.height === 0 ? 0 : legend.height + 16))
  const ground = `<rect width="${width}" height="${height}"${paint({ fill: 'ground' })}/>`

  const { title, text } = describe(model, placed, shown, [view, overlay?.title].filter((part) => part !== undefined).join(', ') || undefined)
  const digest = hash(`${title}\n${text}`).slice(0, 8)
  const body = [...behind, ...edges, ...front, legend.svg].filter((part) => part !== '').join('\n')
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT}" stroke-linejoin="round" role="graphics-document document" aria-labelledby="t-${digest} d-${digest}">`,
    `<title id="t-${digest}">${escapeXml(title)}</title>`,
    `<desc id="d-${digest}">${escapeXml(text)}</desc>`,
    metadata(sources),
    `<style>${fonts(body)}${paint.css()}</style>`,
    ground,
    body,
    '</svg>\n',
  ]
  return { svg: svg.filter((part) => part !== '').join('\n'), width, height }
}

/** What edges are drawn over: everything that holds others. */
function isBehind(node: PlacedNode): boolean {
  return node.head > 0 || isOpenContainer(node)
}

function isOpenContainer(node: PlacedNode): boolean {
  return node.type === 'container' && !node.collapsed
}

/** Where lines start and end, by the node's id. */
function endsOf({ edges }: PlacedGraph): ReadonlyMap<string, readonly Point[]> {
  const ends = new Map<string, Point[]>()
  for (const { from, to, route } of edges) {
    for (const [id, point] of [[from, route.at(0)], [to, route.at(-1)]] as const) {
      if (point) ends.set(id, [...(ends.get(id) ?? []), point])
    }
  }
  return ends
}

/** By the id of the drawn thing: what is hidden in a collapsed node is marked on that. */
function drawnMarks(placed: PlacedGraph, model: Model, marks: readonly Mark[]): ReadonlyMap<string, Mark> {
  const find = lookup(model)
  const drawn = new Set([...placed.nodes.map(({ id }) => id), ...placed.edges.flatMap(({ relations }) => relations)])
  const grouped = new Map<string, Mark[]>()
  for (const mark of marks) {
    const relation = find.relation(mark.id)
    const around = (id: string) => [id, ...find.ancestors(id).map((ancestor) => ancestor.id)]
    const id = [mark.id, ...(relation ? around(relation.from) : around(mark.id))].find((one) => drawn.has(one))
    if (id !== undefined) grouped.set(id, [...(grouped.get(id) ?? []), mark])
  }
  const result = new Map<string, Mark>()
  for (const [id, list] of grouped) {
    const mark = merged(list)
    if (mark) result.set(id, { ...mark, id })
  }
  return result
}

/** The faces of the scripts that occur, as data in the picture itself. */
function fonts(body: string): string {
  const beyond = body.match(/[^\u0000-\u00FF]+/g)?.join('') ?? ''
  return fontFaces
    .filter(({ face, range }) => face === 'latin' || charactersIn(range).test(beyond))
    .map(({ weight, range, woff2 }) => `@font-face{font-family:Inter;font-weight:${weight};src:url(data:font/woff2;base64,${woff2}) format("woff2");unicode-range:${range}}`)
    .join('')
}

/** `U+400-45F,U+490` as a regular expression. */
function charactersIn(range: string): RegExp {
  return new RegExp(`[${range.replace(/U\+([\dA-F]+)/g, '\\u{$1}').replace(/-([\dA-F]+)/g, '-\\u{$1}').replaceAll(',', '')}]`, 'u')
}

/** Sources by their place beside the first, so that a picture says nothing of the machine it was made on. */
function metadata(sources: readonly Source[]): string {
  const root = sources[0]?.uri.replace(/[^/]*$/, '') ?? ''
  const name = (uri: string) => (uri.startsWith(root) ? uri.slice(root.length) : uri.replace(/^.*\//, ''))
  if (sources.length === 0) return ''
  const texts = sources.map(({ uri, text }) => `<lintel:source name="${escapeXml(clean(name(uri)))}">${verbatim(text)}</lintel:source>`)
  return `<metadata xmlns:lintel="urn:lintel:picture">${texts.join('')}</metadata>`
}

/** As escapeXml, but with every character that XML can hold kept as it is. */
function verbatim(text: string): string {
  return escapeXml(text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu, '')).replaceAll('\r', '&#13;')
}
