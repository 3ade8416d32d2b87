/** How sure a finding is: as sure as the least sure fact that it rests on (CONVENTIONS 0.1). */
import type { Severity } from '../model/model.ts'
import type { Fact } from '../model/value.ts'

/** A default of medium confidence costs a step, one of low confidence makes it an `info`. */
export function asSure(severity: Severity, facts: readonly Fact[]): Severity {
  const confidences = facts.map((fact) => (fact.from === 'default' ? fact.confidence : 'high'))
  if (confidences.includes('low')) return severity === 'hint' ? 'hint' : 'info'
  return confidences.includes('medium') ? ({ error: 'warning', warning: 'info', info: 'info', hint: 'hint' } as const)[severity] : severity
}

/** The person can dispute a default: it says whose it is. */
export function withDefaults(message: string, facts: readonly Fact[]): string {
  const by = [...new Set(facts.flatMap((fact) => (fact.from === 'default' ? [`\`${fact.by}\``] : [])))]
  if (by.length === 0) return message
  const note = ` (default${by.length > 1 ? 's' : ''} of ${by.join(' and ')}; state ${by.length > 1 ? 'them' : 'it'} to override)`
  return message.endsWith('.') ? `${message.slice(0, -1)}${note}.` : message + note
}
