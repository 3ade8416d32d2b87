/** Versions as people write them after a technology: `kafka(2.8)`, `mongodb(<5)`. */
import type { Value } from '../model/value.ts'
import type { Default } from './vocabulary.ts'

/**
 * Whether a default holds for a version. A bound such as `<5` leaves the exact version open: then a default holds only where it holds for
 * every version that is meant. Without a version the newest is meant.
 */
export function holdsFor(fact: Default, version: Value | undefined): boolean {
  const meant = interval(version)
  if (fact.below !== undefined && !(meant.to !== undefined && compare(meant.to, fact.below) <= (meant.open ? 0 : -1))) return false
  if (fact.from !== undefined && meant.from !== undefined && compare(meant.from, fact.from) < 0) return false
  return true
}

/** `2.8` of `kafka(2.8)`, `<5` of `mongodb(<5)`. */
export function versionText(version: Value | undefined): string {
  switch (version?.type) {
    case 'quantity':
      return version.text ?? String(version.value)
    case 'text':
      return version.text
    case 'word':
      return version.word
    case 'comparison':
      return `${version.operator}${versionText(version.than)}`
    default:
      return ''
  }
}

interface Interval {
  /** Lowest version meant; unset for the newest. */
  readonly from?: string
  /** Highest version meant; unset for no end. */
  readonly to?: string
  /** Whether `to` itself is left out. */
  readonly open: boolean
}

function interval(version: Value | undefined): Interval {
  const text = versionText(version?.type === 'comparison' ? version.than : version)
  if (!/^v?\d/.test(text)) return { open: false }
  if (version?.type !== 'comparison') return { from: text, to: text, open: false }
  return version.operator.startsWith('<') ? { from: '0', to: text, open: version.operator === '<' } : { from: text, open: false }
}

function compare(a: string, b: string): number {
  const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)
  const left = numbers(a)
  const right = numbers(b)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
  return 0
}
