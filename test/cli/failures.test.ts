/** `lintel fail` and `lintel sheet` as a person at a shell meets them. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { lintel, ROOT, scratch } from '../support/lintel.ts'

const ORDERS = join(ROOT, 'examples/orders/orders.lintel')

describe('lintel fail', () => {
  it('says what each flow does, on which way it fails, and what backs up', async () => {
    const { code, stdout } = await lintel(['fail', ORDERS, 'psp'])
    assert.equal(code, 0)
    assert.match(stdout, /"Place an order" +deferred/)
    assert.match(stdout, /What backs up\n.*`events` grows by 2k\/s, forgets after 7d/)
    assert.match(stdout, /1 flow: deferred\n$/)
  })

  it('takes several targets, copies, places and technologies', async () => {
    for (const targets of [['carts', 'ledger'], ['replica(ledger, 2)'], ['zone(us-east)'], ['redis'], ['us-east']]) {
      const { code, stdout } = await lintel(['fail', ORDERS, ...targets])
      assert.equal(code, 0, targets.join())
      assert.ok(stdout.startsWith(`Without ${targets.join(', ')}\n`))
    }
  })

  it('takes what it means by the words that people use', async () => {
    for (const target of ['a replica of ledger', '2 replicas of ledger', 'technology redis', 'all of redis', 'zone us-east', 'Payment provider', 'Ledger']) {
      const { code, stderr } = await lintel(['fail', ORDERS, target])
      assert.equal(code, 0, `${target}: ${stderr}`)
    }
  })

  it('runs a scenario by its title, with all that it brings about', async () => {
    const { code, stdout } = await lintel(['fail', ORDERS, 'The provider is down'])
    assert.equal(code, 0)
    assert.match(stdout, /^In "The provider is down"\n  `psp` is down\n\n"Place an order" +deferred/)
    const surge = await lintel(['fail', join(ROOT, 'examples/url-shortener/url-shortener.lintel'), 'Twice as much as on the best day'])
    assert.match(surge.stdout, /^In "Twice as much as on the best day"\n  "Follow a link" gets 2 times as much\n/)
  })

  it('tells nothing twice', async () => {
    for (const targets of [['psp'], ['us-east'], ['ledger', 'carts'], ['zone(us-east)'], ['events']]) {
      const { stdout } = await lintel(['fail', ORDERS, ...targets])
      const said = stdout.split(/\n(?= {2,4}\S)/).map((line) => line.trim()).filter((line) => line.length > 20)
      assert.deepEqual(said.filter((line, index) => said.indexOf(line) !== index), [], targets.join())
      assert.ok(stdout.split('\n').length <= 24, `${targets.join()}: fits a screen`)
    }
  })

  it('gives JSON of the shape that its schema fixes, with all that the text says', async () => {
    const valid = new Ajv().compile(JSON.parse(readFileSync(join(ROOT, 'docs/failure.schema.json'), 'utf8')) as object)
    for (const targets of [['psp'], ['us-east'], ['replica(ledger, 2)'], ['zone(us-east)'], ['redis', 'events'], ['The provider is down']]) {
      const report = JSON.parse((await lintel(['fail', ORDERS, ...targets, '--format', 'json'])).stdout) as { flows: { details: string[] }[]; shifts: { text: string }[]; backlogs: { text: string }[]; effects: { text: string }[] }
      assert.ok(valid(report), JSON.stringify(valid.errors))
      const { stdout } = await lintel(['fail', ORDERS, ...targets])
      const listed = [...stdout.replace(/\n {4}(?=\S)/g, ' ').matchAll(/^ {2}· (.*)$/gm)].map(([, line]) => line!)
      const told = [...report.shifts, ...report.backlogs, ...report.effects].map(({ text }) => text)
      for (const line of listed) assert.ok(told.some((text) => text.startsWith(line)), line)
    }
  })

  it('as JSON gives states, ways, shifts and backlogs', async () => {
    const { stdout } = await lintel(['fail', ORDERS, 'ledger', '--format', 'json'])
    const report = JSON.parse(stdout) as { flows: { title: string; state: string; path: string[]; headline: string }[]; hits: { component: string; of: string }[] }
    assert.deepEqual(report.hits.map(({ component, of }) => [component, of]), [['us-east.ledger', 'all']])
    assert.deepEqual(report.flows.map(({ title, state, path }) => ({ title, state, path })), [{ title: 'Place an order', state: 'unavailable', path: ['shopper', 'lb', 'us-east.api', 'us-east.ledger'] }])
  })

  it('refuses what names nothing, with the name that was meant, and what means too much', async () => {
    const { code, stderr, stdout } = await lintel(['fail', ORDERS, 'legder'])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /nothing named ‘legder’ in .*orders\.lintel; did you mean ledger\?/)
    assert.equal((await lintel(['fail', ORDERS])).code, 2)
    assert.match((await lintel(['fail', ORDERS, 'replica(legder)'])).stderr, /did you mean replica\(ledger\)\?/)
    assert.match((await lintel(['fail', ORDERS, 'zone(us-eats)'])).stderr, /did you mean zone\(us-east\)\?/)
    assert.match((await lintel(['fail', ORDERS, 'technology(rediss)'])).stderr, /did you mean technology\(redis\)\?/)
    assert.match((await lintel(['fail', ORDERS, 'The provider is dwon'])).stderr, /did you mean The provider is down\?/)
    assert.match((await lintel(['fail', ORDERS, 'xyzzy-42'])).stderr, /; name a component, a container, a zone, a technology, replica\(NAME\) or the title of a scenario/)
  })
})

describe('lintel fail of a broken text', () => {
  let folder: ReturnType<typeof scratch>
  beforeEach(() => (folder = scratch()))
  afterEach(() => folder.remove())

  it('says beside its answer that it is about the rest', async () => {
    const file = join(folder.path, 'broken.lintel')
    writeFileSync(file, 'client c\nservice a { replicas: many }\nc -> a\nflow "F" { c -> a }\n')
    const { code, stdout, stderr } = await lintel(['fail', file, 'a'])
    assert.equal(code, 0)
    assert.match(stderr, /broken\.lintel has 1 error \(lintel check shows it\); this is about the rest/)
    assert.match(stdout, /^Without a\n\n"F" +unavailable\n/)
  })
})

describe('lintel sheet', () => {
  let folder: ReturnType<typeof scratch>
  beforeEach(() => (folder = scratch()))
  afterEach(() => folder.remove())

  it('writes one file in the form that the name says', async () => {
    for (const [name, start] of [['a.md', '# Orders\n'], ['a.html', '<!doctype html>'], ['a.pdf', '%PDF-1.']] as const) {
      const output = join(folder.path, name)
      const { code, stderr } = await lintel(['sheet', ORDERS, '-o', output])
      assert.equal(code, 0, stderr)
      assert.ok(readFileSync(output, 'latin1').startsWith(start), name)
    }
  })

  it('refuses another form, a missing design and a design without a component, and writes nothing', async () => {
    const output = join(folder.path, 'a.docx')
    const { code, stderr } = await lintel(['sheet', ORDERS, '-o', output])
    assert.equal(code, 2)
    assert.match(stderr, /one of \.md, \.html, \.pdf/)
    assert.ok(!existsSync(output))
    assert.equal((await lintel(['sheet', join(folder.path, 'none.lintel'), '-o', join(folder.path, 'a.md')])).code, 2)
    for (const target of [join(folder.path, 'no-such-folder', 'a.md'), join(folder.path, 'folder.md')]) {
      mkdirSync(join(folder.path, 'folder.md'), { recursive: true })
      const refused = await lintel(['sheet', ORDERS, '-o', target])
      assert.equal(refused.code, 2)
      assert.match(refused.stderr, /cannot be written/)
    }
    assert.deepEqual(readdirSync(folder.path), ['folder.md'])
  })

  it('writes the picture beside Markdown where it is asked to, and links to it', async () => {
    const [page, picture] = [join(folder.path, 'a.md'), join(folder.path, 'pictures', 'a.svg')]
    mkdirSync(join(folder.path, 'pictures'))
    const { code, stderr } = await lintel(['sheet', ORDERS, '-o', page, '--picture', picture])
    assert.equal(code, 0, stderr)
    assert.match(readFileSync(page, 'utf8'), /!\[The picture of Orders\]\(pictures\/a\.svg\)/)
    assert.ok(readFileSync(picture, 'utf8').startsWith('<svg '))
    assert.equal((await lintel(['sheet', ORDERS, '-o', join(folder.path, 'a.pdf'), '--picture', picture])).code, 2)
  })
})

describe('lintel load', () => {
  it('gives every flow and component its numbers, and the lets as the design’s comments say', async () => {
    const { code, stdout } = await lintel(['load', join(ROOT, 'test/corpus/acceptance/instagram.lintel')])
    assert.equal(code, 0)
    for (const [name, result] of [['uploads', '11.6k/s'], ['per-day', '2PB'], ['five-years', '3.65EB'], ['ingress', '23.1GB/s = 185Gb/s'], ['feed-reads', '116k/s']]) {
      assert.match(stdout, new RegExp(`^  ${name} += .+  ${result!.replace(/[/=]/g, '.')}$`, 'm'), name)
    }
    assert.match(stdout, /Upload +11\.6k\/s/)
  })

  it('as JSON carries numbers with the lines that they follow from', async () => {
    const { stdout } = await lintel(['load', ORDERS, '--format', 'json'])
    const report = JSON.parse(stdout) as { flows: { average: number; peak: number }[]; components: { name: string; used?: number; derivation: { text: string; origin?: { file: string } }[] }[] }
    assert.deepEqual(report.flows.map(({ average, peak }) => [average, peak]), [[1000, 5000]])
    const billing = report.components.find(({ name }) => name === 'billing')!
    assert.equal(Number(billing.used!.toFixed(3)), 0.139)
    assert.ok(billing.derivation.some(({ text, origin }) => text.includes('capacity: 150/s') && origin?.file.endsWith('orders.lintel')))
  })
})
