/** The thresholds: their table, how they are written, and that the rules read them from there. */
import assert from 'node:assert/strict'
import type { Rule } from '../../src/rules/rule.ts'
import { allRules } from '../../src/rules/index.ts'
import { checkRules } from '../../src/rules/check.ts'
import { isSetting, readSetting, SETTING_NAMES, SETTINGS, settingsFor, shownSetting } from '../../src/rules/settings.ts'
import { make } from '../analysis/make.ts'
import { outcomeOf } from './support.ts'

/** One key takes 80% of what a partition can. */
const BUSY = `
client app
service api
log events { partitions: 24, key: country, key-dist: hot(40%), partition-limit { write: 2k/s } }
app -> api
api ~> events : publishes
flow "Report" { rate: 3.7k/s, app -> api ~> events }
`

/** Two layers that try three times each. */
const RETRYING = `
client app
service web, service api, database db
app -> web { retries: 0 }
web -> api { retries: 2, backoff: exponential, jitter: full }
api -> db : reads { retries: 2, backoff: exponential, jitter: full }
flow "Read" { rate: 10/s, app -> web -> api -> db }
`

const severity = (text: string, rule: string, options: Parameters<typeof outcomeOf>[1] = {}) => outcomeOf(text, options).findings.find((one) => one.rule === rule)?.severity

describe('settings', () => {
  it('have a default within their range, and a sentence', () => {
    for (const name of SETTING_NAMES) {
      const { default: value, min, max, meaning } = SETTINGS[name]
      assert.ok(min <= value && value <= max, name)
      assert.match(meaning, /^[A-Z].{20,}\.$/, name)
    }
  })

  it('move the threshold of a rule', () => {
    assert.equal(severity(BUSY, 'hot-partition'), 'warning')
    assert.equal(severity(BUSY, 'hot-partition', { rules: { 'hot-partition': { utilisation: 0.9 } } }), undefined)
    assert.equal(severity(BUSY, 'hot-partition', { rules: { 'hot-partition': { utilisation: 0.7, severity: 'hint' } } }), 'hint')
    assert.equal(severity(BUSY, 'hot-partition', { rules: { 'hot-partition': { severity: 'off' } } }), undefined)
    assert.equal(severity(RETRYING, 'retry-amplification'), 'warning')
    assert.equal(severity(RETRYING, 'retry-amplification', { rules: { 'retry-amplification': { attempts: 12 } } }), 'info')
    assert.equal(severity(RETRYING, 'retry-amplification', { rules: { 'hot-partition': { attempts: 12 } } }), 'warning')
  })

  it('are each read by some rule', () => {
    assert.deepEqual(SETTING_NAMES.filter((name) => !allRules.some(({ settings }) => settings?.includes(name))), [])
  })

  it('reach a rule only where it names them', () => {
    const greedy: Rule = { id: 'greedy', code: 'Y1', severity: 'error', title: '', why: '', sources: [], needs: [], fixable: false, *check(_model, _analysis, { utilisation }) { if (utilisation > 2) yield* [] } }
    assert.match(checkRules(make({ components: { a: ['service'] }, relations: [] }), {}, [greedy])[0]!.message, /`greedy` reads the setting `utilisation` without naming it/)
    assert.deepEqual(checkRules(make({ components: { a: ['service'] }, relations: [] }), { rules: { 'not-stated': 'off' } }, [{ ...greedy, settings: ['utilisation'] }]), [])
    for (const { id, settings = [] } of allRules) assert.deepEqual(settings.filter((name) => !isSetting(name)), [], id)
  })

  it('are read as a person writes them', () => {
    assert.deepEqual(readSetting('utilisation', 0.8), { value: 0.8 })
    assert.deepEqual(readSetting('utilisation', '80%'), { value: 0.8 })
    assert.deepEqual(readSetting('attempts', 16), { value: 16 })
    assert.deepEqual(readSetting('byHand', '1h'), { value: 3600 })
    const error = (name: Parameters<typeof readSetting>[0], written: unknown) => (readSetting(name, written) as { error?: string }).error
    assert.equal(error('utilisation', 80), 'must be between 5% and 100%')
    assert.equal(error('utilisation', '1s'), 'takes a number such as 0.7 or a text such as "70%", between 5% and 100%')
    assert.match(error('byHand', 30)!, /^takes a text such as "30s", between 0s and 7d$/)
    for (const wrong of [null, true, [], {}, Number.NaN, Number.POSITIVE_INFINITY, 'many', '']) for (const name of SETTING_NAMES) assert.ok(error(name, wrong), `${name}: ${String(wrong)}`)
  })

  it('are shown as they are written', () => {
    for (const name of SETTING_NAMES) {
      const { type, default: value } = SETTINGS[name]
      const shown = shownSetting(SETTINGS[name], value)
      assert.deepEqual(readSetting(name, type === 'count' ? Number(shown) : shown), { value }, name)
    }
    assert.equal(settingsFor({ id: 'x', settings: ['attempts'] }).attempts, 9)
  })
})
