/**
 * `lintel.json`: what a team has decided about rules and their thresholds. JSON in which comments and trailing commas are allowed. The nearest file
 * upwards from a design's first file counts, and it alone; who looks for it is whoever may touch the disk. Whatever is wrong in it is a problem with
 * its place, and the rest of it still counts.
 */
import { parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import type { Severity } from './model/model.ts'
import type { Range } from './model/origin.ts'
import type { RuleConfig } from './rules/check.ts'
import { allRules } from './rules/index.ts'
import { NOTES } from './rules/notes.ts'
import { isSetting, readSetting } from './rules/settings.ts'
import { nearest } from './vocabulary/nearest.ts'

export const CONFIG_NAME = 'lintel.json'

export const SEVERITIES: readonly (Severity | 'off')[] = ['off', 'error', 'warning', 'info', 'hint']

export interface Config {
  /** By the id of a rule or of a note. */
  readonly rules: Readonly<Record<string, RuleConfig>>
  readonly maxWarnings?: number
  /** Globs, relative to the folder of the file: designs that are not looked for. */
  readonly exclude: readonly string[]
}

export interface ConfigProblem {
  readonly message: string
  readonly range: Range
}

export interface ReadConfig {
  readonly config: Config
  readonly problems: readonly ConfigProblem[]
}

export function readConfig(text: string): ReadConfig {
  const reading = new Reading(text)
  return { config: reading.config(), problems: reading.problems }
}

/** The value of the editor's setting `lintel.rules`, which has the shape of `rules`. Problems are texts: a setting has no place. */
export function readRules(value: unknown): { readonly rules: Config['rules']; readonly problems: readonly string[] } {
  if (value === undefined || value === null) return { rules: {}, problems: [] }
  const { config, problems } = readConfig(JSON.stringify({ rules: value }))
  return { rules: config.rules, problems: problems.map(({ message }) => message) }
}

/** Globs mean files below the folder of the `lintel.json`: `drafts`, `drafts/**`, `**` + `/*.flawed.lintel`. A folder means all that is in it. */
export async function isExcluded({ exclude }: Config, path: string): Promise<boolean> {
  if (exclude.length === 0) return false
  const { minimatch } = await import('minimatch')
  return exclude.some((glob) => {
    const bare = glob.replace(/^\.\//, '').replace(/\/+$/, '')
    return minimatch(path, bare, { dot: true }) || minimatch(path, `${bare}/**`, { dot: true })
  })
}

class Reading {
  readonly problems: ConfigProblem[] = []
  private readonly text: string
  private readonly starts: number[] = [0]

  constructor(text: string) {
    // A byte order mark is no part of the text that anybody sees.
    this.text = text.replace(/^\uFEFF/, '')
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.starts.push(at + 1)
  }

  config(): Config {
    if (this.text.trim() === '') {
      this.report({ offset: 0, length: 0 }, 'The file is empty; `{}` decides nothing.')
      return { rules: {}, exclude: [] }
    }
    const errors: ParseError[] = []
    const root = parseTree(this.text, errors, { allowTrailingComma: true })
    for (const { error, offset, length } of errors.slice(0, 1)) this.report({ offset, length }, `This is no JSON: ${SYNTAX[printParseErrorCode(error)] ?? 'it cannot be read from here on'}.`)
    if (root === undefined) return { rules: {}, exclude: [] }
    let rules: Config['rules'] = {}
    let exclude: readonly string[] = []
    let maxWarnings: number | undefined
    for (const { key, name, value } of this.members(root, 'The file')) {
      if (name === 'rules') rules = this.rules(value)
      else if (name === 'exclude') exclude = this.globs(value)
      else if (name === 'maxWarnings') {
        if (value.type === 'number' && Number.isInteger(value.value) && value.value >= 0) maxWarnings = value.value as number
        else this.report(value, '`maxWarnings` is a whole number such as 0: how many warnings may be there before `lintel check` fails.')
      } else if (name !== '$schema') this.report(key, `There is no setting \`${name}\` here.${meant(name, KEYS)} There are ${KEYS.map((one) => `\`${one}\``).join(', ')}.`)
    }
    return { rules, exclude, ...(maxWarnings !== undefined && { maxWarnings }) }
  }

  private rules(node: Node): Config['rules'] {
    const rules: Record<string, RuleConfig> = {}
    for (const { key, name, value } of this.members(node, '`rules`')) {
      if (!rule(name) && !Object.hasOwn(NOTES, name)) {
        const byCode = allRules.find(({ code }) => code.toLowerCase() === name.toLowerCase())
        this.report(key, `There is no rule \`${name}\`.${byCode ? ` Did you mean \`${byCode.id}\`?` : meant(name, [...allRules.map(({ id }) => id), ...Object.keys(NOTES)])} 'lintel rules' lists them.`)
        continue
      }
      const config = value.type === 'object' ? this.ruleObject(name, value) : this.severity(value)
      // A name such as `__proto__` is no rule, so this is a plain property.
      if (config !== undefined) rules[name] = config
    }
    return rules
  }

  private ruleObject(id: string, node: Node): RuleConfig {
    const settings = rule(id)?.settings ?? []
    const config: Record<string, number | Severity | 'off'> = {}
    for (const { key, name, value } of this.members(node, `\`${id}\``)) {
      if (name === 'severity') {
        const severity = this.severity(value)
        if (severity !== undefined) config['severity'] = severity
      } else if (isSetting(name) && settings.includes(name)) {
        const written = value.type === 'number' || value.type === 'string' ? (value.value as unknown) : undefined
        const read = readSetting(name, written)
        if ('error' in read) this.report(value, `\`${name}\` ${read.error}.`)
        else config[name] = read.value
      } else {
        const known = ['severity', ...settings]
        this.report(key, `\`${id}\` has no \`${name}\`.${meant(name, known)} It has ${known.map((one) => `\`${one}\``).join(', ')}.`)
      }
    }
    return config as RuleConfig
  }

  private severity(node: Node): Severity | 'off' | undefined {
    const severity = SEVERITIES.find((one) => node.type === 'string' && one === node.value)
    if (severity === undefined) {
      const said = node.type === 'string' ? meant(String(node.value), SEVERITIES, '"') : ''
      this.report(node, `This is one of ${SEVERITIES.map((one) => `"${one}"`).join(', ')}.${said}`)
    }
    return severity
  }

  private globs(node: Node): readonly string[] {
    const items = node.type === 'array' ? (node.children ?? []) : undefined
    if (!items) this.report(node, '`exclude` is a list of globs such as ["drafts/**"].')
    return (items ?? []).flatMap((item) => {
      if (item.type === 'string' && String(item.value).trim() !== '' && !/^(\/|[A-Za-z]:|\.\.)/.test(String(item.value))) return [String(item.value)]
      this.report(item, 'This is a glob such as "drafts/**", relative to the folder of this file.')
      return []
    })
  }

  private members(node: Node, what: string): readonly { readonly key: Node; readonly name: string; readonly value: Node }[] {
    if (node.type !== 'object') {
      this.report(node, `${what} is an object: \`{ … }\`.`)
      return []
    }
    const seen = new Set<string>()
    return (node.children ?? []).flatMap(({ children = [] }) => {
      const [key, value] = children
      // Half a member has been reported as an error of the JSON.
      if (!key || !value) return []
      const name = String(key.value)
      if (seen.has(name)) {
        this.report(key, `\`${name}\` stands here twice; the first one counts.`)
        return []
      }
      seen.add(name)
      return [{ key, name, value }]
    })
  }

  private report({ offset, length }: Pick<Node, 'offset' | 'length'>, message: string): void {
    this.problems.push({ message, range: { start: this.position(offset), end: this.position(offset + length) } })
  }

  private position(offset: number): { line: number; character: number } {
    const line = this.starts.findLastIndex((start) => start <= offset)
    return { line, character: offset - this.starts[line]! }
  }
}

const KEYS = ['rules', 'maxWarnings', 'exclude']

/** Those that people meet; for the others the place says enough. */
const SYNTAX: Readonly<Record<string, string>> = {
  CommaExpected: 'a comma is missing',
  ColonExpected: 'a colon is missing',
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  CloseBraceExpected: 'a `}` is missing',
  CloseBracketExpected: 'a `]` is missing',
  EndOfFileExpected: 'nothing may stand behind the end',
  UnexpectedEndOfString: 'a text is not closed',
  UnexpectedEndOfComment: 'a comment is not closed',
  InvalidEscapeCharacter: 'there is no such escape',
  InvalidSymbol: 'a text stands in double quotes',
}

function rule(id: string): (typeof allRules)[number] | undefined {
  return allRules.find((one) => one.id === id)
}

function meant(word: string, candidates: readonly string[], quote = '`'): string {
  const near = nearest(word, candidates)
  return near === undefined ? '' : ` Did you mean ${quote}${near}${quote}?`
}
