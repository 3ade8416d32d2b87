/** Plain words for what a text says wrongly; nothing here knows the parser. */
import { TOKEN } from './scan.ts'
import type { Spot, SyntaxProblem } from './syntax.ts'

/** What people write for an arrow, a quote or a hyphen with other keyboards and tools. */
const LOOKALIKES: Readonly<Record<string, string>> = { '→': '->', '⟶': '->', '➔': '->', '⇒': '->', '↝': '~>', '⇝': '~>', '“': '"', '”': '"', '„': '"', '–': '-', '—': '-', '−': '-', ';': ',' }

export function noiseProblem(written: string, spot: Spot): Omit<SyntaxProblem, 'start' | 'end'> {
  const meant = LOOKALIKES[written]
  const shown = written.length > 24 ? `${written.slice(0, 23)}…` : written
  return meant === undefined
    ? { message: `\`${shown}\` means nothing here` }
    : { message: `\`${shown}\` means nothing here: write \`${meant}\``, fix: { ...spot, title: `Change to \`${meant}\``, newText: meant } }
}

/** Why no statement can begin with such a token. */
export function strayStart(type: number | undefined, written: string): string {
  if (type === TOKEN.string) return `${written} does not begin a statement: a title or a label stands behind a name`
  if (type === TOKEN.arrow) return `expected a name before ${written}`
  if (type === TOKEN.number) return `${written} does not begin a statement: a name begins with a letter`
  if (type === TOKEN.colon) return 'expected the name of a property before `:`'
  if (type === TOKEN.open) return 'This body has no header: write what it belongs to before `{`'
  return `${written} does not begin a statement`
}

/** A word as a message shows it, cut where it is long. */
export function quoted(word: string): string {
  if (word.startsWith('"')) return word.length > 24 ? `${word.slice(0, 20)}…"` : word
  return `\`${word.length > 24 ? `${word.slice(0, 23)}…` : word}\``
}
