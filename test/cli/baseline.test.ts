/** Known findings: what a baseline hides, what it does not, and what it looks like. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lintel, ROOT, scratch } from '../support/lintel.ts'

const SKETCH = readFileSync(join(ROOT, 'test/corpus/acceptance/orders-first-sketch.lintel'), 'utf8')
const FILE = '.lintel-baseline.json'

describe('a baseline', () => {
  let folder: ReturnType<typeof scratch>
  beforeEach(() => (folder = scratch()))
  afterEach(() => folder.remove())

  const put = (name: string, text: string) => {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const check = (...args: readonly string[]) => lintel(['check', ...args], { cwd: folder.path })
  const rules = async (...args: readonly string[]) => (JSON.parse((await check(...args, '--format', 'json')).stdout) as { diagnostics: { rule: string }[] }).diagnostics.map(({ rule }) => rule)
  const content = (name = FILE) => JSON.parse(readFileSync(join(folder.path, name), 'utf8')) as { version: number; findings: Record<string, Record<string, Record<string, number>>> }

  it('lists what there is by file, rule and name, and then nothing is left to report', async () => {
    put('shop.lintel', SKETCH)
    assert.equal((await check()).code, 1)
    const written = await check('--write-baseline')
    assert.deepEqual([written.code, written.stdout], [0, 'Nothing to report in 1 file.\n'])
    assert.match(written.stderr, /^lintel: \d+ findings written to \.lintel-baseline\.json; with --baseline/)
    const { version, findings } = content()
    assert.equal(version, 1)
    assert.deepEqual([findings['shop.lintel']!['cache-is-only-copy'], findings['shop.lintel']!['hot-partition']], [{ carts: 1 }, { events: 1 }])
    const after = await check('--baseline', FILE)
    assert.deepEqual([after.code, after.stdout], [0, 'Nothing to report in 1 file.\n'])
    assert.match(after.stderr, /^lintel: \d+ known findings of \.lintel-baseline\.json not shown\n$/)
  })

  it('is not woken by edits elsewhere: moved lines, other numbers, other statements', async () => {
    put('shop.lintel', SKETCH)
    await check('--write-baseline')
    put('shop.lintel', `// a new head\n\n${SKETCH.replace('hot(45%)', 'hot(60%)')}\nservice reports\n`)
    assert.deepEqual(await rules('--baseline', FILE), [])
  })

  it('shows and counts what is new, in each form', async () => {
    put('shop.lintel', SKETCH)
    await check('--write-baseline')
    put('shop.lintel', `${SKETCH}\ncache more uses redis { stores: Cart }\napi -> more : writes { data: Cart }\n`)
    const fresh = await rules('--baseline', FILE)
    assert.ok(fresh.includes('cache-is-only-copy') && !fresh.includes('hot-partition'), String(fresh))
    for (const format of ['text', 'sarif', 'github', 'junit']) {
      const { code, stdout } = await check('--baseline', FILE, '--format', format)
      assert.equal(code, 1)
      assert.ok(stdout.includes('cache-is-only-copy') && !stdout.includes('hot-partition'), format)
    }
  })

  it('counts: of two alike where one is known, one is new', async () => {
    const one = 'service api\naccept hot-partition because "x"\n'
    put('a.lintel', one)
    await check('--write-baseline')
    assert.deepEqual(content().findings, { 'a.lintel': { 'unused-accept': { 'text "hot-partition"': 1 } } })
    put('a.lintel', `${one}accept hot-partition because "y"\n`)
    assert.deepEqual(await rules('--baseline', FILE), ['unused-accept'])
    const { code, stderr } = await check('--baseline', FILE, '--max-warnings', '0')
    assert.deepEqual([code, /1 warning, at most 0/.test(stderr)], [1, true])
  })

  it('says what is gone and how to take it out; what was not checked is not gone', async () => {
    put('shop.lintel', SKETCH)
    put('other.lintel', 'servise x\n')
    await check('--write-baseline')
    put('shop.lintel', SKETCH.replace('hot(45%)', 'uniform'))
    const { stderr } = await check('shop.lintel', '--baseline', FILE)
    assert.match(stderr, /lintel: 1 finding of \.lintel-baseline\.json is there no more; 'lintel check --write-baseline --baseline \.lintel-baseline\.json', with the same paths, takes it out\n$/)
    await check('shop.lintel', '--write-baseline', '--baseline', FILE)
    assert.ok(!('hot-partition' in content().findings['shop.lintel']!))
    assert.ok('other.lintel' in content().findings, 'kept, since it was not checked')
    assert.ok(!/no more/.test((await check('shop.lintel', '--baseline', FILE)).stderr))
    rmSync(join(folder.path, 'other.lintel'))
    assert.match((await check('shop.lintel', '--baseline', FILE)).stderr, /no more/)
    await check('shop.lintel', '--write-baseline')
    assert.ok(!('other.lintel' in content().findings), 'a file that is gone is forgotten')
  })

  it('is the same bytes for the same findings, sorted, wherever it is made from', async () => {
    put('b/shop.lintel', SKETCH)
    put('a.lintel', 'servise x\nservise y\n')
    await check('--write-baseline')
    const first = readFileSync(join(folder.path, FILE), 'utf8')
    await check('b', 'a.lintel', '--write-baseline', '--baseline', 'again.json')
    assert.equal(readFileSync(join(folder.path, 'again.json'), 'utf8'), first)
    await lintel(['check', '..', '--write-baseline', '--baseline', '../third.json'], { cwd: join(folder.path, 'b') })
    assert.equal(readFileSync(join(folder.path, 'third.json'), 'utf8'), first)
    assert.deepEqual(Object.keys(content().findings), ['a.lintel', 'b/shop.lintel'])
    assert.match(first, /^\{\n {2}"version": 1,\n[\s\S]*\n {8}"carts": 1\n[\s\S]*\n\}\n$/)
    assert.equal((await lintel(['check', '--baseline', `../${FILE}`], { cwd: join(folder.path, 'b') })).code, 0)
  })

  it('is written whole or not at all', async () => {
    put('shop.lintel', SKETCH)
    const { code, stderr } = await check('--write-baseline', '--baseline', 'no/such.json')
    assert.deepEqual([code, existsSync(join(folder.path, 'no'))], [2, false])
    assert.match(stderr, /the folder no does not exist/)
    assert.deepEqual(readdirSync(folder.path), ['shop.lintel'])
  })

  it('that is missing or broken is one clear line, exit code 2, and stays as it was', async () => {
    put('shop.lintel', SKETCH)
    const missing = await check('--baseline', 'none.json')
    assert.deepEqual([missing.code, missing.stdout], [2, ''])
    assert.match(missing.stderr, /^lintel: none\.json does not exist; 'lintel check --write-baseline --baseline none\.json' writes it\n$/)
    for (const broken of ['{', '[]', '{"version":2,"findings":{}}', '{"version":1,"findings":{"a":{"b":{"c":"d"}}}}', '{"version":1,"findings":{"a":[]}}']) {
      put('broken.json', broken)
      for (const args of [['--baseline', 'broken.json'], ['--write-baseline', '--baseline', 'broken.json']]) {
        const { code, stderr } = await check(...args)
        assert.equal(code, 2, broken)
        assert.match(stderr, /broken\.json is no baseline/)
        assert.equal(readFileSync(join(folder.path, 'broken.json'), 'utf8'), broken)
      }
    }
  })

  it('can be shown in SARIF beside what is accepted, each marked as suppressed with its reason', async () => {
    put('shop.lintel', SKETCH.replace(/^(log events[^\n]*?) \}  \/\//m, '$1, accept hot-partition because "one country is all we have" until 2999-01-01 } //'))
    await check('--write-baseline')
    const results = async (...args: readonly string[]) =>
      (JSON.parse((await check('--baseline', FILE, '--format', 'sarif', ...args)).stdout) as { runs: { results: { ruleId: string; suppressions?: { kind: string; justification: string; location?: object }[] }[] }[] }).runs[0]!.results
    assert.deepEqual(await results(), [])
    const shown = await results('--suppressed')
    const accepted = shown.find(({ ruleId }) => ruleId === 'hot-partition')!.suppressions![0]!
    assert.deepEqual([accepted.kind, accepted.justification, typeof accepted.location], ['inSource', 'one country is all we have (until 2999-01-01)', 'object'])
    assert.deepEqual(shown.find(({ ruleId }) => ruleId === 'cache-is-only-copy')!.suppressions, [{ kind: 'external', justification: 'known: listed in .lintel-baseline.json' }])
    assert.ok(shown.every(({ suppressions }) => suppressions?.length === 1))
    assert.equal((await check('--suppressed')).code, 2)
  })
})
