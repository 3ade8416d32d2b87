/** All technologies, by family. */
import type { Technology } from '../vocabulary.ts'
import { memory } from './caches.ts'
import { computing } from './compute.ts'
import { edge } from './edge.ts'
import { files } from './files.ts'
import { messaging } from './brokers.ts'
import { relational } from './relational.ts'
import { wide } from './wide.ts'

export const technologies: readonly Technology[] = [...relational, ...wide, ...memory, ...messaging, ...files, ...edge, ...computing]
