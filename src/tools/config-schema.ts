/** The JSON schemas of `lintel.json` and of the editor's setting `lintel.rules`, from the rules and the table of their settings. */
import { SEVERITIES } from '../config.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { grouped } from '../rules/groups.ts'
import { allRules } from '../rules/index.ts'
import { NOTES } from '../rules/notes.ts'
import type { Rule } from '../rules/rule.ts'
import { SETTINGS, shownSetting, type Setting, type SettingName } from '../rules/settings.ts'
import type { Generated } from './rule-pages.ts'

const RAW = `${packageJson.homepage.replace('https://github.com/', 'https://raw.githubusercontent.com/')}/main/docs`

export function configSchemas(list: readonly Rule[] = allRules): readonly Generated[] {
  return [
    { path: 'docs/lintel.schema.json', content: written(schema(list)) },
    // What a person's settings.json knows besides: completion of the ids, and their thresholds.
    { path: 'docs/settings.schema.json', content: written({ $schema: DRAFT, type: 'object', properties: { 'lintel.rules': { $ref: 'lintel.schema.json#/definitions/rules' } } }) },
  ]
}

const DRAFT = 'http://json-schema.org/draft-07/schema#'

function schema(list: readonly Rule[]): object {
  const rules = grouped(list).flatMap(([group, own]) => own.map((rule) => [rule.id, ruleSchema(rule, group)] as const))
  const notes = Object.entries(NOTES).map(([id, { severity, title }]) => [id, oneOrObject(`${title}. At most ${severity}.`, severity, {})] as const)
  return {
    $schema: DRAFT,
    $id: `${RAW}/lintel.schema.json`,
    title: 'lintel.json',
    description: 'What a team has decided about the rules of Lintel. The nearest file upwards from a design counts, and it alone. It wins over the setting `lintel.rules` of the editor.',
    type: 'object',
    allowComments: true,
    allowTrailingCommas: true,
    properties: {
      $schema: { type: 'string' },
      rules: { $ref: '#/definitions/rules' },
      maxWarnings: { type: 'integer', minimum: 0, description: 'How many warnings there may be before `lintel check` fails; without it, any number.' },
      exclude: {
        type: 'array',
        items: { type: 'string', minLength: 1 },
        description: 'Globs relative to the folder of this file: designs that `lintel check` does not look for. One that is named on the command line, imported or opened in the editor is checked all the same.',
        examples: [['drafts/**', '**/*.flawed.lintel']],
      },
    },
    additionalProperties: false,
    definitions: {
      severity: {
        enum: SEVERITIES,
        enumDescriptions: ['The rule does not run.', 'Fails `lintel check`.', 'Fails `lintel check` where warnings are limited.', 'A note.', 'Shown in the editor by three dots.'],
      },
      rules: {
        description: 'Rule → what it counts as at most, or an object with its severity and its thresholds. A finding that is milder than its rule, because it rests on a default that is not sure, stays milder.',
        type: 'object',
        properties: Object.fromEntries([...rules, ...notes]),
        additionalProperties: false,
      },
      ...Object.fromEntries(Object.entries(SETTINGS).map(([name, setting]) => [name, settingSchema(setting)])),
    },
  }
}

function ruleSchema({ title, severity, why, settings = [] }: Rule, group: string): object {
  return oneOrObject(`${title}. ${why}\n\n${group}; at most ${severity}.`, severity, Object.fromEntries(settings.map((name: SettingName) => [name, { $ref: `#/definitions/${name}` }])))
}

function oneOrObject(description: string, severity: string, settings: Readonly<Record<string, object>>): object {
  const shape = { type: 'object', properties: { severity: { $ref: '#/definitions/severity' }, ...settings }, additionalProperties: false }
  return { description, anyOf: [{ $ref: '#/definitions/severity' }, shape], default: severity }
}

function settingSchema(setting: Setting): object {
  const { type, min, max, meaning } = setting
  const description = `${meaning} ${shownSetting(setting, setting.default)} unless set.`
  const number = { type: type === 'count' ? 'integer' : 'number', minimum: min, maximum: max, default: setting.default }
  const text = { type: 'string', pattern: PATTERNS[type], default: shownSetting(setting, setting.default) }
  if (type === 'count') return { description, ...number }
  return type === 'ratio' ? { description, anyOf: [number, text] } : { description, ...text }
}

/** As quantities are written; the exact range is the reader's to check. */
const PATTERNS: Readonly<Record<Setting['type'], string>> = {
  ratio: '^\\d+(\\.\\d+)?\\s*%?$',
  count: '^\\d+$',
  duration: '^\\d+(\\.\\d+)?\\s*(ns|us|ms|s|m|min|h|d|w|y)$',
  size: '^\\d+(\\.\\d+)?\\s*([KMGTPE]i?)?(B|b|bytes)$',
}

function written(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}
