/** How waiting grows as a server fills (NUMBERS M6), over plain numbers: rates in 1/s, times in seconds. Arrivals and service times are random. */

/** M6: the share of their time for which `servers` are busy, each of which can serve `each`. */
export function utilisation(rate: number, servers: number, each: number): number {
  return rate / (servers * each)
}

/** M6: mean time in an M/M/1 system, waiting included: 1/(μ − λ). Infinity where it cannot keep up. */
export function singleServerTime(rate: number, each: number): number {
  return rate < each ? 1 / (each - rate) : Infinity
}

/** M6: time in an M/M/1 system that the share q of all requests stay below: −ln(1 − q)/(μ − λ), which is 4.605/(μ − λ) for 99%. */
export function singleServerQuantile(rate: number, each: number, q: number): number {
  return -Math.log(1 - q) * singleServerTime(rate, each)
}

/** M6: how many times longer a request takes at this utilisation than on an idle server. */
export function slowdown(utilised: number): number {
  return utilised < 1 ? 1 / (1 - utilised) : Infinity
}

/**
 * M6, Erlang C: the probability that a request finds all of `servers` busy and has to wait, where `offered` = λ/μ. By way of Erlang B, whose
 * recursion neither overflows nor loses digits.
 */
export function erlangC(servers: number, offered: number): number {
  if (offered >= servers) return 1
  let blocked = 1
  for (let n = 1; n <= servers; n++) blocked = (offered * blocked) / (n + offered * blocked)
  return blocked / (1 - (offered / servers) * (1 - blocked))
}

/** M6: mean wait before service in an M/M/c system: C(c, a)/(cμ − λ). */
export function pooledWait(rate: number, servers: number, each: number): number {
  return rate < servers * each ? erlangC(servers, rate / each) / (servers * each - rate) : Infinity
}

/** M6: mean time in an M/M/c system, service included. */
export function pooledTime(rate: number, servers: number, each: number): number {
  return pooledWait(rate, servers, each) + 1 / each
}

/**
 * M6: above this utilisation short bursts make long queues: a rule of thumb, good for a warning and no more. Many servers behind one queue
 * even bursts out.
 */
export function knee(servers: number, few = 0.7, many = 0.85): number {
  return servers >= POOLED ? many : few
}

const POOLED = 10
