/** A design in which everything is called what the picture calls it: somebody who reads a page has the picture before them, and not the text. */
import type { Model } from '../model/model.ts'

/** Components and containers bear their labels for names, where a label is theirs alone and stays one thing within a sentence; ids stay as they are. */
export function asDrawn(model: Model): Model {
  const used = new Map<string, number>()
  for (const { name, label } of [...model.components, ...model.containers]) used.set(label ?? name, (used.get(label ?? name) ?? 0) + 1)
  const named = <T extends { readonly name: string; readonly kind: string; readonly label?: string }>(one: T): T => {
    const label = one.label?.replace(/[`\s]+/g, ' ').trim()
    return label && used.get(one.label!) === 1 && !/[,;:]/.test(label) && !label.toLowerCase().startsWith(`${one.kind} `) ? { ...one, name: label } : one
  }
  return { ...model, components: model.components.map(named), containers: model.containers.map(named) }
}

/** What a finding says of `psp` and of `api → psp`, in the same names. */
export function wordsAsDrawn(model: Model, drawn: Model): (words: string) => string {
  const names = new Map<string, string | undefined>()
  for (const list of ['components', 'containers'] as const) {
    model[list].forEach(({ name }, index) => names.set(name, names.has(name) ? undefined : drawn[list][index]!.name))
  }
  return (words) => words.replace(/`([^`]+)`/g, (_, inner: string) => `\`${inner.split(' → ').map((name) => names.get(name) ?? name).join(' → ')}\``)
}
