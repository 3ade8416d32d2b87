/** Times each facet of the analysis and each rule on a large, knotted design: `node test/bench/rules.ts [layers]`. Prints, asserts nothing. */
import { analyse } from '../../src/analysis/analysis.ts'
import { checkRules } from '../../src/rules/check.ts'
import { allRules } from '../../src/rules/index.ts'
import { settingsFor } from '../../src/rules/settings.ts'
import { make } from '../analysis/make.ts'

const layers = Number(process.argv[2] ?? 500)
const components: Record<string, readonly [string, Record<string, number>?]> = { user: ['client'] }
const relations: [string, Record<string, number>?][] = [['user > l0 : calls'], ['user > r0 : calls']]
const flows: Record<string, { steps: string[]; facts: Record<string, number> }> = {}
for (let layer = 0; layer < layers; layer++) {
  components[`l${layer}`] = ['service', { replicas: 1 }]
  components[`r${layer}`] = ['service', { replicas: 2, zones: 1 }]
  components[`d${layer}`] = ['database', { replicas: 3, zones: 3 }]
  components[`c${layer}`] = ['cache', { ttl: 5 }]
  for (const side of ['l', 'r']) {
    relations.push([`${side}${layer} > d${layer} : writes`, { retries: 2 }], [`${side}${layer} > c${layer} : reads`])
    if (layer + 1 < layers) relations.push([`${side}${layer} > l${layer + 1} : calls`, { retries: 3 }], [`${side}${layer} > r${layer + 1} : calls`])
  }
  if (layer % 10 === 0) flows[`flow ${layer}`] = { steps: ['user > l0', 'user > r0'], facts: { availability: 0.999 } }
}
for (const [name, made] of [['one flow for the client', make({ components, relations })], [`${Object.keys(flows).length} flows`, make({ components, relations, flows })]] as const) {
  console.log(`${made.components.length} components, ${made.relations.length} relations, ${name}`)
  const analysis = analyse(made)
  for (const facet of Object.keys(analysis) as (keyof typeof analysis)[]) timed(`  ${facet}`, () => analysis[facet])
  for (const rule of allRules) timed(`  ${rule.id}`, () => [...rule.check(made, analysis, settingsFor(rule))].length)
  timed('  all of it, afresh', () => checkRules(made).length)
}

function timed(name: string, run: () => unknown): void {
  const start = performance.now()
  const result = run()
  console.log(`${name.padEnd(36)} ${(performance.now() - start).toFixed(1).padStart(9)} ms${typeof result === 'number' ? `  ${result} findings` : ''}`)
}
