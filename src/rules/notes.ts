/** What the framework itself says of a design, besides the rules: it may be set like a rule, and has no page. */
import type { Severity } from '../model/model.ts'

export interface Note {
  /** At most. */
  readonly severity: Severity
  readonly title: string
}

export const NOTES: Readonly<Record<string, Note>> = {
  'not-stated': { severity: 'info', title: 'What a flow’s numbers would be known from, and what the design leaves out' },
  'unused-accept': { severity: 'warning', title: 'An `accept` that silences nothing' },
  'expired-accept': { severity: 'warning', title: 'An `accept` whose day has passed' },
  'unexplained-accept': { severity: 'warning', title: 'An `accept` that does not say why' },
  'claim-contradicted': { severity: 'warning', title: 'The design is plainly not what its author claims' },
  'broken-expectation': { severity: 'error', title: 'A scenario expects what does not come true' },
  'scenario-without-effect': { severity: 'error', title: 'A scenario names something that does not fail, get slow or surge' },
  'expectation-exceeded': { severity: 'info', title: 'A scenario expects less than comes true' },
  'expectation-open': { severity: 'info', title: 'Whether a scenario’s expectation comes true depends on what is not stated' },
}
