/** What `lintel check` has to say, before it is written in one form or another. */
import type { Diagnostic } from '../core.ts'
import type { Severity } from '../model/model.ts'
import type { Origin } from '../model/origin.ts'

export interface Report {
  readonly diagnostics: readonly Diagnostic[]
  /** What is accepted in a design or known from a baseline, where somebody asked for that as well. */
  readonly suppressed: readonly Suppressed[]
  /** URIs of the files that were checked, sorted. */
  readonly files: readonly string[]
  /** URI → text. */
  readonly sources: ReadonlyMap<string, string>
  /** Whether there are more warnings than are allowed, so that they fail the command. */
  readonly tooManyWarnings: boolean
}

export interface Suppressed extends Diagnostic {
  readonly suppression?: { readonly kind: 'inSource' | 'external'; readonly because: string; readonly at?: Origin }
}

export function summary(diagnostics: readonly Diagnostic[]): { errors: number; warnings: number; infos: number } {
  const count = (...severities: Severity[]) => diagnostics.filter(({ severity }) => severities.includes(severity)).length
  return { errors: count('error'), warnings: count('warning'), infos: count('info', 'hint') }
}
