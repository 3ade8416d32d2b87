/** What must stay how far from what along one axis: only pairs that see each other, since their distances keep the others apart, too. */

/** A variable of the program, and a distance behind it. */
export interface Place {
  readonly variable: number
  readonly offset: number
}

export interface Obstacle {
  /** `low` and `high` are the sides of a container (or of the part): lines may cross them, but not run along them. */
  readonly type: 'box' | 'line' | 'label' | 'low' | 'high'
  /** The box (-1: the part), or the piece of a line or label. */
  readonly of: number
  readonly low: Place
  readonly high: Place
  /** Where it is now, by which the order is kept: its low side, or the line that a label is in the middle of. */
  readonly now: number
  /** Its extent along the other axis. */
  readonly from: number
  readonly to: number
}

/**
 * Calls `demand` for each pair that see each other, the first being before the second. What only just passes by counts as seen: `near` px.
 */
export function separate(obstacles: readonly Obstacle[], near: number, together: (a: Obstacle, b: Obstacle) => boolean, demand: (a: Obstacle, b: Obstacle) => void): void {
  const sorted = obstacles.map((obstacle, index) => ({ obstacle, index })).sort((a, b) => a.obstacle.now - b.obstacle.now || a.index - b.index)
  for (let i = 0; i < sorted.length; i++) {
    const a = sorted[i]!.obstacle
    let open: (readonly [from: number, to: number])[] = [[a.from - near, a.to + near]]
    for (let j = i + 1; j < sorted.length && open.length > 0; j++) {
      const b = sorted[j]!.obstacle
      if (!open.some(([from, to]) => b.from < to && from < b.to) || together(a, b)) continue
      demand(a, b)
      open = open.flatMap(([from, to]) => {
        if (b.to <= from || to <= b.from) return [[from, to] as const]
        return [[from, b.from] as const, [b.to, to] as const].filter(([low, high]) => low < high)
      })
    }
  }
}
