import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lintel, ROOT, scratch } from '../support/lintel.ts'

const ACCEPTANCE = join(ROOT, 'test', 'corpus', 'acceptance')
const SKETCH = join(ACCEPTANCE, 'orders-first-sketch.lintel')
const SOUND = join(ACCEPTANCE, 'orders-sound.lintel')

interface Report {
  files: number
  diagnostics: {
    rule: string
    severity: string
    message: string
    file: string
    range: { start: { line: number; character: number }; end: { line: number; character: number } }
    component: string | null
    flow: string | null
    related: { message: string; file: string; range: unknown }[]
    help: string
    url: string | null
    fixes: { title: string; edits: { file: string; newText: string }[] }[]
  }[]
  summary: { errors: number; warnings: number; infos: number }
}

describe('lintel', () => {
  let folder: ReturnType<typeof scratch>
  const file = (name: string, text: string) => {
    const path = join(folder.path, name)
    writeFileSync(path, text)
    return path
  }
  beforeEach(() => (folder = scratch()))
  afterEach(() => folder.remove())

  describe('check', () => {
    it('reports the three marked findings of the first sketch, on their lines, and exits with 1', async () => {
      const { code, stdout } = await lintel(['check', SKETCH, '--format', 'json'])
      const report = JSON.parse(stdout) as Report
      const marked = readFileSync(SKETCH, 'utf8')
        .split('\n')
        .flatMap((line, number) => [...line.matchAll(/\/\/! ([\w-]+)\s*$/g)].map(([, rule]) => `${number}:${rule}`))
      assert.equal(marked.length, 3)
      const errors = report.diagnostics.filter(({ severity }) => severity === 'error').map(({ rule, range }) => `${range.start.line}:${rule}`)
      assert.deepEqual(errors, marked)
      assert.equal(report.summary.errors, 3)
      assert.equal(code, 1)
    })

    it('gives each finding a page, a help text and a way out', async () => {
      const { stdout } = await lintel(['check', SKETCH, '--format', 'json'])
      for (const { rule, severity, message, help, url, fixes, related } of (JSON.parse(stdout) as Report).diagnostics) {
        if (severity !== 'error') continue
        assert.match(url ?? '', new RegExp(`${rule}`))
        assert.ok(message.length > 40 && help.length > 10, message)
        assert.ok(fixes.some(({ title }) => /accept/i.test(title)), `${rule} can be accepted`)
        assert.ok(related.every((one) => one.file && one.message))
      }
    })

    it('has nothing to say of the sound design, and exits with 0', async () => {
      const { code, stdout } = await lintel(['check', SOUND, '--format', 'json'])
      const { summary } = JSON.parse(stdout) as Report
      assert.deepEqual([code, summary.errors, summary.warnings], [0, 0, 0])
    })

    it('quotes the line with carets, in plain text when it is no terminal', async () => {
      const { stdout } = await lintel(['check', SKETCH])
      assert.match(stdout, /error cache-is-only-copy {2}\S*orders-first-sketch\.lintel:11:\d+\n +11 │ cache carts/)
      assert.match(stdout, /\^\^\^/)
      assert.match(stdout, /3 errors, \d+ warnings?, \d+ notes? in 1 file\.\n$/)
      assert.ok(!stdout.includes('\u001b'))
    })

    it('finds designs in folders, once each, and not in node_modules', async () => {
      mkdirSync(join(folder.path, 'node_modules'))
      file('a.lintel', 'import "./b.lintel"\nservice a\na -> b')
      file('b.lintel', 'service b')
      file('node_modules/c.lintel', 'nonsense nonsense nonsense')
      const { code, stdout } = await lintel(['check', '--format', 'json'], { cwd: folder.path })
      const report = JSON.parse(stdout) as Report
      assert.equal(report.files, 2)
      assert.equal(report.summary.errors, 0, stdout)
      assert.equal(code, 0)
    })

    it('fails on too many warnings only when asked', async () => {
      const path = file('w.lintel', 'service api\naccept hot-partition because "nothing to accept"')
      const { stdout } = await lintel(['check', path, '--format', 'json'])
      const { warnings } = (JSON.parse(stdout) as Report).summary
      assert.ok(warnings > 0, stdout)
      assert.equal((await lintel(['check', path])).code, 0)
      assert.equal((await lintel(['check', path, '--max-warnings', String(warnings)])).code, 0)
      const strict = await lintel(['check', path, '--max-warnings', '0'])
      assert.equal(strict.code, 1)
      assert.match(strict.stderr, /at most 0/)
    })

    it('reports a broken line and still checks the rest', async () => {
      const path = file('broken.lintel', readFileSync(SKETCH, 'utf8') + '\nservice -> -> {{ ]\n')
      const { stdout } = await lintel(['check', path, '--format', 'json'])
      const rules = (JSON.parse(stdout) as Report).diagnostics.filter(({ severity }) => severity === 'error').map(({ rule }) => rule)
      for (const rule of ['cache-is-only-copy', 'hot-partition', 'non-idempotent-consumer', 'syntax']) assert.ok(rules.includes(rule), `${rule} in ${rules}`)
    })
  })

  describe('bad input', () => {
    const cases: readonly [string, (name: (file: string, text: string) => string) => readonly string[], RegExp][] = [
      ['a path that does not exist', () => ['check', 'no/such.lintel'], /no\/such\.lintel does not exist/],
      ['a folder without designs', () => ['check', '.'], /no \.lintel file under \./],
      ['an unknown command', () => ['chekc'], /unknown command 'chekc'[\s\S]*check/],
      ['an unknown option', () => ['check', '--fromat', 'json'], /unknown option '--fromat'/],
      ['an unknown format', () => ['check', '--format', 'xml'], /json/],
      ['a number that is none', () => ['check', '--max-warnings', 'many'], /whole number/],
      ['rendering a folder', () => ['render', '.'], /is a folder/],
      ['rendering an empty file', (make) => ['render', make('empty.lintel', '')], /declares no component/],
      ['an unknown view', (make) => ['render', make('v.lintel', 'service a'), '--view', 'x'], /no view ‘x’/],
      ['an unknown flow', (make) => ['render', make('v.lintel', 'service a\nservice b\na -> b\nflow "Buy" { a -> b }'), '--flow', 'By'], /no flow ‘By’; it has ‘Buy’/],
      ['a flow that touches nothing', (make) => ['render', make('v.lintel', 'service a\nflow "Buy" { rate: 1/s }'), '--flow', 'Buy'], /touches no component/],
      ['an extension that is no format', (make) => ['render', make('v.lintel', 'service a'), '-o', 'x.bmp'], /extension says the format/],
      ['an output folder that does not exist', (make) => ['render', make('v.lintel', 'service a'), '-o', 'no/x.svg'], /folder no does not exist/],
      ['an unknown rule', () => ['explain', 'hot-partitoin'], /hot-partition/],
      ['an unknown example', () => ['new', 'nosuch'], /no example ‘nosuch’/],
    ]
    for (const [name, args, message] of cases) {
      it(`${name}: one clear line, exit code 2`, async () => {
        const { code, stdout, stderr } = await lintel(args(file), { cwd: folder.path })
        assert.equal(code, 2, stdout + stderr)
        assert.match(stderr, message)
        assert.equal(stdout, '')
        assert.ok(!/\n\s+at /.test(stderr), `no stack trace: ${stderr}`)
      })
    }

    it('a file without read permission', async function () {
      if (process.getuid?.() === 0) return this.skip()
      const path = file('secret.lintel', 'service a')
      chmodSync(path, 0)
      const { code, stderr } = await lintel(['check', path])
      assert.equal(code, 2)
      assert.match(stderr, /cannot be read/)
    })

    it('a file of 10 MB', async () => {
      const path = file('big.lintel', 'service a\n'.repeat(1_000_000))
      const { code, stderr } = await lintel(['check', path])
      assert.equal(code, 2)
      assert.match(stderr, /larger than 2 MB/)
    })

    it('imports of a folder, of nothing, of itself: a diagnostic each, and the rest is checked', async () => {
      mkdirSync(join(folder.path, 'sub'))
      file('main.lintel', 'import "./sub"\nimport "./missing.lintel"\nimport "./main.lintel"\nimport "../../etc/passwd.lintel"\nservice a\nservcie b')
      const { stdout } = await lintel(['check', 'main.lintel', '--format', 'json'], { cwd: folder.path })
      const lines = (JSON.parse(stdout) as Report).diagnostics.map(({ range }) => range.start.line)
      assert.ok([0, 1, 3, 5].every((line) => lines.includes(line)), stdout)
      assert.ok(!lines.includes(2), 'an import cycle is allowed')
    })
  })

  describe('render', () => {
    it('writes the same bytes twice, and to standard output', async () => {
      const [a, b] = [join(folder.path, 'a.svg'), join(folder.path, 'b.svg')]
      assert.equal((await lintel(['render', SKETCH, '-o', a])).code, 0)
      assert.equal((await lintel(['render', SKETCH, '-o', b])).code, 0)
      const { stdout } = await lintel(['render', SKETCH])
      assert.equal(readFileSync(a, 'utf8'), readFileSync(b, 'utf8'))
      assert.equal(readFileSync(a, 'utf8'), stdout)
      assert.match(stdout, /^(<\?xml[^>]*>\s*)?<svg /)
    })

    it('leaves what was there, and nothing half-written, when it fails', async () => {
      const out = file('out.svg', 'precious')
      const { code } = await lintel(['render', file('empty.lintel', ''), '-o', out])
      assert.equal(code, 2)
      assert.equal(readFileSync(out, 'utf8'), 'precious')
      assert.deepEqual(readdirSync(folder.path).sort(), ['empty.lintel', 'out.svg'])
    })

    it('follows the output’s extension', async () => {
      const path = file('o.lintel', 'design "Orders" { goal: "g" }\nservice a\nqueue b\na ~> b')
      for (const [extension, start] of [
        ['svg', /^<svg /],
        ['html', /^<!doctype html>[\s\S]*<title>Orders<\/title>[\s\S]*<svg /],
        ['mmd', /^flowchart [\s\S]*n_a -\.->.* n_b/],
        ['mermaid', /^flowchart /],
        ['d2', /^direction: [\s\S]*n_a -> n_b/],
        ['dot', /^digraph [\s\S]*n_a -> n_b/],
        ['gv', /^digraph /],
        ['drawio', /^<mxfile [\s\S]*name="Orders"[\s\S]*source="n-a" target="n-b"/],
        ['json', /^\{[\s\S]*"route"/],
      ] as const) {
        const out = join(folder.path, `o.${extension}`)
        const { code, stderr } = await lintel(['render', path, '-o', out])
        assert.equal(code, 0, stderr)
        assert.match(readFileSync(out, 'utf8'), start)
      }
      assert.match((await lintel(['render', path, '--format', 'd2'])).stdout, /^direction: /)
    })

    it('writes PNG at twice the size, and PDF', async () => {
      const path = file('o.lintel', 'service a\nqueue b\na ~> b')
      const at = (extension: string) => join(folder.path, `o.${extension}`)
      for (const extension of ['svg', 'png', 'pdf']) {
        const { code, stderr } = await lintel(['render', path, '-o', at(extension)])
        assert.deepEqual([code, stderr], [0, ''])
      }
      const png = readFileSync(at('png'))
      assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(readFileSync(at('svg'), 'utf8'))!.map(Number)
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [width! * 2, height! * 2])
      assert.equal(readFileSync(at('pdf')).subarray(0, 5).toString(), '%PDF-')
    })

    it('says which letters an image lacks', async () => {
      const { code, stderr } = await lintel(['render', file('l.lintel', 'service a "注文"'), '-o', join(folder.path, 'l.png')])
      assert.equal(code, 0)
      assert.match(stderr, /lacks 注 文.*\.svg/)
    })

    it('draws just what a flow touches', async () => {
      const path = file('f.lintel', 'region eu { service a\nservice b }\nregion us { service c }\ndatabase d\neu.a -> eu.b\neu.a -> d\neu.b -> d\nus.c -> d\nflow "Buy" { a -> b\nwhen "new" 5% { a -> d } }')
      const { code, stdout, stderr } = await lintel(['render', path, '--flow', 'Buy', '--format', 'json'])
      assert.equal(code, 0, stderr)
      const { nodes, edges } = JSON.parse(stdout) as { nodes: { id: string }[]; edges: { from: string; to: string }[] }
      assert.deepEqual(nodes.map(({ id }) => id), ['eu', 'eu.a', 'eu.b', 'd'])
      assert.deepEqual(edges.map(({ from, to }) => `${from} ${to}`), ['eu.a eu.b', 'eu.a d'])
    })

    it('draws a design with problems, and says so', async () => {
      const { code, stdout, stderr } = await lintel(['render', file('p.lintel', 'service a\nservice b\na -> b\na -> nosuch')])
      assert.equal(code, 0)
      assert.match(stdout, /<svg/)
      assert.match(stderr, /1 error marked/)
    })
  })

  it('survives a reader that stops early', async () => {
    const { code, stderr } = await lintel(['explain', 'hot-partition'], { readOnly: 10 })
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
  })

  it('lists the rules, as text and as JSON', async () => {
    const { stdout } = await lintel(['rules', '--format', 'json'])
    const rules = JSON.parse(stdout) as { id: string; code: string; group: string; title: string; severity: string; why: string; sources: unknown[]; url: string; fixable: boolean; needs: string[]; settings: { name: string; default: string; meaning: string }[] }[]
    for (const id of ['hot-partition', 'dual-write', 'single-point-of-failure']) assert.ok(rules.some((rule) => rule.id === id), id)
    for (const rule of rules) assert.ok(rule.title && rule.severity && rule.why && rule.sources.length > 0 && rule.url.includes(rule.id) && typeof rule.fixable === 'boolean', rule.id)
    for (const { id, code, group, needs } of rules) assert.ok(/^[A-Z]\d+$/.test(code) && group && Array.isArray(needs), id)
    assert.deepEqual(rules.find(({ id }) => id === 'hot-partition')!.settings.map(({ name, default: usual }) => [name, usual]), [['utilisation', '70%']])
    const text = (await lintel(['rules'])).stdout
    // Each rule once, below its group, whose heading counts its rules.
    let at = ''
    const listed = text.split('\n').flatMap((line) => {
      if (/^\S/.test(line)) at = line
      const id = /^ {2}(?:error|warning|info|hint) +([a-z0-9-]+) /.exec(line)?.[1]
      return id === undefined ? [] : [`${at} ${id}`]
    })
    const count = (group: string) => rules.filter((rule) => rule.group === group).length
    assert.deepEqual(listed.toSorted(), rules.map(({ id, group }) => `${group} (${count(group)}) ${id}`).toSorted())
    assert.match(text, new RegExp(`\\n${rules.length} rules, ${rules.filter(({ fixable }) => fixable).length} with a fix\\. `))
  })

  it('explains a rule with its examples', async () => {
    const { code, stdout } = await lintel(['explain', 'hot-partition'])
    assert.equal(code, 0)
    for (const heading of ['Why', 'Fires on', 'Stays silent on', 'How to fix', 'Sources', 'Settings', 'Facts it reads']) assert.ok(stdout.includes(`## ${heading}`), heading)
    assert.match(stdout, /^# hot-partition\n\n\*\*One key gets .*\*\* P1 · Partitioning and hot keys · at most error · offers a fix\n/)
    assert.match(stdout, /"hot-partition": \{ "severity": "error", "utilisation": "70%" \}[\s\S]*- `utilisation` \(70% unless set\): /)
    assert.equal((await lintel(['explain', 'p1'])).stdout, stdout, 'by its code as well')
    assert.match((await lintel(['explain', 'not-stated'])).stdout, /^# not-stated\n[\s\S]*"not-stated": "off"/)
  })

  it('starts a design from the gallery, and never over one that is there', async () => {
    const list = await lintel(['new'], { cwd: folder.path })
    assert.equal(list.code, 0)
    assert.match(list.stdout, /orders/)
    assert.equal((await lintel(['new', 'orders'], { cwd: folder.path })).code, 0)
    assert.deepEqual(readdirSync(folder.path), ['orders.lintel'])
    const again = await lintel(['new', 'orders'], { cwd: folder.path })
    assert.equal(again.code, 2)
    assert.match(again.stderr, /exists/)
    assert.equal((await lintel(['check', 'orders.lintel', '--max-warnings', '0'], { cwd: folder.path })).code, 0)
  })

  it('prints the axes: seven rows, as text, Markdown and JSON', async () => {
    const { stdout } = await lintel(['axes', SOUND, '--format', 'json'])
    const { rows } = JSON.parse(stdout) as { rows: { axis: string }[] }
    assert.deepEqual(rows.map(({ axis }) => axis), ['consistency', 'availability', 'latency', 'throughput', 'scale-unit', 'state', 'recovery'])
    for (const format of ['text', 'md']) {
      const { stdout: text } = await lintel(['axes', SOUND, '--format', format])
      for (const { axis } of rows) assert.ok(text.toLowerCase().includes(axis.replace('-', ' ')), `${format}: ${axis}`)
    }
  })
})
