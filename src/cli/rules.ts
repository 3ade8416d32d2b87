/** `lintel rules` and `lintel explain`: the catalogue, and one rule with its page. */
import { explain, nearest, rulePage, rules } from '../core.ts'
import { grouped } from '../rules/groups.ts'
import { NOTES } from '../rules/notes.ts'
import { UserError } from './failure.ts'
import { paint, plural, SEVERITY_STYLE } from './print.ts'
import { ruleUrl } from './version.ts'

export async function rulesCommand(options: { readonly format: 'text' | 'json' }): Promise<number> {
  process.stdout.write(options.format === 'json' ? asJson() : asText())
  return 0
}

function asJson(): string {
  const list = rules().map(({ id }) => ({ ...explain(id), url: ruleUrl(id) }))
  return JSON.stringify(list, null, 2) + '\n'
}

function asText(): string {
  const all = rules()
  const width = Math.max(...all.map(({ id }) => id.length))
  const groups = grouped(all).map(([group, own]) => [
    paint(['bold', 'cyan'], `${group} (${own.length})`),
    ...own.map(({ id, severity, title, fixable }) => `  ${paint(SEVERITY_STYLE[severity], severity.padEnd(7))} ${paint('bold', id.padEnd(width))}  ${title}${fixable ? paint('gray', '  (fix)') : ''}`),
    '',
  ].join('\n'))
  const fixable = all.filter((rule) => rule.fixable).length
  return [...groups, `${plural(all.length, 'rule')}, ${fixable} with a fix. 'lintel explain RULE' tells why, shows examples and names the sources; 'lintel.json' sets what they count as.`, ''].join('\n')
}

export async function explainCommand(id: string): Promise<number> {
  const text = (await ofRule(id)) ?? ofNote(id)
  if (text === undefined) {
    const close = nearest(id, [...rules().map((one) => one.id), ...Object.keys(NOTES)])
    throw new UserError(`there is no rule ‘${id}’${close ? `; did you mean ${close}?` : ''} 'lintel rules' lists them`)
  }
  process.stdout.write(process.stdout.isTTY ? terminal(text) : text)
  return 0
}

/** The page, with what the rule is in short above it and what can be set and what it reads below. */
async function ofRule(id: string): Promise<string | undefined> {
  const rule = explain(id)
  if (!rule) return undefined
  const [heading, ...rest] = (await rulePage(rule.id)).trimEnd().split('\n')
  const short = [rule.code, rule.group, `at most ${rule.severity}`, rule.fixable ? 'offers a fix' : 'no mechanical fix'].join(' · ')
  return [
    heading,
    '',
    `**${rule.title}.** ${short}`,
    ...rest,
    '',
    '## Settings',
    '',
    'In `lintel.json`, or as `lintel.rules` in the editor:',
    '',
    '```json',
    `{ "rules": { ${setTo(rule.id, rule.severity, rule.settings)} } }`,
    '```',
    '',
    ...rule.settings.flatMap(({ name, default: usual, meaning }) => [`- \`${name}\` (${usual} unless set): ${meaning}`]),
    ...(rule.settings.length > 0 ? [''] : []),
    ...(rule.needs.length > 0 ? ['## Facts it reads', '', rule.needs.map((path) => `\`${path}\``).join(', '), ''] : []),
    ruleUrl(rule.id),
    '',
  ].join('\n')
}

function setTo(id: string, severity: string, settings: readonly { readonly name: string; readonly default: string }[]): string {
  if (settings.length === 0) return `"${id}": "${severity}"`
  const values = settings.map(({ name, default: usual }) => `"${name}": ${/^\d+$/.test(usual) ? usual : `"${usual}"`}`)
  return `"${id}": { "severity": "${severity}", ${values.join(', ')} }`
}

/** What is no rule and has no page, but a severity that can be set. */
function ofNote(id: string): string | undefined {
  if (!Object.hasOwn(NOTES, id)) return undefined
  const { title, severity } = NOTES[id]!
  return [`# ${id}`, '', `**${title}.** At most ${severity}; no rule, but a note on the design or on what it says of rules.`, '', '```json', `{ "rules": { "${id}": "off" } }`, '```', ''].join('\n')
}

/** Markdown is readable as it is; on a terminal its headings and code get a colour. */
function terminal(markdown: string): string {
  let code = false
  return markdown
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) {
        code = !code
        return paint('gray', line)
      }
      if (code) return /^\s*\/\/ +\^/.test(line) ? paint('red', line) : paint('cyan', line)
      return line.startsWith('#') ? paint('bold', line) : line
    })
    .join('\n')
}
