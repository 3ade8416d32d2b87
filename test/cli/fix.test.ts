/** `lintel check --fix`: only what is safe, in all files, and what it says of it. */
import assert from 'node:assert/strict'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lintel, ROOT, scratch } from '../support/lintel.ts'

describe('fixing', () => {
  let folder: ReturnType<typeof scratch>
  beforeEach(() => (folder = scratch()))
  afterEach(() => folder.remove())

  const put = (name: string, text: string) => {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  const text = (name: string) => readFileSync(join(folder.path, name), 'utf8')
  const fix = (...args: readonly string[]) => lintel(['check', '--fix', ...args], { cwd: folder.path })

  it('mends several files, and says how much in how many', async () => {
    put('a.lintel', 'servise api { replcas: 3 }\n')
    put('b/c.lintel', 'databse db\n')
    put('clean.lintel', 'service x\n')
    const before = statSync(join(folder.path, 'clean.lintel')).mtimeMs
    const { code, stderr } = await fix()
    assert.equal(code, 0)
    assert.deepEqual([text('a.lintel'), text('b/c.lintel')], ['service api { replicas: 3 }\n', 'database db\n'])
    assert.equal(stderr, 'lintel: 3 fixes applied in 2 files (unknown-kind ×2, unknown-property)\n')
    assert.equal(statSync(join(folder.path, 'clean.lintel')).mtimeMs, before, 'what is clean is not written')
    assert.deepEqual(readdirSync(folder.path).sort(), ['a.lintel', 'b', 'clean.lintel'], 'nothing else is left')
  })

  it('leaves what changes the design to a person, and names it', async () => {
    const sketch = readFileSync(join(ROOT, 'test/corpus/acceptance/orders-first-sketch.lintel'), 'utf8')
    put('a.lintel', sketch)
    const { code, stderr } = await fix()
    assert.equal(code, 1)
    assert.equal(text('a.lintel'), sketch)
    assert.match(stderr, /^lintel: no fix was safe to apply; \d+ more have fixes that change the design, for a person to choose \(.*hot-partition.*\)\n$/)
    assert.doesNotMatch(text('a.lintel'), /accept/)
  })

  it('mends what an imported file holds, once, though two designs import it', async () => {
    put('parts.lintel', 'servise shared\n')
    put('a.lintel', 'import "./parts.lintel"\nclient a\na -> shared\n')
    put('b.lintel', 'import "./parts.lintel"\nclient b\nb -> sharde\n')
    const { code, stderr } = await fix()
    assert.equal(code, 0, stderr)
    assert.deepEqual([text('parts.lintel'), text('b.lintel')], ['service shared\n', 'import "./parts.lintel"\nclient b\nb -> shared\n'])
    assert.match(stderr, /^lintel: 2 fixes applied in 2 files/)
  })

  it('takes edits that meet one after the other, until nothing is left', async () => {
    // Both mistakes of the last line stand side by side, and the second can be seen only when the first is mended.
    put('a.lintel', 'client a, servise bcd\na->bcde\n')
    const { stderr, code } = await fix()
    assert.equal(code, 0, stderr)
    assert.equal(text('a.lintel'), 'client a, service bcd\na->bcd\n')
  })

  it('is done when it is done: a second run changes nothing', async () => {
    put('a.lintel', 'servise api { replcas: 3 }\naccept hot-partitoin because "x"\n')
    await fix()
    const once = text('a.lintel')
    const { stderr } = await fix()
    assert.equal(text('a.lintel'), once)
    assert.match(stderr, /^lintel: no fix was safe to apply/)
  })

  it('keeps line ends, a byte order mark, the file’s mode and the link it was reached by', async () => {
    const path = put('real/a.lintel', '\uFEFFservise api\r\nclient c\r\nc -> apii\r\n')
    chmodSync(path, 0o640)
    symlinkSync(path, join(folder.path, 'link.lintel'))
    const { code, stderr } = await fix('link.lintel')
    assert.equal(code, 0, stderr)
    assert.equal(text('real/a.lintel'), '\uFEFFservice api\r\nclient c\r\nc -> api\r\n')
    assert.ok(lstatSync(join(folder.path, 'link.lintel')).isSymbolicLink())
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o640)
  })

  it('counts exit code and baseline by what is left', async () => {
    put('a.lintel', 'servise api\n')
    assert.equal((await fix('--format', 'json')).code, 0)
    put('a.lintel', 'servise api\nservice -> -> x\n')
    assert.equal((await fix('--format', 'json')).code, 1)
    const { stderr } = await fix('--write-baseline')
    assert.match(stderr, /findings? written/)
  })
})
