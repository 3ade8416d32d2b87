/**
 * Which finding is which from one run to the next: by its rule, its file and the names it is about, never by a line or by what the message counts.
 * Baselines, the fingerprints of SARIF and the test cases of JUnit all say it alike.
 */
import type { Diagnostic } from '../core.ts'

/** `orders`, `api -> orders : writes`, `flow "Checkout"`, `data Cart`; of a problem of the text, the text. */
export function aboutOf({ subject, at }: Pick<Diagnostic, 'subject' | 'at'>, sources: ReadonlyMap<string, string>): string {
  const { container, relation, component, data, flow } = subject
  if (container !== undefined) return container
  if (relation !== undefined) return relationName(relation)
  if (component !== undefined) return component
  if (data !== undefined) return `data ${data}`
  if (flow !== undefined) return `flow ${JSON.stringify(flow)}`
  const { start, end } = at.range
  const line = sources.get(at.file)?.split('\n')[start.line] ?? ''
  const text = line.slice(start.character, end.line === start.line ? end.character : undefined).trim()
  return `text ${JSON.stringify(text.slice(0, 60))}`
}

/** `api>orders:writes#2`: which of several alike it is changes when one before it goes. */
function relationName(id: string): string {
  const [, from, to, verb] = /^(.*)>(.*):([^:#]*)(?:#\d+)?$/.exec(id) ?? []
  return verb === undefined ? id : `${from} -> ${to} : ${verb}`
}
