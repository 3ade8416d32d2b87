/**
 * The thresholds of the rules: rules of thumb that a team may see otherwise. This table is the one place where each has its default, its range
 * and its meaning; `lintel.json`, its JSON schema, the reference and the rules all read it from here.
 *
 * A rule names what it reads, and gets the values as the third argument of `check`, `lintel.json` and the editor's settings already applied:
 *
 *     settings: ['utilisation'],
 *     *check(model, analysis, { utilisation }) { … if (load > utilisation * capacity) … }
 *
 * Ratios arrive as 0..1, durations in seconds, sizes in bytes. Reading one that the rule does not name is an error. A helper gets the number as a
 * parameter. A new threshold is one more row here; a number that is physics (quorum arithmetic, a vendor's limit) or only formats text is none.
 */
import { DURATION, formatQuantity, isQuantityError, parseQuantity, PLAIN, quantity, SIZE, type Dimension } from '../model/quantity.ts'

export interface Setting {
  /** What its values are written as: `0.7` or `"70%"`, `9`, `"30min"`, `"1MB"`. */
  readonly type: 'ratio' | 'count' | 'duration' | 'size'
  /** All in base units. */
  readonly default: number
  readonly min: number
  readonly max: number
  /** Behind "How much …" or "From how many …": one sentence for the reference and the editor. */
  readonly meaning: string
}

const MINUTE = 60
const DAY = 24 * 60 * MINUTE

export const SETTINGS = {
  utilisation: {
    type: 'ratio', default: 0.7, min: 0.05, max: 1,
    meaning: 'Part of its limit up to which something may be loaded at its peak before it is warned about: bursts and queueing take the rest.',
  },
  pooledUtilisation: {
    type: 'ratio', default: 0.85, min: 0.05, max: 1,
    meaning: 'The same for ten copies or more that share their work, which even bursts out.',
  },
  quotaUse: {
    type: 'ratio', default: 0.9, min: 0.05, max: 1,
    meaning: 'Part of a provider’s quota that may be used at the peak: nothing gets slow before it, and all beyond it is refused.',
  },
  survivorUtilisation: {
    type: 'ratio', default: 0.9, min: 0.05, max: 1,
    meaning: 'Part of their limit up to which those may be loaded that are left after a failure.',
  },
  attempts: {
    type: 'count', default: 9, min: 2, max: 1000,
    meaning: 'Attempts for one request, over all layers that retry, from which on retries are warned about.',
  },
  stampede: {
    type: 'count', default: 5, min: 2, max: 100_000,
    meaning: 'Identical recomputations at once of a key that has just expired, from which on a cache is warned about.',
  },
  scatteredShards: {
    type: 'count', default: 4, min: 2, max: 100_000,
    meaning: 'Shards that one request is sent to, from which on a scattered read is warned about.',
  },
  scatteredShare: {
    type: 'ratio', default: 0.1, min: 0, max: 1,
    meaning: 'Part of a store’s reads that may be sent to all of its shards.',
  },
  parallelCalls: {
    type: 'count', default: 5, min: 2, max: 100_000,
    meaning: 'Calls in parallel that one answer needs, from which on their slowest one is looked at.',
  },
  slowShare: {
    type: 'ratio', default: 0.05, min: 0, max: 1,
    meaning: 'Part of the requests that may wait for a slow one of their parallel calls.',
  },
  imbalance: {
    type: 'ratio', default: 1.5, min: 1, max: 100,
    meaning: 'How many times the mean load the busiest node of a hash ring may get.',
  },
  originShare: {
    type: 'ratio', default: 0.2, min: 0, max: 1,
    meaning: 'Part of the spare capacity behind a cache that the refill of one expired key may take.',
  },
  largeObject: {
    type: 'size', default: 1e6, min: 1000, max: 1e12,
    meaning: 'Size of one object from which on it should not pass through a request server that only hands it on.',
  },
  networkShare: {
    type: 'ratio', default: 0.2, min: 0.01, max: 1,
    meaning: 'Part of a service’s network that files may take which it only hands on.',
  },
  busyConsumer: {
    type: 'ratio', default: 0.9, min: 0.05, max: 1,
    meaning: 'Part of what it can do with which a consumer of messages may be busy on average: beyond it, what a pause leaves is hardly made up for.',
  },
  peakLength: {
    type: 'duration', default: 60 * MINUTE, min: MINUTE, max: 7 * DAY,
    meaning: 'How long a peak lasts, within which a consumer must not fall behind by more than its stated `max-lag`.',
  },
  fanOutDrain: {
    type: 'duration', default: MINUTE, min: 0, max: 7 * DAY,
    meaning: 'How long the writes of one event may take, where nobody states how late they may come.',
  },
  briefStaleness: {
    type: 'duration', default: MINUTE, min: 0, max: 7 * DAY,
    meaning: 'How long an older value may stay in a cache of which nobody requires how fresh it is.',
  },
  promisedOverrun: {
    type: 'ratio', default: 1.5, min: 1, max: 100,
    meaning: 'How many times the downtime that a flow allows the published promises of providers may come to: they are mostly kept with room to spare.',
  },
  byHand: {
    type: 'duration', default: 30 * MINUTE, min: 0, max: 7 * DAY,
    meaning: 'How long a person takes to notice, decide and act, where a step is manual and no time is stated.',
  },
  lateShare: {
    type: 'ratio', default: 0.1, min: 0, max: 1,
    meaning: 'Part of a window by which events may be late that are counted when they arrive.',
  },
  unreadStream: {
    type: 'duration', default: 30 * DAY, min: DAY, max: 365 * DAY,
    meaning: 'How long a source’s free disk must last while its change stream is not read and nobody is called.',
  },
  storageLasts: {
    type: 'duration', default: 365 * DAY, min: DAY, max: 36_500 * DAY,
    meaning: 'How long the room for data must last, where the design names no horizon.',
  },
  contradiction: {
    type: 'ratio', default: 2, min: 1, max: 100,
    meaning: 'How many times more the flows may bring than a rate that is stated, before the two contradict each other.',
  },
  collisionOdds: {
    type: 'count', default: 1_000_000, min: 2, max: 1e15,
    meaning: 'One chance in how many that two ids are alike is left alone.',
  },
  idLifetime: {
    type: 'duration', default: 3650 * DAY, min: DAY, max: 36_500 * DAY,
    meaning: 'How long a scheme for ids must last, where the design names no horizon.',
  },
} as const satisfies Readonly<Record<string, Setting>>

export type SettingName = keyof typeof SETTINGS

export type Settings = Readonly<Record<SettingName, number>>

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[]

export function isSetting(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name)
}

interface Reader {
  readonly id: string
  readonly settings?: readonly SettingName[]
}

const usual = new WeakMap<Reader, Settings>()

/** What a rule gets: of what it names the given value or the default; of anything else an error that names the mistake. */
export function settingsFor(rule: Reader, given?: Readonly<Partial<Record<SettingName, number>>>): Settings {
  // All rules ask for it on every keystroke, and nearly always for the defaults.
  const known = given ? undefined : usual.get(rule)
  if (known) return known
  const made = makeSettings(rule, given ?? {})
  if (!given) usual.set(rule, made)
  return made
}

function makeSettings(rule: Reader, given: Readonly<Partial<Record<SettingName, number>>>): Settings {
  const settings = {} as Record<SettingName, number>
  for (const name of SETTING_NAMES) {
    if (rule.settings?.includes(name)) Object.defineProperty(settings, name, { value: given[name] ?? SETTINGS[name].default, enumerable: true })
    else Object.defineProperty(settings, name, { get: () => { throw new Error(`\`${rule.id}\` reads the setting \`${name}\` without naming it in \`settings\``) } })
  }
  return settings
}

/** A value as a person writes it in `lintel.json`, in base units; else what is wrong with it, to be read behind the setting's name. */
export function readSetting(name: SettingName, written: unknown): { readonly value: number } | { readonly error: string } {
  const setting: Setting = SETTINGS[name]
  const value = valueOf(setting, written)
  const range = `between ${shownSetting(setting, setting.min)} and ${shownSetting(setting, setting.max)}`
  if (value === undefined) return { error: `takes ${FORMS[setting.type]}, ${range}` }
  return value < setting.min || value > setting.max ? { error: `must be ${range}` } : { value }
}

/** What a rule's page says of its thresholds. */
export function describeSettings(names: readonly SettingName[]): readonly { readonly name: SettingName; readonly default: string; readonly meaning: string }[] {
  return names.map((name) => ({ name, default: shownSetting(SETTINGS[name], SETTINGS[name].default), meaning: SETTINGS[name].meaning }))
}

/** `70%`, `9`, `30min`, `1MB`. */
export function shownSetting({ type }: Setting, value: number): string {
  if (type === 'count') return String(value)
  if (type === 'ratio') return value > 1 ? String(value) : formatQuantity(quantity(value), 'ratio')
  return formatQuantity(quantity(value, DIMENSIONS[type]))
}

const DIMENSIONS: Readonly<Record<Setting['type'], Dimension>> = { ratio: PLAIN, count: PLAIN, duration: DURATION, size: SIZE }

const FORMS: Readonly<Record<Setting['type'], string>> = {
  ratio: 'a number such as 0.7 or a text such as "70%"',
  count: 'a number such as 9',
  duration: 'a text such as "30s"',
  size: 'a text such as "1MB"',
}

function valueOf({ type }: Setting, written: unknown): number | undefined {
  if (typeof written === 'number') return (type === 'ratio' || type === 'count') && Number.isFinite(written) ? written : undefined
  if (typeof written !== 'string' || type === 'count') return undefined
  const parsed = parseQuantity(written, DIMENSIONS[type])
  const { time, data } = DIMENSIONS[type]
  return isQuantityError(parsed) || parsed.dimension.time !== time || parsed.dimension.data !== data ? undefined : Number(parsed.value.toPrecision(12))
}
