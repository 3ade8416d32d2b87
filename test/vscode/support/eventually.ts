/** Waiting for a condition, never for a time. */

/** Asks until the check no longer throws and answers something other than undefined or false. The last failure is the one reported. */
export async function eventually<Result>(what: string, check: () => Promise<Result> | Result, limit = 60_000): Promise<Exclude<Result, undefined | false>> {
  const end = performance.now() + limit
  let last: unknown
  for (;;) {
    try {
      const answer = await check()
      if (answer !== undefined && answer !== false) return answer as Exclude<Result, undefined | false>
      last = undefined
    } catch (error) {
      last = error
    }
    if (performance.now() > end) {
      throw new Error(`${what}: not within ${limit / 1000} s${last ? `; last: ${last instanceof Error ? last.message : String(last)}` : ''}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
