/** The sheet as Markdown. One file with the picture in it, or, for where that is not shown, with a link to the picture's own file beside it. */
import { clean } from '../diagram/text.ts'
import { FOOTER } from './sheet-blocks.ts'
import type { SheetPicture } from './sheet-picture.ts'
import type { Answer, Sheet, SheetFlow } from './sheet.ts'

/**
 * @param picture of theme `light`: as an image with its data, which VS Code and other editors show, while SVG that stands in the text is stripped by
 * most; or its `path` where it lies in a file, as GitHub wants it, which shows no image that comes as data.
 */
export function sheetMarkdown(sheet: Sheet, picture: Partial<SheetPicture> & { readonly path?: string }): string {
  const { title, goal, stance, estimate, axes, flows, failures, tradeOffs, open, more } = sheet
  const image = picture.path === undefined ? `data:image/svg+xml;base64,${base64(picture.svg ?? '')}` : encodeURI(picture.path).replace(/[()#?]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  const section = (heading: string, lines: readonly string[], rest?: string): readonly string[] => (lines.length === 0 ? [] : [`## ${heading}`, '', ...lines, '', ...(rest === undefined ? [] : [`*${rest}*`, ''])])
  return [
    `# ${inline(title)}`,
    '',
    ...(goal === undefined ? [] : [`> ${inline(goal)}`, '']),
    ...(stance === undefined ? [] : [inline(stance), '']),
    `![The picture of ${inline(title)}](${image})`,
    '',
    ...(picture.caption === undefined ? [] : [`*${inline(picture.caption)}*`, '']),
    ...section('Estimate', estimate.length === 0 ? [] : table(['number', 'from', 'result:'], estimate.map(({ name, expression, result }) => [inline(name), expression && `\`${expression}\``, `**${inline(result)}**`])), more.estimate),
    ...section('The seven axes', table(['axis', 'answer'], axes.map(({ axis, ...answer }) => [`**${capital(axis)}**`, [...claims(answer), inline(answer.derived || 'not stated')].join('; ')]))),
    ...section('Flows', flows.flatMap((flow, index) => (index === 0 ? flowLines(flow) : ['', ...flowLines(flow)])), more.flows),
    ...section('When something fails', failures.map(({ when, then }) => `- **${inline(capital(when).replaceAll('`', ''))}.** ${prose(then.join(' '))}`), more.failures),
    ...section('Accepted trade-offs', tradeOffs.map(({ what, because, until }) => `- **${inline(what.replaceAll('`', ''))}**${because ? `: ${inline(because)}` : ''}${until ? ` (until ${until})` : ''}`), more.tradeOffs),
    ...section('Still open', open.map(({ severity, text }) => `- **${severity}**: ${prose(text)}`), more.open),
    `*${FOOTER}*`,
    '',
  ].join('\n')
}

function flowLines({ title, rate, budget, hops }: SheetFlow): readonly string[] {
  const promised = budget.some(({ claims }) => claims.length > 0)
  const rows = budget.map(({ name, ...answer }) => [name, ...(promised ? [claims(answer).join('; ')] : []), inline(answer.derived)])
  const columns = (['p99', 'timeout', 'tries'] as const).filter((name) => hops.some((hop) => hop[name] !== ''))
  return [
    `### ${inline(title)}${rate && `: ${inline(rate)}`}`,
    ...(rows.length === 0 ? [] : ['', ...table(['', ...(promised ? ['promised'] : []), 'computed'], rows)]),
    ...(hops.length === 0 ? [] : ['', ...table(['waits for', ...columns.map((name) => `${name.replace('timeout', 'time-out')}:`)], hops.map((hop) => [inline(hop.arrow), ...columns.map((name) => hop[name])]))]),
  ]
}

/** `p99 within 250ms: **kept**, 169ms to spare` */
function claims({ claims }: Answer): readonly string[] {
  return claims.map(({ text, verdict, note }) => `${inline(text)}: **${verdict}**${note === undefined ? '' : `, ${inline(note)}`}`)
}

/** @param heads with a colon behind them where the column is one of numbers. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\s+/g, ' ')
  return [`| ${heads.map((head) => cell(head.replace(/:$/, ''))).join(' | ')} |`, `|${heads.map((head) => (head.endsWith(':') ? '---:' : '---')).join('|')}|`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)]
}

/** A person's words may look like markup; here they are words. */
function inline(words: string): string {
  return clean(words)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>~&]/g, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2')
    .replace(/^[#+=-]/, '\\$&')
}

/** The same, but for names in backticks. */
function prose(words: string): string {
  return words.split('`').map((part, index) => (index % 2 === 1 ? `\`${part}\`` : outside(part))).join('')
}

function outside(words: string): string {
  return words.replace(/[\\*_[\]<>~&]/g, '\\$&').replace(/\s+/g, ' ')
}

function base64(words: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(words)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
