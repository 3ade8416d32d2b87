/** The README's list of rules: a part of a page that people write, between two comments. */
import { grouped } from '../rules/groups.ts'
import { allRules } from '../rules/index.ts'
import type { Rule } from '../rules/rule.ts'

const BEGIN = '<!-- rules: written by `npm run generate` -->'
const END = '<!-- /rules -->'

/** The page with its list renewed. @throws Error where the page has lost the comments around it. */
export function readmeWithRules(readme: string, list: readonly Rule[] = allRules): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`README.md has no place for the rules: ${BEGIN} … ${END}`)
  return `${readme.slice(0, begin + BEGIN.length)}\n${rulesPart(list)}\n${readme.slice(end)}`
}

function rulesPart(list: readonly Rule[]): string {
  const groups = grouped(list)
  const rows = groups.map(([group, own]) => `| ${group} | ${own.length} | ${own.map(({ id }) => `[\`${id}\`](docs/rules/${id}.md)`).join(', ')} |`)
  const heading = `${list.length} rules, ${list.filter(({ fixable }) => fixable).length} of them with a quick fix`
  // All their names are a page of text: there for who wants it.
  return [`<details><summary>${heading}</summary>`, '', '| | rules | |', '|---|---|---|', ...rows, '', '</details>'].join('\n')
}
