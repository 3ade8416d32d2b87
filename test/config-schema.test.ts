/** The schema that editors use says what the reader says: the same texts are right, the same are wrong. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { readConfig } from '../src/config.ts'
import { allRules } from '../src/rules/index.ts'
import { NOTES } from '../src/rules/notes.ts'
import { SETTINGS, SETTING_NAMES, shownSetting } from '../src/rules/settings.ts'
import { ROOT } from './support/lintel.ts'

const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, any>
const schema = read('docs/lintel.schema.json')
const ajv = new Ajv({ allowUnionTypes: true, strictTypes: false, keywords: ['allowComments', 'allowTrailingCommas', 'enumDescriptions'] })
const valid = ajv.compile(schema)

describe('docs/lintel.schema.json', () => {
  it('knows every rule and note, each with its thresholds', () => {
    const { properties } = schema['definitions'].rules as { properties: Record<string, { anyOf: { properties?: object }[] }> }
    assert.deepEqual(Object.keys(properties).sort(), [...allRules.map(({ id }) => id), ...Object.keys(NOTES)].sort())
    for (const { id, settings = [] } of allRules) assert.deepEqual(Object.keys(properties[id]!.anyOf[1]!.properties!), ['severity', ...settings], id)
  })

  it('takes what the reader takes', () => {
    const both = (value: unknown, right: boolean) => {
      const text = JSON.stringify(value)
      assert.equal(readConfig(text).problems.length === 0, right, `the reader: ${text} ${JSON.stringify(readConfig(text).problems)}`)
      assert.equal(valid(value), right, `the schema: ${text}`)
    }
    for (const right of [{}, { $schema: 'x' }, { maxWarnings: 3 }, { exclude: ['a/**'] }, { rules: {} }]) both(right, true)
    for (const wrong of [[], 3, { x: 1 }, { maxWarnings: -1 }, { maxWarnings: 0.5 }, { exclude: 'a' }, { exclude: [''] }, { exclude: [3] }, { rules: [] }, { rules: { nosuch: 'off' } }]) both(wrong, false)
    for (const { id, settings = [] } of allRules) {
      for (const severity of ['off', 'error', 'warning', 'info', 'hint']) both({ rules: { [id]: severity } }, true)
      for (const wrong of ['warn', '', 1, null, true, { severity: 'never' }, { nosuch: 1 }]) both({ rules: { [id]: wrong } }, false)
      for (const name of SETTING_NAMES) {
        const { type, min, max, default: usual } = SETTINGS[name]
        const one = (value: unknown) => ({ rules: { [id]: { severity: 'info', [name]: value } } })
        const own = settings.includes(name)
        const written = (value: number) => (type === 'count' ? value : shownSetting(SETTINGS[name], value))
        for (const value of [usual, min, max]) both(one(written(value)), own)
        if (type === 'ratio') both(one(usual), own)
        for (const wrong of ['much', [], true, null, ...(type === 'ratio' || type === 'count' ? [min - 1, max + 1] : [usual])]) both(one(wrong), false)
      }
    }
    for (const id of Object.keys(NOTES)) {
      both({ rules: { [id]: 'off' } }, true)
      both({ rules: { [id]: { utilisation: 0.8 } } }, false)
    }
  })

  it('is contributed to the editor, packaged, and right for its setting', () => {
    const { contributes } = read('package.json') as { contributes: { jsonValidation: { url: string }[]; configuration: { properties: Record<string, object> } } }
    const packaged = readFileSync(join(ROOT, '.vscodeignore'), 'utf8').split('\n')
    for (const { url } of contributes.jsonValidation) assert.ok(packaged.includes(`!${url.slice(2)}`), url)
    const setting = new Ajv({ keywords: ['markdownDescription', 'scope'] }).compile(contributes.configuration.properties['lintel.rules']!)
    const known = new Ajv({ strict: false, schemas: [{ ...schema, $id: 'http://x/lintel.schema.json' }] }).compile({ ...read('docs/settings.schema.json'), $id: 'http://x/settings.schema.json' })
    const value = { 'hot-partition': { severity: 'off', utilisation: 0.8 }, 'dual-write': 'info' }
    assert.ok(setting(value) && known({ 'lintel.rules': value, 'editor.tabSize': 2 }))
    assert.ok(!setting({ 'hot-partition': 'warn' }) && !known({ 'lintel.rules': { nosuch: 'off' } }))
  })
})
