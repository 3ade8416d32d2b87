/** The corners of `accept RULE because "…" until DATE`: what is said of one that is not quite right, and whether it silences all the same. */
import assert from 'node:assert/strict'
import { check } from '../../src/core.ts'
import { openText } from '../../src/workspace.ts'

const TODAY = '2026-11-26'

/** A log with a hot partition, an error, and what is said of it with an `accept` in its body. */
function said(accept: string, rules: Record<string, 'off'> = { 'not-stated': 'off' }, outside = ''): readonly string[] {
  const text = `client app
service api
log events { partitions: 24, key: country, key-dist: hot(45%), partition-limit { write: 2k/s }
  ${accept}
}
app -> api
api ~> events : publishes
flow "Report" { rate: 8k/s, app -> api ~> events }
${outside}
`
  const diagnostics = check(openText(text), { today: TODAY, rules })
  const lines = text.split('\n')
  return diagnostics.map(({ severity, rule, message, at: { range } }) => {
    const place = lines[range.start.line]!.slice(range.start.character, range.end.character)
    return rule === 'hot-partition' ? 'hot-partition' : `${severity} ${rule} at ${place}: ${message}`
  })
}

describe('accept', () => {
  it('silences with a reason, until the end of its day', () => {
    assert.deepEqual(said(''), ['hot-partition'])
    assert.deepEqual(said('accept hot-partition because "one country is all we have"'), [])
    assert.deepEqual(said('accept hot-partition because "until the split" until 2026-11-26'), [])
    assert.deepEqual(said('accept hot-partition because "until the split" until 2026-11-25'), [
      'hot-partition',
      'warning expired-accept at hot-partition: This `accept` of hot-partition ran out on 2026-11-25: the finding is back.',
    ])
  })

  it('wants a reason: without one it is no statement, with an empty one it silences and is asked for it', () => {
    for (const [accept, place, expected] of [
      ['accept hot-partition', 'hot-partition', '`because` and the reason in quotes after `accept hot-partition`'],
      ['accept hot-partition because', 'because', 'the reason in quotes after `because`'],
      ['accept hot-partition because we know', 'we', 'the reason in quotes after `because`, not `we`'],
      ['accept hot-partition until 2027-01-01', 'until', '`because` and the reason in quotes after `accept hot-partition`'],
      ['accept', 'accept', 'the name of a rule after `accept`'],
    ] as const) assert.deepEqual(said(accept), ['hot-partition', `error syntax at ${place}: Expected ${expected}.`])
    for (const empty of ['', '   ', '…', '...', '-']) {
      assert.deepEqual(said(`accept hot-partition because "${empty}"`), ['warning unexplained-accept at hot-partition: This `accept` of hot-partition does not say why.'])
    }
    assert.deepEqual(said('accept hot-partition because "42"'), [])
    assert.deepEqual(said('accept hot-partition because "…"', { 'unexplained-accept': 'off', 'not-stated': 'off' }), [])
  })

  it('says of a date that is none what a date looks like, once, and silences meanwhile', () => {
    for (const day of ['2026-13-01', '2026-02-30', '2025-02-29']) {
      assert.deepEqual(said(`accept hot-partition because "x" until ${day}`), [`error bad-value at ${day}: There is no day ${day}: a date is year, month and day, such as \`2027-03-01\`.`])
    }
    assert.deepEqual(said('accept hot-partition because "x" until 2028-02-29'), [])
    for (const day of ['tomorrow', '"2027-03-01"', '1.3.2027', '2027-3-1', '']) {
      const [only, ...more] = said(`accept hot-partition because "x" until ${day}`)
      assert.match(only!, /^error syntax at .*: Expected a date such as `2027-03-01` after `until`\.$/, day)
      assert.deepEqual(more, [])
    }
  })

  it('knows the rules by their id, and says what was meant', () => {
    const unknown = (rule: string, meant = '') => ['hot-partition', `error unknown-rule at ${rule}: There is no rule \`${rule}\`, so this \`accept\` silences nothing.${meant && ` Did you mean \`${meant}\`?`}`]
    assert.deepEqual(said('accept hot-partitoin because "x"'), unknown('hot-partitoin', 'hot-partition'))
    assert.deepEqual(said('accept hot_partition because "x"'), unknown('hot_partition', 'hot-partition'))
    assert.deepEqual(said('accept P1 because "x"'), unknown('P1', 'hot-partition'))
    assert.deepEqual(said('accept syntax because "x"'), unknown('syntax'))
    assert.deepEqual(said('accept expired-accept because "x"'), ['hot-partition', 'error unknown-rule at expired-accept: `expired-accept` cannot be accepted in a design: it is no rule.'])
  })

  it('is reported where it silences nothing: the rule finds nothing, is accepted here already, or has nothing to say', () => {
    assert.deepEqual(said('', undefined, 'accept hard-dependency-cycle because "x"'), ['hot-partition', 'warning unused-accept at hard-dependency-cycle: This `accept` silences nothing: hard-dependency-cycle finds nothing here.'])
    assert.deepEqual(said('accept hot-partition because "x"\n  accept hot-partition because "y"'), ['warning unused-accept at hot-partition: hot-partition is accepted here already, so this `accept` adds nothing.'])
    assert.deepEqual(said('accept hot-partition because "x"', { 'hot-partition': 'off' }, '').filter((one) => !one.includes('not-stated')), [])
  })

  it('silences the notes of what is not stated, and is told where there are none', () => {
    const notes = (...more: Parameters<typeof said>) => said(...more).filter((one) => one !== 'hot-partition')
    assert.match(notes('', {})[0]!, /^info not-stated/)
    assert.deepEqual(notes('', {}, 'accept not-stated because "a sketch"'), [])
    assert.ok(notes('accept not-stated because "a sketch"', {}).some((one) => /^warning unused-accept at not-stated: .*silences nothing/.test(one)))
    assert.deepEqual(notes('accept not-stated because "a sketch"'), [], 'off says nothing of its waivers')
  })
})
