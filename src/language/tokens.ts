/** The one token that the grammar's own means cannot tell: a comma between an arrow's ends from one before a property. */
import { DefaultTokenBuilder, type Grammar, type GrammarAST, type TokenBuilderOptions } from 'langium'
import { vocabulary } from '../vocabulary/index.ts'

type TokenVocabulary = ReturnType<DefaultTokenBuilder['buildTokens']>
type TokenType = Extract<TokenVocabulary, readonly unknown[]>[number]

/** A comma, the name behind it, the blanks before its colon, and the word behind that. */
const BEFORE_PROPERTY = /,\s*[\w\u00c0-\u1fff\u2c00-\ud7ff][\w\u00c0-\u1fff\u2c00-\ud7ff.-]*(\s*):\s*([A-Za-z][\w-]*)?/y

/** A comma before one of a flow's blocks. */
const BEFORE_BLOCK = /,\s*(?:parallel|any-of|repeat|when)\s*[{"\d]/y

/** Whether the comma at an offset stands before a property or block: behind the next name's colon stands no verb, nor what was to be one. */
export function separates(text: string, offset: number): boolean {
  BEFORE_BLOCK.lastIndex = offset
  if (BEFORE_BLOCK.test(text)) return true
  BEFORE_PROPERTY.lastIndex = offset
  const match = BEFORE_PROPERTY.exec(text)
  if (!match) return false
  const [, blanks, word] = match
  if (word === undefined) return true
  return vocabulary.verb(word) === undefined && blanks === ''
}

export class LintelTokenBuilder extends DefaultTokenBuilder {
  override buildTokens(grammar: Grammar, options?: TokenBuilderOptions): TokenVocabulary {
    const tokens = super.buildTokens(grammar, options) as TokenType[]
    // Before the plain comma, which would match first.
    return tokens.sort((a, b) => Number(b.name === 'SEPARATOR') - Number(a.name === 'SEPARATOR'))
  }

  protected override buildTerminalToken(terminal: GrammarAST.TerminalRule): TokenType {
    const token = super.buildTerminalToken(terminal)
    if (terminal.name !== 'SEPARATOR') return token
    return { ...token, PATTERN: (text, offset) => (separates(text, offset) ? ([','] as unknown as RegExpExecArray) : null), LINE_BREAKS: false, START_CHARS_HINT: [','] }
  }
}
