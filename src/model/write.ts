/** Values as the language writes them. */
import { formatQuantity } from './quantity.ts'
import type { Value } from './value.ts'

/** `semi-sync`, `[path, locale]`, `hot(45%)`, `12..24`, `"a text"`; a reference by the last part of its id. */
export function writeValue(value: Value): string {
  switch (value.type) {
    case 'quantity':
      return formatQuantity(value)
    case 'word':
      return value.word
    case 'text':
      return JSON.stringify(value.text)
    case 'list':
      return `[${value.items.map(writeValue).join(', ')}]`
    case 'span':
      return `${formatQuantity(value.from)}..${formatQuantity(value.to)}`
    case 'call':
      return `${value.name}(${value.args.map(writeValue).join(', ')})`
    case 'reference':
      return value.to.id.split('.').at(-1)!
    case 'date':
      return value.iso
    case 'comparison':
      return `${value.operator}${writeValue(value.than)}`
    case 'unknown':
      return 'unknown'
  }
}
