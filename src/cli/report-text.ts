/** For people: each diagnostic with the line it is about, and a summary. */
import type { Diagnostic } from '../core.ts'
import { displayUri } from './files.ts'
import { fold, paint, plural, SEVERITY_STYLE } from './print.ts'
import { summary, type Report } from './report.ts'

export function textReport({ diagnostics, files, sources }: Report): string {
  const parts = diagnostics.map((diagnostic) => entry(diagnostic, sources))
  return [...parts, summaryLine(diagnostics, files.length), ''].join('\n')
}

function entry({ rule, severity, message, help, at, related }: Diagnostic, sources: ReadonlyMap<string, string>): string {
  const { start, end } = at.range
  const head = `${paint(SEVERITY_STYLE[severity], severity)} ${paint('bold', rule)}  ${paint('cyan', `${displayUri(at.file)}:${start.line + 1}:${start.character + 1}`)}`
  const lines = [head]
  const source = sources.get(at.file)?.split('\n')[start.line]?.replace(/\r$/, '')
  if (source !== undefined) {
    const number = String(start.line + 1).padStart(5)
    // Quote a window of a long line, so that it does not wrap and the carets stay below what they point at.
    const room = Math.max(30, Math.min(140, (process.stdout.columns ?? 149) - 10))
    const from = start.character > room * 0.65 ? start.character - Math.floor(room * 0.28) : 0
    const shown = source.slice(from, from + room)
    const length = Math.max(1, (end.line === start.line ? end.character : source.length) - start.character)
    const lead = shown.slice(0, start.character - from).replace(/[^\t]/g, ' ')
    lines.push(`${paint('gray', `${number} │ `)}${from ? '…' : ''}${shown}`)
    lines.push(`${paint('gray', '      │ ')}${from ? ' ' : ''}${lead}${paint(SEVERITY_STYLE[severity], '^'.repeat(Math.min(length, Math.max(1, shown.length - (start.character - from)))))}`)
  }
  lines.push(fold(message, '  '))
  if (help) lines.push(fold(`→ ${help}`, '  '))
  for (const { at: place, message: text } of related) {
    lines.push(paint('gray', `    ${displayUri(place.file)}:${place.range.start.line + 1}:${place.range.start.character + 1}  ${text}`))
  }
  return lines.join('\n') + '\n'
}

export function summaryLine(diagnostics: readonly Diagnostic[], files: number): string {
  const { errors, warnings, infos } = summary(diagnostics)
  const where = `in ${plural(files, 'file')}`
  if (errors + warnings + infos === 0) return paint('green', `Nothing to report ${where}.`)
  return `${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(infos, 'note')} ${where}.`
}
