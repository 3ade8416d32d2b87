/**
 * The TextMate grammar, made from the vocabulary: kinds, verbs and value words have colours of their own although none of them is a keyword.
 * It holds single-line matches only (and one region for block comments), so a broken line never miscolours the next one.
 */
import { callsOf, choicesOf, vocabulary, type PropertyType } from '../vocabulary/index.ts'

interface Pattern {
  readonly name?: string
  readonly match?: string
  readonly begin?: string
  readonly end?: string
  readonly captures?: Readonly<Record<string, { readonly name?: string; readonly patterns?: readonly Pattern[] }>>
  readonly patterns?: readonly Pattern[]
  readonly include?: string
}

const NAME = String.raw`[A-Za-z_\u00C0-\u1FFF\u2C00-\uD7FF][\w\u00C0-\u1FFF\u2C00-\uD7FF]*(?:[-.][\w\u00C0-\u1FFF\u2C00-\uD7FF]+)*`
const START = String.raw`(?<![\w.-])`
const END = String.raw`(?![\w-])`
const TITLED = ['import', 'design', 'flow', 'scenario', 'view', 'when']
const DECLARING = ['data', 'kind', 'technology', 'shard', 'replica']
const STEPS = ['any-of', 'parallel', 'repeat']

export function textMateGrammar(): string {
  const kinds = vocabulary.kinds.flatMap(({ name, aliases }) => [name, ...aliases])
  const containers = vocabulary.containers.map(({ name }) => name)
  const verbs = vocabulary.verbs.flatMap(({ name, aliases }) => [name, ...aliases.map((alias) => alias.name)])
  const words = [...new Set([...vocabulary.properties.flatMap(({ type }) => wordsOf(type)), 'yes', 'no', 'none', 'unknown', 'unlimited', 'forever'])]
  const captures = (...names: readonly string[]): Pattern['captures'] => Object.fromEntries(names.map((name, index) => [String(index + 1), { name: `${name}.lintel` }]))

  const patterns: readonly Pattern[] = [
    { name: 'comment.line.double-slash.lintel', match: '//.*$' },
    { name: 'comment.block.lintel', begin: String.raw`/\*`, end: String.raw`\*/` },
    { name: 'string.quoted.double.lintel', match: String.raw`"(?:[^"\\]|\\.)*"?`, captures: { 0: { patterns: [{ name: 'constant.character.escape.lintel', match: String.raw`\\.` }] } } },
    { match: `${START}(let)\\s+(${NAME})`, captures: captures('keyword.other.let', 'variable.other.constant') },
    { match: `${START}(accept)\\s+(${NAME})(?:\\s+(because))?`, captures: captures('keyword.control.accept', 'entity.name.tag.rule', 'keyword.control.because') },
    { match: `${START}(because)(?=\\s*")`, captures: captures('keyword.control.because') },
    { match: String.raw`(?<=")\s*(until)(?=\s+\d)`, captures: captures('keyword.control.until') },
    { match: `${START}(expect)(?=\\s+["A-Za-z])`, captures: captures('keyword.control.expect') },
    { match: `${START}(within)(?=\\s+\\d)`, captures: captures('keyword.control.within') },
    { match: `${START}(${any(TITLED)})(?=\\s*")`, captures: captures('keyword.control') },
    { match: `${START}(${any(STEPS)})(?=\\s*(?:[\\w.]+\\s*)?\\{)`, captures: captures('keyword.control') },
    { match: `${START}(${any([...DECLARING, ...containers])})\\s+(${NAME})(?!\\s*[:.(])`, captures: captures('storage.type.container', 'entity.name.type') },
    { match: `${START}(${any(kinds)})\\s+(?!(?:uses|extends)${END}\\s*[:{])(${NAME})(?!\\s*[:.(])`, captures: captures('storage.type.kind', 'entity.name.function') },
    // A team's own kind: two names at the start of a line.
    { match: `^\\s*(${NAME})\\s+(${NAME})(?=\\s*(?:$|["{]|uses${END}|extends${END}))`, captures: captures('storage.type.kind', 'entity.name.function') },
    { match: `${START}(uses)\\s+(${NAME})`, captures: captures('keyword.other.uses', 'support.class.technology') },
    { match: `${START}(extends)\\s+(${NAME})`, captures: captures('keyword.other.extends', 'entity.other.inherited-class') },
    { match: `(:)\\s*(${any(verbs)})${END}(?!\\s*[.(])`, captures: captures('punctuation.separator.colon', 'support.function.verb') },
    // The last end of an arrow, before its verb: no property.
    { match: `${START}(${NAME})(?=\\s*:\\s*(?:${any(verbs)})${END})`, captures: captures('variable.other.name') },
    { match: `${START}(${NAME})\\s*(:)\\s*(${any(words)})${END}(?!\\s*[.(*/+])`, captures: captures('variable.other.property', 'punctuation.separator.colon', 'constant.language') },
    { match: `${START}(${NAME})\\s*(:)`, captures: captures('variable.other.property', 'punctuation.separator.colon') },
    { match: `([-~]>)\\s*(${NAME})(?=\\s*\\{)`, captures: captures('keyword.operator.arrow', 'variable.other.name') },
    { match: `${START}(${NAME})(?=\\s*\\{)`, captures: captures('variable.other.property.block') },
    { match: `${START}(${NAME})(?=\\()`, captures: captures('entity.name.function.call') },
    { name: 'constant.numeric.date.lintel', match: String.raw`(?<![\w.-])\d{4}-\d{2}-\d{2}(?![\w-])` },
    { match: String.raw`(?<![\w-])(\d+(?:\.\d+)*)(%|[A-Za-zµ]+[A-Za-z0-9µ]*)?(/[A-Za-z]+)?`, captures: captures('constant.numeric', 'keyword.other.unit', 'keyword.other.unit') },
    { name: 'keyword.operator.arrow.lintel', match: '[-~]>' },
    { name: 'keyword.operator.lintel', match: String.raw`\.\.|[<>]=?|[-+*/=]` },
    { match: `${START}(${any(['yes', 'no', 'none', 'unknown', 'unlimited', 'forever'])})${END}`, captures: captures('constant.language') },
    { name: 'variable.other.name.lintel', match: NAME },
    { name: 'punctuation.separator.lintel', match: '[,:]' },
  ]
  const grammar = {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    comment: 'Made from the vocabulary by `npm run generate`: not to be edited.',
    name: 'Lintel',
    scopeName: 'source.lintel',
    fileTypes: ['lintel'],
    patterns,
  }
  return `${JSON.stringify(grammar, null, 2)}\n`
}

function wordsOf(type: PropertyType): readonly string[] {
  return [...choicesOf(type).map(({ word }) => word), ...callsOf(type).flatMap(({ args }) => args.flatMap((arg) => wordsOf(arg.type)))]
}

/** Longest first, so that `read` does not hide `read-through`. */
function any(words: readonly string[]): string {
  return [...new Set(words)].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
}
