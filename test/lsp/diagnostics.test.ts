import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodeActionKind, DiagnosticSeverity, DiagnosticTag, type CodeAction, type Diagnostic } from 'vscode-languageserver-protocol'
import { startEditor, type Document, type Editor } from './client.ts'
import { FINDINGS, SKETCH } from './sketch.ts'

describe('what the server says of texts', () => {
  let editor: Editor
  const start = async (...options: Parameters<typeof startEditor>) => (editor = await startEditor(...options))
  const codes = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code)
  const ofRule = (rule: string) => (diagnostics: readonly Diagnostic[]) => diagnostics.some(({ code }) => code === rule)
  const withoutRule = (rule: string) => (diagnostics: readonly Diagnostic[]) => !ofRule(rule)(diagnostics)

  afterEach(async () => {
    const { errors } = editor
    await editor.close()
    assert.deepEqual(errors, [], 'the server logged errors')
  })

  const actions = (document: Document, diagnostic: Diagnostic, only?: string[]) =>
    editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', { textDocument: { uri: document.uri }, range: diagnostic.range, context: { diagnostics: [diagnostic], only } })

  describe('diagnostics', function () {
    this.timeout(90_000)

    it('has the findings of the sketch on their lines, each with its page, its path and what to do', async () => {
      await start({ initializationOptions: { rulePages: 'https://example.org/rules/{rule}' } })
      const document = editor.open('sketch.lintel', SKETCH)
      const found = await document.diagnostics(ofRule('hot-partition'))
      for (const [rule, line] of FINDINGS) {
        const diagnostic = found.find(({ code }) => code === rule)
        assert.ok(diagnostic, `${rule} is missing in ${codes(found).join()}`)
        assert.equal(diagnostic.range.start.line, document.at(line).line, rule)
        assert.equal(diagnostic.codeDescription?.href, `https://example.org/rules/${rule}`)
        assert.equal(diagnostic.source, 'lintel')
        assert.match(diagnostic.message as string, /\n\n\S/, `${rule} does not say what to do`)
      }
      const consumer = found.find(({ code }) => code === 'non-idempotent-consumer')!
      assert.ok((consumer.relatedInformation ?? []).length > 0, 'the path is not given')
      assert.ok(consumer.relatedInformation!.every(({ location }) => location.uri === document.uri))
      const errors = found.filter(({ severity }) => severity === DiagnosticSeverity.Error)
      assert.deepEqual(codes(errors).filter((code) => !FINDINGS.some(([rule]) => rule === code)), [])
    })

    it('links to the project where the client names no pages', async () => {
      await start()
      const document = editor.open('sketch.lintel', SKETCH)
      const found = await document.diagnostics(ofRule('hot-partition'))
      assert.match(found.find(({ code }) => code === 'hot-partition')!.codeDescription?.href ?? '', /^https:\/\/.*\/docs\/rules\/hot-partition\.md$/)
    })

    it('goes when its fix is applied', async () => {
      await start()
      const document = editor.open('sketch.lintel', SKETCH)
      const found = await document.diagnostics(ofRule('non-idempotent-consumer'))
      const finding = found.find(({ code }) => code === 'non-idempotent-consumer')!
      const offered = await actions(document, finding)
      const preferred = offered.find(({ isPreferred, diagnostics }) => isPreferred && diagnostics?.[0]?.code === 'non-idempotent-consumer')
      assert.ok(preferred, `no preferred fix in ${offered.map(({ title }) => title).join('; ')}`)
      assert.equal(preferred.kind, CodeActionKind.QuickFix)
      assert.doesNotMatch(JSON.stringify(preferred.edit), /accept /)
      document.apply(preferred.edit!.changes![document.uri]!)
      await document.diagnostics(withoutRule('non-idempotent-consumer'))
    })

    it('goes when it is accepted, and an accept that silences nothing is shown as needless', async () => {
      await start()
      const document = editor.open('sketch.lintel', SKETCH)
      const found = await document.diagnostics(ofRule('hot-partition'))
      const accept = (await actions(document, found.find(({ code }) => code === 'hot-partition')!)).find(({ edit }) => JSON.stringify(edit).includes('accept hot-partition because'))
      assert.ok(accept)
      assert.notEqual(accept.isPreferred, true)
      document.apply(accept.edit!.changes![document.uri]!)
      await document.diagnostics(withoutRule('hot-partition'))
      document.replace('key-dist: hot(45%), ', 'key-dist: uniform, ')
      const after = await document.diagnostics(ofRule('unused-accept'))
      assert.deepEqual(after.find(({ code }) => code === 'unused-accept')!.tags, [DiagnosticTag.Unnecessary])
    })

    it('offers the nearest spelling of a misspelt word, and mends all of them at once', async () => {
      await start()
      const document = editor.open('typos.lintel', 'servise api { replcas: 3 }\nclient app\napp -> api\n')
      const found = await document.diagnostics((all) => all.length > 1)
      const kind = found.find(({ range }) => range.start.line === 0 && range.start.character === 0)
      assert.ok(kind, JSON.stringify(found))
      const [first] = await actions(document, kind)
      assert.equal(first!.edit!.changes![document.uri]![0]!.newText, 'service')
      const all = await editor.connection.sendRequest<CodeAction[]>('textDocument/codeAction', {
        textDocument: { uri: document.uri }, range: { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } }, context: { diagnostics: [], only: ['source.fixAll'] },
      })
      assert.equal(all.length, 1)
      document.apply(all[0]!.edit!.changes![document.uri]!)
      assert.match(document.text, /^service api \{ replicas: 3 \}/)
      await document.diagnostics((now) => now.every(({ severity }) => severity !== DiagnosticSeverity.Error))
    })

    it('offers no fix-all where nobody asked for it', async () => {
      await start()
      const document = editor.open('typos.lintel', 'servise api')
      const [problem] = await document.diagnostics((all) => all.length > 0)
      assert.deepEqual((await actions(document, problem!)).filter(({ kind }) => kind !== CodeActionKind.QuickFix), [])
    })
  })

  describe('designs of several files', function () {
    this.timeout(90_000)
    const ROOT = 'import "./stores.lintel"\n\ndesign "Shop" { goal: "Sell" }\ndata Cart { class: order, key: user-id }\nclient app\nservice api { replicas: 3, zones: 3 }\napp -> api\napi -> carts : writes { data: Cart }\n'
    const CACHE = 'cache carts uses redis { stores: Cart }\n'
    const DATABASE = 'database carts uses postgres { stores: Cart, replicas: 3, zones: 3 }\n'

    it('says in the imported file what only the whole shows, and takes it back when the importing file changes', async () => {
      await start({ files: { 'shop.lintel': ROOT, 'stores.lintel': CACHE } })
      const shop = editor.open('shop.lintel', ROOT)
      const stores = editor.open('stores.lintel', CACHE)
      await stores.diagnostics(ofRule('cache-is-only-copy'))
      // Nobody edits stores.lintel; its finding rests on what shop.lintel says.
      shop.replace('class: order', 'class: telemetry')
      await editor.diagnostics(stores.uri, withoutRule('cache-is-only-copy'))
      shop.replace('class: telemetry', 'class: order')
      await editor.diagnostics(stores.uri, ofRule('cache-is-only-copy'))
    })

    it('refreshes the importing file when the imported one changes', async () => {
      await start({ files: { 'shop.lintel': ROOT, 'stores.lintel': DATABASE } })
      const shop = editor.open('shop.lintel', ROOT)
      const stores = editor.open('stores.lintel', DATABASE)
      await shop.diagnostics((all) => all.every(({ severity }) => severity !== DiagnosticSeverity.Error))
      stores.replace('carts', 'baskets')
      const broken = await editor.diagnostics(shop.uri, (all) => all.some(({ severity }) => severity === DiagnosticSeverity.Error))
      assert.ok(broken.some(({ range }) => range.start.line === shop.at('api -> carts').line), JSON.stringify(broken))
      stores.replace('baskets', 'carts')
      await editor.diagnostics(shop.uri, (all) => all.every(({ severity }) => severity !== DiagnosticSeverity.Error))
    })

    it('sees an opened part as what imports it does, though that is not open', async () => {
      await start({ files: { 'shop.lintel': ROOT, 'stores.lintel': CACHE } })
      const stores = editor.open('stores.lintel', CACHE)
      await stores.diagnostics(ofRule('cache-is-only-copy'))
    })

    it('notices that a closed file changed on the disk, when told', async () => {
      await start({ files: { 'shop.lintel': ROOT, 'stores.lintel': CACHE } })
      const shop = editor.open('shop.lintel', ROOT)
      await editor.diagnostics(editor.uri('stores.lintel'), ofRule('cache-is-only-copy'))
      writeFileSync(join(editor.folder, 'stores.lintel'), DATABASE)
      await editor.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: editor.uri('stores.lintel'), type: 2 }] })
      await editor.diagnostics(editor.uri('stores.lintel'), withoutRule('cache-is-only-copy'))
      shop.close()
      await editor.diagnostics(shop.uri, (all) => all.length === 0)
    })

    it('takes an unsaved text before the disk’s, and the disk’s again when it is closed', async () => {
      await start({ files: { 'shop.lintel': ROOT, 'stores.lintel': DATABASE } })
      const shop = editor.open('shop.lintel', ROOT)
      const stores = editor.open('stores.lintel', 'queue elsewhere\n')
      await shop.diagnostics((all) => all.some(({ range }) => range.start.line === shop.at('api -> carts').line))
      stores.close()
      await shop.diagnostics((all) => all.every(({ severity }) => severity !== DiagnosticSeverity.Error))
    })

    it('lets files import each other', async () => {
      await start({ files: { 'a.lintel': 'import "./b.lintel"\nservice a\na -> b\n', 'b.lintel': 'import "./a.lintel"\nservice b\nb -> a\n' } })
      const a = editor.open('a.lintel', 'import "./b.lintel"\nservice a\na -> b\n')
      const b = editor.open('b.lintel', 'import "./a.lintel"\nservice b\nb -> nowhere\n')
      const found = await b.diagnostics((all) => all.some(({ severity }) => severity === DiagnosticSeverity.Error))
      assert.equal(found.filter(({ range, severity }) => range.start.line === 2 && severity === DiagnosticSeverity.Error).length, 1, 'said once, not once a root')
      assert.deepEqual((await a.diagnostics()).filter(({ severity }) => severity === DiagnosticSeverity.Error), [])
    })

    it('reads other schemes through the host, where the host can', async () => {
      await start({ folders: ['vfs://repo/'], initializationOptions: { reads: true }, read: (uri) => (uri === 'vfs://repo/stores.lintel' ? { text: CACHE } : { error: 'missing' }) })
      const shop = editor.open('vfs://repo/shop.lintel', ROOT)
      await editor.diagnostics('vfs://repo/stores.lintel', ofRule('cache-is-only-copy'))
      assert.deepEqual((await shop.diagnostics()).filter(({ range }) => range.start.line === 0), [])
    })
  })

  describe('files that cannot be read', function () {
    this.timeout(90_000)

    /** The one problem on the import's string. */
    async function importing(path: string, prepare: (folder: string) => void = () => {}): Promise<string> {
      await start({ files: { 'inner/x.txt': '' }, folders: ['inner'] })
      prepare(join(editor.folder, 'inner'))
      const text = `import "${path}"\nservice api\n`
      const document = editor.open('inner/root.lintel', text)
      const found = (await document.diagnostics((all) => all.some(({ range }) => range.start.line === 0))).filter(({ range }) => range.start.line === 0)
      assert.equal(found.length, 1, JSON.stringify(found))
      assert.equal(found[0]!.severity, DiagnosticSeverity.Error)
      assert.deepEqual(found[0]!.range, { start: { line: 0, character: 7 }, end: { line: 0, character: 9 + path.length } }, 'on the string')
      return found[0]!.message as string
    }

    it('a missing one', async () => assert.match(await importing('./gone.lintel'), /no file .\.\/gone\.lintel/))
    it('a folder', async () => assert.match(await importing('./sub', (folder) => mkdirSync(join(folder, 'sub'))), /folder/i))
    it('one outside of the workspace', async () => assert.match(await importing('../outside.lintel', (folder) => writeFileSync(join(folder, '../outside.lintel'), 'service x')), /outside|workspace/i))
    it('a link that leads outside', async () => {
      const message = await importing('./link.lintel', (folder) => {
        writeFileSync(join(folder, '../secret.lintel'), 'service x')
        symlinkSync(join(folder, '../secret.lintel'), join(folder, 'link.lintel'))
      })
      assert.match(message, /outside|workspace/i)
    })
    it('one of 10 MB', async () => assert.match(await importing('./big.lintel', (folder) => writeFileSync(join(folder, 'big.lintel'), 'service a\n'.repeat(1_000_000))), /large|big|MB/i))
    it('a pipe, which would be waited for', async function () {
      if (process.platform === 'win32') return this.skip()
      assert.match(await importing('./pipe.lintel', (folder) => void execFileSync('mkfifo', [join(folder, 'pipe.lintel')])), /cannot be read/)
    })
    it('one without permission', async function () {
      if (process.getuid?.() === 0) return this.skip()
      assert.match(await importing('./closed.lintel', (folder) => {
        writeFileSync(join(folder, 'closed.lintel'), '')
        chmodSync(join(folder, 'closed.lintel'), 0)
      }), /cannot be read|permission/i)
    })

    it('an open text of 10 MB is refused, and everything else goes on', async () => {
      await start()
      const big = editor.open('big.lintel', 'service a\n'.repeat(1_000_000))
      const found = await big.diagnostics((all) => all.length > 0)
      assert.equal(found.length, 1)
      assert.match(found[0]!.message as string, /large|big|MB/i)
      const small = editor.open('small.lintel', 'servise api\n')
      await small.diagnostics((all) => all.length > 0)
    })

    it('noise, an empty text and zero bytes are only texts', async () => {
      await start()
      await editor.open('empty.lintel', '').diagnostics()
      let state = 7
      const noise = Array.from({ length: 20_000 }, () => String.fromCharCode(32 + ((state = (state * 1103515245 + 12345) % 2147483648) % 950))).join('')
      const found = await editor.open('noise.lintel', noise).diagnostics((all) => all.length > 0)
      assert.ok(found.length > 0)
      await editor.open('zero.lintel', '\u0000\u0000\u0000').diagnostics()
    })
  })

  describe('edits that come faster than answers', function () {
    this.timeout(90_000)

    it('are answered for the last text, not each', async () => {
      await start()
      const document = editor.open('sketch.lintel', SKETCH)
      await document.diagnostics(ofRule('hot-partition'))
      const before = editor.published.length
      for (let round = 0; round < 200; round++) document.replace('replicas: 6', 'replicas: 66'), document.replace('replicas: 66', 'replicas: 6')
      document.replace('key-dist: hot(45%), ', 'key-dist: uniform, ')
      const found = await document.diagnostics(withoutRule('hot-partition'))
      assert.ok(found.length > 0)
      assert.equal(editor.published.at(-1)!.version, document.version)
      assert.ok(editor.published.length - before < 401, `${editor.published.length - before} answers to 401 edits`)
      const versions = editor.published.map(({ version }) => version!)
      assert.deepEqual(versions, versions.toSorted((a, b) => a - b), 'an older answer came after a newer one')
    })
  })
})
