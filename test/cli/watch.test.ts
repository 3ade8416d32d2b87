/** `lintel watch` as a person runs it: in one terminal, while an editor writes in another. Everything waits for what is said or written. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lintel, ROOT, scratch } from '../support/lintel.ts'

interface Watcher {
  readonly process: ChildProcess
  readonly lines: readonly string[]
  /** The next line, from where the last call stopped, that matches. */
  line(pattern: RegExp): Promise<string>
  /** Its exit code after a signal. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

describe('lintel watch', function () {
  this.timeout(120_000)
  let folder: ReturnType<typeof scratch>
  let watchers: Watcher[] = []
  beforeEach(() => {
    folder = scratch()
    // As a repository: settings further up do not count.
    mkdirSync(join(folder.path, '.git'))
  })
  afterEach(async () => {
    for (const watcher of watchers) if (watcher.process.exitCode === null) await watcher.end('SIGKILL')
    watchers = []
    folder.remove()
  })

  const put = (name: string, text: string) => {
    const path = join(folder.path, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  const read = (name: string) => readFileSync(join(folder.path, name), 'utf8')

  function watch(...args: readonly string[]): Watcher {
    const child = spawn(process.execPath, [join(ROOT, 'dist/lintel.js'), 'watch', ...args], { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] })
    const lines: string[] = []
    let rest = ''
    let next = 0
    const waiting = new Set<() => void>()
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      rest += chunk
      const whole = rest.split('\n')
      rest = whole.pop()!
      lines.push(...whole)
      for (const look of [...waiting]) look()
    })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
    const ended = new Promise<number | null>((done) => child.on('close', done))
    const watcher: Watcher = {
      process: child,
      lines,
      line: (pattern) =>
        new Promise((found, fail) => {
          const look = () => {
            while (next < lines.length) {
              const line = lines[next++]!
              if (!pattern.test(line)) continue
              waiting.delete(look)
              return found(line)
            }
          }
          waiting.add(look)
          void ended.then((code) => fail(new Error(`ended with ${code} before ${pattern}: ${lines.join('\n')}\n${errors}`)))
          look()
        }),
      end(signal = 'SIGINT') {
        child.kill(signal)
        return ended
      },
    }
    watchers.push(watcher)
    return watcher
  }

  const drawn = /^\d\d:\d\d:\d\d {2}a\.svg {2}\d+ ms {2}\d+ errors?, \d+ warnings?, \d+ notes?$/

  it('draws at once and after each change, and ends cleanly', async () => {
    put('a.lintel', 'service first\n')
    const watcher = watch('a.lintel', '-o', 'a.svg')
    assert.match(await watcher.line(drawn), /0 errors/)
    assert.match(read('a.svg'), />first</)
    put('a.lintel', 'service second\nsecond -> nobody\n')
    assert.match(await watcher.line(drawn), /1 error,/)
    assert.match(read('a.svg'), />second</)
    // As editors save: beside it and renamed over it; or deleted and written anew.
    renameSync(put('a.lintel.new', 'service third\n'), join(folder.path, 'a.lintel'))
    await watcher.line(drawn)
    assert.match(read('a.svg'), />third</)
    rmSync(join(folder.path, 'a.lintel'))
    put('a.lintel', 'service fourth\n')
    await watcher.line(drawn)
    assert.match(read('a.svg'), />fourth</)
    assert.equal(await watcher.end(), 0)
    assert.deepEqual(readdirSync(folder.path).sort(), ['.git', 'a.lintel', 'a.svg'], 'nothing else is left')
  })

  it('keeps the last picture while the text is broken, and says where; a file that is gone for a while comes back', async () => {
    put('a.lintel', 'service first\n')
    const watcher = watch('a.lintel', '-o', 'a.svg')
    await watcher.line(drawn)
    const good = read('a.svg')
    put('a.lintel', 'service first\nservice -> -> x\n')
    assert.match(await watcher.line(/a\.lintel/), /^\S+ {2}a\.lintel:2:\d+: .+ \(a\.svg stays as it was\)$/)
    rmSync(join(folder.path, 'a.lintel'))
    assert.match(await watcher.line(/does not exist/), /a\.svg stays as it was/)
    assert.equal(read('a.svg'), good)
    put('a.lintel', 'service second\n')
    await watcher.line(drawn)
    assert.match(read('a.svg'), />second</)
  })

  it('follows what is imported, also once it comes, and `lintel.json`', async () => {
    put('a.lintel', 'import "./parts/b.lintel"\nservice first\n')
    const watcher = watch('a.lintel', '-o', 'a.svg')
    assert.match(await watcher.line(/parts\/b\.lintel/), /nothing is drawn yet/)
    assert.ok(!existsSync(join(folder.path, 'a.svg')))
    put('parts/b.lintel', 'service imported\n')
    await watcher.line(drawn)
    assert.match(read('a.svg'), />imported</)
    put('parts/b.lintel', 'service other\nother -> first\n')
    await watcher.line(drawn)
    assert.match(read('a.svg'), />other</)
    put('lintel.json', '{ "rules": 3 }')
    await watcher.line(/lintel\.json:1:\d+: .*stays as it was/)
    put('lintel.json', '{ "rules": {} }')
    await watcher.line(drawn)
    rmSync(join(folder.path, 'parts'), { recursive: true })
    await watcher.line(/parts\/b\.lintel.*stays as it was/)
    put('parts/b.lintel', 'service back\n')
    await watcher.line(drawn)
    assert.match(read('a.svg'), />back</)
  })

  it('follows a link and what it points to', async () => {
    const real = put('real/a.lintel', 'service first\n')
    mkdirSync(join(folder.path, 'there'))
    symlinkSync(real, join(folder.path, 'there/a.lintel'))
    const watcher = watch('there/a.lintel', '-o', 'a.svg')
    await watcher.line(drawn)
    writeFileSync(real, 'service second\n')
    await watcher.line(drawn)
    assert.match(read('a.svg'), />second</)
  })

  it('says nothing where nothing changed', async () => {
    const text = 'service first\n'
    put('a.lintel', text)
    const watcher = watch('a.lintel', '-o', 'a.svg')
    await watcher.line(drawn)
    put('a.lintel', text)
    put('beside.txt', 'x')
    put('a.lintel', 'service second\n')
    await watcher.line(drawn)
    assert.equal(watcher.lines.length, 2, watcher.lines.join('\n'))
  })

  it('takes the forms, themes, views and flows of `lintel render`, with the same bytes', async () => {
    put('a.lintel', 'client c\nservice first\nservice second\nc -> first\nflow "F" { c -> first }\nview "V" { include: [first, second] }\n')
    for (const [output, ...options] of [['a.html', '--view', 'V'], ['a.mmd'], ['a.svg', '--flow', 'F', '--theme', 'dark'], ['a.txt', '--format', 'd2'], ['a.png'], ['a.pdf']]) {
      const watcher = watch('a.lintel', '-o', output!, ...options)
      await watcher.line(/ ms /)
      const watched = readFileSync(join(folder.path, output!))
      assert.equal(await watcher.end('SIGTERM'), 0)
      assert.equal((await lintel(['render', 'a.lintel', '-o', output!, ...options], { cwd: folder.path })).code, 0)
      assert.ok(output!.endsWith('.pdf') ? watched.subarray(0, 5).equals(Buffer.from('%PDF-')) : watched.equals(readFileSync(join(folder.path, output!))), output)
    }
  })

  it('refuses at once what can come to nothing', async () => {
    put('a.lintel', 'service first\n')
    for (const [args, reason] of [
      [['missing.lintel', '-o', 'a.svg'], /missing\.lintel does not exist/],
      [['a.lintel'], /required option/],
      [['a.lintel', '-o', 'a.docx'], /extension says the format/],
      [['a.lintel', '-o', 'no/a.svg'], /folder no does not exist/],
      [['a.lintel', '-o', 'a.svg', '--view', 'V'], /no view ‘V’/],
      [['a.lintel', '-o', 'a.lintel', '--format', 'svg'], /part of the design/],
    ] as const) {
      const { code, stderr } = await lintel(['watch', ...args], { cwd: folder.path })
      assert.equal(code, 2, args.join(' '))
      assert.match(stderr, reason)
    }
    assert.equal(read('a.lintel'), 'service first\n')
  })
})
