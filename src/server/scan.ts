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

const PATTERN = new RegExp(
  [
    String.raw`(?<space>[^\S\n]+)`,
    String.raw`(?<newline>\n)`,
    String.raw`(?<comment>//[^\n]*|/\*[\s\S]*?(?:\*/|$))`,
    String.raw`(?<string>"(?:\\[^\n]|[^"\\\n])*"?)`,
    String.raw`(?<number>\d{4}-\d{2}-\d{2}|\d+(?:\.\d+)*(?:%|[A-Za-zµ][A-Za-z0-9µ]*)?(?:/[A-Za-z]*)?)`,
    String.raw`(?<word>[\p{L}_](?:[\p{L}\p{N}_]|-(?!>)|\.(?=[\p{L}\p{N}_]))*)`,
    String.raw`(?<symbol>->|~>|\.\.|<=|>=|[\s\S])`,
  ].join('|'),
  'guy',
)

const TYPES = ['word', 'symbol', 'number', 'string', 'comment'] as const

/** All tokens in order, comments among them. */
export function scan(text: string): Token[] {
  const tokens: Token[] = []
  let lineStart = 0
  let first = true
  PATTERN.lastIndex = 0
  for (let match = PATTERN.exec(text); match; match = PATTERN.exec(text)) {
    const groups = match.groups!
    const start = match.index
    const end = PATTERN.lastIndex
    if (groups.newline !== undefined) {
      lineStart = end
      first = true
    }
    const type = TYPES.find((type) => groups[type] !== undefined)
    if (type) {
      const token = match[0]
      const closed = type === 'string' ? token.length > 1 && token.endsWith('"') && !escaped(token) : type !== 'comment' || token.startsWith('//') || token.endsWith('*/')
      tokens.push({ type, text: token, start, end, first, column: start - lineStart, closed })
      first = false
      if (type === 'comment' && token.includes('\n')) {
        lineStart = start + token.lastIndexOf('\n') + 1
        first = true
      }
    }
  }
  return tokens
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
