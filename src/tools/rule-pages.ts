/**
 * The rules' pages in their two generated forms: `src/rules/pages.ts`, which carries them into the bundles, and `docs/rules/`, which people
 * read on the web, with an index by group.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { grouped } from '../rules/groups.ts'
import { allRules } from '../rules/index.ts'
import type { Rule } from '../rules/rule.ts'
import { describeSettings, SETTINGS } from '../rules/settings.ts'

export interface Generated {
  /** Relative to the repository's root. */
  readonly path: string
  readonly content: string
}

/** Every rule's page as it stands beside the rule. One that is not written yet is left out here, and is a failing test of its own. */
export function readRulePages(root: string, list: readonly Rule[] = allRules): ReadonlyMap<string, string> {
  return new Map(list.flatMap(({ id }) => {
    const path = join(root, 'src/rules', `${id}.md`)
    return existsSync(path) ? [[id, readFileSync(path, 'utf8')] as const] : []
  }))
}

/** Pure: all files that are made from the rules and their pages. */
export function generatedRulePages(pages: ReadonlyMap<string, string>, list: readonly Rule[] = allRules): readonly Generated[] {
  return [
    { path: 'src/rules/pages.ts', content: pagesModule(pages, list) },
    { path: 'docs/rules/README.md', content: index(list) },
    ...list.filter(({ id }) => pages.has(id)).map((rule) => ({ path: `docs/rules/${rule.id}.md`, content: document(rule, pages.get(rule.id) ?? '') })),
  ]
}

function pagesModule(pages: ReadonlyMap<string, string>, list: readonly Rule[]): string {
  const entries = list.map(({ id }) => `  '${id}': ${literal(pages.get(id) ?? '')},\n`)
  return `/** Generated from the rules' pages by \`npm run generate\`. Do not edit. */\n\n/** Rule id → its page as Markdown. */\nexport const pages: Readonly<Record<string, string>> = {\n${entries.join('')}}\n`
}

/** A template literal, so that a page's diff is the diff of its lines. */
function literal(text: string): string {
  return `\`${text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${')}\``
}

function document(rule: Rule, page: string): string {
  const [heading, ...rest] = page.split('\n')
  const facts = rule.needs.map((path) => `[\`${path}\`](../vocabulary.md)`).join(', ')
  const fix = rule.fixable ? 'offers a fix' : 'no mechanical fix'
  return [
    '<!-- Generated from src/rules by `npm run generate`. Do not edit. -->',
    heading,
    '',
    `**${rule.title}.** ${rule.code} · at most ${rule.severity} · ${fix} · [all rules](README.md)`,
    ...rest,
    ...settings(rule),
    ...(facts ? ['## Facts it reads', '', facts, ''] : []),
  ].join('\n')
}

function settings({ id, settings = [] }: Rule): readonly string[] {
  const [first] = describeSettings(settings)
  if (!first) return []
  const example = JSON.stringify({ rules: { [id]: { [first.name]: SETTINGS[first.name].type === 'count' ? SETTINGS[first.name].default : first.default } } }, null, 1).replace(/\n */g, ' ')
  return [
    '## Settings',
    '',
    '| in `lintel.json` | unless set | meaning |',
    '|---|---|---|',
    ...describeSettings(settings).map((one) => `| \`${one.name}\` | ${one.default} | ${one.meaning} |`),
    '',
    '```json',
    example,
    '```',
    '',
  ]
}

function index(list: readonly Rule[]): string {
  const groups = grouped(list).map(([group, own]) => {
    const rows = own.map((rule) => `| [${rule.id}](${rule.id}.md) | ${rule.severity} | ${rule.title}${rule.fixable ? ' | yes |' : ' | |'}`)
    return [`## ${group}`, '', '| rule | at most | what it finds | fix |', '|---|---|---|---|', ...rows, ''].join('\n')
  })
  return [
    '<!-- Generated from src/rules by `npm run generate`. Do not edit. -->',
    '# Rules',
    '',
    `${list.length} rules, each named for the defect. A rule fires only on what is stated or known by default; what is not stated is collected in one quiet note a flow.`,
    'A finding that is a decision is silenced where it is made, with its reason: `accept RULE because "…" until 2027-03-01`.',
    '',
    ...groups,
  ].join('\n')
}
