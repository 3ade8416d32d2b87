/** Colour and counts for people at a terminal; plain text everywhere else. */
import { styleText } from 'node:util'
import type { Severity } from '../model/model.ts'

type Style = Parameters<typeof styleText>[0]

/** Colours for standard output: only on a terminal, and never where NO_COLOR asks for none. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout })
}

export const SEVERITY_STYLE: Readonly<Record<Severity, Style>> = { error: ['red', 'bold'], warning: ['yellow', 'bold'], info: ['blue', 'bold'], hint: ['gray', 'bold'] }

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Folds prose at blanks to the terminal's width, 100 columns where there is none, each line behind the indent. */
export function fold(text: string, indent: string): string {
  const width = Math.max(40, Math.min(process.stdout.columns ?? 100, 110)) - indent.length
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line ? `${line} ${word}` : word
    }
    lines.push(line)
  }
  return lines.map((line) => (line ? indent + line : '')).join('\n')
}

/** One line on standard error while long work runs, wiped when it is done; nothing unless standard error is a terminal. */
export function progress(total: number, what: string): { step(): void; done(): void } {
  const began = performance.now()
  let count = 0
  let shown = false
  return {
    step() {
      count++
      if (!process.stderr.isTTY || performance.now() - began < 500) return
      process.stderr.write(`\r${what} ${count}/${total}`)
      shown = true
    },
    done() {
      if (shown) process.stderr.write('\r\x1b[K')
    },
  }
}
