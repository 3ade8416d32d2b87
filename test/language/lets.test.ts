/** Named numbers: order does not matter, dimensions do. */
import assert from 'node:assert/strict'
import { describeQuantity } from '../../src/model/quantity.ts'
import { modelOf, problemsOf } from '../support/design.ts'

const values = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(modelOf(text).lets.map(({ name, value }) => [name, value ? describeQuantity(value) : 'nothing']))

describe('lets', () => {
  it('are calculated with their units, whatever their order', () =>
    assert.deepEqual(values('let on-sale = fans * 3 / 10min\nlet fans = 2M\nlet share = on-sale * 5%\nlet back = (fans + 1k) / 2 - 1'), {
      'on-sale': '10k/s', fans: '2M', share: '500/s', back: '1M',
    }))

  it('bind `*` before `+`, to the left, and know a minus from a hyphen', () =>
    assert.deepEqual(values('let a = 2 + 3 * 4\nlet b = 10 - 2 - 3\nlet c = 100 / 5 / 2\nlet a-b = 7\nlet d = a - b\nlet e = -a + 20'), { a: '14', b: '5', c: '10', 'a-b': '7', d: '9', e: '6' }))

  it('are divided by a unit of time as by one of it, where no `let` has its name', () => {
    assert.deepEqual(values('let pods = 500\nlet daily = pods/day\nlet often = 3 * pods / s + 1/s\nlet photos = pods * 2MB / week'), {
      pods: '500', daily: '500/day', often: '1.5k/s', photos: '1.65KB/s = 13.2Kb/s',
    })
    assert.deepEqual(values('let day = 5\nlet a = 10/day'), { day: '5', a: '10/day' })
    assert.deepEqual(values('let n = 10\nlet day = 5\nlet a = n/day'), { n: '10', day: '5', a: '2' })
    assert.deepEqual(modelOf('let pods = 864k\nclient c { rate: pods/day }').components[0]!.facts['rate']?.value.type, 'quantity')
    assert.deepEqual(problemsOf('let a = 5\nlet b = a/fortnight').map(({ message }) => message), ['There is no `let fortnight` to calculate with.'])
    assert.deepEqual(problemsOf('let a = 5\nlet b = a * day').map(({ message }) => message), ['There is no `let day` to calculate with.'])
  })

  it('stand wherever a number may', () => {
    const model = modelOf('let n = 3\nlet photo = 2MB\nservice s { replicas: n + 1, capacity: n * 100/s }\ndata D { size: photo }\nworker w { replicas: n..n * 2 }')
    const value = (fact: { value: unknown } | undefined): unknown => (fact?.value as { value?: number }).value
    assert.deepEqual([value(model.components[0]!.facts['replicas']), value(model.components[0]!.facts['capacity']), value(model.data[0]!.facts['size'])], [4, 300, 2e6])
    assert.deepEqual(model.lets.map(({ reads }) => reads), [[], []])
    assert.equal(model.mentions.filter(({ target, declares }) => target.kind === 'let' && !declares).length, 5)
  })

  it('say both dimensions where they do not fit, on the operation', () => {
    const [problem] = problemsOf('let a = 400/s\nlet b = a + 3MB')
    assert.match(problem!.message, /rate \(1\/s\) \+ size \(B\)/i)
    assert.deepEqual(problem!.origin.range, { start: { line: 1, character: 8 }, end: { line: 1, character: 15 } })
  })

  it('show the path of a cycle, once', () => {
    const problems = problemsOf('let a = b * 2\nlet b = c\nlet c = a + 1\nlet fine = 2')
    assert.deepEqual(problems.map(({ code }) => code), ['let-cycle'])
    assert.match(problems[0]!.message, /`a` → `b` → `c` → `a`/)
    assert.deepEqual(problems[0]!.related!.map(({ origin }) => origin.range.start.line), [1, 2])
    assert.match(problemsOf('let a = a')[0]!.message, /defined by itself/)
  })

  it('keep their names where they have no value, so that nothing else is blamed', () => {
    assert.deepEqual(problemsOf('let a = 3MB + 2s\nservice s { replicas: a }').map(({ origin }) => origin.range.start.line), [0])
    assert.deepEqual(problemsOf('let a = nothing * 2').map(({ message }) => message), ['There is no `let nothing` to calculate with.'])
  })

  it('divide by zero, overflow and long chains without harm', () => {
    assert.match(problemsOf('let a = 1 / 0')[0]!.message, /zero/i)
    const long = Array.from({ length: 3_000 }, (_, index) => `let l${index} = ${index ? `l${index - 1} + 1` : '1'}`).reverse().join('\n')
    assert.equal(modelOf(long).lets[0]!.value?.value, 3_000)
    const ring = Array.from({ length: 3_000 }, (_, index) => `let l${index} = l${(index + 1) % 3_000}`).join('\n')
    assert.deepEqual(problemsOf(ring).map(({ code }) => code), ['let-cycle'])
  })

  it('doubt hundreds of billions, which were meant as bytes, and not a few', () => {
    assert.deepEqual(problemsOf('let tweets = 1B/day\nlet people = 8B').map(({ code }) => code), [])
    const [problem] = problemsOf('let links = 2M\nlet room = links * 500B')
    assert.deepEqual([problem!.code, problem!.severity, problem!.message], ['billions', 'hint', '`500B` is 500 billion here; 500 bytes are `500bytes`.'])
    assert.deepEqual(problemsOf('data D { size: 500B }'), [])
    assert.deepEqual(values('let room = 2M * 500bytes'), { room: '1GB' })
  })
})
