/** Every feature on texts in the middle of being typed: no answer may fail, and none may point outside of what an editor accepts. */
import assert from 'node:assert/strict'
import type { DocumentSymbol, TextEdit } from 'vscode-languageserver-protocol'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { check } from '../../src/core.ts'
import { codeActions } from '../../src/server/code-actions.ts'
import { complete } from '../../src/server/completion.ts'
import type { Design } from '../../src/server/designs.ts'
import { hover } from '../../src/server/hover.ts'
import { inlayHints } from '../../src/server/inlay-hints.ts'
import { highlights } from '../../src/server/navigation.ts'
import { rename, renameRange } from '../../src/server/rename.ts'
import { documentLinks, foldingRanges, semanticTokens } from '../../src/server/structure.ts'
import { documentSymbols } from '../../src/server/symbols.ts'
import { openText } from '../../src/workspace.ts'
import { SKETCH } from '../lsp/sketch.ts'
import { random } from '../support/generator.ts'

const URI = 'file:///broken.lintel'
const ROUNDS = 150
const SEED = Number(process.env['LINTEL_SEED'] ?? 20261121)
const BITS = ['{', '}', '[', ']', '(', ')', ':', ',', '->', '~>', '"', '\n', '//', '/*', '.', '-', 'uses ', 'let x = ', '1', '%', 'service ', 'flow "', 'accept ', 'expect ', 'import "./x"', ' ', 'é', '😀', '\r\n', '\t']

describe('every feature on a broken text', function () {
  this.timeout(120_000)
  const next = random(SEED)
  const upTo = (limit: number) => Math.floor(next() * limit)

  function broken(): string {
    let text = SKETCH
    for (let cuts = upTo(6); cuts >= 0; cuts--) {
      const at = upTo(text.length)
      text = text.slice(0, at) + (upTo(2) ? BITS[upTo(BITS.length)]! : '') + text.slice(at + upTo(30))
    }
    return text
  }

  it(`answers within the text (seed ${SEED})`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const text = broken()
      const document = TextDocument.create(URI, 'lintel', 1, text)
      const opened = openText(text, URI)
      const { model } = opened
      const diagnostics = check(opened)
      const design: Design = {
        root: URI, opened, model, texts: new Map([[URI, text]]), reads: new Map([[URI, { text }]]), versions: new Map(), config: { options: {}, problems: [] }, diagnostics: () => diagnostics,
      }
      const inText = ({ start, end }: TextEdit['range'], what: unknown) => {
        const [from, to] = [document.offsetAt(start), document.offsetAt(end)]
        assert.ok(from <= to && document.positionAt(from).line === start.line && document.positionAt(to).line === end.line && end.character - document.positionAt(to).character <= 1, `${JSON.stringify(what)} in\n${text}`)
      }
      for (const { at, related } of diagnostics) for (const origin of [at, ...related.map(({ at }) => at)]) inText(origin.range, origin)
      const nested = (outer: DocumentSymbol | undefined, symbol: DocumentSymbol): void => {
        inText(symbol.range, symbol)
        for (const [whole, part] of [[symbol.range, symbol.selectionRange], [outer?.range, symbol.range]] as const) {
          if (whole) assert.ok(document.offsetAt(whole.start) <= document.offsetAt(part.start) && document.offsetAt(part.end) <= document.offsetAt(whole.end), `${JSON.stringify(symbol)} in\n${text}`)
        }
        symbol.children?.forEach((child) => nested(symbol, child))
      }
      for (const symbol of documentSymbols(model, URI)) nested(undefined, symbol)
      for (const { startLine, endLine } of foldingRanges(document)) assert.ok(startLine < endLine && endLine < document.lineCount)
      assert.equal(semanticTokens(document).data.length % 5, 0)
      documentLinks(document, () => true)
      for (const { position } of inlayHints(model, URI, { start: document.positionAt(0), end: document.positionAt(text.length) })) inText({ start: position, end: position }, 'hint')
      for (let asked = 0; asked < 6; asked++) {
        const offset = upTo(text.length + 1)
        const position = document.positionAt(offset)
        const about = hover({ model, uri: URI, text, offset, position, pageOf: () => undefined })
        if (about) assert.ok(about.start <= offset && offset <= about.end && about.markdown !== '')
        for (const item of complete({ document, offset, model, files: ['file:///other.lintel'], rules: () => [], today: '2026-01-01', snippets: true })) {
          const { range } = item.textEdit as TextEdit
          // Editors take only edits of one line around the cursor.
          assert.ok(range.start.line === range.end.line && document.offsetAt(range.start) <= offset && offset <= document.offsetAt(range.end), `${item.label} at ${offset} in\n${text}`)
        }
        highlights(design, URI, position)
        const here = { start: position, end: position }
        for (const { edit } of codeActions({ uri: URI, range: here, context: { diagnostics: [] }, diagnostics, shown: { pageOf: () => undefined, spelling: (uri) => uri } })) {
          for (const { range } of edit!.changes![URI] ?? []) inText(range, edit)
        }
        if (renameRange(design, URI, position) && upTo(3) === 0) {
          const answer = await rename([design], URI, position, 'renamed')
          if ('edits' in answer) for (const { range } of answer.edits) inText(range, answer)
        }
      }
    }
  })
})
