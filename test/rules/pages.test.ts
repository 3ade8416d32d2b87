/** Every rule has a page, and the page is true: each example is run, and the carets are all that the rule finds. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { allRules, rulePage } from '../../src/rules/index.ts'
import { vocabulary, type Subject } from '../../src/vocabulary/index.ts'
import { readPage, type Example } from './page.ts'
import { applyFix, errorsOf, keyOf, outcomeOf, pageOf, root } from './support.ts'

const SUBJECTS: readonly Subject[] = ['component', 'container', 'relation', 'data', 'flow', 'design', 'shard', 'replica']

describe('rules', () => {
  it('are each a file, a page and a line in the index', () => {
    const files = readdirSync(join(root, 'src/rules')).filter((file) => file.endsWith('.md')).map((file) => file.slice(0, -'.md'.length))
    assert.deepEqual(files.toSorted(), allRules.map(({ id }) => id).toSorted())
    for (const { id } of allRules) assert.ok(existsSync(join(root, 'src/rules', `${id}.ts`)), `${id}.ts`)
    assert.equal(new Set(allRules.map(({ code }) => code)).size, allRules.length, 'codes are unique')
  })

  it('carry their pages with them (npm run generate)', async () => {
    for (const { id } of allRules) assert.equal(await rulePage(id), pageOf(id), id)
  })

  for (const rule of allRules) {
    describe(rule.id, () => {
      const page = readPage(pageOf(rule.id))
      const section = (title: string) => page.sections.find((one) => one.title === title)

      it('has a page of the agreed form', () => {
        assert.equal(page.heading, rule.id)
        assert.deepEqual(page.sections.map(({ title }) => title), ['Why', 'Fires on', 'Stays silent on', 'How to fix', 'Sources'])
        for (const { title, body } of page.sections) assert.ok(body.trim().length > 20, `${title} says something`)
        assert.ok(section('Fires on')!.examples.length >= 2, 'two examples that fire')
        assert.ok(section('Stays silent on')!.examples.length >= 2, 'two examples that do not')
        assert.ok(rule.sources.length > 0 && rule.why.length > 40)
      })

      it('reads properties that there are', () => {
        const unknown = rule.needs.filter((path) => !SUBJECTS.some((subject) => vocabulary.property(subject, path)))
        assert.deepEqual(unknown, [])
      })

      for (const example of section('Fires on')?.examples ?? []) {
        it(`fires as announced (line ${example.line})`, () => {
          assert.ok(example.expected.some((one) => one.rule === rule.id), 'the example announces this rule')
          assertFindings(rule.id, example)
        })
      }
      for (const example of section('Stays silent on')?.examples ?? []) {
        it(`stays silent (line ${example.line})`, () => {
          assert.ok(!example.expected.some((one) => one.rule === rule.id), 'the example announces nothing of this rule')
          assertFindings(rule.id, example)
        })
      }

      it('offers fixes that remove their findings and create no error', () => {
        let mechanical = 0
        for (const example of page.sections.flatMap(({ examples }) => examples)) {
          const before = outcomeOf(example.text)
          for (const finding of before.findings) {
            for (const fix of finding.fixes) {
              const fixed = applyFix(example.text, fix)
              const after = outcomeOf(fixed)
              const where = `${rule.id}.md:${example.line}, "${fix.title}" of ${keyOf(finding)}\n${fixed}`
              assert.ok(!after.findings.some((one) => keyOf(one) === keyOf(finding) && one.message === finding.message), `the finding is still there: ${where}`)
              const errors = errorsOf(before)
              assert.deepEqual([...errorsOf(after)].filter((error) => !errors.has(error)), [], `new errors: ${where}`)
              if (finding.rule === rule.id && !fix.title.startsWith('Accept')) mechanical++
            }
          }
        }
        assert.equal(mechanical > 0, rule.fixable, rule.fixable ? 'says that it offers a fix, and none of its examples has one' : 'offers a fix without saying so')
      })
    })
  }
})

/** This rule's findings exactly as announced, no other error, and no problem of the text. */
function assertFindings(rule: string, example: Example): void {
  const { problems, findings } = outcomeOf(example.text)
  assert.deepEqual(problems.filter(({ severity }) => severity === 'error' || severity === 'warning').map(({ code, message }) => `${code}: ${message}`), [])
  const announced = new Set(example.expected.map((one) => one.rule))
  const judged = findings.filter((finding) => finding.rule === rule || finding.severity === 'error' || announced.has(finding.rule))
  const missing = [...judged]
  for (const expected of example.expected) {
    const index = missing.findIndex(
      ({ rule: id, severity, at, message }) =>
        id === expected.rule &&
        severity === expected.severity &&
        at.range.start.line === expected.line &&
        (at.range.start.character === expected.from || (expected.from === 2 && at.range.start.character < 2)) &&
        (at.range.end.line > expected.line || at.range.end.character === expected.to) &&
        message.includes(expected.part),
    )
    assert.ok(index >= 0, `announced and not found: ${JSON.stringify(expected)}\nfound: ${judged.map(described).join('\n')}`)
    missing.splice(index, 1)
  }
  assert.deepEqual(missing.map(described), [], 'found and not announced')
}

function described({ rule, severity, at, message, help }: { rule: string; severity: string; at: { range: { start: { line: number; character: number }; end: { character: number } } }; message: string; help: string }): string {
  return `${at.range.start.line}:${at.range.start.character}-${at.range.end.character} ${severity} ${rule}: ${message} | ${help}`
}
