/** All technologies, by family. */
import type { Technology } from '../vocabulary.ts'
import { memory } from './memory.ts'
import { computing } from './compute.ts'
import { edge } from './edge.ts'
import { files } from './files.ts'
import { logs } from './logs.ts'
import { queues } from './queues.ts'
import { relational } from './relational.ts'
import { wide } from './wide.ts'

export const technologies: readonly Technology[] = [...relational, ...wide, ...memory, ...logs, ...queues, ...files, ...edge, ...computing]
