/** What `lintel.json` does to `lintel check`: which one counts, what it changes, and what is said of a bad one. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lintel, scratch } from '../support/lintel.ts'

/** One warning: a partition at 80% of what it can take. */
const BUSY = `client app
service api
log events { partitions: 24, key: country, key-dist: hot(40%), partition-limit { write: 2k/s } }
app -> api
api ~> events : publishes
flow "Report" { rate: 3.7k/s, app -> api ~> events }
`

describe('lintel.json', () => {
  let folder: ReturnType<typeof scratch>
  beforeEach(() => {
    folder = scratch()
    // The top of what is searched, whatever the machine's temporary folder lies in.
    mkdirSync(join(folder.path, '.git'))
  })
  afterEach(() => folder.remove())

  const put = (files: Readonly<Record<string, string | object>>) => {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder.path, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    }
  }
  const check = (...args: readonly string[]) => lintel(['check', ...args], { cwd: folder.path })
  const found = async (...args: readonly string[]) => {
    const { stdout, stderr } = await check(...args, '--format', 'json')
    assert.equal(stderr, '')
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { rule: string; severity: string; file: string }[] }
    return diagnostics.filter(({ rule }) => rule !== 'not-stated').map(({ file, rule, severity }) => `${file} ${rule} ${severity}`)
  }

  it('changes severities and thresholds, and turns rules off', async () => {
    put({ 'a.lintel': BUSY })
    assert.deepEqual(await found(), ['a.lintel hot-partition warning'])
    put({ 'lintel.json': { rules: { 'hot-partition': 'info' } } })
    assert.deepEqual(await found(), ['a.lintel hot-partition info'])
    put({ 'lintel.json': { rules: { 'hot-partition': 'error' } } })
    assert.deepEqual(await found(), ['a.lintel hot-partition warning'], 'what is milder than its rule stays so')
    put({ 'lintel.json': { rules: { 'hot-partition': { utilisation: 0.9 } } } })
    assert.deepEqual(await found(), [])
    put({ 'lintel.json': { rules: { 'hot-partition': 'off' } } })
    assert.deepEqual(await found(), [])
    put({ 'a.lintel': BUSY.replace('3.7k/s', '8k/s'), 'lintel.json': {} })
    assert.equal((await check()).code, 1)
    put({ 'lintel.json': { rules: { 'hot-partition': 'warning' } } })
    assert.equal((await check()).code, 0)
  })

  it('counts from the nearest folder upwards, whole, up to the repository’s root, wherever the command runs', async () => {
    put({
      'lintel.json': { rules: { 'hot-partition': 'info' } },
      'a.lintel': BUSY,
      'deep/er/b.lintel': BUSY,
      'own/lintel.json': {},
      'own/c.lintel': BUSY,
      'repo/.git/x': '',
      'repo/d.lintel': BUSY,
    })
    const expected = ['a.lintel hot-partition info', 'deep/er/b.lintel hot-partition info', 'own/c.lintel hot-partition warning', 'repo/d.lintel hot-partition warning']
    assert.deepEqual(await found(), expected)
    const inside = await lintel(['check', '--format', 'json'], { cwd: join(folder.path, 'deep', 'er') })
    assert.match(inside.stdout, /"severity": "info"/)
  })

  it('is that of the first file of a design for all that it imports', async () => {
    put({
      'lintel.json': { rules: { 'hot-partition': 'hint' } },
      'main.lintel': 'import "./parts/log.lintel"\nclient app\nservice api\napp -> api\napi ~> events : publishes\nflow "Report" { rate: 3.7k/s, app -> api ~> events }\n',
      'parts/lintel.json': { rules: { 'hot-partition': 'off' } },
      'parts/log.lintel': BUSY.split('\n')[2]!,
    })
    assert.deepEqual(await found(), ['parts/log.lintel hot-partition hint'])
  })

  it('holds for what is drawn and for the sheet as well', async () => {
    put({ 'a.lintel': BUSY })
    const drawn = async () => (await lintel(['render', 'a.lintel'], { cwd: folder.path })).stdout
    const sheet = async () => {
      assert.equal((await lintel(['sheet', 'a.lintel', '-o', 'a.md'], { cwd: folder.path })).code, 0)
      return readFileSync(join(folder.path, 'a.md'), 'utf8')
    }
    const before = [await drawn(), await sheet()]
    put({ 'lintel.json': { rules: { 'hot-partition': 'off' } } })
    const after = [await drawn(), await sheet()]
    assert.ok(before.every((text, index) => text !== after[index]))
    assert.ok(after.every((text) => !text.includes('Partition key')))
  })

  it('limits warnings for its own designs; the option counts all', async () => {
    put({ 'lintel.json': { maxWarnings: 1 }, 'a.lintel': BUSY, 'b.lintel': BUSY, 'strict/lintel.json': { maxWarnings: 0 }, 'strict/c.lintel': BUSY, 'loose/lintel.json': {}, 'loose/d.lintel': BUSY })
    const { code, stderr } = await check()
    assert.equal(code, 1)
    assert.deepEqual(stderr.trimEnd().split('\n'), ['lintel: 2 warnings, at most 1 allowed by lintel.json', 'lintel: 1 warning, at most 0 allowed by strict/lintel.json'])
    assert.equal((await check('loose')).code, 0)
    assert.equal((await check('--max-warnings', '9')).code, 0)
    assert.match((await check('--max-warnings', '3')).stderr, /^lintel: 4 warnings, at most 3 allowed\n$/)
  })

  it('leaves out what it excludes, unless it is named or imported', async () => {
    put({ 'lintel.json': { exclude: ['drafts', '**/*.flawed.lintel'] }, 'a.lintel': BUSY, 'drafts/b.lintel': BUSY, 'x/c.flawed.lintel': BUSY })
    assert.deepEqual(await found(), ['a.lintel hot-partition warning'])
    assert.deepEqual(await found('drafts/b.lintel'), ['drafts/b.lintel hot-partition warning'])
    put({ 'a.lintel': 'import "./drafts/b.lintel"' })
    assert.deepEqual(await found(), ['drafts/b.lintel hot-partition warning'])
    const nothing = await check('drafts')
    assert.equal(nothing.code, 2)
    assert.match(nothing.stderr, /^lintel: lintel\.json excludes all 1 \.lintel files under drafts; name one/)
  })

  it('is refused when it is wrong, with the place of each mistake and what was meant: exit code 2', async () => {
    put({ 'a.lintel': BUSY, 'lintel.json': '{\n  "rules": {\n    "hot-partitoin": "off",\n    "dual-write": "never"\n  }\n}\n' })
    const { code, stdout, stderr } = await check()
    assert.deepEqual([code, stdout], [2, ''])
    assert.deepEqual(stderr.trimEnd().split('\n'), [
      "lintel: lintel.json:3:5: There is no rule `hot-partitoin`. Did you mean `hot-partition`? 'lintel rules' lists them.",
      'lintel: lintel.json:4:19: This is one of "off", "error", "warning", "info", "hint".',
    ])
    put({ 'lintel.json': '{ "rules": ' })
    assert.match((await check()).stderr, /^lintel: lintel\.json:1:\d+: This is no JSON: .*\n$/)
  })
})
