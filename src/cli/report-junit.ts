/**
 * JUnit XML, as GitLab and Jenkins read it: a test suite a file, a test case a diagnostic, and one that passed for a file without any. What makes
 * the command fail is a failure; everything else is a skipped case with its text, so that it is seen and fails nothing.
 */
import type { Diagnostic } from '../core.ts'
import { displayUri } from './files.ts'
import { aboutOf } from './identity.ts'
import type { Report } from './report.ts'
import { ruleUrl } from './version.ts'

export function junitReport({ diagnostics, files, sources, tooManyWarnings }: Report): string {
  const byFile = new Map<string, Diagnostic[]>([...files].map((file) => [file, []]))
  for (const one of diagnostics) byFile.set(one.at.file, [...(byFile.get(one.at.file) ?? []), one])
  const fails = ({ severity }: Diagnostic) => severity === 'error' || (severity === 'warning' && tooManyWarnings)
  const suites = [...byFile].map(([file, own]) => suite(displayUri(file), own, { fails, sources }))
  const tests = [...byFile.values()].reduce((sum, own) => sum + Math.max(1, own.length), 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element('testsuites', { name: 'lintel', tests, failures: diagnostics.filter(fails).length, errors: 0 }, suites.join('\n')),
    '',
  ].join('\n')
}

interface Context {
  readonly fails: (diagnostic: Diagnostic) => boolean
  readonly sources: ReadonlyMap<string, string>
}

function suite(file: string, own: readonly Diagnostic[], { fails, sources }: Context): string {
  const failures = own.filter(fails).length
  const classname = file.replace(/\.lintel$/, '')
  const names = new Map<string, number>()
  const cases = own.map((one) => {
    const name = `${one.rule}: ${aboutOf(one, sources)}`
    const count = (names.get(name) ?? 0) + 1
    names.set(name, count)
    return element('testcase', { classname, name: count === 1 ? name : `${name} (${count})` }, outcome(one, file, fails(one)))
  })
  const all = cases.length > 0 ? cases : [element('testcase', { classname, name: 'no findings' })]
  return element('testsuite', { name: file, tests: all.length, failures, errors: 0, skipped: own.length - failures }, all.join('\n'))
}

function outcome({ severity, rule, message, help, at, related, documented }: Diagnostic, file: string, fails: boolean): string {
  const { start } = at.range
  const text = [
    `${file}:${start.line + 1}:${start.character + 1} ${severity} ${rule}`,
    message,
    ...(help ? [help] : []),
    ...related.map((one) => `  ${displayUri(one.at.file)}:${one.at.range.start.line + 1}:${one.at.range.start.character + 1} ${one.message}`),
    ...(documented ? [ruleUrl(rule)] : []),
  ].join('\n')
  return fails ? element('failure', { type: rule, message }, escaped(text)) : element('skipped', {}, escaped(text))
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`)
  if (content === '') return `<${name}${list.join('')}/>`
  return content.startsWith('<') ? `<${name}${list.join('')}>\n${content}\n</${name}>` : `<${name}${list.join('')}>${content}</${name}>`
}

/** What XML cannot hold, such as a zero byte of a broken text, becomes the sign for it. */
function escaped(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;')
}
