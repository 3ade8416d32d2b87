/** What the author claims and the design plainly is not: an aim or a guarantee that what else is stated rules out. */
import type { Analysis } from '../analysis/analysis.ts'
import type { Contradiction } from '../analysis/contradictions.ts'
import { lookup } from '../model/lookup.ts'
import { writeValue } from '../model/write.ts'
import type { Checked } from './check.ts'

export function claims({ model, contradictions }: Analysis): readonly Checked[] {
  return contradictions.map((one) => ({
    rule: 'claim-contradicted',
    severity: 'warning',
    message: `${sayingOf(one, lookup(model).component(one.component ?? '')?.name)}, but ${one.how}.`,
    help: one.component === undefined ? 'Change what makes it so, or say what the design is really made for.' : 'Change how it works, or promise what it can keep.',
    at: one.claim.origin,
    subject: one.component === undefined ? {} : { component: one.component },
    related: one.related,
    fixes: [],
    documented: false,
  }))
}

function sayingOf({ path, quality, claim }: Contradiction, name: string | undefined): string {
  return quality === undefined ? `\`${name}\` promises \`${path}: ${writeValue(claim.value)}\`` : `The design is made for ${quality} (\`${path}\`)`
}
