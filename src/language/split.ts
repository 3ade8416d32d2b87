/**
 * Cuts a file into statement groups, before anything is parsed: what stands on one line, or over several where it plainly goes on. A body
 * that runs over several lines becomes groups of its own under its header. So a keystroke costs the parser one line, and so does a mistake.
 */
import { matchBraces, type Braces } from './braces.ts'
import { TOKEN, type Tokens } from './scan.ts'

export interface Chunk {
  /** Offsets in the file; with the `{` of its body, where that is split off. */
  readonly start: number
  readonly end: number
  /** Of the first character. */
  readonly line: number
  readonly character: number
  /** What makes the header of a split body whole for the parser. */
  readonly completion: '' | '}' | ' {}'
  readonly body?: ChunkBody
  /** Offsets of braces in it that have no partner. */
  readonly stray: readonly number[]
  /** True where brackets nest deeper than any design needs. */
  readonly deep: boolean
}

export interface ChunkBody {
  readonly chunks: readonly Chunk[]
  /** Offsets just behind `{` and just before `}`. */
  readonly start: number
  readonly end: number
  /** Offset behind `}`, or the end of the body where that is missing. */
  readonly outerEnd: number
}

export interface Split {
  readonly chunks: readonly Chunk[]
  readonly braces: Braces
}

export function split(text: string, tokens: Tokens): Split {
  const braces = matchBraces(text, tokens)
  return { chunks: chunksOf({ text, tokens, braces }, 0, tokens.count), braces }
}

interface Context {
  readonly text: string
  readonly tokens: Tokens
  readonly braces: Braces
}

const DEEPEST_BRACKET = 40

function chunksOf(context: Context, from: number, to: number): Chunk[] {
  const { tokens, braces } = context
  const { type, start, end, line, lineStarts } = tokens
  const chunks: Chunk[] = []
  let at = from
  while (at < to) {
    const first = at
    let completion: Chunk['completion'] = ''
    let body: ChunkBody | undefined
    let last = at
    let next = to
    let depth = 0
    let deepest = 0
    const stray: number[] = []
    for (;;) {
      last = at
      const opened = type[at] === TOKEN.open ? braces.bodies.get(at) : undefined
      if (opened) {
        if (opened.closed && line[opened.end] === line[at]) {
          for (let inner = at + 1; inner < opened.end; inner++) {
            deepest = Math.max(deepest, (depth += bracket(type[inner]!)))
            if (braces.stray.has(inner)) stray.push(start[inner]!)
          }
          at = last = opened.end
        } else {
          const bodyEnd = opened.end < tokens.count ? (opened.closed ? start[opened.end]! : end[opened.end - 1]!) : end[tokens.count - 1]!
          completion = '}'
          body = {
            chunks: chunksOf(context, at + 1, opened.end),
            start: end[at]!,
            end: Math.max(end[at]!, bodyEnd),
            outerEnd: opened.closed ? end[opened.end]! : Math.max(end[at]!, bodyEnd),
          }
          next = opened.closed ? opened.end + 1 : opened.end
          break
        }
      } else if (braces.stray.has(at)) {
        stray.push(start[at]!)
      } else {
        deepest = Math.max(deepest, (depth += bracket(type[at]!)))
      }
      const impliedBody = braces.implied.get(at)
      if (impliedBody) {
        completion = ' {}'
        body = { chunks: chunksOf(context, at + 1, impliedBody.end), start: end[at]!, end: start[impliedBody.end]!, outerEnd: end[impliedBody.end]! }
        next = impliedBody.end + 1
        break
      }
      at++
      if (at >= to) break
      if (line[at] === line[at - 1]) continue
      if (depth > 0) {
        const close = closesLater(tokens, at, to, depth)
        if (close > 0) {
          at = last = close
          depth = 0
          at++
          if (at >= to) break
          if (line[at] === line[at - 1]) continue
        }
      }
      depth = 0
      if (!goesOn(context, first, at)) {
        next = at
        break
      }
    }
    const character = start[first]! - lineStarts[line[first]!]!
    chunks.push({ start: start[first]!, end: end[last]!, line: line[first]!, character, completion, body, stray, deep: deepest > DEEPEST_BRACKET })
    at = next
  }
  return chunks

  function goesOn(context: Context, first: number, at: number): boolean {
    const indent = (token: number): number => start[token]! - lineStarts[line[token]!]!
    const word = (token: number): string => context.text.slice(start[token], end[token])
    if (type[at] === TOKEN.open && !braces.stray.has(at)) return type[at - 1] !== TOKEN.close && type[at - 1] !== TOKEN.comma
    if (indent(at) <= indent(first)) return false
    switch (type[at]) {
      case TOKEN.colon:
      case TOKEN.arrow:
      case TOKEN.range:
      case TOKEN.operator:
      case TOKEN.equals:
        return true
      case TOKEN.string:
        return type[at - 1] === TOKEN.name
    }
    switch (type[at - 1]) {
      case TOKEN.colon:
        // Two names in a row declare something; they are no value and no verb.
        return !(type[at] === TOKEN.name && at + 1 < tokens.count && type[at + 1] === TOKEN.name && line[at + 1] === line[at])
      case TOKEN.arrow:
      case TOKEN.range:
      case TOKEN.operator:
      case TOKEN.equals:
      case TOKEN.compare:
        return true
      case TOKEN.comma:
        return namesOnly(tokens, first, at) && type[at] === TOKEN.name && type[at + 1] !== TOKEN.colon
    }
    if (type[at] === TOKEN.name && CONNECTIVES.has(word(at)) && type[at + 1] !== TOKEN.colon && type[at + 1] !== TOKEN.arrow) return true
    return type[at - 1] === TOKEN.name && at - 1 > first && CONNECTIVES.has(word(at - 1))
  }
}

/** Words that join the two halves of a statement, so that it may be broken before or behind them. */
const CONNECTIVES: ReadonlySet<string> = new Set(['uses', 'extends', 'because', 'until'])

function bracket(type: number): number {
  if (type === TOKEN.openBracket || type === TOKEN.openParen) return 1
  return type === TOKEN.closeBracket || type === TOKEN.closeParen ? -1 : 0
}

/** Nothing but names, commas and arrows so far: the ends of a relation. */
function namesOnly(tokens: Tokens, first: number, to: number): boolean {
  for (let at = first; at < to; at++) {
    const type = tokens.type[at]
    if (type !== TOKEN.name && type !== TOKEN.comma && type !== TOKEN.arrow) return false
  }
  return true
}

/** The token that closes the brackets left open on the line before, if only values stand in between; 0 otherwise. */
function closesLater(tokens: Tokens, from: number, to: number, depth: number): number {
  const end = Math.min(to, from + 4000)
  for (let at = from; at < end; at++) {
    switch (tokens.type[at]) {
      case TOKEN.open:
      case TOKEN.close:
      case TOKEN.colon:
      case TOKEN.arrow:
      case TOKEN.equals:
      case TOKEN.noise:
        return 0
    }
    depth += bracket(tokens.type[at]!)
    if (depth === 0) return at
  }
  return 0
}
