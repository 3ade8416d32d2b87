/** A small design with one of everything that the features look at. `test/corpus` has the real ones. */
export const SKETCH = `design "Orders, first sketch" { goal: "Take an order and charge for it" }

let visits = 2M
let orders = visits * 2/day
let photo = 2MB
let ingress = orders * photo

data Order { class: order, key: order-id, size: 2KB }
data Cart  { class: order, key: user-id, size: 4KB }

client shopper "Shopper"
load-balancer lb uses nginx { replicas: 2, zones: 2 }
service api "Order API" { replicas: 6, zones: 3 }
cache carts uses redis { stores: Cart }
log events uses kafka { partitions: 24, key: country, key-dist: hot(45%), replication-factor: 3, min-isr: 2, partition-limit { write: 2k/s } }
worker billing { replicas: 4, zones: 2 }
external psp "Payment provider" uses stripe

shopper -> lb -> api { timeout: 2s }
api -> carts : writes { timeout: 50ms, data: Cart }
api ~> events : publishes { timeout: 500ms, data: Order }
events ~> billing : delivers { max-deliveries: 5, dead-letter: parked }
billing -> psp : calls "charge the card" { op: charge, timeout: 2s }

queue parked uses sqs { retention: 14d }

flow "Fill the cart" {
  rate: 2k/s
  shopper -> lb -> api
  api -> carts : writes
}
flow "Place an order" {
  rate: 8k/s, peak: 20k/s
  shopper -> lb -> api
  api ~> events : publishes
}
`

/** What the sketch gets wrong, on which line. */
export const FINDINGS = [
  ['cache-is-only-copy', 'cache carts'],
  ['hot-partition', 'log events'],
  ['non-idempotent-consumer', 'billing -> psp'],
] as const
