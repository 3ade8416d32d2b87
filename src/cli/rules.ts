/** `lintel rules` and `lintel explain`: the catalogue, and one rule with its page. */
import { explain, nearest, rules } from '../core.ts'
import { UserError } from './failure.ts'
import { paint, plural, SEVERITY_STYLE } from './print.ts'
import { ruleUrl } from './version.ts'

export async function rulesCommand(options: { readonly format: 'text' | 'json' }): Promise<number> {
  const all = rules()
  if (options.format === 'json') {
    const list = all.map(({ id }) => {
      const { page: _, ...rule } = explain(id)!
      return { ...rule, url: ruleUrl(id) }
    })
    process.stdout.write(JSON.stringify(list, null, 2) + '\n')
    return 0
  }
  const width = Math.max(...all.map(({ id }) => id.length))
  for (const { id, severity, title, fixable } of all) {
    process.stdout.write(`${paint(SEVERITY_STYLE[severity], severity.padEnd(7))} ${paint('bold', id.padEnd(width))}  ${title}${fixable ? paint('gray', '  (fix)') : ''}\n`)
  }
  process.stdout.write(`\n${plural(all.length, 'rule')}; 'lintel explain RULE' tells why, shows examples and names the sources.\n`)
  return 0
}

export async function explainCommand(id: string): Promise<number> {
  const rule = explain(id)
  if (!rule) {
    const close = nearest(id, rules().map((one) => one.id))
    throw new UserError(`there is no rule ‘${id}’${close ? `; did you mean ${close}?` : ''} 'lintel rules' lists them`)
  }
  process.stdout.write(process.stdout.isTTY ? terminal(rule.page) : rule.page)
  return 0
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
