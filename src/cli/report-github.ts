/** GitHub's workflow commands: each diagnostic is an annotation in the changed file, the summary a line of the log. */
import { explain, type Diagnostic } from '../core.ts'
import type { Severity } from '../model/model.ts'
import { repositoryRoot, within } from './files.ts'
import { summaryLine } from './report-text.ts'
import type { Report } from './report.ts'

const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice', hint: 'notice' }

export function githubReport({ diagnostics, files }: Report): string {
  const root = repositoryRoot()
  return [...diagnostics.map((one) => annotation(one, root)), summaryLine(diagnostics, files.length), ''].join('\n')
}

function annotation({ rule, severity, message, help, at }: Diagnostic, root: string): string {
  const { start, end } = at.range
  const title = explain(rule)?.title
  // GitHub takes columns only where all is on one line.
  const columns = start.line === end.line ? { col: start.character + 1, endColumn: Math.max(start.character + 1, end.character) } : {}
  const properties = {
    file: within(at.file, root) ?? at.file,
    line: start.line + 1,
    endLine: end.line + 1,
    ...columns,
    title: title === undefined ? rule : `${rule}: ${title}`,
  }
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
  return `::${COMMANDS[severity]} ${list.join(',')}::${escapeData(help ? `${message}\n${help}` : message)}`
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
