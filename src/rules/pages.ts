/** Generated from the rules' pages by `npm run generate`. Do not edit. */

/** Rule id → its page as Markdown. */
export const pages: Readonly<Record<string, string>> = {
  'non-idempotent-consumer': `# non-idempotent-consumer

## Why

A broker cannot know whether the work was done when the acknowledgement does not come: the worker died after the card was charged, or the
partition moved to another one in between. So it hands the message on again. At-least-once is not an accident but the contract, and the same
holds for schedulers, webhooks, workflow steps and parts of a batch that are run a second time.

The rule follows the message from whoever may get it twice, through everything that is called on the way, to each effect that adds something
when it is repeated: \`op: insert\`, \`append\`, \`increment\`, \`send\`, \`charge\`, a \`POST\`. It stops at what remembers: a \`dedupe\`, a key that the
other end enforces (\`idempotent: order-id\`), a condition (\`if: not-exists\`), an effect that commits with the offset (\`idempotent: offset\`). An
operation that nobody states is not accused; nor is a publish, which only hands the repetition on to the next consumer, where it is judged.

It is an error where the data's class, or a \`requires: no-duplicates\`, demands it; a warning where nobody says what the data is. A charge is
money, whatever its record is called.

## Fires on

The classic: the message comes again, and the card is charged again.

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service api
log events uses kafka { key: order-id }
worker billing
external psp uses stripe

shopper -> api
api ~> events : publishes { data: Order }
events ~> billing : delivers
billing -> psp : calls "charge the card" { op: charge }
//^^^^^^^^^^^^ error non-idempotent-consumer: \`billing\` consumes \`events\` at-least-once, but \`charge\` on \`billing → psp\` is not idempotent
\`\`\`

Two hops further, behind a service that the worker calls:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses sqs
worker poster
service ledger
database books uses postgres { stores: Payment }

checkout ~> payments : publishes { data: Payment }
payments ~> poster : delivers
poster -> ledger : calls
ledger -> books : writes { op: insert }
//^^^^^^^^^^^^^ error non-idempotent-consumer: by way of \`poster\` → \`ledger\` → \`books\` is not idempotent
\`\`\`

A webhook, and nobody says what the data is:

\`\`\`lintel
external carrier
service tracking
database parcels uses postgres

carrier -> tracking : calls
tracking -> parcels : writes { op: append }
//^^^^^^^^^^^^^^^^^ warning non-idempotent-consumer: is called by \`carrier\`, which sends again what was not answered
\`\`\`

A count in Redis of what was sold is no limiter's, and as wrong as one in a database:

\`\`\`lintel
data Order { class: order, key: order-id }
service shop
queue sales uses sqs
worker counter
cache sold uses redis

shop ~> sales : publishes { data: Order }
sales ~> counter : delivers
counter -> sold : writes { op: increment }
//^^^^^^^^^^^^^ error non-idempotent-consumer: counts twice in \`sold\`
\`\`\`

## Stays silent on

The provider gets a key that it recognises, and the row is set rather than added:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log events uses kafka { key: order-id }
worker billing
external psp uses stripe
database orders uses postgres { stores: Order }

api ~> events : publishes { data: Order }
events ~> billing : delivers
billing -> psp : calls { op: charge, idempotent: order-id }
billing -> orders : writes { op: upsert }
\`\`\`

The worker remembers what it has done, before anything behind it:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses sqs
worker mailer { dedupe { key: order-id, window: 14d, store: sent } }
database sent uses postgres
external mail

api ~> jobs : publishes { data: Order }
jobs ~> mailer : delivers
mailer -> mail : calls { op: send }
\`\`\`

Counting clicks twice now and then does no harm, and its class says so:

\`\`\`lintel
data Click { class: view-count, key: page }
service web
log clicks uses kafka
worker counter
database counts uses cassandra { stores: Click }

web ~> clicks : publishes { data: Click }
clicks ~> counter : delivers
counter -> counts : writes { op: increment }
\`\`\`

The worker counts how often it asks a third party, to keep to its limit. A message that comes twice is counted twice, and that is about the
limit, whatever the message is about:

\`\`\`lintel
data Code { class: identity, key: code-id, retention: 10min }
service logins
queue codes uses sqs { retention: 10min }
worker sender { rate-limit { limit: 16/s, per: global, state: shared, atomic: yes } }
cache sent uses redis
cache asked uses redis { role: rate-limiter }
external sms

logins ~> codes : publishes { data: Code }
codes ~> sender : delivers { max-deliveries: 5, on-error: skip }
sender -> sent : writes "count this one" { op: increment }
sender -> asked : writes "count this hour" { op: append }
sender -> sms : calls { op: send, idempotent: code-id }
\`\`\`

The message is acknowledged before the work: then it may be lost, which is another question and accepted here, but it does not come twice.

\`\`\`lintel
data Order { class: order, key: order-id, tolerates: loss }
service api
queue jobs uses sqs
worker mailer
external mail

api ~> jobs : publishes { data: Order }
jobs ~> mailer : delivers { ack: before-processing }
mailer -> mail : calls { op: send }
\`\`\`

What the effect is, is not stated, and a request that somebody waits for is not handed on again:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service api
queue jobs uses sqs
worker packer
database shelf uses postgres { stores: Order }

shopper -> api
api -> shelf : writes { op: insert }
jobs ~> packer : delivers
packer -> shelf : writes
\`\`\`

## How to fix

- Send a key with the effect that its other end enforces: \`idempotent: order-id\`. The fix takes the key of the data that is carried; the
  partition key is no good for it, since one person or country has many orders.
- Or make the effect a state instead of a change: \`op: upsert\`, \`if: not-exists\`.
- Or remember the message's id in the same transaction as the effect: a \`dedupe\` on the consumer, with the effect's store as its \`store\`.

## Sources

- Apache Kafka documentation, [Message Delivery Semantics](https://kafka.apache.org/documentation/#semantics)
- Debezium documentation, [Exactly once delivery](https://debezium.io/documentation/reference/stable/configuration/eos.html): at-least-once unless told otherwise
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 11, "Fault Tolerance"
`,
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

One of two flows asks for no duplicates, and that one is judged, wherever it stands:

\`\`\`lintel
client app
service counters { replicas: 3 }
database totals uses postgres

app -> counters { timeout: 2s }
counters -> totals : writes { op: append, retries: 2, timeout: 500ms }
//^^^^^^^^^^^^^^^^ error retry-of-non-idempotent-call

flow "Count a visit" {
  app -> counters
  counters -> totals : writes
}
flow "Book a visit" {
  requires: no-duplicates
  app -> counters
  counters -> totals : writes
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
  'idempotency-window-too-short': `# idempotency-window-too-short

## Why

"We have seen this one" is a record, and records are thrown away. The window for which a consumer, a provider or a broker remembers what was
done is chosen for retries within minutes. Some messages come back much later:

- **Sent back.** What failed waits on a dead-letter queue for up to 14 days, and somebody sends it back when the bug is fixed.
- **Read again.** A consumer that begins at the \`earliest\` position, or a store that is rebuilt from its log, brings back what the log keeps.
- **Tried again.** A webhook or a workflow that tries for days outlives a window of hours.

That a broker keeps its messages for a week is no such way: nobody reads them again unless the design says so.

Where the effect behind the memory is not known to be harmful, and where nobody says what the data is, it is a warning.

## Fires on

A payment provider remembers keys for a day; payments that failed can be sent back for two weeks:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses sqs
queue parked uses sqs { retention: 14d, redrive: manual, alarm: age }
worker billing
external psp uses stripe

checkout ~> payments : publishes { data: Payment }
payments ~> billing : delivers { max-deliveries: 5, dead-letter: parked }
billing -> psp : calls { op: charge, idempotent: payment-id, timeout: 2s }
//^^^^^^^^^^^^ error idempotency-window-too-short: \`psp\` recognises \`payment-id\` for 1d, but what \`billing\` failed on in \`payments\` waits in \`parked\` and can be sent back for 14d: what comes later than that is charged at \`psp\` a second time, though \`Payment\` has class money (default of \`stripe\`
\`\`\`

The consumer's own memory is the lifetime of its cache entries, and a lost position brings back thirty days:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { retention: 30d, offset-reset: earliest, replication-factor: 3, min-isr: 2 }
cache seen uses redis { ttl: 1d, eviction: noeviction, durability: fsync }
worker shipping { dedupe { key: order-id, store: seen } }
//                                        ^^^^^^^^^^^ error idempotency-window-too-short: \`shipping\` remembers what it has done for 1d (the \`ttl\` of \`seen\`), but \`shipping\` begins \`orders\` from its first message when it has no position (\`offset-reset: earliest\`), and \`orders\` keeps 30d of them
database parcels uses postgres

api ~> orders : publishes { data: Order }
orders ~> shipping : delivers
shipping -> parcels : writes { op: insert }
\`\`\`

Of several effects behind the memory the one that moves money counts, wherever it is written:

\`\`\`lintel
service checkout
queue payments uses sqs
queue parked uses sqs { retention: 14d, redrive: manual, alarm: age }
worker billing { dedupe { key: payment-id, window: 7d } }
//                                         ^^^^^^^^^^ error idempotency-window-too-short: what comes later than that is charged at \`psp\` a second time
database journal uses postgres
external psp

checkout ~> payments : publishes
payments ~> billing : delivers { max-deliveries: 5, dead-letter: parked }
billing -> journal : writes { op: insert, timeout: 1s }
billing -> psp : calls { op: charge, timeout: 2s }
\`\`\`

A webhook that is tried for three days, and a receiver that remembers for one:

\`\`\`lintel
data Payout { class: money, key: payout-id }
external psp
service hooks { dedupe { key: event-id, window: 1d, store: ledger } }
//                                      ^^^^^^^^^^ error idempotency-window-too-short: \`hooks\` remembers what it has done for 1d, but \`psp\` tries again for up to 3d
database ledger uses postgres { stores: Payout }

psp ~> hooks : calls { auth: signature, retries: 20, deadline: 3d }
hooks -> ledger : writes { op: insert }
\`\`\`

## Stays silent on

The record is kept as long as the message can come back; or for good, as a unique constraint is:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses sqs
queue parked uses sqs { retention: 14d, redrive: manual, alarm: age }
worker billing { dedupe { key: payment-id, window: 14d, store: ledger } }
worker poster { dedupe { key: payment-id, window: forever, store: ledger } }
database ledger uses postgres { stores: Payment }
external psp uses stripe

checkout ~> payments : publishes { data: Payment }
payments ~> billing, poster : delivers { max-deliveries: 5, dead-letter: parked }
billing -> psp : calls { op: charge, idempotent: payment-id, timeout: 2s }
poster -> ledger : writes { op: insert }
\`\`\`

The log keeps a week and the consumer remembers an hour, but nothing is read again:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2 }
worker shipping { dedupe { key: order-id, window: 1h, store: parcels } }
database parcels uses postgres

api ~> orders : publishes { data: Order }
orders ~> shipping : delivers
shipping -> parcels : writes { op: insert }
\`\`\`

The short memory stands in front of effects that bear repetition anyway; and a view is filled again, on purpose:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { retention: forever, replication-factor: 3, min-isr: 2 }
worker projector { dedupe { key: event-id, window: 1d, store: seen } }
cache seen uses redis { pattern: cache-aside }
database view uses postgres { rebuild-from: orders }

api ~> orders : publishes { data: Order }
orders ~> projector : delivers
projector -> view : writes { op: upsert }
\`\`\`

What was put aside stays there, and nobody sends it back:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses sqs
queue parked uses sqs { retention: 14d, alarm: age }
worker billing
external psp uses stripe

checkout ~> payments : publishes { data: Payment }
payments ~> billing : delivers { max-deliveries: 5, dead-letter: parked }
billing -> psp : calls { op: charge, idempotent: payment-id, timeout: 2s }
\`\`\`

## How to fix

- Remember for as long as the message can come: \`dedupe { window: 14d }\`. The fix sets it; in front of a provider whose window is its own, it
  gives the consumer a memory of its own.
- Better, let the effect's store refuse the second one: a unique constraint on the key costs a row and never forgets.
- Or send nothing back blindly: look at the state first (\`apply: once\`).

## Sources

- Helland, [Idempotence Is Not a Medical Condition](https://queue.acm.org/detail.cfm?id=2187821), ACM Queue 2012
- Stripe API reference, [Idempotent requests](https://docs.stripe.com/api/idempotent_requests): keys can be removed once they are at least 24 hours old
- Amazon SQS Developer Guide, [Using dead-letter queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html)
`,
  'lossy-hop-in-durable-flow': `# lossy-hop-in-durable-flow

## Why

"Must not be lost" is a promise of the whole way. Three copies and a dead-letter queue do not help an order whose producer did not wait for
the broker, or whose consumer said "done" before it was. The hops that lose:

| hop | loses when |
|---|---|
| publish with \`acks: none\` or \`confirm: no\` | the broker never had it, and nobody notices |
| a broker that stores nothing (core NATS, Redis Pub/Sub) or hands on at most once | the receiver is away for a moment |
| a broker that drops the oldest or newest when it is full | it is full |
| \`ack: before-processing\`, \`ack: auto\`, \`on-error: ack\` | the consumer crashes, or fails |
| at-most-once dead-lettering, the default of RabbitMQ | the broker moves what failed |
| \`offset-reset: latest\` | a position is forgotten, or a partition is new |
| a controller that acts on a \`watch\` alone | it was restarting |

At-most-once dead-lettering that nobody chose is a warning, for the loss takes a second fault: the message has failed before. All else is an
error.

It asks only where loss is forbidden, by \`requires: no-loss\` or by the class of the data. Copies within a store or log are the matter of
\`ack-before-durable-copies\`; messages given up after so many tries that of \`poison-message-unhandled\`.

## Fires on

RabbitMQ moves what failed to the dead-letter queue at most once, unless told otherwise:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses rabbitmq-quorum
//    ^^^^^^^^ warning lossy-hop-in-durable-flow: \`payments\` puts aside what failed without making sure that it arrives: the very messages that somebody has to look at can vanish on the way, though \`Payment\` has class money (default of \`rabbitmq-quorum\`
queue parked uses rabbitmq-quorum { alarm: depth, redrive: manual }
worker poster

checkout ~> payments : publishes { data: Payment }
payments ~> poster : delivers { dead-letter: parked }
\`\`\`

Producers that do not wait for the broker:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
service legacy
log orders uses kafka
queue jobs uses rabbitmq-quorum { dead-letter-delivery: at-least-once, overflow: reject }
queue parked uses rabbitmq-quorum { alarm: depth, redrive: manual }
worker shipping
database parcels uses postgres

api ~> orders : publishes { data: Order, acks: none }
//^^^^^^^^^^^ error lossy-hop-in-durable-flow: \`api\` publishes to \`orders\` and does not wait until anybody has the message, though \`Order\` has class order
legacy ~> jobs : publishes { data: Order, confirm: no }
//^^^^^^^^^^^^ error lossy-hop-in-durable-flow: \`legacy\` publishes to \`jobs\` and does not wait for the broker’s word that it has the message
orders ~> shipping : delivers
jobs ~> shipping : delivers { max-deliveries: 5, dead-letter: parked }
shipping -> parcels : writes { op: upsert }
\`\`\`

A consumer that calls an order done before it is, and one that does it at any time:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2 }
worker shipping
worker billing
database parcels uses postgres
database invoices uses postgres

api ~> orders : publishes { data: Order }
orders ~> shipping : delivers { ack: before-processing }
//^^^^^^^^^^^^^^^^ error lossy-hop-in-durable-flow: \`shipping\`, reading \`orders\`, calls a message done before it has worked on it: a crash between loses it, though \`Order\` has class order
orders ~> billing : delivers { ack: auto }
//^^^^^^^^^^^^^^^ error lossy-hop-in-durable-flow: \`billing\`, reading \`orders\`, lets messages count as done by themselves
shipping -> parcels : writes { op: upsert }
billing -> invoices : writes { op: upsert }
\`\`\`

Orders over Redis Pub/Sub, on which a worker books; and a bounded queue that drops the oldest:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
topic placed uses redis-pubsub
//    ^^^^^^ error lossy-hop-in-durable-flow: \`placed\` stores nothing: a message is gone when its receiver is away, or when the broker restarts
queue jobs uses rabbitmq-quorum { max-length: 10k, overflow: drop-oldest }
//    ^^^^ error lossy-hop-in-durable-flow: \`jobs\` drops the oldest message when it is full, though \`Order\` has class order
worker shipping
worker billing
database parcels uses postgres

api ~> placed, jobs : publishes { data: Order }
placed ~> shipping : delivers
jobs ~> billing : delivers { max-deliveries: unlimited }
shipping, billing -> parcels : writes { op: upsert }
\`\`\`

A controller that hears of changes and never looks for itself:

\`\`\`lintel
data Rollout { class: config, key: cluster-id }
coordinator settings uses etcd { voters: 3, zones: 3, stores: Rollout }
service controller { acts-on: watch }
//      ^^^^^^^^^^ error lossy-hop-in-durable-flow: \`controller\` acts on notifications only: one that it misses while it restarts is never made up for, though \`Rollout\` has class config

settings ~> controller : captures { data: Rollout }
\`\`\`

A desktop that only listens: what changed while it was closed it never hears of.

\`\`\`lintel
data File { class: file, key: file-id }
client desktop { acts-on: watch }
//     ^^^^^^^ error lossy-hop-in-durable-flow: \`desktop\` acts on notifications only: one that it misses while it is away is never made up for, though \`File\` has class file
service sync
database files uses postgres { stores: File }
cdc relay uses debezium
topic changed uses redis-pubsub
service notify

desktop -> sync -> files : writes { op: update, if: version, timeout: 1s }
files ~> relay ~> changed : captures
changed ~> notify : delivers
notify ~> desktop : calls
\`\`\`

## Stays silent on

The same hops with the safe values:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses rabbitmq-quorum { dead-letter-delivery: at-least-once, overflow: reject }
queue parked uses rabbitmq-quorum { alarm: depth, redrive: manual }
worker poster
database ledger uses postgres

checkout ~> payments : publishes { data: Payment, confirm: yes }
payments ~> poster : delivers { ack: after-processing, dead-letter: parked }
poster -> ledger : writes { op: upsert }
\`\`\`

Clicks may be lost; and a sketch that does not say what its messages are:

\`\`\`lintel
data Click { class: telemetry }
service web
topic clicks uses nats-core
queue things { overflow: drop-oldest, max-length: 1k }
worker counter
worker thinker
database counts uses postgres

web ~> clicks : publishes { data: Click, confirm: no }
web ~> things : publishes
clicks ~> counter : delivers { ack: before-processing }
things ~> thinker : delivers
counter -> counts : writes { op: increment, data: Click }
\`\`\`

The lossy hop only makes it faster: the cache ends by itself, the app asks for what it missed, the controller looks for itself:

\`\`\`lintel
data Message { class: message, key: chat-id }
client app
gateway push { auth: token }
service chat
topic fanout uses redis-pubsub
database messages uses postgres { stores: Message }
cdc relay uses debezium
cache inbox uses redis { pattern: cache-aside, ttl: 5min }
worker invalidator
service indexer { acts-on: watch, resync: 10min }

app -> push -> chat : calls { timeout: 2s }
chat -> messages : writes { op: insert, idempotent: message-id, timeout: 200ms }
messages ~> relay ~> fanout : captures
fanout ~> push, invalidator, indexer : delivers
push -> app : calls
invalidator -> inbox : invalidates
\`\`\`

The hint only makes it faster: the desktop compares with the journal every five minutes, hint or no hint.

\`\`\`lintel
data File { class: file, key: file-id }
client desktop { acts-on: watch, resync: 5min }
service sync
database files uses postgres { stores: File }
cdc relay uses debezium
topic changed uses redis-pubsub
service notify

desktop -> sync -> files : calls { op: update, if: version, timeout: 1s }
files ~> relay ~> changed : captures
changed ~> notify : delivers
notify ~> desktop : calls
\`\`\`

A queue whose length nobody limits drops nothing; and a person decides that the loss is all right here:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses rabbitmq-classic
topic hints uses nats-core { tolerates: loss }
worker shipping
worker guesser
database parcels uses postgres
database ideas uses postgres

api ~> jobs, hints : publishes { data: Order }
jobs ~> shipping : delivers
hints ~> guesser : delivers { tolerates: loss }
shipping -> parcels : writes { op: upsert }
guesser -> ideas : writes { op: upsert }
\`\`\`

## How to fix

- Set the hop’s property to its safe value, which the fix does: \`acks: all\`, \`confirm: yes\`, \`ack: after-processing\`, \`overflow: reject\`,
  \`dead-letter-delivery: at-least-once\`, \`offset-reset: earliest\`. What then comes twice has to be harmless (\`non-idempotent-consumer\`).
- Over a broker that stores nothing, send only what somebody makes up for: a \`resync\` at the receiver, a \`ttl\` in the cache.
- Or say that the loss is all right: \`tolerates: loss\` on the data, the hop or the consumer.

## Sources

- RabbitMQ documentation, [Quorum Queues: dead lettering](https://www.rabbitmq.com/docs/quorum-queues#dead-lettering), and [Consumer Acknowledgements and Publisher Confirms](https://www.rabbitmq.com/docs/confirms)
- Apache Kafka documentation, [Message Delivery Semantics](https://kafka.apache.org/documentation/#semantics): \`acks\`, \`auto.offset.reset\`
- NATS documentation, [Core NATS](https://docs.nats.io/nats-concepts/core-nats): at-most-once delivery
`,
  'exactly-once-outside-transaction': `# exactly-once-outside-transaction

## Why

Two generals cannot agree over a lossy line, and two systems cannot commit together without a protocol that both speak. "Exactly once" is true
of a stream processor’s own state, and of what it writes into the log it reads from, in one transaction. It ends where the transaction ends:

- at a mail, a charge, a row in another database: after a crash between it and the commit, it is done again;
- at a reader that also sees the results of transactions that are undone, which is the default of Kafka consumers;
- at a transaction that the broker refuses or gives up, because it is to last longer than the broker allows, or not as long as a checkpoint
  and an outage together;
- at a source that cannot hand on again what was interrupted.

Only a claim that the design makes is judged, \`guarantee: exactly-once\` or \`delivery: exactly-once\`, not what a technology does by default. A
sink that recognises repeats makes the claim true in effect. A write of which nobody says whether it does is a warning.

## Fires on

A mail cannot join Kafka’s transaction:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
log payments uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor fraud uses flink { guarantee: exactly-once, checkpoint: 1min }
external mail-api

checkout ~> payments : publishes { data: Payment }
payments ~> fraud : delivers
fraud -> mail-api : calls { op: send, timeout: 2s }
//^^^^^^^^^^^^^^^ error exactly-once-outside-transaction: \`fraud\` claims exactly-once, but the \`send\` at \`mail-api\` is not part of the transaction that would make it so: after a crash between it and the commit it is done again, though \`Payment\` has class money
\`\`\`

The broker is said to deliver once, which ends where the message is taken:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses sqs-fifo { delivery: exactly-once }
worker billing
external psp

api ~> jobs : publishes { data: Order }
jobs ~> billing : delivers
billing -> psp : calls { op: charge, timeout: 2s }
//^^^^^^^^^^^^ error exactly-once-outside-transaction: \`jobs\` is said to hand each message to \`billing\` exactly once, but the \`charge\` at \`psp\` is not part of the transaction
\`\`\`

Totals are right in the log, and a reader books those that were undone:

\`\`\`lintel
data Total { class: money, key: account-id }
log entries uses kafka { replication-factor: 3, min-isr: 2 }
log totals uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor adder uses kafka-streams { guarantee: exactly-once }
worker booker
database books uses postgres

entries ~> adder : delivers
adder ~> totals : publishes { data: Total }
totals ~> booker : delivers
//^^^^^^^^^^^^^^ error exactly-once-outside-transaction: \`adder\` claims exactly-once into \`totals\`, but \`booker\` also reads what its transactions undo (\`read-uncommitted\`)
booker -> books : writes { op: insert }
//^^^^^^^^^^^^^ error non-idempotent-consumer
\`\`\`

Flink asks for transactions of an hour, and Kafka allows a quarter of one:

\`\`\`lintel
log entries uses kafka { replication-factor: 3, min-isr: 2 }
log totals uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor adder uses flink { guarantee: exactly-once, checkpoint: 1min }
//               ^^^^^ warning exactly-once-outside-transaction: \`adder\` claims exactly-once with transactions of up to 1h, but \`totals\` allows 15min (\`transaction-max\`): it refuses them, and nothing is written

entries ~> adder : delivers
adder ~> totals : publishes
\`\`\`

## Stays silent on

The sink recognises a repeat; another keeps the position with the result; a third commits in two phases:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
log payments uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor fraud uses flink { guarantee: exactly-once, checkpoint: 1min }
stream-processor sums uses flink {
  guarantee: exactly-once
  tx { name: sink, protocol: 2pc, scope: several }
}
database cases uses postgres
database totals uses postgres

checkout ~> payments : publishes { data: Payment }
payments ~> fraud, sums : delivers
fraud -> cases : writes { op: insert, idempotent: payment-id }
fraud -> totals : writes { op: increment, idempotent: offset }
sums -> totals : writes { op: increment, tx: sink }
\`\`\`

Within Kafka the claim is right, and readers of finished transactions see each result once:

\`\`\`lintel
data Total { class: money, key: account-id }
log entries uses kafka { replication-factor: 3, min-isr: 2 }
log totals uses kafka { replication-factor: 3, min-isr: 2, read-isolation: read-committed }
stream-processor adder uses flink { guarantee: exactly-once, checkpoint: 1min, transaction-timeout: 15min }
worker booker
database books uses postgres

entries ~> adder : delivers
adder ~> totals : publishes { data: Total }
totals ~> booker : delivers
booker -> books : writes { op: upsert }
\`\`\`

Flink’s default is about its state, and this design claims nothing more; clicks may count twice:

\`\`\`lintel
data Click { class: telemetry }
service web
log clicks uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor counter uses flink
stream-processor sampler uses flink { guarantee: exactly-once, transaction-timeout: 10min }
database counts uses postgres

web ~> clicks : publishes { data: Click }
clicks ~> counter, sampler : delivers
counter, sampler -> counts : writes { op: increment, data: Click }
\`\`\`

## How to fix

- Claim what is true, at-least-once, and let the sink recognise repeats: \`idempotent: payment-id\`. The fix adds the key to the effect.
- Or keep the position of the input in the sink, in the transaction of the result (\`idempotent: offset\`).
- Let readers of a transactional topic read finished transactions only: \`read-isolation: read-committed\`.
- \`transaction-timeout\`: longer than a checkpoint and the longest outage, no longer than the broker’s \`transaction-max\`.

## Sources

- Apache Kafka documentation, [Message Delivery Semantics](https://kafka.apache.org/documentation/#semantics)
- Apache Flink documentation, [Kafka connector](https://nightlies.apache.org/flink/flink-docs-stable/docs/connectors/datastream/kafka/): the sink’s transaction time-out and the broker’s \`transaction.max.timeout.ms\`
- Saltzer, Reed and Clark, [End-to-End Arguments in System Design](https://web.mit.edu/Saltzer/www/publications/endtoend/endtoend.pdf), 1984
`,
  'dedupe-record-not-atomic': `# dedupe-record-not-atomic

## Why

"Seen it" is itself a write. Where it goes to another store than the effect, there is a moment between the two in which the process can die:
the booking is made and the note is missing, so the retry books again. If the note goes first, the crash leaves a note for work that was never
done. Only one transaction over both, or a constraint in the effect's own store, closes the gap.

A note in a cache adds a second way to forget: entries are dropped when the memory is full, and the last ones are lost in a failover.

Money and stock that are known to be done twice are an error, everything else a warning. An effect that recognises the repeat itself, by a key
or by its nature, needs no note at all: the note in front of it is then only a shortcut.

## Fires on

Payments noted in Redis and booked in PostgreSQL:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service payments { dedupe { key: payment-id, store: keys } }
//                                           ^^^^^^^^^^^ error dedupe-record-not-atomic: \`payments\` notes in \`keys\` what it has done, which drops entries when its memory is full and loses them all when it restarts, and writes to \`ledger\`: after a lost note, or a crash between the two, it does it a second time, though \`Payment\` has class money
cache keys { eviction: lru, durability: memory }
database ledger uses postgres { stores: Payment }

edge -> payments : calls
payments -> ledger : writes { op: insert, data: Payment, timeout: 200ms }
\`\`\`

Both stores are durable, and still they are two:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2 }
worker shipping { dedupe { key: order-id, window: 30d, store: seen } }
//                                                     ^^^^^^^^^^^ warning dedupe-record-not-atomic: \`shipping\` notes in \`seen\` what it has done, and writes to \`parcels\`: after a crash between the two it does it a second time, though \`Order\` has class order
database seen uses dynamodb
database parcels uses postgres

api ~> orders : publishes { data: Order }
orders ~> shipping : delivers
shipping -> parcels : writes { op: insert }
\`\`\`

A charge without a key, with a note beside it:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses sqs
worker billing { dedupe { key: order-id, window: forever, store: ledger } }
//                                                        ^^^^^^^^^^^^^ error dedupe-record-not-atomic: \`billing\` notes in \`ledger\` what it has done, and charges at \`psp\`: after a crash between the two it charges a second time
database ledger uses postgres
external psp

api ~> jobs : publishes { data: Order }
jobs ~> billing : delivers
billing -> psp : calls { op: charge, timeout: 2s }
\`\`\`

## Stays silent on

The note is in the effect's own store:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service payments { dedupe { key: payment-id, store: ledger } }
database ledger uses postgres { stores: Payment }

edge -> payments : calls
payments -> ledger : writes { op: insert, data: Payment, timeout: 200ms }
\`\`\`

Redis is a shortcut in front of a unique constraint, and the provider recognises the key:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service payments { dedupe { key: payment-id, window: 1h, store: keys } }
cache keys uses redis
database ledger uses postgres { stores: Payment }
external psp

edge -> payments : calls
payments -> ledger : writes { op: insert, idempotent: payment-id, data: Payment, timeout: 200ms }
payments -> psp : calls { op: charge, idempotent: payment-id, timeout: 2s }
\`\`\`

A transaction over both; and after a time-out the status is asked, so a note without a charge is cleared up:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service payments {
  tx { name: book, protocol: xa, scope: several }
  dedupe { key: payment-id, store: keys }
}
database keys uses postgres
database ledger uses postgres { stores: Payment }
worker billing { dedupe { key: payment-id, store: ledger } }
external psp

edge -> payments : calls
payments -> keys : writes { op: insert, tx: book, timeout: 200ms }
payments -> ledger : writes { op: insert, tx: book, data: Payment, timeout: 200ms }
billing -> ledger : reads
billing -> psp : calls { op: charge, resolve: query, timeout: 2s }
\`\`\`

Mails about nothing that may not come twice; and clicks:

\`\`\`lintel
data Click { class: telemetry }
service api
queue mails uses sqs
queue clicks uses sqs
worker mailer { dedupe { key: mail-id, window: 14d, store: sent } }
worker counter { dedupe { key: click-id, store: seen } }
database sent uses postgres
cache seen uses redis
database counts uses postgres
external mail

api ~> mails : publishes
api ~> clicks : publishes { data: Click }
mails ~> mailer : delivers
clicks ~> counter : delivers
mailer -> mail : calls { op: send, timeout: 2s }
counter -> counts : writes { op: increment, data: Click }
\`\`\`

## How to fix

- Write the key into the store of the effect, in the effect's transaction: \`dedupe { store: ledger }\`. The fix sets it where there is one store.
- Or let that store refuse the second one by itself: a unique constraint on the key (\`idempotent: payment-id\` on the write).
- Towards a third party, send it a key of its own, and keep a note that says "begun" before the call and "done" after it, so that a restart
  asks (\`resolve: query\`) instead of guessing.

## Sources

- Leach, [Implementing Stripe-like Idempotency Keys in Postgres](https://brandur.org/idempotency-keys)
- Redis documentation, [Replication](https://redis.io/docs/latest/operate/oss_and_stack/management/replication/): acknowledged writes can still be lost in a failover
- AWS Builders’ Library, [Making retries safe with idempotent APIs](https://aws.amazon.com/builders-library/making-retries-safe-with-idempotent-APIs/)
`,
  'redelivery-before-done': `# redelivery-before-done

## Why

A broker cannot tell a worker that is slow from one that is dead. It waits for a while (visibility time-out, acknowledgement deadline, the
longest time between two polls) and then gives the message to another one. Where the work takes longer than that while nothing is broken, each
message is worked on several times at once. That takes the workers away from the others, so all get slower, so more comes again.

What the work takes is known from the \`proc-time\` of the delivery: the p99 of one message, or the usual time of as many as are taken at once
(Kafka's \`max-poll-records\`). Where messages are handled in batches (\`batch: 100\`), the stated time is that of a batch. Where no time is stated,
a stated \`batch\` times the time-out of a call that the consumer waits for is the longest it may take. Nothing fires on defaults alone. A
\`heartbeat\` that prolongs the lease makes it right, and the client libraries of Google Pub/Sub do so by themselves.

It is an error where the usual work takes too long, or where doing it twice does harm; a warning where only slow messages run twice and every
effect can bear it.

## Fires on

Long videos, and the thirty seconds that Amazon SQS waits unless told otherwise:

\`\`\`lintel
service api
queue jobs uses sqs
worker transcode
object-store videos

api ~> jobs : publishes
jobs ~> transcode : delivers { proc-time { p50: 2min, p99: 12min } }
//^^^^^^^^^^^^^^^ error redelivery-before-done: \`transcode\` needs up to 12min (p99) for a message, but \`jobs\` hands it on again after 30s
transcode -> videos : writes { op: upsert }
\`\`\`

Each message is quick, but Kafka hands out five hundred at once, and they must be done in five minutes:

\`\`\`lintel
service api
log events uses kafka
worker scorer
database scores

api ~> events : publishes
events ~> scorer : delivers { proc-time { mean: 1s } }
//^^^^^^^^^^^^^^ error redelivery-before-done: \`scorer\` needs 500 × 1s = 500s for what it takes at once, but \`events\` hands it on again after 5min
scorer -> scores : writes { op: upsert }
\`\`\`

Ten messages, each of which may wait six seconds for a third party:

\`\`\`lintel
service api
queue mails uses sqs { visibility: 45s }
worker mailer
external provider

api ~> mails : publishes
mails ~> mailer : delivers { batch: 10 }
//^^^^^^^^^^^^^ warning redelivery-before-done: \`mailer\` needs up to 10 × 3 × 2s = 1min for a batch, while it waits for \`provider\`
mailer -> provider : calls { timeout: 2s, retries: 2, op: send, idempotent: mail-id }
\`\`\`

## Stays silent on

The worker says that it is still there; the lease is longer than the work; and the library prolongs it:

\`\`\`lintel
service api
queue videos uses sqs
queue thumbs uses sqs { visibility: 5min }
queue sounds uses google-pubsub
worker transcode
worker painter
worker mixer

api ~> videos, thumbs, sounds : publishes
videos ~> transcode : delivers { proc-time { p99: 12min }, heartbeat: 10s }
thumbs ~> painter : delivers { proc-time { p50: 4s, p99: 40s } }
sounds ~> mixer : delivers { proc-time { p99: 40s } }
\`\`\`

Ten thousand rows go into one file, which takes three seconds in all; and Kafka's five hundred messages at once are in time as well:

\`\`\`lintel
service api
log scans uses kafka { partitions: 12, replication-factor: 3, min-isr: 2 }
worker archiver
worker viewer
object-store archive uses s3
database views uses dynamodb

api ~> scans : publishes
scans ~> archiver : delivers { batch: 10k, proc-time { p50: 3s } }
scans ~> viewer : delivers { proc-time { p50: 100ms } }
archiver -> archive : writes { op: upsert, timeout: 30s }
viewer -> views : writes { op: upsert, timeout: 50ms }
\`\`\`

Nobody says how long the work takes, and what is acknowledged first does not come again:

\`\`\`lintel
service api
queue jobs uses sqs
queue clicks uses sqs
worker packer
worker counter
external carrier

api ~> jobs, clicks : publishes
jobs ~> packer : delivers
packer -> carrier : calls { timeout: 60s }
clicks ~> counter : delivers { ack: before-processing, proc-time { p99: 2min } }
\`\`\`

## How to fix

- Let the lease last longer than the slowest work, with room: \`visibility: 18min\`. The fix takes one and a half times what is needed.
- Take fewer at once: \`batch\`, or \`max-poll-records\` on the log.
- Or prolong the lease while the work goes on (\`heartbeat: 10s\`), so that a worker that is really dead is still found soon.

## Sources

- Amazon SQS Developer Guide, [Visibility timeout](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html): 30 s by default, 12 h at most
- Apache Kafka documentation, [Consumer Configs](https://kafka.apache.org/documentation/#consumerconfigs): \`max.poll.interval.ms\` 300000, \`max.poll.records\` 500
- RabbitMQ documentation, [Consumers: delivery acknowledgement timeout](https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout): 30 min
`,
  'cache-is-only-copy': `# cache-is-only-copy

## Why

A cache begins as a copy. Then somebody writes to it first, because it is fast, and one day nobody else has the data. Nothing looks wrong
until memory is full, the process restarts or a replica that was a little behind takes over.

The rule asks of every store that may forget (a cache, or anything with memory or snapshots for durability, or with an eviction policy): who
writes to it, and does what they write also get to a place that keeps it? Along with the writers it looks at whom they call, what they
publish, where their messages came from and what they read: if any of that may be the data's durable home, it says nothing. \`rebuild-from\`,
a replica or a backup that keeps it, and \`tolerates: loss\` end the question; classes such as session, presence or feed tolerate loss by
themselves.

It is an error where the class of the data, or a \`requires: no-loss\`, demands that it survive; a warning where nobody says what is in there.

## Fires on

The cart that lives in Redis:

\`\`\`lintel
data Cart { class: order, key: user-id }
client shopper
service api
cache carts uses redis { stores: Cart }
//    ^^^^^ error cache-is-only-copy: \`Cart\` lives only in \`carts\`

shopper -> api
api -> carts : writes
\`\`\`

A sorted set as a leaderboard, though other data of the same service is kept:

\`\`\`lintel
data Score { class: user-content, key: player }
data Profile { class: user-content, key: player }
client game
service scores
cache board uses redis
//    ^^^^^ error cache-is-only-copy: \`Score\` lives only in \`board\`
database profiles uses postgres { stores: Profile }

game -> scores
scores -> board : writes { data: Score }
scores -> profiles : writes { op: upsert, data: Profile }
\`\`\`

Nobody says what it is, but it is written, and nothing else is:

\`\`\`lintel
client app
service api
cache state uses memcached
//    ^^^^^ warning cache-is-only-copy: What \`api\` writes lives only in \`state\`

app -> api
api -> state : writes
api -> state : reads
\`\`\`

## Stays silent on

A cache-aside cache over the store that has the truth:

\`\`\`lintel
data Cart { class: order, key: user-id }
client shopper
service api
cache carts uses redis { pattern: cache-aside, ttl: 30min, rebuild-from: store }
database store uses dynamodb { stores: Cart }

shopper -> api
api -> carts : reads
api -> carts : writes
api -> store : writes { op: upsert }
\`\`\`

The same writer also writes a database; nobody says what, so it may well be this:

\`\`\`lintel
data Cart { class: order, key: user-id }
client shopper
service api
cache carts uses redis { stores: Cart }
database main uses postgres

shopper -> api
api -> carts : writes
api -> main : writes
\`\`\`

A view that a worker keeps from a log:

\`\`\`lintel
data Score { class: user-content, key: player }
service scores
log results uses kafka { retention: forever }
worker ranking
cache board uses redis { stores: Score }

scores ~> results : publishes { data: Score }
results ~> ranking : delivers
ranking -> board : writes { op: upsert }
\`\`\`

Sessions may be lost: people log in again.

\`\`\`lintel
data Session { class: session, key: session-id }
client browser
service web
cache sessions uses redis { stores: Session }

browser -> web
web -> sessions : writes
\`\`\`

A store with Redis's interface that keeps what it acknowledged:

\`\`\`lintel
data Cart { class: order, key: user-id }
client shopper
service api
database carts uses memorydb { stores: Cart }

shopper -> api
api -> carts : writes
\`\`\`

Whether losing it is acceptable is said to be unknown, and nothing is made of that:

\`\`\`lintel
service sampler
cache samples uses memcached

sampler -> samples : writes { tolerates: unknown }
\`\`\`

## How to fix

- Write the data to a database or a log first, and let the cache be filled from there: \`rebuild-from\` says so. The first fix adds such a
  database, the writer's relation to it and the \`rebuild-from\`.
- Or say that it may be lost: \`tolerates: loss\` on the cache, the relation or the data. Then it is a decision that a reader can see.

## Sources

- Redis documentation, [Key eviction](https://redis.io/docs/latest/develop/reference/eviction/)
- Redis documentation, [Replication](https://redis.io/docs/latest/operate/oss_and_stack/management/replication/), "Safety of replication when master has persistence turned off"
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 11, "Systems of Record and Derived Data"
`,
  'writer-bypasses-invalidation': `# writer-bypasses-invalidation

## Why

Whoever built the cache also built the invalidation, into the one service that wrote at the time. Later an import, an admin tool, another
team's service or the replication from another region writes to the same table. None of them is wrong by itself; together they make a cache
that is wrong for as long as its entries live.

For each cache and the origin behind it (\`caches\`, \`rebuild-from\`, a \`fallback\`, \`cache-aside\` over one
store, or a flow that reads the one store only when the cache misses) the rule takes every arrow
that changes the cached data at the origin. Such a writer is heard if it, or anything that it sets going by calls, messages and change
streams, invalidates or writes the cache, or if the origin's own change stream does. A writer that is not heard is a finding where nothing
else ends the entries in time: the cache has no \`ttl\`, or one that is longer than a reader bears.

A property that covers everybody (\`invalidation: cdc\`, \`event\`, \`versioned\`) ends the question. Where no arrow says who invalidates, a writer
that uses the cache itself is taken to keep it right; only one that has nothing to do with the cache is named. A \`ttl\` that is not mentioned
counts as none only where the design relies on invalidation. Data that never change, inserts, and data that tolerate staleness are left
alone. Where nobody invalidates at all and a bound is stated, \`staleness-exceeds-requirement\` speaks.

The last hop is the writer; the message names the whole path that leads to it. It is an error where a stated \`ttl\` is longer than a bound
that a reader requires, a warning otherwise.

## Fires on

The nightly import writes past the service that invalidates:

\`\`\`lintel
data Price { class: user-content, key: product-id }
client shopper
service catalog-api
scheduler nightly
batch price-import
cache catalog-cache uses redis { pattern: cache-aside, ttl: none, rebuild-from: catalog-db }
database catalog-db uses postgres { stores: Price }

shopper -> catalog-api
catalog-api -> catalog-cache : reads
catalog-api -> catalog-db : reads
catalog-api -> catalog-db : writes { op: update }
catalog-api -> catalog-cache : invalidates
nightly -> price-import
price-import -> catalog-db : writes { op: upsert }
//^^^^^^^^^^^^^^^^^^^^^^^^ warning writer-bypasses-invalidation: \`nightly\` → \`price-import\` → \`catalog-db\`: \`price-import\` changes \`catalog-db\`, but only \`catalog-api\` invalidates \`catalog-cache\`, and its entries have no \`ttl\`
\`\`\`

A support tool, and a bound that the TTL does not keep:

\`\`\`lintel
data Plan { class: entitlement, key: user-id, requires: staleness(60s) }
client app
client agent { public: no }
service accounts
service support-tool
cache plan-cache uses redis { pattern: cache-aside, ttl: 1h, rebuild-from: plans, stores: Plan }
database plans uses postgres { stores: Plan }

app -> accounts
accounts -> plan-cache : reads
accounts -> plans : reads
accounts -> plans : writes { op: update, if: version }
accounts -> plan-cache : invalidates
agent -> support-tool
support-tool -> plans : writes { op: update, if: version }
//^^^^^^^^^^^^^^^^^^^ error writer-bypasses-invalidation: stays wrong there for up to 1h, though \`Plan\` requires staleness ≤ 1min
\`\`\`

Nobody invalidates, entries never end, and a worker that does not know the cache deletes records:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app
service profiles
queue erasures uses sqs
worker eraser
cache profile-cache uses redis { pattern: cache-aside, ttl: none, rebuild-from: profile-db }
database profile-db uses postgres { stores: Profile }

app -> profiles
profiles -> profile-cache : reads
profiles -> profile-db : reads
app -> erasures
erasures ~> eraser
eraser -> profile-db : writes { op: delete }
//^^^^^^^^^^^^^^^^^^ warning writer-bypasses-invalidation: nothing tells \`profile-cache\` of it
\`\`\`

## Stays silent on

Two writers, and the change stream tells the cache of both:

\`\`\`lintel
data Price { class: user-content, key: product-id }
client shopper
service catalog-api
batch price-import
cache catalog-cache uses redis { pattern: cache-aside, ttl: none, rebuild-from: catalog-db }
database catalog-db uses postgres { stores: Price }
cdc relay uses debezium
log changes uses kafka
worker invalidator

shopper -> catalog-api
catalog-api -> catalog-cache : reads
catalog-api -> catalog-db : reads
catalog-api -> catalog-db : writes { op: update }
price-import -> catalog-db : writes { op: upsert }
catalog-db ~> relay ~> changes : captures
changes ~> invalidator
invalidator -> catalog-cache : invalidates
\`\`\`

The second writer publishes an event that leads to the invalidation:

\`\`\`lintel
client shopper
client admin { public: no }
service catalog-api
service back-office
topic price-changed uses sns
cache catalog-cache uses redis { pattern: cache-aside, ttl: none, rebuild-from: catalog-db }
database catalog-db uses postgres

shopper -> catalog-api
catalog-api -> catalog-cache : reads
catalog-api -> catalog-db : reads
catalog-api -> catalog-db : writes { op: update }
catalog-api -> catalog-cache : invalidates
admin -> back-office
back-office -> catalog-db : writes { op: update, outbox: yes }
back-office ~> price-changed : publishes
price-changed ~> catalog-api
\`\`\`

The import writes other data of the same database, and the price list bears an hour:

\`\`\`lintel
data Price { class: user-content, key: product-id, tolerates: staleness(1h) }
data Supplier { class: user-content, key: supplier-id }
client shopper
service catalog-api
batch supplier-import
batch price-import
cache catalog-cache uses redis { pattern: cache-aside, ttl: 30min, rebuild-from: catalog-db, stores: Price }
database catalog-db uses postgres { stores: [Price, Supplier] }

shopper -> catalog-api
catalog-api -> catalog-cache : reads
catalog-api -> catalog-db : reads { data: Price }
catalog-api -> catalog-db : writes { op: update, data: Price }
catalog-api -> catalog-cache : invalidates
supplier-import -> catalog-db : writes { op: upsert, data: Supplier }
price-import -> catalog-db : writes { op: upsert, data: Price }
\`\`\`

What is written is never changed:

\`\`\`lintel
data Photo { class: user-content, key: photo-id, mutable: no }
client app
service photos
batch archive-import
cache photo-cache uses memcached { pattern: cache-aside, ttl: none, rebuild-from: photo-store }
database photo-store uses cassandra { stores: Photo }

app -> photos
photos -> photo-cache : reads
photos -> photo-store : reads
archive-import -> photo-store : writes { op: upsert }
\`\`\`

A sketch that says nothing of invalidation or age:

\`\`\`lintel
client app
service api
batch import
cache hot uses redis { rebuild-from: main }
database main uses postgres

app -> api
api -> hot : reads
api -> main : reads
import -> main : writes
\`\`\`

How long the cache takes to hear of a change is stated, and so it does hear of it; from whom is left open:

\`\`\`lintel
data Node { class: inventory, key: node-name, invariants: non-negative(free-memory) }
service apiserver
coordinator store uses etcd { voters: 3, zones: 3, stores: Node }
cache informers { rebuild-from: store, invalidation { delay: 200ms } }
service placer

placer -> informers : reads { data: Node }
placer -> apiserver : calls "bind"
apiserver -> store  : writes "binding" { data: Node }

flow "Place a pod" {
  placer -> informers
  placer -> apiserver
}
\`\`\`

## How to fix

- Let the change stream of the database invalidate the cache (\`invalidation: cdc\`, or the arrows \`captures\` and \`invalidates\`). Then a writer
  that nobody thought of is heard as well.
- Give the entries a \`ttl\` that readers can bear, as a net below any invalidation. The fix writes the smallest bound that a reader states.
- Put a version into the key, so that an entry never changes (\`invalidation: versioned\`).

## Sources

- Nishtala et al., [Scaling Memcache at Facebook](https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala) (NSDI 2013), §4.1, "Regional Invalidations"
- AWS Builders' Library, [Caching challenges and strategies](https://aws.amazon.com/builders-library/caching-challenges-and-strategies/)
`,
  'cache-fill-race': `# cache-fill-race

## Why

An invalidation says "what you have is old". It does not say what is new: the next miss fetches that. Between the two, an older value can come
back in three ways. The miss reads a replica that does not have the change yet. The change is announced in another region before it has been
replicated there. Or writers set the new value themselves, and the one that was first at the database is second at the cache.

Each time the result is the same: the entry is old, the invalidation is over, and nothing will correct it before the entry ends.

The rule fires where the design says both halves. What misses read is behind: \`fill-from: replica\`, a fill with \`consistency: follower\`,
\`read-from: follower\` on an origin that replicates asynchronously, or an origin that another store is replicated into. And the cache is told
at once: by an \`invalidates\` of somebody who writes the leader, or by \`invalidation: delete\`. Or it says \`invalidation: set\`, and there are
two or more who set.

It is silent where a lease, a version or a comparison decides which value is kept (\`coalesce: lease\`, \`invalidation: versioned\` or
\`set-if-newer\`), where the invalidation is repeated or delayed by at least the lag (\`invalidation.delay\`), where it comes from the replica's
own change stream, and where readers bear entries as old as their \`ttl\`. Where nothing requires entries to be fresh, a \`ttl\` of a minute or less is
left alone.

## Fires on

Misses read the replica, and the entry is deleted at commit:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app
service profiles { replicas: 6 }
cache profile-cache uses redis { pattern: cache-aside, ttl: 1h, rebuild-from: users, stores: Profile }
database users uses postgres { stores: Profile, replicas: 3, lag { p99: 2s } }

app -> profiles
profiles -> profile-cache : reads
profiles -> users : reads { consistency: follower }
//^^^^^^^^^^^^^^^ warning cache-fill-race: \`profile-cache\` is filled from a replica of \`users\` (2s behind), but invalidated as soon as \`profiles\` writes: a miss in between puts the old value back, and it stays there for up to 1h
profiles -> users : writes { op: update, if: version }
profiles -> profile-cache : invalidates
\`\`\`

The news is faster than the data, from one region to the other:

\`\`\`lintel
data Listing { class: user-content, key: listing-id, requires: staleness(5min) }
client seller
client buyer
region us {
  service sales
  database listings-us uses postgres { stores: Listing }
}
region eu {
  service browse
  cache browse-cache uses memcached { pattern: cache-aside, ttl: 1d, rebuild-from: listings-eu }
  database listings-eu uses postgres { stores: Listing }
}

seller -> sales
sales -> listings-us : writes { op: update, if: version }
listings-us ~> listings-eu : replicates { lag { p99: 4s } }
sales -> browse-cache : invalidates
buyer -> browse
browse -> browse-cache : reads
browse -> listings-eu : reads
//^^^^^^^^^^^^^^^^^^^ warning cache-fill-race: \`browse-cache\` is filled from \`listings-eu\`, a copy of \`listings-us\` that is 4s behind
\`\`\`

Six copies set the new value, each when it gets to it:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app
service profiles { replicas: 6 }
cache profile-cache uses redis { pattern: cache-aside, ttl: none, invalidation: set, rebuild-from: users }
//    ^^^^^^^^^^^^^ warning cache-fill-race: Of two changes at the same time, the 6 copies of \`profiles\` may put them into \`profile-cache\` in the other order
database users uses postgres { stores: Profile }

app -> profiles
profiles -> profile-cache : reads
profiles -> users : reads
profiles -> users : writes { op: update, if: version }
\`\`\`

## Stays silent on

After one's own write the fill reads the leader; so do all, here:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app
service profiles { replicas: 6 }
cache profile-cache uses redis { pattern: cache-aside, ttl: 1h, fill-from: leader, rebuild-from: users }
database users uses postgres { stores: Profile, replicas: 3, lag { p99: 2s } }

app -> profiles
profiles -> profile-cache : reads
profiles -> users : reads { consistency: leader }
profiles -> users : writes { op: update, if: version }
profiles -> profile-cache : invalidates
\`\`\`

The entry is deleted once more, after the replica has caught up:

\`\`\`lintel
client app
service profiles { replicas: 6 }
cache profile-cache uses redis {
  pattern: cache-aside, ttl: 1h, invalidation { by: delete, delay: 5s }, fill-from: replica, rebuild-from: users
}
database users uses postgres { replicas: 3, lag { p99: 2s } }

app -> profiles
profiles -> profile-cache : reads
profiles -> users : reads
profiles -> users : writes { op: update, if: version }
\`\`\`

The copy's own change stream invalidates, so the copy has the change first:

\`\`\`lintel
data Listing { class: user-content, key: listing-id }
client seller
client buyer
region us {
  service sales
  database listings-us uses postgres { stores: Listing }
}
region eu {
  service browse
  cache browse-cache uses memcached { pattern: cache-aside, ttl: 1d, rebuild-from: listings-eu }
  database listings-eu uses postgres { stores: Listing }
  cdc relay uses debezium
  log changes uses kafka
  worker invalidator
}

seller -> sales
sales -> listings-us : writes { op: update, if: version }
listings-us ~> listings-eu : replicates { lag { p99: 4s } }
listings-eu ~> relay ~> changes : captures
changes ~> invalidator
invalidator -> browse-cache : invalidates
buyer -> browse
browse -> browse-cache : reads
browse -> listings-eu : reads
\`\`\`

Six copies set values, but only over older versions, and a lease guards the other cache:

\`\`\`lintel
client app
service profiles { replicas: 6 }
cache profile-cache uses redis { pattern: cache-aside, ttl: none, invalidation: set-if-newer, rebuild-from: users }
cache avatar-cache uses memcached {
  pattern: cache-aside, ttl: 1d, coalesce: lease, invalidation: set, rebuild-from: users
}
database users uses postgres

app -> profiles
profiles -> profile-cache, avatar-cache : reads
profiles -> users : reads
profiles -> users : writes { op: update, if: version }
\`\`\`

An old entry lives half a minute, and the feed bears a minute:

\`\`\`lintel
data Post { class: user-content, key: post-id, tolerates: staleness(60s) }
client app
service posts { replicas: 6 }
cache post-cache uses redis { pattern: cache-aside, ttl: 30s, rebuild-from: post-db }
database post-db uses postgres { stores: Post, replicas: 3, lag { p99: 2s } }

app -> posts
posts -> post-cache : reads
posts -> post-db : reads { consistency: follower }
posts -> post-db : writes { op: update, if: version }
posts -> post-cache : invalidates
\`\`\`

Metrics bear any age, and to say that a day is all right takes nothing of that away:

\`\`\`lintel
data Visits { class: metric, key: page, tolerates: staleness(1d) }
client app
service pages { replicas: 6 }
cache counts uses redis { pattern: cache-aside, invalidation: set, rebuild-from: totals }
database totals uses postgres { stores: Visits }

app -> pages
pages -> counts : reads
pages -> totals : reads
pages -> totals : writes { op: update, if: version }
\`\`\`

## How to fix

- Fill from the leader, at least for a while after a write (\`fill-from: leader\`, a remote marker). The fix sets it.
- Invalidate from the change stream of the copy that misses read: \`invalidation { from: replica-cdc }\`.
- Delete the entry again after the lag has passed (\`invalidation { delay: 5s }\`).
- Delete instead of setting, or set only over an older version (\`set-if-newer\`); or give whoever missed a lease.

## Sources

- Nishtala et al., [Scaling Memcache at Facebook](https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala) (NSDI 2013), §3.2.1 "Leases" and §5 "Across Regions: Consistency"
- Bronson et al., [TAO: Facebook's Distributed Data Store for the Social Graph](https://www.usenix.org/conference/atc13/technical-sessions/presentation/bronson) (USENIX ATC 2013)
`,
  'cache-stampede': `# cache-stampede

## Why

A cache hides how often a key is asked for until the moment the entry ends. From then until the first answer is back, each request is a miss
and each goes to the origin: the busiest key's rate, times the time of one fill. The queries are all the same, and one of them would have been
enough. They slow the origin down, which makes the fill longer and the herd larger.

The rule computes that herd for the busiest key: what the cache is asked, times the key's share (\`key-dist\`, or at least one part in so many
keys), times the time of a fill (\`latency\` of the fill and of the origin; the usual time where it is stated, else the slow one). It fires from
five identical reads on, where the busiest key's rate is more than a fifth of what the origin has to spare. Both numbers are settings. Where it
alone is more than the origin has left, it is an error.

Also, a cache that is filled in one go, by a batch or when it starts (\`prewarm: origin\`, \`snapshot\`), and whose entries all live equally long,
is emptied in one go as well. Where the origin could not bear that, it is a warning.

It is silent where misses of one key share one fetch (\`coalesce\`, at the cache or in the reader), where entries are fetched again while old ones
are still served (\`stale-while-revalidate\`, \`refresh-ahead\`), where nothing ends an entry, and where the misses are limited for all together.

## Fires on

The celebrity's entry ends:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache timeline-cache uses redis-cluster { pattern: cache-aside, ttl: 60s, hit-ratio: 95%, key: user-id, key-dist: hot(8%), rebuild-from: posts-db }
//    ^^^^^^^^^^^^^^ error cache-stampede: 8k/s × 250ms = 2,000 identical reads reach \`posts-db\` before the first of them has filled it again: more than the 7k/s that it has to spare
database posts-db uses postgres { replicas: 3, capacity: 4k/s, latency { p50: 250ms } }

reader -> timeline
timeline -> timeline-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 100k/s
  reader -> timeline
  timeline -> timeline-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
accept origin-cannot-survive-cold-cache because "This page is about one key"
\`\`\`

The same with more room, which makes it a nuisance:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache timeline-cache uses redis-cluster { pattern: cache-aside, ttl: 60s, hit-ratio: 95%, key: user-id, key-dist: hot(8%), rebuild-from: posts-db }
//    ^^^^^^^^^^^^^^ warning cache-stampede: 800/s × 40ms = 32 identical reads reach \`posts-db\` before the first of them has filled it again: 23% of the 3.5k/s that it has to spare
database posts-db uses postgres { replicas: 2, capacity: 2k/s, p99: 40ms }

reader -> timeline
timeline -> timeline-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 10k/s
  reader -> timeline
  timeline -> timeline-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
accept origin-cannot-survive-cold-cache because "This page is about one key"
\`\`\`

A nightly job fills the cache, and a day later all of it ends at the same minute:

\`\`\`lintel
client shopper
service catalog { replicas: 20 }
batch nightly-load
cache products uses redis { pattern: cache-aside, ttl: 1d, hit-ratio: 99%, coalesce: singleflight, rebuild-from: product-db }
//    ^^^^^^^^ warning cache-stampede: \`nightly-load\` fills \`products\` in one go, and its entries all live 1d, so they end together
database product-db uses postgres { replicas: 3, capacity: 2k/s }

nightly-load -> product-db : reads
nightly-load -> products : writes { op: upsert }
shopper -> catalog
catalog -> products : reads
catalog -> product-db : reads

flow "Look" {
  rate: 20k/s
  shopper -> catalog
  catalog -> products : reads
  when "not cached" 1% { catalog -> product-db : reads }
}
\`\`\`

## Stays silent on

The first miss fetches, the others wait for it:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache timeline-cache uses redis-cluster {
  pattern: cache-aside, ttl: 60s, ttl-jitter: 10%, coalesce: singleflight
  hit-ratio: 95%, key: user-id, key-dist: hot(8%), rebuild-from: posts-db
}
database posts-db uses postgres { replicas: 3, capacity: 4k/s, latency { p50: 250ms } }

reader -> timeline
timeline -> timeline-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 100k/s
  reader -> timeline
  timeline -> timeline-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
\`\`\`

The old entry is served while a new one is fetched:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache timeline-cache uses redis-cluster {
  pattern: cache-aside, ttl: 60s, stale-while-revalidate: 30s, prewarm: peer
  hit-ratio: 95%, key: user-id, key-dist: hot(8%), rebuild-from: posts-db
}
database posts-db uses postgres { replicas: 3, capacity: 4k/s, latency { p50: 250ms } }

reader -> timeline
timeline -> timeline-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 100k/s
  reader -> timeline
  timeline -> timeline-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
\`\`\`

The fill is so quick that two or three at most go together, and keys are even on the other cache:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache timeline-cache uses redis-cluster {
  pattern: cache-aside, ttl: 60s, hit-ratio: 90%, key: user-id, key-dist: hot(8%), rebuild-from: posts-db
}
cache author-cache uses redis-cluster {
  pattern: cache-aside, ttl: 60s, hit-ratio: 90%, key: author-id, key-dist: uniform, rebuild-from: posts-db
}
database posts-db uses postgres { replicas: 3, capacity: 20k/s, latency { p50: 2ms } }

reader -> timeline
timeline -> timeline-cache, author-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 15k/s
  reader -> timeline
  timeline -> timeline-cache, author-cache : reads
  when "not cached" 20% { timeline -> posts-db : reads }
}
\`\`\`

Filled in one go, but entries end at different times:

\`\`\`lintel
client shopper
service catalog { replicas: 20 }
batch nightly-load
cache products uses redis {
  pattern: cache-aside, ttl: 1d, ttl-jitter: 20%, hit-ratio: 99%, coalesce: singleflight, rebuild-from: product-db
}
database product-db uses postgres { replicas: 3, capacity: 2k/s }

nightly-load -> product-db : reads
nightly-load -> products : writes { op: upsert }
shopper -> catalog
catalog -> products : reads
catalog -> product-db : reads

flow "Look" {
  rate: 20k/s
  shopper -> catalog
  catalog -> products : reads
  when "not cached" 1% { catalog -> product-db : reads }
}
\`\`\`

## How to fix

- Let the misses of one key share one fetch: \`coalesce: singleflight\` in the reader, \`lease\` at the cache. The fix sets it, and some jitter.
- Refresh the busiest entries before they end: \`coalesce: soft-ttl\`, \`stale-while-revalidate\`, \`pattern: refresh-ahead\`.
- Spread the ends of entries that began together: \`ttl-jitter: 10%\`.

## Sources

- Nishtala et al., [Scaling Memcache at Facebook](https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala) (NSDI 2013), §3.2.1: leases brought the peak database rate from 17,000 to 1,300 queries a second
- Vattani, Chierichetti, Lowenstein, [Optimal Probabilistic Cache Stampede Prevention](https://www.vldb.org/pvldb/vol8/p886-vattani.pdf) (VLDB 2015)
- RFC 5861, [HTTP Cache-Control Extensions for Stale Content](https://www.rfc-editor.org/rfc/rfc5861)
`,
  'origin-cannot-survive-cold-cache': `# origin-cannot-survive-cold-cache

## Why

Behind a good cache the origin is bought for what is left over. That is the point of the cache, and it makes the cache as necessary as the
origin itself. After a restart, a flush or the loss of a node the misses come in full: more than the origin can serve, so that they time out,
are retried and put nothing into the cache. The state holds itself up after its cause is gone; such failures are called metastable.

For each cache and the origin behind it the rule computes what the origin gets: the reads that the cache is asked, times what it cannot
answer, and all that comes to the origin from elsewhere. Then again with a hit ratio of h·(n−1)/n when one of n nodes is lost, of h/(n+1)
right after a resize from n to n+1 nodes under \`placement: mod-n\`, and of nothing when the cache is empty. Nodes count where each key has one
copy: \`shards\` with \`replicas: 1\`, or the nodes of a technology that does not replicate. The hit ratio is what is stated, or what the flow's
\`when "miss" 8%\` comes to. All that is held against what the origin can serve at most, all copies and shards together.

A lost node or a resize is an error. An empty cache is an error where it is known to come: the cache is emptied on purpose, stands in one zone
or is a single copy. Otherwise, and where some of the load is not stated, it is a warning. An origin that is overloaded already is another
rule's matter.

It is silent where the design says what happens then: a limit for all callers together, a bulkhead or a breaker on the way of the misses,
\`load-shed\` at either end, \`coalesce\`, \`prewarm\`, a \`warm-rate\`, \`on-failure: stale\` or \`gutter\`, or a value as \`fallback\`. A breaker counts
because it gives the origin room to come back.

## Fires on

A cluster of ten, of which one falls:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache posts-cache uses memcached { pattern: cache-aside, ttl: 1h, hit-ratio: 95%, replicas: 10, rebuild-from: posts-db }
//    ^^^^^^^^^^^ error origin-cannot-survive-cold-cache: \`posts-db\` gets 5k/s behind \`posts-cache\` (95% hits) and can serve 12k/s. When one of the 10 nodes of \`posts-cache\` is lost it gets 14.5k/s, 1.2 times that.
database posts-db uses postgres { replicas: 3, capacity: 4k/s }

reader -> timeline
timeline -> posts-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 100k/s
  reader -> timeline
  timeline -> posts-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
\`\`\`

One Redis in front of a database, with a hit ratio that only the flow states:

\`\`\`lintel
client shopper
service catalog
cache products uses redis { pattern: cache-aside, ttl: 10min, replicas: 1, rebuild-from: product-db }
//    ^^^^^^^^ error origin-cannot-survive-cold-cache: When \`products\` is empty, after the loss of its only copy, it gets 21k/s, 1.8 times that
database product-db uses postgres { replicas: 3, capacity: 4k/s }

shopper -> catalog
catalog -> products : reads
catalog -> product-db : reads { retries: 2 }

flow "Look" {
  rate: 20k/s
  shopper -> catalog
  catalog -> products : reads
  when "not cached" 10% { catalog -> product-db : reads }
}
flow "Search" {
  rate: 1k/s
  shopper -> catalog
  catalog -> product-db : reads
}
\`\`\`

A cache in three zones is not emptied easily, but nothing says what happens when it is:

\`\`\`lintel
client shopper
service catalog
cache products uses redis { pattern: read-through, ttl: 10min, replicas: 3, zones: 3, hit-ratio: 90% }
//    ^^^^^^^^ warning origin-cannot-survive-cold-cache: When \`products\` is empty, after a restart or a flush, it gets 20k/s
database product-db uses postgres { replicas: 3, capacity: 4k/s }

shopper -> catalog
catalog -> products : reads
products -> product-db : caches

flow "Look" {
  rate: 20k/s
  shopper -> catalog
  catalog -> products
  products -> product-db
}
\`\`\`

## Stays silent on

The origin can bear all of it:

\`\`\`lintel
client shopper
service catalog
cache products uses redis { pattern: cache-aside, ttl: 10min, replicas: 1, hit-ratio: 90%, rebuild-from: product-db }
database product-db uses postgres { replicas: 3, capacity: 8k/s }

shopper -> catalog
catalog -> products : reads
catalog -> product-db : reads

flow "Look" {
  rate: 20k/s
  shopper -> catalog
  catalog -> products : reads
  when "not cached" 10% { catalog -> product-db : reads }
}
\`\`\`

Ten shards, each with a replica that takes over, and misses that are capped:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache posts-cache uses redis-cluster {
  pattern: cache-aside, ttl: 1h, hit-ratio: 95%, shards: 10, replicas: 2, zones: 2, rebuild-from: posts-db
}
database posts-db uses postgres { replicas: 3, capacity: 4k/s }

reader -> timeline
timeline -> posts-cache : reads
timeline -> posts-db : reads { rate-limit: 9.6k/s }

flow "Read the timeline" {
  rate: 100k/s
  reader -> timeline
  timeline -> posts-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
\`\`\`

A spare pool takes over for a lost node, and a new one is filled from its neighbours:

\`\`\`lintel
client reader
service timeline { replicas: 40 }
cache posts-cache uses memcached {
  pattern: cache-aside, ttl: 1h, hit-ratio: 95%, replicas: 10, on-failure: gutter, prewarm: peer, rebuild-from: posts-db
}
database posts-db uses postgres { replicas: 3, capacity: 4k/s }

reader -> timeline
timeline -> posts-cache : reads
timeline -> posts-db : reads

flow "Read the timeline" {
  rate: 100k/s
  reader -> timeline
  timeline -> posts-cache : reads
  when "not cached" 5% { timeline -> posts-db : reads }
}
\`\`\`

Nobody states what the database can serve, or how much is read:

\`\`\`lintel
client reader
service timeline
cache posts-cache uses memcached { pattern: cache-aside, ttl: 1h, hit-ratio: 95%, rebuild-from: posts-db }
database posts-db uses postgres

reader -> timeline
timeline -> posts-cache : reads
timeline -> posts-db : reads
\`\`\`

## How to fix

- Cap the misses: an admission limit for all callers together on the way from the cache to the origin. The fix writes 80% of what the origin can
  serve, less all that comes to it from elsewhere; then the cache fills up again, if slowly.
- Fill a cache before it takes traffic: from its neighbour, a snapshot or the origin (\`prewarm\`), at a bounded rate (\`warm-rate\`).
- Give lost nodes a stand-in (\`on-failure: gutter\`, a second copy of each shard), so that one node is no event.
- Answer with something older, or with less, while it fills (\`on-failure: stale\`, a \`fallback\`).

## Sources

- Bronson et al., [Metastable Failures in Distributed Systems](https://sigops.org/s/conferences/hotos/2021/papers/hotos21-s11-bronson.pdf) (HotOS 2021)
- Huang et al., [Metastable Failures in the Wild](https://www.usenix.org/conference/osdi22/presentation/huang-lexiang) (OSDI 2022)
- Nishtala et al., [Scaling Memcache at Facebook](https://www.usenix.org/conference/nsdi13/technical-sessions/presentation/nishtala) (NSDI 2013), §3.3 "Handling Failures" and §4.3 "Cold Cluster Warmup"
- Beyer et al., *Site Reliability Engineering* (2016), [ch. 22](https://sre.google/sre-book/addressing-cascading-failures/), "Slow Startup and Cold Caching"
`,
  'staleness-exceeds-requirement': `# staleness-exceeds-requirement

## Why

The browser keeps the answer half a minute, the CDN one, the cache another, and the replica that filled it was a second behind. Each number was
chosen by somebody who looked at their own layer. The person sees the sum, because each layer may take over the answer at the very end of the
one below it.

For each read that a flow waits for, the rule adds what each layer on the way may add: the client's \`max-age\`, \`ttl\` and
\`stale-while-revalidate\` of a CDN or cache (nothing where it writes through; the \`invalidation.delay\` where it is told of changes), the
\`lag\` of a replica where the read is known to go to one, the \`refresh\` of a search index, and the \`max-lag\` or \`lag\` of change streams and
consumers that a view is made by. What does not say how old it gets adds nothing, so the sum is what it comes to at least. Ages add up unless
the inner layer passes its own on (\`forwards-age: yes\`). A CDN keeps nothing of a request that changes something behind it.

It is held against what is stated: \`requires: staleness(60s)\`, \`consistency: bounded(60s)\`, a level such as \`linearizable\` or \`causal\`, or
the minute that the classes \`config\` and \`acl\` imply. A class such as \`order\` binds decisions, not a list on a screen.

## Fires on

Four harmless numbers:

\`\`\`lintel
data Price { class: recommendation, key: product-id, requires: staleness(60s) }
client browser { max-age: 30s }
cdn edge uses cloudfront { ttl: 60s, key: [path] }
service shop
cache price-cache uses redis { pattern: cache-aside, ttl: 60s, rebuild-from: prices, stores: Price }
database prices uses postgres { replicas: 3, stores: Price, lag { p99: 1s } }

browser -> edge -> shop
shop -> price-cache : reads
//^^^^^^^^^^^^^^^^^ error staleness-exceeds-requirement: \`Price\` requires staleness ≤ 1min, but what \`shop\` reads from \`price-cache\` in "Look" can be 151s old: \`browser\` 30s (max-age) + \`edge\` 1min (ttl) + \`price-cache\` 1min (ttl) + a replica of \`prices\` 1s (lag) = 151s
shop -> prices : reads { consistency: follower }

flow "Look" {
  rate: 10k/s
  browser -> edge -> shop
  shop -> price-cache : reads
}
\`\`\`

A projection that lags, read where the last write is required:

\`\`\`lintel
data Balance { class: money, key: account-id, consistency: linearizable }
client customer
service bank
database ledger uses postgres { stores: Balance }
log changes uses kafka
worker projector
database view uses postgres { stores: Balance, derived: yes }

customer -> bank
bank -> ledger : writes { op: insert, idempotent: transfer-id }
bank -> view : reads
//^^^^^^^^^^ error staleness-exceeds-requirement: \`Balance\` requires linearizable reads
ledger ~> changes : captures
changes ~> projector : delivers { max-lag: 30s }
projector -> view : writes { op: upsert }
\`\`\`

Settings count as required within a minute, and this cache never asks again:

\`\`\`lintel
data Flags { class: config, key: flag }
client app
service api
cache flags uses redis { ttl: none, rebuild-from: store, stores: Flags }
database store uses postgres { stores: Flags }

app -> api
api -> flags : reads
//^^^^^^^^^^ error staleness-exceeds-requirement: old without end
\`\`\`

## Stays silent on

The inner answer's age is passed on, and the layers are short:

\`\`\`lintel
data Price { class: recommendation, key: product-id, requires: staleness(2min) }
client browser { max-age: 20s }
cdn edge uses cloudfront { ttl: 60s, key: [path] }
service shop
cache price-cache uses redis { pattern: cache-aside, ttl: 30s, forwards-age: yes, rebuild-from: prices, stores: Price }
database prices uses postgres { stores: Price }

browser -> edge -> shop
shop -> price-cache : reads
\`\`\`

The cache is told of changes within two seconds; its TTL is only a safety net:

\`\`\`lintel
data Price { class: recommendation, key: product-id, requires: staleness(60s) }
client browser
service shop
cache price-cache uses redis {
  pattern: cache-aside, ttl: 1h, invalidation { by: cdc, delay: 2s }, rebuild-from: prices, stores: Price
}
database prices uses postgres { stores: Price }

browser -> shop
shop -> price-cache : reads
\`\`\`

The flow that needs the truth asks the leader; another flow over the same data may be late:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service api
cache recent uses redis { pattern: cache-aside, ttl: 10min, rebuild-from: orders, stores: Order }
database orders uses postgres { replicas: 3, stores: Order, lag { p99: 2s } }

shopper -> api
api -> recent : reads
api -> orders : reads { consistency: leader }

flow "Pay" {
  consistency: linearizable
  shopper -> api
  api -> orders : reads
}
flow "Look at old orders" {
  shopper -> api
  api -> recent : reads
}
\`\`\`

Buying goes through the CDN, and the CDN keeps nothing of it:

\`\`\`lintel
data Seat { class: inventory, key: seat-id, requires: staleness(5s) }
client fan
cdn edge uses cloudfront { ttl: 1h, key: [path] }
service tickets
database seats uses postgres { stores: Seat }

fan -> edge -> tickets
tickets -> seats : reads { consistency: leader }
tickets -> seats : writes { op: update, if: version }
\`\`\`

Whether the flow waits for its write is said to be unknown. If it does, nothing on the way keeps the answer:

\`\`\`lintel
data Seat { class: session, key: seat-id, requires: staleness(5s) }
client fan
cdn edge uses cloudfront { ttl: 1h, key: [path] }
service tickets
database seats uses postgres { stores: Seat }

fan -> edge -> tickets
tickets -> seats : reads { consistency: leader }
tickets -> seats : writes { op: update, if: version, criticality: unknown }
\`\`\`

## How to fix

Which layer to shorten is a choice, so there is no mechanical fix. Begin with the largest:

- Purge or invalidate it when the truth changes, and keep the TTL as a safety net.
- Pass ages on (\`Age\`), so that a CDN does not keep what is already a minute old for another minute.
- Send the reads that need it past the layer: \`consistency: leader\` or \`no-cache\`.
- Or say that later is good enough, where it is.

## Sources

- RFC 9111, *HTTP Caching*, [Calculating Age](https://www.rfc-editor.org/rfc/rfc9111#name-calculating-age)
- Jepsen, [Consistency models](https://jepsen.io/consistency)
- Bailis et al., *Probabilistically Bounded Staleness for Practical Partial Quorums* (VLDB 2012)
`,
  'hot-partition': `# hot-partition

## Why

A partition key spreads load only as well as its values are spread. Everything about one value goes to one partition: 10 more partitions, or
100, leave the one that has the busiest value just where it was, while the bill and the idle machines grow.

The busiest value's share is what is stated (\`key-dist: hot(45%)\`), what a Zipf distribution gives (\`zipf(1, 1M)\`: 6.95%), or at least one
part in so many values (\`key-cardinality: 40\`). Its partition also gets an even part of the rest: s₁ + (1 − s₁)/n. That share of the load,
reads, writes and bytes apart, is held against what one partition takes: \`partition-limit\`, the technology's limit, or what one shard's
copies can serve. The load is computed from the flows, at their peaks where these are stated.

Above the limit it is an error, above 70% of it a warning. Keys that are known to be uniform, or of which nothing is known, are not accused; a
load that would be too much even if it were spread evenly is not the key's fault; and reads behind a cache or a CDN, which takes the busiest
keys first, are left out.

## Fires on

A few countries carry most orders:

\`\`\`lintel
client shopper
service api
log events uses kafka { partitions: 24, key: country, key-dist: hot(45%), partition-limit { write: 2k/s } }
//  ^^^^^^ error hot-partition: the busiest partition gets 47.3% (45% plus an even part of the rest over 24 partitions) of the peak of 20k/s writes = 9.46k/s, 4.7 times the 2k/s

shopper -> api
api ~> events : publishes

flow "Place an order" {
  rate: 8k/s, peak: 20k/s
  shopper -> api
  api ~> events : publishes
}
\`\`\`

Forty values on a table whose partitions each take 1,000 writes a second, however many there are:

\`\`\`lintel
client device
service ingest
database readings uses dynamodb { key: site, key-cardinality: 40 }
//       ^^^^^^^^ error hot-partition: of its only 40 values the busiest carries at least 2.5%

device -> ingest
ingest -> readings : writes { op: upsert }

flow "Report" {
  rate: 50k/s
  device -> ingest
  ingest -> readings : writes
}
\`\`\`

A heavy-tailed key on the shards of a database, near their limit:

\`\`\`lintel
client reader
service timeline
database posts uses postgres { shards: 64, key: author-id, key-dist: zipf(1, 1M), replicas: 3, capacity { read: 5k/s, write: 2k/s } }
//       ^^^^^ warning hot-partition: 8.4%

reader -> timeline
timeline -> posts : writes { op: upsert }

flow "Post" {
  rate: 20k/s
  reader -> timeline
  timeline -> posts : writes
}
\`\`\`

One sorted set for the whole world, in a cluster of eight; nothing stands in front of the cache itself:

\`\`\`lintel
client player
service ranks
cache board uses redis-cluster { shards: 8, key: board-id, key-dist: hot(70%), rebuild-from: results, partition-limit { read: 60k/s } }
//    ^^^^^ error hot-partition: the busiest partition gets 73.8% (70% plus an even part of the rest over 8 partitions) of 100k/s reads = 73.8k/s, 1.2 times the 60k/s
database results uses postgres

player -> ranks
ranks -> board : reads

flow "See my rank" {
  rate: 100k/s
  player -> ranks
  ranks -> board : reads
}
\`\`\`

A CDN keeps nothing of what buys, so the seats of the one event that everybody wants are asked as often as without it:

\`\`\`lintel
data Seat { class: inventory, key: event-id }
client fan
cdn edge uses cloudfront { key: path, ttl: 1min, hit-ratio: 90% }
service sales
database seats uses dynamodb { stores: Seat, key: event-id, key-dist: hot(60%) }
//       ^^^^^ error hot-partition: the busiest partition gets 60% of 8k/s reads = 4.8k/s, 1.6 times the 3k/s

fan -> edge -> sales
sales -> seats : reads { consistency: leader }
sales -> seats : writes { op: update, if: version, timeout: 200ms }

flow "Buy" {
  rate: 8k/s
  fan -> edge -> sales
  sales -> seats : reads
  when "it is free" 5% { sales -> seats : writes }
}
\`\`\`

## Stays silent on

The same load on a key that is even:

\`\`\`lintel
client shopper
service api
log events uses kafka { partitions: 24, key: order-id, key-dist: uniform, partition-limit { write: 2k/s } }

shopper -> api
api ~> events : publishes

flow "Place an order" {
  rate: 8k/s, peak: 20k/s
  shopper -> api
  api ~> events : publishes
}
\`\`\`

The busiest values are cut into parts:

\`\`\`lintel
client shopper
service api
log events uses kafka {
  partitions: 64, key: country, key-dist: hot(45%), split: by(40), partition-limit { write: 2k/s }
}

shopper -> api
api ~> events : publishes

flow "Place an order" {
  rate: 8k/s, peak: 20k/s
  shopper -> api
  api ~> events : publishes
}
\`\`\`

A hot key under a load that one partition can bear, and one of which nobody states the load:

\`\`\`lintel
client shopper
service api
log events uses kafka { partitions: 24, key: country, key-dist: hot(45%), partition-limit { write: 2k/s } }
log audit uses kafka { partitions: 24, key: country, key-dist: hot(90%), partition-limit { write: 2k/s } }

shopper -> api
api ~> events, audit : publishes

flow "Place an order" {
  rate: 2k/s
  shopper -> api
  api ~> events : publishes
}
flow "Look around" {
  shopper -> api
  api ~> audit : publishes
}
\`\`\`

The busiest products are read from a cache, so the database sees them least of all:

\`\`\`lintel
client shopper
service catalog
cache hot uses redis { pattern: cache-aside, ttl: 60s, hit-ratio: 90%, rebuild-from: products }
database products uses postgres { shards: 8, key: product-id, key-dist: hot(30%), replicas: 3, capacity: 5k/s }

shopper -> catalog
catalog -> hot : reads
catalog -> products : reads

flow "Look" {
  rate: 100k/s
  shopper -> catalog
  catalog -> hot : reads
  when "it is not cached" 10% { catalog -> products : reads }
}
\`\`\`

The same links behind a CDN, which takes the busiest of them first:

\`\`\`lintel
client visitor
cdn edge uses cloudfront { key: code, ttl: 5min, hit-ratio: 40% }
service redirects
cache hot uses redis-cluster {
  pattern: cache-aside, coalesce: singleflight, ttl: 1h, hit-ratio: 90%, key: code
  key-dist: hot(50%), shards: 8, replicas: 2, capacity: 10k/s, rebuild-from: links
}
database links uses postgres { replicas: 3 }

visitor -> edge -> redirects
redirects -> hot : reads
redirects -> links : reads

flow "Follow a link" {
  rate: 64k/s
  visitor -> edge -> redirects
  redirects -> hot
  when "not cached" 10% { redirects -> links }
}
\`\`\`

## How to fix

- Cut the busiest values into parts, and read them from all of these: \`split: by(16)\`. The fix writes as many as bring the busiest partition
  under 70% of its limit; where the even spread alone is more than that, add partitions as well.
- Choose a key with more, and more even, values: the order instead of the country, the device instead of the site.
- Serve the busiest from a cache in front, if they are read.

## Sources

- Amazon DynamoDB Developer Guide, [Designing partition keys to distribute your workload](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html): 3,000 reads and 1,000 writes a second in one partition
- Amazon Kinesis Data Streams, [Quotas and limits](https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html): 1 MB/s or 1,000 records a second in one shard
- Breslau et al., *Web Caching and Zipf-like Distributions: Evidence and Implications* (INFOCOM 1999)
`,
  'monotonic-range-key': `# monotonic-range-key

## Why

A store that is split by ranges keeps neighbours together, which makes range queries cheap. If each new key is higher than all before it (a
time, a counter, a ULID), all new rows are neighbours: they go to the last range. When that one gets too large it is split, and the end, with
all the inserts, moves to the new half. Fifty nodes take as many inserts as one.

It asks where new keys fall: \`key-order: monotonic\`, or a leading part of the key that is a time or a sequence by its name (\`created-at\`,
\`timestamp\`, \`ulid\`; then never more than a warning). The rate of new rows is held against what one partition takes. Below 30% of that it does
not matter; without a rate or a limit there is a note only, and only where the order is stated. Updates fall anywhere and do not count.

## Fires on

Measurements by time, in a store with a limit for each partition:

\`\`\`lintel
client device
service ingest
database metrics uses bigtable { key: [timestamp, host], key-order: monotonic, partition-limit { write: 10k/s } }
//       ^^^^^^^ error monotonic-range-key: \`metrics\` is split by ranges, and \`timestamp, host\` only rises: all 30k/s new rows go to its last range, 3 times the 10k/s that one takes, however many there are

device -> ingest
ingest -> metrics : writes { op: insert, idempotent: reading-id }

flow "Measure" {
  rate: 30k/s
  device -> ingest
  ingest -> metrics : writes
}
\`\`\`

Nobody says how the keys fall, but the name does:

\`\`\`lintel
client reader
service events
database log-store uses hbase { key: [created-at, user-id], capacity { write: 5k/s } }
//       ^^^^^^^^^ warning monotonic-range-key: \`created-at\` is a time or a sequence by its name, which only rises: all 4k/s new rows go to its last range, 80% of the 5k/s that one takes

reader -> events
events -> log-store : writes { op: insert, idempotent: event-id }

flow "Record" {
  rate: 4k/s
  reader -> events
  events -> log-store : writes
}
\`\`\`

The order is stated, and no load:

\`\`\`lintel
service orders
database ledger { partitioning: range, key: order-no, key-order: monotonic }
//       ^^^^^^ info monotonic-range-key: all new rows go to its last range, however many it has

orders -> ledger : writes { op: insert, idempotent: order-no }
\`\`\`

## Stays silent on

The device comes first, so that new rows fall everywhere; and a bucket in front of the time:

\`\`\`lintel
client device
service ingest
database metrics uses bigtable { key: [host, timestamp], partition-limit { write: 10k/s } }
database samples uses bigtable {
  key: [timestamp, host], key-order: monotonic, split: by(16), partition-limit { write: 10k/s }
}

device -> ingest
ingest -> metrics, samples : writes { op: insert, idempotent: reading-id }

flow "Measure" {
  rate: 30k/s
  device -> ingest
  ingest -> metrics : writes
}
flow "Sample" {
  rate: 30k/s
  device -> ingest
  ingest -> samples : writes
}
\`\`\`

The same key in a store that is split by a hash:

\`\`\`lintel
client device
service ingest
database metrics {
  key: timestamp, key-order: monotonic, partitioning: hash, shards: 16, partition-limit { write: 10k/s }
}

device -> ingest
ingest -> metrics : writes { op: insert, idempotent: reading-id }

flow "Measure" {
  rate: 30k/s
  device -> ingest
  ingest -> metrics : writes
}
\`\`\`

Few rows are new; most writes change what is there:

\`\`\`lintel
client shopper
service orders
database ledger uses spanner { key: order-no, key-order: monotonic, partition-limit { write: 3k/s } }

shopper -> orders
orders -> ledger : writes "new order" { op: insert, idempotent: order-no, rate: 200/s }
orders -> ledger : writes "status" { op: update, if: version, rate: 9k/s }
\`\`\`

## How to fix

- Put something even in front: the tenant, the device, the user. Range queries then run within one of them.
- Or a bucket, a hash of the id modulo 16: \`split: by(16)\`. The fix adds as many as bring each range under 30% of its limit. Reading a span of
  time then asks all buckets.
- Or split by a hash of the key (\`partitioning: hash\`, a hash-sharded index) where nobody reads ranges of it.

## Sources

- Bigtable documentation, [Schema design best practices](https://cloud.google.com/bigtable/docs/schema-design): row keys
- Spanner documentation, [Schema design best practices](https://cloud.google.com/spanner/docs/schema-design): prevent hotspots
- MongoDB Manual, [Choose a shard key](https://www.mongodb.com/docs/manual/core/sharding-choose-a-shard-key/): monotonically changing keys
- Apache HBase Reference Guide, *Monotonically Increasing Row Keys/Timeseries Data*
`,
  'naive-key-placement': `# naive-key-placement

## Why

"Hash of the key modulo the number of servers" spreads keys evenly, until a server is added: then nine keys of ten belong somewhere else. A cache
is cold in that second, and what stands behind it gets nearly all of its load. A store has to copy nearly everything. A hash ring moves only the
new server's share.

A ring has a fault of its own: with one place for each node the gaps between them are uneven, and the busiest of n nodes can be expected to get
1 + 1/2 + … + 1/n times the mean. A hundred places for each even that out.

It fires on \`placement: mod-n\` where the number of nodes changes (\`nodes: 10..20\`, \`autoscale\`), and on a ring whose stated \`vnodes\` leave the
busiest node with more than 1.5 times the mean.

## Fires on

Cache servers that come and go with the load:

\`\`\`lintel
client reader
service timeline
cache fast uses memcached { placement: mod-n, nodes: 10..20, hit-ratio: 90%, rebuild-from: posts, ttl: 10min }
//    ^^^^ warning naive-key-placement: it has 10 to 20 nodes: from 10 to 11 90.9% of all keys move and miss at once, where a ring moves 9.1%, and what is behind it gets 91.8k/s instead of 10k/s.
database posts uses postgres { replicas: 3 }

reader -> timeline
timeline -> fast : reads
timeline -> posts : reads

flow "Read" {
  rate: 100k/s
  reader -> timeline
  timeline -> fast : reads
}
\`\`\`

A ring of ten nodes with one place each:

\`\`\`lintel
service profiles
database store { replication: leaderless, n: 3, r: 2, w: 2, placement: consistent-hash, vnodes: 1, nodes: 10 }
//       ^^^^^ warning naive-key-placement: the busiest can be expected to get 2.93 times the mean. With 128 places each it is 1.14 times.

profiles -> store : reads
profiles -> store : writes { op: upsert }
\`\`\`

## Stays silent on

A fixed number of slots, and rendezvous hashing, over nodes that come and go:

\`\`\`lintel
service timeline
cache fast uses redis-cluster { nodes: 6..12, replicas: 2, rebuild-from: posts, ttl: 10min }
cache images uses memcached { placement: rendezvous, nodes: 10..20, rebuild-from: posts, ttl: 10min }
database posts uses postgres { replicas: 3 }

timeline -> fast, images, posts : reads
\`\`\`

Modulo over nodes whose number does not change, and over shards that were fixed once and are mapped by a table:

\`\`\`lintel
service timeline
cache fast uses memcached { placement: mod-n, nodes: 8, rebuild-from: posts, ttl: 10min }
database posts uses postgres { replicas: 3, shards: 4096, key: user-id, placement: mod-n, nodes: 8..32 }

timeline -> fast, posts : reads
\`\`\`

A ring with enough places:

\`\`\`lintel
service profiles
database store { replication: leaderless, n: 3, r: 2, w: 2, placement: consistent-hash, vnodes: 128, nodes: 10..40 }

profiles -> store : reads
profiles -> store : writes { op: upsert }
\`\`\`

## How to fix

- Use a ring with a hundred or more virtual nodes: \`placement: consistent-hash, vnodes: 128\`. The fix sets it.
- Or rendezvous hashing; or jump hashing, where nodes are only ever added at the end.
- Or a fixed number of slots or logical shards, far more than nodes, that are moved one by one: \`slots(16384)\`.

## Sources

- Karger et al., *Consistent Hashing and Random Trees* (STOC 1997)
- DeCandia et al., [Dynamo](https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf) (SOSP 2007), §6.2
- Lamping and Veach, [A Fast, Minimal Memory, Consistent Hash Algorithm](https://arxiv.org/abs/1406.2294) (2014)
- Eisenbud et al., *Maglev: A Fast and Reliable Software Network Load Balancer* (NSDI 2016)
`,
  'scatter-gather-read': `# scatter-gather-read

## Why

Posts are split by author. "Posts of Ann" asks one shard. "Posts about cats" asks all sixty-four, because each may have some, and waits for the
slowest. Doubling the shards halves the data on each and leaves each with just as many of these queries; and with sixty-four of them, nearly half
of the queries meet a shard that is slower than its p99.

It asks by what a read looks (\`by: tag\`) and by what the store is split (\`key\`), where there are at least four shards and no index that is split by
the other field (\`indexes\`). It fires where that hurts: each shard would get more than 70% of what it can serve, the slowest of all shards
takes longer at p99 than the flow may, or more than 10% of the store's reads are such. What a batch asks, what may come without some of the
parts (\`partial-results: yes\`), and a search engine, which is made for it, are left alone.

## Fires on

Posts by tag:

\`\`\`lintel
client reader
service api
database posts uses postgres { shards: 64, key: user-id, replicas: 3, capacity { read: 1k/s, write: 1k/s } }

reader -> api
api -> posts : reads "by tag" { by: tag }
//^^^^^^^^^^ warning scatter-gather-read: \`api\` asks \`posts\` by \`tag\`, but that is split by \`user-id\`: each query goes to all 64 shards, so that 2.4k/s become 154k/s, and 47% of them wait for a shard that is slower than its p99; each shard gets 2.41k/s, 80% of the 3k/s that it serves.
api -> posts : reads "by author" { by: user-id }

flow "Look at a tag" {
  rate: 2.4k/s
  reader -> api
  api -> posts : reads "by tag"
}
flow "Look at a person" {
  rate: 600/s
  reader -> api
  api -> posts : reads "by author"
}
\`\`\`

The slowest of sixteen is too slow:

\`\`\`lintel
client shopper
service orders
database ledger uses postgres { shards: 16, key: order-id, latency { p50: 5ms, p99: 80ms } }

shopper -> orders
orders -> ledger : reads { by: customer-id }
//^^^^^^^^^^^^^^ warning scatter-gather-read: at p99 the slowest of them takes 230ms, more than the 150ms that "My orders" may take

flow "My orders" {
  p99: 150ms
  shopper -> orders
  orders -> ledger : reads
}
\`\`\`

No rates are known, but all of its reads are such:

\`\`\`lintel
service shop
database carts uses mongodb { shards: 8, key: cart-id, partitioning: hash }

shop -> carts : reads { by: user-id }
//^^^^^^^^^^^ warning scatter-gather-read: all of the reads of \`carts\` are such
\`\`\`

## Stays silent on

The key is named, alone or with more; an index is split by the other field:

\`\`\`lintel
service api
database posts uses postgres { shards: 64, key: user-id, replicas: 3, indexes: [slug] }

api -> posts : reads "of a person" { by: user-id }
api -> posts : reads "of a person since" { by: [user-id, created-at] }
api -> posts : reads "one" { by: slug }
\`\`\`

One query in a hundred, which the shards can bear:

\`\`\`lintel
client reader
client moderator
service api
database posts uses postgres { shards: 64, key: user-id, replicas: 3, capacity { read: 1k/s, write: 1k/s } }

reader, moderator -> api
api -> posts : reads "reported ones" { by: reported }
api -> posts : reads "of a person" { by: user-id }

flow "Moderate" {
  rate: 1/s
  moderator -> api
  api -> posts : reads "reported ones"
}
flow "Look" {
  rate: 20k/s
  reader -> api
  api -> posts : reads "of a person"
}
\`\`\`

A search engine, a nightly batch, and an answer that may miss some:

\`\`\`lintel
service api
batch report
search index uses elasticsearch { shards: 12, key: doc-id, rebuild-from: posts }
database posts uses postgres { shards: 64, key: user-id, replicas: 3 }

api -> index : reads { by: text }
api -> posts : reads "trending" { by: tag, partial-results: yes }
report -> posts : reads { by: created-at }
\`\`\`

## How to fix

- Keep an index that is split by the other field: a table from tag to posts, or an index of the store that is partitioned by itself (\`indexes\`).
- Or a search or a view that is filled from the store's changes, and ask that.
- Or split by what is asked most.
- Or take what answers in time: \`partial-results: yes\`.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 6, "Partitioning and Secondary Indexes"
- Dean and Barroso, [The Tail at Scale](https://research.google/pubs/the-tail-at-scale/) (CACM 2013)
`,
  'celebrity-fanout': `# celebrity-fanout

## Why

A feed that is written to each follower when somebody posts is read at the cost of one look-up. With two hundred followers on average that is a
good bargain. Then somebody with a hundred million of them posts: a hundred million writes in one queue, and the posts of everybody else wait
behind them. The mean says nothing about it.

It takes how many writes an event becomes (\`fanout: per-follower(200, 100M)\`: on average, and for the largest account) and what the store or the
consumers behind it can take beside their usual writes. It is an error where the largest account's writes take longer than is promised
(\`max-lag\` of the flow, the delivery or the worker, a staleness that is required), and where the mean alone is more than can be taken. Where
nobody says how late they may come, more than a minute is a warning. Above a cap (\`fanout-cap\`) they are merged when somebody reads.

## Fires on

A feed with a promise:

\`\`\`lintel
data Feed { class: feed, key: user-id }
client app
service posts
queue fan uses sqs
queue parked uses sqs
worker spread { replicas: 200 }
cache feeds uses redis {
  stores: Feed, shards: 40, capacity: 5k/s, rebuild-from: archive, pattern: cache-aside, ttl: 1d
}
database archive uses cassandra { replication-factor: 3 }

app -> posts
posts -> archive : writes { op: insert, idempotent: post-id }
archive ~> fan : captures
fan ~> spread : delivers { max-deliveries: 5, dead-letter: parked }
spread -> feeds : writes { op: upsert, fanout: per-follower(200, 100M) }
//^^^^^^^^^^^^^ error celebrity-fanout: One event of the largest account becomes 100M writes from \`spread\` to \`feeds\`: with 100k/s to spare they take 16.7min, and everything behind them waits, though "Post" promises 5s.

flow "Post" {
  rate: 500/s, max-lag: 5s
  app -> posts
  posts -> archive
  archive ~> fan ~> spread
  spread -> feeds
}
\`\`\`

On average it is already too much:

\`\`\`lintel
client app
service posts
cache feeds uses redis { shards: 10, capacity: 50k/s, rebuild-from: archive, pattern: cache-aside, ttl: 1d }
database archive uses cassandra { replication-factor: 3 }

app -> posts
posts -> archive : writes { op: insert, idempotent: post-id }
posts -> feeds : writes { op: upsert, fanout: per-follower(200) }
//^^^^^^^^^^^^ error celebrity-fanout: Each event becomes 200 writes from \`posts\` to \`feeds\` on average: 11.6k/s × 200 = 2.31M/s, 4.6 times the 500k/s that \`feeds\` takes.

flow "Post" {
  rate: 1B/day
  app -> posts
  posts -> archive
  posts -> feeds
}
\`\`\`

Nobody says how late it may come, so it is asked:

\`\`\`lintel
service alerts
queue outbox uses sqs
queue parked uses sqs
worker sender { replicas: 100, capacity: 50/s }
external push

alerts ~> outbox : publishes { fanout: per-follower(50, 2M) }
//^^^^^^^^^^^^^^ warning celebrity-fanout: One event of the largest account becomes 2M messages from \`alerts\` over \`outbox\` to \`sender\`: with 5k/s to spare they take 6.67min
outbox ~> sender : delivers { max-deliveries: 5, dead-letter: parked }
sender -> push : calls { op: send, idempotent: alert-id, timeout: 2s }
\`\`\`

## Stays silent on

Large accounts are merged when somebody reads:

\`\`\`lintel
data Feed { class: feed, key: user-id }
service posts
cache feeds uses redis {
  stores: Feed, shards: 40, capacity: 5k/s, rebuild-from: archive, pattern: cache-aside, ttl: 1d
}
database archive uses cassandra { replication-factor: 3 }

posts -> archive : writes { op: insert, idempotent: post-id }
posts -> feeds : writes { op: upsert, fanout: per-follower(200, 100M), fanout-cap: 10k, above: fanout-on-read }
\`\`\`

A bounded audience that is served in time:

\`\`\`lintel
data Notice { class: message, key: notice-id }
client teacher
service school
cache inboxes uses redis {
  stores: Notice, shards: 4, capacity: 5k/s, rebuild-from: notices, pattern: cache-aside, ttl: 1d
}
database notices uses postgres { replicas: 3, stores: Notice }

teacher -> school
school -> notices : writes { op: insert, idempotent: notice-id }
school -> inboxes : writes { op: upsert, fanout: per-follower(30, 3000) }

flow "Tell the class" {
  rate: 5/s, max-lag: 5s
  teacher -> school
  school -> notices
  school -> inboxes
}
\`\`\`

The promise is longer than it takes; and late is all right:

\`\`\`lintel
data Digest { class: feed, key: user-id }
data Hint { class: recommendation, key: user-id, tolerates: staleness }
client app
service mails
database digests { stores: Digest, shards: 40, capacity: 5k/s }
database hints { stores: Hint, shards: 40, capacity: 5k/s }

app -> mails
mails -> digests : writes { op: upsert, fanout: per-follower(200, 100M) }
mails -> hints : writes { op: upsert, fanout: per-follower(200, 100M) }

flow "Collect the day" {
  rate: 50/s, max-lag: 6h
  app -> mails
  mails -> digests
}
flow "Suggest" {
  rate: 50/s
  app -> mails
  mails -> hints
}
\`\`\`

## How to fix

- Stop at a number of followers, and merge the few large accounts when somebody reads: \`fanout-cap: 10k, above: fanout-on-read\`. The fix adds it.
- Write only to those who are there, and let the others build their feed when they come.
- Or give the large ones a lane of their own, so that nobody waits behind them.

## Sources

- Krikorian, [Timelines at Scale](https://www.infoq.com/presentations/Twitter-Timeline-Scalability/) (QCon San Francisco 2012)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 1, "Describing Load"
`,
  'quorum-does-not-overlap': `# quorum-does-not-overlap

## Why

In a store without a leader each write is acknowledged by some copies and each read asks some. Only where the two sets must share a copy does
the read meet the write: R + W > N. With one and one of three, the new value is there, and the reader asks somebody else.

Levels are counted region by region: \`n\`, \`r\` and \`w\` are per region, \`local-quorum\` is a majority in the caller's own region, so two callers
in different regions share nothing, and \`each-quorum\` on one side is what makes local reads on the other safe.

It asks only of reads that must see the last write: the flow or the data requires a level (\`consistency: session\` or stronger, \`requires:
read-your-writes\`), the store claims one, the read decides a change (\`decides: yes\`), or one flow writes and reads data whose class (money,
inventory, entitlement, identity, order) demands it. Other reads may be as weak as they like.

## Fires on

The cart that forgets what was just put in:

\`\`\`lintel
data Cart { class: order, key: user-id }
client shopper
service api
database carts { replication: leaderless, n: 3, r: 1, w: 1, stores: Cart, consistency: session }
//       ^^^^^ error quorum-does-not-overlap: 1 + 1 ≤ 3 copies, so a read may miss the latest write, though \`carts\` claims session reads

shopper -> api
api -> carts : reads
api -> carts : writes { op: upsert }
\`\`\`

One reader of several needs it, and only that one is reported:

\`\`\`lintel
data Balance { class: money, key: account-id }
client customer
service bank
batch report
database accounts uses cassandra { replication-factor: 3, stores: Balance }

customer -> bank
bank -> accounts : writes { consistency: quorum, op: upsert }
bank -> accounts : reads "may the account pay" { consistency: one, decides: yes }
//^^^^^^^^^^^^^^ error quorum-does-not-overlap: 2 + 1 ≤ 3 copies
report -> accounts : reads { consistency: one }
\`\`\`

Majorities that are counted in two different regions:

\`\`\`lintel
data Booking { class: inventory, key: seat-id, consistency: session }
database seats uses cassandra { replication-factor: 3, regions: 2, stores: Booking }
region us { service sell }
region eu { service show }

sell -> seats : writes { consistency: local-quorum, op: upsert }
show -> seats : reads { consistency: local-quorum }
//^^^^^^^^^^^ error quorum-does-not-overlap: both count only copies in their own region
\`\`\`

## Stays silent on

Majorities on both sides:

\`\`\`lintel
data Cart { class: order, key: user-id }
client shopper
service api
database carts uses cassandra { replication-factor: 3, stores: Cart, consistency: session }

shopper -> api
api -> carts : reads { consistency: quorum }
api -> carts : writes { consistency: quorum, op: upsert }
\`\`\`

One and one of three, for a count that may be a little old:

\`\`\`lintel
data Likes { class: like-count, key: post-id }
client reader
service posts
database likes uses cassandra { replication-factor: 3, stores: Likes }

reader -> posts
posts -> likes : reads { consistency: one }
posts -> likes : writes { consistency: one, op: increment }
\`\`\`

Local reads of what is written to a majority in each region:

\`\`\`lintel
data Booking { class: inventory, key: seat-id, consistency: session }
database seats uses cassandra { replication-factor: 3, regions: 2, stores: Booking }
region us { service sell }
region eu { service show }

sell -> seats : writes { consistency: each-quorum, op: upsert }
show -> seats : reads { consistency: local-quorum }
\`\`\`

A store with a leader: whoever asks it gets the last write.

\`\`\`lintel
data Balance { class: money, key: account-id, consistency: linearizable }
client customer
service bank
database accounts uses postgres { replicas: 3, stores: Balance }

customer -> bank
bank -> accounts : writes { op: update, if: version }
bank -> accounts : reads { consistency: leader }
\`\`\`

## How to fix

- Read and write at \`quorum\`; the fix sets both. Where the store's own \`r\` and \`w\` are to blame, it raises these to a majority.
- Over regions: write at \`each-quorum\` and read at \`local-quorum\`, or give each key a home region.
- Or state what the reader can live with: \`tolerates: staleness\`.

R + W > N makes a read meet the last write, not more: concurrent writes, sloppy quorums and clocks are questions of their own.

## Sources

- DeCandia et al., [Dynamo: Amazon's Highly Available Key-value Store](https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf) (SOSP 2007), §4.5
- Apache Cassandra documentation, [Tunable consistency](https://cassandra.apache.org/doc/latest/cassandra/architecture/dynamo.html#tunable-consistency)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, "Quorums for reading and writing"
`,
  'quorum-lost-with-one-failure': `# quorum-lost-with-one-failure

## Why

A group that decides by majority goes on while a majority is left. Two voters are worse than one: both must be there. Four bear no more than
three. Three in two zones stop when the zone with two of them does. The same holds for a log that takes writes only while all copies are in
sync, and for a read or a write that asks every copy.

It counts only what the design states: members, and the zones or regions they are spread over. A region is asked about only where a flow says
\`survives: region\`. A guarantee of the store (\`survives: zone\`) is believed.

## Fires on

Two voters:

\`\`\`lintel
client shopper
service api { replicas: 3 }
coordinator locks uses etcd { voters: 2 }
//          ^^^^^ error quorum-lost-with-one-failure: \`locks\` has 2 voters, of which 2 must agree: the loss of any one of them leaves 1

shopper -> api
api -> locks : reads

flow "Order" { availability: 99.9%, shopper -> api -> locks }
\`\`\`

Four voters in two zones:

\`\`\`lintel
client shopper
service api { replicas: 3 }
coordinator locks uses etcd { voters: 4, zones: 2 }
//          ^^^^^ error quorum-lost-with-one-failure: spread over 2 zones: the loss of one zone leaves 2 and stops it, and with it "Order"

shopper -> api
api -> locks : reads

flow "Order" { availability: 99.9%, shopper -> api -> locks }
\`\`\`

A log of which every copy must be in sync:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service api { replicas: 3 }
log payments uses kafka { partitions: 12, key: payment-id, replication-factor: 3, min-isr: 3 }
//  ^^^^^^^^ error quorum-lost-with-one-failure: takes a write only while 3 of its 3 copies are in sync (\`min-isr: 3\`)

api ~> payments : publishes { data: Payment }
\`\`\`

A store whose writes wait for all:

\`\`\`lintel
data Cart { class: user-content, key: user-id }
client shopper
service api { replicas: 3 }
database carts { replication: leaderless, n: 3, r: 1, w: 3, stores: Cart }

shopper -> api
api -> carts : reads
api -> carts : writes { op: upsert }
//^^^^^^^^^^ error quorum-lost-with-one-failure: \`api\` writes \`carts\` at W=3, 3 of 3 copies: the loss of any one copy leaves 2
\`\`\`

A third copy that only reads along has no vote:

\`\`\`lintel
data Payment { class: money, key: payment-id }
client shopper
service api { replicas: 3 }
database ledger {
//       ^^^^^^ error quorum-lost-with-one-failure: \`ledger\` has 2 copies, of which 2 must agree: the loss of any one of them leaves 1
  replication: consensus, stores: Payment
  replica a { region: east }
  replica b { region: west }
  replica c { region: south, role: learner }
}

shopper -> api
api -> ledger : writes { op: update, if: version }
\`\`\`

Not wrong, but one machine too many:

\`\`\`lintel
service api { replicas: 3 }
coordinator locks uses etcd { voters: 4, zones: 4 }
//                            ^^^^^^^^^ info quorum-lost-with-one-failure: no more than 3 voters do

api -> locks : reads
\`\`\`

## Stays silent on

Three voters in three zones, a witness in a third, and a majority of both reads and writes:

\`\`\`lintel
data Cart { class: user-content, key: user-id }
client shopper
service api { replicas: 3 }
coordinator locks uses etcd { voters: 3, zones: 3 }
database ledger {
  replication: consensus
  replica a { zone: x }
  replica b { zone: y }
  replica w { zone: z, role: witness }
}
database carts uses cassandra { replication-factor: 3, zones: 3, stores: Cart }

shopper -> api
api -> locks : reads
api -> ledger : writes { op: insert }
api -> carts : reads { consistency: quorum }
api -> carts : writes { consistency: quorum, op: append }

flow "Order" {
  availability: 99.9%, shopper -> api   api -> locks   api -> ledger   api -> carts : reads   api -> carts : writes
}
\`\`\`

A log that bears one failure, and how many copies there are is not stated:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service api { replicas: 3 }
log payments uses kafka { partitions: 12, key: payment-id, replication-factor: 3, min-isr: 2, zones: 3 }
coordinator locks uses etcd

api ~> payments : publishes { data: Payment }
api -> locks : reads
\`\`\`

A rehearsal:

\`\`\`lintel
service api
coordinator locks uses etcd { voters: 2, env: dev }

api -> locks : reads
\`\`\`

## How to fix

- Three voters in three zones, or five; a witness in a third zone is enough to complete a majority.
- \`min-isr\` one below \`replication-factor\`: one broker may be away, and a write is still on two.
- Majorities on both sides instead of all copies on one: \`r: 2, w: 2\` of three overlap as \`r: 1, w: 3\` do, and bear a failure.

## Sources

- etcd documentation, [FAQ: failure tolerance](https://etcd.io/docs/v3.6/faq/)
- CockroachDB documentation, [Multi-region survival goals](https://www.cockroachlabs.com/docs/stable/multiregion-survival-goals): a region goal needs three regions
- Apache Kafka documentation, [min.insync.replicas](https://kafka.apache.org/documentation/#topicconfigs_min.insync.replicas)
`,
  'ack-before-durable-copies': `# ack-before-durable-copies

## Why

Three copies of a log or a database are worth what the slowest of them had when the machine died. If the writer hears "saved" as soon as one
machine has the write, and another one takes over by itself when that machine is lost, the newest writes are gone, and nobody is told.

It asks only of data that must not be lost, in a store with at least two stated copies, where the loss of one of them is meant to be survived:
a copy takes over by itself, or \`survives\`, or \`rpo: 0\` is stated. A stated \`rpo: 5s\` is a decision, and silences it.

## Fires on

Kafka with its default: \`acks: all\` waits for the copies that are in sync, and one is enough of them:

\`\`\`lintel
data Payment { class: money, key: payment-id }
client shopper
service api { replicas: 3 }
log payments uses kafka { partitions: 12, key: payment-id, replication-factor: 3 }
//  ^^^^^^^^ error ack-before-durable-copies: of which there may be one (\`min-isr: 1\`, of 3)

shopper -> api
api ~> payments : publishes { data: Payment }
\`\`\`

An automatic failover to a follower that is behind:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service api { replicas: 3 }
database ledger uses postgres {
//       ^^^^^^ error ack-before-durable-copies: once 1 of 3 copies has the write: the loss of that machine loses it
  stores: Order, replicas: 3, zones: 3, sync: async
  failover { mode: auto, arbiter: quorum, fencing: yes }
}

shopper -> api
api -> ledger : writes { op: insert }
\`\`\`

One publisher that does not wait as the others do:

\`\`\`lintel
data Payment { class: money, key: payment-id }
client shopper
service api { replicas: 3 }
service old-api { replicas: 3 }
log payments uses kafka { partitions: 12, key: payment-id, replication-factor: 3, min-isr: 2 }

shopper -> api
shopper -> old-api
api ~> payments : publishes { data: Payment }
old-api ~> payments : publishes { data: Payment, acks: 1 }
//^^^^^^^^^^^^^^^^^ error ack-before-durable-copies: \`old-api\` is told "saved" once 1 of 3 copies has the write
\`\`\`

A wait that ends after a time-out, where nothing at all may be lost:

\`\`\`lintel
data Order { class: order, key: order-id, rpo: 0s }
client shopper
service api { replicas: 3 }
database ledger uses mysql { stores: Order, replicas: 3, sync: semi-sync, failover { mode: auto, arbiter: quorum, fencing: yes } }
//       ^^^^^^ warning ack-before-durable-copies: when no follower answers in time

shopper -> api
api -> ledger : writes { op: insert }
\`\`\`

The log may be content with one copy, and one of the two writers is even when it asks for more. The fix mends both:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service api { replicas: 3 }
service old-api { replicas: 3 }
log payments uses kafka { partitions: 12, key: payment-id, replication-factor: 3, min-isr: 1 }
//  ^^^^^^^^ error ack-before-durable-copies
api ~> payments : publishes { data: Payment }
old-api ~> payments : publishes { data: Payment, acks: 1 }
\`\`\`

## Stays silent on

Two copies in sync before the answer:

\`\`\`lintel
data Payment { class: money, key: payment-id }
client shopper
service api { replicas: 3 }
log payments uses kafka { partitions: 12, key: payment-id, replication-factor: 3, min-isr: 2 }

shopper -> api
api ~> payments : publishes { data: Payment }
\`\`\`

The loss of some seconds was decided:

\`\`\`lintel
data Order { class: order, key: order-id, rpo: 5s }
client shopper
service api { replicas: 3 }
database ledger uses postgres { stores: Order, replicas: 3, failover { mode: auto, arbiter: quorum, fencing: yes } }

shopper -> api
api -> ledger : writes { op: insert }
\`\`\`

Measurements may be lost, and captured rows are still in their database:

\`\`\`lintel
data Reading { class: metric, key: sensor-id }
data Order { class: order, key: order-id }
client sensor
service ingest { replicas: 3 }
service api { replicas: 3 }
database ledger uses postgres { stores: Order, replicas: 3 }
log readings uses kafka { partitions: 12, key: sensor-id, replication-factor: 3 }
log changes uses kafka { partitions: 12, key: order-id, replication-factor: 3 }

sensor -> ingest
ingest ~> readings : publishes { data: Reading }
sensor -> api
api -> ledger : writes { op: insert }
ledger ~> changes : captures
\`\`\`

## How to fix

- On a log: \`min-isr: 2\` with \`replication-factor: 3\` and \`acks: all\`. One broker may then fail without a loss and without a standstill.
- In a database: \`sync: quorum\`, or \`sync: sync\` where a standstill is better than a loss.
- Or state what may be lost, \`rpo: 5s\` or \`tolerates: loss\`: then it is in the table of the axes, and nobody is surprised.

## Sources

- Apache Kafka documentation, [min.insync.replicas](https://kafka.apache.org/documentation/#topicconfigs_min.insync.replicas): 1 by default
- PostgreSQL documentation, [Synchronous Replication](https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION)
- Redis documentation, [Replication](https://redis.io/docs/latest/operate/oss_and_stack/management/replication/): WAIT does not make it strongly consistent
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, "Synchronous Versus Asynchronous Replication"
`,
  'overlap-is-not-linearizable': `# overlap-is-not-linearizable

## Why

Two majorities always share a copy, so a read meets the last write that was finished. That is often taken for more: that writes stand in one
order, that a read and a write make a compare-and-set, that a name is given out once. It is not so. Two inserts of the same name, a millisecond
apart, each reach a majority and each are told "done"; then the one with the later timestamp replaces the other.

It fires on a store without a leader whose quorums overlap, where somebody counts on agreement: \`consistency: linearizable\` (or \`serializable\`,
\`strict\`) on the data, a flow or the store itself, a lock that is taken there, or an invariant such as \`unique(name)\`. And only where something
is known that breaks it: the later timestamp wins (\`conflict: lww\`), copies that stand in for absent ones count (\`sloppy: yes\`), reads repair
nothing before they answer, or several regions write at once. Where the quorums do not even overlap, \`quorum-does-not-overlap\` says so.

## Fires on

A name that is to be given out once:

\`\`\`lintel
data Username { class: identity, key: handle, invariants: unique(handle) }
client visitor
service signup { replicas: 4 }
database usernames uses cassandra { replication-factor: 3, stores: Username }
//       ^^^^^^^^^ error overlap-is-not-linearizable: \`usernames\` is written at \`quorum\`: such quorums overlap, but they do not agree. Of two writes at once both are told that they succeeded, and the later timestamp wins, though \`unique(handle)\` is to hold there

visitor -> signup
signup -> usernames : reads { consistency: quorum }
signup -> usernames : writes { consistency: quorum, op: insert }
\`\`\`

A balance that is required to be linearizable, at majorities on both sides:

\`\`\`lintel
data Balance { key: account-id, consistency: linearizable }
client customer
service bank { replicas: 4 }
database accounts uses cassandra { replication-factor: 3, stores: Balance }
//       ^^^^^^^^ error overlap-is-not-linearizable: is read and written at \`quorum\`: such quorums overlap, but they do not agree

customer -> bank
bank -> accounts : reads { consistency: quorum }
bank -> accounts : writes { consistency: quorum, op: upsert }
\`\`\`

A claim of the store itself, with copies that stand in for absent ones:

\`\`\`lintel
client app
service api { replicas: 4 }
database state { replication: leaderless, n: 3, r: 2, w: 2, sloppy: yes, consistency: linearizable }
//       ^^^^^ error overlap-is-not-linearizable: A write also counts copies that only stand in for absent ones

app -> api
api -> state : reads
api -> state : writes { op: upsert }
\`\`\`

## Stays silent on

The insert is a lightweight transaction: the copies agree before the answer.

\`\`\`lintel
data Username { class: identity, key: handle, invariants: unique(handle) }
client visitor
service signup { replicas: 4 }
database usernames uses cassandra { replication-factor: 3, stores: Username }

visitor -> signup
signup -> usernames : reads { consistency: quorum }
signup -> usernames : writes { consistency: serial, op: insert, if: not-exists }
\`\`\`

People see their own writes, and nobody asks for more:

\`\`\`lintel
data Profile { key: user-id, consistency: session }
client app
service users { replicas: 4 }
database profiles uses cassandra { replication-factor: 3, stores: Profile }

app -> users
users -> profiles : reads { consistency: quorum }
users -> profiles : writes { consistency: quorum, op: upsert }
\`\`\`

One writer that runs once: there are no two writes at once.

\`\`\`lintel
data Rate { key: currency, consistency: linearizable }
client trader
service desk { replicas: 4 }
service feed { replicas: 1, singleton: yes }
database rates uses cassandra { replication-factor: 3, stores: Rate }

trader -> desk
desk -> rates : reads { consistency: quorum }
feed -> rates : writes { consistency: quorum, op: upsert }
\`\`\`

How often the writer runs is said to be unknown: it may be once.

\`\`\`lintel
data Rate { key: currency, consistency: linearizable }
client trader
service desk { replicas: 4 }
service feed { replicas: unknown }
database rates uses cassandra { replication-factor: 3, stores: Rate }

trader -> desk
desk -> rates : reads { consistency: quorum }
feed -> rates : writes { consistency: quorum, op: upsert }
\`\`\`

A store that agrees on each write:

\`\`\`lintel
data Balance { key: account-id, consistency: linearizable }
client customer
service bank { replicas: 4 }
database accounts uses cockroachdb { replication-factor: 3, stores: Balance }

customer -> bank
bank -> accounts : reads
bank -> accounts : writes { op: update, if: version }
\`\`\`

## How to fix

- Let these operations agree before they answer: \`consistency: serial\`, in Cassandra a lightweight transaction (\`IF NOT EXISTS\`). The fix
  sets it on what is concerned; it costs several round trips, so keep it to what needs it.
- Or keep this data in a store that agrees on every write (\`replication: consensus\`).
- Or promise what overlapping quorums do give: \`consistency: session\`.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 9, "Linearizability and quorums"
- Kingsbury, [Jepsen: Cassandra](https://aphyr.com/posts/294-jepsen-cassandra) (2013)
- DeCandia et al., [Dynamo](https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf) (SOSP 2007), §4.6
`,
  'session-guarantee-broken': `# session-guarantee-broken

## Why

A replica that is 800 ms behind is as good as the leader for everybody, except for the one person who has just pressed "Save". They are
acknowledged by the leader, the page reloads from the replica, and their change is gone. It comes back a second later, which helps nobody who
has already typed it again.

The rule pairs what people write with what the same people read afterwards: earlier in the same flow, in a flow that is said to come before
(\`after: "Edit profile"\`), or, where \`read-your-writes\` or session consistency is stated, in any flow of the same client. It asks whether the
read goes to a place that gets the write later: a follower, a cache that keeps its entry, an index that is not refreshed yet, or a view that is
filled over a change stream or a queue. What ties the two together is counted in: a session's position or version, the leader for a while,
an invalidation as part of the write, or enough time between (\`min-gap\`). A page that shows its own change (\`optimistic-ui: yes\`) is safe until
it is loaded again.

Who asks for it: \`requires: read-your-writes\`, \`consistency: session\` or \`monotonic\`, or a class whose owner sees what they wrote (content,
messages, files, and the acting person's own orders or money). Where only the class asks and the design does not show which write comes before
which read, it is a warning, and only for people's own data (\`scoped-by: user\`).

## Fires on

The profile is saved on the leader and shown from a replica:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app
service users
database profiles uses postgres { stores: Profile, replicas: 3, lag { p99: 800ms } }

app -> users
users -> profiles : writes { op: update, if: version }
users -> profiles : reads { consistency: follower }
//^^^^^^^^^^^^^^^ error session-guarantee-broken: In "Edit profile", \`users\` writes \`profiles\` and then reads a replica of \`profiles\` that may be 800ms behind: the one who wrote may not see the change, though \`Profile\` has class user-content.

flow "Edit profile" {
  app -> users
  users -> profiles : writes
  users -> profiles : reads
}
\`\`\`

The list of one's orders is a projection, and it is opened right after the order was placed. The page that shows its own change is gone by then:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper { optimistic-ui: yes }
service api
database ledger uses postgres { stores: Order, replicas: 3 }
log changes uses kafka
worker projector
database history uses dynamodb { stores: Order, derived: yes }

shopper -> api
api -> ledger : writes { op: insert, idempotent: order-id }
ledger ~> changes : captures
changes ~> projector : delivers { lag { p99: 2s } }
projector -> history : writes { op: upsert }
api -> history : reads
//^^^^^^^^^^^^ error session-guarantee-broken: \`api\` writes \`ledger\` in "Place an order", and reads \`history\`, which is filled from \`ledger\` up to 2s later in "My orders" just afterwards

flow "Place an order" {
  shopper -> api
  api -> ledger : writes
}
flow "My orders" {
  after: "Place an order"
  shopper -> api
  api -> history : reads
}
\`\`\`

A cache that nobody tells; the settings page is said to need one's own writes:

\`\`\`lintel
data Settings { key: user-id, requires: read-your-writes }
client app
service api
cache fast uses redis { pattern: cache-aside, ttl: 10min, rebuild-from: settings, stores: Settings }
database settings uses postgres { stores: Settings }

app -> api
api -> settings : writes { op: update, if: version }
api -> fast : reads
//^^^^^^^^^ error session-guarantee-broken: reads \`fast\`, which keeps an entry for 10min and is not told of changes
\`\`\`

Two followers, each as far behind as it happens to be:

\`\`\`lintel
data Thread { key: thread-id, consistency: monotonic }
client reader
service forum
database posts uses postgres { stores: Thread, replicas: 3, read-from: any }

reader -> forum
forum -> posts : writes { op: insert }
forum -> posts : reads
//^^^^^^^^^^^^ error session-guarantee-broken: a person can see something and a moment later no longer see it
\`\`\`

People's own data, but nothing says that they look at once:

\`\`\`lintel
data Note { class: user-content, key: note-id, scoped-by: user }
client app
service notes
database store uses postgres { stores: Note, replicas: 2 }

app -> notes
notes -> store : writes { op: update, if: version }
notes -> store : reads { consistency: follower }
//^^^^^^^^^^^^ warning session-guarantee-broken: In the requests of \`app\`, \`notes\` writes \`store\` and reads a replica of \`store\` that may be behind
\`\`\`

## Stays silent on

The leader answers for longer than the replica can be behind; or the position of the write goes along:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
data Post { class: user-content, key: post-id }
client app
service users
database profiles uses postgres { stores: Profile, replicas: 3, lag { p99: 800ms } }
database posts uses postgres { stores: Post, replicas: 3, lag { p99: 800ms } }

app -> users
users -> profiles, posts : writes { op: update, if: version }
users -> profiles : reads { consistency: follower, read-after-write: leader(2s) }
users -> posts : reads { consistency: follower, session: lsn-token }

flow "Edit profile" {
  app -> users
  users -> profiles : writes
  users -> profiles : reads
}
flow "Edit a post" {
  app -> users
  users -> posts : writes
  users -> posts : reads
}
\`\`\`

The page shows its own change, and nobody reloads it here:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app { optimistic-ui: yes }
service users
database profiles uses postgres { stores: Profile, replicas: 3, lag { p99: 800ms } }

app -> users
users -> profiles : writes { op: update, if: version }
users -> profiles : reads { consistency: follower }

flow "Edit profile" {
  app -> users
  users -> profiles : writes
  users -> profiles : reads
}
\`\`\`

The writer clears the cache as part of the write:

\`\`\`lintel
data Settings { key: user-id, requires: read-your-writes }
client app
service api
cache fast uses redis { pattern: cache-aside, ttl: 10min, rebuild-from: settings, stores: Settings }
database settings uses postgres { stores: Settings }

app -> api
api -> settings : writes { op: update, if: version }
api -> fast : invalidates
api -> fast : reads
\`\`\`

The writer puts the new value into the cache as well:

\`\`\`lintel
data Settings { key: user-id, requires: read-your-writes }
client app
service api
cache fast uses redis { pattern: cache-aside, ttl: 10min, rebuild-from: settings, stores: Settings }
database settings uses postgres { stores: Settings }

app -> api
api -> settings : writes { op: update, if: version }
api -> fast : writes { op: upsert, apply: if-newer(version) }
api -> fast : reads

flow "Save" {
  app -> api
  api -> settings : writes
  api -> fast : writes
}
flow "Look" {
  app -> api
  api -> fast : reads
}
\`\`\`

Others read it later: editors write, visitors read, and the visitors have written nothing:

\`\`\`lintel
data Article { class: user-content, key: article-id }
client editor
client visitor
service cms
database articles uses postgres { stores: Article, replicas: 3, lag { p99: 800ms } }

editor, visitor -> cms
cms -> articles : writes { op: update, if: version }
cms -> articles : reads { consistency: follower }

flow "Publish" {
  editor -> cms
  cms -> articles : writes
}
flow "Read" {
  visitor -> cms
  cms -> articles : reads
}
\`\`\`

A feed may be late, for the author too:

\`\`\`lintel
data Post { class: feed, key: user-id }
client app
service feeds
database posts uses postgres { stores: Post, replicas: 3, lag { p99: 5s } }

app -> feeds
feeds -> posts : writes { op: insert }
feeds -> posts : reads { consistency: follower }

flow "Post and look" {
  app -> feeds
  feeds -> posts : writes
  feeds -> posts : reads
}
\`\`\`

Whether the flow waits for the new value to be in the cache is said to be unknown. If it does, it is there:

\`\`\`lintel
data Settings { key: user-id, requires: read-your-writes }
client app
service api
cache fast uses redis { pattern: cache-aside, ttl: 10min, rebuild-from: settings, stores: Settings }
database settings uses postgres { stores: Settings }

app -> api
api -> settings : writes { op: update, if: version }
api -> fast : writes { op: upsert, async: unknown }
api -> fast : reads

flow "Save" { app -> api }
\`\`\`

Where the flow begins is said to be unknown. It may be at the app, whose page in hand shows the change:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
client app { optimistic-ui: yes }
service users
database profiles uses postgres { stores: Profile, replicas: 3, lag { p99: 800ms } }

app -> users
users -> profiles : writes { op: update, if: version }
users -> profiles : reads { consistency: follower }

flow "Edit profile" {
  entry: unknown
  app -> users
  users -> profiles : writes
  users -> profiles : reads
}
\`\`\`

## How to fix

- Read the leader for a while after a person's own write: \`read-after-write: leader(2s)\`, for longer than the replica can be behind.
- Pass the position or version of the write along, and let the read wait for it: \`session: lsn-token\`, \`session: version-floor\`.
- Invalidate the cache as part of the write, before the answer.
- Keep a person with one replica (\`session: sticky\`), so that at least time does not go backwards.
- Or state \`tolerates: staleness\`, where people know that it takes a while.

## Sources

- Terry et al., *Session Guarantees for Weakly Consistent Replicated Data* (PDIS 1994)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, "Problems with Replication Lag"
- Jepsen, [Read Your Writes](https://jepsen.io/consistency/models/read-your-writes)
`,
  'check-then-act-on-stale-read': `# check-then-act-on-stale-read

## Why

"Is the seat free?" is asked of the cache, because it is fast, and "book it" goes to the database. In the seconds between the two, and for as
long as the cache keeps its entry, the answer may be wrong, and the database is not asked again. Both buyers were told yes.

The rule looks for a read whose copy may be behind (a follower, a cache that nobody told, an index before its refresh, a view that is filled
later) and for a write to the store that the copy is made from, by the same component or by one further down the same flow, that carries no
condition. The read must decide: it says so (\`decides: yes\`, on the read or its reader), or one flow names the read before the write of the
same record, and the record can run out or be given twice (class money, inventory or entitlement, or \`invariants\`); where such a write adds
a record of its own it is a warning, and where it adds an amount it is none. A list that is only shown never fires.

What makes it right: the write checks again (\`if\`, a lightweight transaction, an invariant that the store keeps), the truth is asked before the
write, or a mistake can be taken back (\`compensate\`, a saga, a reservation that \`expires\`, \`tolerates: conflicts\`).

## Fires on

Two buyers of one seat:

\`\`\`lintel
data Seat { class: inventory, key: seat-id }
client fan
service booking
cache seats uses redis { pattern: cache-aside, ttl: 30s, rebuild-from: hall, stores: Seat }
database hall uses postgres { stores: Seat, replicas: 3 }

fan -> booking
booking -> seats : reads "is it free" { decides: yes }
booking -> hall : writes { op: insert, idempotent: booking-id }
//^^^^^^^^^^^^^ error check-then-act-on-stale-read: In "Reserve", \`booking\` checks \`seats\`, which keeps an entry for 30s and is not told of changes, and then writes \`hall\` without a condition: two that see the same old value both go through, though \`Seat\` has class inventory.

flow "Reserve" {
  fan -> booking
  booking -> seats : reads
  booking -> hall : writes
}
\`\`\`

The balance is read from a follower, and another service books:

\`\`\`lintel
data Account { class: money, key: account-id, invariants: non-negative(balance) }
client customer
service transfers
service booking
database accounts uses postgres { stores: Account, replicas: 3, lag { p99: 200ms } }

customer -> transfers -> booking
transfers -> accounts : reads "is there enough" { consistency: follower, decides: yes }
booking -> accounts : writes { op: increment, idempotent: transfer-id }
//^^^^^^^^^^^^^^^^^ error check-then-act-on-stale-read: \`transfers\` checks a replica of \`accounts\` that may be 200ms behind, and on that \`booking\` writes \`accounts\` without a condition
\`\`\`

Where only the order of two steps says that the one decides the other, and the write adds a record of its own, it is asked:

\`\`\`lintel
data Voucher { class: entitlement, key: voucher-id }
client shopper
service vouchers
cache used uses redis { pattern: cache-aside, ttl: 60s, rebuild-from: ledger, stores: Voucher }
database ledger uses postgres { stores: Voucher, replicas: 3 }

shopper -> vouchers
vouchers -> used : reads
vouchers -> ledger : writes { op: insert, idempotent: order-id }
//^^^^^^^^^^^^^^^^ warning check-then-act-on-stale-read: if the one decides the other, two that see the same old value both go through

flow "Redeem" {
  shopper -> vouchers
  vouchers -> used : reads
  vouchers -> ledger : writes
}
\`\`\`

Of data without a class it is only asked, and only because the read says that it decides:

\`\`\`lintel
client admin
service rooms
search free uses elasticsearch { rebuild-from: calendar }
cdc feed uses debezium
database calendar uses postgres { replicas: 2 }

admin -> rooms
rooms -> free : reads { decides: yes }
rooms -> calendar : writes { op: insert }
//^^^^^^^^^^^^^^^ warning check-then-act-on-stale-read: \`rooms\` checks \`free\`, which is filled from \`calendar\` up to 1s later
calendar ~> feed : captures
feed -> free : writes { op: upsert }
\`\`\`

The cache says how long it takes until it hears of a change, and so that it is late:

\`\`\`lintel
data Node { class: inventory, key: node-name, invariants: non-negative(free-memory) }
service apiserver
coordinator store uses etcd { voters: 3, zones: 3, stores: Node }
cache informers { rebuild-from: store, invalidation { delay: 200ms } }
service placer

placer -> informers : reads { data: Node, decides: yes }
placer -> apiserver : calls "bind"
apiserver -> store  : writes "binding" { data: Node }
//^^^^^^^^^^^^^^^^ error check-then-act-on-stale-read

flow "Place a pod" {
  placer -> informers
  placer -> apiserver
}
\`\`\`

## Stays silent on

The insert asks again: the cache only saves the hopeless ones the way to the database.

\`\`\`lintel
data Seat { class: inventory, key: seat-id }
client fan
service booking
cache seats uses redis { pattern: cache-aside, ttl: 30s, rebuild-from: hall, stores: Seat }
database hall uses postgres { stores: Seat, replicas: 3 }

fan -> booking
booking -> seats : reads
booking -> hall : writes { op: insert, if: not-exists }

flow "Reserve" {
  fan -> booking
  booking -> seats : reads
  booking -> hall : writes
}
\`\`\`

The cache is shown, and the truth is asked before the write:

\`\`\`lintel
data Seat { class: inventory, key: seat-id }
client fan
service booking
cache seats uses redis { pattern: cache-aside, ttl: 30s, rebuild-from: hall, stores: Seat }
database hall uses postgres { stores: Seat, replicas: 3, isolation: serializable }

fan -> booking
booking -> seats : reads
booking -> hall : reads { consistency: leader, tx: book }
booking -> hall : writes { op: update, tx: book }

flow "Reserve" {
  fan -> booking
  booking -> seats : reads
  booking -> hall : reads
  booking -> hall : writes
}
\`\`\`

Overbooking is part of the business, and can be undone:

\`\`\`lintel
data Seat { class: inventory, key: seat-id, tolerates: conflicts }
data Room { class: inventory, key: room-id }
client guest
service booking
cache seats uses redis { pattern: cache-aside, ttl: 30s, rebuild-from: planes, stores: Seat }
cache rooms uses redis { pattern: cache-aside, ttl: 30s, rebuild-from: hotels, stores: Room }
database planes uses postgres { stores: Seat, replicas: 3 }
database hotels uses postgres { stores: Room, replicas: 3 }

guest -> booking
booking -> seats, rooms : reads
booking -> planes : writes { op: insert, idempotent: booking-id, saga: trip, step: 1, compensate: rebook }
booking -> hotels : writes { op: insert, idempotent: booking-id, saga: trip, step: 2, compensate: cancel }

flow "Book a trip" {
  guest -> booking
  booking -> seats : reads
  booking -> rooms : reads
  booking -> planes : writes
  booking -> hotels : writes
}
\`\`\`

A deposit shows the old balance and adds to it, whatever it was:

\`\`\`lintel
data Account { class: money, key: account-id }
client customer
service bank
database accounts uses postgres { stores: Account, replicas: 3, lag { p99: 200ms } }

customer -> bank
bank -> accounts : reads { consistency: follower }
bank -> accounts : writes { op: increment, idempotent: deposit-id }

flow "Pay in" {
  customer -> bank
  bank -> accounts : reads
  bank -> accounts : writes
}
\`\`\`

A price list on the screen decides nothing:

\`\`\`lintel
data Product { class: inventory, key: product-id }
client shopper
client clerk
service shop
cache list uses redis { pattern: cache-aside, ttl: 5min, rebuild-from: products, stores: Product }
database products uses postgres { stores: Product, replicas: 3 }

shopper, clerk -> shop
shop -> list : reads
shop -> products : writes { op: update, if: version }

flow "Look" {
  shopper -> shop
  shop -> list : reads
}
flow "Change a price" {
  clerk -> shop
  shop -> products : writes
}
\`\`\`

## How to fix

- Let the write check again: \`if: not-exists\` for a new record, \`if: version\` for a change. The fix adds it.
- Or let the store keep the rule: a unique constraint, a check that the balance stays above zero (\`invariants\` on the store).
- Or read the truth and write in one serializable transaction.
- Or let it happen and take it back: \`tolerates: conflicts\`, \`compensate\`, a reservation that \`expires\`.

## Sources

- Bailis et al., *Feral Concurrency Control: An Empirical Investigation of Modern Application Integrity* (SIGMOD 2015)
- Kubernetes API conventions, [Concurrency control and consistency](https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#concurrency-control-and-consistency)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 7, "Write Skew and Phantoms"
`,
  'conflict-resolution-loses-updates': `# conflict-resolution-loses-updates

## Why

A store that takes writes in several regions exchanges them afterwards. Two changes of one record within that delay meet, and somebody has to
decide. "The last by the clock wins" decides by dropping one of them: it was acknowledged, and it is gone without an error, a log line or a
metric.

It asks where changes of the same keys come from at least two regions, of data that must not be lost or whose conflicts matter. Records that are
only added, keys with a home region, and merges are right as they are.

## Fires on

A cart that two regions change, in a global table:

\`\`\`lintel
data Cart { class: order, key: user-id }
database carts uses dynamodb-global { stores: Cart }
//       ^^^^^ error conflict-resolution-loses-updates: \`carts\` takes writes of the same key in \`us\` and \`eu\`, and of two at the same time the last by the clock wins
region us { service shop-us { replicas: 3 } }
region eu { service shop-eu { replicas: 3 } }

shop-us -> carts : writes { op: upsert }
shop-eu -> carts : writes { op: upsert }
\`\`\`

Two leaders, and not a word about what happens to two writes at once:

\`\`\`lintel
data Profile { class: user-content, key: user-id }
database profiles { replication: multi-leader, stores: Profile }
//       ^^^^^^^^ error conflict-resolution-loses-updates: nothing says what becomes of two at the same time (\`conflict\`)
service users { replicas: 6, regions: [us, eu] }

users -> profiles : writes { op: update }
\`\`\`

Of data without a class it is only asked:

\`\`\`lintel
database settings uses cassandra { replication-factor: 3, regions: 2 }
//       ^^^^^^^^ warning conflict-resolution-loses-updates: in \`us\` and \`eu\`
region us { service app-us }
region eu { service app-eu }

app-us -> settings : writes { op: upsert, consistency: local-quorum }
app-eu -> settings : writes { op: upsert, consistency: local-quorum }
\`\`\`

## Stays silent on

Each cart has a home region; the other store merges:

\`\`\`lintel
data Cart { class: order, key: user-id }
data Wish { class: user-content, key: user-id }
database carts uses dynamodb-global { stores: Cart, write-home: user-id }
database wishes { replication: multi-leader, conflict: crdt, stores: Wish }
region us { service shop-us { replicas: 3 } }
region eu { service shop-eu { replicas: 3 } }

shop-us -> carts, wishes : writes { op: upsert }
shop-eu -> carts, wishes : writes { op: upsert }
\`\`\`

One region writes, the other only reads:

\`\`\`lintel
data Cart { class: order, key: user-id }
database carts uses dynamodb-global { stores: Cart }
region us { service shop-us { replicas: 3 } }
region eu { service shop-eu { replicas: 3 } }

shop-us -> carts : writes { op: upsert }
shop-eu -> carts : reads
\`\`\`

Events are only added, and presence may be overwritten:

\`\`\`lintel
data Event { class: message, key: event-id }
data Presence { class: presence, key: user-id }
database events uses dynamodb-global { stores: Event }
database presence uses dynamodb-global { stores: Presence }
region us { service chat-us { replicas: 3 } }
region eu { service chat-eu { replicas: 3 } }

chat-us -> events : writes { op: insert }
chat-eu -> events : writes { op: insert }
chat-us -> presence : writes { op: upsert }
chat-eu -> presence : writes { op: upsert }
\`\`\`

## How to fix

- Let one region write each key: \`write-home: user-id\`. Others send their writes there.
- Merge instead of choosing: a set or a counter as a CRDT, siblings that the application merges, versions that refuse the second write.
- Or a store that agrees before it acknowledges (\`replication: consensus\`, multi-Region strong consistency), at the price of a round trip.
- Or state \`tolerates: conflicts\`, where the older of two changes is no loss.

## Sources

- Amazon DynamoDB Developer Guide, [Global tables: how they work](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html)
- DeCandia et al., [Dynamo](https://www.allthingsdistributed.com/files/amazon-dynamo-sosp2007.pdf) (SOSP 2007), §4.4
- Shapiro et al., [Conflict-free Replicated Data Types](https://inria.hal.science/inria-00609399) (2011)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, "Handling Write Conflicts"
`,
  'invariant-without-coordination': `# invariant-without-coordination

## Why

Some rules are true of each record by itself; a store that exchanges its writes later can keep those. Others are true only of all writes
together: a name is given out once, stock never falls below zero, no more than ten get in. Two places that each check what they know both say
yes, and afterwards the rule is broken and two people have been told that they have it. No merge can give the seat to both.

It takes the \`invariants\` of data and stores and asks how the store takes the writes that could break them: with several leaders or in several
regions that exchange them afterwards, without a leader and without agreement, on both sides of a cut, or on shards that each see only their own
records (\`unique(email)\` in a table that is split by \`user-id\`).

Right as they are: one home for each key (\`write-home\`), a share for each place (\`escrow\`), a reservation that can be taken back (\`saga\`,
\`compensate\`, \`expires\`), ids that are made so that no two can be alike, and overshoot that is put up with (\`tolerates: conflicts\`) and settled
later.

## Fires on

Stock that two regions sell from:

\`\`\`lintel
data Stock { class: inventory, key: sku, invariants: non-negative(stock) }
database inventory { replication: multi-leader, conflict: crdt, stores: Stock }
//       ^^^^^^^^^ error invariant-without-coordination: \`non-negative(stock)\` of \`Stock\` is to hold in \`inventory\`, which takes writes in \`us\` and \`eu\` without asking the other first: both can take the last of \`stock\`.
region us { service shop-us { replicas: 3 } }
region eu { service shop-eu { replicas: 3 } }

shop-us -> inventory : writes { op: increment, idempotent: order-id }
shop-eu -> inventory : writes { op: increment, idempotent: order-id }
\`\`\`

A store without a leader, and a limit:

\`\`\`lintel
data Ticket { class: inventory, key: event-id, invariants: at-most(500) }
client fan
service gate { replicas: 6 }
database tickets { replication: leaderless, n: 3, r: 1, w: 1, stores: Ticket }
//       ^^^^^^^ error invariant-without-coordination: 6 copies of \`gate\` can write at the same time, and two of them can let in number 500

fan -> gate
gate -> tickets : writes { op: append, idempotent: ticket-id }
\`\`\`

An address that is to be unique over all shards, each of which sees its own:

\`\`\`lintel
data User { class: identity, key: user-id, invariants: unique(email) }
client visitor
service signup { replicas: 4 }
database users uses postgres { stores: User, shards: 16, key: user-id, partitioning: hash, replicas: 3 }
//       ^^^^^ error invariant-without-coordination: is to hold in \`users\`, which is split into 16 shards by \`user-id\`: each shard sees only its own records, so the same \`email\` can be given out on two of them

visitor -> signup
signup -> users : writes { op: insert, idempotent: user-id }
\`\`\`

## Stays silent on

Each item has one region that sells it, and in the other store each region has a share of its own:

\`\`\`lintel
data Stock { class: inventory, key: sku, invariants: non-negative(stock) }
data Voucher { class: inventory, key: campaign, invariants: at-most(10000) }
database inventory { replication: multi-leader, conflict: crdt, stores: Stock, write-home: sku }
database vouchers { replication: multi-leader, conflict: crdt, stores: Voucher, escrow { limit: 5000, per: region } }
region us { service shop-us { replicas: 3 } }
region eu { service shop-eu { replicas: 3 } }

shop-us -> inventory, vouchers : writes { op: increment, idempotent: order-id }
shop-eu -> inventory, vouchers : writes { op: increment, idempotent: order-id }
\`\`\`

One leader checks each write, and the address is claimed in a table that is keyed by it:

\`\`\`lintel
data User { class: identity, key: user-id, invariants: unique(email) }
data Claim { class: identity, key: email }
client visitor
service signup { replicas: 4 }
database claims uses postgres { stores: Claim, key: email }
database users uses postgres { stores: User, shards: 16, key: user-id, partitioning: hash, replicas: 3 }

visitor -> signup
signup -> claims : writes { op: insert, if: not-exists, tx: join }
signup -> users : writes { op: insert, idempotent: user-id, tx: join }
\`\`\`

Cash machines that pay small sums while they are cut off, and are settled later:

\`\`\`lintel
data Account { class: money, key: account-id, invariants: non-negative(balance), tolerates: conflicts }
database accounts { stores: Account, replicas: 2, on-partition: accept-both, conflict: merge }
service machine { replicas: 2, escrow { limit: 200, per: machine } }

machine -> accounts : writes { op: increment, idempotent: withdrawal-id }
\`\`\`

A leader for the whole, and a rule about each record in a store that is split:

\`\`\`lintel
data Account { class: money, key: account-id, invariants: non-negative(balance) }
client customer
service bank { replicas: 4 }
database accounts uses postgres { stores: Account, shards: 16, key: account-id, partitioning: hash, replicas: 3 }

customer -> bank
bank -> accounts : writes { op: increment, idempotent: transfer-id, if: version }
\`\`\`

Order ids that no two instances can make alike:

\`\`\`lintel
data Order { class: order, key: order-id, invariants: unique(number) }
client shopper
service shop { replicas: 4, worker-id: leased, worker-bits: 10 }
database orders uses postgres { stores: Order, shards: 16, key: order-id, partitioning: hash, replicas: 3 }

shopper -> shop
shop -> orders : writes { op: insert, idempotent: order-id }
\`\`\`

## How to fix

Which one is a choice of the business, so there is no mechanical fix:

- Decide in one place: a home region for each key (\`write-home\`), one leader, one partition of a log for each key.
- Give each place a share that it may hand out without asking (\`escrow\`), and move shares between them.
- Keep it in a store that agrees before it answers (\`replication: consensus\`), at the price of a round trip.
- Over shards: claim each value in a table that is keyed by it.
- Or let it happen and settle it: bound what a place may do alone, reconcile, and state \`tolerates: conflicts\`.

## Sources

- Bailis et al., [Coordination Avoidance in Database Systems](https://www.vldb.org/pvldb/vol8/p185-bailis.pdf) (VLDB 2014)
- O’Neil, *The Escrow Transactional Method* (ACM TODS 1986)
- Brewer, [CAP Twelve Years Later](https://www.infoq.com/articles/cap-twelve-years-later-how-the-rules-have-changed/) (2012)
`,
  'repair-slower-than-tombstone-grace': `# repair-slower-than-tombstone-grace

## Why

Without a leader, a deletion is a record of its own, a tombstone, that every copy must hear of. After a while (Cassandra: ten days) it is
dropped. A copy that was away when the deletion came, and that is compared with the others only after that, still has the old record, and
repair hands it to all of them: the deleted comes back, with a person's data in it perhaps.

It asks only where something says that records are deleted: \`op: delete\` on a write, or a \`ttl\` or \`retention\` of the store or its data.

## Fires on

Repaired every two weeks, forgotten after ten days:

\`\`\`lintel
data Session { class: session, key: user-id }
service api
database sessions uses cassandra { replication-factor: 3, stores: Session, repair-interval: 14d }
//                                                                         ^^^^^^^^^^^^^^^^^^^^ error repair-slower-than-tombstone-grace: \`sessions\` is repaired every 14d and forgets a deletion after 10d

api -> sessions : writes { op: delete, consistency: quorum }
\`\`\`

Not repaired at all:

\`\`\`lintel
service api
database files { replication: leaderless, n: 3, r: 2, w: 2, tombstone-grace: 24h, repair-interval: none, retention: 90d }
//                                                                                ^^^^^^^^^^^^^^^^^^^^^ error repair-slower-than-tombstone-grace: \`files\` is never repaired and forgets a deletion after 24h

api -> files : writes { op: upsert }
\`\`\`

## Stays silent on

Repaired every week:

\`\`\`lintel
service api
database sessions uses cassandra { replication-factor: 3, repair-interval: 7d }

api -> sessions : writes { op: delete, consistency: quorum }
\`\`\`

Nothing is ever deleted, and where it is, nodes that were away start empty:

\`\`\`lintel
service api
database readings uses cassandra { replication-factor: 3, repair-interval: 30d }
database sessions uses cassandra { replication-factor: 3, repair-interval: 14d, stale-node: replace }

api -> readings : writes { op: insert, consistency: one }
api -> sessions : writes { op: delete, consistency: quorum }
\`\`\`

How often it is repaired is not stated:

\`\`\`lintel
service api
database sessions uses cassandra { replication-factor: 3 }

api -> sessions : writes { op: delete, consistency: quorum }
\`\`\`

## How to fix

- Repair every copy well within the grace, so that one repair may fail: \`repair-interval: 7d\` for ten days. The fix takes about 70% of it.
- Or replace a node that was away for longer than hints are kept: \`stale-node: replace\`.
- Or remember deletions for longer (\`tombstone-grace\`): reads then step over more of them.

## Sources

- Apache Cassandra documentation, [Tombstones: preventing data resurrection](https://cassandra.apache.org/doc/latest/cassandra/managing/operating/compaction/tombstones.html)
- Apache Cassandra documentation, [Repair](https://cassandra.apache.org/doc/latest/cassandra/managing/operating/repair.html)
`,
  'claims-ca': `# claims-ca

## Why

Consistency and availability are no two of three to pick at leisure. Networks are cut, and then a store either refuses on one side or lets two
truths grow. A design that promises linearizable data and writes on both sides of a cut has not decided yet; the network will.

It compares what is promised about the same data: \`consistency: linearizable\` (of the store, or of data that it stores) with
\`available-under: partition\`, \`on-partition: accept-both\`, or \`active-active: yes\` without anybody who refuses. A number, \`availability:
99.999%\`, is no such promise: stores that refuse on the smaller side reach it.

## Fires on

Both promises in one line:

\`\`\`lintel
data Account { class: money, key: account-id }
database accounts { stores: Account, replicas: 3, consistency: linearizable, available-under: partition }
//                                                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^ error claims-ca: \`accounts\` promises linearizable reads and takes writes on both sides of a cut (\`available-under: partition\`)
service bank { replicas: 3 }

bank -> accounts : writes { op: insert }
\`\`\`

The data promises one thing, the store in which it is does another:

\`\`\`lintel
data Seat { class: inventory, key: seat-id, consistency: linearizable }
database seats { stores: Seat, regions: 2, replication: multi-leader, conflict: reject, on-partition: accept-both }
//                                                                                      ^^^^^^^^^^^^^^^^^^^^^^^^^ error claims-ca: promises linearizable \`Seat\`
service sell { replicas: 3 }

sell -> seats : writes { op: insert }
\`\`\`

On one machine the question does not arise:

\`\`\`lintel
database notes { replicas: 1, consistency: linearizable, available-under: [partition, node-loss] }
//                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ info claims-ca: \`notes\` is one copy
service app

app -> notes : writes { op: insert }
\`\`\`

## Stays silent on

The smaller side refuses, and it is available to 99.999% all the same:

\`\`\`lintel
data Account { class: money, key: account-id, consistency: linearizable }
database accounts {
  stores: Account, replication: consensus, voters: 5, zones: 3
  consistency: linearizable, on-partition: refuse-minority, availability: 99.999%
}
service bank { replicas: 3 }

bank -> accounts : writes { op: insert }
\`\`\`

Both sides write, and nobody promises that they agree at once:

\`\`\`lintel
data Cart { class: user-content, key: user-id }
database carts {
  stores: Cart, regions: 2, replication: multi-leader, conflict: crdt, consistency: causal, on-partition: accept-both
}
service shop { replicas: 3 }

shop -> carts : writes { op: upsert }
\`\`\`

Two cash machines that pay small sums while they are cut off, and settle later:

\`\`\`lintel
data Withdrawal { class: money, key: withdrawal-id, consistency: linearizable, tolerates: conflicts }
database withdrawals { stores: Withdrawal, replicas: 2, on-partition: accept-both, conflict: merge }
service machine { replicas: 2 }

machine -> withdrawals : writes { op: insert }
\`\`\`

## How to fix

- Let the smaller side refuse: \`on-partition: refuse-minority\`. Its users wait or see an error while the network is cut.
- Or promise less: \`consistency: causal\` or \`eventual\`, and say what becomes of two writes (\`conflict: crdt\`).
- Or bound what both sides may do while they are cut off, reconcile afterwards, and state \`tolerates: conflicts\`.

## Sources

- Gilbert and Lynch, [Brewer’s Conjecture](https://dl.acm.org/doi/10.1145/564585.564601) (2002)
- Brewer, [CAP Twelve Years Later](https://www.infoq.com/articles/cap-twelve-years-later-how-the-rules-have-changed/) (2012)
- Brewer, [Spanner, TrueTime and the CAP Theorem](https://research.google/pubs/spanner-truetime-and-the-cap-theorem/) (2017)
`,
  'lost-update': `# lost-update

## Why

Ann and Ben open the same page. Ann changes the title, Ben the text, and both save. The second one saves the whole record as it was when they
opened it, and so puts the first one's change back. Nobody gets an error, and read-committed transactions, the default of most databases, do
not notice either.

It fires where one flow names a read of a record and after it a write of the whole of it by the same component (\`op: update\` or \`upsert\`), where
two can do so at once (several copies, or another component that changes the same data), and nothing stands between: no \`if: version\`, no
transaction (\`tx\`, or an isolation that sees one moment), no lock, no merge (\`conflict: crdt\`), and no order that brings each key's changes
to one place. It is an error where the data must not be lost, and a warning otherwise.

## Fires on

A wiki on several servers:

\`\`\`lintel
data Page { class: user-content, key: page-id }
client author
service wiki { replicas: 6 }
database pages uses postgres { stores: Page, replicas: 3 }

author -> wiki
wiki -> pages : reads { by: page-id }
wiki -> pages : writes { op: update }
//^^^^^^^^^^^ error lost-update: In "Edit", \`wiki\` reads a \`Page\` from \`pages\` and writes the whole of it back (\`op: update\`), and 6 copies of \`wiki\` change it: what one of two changes in between, the other puts back to what it was, though \`Page\` has class user-content.

flow "Edit" {
  author -> wiki
  wiki -> pages : reads
  wiki -> pages : writes
}
\`\`\`

Two components change the same profile, one of them read from the cache:

\`\`\`lintel
data Profile { key: user-id }
client app
service users
worker import
queue jobs uses sqs
queue parked uses sqs
cache fast uses redis { pattern: cache-aside, ttl: 60s, invalidation: delete, rebuild-from: profiles, stores: Profile }
database profiles uses mongodb { stores: Profile }

app -> users
users -> profiles : reads { by: user-id }
users -> profiles : writes { op: upsert }
//^^^^^^^^^^^^^^^ warning lost-update: \`users\` and \`import\` both change it
users ~> jobs ~> import
jobs ~> parked : dead-letters
import -> profiles : writes { op: update }

flow "Edit" {
  app -> users
  users -> profiles : reads
  users -> profiles : writes
}
\`\`\`

## Stays silent on

The write is taken only if nobody has written since:

\`\`\`lintel
data Page { class: user-content, key: page-id }
client author
service wiki { replicas: 6 }
database pages uses postgres { stores: Page, replicas: 3 }

author -> wiki
wiki -> pages : reads { by: page-id }
wiki -> pages : writes { op: update, if: version }

flow "Edit" {
  author -> wiki
  wiki -> pages : reads
  wiki -> pages : writes
}
\`\`\`

One transaction around both, and a lock around the other two:

\`\`\`lintel
data Page { class: user-content, key: page-id }
data Plan { class: user-content, key: plan-id }
client author
service wiki { replicas: 6 }
service plans { replicas: 6 }
coordinator locks uses etcd { voters: 3 }
database pages uses postgres { stores: Page, replicas: 3 }
database plan-store uses postgres { stores: Plan, replicas: 3 }

author -> wiki
author -> plans
wiki -> pages : reads { tx: edit }
wiki -> pages : writes { op: update, tx: edit }
plans -> locks : locks { purpose: correctness, protects: plan-store, lease { ttl: 10s, renew: 3s } }
plans -> plan-store : reads
plans -> plan-store : writes { op: update, fencing: token }

flow "Edit a page" {
  author -> wiki
  wiki -> pages : reads
  wiki -> pages : writes
}
flow "Edit a plan" {
  author -> plans
  plans -> locks
  plans -> plan-store : reads
  plans -> plan-store : writes
}
\`\`\`

A counter that is raised in place, and a record that one copy at a time changes, because its messages come in order:

\`\`\`lintel
data Stock { class: inventory, key: product-id }
data Balance { class: money, key: account-id }
client shopper
service shop { replicas: 6 }
log entries uses kafka { partitions: 12, key: account-id, replication-factor: 3, min-isr: 2 }
queue parked uses sqs { alarm: depth }
worker ledger { replicas: 12, dedupe { key: entry-id, window: 30d, store: balances } }
database stock uses postgres { stores: Stock, replicas: 3 }
database balances uses postgres { stores: Balance, replicas: 3 }

shopper -> shop
shop -> stock : reads
shop -> stock : writes { op: increment, if: version, idempotent: order-id }
shop ~> entries : publishes { data: Balance }
entries ~> ledger : delivers { max-deliveries: 5, dead-letter: parked }
ledger -> balances : reads
ledger -> balances : writes { op: update }

flow "Buy" {
  shopper -> shop
  shop -> stock : reads
  shop -> stock : writes
}
flow "Book" {
  shop ~> entries ~> ledger
  ledger -> balances : reads
  ledger -> balances : writes
}
\`\`\`

A cache that is filled after a miss, and one field that is set:

\`\`\`lintel
data Page { class: user-content, key: page-id }
data User { class: identity, key: user-id }
client reader
service wiki { replicas: 6 }
cache fast uses redis { pattern: cache-aside, ttl: 60s, invalidation: delete, rebuild-from: pages, stores: Page }
database pages uses postgres { stores: Page, replicas: 3 }
database users uses postgres { stores: User, replicas: 3 }

reader -> wiki
wiki -> fast : reads
wiki -> pages : reads
wiki -> fast : writes { op: upsert }
wiki -> users : reads
wiki -> users : writes "last seen" { op: set }

flow "Look" {
  reader -> wiki
  wiki -> fast : reads
  when "it is not there" 10% { wiki -> pages : reads   wiki -> fast : writes }
}
flow "Log in" {
  reader -> wiki
  wiki -> users : reads
  wiki -> users : writes
}
\`\`\`

Nobody says that what is read is what is written:

\`\`\`lintel
data Page { class: user-content, key: page-id }
client author
service wiki { replicas: 6 }
database pages uses postgres { stores: Page, replicas: 3 }

author -> wiki
wiki -> pages : reads { by: tag }
wiki -> pages : writes { op: update }

flow "Tag pages" {
  author -> wiki
  wiki -> pages : reads
  wiki -> pages : writes
}
\`\`\`

## How to fix

- Write only if nobody has written since: \`if: version\`. The fix adds it; the loser reads again and tries once more.
- Change in place what changes: \`op: increment\`, or an update of one field (\`op: set\`).
- Read and write in one transaction that locks the record (\`select … for update\`), or under snapshot or serializable isolation.
- Merge: a CRDT, or both versions kept (\`conflict: siblings\`).
- Let one place change each key, in order: a log that is keyed by the record.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 7, "Preventing Lost Updates"
- Berenson et al., [A Critique of ANSI SQL Isolation Levels](https://www.microsoft.com/en-us/research/publication/a-critique-of-ansi-sql-isolation-levels/) (SIGMOD 1995)
- RFC 9110, *HTTP Semantics*, [If-Match](https://www.rfc-editor.org/rfc/rfc9110#name-if-match)
`,
  'single-point-of-failure': `# single-point-of-failure

## Why

Every flow is tried against the loss of each single thing it is expected to survive: one copy of a component, one host, and one zone where
zones are in use or the target is 99.95% or more; a region only where the flow says \`survives: region\`. What takes the flow down alone is
reported once, with the path that leads to it and all flows that fall with it.

It is an error where a flow promises an availability or says what it survives, or where the data's class may not be lost; otherwise it is a warning, because a sketch
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

Three zones are in use, and three things on the path stand in one of them: that is one finding, about the zone.

\`\`\`lintel
client user
load-balancer lb { replicas: 3, zones: 3 }

zone a {
//   ^ warning single-point-of-failure: The requests of \`user\` fail when zone \`a\` fails (\`user\` → \`lb\` → \`web\`): \`web\`, \`api\` and \`db\` run there and nowhere else
  service web { replicas: 3 }
  service api { replicas: 3 }
  database db uses postgres { replicas: 3 }
}
zone b { worker mailer { replicas: 2 } }

user -> lb -> web -> api -> db
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

A flow says that it survives a zone, and every named replica stands in the same one:

\`\`\`lintel
client user
service api { replicas: 3, zones: 3 }
database db uses postgres {
  replica first { zone: a, role: leader }
//                ^^^^^^^ error single-point-of-failure: "Use" fails when zone \`a\` fails (\`user\` → \`api\` → \`db\`): all copies of \`db\` are there, though it is to survive the loss of a zone
  replica second { zone: a, role: follower }
}

user -> api -> db

flow "Use" {
  survives: zone
  user -> api -> db
}
\`\`\`

The limiter counts in one place, and without its counter it lets nobody through:

\`\`\`lintel
client user
gateway edge { replicas: 3, rate-limit { limit: 100/s, per: client, state: shared, on-failure: closed } }
cache counters uses redis { role: rate-limiter, replicas: 1 }
//                                              ^^^^^^^^^^^ warning single-point-of-failure: The requests of \`user\` fail when \`counters\` fails
service api { replicas: 3 }

user -> edge -> api
edge -> counters
\`\`\`

A second copy brings a second pool, and both together are more than \`stock\` accepts. The fix makes the pools smaller as well:

\`\`\`lintel
client app
service orders { replicas: 1, restart: 5min }
//               ^^^^^^^^^^^ warning single-point-of-failure
database stock uses postgres { replicas: 2, sync: quorum, failover { mode: auto } }

app -> orders { timeout: 2s }
orders -> stock : writes { op: insert, timeout: 1s, pool: 64 }
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
service avatars { replicas: 1 }
service prices { replicas: 1 }
service price-list { replicas: 2 }

user -> api
api -> recommendations { criticality: soft, timeout: 50ms }
api -> prices { fallback: price-list }
api -> avatars

flow "Show a product" {
  availability: 99.9%
  user -> api
  api -> recommendations
  api -> prices
  when "somebody has logged in" 30% { api -> avatars }
}
\`\`\`

What starts by itself starts again: how late it may be is another question.

\`\`\`lintel
scheduler recon { replicas: 1 }
database ledger uses postgres { replicas: 3 }
external psp uses stripe

recon -> psp
recon -> ledger : reads

flow "Compare the books" {
  recon -> psp
  recon -> ledger : reads
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

Of one of two ways it is said to be unknown for how long its answer is good. It is a way all the same:

\`\`\`lintel
client shopper
dns names uses route53
region us-east {
  service shop { replicas: 6 }
}
region us-west {
  service shop-west { replicas: 6 }
}

shopper -> names { timeout: 1s }
names -> shop : routes { cache-validity: unknown }
names -> shop-west : routes

flow "Buy" {
  survives: region
  shopper -> names
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

The spare way needs the host twice: for signing in, and for the first way itself. What is told is the one that is no alternative:

\`\`\`lintel
client app
load-balancer spare { replicas: 2 }
host box {
  service sign-in
//        ^^^^^^^ error common-mode-dependency
  service shop
}

app -> shop { timeout: 1s }
shop -> spare : fails-over-to
spare -> sign-in : routes
spare -> shop : calls

flow "Shop" {
  availability: 99.9%
  app -> shop
}
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
  'availability-target-unreachable': `# availability-target-unreachable

## Why

What must all work at once fails as often as its parts do together: ten dependencies of 99.99% are 99.9%. A promise above that product is
broken in an ordinary month, without anything going wrong that somebody could mend.

The number is computed over the flow's graph of success: what is needed multiplies, of alternatives one is enough, and what several ways
share (a store below both, the region they stand in) is counted once. A takeover counts as often as it works (\`failover { coverage }\`). The
product ends where a queue has accepted the request. What says nothing about its availability counts as always there, so the number is the
best that can come of it: if even that is too little, the promise cannot be kept.

It is an error on what the design itself states. What providers promise of their own services (the defaults of technologies) is mostly kept
with room to spare: it is held against a design only where it overruns what the promise leaves by half, and then not as an error.

## Fires on

Four dependencies, none of them worse than three nines:

\`\`\`lintel
client shopper
service checkout { availability: 99.99% }
external psp { availability: 99.9% }
external tax { availability: 99.9% }
external fraud { availability: 99.95% }

shopper -> checkout { timeout: 5s }
checkout -> psp, tax, fraud { timeout: 1s }

flow "Checkout" {
  availability: 99.95%
//^^^^^^^^^^^^^^^^^^^^ error availability-target-unreachable: "Checkout" promises 99.95% (down 21.6min a month), but the 4 things that it cannot do without come to 99.74% at best (down 1.87h a month): \`psp\` 99.9%, \`tax\` 99.9%, \`fraud\` 99.95% and 1 more.
  shopper -> checkout
  checkout -> psp
  checkout -> tax
  checkout -> fraud
}
\`\`\`

A promise that is kept by one thing is kept by nobody else:

\`\`\`lintel
client clerk
external scores { availability: 99.5% }
service loans

clerk -> loans -> scores { timeout: 5s }

flow "Decide on a loan" {
  availability: 99.9%
//^^^^^^^^^^^^^^^^^^^ error availability-target-unreachable: it cannot do without \`scores\`, which is there 99.5% of the time (down 3.6h a month).
  clerk -> loans
}
\`\`\`

Two regions, and one store of names and passwords below both:

\`\`\`lintel
client user
dns names uses route53
region us { service api-us { replicas: 3 } }
region eu { service api-eu { replicas: 3 } }
external login { availability: 99.9% }

user -> names { timeout: 1s }
names -> api-us, api-eu : routes
api-us -> login { timeout: 1s }
api-eu -> login { timeout: 1s }

flow "Use" {
  availability: 99.99%
//^^^^^^^^^^^^^^^^^^^^ error availability-target-unreachable: it cannot do without \`login\`, which is there 99.9% of the time
  user -> names
}
\`\`\`

Two providers that are each down a week in a year, and a switch between them that works nine times in ten:

\`\`\`lintel
client app
gateway api { availability: 99.995% }
database main { availability: 98%, replicas: 3, failover { mode: auto, coverage: 90%, fencing: yes } }
database spare { availability: 98%, replicas: 3 }

app -> api { timeout: 2s }
api -> main : reads { timeout: 1s }
main -> spare : fails-over-to

flow "Look up" {
  availability: 99.9%
//^^^^^^^^^^^^^^^^^^^ error availability-target-unreachable: but what it needs, alternatives included, comes to 99.759% at best (down 1.74h a month): \`main\` 98%, the failover of \`main\` 90%, \`spare\` 98% and 1 more.
  app -> api -> main
}
\`\`\`

## Stays silent on

The product is just enough, and what is not known may be as good as one likes:

\`\`\`lintel
client shopper
service checkout
external psp { availability: 99.99% }
external tax { availability: 99.99% }
database orders { replicas: 3 }

shopper -> checkout { timeout: 5s }
checkout -> psp, tax { timeout: 1s }
checkout -> orders : writes { timeout: 1s }

flow "Checkout" {
  availability: 99.95%
  shopper -> checkout
  checkout -> psp
  checkout -> tax
  checkout -> orders : writes
}
\`\`\`

The weak ones are not waited for: an older answer, a soft arrow, a queue, one of two providers.

\`\`\`lintel
client shopper
service checkout { availability: 99.99% }
external tax { availability: 99% }
external reviews { availability: 95% }
external carrier { availability: 98% }
external visa { availability: 99% }
external amex { availability: 99% }
queue parcels { availability: 99.99%, alarm: age }
worker shipping

shopper -> checkout { timeout: 5s }
checkout -> tax { timeout: 300ms, fallback: stale(1d) }
checkout -> reviews { timeout: 100ms, criticality: soft }
checkout -> visa { timeout: 1s, fallback: amex }
checkout ~> parcels : publishes { timeout: 1s }
parcels ~> shipping : delivers { max-deliveries: 5, dead-letter: parked }
shipping -> carrier { timeout: 5s }
queue parked { retention: 14d, alarm: age }

flow "Checkout" {
  availability: 99.9%
  shopper -> checkout
  checkout -> tax
  checkout -> reviews
  checkout -> visa
  checkout ~> parcels
}
\`\`\`

Two providers' own promises of 99.9% and 99.99% under a promise of 99.9%: nobody redraws a system for that.

\`\`\`lintel
client reader
cdn edge uses cloudfront
gateway api
database pages uses dynamodb

reader -> edge -> api { timeout: 2s }
api -> pages { timeout: 1s }

flow "Read" {
  availability: 99.9%
  reader -> edge -> api -> pages
}
\`\`\`

## How to fix

- Take the largest contributor off the way: a \`fallback\`, a soft arrow, a queue whose work is finished after the answer.
- Give it a second way that fails independently of the first: another provider, another region.
- Promise what the parts allow. A rule of thumb: each critical dependency one nine better than the flow that needs it.

## Sources

- Treynor, Dahlin, Rau, Beyer, [*The Calculus of Service Availability*](https://queue.acm.org/detail.cfm?id=3096459), ACM Queue 15(2), 2017
- AWS, [Availability and Beyond: availability with dependencies](https://docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience/availability-with-dependencies.html)
`,
  'optional-dependency-is-hard': `# optional-dependency-is-hard

## Why

Suggestions, advertisements, counters, notices and flags are worth having, and nobody came for them. Where a flow waits for one of them and
has no answer without it, the least important part decides how available the most important one is.

Optional is what says \`criticality: optional\`; what has the role of a recommendation, advertisements, analytics, personalisation, a
notification, search suggestions or feature flags; a monitor; and what a flow about orders, money, messages or files only counts. Each is
taken out of the flow's graph: if the flow fails with it, and is not there for it, that is the finding.

A flow is about a component if it says so (\`needs\`), or if it does nothing beside the way to it and what lies behind it. A role is a guess,
and yields to whoever says on the arrow that it is hard; \`criticality: optional\` is no guess.

## Fires on

Nobody can pay while there are no suggestions:

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service recommendations { replicas: 3, role: recommendation }
database orders uses postgres { replicas: 3 }

shopper -> checkout { timeout: 2s }
checkout -> recommendations { timeout: 500ms }
//^^^^^^^^^^^^^^^^^^^^^^^^^ warning optional-dependency-is-hard: "Checkout" waits for \`recommendations\`, whose role is recommendation, and nothing stands in for it (\`shopper\` → \`checkout\` → \`recommendations\`): while it is down, all of it fails.
checkout -> orders : writes { timeout: 200ms }

flow "Checkout" {
  shopper -> checkout
  checkout -> recommendations
  checkout -> orders : writes
}
\`\`\`

What is called optional is not, and it keeps less than the flow promises:

\`\`\`lintel
client reader
service pages { replicas: 3 }
service avatars { replicas: 3, criticality: optional, availability: 99% }
database articles uses postgres { replicas: 3 }

reader -> pages { timeout: 2s }
pages -> articles : reads { timeout: 200ms }
pages -> avatars { timeout: 200ms }
//^^^^^^^^^^^^^^ warning optional-dependency-is-hard: and \`avatars\` is there 99% of the time where 99.5% is promised

flow "Read an article" {
  availability: 99.5%
//^^^^^^^^^^^^^^^^^^^ error availability-target-unreachable: it cannot do without \`avatars\`
  reader -> pages
  pages -> articles : reads
  pages -> avatars
}
\`\`\`

The video does not play while the counter is down, and neither does the one below it:

\`\`\`lintel
data Video { class: file, key: video-id }
data Views { class: view-count, key: video-id }

client viewer
service player { replicas: 4 }
service tally { replicas: 3 }
object-store videos uses s3 { stores: Video }
database counts uses postgres { replicas: 3, stores: Views }

viewer -> player { timeout: 5s }
player -> videos : reads { timeout: 1s }
player -> tally { timeout: 300ms, data: Views, op: increment }
//^^^^^^^^^^^^^ warning optional-dependency-is-hard: "Watch" waits for \`tally\`, where only \`Views\` (class view-count) goes
tally -> counts : writes { timeout: 200ms, op: increment }

flow "Watch" {
  viewer -> player
  player -> videos : reads
  player -> tally -> counts
}
\`\`\`

Two flows ask the flag store on every request:

\`\`\`lintel
client app
service api { replicas: 3 }
service flags { replicas: 3, role: feature-flags }
database accounts uses postgres { replicas: 3 }
database orders uses postgres { replicas: 3 }

app -> api { timeout: 2s }
api -> flags { timeout: 100ms }
//^^^^^^^^^^ warning optional-dependency-is-hard: "Log in" and "Order" wait for \`flags\`
api -> accounts : reads { timeout: 200ms }
api -> orders : writes { timeout: 200ms }

flow "Log in" {
  app -> api
  api -> flags
  api -> accounts : reads
}
flow "Order" {
  app -> api
  api -> flags
  api -> orders : writes
}
\`\`\`

\`pages\` has no time left for \`avatars\`: whoever waits for it gives up after two seconds, and the articles may take them all. How the two are divided is a
person's choice, so nothing is offered:

\`\`\`lintel
client reader
service pages { replicas: 3 }
service avatars { replicas: 3, criticality: optional }
database articles uses postgres { replicas: 3 }

reader -> pages { timeout: 2s }
pages -> articles : reads { timeout: 2s }
pages -> avatars
//^^^^^^^^^^^^^^ warning optional-dependency-is-hard

flow "Read an article" {
  reader -> pages
  pages -> articles : reads
  pages -> avatars
}
\`\`\`

## Stays silent on

It goes on without them: a fallback, a soft arrow, a message, a snapshot that outlives the source.

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service recommendations { replicas: 3, role: recommendation }
service ads { replicas: 3, role: ads }
service flags { replicas: 3, role: feature-flags }
service mailer { replicas: 2, role: notification }
queue mails uses sqs { alarm: age }
database orders uses postgres { replicas: 3 }

shopper -> checkout { timeout: 2s }
checkout -> recommendations { timeout: 50ms, fallback: empty }
checkout -> ads { timeout: 50ms, criticality: soft }
checkout -> flags { timeout: 100ms, cache-validity: 1h }
checkout -> orders : writes { timeout: 200ms }
checkout ~> mails : publishes { timeout: 200ms }
mails ~> mailer : delivers { max-deliveries: 5, dead-letter: parked }
queue parked uses sqs { retention: 14d, alarm: age }

flow "Checkout" {
  shopper -> checkout
  checkout -> recommendations
  checkout -> ads
  checkout -> flags
  checkout -> orders : writes
  checkout ~> mails
}
\`\`\`

People come for it: the flow is there for nothing else, or says so.

\`\`\`lintel
client shopper
service shop { replicas: 3 }
service recommendations { replicas: 3, role: recommendation }
database models uses postgres { replicas: 3 }
database profiles uses postgres { replicas: 3 }

shopper -> shop { timeout: 2s }
shop -> recommendations { timeout: 500ms }
recommendations -> models : reads { timeout: 200ms }
shop -> profiles : reads { timeout: 200ms }

flow "What might I like?" {
  shopper -> shop -> recommendations -> models
}
flow "Recommended for me" {
  needs: recommendations
  shopper -> shop
  shop -> profiles : reads
  shop -> recommendations -> models
}
\`\`\`

A record that the law wants before the deed, an arrow that somebody calls hard on purpose, and a step that only some requests take:

\`\`\`lintel
client clerk
service transfers { replicas: 3, compliance: sync }
service trail { replicas: 3, role: audit }
service limits { replicas: 3, role: personalisation }
service hints { replicas: 3, role: search-suggestion }
database ledger uses postgres { replicas: 3 }

clerk -> transfers { timeout: 2s }
transfers -> trail { timeout: 200ms }
transfers -> limits { timeout: 200ms, criticality: hard }
transfers -> hints { timeout: 200ms }
transfers -> ledger : writes { timeout: 200ms }

flow "Transfer" {
  clerk -> transfers
  transfers -> trail
  transfers -> limits
  when "the field is empty" 5% { transfers -> hints }
  transfers -> ledger : writes
}
\`\`\`

It may be down, somebody has said:

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service recommendations { replicas: 3, role: recommendation }
database orders uses postgres { replicas: 3 }

shopper -> checkout { timeout: 2s }
checkout -> recommendations { timeout: 500ms }
checkout -> orders : writes { timeout: 200ms }

flow "Checkout on the test shop" {
  tolerates: unavailability
  shopper -> checkout
  checkout -> recommendations
  checkout -> orders : writes
}
\`\`\`

Positions of drivers are telemetry, and who asks for a ride has come for what is read from them. Only what is counted on the way could be left out:

\`\`\`lintel
data Position { class: telemetry, key: driver-id }
data Trip { class: order, key: trip-id }
client rider
service trips { replicas: 6 }
cache geo uses redis-cluster { shards: 32, replicas: 2, stores: Position, ttl: 30s }
database trip-db uses dynamodb { stores: Trip }

rider -> trips { timeout: 5s }
trips -> geo : reads { timeout: 30ms, data: Position }
trips -> trip-db : writes { op: insert, idempotent: trip-id, timeout: 200ms, data: Trip }

flow "Ask for a ride" {
  rider -> trips
  trips -> geo : reads
  trips -> trip-db : writes
}
\`\`\`

## How to fix

- Wait for it only briefly and go on without it: \`criticality: soft\`, \`timeout: 50ms\`, \`fallback: empty\` (or \`default\`, or \`stale(10min)\`).
- Send what is only counted as a message, and let somebody count later.
- Read flags and settings from a copy that outlives their source: \`cache-validity\`, \`fallback: local-snapshot\`.
- If people do come for it, say so in the flow: \`needs: [recommendations]\`.

The fix makes the arrow soft, with a short time-out and, where something is read, an empty answer in its place.

## Sources

- Beyer et al., *Site Reliability Engineering* (2016), [ch. 22, Addressing Cascading Failures: Graceful Degradation](https://sre.google/sre-book/addressing-cascading-failures/)
- Netflix Technology Blog, *Fault Tolerance in a High Volume, Distributed System* (2012)
- AWS Well-Architected Framework, Reliability Pillar, [REL05-BP01: graceful degradation](https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_mitigate_interaction_failure_graceful_degradation.html)
`,
  'failover-capacity-insufficient': `# failover-capacity-insufficient

## Why

Copies in several zones or regions are paid for so that one place may be lost. If the others are then overloaded they fall too, one after the
other, and the outage of a part becomes one of the whole. New machines do not help in that minute: everybody else is asking for them, too.

For each component that stands in several zones or regions, the peak load is laid on the copies that are left when the fullest place is lost.
With n places spread evenly, each may run at (n−1)/n of what the survivors may carry, which is 90% (a setting): 60% of three zones. Under one
leader every copy applies all writes, and only the reads divide.

Where regions or zones are drawn as containers with alternatives in them, the design is computed once more without the place: what asked it
asks those that take over, and each of these must carry what then comes.

It is an error where the survivors would be above 100% and somebody expects the loss to be survived: \`survives\` on the flow or the
component, 99.95% or more promised (for a zone), an arrow \`fails-over-to\`. Otherwise, and where the load is an estimate or known
only in part, it is a warning.

## Fires on

75% in each of three zones are 112% in two:

\`\`\`lintel
client shopper
load-balancer lb { replicas: 3, zones: 3 }
service api { replicas: 12, zones: 3, capacity: 1k/s }
//            ^^^^^^^^^^^^ error failover-capacity-insufficient: \`api\` gets 9k/s at its peak, and its 12 copies in 3 zones are busy to 75%: when one zone is lost, the 8 that are left would be at 113%, though "Buy" is to survive the loss of a zone.

shopper -> lb -> api

flow "Buy" {
  rate: 3k/s, peak: 9k/s
  survives: zone
  shopper -> lb -> api
}
\`\`\`

Nobody promises anything, but three zones are there for a reason: a question, not an accusation.

\`\`\`lintel
client shopper
load-balancer lb { replicas: 3, zones: 3 }
service api { replicas: 6, zones: 3, capacity: 1k/s }
//            ^^^^^^^^^^^ warning failover-capacity-insufficient: when one zone is lost, the 4 that are left would be at 95%.

shopper -> lb -> api

flow "Buy" {
  rate: 3.8k/s
  shopper -> lb -> api
}
\`\`\`

Two followers share the reads, and each applies all the writes:

\`\`\`lintel
client reader
service pages { replicas: 6, zones: 3 }
database articles uses postgres { replicas: 2, zones: 2, capacity: 5k/s, read-from: any, failover { mode: auto, arbiter: external, fencing: yes } }
//                                ^^^^^^^^^^^ error failover-capacity-insufficient: \`articles\` gets 7k/s, and its 2 copies in 2 zones are busy to 80%: when one zone is lost, the one copy that is left would be at 140%, though "Read" promises 99.95% (default of \`postgres\`; state it to override).

reader -> pages { timeout: 2s }
pages -> articles : reads { timeout: 200ms }
pages -> articles : writes { timeout: 200ms, op: update }

flow "Read" {
  rate: 6k/s, availability: 99.95%
  reader -> pages
  pages -> articles : reads
}
flow "Save" {
  rate: 1k/s
  reader -> pages
  pages -> articles : writes
}
\`\`\`

The standby region was sized for the tests it has seen:

\`\`\`lintel
client shopper
dns names uses route53

region us-east {
  service shop-us { replicas: 12, capacity: 1k/s }
}
region us-west {
  service shop-west { replicas: 4, capacity: 1k/s }
  //                  ^^^^^^^^^^^ error failover-capacity-insufficient: When region \`us-east\` is lost, \`shop-west\` gets 8k/s at its peak instead of nothing, and its 4 copies are at 200%, though \`shop-west\` is there to take over from \`shop-us\`.
}

shopper -> names -> shop-us
shop-us -> shop-west : fails-over-to

flow "Buy" {
  rate: 5k/s, peak: 8k/s
  shopper -> names -> shop-us
}
\`\`\`

Half of the users are in each region, and neither region can serve all of them:

\`\`\`lintel
client user
dns names uses route53

region us { service api-us { replicas: 10, capacity: 500/s } }
//                           ^^^^^^^^^^^^ error failover-capacity-insufficient: When region \`eu\` is lost, \`api-us\` gets 8k/s instead of 4.8k/s, and its 10 copies are at 160%, though "Use" is to survive the loss of a region.
region eu { service api-eu { replicas: 10, capacity: 500/s } }
//                           ^^^^^^^^^^^^ error failover-capacity-insufficient: When region \`us\` is lost, \`api-eu\` gets 8k/s instead of 3.2k/s

user -> names
names -> api-us : routes { share: 60% }
names -> api-eu : routes { share: 40% }

flow "Use" {
  rate: 8k/s, survives: region
  user -> names
  names -> api-us
  names -> api-eu
}
\`\`\`

## Stays silent on

60% in each of three zones are 90% in two, and whoever runs at more sheds, or has what was lost again in time:

\`\`\`lintel
client shopper
load-balancer lb { replicas: 3, zones: 3 }
service api { replicas: 15, zones: 3, capacity: 1k/s }
service search { replicas: 10, zones: 3, capacity: 1k/s, load-shed: yes }
service prices { replicas: 10, zones: 3, capacity: 1k/s, autoscale { min: 10, max: 20, ready: 60s } }

shopper -> lb
lb -> api : routes { match: "/api" }
lb -> search : routes { match: "/search" }
lb -> prices : routes { match: "/prices" }

flow "Buy" { rate: 9k/s, survives: zone, rto: 5min   shopper -> lb -> api }
flow "Find" { rate: 9k/s, survives: zone   shopper -> lb -> search }
flow "Price" { rate: 9k/s, survives: zone, rto: 5min   shopper -> lb -> prices }
\`\`\`

A standby region that is as large, and a worker whose backlog may wait:

\`\`\`lintel
client shopper
dns names uses route53

region us-east {
  service shop-us { replicas: 12, zones: 3, capacity: 1k/s }
  log orders uses kafka { replication-factor: 3, min-isr: 2, zones: 3 }
  worker packing { replicas: 9, zones: 3, capacity: 900/s }
}
region us-west { service shop-west { replicas: 12, zones: 3, capacity: 1k/s } }

shopper -> names -> shop-us
shop-us -> shop-west : fails-over-to
shop-us ~> orders : publishes { timeout: 200ms }
orders ~> packing : delivers { max-deliveries: 5, dead-letter: parked }
queue parked uses sqs { retention: 14d, alarm: age }

flow "Buy" {
  rate: 5k/s, peak: 7k/s
  shopper -> names -> shop-us
  shop-us ~> orders
}
\`\`\`

What a copy can take is not stated, nor is the load; and where it may be down nobody counts:

\`\`\`lintel
client shopper
load-balancer lb { replicas: 3, zones: 3 }
service api { replicas: 12, zones: 3 }
service admin { replicas: 2, zones: 2, capacity: 10/s, tolerates: unavailability }

shopper -> lb -> api
lb -> admin : routes { match: "/admin" }

flow "Buy" { rate: 9k/s, survives: zone   shopper -> lb -> api }
flow "Administer" { rate: 19/s   shopper -> lb -> admin }
\`\`\`

What takes nothing is full on a good day, with any number of copies: that is told as what it is, and the loss of a zone changes nothing about it:

\`\`\`lintel
client app
service api { replicas: 3, capacity: 0/s, zones: 3 }
//      ^^^ error overloaded-component

app -> api

flow "Look" {
  rate: 100/s
  app -> api
}
\`\`\`

## How to fix

- Run each of n places at no more than (n−1)/n × 90%: more copies, or more places.
- Size what takes over for everything, not for its share of a usual day.
- Shed what matters least before all of it is slow (\`load-shed: yes\`).
- If copies are started elsewhere in time, say how fast: \`autoscale { max, ready }\`.

The fix sets \`replicas\` to the fewest copies, spread evenly, that carry the peak with one place lost.

## Sources

- AWS Builders’ Library, [Static stability using Availability Zones](https://aws.amazon.com/builders-library/static-stability-using-availability-zones/)
- Beyer et al., *Site Reliability Engineering* (2016), [ch. 22, Addressing Cascading Failures](https://sre.google/sre-book/addressing-cascading-failures/)
`,
  'recovery-depends-on-failed-domain': `# recovery-depends-on-failed-domain

## Why

What fails something over, restores it, repairs it, hands it its keys or tells somebody that it is down is needed at the one moment when it is
not there. On ordinary days such a circle is invisible, and in the outage it turns minutes into a day.

For each of \`failover { via }\`, \`via\` on \`fails-over-to\`, \`restore { via }\`, \`deploy { via }\`, \`secrets-from\`, \`monitored-by\` and \`observes\`,
the rule follows all that the tool cannot do without (hard arrows, and \`via\` of the tool itself: the path of its alerts). It fires where that
leads back to the component, or into the place that is to be left when its loss is to be survived.

A circle around a failover, a restore or secrets is an error. Without deployments or alerts a person can still look and act by hand: a warning.

## Fires on

The switch needs the database that it is to switch:

\`\`\`lintel
client shopper
service shop { replicas: 6 }
database ledger uses postgres { replicas: 3, failover { mode: auto, arbiter: external, fencing: yes, via: orchestrator } }
//                                                                                                   ^^^^^^^^^^^^^^^^^ error recovery-depends-on-failed-domain: \`ledger\` is failed over by \`orchestrator\`, which needs \`ledger\` itself (\`orchestrator\` → \`inventory\` → \`ledger\`): what is to bring it back is gone with it.
service orchestrator { replicas: 2 }
service inventory "Inventory of machines" { replicas: 2 }

shopper -> shop -> ledger { timeout: 2s }
orchestrator -> inventory -> ledger { timeout: 2s }
\`\`\`

The region is left by a tool that stands in it:

\`\`\`lintel
client shopper
region eu-west {
  service shop { replicas: 6 }
  service deployer { replicas: 2 }
}
region eu-north { service shop-north { replicas: 6 } }

shopper -> shop
shop -> shop-north : fails-over-to { via: deployer }
//                                   ^^^^^^^^^^^^^ error recovery-depends-on-failed-domain: When region \`eu-west\` is lost, \`shop\` is to be failed over by \`deployer\`, which stands there itself: what is to bring it back is gone with it.

flow "Buy" { shopper -> shop }
\`\`\`

The dashboards ask for a login at the service whose failures they show:

\`\`\`lintel
client user
service web { replicas: 3 }
service login { replicas: 3 }
database accounts uses postgres { replicas: 3 }
monitor grafana { via: pager }
service pager { replicas: 2 }

user -> web -> login -> accounts { timeout: 2s }
grafana -> web, login, accounts : observes
//^^^^^^^^^^^^^^^^^^^ warning recovery-depends-on-failed-domain: \`login\` and \`accounts\` are watched by \`grafana\`, which needs \`login\` itself (\`grafana\` → \`pager\` → \`login\`): when it fails, nobody is told.
pager -> login { timeout: 1s }
\`\`\`

Two that wait for each other in the morning after:

\`\`\`lintel
client user
service api { replicas: 3 }
database store uses postgres { replicas: 3, secrets-from: vault }
//                                          ^^^^^^^^^^^^^^^^^^^ error recovery-depends-on-failed-domain: \`store\` is given its secrets by \`vault\`, which needs \`store\` itself (\`vault\` → \`store\`): once both are down, neither can start.
service vault { replicas: 3, role: secret-store }

user -> api -> store { timeout: 2s }
vault -> store : reads { timeout: 1s }
\`\`\`

## Stays silent on

The tools need nothing of what they are for, or there is a way in for the worst day; and what switches among the copies within a region may
stand in it:

\`\`\`lintel
client shopper
region eu-west {
  service shop { replicas: 6 }
  database ledger uses postgres {
    replicas: 3, failover { mode: auto, arbiter: quorum, fencing: yes, via: patroni }, deploy { via: pipeline }
  }
  coordinator patroni uses etcd { voters: 3 }
  service pipeline { replicas: 1, break-glass: yes }
  service runners { replicas: 4 }
}
region eu-north {
  service shop-north { replicas: 6 }
  service switch { replicas: 2 }
}

shopper -> shop -> ledger { timeout: 2s }
shop -> shop-north : fails-over-to { via: switch }
pipeline -> runners -> ledger { timeout: 2s }

flow "Buy" { shopper -> shop -> ledger }
\`\`\`

A monitor that keeps its numbers in a database and watches that, too; one that goes on without the login; one region, of whose loss nobody
speaks:

\`\`\`lintel
client user
region home {
  service web { replicas: 3 }
  service login { replicas: 3 }
  service deployer { replicas: 1 }
  monitor prometheus
  database series uses postgres { replicas: 2 }
}

user -> web -> login { timeout: 2s }
prometheus -> series : writes { timeout: 1s }
prometheus -> login { timeout: 1s, criticality: soft }
prometheus -> web, login, series : observes
deployer -> web : configures
\`\`\`

Two monitors that watch each other's blind spot:

\`\`\`lintel
client user
service web { replicas: 3 }
service login { replicas: 3 }
monitor inside
monitor outside

user -> web -> login { timeout: 2s }
inside -> login { timeout: 1s }
inside -> web, login : observes
outside -> login : observes
\`\`\`

## How to fix

- Keep the tools, and all that they need, outside of what they are for: another region, another account, nothing shared.
- Prefer what was set up in advance and only switches: health checks and standbys, not machines that have to be started.
- Keep a way in that needs nothing of the system, and use it now and then: \`break-glass: yes\`.
- Watch the monitor from outside.

## Sources

- Roblox, [Roblox Return to Service 10/28–10/31, 2021](https://about.roblox.com/newsroom/2022/01/roblox-return-to-service-10-28-10-31-2021)
- Engineering at Meta, [More details about the October 4 outage](https://engineering.fb.com/2021/10/05/networking-traffic/outage-details/) (2021)
- AWS Builders’ Library, [Static stability using Availability Zones](https://aws.amazon.com/builders-library/static-stability-using-availability-zones/)
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

A recursion, and nothing says where it ends:

\`\`\`lintel
client reader
service comments

reader -> comments
  comments -> comments : calls "replies"
//^^^^^^^^^^^^^^^^^^^^ warning hard-dependency-cycle: \`comments\` calls itself and waits: nothing says where that ends
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
  'split-brain-failover': `# split-brain-failover

## Why

A follower that no longer hears its leader knows one thing: it does not hear it. If it then makes itself leader, a cut cable gives two, each with
clients of its own. When the cable is mended, one of two histories is thrown away, and it is one that people were told was saved. A majority
decides on which side there may be a leader; fencing sees to it that the old one cannot go on meanwhile.

It asks of followers that take over by themselves (\`failover { mode: auto }\`). Groups that agree on each write (\`replication: consensus\`, \`sync:
quorum\`) cannot split, and where a person decides, that person looks first. An arbiter that is not stated is unknown; fencing that is left out
beside a stated arbiter counts as none, and gives a warning.

## Fires on

Two machines that watch each other:

\`\`\`lintel
data Order { class: order, key: order-id }
service api { replicas: 3 }
database orders uses postgres { stores: Order, replicas: 2, rpo: 5s, failover { mode: auto, arbiter: heartbeat, fencing: no } }
//                                                                                          ^^^^^^^^^^^^^^^^^^ error split-brain-failover: a cut network looks like a dead leader; both take writes of \`api\`, and one half is thrown away

api -> orders : writes { op: insert }
\`\`\`

A majority decides, and the old leader goes on all the same:

\`\`\`lintel
data Order { class: order, key: order-id }
service api { replicas: 3 }
database orders uses mysql { stores: Order, replicas: 3, sync: semi-sync, failover { mode: auto, arbiter: quorum, fencing: no } }
//                                                                                                                ^^^^^^^^^^^ error split-brain-failover: without shutting out the old leader

api -> orders : writes { op: insert }
\`\`\`

The same, where fencing was left out:

\`\`\`lintel
data Order { class: order, key: order-id }
service api { replicas: 3 }
database orders uses mysql { stores: Order, replicas: 3, sync: semi-sync, failover { mode: auto, arbiter: external } }
//                                                                                               ^^^^^^^^^^^^^^^^^ warning split-brain-failover: nothing shuts out the old leader

api -> orders : writes { op: insert }
\`\`\`

## Stays silent on

A majority, and fencing:

\`\`\`lintel
data Order { class: order, key: order-id }
service api { replicas: 3 }
database orders uses postgres {
  stores: Order, replicas: 3, sync: semi-sync, failover { mode: auto, arbiter: quorum, fencing: yes }
}

api -> orders : writes { op: insert }
\`\`\`

Each write has a majority, a person decides, or who decides is not stated:

\`\`\`lintel
data Order { class: order, key: order-id }
service api { replicas: 3 }
database a {
  replication: leader-follower, stores: Order, replicas: 3, sync: quorum, failover { mode: auto, arbiter: heartbeat }
}
database b uses postgres { stores: Order, replicas: 3, failover { mode: manual, arbiter: none } }
database c uses mysql { stores: Order, replicas: 3, sync: semi-sync, failover { mode: auto } }

api -> a, b, c : writes { op: insert }
\`\`\`

What may be lost:

\`\`\`lintel
data Presence { class: presence, key: user-id }
service chat { replicas: 3 }
database presence {
  replication: leader-follower, stores: Presence, replicas: 2, failover { mode: auto, arbiter: heartbeat }
}

chat -> presence : writes { op: upsert }
\`\`\`

## How to fix

- Let a majority of three decide: \`arbiter: quorum\`, or \`external\` (etcd, ZooKeeper, Consul). Two machines and a witness are three.
- Shut out the old leader before the new one begins, \`fencing: yes\`: power it off (STONITH), let its lease end first, or refuse its epoch.
- Or let a person decide, \`mode: manual\`, where half an hour is short enough.

## Sources

- GitHub, [October 21 post-incident analysis](https://github.blog/news-insights/company-news/oct21-post-incident-analysis/) (2018)
- Beyer et al., *Site Reliability Engineering* (2016), [ch. 23](https://sre.google/sre-book/managing-critical-state/)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, "Handling Node Outages", and ch. 8, "The Truth Is Defined by the Majority"
`,
  'missing-timeout': `# missing-timeout

## Why

What is called does not only fail, it hangs: a lost packet, a lock, a long pause. Without a limit each request that waits keeps a worker and a
connection. At 500 requests a second, 200 workers are gone after less than half a second; then the caller hangs too, and so does its own caller.

A \`timeout\` that is said to be \`none\` is an error on the way of a request. One that is only not stated is a warning, one for each caller, and
only in a flow that promises a \`p99\` or an \`availability\`, or of which another relation has a limit: a design that is silent about time as a
whole is not accused. Limits that are there otherwise count: a \`deadline\`, one that the caller's own caller passes on, the caller's own
\`timeout\` (gateways, functions). So do those that a provider's library, a browser or a proxy brings by itself; what a client library does by
default is otherwise taken for not known.

## Fires on

Two hundred workers, and an inventory that takes 80 ms when all is well:

\`\`\`lintel
client shopper
service api { replicas: 4, zones: 2, concurrency: 50 }
service inventory { replicas: 3, zones: 3, p99: 80ms }

shopper -> api { timeout: 2s }
api -> inventory : calls
//^^^^^^^^^^^^^^ warning missing-timeout: \`api → inventory\` has no time-out ("Buy" promises a p99): if \`inventory\` hangs, all 200 workers of \`api\` are stuck after 400ms at 500/s

flow "Buy" {
  rate: 500/s, p99: 1s
  shopper -> api -> inventory
}
\`\`\`

It is said that there is no limit:

\`\`\`lintel
client shopper
service api
service inventory
database stock

shopper -> api -> inventory
inventory -> stock : reads { timeout: none }
//^^^^^^^^^^^^^^^^ error missing-timeout: \`inventory → stock\` has no time-out: if \`stock\` hangs, each request holds a worker of \`inventory\`
\`\`\`

One limit is stated, two are not:

\`\`\`lintel
client shopper
service api
service prices
service stock
database books

shopper -> api
api -> prices : calls { timeout: 200ms }
api -> stock : calls
//^^^^^^^^^^ warning missing-timeout: \`api\` waits for \`stock\` and \`books\` without a time-out (others beside it have a limit): if one of them hangs
api -> books : reads
\`\`\`

## Stays silent on

Nobody speaks of time yet:

\`\`\`lintel
client shopper
service api
database books

shopper -> api
api -> books : reads
\`\`\`

The deadline is passed on, the provider's library has a limit, and a message is not waited for:

\`\`\`lintel
client shopper
gateway edge uses envoy
service api
service stock
database books uses dynamodb
queue jobs uses sqs

shopper -> edge { timeout: 2s }
edge -> api { timeout: 1s, deadline: propagate }
api -> stock : calls
api -> books : reads
api ~> jobs : publishes
\`\`\`

A stream that stays open, and is closed when it says nothing:

\`\`\`lintel
client shopper
service api
service prices
service feed

shopper -> api { timeout: 2s }
api -> prices : calls { timeout: 100ms }
api -> feed : calls { streaming: yes, timeout: none, idle-timeout: 60s }
\`\`\`

## How to fix

- Set a \`timeout\` near the p99.9 of what is called; three times the p99 where that is not known. The fix does so where a \`p99\` is stated.
- Or pass the time that is left on: \`deadline: propagate\`, from the first hop.
- Add a \`fallback\` where there is something to answer without it.

## Sources

- AWS Builders' Library, [Timeouts, retries, and backoff with jitter](https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/)
- Nygard, *Release It!* (2nd ed. 2018), ch. 4 "Blocked Threads", ch. 5 "Timeouts"
`,
  'timeout-inversion': `# timeout-inversion

## Why

A time-out ends the waiting, not the work. When the caller gives up after two seconds and the one it called may go on for four and a half, the
person sees an error, the card is charged, and the retry charges again or at least does the same work once more, just when there is most of it.

The rule adds up, for each component of a flow, how long it may be at work for one request: its own \`p99\`, and for each relation it waits for the
time-out times the tries, with the pauses between them. Steps that the flow names follow one another and are summed; of branches, alternatives
and relations that no step names, only the longest counts. A relation without a time-out of its own takes as long as what is behind it. This is
held against how long the caller waits: its \`timeout\`, or the limit of the gateway it passes. What nobody stated adds nothing. A DNS is done
with its answer: whoever asked it connects by itself, so what stands behind the name counts for the one who asked.

It is an error where something is changed meanwhile, and a warning where the work is only wasted. A deadline that is passed on
(\`deadline: propagate\`) makes the callee stop in time.

## Fires on

The gateway waits two seconds, the service behind it up to four and a half:

\`\`\`lintel
client shopper
gateway edge
service orders
service payments

shopper -> edge { timeout: 5s }
edge -> orders { timeout: 2s }
//^^^^^^^^^^^^ error timeout-inversion: \`edge → orders\` gives up after 2s, but \`orders\` may spend 3 × 1.5s on \`payments\`
orders -> payments : calls { timeout: 1500ms, retries: 2, op: charge, idempotent: order-id }
\`\`\`

Two steps, one after the other, each short enough alone:

\`\`\`lintel
client shopper
service api
database stock
database ledger

shopper -> api { timeout: 1s }
//^^^^^^^^^^^^ error timeout-inversion: \`api\` may spend 600ms on \`stock\` and 700ms on \`ledger\` = 1.3s: whoever waits for "Buy" sees an error while
api -> stock : reads { timeout: 600ms }
api -> ledger : writes { timeout: 700ms, op: upsert }

flow "Buy" {
  shopper -> api
  api -> stock : reads
  api -> ledger : writes
}
\`\`\`

Amazon API Gateway ends a request after 29 seconds, whatever the report behind it still does:

\`\`\`lintel
client analyst
gateway edge uses aws-api-gateway
service reports
database facts

analyst -> edge -> reports
//         ^^^^^^^^^^^^^^^ warning timeout-inversion: \`edge → reports\` gives up after 29s, but \`reports\` may spend 1min on \`facts\`: the rest of the work is done for nobody (default of \`aws-api-gateway\`
reports -> facts : reads { timeout: 60s }
\`\`\`

A name in between changes nothing for the one who waits. The DNS is done with its answer, and the service that asked goes on to connect:

\`\`\`lintel
client shopper
gateway edge
service orders
dns names
service payments

shopper -> edge { timeout: 5s }
edge -> orders { timeout: 2s }
//^^^^^^^^^^^^ warning timeout-inversion: \`edge → orders\` gives up after 2s, but \`orders\` may spend 3s on \`payments\`
orders -> names { timeout: 500ms }
names -> payments : routes { timeout: 3s }
\`\`\`

## Stays silent on

Asked at the same time, the three take as long as the longest:

\`\`\`lintel
client reader
service page
service news
service ads
service prices

reader -> page { timeout: 2s }
page -> news { timeout: 1s }
page -> ads { timeout: 1s }
page -> prices { timeout: 1s }

flow "Open the page" {
  reader -> page
  parallel {
    page -> news
    page -> ads
    page -> prices
  }
}
\`\`\`

A look-up that may take a second, and a connection that may take three. Nobody waits a second for three:

\`\`\`lintel
client shopper
dns names
load-balancer us
load-balancer eu
service api-us
service api-eu

shopper -> names { timeout: 1s }
names -> us, eu : routes { timeout: 3s }
us -> api-us : routes { timeout: 2s }
eu -> api-eu : routes { timeout: 2s }
\`\`\`

The same, with the time that is left passed on:

\`\`\`lintel
client shopper
gateway edge
service orders
service payments

shopper -> edge { timeout: 5s }
edge -> orders { timeout: 2s, deadline: propagate }
orders -> payments : calls { timeout: 1500ms, retries: 2, op: charge, idempotent: order-id }
\`\`\`

Accepted and done later; a stream that stays open; and two branches of which each fits:

\`\`\`lintel
client shopper
service api
queue jobs
worker packer
database shelf
database books
service feed

shopper -> api { timeout: 1s }
shopper -> feed { timeout: 1s }
feed -> books : reads { streaming: yes, timeout: 1h }
api ~> jobs : publishes { timeout: 300ms }
jobs ~> packer : delivers
packer -> shelf : writes { timeout: 30s, op: upsert }
\`\`\`

\`\`\`lintel
client shopper
service api
database shelf
database books

shopper -> api { timeout: 1s }
api -> shelf : writes { timeout: 600ms, op: upsert }
api -> books : writes { timeout: 600ms, op: upsert }

flow "Put it back" {
  shopper -> api
  when "it is a book" 40% { api -> books : writes }
  when "it is not" 60% { api -> shelf : writes }
}
\`\`\`

A workflow is started and goes on by itself, for hours where it must; who started it waits a little for its end and asks again later:

\`\`\`lintel
data Trip { class: order, key: trip-id }
client app
workflow book uses temporal
service seats { replicas: 4 }
service payments { replicas: 4 }

app -> book { timeout: 5s }
book -> seats : calls "hold" { op: update, retries: 50, backoff: exponential, jitter: full, idempotent: trip-id, timeout: 2s }
book -> payments : calls "charge" { op: charge, retries: 5, backoff: exponential, jitter: full, idempotent: trip-id, timeout: 5s }

flow "Book" {
  app -> book
  book -> seats
  book -> payments
}
\`\`\`

## How to fix

- Pass the deadline on: \`deadline: propagate\`. The callee then knows how long it has, and stops. That is what the fix states.
- Or make it fit: shorter time-outs and fewer tries below, so that the sum stays under what the caller waits.
- Or answer at once and do the work behind a queue, where nobody waits for it.

## Sources

- Beyer et al., *Site Reliability Engineering* (2016), [ch. 22](https://sre.google/sre-book/addressing-cascading-failures/), "Latency and Deadlines"
- AWS Builders' Library, [Timeouts, retries, and backoff with jitter](https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/)
`,
  'retry-amplification': `# retry-amplification

## Why

Three tries in each of three layers are 27 at the bottom, and they come when the bottom is least able to take them. What began as a slow
minute becomes an outage that feeds itself: every answer that comes too late is asked for again.

The rule multiplies the attempts on each way of a flow, relation by relation: 1 + \`retries\`, the relation's own or what its caller says that it
does by itself. A \`retry-budget\` makes that 1 + the budget; a \`circuit-breaker\`, or \`retry-on: connect\`, makes it 1; a broker that has accepted
a message ends the way. Then it asks what would reach the end of the way if that failed and everybody retried, at the flow's peak.

An error where that is more than the end can take, though its normal load is not. A warning from nine attempts on. Two layers that multiply
to less are worth a remark; one layer with up to three attempts is nobody's fault, whatever its backoff.

## Fires on

Four attempts in each of three layers, against a database that can just bear its load:

\`\`\`lintel
client web
gateway front
service orders
database orders-db uses postgres { capacity: 12k/s, replicas: 1 }

web -> front : calls { retries: 3 }
front -> orders : routes { retries: 3 }
orders -> orders-db : reads { retries: 3 }
//^^^^^^^^^^^^^^^^^ error retry-amplification: 4 × 4 × 4 = 64 attempts, since \`web\`, \`front\` and \`orders\` each retry: 2k/s become 128k/s against the 12k/s it can take

flow "Look" {
  rate: 2k/s
  web -> front -> orders -> orders-db
}
\`\`\`

Nobody states a capacity, but five layers of three are 243:

\`\`\`lintel
client web
service a
service b
service c
service d
database store

web -> a { retries: 2 }
a -> b { retries: 2 }
b -> c { retries: 2 }
c -> d { retries: 2 }
d -> store : reads { retries: 2 }
//^^^^^^^^ warning retry-amplification: 243 attempts
\`\`\`

One layer is enough, if it does not stop:

\`\`\`lintel
client web
service api
external quotes { quota: 500/s }

web -> api
api -> quotes : calls { retries: unlimited }
//^^^^^^^^^^^ error retry-amplification: attempts without end

flow "Quote" {
  rate: 100/s
  web -> api -> quotes
}
\`\`\`

Two layers of two: not yet a storm.

\`\`\`lintel
client web
service api
database store

web -> api { retries: 1 }
api -> store : reads { retries: 1 }
//^^^^^^^^^^ info retry-amplification: 2 × 2 = 4 attempts
\`\`\`

## Stays silent on

One layer retries, three attempts in all, as everybody is told to, even if all of them together were more than it can take:

\`\`\`lintel
client web
gateway front
service orders
database orders-db uses postgres { capacity: 5k/s, replicas: 1 }

web -> front -> orders
orders -> orders-db : reads { retries: 2 }

flow "Look" {
  rate: 2k/s
  web -> front -> orders -> orders-db
}
\`\`\`

All layers retry, within budgets:

\`\`\`lintel
client web
gateway front
service orders
database orders-db uses postgres { capacity: 12k/s, replicas: 1 }

web -> front : calls { retries: 3, retry-budget: 10% }
front -> orders : routes { retries: 3, retry-budget: 10% }
orders -> orders-db : reads { retries: 3, retry-budget: 10% }

flow "Look" {
  rate: 2k/s
  web -> front -> orders -> orders-db
}
\`\`\`

A breaker opens before it hurts, and what the broker has accepted is not sent again:

\`\`\`lintel
client web
service api
queue jobs uses sqs
worker sender
external mail

web -> api { retries: 2 }
api ~> jobs : publishes
jobs ~> sender : delivers
sender -> mail : calls {
  retries: 4, backoff: exponential, jitter: full, circuit-breaker: yes, op: send, idempotent: message-id
}
\`\`\`

A provider sends its webhook again for days, further and further apart, and a workflow tries a step until it works. Neither is a storm, and how the first goes
about it is not ours to say:

\`\`\`lintel
client app
external psp "Card network"
service hooks { replicas: 4, dedupe { key: event-id, window: 30d } }
workflow book uses temporal
service seats { replicas: 4 }

psp -> hooks : calls { timeout: 20s, retries: 15, backoff: exponential, carries: event-id }
app -> book { timeout: 5s }
book -> seats : calls { op: update, idempotent: trip-id, retries: 100, backoff: exponential, jitter: full, timeout: 2s }

flow "Told of a payment" { rate: 20/s, psp -> hooks }
flow "Book" {
  rate: 20/s
  app -> book
  book -> seats
}
\`\`\`

## How to fix

- Retry in one layer only, the one nearest to what fails: it knows best, and its retries are the cheapest. The fix sets \`retries: 0\` on the
  others and gives that one a \`retry-budget\` of 10%, exponential backoff and full jitter.
- A budget bounds the storm by itself: three layers with 10% each make 1.33 of one request, instead of 64.
- A circuit breaker stops asking what does not answer.

## Sources

- Beyer et al., *Site Reliability Engineering* (2016), ch. 22, [Addressing Cascading Failures](https://sre.google/sre-book/addressing-cascading-failures/)
- AWS Builders' Library, [Timeouts, retries, and backoff with jitter](https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/)
- Microsoft Azure, [Retry Storm antipattern](https://learn.microsoft.com/en-us/azure/architecture/antipatterns/retry-storm/)
- Brooker, [Fixing retries with token buckets and circuit breakers](https://brooker.co.za/blog/2022/02/28/retries.html) (2022)
`,
  'slow-dependency-exhausts-pool': `# slow-dependency-exhausts-pool

## Why

A dependency that fails at once costs little. One that hangs holds a worker for as long as its caller is willing to wait, and by Little’s law the
number of held workers is rate × time: 150 calls a second that wait for 3 s hold 450. If there are only 200, all of them wait for avatars, and the
check-out, which needs no avatar, finds nobody to serve it. So the least important dependency takes the most important flow down.

What is computed: the workers of a component are its \`concurrency\` times its \`replicas\` (or as many as autoscaling may start); the hanging call
holds rate × time-out × tries, and the others what they usually do (p50). It fires where that is more than there are, and some flow through the
component does not need the dependency, or could go on without it: an error if that flow promises an availability or a latency. What all flows need
stops them anyway. A bulkhead, a circuit breaker, or a limit at the other end keeps it to its part. Where no number of workers is stated, nothing
is said.

It is an error, too, where the usual times alone need more workers than there are.

## Fires on

Avatars take the workers that the check-out needs:

\`\`\`lintel
client shopper
service api { replicas: 4, concurrency: 50, latency { p50: 10ms } }
service avatars
service payments

shopper -> api
api -> avatars  : calls { timeout: 3s }
//^^^^^^^^^^^^ error slow-dependency-exhausts-pool: \`api\` has 200 workers and asks \`avatars\` 150 times a second, waiting up to 3s: when \`avatars\` hangs, its calls would hold 450, so "Check out" stops too, which does not need it
api -> payments : calls { timeout: 1s }

flow "Look at a profile" {
  rate: 150/s
  shopper -> api -> avatars
}
flow "Check out" {
  rate: 20/s, availability: 99.9%
  shopper -> api -> payments
}
\`\`\`

A reply that could do without, tried again and again:

\`\`\`lintel
client reader
service page { replicas: 2, concurrency: 100 }
service related
database articles

reader -> page
page -> related  : calls { timeout: 500ms, retries: 2, fallback: empty }
//^^^^^^^^^^^^^ warning slow-dependency-exhausts-pool: waiting up to 3 × 500ms: when \`related\` hangs, its calls would hold 600, so "Read" stops too, though it could go on without it
page -> articles : reads { timeout: 200ms }

flow "Read" {
  rate: 400/s
  reader -> page
  page -> related
  page -> articles
}
\`\`\`

Too few even while nothing is wrong:

\`\`\`lintel
client shopper
service api { replicas: 2, concurrency: 10, latency { p50: 5ms } }
//      ^^^ error slow-dependency-exhausts-pool: \`api\` has 20 workers, but at the peak 34 are busy at a time with nothing wrong: 32 in \`quotes\` and 2 in its own work
service quotes { latency { p50: 80ms } }

shopper -> api -> quotes { timeout: 300ms }

flow "Quote" {
  rate: 100/s, peak: 400/s
  shopper -> api -> quotes
}
\`\`\`

## Stays silent on

A bulkhead, and a breaker:

\`\`\`lintel
client shopper
service api { replicas: 4, concurrency: 50 }
service avatars
service badges
service payments

shopper -> api
api -> avatars  : calls { timeout: 3s, bulkhead: 30 }
api -> badges   : calls { timeout: 3s, circuit-breaker: yes }
api -> payments : calls { timeout: 1s }

flow "Look at a profile" {
  rate: 150/s
  shopper -> api
  api -> avatars
  api -> badges
}
flow "Check out" {
  rate: 20/s, availability: 99.9%
  shopper -> api -> payments
}
\`\`\`

A time-out that is short enough:

\`\`\`lintel
client shopper
service api { replicas: 4, concurrency: 50 }
service avatars
service payments

shopper -> api
api -> avatars  : calls { timeout: 200ms }
api -> payments : calls { timeout: 1s }

flow "Look at a profile" {
  rate: 150/s
  shopper -> api -> avatars
}
flow "Check out" {
  rate: 20/s, availability: 99.9%
  shopper -> api -> payments
}
\`\`\`

Every flow needs it, so there is nothing to keep from it; and one whose workers nobody counts:

\`\`\`lintel
client shopper
service api { replicas: 4, concurrency: 50 }
service front
service payments
service badges

shopper -> api, front
api -> payments   : calls { timeout: 3s }
front -> badges   : calls { timeout: 3s }
front -> payments : calls { timeout: 1s }

flow "Check out" {
  rate: 150/s, availability: 99.9%
  shopper -> api -> payments
}
flow "Browse" {
  rate: 900/s
  shopper -> front -> badges
}
flow "Top up" {
  rate: 5/s
  shopper -> front -> payments
}
\`\`\`

Both flows need the same database, the one to read it and the other to write:

\`\`\`lintel
client shopper
service api { replicas: 4, concurrency: 50 }
database db

shopper -> api
api -> db : reads { timeout: 500ms }
api -> db : writes { op: upsert, timeout: 500ms }

flow "Look" {
  rate: 900/s
  shopper -> api
  api -> db : reads
}
flow "Save" {
  rate: 20/s, availability: 99.9%
  shopper -> api
  api -> db : writes
}
\`\`\`

## How to fix

- Keep the dependency to a part of the workers (\`bulkhead: 30\`), about twice what it holds when it is well, and stop asking after many failures
  (\`circuit-breaker: yes\`).
- Wait for less long: somewhat more than its p99.9 is enough.
- Take it out of the way: ask it in the background, or serve what it is for from another component.

## Sources

- Little, *A Proof for the Queuing Formula: L = λW* (Operations Research 1961)
- Nygard, *Release It!* (2nd ed. 2018): bulkheads
- Microsoft Azure, [Bulkhead pattern](https://learn.microsoft.com/en-us/azure/architecture/patterns/bulkhead)
- AWS Builders’ Library, [Using dependency isolation to contain concurrency overload](https://aws.amazon.com/builders-library/dependency-isolation/)
`,
  'unbounded-buffer': `# unbounded-buffer

## Why

A buffer is for the moment in which more comes than goes. If there is no bound, the moment has none either: the buffer grows for as long as what is
behind it stands still. In memory that ends with the process, and all that was accepted goes with it. On disk it ends with a backlog whose first
message is hours old, while those that wait at its end get old as well.

So somebody decides how much may wait, or for how long, and what happens then: the sender is told (\`reject\`), waits (\`block\`), or something is
dropped or moved. What is known to have no bound (\`max-length: unlimited\`, no \`max-age\` or \`retention\`) fires; an error where it is in memory. A
queue that says nothing about it is asked only where another buffer of the design has a bound. Logs that keep everything on purpose are no
buffers, and senders that are limited themselves, or that run to an end, cannot fill one.

To make the sender wait is no answer where the sender cannot: a third party’s webhook, a device that goes on measuring.

## Fires on

Uploads wait in memory until they are resized:

\`\`\`lintel
client app
service uploader { replicas: 1, max-length: unlimited, memory: 8GB }
//      ^^^^^^^^ error unbounded-buffer: \`uploader\` has no bound for what waits in it: when \`resizer\` stops, 300MB/s fill its 8GB of memory in 27s, and everything accepted is lost with it
service resizer

app -> uploader : calls { size: 3MB }
uploader ~> resizer : calls

flow "Upload" {
  rate: 100/s
  app -> uploader
  uploader ~> resizer
}
\`\`\`

A queue on disk without any end, and one beside it that has one:

\`\`\`lintel
service api
queue mails { max-length: 50k, overflow: reject }
queue reports
//    ^^^^^^^ warning unbounded-buffer: \`reports\` has no bound, neither in length nor in age, though \`mails\` has one: when \`renderer\` stops, it keeps all that comes meanwhile
worker mailer
worker renderer

api ~> mails, reports : publishes
mails ~> mailer : delivers
reports ~> renderer : delivers
\`\`\`

A webhook is made to wait:

\`\`\`lintel
external shop { webhook: yes }
service hooks
queue inbox { max-length: 1k, overflow: block }
//    ^^^^^ warning unbounded-buffer: \`inbox\` makes its senders wait when it is full, but \`shop\` cannot be slowed down: it gives up and calls again, or not at all
worker importer

shop -> hooks : calls
hooks ~> inbox : publishes
inbox ~> importer : delivers
\`\`\`

## Stays silent on

Bounded in length or in age, with something that happens then:

\`\`\`lintel
service api
queue mails { max-length: 50k, overflow: reject }
queue pushes { max-age: 10min }
queue jobs uses sqs { visibility: 5min }
worker mailer

api ~> mails, pushes, jobs : publishes
mails ~> mailer : delivers
\`\`\`

A log that keeps everything on purpose, and one that keeps the last of each key:

\`\`\`lintel
service bank
log ledger { retention: forever }
log prices { max-length: unlimited, compaction: yes }
queue mails { max-length: 50k, overflow: reject }

bank ~> ledger, prices, mails : publishes
\`\`\`

A sketch in which nobody speaks of bounds:

\`\`\`lintel
client app
service api
queue jobs uses rabbitmq-classic
worker resizer

app -> api
api ~> jobs : publishes
jobs ~> resizer : delivers
\`\`\`

The sender itself takes only so much, or is a run that ends:

\`\`\`lintel
client app
gateway edge { rate-limit: 500/s }
service uploader { max-length: unlimited, concurrency-limit: 200 }
batch nightly
queue rows { max-length: unlimited }
worker loader

app -> edge -> uploader
nightly ~> rows : publishes
rows ~> loader : delivers
\`\`\`

## How to fix

- Bound the length by how old a message may get: rate × age. A minute of messages is a good beginning; the fix writes that.
- Say what happens when it is full: \`reject\` for those who can try again, \`spill\` to a durable place for what must not be lost, \`drop-oldest\` for
  what is worthless when it is old.
- Limit those who fill it, so that it cannot get full for long.

## Sources

- AWS Builders’ Library, [Avoiding insurmountable queue backlogs](https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/)
- Welsh, Culler, Brewer, *SEDA* (SOSP 2001): bounded queues between stages
`,
  'no-admission-control': `# no-admission-control

## Why

Whoever is outside decides how much comes in, unless somebody inside says no. A limit for each client keeps one of them from taking everything;
shedding refuses early, and cheaply, what cannot be served anyway. Without either, the load of the first minute of a sale goes through the
balancer and the service, which both can grow, to the database, which cannot, and then nobody is served.

It looks at every way from a client that is not known to be our own, over what is waited for, past everything that limits (\`rate-limit\`,
\`concurrency-limit\`, \`load-shed\`, \`waf\`, a waiting room, a limiter that is asked). A queue in between takes up what comes. A design that does not
speak of limits is not asked for them. It is asked in two cases:

- it speaks of a surge (\`surge\` above the stated peak, or a scenario that \`surges\` a flow), and what fits as a rule does not fit then: an error
  where that is a store or a third party’s quota, a warning where it is a service;
- one way in is limited, and the same client, or one that is said to be \`public\`, reaches the same database past the limit: a warning.

What is overloaded without any surge is told as that (\`overloaded-component\`).

## Fires on

The sale that the design itself expects:

\`\`\`lintel
client fans
load-balancer lb
//            ^^ error no-admission-control: Nothing on \`fans\` → \`lb\` → \`orders\` → \`ledger\` says no: when "Buy" gets 3 times as much ("On sale"), \`ledger\` gets 24k/s and takes 20k/s (120%)
service orders { replicas: 40, capacity: 1k/s }
database ledger { shards: 4, capacity: 5k/s, replicas: 1 }

fans -> lb -> orders -> ledger : calls

flow "Buy" {
  rate: 8k/s
  fans -> lb -> orders -> ledger
}
scenario "On sale" {
  surges: "Buy"(3)
  expect "Buy": degraded
}
\`\`\`

A third party’s quota, and a surge above the usual peak:

\`\`\`lintel
client app
gateway front
//      ^^^^^ error no-admission-control: when "Pay" surges to 10 times its average, \`psp\` gets 200/s and takes 100/s (200%)
service payments
external psp { quota: 100/s }

app -> front -> payments -> psp

flow "Pay" {
  rate: 20/s, peak: 60/s, surge: 10
  app -> front -> payments -> psp
}
\`\`\`

The old door, past the limit:

\`\`\`lintel
client app
gateway front { rate-limit { limit: 100/s, per: client, state: shared } }
service legacy "The API of the first app"
//      ^^^^^^ warning no-admission-control: Nothing on \`app\` → \`legacy\` → \`orders-db\` limits what comes in, though \`front\` does: past it, anyone can drive \`orders-db\` as far as they like
service api
database orders-db uses postgres

app -> front -> api -> orders-db
app -> legacy -> orders-db
\`\`\`

## Stays silent on

The same sale behind a limit, and behind a service that sheds:

\`\`\`lintel
client fans
client partners
gateway front { rate-limit { limit: 50/s, per: client, state: shared } }
load-balancer lb
service orders { replicas: 40, capacity: 1k/s, load-shed: yes }
database ledger { shards: 4, capacity: 5k/s, replicas: 1 }

fans -> front -> orders
partners -> lb -> orders
orders -> ledger

flow "Buy" {
  rate: 8k/s
  fans -> front -> orders -> ledger
}
scenario "On sale" {
  surges: "Buy"(3)
  expect "Buy": degraded
}
\`\`\`

A design that speaks neither of limits nor of surges:

\`\`\`lintel
client app
load-balancer lb
service api { replicas: 4, capacity: 500/s }
database db { capacity: 2k/s, replicas: 1 }

app -> lb -> api -> db

flow "Look" { rate: 900/s   app -> lb -> api -> db }
\`\`\`

A queue takes up the surge, and others come in by a door of their own:

\`\`\`lintel
client fans
client staff
gateway front { rate-limit { limit: 100/s, per: client, state: shared } }
service intake { replicas: 20, capacity: 2k/s }
service backoffice
queue orders
worker booking
database ledger { capacity: 3k/s, replicas: 1 }

fans -> front -> intake
intake ~> orders ~> booking
booking -> ledger : writes { op: upsert }
staff -> backoffice -> ledger

flow "Buy" {
  rate: 2k/s
  fans -> front -> intake
  intake ~> orders
}
scenario "On sale" {
  surges: "Buy"(3)
  expect "Buy": available
}
\`\`\`

A waiting room is asked first:

\`\`\`lintel
client fans
service orders { replicas: 40, capacity: 1k/s }
service room { role: waiting-room }
database ledger { shards: 4, capacity: 5k/s, replicas: 1 }

fans -> orders -> ledger
orders -> room

flow "Buy" {
  rate: 8k/s
  fans -> orders
  orders -> room
  orders -> ledger
}
scenario "On sale" {
  surges: "Buy"(3)
  expect "Buy": degraded
}
\`\`\`

What is asked first may be such a room, for what it is for is said to be unknown:

\`\`\`lintel
client fans
service orders { replicas: 40, capacity: 1k/s }
service room { role: unknown }
database ledger { shards: 4, capacity: 5k/s, replicas: 1 }

fans -> orders -> ledger
orders -> room

flow "Buy" {
  rate: 8k/s
  fans -> orders
  orders -> room
  orders -> ledger
}
scenario "On sale" {
  surges: "Buy"(3)
  expect "Buy": degraded
}
\`\`\`

## How to fix

- Limit each client at the first place that knows who is calling: \`rate-limit { limit: 20/s, per: client, state: shared }\`. The fix writes the
  block; the limit is yours to choose.
- Refuse early what cannot be served, the least important first: \`load-shed: yes\`, or a \`concurrency-limit\`.
- Let people wait in a waiting room or a queue, where the work can be done later.

## Sources

- AWS Builders’ Library, [Using load shedding to avoid overload](https://aws.amazon.com/builders-library/using-load-shedding-to-avoid-overload/)
- Beyer et al., *Site Reliability Engineering* (2016), ch. 21, [Handling Overload](https://sre.google/sre-book/handling-overload/)
`,
  'fallback-shares-fate': `# fallback-shares-fate

## Why

"If the cache is down, we read the database." On a good day that sentence is true. On the day on which the cache is down the database gets all that
the cache had kept away from it, and goes down second. Other fallbacks lead back, two hops further, to the component that failed; or they answer
what the flow does not accept, which is why they were not the first choice.

For each \`fallback\` that is a component the rule asks, in this order:

- Does what stands in need what it stands in for, over hard relations of any length?
- Can it take its own load and all that moves to it, at the peak? Behind a cache, the misses that reach it already count once.
- Does it answer anybody, where the primary asks who is there? Is it a cache whose entries get older than a reader requires?
- If none of these: does the design say that nobody has ever tried it (\`exercised: never\`)? That is only a remark.

A fallback that is a value (\`stale\`, \`empty\`, a default) needs nobody and is always right here. A limit for all callers together, a bulkhead on the
call or shedding at either end keeps the load away, and silences the second question; so does capacity that is not stated. Where the load without
the failure is not completely known it is a warning. Alternatives that stand on one host or in one zone are a matter of
\`common-mode-dependency\`. Where a cache is concerned, \`origin-cannot-survive-cold-cache\` sees the same weakness: this rule tells it, since the
design says in so many words that the load moves.

## Fires on

The cache in front is also the dam:

\`\`\`lintel
client shopper
service api
cache prices-cache uses redis { pattern: cache-aside, ttl: 60s, hit-ratio: 90%, replicas: 2 }
database prices-db uses postgres { replicas: 3, capacity: 2k/s }

shopper -> api
api -> prices-cache : reads { fallback: prices-db }
//^^^^^^^^^^^^^^^^^ error fallback-shares-fate: When \`prices-cache\` fails, \`api\` falls back to \`prices-db\`, which then gets 40k/s and can take 6k/s: the failure of \`prices-cache\` becomes one of \`prices-db\`
api -> prices-db : reads

flow "Look" {
  rate: 40k/s
  shopper -> api
  api -> prices-cache : reads
  when "not cached" 10% { api -> prices-db : reads }
}
\`\`\`

Where it is said to be unknown what the cache is filled from, part of that load may reach the database already, so it is only a warning:

\`\`\`lintel
client shopper
service api
cache prices-cache uses redis { ttl: 60s, hit-ratio: 90%, replicas: 2, rebuild-from: unknown }
database prices-db uses postgres { replicas: 3, capacity: 2k/s }

shopper -> api
api -> prices-cache : reads { fallback: prices-db }
//^^^^^^^^^^^^^^^^^ warning fallback-shares-fate: which then gets 40k/s and can take 6k/s

flow "Look" {
  rate: 40k/s
  shopper -> api
  api -> prices-cache : reads
}
\`\`\`

The second recommender asks the first one for its features:

\`\`\`lintel
client viewer
service home
service recommender
service simple-recommender
service features

viewer -> home
home -> recommender { fallback: simple-recommender }
//^^^^^^^^^^^^^^^^^ error fallback-shares-fate: falls back to \`simple-recommender\`, but that cannot do without \`recommender\` either (\`simple-recommender\` → \`features\` → \`recommender\`)
home -> simple-recommender
simple-recommender -> features -> recommender
\`\`\`

The old login answers without asking:

\`\`\`lintel
client app
gateway front
service profiles { auth: token }
service legacy-profiles { auth: none }

app -> front
front -> profiles : calls { fallback: legacy-profiles }
//^^^^^^^^^^^^^^^ error fallback-shares-fate: \`legacy-profiles\`, which answers anybody, while \`profiles\` asks who is there
\`\`\`

Sized, but never tried:

\`\`\`lintel
client app
service orders
external psp uses stripe
external second-psp "Second payment provider"

app -> orders
orders -> psp : calls "authorize" { op: authorize, idempotent: order-id, fallback: second-psp, exercised: never }
//^^^^^^^^^^^ info fallback-shares-fate: Nobody has tried whether \`orders\` works with \`second-psp\` in place of \`psp\`
\`\`\`

## Stays silent on

An older price needs nobody:

\`\`\`lintel
client shopper
service api
cache prices-cache uses redis { pattern: cache-aside, ttl: 60s, hit-ratio: 90%, replicas: 2 }
database prices-db uses postgres { replicas: 3, capacity: 2k/s }

shopper -> api
api -> prices-cache : reads { fallback: stale(10min) }
api -> prices-db : reads

flow "Look" {
  rate: 40k/s
  shopper -> api
  api -> prices-cache : reads
  when "not cached" 10% { api -> prices-db : reads }
}
\`\`\`

The database can take all of it:

\`\`\`lintel
client shopper
service api
cache prices-cache uses redis { pattern: cache-aside, ttl: 60s, hit-ratio: 90%, replicas: 2 }
database prices-db uses postgres { replicas: 3, capacity: 20k/s }

shopper -> api
api -> prices-cache : reads { fallback: prices-db }
api -> prices-db : reads

flow "Look" {
  rate: 40k/s
  shopper -> api
  api -> prices-cache : reads
  when "not cached" 10% { api -> prices-db : reads }
}
\`\`\`

What the second region does not have to give is shed, and it needs nothing of the first:

\`\`\`lintel
client shopper
gateway front
service api-us { replicas: 10, capacity: 900/s }
service api-eu { replicas: 10, capacity: 500/s, load-shed: yes }

shopper -> front
front -> api-us : calls { fallback: api-eu }
front -> api-eu : calls { share: 30% }

flow "Look" {
  rate: 6k/s
  shopper -> front
  front -> api-us
}
\`\`\`

What stands in asks the primary only for what it can do without:

\`\`\`lintel
client viewer
service home
service recommender
service bestsellers

viewer -> home
home -> recommender { fallback: bestsellers }
bestsellers -> recommender { criticality: soft }
\`\`\`

## How to fix

- Answer with something that needs nobody: an older answer kept beside (\`fallback: stale(10min)\`; the fix writes it for reads), a fixed one, an
  empty one.
- Let only so much through when it happens: a \`rate-limit\` for all, a \`bulkhead\`, \`load-shed\` at the stand-in.
- Or do not fall back at all: use both all the time, each sized for the whole. Then the bad day is like any other.

## Sources

- AWS Builders' Library, [Avoiding fallback in distributed systems](https://aws.amazon.com/builders-library/avoiding-fallback-in-distributed-systems/)
- Bronson et al., [Metastable Failures in Distributed Systems](https://sigops.org/s/conferences/hotos/2021/papers/hotos21-s11-bronson.pdf) (HotOS 2021)
`,
  'synchronised-herd': `# synchronised-herd

## Why

What is counted by the second must also be looked at by the second in which it comes. A gateway with a hundred thousand connections is quiet for
months; then it is restarted, and a hundred thousand clients knock at the same moment, each with a handshake and a login. A nightly job for each
customer is nothing, until all of them start at midnight sharp. Chance is the cure: each waits for a random time, over a window that is wide
enough.

Three herds are known from a design: those who come back when one replica of what holds \`connections\` is lost, to the replicas that are left and to
what checks who they are (\`role: auth\`); a fleet that fetches something anew after one and the same time (\`ttl\`, \`max-age\`) and says \`jitter: none\`; and jobs that start at
one \`cron\` instant at the same component (\`calls\`, \`fan-out\`). Where they \`spread\`
over a window, the herd is divided by it; where there is some \`jitter\` and nobody says how wide, it is taken for enough. Without either they come
within about a second. It is an error where the window, or that there is none, is stated; else a warning. What goes into a queue is taken up there.

## Fires on

A million devices on ten gateways, and everybody logs in again:

\`\`\`lintel
client devices
gateway sockets { replicas: 10, connections: 1M }
//      ^^^^^^^ error synchronised-herd: \`sockets\` holds 1M connections on 10 replicas: when one is lost, 100k come back within about a second, each through \`login\`, which takes 8k/s
service login { role: auth, replicas: 4, capacity: 2k/s }

devices -> sockets : calls { streaming: yes, jitter: none }
sockets -> login
\`\`\`

A window that is too short for the replicas that are left:

\`\`\`lintel
client devices
gateway sockets { replicas: 5, connections: 2M, capacity: 10k/s }
//      ^^^^^^^ error synchronised-herd: when one is lost, 400k come back spread over 5s, 80k/s to the 4 that are left, which take 40k/s

devices -> sockets : calls { streaming: yes, jitter: full, spread: 5s }
\`\`\`

A statement for each customer, all at midnight:

\`\`\`lintel
scheduler monthly { cron: "0 0 1 * *" }
service statements { replicas: 6, capacity: 50/s }

monthly ~> statements : triggers { calls: 40k }
//^^^^^^^^^^^^^^^^^^^ warning synchronised-herd: At \`0 0 1 * *\`, \`monthly\` starts 40k jobs in one second at \`statements\`, which takes 300/s
\`\`\`

Flags that a whole fleet fetches every half a minute, all at once:

\`\`\`lintel
service edge { replicas: 4k }
service flags { replicas: 2, capacity: 400/s }

edge -> flags : calls { ttl: 30s, jitter: none, timeout: 200ms }
//^^^^^^^^^^^ error synchronised-herd: All 4k replicas of \`edge\` ask \`flags\` anew every 30s at the same moment, and it takes 800/s
\`\`\`

The balancer spreads them over too short a time. What the fix changes is what is stated there:

\`\`\`lintel
client screens
load-balancer lb
gateway boards { replicas: 4, connections: 400k }
//      ^^^^^^ error synchronised-herd
service login { role: auth, replicas: 4, capacity: 2k/s }

screens -> lb : calls { streaming: yes, backoff: exponential, jitter: full }
lb -> boards  : routes { streaming: yes, spread: 2s }
boards -> login
\`\`\`

## Stays silent on

They come back at random over a window that is wide enough, and over one that nobody measures:

\`\`\`lintel
client devices
client screens
load-balancer lb
gateway sockets { replicas: 10, connections: 1M }
gateway boards { replicas: 4, connections: 400k }
service login { role: auth, replicas: 4, capacity: 2k/s }

devices -> sockets : calls { streaming: yes, jitter: full, spread: 20s }
screens -> lb      : calls { streaming: yes, backoff: exponential, jitter: full }
lb -> boards       : routes { streaming: yes }
sockets -> login
boards -> login
\`\`\`

Few connections, and a service that nobody counts:

\`\`\`lintel
client devices
gateway sockets { replicas: 10, connections: 20k }
gateway boards { replicas: 10, connections: 1M }
service login { role: auth, replicas: 4, capacity: 2k/s }
service hello { role: auth }

devices -> sockets, boards : calls { streaming: yes }
sockets -> login
boards -> hello
\`\`\`

A fleet whose periods have some chance in them, or of which nobody says that they have none:

\`\`\`lintel
service edge { replicas: 4k }
service web { replicas: 4k }
service flags { replicas: 2, capacity: 400/s }

edge -> flags : calls { ttl: 30s, jitter: full, timeout: 200ms }
web -> flags  : calls { ttl: 30s, timeout: 200ms }
\`\`\`

The jobs of the night go into a queue, or are spread over it:

\`\`\`lintel
scheduler monthly { cron: "0 0 1 * *" }
scheduler nightly { cron: "0 0 1 * *", spread: 3h }
queue jobs
service statements { replicas: 6, capacity: 50/s }

monthly ~> jobs : triggers { calls: 40k }
jobs ~> statements : delivers
nightly ~> statements : triggers { calls: 40k }
\`\`\`

## How to fix

- Let each wait for a random time before it comes back: \`jitter: full\`, over a window of herd ÷ (0.8 × capacity). The fix writes it.
- Let the server say when to come back, with a random part in it (\`Retry-After\`).
- Give jobs a start within a window instead of an instant, or put them into a queue.
- Hold fewer connections on each replica, so that less is lost with one.

## Sources

- Brooker, [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/) (AWS Architecture Blog 2015)
- Beyer et al., *Site Reliability Engineering* (2016), ch. 24, [Distributed Periodic Scheduling with Cron](https://sre.google/sre-book/distributed-periodic-scheduling/)
`,
  'lock-without-fencing': `# lock-without-fencing

## Why

A lock that ends by itself (a lease, a TTL, a session) is a promise about time, and no process knows how long it has just been asleep: a
garbage collection, a virtual machine that was moved, a network that held a packet back. The holder wakes up, believes that it still has the
lock, and writes; meanwhile somebody else has got it and writes as well. No lock service can prevent that. Only what is written to can: by a
number that rises with each lock and of which it refuses an older one (a fencing token), or by a condition on the write itself.

What a lock guards is what it \`protects\`, else what its holder writes in the same flow. Where the lock is there for \`correctness\`, even a plain
put is harmful when it comes late, for it overwrites what the next holder wrote. Where it is there for \`efficiency\`, only what cannot bear
repetition is. Where nobody says what for, the class of the data decides; without one, it is a warning. A row lock of a database ends with its
transaction and is no lease, unless a lease is stated.

## Fires on

A lease in Redis guards files that somebody else may write by then:

\`\`\`lintel
data Invoice { class: money, key: invoice-id }

service invoicer
cache locks uses redis { replicas: 3 }
object-store invoices uses s3 { stores: Invoice }

invoicer -> locks    : locks { lease { ttl: 30s }, protects: invoices }
//^^^^^^^^^^^^^^^ error lock-without-fencing: without a fencing token: after a pause of more than 30s the next holder has the lock, and both write, though \`Invoice\` has class money
invoicer -> invoices : writes { op: upsert }
\`\`\`

A lock service that a majority agrees on does not help either, and the work takes longer than the lease:

\`\`\`lintel
service planner
coordinator etcd uses etcd { voters: 3 }
database routes uses postgres

planner -> etcd   : locks { lease { ttl: 20s, hold: 45s }, purpose: correctness, protects: routes }
//^^^^^^^^^^^^^ error lock-without-fencing: the work takes 45s at p99 and the lease ends after 20s without renewal, so the next holder gets the lock and both write, though the lock is there for correctness
planner -> routes : writes { op: update }
\`\`\`

It is only there to save work, but what is done twice then is a message to a person:

\`\`\`lintel
worker reminder
coordinator zk uses zookeeper { voters: 5 }
external mail

reminder -> zk   : locks { purpose: efficiency }
//^^^^^^^^^^^^ error lock-without-fencing: though doing it twice is not without effect (\`send\`)
reminder -> mail : calls { op: send, timeout: 2s }
\`\`\`

A sketch that says no more than that there is a lock:

\`\`\`lintel
client shopper
service checkout
cache redis uses redis
database stock uses postgres

shopper -> checkout
checkout -> redis : locks
//^^^^^^^^^^^^^^^ warning lock-without-fencing: when it is paused until the lease has ended, the next holder gets the lock and both write
checkout -> stock : writes
\`\`\`

The lock is kept where the record is, but that place forgets it at a failover:

\`\`\`lintel
service booking
cache seats uses redis { replicas: 2, truth: no }

booking -> seats : locks { lease: 10s, purpose: correctness, protects: seats }
//^^^^^^^^^^^^^^ error lock-without-fencing: but a failover of \`seats\` can forget the lock
booking -> seats : writes { op: update }
\`\`\`

## Stays silent on

The protected side refuses a late holder:

\`\`\`lintel
data Invoice { class: money, key: invoice-id }

service invoicer
coordinator etcd uses etcd { voters: 3 }
database invoices uses postgres { stores: Invoice }

invoicer -> etcd     : locks { lease { ttl: 30s, renew: 10s }, protects: invoices }
invoicer -> invoices : writes { op: upsert, fencing: token }
\`\`\`

The write itself asks whether somebody else has written since, or is recognised by its key:

\`\`\`lintel
data Invoice { class: money, key: invoice-id }

service invoicer
cache locks uses redis
object-store invoices uses s3 { stores: Invoice }
database ledger uses postgres { stores: Invoice }

invoicer -> locks    : locks { lease { ttl: 30s }, purpose: correctness }
invoicer -> invoices : writes { op: upsert, if: version }
invoicer -> ledger   : writes { op: insert, idempotent: invoice-id }
\`\`\`

A lock that only saves work, over a state that is set once more:

\`\`\`lintel
worker thumbnailer
cache locks uses redis
object-store images uses s3

thumbnailer -> locks  : locks { lease: 1min, purpose: efficiency }
thumbnailer -> images : writes { op: upsert }
\`\`\`

A row lock, which ends with the transaction that writes the row:

\`\`\`lintel
data Account { class: money, key: account-id }

service transfers { tx { name: move, protocol: local, scope: database } }
database accounts uses postgres { stores: Account }

transfers -> accounts : locks "payer and payee" { tx: move }
transfers -> accounts : writes { op: update, tx: move }
\`\`\`

The lease of a cache on filling an entry: two that fill it waste a read, no more:

\`\`\`lintel
service catalog
cache hot uses redis { rebuild-from: products }
database products uses postgres

catalog -> hot      : locks "who fills it" { lease: 2s }
catalog -> hot      : reads
catalog -> products : reads
catalog -> hot      : writes { op: set }
\`\`\`

## How to fix

- Send a fencing token along, a number that rises with each lock (etcd’s revision, ZooKeeper’s zxid, a sequence), and let the protected side
  refuse what comes with an older one: \`fencing: token\`. The fix writes it where the change is; the protected side must really check it.
- Make the write conditional (\`if: version\`, a generation of the object), so that no lock is needed for it to be right.
- Give the effect a key by which it is recognised (\`idempotent: order-id\`).
- Keep a lock that matters in a store that a majority agrees on. That alone is not enough: it decides who has the lock, not who writes.

## Sources

- Kleppmann, [How to do distributed locking](https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html) (2016)
- etcd documentation, [etcd versus other key-value stores](https://etcd.io/docs/v3.6/learning/why/): notes on the usage of lock and lease
- Redis documentation, [Distributed Locks with Redis](https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/): analysis and fencing
- Burrows, *The Chubby lock service for loosely-coupled distributed systems* (OSDI 2006): sequencers
`,
  'singleton-without-election': `# singleton-without-election

## Why

A second replica of something that works by itself does not make it safer: it makes it happen twice. A scheduler on three machines fires three
times, a leader that nobody elected leads three times. One of them has to hold something that the others cannot have at the same time, a lease
in a coordinator or a row in a database; or each run needs a name by which the second one is recognised.

It is an error where one of the effects is known not to bear repetition; reading, reconciling and setting a state do. A \`singleton\` of whose
effects nothing is said is a warning. That a scheduler fires on each of its replicas is what plain ones do; one that elects by itself says so
(\`voters\`, \`failover\`, \`standby\`, or another \`delivery\`). Work that a broker hands out piece by piece is no concern, whatever the number of
workers.

The other side is the gap: where \`max-gap\` says how long it may be gone, a lease that has to end first, a failover or a restart must fit into
that.

## Fires on

Three schedulers, and each of them writes the invoices:

\`\`\`lintel
scheduler billing-cron { replicas: 3, cron: "0 2 * * *" }
//        ^^^^^^^^^^^^ warning singleton-without-election: \`billing-cron\` runs on 3 replicas and nothing elects one of them: each run happens 3 times, and \`insert\` on \`invoicer → invoices\` is not idempotent
service invoicer
database invoices uses postgres

billing-cron ~> invoicer : triggers { delivery: at-most-once }
invoicer -> invoices : writes { op: insert }
\`\`\`

It says that it should be one:

\`\`\`lintel
worker settlement { replicas: 2, singleton: yes }
//     ^^^^^^^^^^ error singleton-without-election: \`settlement\` should be one, but runs on 2 replicas and nothing elects one of them: its work is done 2 times, and \`charge\` on \`settlement → psp\` is not idempotent
external psp

settlement -> psp : calls { op: charge, timeout: 2s }
\`\`\`

A leader that nobody elected, of whose writes nothing more is said:

\`\`\`lintel
service placer { replicas: 3, role: leader }
//      ^^^^^^ warning singleton-without-election: \`placer\` should be one, but runs on 3 replicas
database plans uses postgres

placer -> plans : writes
\`\`\`

Elected, but the lease outlasts the gap that is allowed:

\`\`\`lintel
scheduler sweeper { replicas: 2, max-gap: 30s }
//        ^^^^^^^ warning singleton-without-election: nothing runs for 75s (the lease of 1min and the lock delay of 15s must end first), but it may be gone for 30s at most
coordinator consul uses consul { voters: 3 }

sweeper -> consul : locks { lease { ttl: 1min, renew: 20s }, fencing: token }
\`\`\`

## Stays silent on

One of them holds a lease:

\`\`\`lintel
scheduler billing-cron { replicas: 3, max-gap: 1min }
coordinator etcd uses etcd { voters: 3 }
service invoicer
database invoices uses postgres

billing-cron -> etcd : locks "leader" { lease { ttl: 15s, renew: 5s }, fencing: token }
billing-cron ~> invoicer : triggers { delivery: at-most-once }
invoicer -> invoices : writes { op: insert }
\`\`\`

What runs twice bears it: it reconciles, reads and sets a state:

\`\`\`lintel
scheduler recon { replicas: 2, zones: 2 }
external psp
database ledger uses postgres
object-store reports uses s3

recon -> psp, ledger : reconciles { period: 1d }
recon -> ledger      : reads
recon -> reports     : writes { op: upsert }
\`\`\`

Each run is recognised:

\`\`\`lintel
scheduler billing-cron { replicas: 3, dedupe { key: [job, scheduled-at] } }
service invoicer
database invoices uses postgres

billing-cron ~> invoicer : triggers { delivery: at-most-once }
invoicer -> invoices : writes { op: insert }
\`\`\`

A queue hands each piece of work to one of them:

\`\`\`lintel
service api
queue jobs uses sqs { visibility: 5min }
worker reaper { replicas: 4, role: reaper }
database sessions uses postgres

api ~> jobs : publishes
jobs ~> reaper : delivers { proc-time { p50: 1s } }
reaper -> sessions : writes { op: delete }
\`\`\`

There is one, and it is back in time:

\`\`\`lintel
scheduler digest { replicas: 1, restart: 40s, max-gap: 5min }
service mailer
external mail

digest ~> mailer : triggers { delivery: at-most-once }
mailer -> mail : calls { op: send, timeout: 2s }
\`\`\`

## How to fix

- Elect one: a lease in a coordinator that the others wait for. The fix writes it, with a fencing token, for a leader that was paused does not
  know that it no longer leads.
- Or let each run carry its name, the job and the time it was due, and recognise it where the effect is.
- Let a broker hand out the work piece by piece, so that any number of workers share it.
- Where the gap is too long, shorten the lease or the detection; more replicas alone do not.

## Sources

- Beyer et al., *Site Reliability Engineering* (2016), ch. 24, [Distributed Periodic Scheduling with Cron](https://sre.google/sre-book/distributed-periodic-scheduling/)
- AWS Builders’ Library, [Leader election in distributed systems](https://aws.amazon.com/builders-library/leader-election-in-distributed-systems/)
`,
  'serialised-section-saturates': `# serialised-section-saturates

## Why

Some work is done one after the other: under a lock, in the transactions that change one row, in a component of which one runs with one thread.
If each stays inside for S, then at most 1/S pass in a second, and from S × rate = 1 on the queue in front only grows. No machine more changes
that, only a shorter stay. What makes it long is nearly always a call inside: 400 ms for a payment provider while the row of the event is locked
is 2.5 sales a second.

The stay is the sum of what is waited for inside: the relations of the transaction (\`tx\`), the steps that a flow names between them or behind the
lock, or the lock’s stated \`hold\`; each with its usual time (p50). Those who meet are all, where the lock is \`per: global\`, or those for one value
of a key, whose share \`key-dist\` or \`key-cardinality\` gives. Whose times, keys or rates nobody states is not accused.

From 100% on it is an error, above 70% a warning. Times that are only known at p99 are longer than the mean, so they give a warning at most. A
transaction of one database that waits for a third party is an info in any case.

## Fires on

A payment inside of the transaction that holds the row of the event:

\`\`\`lintel
client fan
service orders { tx { name: sell, protocol: local, scope: row } }
database ledger uses postgres { key: event-id, key-dist: hot(3%), latency { p50: 4ms, p99: 20ms } }
external psp { latency { p50: 396ms, p99: 900ms } }

fan -> orders
orders -> ledger : writes { op: update, tx: sell }
orders -> psp    : calls "charge" { op: authorize, tx: sell, timeout: 2s }
//^^^^^^^^^^^ error serialised-section-saturates: Transaction \`sell\` is held for 400ms (396ms for \`orders → psp\` and 4ms for \`orders → ledger\`): at most 2.5/s pass for one \`event-id\`, but its busiest value carries 3% of 10k/s = 300/s

flow "Buy" {
  rate: 10k/s
  fan -> orders
  orders -> ledger : writes
  orders -> psp
}
\`\`\`

One lock for all, held for the calls behind it:

\`\`\`lintel
client app
service planner
coordinator etcd uses etcd { voters: 3 }
service optimiser { latency { p50: 120ms } }

app -> planner
planner -> etcd : locks { per: global, fencing: token }
planner -> optimiser : calls { timeout: 1s }
//^^^^^^^^^^^^^^^^^^ warning serialised-section-saturates: The lock in \`etcd\` is held for 120ms by \`planner → optimiser\`: at most 8.33/s pass, and 7/s come: 84% of that

flow "Plan" {
  rate: 7/s
  app -> planner
  planner -> etcd : locks
  planner -> optimiser
}
\`\`\`

One sequencer, with one thread, asked by all:

\`\`\`lintel
client app
service api
service sequence { role: sequencer, replicas: 1, concurrency: 1, latency { p50: 2ms } }
//      ^^^^^^^^ error serialised-section-saturates: \`sequence\` is busy for 2ms: at most 500/s pass, but 800/s come

app -> api -> sequence

flow "Post" { rate: 800/s   app -> api -> sequence }
\`\`\`

Too little is known of the load, but a third party decides how long the rows stay locked:

\`\`\`lintel
service orders
database ledger uses postgres
external psp

orders -> ledger : writes { op: update, tx: sell }
orders -> psp    : calls { op: authorize, tx: sell, timeout: 2s }
//^^^^^^^^^^^ info serialised-section-saturates: \`orders\` waits for \`psp\` inside transaction \`sell\`: what it has locked in \`ledger\` stays locked for as long as \`psp\` takes, up to 2s
\`\`\`

## Stays silent on

Reserve, pay, confirm: the payment is outside of both transactions:

\`\`\`lintel
client fan
service orders { tx { name: reserve, protocol: local, scope: row } }
database ledger uses postgres { key: event-id, key-dist: hot(1%), latency { p50: 4ms, p99: 20ms } }
external psp { latency { p50: 396ms, p99: 900ms } }

fan -> orders
orders -> ledger : writes "reserve" { op: update, tx: reserve }
orders -> psp    : calls { op: authorize, timeout: 2s }
orders -> ledger : writes "confirm" { op: update, tx: confirm }

flow "Buy" {
  rate: 10k/s
  fan -> orders
  orders -> ledger : writes "reserve"
  orders -> psp
  orders -> ledger : writes "confirm"
}
\`\`\`

A lock for each of many values, and one whose keys nobody describes:

\`\`\`lintel
client app
service planner
coordinator etcd uses etcd { voters: 3 }
database plans { key: depot-id, key-cardinality: 2k, latency { p50: 15ms } }

app -> planner
planner -> etcd  : locks { per: depot-id, protects: plans, fencing: token, lease { ttl: 10s, hold: 80ms } }
planner -> plans : writes { op: upsert }

flow "Plan" {
  rate: 700/s
  app -> planner
  planner -> etcd : locks
  planner -> plans : writes
}
\`\`\`

New records, which lock nothing that others want, and a counter that is cut into parts:

\`\`\`lintel
client fan
service orders
database ledger uses postgres { key: event-id, key-dist: hot(3%), latency { p50: 8ms } }
database counters { key: event-id, key-dist: hot(3%), split: by(40), latency { p50: 8ms } }

fan -> orders
orders -> ledger   : writes { op: insert, tx: sell }
orders -> counters : writes { op: increment, tx: sell }

flow "Buy" {
  rate: 10k/s
  fan -> orders
  orders -> ledger : writes
  orders -> counters : writes
}
\`\`\`

A sequence that hands out blocks:

\`\`\`lintel
client app
service api
service sequence { role: id-generator, replicas: 1, concurrency: 1, id-block: 1k, latency { p50: 2ms } }

app -> api -> sequence

flow "Post" { rate: 80k/s   app -> api -> sequence }
\`\`\`

## How to fix

- Take what is slow out of it: reserve in a short transaction, call, and confirm in a second one; what is never confirmed expires.
- Cut the busiest value into parts (\`split\`, escrow), or hand out blocks, so that fewer meet.
- Do several at a time: \`batch: 50\` makes one stay of fifty.
- Let the store check a version at the end instead of holding a lock (\`if: version\`), where conflicts are rare.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 7: two-phase locking and its performance
- Baker et al., *Megastore* (CIDR 2011): a few writes a second in one entity group
- Lazowska et al., *Quantitative System Performance* (1984), ch. 3: the utilization law
`,
  'lock-order-inversion': `# lock-order-inversion

## Why

One takes the payer’s account and then wants the payee’s; the other has the payee’s and wants the payer’s. Each waits for what the other holds. No
test finds it, since both must run within the same millisecond, and on the busiest day of the year they do. If all take their locks in one order,
no ring can close.

What is held together is read from the steps of the flows: locks that one component takes in turn, those that it takes while it holds one and
calls somebody who takes another, and the rows of different data that are changed in one transaction. Locks are the same where they protect the
same, carry the same data or the same label at the same place. Flows that do not name their steps have no order, and nothing is said about them.

A lock that is asked for with a \`timeout\` is given up in the end, and a stated \`lock-order\` makes it right. Within one database the deadlock is
noticed and one of the two is ended; where that is repeated (\`retries\`), it is an info.

## Fires on

Payer and payee, the one way and the other:

\`\`\`lintel
client app
service transfers
service refunds
coordinator etcd uses etcd { voters: 3 }

app -> transfers, refunds
transfers -> etcd : locks "payer" { fencing: token }
transfers -> etcd : locks "payee" { fencing: token }
refunds -> etcd   : locks "payee" { fencing: token }
refunds -> etcd   : locks "payer" { fencing: token }
//^^^^^^^^^^^^^ warning lock-order-inversion: "Transfer" takes “payer”, then “payee” and "Refund" takes “payee”, then “payer”: run at the same moment, they can wait for each other without end

flow "Transfer" {
  app -> transfers
  transfers -> etcd : locks "payer"
  transfers -> etcd : locks "payee"
}
flow "Refund" {
  app -> refunds
  refunds -> etcd : locks "payee"
  refunds -> etcd : locks "payer"
}
\`\`\`

The second lock is taken by somebody who is called meanwhile:

\`\`\`lintel
client app
service orders
service stock
coordinator etcd uses etcd { voters: 3 }
database order-db
database stock-db

app -> orders, stock
orders -> stock
stock -> orders : calls "cancel what cannot be met"
stock -> etcd : locks { protects: stock-db, fencing: token }
orders -> etcd : locks { protects: order-db, fencing: token }
//^^^^^^^^^^^^ warning lock-order-inversion: "Order" takes \`order-db\`, then \`stock-db\` and "Recount" takes \`stock-db\`, then \`order-db\`

flow "Order" {
  app -> orders
  orders -> etcd : locks
  orders -> stock
  stock -> etcd : locks
}
flow "Recount" {
  app -> stock
  stock -> etcd : locks
  stock -> orders
  orders -> etcd : locks
}
\`\`\`

Two transactions change the same rows of one database in opposite order:

\`\`\`lintel
data Order { key: order-id }
data Stock { key: product-id }

client app
service shop
service warehouse
database db uses postgres { stores: [Order, Stock] }

app -> shop, warehouse
shop -> db      : writes { data: Order, op: update, tx: buy }
shop -> db      : writes { data: Stock, op: update, tx: buy }
warehouse -> db : writes { data: Stock, op: update, tx: ship }
warehouse -> db : writes { data: Order, op: update, tx: ship }
//^^^^^^^^^^^^^ warning lock-order-inversion: run at the same moment, the database ends one of them with an error

flow "Buy" {
  app -> shop
  shop -> db : writes { data: Order }
  shop -> db : writes { data: Stock }
}
flow "Ship" {
  app -> warehouse
  warehouse -> db : writes { data: Stock }
  warehouse -> db : writes { data: Order }
}
\`\`\`

## Stays silent on

Both take them in one order:

\`\`\`lintel
client app
service transfers
service refunds
coordinator etcd uses etcd { voters: 3 }

app -> transfers, refunds
transfers -> etcd : locks "payer" { fencing: token }
transfers -> etcd : locks "payee" { fencing: token }
refunds -> etcd   : locks "payee" { fencing: token }
refunds -> etcd   : locks "payer" { fencing: token }

flow "Transfer" {
  app -> transfers
  transfers -> etcd : locks "payer"
  transfers -> etcd : locks "payee"
}
flow "Refund" {
  app -> refunds
  refunds -> etcd : locks "payer"
  refunds -> etcd : locks "payee"
}
\`\`\`

The labels say roles, and the accounts are taken in the order of their ids, whoever pays:

\`\`\`lintel
client app
service transfers { lock-order: account-id }
service refunds { lock-order: account-id }
coordinator etcd uses etcd { voters: 3 }

app -> transfers, refunds
transfers -> etcd : locks "payer" { fencing: token }
transfers -> etcd : locks "payee" { fencing: token }
refunds -> etcd   : locks "payee" { fencing: token }
refunds -> etcd   : locks "payer" { fencing: token }

flow "Transfer" {
  app -> transfers
  transfers -> etcd : locks "payer"
  transfers -> etcd : locks "payee"
}
flow "Refund" {
  app -> refunds
  refunds -> etcd : locks "payee"
  refunds -> etcd : locks "payer"
}
\`\`\`

One of them gives up after a while; and both at once are taken in one call:

\`\`\`lintel
client app
service transfers
service refunds
coordinator etcd uses etcd { voters: 3 }
database payer-db
database payee-db

app -> transfers, refunds
transfers -> etcd : locks "both" { protects: [payer-db, payee-db], fencing: token }
refunds -> etcd   : locks "the payee" { protects: payee-db, fencing: token, timeout: 200ms }
refunds -> etcd   : locks "the payer" { protects: payer-db, fencing: token, timeout: 200ms }

flow "Transfer" {
  app -> transfers
  transfers -> etcd : locks "both"
}
flow "Refund" {
  app -> refunds
  refunds -> etcd : locks "the payee"
  refunds -> etcd : locks "the payer"
}
\`\`\`

New rows, which nobody else waits for, and two transactions that follow each other:

\`\`\`lintel
data Order { key: order-id }
data Stock { key: product-id }

client app
service shop
service warehouse
database db uses postgres { stores: [Order, Stock] }

app -> shop, warehouse
shop -> db      : writes { data: Order, op: insert, tx: buy }
shop -> db      : writes { data: Stock, op: update, tx: buy }
warehouse -> db : writes { data: Stock, op: update, tx: pick }
warehouse -> db : writes { data: Order, op: update, tx: close }

flow "Buy" {
  app -> shop
  shop -> db : writes { data: Order }
  shop -> db : writes { data: Stock }
}
flow "Ship" {
  app -> warehouse
  warehouse -> db : writes { data: Stock }
  warehouse -> db : writes { data: Order }
}
\`\`\`

## How to fix

- Take locks in one order everywhere: by id, by the name of the table, from the whole to the part. The fix states it (\`lock-order: id\`); change
  the steps accordingly.
- Ask for all in one call that gives all or none.
- Give up after a time and let go of everything (\`timeout\`), then try again after a random wait.
- In one database, expect the error that ends one of the two, and repeat the transaction.

## Sources

- Coffman, Elphick, Shoshani, *System Deadlocks* (ACM Computing Surveys 1971)
- PostgreSQL documentation, [Explicit Locking: Deadlocks](https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS)
`,
  'dual-write': `# dual-write

## Why

An operation is what one component does for one flow while somebody waits. If it changes two systems that keep what they are given, a
database and a broker, a database and a search index, a database and a third party, there is a moment at which only one of them has it. A
process that dies there leaves them different for ever, and no retry knows of it.

Something ties the two together: an outbox row that is captured, a change stream from one to the other, a log that the other is filled from,
a transaction or a saga that both are steps of, or somebody who reconciles them. A cache is no second system: how stale it may be is another
question. What a consumer does is done again as a whole when it dies half-way, so there the question is whether it bears repetition.

It is an error where the data may not be lost; a warning where nobody says what the data is. One operation that writes a store and tells several
brokers of it has one cause, and one outbox mends it. Where there is no store and the same record goes to several brokers, it is a warning: whoever
asked gets no answer and asks again, and nothing that is kept contradicts what was sent. Of records that may be lost, or that nobody describes, it
says nothing there.

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

The same in a flow that names both steps; another flow only looks:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
load-balancer lb
service orders
database orders-db uses postgres { stores: Order }
log events uses kafka

shopper -> lb -> orders
orders -> orders-db : reads
orders -> orders-db : writes { op: insert, idempotent: order-id }
  orders ~> events : publishes { data: Order }
//^^^^^^^^^^^^^^^^ error dual-write: In "Order", \`orders\` writes \`orders-db\` and publishes to \`events\`

flow "Look" {
  shopper -> lb -> orders
  orders -> orders-db : reads
}
flow "Order" {
  shopper -> lb -> orders
  orders -> orders-db : writes
  orders ~> events : publishes
}
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

Three queues are told of one order, which is one mistake, not three:

\`\`\`lintel
data Order { class: order, key: order-id }
client shopper
service orders
database orders-db uses postgres { stores: Order }
queue billing uses sqs
queue shipping uses sqs
queue mails uses sqs

shopper -> orders
orders -> orders-db : writes { op: insert, idempotent: order-id }
  orders ~> billing, shipping, mails : publishes { data: Order }
//^^^^^^^^^^^^^^^^^ error dual-write: \`orders\` writes \`orders-db\` and publishes to \`billing\`, \`shipping\` and \`mails\` one after the other: a crash between them leaves some of them without the \`Order\`
\`\`\`

No store, but the same message three times over:

\`\`\`lintel
data Alert { class: message, key: alert-id }
client operator
service notify
queue texts uses sqs
queue mails uses sqs
queue pushes uses sqs

operator -> notify
notify ~> texts, mails, pushes : publishes { data: Alert }
//^^^^^^^^^^^^^^^^^^^^ warning dual-write: \`notify\` publishes to \`texts\`, \`mails\` and \`pushes\` one after the other: a crash between them leaves some of them without the \`Alert\`
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

A hold at the payment provider lapses by itself; and two messages about nobody says what:

\`\`\`lintel
client shopper
service orders
database orders-db uses postgres
topic news uses sns
queue mails uses sqs
external psp uses stripe

shopper -> orders
orders -> psp : calls { op: authorize, idempotent: order-id }
orders -> orders-db : writes

client clerk
service desk
clerk -> desk
desk ~> news : publishes
desk ~> mails : publishes
\`\`\`

One message to a topic, which hands it on to all; two messages that say different things; and clicks that may be lost:

\`\`\`lintel
data Alert { class: message, key: alert-id }
data Report { class: message, key: report-id }
data Click { class: telemetry }
client operator
service notify
service desk
service web
topic alerts uses sns
queue texts uses sqs
queue mails uses sqs
queue audits uses sqs
queue reports uses sqs
queue clicks uses sqs
queue heatmap uses sqs

operator -> notify, desk, web
notify ~> alerts : publishes { data: Alert }
alerts ~> texts, mails : delivers
desk ~> audits : publishes { data: Alert }
desk ~> reports : publishes { data: Report }
web ~> clicks, heatmap : publishes { data: Click }
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

The message only says earlier what those who are connected would see anyway: they compare with the history every half minute. What one crash keeps from them,
the next comparison brings:

\`\`\`lintel
data Message { class: message, key: channel-id }
client app
service chat { replicas: 3 }
service sockets { replicas: 20 }
database history uses cassandra { replicas: 3, stores: Message }
topic fanout uses redis-pubsub

app -> sockets -> chat { timeout: 1s }
chat -> history : writes { op: insert, idempotent: message-id, timeout: 200ms }
chat ~> fanout : publishes { data: Message }
fanout ~> sockets : delivers { resync: 30s }
sockets -> history : reads { timeout: 200ms }

flow "Send" {
  app -> sockets -> chat
  chat -> history : writes
  chat ~> fanout : publishes
}
\`\`\`

A nightly job compares what was charged with what the ledger says, and so somebody does notice:

\`\`\`lintel
data Payment { class: money, key: payment-id }
client shop
service payments { replicas: 6 }
database ledger uses postgres { stores: Payment }
external psp
batch compare

shop -> payments { timeout: 5s, carries: payment-id }
payments -> ledger : writes { op: insert, idempotent: payment-id, timeout: 500ms }
payments -> psp : calls { op: charge, idempotent: payment-id, timeout: 3s }
compare -> psp : reconciles
compare -> ledger : reads { timeout: 1min }

flow "Pay" {
  shop -> payments
  payments -> ledger : writes
  payments -> psp : calls
}
\`\`\`

## How to fix

- Write an outbox row in the same transaction and let a relay carry it on. The fix does that where a database and a broker are concerned: it
  marks the write with \`outbox: yes\` and puts a \`captures\` relation in the place of the publish.
- Publish once, to a topic or a log, and let each reader have its own subscription or consumer group.
- Write one, and fill the other from its change stream or log.
- Where a third party is concerned: record the intention first, call with a key from a consumer of that record, and reconcile.

## Sources

- Richardson, microservices.io: [Transactional outbox](https://microservices.io/patterns/data/transactional-outbox.html)
- Debezium documentation, [Outbox Event Router](https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 11, "Keeping Systems in Sync"
`,
  'saga-step-without-compensation': `# saga-step-without-compensation

## Why

A saga is a transaction cut into pieces, each of which commits by itself. Nothing undoes the first when the third fails, unless somebody wrote
down how. Behind the point of no return it is the other way round: there is nothing left to undo, so each step has to succeed in the end.

It asks of steps that carry one saga’s name (\`saga: trip\`), and of those of a workflow, in the order of their numbers, of a flow, or of the events
that lead from one to the next. A step needs no compensation where it only reads, holds something that lapses by itself (\`expires\`, \`op:
authorize\`), or where nothing behind it is known to fail. What cannot be undone at all is the matter of
[irreversible-step-before-pivot](irreversible-step-before-pivot.md).

## Fires on

The room stays booked when there is no flight:

\`\`\`lintel
client app
workflow trip uses temporal
service hotel
service car
service flight

app -> trip
trip -> hotel  : calls "reserve room" { saga: trip, step: 1, op: insert, idempotent: trip-id, compensate: cancel-room }
trip -> car    : calls "reserve car"  { saga: trip, step: 2, op: insert, idempotent: trip-id }
//^^^^^^^^^ error saga-step-without-compensation: step 2 \`trip → car\` (reserve car) has no compensation, but step 3 \`trip → flight\` (book seat) can be refused
trip -> flight : calls "book seat"    { saga: trip, step: 3, op: insert, idempotent: trip-id, can-refuse: yes, pivot: yes }
\`\`\`

A call that does not say what it does may only ask something, so it is only warned about:

\`\`\`lintel
client app
service checkout
service stock
service payment

app -> checkout
checkout -> stock   : calls "reserve" { saga: buy, step: 1 }
//^^^^^^^^^^^^^^^ warning saga-step-without-compensation: step 1 \`checkout → stock\` (reserve) has no compensation
checkout -> payment : calls "pay" { saga: buy, step: 2, can-refuse: yes }
\`\`\`

After the money has gone, the warehouse can still say no:

\`\`\`lintel
client app
service checkout
service payment
service warehouse

app -> checkout
checkout -> payment : calls "capture" { saga: buy, step: 1, op: charge, idempotent: order-id, pivot: yes }
checkout -> warehouse : calls "ship"    { saga: buy, step: 2, op: insert, idempotent: order-id, can-refuse: yes }
//^^^^^^^^^^^^^^^^^^^ error saga-step-without-compensation: comes after the point of no return (step 1 \`checkout → payment\` (capture)) and can be refused
\`\`\`

Events lead from step to step, and none leads back:

\`\`\`lintel
client app
service orders { replicas: 3 }
database orders-db uses postgres
log placed uses kafka { replication-factor: 3, min-isr: 2 }
worker stock { replicas: 3 }
database stock-db uses postgres

app -> orders
orders -> orders-db : writes { saga: place, op: insert, outbox: yes, compensate: cancel-order, timeout: 1s }
orders-db ~> placed : captures
placed ~> stock : delivers
stock -> stock-db : writes { saga: place, op: update, idempotent: order-id, can-refuse: yes, timeout: 1s }
//^^^^^^^^^^^^^^^ warning saga-step-without-compensation: nothing leads from \`stock\` back to \`orders\`, which would have to run \`cancel-order\`
\`\`\`

## Stays silent on

Each step is undone, lapses, or only reads; behind the pivot all is repeated until it works:

\`\`\`lintel
client app
workflow trip uses temporal { durable: yes }
service profile
service hotel
service car
service flight
service tickets

app -> trip
trip -> profile : calls "check passport" { saga: trip, step: 1, op: read, can-refuse: yes }
trip -> hotel   : calls "reserve room"   { saga: trip, step: 2, op: insert, idempotent: trip-id, compensate: cancel-room }
trip -> car     : calls "hold car"       { saga: trip, step: 3, op: insert, idempotent: trip-id, expires: 15min }
trip -> flight  : calls "book seat"      { saga: trip, step: 4, op: insert, idempotent: trip-id, can-refuse: yes, pivot: yes }
trip -> tickets : calls "issue"          { saga: trip, step: 5, op: insert, idempotent: trip-id, retriable: yes }
\`\`\`

The refusal comes back as an event:

\`\`\`lintel
client app
service orders { replicas: 3 }
database orders-db uses postgres
log placed uses kafka { replication-factor: 3, min-isr: 2 }
worker stock { replicas: 3 }
database stock-db uses postgres
log refused uses kafka { replication-factor: 3, min-isr: 2 }

app -> orders
orders -> orders-db : writes { saga: place, op: insert, outbox: yes, compensate: cancel-order, timeout: 1s }
orders-db ~> placed : captures
placed ~> stock : delivers
stock -> stock-db : writes { saga: place, op: update, idempotent: order-id, can-refuse: yes, timeout: 1s }
stock ~> refused : publishes { outcome: failure }
refused ~> orders : delivers { outcome: failure }
\`\`\`

A sketch: a workflow with steps of which nobody says that they can fail:

\`\`\`lintel
client app
workflow onboarding
service accounts
service mails

app -> onboarding
onboarding -> accounts : calls "create"
onboarding -> mails : calls "welcome"
\`\`\`

Which of the two comes first is not said:

\`\`\`lintel
client app
workflow buy
service stock
service payment

app -> buy
buy -> stock   : calls "reserve" { saga: buy, op: insert, idempotent: order-id }
buy -> payment : calls "pay"     { saga: buy, op: insert, idempotent: order-id, can-refuse: yes }
\`\`\`

## How to fix

- Name what undoes the step: \`compensate: cancel-room\`. The undoing must itself bear being repeated until it works.
- Or reserve instead of doing, and let the reservation lapse: \`expires: 15min\`.
- Ask everything that can be refused before the pivot. What comes after it is repeated until it works (\`retriable: yes\`).
- Without an orchestrator, publish refusals as events and deliver them to all who went before.

## Sources

- Garcia-Molina & Salem, *Sagas* (SIGMOD 1987)
- Richardson, microservices.io: [Saga](https://microservices.io/patterns/data/saga.html)
- Microsoft, Azure Architecture Center: [Compensating Transaction pattern](https://learn.microsoft.com/en-us/azure/architecture/patterns/compensating-transaction)
`,
  'irreversible-step-before-pivot': `# irreversible-step-before-pivot

## Why

Some things cannot be taken back: money that was captured, a message that was sent, a parcel that has left, coins on a chain. They belong at the
end, behind the last step that can say no. Whoever does them earlier has, for each refusal, somebody who paid for nothing or was told something
that is not so.

It asks of steps of one saga, and of steps that one flow names and waits for. What cannot be undone says so (\`irreversible: yes\`), takes money (\`op:
charge\`) or sends something (\`op: send\`; in a flow, where the message is about the same data); what can still fail says so, too (\`can-refuse: yes\`,
or the \`pivot\`). A hold (\`op: authorize\`) and a step that is made up for (\`compensate: refund\`) are right where they are.

## Fires on

The card is charged before the stock is asked:

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service payments { replicas: 3 }
service inventory { replicas: 3 }

shopper -> checkout { timeout: 5s }
checkout -> payments  : calls "capture" { op: charge, idempotent: order-id, timeout: 1s }
//^^^^^^^^^^^^^^^^^^ error irreversible-step-before-pivot: In "Check out", \`checkout → payments\` (capture) takes the money, which nothing gives back, and only then comes \`checkout → inventory\` (reserve), which can still be refused
checkout -> inventory : calls "reserve" { op: insert, idempotent: order-id, can-refuse: yes, timeout: 1s }

flow "Check out" {
  shopper -> checkout
  checkout -> payments
  checkout -> inventory
}
\`\`\`

A withdrawal leaves before the fraud check is over:

\`\`\`lintel
client app
workflow withdraw uses temporal
service chain
service ledger
service fraud

app -> withdraw
withdraw -> ledger : calls "debit" { saga: withdraw, step: 1, op: update, idempotent: tx-id, compensate: credit }
withdraw -> chain  : calls "broadcast" { saga: withdraw, step: 2, op: insert, idempotent: tx-id, irreversible: yes }
//^^^^^^^^^^^^^^^ error irreversible-step-before-pivot: In saga \`withdraw\`, \`withdraw → chain\` (broadcast) cannot be undone, and only then comes \`withdraw → fraud\` (screen), which can still be refused
withdraw -> fraud  : calls "screen" { saga: withdraw, step: 3, op: read, can-refuse: yes }
\`\`\`

The confirmation goes out before the point of no return:

\`\`\`lintel
client app
workflow order uses temporal
service mails
service stock

app -> order
order -> mails : calls "confirm" { saga: order, step: 1, op: send, idempotent: order-id }
//^^^^^^^^^^^^ error irreversible-step-before-pivot: sends what cannot be called back, and only then comes \`order → stock\` (commit), which is the point of no return
order -> stock : calls "commit" { saga: order, step: 2, op: update, idempotent: order-id, pivot: yes }
\`\`\`

## Stays silent on

Authorise, ask, capture:

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service payments { replicas: 3 }
service inventory { replicas: 3 }

shopper -> checkout   { timeout: 5s }
checkout -> payments  : calls "authorize" { op: authorize, idempotent: order-id, timeout: 1s }
checkout -> inventory : calls "reserve" { op: insert, idempotent: order-id, can-refuse: yes, timeout: 1s }
checkout -> payments  : calls "capture" { op: charge, idempotent: order-id, timeout: 1s }

flow "Check out" {
  shopper -> checkout
  checkout -> payments : calls "authorize"
  checkout -> inventory
  checkout -> payments : calls "capture"
}
\`\`\`

A refund is stated, and what comes later is only repeated until it works:

\`\`\`lintel
client shopper
service checkout { replicas: 3 }
service payments { replicas: 3 }
service inventory { replicas: 3 }
service shipping { replicas: 3 }

shopper -> checkout   { timeout: 5s }
checkout -> payments  : calls "capture" { op: charge, idempotent: order-id, compensate: refund, timeout: 1s }
checkout -> inventory : calls "reserve" { op: insert, idempotent: order-id, can-refuse: yes, timeout: 1s }
checkout -> shipping  : calls "hand over" { irreversible: yes, idempotent: order-id, timeout: 1s }

flow "Check out" {
  shopper -> checkout
  checkout -> payments
  checkout -> inventory
  checkout -> shipping
}
\`\`\`

One is sent or the other is asked, and two that run at the same time have no order:

\`\`\`lintel
client app
service notify { replicas: 3 }
service sms { replicas: 3 }
service push { replicas: 3 }
service limits { replicas: 3 }

app -> notify    { timeout: 5s }
notify -> sms    : calls { op: send, idempotent: note-id, timeout: 1s }
notify -> push   : calls { op: send, can-refuse: yes, idempotent: note-id, timeout: 1s }
notify -> limits : calls { op: increment, can-refuse: yes, idempotent: note-id, timeout: 1s }

flow "Tell" {
  app -> notify
  any-of {
    notify -> sms
    notify -> push
  }
}
flow "Tell and count" {
  app -> notify
  parallel {
    notify -> sms
    notify -> limits
  }
}
\`\`\`

A code has to be sent before it can be checked:

\`\`\`lintel
client app
service login { replicas: 3 }
service sms { replicas: 3 }
service codes { replicas: 3 }

app -> login   { timeout: 3s }
login -> sms   : calls "send the code" { op: send, idempotent: login-id, timeout: 1s }
login -> codes : calls "check the code" { op: update, can-refuse: yes, idempotent: login-id, timeout: 1s }

flow "Log in" {
  app -> login
  login -> sms
  login -> codes
}
\`\`\`

The mail is sent by whoever reads the event, at a time of its own:

\`\`\`lintel
client app
service orders { replicas: 3 }
queue mails { max-deliveries: 5 }
queue parked { alarm: age, redrive: manual }
worker mailer { replicas: 2 }
external smtp
service stock { replicas: 3 }

app -> orders { timeout: 3s }
orders ~> mails : publishes { timeout: 1s }
mails ~> mailer : delivers { dead-letter: parked }
mailer -> smtp : calls { op: send, idempotent: order-id, timeout: 2s }
orders -> stock : calls { op: update, can-refuse: yes, idempotent: order-id, timeout: 1s }

flow "Order" {
  app -> orders
  orders ~> mails ~> mailer -> smtp
  orders -> stock
}
\`\`\`

## How to fix

- Ask first what can say no, and do last what cannot be undone. The fix moves the step where its place is a number or a line of the flow.
- Of money, hold first and take last: \`op: authorize\`, then \`op: charge\` behind the last refusal.
- Or say what makes up for it (\`compensate: refund\`), if that is what you offer.

## Sources

- Richardson, *Microservices Patterns* (2018), ch. 4, "Managing transactions with sagas"
- Garcia-Molina & Salem, *Sagas* (SIGMOD 1987)
- Stripe documentation, [Place a hold on a payment method](https://docs.stripe.com/payments/place-a-hold-on-a-payment-method)
`,
  'two-phase-commit-blocking': `# two-phase-commit-blocking

## Why

In a two-phase commit everybody first promises and then does. Between the two, whoever has promised can do nothing but wait, with its rows locked,
for the coordinator's word. If the coordinator is one node, its crash blocks all of them. If a participant has no way to promise, as a queue, a
search index or somebody else's API, the commit is none: it has already acted when another one says no.

It asks of transactions with \`protocol: 2pc\` or \`xa\` over two or more systems: who cannot prepare, whether the one who decides is a single node
(itself, or the store that \`tx { log: … }\` names), whose rows are locked by another team's coordinator, and what lies in several regions. It is an
error where a participant cannot take part, or where a flow over it promises 99.9% and more. How many nodes a coordinator has that says nothing
is unknown.

## Fires on

A payment provider in the transaction:

\`\`\`lintel
service checkout { replicas: 4, tx { name: buy, protocol: xa } }
//                                              ^^^^^^^^^^^^ error two-phase-commit-blocking: \`buy\` commits \`orders-db\`, \`stock-db\` and \`psp\` together in two phases: \`psp\` is somebody else’s system and has no prepare
database orders-db uses postgres
database stock-db uses mysql
external psp

checkout -> orders-db : writes { tx: buy, op: insert, timeout: 1s }
checkout -> stock-db  : writes { tx: buy, op: update, timeout: 1s }
checkout -> psp       : calls  { tx: buy, timeout: 2s }
\`\`\`

The coordinator is one node, under a flow that promises much:

\`\`\`lintel
client app
load-balancer lb { replicas: 2 }
service orders { replicas: 4 }
service tx-coord { replicas: 1, restart: 5min, tx { name: order-tx, protocol: 2pc } }
//                                                                  ^^^^^^^^^^^^^ error two-phase-commit-blocking: while \`tx-coord\`, a single node, is down, what \`orders-db\` and \`stock-db\` have prepared stays locked until it is back, 5min later, though "Order" promises 99.9%
//                 ^^^^^^^^^^^ error single-point-of-failure
database orders-db uses postgres
database stock-db uses postgres

app -> lb -> orders -> tx-coord { timeout: 2s }
tx-coord -> orders-db : writes { tx: order-tx, op: insert, timeout: 1s }
tx-coord -> stock-db  : writes { tx: order-tx, op: update, timeout: 1s }

flow "Order" { availability: 99.9%, app -> lb -> orders -> tx-coord }
\`\`\`

A queue that does not speak XA, in two regions:

\`\`\`lintel
service billing { replicas: 3, tx { name: bill, protocol: 2pc } }
//                                              ^^^^^^^^^^^^^ error two-phase-commit-blocking: \`mails\` (sqs) has no prepare, so it cannot promise first and commit later; and between \`us\` and \`eu\` every commit holds its locks for two round trips
region us { database invoices uses postgres }
region eu { database vat uses postgres }
queue mails uses sqs

billing -> invoices, vat : writes { tx: bill, op: insert, timeout: 1s }
billing ~> mails : publishes { tx: bill, timeout: 1s }
\`\`\`

Another team's rows:

\`\`\`lintel
service orders { replicas: 3, owner: sales, tx { name: sell, protocol: xa } }
//                                                           ^^^^^^^^^^^^ warning two-phase-commit-blocking: \`stock\` belongs to team \`logistics\`, whose rows a coordinator of team \`sales\` can lock
database ledger uses postgres { owner: sales }
database stock uses postgres { owner: logistics }

orders -> ledger, stock : writes { tx: sell, op: update, timeout: 1s }
\`\`\`

## Stays silent on

The decisions are kept where a majority has them; all participants can prepare:

\`\`\`lintel
service checkout { replicas: 4, tx { name: buy, protocol: xa, log: decisions } }
database decisions uses etcd { voters: 3, zones: 3 }
database orders-db uses postgres
database stock-db uses mysql
queue jobs { prepare: yes }

checkout -> orders-db, stock-db : writes { tx: buy, op: update, timeout: 1s }
checkout ~> jobs : publishes { tx: buy, timeout: 1s }
\`\`\`

Two phases within one database that agrees by consensus, and one resource manager alone:

\`\`\`lintel
service accounts { replicas: 1, tx { name: move, protocol: 2pc } }
database east uses spanner
database west uses spanner
service notes { replicas: 1, tx { name: note, protocol: xa } }
database pages uses postgres

accounts -> east, west : writes { tx: move, op: update, timeout: 1s }
notes -> pages : writes { tx: note, op: update, timeout: 1s }
\`\`\`

A local transaction, and a saga beside it:

\`\`\`lintel
service orders { replicas: 1, tx { name: place, protocol: local } }
database orders-db uses postgres
external psp

orders -> orders-db : writes { tx: place, op: insert, outbox: yes, timeout: 1s }
relay -> orders-db : reads { timeout: 1s }
relay -> psp : calls { op: charge, idempotent: order-id, timeout: 2s }
worker relay { replicas: 2 }
\`\`\`

## How to fix

- Take out who cannot prepare: an outbox row commits with the rest, and what reads it does the call, again and again until it worked.
- Keep what the coordinator decides in a replicated store, so that any other instance can finish what it began.
- Between teams, or over regions, a saga: each step commits by itself and is undone or repeated.

## Sources

- Gray, *Notes on Data Base Operating Systems* (1978)
- Gray & Lamport, [Consensus on Transaction Commit](https://www.microsoft.com/en-us/research/publication/consensus-on-transaction-commit/) (2006)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 9, "Atomic Commit and Two-Phase Commit"
- PostgreSQL documentation, [PREPARE TRANSACTION](https://www.postgresql.org/docs/current/sql-prepare-transaction.html)
`,
  'shared-database-writers': `# shared-database-writers

## Why

A table that two teams write has two sets of rules and no keeper. Each team can break what the other relies on, neither can change a column
without the other, and a bad migration or a long lock of one stops both. It begins as the quickest way to share data and ends as the one interface
that nobody designed and nobody can version.

It asks where components with different stated owners write the same data of one database. Which tables a writer touches is taken from \`data\` on
the arrow, or from the store where it keeps only one kind; where that is open it is only a remark. A component without an owner is nobody else's.

## Fires on

Three teams and one table:

\`\`\`lintel
data Customer { class: identity, key: customer-id }
database customers-db uses postgres { stores: Customer }
//       ^^^^^^^^^^^^ warning shared-database-writers: \`customers-db\` is written by \`crm\` of sales, \`billing\` of finance and \`signup\` of growth: of \`Customer\` nobody alone keeps the rules
service crm { owner: sales }
service billing { owner: finance }
service signup { owner: growth }

crm, billing, signup -> customers-db : writes { op: upsert, timeout: 1s }
\`\`\`

Two of the three tables are each team's own, the third is not:

\`\`\`lintel
data Order { class: order, key: order-id }
data Stock { class: inventory, key: sku }
database shop-db uses postgres { stores: [Order, Stock], owner: sales }
//       ^^^^^^^ warning shared-database-writers: of \`Stock\` nobody alone keeps the rules
service orders { owner: sales }
service warehouse { owner: logistics }

orders -> shop-db    : writes { data: [Order, Stock], op: update, timeout: 1s }
warehouse -> shop-db : writes { data: Stock, op: update, timeout: 1s }
\`\`\`

Who writes what is not said, so it is a remark:

\`\`\`lintel
database main uses postgres
//       ^^^^ info shared-database-writers: where these are the same tables
service orders { owner: sales }
service warehouse { owner: logistics }

orders, warehouse -> main : writes { timeout: 1s }
\`\`\`

## Stays silent on

A modular monolith, a service with its worker, and a team that only reads:

\`\`\`lintel
data Order { class: order, key: order-id }
database shop-db uses postgres { stores: Order }
group shop {
  owner: sales
  service orders
  service returns
  worker shipper
}
service reports { owner: finance }

orders, returns, shipper -> shop-db : writes { op: update, timeout: 1s }
reports -> shop-db : reads { timeout: 5s }
\`\`\`

One server, and to each team its own tables:

\`\`\`lintel
data Order { class: order, key: order-id }
data Stock { class: inventory, key: sku }
database main uses postgres { stores: [Order, Stock] }
service orders { owner: sales }
service warehouse { owner: logistics }

orders -> main    : writes { data: Order, op: update, timeout: 1s }
warehouse -> main : writes { data: Stock, op: update, timeout: 1s }
\`\`\`

Measurements that everybody adds, an audit store, and a job that mends:

\`\`\`lintel
data Sample { class: metric }
data Trail { class: user-content, mutable: no }
data Stock { class: inventory, key: sku }
database samples uses postgres { stores: Sample }
database trail uses postgres { stores: Trail, role: audit }
database stock uses postgres { stores: Stock }
service orders { owner: sales }
service warehouse { owner: logistics }
worker mender { owner: platform, role: reconciler }

orders, warehouse -> samples : writes { op: insert, timeout: 1s }
orders, warehouse -> trail : writes { op: insert, timeout: 1s }
warehouse, mender -> stock : writes { op: update, timeout: 1s }
\`\`\`

A sketch without owners:

\`\`\`lintel
service orders
service returns
database shop-db

orders, returns -> shop-db : writes
\`\`\`

## How to fix

- Give the data to one team: the others call its API, send it commands, or follow its events.
- Or split the tables, and say on each arrow what it writes (\`data: Order\`). Separate schemas on one server are a good first step.
- During a migration, \`accept shared-database-writers because "…" until\` its last day.

## Sources

- Richardson, microservices.io: [Database per service](https://microservices.io/patterns/data/database-per-service.html)
- Microsoft, Azure Architecture Center: [Monolithic Persistence antipattern](https://learn.microsoft.com/en-us/azure/architecture/antipatterns/monolithic-persistence/)
- Newman, *Building Microservices* (2nd ed. 2021), ch. 4, "The Dangers of Shared Databases"
`,
  'transaction-scope-exceeds-store': `# transaction-scope-exceeds-store

## Why

"In one transaction" is easy to draw. What a store gives is narrower: a Redis cluster is atomic within a slot, Bigtable within a row, a sharded
PostgreSQL within a shard, and none of them together with a message broker. Isolation ends as well: under anything below serializable, two
transactions can each count nine tickets and each add the tenth.

It asks of transactions that say how much they change (\`tx { scope: … }\`) against what the store says or is known to give (\`tx-scope\`); of those that
span two systems without a protocol that could bind them; of batches above the store's limit; of reads that leave the transaction for a follower;
and of rules over several records (\`at-most(10, user-id)\`) that are counted and then relied upon. What commits in two phases is the matter of
[two-phase-commit-blocking](two-phase-commit-blocking.md).

## Fires on

A transfer over two accounts, in a store that is atomic within a slot:

\`\`\`lintel
data Account { class: money, key: account-id }
service transfers { replicas: 4, tx { name: transfer, protocol: local, scope: database } }
//                                                                     ^^^^^^^^^^^^^^^ error transaction-scope-exceeds-store: \`transfer\` changes rows anywhere in the database of \`accounts\` at once, but \`accounts\` (redis-cluster) is atomic within one partition only
database accounts uses redis-cluster { stores: Account, shards: 6, sync: sync, durability: fsync, failover { fencing: yes } }

transfers -> accounts : writes { tx: transfer, op: update, timeout: 50ms }
\`\`\`

A row in PostgreSQL and a message in Kafka, "in one transaction":

\`\`\`lintel
data Order { class: order, key: order-id }
service orders { replicas: 4 }
database ledger uses postgres { stores: Order }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> ledger : writes { tx: place, op: insert, timeout: 200ms }
orders ~> events : publishes { tx: place, timeout: 500ms }
//^^^^^^^^^^^^^^ error transaction-scope-exceeds-store: \`events\` (kafka) has no prepare, so nothing can commit it together with \`ledger\`
\`\`\`

At most ten tickets a person, counted under read committed:

\`\`\`lintel
data Ticket { class: order, key: ticket-id, invariants: at-most(10, user-id) }
service box-office { replicas: 6 }
database tickets uses postgres { stores: Ticket }

box-office -> tickets : reads { decides: yes, timeout: 100ms }
box-office -> tickets : writes { op: insert, idempotent: ticket-id, timeout: 100ms }
//^^^^^^^^^^^^^^^^^^^ error transaction-scope-exceeds-store: under read-committed: two at the same moment count the same, both add, and \`at-most(10, user-id)\` is broken
\`\`\`

More items than a transaction holds, and a sharded PostgreSQL:

\`\`\`lintel
data Line { class: order, key: order-id }
data Seat { class: inventory, key: seat-id }
service importer { replicas: 2 }
service seating { replicas: 3, tx { name: swap, scope: database } }
//                                              ^^^^^^^^^^^^^^^ warning transaction-scope-exceeds-store: is atomic within one shard only (it has 8)
database lines uses dynamodb { stores: Line }
database seats uses postgres { stores: Seat, shards: 8, key: seat-id, partitioning: hash }

importer -> lines : writes { tx: load, op: upsert, batch: 500, timeout: 1s }
//                                                 ^^^^^^^^^^ error transaction-scope-exceeds-store: \`load\` writes 500 items to \`lines\` in one transaction, which holds at most 100
seating -> seats : writes { tx: swap, op: update, if: version, timeout: 200ms }
\`\`\`

## Stays silent on

What changes together lies together:

\`\`\`lintel
data Account { class: money, key: account-id }
service transfers { replicas: 4, tx { name: transfer, protocol: local, scope: partition } }
database accounts uses redis-cluster { stores: Account, shards: 6, sync: sync, durability: fsync, failover { fencing: yes } }
service books { replicas: 4, tx { name: post, protocol: local, scope: database } }
database ledger uses cockroachdb { replicas: 5, zones: 3 }

transfers -> accounts : writes { tx: transfer, op: update, timeout: 50ms }
books -> ledger : writes { tx: post, op: update, timeout: 200ms }
\`\`\`

Two topics of one Kafka cluster, and two databases on one server:

\`\`\`lintel
stream-processor enrich { replicas: 3, tx { name: step, protocol: local } }
log raw uses kafka { replication-factor: 3, min-isr: 2 }
log clean uses kafka { replication-factor: 3, min-isr: 2 }
log bad uses kafka { replication-factor: 3, min-isr: 2 }
service shop { replicas: 2, tx { name: sell, protocol: local } }
host box {
  database orders uses postgres
  database stock uses postgres
}

raw ~> enrich : delivers
enrich ~> clean, bad : publishes { tx: step, timeout: 1s }
shop -> orders, stock : writes { tx: sell, op: update, timeout: 200ms }
\`\`\`

The limit is kept by a condition of the write, by a lock, or by the isolation:

\`\`\`lintel
data Ticket { class: order, key: ticket-id, invariants: at-most(10, user-id) }
data Seat { class: order, key: seat-id, invariants: at-most(4, party-id) }
service box-office { replicas: 6 }
service seating { replicas: 6 }
database tickets uses postgres { stores: Ticket }
database seats uses postgres { stores: Seat, isolation: serializable }

box-office -> tickets : reads { decides: yes, timeout: 100ms }
box-office -> tickets : writes { op: insert, idempotent: ticket-id, if: below-limit, timeout: 100ms }
seating -> seats : reads { tx: seat, timeout: 100ms }
seating -> seats : writes { tx: seat, op: insert, idempotent: seat-id, timeout: 100ms }
\`\`\`

An outbox row in the same transaction, and one table each:

\`\`\`lintel
data Order { class: order, key: order-id }
service orders { replicas: 4, tx { name: place, protocol: local, scope: row } }
database ledger uses postgres { stores: Order }
cdc relay uses debezium { replicas: 2 }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> ledger : writes { tx: place, op: insert, outbox: yes, timeout: 200ms }
ledger ~> relay ~> events : captures
\`\`\`

Two services that have nothing to do with each other, each of which calls its own transaction \`save\`:

\`\`\`lintel
client app
service orders { replicas: 3, tx { name: save, protocol: local } }
service users { replicas: 3, tx { name: save, protocol: local } }
database orders-db uses postgres
database users-db uses postgres

app -> orders, users { timeout: 1s }
orders -> orders-db : writes { tx: save, op: insert, timeout: 100ms }
users -> users-db : writes { tx: save, op: insert, timeout: 100ms }
\`\`\`

## How to fix

- Choose keys so that what changes together lies in one partition (a hash tag, the same partition key, an entity group), or write it as one record.
- Between systems, commit in one and carry the change to the other: an outbox, change data capture, or a saga.
- For a rule over several records: lock a row that stands for the group, keep the count in that row and write it on a condition, or ask for
  \`isolation: serializable\` and repeat what it refuses.

## Sources

- [Redis cluster specification](https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/)
- Amazon DynamoDB Developer Guide, [Managing complex workflows with DynamoDB transactions](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html)
- Berenson et al., *A Critique of ANSI SQL Isolation Levels* (SIGMOD 1995)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 7, "Write Skew and Phantoms"
`,
  'ordering-lost': `# ordering-lost

## Why

Order is lost in one hop and noticed in none. It needs the same key all the way, one reader at a time for that key, and nobody who steps out of
the line and joins it again at the end:

- a queue or topic that keeps no order;
- one order of all over several partitions, or a partition key that spreads the messages of one account;
- partitions whose number changes while it runs;
- several handlers on one partition, whatever the key;
- a retry queue, a requeue or an automatic way back from the dead-letter queue: what failed comes after what followed it;
- a producer that sends again to a broker that does not number what it gets;
- Kafka Streams inputs that are joined and not partitioned alike.

Where \`order:\` or \`requires: order\` asks for it, that is an error. Where only the class of the data implies it, it is a warning, and it asks only
where several messages about one record are known to pass (a change stream, several kinds of events, mutable data) into a write that
replaces what is there: a single message about each order cannot overtake itself.

Partitioning by a broader key is right: all messages of an order are also messages of one customer. Parking what failed, with an alarm and no
automatic way back, is right as well.

## Fires on

Balances over a queue without order:

\`\`\`lintel
data Balance { class: money, key: account-id, order: per-key(account-id) }
service accounts
queue changes uses sqs
//    ^^^^^^^ error ordering-lost: \`changes\` hands its messages on in any order. \`Balance\` asks for order per \`account-id\`, and at \`projector\` an older message can take effect after a newer one (default of \`sqs\`
worker projector
database view uses postgres

accounts ~> changes : publishes { data: Balance }
changes ~> projector : delivers
projector -> view : writes { op: upsert }
\`\`\`

Partitioned by the event's own id, and what failed comes back later:

\`\`\`lintel
data Transfer { class: money, key: transfer-id, order: per-key(account-id) }
service accounts
log transfers uses kafka { partitions: 24, key: transfer-id, replication-factor: 3, min-isr: 2 }
//  ^^^^^^^^^ error ordering-lost: \`transfers\` is partitioned by \`transfer-id\`, so messages with the same \`account-id\` are in different partitions
queue later uses sqs
worker poster
database ledger uses postgres

accounts ~> transfers : publishes { data: Transfer }
transfers ~> poster : delivers
poster ~> later : publishes
//^^^^^^^^^^^^^ error ordering-lost: \`poster\` puts messages into \`later\`, from where they come back after what followed
later ~> poster : delivers
poster -> ledger : writes { op: upsert }
\`\`\`

Four handlers on one partition, and an automatic way back:

\`\`\`lintel
data Position { key: vehicle-id, requires: [order, no-loss] }
service tracker
log positions uses kafka { partitions: 12, key: vehicle-id, replication-factor: 3, min-isr: 2 }
queue parked uses sqs { retention: 14d, alarm: age, redrive: auto }
//    ^^^^^^ error ordering-lost: What \`map\` failed on goes from \`parked\` back into \`positions\` by itself
worker map
database latest uses dynamodb

tracker ~> positions : publishes { data: Position }
positions ~> map : delivers { concurrency: 4, max-deliveries: 5, dead-letter: parked }
//^^^^^^^^^^^^^^ error ordering-lost: \`map\` works on 4 messages of \`positions\` at once, whatever their key: the quicker one overtakes. \`Position\` requires order
map -> latest : writes { op: set }
\`\`\`

Changes of orders, all of them, through a queue without order, over a copy: nobody asks in words, the class does.

\`\`\`lintel
data Order { class: order, key: order-id }
database orders uses postgres { stores: Order }
cdc relay uses debezium
queue changes uses sqs
//    ^^^^^^^ warning ordering-lost: \`Order\` has class order, and at \`indexer\` an older message can take effect after a newer one
worker indexer
search index uses elasticsearch { rebuild-from: orders }

orders ~> relay ~> changes : captures
changes ~> indexer : delivers
indexer -> index : writes { op: upsert }
\`\`\`

A join of two topics that are not partitioned alike:

\`\`\`lintel
service shop
log orders uses kafka { partitions: 24, key: order-id, replication-factor: 3, min-isr: 2 }
log payments uses kafka { partitions: 12, key: order-id, replication-factor: 3, min-isr: 2 }
stream-processor matcher uses kafka-streams { joins: [orders, payments] }
//               ^^^^^^^ error ordering-lost: \`matcher\` joins \`orders\` and \`payments\`, of which one has 24 partitions and the other 12

shop ~> orders, payments : publishes
orders, payments ~> matcher : delivers
\`\`\`

One partition would keep the one order of all, and could not be read fast enough: 1,000 messages a second at 20 ms each are the work of twenty. So it is not
what is advised:

\`\`\`lintel
data Message { class: message, key: channel-id, order: total }

service chat
log sent uses kafka { partitions: 96, key: channel-id, replication-factor: 3, min-isr: 2, acks: all }
//  ^^^^ error ordering-lost
queue parked uses sqs { alarm: depth }
worker writer { replicas: 96 }
database timeline uses postgres { stores: Message }

chat ~> sent : publishes { data: Message }
sent ~> writer : delivers { proc-time: 20ms, max-deliveries: 5, dead-letter: parked }
writer -> timeline : writes { op: upsert }

flow "Send a message" { rate: 1k/s, chat ~> sent }
\`\`\`

Nor is it advised where one partition takes less than comes in:

\`\`\`lintel
data Order { class: order, key: order-id }

service api
log events uses kafka { partitions: 24, key: order-id, replication-factor: 3, min-isr: 2, acks: all, partition-limit { write: 2k/s } }
//  ^^^^^^ error ordering-lost
queue parked uses sqs { alarm: depth }
worker billing
database ledger uses postgres { stores: Order }

api ~> events : publishes { data: Order }
events ~> billing : delivers { max-deliveries: 5, dead-letter: parked }
billing -> ledger : writes { op: upsert }

flow "Place an order" {
  rate: 8k/s
  order: total
  api ~> events : publishes
}
\`\`\`

## Stays silent on

The same key all the way, one reader for each partition, and a person who sends back; here a broader key is as good:

\`\`\`lintel
data Transfer { class: money, key: transfer-id, order: per-key(account-id) }
service accounts
log transfers uses kafka { partitions: 24, key: customer-id, replication-factor: 3, min-isr: 2 }
queue parked uses sqs { retention: 14d, alarm: age, redrive: manual }
worker poster
database ledger uses postgres

accounts ~> transfers : publishes { data: Transfer }
transfers ~> poster : delivers { max-deliveries: 5, dead-letter: parked }
poster -> ledger : writes { op: upsert }
\`\`\`

Versions decide, or the effects commute, so the order of arrival is nothing:

\`\`\`lintel
data Balance { class: money, key: account-id, order: per-key(account-id) }
service accounts
queue changes uses sqs
worker projector
worker totals
database view uses postgres
database sums uses postgres

accounts ~> changes : publishes { data: Balance }
changes ~> projector : delivers { apply: if-newer(version) }
changes ~> totals : delivers
projector -> view : writes { op: upsert }
totals -> sums : writes { op: increment, idempotent: change-id }
\`\`\`

One message for each order: class \`order\` over SQS is nothing to complain of, whatever is written.

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses sqs
worker packer
database parcels uses postgres

api ~> jobs : publishes { data: Order }
jobs ~> packer : delivers
packer -> parcels : writes { op: upsert }
\`\`\`

Positions of which the next one says all; and FIFO groups, one reader each:

\`\`\`lintel
data Position { class: presence, key: vehicle-id }
data Chat { class: message, key: chat-id, order: per-key(chat-id) }
service api
queue positions uses sqs
queue chats uses sqs-fifo
worker map
worker archive { replicas: 8 }
database latest uses dynamodb
database chats-db uses postgres

api ~> positions : publishes { data: Position }
api ~> chats : publishes { data: Chat }
positions ~> map : delivers
chats ~> archive : delivers
map -> latest : writes { op: set }
archive -> chats-db : writes { op: upsert }
\`\`\`

## How to fix

- Partition by what the order is about, and let one handler at a time work on a key: \`key: account-id\`, \`affinity: key\`.
- Let a key wait while its message is tried again. Or put it aside, with an alarm, and let a person send it back.
- Or make the order of arrival irrelevant: each message carries a version, and an older one is passed over, \`apply: if-newer(version)\`.

## Sources

- Apache Kafka documentation, [Introduction: topics and partitions](https://kafka.apache.org/documentation/#intro_concepts_and_terms)
- Azure Architecture Center, [Sequential Convoy pattern](https://learn.microsoft.com/en-us/azure/architecture/patterns/sequential-convoy)
- Amazon SQS Developer Guide, [Using dead-letter queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html): do not use one with a FIFO queue if you must not break the order
- Kleppmann, Designing Data-Intensive Applications (2017), ch. 11
`,
  'consumer-cannot-keep-up': `# consumer-cannot-keep-up

## Why

A queue takes up what comes in bursts; it cannot take up what always comes. Where messages arrive faster than they are worked on, the backlog
grows without end, the newest message waits for days, and what reaches the end of its retention is deleted unread.

How much a group can do is simple arithmetic: it works on no more messages at once than it has copies, the log has partitions and the key has
values; each takes the mean time of a message, or of a batch. \`proc-time\` is taken for the mean (\`p50\` unless \`mean\` is stated), \`batch\` and
\`concurrency\` are 1 unless stated. A worker of which only the \`capacity\` is stated is measured by that.

| the average load | |
|---|---|
| more than it can do | error |
| 90 % or more of it | warning: after a pause it hardly catches up |
| less, but a stated \`max-lag\` is passed within an hour of peak | warning |
| less, with more copies than partitions | info: some are idle |

It is at most a warning where the load is itself an estimate. Unknown times, elastic partitions and unlimited scaling are no matter of this rule.

## Fires on

Twenty-four copies, but twelve partitions:

\`\`\`lintel
client web
service api
log clicks uses kafka { partitions: 12, replication-factor: 3, min-isr: 2 }
worker enricher { replicas: 24 }
database profiles uses dynamodb

web -> api
api ~> clicks : publishes
clicks ~> enricher : delivers { proc-time { p50: 40ms } }
//^^^^^^^^^^^^^^^^ error consumer-cannot-keep-up: \`enricher\` has 24 copies, but \`clicks\` only 12 partitions: at 40ms for a message it can do 300/s, and 500/s arrive: the backlog grows by 720k messages an hour; after 17.5d the oldest is 7d old and is deleted unread
enricher -> profiles : writes { op: upsert }

flow "Click" { rate: 500/s   web -> api   api ~> clicks }
\`\`\`

It keeps up, as long as nothing ever stops:

\`\`\`lintel
client web
service api
queue jobs uses sqs
worker painter { replicas: 10, concurrency: 2 }

web -> api
api ~> jobs : publishes
jobs ~> painter : delivers { proc-time { mean: 200ms } }
//^^^^^^^^^^^^^ warning consumer-cannot-keep-up: \`painter\` has 10 copies, which work on 20 messages of \`jobs\` at once: at 200ms for a message it can do 100/s, and 95/s arrive: it is busy 95% of the time, so that what one hour of standstill leaves takes 19h to work off

flow "Upload" { rate: 95/s   web -> api   api ~> jobs }
\`\`\`

At noon everything is late, and somebody promised five minutes:

\`\`\`lintel
client web
service api
queue mails uses sqs
worker mailer { replicas: 4, capacity: 50/s, max-lag: 5min }

web -> api
api ~> mails : publishes
mails ~> mailer : delivers
//^^^^^^^^^^^^^ warning consumer-cannot-keep-up: \`mailer\` has 4 copies to read \`mails\`: at 50/s each it can do 200/s, and 400/s arrive at peak: the stated lag of 5min is passed after 10min of peak

flow "Sign up" { rate: 60/s, peak: 400/s   web -> api   api ~> mails }
\`\`\`

Enough for the load, and four copies that wait for another to fail:

\`\`\`lintel
client web
service api
log clicks uses kafka { partitions: 12, replication-factor: 3, min-isr: 2 }
worker counter { replicas: 16 }

web -> api
api ~> clicks : publishes
clicks ~> counter : delivers { proc-time { p50: 10ms } }
//^^^^^^^^^^^^^^^ info consumer-cannot-keep-up: \`counter\` has 16 copies, but \`clicks\` 12 partitions, each read by one of them: 4 are idle until another one fails

flow "Click" { rate: 500/s   web -> api   api ~> clicks }
\`\`\`

More partitions would be read faster, and would end the one order of all messages that is asked for. So they are not what is advised:

\`\`\`lintel
data Message { class: message, key: channel-id, order: total }

service chat
log sent uses kafka { partitions: 1, key: channel-id, replication-factor: 3, min-isr: 2, acks: all }
queue parked uses sqs { alarm: depth }
worker writer { replicas: 1 }
database timeline uses postgres { stores: Message }

chat ~> sent : publishes { data: Message }
sent ~> writer : delivers { proc-time: 20ms, max-deliveries: 5, dead-letter: parked }
//^^^^^^^^^^^^ error consumer-cannot-keep-up
writer -> timeline : writes { op: upsert }

flow "Send a message" { rate: 1k/s, chat ~> sent }
\`\`\`

## Stays silent on

The same clicks in batches, and room to catch up:

\`\`\`lintel
client web
service api
log clicks uses kafka { partitions: 12, replication-factor: 3, min-isr: 2 }
worker enricher { replicas: 12 }
database profiles uses dynamodb

web -> api
api ~> clicks : publishes
clicks ~> enricher : delivers { batch: 100, proc-time { p50: 400ms } }
enricher -> profiles : writes { op: upsert }

flow "Click" { rate: 500/s   web -> api   api ~> clicks }
\`\`\`

A peak is what a queue is for, and nobody promised that it is worked off at once:

\`\`\`lintel
client web
service api
queue mails uses sqs
worker mailer { replicas: 4, capacity: 50/s }

web -> api
api ~> mails : publishes
mails ~> mailer : delivers

flow "Sign up" { rate: 60/s, peak: 400/s   web -> api   api ~> mails }
\`\`\`

Partitions that grow, functions without a stated limit, and a time that nobody knows:

\`\`\`lintel
client web
service api
log clicks uses kafka { partitions: elastic, replication-factor: 3, min-isr: 2 }
queue jobs uses sqs
queue mails uses sqs
worker counter { replicas: 2 }
worker resize { autoscale { min: 2 } }
worker mailer { replicas: 2 }

web -> api
api ~> clicks, jobs, mails : publishes
clicks ~> counter : delivers { proc-time { p50: 40ms } }
jobs ~> resize : delivers { proc-time { p50: 2s } }
mails ~> mailer : delivers { proc-time { p99: 5s } }

flow "Click" { rate: 500/s   web -> api   api ~> clicks   api ~> jobs   api ~> mails }
\`\`\`

## How to fix

- More partitions and as many readers, sized so that they are busy for about 70 % of the time. The fix sets both. More partitions move keys
  to other ones: do it before order matters, or when the log is empty.
- Take several messages at once: one write of a hundred rows costs little more than one of one row.
- Do less for each message; or drop on purpose what is too old to matter.

## Sources

- Apache Kafka documentation, [Introduction: consumer groups](https://kafka.apache.org/documentation/#intro_consumers)
- AWS Builders’ Library, [Avoiding insurmountable queue backlogs](https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/)
- Little, A Proof for the Queuing Formula: L = λW, Operations Research 1961
`,
  'retention-shorter-than-need': `# retention-shorter-than-need

## Why

A log is not a database that happens to be fast: it deletes by age, after a week unless told otherwise (Kafka) or after a day (Kinesis). Who
needs more than that?

- **A consumer that is down.** What it has not read when the retention ends is lost. That is the outage, not outage and backlog: while it
  catches up, what waits gets younger.
- **A store that is to be filled again.** An index that holds three years is not rebuilt from seven days: a warning, for the rest may be had
  elsewhere. Where it may not, \`derived-store-not-rebuildable\` says so.
- **The truth.** Where the events are what happened, their sum needs every one of them, for ever; compaction deletes all but the last of a key.

A log is the truth only where it says so (\`truth: yes\`, or the data’s \`truth:\`). Where nothing else in a design with stores can hold data that
must not be lost, it is a warning: perhaps the store was only not drawn.

## Fires on

A loader that may be down over a long weekend, behind a stream that keeps a day:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kinesis
//  ^^^^^^ error retention-shorter-than-need: \`loader\` may be down for 4d, but \`orders\` deletes its messages after 1d: what it has not read by then is lost, though \`Order\` has class order (default of \`kinesis\`
worker loader { max-outage: 4d }
database warehouse { stores: Order }

api ~> orders : publishes { data: Order }
orders ~> loader : delivers
loader -> warehouse : writes { op: upsert }
\`\`\`

An event-sourced ledger over a log that keeps a week:

\`\`\`lintel
data Entry { class: money, key: entry-id }
service ledger
log entries uses kafka { truth: yes, replication-factor: 3, min-isr: 2, retention: 7d }
//                                                                      ^^^^^^^^^^^^^ error retention-shorter-than-need: \`entries\` is the truth of \`Entry\`, but deletes its messages after 7d: what is older is kept nowhere
worker projector
database balances uses postgres { derived: yes }

ledger ~> entries : publishes { data: Entry }
entries ~> projector : delivers
projector -> balances : writes { op: upsert }
\`\`\`

The same with compaction, which keeps the last entry of each account, and a view that adds them up:

\`\`\`lintel
data Entry { class: money, key: account-id }
service ledger
log entries uses kafka { truth: yes, replication-factor: 3, min-isr: 2, compaction: yes }
//                                                                      ^^^^^^^^^^^^^^^ error retention-shorter-than-need: \`entries\` keeps only the last message of each key (\`compaction: yes\`), but \`projector\` adds up every one of them
worker projector
database balances uses postgres { derived: yes }

ledger ~> entries : publishes { data: Entry }
entries ~> projector : delivers
projector -> balances : writes { op: increment, idempotent: entry-id }
\`\`\`

An index of all products is to be built again from a week of changes. The database has the rest, but nothing says that it is read:

\`\`\`lintel
database products uses postgres
cdc relay uses debezium
log changes uses kafka { replication-factor: 3, min-isr: 2 }
worker indexer
search index uses elasticsearch { rebuild-from: changes }
//                                ^^^^^^^^^^^^^^^^^^^^^ warning retention-shorter-than-need: \`index\` is to be filled again from \`changes\`, which deletes its messages after 7d: what is older has to come from elsewhere, and nothing says from where (default of \`kafka\`

products ~> relay ~> changes : captures
changes ~> indexer : delivers
indexer -> index : writes { op: upsert }
\`\`\`

## Stays silent on

The loader may be down for as long as messages are kept; the log of entries is kept for good, or archived:

\`\`\`lintel
data Order { class: order, key: order-id }
data Entry { class: money, key: entry-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2 }
log entries uses kafka { truth: yes, replication-factor: 3, min-isr: 2, retention: forever }
log audit uses kafka { truth: yes, replication-factor: 3, min-isr: 2 }
object-store archive uses s3
worker loader { max-outage: 4d }
database warehouse { stores: Order }

api ~> orders : publishes { data: Order }
api ~> entries, audit : publishes { data: Entry }
audit -> archive : writes
orders ~> loader : delivers
loader -> warehouse : writes { op: upsert }
\`\`\`

The changes carry the whole row and are compacted; the index is filled again from the database; the cache fills itself:

\`\`\`lintel
data Product { class: user-content, key: product-id }
database products uses postgres { stores: Product }
cdc relay uses debezium
log changes uses kafka { replication-factor: 3, min-isr: 2, compaction: yes, key: product-id }
log updates uses kafka { replication-factor: 3, min-isr: 2 }
worker indexer
search index uses elasticsearch { rebuild-from: changes }
search suggestions uses elasticsearch { rebuild-from: products }
cache hot uses redis { rebuild-from: updates, ttl: 1h }

products ~> relay ~> changes, updates : captures
changes, updates ~> indexer : delivers
indexer -> index, suggestions : writes { op: upsert }
indexer -> hot : writes { op: set }
\`\`\`

Orders that a store keeps; clicks that may be lost; and a sketch that draws no store at all:

\`\`\`lintel
data Order { class: order, key: order-id }
data Click { class: telemetry }
service api
database ledger uses postgres { stores: Order }
log orders uses kafka { replication-factor: 3, min-isr: 2 }
log clicks uses kinesis
worker counter { max-outage: 7d }

ledger ~> orders : captures
api -> ledger : writes { op: insert, idempotent: order-id }
api ~> clicks : publishes { data: Click }
clicks ~> counter : delivers
\`\`\`

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2 }
worker billing
external psp

api ~> orders : publishes { data: Order }
orders ~> billing : delivers
billing -> psp : calls { op: charge, idempotent: order-id }
\`\`\`

A season of ninety days, and a log that keeps a hundred: what is older need not be kept.

\`\`\`lintel
data Result { class: user-content, key: match-id, retention: 90d }
service matches
log results uses kafka { truth: yes, stores: Result, replication-factor: 3, min-isr: 2, retention: 100d }
worker ranker
cache board uses redis { rebuild-from: results, tolerates: loss }

matches ~> results : publishes { data: Result }
results ~> ranker : delivers
ranker -> board : writes { op: upsert }
\`\`\`

## How to fix

- Set the retention by the longest outage that you want to outlive, and alarm on lag well before it.
- Keep an event-sourced log for good (\`retention: forever\`), or archive it to an object store with a way to read it again, and build new views
  from a snapshot and the tail.
- Compact only where each message carries the whole state of its key.

## Sources

- Apache Kafka documentation, [Log compaction](https://kafka.apache.org/documentation/#compaction) and topic configs
- Amazon Kinesis Data Streams Developer Guide, [Changing the data retention period](https://docs.aws.amazon.com/streams/latest/dev/kinesis-extended-retention.html)
- Kleppmann, Designing Data-Intensive Applications (2017), ch. 11
`,
  'poison-message-unhandled': `# poison-message-unhandled

## Why

Some messages can never be processed: a field is missing, the customer was deleted, the parser has a bug. What happens then should be a
decision. Three outcomes are nobody's decision:

- **It blocks.** Where messages are read in order and a failed one is tried without end, nothing behind it in its partition is processed.
- **It vanishes.** After so many tries the broker gives it up, and where no dead-letter queue is named, it is gone.
- **It waits unseen.** It was put aside, but nothing reads that queue, sends back from it or alarms on it; or that queue forgets first.
  Amazon SQS does not start the clock anew when it moves a message, so a dead-letter queue that keeps four days, like its source, may have
  none of them left.

A queue without order that tries without end blocks nobody, but burns its workers: a warning. Losing a message is an error where its data's
class or a \`requires: no-loss\` forbids it, and a warning where nobody says what it is.

A design that does not speak of failing messages at all is not accused of tries without end: that is a concern for later. Once one delivery
states \`max-deliveries\`, \`dead-letter\` or \`on-error\`, the others are asked. An alarm is asked for once the design has one anywhere.

## Fires on

Amazon SQS FIFO keeps the order, and tries without end. The mails next to it show that the question is known here:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses sqs-fifo
queue mails uses sqs
queue mails-parked uses sqs { retention: 14d }
worker billing
worker mailer

api ~> jobs, mails : publishes { data: Order }
jobs ~> billing : delivers
//^^^^^^^^^^^^^ error poison-message-unhandled: \`billing\` reads \`jobs\` in order and tries a message that always fails without end: nothing behind it in its key is processed until a person steps in (default of \`sqs-fifo\`
mails ~> mailer : delivers { max-deliveries: 5, dead-letter: mails-parked }
\`\`\`

A RabbitMQ quorum queue drops what failed twenty times, and these are payments:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses rabbitmq-quorum
worker poster

checkout ~> payments : publishes { data: Payment }
payments ~> poster : delivers
//^^^^^^^^^^^^^^^^ error poison-message-unhandled: \`payments\` gives up a message that \`poster\` failed on 20 times, and puts it nowhere: it is lost without a trace, though \`Payment\` has class money
\`\`\`

The dead-letter queue keeps messages as long as the queue itself, and SQS counts from the first day:

\`\`\`lintel
data Mail { class: message }
service api
queue emails uses sqs
queue emails-dlq uses sqs { alarm: none }
//    ^^^^^^^^^^ warning poison-message-unhandled: the age counts from the first day, so one that failed late is gone soon after it was put aside, or at once, and nothing reads it or alarms on it
worker mailer

api ~> emails : publishes { data: Mail }
emails ~> mailer : delivers { max-deliveries: 5, dead-letter: emails-dlq }
\`\`\`

One that fails goes back in at once, without end, while the delivery beside it knows better:

\`\`\`lintel
service api
queue thumbs uses sqs
queue pages uses sqs
queue parked uses sqs { retention: 14d }
worker painter
worker crawler

api ~> thumbs, pages : publishes
thumbs ~> painter : delivers { on-error: requeue }
//^^^^^^^^^^^^^^^ warning poison-message-unhandled: \`thumbs\` hands a message that always fails to \`painter\` again and again
pages ~> crawler : delivers { max-deliveries: 3, dead-letter: parked }
\`\`\`

## Stays silent on

Put aside after five tries, kept for longer than the source keeps it, and somebody is told:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
queue jobs uses sqs
queue parked uses sqs { retention: 14d, alarm: depth, redrive: manual }
worker packer

api ~> jobs : publishes { data: Order }
jobs ~> packer : delivers { max-deliveries: 5, dead-letter: parked }
\`\`\`

Kafka to SQS is a new message with a new age; and SQS FIFO starts the clock anew:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log events uses kafka
queue parked uses sqs { retention: 4d, alarm: age }
queue jobs uses sqs-fifo
queue jobs-parked uses sqs-fifo { alarm: age }
worker billing
worker packer

api ~> events, jobs : publishes { data: Order }
events ~> billing : delivers { max-deliveries: 5, dead-letter: parked }
jobs ~> packer : delivers { max-deliveries: 5, dead-letter: jobs-parked }
\`\`\`

A sketch that does not speak of failing messages; clicks that may be lost; and a ledger that stops at what it cannot post, on purpose, and
calls somebody:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log events uses kafka
worker billing

api ~> events : publishes { data: Order }
events ~> billing : delivers
\`\`\`

\`\`\`lintel
data Click { class: telemetry }
data Posting { class: money, key: account-id }
service web
queue clicks uses rabbitmq-quorum
log postings uses kafka
worker counter
worker ledger

web ~> clicks : publishes { data: Click }
web ~> postings : publishes { data: Posting }
clicks ~> counter : delivers { max-deliveries: 3 }
postings ~> ledger : delivers { on-error: stop, alarm: lag }
\`\`\`

A reader that can handle whatever comes, by its own word: what fails is the store that it writes to, and that comes back.

\`\`\`lintel
data Result { class: user-content, key: player-id }
service matches
log results uses kafka { dead-letter: none }
worker ranker { parse: never-fails }
database bests { stores: Result }

matches ~> results : publishes { data: Result }
results ~> ranker : delivers { max-deliveries: unlimited }
ranker -> bests : writes { op: upsert }
\`\`\`

## How to fix

- Bound the tries, \`max-deliveries: 5\`, and put aside what is left: \`dead-letter: parked\`. The fix makes the queue, with an alarm.
- Keep the dead-letter queue for longer than its source, 14 days for SQS, with \`alarm: age\` and a way back (\`redrive: manual\`).
- Where order matters, send back by hand: what stood behind the message has gone ahead meanwhile. Or stop on purpose, \`on-error: stop\`, with
  an \`alarm\` on the delivery.

## Sources

- Amazon SQS Developer Guide, [Using dead-letter queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html): "the expiration of a message is always based on its original enqueue timestamp" for standard queues
- RabbitMQ documentation, [Quorum Queues: poison message handling](https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling): a delivery limit of 20 by default since 4.0
`,
  'schema-change-unguarded': `# schema-change-unguarded

## Why

A message outlives the code that wrote it: it is read by consumers that are deployed on other days by other people, and where a log is replayed, by
code that is years younger. Whether both still understand each other is decided by a renamed field that no compiler sees. A schema with a rule about
what may change finds it before the deployment.

Whether schemas matter is for the design to show. It asks where two stated owners stand at the two ends of a broker and one of these holds: a
database's tables are captured as they are, without an outbox between; the format is said to be unchecked (\`schema: json\`, \`compat: none\`); or a
schema is checked elsewhere in the design. Where something is filled again from a log, the level has to hold for messages of every age. A sketch that
speaks of no schema and no owner is not asked.

## Fires on

Another team reads the tables as they are:

\`\`\`lintel
service orders { owner: sales }
database orders-db uses postgres { owner: sales }
cdc relay uses debezium { owner: sales }
log orders-cdc uses kafka { replication-factor: 3, min-isr: 2 }
//  ^^^^^^^^^^ warning schema-change-unguarded: \`orders-cdc\` hands the tables of \`orders-db\` (sales) as they are to \`analytics\` (data) and \`shipping\` (logistics): a renamed column breaks them
worker analytics { owner: data }
worker shipping { owner: logistics }

orders -> orders-db : writes { op: insert, timeout: 1s }
orders-db ~> relay ~> orders-cdc : captures
orders-cdc ~> analytics, shipping : delivers
\`\`\`

JSON that nobody checks, between two teams:

\`\`\`lintel
service orders { owner: sales }
topic events uses sns { schema: json }
//    ^^^^^^ warning schema-change-unguarded: \`events\` carries messages of \`orders\` (sales) to \`billing\` (finance), who deploy apart, and whatever changes is let through
worker billing { owner: finance }

orders ~> events : publishes { timeout: 1s }
events ~> billing : delivers
\`\`\`

A view is filled again from years of events, and each schema is only compared with the last one:

\`\`\`lintel
data Order { class: order, key: order-id }
service orders
log history uses kafka { replication-factor: 3, min-isr: 2, retention: forever, schema { format: avro, compat: backward }, stores: Order, truth: yes }
//  ^^^^^^^ warning schema-change-unguarded: \`view\` is filled again from \`history\`, which reads messages of every age, but \`compat: backward\` only compares a schema with the one before it
worker projector
database view uses postgres { rebuild-from: history }

orders ~> history : publishes { timeout: 1s }
history ~> projector : delivers
projector -> view : writes { op: upsert, timeout: 1s }
\`\`\`

One log is checked and the next one is not:

\`\`\`lintel
service orders { owner: sales }
service payments { owner: finance }
log order-events uses kafka { replication-factor: 3, min-isr: 2, schema { format: protobuf, compat: full } }
log payment-events uses kafka { replication-factor: 3, min-isr: 2 }
//  ^^^^^^^^^^^^^^ warning schema-change-unguarded: no schema is checked on it, as it is on \`order-events\`

orders ~> order-events : publishes { timeout: 1s }
order-events ~> payments : delivers
payments ~> payment-events : publishes { timeout: 1s }
payment-events ~> orders : delivers
\`\`\`

## Stays silent on

An outbox with a schema between the tables and the others:

\`\`\`lintel
service orders { owner: sales }
database orders-db uses postgres { owner: sales }
cdc relay uses debezium { owner: sales }
log order-events uses kafka { replication-factor: 3, min-isr: 2, schema { format: avro, compat: full-transitive } }
worker shipping { owner: logistics }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay ~> order-events : captures
order-events ~> shipping : delivers
\`\`\`

One team at both ends, even without a schema:

\`\`\`lintel
group shop {
  owner: sales
  service orders
  log events uses kafka { schema: json, replication-factor: 3, min-isr: 2 }
  worker mailer
}

orders ~> events : publishes { timeout: 1s }
events ~> mailer : delivers
\`\`\`

Between two teams, in a design that nowhere speaks of schemas:

\`\`\`lintel
service orders { owner: sales }
queue jobs uses sqs
worker billing { owner: finance }

orders ~> jobs : publishes { timeout: 1s }
jobs ~> billing : delivers
\`\`\`

Consumers move first, and nothing old is read again:

\`\`\`lintel
service orders { owner: sales }
log events uses kafka { schema { format: avro, compat: backward }, replication-factor: 3, min-isr: 2 }
worker billing { owner: finance }
worker mailer { owner: growth }

orders ~> events : publishes { timeout: 1s }
events ~> billing, mailer : delivers
\`\`\`

## How to fix

- Describe the messages (Avro, Protobuf, JSON Schema) and say what may change: \`compat: backward\` where consumers move first, \`forward\` where
  producers do, \`full\` where nobody knows, and the \`-transitive\` ones where old messages are read again. The fix writes the level that is needed.
- Publish events from an outbox table rather than the tables, so that a column can be renamed without asking anybody.

## Sources

- Confluent documentation, [Schema Evolution and Compatibility](https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 4, "Encoding and Evolution"
- Debezium documentation, [Outbox Event Router](https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html)
`,
  'replay-repeats-side-effects': `# replay-repeats-side-effects

## Why

Event sourcing promises that views can be built again from the log. A consumer that fills a view and also acts in the world turns that promise
into a trap: the replay cannot tell last year’s order from a new one. \`non-idempotent-consumer\` is about one message that comes twice; this is
about all of them. A memory of a week protects from the first and not from the second.

It asks where a replay is planned: a store says \`rebuild-from\` that log, or a log is the \`truth\` of a store that is \`derived\`. A log that merely
could be read again is nothing to complain of. What follows by way of further messages counts as well.

## Fires on

The handler that fills the view also confirms by mail:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2, retention: forever }
worker handler
database view uses mongodb { rebuild-from: orders }
external mail

api ~> orders : publishes { data: Order }
orders ~> handler : delivers
handler -> view : writes { op: upsert }
handler -> mail : calls { op: send, timeout: 2s }
//^^^^^^^^^^^^^ error replay-repeats-side-effects: Filling \`view\` again reads \`orders\` again, and the same \`handler\` also sends over \`mail\`: all that was ever sent there comes again, in one go
//^^^^^^^^^^^^^ error non-idempotent-consumer
\`\`\`

By way of another queue, and the log is the truth of a derived store:

\`\`\`lintel
data Entry { class: money, key: entry-id }
service ledger
log entries uses kafka { replication-factor: 3, min-isr: 2, retention: forever, truth: yes }
worker projector
worker payer
queue payouts uses sqs
database balances uses postgres { derived: yes }
external bank

ledger ~> entries : publishes { data: Entry }
entries ~> projector : delivers
projector -> balances : writes { op: upsert }
projector ~> payouts : publishes
payouts ~> payer : delivers
payer -> bank : calls { op: charge, timeout: 5s }
//^^^^^^^^^^^ error replay-repeats-side-effects: Filling \`balances\` again reads \`entries\` again, and the same \`projector\` by way of \`projector\` → \`payouts\` → \`payer\` → \`bank\` also charges at \`bank\`
//^^^^^^^^^^^ error non-idempotent-consumer
\`\`\`

## Stays silent on

A consumer of its own for what is done in the world; it is not run again:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2, retention: forever }
worker projector
worker reactor
database view uses mongodb { rebuild-from: orders }
external mail

api ~> orders : publishes { data: Order }
orders ~> projector, reactor : delivers
projector -> view : writes { op: upsert }
reactor -> mail : calls { op: send, idempotent: order-id, timeout: 2s }
\`\`\`

What was sent is recorded for good; another keeps still during a replay:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
log orders uses kafka { replication-factor: 3, min-isr: 2, retention: forever }
worker handler
worker teller { replay-mode: suppress, dedupe { key: order-id, window: 7d } }
database view uses mongodb { rebuild-from: orders }
database list uses mongodb { rebuild-from: orders }
external mail

api ~> orders : publishes { data: Order }
orders ~> handler, teller : delivers
handler -> view : writes { op: upsert }
handler -> mail : calls { op: send, effects: once-per(event-id), timeout: 2s }
teller -> list : writes { op: upsert }
teller -> mail : calls { op: send, timeout: 2s }
\`\`\`

The view is filled again from a database; and what is asked of a third party changes nothing there:

\`\`\`lintel
data Order { class: order, key: order-id }
service api
database ledger uses postgres { stores: Order }
log orders uses kafka { replication-factor: 3, min-isr: 2, retention: forever }
worker handler
worker pricer
database view uses mongodb { rebuild-from: ledger }
database prices uses mongodb { rebuild-from: orders }
external mail
external rates

api -> ledger : writes { op: insert, idempotent: order-id }
ledger ~> orders : captures
orders ~> handler, pricer : delivers
handler -> view : writes { op: upsert }
handler -> mail : calls { op: send, idempotent: order-id, timeout: 2s }
pricer -> rates : calls { op: read, timeout: 2s }
pricer -> prices : writes { op: upsert }
\`\`\`

## How to fix

- Split the consumer: one fills the view and may be run again at any time; another, with its own position, acts in the world.
- Or record each effect for good, with the event’s id: \`effects: once-per(event-id)\`. The fix says so; the record has to be built.
- Or run the replay in a mode that does nothing outside: \`replay-mode: suppress\`.

## Sources

- Fowler, [Event Sourcing: External Updates](https://martinfowler.com/eaaDev/EventSourcing.html)
- Kleppmann, Designing Data-Intensive Applications (2017), ch. 11
`,
  'event-cycle': `# event-cycle

## Why

A request ends when it is answered. An event that causes an event that causes the first one again ends when somebody notices the bill. The usual
cases are two databases that are kept alike in both directions, work that puts new work into its own queue, and a function that writes into the
bucket that triggers it.

It asks of circles over publishing, delivering, capturing and writing into what is captured, as far as they are certain: a component on the circle
gets everything it gets from the circle itself, so that no client, clock or other source can be the reason why it sends. Arrows that say what
travels (\`events\`, \`data\`) lead only to those that take it, and a bus onto which several put events that are not named is taken to carry many kinds.
Requests are no events, and a store that replicates both ways marks its changes by itself.

## Fires on

Two databases, kept alike in both directions by one worker:

\`\`\`lintel
service crm
service erp
database crm-db uses postgres
database erp-db uses postgres
log crm-cdc uses kafka { replication-factor: 3, min-isr: 2 }
log erp-cdc uses kafka { replication-factor: 3, min-isr: 2 }
worker sync

crm -> crm-db : writes { op: update, timeout: 1s }
erp -> erp-db : writes { op: update, timeout: 1s }
crm-db ~> crm-cdc : captures
//^^^^^^^^^^^^^^^ warning event-cycle: \`crm-db\` → \`crm-cdc\` → \`sync\` → \`erp-db\` → \`erp-cdc\` → \`sync\` → \`crm-db\`: a change of one is written to the next and comes back as a change
erp-db ~> erp-cdc : captures
crm-cdc, erp-cdc ~> sync : delivers
sync -> erp-db, crm-db : writes { op: upsert, timeout: 1s }
\`\`\`

A crawler that puts what it finds into its own queue:

\`\`\`lintel
service seeds
queue frontier uses sqs
worker fetcher { replicas: 20 }
object-store pages uses s3

seeds ~> frontier : publishes { timeout: 1s }
frontier ~> fetcher : delivers
//^^^^^^^^^^^^^^^^^ warning event-cycle: \`frontier\` → \`fetcher\` → \`frontier\`: each message brings about the next one
fetcher ~> frontier : publishes "links found" { timeout: 1s }
fetcher -> pages : writes { op: upsert, timeout: 5s }
\`\`\`

A function that is triggered by the bucket it writes into:

\`\`\`lintel
client app
object-store photos uses s3
function resize uses lambda

app -> photos : writes "upload" { op: upsert, timeout: 30s }
photos ~> resize : triggers
//^^^^^^^^^^^^^^ warning event-cycle: \`photos\` → \`resize\` → \`photos\`: what is written there sets off the same work again
resize -> photos : writes "thumbnail" { op: upsert, timeout: 5s }
\`\`\`

## Stays silent on

Changes that come back are recognised:

\`\`\`lintel
service crm
service erp
database crm-db uses postgres
database erp-db uses postgres
log crm-cdc uses kafka { replication-factor: 3, min-isr: 2 }
log erp-cdc uses kafka { replication-factor: 3, min-isr: 2 }
worker to-erp { origin-filter: yes }
worker to-crm { terminates-by: origin-filter }

crm -> crm-db : writes { op: update, timeout: 1s }
erp -> erp-db : writes { op: update, timeout: 1s }
crm-db ~> crm-cdc ~> to-erp : captures
erp-db ~> erp-cdc ~> to-crm : captures
to-erp -> erp-db : writes { op: upsert, timeout: 1s }
to-crm -> crm-db : writes { op: upsert, timeout: 1s }
\`\`\`

A crawler that knows what it has seen, and a bucket that is triggered by one kind of object:

\`\`\`lintel
data Photo { class: user-content }
data Thumb { class: feed }
service seeds
queue frontier uses sqs
worker fetcher { dedupe { key: url } }
client app
object-store photos uses s3 { stores: [Photo, Thumb] }
function resize uses lambda

seeds, fetcher ~> frontier : publishes { timeout: 1s }
frontier ~> fetcher : delivers
app -> photos : writes { data: Photo, op: upsert, timeout: 30s }
photos ~> resize : triggers { data: Photo }
resize -> photos : writes { data: Thumb, op: upsert, timeout: 5s }
\`\`\`

One bus with many kinds of event, named or not:

\`\`\`lintel
client app
service orders
service billing
worker enricher
topic bus uses sns
log stream uses kafka { replication-factor: 3, min-isr: 2 }

app -> orders { timeout: 2s }
orders ~> bus : publishes { events: [OrderPlaced], timeout: 1s }
bus ~> billing : delivers { events: [OrderPlaced] }
billing ~> bus : publishes { events: [Paid], timeout: 1s }
bus ~> orders : delivers { events: [Paid] }
orders ~> stream : publishes { timeout: 1s }
stream ~> enricher : delivers
enricher ~> stream : publishes { timeout: 1s }
\`\`\`

A saga by request and reply: both act on clients' requests as well, and the reply ends it:

\`\`\`lintel
client app
client clerk
service orders
service stock
queue commands uses sqs
queue replies uses sqs

app -> orders { timeout: 2s }
clerk -> stock { timeout: 2s }
orders ~> commands : publishes { timeout: 1s }
commands ~> stock : delivers
stock ~> replies : publishes { timeout: 1s }
replies ~> orders : delivers
\`\`\`

A conversation between workers: each keeps other data, and the last event ends it:

\`\`\`lintel
data Order { class: order, key: order-id }
data Payment { class: money, key: order-id }
service shop
database orders uses postgres { stores: Order }
database payments uses postgres { stores: Payment }
log order-changes uses kafka { replication-factor: 3, min-isr: 2 }
log payment-changes uses kafka { replication-factor: 3, min-isr: 2 }
worker charge
worker settle

shop -> orders : writes { op: insert, idempotent: order-id, timeout: 1s }
orders ~> order-changes : captures
order-changes ~> charge : delivers
charge -> payments : writes { op: upsert, data: Payment, timeout: 1s }
payments ~> payment-changes : captures
payment-changes ~> settle : delivers
settle -> orders : writes { op: upsert, data: Order, timeout: 1s }
\`\`\`

Only what carries an outbox row is passed on, and what the worker writes back carries none:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service api
database ledger uses postgres { stores: Payment }
cdc relay uses debezium
log captures uses kafka { replication-factor: 3, min-isr: 2 }
worker capture

edge -> api
api -> ledger : writes { op: insert, idempotent: payment-id, outbox: yes, timeout: 1s }
ledger ~> relay ~> captures : captures
captures ~> capture : delivers
capture -> ledger : writes { op: update, timeout: 1s }
\`\`\`

A store that replicates both ways knows where a change came from:

\`\`\`lintel
database us uses mysql { replication: multi-leader, conflict: merge }
database eu uses mysql { replication: multi-leader, conflict: merge }

us ~> eu : replicates
eu ~> us : replicates
\`\`\`

## How to fix

- Mark each change with its origin and drop one's own when it comes back: \`origin-filter: yes\`, which is what the fix writes for databases.
- Write only what is newer: \`apply: if-newer(version)\`; then the second round changes nothing and causes nothing.
- Remember what was seen (\`dedupe { key: url }\`), count hops (\`terminates-by: hop-count\`), or name the condition that ends it.
- Where different events go round, say which: \`events: [OrderPlaced]\`. Thumbnails belong into a bucket of their own.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, "Multi-Leader Replication Topologies"
- AWS Lambda Developer Guide, [Use Lambda recursive loop detection to prevent infinite loops](https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html)
- Apache Kafka documentation, [Geo-Replication (MirrorMaker 2)](https://kafka.apache.org/documentation/#georeplication)
`,
  'late-events-dropped': `# late-events-dropped

## Why

Windows have to end at some time, and the truth has not always arrived by then. A stream processor waits for stragglers as long as its watermark and
its allowed lateness say; what comes later is dropped by default, without an error. For a chart that is a dent. For a bill it is usage that nobody
pays for.

It asks where a stream processor states a window and how long it waits, and where its events are known to come later than that: devices that keep
events while they are offline, readers that lag, jobs that pass things on every hour. What is lost is no finding where late events are kept or
correct the result (\`late: side-output\`, \`late: retract\`), where a batch job or a reconciliation puts it right, or where about right is right. It is
an error where the result is money or must not lose anything.

## Fires on

Usage that is billed, of devices that are often offline:

\`\`\`lintel
data Usage { class: money, key: device-id }
client devices { offline-buffer: 2h, auth: token }
gateway ingest { replicas: 3, auth: token }
log usage uses kafka { partitions: 24, replication-factor: 3, min-isr: 2 }
stream-processor usage-billing uses flink { window: 5min, time: event, watermark: 30s, allowed-lateness: 1min }
//               ^^^^^^^^^^^^^ error late-events-dropped: \`usage-billing\` closes its windows of 5min after \`watermark\` 30s + \`allowed-lateness\` 1min, but what \`devices\` sends can arrive 2h late
database bills uses postgres { stores: Usage }

devices -> ingest { timeout: 5s }
ingest ~> usage : publishes { timeout: 1s }
usage ~> usage-billing : delivers
usage-billing -> bills : writes { op: upsert, timeout: 1s }
\`\`\`

Counted when it arrives, from a job that runs every hour:

\`\`\`lintel
client shops
service till { replicas: 3 }
database sales uses postgres
batch export { period: 1h }
log sold uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor hourly { window: 10min, time: processing }
//               ^^^^^^ warning late-events-dropped: \`hourly\` counts an event in the 10min window in which it arrives (\`time: processing\`), but what \`shops\` sends can arrive 1h late
database report uses postgres

shops -> till { timeout: 3s }
till -> sales : writes { op: insert, timeout: 1s }
sales ~> export : triggers
export ~> sold : publishes { timeout: 5s }
sold ~> hourly : delivers
hourly -> report : writes { op: upsert, timeout: 1s }
\`\`\`

Two readers one behind the other, each a little late:

\`\`\`lintel
client app
service orders { replicas: 3 }
database orders-db uses postgres
cdc relay uses debezium
log changes uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor minutely { window: 1min, time: event, watermark: 30s }
//               ^^^^^^^^ warning late-events-dropped: can arrive 50s late (\`orders-db → relay\` 30s and \`changes → minutely\` 20s)
database board uses postgres

app -> orders { timeout: 3s }
orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay : captures { lag { p99: 30s } }
relay ~> changes : captures
changes ~> minutely : delivers { lag { p99: 20s } }
minutely -> board : writes { op: upsert, timeout: 1s }
\`\`\`

## Stays silent on

It waits long enough, or takes back what it said:

\`\`\`lintel
data Usage { class: money, key: device-id }
client devices { offline-buffer: 2h, auth: token }
gateway ingest { replicas: 3, auth: token }
log usage uses kafka { partitions: 24, replication-factor: 3, min-isr: 2 }
stream-processor patient uses flink { window: 5min, time: event, watermark: 30s, allowed-lateness: 3h }
stream-processor honest uses flink { window: 5min, time: event, watermark: 30s, late: retract }
database bills uses postgres { stores: Usage }

devices -> ingest { timeout: 5s }
ingest ~> usage : publishes { timeout: 1s }
usage ~> patient, honest : delivers
patient, honest -> bills : writes { op: upsert, timeout: 1s }
\`\`\`

A chart may have a dent:

\`\`\`lintel
data Views { class: view-count, key: video-id }
client app { offline-buffer: 1h }
service collect { replicas: 3 }
log views uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor trending { window: 1min, time: processing }
database charts uses postgres { stores: Views }

app -> collect { timeout: 3s }
collect ~> views : publishes { timeout: 1s }
views ~> trending : delivers
trending -> charts : writes { op: upsert, timeout: 1s }
\`\`\`

Once a day a job computes the same from the raw log:

\`\`\`lintel
data Usage { class: money, key: device-id }
client devices { offline-buffer: 2h, auth: token }
gateway ingest { replicas: 3, auth: token }
log usage uses kafka { partitions: 24, replication-factor: 3, min-isr: 2 }
stream-processor live uses flink { window: 5min, time: event, watermark: 30s, allowed-lateness: 1min }
batch true-up { period: 1d }
database bills uses postgres { stores: Usage }

devices -> ingest { timeout: 5s }
ingest ~> usage : publishes { timeout: 1s }
usage ~> live, true-up : delivers
live, true-up -> bills : writes { op: upsert, timeout: 1s }
\`\`\`

How long it waits is not said, and neither is any delay:

\`\`\`lintel
client app
service collect { replicas: 3 }
log clicks uses kafka { replication-factor: 3, min-isr: 2 }
stream-processor sessions { window: 30min }
stream-processor minutes { window: 1min, time: event, watermark: 10s }

app -> collect { timeout: 3s }
collect ~> clicks : publishes { timeout: 1s }
clicks ~> sessions, minutes : delivers
\`\`\`

## How to fix

- Wait as long as events can be late (\`allowed-lateness: 2h\`) and correct what was given out (\`late: retract\`).
- Or give a first result early, keep what is late aside (\`late: side-output\`), and compute the final one from the raw log once a day.
- Count by when things happened (\`time: event\`), not by when they arrived.
- Say where about right is right: \`tolerates: approximation\`.

## Sources

- Akidau et al., [The Dataflow Model](https://www.vldb.org/pvldb/vol8/p1792-Akidau.pdf) (VLDB 2015)
- Akidau, [Streaming 102: The world beyond batch](https://www.oreilly.com/radar/the-world-beyond-batch-streaming-102/)
- Apache Flink documentation, [Windows: Allowed Lateness](https://nightlies.apache.org/flink/flink-docs-stable/docs/dev/datastream/operators/windows/#allowed-lateness)
`,
  'cdc-backlog-fills-source': `# cdc-backlog-fills-source

## Why

Change data capture turns the database's own log into a queue, and the database into its broker. While the reader is down, PostgreSQL keeps every
byte of log for its replication slot, without a limit unless one is set, on the disk that the tables need as well. Where the log does have a limit
(a MySQL binary log, a DynamoDB stream of 24 hours, \`max_slot_wal_keep_size\`), the other thing happens: what the reader missed is gone.

It asks of databases whose log is captured. For one that keeps everything it fires where the design speaks of it: \`max-backlog: unlimited\` is said, a
limit stands on another stream, or the free disk is stated; with the rate of the log (its \`bandwidth\`, or what the flows write) it says how long the
disk lasts, and it is an error where a stated outage (\`max-outage\`) takes longer. For one that keeps a part it asks whether that outlives the outage,
of a reader that does not start over. Polling and writing an outbox inline hold back no log.

## Fires on

A slot without a limit, and the numbers to see what that means:

\`\`\`lintel
service orders { replicas: 3 }
database orders-db uses postgres { free-disk: 300GB }
cdc debezium uses debezium { replicas: 1 }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> debezium : captures { bandwidth: 40MB/s }
//^^^^^^^^^^^^^^^^^^^ warning cdc-backlog-fills-source: While \`debezium\` or \`events\` is down, \`orders-db\` keeps all of its log for it: at 40MB/s, the 300GB that are free are full in 2.08h
debezium ~> events : captures
\`\`\`

The weekend that was planned for is longer than the disk:

\`\`\`lintel
service orders { replicas: 3 }
database orders-db uses postgres { free-disk: 300GB, alarm: disk }
cdc relay uses debezium { max-outage: 2d }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay : captures { bandwidth: 4MB/s }
//^^^^^^^^^^^^^^^^ error cdc-backlog-fills-source: \`relay\` may be down for 2d, which comes to 691GB
relay ~> events : captures
\`\`\`

A limit on one stream, and none on the next:

\`\`\`lintel
service orders { replicas: 3 }
service stock { replicas: 3 }
database orders-db uses postgres
database stock-db uses postgres
cdc orders-relay uses debezium { max-backlog: 50GB, on-gap: resnapshot }
cdc stock-relay uses debezium
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
stock -> stock-db : writes { op: update, outbox: yes, timeout: 1s }
orders-db ~> orders-relay ~> events : captures
stock-db ~> stock-relay ~> events : captures
//^^^^^^^^^^^^^^^^^^^^^ warning cdc-backlog-fills-source: without a limit: a reader that stays away fills its disk
\`\`\`

The stream keeps a day, and the reader may be away for two:

\`\`\`lintel
data Order { class: order, key: order-id }
service orders { replicas: 3 }
database orders-db uses dynamodb { stores: Order }
cdc relay { max-outage: 2d, on-gap: skip }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, idempotent: order-id, timeout: 1s }
orders-db ~> relay ~> events : captures
//^^^^^^^^^^^^^^^^ warning cdc-backlog-fills-source: \`orders-db\` keeps its log for 1d, but \`relay\` may be down for 2d: the changes between are gone, and \`relay\` then goes on with a hole
\`\`\`

## Stays silent on

A limit, a fresh start behind it, and an alarm:

\`\`\`lintel
service orders { replicas: 3 }
database orders-db uses postgres { free-disk: 300GB }
cdc relay uses debezium { max-backlog: 100GB, on-gap: resnapshot, alarm: lag, max-outage: 2d }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay : captures { bandwidth: 4MB/s }
relay ~> events : captures
\`\`\`

No limit, but the disk lasts three times as long as anybody is away, and somebody is called:

\`\`\`lintel
service orders { replicas: 3 }
database orders-db uses postgres { free-disk: 2TB }
cdc relay uses debezium { alarm: lag(15min), max-outage: 12h }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay : captures { bandwidth: 4MB/s }
relay ~> events : captures
\`\`\`

An outbox that is polled holds back no log:

\`\`\`lintel
service orders { replicas: 3 }
database orders-db uses postgres { free-disk: 10GB }
cdc relay { max-outage: 2d, max-backlog: unlimited }
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay : captures { method: poll, bandwidth: 40MB/s }
relay ~> events : captures
\`\`\`

A design that speaks of neither disks nor limits:

\`\`\`lintel
service orders { replicas: 3 }
database orders-db uses postgres
cdc relay uses debezium
log events uses kafka { replication-factor: 3, min-isr: 2 }

orders -> orders-db : writes { op: insert, outbox: yes, timeout: 1s }
orders-db ~> relay ~> events : captures
\`\`\`

## How to fix

- Limit what is kept (\`max-backlog\`; max_slot_wal_keep_size in PostgreSQL), and read everything again when that was not enough (\`on-gap:
  resnapshot\`). The fix writes both, with half of the free disk as the limit.
- Raise an alarm on the slot's lag and on the disk, and keep three times as much free as the longest outage needs.
- Run the reader twice, and remember that it cannot go on without the log behind it either.

## Sources

- Debezium documentation, [PostgreSQL connector: WAL disk space consumption](https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-wal-disk-space)
- PostgreSQL documentation, [max_slot_wal_keep_size](https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-SLOT-WAL-KEEP-SIZE)
- Amazon DynamoDB Developer Guide, [Change data capture for DynamoDB Streams](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html)
`,
  'shared-cache-key-missing-identity': `# shared-cache-key-missing-identity

## Why

A CDN does not know what it holds. It compares keys: the same path, the same answer. Somebody switches caching on for a page that was public,
later the page gets a greeting and the last three orders, and from then on the first visitor's orders are everybody's. Nothing fails.

The rule looks at every read that a flow waits for of data that are \`scoped-by\` a user or a tenant, and at every shared cache that the answer
passes on its way back: a CDN or gateway with a stated \`ttl\`, a CDN with a \`hit-ratio\`, anything with \`scope: shared\`. It fires where the key,
with \`vary\`, has only parts that certainly do not say who asks: path, query, host, language, device and the like. Any other word may be the
identity, and silences it. Data that say \`varies-by\` are held against the key in the same way; that is a warning.

It is silent where the answer says that it must not be kept (\`cache-control: private\` or \`no-store\` on the way), where the request changes
something (a CDN keeps nothing of it), where the cache itself checks who asks (\`auth\`), and where a cache with several targets may be keeping the
answers of the others. An object in an object store has the name that its path says, so its key is complete. A default \`ttl\` counts for
nothing: a CDN keeps what its origin lets it keep.

## Fires on

A minute of caching in front of everything:

\`\`\`lintel
data Order { class: order, key: order-id, scoped-by: user }
client shopper
cdn edge uses cloudfront { ttl: 60s, key: [path, locale] }
//  ^^^^ error shared-cache-key-missing-identity: one user’s \`Order\` is served to the next who asks with the same key
load-balancer lb uses alb
service orders-api
database orders uses postgres { stores: Order }

shopper -> edge -> lb -> orders-api
orders-api -> orders : reads

flow "My orders" {
  rate: 100/s
  shopper -> edge -> lb -> orders-api
  orders-api -> orders : reads
}
\`\`\`

A page that is public but for one thing that is joined in:

\`\`\`lintel
data Product { class: user-content, key: product-id, scoped-by: public }
data Offer { class: recommendation, key: tenant-id, scoped-by: tenant }
client buyer
gateway front { ttl: 5min, key: [host, path, query] }
//      ^^^^^ error shared-cache-key-missing-identity: \`front\` keeps answers for all under the key (host, path, query), but what it fetches (\`front\` → \`pages\` → \`offers\` → \`offer-db\`) holds \`Offer\`, which is each tenant’s own
service pages
service offers
database products uses postgres { stores: Product }
database offer-db uses postgres { stores: Offer }

buyer -> front -> pages
pages -> products : reads
pages -> offers -> offer-db
offers -> offer-db : reads

flow "Look at a product" {
  rate: 2k/s
  buyer -> front -> pages
  pages -> products : reads
  pages -> offers
  offers -> offer-db : reads
}
\`\`\`

Whose it is does not matter, but in which language it is does:

\`\`\`lintel
data Article { class: user-content, key: article-id, varies-by: [locale] }
client reader
cdn edge uses cloudfront { ttl: 10min, key: [path] }
//  ^^^^ warning shared-cache-key-missing-identity: differs by locale
service pages
database articles uses postgres { stores: Article }

reader -> edge -> pages
pages -> articles : reads
\`\`\`

## Stays silent on

What is personal says that it must not be kept; the rest is:

\`\`\`lintel
data Order { class: order, key: order-id, scoped-by: user }
data Product { class: user-content, key: product-id, scoped-by: public }
client shopper
cdn edge uses cloudfront { ttl: 60s, key: [path, locale] }
service orders-api { cache-control: private }
service catalog { cache-control: public }
database orders uses postgres { stores: Order }
database products uses postgres { stores: Product }

shopper -> edge
edge -> orders-api { match: "/me" }
edge -> catalog { match: "/products" }
orders-api -> orders : reads
catalog -> products : reads
\`\`\`

The CDN is there for pictures; nobody says that it keeps what the API answers:

\`\`\`lintel
data Order { class: order, key: order-id, scoped-by: user }
client shopper
cdn edge uses cloudfront { ttl: 1d, key: [path] }
object-store pictures uses s3
service orders-api
database orders uses postgres { stores: Order }

shopper -> edge
edge -> pictures
edge -> orders-api
orders-api -> orders : reads
\`\`\`

The key says who asks, and on the other way the edge asks:

\`\`\`lintel
data Order { class: order, key: order-id, scoped-by: user }
client shopper
client partner
cdn edge uses cloudfront { ttl: 60s, key: [path, user-id] }
cdn partner-edge uses cloudfront { ttl: 60s, key: [path], auth: token }
service orders-api { auth: token }
database orders uses postgres { stores: Order }

shopper -> edge -> orders-api
partner -> partner-edge -> orders-api
orders-api -> orders : reads
\`\`\`

The CDN has only the technology's own TTL, and buying passes it by in any case:

\`\`\`lintel
data Order { class: order, key: order-id, scoped-by: user }
client shopper
cdn edge uses cloudfront
cdn shop-edge uses cloudfront { ttl: 60s, key: [path] }
service orders-api
service checkout
database orders uses postgres { stores: Order }

shopper -> edge -> orders-api
orders-api -> orders : reads
shopper -> shop-edge -> checkout
checkout -> orders : reads
checkout -> orders : writes { op: insert, idempotent: order-id }

flow "My orders" {
  shopper -> edge -> orders-api
  orders-api -> orders : reads
}
flow "Check out" {
  shopper -> shop-edge -> checkout
  checkout -> orders : reads
  checkout -> orders : writes
}
\`\`\`

Each user's private pictures, by their own names:

\`\`\`lintel
data Picture { class: user-content, key: picture-id, scoped-by: user }
client app
cdn edge uses cloudfront { ttl: 30d, key: [path] }
object-store pictures uses s3 { stores: Picture }

app -> edge -> pictures
\`\`\`

## How to fix

- Say that no shared cache may keep it: \`cache-control: private\`. The first fix sets it on who answers.
- Put whose it is into the key. That leaves one entry for each user, which rarely hits.
- Split the page: keep the public part at the edge, and fetch what is personal apart.
- Check at the edge who asks, on each request, where the path names whose it is.

## Sources

- RFC 9111, [HTTP Caching](https://www.rfc-editor.org/rfc/rfc9111), §3 "Storing Responses in Caches" and §4.1 on \`Vary\`
- Amazon CloudFront Developer Guide, [Control the cache key](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html)
- Valve, *Update on Christmas Issues* (December 2015): pages of other customers from a cache
`,
  'origin-bypass': `# origin-bypass

## Why

"It is behind the CDN" is a statement about one way. The origin has an address of its own, was reachable by it before, and often still is: by the
old balancer, a second host name, a bucket that is public. Then the firewall filters what polite clients send, and an attack that empties the
cache's protection needs only the other address.

Where a component says what it \`protects\`, the rule looks for a way from any client to that origin past everything that filters: CDNs,
components with a \`waf\`, and others that protect. Names, balancers, gateways and proxies hand a request on as it is; a service asks for what it
wants itself, so a way through one is no bypass. One such way is a finding; the shortest is told. A way that asks who is there and lets only so
many through, on its own account, is a door for partners or administrators. It is silent too where the origin refuses all others
(\`origin-access: cdn-only\` or \`private\`, \`public: no\`), for clients that are our own, and for single requests with a signed URL.

The other half of protection is the hit ratio. Where a CDN states how many equally likely keys it has (\`key-cardinality\`, \`key-dist: uniform\`) and
how long entries live, at most λT/(K + λT) of λ requests a second over K keys can be hits. If what is left is more than the origin can serve,
the CDN does not shield it.

## Fires on

The old balancer is still there:

\`\`\`lintel
client shopper
cdn edge uses cloudflare { protects: shop-origin, waf: yes }
load-balancer legacy-lb uses nginx
service shop-origin

shopper -> edge -> shop-origin
shopper -> legacy-lb
legacy-lb -> shop-origin
//^^^^^^^^^^^^^^^^^^^^^^ warning origin-bypass: \`shop-origin\` can also be reached past \`edge\`, by \`shopper\` → \`legacy-lb\` → \`shop-origin\`, so its cache and its firewall do not protect it from whoever comes that way
\`\`\`

A mobile application that was given the balancer's own address:

\`\`\`lintel
client browser
client app
cdn edge uses cloudfront { protects: all }
load-balancer lb uses alb
service api { auth: token }

browser -> edge -> lb -> api
app -> lb
//^^^^^^^ warning origin-bypass: \`api\` can also be reached past \`edge\`, by \`app\` → \`lb\` → \`api\`
\`\`\`

The whole query in the key, so that hardly any two requests are alike:

\`\`\`lintel
client shopper
cdn edge uses cloudfront { ttl: 60s, key: [path, query], key-cardinality: 2M, key-dist: uniform }
//  ^^^^ warning origin-bypass: \`edge\` can answer at most 37.5% by itself
service pages { replicas: 10, capacity: 500/s }

shopper -> edge -> pages

flow "Look" {
  rate: 20k/s
  shopper -> edge -> pages
}
\`\`\`

## Stays silent on

The origin lets only the CDN in:

\`\`\`lintel
client shopper
cdn edge uses cloudflare { protects: shop-origin, waf: yes }
load-balancer legacy-lb uses nginx
service shop-origin { origin-access: cdn-only }

shopper -> edge -> shop-origin
shopper -> legacy-lb -> shop-origin
\`\`\`

Partners have a door of their own, with a key and a limit, and so have administrators, from within:

\`\`\`lintel
client shopper
client partner
client admin { public: no }
cdn edge uses cloudflare { protects: shop-origin, waf: yes }
gateway partner-api { auth: api-key, rate-limit { limit: 50/s, per: client, state: shared } }
service back-office { auth: session }
service shop-origin { auth: token }

shopper -> edge -> shop-origin
partner -> partner-api -> shop-origin
admin -> back-office -> shop-origin
\`\`\`

The bucket behind the CDN is written by a service of ours, which strangers can call:

\`\`\`lintel
client shopper
cdn edge uses cloudflare { protects: pictures }
service uploads
object-store pictures uses s3

shopper -> edge -> pictures
shopper -> uploads
uploads -> pictures : writes { op: upsert }
\`\`\`

The second way has a firewall, too, and pictures are uploaded with a permission each:

\`\`\`lintel
client shopper
cdn edge uses cloudflare { protects: [shop-origin, pictures], waf: yes }
gateway app-gateway { waf: yes }
service shop-origin
object-store pictures uses s3

shopper -> edge -> shop-origin
edge -> pictures
shopper -> app-gateway -> shop-origin
shopper -> pictures : writes { signed-url: yes }
\`\`\`

Two million keys, but entries live a day:

\`\`\`lintel
client shopper
cdn edge uses cloudfront { ttl: 1d, key: [path, query], key-cardinality: 2M, key-dist: uniform }
service pages { replicas: 10, capacity: 500/s }

shopper -> edge -> pages

flow "Look" {
  rate: 20k/s
  shopper -> edge -> pages
}
\`\`\`

## How to fix

- Let the origin refuse all but the CDN: mutual TLS, a secret header, the CDN's own addresses, origin access control for a bucket. The fix
  states it: \`origin-access: cdn-only\`.
- Put the other way behind the CDN too, or give it a login and a limit of its own.
- Take out of the key what does not change the answer, and keep answers for longer, until the hit ratio is what the origin needs:
  1 − capacity/load.

## Sources

- Cloudflare documentation, [Protect your origin server](https://developers.cloudflare.com/fundamentals/security/protect-your-origin-server/)
- Amazon CloudFront Developer Guide, [Restrict access to Application Load Balancers](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html)
`,
  'data-residency-violation': `# data-residency-violation

## Why

A promise about where data is kept is broken by the copy that nobody thinks of: the stream to the warehouse, the backup in the other region, the
request bodies in the traces. The law asks where the data are, not where the database is.

For each kind of data with a \`residency\`, the rule starts where the data is at home (the stores that hold its truth, and whoever sends it
without having got it) and follows every arrow that carries it: reads, writes, messages, captures, replicas, backups, what monitors collect.
It stops where the data is anonymised, tokenised or aggregated (\`transform\`), and reports the first component outside on each way. Balancers,
gateways and names only pass things on.

A place is outside if its \`jurisdiction\` is another one; if \`residency\` names regions of this design and it stands in another; or if its region's
name, or \`place\`, begins like a cloud's region on another continent. A region called \`frankfurt\` is neither in nor out until it says where it is.
What a consumer does with what a message brought it is only likely to be about the same data, and is a warning. An outside party that is handed the data on the arrow itself, and of which nobody says where it keeps it, is one, too.

## Fires on

The traces carry the bodies of requests:

\`\`\`lintel
data Customer { class: identity, key: customer-id, residency: eu }

client app
region eu-central {
  service api { replicas: 3 }
  database customers uses postgres { replicas: 3, sync: quorum, stores: Customer }
  service collector { replicas: 2 }
}
region us-east { database traces { replicas: 2 } }

app -> api -> customers { timeout: 2s }
api -> collector : calls { data: Customer, async: yes }
collector -> traces : writes { data: Customer }
//^^^^^^^^^^^^^^^^^ error data-residency-violation: \`Customer\` has to stay in eu (\`residency\`) and reaches \`traces\`, which is in region \`us-east\` (\`api\` → \`collector\` → \`traces\`).
\`\`\`

A stream of changes, over a log, to a warehouse on another continent, and the backup beside it:

\`\`\`lintel
data Patient { class: user-content, key: patient-id, residency: de }

client doctor
region clinic "Our own rooms" {
  service records { replicas: 3 }
  database patients uses postgres { replicas: 3, sync: quorum, stores: Patient }
  log changes uses kafka { replication-factor: 3, min-isr: 2 }
}
region cloud {
  jurisdiction: us
  database warehouse uses bigtable
  object-store archive { versioning: yes }
}

doctor -> records -> patients { timeout: 2s }
patients ~> changes : captures
changes ~> warehouse : delivers { max-deliveries: 5, dead-letter: parked }
//^^^^^^^^^^^^^^^^^^ error data-residency-violation: \`Patient\` has to stay in de (\`residency\`) and reaches \`warehouse\`, which is in region \`cloud\` (\`patients\` → \`changes\` → \`warehouse\`).
patients ~> archive : backs-up
//^^^^^^^^^^^^^^^^^ error data-residency-violation: \`Patient\` has to stay in de (\`residency\`) and reaches \`archive\`, which is in region \`cloud\`.
queue parked { retention: 14d, alarm: age }
\`\`\`

A region of the design is named, and the store has a copy in each:

\`\`\`lintel
data Account { class: money, key: account-id, residency: north }

client clerk
region north { service desk { replicas: 3 } }
region south { service reports { replicas: 3 } }
database accounts uses cockroachdb { replicas: 3, regions: [north, south], stores: Account }
//                                                ^^^^^^^^^^^^^^^^^^^^^^^ error data-residency-violation: \`Account\` has to stay in north (\`residency\`), and \`accounts\` keeps it in region \`south\`.

clerk -> desk -> accounts { timeout: 2s }
\`\`\`

The worker hands on what the message brought, most likely:

\`\`\`lintel
data Parcel { class: order, key: parcel-id, residency: eu }

client shopper
region eu-north {
  service shop { replicas: 3 }
  log parcels uses kafka { replication-factor: 3, min-isr: 2 }
  worker labels { replicas: 2 }
}
external carrier { jurisdiction: us }

shopper -> shop { timeout: 2s }
shop ~> parcels : publishes { data: Parcel, timeout: 1s }
parcels ~> labels : delivers { max-deliveries: 5, dead-letter: parked }
labels -> carrier : calls { op: upsert, timeout: 2s }
//^^^^^^^^^^^^^^^ warning data-residency-violation: \`Parcel\` has to stay in eu (\`residency\`) and reaches \`carrier\`, which is in us, by its jurisdiction (\`shop\` → \`parcels\` → \`labels\` → \`carrier\`).
queue parked { retention: 14d, alarm: age }
\`\`\`

Nobody says where the sender of mails keeps the addresses:

\`\`\`lintel
data Subscriber { class: user-content, key: subscriber-id, residency: eu }

client reader
region eu-west {
  service site { replicas: 3 }
  database subscribers uses postgres { replicas: 3, sync: quorum, stores: Subscriber }
}
external mails "Sender of mails"

reader -> site -> subscribers { timeout: 2s }
site -> mails : calls { data: Subscriber, timeout: 2s, op: upsert }
//^^^^^^^^^^^ warning data-residency-violation: \`Subscriber\` has to stay in eu (\`residency\`) and reaches \`mails\`, and nothing says where that keeps it.
\`\`\`

## Stays silent on

All of it stays, or leaves as tokens, counts or something else:

\`\`\`lintel
data Customer { class: identity, key: customer-id, residency: eu }
data Visit { class: metric }

client app
region eu-central {
  service api { replicas: 3 }
  database customers uses postgres { replicas: 3, sync: quorum, stores: Customer }
  service anonymiser { replicas: 2, transform: anonymise }
}
region eu-west { database copy uses postgres { replicas: 2, stores: Customer } }
region us-east {
  database statistics { replicas: 2 }
  database warehouse { replicas: 2 }
  database visits { replicas: 2, stores: Visit }
}
external psp { jurisdiction: ie }

app -> api -> customers { timeout: 2s }
customers ~> copy : replicates
api -> psp : calls { data: Customer, timeout: 2s, op: read }
api -> anonymiser : calls { data: Customer, async: yes }
anonymiser -> statistics : writes { data: Customer }
api -> warehouse : writes { data: Customer, transform: tokenise, timeout: 1s }
api -> visits : writes { data: Visit, async: yes }
\`\`\`

Balancers elsewhere only pass it on; a place of which only the name is known is not held against anybody; encryption with a key that stays was
found to be enough:

\`\`\`lintel
data Customer { class: identity, key: customer-id, residency: eu }
data Letter { class: file, key: letter-id, residency: eu, crypto-residency: accepted }

client app
region us-east {
  load-balancer lb { replicas: 3 }
  object-store letters-us { versioning: yes }
}
region frankfurt {
  service api { replicas: 3 }
  database customers uses postgres { replicas: 3, sync: quorum, stores: Customer }
  object-store letters { stores: Letter, versioning: yes }
}
region zurich { database copy { replicas: 2 } }

app -> lb -> api { timeout: 2s, data: Customer }
api -> customers : writes { timeout: 1s }
api -> letters : writes { timeout: 1s, op: upsert }
customers ~> copy : replicates
letters ~> letters-us : replicates
\`\`\`

## How to fix

- Strip or tokenise the data before it leaves, and keep the key to the tokens where the data belongs.
- Keep a store of its own for each place: traces, backups, replicas and search indexes too.
- Say where the outside party keeps it: \`jurisdiction\`.

The fix states \`transform: tokenise\` on the arrow that leads outside; what has to be built for it is yours.

## Sources

- [Regulation (EU) 2016/679](https://eur-lex.europa.eu/eli/reg/2016/679/oj) (GDPR), Chapter V: transfers of personal data to third countries
- AWS Well-Architected Framework, Data Residency with Hybrid Cloud Services Lens
`,
  'failover-target-missing-dependency': `# failover-target-missing-dependency

## Why

A standby is as complete as its least complete dependency. Servers in a second region answer health checks and nothing else where the
sessions, the coupons or the queue exist only in the first; and a second database that nothing fills is worse than none, for it takes writes.

Wherever alternatives of a flow stand in several regions, zones or cells, one of these is taken away. What the lost alternative could not do
without, and what holds something, is looked for among the things that the other one cannot do without: something that is fed from it or
written by the same, that holds the same data, or of which nobody says what it holds. Where there is nothing, that is missing. Where the same data
is held and must not be lost, but nothing leads from the one database to the other, it is empty.

It is an error where the flow says that it survives the place, or an arrow \`fails-over-to\` says who takes over; a warning where the
alternatives are merely there. A target of which no dependency is drawn proves nothing.

## Fires on

Log-in and coupons stay behind:

\`\`\`lintel
data Order { class: order, key: order-id }
data Coupon { class: entitlement, key: coupon-id }

client shopper
dns names uses route53
region us-east {
  service shop { replicas: 6 }
  cache sessions uses redis { replicas: 3, on-failure: fail }
  //    ^^^^^^^^ error failover-target-missing-dependency: When region \`us-east\` is lost, "Buy" goes on at \`shop-west\`, which has nothing in place of \`sessions\` and \`coupons\`: they exist only in region \`us-east\`, with their \`Coupon\`, though "Buy" is to survive the loss of a region.
  database orders uses postgres { replicas: 3, sync: quorum, stores: Order }
  database coupons uses postgres { replicas: 3, sync: quorum, stores: Coupon }
}
region us-west {
  service shop-west { replicas: 6 }
  database orders-west uses postgres { replicas: 3, sync: quorum, stores: Order }
}

shopper -> names { timeout: 1s }
names -> shop, shop-west : routes
shop -> sessions : reads { timeout: 50ms }
shop -> orders, coupons : writes { timeout: 200ms }
shop-west -> orders-west : writes { timeout: 200ms }
orders ~> orders-west : replicates { lag: 2s }

flow "Buy" { survives: region   shopper -> names }
\`\`\`

The second database is there, and nobody fills it:

\`\`\`lintel
data Account { class: identity, key: account-id }

client user
region eu {
  service login { replicas: 3 }
  database accounts uses postgres { replicas: 3, sync: quorum, stores: Account }
  //       ^^^^^^^^ error failover-target-missing-dependency: When region \`eu\` is lost, "Log in" goes on at \`login-us\`, and \`accounts-us\` there is to stand in for \`accounts\`, but nothing brings \`Account\` from the one to the other: it is empty, or old, and takes writes.
}
region us {
  service login-us { replicas: 3 }
  database accounts-us uses postgres { replicas: 3, sync: quorum, stores: Account }
}

user -> login -> accounts { timeout: 2s }
login-us -> accounts-us { timeout: 1s }
login -> login-us : fails-over-to

flow "Log in" { user -> login }
\`\`\`

Both regions serve, but only one has the queue:

\`\`\`lintel
client user
dns names uses route53
region a {
  service api-a { replicas: 3 }
  database store-a uses dynamodb
  queue jobs-a uses sqs
  //    ^^^^^^ warning failover-target-missing-dependency: When region \`a\` is lost, the requests of \`user\` go on at \`api-b\`, which has nothing in place of \`jobs-a\`: it exists only in region \`a\`.
}
region b {
  service api-b { replicas: 3 }
  database store-b uses dynamodb
}

user -> names
names -> api-a, api-b : routes
api-a -> store-a { timeout: 1s }
api-b -> store-b { timeout: 1s }
api-a ~> jobs-a : publishes { timeout: 1s }
store-a ~> store-b : replicates
\`\`\`

## Stays silent on

All that is needed is there, or reaches both; what is not needed may stay behind:

\`\`\`lintel
data Order { class: order, key: order-id }
data Coupon { class: entitlement, key: coupon-id }

client shopper
dns names uses route53
region us-east {
  service shop { replicas: 6 }
  database orders uses postgres { replicas: 3, sync: quorum, stores: Order }
  cache pages uses redis { pattern: cache-aside, ttl: 1min, replicas: 3, on-failure: bypass }
  search hints { replicas: 2 }
}
region us-west {
  service shop-west { replicas: 6 }
  database orders-west uses postgres { replicas: 3, sync: quorum, stores: Order }
}
database coupons uses spanner { stores: Coupon }

shopper -> names { timeout: 1s }
names -> shop, shop-west : routes
shop -> orders : writes { timeout: 200ms }
shop -> pages : reads { timeout: 20ms }
shop -> hints { timeout: 50ms, fallback: empty }
shop, shop-west -> coupons { timeout: 200ms }
shop-west -> orders-west : writes { timeout: 200ms }
orders ~> orders-west : replicates { lag: 2s }

flow "Buy" { survives: region   shopper -> names }
\`\`\`

Filled by way of a log; and of a standby of which only the servers are drawn nobody knows:

\`\`\`lintel
data Profile { class: user-content, key: user-id }

client user
region eu {
  service site { replicas: 3 }
  database profiles uses postgres { replicas: 3, sync: quorum, stores: Profile }
  log changes uses kafka { replication-factor: 3, min-isr: 2 }
}
region us {
  service site-us { replicas: 3 }
  worker loader { replicas: 2 }
  database profiles-us uses postgres { replicas: 3, sync: quorum, stores: Profile }
}
region ap { service site-ap { replicas: 3 } }

user -> site -> profiles { timeout: 2s }
profiles ~> changes : captures
changes ~> loader : delivers { max-deliveries: 5, dead-letter: parked }
loader -> profiles-us : writes { op: upsert, timeout: 200ms }
site-us -> profiles-us { timeout: 1s }
site -> site-us, site-ap : fails-over-to
queue parked { retention: 14d, alarm: age }

flow "Read" { user -> site }
\`\`\`

Users are at home in one of two regions and nobody promises to move them:

\`\`\`lintel
data Note { class: user-content, key: note-id }

client user
dns names uses route53 { policy: geo }
region eu {
  service notes-eu { replicas: 3 }
  database store-eu uses postgres { replicas: 3, sync: quorum, stores: Note }
}
region us {
  service notes-us { replicas: 3 }
  database store-us uses postgres { replicas: 3, sync: quorum, stores: Note }
}

user -> names
names -> notes-eu, notes-us : routes
notes-eu -> store-eu { timeout: 1s }
notes-us -> store-us { timeout: 1s }
\`\`\`

## How to fix

- Keep a replica of each of them where what takes over can reach it; for queues, a mirror, or say that what is in them may wait.
- Let the flow go on without it: \`criticality: soft\`, \`fallback\`, another flow for the day on which the region is lost.
- Try it: take the region away on an ordinary day.

The fix adds the arrow \`replicates\` between two databases that hold the same data.

## Sources

- AWS, [Disaster Recovery of Workloads on AWS: Disaster recovery options in the cloud](https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html)
- Netflix Technology Blog, *Active-Active for Multi-Regional Resiliency* (2013)
`,
  'overloaded-component': `# overloaded-component

## Why

Nobody plans a component that cannot bear its load; it comes about because the load is computed nowhere. A flow is stated at the front, and what
it means ten arrows further on depends on shares, fan-outs, hit ratios, branches and the flows beside it. Here it is added up, and held against
what each component can take, by each of its dimensions:

- its copies: \`capacity\` (for one replica) times \`replicas\`, or what autoscaling may start. Under one leader more copies do not take more writes:
  each applies every write, and answers only its part of the reads. Shards divide both.
- the \`quota\` of somebody else's system, the \`bandwidth\` of its network, and what all its partitions take together.

Above that it is an error. Above 70% of it (85% where ten copies and more even bursts out, 90% of a quota) it is a warning: waiting grows with
1/(1 − utilisation), so at 90% a request takes about ten times as long as on an idle server.

What arrives is counted with care. Peaks are used where they are stated and never invented; what is not known counts for nothing. Limits on the
way refuse what is more than they say, and a waiting room lets in only what the rest can serve. Behind a queue or log only the average arrives.
What works off a backlog, such as a worker, falls behind instead of falling over; and one key that is asked too often is \`hot-partition\`.

## Fires on

A leader with four followers, which do not help it:

\`\`\`lintel
client app
service profiles
database users uses postgres { replicas: 5, zones: 3, key: user-id, capacity { write: 5k/s, read: 20k/s } }
//       ^^^^^ error overloaded-component: \`users\` gets 9k/s writes, 1.8 times the 5k/s that its leader takes; its 4 other copies apply every write too, and add nothing

app -> profiles -> users : writes { op: upsert }

flow "Edit a profile" {
  rate: 9k/s
  app -> profiles
  profiles -> users : writes
}
\`\`\`

Two flows, a fan-out and a branch meet in one service:

\`\`\`lintel
client app
gateway front { replicas: 3 }
service feed { replicas: 20, capacity: 2k/s }
service posts { replicas: 8, capacity: 1k/s }
//      ^^^^^ error overloaded-component: \`posts\` gets 22k/s at peak, 2.8 times the 8k/s that its 8 copies take

app -> front -> feed
feed -> posts : calls { calls: parallel(10) }
front -> posts

flow "Read the feed" {
  rate: 1k/s, peak: 2k/s
  app -> front
  front -> feed
  feed -> posts
}
flow "Open a post" {
  rate: 2k/s, peak: 4k/s
  app -> front
  when "it is not in the page" 50% { front -> posts }
}
\`\`\`

A third party's quota, behind a queue that evens out the peak but not the average:

\`\`\`lintel
client shopper
service api
queue jobs uses sqs
queue parked uses sqs { alarm: depth }
worker sender { dedupe { key: mail-id, window: 7d } }
external mail { quota: 100/s }
//       ^^^^ error overloaded-component: \`mail\` gets 150/s, 1.5 times the 100/s that it lets us use

shopper -> api
api ~> jobs : publishes
jobs ~> sender : delivers { max-deliveries: 5, dead-letter: parked }
sender -> mail : calls { op: send, timeout: 2s, idempotent: mail-id }

flow "Invite" {
  rate: 150/s, peak: 900/s
  shopper -> api
  api ~> jobs : publishes
}
\`\`\`

Near its capacity, bursts already queue; and partitions are too few however even the keys are:

\`\`\`lintel
client device
service ingest { replicas: 4, capacity: 1k/s }
//      ^^^^^^ warning overloaded-component: \`ingest\` gets 3.2k/s, 80% of the 4k/s that its 4 copies take: requests then take about 5 times as long
log readings uses kinesis { partitions: 2, key: device-id, key-dist: uniform }
//  ^^^^^^^^ error overloaded-component: \`readings\` gets 3.2k/s writes, 1.6 times the 2k/s that its 2 partitions take together

device -> ingest
ingest ~> readings : publishes

flow "Report" {
  rate: 3200/s
  device -> ingest
  ingest ~> readings : publishes
}
\`\`\`

A number that was left at nothing:

\`\`\`lintel
client app
service api { replicas: 3, capacity: 0/s }
//      ^^^ error overloaded-component: \`api\` gets 100/s, more than the 0/s that its 3 copies take.

app -> api

flow "Look" {
  rate: 100/s
  app -> api
}
\`\`\`

## Stays silent on

Sharded, so that each leader takes a part of the writes; and replicas that do help, since it is reads that there are many of:

\`\`\`lintel
client app
service profiles
database users uses postgres {
  shards: 4, key: user-id, partitioning: hash, replicas: 3, zones: 3, capacity { write: 5k/s, read: 20k/s }
}
database catalog uses postgres { replicas: 5, zones: 3, read-from: follower, capacity: 5k/s }

app -> profiles
profiles -> users : writes { op: upsert }
profiles -> catalog : reads

flow "Edit a profile" {
  rate: 9k/s
  app -> profiles
  profiles -> users : writes
  profiles -> catalog : reads
}
\`\`\`

Autoscaling covers the peak; the cache in front takes most of the reads; a gateway refuses what is too much for all:

\`\`\`lintel
client app
cdn edge uses cloudfront { key: [path], ttl: 60s, hit-ratio: 90% }
gateway front { replicas: 3, auth: token, rate-limit { limit: 2k/s, per: global, state: shared } }
service pages { replicas: 4, capacity: 1k/s, autoscale { min: 4, max: 16, ready: 60s } }
service search { replicas: 3, capacity: 1k/s }

app -> edge -> pages
app -> front -> search

flow "Read" {
  rate: 40k/s, peak: 80k/s
  app -> edge -> pages
}
flow "Search" {
  rate: 1k/s, peak: 9k/s
  app -> front -> search
}
\`\`\`

A queue takes the peak, and a waiting room lets in no more than can be served:

\`\`\`lintel
client fans
service room { role: waiting-room, replicas: 20, capacity: 10k/s }
service sales { replicas: 6, capacity: 1k/s }
queue mails uses sqs
queue parked uses sqs { alarm: depth }
worker mailer { dedupe { key: mail-id, window: 7d } }
database outbox { capacity { write: 1k/s } }

fans -> room -> sales
sales ~> mails : publishes
mails ~> mailer : delivers { max-deliveries: 5, dead-letter: parked }
mailer -> outbox : writes { op: upsert, timeout: 1s }

flow "Buy" {
  rate: 600/s, peak: 50k/s
  fans -> room -> sales
  sales ~> mails : publishes
}
\`\`\`

The capacity, the way of replication, or the hit ratio in front is not known:

\`\`\`lintel
client app
cdn edge uses cloudfront { key: [path], ttl: 60s }
service pages { replicas: 3, capacity: 1k/s }
database views { replicas: 5, capacity: 5k/s }
database orders uses postgres { replicas: 3, zones: 3 }

app -> edge -> pages
app -> pages
pages -> views : reads

flow "Read" {
  rate: 40k/s
  app -> edge -> pages
}
flow "Count" {
  rate: 2k/s
  app -> pages
  pages -> views : reads
}
\`\`\`

## How to fix

- More of what divides the load: copies for stateless components and for reads, shards for writes, partitions for a log. The fix writes as many as
  bring it down to 70%, and does not where that would open more connections than a store behind accepts.
- Less load: a cache in front, batches, a queue that takes the peak, a limit that refuses early.
- If the number is wrong, state the right one: \`capacity\` is for one replica, and a default of a technology is only a default.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), chapters 5 and 6
- Beyer et al., *Site Reliability Engineering* (2016), [chapter 21, Handling Overload](https://sre.google/sre-book/handling-overload/)
- Gunther, *Guerrilla Capacity Planning* (2007)
`,
  'latency-budget-exceeded': `# latency-budget-exceeded

## Why

A flow's steps follow each other, and behind each step stands what it needs in turn. Their times add up, and the sum is held against what the flow
promises (\`p50\`, \`p95\`, \`p99\`, \`p99.9\`). Two sums are made:

- **What it takes at least.** Medians that are stated, round trips between regions times the calls that go there one after the other, and what a
  synchronous commit waits for: the ⌊n/2⌋-th nearest of the other voters. Where the order is not known, things are taken to happen at the same time.
  The slow end of one hop alone counts too: if a payment takes 900 ms at p99, so does every flow that always waits for it. More than the promise is an
  error, for no tuning gets under it.
- **What it takes by estimate.** Each hop's p50 and p99 are fitted by a lognormal, and these are added (Fenton–Wilkinson); the slowest of several at
  the same time decides. More than the promise is a warning.

A branch counts as far as the percentile depends on it: what 0.5% of the requests do says nothing about p99, and of a branch that 10% take the slowest
tenth makes the p99 of all. The same holds behind a cache or CDN with a known hit ratio. What is not stated counts as nothing, so the sums are rather
too small; and distances between regions are the lower ends of what is measured, by the regions' names.

## Fires on

Each write crosses the Atlantic to the leader, and waits until it has crossed again:

\`\`\`lintel
data Account { class: money }
client holder
region eu-west {
  gateway eu { replicas: 3, latency { p50: 2ms, p99: 8ms } }
}
database accounts {
  stores: Account, replication: consensus
  replica a { region: us-east, role: leader }
  replica b { region: eu-west }
  replica c { region: ap-south }
}

holder -> eu
eu -> accounts : writes { op: upsert, timeout: 1s }

flow "Place an order" {
  p99: 120ms
//^^^^^^^^^^ warning latency-budget-exceeded: promises p99 120ms, but takes at least 142ms: 70ms for the round trip \`eu → accounts\` between eu-west and us-east, 70ms for each commit to \`accounts\`, which waits for eu-west
  holder -> eu
  eu -> accounts : writes
}
\`\`\`

Forty reads, one after the other:

\`\`\`lintel
client reader
service page { replicas: 3, latency { p50: 10ms, p99: 40ms } }
database posts { latency { p50: 4ms, p99: 30ms } }

reader -> page
page -> posts : reads { calls: sequential(40), timeout: 1s }

flow "Open the front page" {
  p50: 100ms, p99: 400ms
//^^^^^^^^^^ error latency-budget-exceeded: promises p50 100ms, but takes at least 170ms: 40 × 4ms = 160ms in \`posts\` and 10ms in \`page\`
  reader -> page
  page -> posts : reads
}
\`\`\`

One provider is slower than the whole may be, and what is behind another is only estimated:

\`\`\`lintel
client shopper
service shop { replicas: 3, latency { p50: 20ms, p99: 90ms } }
service stock { replicas: 3, latency { p50: 40ms, p99: 400ms } }
service prices { replicas: 3, latency { p50: 30ms, p99: 350ms } }
external psp { p50: 300ms, p99: 900ms }

shopper -> shop { timeout: 3s }
shop -> psp, stock, prices { timeout: 1s, deadline: propagate }

flow "Pay" {
  p99: 800ms
//^^^^^^^^^^ error latency-budget-exceeded: "Pay" promises p99 800ms, but \`psp\` alone takes 900ms
  shopper -> shop -> psp
}
flow "Look" {
  p99: 450ms
//^^^^^^^^^^ warning latency-budget-exceeded: "Look" promises p99 450ms, and by estimate takes about
  shopper -> shop -> stock
  shop -> prices
}
\`\`\`

## Stays silent on

The leader and a majority are where the writers are:

\`\`\`lintel
data Account { class: money }
client holder
region us-east {
  gateway us { replicas: 3, latency { p50: 2ms, p99: 8ms } }
}
database accounts {
  stores: Account, replication: consensus
  replica a { region: us-east, role: leader }
  replica b { region: us-east }
  replica c { region: eu-west }
}

holder -> us
us -> accounts : writes { op: upsert, timeout: 1s }

flow "Place an order" {
  p99: 120ms
  holder -> us
  us -> accounts : writes
}
\`\`\`

The slow way is taken by so few that it lies beyond the percentile: behind a cache that answers 99.5%, and in a branch:

\`\`\`lintel
client reader
cdn edge uses cloudfront { key: [path], ttl: 60s, hit-ratio: 99.5%, latency { p50: 10ms, p99: 60ms } }
service page { replicas: 3, latency { p50: 200ms, p99: 900ms } }
external captcha { p50: 400ms, p99: 2s }

reader -> edge -> page
page -> captcha { timeout: 3s }

flow "Read" {
  p99: 100ms
  reader -> edge -> page
}
flow "Sign up" {
  p95: 1s
  reader -> edge
  when "it looks like a robot" 1% { page -> captcha }
}
\`\`\`

At the same time instead of one after the other, and what is done after the answer:

\`\`\`lintel
client reader
service page { replicas: 3, latency { p50: 10ms, p99: 40ms } }
database posts { latency { p50: 4ms, p99: 30ms } }
database ads { latency { p50: 50ms, p99: 90ms } }
database likes { latency { p50: 50ms, p99: 90ms } }
log seen uses kafka { partitions: 8, latency { p50: 2ms, p99: 9ms } }
worker counter { replicas: 3, latency { p50: 2s, p99: 9s } }

reader -> page
page -> posts, ads, likes : reads { timeout: 1s }
page ~> seen : publishes
seen ~> counter : delivers

flow "Open the front page" {
  p50: 90ms, p99: 200ms
  reader -> page
  page -> posts : reads
  parallel {
    page -> ads : reads
    page -> likes : reads
  }
  page ~> seen : publishes
}
\`\`\`

Nothing is known of how long things take, or where they are:

\`\`\`lintel
client holder
service api { replicas: 3 }
database accounts uses spanner { regions: [north, south, west] }

holder -> api
api -> accounts : writes { op: upsert, timeout: 1s }

flow "Pay" {
  p99: 50ms
  holder -> api
  api -> accounts : writes
}
\`\`\`

## How to fix

- Distance: bring the two ends into one region, keep a copy for reading near the reader, and the leader with a majority near the writers.
- Round trips in a row: ask once for all, or for all at the same time.
- A slow part: answer first and finish later (a queue), keep its answer (a cache), or leave it out when it is late (a time-out with a fallback).
- Or promise what can be kept. A percentile that cannot be met is an alarm that always rings.

## Sources

- Dean, *Numbers Everyone Should Know* (2007)
- Corbett et al., *Spanner: Google's Globally-Distributed Database* (OSDI 2012)
- Abadi, *Consistency Tradeoffs in Modern Distributed Database System Design* (IEEE Computer, 2012)
- Microsoft Azure, [Chatty I/O antipattern](https://learn.microsoft.com/en-us/azure/architecture/antipatterns/chatty-io/)
`,
  'fanout-tail-amplification': `# fanout-tail-amplification

## Why

A request that needs many answers is as slow as the slowest of them. If each of n calls is slow with probability p, the request is with probability
1 − (1 − p)ⁿ: for a hundred calls that are slow once in a hundred times, that is 63%. To keep its p99, each call has to keep its time in 99.99% of all
cases (q^(1/n)), and nobody measures that.

Five parallel calls and more are looked at (\`calls: parallel(100)\`, or as many arrows in one \`parallel { … }\`), where the flow promises a p95, p99 or
p99.9. The times that are stated for one call are fitted by a lognormal, and the slowest of n is computed; with hedged requests the slow share is that of
both being slow, and with \`required: 95%\` the slowest few are left out. It is a warning if the promise would hold with one call and does not with all of
them. Where no time is stated for the call it is only a remark of what the promise asks of each.

## Fires on

A search that asks a hundred leaves:

\`\`\`lintel
client reader
service search { replicas: 6, latency { p50: 5ms, p99: 20ms } }
search index { shards: 100, latency { p50: 10ms, p99: 60ms } }

reader -> search
search -> index : reads { calls: parallel(100), timeout: 1s }
//^^^^^^^^^^^^^ warning fanout-tail-amplification: \`search\` waits for 100 parallel calls to \`index\`: by estimate p99 of "Search"

flow "Search" {
  p99: 150ms
  reader -> search
  search -> index : reads
}
\`\`\`

Six services behind one page, each good enough by itself:

\`\`\`lintel
client reader
service page { replicas: 6, latency { p50: 5ms, p99: 15ms } }
service news { replicas: 3, latency { p50: 20ms, p99: 180ms } }
service ads { replicas: 3, latency { p50: 20ms, p99: 180ms } }
service prices { replicas: 3, latency { p50: 20ms, p99: 180ms } }
service reviews { replicas: 3, latency { p50: 20ms, p99: 180ms } }
service similar { replicas: 3, latency { p50: 20ms, p99: 180ms } }
service basket { replicas: 3, latency { p50: 20ms, p99: 180ms } }

reader -> page
page -> news { timeout: 1s }
//^^^^^^^^^^ warning fanout-tail-amplification: \`page\` waits for 6 calls at the same time
page -> ads { timeout: 1s }
page -> prices { timeout: 1s }
page -> reviews { timeout: 1s }
page -> similar { timeout: 1s }
page -> basket { timeout: 1s }

flow "Open the page" {
  p99: 220ms
  reader -> page
  parallel {
    page -> news
    page -> ads
    page -> prices
    page -> reviews
    page -> similar
    page -> basket
  }
}
\`\`\`

Nobody says how long one call takes; what the promise asks of it can be said all the same:

\`\`\`lintel
client reader
service timeline { replicas: 6 }
cache posts uses redis-cluster { shards: 40, replicas: 2 }

reader -> timeline
timeline -> posts : reads { calls: parallel(50), timeout: 50ms }
//^^^^^^^^^^^^^^^ info fanout-tail-amplification: to keep p99 300ms for "Read the timeline", each of them must keep its time in 99.98% of all cases

flow "Read the timeline" {
  p99: 300ms
  reader -> timeline
  timeline -> posts : reads
}
\`\`\`

## Stays silent on

A second request goes out when the first is slow; or the slowest few are not waited for:

\`\`\`lintel
client reader
service search { replicas: 6, latency { p50: 5ms, p99: 20ms } }
search index { shards: 100, latency { p50: 10ms, p99: 60ms } }
search archive { shards: 100, latency { p50: 10ms, p99: 60ms } }

reader -> search
search -> index : reads { calls: parallel(100), timeout: 1s, hedge { after: p95, cap: 5% } }
search -> archive : reads { calls: parallel(100), timeout: 1s, required: 95% }

flow "Search" {
  p99: 150ms
  reader -> search
  search -> index : reads
}
flow "Search the archive" {
  p99: 150ms
  reader -> search
  search -> archive : reads
}
\`\`\`

The promise leaves room for the slowest of a hundred; and nothing is promised about the tail:

\`\`\`lintel
client reader
service search { replicas: 6, latency { p50: 5ms, p99: 20ms } }
search index { shards: 100, latency { p50: 10ms, p99: 60ms } }

reader -> search
search -> index : reads { calls: parallel(100), timeout: 1s }

flow "Search" {
  p99: 1s
  reader -> search
  search -> index : reads
}
flow "Suggest" {
  p50: 100ms
  reader -> search
  search -> index : reads
}
\`\`\`

Many at once, but nobody waits; and one after the other, which is another matter:

\`\`\`lintel
client reader
service feed { replicas: 6, latency { p50: 5ms, p99: 20ms } }
service mailer { replicas: 3, latency { p50: 50ms, p99: 900ms } }
database posts { latency { p50: 1ms, p99: 3ms } }

reader -> feed
feed ~> mailer : calls { calls: parallel(100) }
feed -> posts : reads { calls: sequential(10), timeout: 1s }

flow "Read" {
  p99: 100ms
  reader -> feed
  feed -> posts : reads
  feed ~> mailer
}
\`\`\`

## How to fix

- Hedge: send a second request when the first has not answered after its p95, and take whichever comes first. It costs 5% more requests. The fix does
  that where asking twice is harmless and the promise then holds.
- Answer without the slowest few: \`required: 95%\`, or \`partial-results: yes\`.
- Ask fewer: fewer and larger shards, an index that knows which of them matter, answers kept in one place.

## Sources

- Dean and Barroso, [*The Tail at Scale*](https://research.google/pubs/the-tail-at-scale/) (Communications of the ACM, 2013)
`,
  'connection-limit-exceeded': `# connection-limit-exceeded

## Why

A pool belongs to one copy of a service. Sixty copies with a pool of twenty hold 1,200 connections, whether or not they use them, and a
PostgreSQL server accepts 100 until somebody raises that. Autoscaling makes it worse at the wrong moment: the copies that were started because
of the load are the ones that are refused.

The pools of all callers are added up, each times the most copies that may run (\`autoscale { max: … }\`, else \`replicas\`), and held against
\`max-connections\`, the technology's where none is stated. Under one leader all that may write reach that leader; callers that only read may
spread over the copies. A caller whose pool or number of copies is not known counts for nothing.

More than the limit is an error. What only a rolling deployment (a quarter more copies, where \`deploy-surge\` does not say) and a reserve of
ten for administration push over the limit is a warning, since both are rules of thumb.

## Fires on

Scaled out to sixty copies, on the default of PostgreSQL:

\`\`\`lintel
client app
service api { autoscale { min: 6, max: 60, ready: 90s }, pool: 20 }
database orders uses postgres
//       ^^^^^^ error connection-limit-exceeded: Up to 60 copies of \`api\` × a pool of 20 = 1,200 connections, but \`orders\` accepts 100

app -> api
api -> orders : writes { op: upsert }
\`\`\`

Each service alone would fit:

\`\`\`lintel
client app
service api { replicas: 12 }
service reports { replicas: 4 }
worker mailer { replicas: 8, pool: 5 }
queue mails uses sqs
database orders uses mysql { max-connections: 150 }
//       ^^^^^^ error connection-limit-exceeded: 240 in all, but \`orders\` accepts 150

app -> api -> orders : writes { op: upsert, pool: 10 }
app -> reports -> orders : reads { pool: 20 }
mails ~> mailer : delivers { max-deliveries: 5, dead-letter: parked }
mailer -> orders : writes { op: upsert, timeout: 1s }
queue parked uses sqs { alarm: depth }
\`\`\`

Fits on quiet days, and not while a new version is rolled out:

\`\`\`lintel
client app
service api { replicas: 8, pool: 12 }
database orders uses postgres { max-connections: 100 }
//       ^^^^^^ warning connection-limit-exceeded: During a rolling deployment, when a quarter more copies run, it would be 120

app -> api
api -> orders : writes { op: upsert }
\`\`\`

The pooler itself opens too many:

\`\`\`lintel
client app
service api { replicas: 40, pool: 20 }
service pgbouncer { role: pooler, replicas: 4, pool: 40, max-connections: 1000 }
database orders uses postgres
//       ^^^^^^ error connection-limit-exceeded: 4 copies of \`pgbouncer\` × a pool of 40 = 160 connections

app -> api -> pgbouncer
pgbouncer -> orders : writes { op: upsert }
\`\`\`

## Stays silent on

A pooler in between: many connections to it, few from it to the database:

\`\`\`lintel
client app
service api { autoscale { min: 6, max: 60, ready: 90s }, pool: 20 }
service pgbouncer { role: pooler, replicas: 2, pool: 30, max-connections: 2000 }
database orders uses postgres

app -> api -> pgbouncer
pgbouncer -> orders : writes { op: upsert }
\`\`\`

Small pools, and a store without connections to count:

\`\`\`lintel
client app
service api { replicas: 12, pool: 5 }
database orders uses postgres
database carts uses dynamodb

app -> api
api -> orders : writes { op: upsert }
api -> carts : writes { op: upsert, pool: 50 }
\`\`\`

Readers that are spread over five copies, of which each accepts a hundred:

\`\`\`lintel
client app
service catalog { replicas: 20, pool: 15 }
database products uses postgres { replicas: 5, zones: 3, read-from: follower }

app -> catalog
catalog -> products : reads
\`\`\`

Nobody says how many connections a copy keeps:

\`\`\`lintel
client app
service api { replicas: 200 }
database orders uses postgres

app -> api
api -> orders : writes { op: upsert }
\`\`\`

## How to fix

- Put a connection pooler in front (PgBouncer, ProxySQL, RDS Proxy): many connections from the copies to it, few from it to the store.
- Make the pools smaller. A store is rarely faster with more connections than a few for each of its processor cores; the fix writes the largest
  pool with which everything fits.
- Raise \`max-connections\`, if the server has the memory for it, and state it.

## Sources

- PostgreSQL documentation, [Connections and Authentication](https://www.postgresql.org/docs/current/runtime-config-connection.html): \`max_connections\`, by default 100
- MySQL 8.0 Reference Manual, [max_connections](https://dev.mysql.com/doc/refman/8.0/en/server-system-variables.html#sysvar_max_connections): by default 151
- HikariCP, [About Pool Sizing](https://github.com/brettwooldridge/HikariCP/wiki/About-Pool-Sizing)
`,
  'storage-outgrows-capacity': `# storage-outgrows-capacity

## Why

Two petabytes a day fit into no database, but nobody multiplies before the first disk is full. Here it is done: records a second, times their size,
times copies and indexes, against the room there is. Three things can be full: all of the disks (\`storage\` of each replica, or \`free-disk\`), one
partition (\`partition-limit { size }\`, with the busiest key's share or an even part of an index, and a new one for each \`time-bucket\`), and the memory that keeps the list of all objects.

Only what is known to add counts: inserts and appends, messages into a log, objects into an object store, and what a store says itself (\`growth\`). An
upsert may change a record that is there. What is kept for a time (\`retention\`) settles when that time is over; what ends, is evicted or compacted is
left out.

With a \`horizon\` stated for the design, whatever is full before it is an error. Without one, less than a year is a warning and less than three a remark.

## Fires on

Photos in a database:

\`\`\`lintel
design "Photos" { horizon: 3y }
data Photo { class: user-content, key: photo-id, size: 2MB }
client app
service uploads
database photos { stores: Photo, shards: 10, replicas: 3, zones: 3, key: photo-id, storage: 50TB }
//       ^^^^^^ error storage-outgrows-capacity: \`photos\` grows by 2PB a day × 3 for copies, so its room of 1.5PB is full after 6 h, within the 3y that are planned for

app -> uploads
uploads -> photos : writes { op: insert, idempotent: photo-id }

flow "Upload" {
  rate: 1B/day
  app -> uploads
  uploads -> photos : writes
}
\`\`\`

It says itself how fast it fills:

\`\`\`lintel
client app
service api
database events uses postgres { storage: 2TB, growth: 20GB/day, index-overhead: 40% }
//       ^^^^^^ warning storage-outgrows-capacity: \`events\` grows by 20GB a day × 1.4 for indexes, so its room of 2TB is full after 71 days

app -> api
api -> events : writes { op: insert, idempotent: event-id }
\`\`\`

One device's rows come to more than a partition should hold:

\`\`\`lintel
data Reading { class: telemetry, key: device-id, size: 1KB }
client device
service ingest
database readings uses cassandra { stores: Reading, replication-factor: 3, key: device-id, key-cardinality: 5000 }
//       ^^^^^^^^ info storage-outgrows-capacity: one partition is at its limit of 100MB after 58 days

device -> ingest
ingest -> readings : writes { op: append }

flow "Report" {
  rate: 100/s
  device -> ingest
  ingest -> readings : writes
}
\`\`\`

A log that keeps everything, on disks for a week:

\`\`\`lintel
data Click { class: telemetry, key: user-id, size: 500B }
client app
service collector
log clicks uses kafka { partitions: 24, replication-factor: 3, min-isr: 2, retention: 30d, storage: 10TB }
//  ^^^^^^ warning storage-outgrows-capacity: \`clicks\` grows by 2.16TB a day × 3 for copies, so its room of 10TB is full after 37 h

app -> collector
collector ~> clicks : publishes { data: Click }

flow "Click" {
  rate: 50k/s
  app -> collector
  collector ~> clicks : publishes
}
\`\`\`

## Stays silent on

The same clicks are kept for as long as there is room:

\`\`\`lintel
data Click { class: telemetry, key: user-id, size: 500B }
client app
service collector
log clicks uses kafka { partitions: 24, replication-factor: 3, min-isr: 2, retention: 24h, storage: 10TB }

app -> collector
collector ~> clicks : publishes { data: Click }

flow "Click" {
  rate: 50k/s
  app -> collector
  collector ~> clicks : publishes
}
\`\`\`

Photos in an object store, which has no end, and only their names in the database:

\`\`\`lintel
design "Photos" { horizon: 3y }
data Photo { class: user-content, key: photo-id, size: 2MB }
data Caption { class: user-content, key: photo-id, size: 1KB }
client app
service uploads
object-store photos uses s3 { stores: Photo }
database captions { stores: Caption, shards: 64, replicas: 3, zones: 3, key: photo-id, storage: 20TB }

app -> uploads
uploads -> photos : writes { op: upsert, data: Photo }
uploads -> captions : writes { op: insert, idempotent: photo-id, data: Caption }

flow "Upload" {
  rate: 1B/day
  app -> uploads
  uploads -> photos : writes
  uploads -> captions : writes
}
\`\`\`

Writes that change what is there, entries that end, and a cache that evicts:

\`\`\`lintel
data Profile { class: user-content, key: user-id, size: 4KB }
data Session { class: session, key: session-id, size: 2KB }
client app
service api
database profiles { stores: Profile, storage: 100GB }
database sessions { stores: Session, storage: 50GB, ttl: 1d }
cache pages uses memcached { storage: 64GB, growth: 1TB/day }

app -> api
api -> profiles : writes { op: upsert, data: Profile }
api -> sessions : writes { op: insert, idempotent: session-id, data: Session }
api -> pages : writes { op: set }

flow "Use" {
  rate: 2k/s
  app -> api
  api -> profiles : writes
  api -> sessions : writes
}
\`\`\`

The day is a part of the key, so one device's rows begin a new partition each day:

\`\`\`lintel
data Reading { class: telemetry, key: [device-id, day], size: 1KB }
client device
service ingest
database readings uses cassandra {
  stores: Reading, replication-factor: 3, key: [device-id, day], key-cardinality: 5000, time-bucket: 1d
}

device -> ingest
ingest -> readings : writes { op: append }

flow "Report" {
  rate: 100/s
  device -> ingest
  ingest -> readings : writes
}
\`\`\`

Years away, and nobody plans that far:

\`\`\`lintel
client app
service api
database events uses postgres { storage: 20TB, growth: 10GB/day }

app -> api
api -> events : writes { op: insert, idempotent: event-id }
\`\`\`

## How to fix

- Say how long data must be kept, and let the rest go or move to an object store: \`retention\`. The fix writes as many days as fill 70% of the room;
  of a partition it writes how often a new one should begin (\`time-bucket\`).
- Keep large content in an object store, and its name in the row.
- Split it over more machines; give a key that gathers too much a further part, such as the day or the month.

## Sources

- Kleppmann, *Designing Data-Intensive Applications* (2017), chapter 6
- Elastic documentation, [Size your shards](https://www.elastic.co/guide/en/elasticsearch/reference/current/size-your-shards.html)
- Ghemawat, Gobioff and Leung, *The Google File System* (SOSP 2003)
- etcd documentation, [System limits](https://etcd.io/docs/v3.6/dev-guide/limit/)
`,
  'batch-misses-window': `# batch-misses-window

## Why

The time of a batch job has a floor that can be computed before its first run: the longest of reading (input over all workers), exchanging (shuffle over
all networks), the worker that the busiest key falls to (its share of everything, at the speed of one), and writing (output into what takes it). In
practice it takes longer: phases do not overlap fully, and machines fail. If the floor alone is longer than the window, the deadline or the time until the
next run, it is a warning.

A worker's part is not made smaller by more workers: that is why a key such as \`null\`, or one large customer, decides how long the whole takes.

## Fires on

A join in which one key holds an eighth of everything:

\`\`\`lintel
batch daily-join { replicas: 200, bandwidth: 10Gb/s, shuffle: 60TB, skew: 12%, scan-bandwidth: 200MB/s, window: 6h }
//    ^^^^^^^^^^ warning batch-misses-window: takes at least 10h, more than its window of 6h: one key brings 12% of 60TB to one worker, which takes 7.2TB at 200MB/s, however many there are
object-store lake {}

daily-join -> lake : reads
\`\`\`

Too few workers for what is to be read; and a run that meets the next one:

\`\`\`lintel
batch nightly { replicas: 10, input: 60TB, scan-bandwidth: 200MB/s, window: 6h }
//    ^^^^^^^ warning batch-misses-window: takes at least 8.33h, more than its window of 6h: 10 workers read 60TB at 200MB/s each
batch hourly { replicas: 4, output: 2TB, input: 100GB, scan-bandwidth: 200MB/s, period: 1h }
//    ^^^^^^ warning batch-misses-window: more than the time until its next run, 1h: 2TB go into \`profiles\`, which takes 250MB/s
object-store lake {}
database profiles uses postgres { bandwidth: 2Gb/s }

nightly -> lake : reads
hourly -> lake : reads
hourly -> profiles : writes { op: upsert, timeout: 10s }
\`\`\`

## Stays silent on

The same join, added up before data travel; and one that is even enough:

\`\`\`lintel
batch daily-join {
  replicas: 200, bandwidth: 10Gb/s, shuffle: 60TB, skew: 12%, scan-bandwidth: 200MB/s, combiner: yes, window: 6h
}
batch weekly-join { replicas: 200, bandwidth: 10Gb/s, shuffle: 60TB, skew: 1%, scan-bandwidth: 200MB/s, window: 6h }
object-store lake {}

daily-join -> lake : reads
weekly-join -> lake : reads
\`\`\`

Enough workers for the window:

\`\`\`lintel
batch nightly { replicas: 40, input: 60TB, scan-bandwidth: 200MB/s, window: 6h }
object-store lake {}

nightly -> lake : reads
\`\`\`

Nobody says in what time it must end, or how many work on it:

\`\`\`lintel
batch nightly { replicas: 2, input: 60TB, scan-bandwidth: 200MB/s }
batch monthly { input: 900TB, scan-bandwidth: 200MB/s, window: 6h }
object-store lake {}

nightly -> lake : reads
monthly -> lake : reads
\`\`\`

## How to fix

- Skew: cut the busiest key into parts (salting), send the small side of a join to all workers, or add up before data travel.
- Reading and exchanging: more workers, or less to read: only what is new, only the columns that count.
- Writing: load ready-made files into a copy and switch over, instead of one row after the other through the serving path.

## Sources

- Dean and Ghemawat, [*MapReduce: Simplified Data Processing on Large Clusters*](https://research.google/pubs/mapreduce-simplified-data-processing-on-large-clusters/) (OSDI 2004)
- Zaharia et al., *Resilient Distributed Datasets* (NSDI 2012)
`,
  'scale-out-slower-than-spike': `# scale-out-slower-than-spike

## Why

Autoscaling is a plan for the hour, not for the second. From the rise in load until a new copy serves, a metric has to be collected, somebody has to
decide, a machine or container starts, code and caches warm up. Ticket sales, push messages and the end of a football match do not wait for that.

Where a flow says how fast it rises (\`ramp\`) and a component how long new copies take (\`autoscale { ready: … }\`), what comes meanwhile is summed:
∫ (λ(t) − capacity) dt, with as many copies as run before, which is at least what keeps them 70% busy. If more than what they do in one second is left
over, it is a warning. What runs ahead of the load (\`mode: scheduled\`, \`predictive\`), refuses the rest, or stands behind a queue, a limit or a waiting
room is not accused; and where not even all copies together can bear the peak, that is \`overloaded-component\`.

## Fires on

A sale opens, and thousands come within half a minute:

\`\`\`lintel
client fans
service api { replicas: 15, capacity: 100/s, autoscale { min: 15, max: 80, ready: 3min } }
//      ^^^ warning scale-out-slower-than-spike: rises from 1k/s to 4.5k/s within 30s, and new copies are ready after 3min: until then 15 copies take 1.5k/s, and about 490k requests are too many

fans -> api

flow "Buy a ticket" {
  rate: 1k/s, peak: 4500/s, ramp: 30s
  fans -> api
}
\`\`\`

Two hops behind, where each request is three:

\`\`\`lintel
client app
gateway front { replicas: 6, capacity: 5k/s }
service feed { replicas: 8, capacity: 2k/s }
service ranking { capacity: 500/s, autoscale { min: 6, max: 100, ready: 2min } }
//      ^^^^^^^ warning scale-out-slower-than-spike: rises from 3k/s to 24k/s within 1min

app -> front -> feed
feed -> ranking : calls { calls: 3 }

flow "Read the feed" {
  rate: 1k/s, surge: 8, ramp: 1min
  app -> front -> feed
  feed -> ranking
}
\`\`\`

## Stays silent on

It scales ahead of the hour, or has the room already:

\`\`\`lintel
client fans
service api { replicas: 15, capacity: 100/s, autoscale { min: 15, max: 80, ready: 3min, mode: scheduled } }
service info { replicas: 60, capacity: 100/s, autoscale { min: 60, max: 90, ready: 3min } }

fans -> api
fans -> info

flow "Buy a ticket" {
  rate: 1k/s, peak: 4500/s, ramp: 30s
  fans -> api
}
flow "Look" {
  rate: 1k/s, peak: 4500/s, ramp: 30s
  fans -> info
}
\`\`\`

A waiting room lets in what can be served, and what it cannot serve it refuses:

\`\`\`lintel
client fans
service room { role: waiting-room, replicas: 20, capacity: 1k/s }
service api { replicas: 15, capacity: 100/s, autoscale { min: 15, max: 80, ready: 3min } }
service info { replicas: 15, capacity: 100/s, load-shed: yes, autoscale { min: 15, max: 80, ready: 3min } }

fans -> room -> api
fans -> info

flow "Buy a ticket" {
  rate: 1k/s, peak: 4500/s, ramp: 30s
  fans -> room -> api
}
flow "Look" {
  rate: 1k/s, peak: 4500/s, ramp: 30s
  fans -> info
}
\`\`\`

It rises over hours, as the day does; and nobody says how fast:

\`\`\`lintel
client app
service api { replicas: 15, capacity: 100/s, autoscale { min: 15, max: 80, ready: 3min } }
service info { replicas: 15, capacity: 100/s, autoscale { min: 15, max: 80, ready: 3min } }

app -> api
app -> info

flow "Work" {
  rate: 1k/s, peak: 4500/s, ramp: 4h
  app -> api
}
flow "Look" {
  rate: 1k/s, peak: 4500/s
  app -> info
}
\`\`\`

## How to fix

- Start enough before it comes: by the clock, by a forecast, or by hand for the day.
- Let only as many in as can be served: a waiting room, a queue in front of the work, a limit.
- Refuse early what is too much (\`load-shed: yes\`), so that what is served is served well.

## Sources

- AWS Well-Architected Framework, [Reliability pillar](https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/welcome.html)
- Beyer et al., *Site Reliability Engineering* (2016), [chapter 22, Addressing Cascading Failures](https://sre.google/sre-book/addressing-cascading-failures/)
`,
  'stated-numbers-contradict': `# stated-numbers-contradict

## Why

A design collects numbers from many hands: a load test, a contract, a guess in a meeting. Where two of them cannot both be true, every number that is
computed from them is wrong as well, and it is better to hear that before anything else. Only numbers that are stated are held against each other:

- percentiles that fall where they must rise, a peak below its average
- parts that are larger than their whole: \`min-isr\` above \`replication-factor\`, \`w\` above \`n\`, \`autoscale.min\` above \`max\`, more zones than copies
- shares of a balancer's targets that do not add up to 100%
- a stated rate of which the flows alone bring more than twice as much; a bandwidth that is not rate times size
- a hit ratio that the memory cannot give: the best that a cache of this size can do under the stated distribution of keys is more than ten points less

A rate that is larger than what the flows bring is no contradiction: not every flow is drawn. And what was measured (\`measured: [hit-ratio]\`) is taken to
be right.

## Fires on

Percentiles and peaks the wrong way round:

\`\`\`lintel
client app
service api { replicas: 3, latency { p50: 80ms, p99: 40ms } }
//                                   ^^^^^^^^^ warning stated-numbers-contradict: \`api\` has p50 80ms, but p99 40ms

app -> api

flow "Browse" {
  rate: 900/s, peak: 200/s
//             ^^^^^^^^^^^ warning stated-numbers-contradict: "Browse" has a peak of 200/s, which is less than its average of 900/s
  app -> api
}
\`\`\`

Parts that are larger than the whole:

\`\`\`lintel
client app
dns names { policy: weighted }
service blue { replicas: 3, zones: 3 }
service green { replicas: 2, zones: 3 }
//                           ^^^^^^^^ warning stated-numbers-contradict: \`green\` stands in 3 zones with only 2 copies
log events uses kafka { partitions: 12, replication-factor: 2, min-isr: 3 }
//                                                             ^^^^^^^^^^ warning stated-numbers-contradict: waits for 3 copies in sync, but there are only 2: every write is refused

app -> names
names -> blue { share: 90% }
//              ^^^^^^^^^^ warning stated-numbers-contradict: their shares are 90% + 20% = 110% of its requests instead of 100%
names -> green { share: 20% }
blue ~> events : publishes
\`\`\`

A hit ratio that nothing of this size can have, and a relation that states less than the flows bring:

\`\`\`lintel
client reader
service pages { replicas: 3 }
cache hot uses redis { memory: 1GB, item-size: 10KB, hit-ratio: 95%, key-dist: zipf(1, 10M), rebuild-from: articles }
//                                                   ^^^^^^^^^^^^^^ warning stated-numbers-contradict: its memory holds 100k of 10M entries, which are at best 72%
database articles { replicas: 3 }

reader -> pages { rate: 1k/s }
//                ^^^^^^^^^^ warning stated-numbers-contradict: states 1k/s, but the flows bring 5k/s
pages -> hot : reads { timeout: 20ms }
pages -> articles : reads { timeout: 200ms }

flow "Read" {
  rate: 5k/s
  reader -> pages
}
\`\`\`

## Stays silent on

All of it in order:

\`\`\`lintel
client app
dns names { policy: weighted }
service blue { replicas: 3, zones: 3, latency { p50: 10ms, p95: 40ms, p99: 90ms, p999: 90ms } }
service green { replicas: 2, zones: 2 }
log events uses kafka { partitions: 12, replication-factor: 3, min-isr: 2 }

app -> names
names -> blue { share: 90% }
names -> green { share: 10% }
blue ~> events : publishes

flow "Browse" {
  rate: 900/s, peak: 2k/s, p50: 100ms, p99: 400ms
  app -> names
}
\`\`\`

A relation that carries more than the flows that are drawn, and a hit ratio that was measured:

\`\`\`lintel
client reader
service pages { replicas: 3 }
cache hot uses redis {
  memory: 1GB, item-size: 10KB, hit-ratio: 95%, measured: hit-ratio, key-dist: zipf(1, 10M), rebuild-from: articles
}
database articles { replicas: 3 }

reader -> pages { rate: 20k/s }
pages -> hot : reads { timeout: 20ms }
pages -> articles : reads { timeout: 200ms }

flow "Read" {
  rate: 5k/s
  reader -> pages
}
\`\`\`

Shares of paths that exclude each other, copies of each shard in every zone, and a percentile of one thing beside that of another:

\`\`\`lintel
client app
gateway front { replicas: 3, zones: 3 }
service pages { replicas: 3, p99: 200ms }
service search { replicas: 3 }
database orders uses cassandra { shards: 6, replicas: 2, zones: 3, replication-factor: 2 }

app -> front
front -> pages : routes { match: "/", share: 80% }
front -> search : routes { match: "/search", share: 80% }
pages -> orders : reads { timeout: 200ms, p50: 300ms }
\`\`\`

## How to fix

- Find out which of the two is right. Where they are an average and a peak, say so: \`rate: 400/s, peak: 2k/s\`.
- What was measured is worth more than what was estimated: \`measured: [hit-ratio]\`.
- The fix replaces a hit ratio or a client's rate by what the others make it at best.

## Sources

- Dean, *Numbers Everyone Should Know* (2007)
- Breslau et al., *Web Caching and Zipf-like Distributions: Evidence and Implications* (INFOCOM 1999)
`,
  'value-exceeds-store-limit': `# value-exceeds-store-limit

## Why

Every store and broker has a size above which it refuses: 400 KB for an item in DynamoDB, 1 MiB for a message in Kafka by default, 1.5 MiB for
a request to etcd. A design works with test data and fails with the first real photo, and no further machine helps.

The rule holds the size that a write or a message states, or that of the data it names (its \`max\`, else its \`p99\`, else its size), or of the one
kind of record that the store keeps, against the \`value-limit\` of where it goes. Object stores are made for what is large. A \`claim-check\` says
that only the key travels. Data that is not named is not guessed at: a message about a photo need not hold the photo.

## Fires on

Frames of a video, sent through a queue:

\`\`\`lintel
data Frame { class: file, size: 40MB }
service render
object-store frames
queue jobs uses rabbitmq-quorum

render -> frames : writes { data: Frame }
render ~> jobs : publishes { data: Frame }
//^^^^^^^^^^^^ error value-exceeds-store-limit: \`render → jobs\` carries \`Frame\` of 40MB, but \`jobs\` takes at most 16.8MB: the message is refused
\`\`\`

Documents that are small but for a few:

\`\`\`lintel
data Page { class: user-content, size { p50: 20KB, max: 2MB } }
service wiki
database pages uses dynamodb { stores: Page }

wiki -> pages : writes { op: upsert }
//^^^^^^^^^^^ error value-exceeds-store-limit: carries \`Page\` of 2MB, but \`pages\` takes at most 400KB: the write is refused
\`\`\`

## Stays silent on

Only the key travels, and the object store takes what is large:

\`\`\`lintel
data Frame { class: file, size: 40MB }
service render
object-store frames uses s3
queue jobs uses rabbitmq-quorum

render -> frames : writes { data: Frame }
render ~> jobs : publishes { data: Frame, claim-check: frames }
\`\`\`

The message does not say what it holds, and what fits is no finding:

\`\`\`lintel
data Photo { class: user-content, size: 2MB }
data Like { class: user-content, size: 200B }
service api
object-store photos uses s3 { stores: Photo }
log events uses kafka
database likes uses dynamodb { stores: Like }

api -> photos : writes
api ~> events : publishes
api -> likes : writes { op: upsert }
\`\`\`

## How to fix

- Put it into an object store and send its key: \`claim-check: frames\`. The fix does so where the sender writes to an object store already.
- Or cut it into parts, or compress it, where it is only just too large.
- Or raise the limit where the broker lets you (\`value-limit\`), and with it the memory of everything that reads.

## Sources

- Amazon DynamoDB Developer Guide, [Quotas](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html)
- Azure Architecture Center, [Claim-Check pattern](https://learn.microsoft.com/en-us/azure/architecture/patterns/claim-check)
- Apache Kafka documentation, [message.max.bytes](https://kafka.apache.org/documentation/#brokerconfigs_message.max.bytes)
`,
  'bytes-through-app': `# bytes-through-app

## Why

An upload over a phone's line takes a minute. Through a service, that is a minute of a worker, a connection and a buffer, and each byte crosses the
service's network twice, only to be written where the phone could have written it. At some thousand uploads a second the service is sized for
bytes instead of requests.

The rule looks at arrows from a service, gateway or function to an object store that carry files of 1 MB or more (a setting; \`size\` of the arrow,
or of its data), and at smaller ones where the stream is more than a fifth of the service's network (\`bandwidth\` times \`replicas\`). It fires where
a client reaches that service by synchronous requests, for reads on a way without a CDN, and no client has a way of its own to the store.

It is silent where the service works on the bytes (\`transform: transcode\`, \`scan\`, …, on the service or the arrow), where it only signs
(\`signed-url\`), where clients reach the store themselves or by a CDN, for workers that take files from a queue, and where the stream is known to
be less than 10 MB/s, which nobody notices.

## Fires on

Two megabytes, eleven thousand times a second:

\`\`\`lintel
let uploads = 1B/day
data Photo { class: user-content, key: photo-id, size: 2MB }
client app
load-balancer lb uses alb
service api { replicas: 200 }
object-store photos uses s3 { stores: Photo }

app -> lb -> api
api -> photos : writes { op: upsert }
//^^^^^^^^^^^ warning bytes-through-app: 11.6k/s × 2MB = 23.1GB/s (185Gb/s) of \`Photo\` pass through \`api\`, from \`app\` to \`photos\` (\`app\` → \`lb\` → \`api\` → \`photos\`)

flow "Upload" {
  rate: uploads
  app -> lb -> api
  api -> photos : writes
}
\`\`\`

Downloads by a function, of which nobody states how many there are:

\`\`\`lintel
data Report { class: file, key: report-id, size: 40MB }
client browser
gateway front uses aws-api-gateway
function fetch-report uses aws-lambda
object-store reports uses s3 { stores: Report }

browser -> front -> fetch-report
fetch-report -> reports : reads
//^^^^^^^^^^^^^^^^^^^^^ warning bytes-through-app: \`Report\` of 40MB passes through \`fetch-report\`, between \`reports\` and \`browser\`
accept value-exceeds-store-limit because "What the platform can answer at most is another matter"
\`\`\`

Thumbnails are small, but there are so many that they fill the network:

\`\`\`lintel
data Thumbnail { class: user-content, key: photo-id, size: 60KB }
client app
service pictures { replicas: 4, bandwidth: 1Gb/s }
object-store thumbnails uses s3 { stores: Thumbnail }

app -> pictures
pictures -> thumbnails : reads
//^^^^^^^^^^^^^^^^^^^^ warning bytes-through-app: through \`pictures\`, 60% of its network

flow "Scroll" {
  rate: 5k/s
  app -> pictures
  pictures -> thumbnails : reads
}
\`\`\`

## Stays silent on

The client writes to the store itself, and a CDN serves what is read:

\`\`\`lintel
data Photo { class: user-content, key: photo-id, size: 2MB }
client app
cdn edge uses cloudfront
load-balancer lb uses alb
service api { replicas: 20 }
object-store photos uses s3 { stores: Photo }

app -> lb -> api
app -> photos : writes { signed-url: yes }
api -> photos : writes { signed-url: yes }
app -> edge -> photos
\`\`\`

The service transcodes what passes, so it has to see it:

\`\`\`lintel
data Clip { class: user-content, key: clip-id, size: 30MB }
client app
service ingest { transform: transcode }
object-store clips uses s3 { stores: Clip }

app -> ingest
ingest -> clips : writes { op: upsert }
\`\`\`

A worker takes files from a queue, and clients wait for none of it:

\`\`\`lintel
data Clip { class: user-content, key: clip-id, size: 30MB }
client app
service api
queue jobs uses sqs
worker packager
object-store clips uses s3 { stores: Clip }

app -> api
api -> jobs
jobs ~> packager
packager -> clips : reads
packager -> clips : writes { op: upsert }
\`\`\`

Three contracts an hour:

\`\`\`lintel
data Contract { class: file, key: contract-id, size: 5MB }
client clerk
service office
object-store contracts uses s3 { stores: Contract }

clerk -> office
office -> contracts : writes { op: upsert }

flow "File a contract" {
  rate: 3/h
  clerk -> office
  office -> contracts : writes
}
\`\`\`

## How to fix

- Let the service check who asks and hand out a signed URL that ends; the client writes to the store itself. The fix says so on the service's
  arrow, and adds the client's.
- Serve what is read from a CDN in front of the store.
- Where bytes have to be seen (a virus scan, a transcoding), do that behind the upload, from a queue.

## Sources

- Microsoft Azure, [Valet Key pattern](https://learn.microsoft.com/en-us/azure/architecture/patterns/valet-key) and [Static Content Hosting pattern](https://learn.microsoft.com/en-us/azure/architecture/patterns/static-content-hosting)
- Amazon S3 User Guide, [Download and upload objects with presigned URLs](https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html)
`,
  'derived-store-not-rebuildable': `# derived-store-not-rebuildable

## Why

"It is only an index" is what makes people bold: they drop it, reindex it, change its mapping, run it without a backup. All of that is right as
long as the index can be made again. It stops being right on the day somebody adds a field that only the index has, or when the log that it was
made from has forgotten the beginning, or when making it again takes a day and the site needs it in an hour.

The rule looks at search indexes and at whatever says that it is a copy (\`derived: yes\`, \`rebuild-from\`), and asks three things.

- Is something written straight into it that no other store may have? Whoever writes there, whom they call, what they publish and where they may
  have got it from are all asked first.
- Is it made again from a log with a finite \`retention\` that is not compacted, and may nothing else have the older records?
- Does making it again (\`rebuild-time\`, or \`items\` over \`rebuild-rate\`) take longer than the \`rto\` of the store, or of a flow that always needs it?

It is silent where the store says that it is the truth, where losing the data is tolerated, where a cache stands in front of an origin that can be
read (\`rebuild-from\` a store), and for the last two where there is a \`backup\` to start from. What a cache may forget is a matter of
\`cache-is-only-copy\`. It is an error where the class of the data demands that it survive, a warning where nobody says; a rebuild that is too slow
is an error where the store is a single copy, a warning otherwise.

## Fires on

The product index has a field that the product database has not:

\`\`\`lintel
data Product { class: inventory, key: product-id }
data SellerTag { class: user-content, key: product-id }
client seller
service admin
worker indexer
log changes uses kafka
database products-db uses postgres { stores: Product }
search products-index uses elasticsearch

seller -> admin
admin -> products-db : writes { op: update, if: version, data: Product }
products-db ~> changes : captures
changes ~> indexer
indexer -> products-index : writes { op: upsert, data: Product }
admin -> products-index : writes { op: upsert, data: SellerTag }
//^^^^^^^^^^^^^^^^^^^^^ error derived-store-not-rebuildable: \`admin\` writes \`SellerTag\` straight into \`products-index\`, a search index, and no other store has it
\`\`\`

A leaderboard of all time, from a log of seven days:

\`\`\`lintel
data Score { class: user-content, key: player }
client game
service scores
log results uses kafka { retention: 7d }
worker ranking
cache board uses redis { stores: Score, rebuild-from: results }
//    ^^^^^ error derived-store-not-rebuildable: \`board\` is made again from \`results\`, which keeps messages for 7d: of \`Score\` everything older is only in \`board\` itself

game -> scores
scores ~> results : publishes { data: Score }
results ~> ranking
ranking -> board : writes { op: upsert }
\`\`\`

Fourteen hours to fill, half an hour to be back:

\`\`\`lintel
data Listing { class: user-content, key: listing-id, count: 500M }
client guest
service browse
database listings uses postgres { stores: Listing }
search listing-index uses opensearch { rebuild-from: listings, rebuild-rate: 10k/s, stores: Listing }
//     ^^^^^^^^^^^^^ warning derived-store-not-rebuildable: Making \`listing-index\` again takes 13.9h (500M records at 10k/s), but "Search" must be back within 30min

guest -> browse
browse -> listing-index : reads

flow "Search" {
  rate: 2k/s, rto: 30min
  guest -> browse
  browse -> listing-index : reads
}
\`\`\`

## Stays silent on

All that is in the index comes from the database:

\`\`\`lintel
data Product { class: inventory, key: product-id }
data SellerTag { class: user-content, key: product-id }
client seller
service admin
worker indexer
log changes uses kafka
database products-db uses postgres { stores: [Product, SellerTag] }
search products-index uses elasticsearch

seller -> admin
admin -> products-db : writes { op: update, if: version }
products-db ~> changes : captures
changes ~> indexer
indexer -> products-index : writes { op: upsert }
\`\`\`

A search engine that is used as the system of record, knowingly:

\`\`\`lintel
data Document { class: user-content, key: document-id }
client clerk
service archive-api
search archive uses elasticsearch { truth: yes, stores: Document, backup { interval: 1h, to: snapshots } }
object-store snapshots uses s3

clerk -> archive-api
archive-api -> archive : writes { op: upsert }
\`\`\`

A log of seven days that is fed from a database: it can be filled again from there.

\`\`\`lintel
data Score { class: user-content, key: player }
client game
service scores
database score-db uses postgres { stores: Score }
log results uses kafka { retention: 7d }
worker ranking
cache board uses redis { stores: Score, rebuild-from: results }

game -> scores
scores -> score-db : writes { op: upsert }
score-db ~> results : captures
results ~> ranking
ranking -> board : writes { op: upsert }
\`\`\`

A cache in front of a database that can be read, and an index of what may be lost:

\`\`\`lintel
data Cart { class: order, key: user-id }
data ClickPath { class: telemetry, key: session-id }
client shopper
service shop
cache carts uses redis { pattern: cache-aside, ttl: 1h, rebuild-from: cart-db, stores: Cart }
database cart-db uses dynamodb { stores: Cart }
search clicks uses elasticsearch { stores: ClickPath }

shopper -> shop
shop -> carts : reads
shop -> cart-db : reads
shop -> cart-db : writes { op: upsert }
shop -> clicks : writes { op: insert }
\`\`\`

It takes as long to fill, but there is a snapshot to start from:

\`\`\`lintel
data Listing { class: user-content, key: listing-id, count: 500M }
client guest
service browse
database listings uses postgres { stores: Listing }
search listing-index uses opensearch {
  rebuild-from: listings, rebuild-rate: 10k/s, stores: Listing, backup { interval: 1d, to: snapshots }
}
object-store snapshots uses s3

guest -> browse
browse -> listing-index : reads

flow "Search" {
  rate: 2k/s, rto: 30min
  guest -> browse
  browse -> listing-index : reads
}
\`\`\`

## How to fix

- Write what only the index has to a database, and let the change stream bring it into the index.
- Keep the log for as long as the data live: the fix writes \`retention: forever\`. A compacted log keeps the last record of each key.
- Keep a snapshot of the store, so that it is made again from there and only the rest from the source.
- Or say that it is the truth (\`truth: yes\`), and treat it so: copies, backups, tried restores.

## Sources

- Elastic, [Elasticsearch resiliency status](https://www.elastic.co/guide/en/elasticsearch/resiliency/current/index.html)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 11, "State, Streams, and Immutability"
`,
  'unauthenticated-path-to-data': `# unauthenticated-path-to-data

## Why

From every client and every third party that calls in, the rule walks to whatever keeps private data or charges, authorises or sends
something outside, and asks whether each way passes somebody who checks who is there. A way that passes nobody is reported at its door: the
first component behind balancers and edge caches that answers for itself.

Authentication is a concern that a sketch may not talk about at all, and then the rule is silent. It speaks once the design does: once
anybody states \`auth\`. Data is private if it is \`scoped-by\` a user or tenant, or if its class is money, entitlement, identity, order, message
or acl. A service that calls a component with \`role: auth\` before it goes on checks by it; that component itself is open by nature.

Within the house it looks at requests from one \`trust-zone\` into another: where some of them prove who calls, one that does not is a warning.

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

Two requests cross into the inner zone, and only one of them proves who calls:

\`\`\`lintel
trust-zone dmz {
  service web
  service reports
}
trust-zone core {
  service ledger-api
}

web -> ledger-api { auth: mtls }
  reports -> ledger-api
//^^^^^^^^^^^^^^^^^^^^^ warning unauthenticated-path-to-data: crosses from trust zone \`dmz\` into \`core\`, and \`ledger-api\` asks for no proof of who calls
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
  'per-instance-rate-limit': `# per-instance-rate-limit

## Why

A rate limit is one number about all requests of somebody, and each instance sees only a part of them. Counted in memory it lets through as many
times as much as there are instances, which is at its most just when many were started because much came. Counted in a shared store, but read and
raised in two steps, it lets through whatever comes in between. Counted by the clock, it lets through twice as much around the tick.

For a limit \`per\` client, tenant or person it is a warning. A limit for all that would keep a third party’s quota, and does not once it is
multiplied, is an error. A local limit of which nobody says whom it is for may protect the instance itself, and is not accused; nor is one in front
of which each caller is sent to the same instance. What happens without the counter (\`on-failure\`) is asked only where another limiter says it.

## Fires on

A hundred for each client, twelve times:

\`\`\`lintel
client app
gateway front { replicas: 12, rate-limit { limit: 100/s, per: client, state: local } }
//      ^^^^^ warning per-instance-rate-limit: \`front\` counts in each of its 12 instances: a client can send 12 × 100/s = 1.2k/s instead of 100/s
service api

app -> front -> api
\`\`\`

Meant to keep the quota of a third party:

\`\`\`lintel
service payouts { replicas: 2, autoscale { min: 2, max: 8 }, rate-limit { limit: 80/s, per: global, state: local } }
//      ^^^^^^^ error per-instance-rate-limit: \`payouts\` counts in each of its 8 instances: 8 × 80/s = 640/s can reach \`bank\`, whose quota is 100/s
external bank { quota: 100/s }

payouts -> bank : calls { timeout: 2s }
\`\`\`

One count for all, in two steps; and one that starts anew with the clock:

\`\`\`lintel
client app
gateway front { replicas: 3, rate-limit { limit: 100/s, per: client, state: shared, atomic: no } }
//      ^^^^^ warning per-instance-rate-limit: \`front\` reads its count and raises it in two steps
service mails { replicas: 3, rate-limit { limit: 60/s, state: shared, algorithm: fixed-window } }
//      ^^^^^ warning per-instance-rate-limit: around the tick 2 × 60/s = 120/s can reach \`provider\`, whose quota is 100/s
external provider { quota: 100/s }

app -> front -> mails
mails -> provider : calls { timeout: 2s }
\`\`\`

## Stays silent on

One count in one step for all instances:

\`\`\`lintel
client app
gateway front {
  replicas: 12
  rate-limit { limit: 100/s, per: client, state: shared, atomic: yes, algorithm: sliding-window, on-failure: open }
}
service api

app -> front -> api
\`\`\`

Each caller comes to the same instance:

\`\`\`lintel
client app
load-balancer lb { algorithm: hash(client-id) }
gateway front { replicas: 12, rate-limit { limit: 100/s, per: client, state: local } }
service api

app -> lb -> front -> api
\`\`\`

A limit by which each instance protects itself, and the parts of a quota:

\`\`\`lintel
client app
service api { replicas: 12, rate-limit { limit: 400/s, state: local } }
service payouts { replicas: 4, rate-limit { limit: 25/s, per: global, state: local }, tolerates: approximation }
external bank { quota: 100/s }

app -> api -> payouts
payouts -> bank : calls { timeout: 2s }
\`\`\`

There is only one:

\`\`\`lintel
service payouts { replicas: 1, rate-limit { limit: 80/s, per: global, state: local } }
external bank { quota: 100/s }

payouts -> bank : calls { timeout: 2s }
\`\`\`

## How to fix

- Keep one count for all instances, raised in one step: a script or an atomic increment in a shared store. Decide what happens without it
  (\`on-failure\`).
- Or send each caller to one instance, by a hash of who it is.
- Or give each instance its part of the limit, where about right is right.
- In front of a quota, count over the last interval instead of by the clock.

## Sources

- Stripe, [Scaling your API with rate limiters](https://stripe.com/blog/rate-limiters) (2017)
- Cloudflare, [How we built rate limiting capable of scaling to millions of domains](https://blog.cloudflare.com/counting-things-a-lot-of-different-things/) (2017)
`,
  'authorization-check-stale': `# authorization-check-stale

## Why

Somebody leaves the company at noon. The account is closed at once; the token in the browser is good until midnight, the service remembers its last
decision for ten minutes, and the replica that it asks is two seconds behind. Each of these was chosen for speed by somebody who thought of people
who may, not of people who no longer may.

The rule takes data that say who may do what: those that state \`revocation\`, and those of class \`acl\` or \`entitlement\`, for which a minute is taken
where nothing is stated. It then looks at how a flow decides.

- It reads them by a way that may be older: caches, replicas, views and what callers keep, added up as in \`staleness-exceeds-requirement\`.
- Or a component on its way trusts a token for longer (\`token-ttl\`), without a \`revocation-check\`, and the flow reads the rights nowhere, or
  nowhere fresher. Where it does read them freshly, or asks a component whose \`role\` is \`auth\`, the
  token says only who is there. This needs a bound that is stated.

It is silent where a version goes along, so that an older copy is not taken (\`consistency-token\`, \`session\`), and where staleness is tolerated.
The implied minute makes a warning for entitlements, and an error for access rights. It speaks in place of \`staleness-exceeds-requirement\` where
both see the same read.

The other half of the problem, new content judged by an old list (the "new enemy"), is told only as advice: whether content and rights belong
together is not stated in a design.

## Fires on

A token for a day, where a minute is required:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h }
//      ^^^^^ error authorization-check-stale: \`front\` trusts a token for 1d without asking again
service films
database memberships uses postgres { stores: Membership }
object-store reels uses s3

app -> front -> films
films -> reels : reads
films -> memberships : writes { op: upsert }

flow "Watch" {
  rate: 2k/s
  app -> front -> films
  films -> reels : reads
}
\`\`\`

A cache of decisions on the way:

\`\`\`lintel
data Grant { class: acl, key: [user-id, document-id] }
client editor
service documents
service authz { role: auth }
cache decisions uses redis { pattern: cache-aside, ttl: 10min, rebuild-from: grants, stores: Grant }
database grants uses spanner { stores: Grant }

editor -> documents -> authz
authz -> decisions : reads
//^^^^^^^^^^^^^^^^ error authorization-check-stale: A right that is taken away goes on working for up to 10min, since \`authz\` goes by what \`decisions\` says: \`decisions\` 10min (ttl)
authz -> grants : reads
\`\`\`

An entitlement that nobody said anything about is kept for an hour:

\`\`\`lintel
data Plan { class: entitlement, key: account-id }
client app
service exports
cache plans uses redis { pattern: cache-aside, ttl: 1h, rebuild-from: billing, stores: Plan }
database billing uses postgres { stores: Plan }

app -> exports
exports -> plans : reads
//^^^^^^^^^^^^^^ warning authorization-check-stale: goes on working for up to 1h
exports -> billing : reads
\`\`\`

## Stays silent on

The token is good for a day, but says only who is there; what they may do is read each time:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h }
service films
database memberships uses postgres { stores: Membership }
object-store reels uses s3

app -> front -> films
films -> memberships : reads
films -> reels : reads

flow "Watch" {
  rate: 2k/s
  app -> front -> films
  films -> memberships : reads
  films -> reels : reads
}
\`\`\`

Tokens are long, and a list of revocations is asked as well:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h, revocation-check: yes }
service films
database memberships uses postgres { stores: Membership }

app -> front -> films
films -> memberships : writes { op: upsert }
\`\`\`

A service whose role it is decides each time; nobody says what it reads:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h }
service films
service rights { role: auth }
database memberships uses postgres { stores: Membership }
object-store reels uses s3

app -> front -> films
films -> rights
films -> reels : reads
rights -> memberships : writes { op: upsert }

flow "Watch" {
  rate: 2k/s
  app -> front -> films
  films -> rights
  films -> reels : reads
}
\`\`\`

Decisions are kept for a day, and removed within two seconds when a right changes:

\`\`\`lintel
data Grant { class: acl, key: [user-id, document-id] }
client editor
service documents
service authz { role: auth }
cache decisions uses redis { pattern: cache-aside, ttl: 1d, invalidation { by: cdc, delay: 2s }, rebuild-from: grants, stores: Grant }
database grants uses spanner { stores: Grant }

editor -> documents -> authz
authz -> decisions : reads
authz -> grants : reads
\`\`\`

For this service an old plan is good enough until the evening:

\`\`\`lintel
data Plan { class: entitlement, key: account-id, tolerates: staleness(1d) }
client app
service exports
cache plans uses redis { pattern: cache-aside, ttl: 1h, rebuild-from: billing, stores: Plan }
database billing uses postgres { stores: Plan }

app -> exports
exports -> plans : reads
exports -> billing : reads
\`\`\`

Whether \`films\` is waited for at all is said to be unknown. It may well be, and it reads the right afresh:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h }
service films
database memberships uses postgres { stores: Membership }

app -> front
front -> films { async: unknown }
films -> memberships : reads

flow "Watch" { app -> front }
\`\`\`

There are two kinds of rights, and each flow asks afresh for the one that it is about. The token says only who is there:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: 60s }
data Moderator { class: acl, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h }
service films
service comments
database memberships uses postgres { stores: Membership }
database moderators uses postgres { stores: Moderator }

app -> front -> films, comments
films -> memberships : reads { data: Membership }
comments -> moderators : reads { data: Moderator }

flow "Watch" {
  app -> front -> films
  films -> memberships : reads
}
flow "Delete a comment" {
  app -> front -> comments
  comments -> moderators : reads
}
\`\`\`

How soon a membership must end is said to be unknown. It is a right all the same, and "Watch" asks for it afresh:

\`\`\`lintel
data Membership { class: entitlement, key: user-id, revocation: unknown }
data Moderator { class: acl, key: user-id, revocation: 60s }
client app
gateway front { auth: token, token-ttl: 24h }
service films
service comments
database memberships uses postgres { stores: Membership }
database moderators uses postgres { stores: Moderator }

app -> front -> films, comments
films -> memberships : reads { data: Membership }
comments -> moderators : reads { data: Moderator }

flow "Watch" {
  app -> front -> films
  films -> memberships : reads
}
flow "Delete a comment" {
  app -> front -> comments
  comments -> moderators : reads
}
\`\`\`

## How to fix

- Short tokens that are renewed: \`token-ttl\` at most what is required. The fix sets it.
- Long tokens and a list of revocations that is pushed or asked (\`revocation-check: yes\`).
- Decisions kept for less than that, or removed when a right is taken away.
- Where content and rights change together, keep a version with the content and check at least that (\`consistency-token: yes\`, a zookie).

## Sources

- Pang et al., [Zanzibar: Google's Consistent, Global Authorization System](https://www.usenix.org/conference/atc19/presentation/pang) (USENIX ATC 2019)
- RFC 7009, [OAuth 2.0 Token Revocation](https://www.rfc-editor.org/rfc/rfc7009)
- OWASP Cheat Sheet Series, [JSON Web Token](https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html), on tokens without built-in revocation
`,
  'noisy-neighbour': `# noisy-neighbour

## Why

A pool that all tenants share is cheap because they are seldom all busy. That holds until one of them is busy enough for all: an import of two
million rows stands in the queue in front of everybody’s two; a loop in one customer’s script takes the connections of all others. They see a
service that is slow for no reason, and their contract says nothing of neighbours.

Asked is what says that it is a pool (\`tenancy: pool\`) and has an end: a queue, or something whose capacity or number is stated. It is in order
where every way that leads there from a client passes something that limits each tenant (\`rate-limit { per: tenant }\`, or per client), takes their
work in turn (\`fair-by\`), or is each tenant’s own (\`tenancy: silo\`). A limit for all, or for each person or address, does not do that. A limit of
which it is not said for whom it is may be for each tenant. What is split by a tenant’s key is the matter of \`hot-partition\`.

## Fires on

One line for all reports:

\`\`\`lintel
client tenants
service api
queue reports { tenancy: pool }
//    ^^^^^^^ warning noisy-neighbour: All tenants share \`reports\`, and nothing on \`tenants\` → \`api\` → \`reports\` limits each of them: what one of them puts into \`reports\`, all others wait behind
worker renderer { replicas: 8 }

tenants -> api
api ~> reports : publishes
reports ~> renderer : delivers
\`\`\`

A limit for each person, and a database that is nearly full:

\`\`\`lintel
client tenants
gateway front { rate-limit { limit: 10/s, per: user, state: shared } }
service api { tenancy: pool }
database accounts { tenancy: pool, capacity: 4k/s, replicas: 1 }
//       ^^^^^^^^ warning noisy-neighbour: \`accounts\` has 1k/s of its 4k/s left, and one of them that asks for so much more takes it from all

tenants -> front -> api -> accounts

flow "Look" {
  rate: 1k/s, peak: 3k/s
  tenants -> front -> api -> accounts
}
\`\`\`

## Stays silent on

A limit for each tenant at the door:

\`\`\`lintel
client tenants
gateway front { rate-limit { limit: 200/s, per: tenant, state: shared } }
service api
queue reports { tenancy: pool }
database accounts { tenancy: pool, capacity: 4k/s, replicas: 1 }
worker renderer

tenants -> front -> api -> accounts
api ~> reports : publishes
reports ~> renderer : delivers
\`\`\`

The work of the tenants is taken in turn; each has its own; it is split by the tenant:

\`\`\`lintel
client tenants
service api
queue reports { tenancy: pool, fair-by: tenant-id }
queue exports { tenancy: silo }
log events { tenancy: pool, partitions: 64, key: tenant-id }
worker renderer

tenants -> api
api ~> reports, exports, events : publishes
reports ~> renderer : delivers
exports ~> renderer : delivers
\`\`\`

Nobody says that tenants share it, or only our own people use it:

\`\`\`lintel
client app
client staff { trusted: yes }
service api
service office
queue jobs
queue exports { tenancy: pool }
worker renderer

app -> api
staff -> office
api ~> jobs : publishes
office ~> exports : publishes
jobs, exports ~> renderer : delivers
\`\`\`

What the provider scales by itself, and a limit of which nobody says for whom it is:

\`\`\`lintel
client tenants
gateway front { rate-limit: 2k/s }
service api
service lookup
database items uses dynamodb { tenancy: pool }
queue reports { tenancy: pool }

tenants -> front -> api
tenants -> lookup -> items
api ~> reports : publishes
\`\`\`

## How to fix

- Limit each tenant where requests come in: \`rate-limit { limit: 200/s, per: tenant, state: shared }\`. The fix writes the block; the limit is yours.
- Take their messages in turn instead of in the order of arrival (\`fair-by: tenant-id\`).
- Give each tenant a few of many workers (shuffle sharding), so that no two share all of theirs; or the largest a silo of its own.

## Sources

- Microsoft Azure, [Noisy Neighbor antipattern](https://learn.microsoft.com/en-us/azure/architecture/antipatterns/noisy-neighbor/noisy-neighbor)
- AWS Builders’ Library, [Fairness in multi-tenant systems](https://aws.amazon.com/builders-library/fairness-in-multi-tenant-systems/)
- AWS Builders’ Library, [Workload isolation using shuffle-sharding](https://aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding/)
`,
  'rpo-not-met': `# rpo-not-met

## Why

A recovery point objective is kept by the copy that survives, not by the number of copies. What was acknowledged and had not reached that
copy is gone: the lag of an asynchronous follower, the time since the last backup, the writes that were still in memory.

\`rpo\` may stand on a store, on data (then it binds the stores that hold its truth) or on a flow (then it binds what the flow writes). Three
losses are tried:

- one copy, the leader: nothing is lost where a second copy has each acknowledged write; else as much as a follower may be behind, or what a
  single copy had not written to disk;
- the region, where its loss is to be survived (\`survives: region\`, alternatives in several regions, \`fails-over-to\`): the best of the
  copies elsewhere decides, a replica or a backup;
- a mistake, such as a bad delete, which all copies repeat at once: only a backup helps, and where not any moment can be restored, what came
  since the last one is gone. Objectives are mostly made with disasters in mind, so this is a warning.

Where it is certain that some acknowledged writes can be lost and nobody says how many, only a promise to lose nothing is broken.

## Fires on

The replica in Europe learns of orders after the shopper was told:

\`\`\`lintel
data Order { class: order, rpo: 0s }
//                         ^^^^^^^ error rpo-not-met: \`Order\` may lose nothing (\`rpo\`), but when region \`us-east\` is lost, \`ledger\` loses up to 3s of writes (6k at 2k/s): \`ledger-eu\` gets its writes asynchronously and may be 3s behind.

client shopper
dns names uses route53
region us-east {
  service shop { replicas: 12, zones: 3 }
  database ledger uses postgres { stores: Order, truth: yes, replicas: 3, zones: 3, sync: quorum }
}
region eu-west {
  service shop-eu { replicas: 12, zones: 3 }
  database ledger-eu uses postgres { replicas: 3, zones: 3, sync: quorum }
}

shopper -> names { timeout: 1s }
names -> shop : routes
shop -> shop-eu : fails-over-to
shop -> ledger : writes { timeout: 200ms, op: insert }
shop-eu -> ledger-eu : writes { timeout: 200ms, op: insert }
ledger ~> ledger-eu : replicates { sync: async, lag: 3s }

flow "Buy" {
  rate: 2k/s
  shopper -> names -> shop -> ledger
}
\`\`\`

A failover may lose what the follower did not have yet, and that is more than is allowed:

\`\`\`lintel
client author
service editor { replicas: 3 }
database drafts uses mysql { replicas: 3, sync: async, lag { p99: 30s }, failover { mode: auto, arbiter: external, fencing: yes }, rpo: 5s }
//                                                                                                                                 ^^^^^^^ error rpo-not-met: \`drafts\` may lose 5s of writes (\`rpo\`), but when the leader of \`drafts\` is lost, it loses up to 30s of writes: it answers once 1 of 3 copies has the write, and a follower that takes over may be 30s behind

author -> editor { timeout: 2s }
editor -> drafts : writes { timeout: 200ms }
\`\`\`

Nothing may be lost, and the counters go to disk once a second:

\`\`\`lintel
client player
service game { replicas: 3 }
database scores uses redis { replicas: 1, durability: os-buffer, flush: 1s }

player -> game { timeout: 1s }
game -> scores : writes { timeout: 50ms }

flow "Score" {
  rate: 800/s, rpo: 0s
//             ^^^^^^^ error rpo-not-met: "Score" may lose nothing (\`rpo\`), but when \`scores\` is lost, \`scores\` loses up to 1s of writes (800 at 800/s): it writes to disk every 1s what it has in memory.
  player -> game -> scores : writes
}
\`\`\`

Five minutes are promised and three copies keep them, until somebody forgets a \`WHERE\`:

\`\`\`lintel
client clerk
service desk { replicas: 2 }
database cases uses postgres { replicas: 3, sync: quorum, backup { interval: 24h, tested: yes }, rpo: 5min }
//                                                                                               ^^^^^^^^^ warning rpo-not-met: \`cases\` may lose 5min of writes (\`rpo\`), but after a bad delete, it loses up to 1d of writes: copies repeat it at once, and the last backup may be 1d old.

clerk -> desk { timeout: 2s }
desk -> cases : writes { timeout: 200ms }
\`\`\`

## Stays silent on

A majority over three regions has each write, and any moment can be restored:

\`\`\`lintel
data Order { class: order, rpo: 0s }

client shopper
service shop { replicas: 12, regions: 3 }
database ledger uses cockroachdb {
  stores: Order, replicas: 3, regions: 3, backup { interval: 1h, pitr: yes, tested: yes }
}

shopper -> shop -> ledger { timeout: 2s }

flow "Buy" { rate: 2k/s, survives: region   shopper -> shop -> ledger }
\`\`\`

What is promised is what the replica keeps; the loss of the region without a promise about regions is nobody's promise; and where no lag is
stated, nobody knows:

\`\`\`lintel
client shopper
dns names uses route53
region us-east {
  service shop { replicas: 12, zones: 3 }
  database ledger uses postgres { replicas: 3, zones: 3, sync: quorum, rpo: 5s }
}
region eu-west {
  service shop-eu { replicas: 12, zones: 3 }   database ledger-eu uses postgres { replicas: 3, zones: 3 }
}
region ap-south { database reports uses postgres { replicas: 2 } }
database carts uses mysql { replicas: 3, sync: async, rpo: 5s }

shopper -> names { timeout: 1s }
names -> shop, shop-eu : routes
shop -> ledger, carts : writes { timeout: 200ms }
shop-eu -> ledger-eu : writes { timeout: 200ms }
ledger ~> ledger-eu : replicates { lag: 3s }
ledger ~> reports : replicates { lag: 10min }

flow "Buy" { rate: 2k/s   shopper -> names -> shop -> ledger }
\`\`\`

What is lost can be had again: from a log, from the client, from where it was copied.

\`\`\`lintel
client app { offline-buffer: 2h }
service ingest { replicas: 3 }
log events uses kafka { partitions: 12, replication-factor: 3, min-isr: 2, retention: 7d }
worker loader { replicas: 3 }
database readings uses mysql { replicas: 3, sync: async, lag: 30s }
database totals uses mysql { replicas: 3, sync: async, lag: 30s, rebuild-from: events, rpo: 1s }

app -> ingest { timeout: 2s }
ingest -> readings : writes { timeout: 200ms, op: upsert }
ingest ~> events : publishes { timeout: 200ms }
events ~> loader : delivers { max-deliveries: 5, dead-letter: parked }
loader -> totals : writes { timeout: 200ms, op: upsert }
queue parked { retention: 14d, alarm: age }

flow "Report" {
  rpo: 1min
  app -> ingest
  ingest -> readings : writes
}
\`\`\`

## How to fix

- Wait for a majority before the answer: \`sync: quorum\` over three copies; over three regions where a region may be lost.
- Keep the log of changes beside the backups: \`backup { pitr: yes }\`.
- Let somebody upstream keep what was sent until it is safe: a log that is retained, a buffer in the client.
- Promise what the surviving copy keeps (\`rpo: 3s\`), and reconcile after a failover.

The fixes set \`rpo\` to the window, or \`sync: quorum\` where there are three copies under one leader.

## Sources

- AWS, [Disaster Recovery of Workloads on AWS: Recovery in the Cloud](https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-workloads-on-aws.html)
- GitHub, [October 21 post-incident analysis](https://github.blog/2018-10-30-oct21-post-incident-analysis/) (2018)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 5, Handling Node Outages
`,
  'rto-not-met': `# rto-not-met

## Why

The time to recover is a sum: noticing, deciding, switching, bringing data back, and waiting until everybody has heard of the new address.
Each part is known on a quiet day. On the day itself nobody has time to find that one of them alone is longer than the promise.

\`rto\` may stand on a flow (then it binds everything without which the flow fails), on a component, or on data (then it binds the stores that
hold its truth). For each loss the known parts are added up:

- a leader that another copy replaces: \`failover { detect, decide, promote }\`;
- a component that \`fails-over-to\` another: the same on that arrow, \`warm-up\` of the other, and, where names choose the place, the TTL for
  which the old address is used;
- a single copy: \`restart\`, and, where its disk goes with it, bringing its data back (\`storage\`, or the records of its data, by
  \`restore { bandwidth }\`; else \`rebuild-time\`);
- a region that may be lost, with nothing elsewhere but a backup: bringing the data back.

What is not stated is left out, so the sum is the least that it takes. Only for a person who has to be found and to decide a usual time is
taken, 30 minutes (a setting); a promise that is broken by that alone is a warning.

## Fires on

A standby in another region, a person who switches, and names that are kept:

\`\`\`lintel
client shopper
dns names uses route53 { ttl: 5min }
region us-east { service shop { replicas: 12, zones: 3 } }
region us-west { service shop-west { replicas: 12, zones: 3 } }

shopper -> names -> shop
shop -> shop-west : fails-over-to { mode: manual, detect: 90s, decide: 15min }

flow "Buy" {
  rto: 15min
//^^^^^^^^^^ error rto-not-met: "Buy" is to work again within 15min (\`rto\`), but when \`shop\` is lost it takes at least 21.5min: detecting it 90s + a person’s decision 15min + the old address, kept by whoever asked \`names\` 5min.
  shopper -> names -> shop
}
\`\`\`

Two terabytes through a thin pipe:

\`\`\`lintel
data Case { class: user-content, key: case-id, count: 200M, size: 10KB }

client clerk
region a {
  service desk { replicas: 3 }
  database cases uses postgres { replicas: 3, stores: Case, rto: 1h, restore { bandwidth: 200MB/s }, backup { interval: 5min, pitr: yes, tested: yes } }
  //                                                        ^^^^^^^ error rto-not-met: \`cases\` is to work again within 1h (\`rto\`), but when region \`a\` is lost it takes at least 2.78h (restoring 2TB at 200MB/s).
}
region b {
  service desk-b { replicas: 3 }
  object-store vault uses s3
}

clerk -> desk -> cases { timeout: 2s }
desk -> desk-b : fails-over-to
cases ~> vault : backs-up

flow "Decide" { clerk -> desk -> cases }
\`\`\`

Nobody says how long it takes to find somebody at night:

\`\`\`lintel
client user
service api { replicas: 3 }
database accounts uses postgres { replicas: 2, failover { mode: manual, promote: 60s } }

user -> api -> accounts { timeout: 2s }

flow "Log in" {
  rto: 10min
//^^^^^^^^^^ warning rto-not-met: but when the leader of \`accounts\` is lost it takes at least 31min: finding a person who decides, usually 30min + promoting the other one 1min
  user -> api -> accounts
}
\`\`\`

A single process that reads its state for a quarter of an hour before it answers:

\`\`\`lintel
client trader
service matching { replicas: 1, restart: 15min, rto: 60s }
//                                              ^^^^^^^^ error rto-not-met: \`matching\` is to work again within 1min (\`rto\`), but when \`matching\` is lost it takes at least 15min (starting it again).

trader -> matching { timeout: 50ms }
\`\`\`

## Stays silent on

It is faster than promised, by itself, and behind an address that stays:

\`\`\`lintel
client shopper
dns names uses route53 { ttl: 60s }
load-balancer lb { replicas: 3, zones: 3 }
service shop { replicas: 12, zones: 3 }
database ledger uses postgres {
  replicas: 3, zones: 3, failover { mode: auto, arbiter: quorum, detect: 10s, promote: 20s, fencing: yes }
}

shopper -> names -> lb -> shop -> ledger { timeout: 2s }

flow "Buy" {
  rto: 60s
  shopper -> names -> lb -> shop -> ledger
}
\`\`\`

Both regions serve all the time; what is slow to come back is not needed; and where nothing is known of the parts, nothing is added up:

\`\`\`lintel
client shopper
dns names uses route53 { policy: anycast, ttl: 1h }
region us { service shop-us { replicas: 12 } }
region eu { service shop-eu { replicas: 12 } }
search suggestions { replicas: 1, restart: 10min, rebuild-time: 4h, volume: none }
database orders uses postgres { replicas: 3, failover { mode: auto, arbiter: quorum, fencing: yes } }

shopper -> names
names -> shop-us, shop-eu : routes
shop-us, shop-eu -> suggestions { timeout: 50ms, fallback: empty }
shop-us, shop-eu -> orders : writes { timeout: 200ms }

flow "Buy" {
  rto: 60s
  shopper -> names
}
\`\`\`

No objective, no finding:

\`\`\`lintel
client reader
service blog { replicas: 1, restart: 20min }
database posts uses postgres { replicas: 2, failover { mode: manual, decide: 2h } }

reader -> blog -> posts { timeout: 2s }
\`\`\`

## How to fix

- Shorten the largest part: the message names all of them.
- Keep a warm copy instead of a backup, and let the takeover be decided without a person.
- Switch behind an address that stays, or shorten the TTL well before the day.
- Promise what it takes, after having tried it.

## Sources

- AWS, [Disaster Recovery of Workloads on AWS: Disaster recovery options in the cloud](https://docs.aws.amazon.com/whitepapers/latest/disaster-recovery-workloads-on-aws/disaster-recovery-options-in-the-cloud.html)
- Amazon Route 53 Developer Guide, values for TTL and how Route 53 determines whether an endpoint is healthy
- Beyer et al., *Site Reliability Engineering* (2016), [ch. 26, Data Integrity](https://sre.google/sre-book/data-integrity/)
`,
  'no-independent-backup': `# no-independent-backup

## Why

Copies protect against machines and repeat every mistake: a bad delete, or a release that writes nonsense, is on all of them within
milliseconds. Only an older state brings back what was destroyed: kept where the fault does not reach, for longer than it takes to notice, and
restored at least once before it is needed.

The rule looks at what holds data that must not be lost, and is no copy of something else (\`derived\`, \`rebuild-from\`, filled by messages).
Backups are a matter that a whole design may not talk about, and then this rule does not either. It asks once the design shows that somebody
thought of them: another store is backed up, an RPO binds the data, or the store itself says \`backup: none\`. For a store that a provider runs,
where a backup is a switch that few people draw, only an RPO makes it a question.

What counts: \`backup\`, \`backs-up\` to another store, \`versioning\`, \`immutable\`, and any of these on a replica of it. It is an error where the
design says that there is none, or where the backup falls together with the store: on one host, or in one place whose loss is to be survived.
It is a warning where none is drawn, where nobody has restored it for 90 days, or where it is kept for less than a week.

## Fires on

Three copies of the books, and the accounts' backup shows that somebody thought of it:

\`\`\`lintel
data Entry { class: money, key: entry-id }
data Account { class: identity, key: account-id }

client clerk
service books { replicas: 3 }
database ledger uses postgres { replicas: 3, zones: 3, sync: quorum, stores: Entry }
//       ^^^^^^ warning no-independent-backup: \`ledger\` has 3 copies and no backup, while \`accounts\` has one: a bad delete, or a bug that writes nonsense, is on every copy at once, and \`Entry\` has class money, of which nothing may be lost.
database accounts uses postgres {
  replicas: 3, zones: 3, sync: quorum, stores: Account, backup { interval: 5min, pitr: yes }
}

clerk -> books -> ledger, accounts { timeout: 2s }
\`\`\`

An objective that only a backup can keep:

\`\`\`lintel
data Document { class: file, key: document-id, rpo: 1h }

client author
service editor { replicas: 3 }
database documents uses mongodb { stores: Document, replicas: 3, zones: 3 }
//       ^^^^^^^^^ warning no-independent-backup: \`documents\` has 3 copies and no backup, though \`Document\` may lose only 1h of writes

author -> editor -> documents { timeout: 2s }
\`\`\`

Three copies are no backup, whatever is said of them:

\`\`\`lintel
data Entry { class: money, key: entry-id }

client clerk
service books { replicas: 3 }
database ledger uses postgres { replicas: 3, zones: 3, sync: quorum, stores: Entry, backup: none }
//                                                                                  ^^^^^^^^^^^^ error no-independent-backup: \`ledger\` has 3 copies and no backup: a bad delete

clerk -> books -> ledger { timeout: 2s }
\`\`\`

The backup stands on the machine that it is there for:

\`\`\`lintel
data Entry { class: money, key: entry-id }

design "The club's books" { goal: "Know who has paid", env: personal }

client clerk
host box {
  service books { replicas: 1 }
  database ledger uses postgres { replicas: 1, stores: Entry }
  object-store dumps { retention: 30d }
}

clerk -> books -> ledger { timeout: 2s }
ledger ~> dumps : backs-up { period: 1h }
//^^^^^^^^^^^^^ error no-independent-backup: The backup of \`ledger\` is kept in \`dumps\`, and both stand in host \`box\`: what destroys the one takes the other with it
\`\`\`

The region may be lost, and the backup is in it:

\`\`\`lintel
data Order { class: order, key: order-id }

client shopper
region us {
  service shop { replicas: 6 }
  database orders uses cockroachdb { replicas: 5, regions: 1, stores: Order, backup { interval: 1h, pitr: yes, to: vault } }
  //                                                                                                           ^^^^^^^^^ error no-independent-backup: both stand in region \`us\`
  object-store vault { immutable: yes }
}
region eu { service shop-eu { replicas: 6 } }

shopper -> shop -> orders { timeout: 2s }
shop -> shop-eu : fails-over-to

flow "Buy" { shopper -> shop -> orders }
\`\`\`

Nobody has restored the one, and the other is gone before a slow mistake is noticed:

\`\`\`lintel
data Entry { class: money, key: entry-id }
data Message { class: message, key: message-id }

client clerk
service books { replicas: 3 }
database ledger uses postgres { replicas: 3, stores: Entry, sync: quorum, backup { interval: 5min, pitr: yes, tested: ago(200d) } }
//                                                                                                            ^^^^^^^^^^^^^^^^^ warning no-independent-backup: The backup of \`ledger\` was last restored 200d ago
database mails uses postgres { replicas: 3, stores: Message, sync: quorum, backup { interval: 1h, pitr: yes, retention: 3d } }
//                                                                                                           ^^^^^^^^^^^^^ warning no-independent-backup: Backups of \`mails\` are kept for 3d: a mistake that is noticed after 3d is in all of them.

clerk -> books -> ledger, mails { timeout: 2s }
\`\`\`

## Stays silent on

Nobody speaks of backups anywhere, and then nobody is asked:

\`\`\`lintel
data Entry { class: money, key: entry-id }

client clerk
service books { replicas: 3 }
database ledger uses postgres { replicas: 3, sync: quorum, stores: Entry }

clerk -> books -> ledger { timeout: 2s }
\`\`\`

Backed up elsewhere and tried; run by a provider; kept in versions; filled from what is kept; allowed to be lost:

\`\`\`lintel
data Entry { class: money, key: entry-id }
data Cart { class: order, key: user-id }
data Picture { class: file, key: picture-id }
data View { class: view-count, key: picture-id }

client clerk
region us {
  service books { replicas: 3 }
  database ledger uses postgres {
    replicas: 3, sync: quorum, stores: Entry
    backup { interval: 5min, pitr: yes, to: vault, tested: ago(30d), retention: 35d }
  }
  database carts uses dynamodb { stores: Cart }
  object-store pictures uses s3 { stores: Picture, versioning: yes }
  database views uses mysql { replicas: 2, stores: View }
  search found uses elasticsearch { stores: Entry, rebuild-from: ledger }
}
region eu { object-store vault uses s3 { immutable: yes } }

clerk -> books -> ledger, carts, pictures, views, found { timeout: 2s }
\`\`\`

The replica is what is backed up, so that the leader is left in peace:

\`\`\`lintel
data Entry { class: money, key: entry-id }

client clerk
service books { replicas: 3 }
database ledger uses postgres { replicas: 3, sync: quorum, stores: Entry }
database reports uses postgres { replicas: 2 }
object-store vault uses s3 { immutable: yes }

clerk -> books -> ledger { timeout: 2s }
ledger ~> reports : replicates
reports ~> vault : backs-up { pitr: yes, tested: yes }
\`\`\`

## How to fix

- Back it up with the log of its changes, to another account and another region, where it cannot be deleted: \`backs-up\`, \`immutable: yes\`.
- Keep backups for weeks: a slow corruption is found late.
- Restore one regularly, into a place of its own, and check what comes out.

The fix adds a store for backups, outside of the places that the source stands in, and the arrow to it.

## Sources

- Beyer et al., *Site Reliability Engineering* (2016), [ch. 26, Data Integrity: What You Read Is What You Wrote](https://sre.google/sre-book/data-integrity/)
- GitLab, [Postmortem of database outage of January 31](https://about.gitlab.com/blog/postmortem-of-database-outage-of-january-31/) (2017)
- AWS Well-Architected Framework, Reliability Pillar: back up data
`,
  'trace-broken-at-hop': `# trace-broken-at-hop

## Why

"What happened to order 4711?" is asked every day. A trace answers it as far as each hop passes it on. Calls mostly do, by themselves; messages
do only where somebody puts the context into their headers and takes it up again.

Tracing is a concern that a design may simply not talk about: nothing is said unless one hop of the flow states \`trace: propagate\` and the next
does not, in a flow of at least three services. Where the flow has an objective it is a warning, else an info. A mesh or agent that does it
everywhere (\`observability: everywhere\`) settles the matter.

Two quieter questions of the same kind are infos: a component on which a flow with an availability hangs, which is not watched while others
are; and a queue or log without an alarm beside one that has it.

## Fires on

The trace goes from the gateway to the order service, and not into the log:

\`\`\`lintel
client web
gateway edge { auth: token, replicas: 3, zones: 3 }
service orders { replicas: 6, zones: 3 }
log order-events uses kafka { replication-factor: 3, min-isr: 2 }
worker fulfilment
service stock

web -> edge
edge -> orders : calls { timeout: 1s, trace: propagate }
orders ~> order-events : publishes
//^^^^^^^^^^^^^^^^^^^^ warning trace-broken-at-hop: The trace of "Order" ends at \`orders\` → \`order-events\`, while others pass it on: what \`fulfilment\` does cannot be tied to the request that caused it
order-events ~> fulfilment : delivers
fulfilment -> stock : calls { timeout: 1s }

flow "Order" { p99: 2s   web -> edge -> orders   orders ~> order-events }
\`\`\`

Not taken up again behind the queue, and a call beside it that is said to drop it:

\`\`\`lintel
client web
gateway edge { auth: token }
service orders
service prices
queue jobs
worker packer

web -> edge
edge -> orders : calls { trace: propagate }
orders -> prices : calls { trace: none }
//^^^^^^^^^^^^^^ info trace-broken-at-hop: The trace of the requests of \`web\` ends at \`orders\` → \`prices\`, and at \`jobs\` → \`packer\`, while others pass it on
orders ~> jobs : publishes { trace: propagate }
jobs ~> packer : delivers
\`\`\`

The monitor watches two, and not the database on which everything hangs; and one lane has no alarm:

\`\`\`lintel
client web
gateway edge uses alb { auth: token, replicas: 3, zones: 3 }
service orders { replicas: 6, zones: 3 }
database ledger uses postgres { replicas: 1 }
//       ^^^^^^ info trace-broken-at-hop: \`metrics\` watches others, but nothing watches \`ledger\`, without which "Order" is down
//                              ^^^^^^^^^^^ error single-point-of-failure
queue jobs uses sqs { alarm: age }
queue mails uses sqs
//    ^^^^^ info trace-broken-at-hop: \`jobs\` has an alarm for what waits, and \`mails\` has none
worker packer
worker mailer
monitor metrics

web -> edge -> orders { timeout: 1s }
orders -> ledger : writes { timeout: 200ms }
orders ~> jobs, mails : publishes
jobs ~> packer : delivers
mails ~> mailer : delivers
metrics -> edge, orders : observes

flow "Order" { availability: 99.9%   web -> edge -> orders -> ledger }
\`\`\`

## Stays silent on

All hops pass it on, in the headers of the messages too:

\`\`\`lintel
client web
gateway edge { auth: token }
service orders
queue jobs { alarm: age }
worker packer
service stock
database ledger uses postgres
external psp

web -> edge
edge -> orders -> stock : calls { trace: propagate }
orders ~> jobs : publishes { carries: traceparent }
jobs ~> packer : delivers { trace: propagate }
packer -> ledger : writes { op: upsert }
packer -> psp : calls { op: read }
\`\`\`

A mesh does it everywhere; and a design that does not speak of traces:

\`\`\`lintel
client web
region eu {
  gateway edge { auth: token, observability: everywhere }
  service orders { observability: everywhere, trace: propagate }
  service stock { observability: everywhere }
  queue jobs { observability: everywhere }
  worker packer { observability: everywhere }
}

web -> edge -> orders -> stock
orders ~> jobs ~> packer
\`\`\`

\`\`\`lintel
client web
gateway edge { auth: token }
service orders
service stock
queue jobs
worker packer

web -> edge -> orders -> stock
orders ~> jobs ~> packer
\`\`\`

Two services are too few to get lost in:

\`\`\`lintel
client web
service orders
queue jobs
worker packer

web -> orders
orders ~> jobs : publishes { trace: propagate }
jobs ~> packer : delivers
\`\`\`

## How to fix

- Put the W3C \`traceparent\` into the headers of each message, and start the consumer’s span from it: \`trace: propagate\`. The fix states it on
  the hops that lack it.
- For batches, link the spans of all messages to the span of the batch; one parent would be wrong.
- Watch what everything hangs on first, and give each queue an alarm on the age of its oldest message.

## Sources

- W3C, [Trace Context](https://www.w3.org/TR/trace-context/)
- OpenTelemetry, [Semantic conventions for messaging systems](https://opentelemetry.io/docs/specs/semconv/messaging/)
- Beyer et al., Site Reliability Engineering (2016), ch. 6, [Monitoring Distributed Systems](https://sre.google/sre-book/monitoring-distributed-systems/)
`,
  'unstaged-global-change': `# unstaged-global-change

## Why

Zones and regions fail independently until something changes all of them together. A setting, a rule, a model or a certificate that is pushed
everywhere in one step takes down in seconds what no single failure could, and the way back is often the same push.

The rule follows \`configures\` from what changes others, over what hands it on (agents, a CDN), to those on the way of a flow. It fires where
they stand in several regions, cells or zones, and either \`rollout: all-at-once\` is stated (on the arrow, on what pushes, or for the design),
or a receiver is said to stop or to refuse at a bad one (\`on-bad: crash\` or \`closed\`) and nothing is said about the rollout. That alone is a
hazard that somebody has seen; a rollout of which nobody speaks is none.

It is an error where the flow falls when the receivers that stop have stopped, and a warning otherwise.

## Fires on

Six regions in a second, and a proxy that dies of a bad rule:

\`\`\`lintel
client visitor
service rules "Firewall rules" { replicas: 3 }
gateway edge { replicas: 60, regions: 6, on-bad: crash }
service origin { replicas: 12, regions: 2 }

visitor -> edge -> origin { timeout: 2s }
rules ~> edge : configures { rollout: all-at-once }
//^^^^^^^^^^^ error unstaged-global-change: \`rules\` changes \`edge\` in 6 regions in one step, and \`edge\` stops at a change that it cannot use (\`on-bad: crash\`): one such change takes all of "Visit" down.

flow "Visit" { visitor -> edge -> origin }
\`\`\`

Nobody says how flags are rolled out, and the service refuses everybody when it cannot read them. The agents only hand on:

\`\`\`lintel
client app
service flags { replicas: 3 }
service agent { replicas: 12, zones: 3 }
service api { replicas: 12, zones: 3, on-bad: closed }

app -> api { timeout: 2s }
flags ~> agent : configures
//^^^^^^^^^^^^ error unstaged-global-change: \`flags\` changes \`api\` in 3 zones (\`flags\` → \`agent\` → \`api\`), nothing says that it does so step by step, and \`api\` stops at a change that it cannot use (\`on-bad: closed\`)
agent ~> api : configures

flow "Use" { app -> api }
\`\`\`

What a bad one does is not said, and everything gets it at once:

\`\`\`lintel
design "Search" { goal: "Find things", rollout: all-at-once }

client reader
dns names uses route53
service model "Ranking model" { replicas: 2 }
region us { service search-us { replicas: 6 } }
region eu { service search-eu { replicas: 6 } }

reader -> names
names -> search-us, search-eu : routes
model ~> search-us, search-eu : configures
//^^^^^^^^^^^^^^^^ warning unstaged-global-change: \`model\` changes \`search-us\` and \`search-eu\` in 2 regions in one step, and nothing says that \`search-us\` and \`search-eu\` refuse a bad change: one is everywhere before anybody has seen what it does.

flow "Find" { reader -> names }
\`\`\`

## Stays silent on

Step by step; or the last good one is kept; or a bad one is refused:

\`\`\`lintel
client visitor
service rules { replicas: 3 }
service certificates { replicas: 2, rollout: staged }
service flags { replicas: 3 }
gateway edge { replicas: 60, regions: 6, on-bad: crash }
service api { replicas: 12, regions: 2, validate: yes, last-known-good: yes }

visitor -> edge -> api { timeout: 2s }
rules ~> edge : configures { rollout: staged(1%, region, 10min) }
certificates ~> edge : configures
flags ~> api : configures { rollout: all-at-once }

flow "Visit" { visitor -> edge -> api }
\`\`\`

Nothing is said about how it is rolled out, or what a bad one does:

\`\`\`lintel
client app
service flags { replicas: 3 }
service api { replicas: 12, zones: 3 }

app -> api { timeout: 2s }
flags ~> api : configures

flow "Use" { app -> api }
\`\`\`

One place only, and nobody's request waits behind it:

\`\`\`lintel
client app
service flags { replicas: 3 }
service api { replicas: 3, on-bad: crash }
worker mailer { replicas: 6, zones: 3, on-bad: crash }
queue mails { alarm: age }

app -> api { timeout: 2s }
api ~> mails : publishes { timeout: 200ms }
mails ~> mailer : delivers { max-deliveries: 5, dead-letter: parked }
queue parked { retention: 14d, alarm: age }
flags ~> api, mailer : configures { rollout: all-at-once }

flow "Use" { app -> api   api ~> mails }
\`\`\`

## How to fix

- Reach a small share first, watch it, then the next unit: \`rollout: staged(1%, region, 10min)\`, with a way back that is tried.
- Let those that receive it check it and keep the last one that worked: \`validate: yes\`, \`on-bad: last-good\`.

The fix states a rollout by steps on the arrows that push.

## Sources

- Beyer et al., *The Site Reliability Workbook* (2018), [ch. 16, Canarying Releases](https://sre.google/workbook/canarying-releases/)
- Cloudflare, [Details of the Cloudflare outage on July 2, 2019](https://blog.cloudflare.com/details-of-the-cloudflare-outage-on-july-2-2019/)
- AWS Builders’ Library, [Automating safe, hands-off deployments](https://aws.amazon.com/builders-library/automating-safe-hands-off-deployments/)
`,
  'external-ledger-not-reconciled': `# external-ledger-not-reconciled

## Why

What a payment provider did is in its books; what we think it did is in ours. No protocol makes the two one: a call times out and went through,
a webhook is lost, somebody refunds by hand. Every company that moves money therefore compares the two, daily at least, line by line.

It asks where an effect at a third party is known to count (\`op: charge\`, or data of class \`money\`) and where the design shows a record of our
own for it. A design that compares nothing at all gets a warning. One that compares elsewhere, or clears up its time-outs elsewhere, has shown
that it cares: there it is an error for money, and stock and entitlements are asked for as well, as a warning.

## Fires on

A charge, a ledger, and nothing between them:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service payments
database ledger uses postgres { stores: Payment }
external psp

edge -> payments : calls
payments -> ledger : writes { op: upsert, data: Payment, timeout: 200ms }
payments -> psp : calls { op: charge, idempotent: payment-id, timeout: 2s, data: Payment, saga: pay, step: 1 }
//^^^^^^^^^^^^^ warning external-ledger-not-reconciled: \`payments\` charges at \`psp\`, and \`ledger\` keeps our own record of it, but nothing ever compares the two: a time-out that did charge stays unbooked until somebody complains
\`\`\`

Cards are reconciled, and the new wallet was forgotten:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses sqs
worker billing
database ledger uses postgres { stores: Payment }
external cards
external wallet
scheduler recon { replicas: 2, zones: 2 }

checkout ~> payments : publishes { data: Payment }
payments ~> billing : delivers
billing -> cards : calls { op: charge, idempotent: payment-id, timeout: 2s }
billing -> wallet : calls { op: charge, idempotent: payment-id, timeout: 2s }
//^^^^^^^^^^^^^^^ error external-ledger-not-reconciled: \`billing\` charges at \`wallet\`
billing -> ledger : writes { op: upsert, data: Payment }
recon -> cards, ledger : reconciles { period: 1d }
\`\`\`

Stock at a partner’s warehouse, in a design that compares its payments:

\`\`\`lintel
data Payment { class: money, key: payment-id }
data Stock { class: inventory, key: sku }
service shop
worker allocator
queue jobs uses sqs
database stock uses postgres { stores: Stock }
database ledger uses postgres { stores: Payment }
external warehouse
external psp
scheduler recon { replicas: 2, zones: 2 }

shop ~> jobs : publishes { data: Stock }
jobs ~> allocator : delivers
allocator -> warehouse : calls { op: update, idempotent: order-id, timeout: 2s }
//^^^^^^^^^^^^^^^^^^^^ warning external-ledger-not-reconciled: \`allocator\` changes \`warehouse\`, and \`stock\` keeps our own record of it
allocator -> stock : writes { op: upsert }
recon -> psp, ledger : reconciles { period: 1d }
\`\`\`

## Stays silent on

Compared every night; or by a job that a scheduler starts and that reads both; or by somebody whose role it is:

\`\`\`lintel
data Payment { class: money, key: payment-id }
service checkout
queue payments uses sqs
worker billing
database ledger uses postgres { stores: Payment }
external cards
external wallet
external bank
scheduler recon { replicas: 2, zones: 2 }
scheduler nightly { replicas: 2, zones: 2 }
batch compare
service auditor { role: reconciler }

checkout ~> payments : publishes { data: Payment }
payments ~> billing : delivers
billing -> cards, wallet, bank : calls { op: charge, idempotent: payment-id, timeout: 2s }
billing -> ledger : writes { op: upsert, data: Payment }
recon -> cards, ledger : reconciles { period: 1d }
nightly ~> compare : triggers
compare -> wallet : reads
compare -> ledger : reads
auditor -> bank : calls { op: read, timeout: 5s }
\`\`\`

After a time-out the state is asked; and a hold that nobody books:

\`\`\`lintel
data Payment { class: money, key: payment-id }
gateway edge { auth: token }
service payments
service holds
database ledger uses postgres { stores: Payment }
external psp

edge -> payments, holds : calls
payments -> ledger : writes { op: upsert, data: Payment, timeout: 200ms }
payments -> psp : calls {
  op: charge, idempotent: payment-id, resolve: query, timeout: 2s, data: Payment, saga: pay, step: 1
}
holds -> psp : calls { op: authorize, timeout: 2s }
\`\`\`

The provider’s books are the only ones; and mails, of which nobody keeps an account:

\`\`\`lintel
data Donation { class: money, key: donation-id }
data Mail { class: message, key: mail-id }
service page
queue mails uses sqs
worker mailer
database sent uses postgres { stores: Mail }
external psp
external mail

page -> psp : calls { op: charge, idempotent: donation-id, timeout: 2s, data: Donation }
page ~> mails : publishes { data: Mail }
mails ~> mailer : delivers
mailer -> mail : calls { op: send, idempotent: mail-id, timeout: 2s }
mailer -> sent : writes { op: upsert }
\`\`\`

## How to fix

- A job that reads the provider’s report and our ledger every day, repairs what it can and tells a person the rest. The fix adds one.
- After a time-out, ask for the state under the key of the request (\`resolve: query\`), rather than wait for the night.

## Sources

- Airbnb Engineering, [Avoiding Double Payments in a Distributed Payments System](https://medium.com/airbnb-engineering/avoiding-double-payments-in-a-distributed-payments-system-2981f6b070bb)
- Stripe documentation, [Payout reconciliation report](https://docs.stripe.com/reports/payout-reconciliation)
`,
  'wall-clock-decides-order': `# wall-clock-decides-order

## Why

A time stamp looks like an order and is a measurement with an error. Servers that are kept in step are some milliseconds apart on good days; a
telephone's clock is whatever its owner set. Where the later stamp wins, the machine with the fast clock wins, and the change that people made last
is thrown away without a sign.

It asks where stamps of those who write decide (\`order-by: timestamp\`), where a store lets the last write win by its machines' clocks (\`conflict: lww\`
and \`clock: wall\`, as Cassandra does) over records that several machines change, and where copies that agree on each entry then ask their own clocks.
Devices always count; clocks of one's own machines count where the data must come in order, or must not lose a change. Where several regions write
the same keys, [conflict-resolution-loses-updates](conflict-resolution-loses-updates.md) says it.

## Fires on

Notes that are merged by the telephones' clocks:

\`\`\`lintel
data Note { class: user-content, key: note-id }
client phone { offline-buffer: 2d }
service notes { replicas: 3 }
database store uses postgres { stores: Note }

phone -> notes : calls "sync" { order-by: timestamp, op: upsert, data: Note, timeout: 5s }
//^^^^^^^^^^^^ error wall-clock-decides-order: on \`phone\` anybody can set the clock: one that is five minutes fast wins over every change of the next five minutes, though \`Note\` has class user-content
notes -> store : writes { op: upsert, if: version, timeout: 1s }
\`\`\`

Two services, one record, and the later stamp:

\`\`\`lintel
data Price { class: inventory, key: sku }
service buying { replicas: 2, clock-error: 50ms }
service campaigns { replicas: 2, clock-error: 50ms }
database prices { stores: Price }

buying -> prices : writes { op: upsert, order-by: timestamp, timeout: 1s }
//^^^^^^^^^^^^^^ error wall-clock-decides-order: those of \`buying\` and \`campaigns\` differ by up to 50ms: within that, the older write can win and the newer one is dropped
campaigns -> prices : writes { op: upsert, order-by: timestamp, timeout: 1s }
\`\`\`

Messages of a chat, in the order of the clocks of thirty servers:

\`\`\`lintel
data Message { class: message, key: chat-id }
service chat { replicas: 30 }
database messages { stores: Message }

chat -> messages : writes { op: insert, order-by: timestamp, idempotent: message-id, timeout: 300ms }
//^^^^^^^^^^^^^^ error wall-clock-decides-order: In \`messages\` records stand in the order of the clocks of those who write (\`order-by: timestamp\`), and those of 30 copies of \`chat\` differ: within that, what happened later can come first, though \`Message\` has class message
\`\`\`

The last write wins in one region as well:

\`\`\`lintel
data Order { class: order, key: order-id }
service api { replicas: 6 }
database orders uses cassandra { stores: Order, replication-factor: 3 }
//       ^^^^^^ warning wall-clock-decides-order: In \`orders\` the last write wins by the machines’ clocks, and 6 copies of \`api\` change the same records

api -> orders : writes { op: upsert, consistency: local-quorum, timeout: 200ms }
\`\`\`

A state machine whose copies each look at the clock:

\`\`\`lintel
service scheduler { replicas: 3 }
database jobs { replication: consensus, voters: 5, clock: wall }
//                                                 ^^^^^^^^^^^ error wall-clock-decides-order: The 5 copies of \`jobs\` agree on the order of writes and then let each machine’s clock decide

scheduler -> jobs : writes { op: update, timeout: 1s }
\`\`\`

## Stays silent on

A version decides, and the device's time is only shown:

\`\`\`lintel
data Note { class: user-content, key: note-id }
client phone { offline-buffer: 2d }
service notes { replicas: 3 }
database store uses postgres { stores: Note }

phone -> notes : calls "sync" { order-by: version, op: upsert, data: Note, timeout: 5s }
notes -> store : writes { op: upsert, if: version, timeout: 1s }
\`\`\`

One writer stamps, a hybrid clock stamps, or the copies agree:

\`\`\`lintel
data Price { class: inventory, key: sku }
data Order { class: order, key: order-id }
service buying { replicas: 1, singleton: yes }
service campaigns { replicas: 4 }
service api { replicas: 6 }
database prices { stores: Price }
database offers uses cockroachdb { stores: Price, replicas: 5 }
database orders uses cassandra { stores: Order, replication-factor: 3 }

buying -> prices : writes { op: upsert, order-by: timestamp, timeout: 1s }
campaigns -> offers : writes { op: upsert, order-by: timestamp, timeout: 1s }
api -> orders : writes { op: upsert, consistency: serial, timeout: 200ms }
\`\`\`

Positions of cars, likes, and events that are only added:

\`\`\`lintel
data Position { class: presence, key: car-id }
data Like { class: user-content, key: like-id }
data Reading { class: telemetry, key: reading-id }
client car
service track { replicas: 6 }
database positions uses cassandra { stores: Position, replication-factor: 3 }
database readings uses cassandra { stores: Reading, replication-factor: 3 }
database likes uses cassandra { stores: Like, replication-factor: 3 }

car -> track { timeout: 2s, order-by: timestamp, data: Position }
track -> positions : writes { op: upsert, consistency: local-quorum, timeout: 200ms }
track -> readings : writes { op: insert, consistency: local-quorum, timeout: 200ms }
track -> likes : writes { op: upsert, consistency: local-quorum, timeout: 200ms }
\`\`\`

Two regions write, which another rule says:

\`\`\`lintel
data Cart { class: order, key: user-id }
database carts uses cassandra { replication-factor: 3, stores: Cart }
//       ^^^^^ error conflict-resolution-loses-updates
region us { service shop-us { replicas: 3 } }
region eu { service shop-eu { replicas: 3 } }

shop-us -> carts : writes { op: upsert, consistency: local-quorum, timeout: 200ms }
shop-eu -> carts : writes { op: upsert, consistency: local-quorum, timeout: 200ms }
\`\`\`

## How to fix

- Let the store count versions and refuse what was written over an older one: \`if: version\`, \`order-by: version\`.
- Let one place number what happens: a leader, a sequence, the position in a log.
- Merge what can be merged (\`conflict: crdt\`), or keep both and ask (\`conflict: siblings\`).
- Where time itself must decide, use clocks whose error is known and waited out, or hybrid logical clocks.

## Sources

- Lamport, [Time, Clocks, and the Ordering of Events in a Distributed System](https://lamport.azurewebsites.net/pubs/time-clocks.pdf) (1978)
- Corbett et al., [Spanner: Google’s Globally-Distributed Database](https://research.google/pubs/spanner-googles-globally-distributed-database-2/) (OSDI 2012), §3
- Kulkarni et al., *Logical Physical Clocks and Consistent Snapshots in Globally Distributed Databases* (2014)
- Kleppmann, *Designing Data-Intensive Applications* (2017), ch. 8, "Relying on Synchronized Clocks"
`,
  'id-scheme-collides-or-exhausts': `# id-scheme-collides-or-exhausts

## Why

Ids are made where nobody looks twice. A scheme with room for 1,024 workers is fine until the fleet has 1,100 pods, or until each pod draws its
number by chance: of 200 that draw from 1,024, some 19 pairs share one. A counter of 31 bits is fine until the two-billionth row. Neither gives a
warning before the day.

It asks of what states how its ids are made: whether there are numbers for all instances, and how they get them (\`worker-bits\`, \`worker-id\`); whether
the count within a millisecond suffices for the requests of an \`id-generator\` (\`sequence-bits\`); how long the time and the counter last against the
design's \`horizon\`, or ten years (\`timestamp-bits\`, \`id-bits\`); how likely two random ids are alike among the records that there are and will be
(\`random-bits\`, \`count\`, \`growth\`); and what happens when the clock steps back (\`on-clock-back: ignore\`). A chance below one in a million is left
alone, and so are random ids that the insert checks (\`if: not-exists\`).

## Fires on

Up to 200 pods that each draw one of 1,024 numbers:

\`\`\`lintel
service ids { role: id-generator, autoscale { min: 20, max: 200 }, timestamp-bits: 41, worker-bits: 10, sequence-bits: 12, worker-id: random, on-clock-back: wait }
//                                                                                                                         ^^^^^^^^^^^^^^^^^ error id-scheme-collides-or-exhausts: Each instance of \`ids\` draws one of 1,024 numbers at random, and there are up to 200: 19.4 pairs are expected to share one
\`\`\`

More instances than numbers, and a clock that may step back:

\`\`\`lintel
service checkout { replicas: 300, worker-bits: 8, sequence-bits: 14, timestamp-bits: 41, worker-id: static, on-clock-back: ignore }
//                                ^^^^^^^^^^^^^^ error id-scheme-collides-or-exhausts: 300 instances of \`checkout\` need a number each, and 8 bits make 256: some share one
//                                                                                                          ^^^^^^^^^^^^^^^^^^^^^ error id-scheme-collides-or-exhausts: makes the ids of those milliseconds a second time
\`\`\`

Short links of 36 random bits:

\`\`\`lintel
design "Links" { horizon: 3y }
data Link { class: user-content, key: code, count: 200M, growth: 1M/day }
service shortener { replicas: 6, random-bits: 36 }
//                               ^^^^^^^^^^^^^^^ error id-scheme-collides-or-exhausts: \`shortener\` draws ids of 36 random bits: of 1.3B \`Link\`, two are alike with a chance of practically 100%, and nothing checks that an id is new
database links uses dynamodb { stores: Link }

shortener -> links : writes { op: upsert, timeout: 100ms }
\`\`\`

A 32-bit key under a steady stream of rows, and too few bits for the time:

\`\`\`lintel
design "Rides" { horizon: 5y }
data Ping { class: telemetry, key: ping-id, count: 900M, growth: 3M/day }
service tracker { replicas: 4 }
database pings uses postgres { stores: Ping, id-bits: 31 }
//                                           ^^^^^^^^^^^ error id-scheme-collides-or-exhausts: \`pings\` counts ids up to 2.15B (\`id-bits: 31\`), and 34.7/s are made on top of 900M: they are used up after 1.14y, and the design looks 5 years ahead
service trips { replicas: 3, timestamp-bits: 35, worker-bits: 8, worker-id: leased }
//                           ^^^^^^^^^^^^^^^^^^ error id-scheme-collides-or-exhausts: has 35 bits of milliseconds: they last for 1.09y from the first day

tracker -> pings : writes { op: insert, timeout: 500ms }
\`\`\`

More ids than fit into a millisecond:

\`\`\`lintel
client app
service api { replicas: 40 }
service ids { role: id-generator, replicas: 2, sequence-bits: 8, worker-bits: 10, timestamp-bits: 41, worker-id: leased }
//                                             ^^^^^^^^^^^^^^^^ error id-scheme-collides-or-exhausts: \`ids\` gets 800k/s requests for ids, 400k/s for each of its 2 instances, but 8 bits count 256 a millisecond, 256k/s

app -> api -> ids { timeout: 1s }

flow "Post" { rate: 800k/s   app -> api -> ids }
\`\`\`

## Stays silent on

A coordinator lends each instance its number, and the clock is waited for:

\`\`\`lintel
service ids {
  role: id-generator, autoscale { min: 20, max: 200 }, timestamp-bits: 41
  worker-bits: 10, sequence-bits: 12, worker-id: leased, on-clock-back: wait
}
coordinator etcd uses etcd { voters: 3, zones: 3 }

ids -> etcd : locks "worker number" { per: worker, lease { ttl: 30s, renew: 10s }, fencing: token }
\`\`\`

UUIDs of version 4 and 7, and a billion of them:

\`\`\`lintel
design "Events" { horizon: 10y }
data Event { class: user-content, key: event-id, count: 1B, growth: 100M/day }
service collect { replicas: 20, random-bits: 122 }
service ingest { replicas: 20, timestamp-bits: 48, random-bits: 74 }
database events uses dynamodb { stores: Event }

collect, ingest -> events : writes { op: insert, idempotent: event-id, timeout: 100ms }
\`\`\`

Short random codes, of which the insert refuses one that is there:

\`\`\`lintel
design "Links" { horizon: 3y }
data Link { class: user-content, key: code, count: 200M, growth: 1M/day }
service shortener { replicas: 6, random-bits: 42 }
database links uses dynamodb { stores: Link }

shortener -> links : writes { op: insert, if: not-exists, timeout: 100ms }
\`\`\`

Little is said, or there is room enough:

\`\`\`lintel
data Ride { class: order, key: ride-id, count: 40M, growth: 20k/day }
service rides { replicas: 4, worker-bits: 10 }
database trips uses postgres { stores: Ride, id-bits: 31 }

rides -> trips : writes { op: insert, idempotent: ride-id, timeout: 200ms }
\`\`\`

## How to fix

- Let a coordinator lend the numbers (\`worker-id: leased\`), or take them from where each instance has a fixed place.
- Wait while the clock is behind the last id (\`on-clock-back: wait\`).
- Use a UUID where order does not matter (version 4, 122 random bits) or where time order helps (version 7, 74 beside the time); or let the insert
  refuse what is there and draw again.
- Count in 64 bits before the first table is full: the change takes longer then.

## Sources

- Twitter engineering, [Announcing Snowflake](https://blog.twitter.com/engineering/en_us/a/2010/announcing-snowflake) (2010)
- [RFC 9562, Universally Unique IDentifiers](https://www.rfc-editor.org/rfc/rfc9562) (2024)
- Instagram engineering, [Sharding & IDs at Instagram](https://instagram-engineering.com/sharding-ids-at-instagram-1cf5a71e5a5c) (2012)
`,
}
