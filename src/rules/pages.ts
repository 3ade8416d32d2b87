/** Generated from the rules' pages by `npm run generate`. Do not edit. */

/** Rule id → its page as Markdown. */
export const pages: Readonly<Record<string, string>> = {
  'non-idempotent-consumer': ``,
  'retry-of-non-idempotent-call': `# retry-of-non-idempotent-call

## Why

A time-out does not say whether the work was done. The rule follows every request that is sent again (retries, a hedge, a person who presses
the button once more) to every effect behind it that is known to happen twice when done twice: an insert, an increment, a charge, a mail. It
is safe where the effect recognises a key, or where a hop before it does and the effect goes into the store that keeps that hop's record. Any
effect beyond that store is safe only if the key travels on.

What is not said is not held against a design: a \`writes\` whose \`op\` is unknown may well be an upsert.

## Fires on

The charge itself is retried without a key:

\`\`\`lintel
data Order { class: order, key: order-id }
service billing
external psp uses stripe

  billing -> psp : calls { op: charge, data: Order, timeout: 2s, retries: 2 }
//^^^^^^^^^^^^^^ error retry-of-non-idempotent-call: \`billing\` tries 3 times to reach \`psp\`, and the charge there has no key
\`\`\`

The key is accepted at \`payments\`, and stays there:

\`\`\`lintel
data Payment { class: money, key: payment-id }
client shopper
service checkout
service payments { dedupe { key: payment-id, window: 7d } }
external psp uses adyen

shopper -> checkout
checkout -> payments { retries: 3, idempotent: payment-id }
  payments -> psp : calls { op: charge, data: Payment }
//^^^^^^^^^^^^^^^ error retry-of-non-idempotent-call: The key \`payment-id\` comes as far as \`payments\` and is not passed on

flow "Pay" { shopper -> checkout -> payments -> psp }
\`\`\`

Two hops down, in a flow; nobody says what is inserted:

\`\`\`lintel
client app
gateway edge
service api
database comments uses postgres

app -> edge
  edge -> api { retries: 1 }
//^^^^^^^^^^^ warning retry-of-non-idempotent-call: no key goes with it on the way \`edge\` → \`api\` → \`comments\`
api -> comments : writes { op: insert }

flow "Comment" {
  app -> edge -> api
  api -> comments : writes
}
\`\`\`

## Stays silent on

The key goes all the way, or the effect sets a state:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
service payments { dedupe { key: payment-id, window: 7d } }
external psp uses stripe
database ledger uses postgres { stores: Payment }

checkout -> payments { retries: 3, idempotent: payment-id }
payments -> psp : calls { op: charge, idempotent: payment-id }
payments -> ledger : writes { op: insert }
checkout -> ledger : writes { op: upsert, retries: 2 }
\`\`\`

Only what was surely not sent is sent again; a read; an operation that is not stated:

\`\`\`lintel
service checkout
external psp uses stripe
service prices
database orders uses postgres

checkout -> psp : calls { op: charge, retries: 2, retry-on: connect }
checkout -> prices : calls { method: GET, retries: 2 }
checkout -> orders : writes { retries: 2 }
\`\`\`

The data puts up with duplicates:

\`\`\`lintel
data Click { class: telemetry }
service web
database clicks uses postgres { stores: Click }

web -> clicks : writes { op: insert, retries: 2 }
\`\`\`

The retried call belongs to a flow that has no such effect:

\`\`\`lintel
client app
service api
service prices
database orders uses postgres

app -> api
api -> prices { retries: 2 }
api -> orders : writes { op: insert }

flow "Look" { app -> api -> prices }
flow "Buy" {
  app -> api
  api -> orders : writes
}
\`\`\`

## How to fix

- Make the key at the beginning, carry it over every hop, and let the effect recognise it. The fix states \`idempotent:\` on the effect, and
  \`carries:\` on the hops before it that let go of the key.
- Do not retry what may have been done: \`retry-on: connect\`.
- Say that it does not matter: \`tolerates: duplicates\`.

## Sources

- AWS Builders' Library, [Making retries safe with idempotent APIs](https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/)
- Stripe API reference, [Idempotent requests](https://docs.stripe.com/api/idempotent_requests)
`,
  'cache-is-only-copy': ``,
  'staleness-exceeds-requirement': ``,
  'hot-partition': ``,
  'quorum-does-not-overlap': ``,
  'single-point-of-failure': `# single-point-of-failure

## Why

Every flow is tried against the loss of each single thing it is expected to survive: one copy of a component, one host, and one zone where
zones are in use or the target is 99.95% or more; a region only where the flow says \`survives: region\`. What takes the flow down alone is
reported once, with the path that leads to it and all flows that fall with it.

It is an error where a flow promises an availability, or where the data's class may not be lost; otherwise it is a warning, because a sketch
may well run on one of something.

Only what is said counts. How many copies there are has to be stated: a number that is merely a technology's default is a question for the
"not stated" note, and so is a number that is missing. A third party has copies that nobody here sees; whether its promise is enough for
yours is arithmetic, and belongs to \`availability-target-unreachable\`.

## Fires on

A store with one copy on the path of a flow that promises three nines:

\`\`\`lintel
client shopper
service api { replicas: 6, zones: 3 }
database ledger uses postgres { replicas: 1 }
//                              ^^^^^^^^^^^ error single-point-of-failure: "Place an order" fails when \`ledger\` fails (\`shopper\` → \`api\` → \`ledger\`): it is a single copy, and nothing stands in for it, though 99.9% is promised

shopper -> api -> ledger

flow "Place an order" {
  availability: 99.9%
  shopper -> api -> ledger
}
\`\`\`

Nothing is promised, but everybody else has three zones and this one has one. It is worth a question, not an error:

\`\`\`lintel
client shopper
load-balancer lb { replicas: 2, zones: 2 }
service api { replicas: 6, zones: 3 }
search catalog { replicas: 4, zones: 1 }
//                            ^^^^^^^^ warning single-point-of-failure: all copies of \`catalog\` are there

shopper -> lb -> api
api -> catalog : reads
\`\`\`

Two services on the same machine fall together, although each has two copies:

\`\`\`lintel
client user
load-balancer lb { replicas: 2 }

host box {
//   ^^^ warning single-point-of-failure: \`web\` and \`api\` run there and nowhere else
  service web { replicas: 2 }
  service api { replicas: 2 }
}

user -> lb
lb -> web : routes
lb -> api : routes
\`\`\`

A follower that only a person promotes does not keep four nines: four failures a year of half an hour each are 99.977%.

\`\`\`lintel
client user
service api { replicas: 3 }
database accounts uses postgres { replicas: 2, failover { mode: manual } }
//                                ^^^^^^^^^^^ error single-point-of-failure: nobody promotes a follower but a person

user -> api
api -> accounts : writes

flow "Change an address" {
  availability: 99.99%
  user -> api
  api -> accounts : writes
}
\`\`\`

## Stays silent on

How many copies there are is not stated, or a provider looks after them:

\`\`\`lintel
client user
service api
database carts uses dynamodb
object-store pictures uses s3

user -> api
api -> carts : writes
api -> pictures : reads

flow "Add to the cart" {
  availability: 99.9%
  user -> api
  api -> carts : writes
  api -> pictures : reads
}
\`\`\`

The caller can do without it, or something stands in for it:

\`\`\`lintel
client user
service api { replicas: 3 }
service recommendations { replicas: 1 }
service prices { replicas: 1 }
service price-list { replicas: 2 }

user -> api
api -> recommendations { criticality: soft, timeout: 50ms }
api -> prices { fallback: price-list }

flow "Show a product" {
  availability: 99.9%
  user -> api
  api -> recommendations
  api -> prices
}
\`\`\`

Behind a broker's acceptance nobody waits: a worker that is down delays the mail, and the flow has ended before it.

\`\`\`lintel
client user
service api { replicas: 3 }
queue mails uses sqs
worker mailer { replicas: 1 }

user -> api
api ~> mails : publishes
mails ~> mailer : delivers

flow "Sign up" {
  availability: 99.9%
  user -> api
  api ~> mails : publishes
}
\`\`\`

A personal project promises nothing, and one unit that keeps the promise by itself is enough:

\`\`\`lintel
design "My blog" { goal: "Write now and then", env: personal }
client reader
service blog { replicas: 1 }
database posts uses postgres { replicas: 1 }
reader -> blog -> posts
\`\`\`

\`\`\`lintel
client partner
service reports { replicas: 1, availability: 99.5% }
partner -> reports
flow "Fetch a report" {
  availability: 99%
  partner -> reports
}
\`\`\`

## How to fix

- Run more copies, in more than one zone: two of what keeps nothing, three of what has to agree on who leads.
- Let the callers go on without it: \`criticality: soft\`, a \`fallback\`, a queue in front.
- Promise what one of it can keep, or say that it does not matter: \`tolerates: unavailability\`.

The fix sets \`replicas\` (or \`zones\`) where the component states it.

## Sources

- Beyer et al., *Site Reliability Engineering* (2016), ch. 3 and [ch. 23](https://sre.google/sre-book/managing-critical-state/)
- AWS, [Availability and Beyond: availability with redundancy](https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-redundancy.html)
- AWS Well-Architected Framework, Reliability Pillar
`,
  'common-mode-dependency': `# common-mode-dependency

## Why

Two regions, two zones, a fallback or a standby are there so that one fault leaves a way. The rule looks at every choice that somebody meant
as one (\`any-of\`, \`fails-over-to\`, \`fallback: component\`, and the targets of a router that stand in different zones, regions or hosts) and
asks whether one fault, no larger than what the choice is meant to survive, takes all of it at once.

Where the shared thing stands below such a choice, this finding takes the place of \`single-point-of-failure\`. Targets of a router that
stand in no places of their own are not taken for twins: they may as well be different services behind different paths.

A setting or a key that is needed at each request counts (\`needed-for: request\`), one that is kept for long enough does not
(\`cache-validity\`). A third party that two regions share is no smaller than a region, and shared on purpose.

## Fires on

Two regions are active, and both need a service that lives in one of them:

\`\`\`lintel
client app
dns names { health-check: deep }
region us {
  service us-login { replicas: 4, zones: 3 }
  service token-signing { replicas: 3, zones: 3 }
//        ^^^^^^^^^^^^^ error common-mode-dependency: which runs only in region \`us\`: losing region \`us\` leaves no alternative
}
region eu { service eu-login { replicas: 4, zones: 3 } }

app -> names
names -> us-login, eu-login : routes
us-login, eu-login -> token-signing

flow "Log in" {
  app -> names
  names -> us-login, eu-login
}
\`\`\`

The fallback needs the very thing that failed:

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service card { replicas: 3 }
service invoice { replicas: 3 }
service customers { replicas: 1 }
//                  ^^^^^^^^^^^ error common-mode-dependency: \`card\` and \`invoice\` stand in for each other in "Pay", but both need \`customers\`

shopper -> checkout
checkout -> card { fallback: invoice }
card -> customers
invoice -> customers

flow "Pay" {
  shopper -> checkout -> card -> customers
}
\`\`\`

Two that take over from each other stand on one machine:

\`\`\`lintel
client app
service primary { replicas: 1, runs-on: box-1 }
//      ^^^^^^^ error common-mode-dependency: both stand in host \`box-1\`
service standby { replicas: 1, runs-on: box-1 }

app -> primary
primary -> standby : fails-over-to

flow "Ask" { app -> primary }
\`\`\`

## Stays silent on

The shared service spans what the alternatives are meant to survive:

\`\`\`lintel
client app
dns names { health-check: deep }
service token-signing { replicas: 6, regions: 2 }
region us { service us-login { replicas: 4 } }
region eu { service eu-login { replicas: 4 } }

app -> names
names -> us-login, eu-login : routes
us-login, eu-login -> token-signing

flow "Log in" {
  app -> names
  names -> us-login, eu-login
}
\`\`\`

Each region has its own, or keeps the keys for longer than the other needs to come back:

\`\`\`lintel
client app
dns names { health-check: deep }
region us {
  service us-login { replicas: 4 }
  service token-signing { replicas: 3, rto: 1h }
}
region eu { service eu-login { replicas: 4 } }

app -> names
names -> us-login, eu-login : routes
us-login, eu-login -> token-signing { cache-validity: 2h }

flow "Log in" {
  app -> names
  names -> us-login, eu-login
}
\`\`\`

A balancer that passes different paths on to different services offers no choice, so there is none to lose:

\`\`\`lintel
client app
load-balancer lb { replicas: 2 }
service users { replicas: 3 }
service orders { replicas: 3 }
database shop uses dynamodb

app -> lb
lb -> users { match: "/users" }
lb -> orders { match: "/orders" }
users, orders -> shop

flow "Look around" {
  app -> lb
  lb -> users, orders
}
\`\`\`

## How to fix

- Give each alternative its own, or spread the shared one over what the alternatives are meant to survive.
- Let the others go on without it for as long as it takes to come back: a cached copy with \`cache-validity\`, \`criticality: soft\`.

The fix sets \`replicas\` or \`zones\` where that is what makes it one fault. Moving something to a second region is no mechanical edit.

## Sources

- AWS Builders' Library, [Static stability using Availability Zones](https://aws.amazon.com/builders-library/static-stability-using-availability-zones/)
- AWS Builders' Library, [Minimizing correlated failures in distributed systems](https://aws.amazon.com/builders-library/minimizing-correlated-failures-in-distributed-systems/)
- Incident reports: Facebook, 4 October 2021; Google Cloud, 12 June 2025
`,
  'hard-dependency-cycle': `# hard-dependency-cycle

## Why

Two kinds of ring are looked for. A ring of things that each need the next one *to start* (\`needed-for: start\`, and names that are resolved
and not remembered) is an error: after an outage of all of them none can come up. A ring of calls that wait for each other within one flow is
a warning: the request may come back to where it is still being worked on.

A ring counts only if the arrows belong to the same flow. Routers are passed over (a service that calls another one through the gateway it
was called through makes no ring), and so are clients and third parties, which do not wait while they call back.

## Fires on

After a power cut none of the three can start:

\`\`\`lintel
service dns-service { role: service-discovery }
service config-service { role: config-store }
service vault { role: secret-store }

  dns-service -> config-service { needed-for: start }
//^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error hard-dependency-cycle: Cold-start cycle \`dns-service\` → \`config-service\` → \`vault\` → \`dns-service\`
config-service -> vault { needed-for: start }
vault -> dns-service { needed-for: start }
\`\`\`

One request, two services, each waiting for the other:

\`\`\`lintel
client shopper
service orders
service stock

shopper -> orders
  orders -> stock : calls "reserve"
//^^^^^^^^^^^^^^^ warning hard-dependency-cycle: \`orders\` → \`stock\` → \`orders\` is a ring of calls that wait for each other
stock -> orders : calls "is it still open?"

flow "Order" {
  shopper -> orders -> stock -> orders
}
\`\`\`

## Stays silent on

One arrow of the ring is asynchronous, or the caller can do without:

\`\`\`lintel
client shopper
service orders
service stock
queue changes uses sqs

shopper -> orders -> stock
stock ~> changes ~> orders
orders -> stock { needed-for: start, fallback: local-snapshot }
\`\`\`

Two operations that do not chain: each flow goes one way only.

\`\`\`lintel
client shopper
client clerk
service orders
service stock
database bookings uses postgres

shopper -> orders
clerk -> stock
orders -> stock
stock -> orders
orders, stock -> bookings

flow "Order" {
  shopper -> orders -> stock
  stock -> bookings
}
flow "Count" {
  clerk -> stock -> orders
  orders -> bookings
}
\`\`\`

A recursion that is meant, and ends:

\`\`\`lintel
client reader
service comments { depth-limit: 8 }

reader -> comments
comments -> comments : calls "replies"
\`\`\`

A webhook comes back from outside, and a call comes back through the gateway:

\`\`\`lintel
client shopper
gateway edge
service orders
service users
external psp uses stripe

shopper -> edge
edge -> orders, users : routes
orders -> edge : calls "who is this?"
orders -> psp
psp -> edge : calls "paid"
\`\`\`

## How to fix

- Cold start: let one of them start from what it has itself, a local snapshot or a static address. The fix adds \`fallback: local-snapshot\`.
- Request: make one arrow asynchronous, give it a fallback, or move what both need into a third component. Where the recursion is meant, say
  how deep it goes: \`depth-limit\`.

## Sources

- Facebook engineering, [More details about the October 4 outage](https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/) (2021)
- Beyer et al., *Site Reliability Engineering* (2016), [ch. 22](https://sre.google/sre-book/addressing-cascading-failures/)
- Roblox, Return to Service 10/28–10/31 2021
`,
  'retry-amplification': ``,
  'dual-write': `# dual-write

## Why

An operation is what one component does for one flow while somebody waits. If it changes two systems that keep what they are given, a
database and a broker, a database and a search index, a database and a third party, there is a moment at which only one of them has it. A
process that dies there leaves them different for ever, and no retry knows of it.

Something ties the two together: an outbox row that is captured, a change stream from one to the other, a log that the other is filled from,
a transaction or a saga that both are steps of, or somebody who reconciles them. A cache is no second system: how stale it may be is another
question. What a consumer does is done again as a whole when it dies half-way, so there the question is whether it bears repetition.

It is an error where the data may not be lost; a warning where nobody says what the data is.

## Fires on

The order is saved, then published:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service orders
database orders-db uses postgres { stores: Order }
log events uses kafka

shopper -> orders
orders -> orders-db : writes { op: insert, idempotent: order-id }
  orders ~> events : publishes { data: Order }
//^^^^^^^^^^^^^^^^ error dual-write: \`orders\` writes \`orders-db\` and publishes to \`events\` one after the other
\`\`\`

A database and a search index, and nobody says what is in them:

\`\`\`lintel
client seller
service catalog
database products uses postgres
search index uses elasticsearch

seller -> catalog
catalog -> products : writes { op: upsert }
  catalog -> index : writes { op: upsert }
//^^^^^^^^^^^^^^^^ warning dual-write: \`catalog\` writes \`products\` and \`index\` one after the other

flow "Change a price" {
  seller -> catalog
  catalog -> products : writes
  catalog -> index : writes
}
\`\`\`

The outbox is there, and nobody reads it:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service orders
database orders-db uses postgres { stores: Order }

shopper -> orders
orders -> orders-db : writes { op: insert, outbox: yes }
//                                         ^^^^^^^^^^^ error dual-write: nothing captures or polls \`orders-db\`
\`\`\`

## Stays silent on

The row is written with the order, and the change stream carries it on:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service orders
database orders-db uses postgres { stores: Order }
cdc relay uses debezium
log events uses kafka

shopper -> orders
orders -> orders-db : writes { op: insert, outbox: yes, idempotent: order-id }
orders-db ~> relay ~> events : captures
\`\`\`

The log is first and the database follows from it; a cache is invalidated; telemetry may be lost:

\`\`\`lintel
data Order { class: order, key: order-id }
data Click { class: telemetry }
client shopper
service orders
log events uses kafka
worker projector
database view uses postgres { stores: Order, derived: yes }
cache recent uses redis { pattern: cache-aside, ttl: 1min }
topic clicks uses sns

shopper -> orders
orders ~> events : publishes { data: Order }
events ~> projector : delivers
projector -> view : writes { op: upsert }
orders -> recent : invalidates
orders ~> clicks : publishes { data: Click }
\`\`\`

Two flows, each with one write; and two stores that are compared every night:

\`\`\`lintel
data Order { class: order, key: order-id }
data Cart { class: order, key: user-id }
client shopper
service api
database carts uses dynamodb { stores: Cart }
database ledger uses postgres { stores: Order }
external psp uses stripe
scheduler recon

shopper -> api
api -> carts : writes { op: upsert }
api -> ledger : writes { op: insert, idempotent: order-id }
api -> psp : calls { op: charge, idempotent: order-id }
recon -> psp, ledger : reconciles { period: 1d }

flow "Fill the cart" {
  shopper -> api
  api -> carts : writes
}
flow "Pay" {
  shopper -> api
  api -> ledger : writes
  api -> psp
}
\`\`\`

The file first, then the row that points at it: a crash between leaves a file that nobody sees.

\`\`\`lintel
data Photo { class: user-content, key: photo-id }
client app
service api
object-store photos uses s3 { stores: Photo }
database meta uses postgres { stores: Photo }

app -> api
api -> photos : writes { op: upsert }
api -> meta : writes { op: upsert }

flow "Upload" {
  app -> api
  api -> photos : writes
  api -> meta : writes
}
\`\`\`

## How to fix

- Write an outbox row in the same transaction and let a relay carry it on. The fix does that where a database and a broker are concerned: it
  marks the write with \`outbox: yes\` and puts a \`captures\` relation in the place of the publish.
- Write one, and fill the other from its change stream or log.
- Where a third party is concerned: record the intention first, call with a key from a consumer of that record, and reconcile.

## Sources

- Richardson, microservices.io: [Transactional outbox](https://microservices.io/patterns/data/transactional-outbox.html)
- Debezium documentation, [Outbox Event Router](https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 11, "Keeping Systems in Sync"
`,
  'unauthenticated-path-to-data': `# unauthenticated-path-to-data

## Why

From every client and every third party that calls in, the rule walks to whatever keeps private data or charges, authorises or sends
something outside, and asks whether each way passes somebody who checks who is there. A way that passes nobody is reported at its door: the
first component behind balancers and edge caches that answers for itself.

Authentication is a concern that a sketch may not talk about at all, and then the rule is silent. It speaks once the design does: once
anybody states \`auth\`. Data is private if it is \`scoped-by\` a user or tenant, or if its class is money, entitlement, identity, order, message
or acl. A service that calls a component with \`role: auth\` before it goes on checks by it; that component itself is open by nature.

## Fires on

The socket gateway leads to the same messages, and only the other gateway checks:

\`\`\`lintel
data Message { class: message }
client app
gateway api-gateway { auth: token }
gateway ws-gateway
//      ^^^^^^^^^^ error unauthenticated-path-to-data: \`app\` → \`ws-gateway\` → \`chat\` → \`messages\`: nobody on this way asks who is there, so \`Message\` in \`messages\` is open
service chat
database messages uses cassandra { stores: Message }

app -> api-gateway -> chat
app -> ws-gateway -> chat
chat -> messages
\`\`\`

It says itself that it does not check:

\`\`\`lintel
data Invoice { scoped-by: tenant }
client partner
load-balancer lb
service reports { auth: none }
//                ^^^^^^^^^^ error unauthenticated-path-to-data: \`Invoice\` in \`invoices\` is open to anyone who finds \`reports\`
database invoices uses postgres { stores: Invoice }

partner -> lb -> reports -> invoices
\`\`\`

A webhook that anybody could send:

\`\`\`lintel
data Order { class: order }
client shopper
gateway edge { auth: token }
service orders
service hooks
//      ^^^^^ error unauthenticated-path-to-data: \`psp\` → \`hooks\` → \`ledger\`
database ledger uses postgres { stores: Order }
external psp uses stripe

shopper -> edge -> orders -> ledger
psp -> hooks -> ledger
\`\`\`

## Stays silent on

Nobody talks about authentication, so nothing says that it was forgotten:

\`\`\`lintel
data Order { class: order }
client shopper
service api
database ledger uses postgres { stores: Order }

shopper -> api -> ledger
\`\`\`

Every way passes a check: at the gateway, by a signature, by a signed address, by asking a component whose role that is.

\`\`\`lintel
data Order { class: order }
data Photo { scoped-by: user }
client shopper
client admin
gateway edge { auth: token }
service orders
service back-office
service login { role: auth }
service hooks { auth: signature }
database ledger uses postgres { stores: Order }
database users uses postgres
object-store photos uses s3 { stores: Photo }
external psp uses stripe

shopper -> edge -> orders -> ledger
shopper -> photos { signed-url: yes }
shopper -> login -> users
admin -> back-office -> login
back-office -> ledger
psp -> hooks -> ledger
\`\`\`

Public data, and a caller from within:

\`\`\`lintel
data Product { scoped-by: public }
data Order { class: order }
client shopper
client batch-user { public: no }
cdn edge
gateway shop { auth: token }
service pages
service reports
database products uses postgres { stores: Product }
database ledger uses postgres { stores: Order }

shopper -> edge -> pages -> products
shopper -> shop -> reports
batch-user -> reports -> ledger
\`\`\`

## How to fix

- Check at the door. The fix states \`auth: token\` there (\`auth: signature\` where a third party calls).
- Keep strangers out: \`public: no\` on a client of your own, \`signed-url: yes\` for a capability.
- Say that the data is public: \`scoped-by: public\`.

## Sources

- [OWASP API Security Top 10](https://owasp.org/API-Security/editions/2023/en/0x11-t10/) (2023)
- [NIST SP 800-207](https://csrc.nist.gov/pubs/sp/800/207/final), Zero Trust Architecture (2020)
`,
}
