/**
 * Tokens of a `.lintel` text for the features that must work while it is broken (completion, hover, highlighting). It never fails:
 * what it does not know becomes a token of its own, and a string ends where its line does.
 */
export interface Token {
  readonly type: 'word' | 'number' | 'string' | 'symbol' | 'comment'
  readonly text: string
  /** Offsets in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** Whether it is the first of its line. */
  readonly first: boolean
  /** Characters before it in its line. */
  readonly column: number
  /** False for a string or a block comment whose end is missing. */
  readonly closed: boolean
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const STRING = /"(?:\\[^\n]|[^"\\\n])*"?/y
const NUMBER = /\d{4}-\d{2}-\d{2}|\d+(?:\.\d+)*(?:%|[A-Za-zµ][A-Za-z0-9µ]*)?(?:\/[A-Za-z]*)?/y
const WORD = /[\p{L}_](?:[\p{L}\p{N}_]|-(?!>)|\.(?=[\p{L}\p{N}_]))*/uy
const SYMBOL = /->|~>|\.\.|<=|>=/y

/** All tokens in order, comments among them. */
export function scan(text: string): Token[] {
  const tokens: Token[] = []
  let lineStart = 0
  let first = true
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (character === '\n') {
      lineStart = ++at
      first = true
      continue
    }
    if (BLANK.includes(character)) {
      at++
      continue
    }
    const type = typeAt(text, at)
    const end = type === 'symbol' ? (matchEnd(SYMBOL, text, at) ?? at + 1) : matchEnd(PATTERNS[type], text, at)!
    const token = text.slice(at, end)
    const closed = type === 'string' ? token.length > 1 && token.endsWith('"') && !escaped(token) : type !== 'comment' || token.startsWith('//') || (token.length > 3 && token.endsWith('*/'))
    tokens.push({ type, text: token, start: at, end, first, column: at - lineStart, closed })
    first = false
    if (type === 'comment' && token.includes('\n')) {
      lineStart = at + token.lastIndexOf('\n') + 1
      first = true
    }
    at = end
  }
  return tokens
}

const BLANK = ' \t\r\f\u00a0\ufeff'
const PATTERNS = { comment: COMMENT, string: STRING, number: NUMBER, word: WORD }

function typeAt(text: string, at: number): Token['type'] {
  const character = text[at]!
  if (character === '"') return 'string'
  if (character >= '0' && character <= '9') return 'number'
  if (character === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) return 'comment'
  return matchEnd(WORD, text, at) === undefined ? 'symbol' : 'word'
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

/** Whether the quote at the end is part of the text. */
function escaped(string: string): boolean {
  let slashes = 0
  for (let at = string.length - 2; at > 0 && string[at] === '\\'; at--) slashes++
  return slashes % 2 === 1
}

/** The text that a string token stands for. */
export function unquoted(string: string): string {
  const inner = string.slice(1, string.length > 1 && string.endsWith('"') ? -1 : undefined)
  return inner.replace(/\\(.)/gsu, (_, character: string) => (character === 'n' ? '\n' : character))
}
