/** The forms of `lintel check`'s report, each against its public schema, and each saying the same. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import AjvDraft04 from 'ajv-draft-04'
import { lintel, ROOT, scratch } from '../support/lintel.ts'
import { parseXml, type XmlElement } from '../support/xml.ts'

const FLAWED = ['orders', 'photo-feed', 'ticket-sales'].map((name) => `examples/${name}/${name}.flawed.lintel`)
const SKETCH = 'test/corpus/acceptance/orders-first-sketch.lintel'

/** Errors, warnings, notes, hints, a broken text and letters that XML, URIs and GitHub give a meaning to. */
const ODD = `design "A & B <100%>, \u{1F600}: “x”" { goal: "g" }
data Order { class: order, key: k }
client app "\u{1F600}\u{1F600}"   accept hot-partition because "50%, at most"
cache c "\u{1F600} <&>" uses redis { stores: Order }, service api
app -> api, api -> c : writes { data: Order }
servcie x "a%0Ab::c,d"
\u0001 \uFFFE
`

interface Sarif {
  runs: {
    columnKind: string
    originalUriBaseIds: Record<string, { uri: string }>
    tool: { driver: { rules: { id: string; help: { text: string; markdown?: string }; helpUri: string; properties?: { code: string } }[] } }
    results: Result[]
  }[]
}

interface Place {
  physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: { startLine: number; startColumn: number; endLine: number; endColumn: number } }
  message?: { text: string }
}

interface Result {
  ruleId: string
  ruleIndex: number
  level: string
  message: { text: string }
  locations: Place[]
  relatedLocations?: Place[]
  codeFlows?: { threadFlows: { locations: { location: Place }[] }[] }[]
  fixes?: { artifactChanges: { replacements: { deletedRegion: Place['physicalLocation']['region']; insertedContent?: { text: string } }[] }[] }[]
  partialFingerprints: Record<string, string>
  suppressions?: { kind: string; justification: string; location?: Place }[]
}

interface Json {
  files: number
  diagnostics: { rule: string; severity: string; message: string; file: string; range: { start: { line: number; character: number }; end: { line: number; character: number } }; fixes: { title: string }[] }[]
  summary: { errors: number; warnings: number; infos: number }
}

const schema = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as object
const validSarif = new AjvDraft04.default({ strict: false, unicodeRegExp: false, formats: { uri: (text: string) => URL.canParse(text), 'uri-reference': true, 'date-time': true } }).compile(schema('test/schemas/sarif-2.1.0-rtm.5.json'))
const validJson = new Ajv().compile(schema('docs/report.schema.json'))

/** Loaded late: mocha cannot load a module that waits on its top level. */
async function validJunit(xml: string): Promise<void> {
  const { XmlDocument, XsdValidator } = await import('libxml2-wasm')
  using xsd = XmlDocument.fromBuffer(readFileSync(join(ROOT, 'test/schemas/jenkins-junit.xsd')))
  using validator = XsdValidator.fromDoc(xsd)
  using report = XmlDocument.fromString(xml)
  validator.validate(report)
}

describe('reports', () => {
  let folder: ReturnType<typeof scratch>
  let odd: string
  beforeEach(() => {
    folder = scratch()
    odd = join(folder.path, 'odd % name.lintel')
    writeFileSync(odd, ODD)
  })
  afterEach(() => folder.remove())

  const sarif = async (...args: readonly string[]) => JSON.parse((await lintel(['check', ...args, '--format', 'sarif'])).stdout) as Sarif
  const json = async (...args: readonly string[]) => JSON.parse((await lintel(['check', ...args, '--format', 'json'])).stdout) as Json

  describe('json', () => {
    it('is what its schema says, also of odd texts', async () => {
      for (const path of [...FLAWED, SKETCH, odd, 'examples']) {
        const report = await json(path)
        assert.ok(validJson(report), JSON.stringify(validJson.errors))
        assert.ok(report.diagnostics.length > 0)
      }
      assert.ok(!validJson({ files: 1, diagnostics: [{}], summary: {} }), 'the schema can fail')
    })
  })

  describe('sarif', () => {
    it('is valid SARIF 2.1.0, also of odd texts', async () => {
      for (const path of [...FLAWED, SKETCH, odd, 'examples']) assert.ok(validSarif(await sarif(path)), `${path}: ${JSON.stringify(validSarif.errors)}`)
      assert.ok(!validSarif({ version: '2.1.0', runs: [{}] }), 'the schema can fail')
    })

    it('says of each finding what the JSON says, from line and column 1, in UTF-16 units', async () => {
      for (const path of [...FLAWED, odd]) {
        const [run] = (await sarif(path)).runs
        const { diagnostics } = await json(path)
        assert.equal(run!.columnKind, 'utf16CodeUnits')
        assert.equal(run!.results.length, diagnostics.length)
        const level = { error: 'error', warning: 'warning', info: 'note', hint: 'note' } as Record<string, string>
        for (const [index, { rule, severity, message, range }] of diagnostics.entries()) {
          const found = run!.results[index]!
          assert.deepEqual([found.ruleId, found.level, run!.tool.driver.rules[found.ruleIndex]!.id], [rule, level[severity], rule])
          assert.ok(found.message.text.startsWith(message))
          const { region } = found.locations[0]!.physicalLocation
          assert.deepEqual([region.startLine, region.startColumn, region.endLine, region.endColumn], [range.start.line + 1, range.start.character + 1, range.end.line + 1, range.end.character + 1])
        }
      }
      const line = ODD.split('\n')[2]!
      const { results } = (await sarif(odd)).runs[0]!
      const { region } = results.find(({ ruleId }) => ruleId === 'unused-accept')!.locations[0]!.physicalLocation
      assert.equal(line.slice(region.startColumn - 1, region.endColumn - 1), 'hot-partition', 'letters outside of the first plane count two')
    })

    it('carries the page, the address and the sources of each rule that found something', async () => {
      for (const { id, help, helpUri, properties } of (await sarif(...FLAWED)).runs[0]!.tool.driver.rules) {
        assert.match(helpUri, /^https:\/\//)
        if (!properties) continue
        assert.match(help.markdown!, new RegExp(`^# .*${id}[\\s\\S]*## Why[\\s\\S]*## How to fix`))
        assert.match(properties.code, /^[A-Z]\d+$/)
      }
    })

    it('tells the path as a code flow, arrow by arrow', async () => {
      const results = (await sarif('examples/orders/orders.flawed.lintel')).runs[0]!.results
      const steps = (rule: string) => results.find(({ ruleId }) => ruleId === rule)!.codeFlows?.[0]!.threadFlows[0]!.locations.map(({ location }) => location.message!.text)
      assert.deepEqual(steps('single-point-of-failure'), ['`shopper` calls `lb`', '`lb` routes `api`', '`api` writes `ledger`'])
      // Its own arrow ends the way that its related places begin.
      assert.deepEqual(steps('non-idempotent-consumer'), ['`api` puts messages into `events`', '`billing` consumes `events` at-least-once', '`billing` calls `psp`'])
      assert.equal(steps('hot-partition'), undefined, 'what only comes together there is no way')
    })

    it('carries the fixes as changes that give what the fix gives, and never an accept', async () => {
      const text = readFileSync(join(ROOT, SKETCH), 'utf8')
      const lines = text.split('\n')
      const offset = (line: number, column: number) => lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1
      const results = (await sarif(SKETCH)).runs[0]!.results
      const hot = results.find(({ ruleId }) => ruleId === 'hot-partition')!
      const [change] = hot.fixes![0]!.artifactChanges
      assert.equal(change!.replacements.length, 1)
      const { deletedRegion: region, insertedContent } = change!.replacements[0]!
      const mended = text.slice(0, offset(region.startLine, region.startColumn)) + insertedContent!.text + text.slice(offset(region.endLine, region.endColumn))
      const path = join(folder.path, 'mended.lintel')
      writeFileSync(path, mended)
      assert.ok(!(await json(path)).diagnostics.some(({ rule }) => rule === 'hot-partition'))
      assert.ok(!JSON.stringify(results.map(({ fixes }) => fixes)).includes('accept '))
    })

    it('has fingerprints that stay when lines move, and differ where findings differ', async () => {
      const path = join(folder.path, 'moved.lintel')
      const text = readFileSync(join(ROOT, SKETCH), 'utf8')
      const prints = async (content: string) => {
        writeFileSync(path, content)
        return (await sarif(path)).runs[0]!.results.map(({ partialFingerprints }) => partialFingerprints['lintelSubject/v1']!)
      }
      const before = await prints(text)
      assert.equal(new Set(before).size, before.length)
      assert.deepEqual(await prints(`// one\n\n// more\n${text.replace('hot(45%)', 'hot(46%)')}`), before)
      assert.notDeepEqual(await prints(text.replaceAll('carts', 'baskets')), before)
    })

    it('names files relative to the repository, wherever it runs, and others by their URI', async () => {
      const from = async (cwd: string, path: string) => JSON.parse((await lintel(['check', path, '--format', 'sarif'], { cwd })).stdout) as Sarif
      for (const [cwd, path] of [[ROOT, FLAWED[0]!], [join(ROOT, 'examples'), 'orders/orders.flawed.lintel']] as const) {
        const [run] = (await from(cwd, path)).runs
        assert.deepEqual(run!.results[0]!.locations[0]!.physicalLocation.artifactLocation, { uri: FLAWED[0], uriBaseId: '%SRCROOT%' })
        assert.equal(run!.originalUriBaseIds['%SRCROOT%']!.uri, pathToFileURL(`${ROOT}/`).href)
      }
      assert.deepEqual((await from(ROOT, odd)).runs[0]!.results[0]!.locations[0]!.physicalLocation.artifactLocation, { uri: pathToFileURL(odd).href })
      assert.deepEqual((await from(folder.path, odd)).runs[0]!.results[0]!.locations[0]!.physicalLocation.artifactLocation, { uri: 'odd%20%25%20name.lintel', uriBaseId: '%SRCROOT%' })
    })
  })

  describe('github', () => {
    /** As the runner reads a line: https://github.com/actions/toolkit, core/src/command.ts, backwards. */
    const commands = (text: string) =>
      [...text.matchAll(/^::(error|warning|notice) (.*?)::(.*)$/gm)].map(([, command, properties, data]) => ({
        command,
        properties: Object.fromEntries(properties!.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), unescape(pair.slice(pair.indexOf('=') + 1)).replaceAll('%3A', ':').replaceAll('%2C', ',')])) as Record<string, string>,
        data: unescape(data!),
      }))
    const unescape = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%')

    it('is one annotation a diagnostic, whatever its text', async () => {
      for (const path of [...FLAWED, odd]) {
        const { stdout } = await lintel(['check', path, '--format', 'github'])
        const { diagnostics } = await json(path)
        const found = commands(stdout)
        assert.equal(found.length, diagnostics.length)
        const name = { error: 'error', warning: 'warning', info: 'notice', hint: 'notice' } as Record<string, string>
        for (const [index, { rule, severity, message, range }] of diagnostics.entries()) {
          const { command, properties, data } = found[index]!
          assert.equal(command, name[severity])
          assert.ok(data.startsWith(message), `${data} / ${message}`)
          assert.ok(properties['title']!.startsWith(rule))
          assert.equal(properties['line'], String(range.start.line + 1))
          assert.equal(properties['file'], path === odd ? pathToFileURL(odd).href : path)
        }
        assert.equal(stdout.trimEnd().split('\n').length, found.length + 1, 'and a summary')
      }
    })
  })

  describe('junit', () => {
    const read = async (...args: readonly string[]) => {
      const { stdout } = await lintel(['check', ...args, '--format', 'junit'])
      await validJunit(stdout)
      return parseXml(stdout.replace(/^<\?xml[^>]*>/, ''))
    }
    const elements = ({ children }: XmlElement) => children.filter((child) => typeof child !== 'string')

    it('is what Jenkins’ schema says, also of odd texts', async () => {
      for (const path of [...FLAWED, SKETCH, odd, 'examples']) await read(path)
      await assert.rejects(() => validJunit('<testsuites><testsuite/></testsuites>'), 'the schema can fail')
    })

    it('has a suite a file, a failed case an error, a skipped one for the rest, a passed one for a file without findings', async () => {
      const suites = elements(await read('examples'))
      const report = await json('examples')
      assert.equal(suites.length, report.files)
      for (const suite of suites) {
        const own = report.diagnostics.filter(({ file }) => file === suite.attributes['name'])
        const cases = elements(suite)
        const outcomes = cases.map((one) => elements(one)[0]?.name ?? 'passed')
        assert.deepEqual(outcomes, own.length === 0 ? ['passed'] : own.map(({ severity }) => (severity === 'error' ? 'failure' : 'skipped')))
        assert.equal(suite.attributes['tests'], String(cases.length))
        assert.equal(suite.attributes['failures'], String(outcomes.filter((one) => one === 'failure').length))
        assert.equal(new Set(cases.map(({ attributes }) => attributes['name'])).size, cases.length, 'each case has a name of its own')
        for (const [index, { rule, message }] of own.entries()) assert.ok(cases[index]!.attributes['name']!.startsWith(`${rule}: `) && JSON.stringify(cases[index]).includes(JSON.stringify(message).slice(1, -1)))
      }
    })

    it('lets warnings fail just when they fail the command', async () => {
      const path = join(folder.path, 'w.lintel')
      writeFileSync(path, 'service api\naccept hot-partition because "nothing to accept"')
      const outcome = async (...args: readonly string[]) => elements(elements(await read(path, ...args))[0]!).map((one) => elements(one)[0]?.name)
      assert.deepEqual(await outcome(), ['skipped'])
      assert.deepEqual(await outcome('--max-warnings', '0'), ['failure'])
    })
  })

  it('exits alike in every form', async () => {
    for (const format of ['text', 'json', 'sarif', 'github', 'junit']) {
      assert.equal((await lintel(['check', FLAWED[0]!, '--format', format])).code, 1, format)
      assert.equal((await lintel(['check', 'examples/orders/orders.lintel', '--format', format])).code, 0, format)
    }
  })
})
