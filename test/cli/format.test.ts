/** `lintel format`: what it writes, what it says, and what it never touches. */
import assert from 'node:assert/strict'
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lintel, scratch } from '../support/lintel.ts'

describe('lintel format', () => {
  let folder: ReturnType<typeof scratch>
  beforeEach(() => (folder = scratch()))
  afterEach(() => folder.remove())

  const put = (name: string, text: string | Uint8Array) => {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  const text = (name: string) => readFileSync(join(folder.path, name), 'utf8')
  const format = (...args: readonly string[]) => lintel(['format', ...args], { cwd: folder.path })

  it('lays out everything here, says what it changed, and writes nothing else', async () => {
    put('a.lintel', 'service  a\n')
    put('b/c.lintel', 'service  c{replicas:3}')
    put('clean.lintel', 'service x\n')
    put('node_modules/d.lintel', 'service  d')
    const before = statSync(join(folder.path, 'clean.lintel')).mtimeMs
    const { code, stdout, stderr } = await format()
    assert.deepEqual([code, stdout, stderr], [0, 'a.lintel\nb/c.lintel\n', 'lintel: 2 of 3 files changed\n'])
    assert.deepEqual([text('a.lintel'), text('b/c.lintel'), text('node_modules/d.lintel')], ['service a\n', 'service c { replicas: 3 }\n', 'service  d'])
    assert.equal(statSync(join(folder.path, 'clean.lintel')).mtimeMs, before)
    assert.deepEqual(readdirSync(folder.path).sort(), ['a.lintel', 'b', 'clean.lintel', 'node_modules'])
    assert.deepEqual(await format(), { code: 0, stdout: '', stderr: 'lintel: 3 files, nothing to change\n' })
  })

  it('with --check lists what would change and exits with 1, or with 0 where nothing would', async () => {
    put('a.lintel', 'service  a\n')
    put('b.lintel', 'service b\n')
    assert.deepEqual(await format('--check'), { code: 1, stdout: 'a.lintel\n', stderr: "lintel: 1 of 2 files would change; 'lintel format' changes it\n" })
    assert.equal(text('a.lintel'), 'service  a\n')
    assert.deepEqual(await format('--check', 'b.lintel'), { code: 0, stdout: '', stderr: 'lintel: 1 file, nothing to change\n' })
  })

  it('leaves a line that cannot be read as it is, and says so', async () => {
    put('a.lintel', 'service  a\na ->  \nservice  -> -> b\n  service  c\n')
    const { code, stderr } = await format()
    assert.equal(code, 0)
    assert.equal(text('a.lintel'), 'service a\na ->\nservice  -> -> b\nservice c\n')
    assert.equal(stderr, "lintel: a.lintel: lines 2 and 3 cannot be read and stay as they are; 'lintel check' says why\nlintel: 1 of 1 file changed\n")
    put('a.lintel', 'service a\na ->\n')
    assert.deepEqual(await format('--check'), { code: 0, stdout: '', stderr: "lintel: a.lintel: line 2 cannot be read and stays as it is; 'lintel check' says why\nlintel: 1 file, nothing to change\n" })
  })

  it('keeps line ends, a byte order mark, the file’s mode and the link it was reached by', async () => {
    const path = put('real/a.lintel', '\uFEFFservice  a\r\nclient c\r\n')
    chmodSync(path, 0o640)
    symlinkSync(path, join(folder.path, 'link.lintel'))
    assert.equal((await format('link.lintel')).code, 0)
    assert.equal(text('real/a.lintel'), '\uFEFFservice a\r\nclient c\r\n')
    assert.ok(lstatSync(join(folder.path, 'link.lintel')).isSymbolicLink())
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o640)
  })

  it('reads all files before it writes one, and refuses what it could not write back', async () => {
    put('a.lintel', 'service  a\n')
    put('z.lintel', Buffer.from([...Buffer.from('service  z "'), 0xe9, ...Buffer.from('"\n')]))
    const { code, stdout, stderr } = await format()
    assert.deepEqual([code, stdout, text('a.lintel')], [2, '', 'service  a\n'])
    assert.match(stderr, /^lintel: z\.lintel is not all UTF-8; nothing was formatted\n$/)
    // The character that stands for what cannot be read may be written by a person.
    put('z.lintel', 'service  z "\ufffd"\n')
    assert.equal((await format()).code, 0)
    assert.equal(text('z.lintel'), 'service z "\ufffd"\n')
  })

  it('takes what `lintel.json` excludes only when it is named', async () => {
    put('lintel.json', JSON.stringify({ exclude: ['old/**'] }))
    put('a.lintel', 'service  a\n')
    put('old/b.lintel', 'service  b\n')
    assert.equal((await format()).stdout, 'a.lintel\n')
    assert.equal((await format('old/b.lintel')).stdout, 'old/b.lintel\n')
  })

  it('exits with 2 where it cannot do its work', async () => {
    for (const args of [['missing.lintel'], ['.'], ['--wrong']]) assert.equal((await format(...args)).code, 2, args.join())
  })
})
