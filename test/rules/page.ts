/** Reads a rule's page: its sections, its fenced examples, and the findings that the carets under their lines announce. */
import type { Severity } from '../../src/model/model.ts'

export interface Page {
  readonly heading: string
  readonly sections: readonly Section[]
}

export interface Section {
  readonly title: string
  readonly body: string
  readonly examples: readonly Example[]
}

export interface Example {
  readonly text: string
  readonly expected: readonly Expected[]
  /** Line of the fence in the page, for messages of failing tests. */
  readonly line: number
}

/** `//   ^^^^ error hot-partition: message part`, under the line that it is about. */
export interface Expected {
  readonly line: number
  readonly from: number
  readonly to: number
  readonly severity: Severity
  readonly rule: string
  readonly part: string
}

const CARETS = /^(\s*\/\/\s*)(\^+)\s+(error|warning|info|hint)\s+([\w-]+)(?::\s*(.*))?$/

export function readPage(markdown: string): Page {
  const lines = markdown.split('\n')
  const sections: { title: string; body: string; examples: Example[] }[] = []
  let heading = ''
  let fence: { start: number; lines: string[] } | undefined
  for (const [index, line] of lines.entries()) {
    if (fence) {
      if (line.startsWith('```')) {
        sections.at(-1)?.examples.push(exampleOf(fence.lines, fence.start))
        fence = undefined
      } else fence.lines.push(line)
      continue
    }
    if (line.startsWith('```lintel')) fence = { start: index + 1, lines: [] }
    else if (line.startsWith('# ')) heading = line.slice(2).trim()
    else if (line.startsWith('## ')) sections.push({ title: line.slice(3).trim(), body: '', examples: [] })
    else if (sections.length > 0) sections.at(-1)!.body += `${line}\n`
  }
  return { heading, sections }
}

/** Carets right behind `//` may stand for a place up to two characters further left, where the slashes are. */
export function exampleOf(lines: readonly string[], start: number): Example {
  const expected: Expected[] = []
  let about = 0
  for (const [index, line] of lines.entries()) {
    const match = CARETS.exec(line)
    if (!match) {
      about = index
      continue
    }
    const from = match[1]!.length
    expected.push({ line: about, from, to: from + match[2]!.length, severity: match[3] as Severity, rule: match[4]!, part: (match[5] ?? '').trim() })
  }
  return { text: lines.join('\n') + '\n', expected, line: start }
}
