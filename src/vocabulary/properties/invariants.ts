/** What must always be true of data. */
import { arg, call, name, optional, quantityType, words } from '../make.ts'

const INVARIANT_CALLS = [
  call('non-negative', 'Never below zero.', arg('field', name()), optional('per', name())),
  call('unique', 'No two alike.', arg('field', name()), optional('per', name())),
  call('at-most', 'Never more than so many.', arg('limit', quantityType('number')), optional('per', name())),
  call('sum-preserved', 'The sum stays the same.', arg('field', name()), optional('per', name())),
  call('foreign-key', 'What it points at exists.', arg('field', name()), optional('per', name())),
]
export const invariantType = words({ 'exactly-one': 'Exactly one exists.' }, { list: true, calls: INVARIANT_CALLS })
