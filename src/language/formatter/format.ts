/**
 * The canonical layout of a text. It decides what stands between words and changes nothing else: no word, no comment, no order, no string. What
 * cannot be read stays as it is, and so does whatever would not say the same as before.
 */
import { scan, TOKEN } from '../scan.ts'
import { split } from '../split.ts'
import { atomsOf, eachWord, type Atom, type Gap } from './atoms.ts'
import { lineUpLines } from './lines.ts'
import { place, type Placed } from './place.ts'
import { saySame } from './same.ts'

export interface Formatted {
  readonly text: string
  /** What makes it of the text that was given, in order; only blanks, line breaks and commas between statements are replaced. */
  readonly edits: readonly GapEdit[]
  /** Zero-based lines on which something cannot be read and was left as it is, in order. */
  readonly left: readonly number[]
}

export interface GapEdit {
  readonly start: number
  readonly end: number
  readonly newText: string
}

export function format(text: string): Formatted {
  const { roots, ...all } = attempt(text, () => true)
  if (all.edits.length === 0 || saySame(text, all.text)) return all
  // Rare: something reads differently where it is moved to.
  let result: Formatted = all
  for (let round = 0, before = text; round < MOST_ROUNDS; round++, before = result.text) {
    result = careful(before)
    if (result.text !== before) continue
    return saySame(text, before) ? { text: before, edits: gapEdits(text, before), left: result.left } : untouched(text)
  }
  return untouched(text)
}

function untouched(text: string): Formatted {
  return { text, edits: [], left: attempt(text, () => false).left }
}

/** What is left alone stands between other lines afterwards, so it is looked at again until nothing changes. */
const MOST_ROUNDS = 5

/** Lays out all roots but those that then say something else. */
function careful(text: string): Formatted {
  const all = attempt(text, () => true)
  if (all.edits.length === 0 || saySame(text, all.text)) return all
  const unsafe = unsafeOf(all.roots.map((_, root) => root), (some) => saySame(text, attempt(text, (root) => some.has(root)).text))
  const rest = unsafe && attempt(text, (root) => !unsafe.has(root))
  return rest && saySame(text, rest.text) ? rest : untouched(text)
}

/** The edits of a part of a text; none where they alone would change what it says. */
export function editsWhere(text: string, wanted: (edit: GapEdit) => boolean): readonly GapEdit[] {
  const edits = format(text).edits.filter(wanted)
  return edits.length === 0 || saySame(text, edited(text, edits)) ? edits : []
}

/** More of them, and nothing is laid out at all: each costs a few looks at the whole text. */
const MOST_LOOKS = 60

/** Which roots do not say the same once they are laid out, by halving. Undefined where that takes too long. */
function unsafeOf(roots: readonly number[], safe: (roots: ReadonlySet<number>) => boolean): ReadonlySet<number> | undefined {
  const found = new Set<number>()
  const open = [roots]
  for (let looks = 0; open.length > 0; looks++) {
    if (looks > MOST_LOOKS) return undefined
    const some = open.pop()!
    if (safe(new Set(some))) continue
    if (some.length === 1) found.add(some[0]!)
    else open.push(some.slice(0, some.length >> 1), some.slice(some.length >> 1))
  }
  return found
}

/** What makes one text of another that has the same words. */
function gapEdits(text: string, other: string): readonly GapEdit[] {
  const starts: number[] = [0]
  eachWord(other, scan(other), (start, end, type) => type !== TOKEN.comma && starts.push(start, end))
  starts.push(other.length)
  const edits: GapEdit[] = []
  let from = 0
  let index = 0
  const gap = (end: number): void => {
    const newText = other.slice(starts[index], starts[index + 1])
    if (newText !== text.slice(from, end)) edits.push({ start: from, end, newText })
    index += 2
  }
  eachWord(text, scan(text), (start, end, type) => {
    if (type === TOKEN.comma) return
    gap(start)
    from = end
  })
  gap(text.length)
  return edits
}

interface Attempt extends Formatted {
  /** The line of each root, which is a statement on the top level with all that is in it. */
  readonly roots: readonly number[]
}

/** Lays out the roots that are wanted; the others stay as they are. */
function attempt(text: string, wanted: (root: number) => boolean): Attempt {
  const tokens = scan(text)
  const { chunks, braces } = split(text, tokens)
  const atoms = atomsOf(text, tokens)
  const broken = braces.problems.map(({ token }) => tokens.start[token]!)
  const left: number[] = []
  const placed: Placed = { text, tokens, atoms, entries: new Map(), left }
  place(placed, chunks, (root) => {
    const { start, end, body, line, character } = chunks[root]!
    const outerEnd = body?.outerEnd ?? end
    // Where braces do not pair up, indentation tells what is inside of what, and may not be touched.
    const wrong = broken.length > 0 && (character > 0 || broken.some((offset) => offset >= start && offset < outerEnd))
    if (!wrong && wanted(root)) return true
    left.push(line)
    return false
  })
  const kept = atoms.filter(({ dropped }) => !dropped)
  lineUpLines(text, kept, placed.entries)
  return { ...written(text, kept), left, roots: chunks.map(({ line }) => line) }
}

function written(text: string, atoms: readonly Atom[]): { readonly text: string; readonly edits: readonly GapEdit[] } {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : ''
  const lineEnd = lineEndOf(text)
  const edits: GapEdit[] = []
  let from = 0
  for (const [index, { start, end, gap }] of atoms.entries()) {
    if (gap.as !== 'found') {
      const newText = index === 0 ? mark + asText(gap, lineEnd) : asText(gap, lineEnd)
      if (newText.length !== start - from || !text.startsWith(newText, from)) edits.push({ start: from, end: start, newText })
    }
    from = end
  }
  const last = atoms.length > 0 ? lineEnd : mark
  if (text.slice(from) !== last) edits.push({ start: from, end: text.length, newText: last })
  return { text: edited(text, edits), edits }
}

function edited(text: string, edits: readonly GapEdit[]): string {
  const pieces: string[] = []
  let from = 0
  for (const { start, end, newText } of edits) {
    pieces.push(text.slice(from, start), newText)
    from = end
  }
  return pieces.join('') + text.slice(from)
}

function asText(gap: Exclude<Gap, { as: 'found' }>, lineEnd: string): string {
  switch (gap.as) {
    case 'nothing':
      return ''
    case 'blanks':
      return (gap.comma ? ',' : '') + ' '.repeat(gap.count)
    case 'lines':
      return lineEnd.repeat(gap.count) + ' '.repeat(gap.indent)
  }
}

/** The one that most lines have. */
function lineEndOf(text: string): string {
  const all = text.split('\n').length - 1
  const windows = text.split('\r\n').length - 1
  return windows * 2 > all ? '\r\n' : '\n'
}
