import type { Technology } from '../vocabulary.ts'

export const technologies: readonly Technology[] = []
