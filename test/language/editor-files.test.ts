/** What an editor reads without the server: colours, brackets and snippets. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textMateGrammar } from '../../src/tools/textmate.ts'
import { vocabulary } from '../../src/vocabulary/index.ts'
import { openText } from '../../src/workspace.ts'
import { ROOT } from '../support/lintel.ts'
import { samples } from './corpus.ts'

interface Pattern {
  readonly name?: string
  readonly match?: string
  readonly begin?: string
  readonly end?: string
  readonly captures?: Readonly<Record<string, { readonly name?: string }>>
}

const { patterns } = JSON.parse(textMateGrammar()) as { patterns: readonly Pattern[] }
const rules = patterns.map((pattern) => ({ ...pattern, regex: new RegExp(pattern.match ?? `${pattern.begin}[\\s\\S]*?(?:${pattern.end})`, 'dg') }))

/** Each word of a line with the scope it has, as an editor works: the leftmost match wins, and of those the first pattern. */
function scopes(line: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (let at = 0; at < line.length; ) {
    let best: { readonly match: RegExpExecArray; readonly rule: (typeof rules)[number] } | undefined
    for (const rule of rules) {
      rule.regex.lastIndex = at
      const match = rule.regex.exec(line)
      if (match && match[0] !== '' && (!best || match.index < best.match.index)) best = { match, rule }
    }
    if (!best) break
    const { match, rule } = best
    if (rule.name) found[match[0]] = short(rule.name)
    for (const [group, { name }] of Object.entries(rule.captures ?? {})) if (name && match[Number(group)]) found[match[Number(group)]!] = short(name)
    at = match.index + match[0].length
  }
  return found
}

const short = (scope: string): string => scope.replace(/\.lintel$/, '')

describe('colours', () => {
  it('tell kinds, names, technologies, properties, values, units and strings apart', () => {
    assert.deepEqual(scopes('database ledger "Ledger" uses postgres(16) { sync: semi-sync, ttl: 30s, stores: Booking } // note'), {
      database: 'storage.type.kind', ledger: 'entity.name.function', '"Ledger"': 'string.quoted.double', uses: 'keyword.other.uses', postgres: 'support.class.technology',
      '16': 'constant.numeric', sync: 'variable.other.property', ':': 'punctuation.separator.colon', 'semi-sync': 'constant.language', ',': 'punctuation.separator', ttl: 'variable.other.property',
      '30': 'constant.numeric', s: 'keyword.other.unit', stores: 'variable.other.property', Booking: 'variable.other.name', '// note': 'comment.line.double-slash',
    })
  })

  it('tell an arrow’s last end from a property', () => {
    const found = scopes('recon -> psp, ledger : reconciles { period: 1d, dedupe { key: a } }')
    assert.deepEqual([found['->'], found['ledger'], found['reconciles'], found['period'], found['dedupe']], ['keyword.operator.arrow', 'variable.other.name', 'support.function.verb', 'variable.other.property', 'variable.other.property.block'])
  })

  it('know the words that begin statements only where they do', () => {
    assert.equal(scopes('flow "Buy" {')['flow'], 'keyword.control')
    assert.equal(scopes('when "x" 8% {')['when'], 'keyword.control')
    assert.equal(scopes('parallel {')['parallel'], 'keyword.control')
    assert.equal(scopes('let on-sale = fans * 3')['let'], 'keyword.other.let')
    assert.equal(scopes('let on-sale = fans * 3')['on-sale'], 'variable.other.constant')
    assert.equal(scopes('accept hot-partition because "x" until 2027-03-01')['until'], 'keyword.control.until')
    assert.equal(scopes('accept hot-partition because "x" until 2027-03-01')['2027-03-01'], 'constant.numeric.date')
    assert.equal(scopes('cache cache uses redis')['redis'], 'support.class.technology')
    assert.equal(scopes('flow -> data : reads')['flow'], 'variable.other.name')
    assert.equal(scopes('region us-east {')['region'], 'storage.type.container')
    assert.equal(scopes('payments pay { }')['payments'], 'storage.type.kind')
  })

  it('know every kind, container, verb and value word of the vocabulary', () => {
    for (const { name, aliases } of vocabulary.kinds) for (const word of [name, ...aliases]) assert.equal(scopes(`${word} thing`)[word], 'storage.type.kind', word)
    for (const { name } of vocabulary.containers) assert.equal(scopes(`${name} thing {`)[name], 'storage.type.container', name)
    for (const { name, aliases } of vocabulary.verbs) for (const word of [name, ...aliases.map((alias) => alias.name)]) assert.equal(scopes(`a -> b : ${word}`)[word], 'support.function.verb', word)
    for (const word of ['none', 'unknown', 'forever', 'cache-aside', 'read-through', 'leader-follower', 'at-least-once']) assert.equal(scopes(`x: ${word}`)[word], 'constant.language', word)
  })

  it('leave no word of a sample without one', () => {
    for (const { text } of samples) {
      for (const line of text.split('\n')) {
        const found = scopes(line)
        for (const word of line.replace(/\/\/.*|"[^"]*"|\/\*.*?\*\//g, ' ').match(/[A-Za-z][\w-]*(?:\.[\w-]+)*|\d+/g) ?? []) {
          assert.ok(Object.keys(found).some((text) => text === word || text.includes(word) || word.startsWith(text)), `${word} in: ${line}`)
        }
      }
    }
  })
})

describe('snippets', () => {
  const snippets = JSON.parse(readFileSync(join(ROOT, 'language', 'snippets.json'), 'utf8')) as Record<string, { prefix: string; description: string; body: readonly string[] }>

  for (const [name, { prefix, description, body }] of Object.entries(snippets)) {
    it(`${name} is right as it comes`, () => {
      assert.ok(prefix !== '' && description.length > 10)
      const text = expanded(body.join('\n'))
      const { problems } = openText(text)
      // Names that a person fills in mean nothing yet; everything else does.
      const wrong = problems.filter(({ code }) => !['unknown-name', 'undeclared-step'].includes(code))
      assert.deepEqual(wrong.map(({ message }) => message), [], text)
    })
  }
})

describe('language configuration', () => {
  const configuration = JSON.parse(readFileSync(join(ROOT, 'language', 'language-configuration.json'), 'utf8')) as {
    wordPattern: string
    indentationRules: { increaseIndentPattern: string; decreaseIndentPattern: string }
  }

  it('takes a name with hyphens as one word, and a number with its unit', () => {
    const words = 'us-east.orders -> a-b : reads { ttl: 30s, p99.9: 400/s }'.match(new RegExp(configuration.wordPattern, 'g'))
    assert.deepEqual(words, ['us-east', 'orders', 'a-b', 'reads', 'ttl', '30s', 'p99', '9', '400/s'])
  })

  it('indents behind an open bracket, and not behind one in a string or comment', () => {
    const indents = new RegExp(configuration.indentationRules.increaseIndentPattern)
    for (const line of ['region r {', '  key: [', 'flow "a {b" {  // why']) assert.match(line, indents)
    for (const line of ['service a { replicas: 3 }', 'service a "x {', '// {', 'a -> b']) assert.doesNotMatch(line, indents)
    assert.match('  }', new RegExp(configuration.indentationRules.decreaseIndentPattern))
  })
})

/** As an editor fills a snippet in: the first choice, the default, nothing for a bare stop; the same number the same text. */
function expanded(body: string): string {
  const texts = new Map<string, string>()
  const filled = body.replace(/\$\{(\d+)(?::([^}]*)|\|([^|]*)\|)?\}/g, (_, stop: string, text?: string, choices?: string) => {
    const chosen = text ?? choices?.split(',')[0] ?? texts.get(stop) ?? ''
    if (!texts.has(stop)) texts.set(stop, chosen)
    return texts.get(stop)!
  })
  return filled.replace(/\$\{CURRENT_YEAR\}/, '2027').replace(/\$\{CURRENT_\w+\}/g, '11').replace(/\$\d/g, '')
}
