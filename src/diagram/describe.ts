/** The picture in words, from the model: its title, the description behind it, and the name of each thing drawn, for those who hear it. */
import { lookup } from '../model/lookup.ts'
import type { Model } from '../model/model.ts'
import { text } from '../model/facts.ts'
import { vocabulary } from '../vocabulary/index.ts'
import type { Mark, PlacedEdge, PlacedGraph, PlacedNode } from './picture.ts'
import { clean } from './text.ts'

export interface Description {
  readonly title: string
  readonly text: string
}

export function describe(model: Model, placed: PlacedGraph, marks: readonly Mark[], view?: string): Description {
  const design = clean(model.design?.title ?? '') || 'Design'
  const title = view === undefined ? design : `${design}: ${clean(view)}`
  const sentences = [goal(model), parts(placed), arrows(placed), truths(placed), findings(marks)]
  return { title, text: sentences.filter((sentence) => sentence !== '').join(' ') }
}

/** Its label, what it is, what it says of itself; then what was found there. */
export function nodeName(node: PlacedNode, mark?: Mark): readonly string[] {
  const kind = node.kind.replaceAll('-', ' ')
  const facts = node.facts.split(' · ').filter((fact) => fact !== kind && fact !== '')
  const copies = node.copies ? `${node.copies.replace('×', '')} copies` : ''
  const truth = node.truthOf.length > 0 ? `truth of ${list(node.truthOf)}` : ''
  return [`${node.title.join(' ')} (${kind})`, [...facts, copies, truth].filter((part) => part !== '').join(' · '), ...found(mark)].map(clean)
}

export function edgeName(model: Model, edge: PlacedEdge, nodes: ReadonlyMap<string, PlacedNode>, mark?: Mark): readonly string[] {
  const find = lookup(model)
  const name = (id: string) => nodes.get(id)?.title.join(' ') ?? id
  const relations = edge.relations.flatMap((id) => find.relation(id) ?? [])
  const said = relations.map(({ verb, label, from, to }) => {
    // A line to a collapsed node stands for several ends.
    const ends = from === edge.from && to === edge.to ? '' : ` (${find.component(from)?.label ?? from} → ${find.component(to)?.label ?? to})`
    return `${verb.replaceAll('-', ' ')}${label === undefined ? '' : `: ${label}`}${ends}`
  })
  return [`${name(edge.from)} → ${name(edge.to)}`, said.join(', ') || edge.label.join(' '), ...found(mark)].map(clean)
}

function found(mark: Mark | undefined): readonly string[] {
  return mark === undefined ? [] : mark.text
}

function goal(model: Model): string {
  const said = model.design && text(model.design.facts, 'goal')
  return said === undefined ? '' : stopped(`Goal: ${clean(said)}`)
}

function parts({ nodes }: PlacedGraph): string {
  const components = nodes.filter(({ type }) => type === 'component')
  if (components.length === 0) return 'No components yet.'
  const kinds = [...counted(components.map(({ kind }) => kind))].map(([kind, count]) => plural(count, vocabulary.kind(kind)?.name.replaceAll('-', ' ') ?? kind))
  const places = [...counted(nodes.filter(({ type, kind }) => type === 'container' && kind !== 'group').map(({ kind }) => kind))]
  const where = places.length === 0 ? '' : ` in ${list(places.map(([kind, count]) => plural(count, kind.replaceAll('-', ' '))))}`
  return `${plural(components.length, 'component')}${where}: ${list(kinds)}.`
}

function arrows({ edges }: PlacedGraph): string {
  const relations = (arrow: PlacedEdge['arrow']) => edges.filter((edge) => edge.arrow === arrow).reduce((sum, edge) => sum + edge.relations.length, 0)
  const [requests, messages] = [relations('request'), relations('message')]
  if (requests + messages === 0) return ''
  return `${list([requests > 0 ? plural(requests, 'request') : '', messages > 0 ? plural(messages, 'message') : ''].filter((part) => part !== ''))} between them.`
}

function truths({ nodes }: PlacedGraph): string {
  const stores = nodes.filter(({ truthOf }) => truthOf.length > 0)
  return stores.map((node) => `The truth of ${list(node.truthOf.map(clean))} is in ${node.title.join(' ')}.`).join(' ')
}

function findings(marks: readonly Mark[]): string {
  const count = (severity: Mark['severity']) => marks.filter((mark) => mark.severity === severity).reduce((sum, mark) => sum + mark.count, 0)
  const said = [plural(count('error'), 'error'), plural(count('warning'), 'warning')].filter((part) => !part.startsWith('0 '))
  return said.length === 0 ? '' : `Found: ${list(said)}.`
}

function counted(words: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`
  const many = /(?:[sxz]|[cs]h)$/.test(noun) ? `${noun}es` : /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${count} ${many}`
}

function list(words: readonly string[]): string {
  return words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function stopped(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`
}
