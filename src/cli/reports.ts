/** The forms in which `lintel check` says what it found, each in a file of its own that is loaded when it is asked for. */
import type { Report } from './report.ts'

/** Another format is another entry here. */
const REPORTS = {
  text: async (report: Report) => (await import('./report-text.ts')).textReport(report),
  json: async (report: Report) => (await import('./report-json.ts')).jsonReport(report),
  sarif: async (report: Report) => (await import('./report-sarif.ts')).sarifReport(report),
  github: async (report: Report) => (await import('./report-github.ts')).githubReport(report),
  junit: async (report: Report) => (await import('./report-junit.ts')).junitReport(report),
} satisfies Record<string, (report: Report) => Promise<string>>

export type ReportFormat = keyof typeof REPORTS

export const REPORT_FORMATS = Object.keys(REPORTS) as readonly ReportFormat[]

export function reportAs(format: ReportFormat, report: Report): Promise<string> {
  return REPORTS[format](report)
}
