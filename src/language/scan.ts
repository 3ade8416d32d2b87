/**
 * Tokens of a whole text, fast and without ever failing: what splits a file into statement groups before the parser sees any of them.
 * The terminals are the grammar's (a test holds the two together); comments and blanks are left out.
 */
export type TokenType = (typeof TOKEN)[keyof typeof TOKEN]

export const TOKEN = {
  name: 1,
  number: 2,
  date: 3,
  string: 4,
  arrow: 5,
  compare: 6,
  range: 7,
  open: 8,
  close: 9,
  openBracket: 10,
  closeBracket: 11,
  openParen: 12,
  closeParen: 13,
  colon: 14,
  comma: 15,
  equals: 16,
  operator: 17,
  /** What has no meaning anywhere: noise. Neighbouring characters are one token. */
  noise: 18,
} as const

/** A struct of arrays: a design of 2,000 components has some 100,000 tokens, and each keystroke scans them. */
export interface Tokens {
  readonly count: number
  readonly type: Uint8Array
  /** Offsets in UTF-16 units. */
  readonly start: Uint32Array
  readonly end: Uint32Array
  readonly line: Uint32Array
  /** Offset of each line's first character. */
  readonly lineStarts: readonly number[]
  /** Strings and block comments whose end is missing, by offset; both end with their line. */
  readonly unclosed: readonly Unclosed[]
}

export interface Unclosed {
  readonly what: 'string' | 'comment'
  readonly start: number
  readonly end: number
}

const SINGLE: Readonly<Record<string, TokenType>> = {
  '{': TOKEN.open,
  '}': TOKEN.close,
  '[': TOKEN.openBracket,
  ']': TOKEN.closeBracket,
  '(': TOKEN.openParen,
  ')': TOKEN.closeParen,
  ':': TOKEN.colon,
  ',': TOKEN.comma,
  '=': TOKEN.equals,
  '+': TOKEN.operator,
  '-': TOKEN.operator,
  '*': TOKEN.operator,
  '/': TOKEN.operator,
}

const NAME_START = 1
const DIGIT = 2
const BLANK = 4
const LETTER = 8

/** What a character may be, by its code; beyond Latin the ranges of the grammar's NAME. */
const CLASS = new Uint8Array(256)
for (let code = 0; code < 256; code++) {
  const character = String.fromCharCode(code)
  if (/[A-Za-z]/.test(character)) CLASS[code] = NAME_START | LETTER
  else if (character === '_' || code >= 0xc0) CLASS[code] = NAME_START
  else if (code === 0xb5) CLASS[code] = LETTER
  else if (/\d/.test(character)) CLASS[code] = DIGIT
  else if (/[ \t\r\f\u00a0]/.test(character)) CLASS[code] = BLANK
}
const SINGLE_BY_CODE = new Uint8Array(256)
for (const [character, type] of Object.entries(SINGLE)) SINGLE_BY_CODE[character.charCodeAt(0)] = type

export function scan(text: string): Tokens {
  const length = text.length
  let type = new Uint8Array(Math.max(64, length >> 2))
  let start = new Uint32Array(type.length)
  let end = new Uint32Array(type.length)
  let line = new Uint32Array(type.length)
  let count = 0
  const lineStarts = [0]
  const unclosed: Unclosed[] = []

  const push = (kind: number, from: number, to: number): void => {
    if (count === type.length) {
      type = grown(type, Uint8Array)
      start = grown(start, Uint32Array)
      end = grown(end, Uint32Array)
      line = grown(line, Uint32Array)
    }
    type[count] = kind
    start[count] = from
    end[count] = to
    line[count] = lineStarts.length - 1
    count++
  }

  let at = 0
  /** The next `*\/` at or behind a place: looked for once, so that noise full of `/*` costs one pass. */
  let nextClose = -1
  while (at < length) {
    const code = text.charCodeAt(at)
    if (code === 10) {
      lineStarts.push(++at)
      continue
    }
    const kind = classOf(code)
    if (kind & BLANK) {
      at++
    } else if (kind & NAME_START) {
      const from = at
      at = endOfName(text, at)
      push(TOKEN.name, from, at)
    } else if (kind & DIGIT) {
      const from = at
      const date = endOfDate(text, at)
      at = date > 0 ? date : endOfNumber(text, at)
      push(date > 0 ? TOKEN.date : TOKEN.number, from, at)
    } else if (code === 34) {
      const from = at
      const closed = endOfString(text, at)
      at = closed > 0 ? closed : endOfBrokenString(text, at)
      if (closed === 0) unclosed.push({ what: 'string', start: from, end: at })
      push(TOKEN.string, from, at)
    } else if (code === 47 && text.charCodeAt(at + 1) === 47) {
      at = endOfLine(text, at)
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      if (nextClose < at + 2) nextClose = indexOr(text, '*/', at + 2, length)
      const close = nextClose
      if (close === length || indexOr(text, '/*', at + 2, length) < close) {
        // Nothing closes it, or what does is another comment's end: it costs its own line only.
        const from = at
        at = endOfLine(text, at)
        unclosed.push({ what: 'comment', start: from, end: at })
      } else {
        for (let newline = text.indexOf('\n', at); newline >= 0 && newline < close; newline = text.indexOf('\n', newline + 1)) lineStarts.push(newline + 1)
        at = close + 2
      }
    } else {
      at = symbol(text, at, code, push)
    }
  }
  return { count, type, start, end, line, lineStarts, unclosed }
}

function indexOr(text: string, what: string, from: number, otherwise: number): number {
  const found = text.indexOf(what, from)
  return found < 0 ? otherwise : found
}

function symbol(text: string, at: number, code: number, push: (type: number, from: number, to: number) => void): number {
  const next = text.charCodeAt(at + 1)
  if ((code === 45 || code === 126) && next === 62) {
    push(TOKEN.arrow, at, at + 2)
    return at + 2
  }
  if (code === 60 || code === 62) {
    const to = next === 61 ? at + 2 : at + 1
    push(TOKEN.compare, at, to)
    return to
  }
  if (code === 46 && next === 46) {
    push(TOKEN.range, at, at + 2)
    return at + 2
  }
  const single = code < 256 ? SINGLE_BY_CODE[code]! : 0
  if (single) {
    push(single, at, at + 1)
    return at + 1
  }
  let to = at + 1
  while (to < text.length && isNoise(text, to)) to++
  push(TOKEN.noise, at, to)
  return to
}

function isNoise(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code === 10 || code === 34 || code === 60 || code === 62 || classOf(code) !== 0) return false
  if (code < 256 && SINGLE_BY_CODE[code] !== 0) return false
  const next = text.charCodeAt(at + 1)
  return !(code === 126 && next === 62) && !(code === 46 && next === 46)
}

function classOf(code: number): number {
  if (code < 256) return CLASS[code]!
  if (code === 0xfeff) return BLANK
  return code <= 0x1fff || (code >= 0x2c00 && code <= 0xd7ff) ? NAME_START : 0
}

function inName(code: number): boolean {
  return (classOf(code) & (NAME_START | DIGIT)) !== 0
}

/** Hyphens and dots belong to a name where a letter or digit follows at once. */
function endOfName(text: string, at: number): number {
  for (;;) {
    while (inName(text.charCodeAt(at))) at++
    const code = text.charCodeAt(at)
    if ((code !== 45 && code !== 46) || !inName(text.charCodeAt(at + 1))) return at
    at += 2
  }
}

function endOfNumber(text: string, at: number): number {
  const digit = (place: number): boolean => (classOf(text.charCodeAt(place)) & DIGIT) !== 0
  const letter = (place: number): boolean => (classOf(text.charCodeAt(place)) & LETTER) !== 0
  while (digit(at)) at++
  while (text.charCodeAt(at) === 46 && digit(at + 1)) {
    at++
    while (digit(at)) at++
  }
  if (text.charCodeAt(at) === 37) at++
  else if (letter(at)) while (letter(at) || digit(at)) at++
  if (text.charCodeAt(at) === 47 && asciiLetter(text, at + 1)) {
    at++
    while (asciiLetter(text, at)) at++
  }
  return at
}

function asciiLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 32
  return code >= 97 && code <= 122
}

const DATE = /\d{4}-\d{2}-\d{2}(?![\w-])/y

/** 0 where no date stands there. */
function endOfDate(text: string, at: number): number {
  if (text.charCodeAt(at + 4) !== 45) return 0
  DATE.lastIndex = at
  return DATE.test(text) ? DATE.lastIndex : 0
}

/** 0 where the string is not closed on its line. */
function endOfString(text: string, at: number): number {
  for (let place = at + 1; place < text.length; place++) {
    const code = text.charCodeAt(place)
    if (code === 34) return place + 1
    if (code === 10 || code === 13) return 0
    if (code === 92) {
      const escaped = text.charCodeAt(place + 1)
      if (escaped === 10 || escaped === 13) return 0
      place++
    }
  }
  return 0
}

/** Up to the end of its line, less a brace there that opens a body: `flow "Buy a ticket {`. */
function endOfBrokenString(text: string, at: number): number {
  const rest = text.slice(at, endOfLine(text, at))
  const opened = /\s*\{[^{}"]*$/.exec(rest)
  const comment = /\s+\/\/.*$/.exec(rest)
  return at + (opened?.index ?? comment?.index ?? rest.trimEnd().length)
}

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  const end = newline < 0 ? text.length : newline
  return end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end
}

function grown<T extends Uint8Array | Uint32Array>(array: T, type: new (length: number) => T): T {
  const larger = new type(array.length * 2)
  larger.set(array)
  return larger
}
