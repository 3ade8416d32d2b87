/** All properties, in the groups in which the reference shows them. */
import type { Property } from '../vocabulary.ts'
import { brokers } from './brokers.ts'
import { caches } from './caches.ts'
import { common } from './common.ts'
import { compute } from './compute.ts'
import { design } from './design.ts'
import { protection } from './protection.ts'
import { recovery } from './recovery.ts'
import { asking } from './relation-asking.ts'
import { effects } from './relation-effects.ts'
import { messages } from './relation-messages.ts'
import { operation } from './relation-operation.ts'
import { waiting } from './relation-waiting.ts'
import { sharding } from './sharding.ts'
import { stores } from './stores.ts'
import { upkeep } from './upkeep.ts'

export interface PropertyGroup {
  readonly title: string
  readonly rows: readonly Property[]
}

export const propertyGroups: readonly PropertyGroup[] = [
  { title: 'Any component', rows: [...common, ...protection, ...upkeep] },
  { title: 'Clients, compute, jobs and outside systems', rows: compute },
  { title: 'Stores', rows: [...stores, ...sharding, ...recovery] },
  { title: 'Caches and CDNs', rows: caches },
  { title: 'Queues, logs, topics and change capture', rows: brokers },
  { title: 'Relations', rows: [...waiting, ...asking, ...messages, ...effects, ...operation] },
  { title: 'Data, flows and the rest', rows: design },
]

export const properties: readonly Property[] = propertyGroups.flatMap((group) => group.rows)
