/** All properties, in the groups in which the reference shows them. */
import type { Property } from '../vocabulary.ts'
import { brokers } from './brokers.ts'
import { caches } from './caches.ts'
import { common } from './common.ts'
import { compute } from './compute.ts'
import { design } from './design.ts'
import { relations } from './relations.ts'
import { stores } from './stores.ts'

export interface PropertyGroup {
  readonly title: string
  readonly rows: readonly Property[]
}

export const propertyGroups: readonly PropertyGroup[] = [
  { title: 'Any component', rows: common },
  { title: 'Clients, compute, jobs and outside systems', rows: compute },
  { title: 'Stores', rows: stores },
  { title: 'Caches and CDNs', rows: caches },
  { title: 'Queues, logs, topics and change capture', rows: brokers },
  { title: 'Relations', rows: relations },
  { title: 'Data, flows and the rest', rows: design },
]

export const properties: readonly Property[] = propertyGroups.flatMap((group) => group.rows)
