/** For scripts: the shape that `docs/report.schema.json` fixes. Lines and characters count from 0, characters in UTF-16 units. */
import { displayUri } from './files.ts'
import { summary, type Report } from './report.ts'
import { ruleUrl } from './version.ts'

export function jsonReport({ diagnostics, files }: Report): string {
  const report = {
    files: files.length,
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
