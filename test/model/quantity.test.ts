import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  add,
  BANDWIDTH,
  describeQuantity,
  dimensionName,
  divide,
  DURATION,
  formatBits,
  formatQuantity,
  isQuantityError,
  multiply,
  parseQuantity,
  PLAIN,
  quantity,
  RATE,
  SIZE,
  subtract,
  type Dimension,
  type Quantity,
  type QuantityError,
} from '../../src/model/quantity.ts'

describe('quantities', () => {
  describe('parsing', () => {
    const cases: readonly [string, number, Dimension][] = [
      ['12', 12, PLAIN],
      ['2k', 2000, PLAIN],
      ['40M', 40e6, PLAIN],
      ['1B', 1e9, PLAIN],
      ['1.5M', 1.5e6, PLAIN],
      ['92%', 0.92, PLAIN],
      ['99.95%', 0.9995, PLAIN],
      ['three nines', 0.999, PLAIN],
      ['400/s', 400, RATE],
      ['100M/day', 1e8 / 86400, RATE],
      ['3/min', 0.05, RATE],
      ['500rps', 500, RATE],
      ['2krps', 2000, RATE],
      ['10us', 1e-5, DURATION],
      ['200ms', 0.2, DURATION],
      ['10min', 600, DURATION],
      ['30m', 1800, DURATION],
      ['2h', 7200, DURATION],
      ['7d', 7 * 86400, DURATION],
      ['5y', 5 * 365 * 86400, DURATION],
      ['1KB', 1000, SIZE],
      ['2MB', 2e6, SIZE],
      ['4KiB', 4096, SIZE],
      ['1.5MiB', 1.5 * 1048576, SIZE],
      ['3EB', 3e18, SIZE],
      ['200bytes', 200, SIZE],
      ['10MB/s', 1e7, BANDWIDTH],
      ['1Gb/s', 1.25e8, BANDWIDTH],
      ['8Kb/s', 1000, BANDWIDTH],
      ['1TB/day', 1e12 / 86400, BANDWIDTH],
    ]
    for (const [text, value, dimension] of cases) {
      it(`${text} is ${value} ${dimensionName(dimension)}`, () => {
        const q = good(parseQuantity(text))
        assert.deepEqual(q.dimension, dimension)
        assert.ok(Math.abs(q.value - value) <= 1e-12 * Math.abs(value), `${q.value}`)
        assert.equal(q.text, text)
      })
    }

    it('reads B as bytes only where data is expected', () => {
      assert.deepEqual(good(parseQuantity('200B', SIZE)), { type: 'quantity', value: 200, dimension: SIZE, text: '200B' })
      assert.equal(good(parseQuantity('200B')).value, 200e9)
      assert.deepEqual(good(parseQuantity('64B/s', BANDWIDTH)).dimension, BANDWIDTH)
    })

    for (const text of ['', 'abc', '12parsec', '3/fortnight', '5%/s', '1s/s', '12constructor', '1..2']) {
      it(`refuses \`${text}\``, () => assert.ok(isQuantityError(parseQuantity(text))))
    }

    it('says which unit was meant', () => {
      assert.deepEqual(parseQuantity('3MIN'), { error: 'unknown unit `MIN`: did you mean `min`?' })
      assert.deepEqual(parseQuantity('3gb/s'), { error: 'unknown unit `gb/s`: did you mean `GB/s`?' })
    })
  })

  describe('arithmetic', () => {
    it('says both dimensions where they do not fit', () => {
      assert.deepEqual(add(of('3/s'), of('2TB')), { error: 'rate (1/s) + size (B)' })
      assert.deepEqual(subtract(of('3s'), of('2')), { error: 'duration (s) - number (1)' })
    })

    it('names compound dimensions by their unit', () => {
      assert.equal(dimensionName({ time: 1, data: 1 }), 'B·s')
      assert.equal(dimensionName({ time: -2, data: 0 }), '1/s^2')
      assert.equal(dimensionName({ time: 0, data: -1 }), '1/B')
    })

    it('refuses what is not a number', () => {
      assert.deepEqual(divide(of('1'), of('0')), { error: 'division by zero' })
      assert.ok(isQuantityError(multiply(quantity(1e200), quantity(1e200))))
    })

    it('is inverse within rounding', () => {
      fc.assert(
        fc.property(
          anyQuantity(),
          anyQuantity().filter((q) => q.value !== 0),
          (a, b) => {
            const back = good(divide(good(multiply(a, b)), b))
            assert.deepEqual(back.dimension, a.dimension)
            assert.ok(Math.abs(back.value - a.value) <= 1e-9 * Math.abs(a.value))
          },
        ),
      )
    })
  })

  it('comes to the numbers of the Instagram walkthrough', () => {
    const uploads = good(multiply(of('500M'), of('2/day')))
    const photo = of('2MB')
    assert.equal(formatQuantity(uploads), '11.6k/s')
    assert.equal(formatQuantity(good(multiply(good(multiply(of('500M'), of('2'))), photo))), '2PB')
    assert.equal(formatQuantity(good(multiply(good(multiply(uploads, photo)), of('5y')))), '3.65EB')
    assert.equal(describeQuantity(good(multiply(uploads, photo))), '23.1GB/s = 185Gb/s')
    assert.equal(formatQuantity(good(multiply(uploads, of('10')))), '116k/s')
  })

  describe('formatting', () => {
    const cases: readonly [Quantity, string][] = [
      [quantity(0), '0'],
      [quantity(12), '12'],
      [quantity(1234), '1.23k'],
      [quantity(999_999), '1M'],
      [quantity(1e9), '1B'],
      [quantity(5e15), '5000T'],
      [quantity(-1500), '-1.5k'],
      [quantity(0.5), '0.5'],
      [quantity(500, RATE), '500/s'],
      [quantity(0.5, RATE), '30/min'],
      [quantity(1 / 86400, RATE), '1/day'],
      [quantity(0, RATE), '0/s'],
      [quantity(90, DURATION), '90s'],
      [quantity(60, DURATION), '1min'],
      [quantity(5400, DURATION), '90min'],
      [quantity(10080, DURATION), '2.8h'],
      [quantity(7 * 86400, DURATION), '7d'],
      [quantity(17.5 * 86400, DURATION), '17.5d'],
      [quantity(0.2, DURATION), '200ms'],
      [quantity(1.5, DURATION), '1.5s'],
      [quantity(5 * 365 * 86400, DURATION), '5y'],
      [quantity(0.000002, DURATION), '2us'],
      [quantity(0, DURATION), '0s'],
      [quantity(200, SIZE), '200B'],
      [quantity(2e15, SIZE), '2PB'],
      [quantity(1e7, BANDWIDTH), '10MB/s'],
      [quantity(3, { time: 1, data: 1 }), '3 B·s'],
    ]
    for (const [q, text] of cases) it(`${q.value} ${dimensionName(q.dimension)} is ${text}`, () => assert.equal(formatQuantity(q), text))

    it('shows a literal as it was written', () => assert.equal(formatQuantity(of('1440min')), '1440min'))
    it('shows bits', () => assert.equal(formatBits(of('125MB/s')), '1Gb/s'))
    it('never rounds the nines away', () => {
      assert.equal(formatQuantity(quantity(0.9995), 'availability'), '99.95%')
      assert.equal(formatQuantity(quantity(0.999999), 'availability'), '99.9999%')
      assert.equal(formatQuantity(quantity(0.98765), 'availability'), '98.77%')
      assert.equal(formatQuantity(quantity(1), 'availability'), '100%')
      assert.equal(formatQuantity(quantity(0.0956), 'ratio'), '9.56%')
    })

    it('writes what it reads again, within its three digits', () => {
      fc.assert(
        fc.property(anyQuantity(), (q) => {
          const shown = formatQuantity(q)
          const again = good(parseQuantity(shown, q.dimension))
          assert.deepEqual(again.dimension, q.dimension, shown)
          assert.ok(Math.abs(again.value - q.value) <= 0.0051 * Math.abs(q.value), `${q.value} → ${shown} → ${again.value}`)
        }),
      )
    })
  })
})

function anyQuantity(): fc.Arbitrary<Quantity> {
  return fc
    .tuple(fc.integer({ min: 1, max: 9_999_999 }), fc.integer({ min: -6, max: 9 }), fc.constantFrom(PLAIN, DURATION, RATE, SIZE, BANDWIDTH))
    .map(([mantissa, exponent, dimension]) => quantity(mantissa * 10 ** exponent, dimension))
    .filter((q) => q.value >= 1e-6)
}

function of(text: string): Quantity {
  return good(parseQuantity(text))
}

function good(result: Quantity | QuantityError): Quantity {
  if ('error' in result) assert.fail(result.error)
  return result
}
