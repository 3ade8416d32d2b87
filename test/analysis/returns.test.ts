import assert from 'node:assert/strict'
import { analyse } from '../../src/analysis/analysis.ts'
import { returnsOf } from '../../src/analysis/returns.ts'
import { openText } from '../../src/workspace.ts'

const DAY = 86400

describe('what comes back', () => {
  /** `redrive w from parked after 14d`, sorted. */
  const returns = (text: string): readonly string[] => {
    const { model } = openText(text)
    return returnsOf(model, analyse(model).graph).map(({ how, component, from, after }) => `${how} ${component} from ${from} after ${after / DAY}d`).sort()
  }
  const broker = (queue: string, parked: string, delivery = ''): string =>
    `queue jobs uses sqs ${queue}\nqueue parked uses sqs ${parked}\nworker w\njobs ~> w : delivers { max-deliveries: 5, dead-letter: parked${delivery} }`

  it('is what was put aside, as long as it is kept and somebody sends it back', () => {
    assert.deepEqual(returns(broker('', '{ retention: 14d, redrive: manual }')), ['redrive w from parked after 14d'])
    assert.deepEqual(returns(broker('', '{ redrive: auto }')), ['redrive w from parked after 4d'])
    assert.deepEqual(returns(broker('', '{ retention: forever, redrive: manual }')), ['redrive w from parked after Infinityd'])
    assert.deepEqual(returns(`${broker('', '{ retention: 2d }')}\nparked ~> jobs : delivers`), ['redrive w from parked after 2d'])
  })

  it('is nothing that only waits: a broker that keeps its messages brings none of them back', () => {
    assert.deepEqual(returns(broker('', '{ retention: 14d }')), [])
    assert.deepEqual(returns(broker('', '{ retention: 14d, redrive: none }')), [])
    assert.deepEqual(returns(broker('', '{ retention: 14d, redrive: unknown }')), [])
    assert.deepEqual(returns('log events uses kafka\nworker w\nevents ~> w : delivers'), [])
  })

  it('is a log that is stated to be read again', () => {
    const log = (kafka: string, store = '', delivery = ''): string => `log events uses kafka ${kafka}\nworker w\ndatabase view ${store}\nevents ~> w : delivers ${delivery}\nw -> view : writes`
    assert.deepEqual(returns(log('{ offset-reset: earliest, retention: 30d }')), ['replay w from events after 30d'])
    assert.deepEqual(returns(log('', '', '{ offset-reset: earliest }')), ['replay w from events after 7d'])
    assert.deepEqual(returns(log('{ retention: forever }', '{ rebuild-from: events }')), ['rebuild w from events after Infinityd'])
    assert.deepEqual(returns(log('{ offset-reset: unknown }')), [])
    assert.deepEqual(returns(log('{ retention: unknown }', '{ rebuild-from: events }')), [])
  })

  it('is what is tried again: for as long as the deadline lets it, or one time-out for each further try', () => {
    const call = (says: string): readonly string[] => returns(`external psp\nservice hooks\npsp ~> hooks : calls { ${says} }`)
    assert.deepEqual(call('retries: 20, deadline: 3d'), ['retry hooks from psp after 3d'])
    assert.deepEqual(call('retries: 2, timeout: 1d'), ['retry hooks from psp after 2d'])
    assert.deepEqual(call('retries: unlimited'), ['retry hooks from psp after Infinityd'])
    assert.deepEqual(call('retries: 3'), [])
    assert.deepEqual(call('retries: none, timeout: 1d'), [])
    assert.deepEqual(call('retries: 20, deadline: unknown'), [])
    assert.deepEqual(returns('workflow saga { retry { max-time: 5d } }'), ['retry saga from saga after 5d'])
  })
})
