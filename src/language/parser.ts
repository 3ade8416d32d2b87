/** One statement group's text to plain syntax, by the generated parser; see `chunk.ts` for what becomes of a group that it refuses. */
import { createDefaultCoreModule, createDefaultSharedCoreModule, EmptyFileSystem, GrammarUtils, inject, type AstNode, type LangiumParser } from 'langium'
import * as Ast from './generated/ast.ts'
import { LintelGeneratedModule, LintelGeneratedSharedModule } from './generated/module.ts'
import { LintelTokenBuilder } from './tokens.ts'
import type { Expression, InlineBody, Spot, Statement, Token } from './syntax.ts'

export type Parsed = { readonly statements: readonly Statement[] } | { /** Offset of what it cannot read. */ readonly errorAt: number }

export function parseGroup(text: string): Parsed {
  try {
    return parsed(text)
  } catch {
    // A sum of thousands of terms or a list in a list in a list: the generated parser runs out of stack, which says nothing about the text.
    return { errorAt: 0 }
  }
}

function parsed(text: string): Parsed {
  const result = parser().parse<Ast.Chunk>(text)
  const lexed = result.lexerErrors[0]
  if (lexed) return { errorAt: lexed.offset }
  const error = result.parserErrors[0]
  if (error) return { errorAt: Number.isNaN(error.token.startOffset) ? text.length : error.token.startOffset }
  return { statements: result.value.statements.map((statement) => statementOf(statement)) }
}

let made: LangiumParser | undefined

function parser(): LangiumParser {
  if (!made) {
    const shared = inject(createDefaultSharedCoreModule(EmptyFileSystem), LintelGeneratedSharedModule)
    const tokens = { parser: { TokenBuilder: () => new LintelTokenBuilder() } }
    made = inject(createDefaultCoreModule({ shared }), LintelGeneratedModule, tokens).parser.LangiumParser
  }
  return made
}

/** The text that a string's source stands for. */
export function unquote(source: string): string {
  const inner = source.slice(1, -1)
  return inner.includes('\\') ? inner.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)) : inner
}

function spotOf(node: AstNode): Spot {
  const { offset, end } = node.$cstNode!
  return { start: offset, end }
}

/** What a property of a node was read from; `source` is its text as written. */
function leaf(node: AstNode, property: string): Spot & { readonly source: string } {
  const found = GrammarUtils.findNodeForProperty(node.$cstNode, property)
  if (!found) throw new Error(`no text behind ${node.$type}.${property}`)
  return { start: found.offset, end: found.end, source: found.text }
}

function word(node: AstNode, property: string): Token {
  const { start, end, source } = leaf(node, property)
  return { start, end, text: source }
}

function quoted(node: AstNode, property: string): Token {
  const { start, end, source } = leaf(node, property)
  return { start, end, text: unquote(source) }
}

function statementOf(node: Ast.Statement): Statement {
  const spot = spotOf(node)
  switch (node.$type) {
    case 'Let':
      return { type: 'let', ...spot, name: word(node, 'name'), value: expressionOf(node.value) }
    case 'Waiver':
      return { type: 'accept', ...spot, rule: word(node, 'rule'), reason: quoted(node, 'reason'), until: node.until === undefined ? undefined : word(node, 'until') }
    case 'Expectation':
      return {
        type: 'expect',
        ...spot,
        flow: node.title === undefined ? word(node, 'flow') : quoted(node, 'title'),
        outcome: node.outcome === undefined ? undefined : word(node, 'outcome'),
        within: node.within && expressionOf(node.within),
      }
    case 'Property':
      return { type: 'property', ...spot, name: word(node, 'name'), value: expressionOf(node.value) }
    case 'Relation':
      return {
        type: 'relation',
        ...spot,
        ends: node.ends.map((group) => group.names.map((name) => ({ ...spotOf(name), text: name.name }))),
        // All at once: a look-up for each would make a long chain quadratic.
        arrows: GrammarUtils.findNodesForProperty(node.$cstNode, 'arrows').map(({ offset, end, text }) => ({ start: offset, end, text })),
        verb: node.verb === undefined ? undefined : word(node, 'verb'),
        label: node.label === undefined ? undefined : quoted(node, 'label'),
        body: bodyOf(node.body),
      }
    case 'Titled':
      return { type: 'titled', ...spot, keyword: word(node, 'keyword'), title: quoted(node, 'title'), amount: node.amount && expressionOf(node.amount), body: bodyOf(node.body) }
    case 'Declaration':
      return {
        type: 'declaration',
        ...spot,
        keyword: word(node, 'keyword'),
        name: word(node, 'name'),
        label: node.label === undefined ? undefined : quoted(node, 'label'),
        uses: node.uses && { name: word(node.uses, 'name'), version: node.uses.version && expressionOf(node.uses.version) },
        base: node.base === undefined ? undefined : word(node, 'base'),
        body: bodyOf(node.body),
      }
    case 'Block':
      return { type: 'block', ...spot, keyword: word(node, 'keyword'), amount: node.amount && expressionOf(node.amount), body: bodyOf(node.body)! }
  }
}

function bodyOf(node: Ast.Body | undefined): InlineBody | undefined {
  if (!node) return undefined
  const { start, end } = spotOf(node)
  return { start: start + 1, end: end - 1, statements: node.statements.map((statement) => statementOf(statement)) }
}

function expressionOf(node: Ast.Value | Ast.Expression | Ast.Operand): Expression {
  const spot = spotOf(node)
  switch (node.$type) {
    case 'Quantity':
      return { type: 'quantity', ...spot, text: node.text }
    case 'CalendarDate':
      return { type: 'date', ...spot, text: node.text }
    case 'Text':
      return { type: 'text', ...quoted(node, 'text') }
    case 'Reference':
      return { type: 'name', ...spot, name: node.name }
    case 'Call':
      return {
        type: 'call',
        ...spot,
        name: node.title === undefined ? word(node, 'name') : quoted(node, 'title'),
        quoted: node.title !== undefined,
        args: node.args.map((argument) => expressionOf(argument)),
      }
    case 'List':
      return { type: 'list', ...spot, items: node.items.map((item) => expressionOf(item)) }
    case 'Operation':
      return { type: 'operation', ...spot, operator: node.operator, left: expressionOf(node.left), right: expressionOf(node.right) }
    case 'Negation':
      return { type: 'negation', ...spot, value: expressionOf(node.value) }
    case 'Group':
      return { type: 'group', ...spot, value: expressionOf(node.value) }
    case 'Span':
      return { type: 'span', ...spot, from: expressionOf(node.from), to: expressionOf(node.to) }
    case 'Comparison':
      return { type: 'comparison', ...spot, operator: node.operator as '<', than: expressionOf(node.than) }
  }
}
