/**
 * Which brace closes which. Where all pair up, as they stand; where one is missing or too many, indentation tells where it belongs, so
 * that a lost brace costs no more than its own statement.
 */
import { TOKEN, type Tokens } from './scan.ts'

export interface Braces {
  /** By an opening brace's token: where its body ends. */
  readonly bodies: ReadonlyMap<number, BraceBody>
  /** By the last token of a line that lacks its `{`: where the body behind it ends. */
  readonly implied: ReadonlyMap<number, BraceBody>
  /** Tokens of closing braces that close nothing, and of opening ones that are nested too deeply. */
  readonly stray: ReadonlySet<number>
  readonly problems: readonly BraceProblem[]
}

export interface BraceBody {
  /** The token behind the body's last one: the closing brace where there is one. */
  readonly end: number
  readonly closed: boolean
}

export interface BraceProblem {
  readonly what: 'unclosed' | 'stray' | 'unopened' | 'deep'
  readonly token: number
}

const DEEPEST = 48
const MOST_PROBLEMS = 100

export function matchBraces(text: string, tokens: Tokens): Braces {
  return balanced(tokens) ?? byIndentation(text, tokens)
}

function balanced(tokens: Tokens): Braces | undefined {
  const bodies = new Map<number, BraceBody>()
  const open: number[] = []
  for (let at = 0; at < tokens.count; at++) {
    const type = tokens.type[at]
    if (type === TOKEN.open) {
      open.push(at)
      if (open.length > DEEPEST) return undefined
    } else if (type === TOKEN.close) {
      const from = open.pop()
      if (from === undefined) return undefined
      bodies.set(from, { end: at, closed: true })
    }
  }
  return open.length === 0 ? { bodies, implied: new Map(), stray: new Set(), problems: [] } : undefined
}

interface Opened {
  readonly token: number
  readonly line: number
  readonly indent: number
}

function byIndentation(text: string, tokens: Tokens): Braces {
  const bodies = new Map<number, BraceBody>()
  const implied = new Map<number, BraceBody>()
  const stray = new Set<number>()
  const problems: BraceProblem[] = []
  const stack: Opened[] = []
  /** Lines so far, as [indentation, first token, last token]: where a `{` may be missing. */
  const lines: { readonly indent: number; readonly first: number; readonly last: number; readonly depth: number }[] = []

  const note = (what: BraceProblem['what'], token: number): void => {
    if (problems.length < MOST_PROBLEMS) problems.push({ what, token })
  }
  const giveUp = (end: number): void => {
    const opened = stack.pop()!
    bodies.set(opened.token, { end, closed: false })
    note('unclosed', opened.token)
  }
  const top = (): Opened | undefined => stack[stack.length - 1]

  let at = 0
  while (at < tokens.count) {
    const line = tokens.line[at]!
    const first = at
    let last = at
    while (last + 1 < tokens.count && tokens.line[last + 1] === line) last++
    const column = (token: number): number => tokens.start[token]! - tokens.lineStarts[line]!
    if (tokens.type[first] === TOKEN.noise) {
      // Noise says nothing about the lines around it, and neither do its braces.
      for (let token = first; token <= last; token++) {
        if (tokens.type[token] !== TOKEN.open && tokens.type[token] !== TOKEN.close) continue
        stray.add(token)
        note('stray', token)
      }
      at = last + 1
      continue
    }
    const headless = tokens.type[first] === TOKEN.open && !opensLineAbove(tokens, first, column(first), lines.at(-1)?.indent)
    if (headless) {
      stray.add(first)
      note('stray', first)
    }
    const indent = headless && first < last ? column(first + 1) : column(first)

    if (tokens.type[first] === TOKEN.close) {
      // A brace that begins a line closes what was opened at its own indentation.
      if (stack.some((opened) => opened.indent === indent)) while (top()!.indent > indent) giveUp(first)
      if (top()?.indent === indent || (top() !== undefined && top()!.indent > indent)) {
        bodies.set(stack.pop()!.token, { end: first, closed: true })
      } else {
        const header = lackingBrace(text, tokens, lines, indent, stack.length)
        if (header === undefined) {
          stray.add(first)
          note('stray', first)
        } else {
          implied.set(header, { end: first, closed: true })
          note('unopened', header)
        }
      }
    } else {
      // What stands no deeper than a header is not in its body, unless the brace itself stands alone under it.
      while (top() !== undefined && top()!.indent >= indent && (headless || tokens.type[first] !== TOKEN.open)) giveUp(first)
    }
    lines.push({ indent, first, last, depth: stack.length })

    for (let token = headless || tokens.type[first] === TOKEN.close ? first + 1 : first; token <= last; token++) {
      if (tokens.type[token] === TOKEN.open) {
        if (tokens.type[token - 1] === TOKEN.open && token > first) {
          stray.add(token)
          note('stray', token)
        } else if (stack.length >= DEEPEST) {
          if (!problems.some((problem) => problem.what === 'deep')) note('deep', token)
          stray.add(token)
        } else {
          stack.push({ token, line, indent })
        }
      } else if (tokens.type[token] === TOKEN.close) {
        const opened = top()
        if (opened !== undefined && (opened.line === line || endsBody(tokens, token, last, opened))) {
          bodies.set(stack.pop()!.token, { end: token, closed: true })
        } else {
          stray.add(token)
          note('stray', token)
        }
      }
    }
    at = last + 1
  }
  while (stack.length > 0) giveUp(tokens.count)
  return { bodies, implied, stray, problems: problems.sort((a, b) => a.token - b.token) }
}

/** Whether a `{` that begins its line belongs to the header on the line above. */
function opensLineAbove(tokens: Tokens, token: number, column: number, indentAbove: number | undefined): boolean {
  const before = tokens.type[token - 1]
  return column === indentAbove && (before === TOKEN.name || before === TOKEN.string || before === TOKEN.closeParen)
}

/** A brace behind other tokens of its line closes a body of earlier lines only where nothing else will: `b: 2 }` and then a line no deeper. */
function endsBody(tokens: Tokens, token: number, last: number, opened: Opened): boolean {
  const next = last + 1
  if (token !== last) return false
  if (next >= tokens.count) return true
  const indent = tokens.start[next]! - tokens.lineStarts[tokens.line[next]!]!
  return indent < opened.indent || (indent === opened.indent && tokens.type[next] !== TOKEN.close)
}

/** The last token of the line that a lone `}` belongs to: the nearest one above at its indentation, with only deeper lines in between. */
function lackingBrace(
  text: string,
  tokens: Tokens,
  lines: readonly { readonly indent: number; readonly first: number; readonly last: number; readonly depth: number }[],
  indent: number,
  depth: number,
): number | undefined {
  let between = 0
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index]!
    if (line.indent > indent) {
      between++
      continue
    }
    if (line.indent < indent || line.depth !== depth || between === 0) return undefined
    const last = tokens.type[line.last]!
    if (last === TOKEN.close || last === TOKEN.open) return undefined
    // A property has no body; whatever begins with two words or a title may have one.
    const second = tokens.type[line.first + 1]
    const word = text.slice(tokens.start[line.first], tokens.end[line.first])
    if (tokens.type[line.first] !== TOKEN.name || second === TOKEN.colon || word === 'let' || word === 'import') return undefined
    return line.last
  }
  return undefined
}
