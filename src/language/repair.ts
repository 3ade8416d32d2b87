/**
 * What is wrong with a statement group that the parser refused, in plain words, and how much of it can be read all the same: it walks the
 * tokens as the grammar would and blanks out the least that spoils a statement. Positions never move, since blanks replace what they hide.
 */
import { isQuantityError, parseQuantity } from '../model/quantity.ts'
import { scan, TOKEN, type Tokens } from './scan.ts'
import type { Spot, SyntaxProblem } from './syntax.ts'
import { separates } from './tokens.ts'
import { noiseProblem, quoted, strayStart } from './wording.ts'

export interface Repaired {
  readonly problems: readonly SyntaxProblem[]
  /** The text with what cannot be read blanked out, of the same length. */
  readonly text: string
}

export function repair(text: string): Repaired {
  const walk = new Walk(text)
  walk.statements(false)
  return { problems: walk.problems, text: walk.masked() }
}

/** The most that is said of one group: the first mistakes explain the others. */
const MOST_PROBLEMS = 8

/** A statement cannot be read further; `kept` is the token up to which it is whole as it stands, its own start where it is not. */
interface Bad {
  readonly at: number
  readonly message: string
  readonly kept: number
  readonly fix?: SyntaxProblem['fix']
}

/** Keywords that begin no statement; as a name, each may stand anywhere else. */
const KEYWORDS: ReadonlySet<string> = new Set(['because', 'until', 'within', 'uses', 'extends'])

class Walk {
  readonly problems: SyntaxProblem[] = []
  private readonly text: string
  private readonly tokens: Tokens
  private readonly spots: Spot[] = []
  private at = 0

  constructor(text: string) {
    const noise = scan(text)
    // Noise is left out first: without it the rest may well be whole.
    for (let at = 0; at < noise.count; at++) {
      if (noise.type[at] !== TOKEN.noise) continue
      const spot = { start: noise.start[at]!, end: noise.end[at]! }
      const written = text.slice(spot.start, spot.end)
      if (this.problems.length < MOST_PROBLEMS) this.problems.push({ ...spot, ...noiseProblem(written, spot) })
      this.spots.push(spot)
    }
    this.text = this.masked(text)
    this.tokens = scan(this.text)
  }

  masked(text = this.text): string {
    for (const { start, end } of this.spots) text = text.slice(0, start) + text.slice(start, end).replace(/[^\s]/g, ' ') + text.slice(end)
    return text
  }

  /** Reads statements up to the end, or to the brace that closes their body. */
  statements(inBody: boolean): void {
    while (this.at < this.tokens.count) {
      const type = this.type()
      if (type === TOKEN.comma) {
        this.at++
      } else if (type === TOKEN.close) {
        if (inBody) return
        this.report(this.at, 'This `}` closes nothing: remove it, or open its body with `{`.')
        this.hide(this.at, this.at + 1)
        this.at++
      } else {
        const start = this.at
        const bad = this.statement()
        if (bad) this.skip(start, bad)
      }
    }
  }

  /** Blanks out the rest of a statement that cannot be read, and goes on behind it. */
  private skip(start: number, bad: Bad): void {
    this.report(bad.at, bad.message, bad.fix)
    const from = bad.kept > start ? bad.kept : start
    let to = Math.max(bad.at, from)
    // A token that begins something else may stand right where this one breaks off.
    let depth = 0
    const relation = this.tokens.type[start + 1] === TOKEN.arrow || this.tokens.type[start + 1] === TOKEN.comma
    for (; to < this.tokens.count; to++) {
      const type = this.tokens.type[to]!
      if (type === TOKEN.openBracket || type === TOKEN.openParen) depth++
      else if (type === TOKEN.closeBracket || type === TOKEN.closeParen) depth--
      else if (type === TOKEN.close || type === TOKEN.open) break
      else if (to > bad.at && depth <= 0 && type === TOKEN.comma && (!relation || separates(this.text, this.tokens.start[to]!))) break
      else if (to > bad.at && depth <= 0 && this.beginsProperty(to)) break
    }
    if (this.tokens.type[to] === TOKEN.open) {
      if (bad.kept > start && this.mayHaveBody(start)) {
        // The header is whole without what was hidden: its body is still its own.
        this.hide(from, to)
        this.at = to
        this.body()
        return
      }
      to = this.closing(to)
    }
    this.hide(from, to)
    this.at = Math.max(to, start + 1)
    if (this.at > to) this.hide(to, this.at)
  }

  private beginsProperty(at: number): boolean {
    return this.tokens.type[at] === TOKEN.name && this.tokens.type[at + 1] === TOKEN.colon && this.tokens.type[at - 1] !== TOKEN.comma && this.tokens.type[at - 1] !== TOKEN.arrow
  }

  private mayHaveBody(start: number): boolean {
    return this.tokens.type[start] === TOKEN.name && this.tokens.type[start + 1] !== TOKEN.colon && this.word(start) !== 'let'
  }

  /** The token behind the brace that closes the one at a token. */
  private closing(open: number): number {
    let depth = 0
    for (let at = open; at < this.tokens.count; at++) {
      if (this.tokens.type[at] === TOKEN.open) depth++
      else if (this.tokens.type[at] === TOKEN.close && --depth === 0) return at + 1
    }
    return this.tokens.count
  }

  private statement(): Bad | undefined {
    const start = this.at
    if (this.type() !== TOKEN.name) {
      this.report(start, strayStart(this.type(), this.quote(this.at)))
      // Only what stands before the next name is in the way: what follows may be a whole statement.
      while (this.type() !== undefined && this.type() !== TOKEN.name && this.type() !== TOKEN.open && this.type() !== TOKEN.close && this.type() !== TOKEN.comma) this.at++
      if (this.at === start) this.at = this.closing(start)
      this.hide(start, this.at)
      return undefined
    }
    const next = this.type(1)
    const keyword = this.word(start)
    if (next === TOKEN.colon) return this.property(start)
    if (next === TOKEN.arrow || (next === TOKEN.comma && !separates(this.text, this.tokens.start[start + 1]!))) return this.relation(start)
    if (keyword === 'let') return this.letStatement(start)
    if (keyword === 'accept') return this.waiver(start)
    if (keyword === 'expect') return this.expectation(start)
    if (KEYWORDS.has(keyword)) return this.bad(start, start, `\`${keyword}\` does not begin a statement`)
    if (next === TOKEN.string) return this.titled(start)
    if (next === TOKEN.name) return this.declaration(start)
    if (next === TOKEN.open) {
      this.at++
      return this.body()
    }
    if (next === TOKEN.number || next === TOKEN.openParen) {
      const amount = this.at + 1
      this.at = amount
      const bad = this.expression(start)
      if (bad) return bad
      if (this.type() === TOKEN.open) return this.body()
      return { ...this.bad(amount, start, `expected \`:\` after \`${keyword}\``), fix: this.insertion(start, ':', `Write \`${keyword}: ${this.word(amount)}\``) }
    }
    if (this.tokens.type[start - 1] === TOKEN.number && !isQuantityError(parseQuantity(this.word(start - 1) + keyword))) {
      const from = this.tokens.start[start - 1]!
      const newText = this.word(start - 1) + keyword
      return { ...this.bad(start, start, `A unit follows its number without a blank: \`${newText}\``), fix: { start: from, end: this.tokens.end[start]!, newText, title: `Change to \`${newText}\`` } }
    }
    if (next === undefined || next === TOKEN.close || next === TOKEN.comma) {
      return this.bad(start, start, `\`${keyword}\` alone says nothing: write \`KIND name\`, \`a -> b\` or \`property: value\``)
    }
    return this.bad(start + 1, start, this.unexpected(start + 1))
  }

  private property(start: number): Bad | undefined {
    this.at = start + 2
    const bad = this.value(start)
    return bad
  }

  private relation(start: number): Bad | undefined {
    let kept = start
    let arrows = 0
    for (;;) {
      if (this.type() !== TOKEN.name) return this.bad(this.at, kept, `expected a name after ${this.quote(this.at - 1)}${this.instead()}`)
      this.at++
      if (arrows > 0) kept = this.at
      if (this.type() === TOKEN.comma && (arrows === 0 || this.goesOnAfterComma())) {
        if (this.type(1) !== TOKEN.name && arrows > 0) break
        this.at++
        continue
      }
      if (this.type() !== TOKEN.arrow) break
      arrows++
      this.at++
    }
    if (arrows === 0) return this.bad(this.at, start, `expected \`->\` or \`~>\` after ${this.quote(this.at - 1)}`)
    kept = this.at
    if (this.type() === TOKEN.colon) {
      this.at++
      if (this.type() === TOKEN.string) {
        return { ...this.bad(this.at - 1, kept, 'expected a verb after `:`; a label alone stands without the colon') }
      }
      if (this.type() !== TOKEN.name) return this.bad(this.at, kept, `expected a verb after \`:\`, such as \`reads\` or \`publishes\`${this.instead()}`)
      this.at++
    }
    if (this.type() === TOKEN.string) this.at++
    return this.end('a relation')
  }

  private goesOnAfterComma(): boolean {
    return !separates(this.text, this.tokens.start[this.at]!)
  }

  private letStatement(start: number): Bad | undefined {
    this.at++
    if (this.type() !== TOKEN.name) return this.bad(this.at, start, `expected a name after \`let\`${this.instead()}`)
    this.at++
    if (this.type() !== TOKEN.equals) return this.bad(this.at, start, `expected \`=\` and a number after \`let ${this.word(this.at - 1)}\`${this.instead()}`)
    this.at++
    return this.expression(start)
  }

  private waiver(start: number): Bad | undefined {
    if (this.type(1) !== TOKEN.name) return this.bad(start + 1, start, 'expected the name of a rule after `accept`')
    this.at += 2
    if (this.word(this.at) !== 'because') return this.bad(this.at, start, `expected \`because\` and the reason in quotes after \`accept ${this.word(this.at - 1)}\``)
    this.at++
    if (this.type() !== TOKEN.string) return this.bad(this.at, start, `expected the reason in quotes after \`because\`${this.instead()}`)
    this.at++
    if (this.word(this.at) !== 'until' || this.type(1) === TOKEN.colon) return undefined
    if (this.type(1) !== TOKEN.date) return this.bad(this.at + 1, this.at, 'expected a date such as `2027-03-01` after `until`')
    this.at += 2
    return undefined
  }

  private expectation(start: number): Bad | undefined {
    if (this.type(1) !== TOKEN.name && this.type(1) !== TOKEN.string) return this.bad(start + 1, start, 'expected the title of a flow after `expect`')
    this.at += 2
    if (this.type() !== TOKEN.colon) return this.bad(this.at, start, `expected \`:\` and an outcome after ${this.quote(this.at - 1)}`)
    this.at++
    if (this.type() !== TOKEN.name) return this.bad(this.at, start, 'expected an outcome after `:`: `available`, `degraded`, `deferred`, `unavailable`, or `within 30s`')
    let kept = start
    if (this.word(this.at) !== 'within') {
      this.at++
      kept = this.at
      if (this.type() === TOKEN.comma && this.word(this.at + 1) === 'within') this.at++
    }
    if (this.word(this.at) !== 'within' || this.type(1) === TOKEN.colon || this.type(1) === TOKEN.arrow) return undefined
    this.at++
    return this.expression(kept)
  }

  private titled(start: number): Bad | undefined {
    this.at += 2
    const type = this.type()
    if (type === TOKEN.number || type === TOKEN.openParen) {
      const kept = this.at
      const bad = this.expression(kept)
      if (bad) return bad
      if (this.type() !== TOKEN.open) return this.bad(kept, kept, `expected \`{\` after ${this.quote(kept)}`)
    } else if (type === TOKEN.name && this.type(1) === TOKEN.open) {
      this.at++
    }
    return this.end(`\`${this.word(start)}\``)
  }

  private declaration(start: number): Bad | undefined {
    this.at += 2
    const kept = this.at
    if (this.type() === TOKEN.string) this.at++
    const word = this.type() === TOKEN.name ? this.word(this.at) : ''
    if (word === 'uses' && !this.startsStatement(this.at)) {
      if (this.type(1) !== TOKEN.name) return this.bad(this.at + 1, this.at, `expected a technology after \`uses\`, such as \`postgres\`${this.instead(1)}`)
      this.at += 2
      if (this.type() === TOKEN.openParen) {
        const open = this.at
        this.at++
        const bad = this.value(open)
        if (bad) return bad
        if (this.type() !== TOKEN.closeParen) return this.bad(open, open, `\`(\` is never closed: expected \`)\` behind the version`)
        this.at++
      }
    } else if (word === 'extends' && !this.startsStatement(this.at)) {
      if (this.type(1) !== TOKEN.name) return this.bad(this.at + 1, this.at, `expected the name of what it extends after \`extends\`${this.instead(1)}`)
      this.at += 2
    }
    if (this.type() === TOKEN.colon) {
      const written = this.text.slice(this.tokens.start[start], this.tokens.end[start + 1])
      return this.bad(this.at, kept, `\`${written}:\` is no property: its name is one word, with hyphens`)
    }
    return this.end(`\`${this.word(start)} ${this.word(start + 1)}\``)
  }

  private startsStatement(at: number): boolean {
    const next = this.tokens.type[at + 1]
    return at + 1 < this.tokens.count && (next === TOKEN.colon || next === TOKEN.arrow || next === TOKEN.open)
  }

  /** What may follow a header: its body, a separator, or the next statement. */
  private end(what: string): Bad | undefined {
    const type = this.type()
    if (type === TOKEN.open) return this.body()
    if (type === undefined || type === TOKEN.comma || type === TOKEN.close || type === TOKEN.name) return undefined
    return this.bad(this.at, this.at, `${this.quote(this.at)} does not belong behind ${what}`)
  }

  private body(): undefined {
    const open = this.at
    this.at++
    this.statements(true)
    if (this.type() === TOKEN.close) {
      this.at++
    } else {
      this.report(open, 'This `{` is never closed: add a `}` where its body ends.')
      this.hide(open, open + 1)
    }
    return undefined
  }

  private value(start: number): Bad | undefined {
    if (this.type() === TOKEN.compare) this.at++
    const bad = this.expression(start)
    if (bad || this.type() !== TOKEN.range) return bad
    const kept = this.at
    this.at++
    return this.expression(kept)
  }

  private expression(start: number): Bad | undefined {
    for (;;) {
      const bad = this.operand(start)
      if (bad || this.type() !== TOKEN.operator) return bad
      this.at++
    }
  }

  private operand(start: number): Bad | undefined {
    const type = this.type()
    if (type === TOKEN.operator && this.word(this.at) === '-') {
      this.at++
      return this.operand(start)
    }
    if (type === TOKEN.openBracket) return this.sequence(start, TOKEN.closeBracket)
    if (type === TOKEN.openParen) {
      const open = this.at
      this.at++
      const bad = this.expression(start)
      if (bad) return bad
      if (this.type() !== TOKEN.closeParen) return this.bad(open, start, '`(` is never closed: add a `)`')
      this.at++
      return undefined
    }
    if (type === TOKEN.name || type === TOKEN.string) {
      this.at++
      return this.type() === TOKEN.openParen ? this.sequence(start, TOKEN.closeParen) : undefined
    }
    if (type === TOKEN.number || type === TOKEN.date) {
      this.at++
      return undefined
    }
    const before = this.tokens.type[this.at - 1]
    const what = before === TOKEN.colon ? 'a value' : before === TOKEN.operator || before === TOKEN.equals || before === TOKEN.range ? 'a number or a name' : 'a value'
    const behind = before === TOKEN.colon ? `\`${this.word(this.at - 2)}:\`` : this.quote(this.at - 1)
    return this.bad(this.at, start, `expected ${what} after ${behind}${this.instead()}`)
  }

  private sequence(start: number, close: number): Bad | undefined {
    const open = this.at
    this.at++
    for (;;) {
      const type = this.type()
      if (type === close) {
        this.at++
        return undefined
      }
      if (type === TOKEN.comma) {
        this.at++
        continue
      }
      if (type === undefined || type === TOKEN.close || type === TOKEN.open || (type === TOKEN.name && this.type(1) === TOKEN.colon)) {
        return this.bad(open, start, close === TOKEN.closeBracket ? '`[` is never closed: add a `]`' : '`(` is never closed: add a `)`')
      }
      const bad = this.value(start)
      if (bad) return bad
    }
  }

  private unexpected(at: number): string {
    if (this.tokens.type[at] === TOKEN.equals) return `expected \`:\` between a property and its value, not \`=\`; a named number begins with \`let\``
    return `${this.quote(at)} does not belong behind ${this.quote(at - 1)}`
  }

  private instead(ahead = 0): string {
    const at = this.at + ahead
    if (at >= this.tokens.count || this.tokens.type[at] === TOKEN.close) return ''
    return `, not ${this.quote(at)}`
  }

  private quote(at: number): string {
    return quoted(this.word(at))
  }

  private insertion(behind: number, newText: string, title: string): SyntaxProblem['fix'] {
    const place = this.tokens.end[behind]!
    return { start: place, end: place, newText, title }
  }

  private type(ahead = 0): number | undefined {
    const at = this.at + ahead
    return at < this.tokens.count ? this.tokens.type[at] : undefined
  }

  private word(at: number): string {
    return at < this.tokens.count ? this.text.slice(this.tokens.start[at], this.tokens.end[at]) : ''
  }

  private bad(at: number, kept: number, message: string): Bad {
    return { at, message, kept }
  }

  private report(at: number, message: string, fix?: SyntaxProblem['fix']): void {
    if (this.problems.length >= MOST_PROBLEMS) return
    // Behind the last token nothing can be underlined: the last token itself is.
    const token = Math.min(at, this.tokens.count - 1)
    this.problems.push({ start: this.tokens.start[token] ?? 0, end: this.tokens.end[token] ?? 1, message, ...(fix && { fix }) })
  }

  private hide(from: number, to: number): void {
    if (from < to) this.spots.push({ start: this.tokens.start[from]!, end: this.tokens.end[Math.min(to, this.tokens.count) - 1]! })
  }
}
