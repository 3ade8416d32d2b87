/** The sheet as Markdown, its picture inside it: one file for a wiki or a repository. */
import type { Sheet, SheetFlow } from './sheet.ts'

/** @param svg the picture, theme `light`; an image with its data, since most readers of Markdown strip SVG that stands in the text. */
export function sheetMarkdown(sheet: Sheet, svg: string): string {
  const lines = [`# ${inline(sheet.title)}`, '']
  if (sheet.goal !== undefined) lines.push(`> ${inline(sheet.goal)}`, '')
  if (sheet.stance !== undefined) lines.push(inline(sheet.stance), '')
  lines.push(`![${inline(sheet.title)}](data:image/svg+xml;base64,${base64(svg)})`, '')
  if (sheet.estimate.length > 0) lines.push('## Estimate', '', ...table(['', '', ''], sheet.estimate.map(({ name, expression, result }) => [name, `\`${expression}\``, `**${result}**`])), '')
  lines.push('## The seven axes', '', ...table(['axis', 'answer'], sheet.axes.map(({ axis, answer }) => [`**${axis}**`, answer])), '')
  if (sheet.flows.length > 0) lines.push('## Flows', '')
  for (const flow of sheet.flows) lines.push(...flowLines(flow))
  if (sheet.failures.length > 0) lines.push('## When something fails', '', ...sheet.failures.map(({ when, then }) => `- **${capital(when)}.** ${then.join(' ')}`), '')
  if (sheet.tradeOffs.length > 0) lines.push('## Accepted trade-offs', '', ...sheet.tradeOffs.map(({ what, because, until }) => `- **${what}**${because ? `: ${inline(because)}` : ''}${until ? ` (until ${until})` : ''}`), '')
  if (sheet.open.length > 0) lines.push('## Still open', '', ...sheet.open.map(({ severity, text }) => `- ${severity}: ${text}`), '')
  lines.push('*Computed by Lintel from the design. What it does not state is not assumed.*', '')
  return lines.join('\n')
}

function flowLines({ title, rate, latency, availability, throughput, hops }: SheetFlow): readonly string[] {
  const budget = hops.length === 0 ? [] : ['', ...table(['waits for', 'time-out', 'p99', 'tries'], hops.map(({ arrow, timeout, p99, tries }) => [arrow, timeout, p99, tries]))]
  return [`**${inline(title)}** · ${rate}`, '', `- latency: ${latency}`, `- availability: ${availability}`, `- throughput: ${throughput}`, ...budget, '']
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const cell = (text: string): string => text.replace(/\|/g, '\\|').replace(/\n/g, ' ')
  return [`| ${heads.map(cell).join(' | ')} |`, `|${heads.map(() => '---').join('|')}|`, ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`)]
}

/** A person's words may look like markup; names in backticks stay. */
function inline(words: string): string {
  return words.replace(/([\\*_[\]<>])/g, '\\$1').replace(/\s+/g, ' ')
}

function base64(words: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(words)) binary += String.fromCharCode(byte)
  return btoa(binary)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
