/** What the grammar's own words mean: those that are no rows of the vocabulary. */

/** Values that every property admits. */
export const COMMON = [
  { word: 'none', meaning: 'There is none, on purpose.' },
  { word: 'unknown', meaning: 'It is not known, on purpose: no default is taken for it, and rules that need it stay quiet.' },
]

export const OUTCOMES: Readonly<Record<string, string>> = {
  available: 'The flow does all it promises.',
  degraded: 'The flow answers, with less: a soft relation or a fallback took part, or one of its `when` branches is lost.',
  deferred: 'The flow is accepted now and finished later.',
  unavailable: 'The flow does not answer.',
}

export const KEYWORDS: Readonly<Record<string, string>> = {
  import: 'Adds the statements of another file, named relative to this one.',
  design: 'Names the design and its primary goal, and what it optimizes and sacrifices for it.',
  let: 'Names a number. Its units are checked, and the editor shows its result.',
  data: 'Declares a kind of record. Its class says what must not happen to it.',
  flow: 'A path that users see, with its rate and its objectives. Its steps name declared relations.',
  scenario: 'A what-if: what fails, slows down or surges, and what is expected of which flow.',
  view: 'A part of the design that is worth a picture of its own.',
  accept: 'Accepts a finding, with the reason: it stands in what it is about, and shows up in the axes table.',
  because: 'The reason, for whoever asks later.',
  until: 'The finding comes back on the day after.',
  kind: 'Declares a kind of your own, with its default facts.',
  technology: 'Declares a technology of your own, with its default facts.',
  extends: 'What it is like unless it says otherwise.',
  uses: 'The technology; with it come the facts that are known of it.',
  expect: 'What the scenario should do to a flow.',
  within: 'How soon the outcome is reached.',
  shard: 'One shard, named.',
  replica: 'One copy, named: where it stands and what it does.',
  when: 'A branch that only a share of the requests takes.',
  'any-of': 'One of these is enough.',
  parallel: 'These go at the same time.',
  repeat: 'These are done several times; without a number, an unknown count.',
}
