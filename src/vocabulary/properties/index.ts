/** All properties, by subject. */
import type { Property } from '../vocabulary.ts'
import { brokers } from './brokers.ts'
import { caches } from './caches.ts'
import { common } from './common.ts'
import { compute } from './compute.ts'
import { design } from './design.ts'
import { relations } from './relations.ts'
import { stores } from './stores.ts'

export const properties: readonly Property[] = [...common, ...compute, ...stores, ...caches, ...brokers, ...relations, ...design]
