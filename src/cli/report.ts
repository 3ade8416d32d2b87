/** How `lintel check` says what it found: for people, with the line it is about; and as JSON, whose shape LANGUAGE.md fixes. */
import type { Diagnostic } from '../core.ts'
import type { Severity } from '../model/model.ts'
import { displayUri } from './files.ts'
import { fold, paint, plural, SEVERITY_STYLE } from './print.ts'
import { HOMEPAGE } from './version.ts'

export function textReport(diagnostics: readonly Diagnostic[], files: number, sources: ReadonlyMap<string, string>): string {
  const parts = diagnostics.map((diagnostic) => entry(diagnostic, sources))
  return [...parts, summaryLine(diagnostics, files), ''].join('\n')
}

function entry({ rule, severity, message, help, at, related }: Diagnostic, sources: ReadonlyMap<string, string>): string {
  const { start, end } = at.range
  const head = `${paint(SEVERITY_STYLE[severity], severity)} ${paint('bold', rule)}  ${paint('cyan', `${displayUri(at.file)}:${start.line + 1}:${start.character + 1}`)}`
  const lines = [head]
  const source = sources.get(at.file)?.split('\n')[start.line]?.replace(/\r$/, '')
  if (source !== undefined) {
    const number = String(start.line + 1).padStart(5)
    // Quote a window of a very long line, so that the carets stay below what they point at.
    const from = start.character > 90 ? start.character - 40 : 0
    const shown = source.slice(from, from + 140)
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

function summaryLine(diagnostics: readonly Diagnostic[], files: number): string {
  const { errors, warnings, infos } = summary(diagnostics)
  const where = `in ${plural(files, 'file')}`
  if (errors + warnings + infos === 0) return paint('green', `Nothing to report ${where}.`)
  return `${plural(errors, 'error')}, ${plural(warnings, 'warning')}, ${plural(infos, 'note')} ${where}.`
}

function summary(diagnostics: readonly Diagnostic[]): { errors: number; warnings: number; infos: number } {
  const count = (...severities: Severity[]) => diagnostics.filter(({ severity }) => severities.includes(severity)).length
  return { errors: count('error'), warnings: count('warning'), infos: count('info', 'hint') }
}

export function jsonReport(diagnostics: readonly Diagnostic[], files: number): string {
  const report = {
    files,
    diagnostics: diagnostics.map(({ rule, severity, message, help, at, subject, related, fixes, documented }) => ({
      rule,
      severity,
      message,
      file: displayUri(at.file),
      range: at.range,
      component: subject.component ?? null,
      flow: subject.flow ?? null,
      related: related.map((one) => ({ message: one.message, file: displayUri(one.at.file), range: one.at.range })),
      help,
      url: documented ? ruleUrl(rule) : null,
      fixes: fixes.map(({ title, edits, safe }) => ({
        title,
        safe: safe ?? false,
        edits: edits.map(({ origin, newText }) => ({ file: displayUri(origin.file), range: origin.range, newText })),
      })),
    })),
    summary: summary(diagnostics),
  }
  return JSON.stringify(report, null, 2) + '\n'
}

export function ruleUrl(rule: string): string {
  return `${HOMEPAGE}/blob/main/docs/rules/${rule}.md`
}
