/** How hovers and completions write values, facts and types: in the person's own notation. */
import { describeQuantity, formatQuantity } from '../model/quantity.ts'
import type { Fact, Value } from '../model/value.ts'

/** As it would be written in a design. */
export function valueText(value: Value): string {
  switch (value.type) {
    case 'quantity':
      return value.text ?? describeQuantity(value)
    case 'span':
      return `${formatQuantity(value.from)}..${formatQuantity(value.to)}`
    case 'word':
      return value.word
    case 'text':
      return JSON.stringify(value.text)
    case 'list':
      return `[${value.items.map(valueText).join(', ')}]`
    case 'call':
      return `${value.name}(${value.args.map(valueText).join(', ')})`
    case 'reference':
      return value.to.id
    case 'date':
      return value.iso
    case 'comparison':
      return `${value.operator}${valueText(value.than)}`
    case 'unknown':
      return 'unknown'
  }
}

/** Where a fact comes from: `stated`, `from region us-east`, `default of kafka(2.8), sure`. */
export function provenance(fact: Fact, nameOf: (container: string) => string = (id) => id): string {
  switch (fact.from) {
    case 'stated':
      return fact.inheritedFrom === undefined ? 'stated' : `inherited from \`${nameOf(fact.inheritedFrom)}\``
    case 'default':
      return `default of \`${fact.by}\`, ${SURE[fact.confidence]}`
    case 'derived':
      return fact.how
  }
}

const SURE = { high: 'well established', medium: 'usual', low: 'a guess' }

/** Text for Markdown: nothing in it is markup. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~]/g, '\\$&')
}

/** Inline code that may hold backticks. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

export function fenced(text: string): string {
  return `\`\`\`lintel\n${text}\n\`\`\``
}
