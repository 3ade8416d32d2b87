/**
 * Every formula of NUMBERS.md is asserted on its worked example, to the digits that the example shows. This lists where, and fails where one has
 * lost its place or one of its digits. A place is a test whose title begins with the formula's number.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'

/** What the worked example shows, as its test writes it: milliseconds, percents and thousands as they are read. */
const EXAMPLES: Readonly<Record<string, { readonly in: string; readonly from: string; readonly shows: readonly string[] }>> = {
  M1: { in: 'load', from: 'load', shows: ['11574', '2.31', '2.40'] },
  M2: { in: 'arithmetic', from: 'keys', shows: ['5000', '2000'] },
  M3: { in: 'arithmetic', from: 'retries', shows: ['1.875', '64', '243', '1.331'] },
  M4: { in: 'arithmetic', from: 'replication', shows: ['1.8', '1.667', '1.4', '3'] },
  M5: { in: 'consumers', from: 'consumers', shows: ['300', '720000', '17.5', '20', '29', '100', '300', '50'] },
  M6: { in: 'capacity-arithmetic', from: 'queueing', shows: ['20', '33.3', '50', '100', '200', '2', '3.3', '5', '10', '153.5', '0.6687', '6.69', '16.69'] },
  M7: { in: 'waiting', from: 'little', shows: ['10', '1000', '0.4'] },
  M8: { in: 'arithmetic', from: 'keys', shows: ['14.393', '6.948', '36.0', '68.0', '6.497', '13.36', '69.3'] },
  M9: { in: 'arithmetic', from: 'keys', shows: ['8.40', '5.38', '80', '90.9', '9.1', '2.93', '1.16', '5.19'] },
  M10: { in: 'arithmetic', from: 'keys', shows: ['68.0', '84.0', '88.8'] },
  M11: { in: 'arithmetic', from: 'cold-cache', shows: ['5000', '14500', '100000', '2000'] },
  M12: { in: 'capacity-arithmetic', from: 'latency', shows: ['39.3', '184.1', '39.5', '183.9', '185.9', '300', '26.5', '26.9', '27.9'] },
  M13: { in: 'capacity-arithmetic', from: 'fan-out', shows: ['63.4', '9.56', '18.1', '99.98995', '99.8995'] },
  M14: { in: 'capacity-arithmetic', from: 'fan-out', shows: ['5', '0.25'] },
  M15: { in: 'capacity-arithmetic', from: 'quorum-latency', shows: ['0.08', '0.16', '0.03'] },
  M16: { in: 'availability', from: 'nines', shows: ['0.99970', '0.997003', '0.99501', '0.99900', '0.99760'] },
  M17: { in: 'availability', from: 'nines', shows: ['99.99', '99.9702', '99.99901', '97.03'] },
  M18: { in: 'availability', from: 'nines', shows: ['99.99924', '99.97717', '99.99769'] },
  M19: { in: 'availability', from: 'nines', shows: ['0.999999', '0.999702', '0.970299'] },
  M20: { in: 'availability', from: 'nines', shows: ['5256', '525.6', '8.76', '43.2', '262.8', '21.6', '52.56', '4.32', '5.256'] },
  M21: { in: 'staleness', from: 'staleness', shows: ['18.1', '151'] },
  M22: { in: 'capacity-arithmetic', from: 'storage', shows: ['365', '1.095', '2', '3.65', '185.2', '189.2'] },
  M23: { in: 'recovery', from: 'recovery', shows: ['6000', '2.78', '3.14'] },
  M24: { in: 'capacity-arithmetic', from: 'timeouts', shows: ['4.5'] },
  M25: { in: 'waiting', from: 'herd', shows: ['100000', '15.6'] },
  M26: { in: 'waiting', from: 'serial', shows: ['2.5', '200'] },
  M27: { in: 'ids', from: 'ids', shows: ['4096000', '1024', '69.68', '2.67', '19.4', '9.4'] },
  M28: { in: 'capacity-arithmetic', from: 'batch', shows: ['4', '10'] },
  M29: { in: 'capacity-arithmetic', from: 'disk-loss', shows: ['3.6e-10', '3.6e-6', '2.25e-11'] },
  M30: { in: 'headroom', from: 'headroom', shows: ['1.5', '112.5', '60'] },
  M31: { in: 'arithmetic', from: 'followers', shows: ['16.7'] },
  M32: { in: 'capacity-arithmetic', from: 'scalability', shows: ['15.1', '44'] },
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The bodies of all tests and groups of tests whose title begins with the formula, and nothing of what follows them. */
function assertionsOf(formula: string, test: string): string {
  const lines = read(`./${test}.test.ts`).split('\n')
  return lines
    .flatMap((line, start) => {
      const opens = line.match(/^( *)(?:it|describe)\(['"`](M\d+):/)
      if (!opens || opens[2] !== formula) return []
      const end = line.endsWith('{') ? lines.findIndex((other, at) => at > start && other.startsWith(`${opens[1]}})`)) : start
      return [line.replace(/(['"`])M\d+:.*?\1/, ''), ...lines.slice(start + 1, end + 1)]
    })
    .join('\n')
    .replaceAll('_', '')
}

describe('the 32 formulas', () => {
  it('are all listed', () => assert.deepEqual(Object.keys(EXAMPLES), Array.from({ length: 32 }, (_, at) => `M${at + 1}`)))

  for (const [formula, { in: test, from, shows }] of Object.entries(EXAMPLES)) {
    it(`${formula} is asserted in ${test}.test.ts, to its digits`, () => {
      const body = assertionsOf(formula, test)
      assert.notEqual(body, '', `${test}.test.ts has no test whose title begins with ${formula}`)
      const missing = shows.filter((digits) => !new RegExp(`(?<![\\d.])${digits.replaceAll('.', '\\.')}(?![\\d.]*\\d)`).test(body))
      assert.deepEqual(missing, [], `${test}.test.ts does not show these of ${formula}`)
    })

    it(`${formula} is documented where it is computed`, () => {
      assert.ok(namedIn(from, formula), `src/analysis/${from}.ts does not name ${formula}`)
    })
  }

  it('are named nowhere but as they are', () => {
    const known = new Set(Object.keys(EXAMPLES))
    for (const file of readdirSync(new URL('../../src/analysis', import.meta.url))) {
      for (const [name] of read(`../../src/analysis/${file}`).matchAll(/\bM\d+\b/g)) assert.ok(known.has(name), `${file} speaks of ${name}`)
    }
  })
})

/** `M16` itself, or a range that holds it: `M16 to M20`, `M1–M4`. */
function namedIn(from: string, formula: string): boolean {
  const text = read(`../../src/analysis/${from}.ts`)
  const number = Number(formula.slice(1))
  return new RegExp(`\\b${formula}\\b`).test(text) || [...text.matchAll(/\bM(\d+)(?: to |–)M(\d+)\b/g)].some(([, first, last]) => Number(first) <= number && number <= Number(last))
}
