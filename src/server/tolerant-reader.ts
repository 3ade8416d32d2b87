/**
 * Reads tokens as Lintel without ever giving up: for each token the part it plays, and, where the tokens end, everything that could stand
 * next. The grammar proper decides what a text means; this decides what an editor offers in the middle of typing one.
 */
import type { Ends, Expected, Frame, Outline, Part, Role, Words } from './outline.ts'
import { unquoted, type Token } from './scan.ts'

/** Nesting beyond this is noise. */
const DEEPEST = 100
const TOP_ONLY = new Set(['import', 'design', 'let', 'data', 'flow', 'scenario', 'view', 'technology'])
const ARROWS = new Set(['->', '~>'])
const OPERATORS = new Set(['+', '-', '*', '/'])
const STEP_BLOCKS = new Set(['when', 'any-of', 'parallel', 'repeat'])

/** Walks over all tokens (comments must be left out), calling `visit` for each in order. */
export function readTolerantly(tokens: readonly Token[], words: Words, visit: (part: Part) => void = () => {}): Outline {
  const own = ownKinds(tokens)
  // Replaced, never changed: parts share it.
  let frames: readonly Frame[] = [{ type: 'file', word: '', start: 0 }]
  const expected: Expected[] = []
  let endFrames: readonly Frame[] | undefined
  let complete = false
  let at = 0
  let depth = 0

  const peek = (ahead = 0): Token | undefined => tokens[at + ahead]
  const is = (text: string, ahead = 0) => peek(ahead)?.text === text && peek(ahead)?.type !== 'string'
  const isWord = (ahead = 0) => peek(ahead)?.type === 'word'
  const isArrow = (ahead = 0) => peek(ahead)?.type === 'symbol' && ARROWS.has(peek(ahead)!.text)
  const sameLine = (ahead = 0) => peek(ahead) !== undefined && !peek(ahead)!.first
  const frame = () => frames.at(-1)!
  const isKind = (word: string) => own.has(word) || words.isKind(word)

  /** True at the end of the tokens; notes what must stand there, after which nothing else can. */
  function wants(what: Expected): boolean {
    if (at < tokens.length) return false
    if (!complete) admits(what)
    complete = true
    return true
  }

  /** True at the end of the tokens; notes what may stand there, or else what the constructs around it want. */
  function admits(what: Expected): boolean {
    if (at < tokens.length) return false
    endFrames ??= frames
    if (!complete) expected.push(what)
    return true
  }

  function take(role: Role, more: Partial<Part> = {}): Token {
    const token = tokens[at++]!
    visit({ token, role, frames, ...more })
    return token
  }

  function statements(): void {
    for (;;) {
      if (wants({ at: 'statement' })) return
      if (is('}')) {
        if (frames.length > 1) return
        take('other')
        continue
      }
      if (escapes()) return
      const before = at
      statement()
      if (at === before) take('other')
    }
  }

  /** A word that only a file may hold, at the start of a line, inside of braces: the braces were left open. */
  function escapes(): boolean {
    const token = peek()
    return frames.length > 1 && token?.type === 'word' && token.column === 0 && TOP_ONLY.has(token.text) && !is(':', 1) && !isArrow(1)
  }

  function body(inner: Omit<Frame, 'start'>): void {
    if (admits({ at: 'body', of: inner.type })) return
    if (!is('{')) return
    const open = take('other')
    if (frames.length >= DEEPEST) return
    const outer = frames
    frames = [...outer, { ...inner, start: open.end }]
    statements()
    frames = outer
    if (is('}')) take('other')
  }

  function statement(): void {
    if (is(',')) return void take('other')
    if (!isWord()) return void take(peek()!.type === 'string' ? 'text' : peek()!.type === 'number' ? 'number' : 'other')
    const word = peek()!.text
    if (is(':', 1)) return property()
    if (isArrow(1) || is('.', 1)) return relation()
    if (is(',', 1) && leadsToArrow()) return relation()
    switch (word) {
      case 'import': return importStatement()
      case 'design': return titled('design')
      case 'view': return titled('view')
      case 'scenario': return titled('scenario')
      case 'flow': return titled('flow')
      case 'let': return letStatement()
      case 'accept': return acceptStatement()
      case 'expect': if (inScenario()) return expectStatement(); break
      case 'data': return named('data', 'data')
      case 'shard': case 'replica': if (!is('{', 1)) return named(word, word); break
      case 'kind': return ownStatement('own-kind')
      case 'technology': return ownStatement('own-technology')
      case 'when': case 'any-of': case 'parallel': case 'repeat': if (inFlow()) return stepBlock(word); break
    }
    if (words.isContainer(word) && !is('{', 1)) return named('container', word)
    if (isKind(word) && !is('{', 1)) return component()
    if (is('{', 1)) {
      take('block', { property: path(word) })
      return body({ type: 'block', word: path(word) })
    }
    if (isWord(1) && sameLine(1) && !inFlow() && frame().type !== 'relation') return component()
    const name = take('name')
    // The word may be a property's or the first end of a relation, or a statement that is just being typed.
    admits({ at: 'property-colon', property: path(name.text) })
    admits({ at: 'relation-tail', ends: { groups: [[name.text]] }, verb: false })
  }

  const inScenario = () => frame().type === 'scenario'
  const inFlow = () => frame().type === 'flow' || frame().type === 'steps'
  const path = (name: string) => (frame().type === 'block' ? `${frame().word}.${name}` : name)

  function leadsToArrow(): boolean {
    let ahead = 0
    while (isWord(ahead)) {
      ahead++
      while (is('.', ahead) && isWord(ahead + 1)) ahead += 2
      if (isArrow(ahead)) return true
      if (!is(',', ahead)) return false
      ahead++
    }
    // The names end where the text does.
    return peek(ahead) === undefined && ['file', 'flow', 'steps', 'container'].includes(frame().type)
  }

  function importStatement(): void {
    take('keyword')
    if (wants({ at: 'import' })) return
    if (peek()!.type === 'string') take('import')
  }

  function titled(type: 'design' | 'view' | 'scenario' | 'flow'): void {
    take('keyword')
    if (wants({ at: 'title' })) return
    const title = peek()!.type === 'string' ? unquoted(take('title').text) : undefined
    body({ type, word: type, name: title })
  }

  function letStatement(): void {
    take('keyword')
    if (wants({ at: 'declared-name' })) return
    const name = isWord() ? take('declaration').text : undefined
    if (wants({ at: 'colon' })) return
    if (!is('=')) return
    take('operator')
    expression(() => ({ at: 'expression', let: name }))
  }

  function acceptStatement(): void {
    take('keyword')
    if (wants({ at: 'rule' })) return
    if (isWord() && !is('because')) take('rule')
    if (wants({ at: 'because' })) return
    if (is('because')) {
      take('keyword')
      if (wants({ at: 'reason' })) return
      if (peek()!.type === 'string') take('text')
    }
    if (admits({ at: 'until' })) return
    if (is('until')) {
      take('keyword')
      if (wants({ at: 'date' })) return
      if (peek()!.type === 'number') take('number')
    }
  }

  function expectStatement(): void {
    take('keyword')
    if (wants({ at: 'flow-title' })) return
    if (peek()!.type === 'string') take('title')
    if (wants({ at: 'colon' })) return
    if (!is(':')) return
    take('other')
    if (wants({ at: 'outcome' })) return
    if (isWord() && !is('within')) take('outcome')
    if (admits({ at: 'within' })) return
    if (is('within')) {
      take('keyword')
      if (!admits({ at: 'within' }) && peek()!.type === 'number') take('number')
    }
  }

  function named(type: 'data' | 'shard' | 'replica' | 'container', word: string): void {
    take(type === 'container' ? 'container' : 'keyword')
    if (wants({ at: 'declared-name' })) return
    const name = isWord() ? take('declaration').text : undefined
    if (type !== 'data' && peek()?.type === 'string') take('label')
    body({ type, word, name })
  }

  function component(): void {
    const kind = take('kind').text
    if (wants({ at: 'declared-name' })) return
    if (!isWord()) return
    if (isArrow(1) || is(':', 1)) return
    const name = is('uses') && isWord(1) ? undefined : take('declaration').text
    if (admits({ at: 'component-head', kind })) return
    if (peek()!.type === 'string') take('label')
    if (admits({ at: 'component-head', kind })) return
    const used = is('uses') ? uses(kind) : undefined
    if (used !== undefined && admits({ at: 'component-head', kind, technology: true })) return
    body({ type: 'component', word: kind, name, technology: used })
  }

  function uses(kind: string): string | undefined {
    take('keyword')
    if (wants({ at: 'technology', kind })) return
    if (!isWord() || (peek()!.first && (is(':', 1) || isWord(1)))) return ''
    const technology = take('technology').text
    if (is('(') && sameLine()) {
      take('other')
      while (!is(')')) {
        if (wants({ at: 'version', technology })) return technology
        if (is('{') || is('}') || peek()!.first) return technology
        take('version')
      }
      take('other')
    }
    return technology
  }

  function ownStatement(type: 'own-kind' | 'own-technology'): void {
    const of = type === 'own-kind' ? 'kind' : 'technology'
    take('keyword')
    if (wants({ at: 'declared-name' })) return
    const name = isWord() ? take('declaration').text : undefined
    if (peek()?.type === 'string') take('label')
    if (wants({ at: 'extends' })) return
    let base: string | undefined
    if (is('extends')) {
      take('keyword')
      if (wants({ at: 'base', of })) return
      if (isWord()) base = take(isKind(peek()!.text) ? 'kind' : 'technology').text
    }
    if (peek()?.type === 'string') take('label')
    body({ type, word: base ?? '', name })
  }

  function stepBlock(word: string): void {
    take('keyword')
    if (word === 'when' && !wants({ at: 'title' }) && peek()!.type === 'string') take('title')
    if (word === 'when' && !admits({ at: 'share' }) && peek()!.type === 'number') take('number')
    if (word === 'repeat' && !admits({ at: 'count' }) && peek()!.type === 'number') take('number')
    body({ type: 'steps', word })
  }

  function relation(): void {
    const groups: string[][] = [names([])]
    let arrow: Ends['arrow']
    const ends = (verb?: string): Ends => ({ groups, arrow, verb })
    while (isArrow()) {
      arrow = take('arrow').text as '->' | '~>'
      if (wants({ at: 'relation-end', ends: ends() })) return
      if (!isWord() || startsStatement()) return
      groups.push(names(groups))
    }
    if (admits({ at: 'relation-tail', ends: ends(), verb: false })) return
    let verb: string | undefined
    if (is(':')) {
      take('other')
      if (wants({ at: 'verb', ends: ends() })) return
      if (isWord() && !(peek()!.first && startsStatement())) verb = take('verb', { ends: ends() }).text
      if (admits({ at: 'relation-tail', ends: ends(verb), verb: true })) return
    }
    if (peek()!.type === 'string' && sameLine()) take('label')
    if (at >= tokens.length || is('{')) body({ type: 'relation', word: verb ?? '', ends: ends(verb) })
  }

  /** Whether the tokens ahead are plainly the next statement, so that what was wanted here is missing. */
  function startsStatement(): boolean {
    return (
      (peek()!.first && (is(':', 1) || (isWord(1) && sameLine(1) && (isKind(peek()!.text) || words.isContainer(peek()!.text) || TOP_ONLY.has(peek()!.text))))) ||
      (isWord() && STEP_BLOCKS.has(peek()!.text) && (is('{', 1) || peek(1)?.type === 'string'))
    )
  }

  /** Names joined by commas. A comma may also end the statement: what follows tells. */
  function names(groups: readonly (readonly string[])[]): string[] {
    const found = [name()]
    while (is(',') && ((isWord(1) && (groups.length === 0 || continues(1))) || peek(1) === undefined)) {
      if (peek(1) === undefined && groups.length > 0 && ['relation', 'component'].includes(frame().type)) break
      take('other')
      if (wants({ at: 'relation-end', ends: { groups: [...groups, found] } })) break
      found.push(name())
    }
    return found
  }

  function continues(ahead: number): boolean {
    const word = peek(ahead)!
    if (is(':', ahead + 1)) return !(inFlow() && words.isFlowProperty(word.text))
    return !(isWord(ahead + 1) && sameLine(ahead + 1) && (isKind(word.text) || words.isContainer(word.text) || TOP_ONLY.has(word.text)))
  }

  function name(): string {
    let text = take('name').text
    while (is('.') && sameLine()) {
      take('other')
      if (wants({ at: 'member', of: text }) || !isWord()) break
      text += `.${take('name').text}`
    }
    return text
  }

  function property(): void {
    const name = path(peek()!.text)
    take('property', { property: name })
    take('other')
    const step = frame().type === 'scenario' || frame().type === 'view'
    expression((list, taken, call) => ({ at: 'value', property: name, list, call, taken }), name)
    // `dedupe: 7d { … }` is not a form; `failover: auto` is. Braces right behind a value belong to nothing we know, but are balanced.
    if (is('{') && !step && sameLine()) body({ type: 'block', word: name })
  }

  /** A value or a sum of them. `wanted` says what to note where the text ends. */
  function expression(wanted: (list: boolean, taken: readonly string[], call?: Part['call']) => Expected, property?: string): void {
    const operand = (list: boolean, taken: string[], call?: Part['call']): void => {
      for (;;) {
        if (wants(wanted(list, taken, call))) return
        const token = peek()!
        const role = { property, call }
        if (token.first && isWord() && (is(':', 1) || startsStatement() || isArrow(1))) return
        if (is('[')) {
          take('other')
          items(']', true)
        } else if (is('(')) {
          take('other')
          items(')', false)
        } else if (isWord()) {
          if (is('(', 1) && tokens[at]!.end === tokens[at + 1]!.start) {
            const name = take('call', role).text
            take('other')
            items(')', false, name)
          } else {
            taken.push(token.text)
            dotted(role)
          }
        } else if (token.type === 'string') {
          taken.push(unquoted(token.text))
          take('text', role)
          if (is('(') && sameLine()) {
            take('other')
            items(')', false)
          }
        } else if (token.type === 'number') take('number', role)
        else if (token.type === 'symbol' && ['<', '<=', '>', '>=', '-'].includes(token.text)) {
          take('operator')
          continue
        } else return
        if (admits({ at: 'operator' })) return
        if (is('..') || (peek()!.type === 'symbol' && OPERATORS.has(peek()!.text))) take('operator')
        else return
      }
    }
    const items = (close: string, list: boolean, call?: string): void => {
      const taken: string[] = []
      if (depth >= DEEPEST) return
      depth++
      for (let index = 0; ; ) {
        const before = at
        if (!is(close)) operand(list, taken, call === undefined ? undefined : { name: call, index })
        if (is(',')) {
          take('other')
          index++
        } else {
          if (is(close)) take('other')
          else if (at < tokens.length && !is('}') && !is('{') && at > before) continue
          depth--
          return
        }
      }
    }
    operand(false, [])
  }

  function dotted(role: Partial<Part>): void {
    let text = take('value', role).text
    while (is('.') && sameLine()) {
      take('other')
      if (wants({ at: 'member', of: text }) || !isWord()) return
      text += `.${take('value', role).text}`
    }
  }

  while (at < tokens.length || expected.length === 0) {
    statements()
    if (at < tokens.length && frames.length === 1 && is('}')) take('other')
  }
  return { frames: endFrames ?? frames, expected }
}

/** Names that the text itself declares as kinds. */
function ownKinds(tokens: readonly Token[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (let at = 0; at + 2 < tokens.length; at++) if (tokens[at]!.text === 'kind' && tokens[at + 2]!.text === 'extends') found.add(tokens[at + 1]!.text)
  return found
}
