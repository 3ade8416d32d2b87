/**
 * SARIF 2.1.0, for code scanning and for viewers: rules with their pages, results with their path as a code flow and their fixes as changes. Columns
 * count UTF-16 units from 1, as the run says; URIs are relative to the repository's root.
 */
import { createHash } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { explain, rulePage, type Diagnostic } from '../core.ts'
import type { Fix, Severity } from '../model/model.ts'
import type { Origin, Range } from '../model/origin.ts'
import { groupOf } from '../rules/groups.ts'
import { isAccept } from '../rules/waivers.ts'
import { repositoryRoot, within } from './files.ts'
import { aboutOf } from './identity.ts'
import type { Report, Suppressed } from './report.ts'
import { HOMEPAGE, ruleUrl, VERSION } from './version.ts'

const BASE = '%SRCROOT%'

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note', hint: 'note' }

export async function sarifReport({ diagnostics, suppressed, files, sources }: Report): Promise<string> {
  const root = repositoryRoot()
  const all: readonly Suppressed[] = [...diagnostics, ...suppressed]
  const rules = [...new Map(all.map((one) => [one.rule, one])).values()].sort((a, b) => (a.rule < b.rule ? -1 : 1))
  const indices = new Map(rules.map(({ rule }, index) => [rule, index]))
  const seen = new Map<string, number>()
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Lintel', version: VERSION, semanticVersion: VERSION, informationUri: HOMEPAGE, rules: await Promise.all(rules.map(descriptor)) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [BASE]: { uri: `${pathToFileURL(root).href.replace(/\/$/, '')}/` } },
        artifacts: files.map((file) => ({ location: artifact(file, root), sourceLanguage: 'lintel' })),
        results: all.map((one) => result(one, { root, index: indices.get(one.rule)!, fingerprint: fingerprint(one, root, sources, seen) })),
      },
    ],
  }
  return JSON.stringify(log, null, 2) + '\n'
}

/** A rule with its page, or what can be said of a problem that has none. */
async function descriptor({ rule, severity }: Diagnostic): Promise<object> {
  const explained = explain(rule)
  const name = rule.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
  if (!explained) {
    const title = `${rule.charAt(0).toUpperCase()}${rule.slice(1).replaceAll('-', ' ')}`
    const text = `${title}: the text cannot be taken as it stands, or says something that has no effect. The message says which and what to do.`
    return { id: rule, name, shortDescription: { text: title }, fullDescription: { text }, help: { text }, helpUri: `${HOMEPAGE}#readme`, defaultConfiguration: { level: LEVELS[severity] } }
  }
  const { code, title, why, fixable, sources } = explained
  const page = await rulePage(rule)
  return {
    id: rule,
    name,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: page, markdown: page },
    helpUri: ruleUrl(rule),
    defaultConfiguration: { level: LEVELS[explained.severity] },
    properties: {
      tags: ['architecture', groupOf(code).toLowerCase()],
      'problem.severity': { error: 'error', warning: 'warning', info: 'recommendation', hint: 'recommendation' }[explained.severity],
      code,
      fixable,
      sources,
    },
  }
}

function result(one: Suppressed, { root, index, fingerprint }: { readonly root: string; readonly index: number; readonly fingerprint: string }): object {
  const { rule, severity, message, help, at, subject, related, path, fixes, suppression } = one
  const changes = fixes.filter((fix) => !isAccept(fix, rule)).map((fix) => change(fix, root))
  return {
    ruleId: rule,
    ruleIndex: index,
    level: LEVELS[severity],
    message: { text: help ? `${message}\n${help}` : message },
    locations: [{ ...location(at, root), ...logical(subject) }],
    partialFingerprints: { 'lintelSubject/v1': fingerprint },
    ...(related.length > 0 && { relatedLocations: related.map((each, id) => ({ id, ...location(each.at, root), message: { text: each.message } })) }),
    ...(path.length > 0 && {
      codeFlows: [{ threadFlows: [{ locations: path.map((step) => ({ location: { ...location(step.at, root), message: { text: step.message } } })) }] }],
    }),
    ...(changes.length > 0 && { fixes: changes }),
    ...(suppression && { suppressions: [{ kind: suppression.kind, justification: suppression.because, ...(suppression.at && { location: location(suppression.at, root) }) }] }),
  }
}

function logical({ component, container, flow, data }: Diagnostic['subject']): object {
  const places = [
    ...(component === undefined ? [] : [{ fullyQualifiedName: component, kind: 'component' }]),
    ...(container === undefined ? [] : [{ fullyQualifiedName: container, kind: 'container' }]),
    ...(flow === undefined ? [] : [{ fullyQualifiedName: flow, kind: 'flow' }]),
    ...(data === undefined ? [] : [{ fullyQualifiedName: data, kind: 'data' }]),
  ]
  return places.length === 0 ? {} : { logicalLocations: places }
}

function location({ file, range }: Origin, root: string): object {
  return { physicalLocation: { artifactLocation: artifact(file, root), region: region(range) } }
}

function artifact(file: string, root: string): object {
  const path = within(file, root)
  return path === undefined ? { uri: file } : { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: BASE }
}

/** Lines and columns from 1; the end column is the one after the last character. */
function region({ start, end }: Range): object {
  return { startLine: start.line + 1, startColumn: start.character + 1, endLine: end.line + 1, endColumn: end.character + 1 }
}

function change({ title, edits }: Fix, root: string): object {
  const files = [...new Set(edits.map(({ origin }) => origin.file))]
  return {
    description: { text: title },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifact(file, root),
      replacements: edits.filter(({ origin }) => origin.file === file).map(({ origin, newText }) => ({ deletedRegion: region(origin.range), ...(newText !== '' && { insertedContent: { text: newText } }) })),
    })),
  }
}

/** The same for a finding whose lines moved; of several alike, the second has another than the first. */
function fingerprint(one: Diagnostic, root: string, sources: ReadonlyMap<string, string>, seen: Map<string, number>): string {
  const key = [one.rule, within(one.at.file, root) ?? one.at.file, aboutOf(one, sources)].join('\n')
  const count = (seen.get(key) ?? 0) + 1
  seen.set(key, count)
  return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}:${count}`
}
