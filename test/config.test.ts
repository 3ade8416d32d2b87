/** `lintel.json`: what may stand in it, and what is said of anything else, at its place. */
import assert from 'node:assert/strict'
import { isExcluded, readConfig, readRules } from '../src/config.ts'

/** The problems of a text as `line:characters message`, and what the place holds. */
function problems(text: string): readonly string[] {
  return readConfig(text).problems.map(({ message, range: { start, end } }) => {
    assert.equal(start.line, end.line)
    return `${text.split('\n')[start.line]!.slice(start.character, end.character)} | ${message}`
  })
}

const inRules = (text: string) => problems(`{ "rules": { ${text} } }`)

describe('lintel.json', () => {
  it('sets severities, thresholds, the limit of warnings and what is left out, with comments and trailing commas', () => {
    const { config, problems } = readConfig(`\uFEFF// why
{
  "$schema": "./lintel.schema.json",
  "rules": {
    "dual-write": "off", /* until the outbox is there */
    "hot-partition": { "severity": "warning", "utilisation": "80%" },
    "retry-amplification": { "attempts": 16 },
    "not-stated": "off",
  },
  "maxWarnings": 0,
  "exclude": ["drafts/**"],
}
`)
    assert.deepEqual(problems, [])
    assert.deepEqual(config, {
      rules: { 'dual-write': 'off', 'hot-partition': { severity: 'warning', utilisation: 0.8 }, 'retry-amplification': { attempts: 16 }, 'not-stated': 'off' },
      maxWarnings: 0,
      exclude: ['drafts/**'],
    })
    assert.deepEqual(readConfig('{}'), { config: { rules: {}, exclude: [] }, problems: [] })
  })

  it('says what is wrong where it stands, and what was meant', () => {
    assert.deepEqual(inRules('"hot-partitoin": "off"'), ['"hot-partitoin" | There is no rule `hot-partitoin`. Did you mean `hot-partition`? \'lintel rules\' lists them.'])
    assert.deepEqual(inRules('"P1": "off"'), ['"P1" | There is no rule `P1`. Did you mean `hot-partition`? \'lintel rules\' lists them.'])
    assert.deepEqual(inRules('"syntax": "off"'), ['"syntax" | There is no rule `syntax`. \'lintel rules\' lists them.'])
    assert.deepEqual(inRules('"hot-partition": "warn"'), ['"warn" | This is one of "off", "error", "warning", "info", "hint". Did you mean "warning"?'])
    assert.deepEqual(inRules('"hot-partition": 1'), ['1 | This is one of "off", "error", "warning", "info", "hint".'])
    assert.deepEqual(inRules('"hot-partition": { "utilization": 0.8 }'), ['"utilization" | `hot-partition` has no `utilization`. Did you mean `utilisation`? It has `severity`, `utilisation`.'])
    assert.deepEqual(inRules('"hot-partition": { "attempts": 3 }'), ['"attempts" | `hot-partition` has no `attempts`. It has `severity`, `utilisation`.'])
    assert.deepEqual(inRules('"hot-partition": { "utilisation": 80 }'), ['80 | `utilisation` must be between 5% and 100%.'])
    assert.deepEqual(inRules('"not-stated": { "utilisation": 0.8 }'), ['"utilisation" | `not-stated` has no `utilisation`. It has `severity`.'])
    assert.deepEqual(inRules('"hot-partition": "off", "hot-partition": "error"'), ['"hot-partition" | `hot-partition` stands here twice; the first one counts.'])
    assert.deepEqual(problems('{ "rule": {} }'), ['"rule" | There is no setting `rule` here. Did you mean `rules`? There are `rules`, `maxWarnings`, `exclude`.'])
    assert.deepEqual(problems('{ "rules": [] }'), ['[] | `rules` is an object: `{ … }`.'])
    assert.deepEqual(problems('[]'), ['[] | The file is an object: `{ … }`.'])
    for (const wrong of ['-1', '1.5', '"0"', 'null']) assert.deepEqual(problems(`{ "maxWarnings": ${wrong} }`), [`${wrong} | \`maxWarnings\` is a whole number such as 0: how many warnings may be there before \`lintel check\` fails.`])
    assert.deepEqual(problems('{ "exclude": "x" }'), ['"x" | `exclude` is a list of globs such as ["drafts/**"].'])
    assert.deepEqual(problems('{ "exclude": ["../x", "/y", "", 3, "z"] }').length, 4)
  })

  it('says what is no JSON, once, and takes what stands before it', () => {
    assert.deepEqual(problems('{ "rules": { "dual-write": "off" } "exclude": [] }'), ['"exclude" | This is no JSON: a comma is missing.'])
    assert.equal(readConfig('{ "rules": { "dual-write": "off" } "exclude": [] }').config.rules['dual-write'], 'off')
    assert.match(problems('')[0]!, /empty/)
    for (const broken of ['{', '}', '{ "rules": }', '{ rules: {} }', '{ "a" }', '"', '{} {}', '\u0000', '{ "rules": { "hot-partition": { "severity":']) assert.ok(problems(broken).length >= 1, broken)
  })

  it('keeps what is right beside what is wrong, and no name of an object’s own', () => {
    const { config } = readConfig('{ "rules": { "nosuch": "off", "hot-partition": { "severity": "never", "utilisation": 0.8 }, "__proto__": "off", "constructor": "off" } }')
    assert.deepEqual(config.rules, { 'hot-partition': { utilisation: 0.8 } })
  })

  it('has the same shape in the editor’s setting', () => {
    assert.deepEqual(readRules({ 'hot-partition': { utilisation: 0.8 }, nosuch: 'off' }), {
      rules: { 'hot-partition': { utilisation: 0.8 } },
      problems: ["There is no rule `nosuch`. 'lintel rules' lists them."],
    })
    for (const nothing of [undefined, null, {}]) assert.deepEqual(readRules(nothing), { rules: {}, problems: [] })
    for (const wrong of ['off', 3, []]) assert.equal(readRules(wrong).problems.length, 1)
  })

  it('leaves out what a glob means: files, folders, at any depth', async () => {
    const excluded = (glob: string, path: string) => isExcluded({ rules: {}, exclude: [glob] }, path)
    for (const [glob, path] of [['drafts', 'drafts/a.lintel'], ['drafts/', 'drafts/x/a.lintel'], ['./drafts/**', 'drafts/a.lintel'], ['**/*.flawed.lintel', 'a/b/c.flawed.lintel'], ['**/*.flawed.lintel', 'c.flawed.lintel'], ['a.lintel', 'a.lintel'], ['{a,b}/**', 'b/c.lintel'], ['.old', '.old/a.lintel']] as const) assert.ok(await excluded(glob, path), `${glob} ${path}`)
    for (const [glob, path] of [['drafts', 'x/drafts/a.lintel'], ['*.lintel', 'x/a.lintel'], ['draft', 'drafts/a.lintel']] as const) assert.ok(!(await excluded(glob, path)), `${glob} ${path}`)
  })
})
