/** CDNs, load balancers, gateways, name servers and outside systems. */
import { defaults } from '../make.ts'
import type { Technology } from '../vocabulary.ts'

const CLOUDFRONT = 'Amazon CloudFront Developer Guide, Managing how long content stays in the cache'
const CLOUDFLARE =
  'Cloudflare documentation, Default cache behavior, https://developers.cloudflare.com/cache/concepts/default-cache-behavior/'
const NGINX = 'nginx documentation, ngx_http_proxy_module and ngx_http_upstream_module, https://nginx.org/en/docs/'
const ENVOY = 'Envoy documentation, Timeouts and Circuit breaking, https://www.envoyproxy.io/docs/envoy/latest/'
const ALB = 'Elastic Load Balancing, Application Load Balancers user guide'
const API_GATEWAY = 'Amazon API Gateway Developer Guide, Quotas'
const ROUTE53 = 'Amazon Route 53 Developer Guide'
const DNS = 'RFC 1034, RFC 2308 and RFC 8767'
const STRIPE = 'Stripe documentation, Idempotent requests, https://docs.stripe.com/api/idempotent_requests'
const WEBHOOKS = 'Stripe documentation, Webhooks, https://docs.stripe.com/webhooks'

export const edge: readonly Technology[] = [
  {
    name: 'cloudfront',
    aliases: [],
    label: 'Amazon CloudFront',
    kinds: ['cdn'],
    meaning: 'Amazon’s CDN.',
    defaults: defaults('medium', CLOUDFRONT, {
      managed: 'yes',
      survives: 'region',
      ttl: '24h',
      key: 'path',
      scope: 'shared',
      coalesce: 'singleflight',
      availability: '99.9%',
    }),
    traps: [
      'If the origin says nothing, an object stays for 24 hours.',
      'What is in the key is what the cache policy says; by default neither query, cookies nor headers.',
      'Requests for the same object at the same time are collapsed into one.',
      'stale-while-revalidate and stale-if-error of the origin are honoured.',
    ],
    confidence: 'medium',
    source: CLOUDFRONT,
  },
  {
    name: 'cloudflare',
    aliases: [],
    label: 'Cloudflare',
    kinds: ['cdn', 'dns', 'gateway'],
    meaning: 'A CDN, firewall and name server at the edge.',
    defaults: defaults('medium', CLOUDFLARE, { managed: 'yes', survives: 'region', ttl: '120min', key: '[path, query]', scope: 'shared' }),
    traps: [
      'Only files with static extensions are cached by default, HTML is not.',
      'If the origin says nothing, a 200 stays for 120 minutes.',
      'The firewall helps only if the origin refuses everybody else.',
    ],
    confidence: 'medium',
    source: CLOUDFLARE,
  },
  {
    name: 'nginx',
    aliases: [],
    label: 'nginx',
    kinds: ['load-balancer', 'gateway', 'cache', 'service'],
    meaning: 'A web server and reverse proxy.',
    defaults: [
      ...defaults('high', NGINX, { timeout: '60s', algorithm: 'round-robin', layer: 'l7' }),
      ...defaults('medium', NGINX, { 'health-check': 'shallow', 'rate-limit.state': 'local' }),
    ],
    traps: [
      'It checks targets only by failed requests: one failure puts a target aside for 10 s.',
      'Requests that are not idempotent are not tried again on another target, unless told to.',
      'limit_req counts in each instance for itself.',
      'proxy_read_timeout is 60 s between two reads, not for the whole answer.',
    ],
    confidence: 'high',
    source: NGINX,
  },
  {
    name: 'envoy',
    aliases: [],
    label: 'Envoy',
    kinds: ['load-balancer', 'gateway', 'service'],
    meaning: 'A proxy for services, on its own or in a mesh.',
    defaults: defaults('high', ENVOY, {
      timeout: '15s',
      retries: '0',
      'idle-timeout': '1h',
      breaker: '1024',
      algorithm: 'round-robin',
      layer: 'l7',
    }),
    traps: [
      'A route’s time-out is 15 s by default, for the whole answer.',
      'Circuit breakers stop at 1,024 connections, pending requests and requests, and at 3 retries at once.',
      'Local rate limits count in each instance; the global one needs a service.',
      'Targets are not health-checked unless it is configured.',
    ],
    confidence: 'high',
    source: ENVOY,
  },
  {
    name: 'alb',
    aliases: ['aws-alb'],
    label: 'Application Load Balancer',
    kinds: ['load-balancer'],
    meaning: 'Amazon’s managed balancer of HTTP requests, in at least two zones.',
    defaults: defaults('high', ALB, {
      managed: 'yes',
      survives: 'zone',
      zones: '2',
      layer: 'l7',
      algorithm: 'round-robin',
      'idle-timeout': '60s',
      'health-check': 'shallow',
      availability: '99.99%',
    }),
    traps: [
      'A target must keep idle connections longer than its 60 s, or some requests end in 502.',
      'If all targets are unhealthy it sends requests to all of them.',
    ],
    confidence: 'high',
    source: ALB,
  },
  {
    name: 'aws-api-gateway',
    aliases: ['api-gateway'],
    label: 'Amazon API Gateway',
    kinds: ['gateway'],
    meaning: 'Amazon’s managed front door for APIs.',
    defaults: defaults('high', API_GATEWAY, {
      managed: 'yes',
      survives: 'zone',
      zones: '3',
      timeout: '29s',
      quota: '10k/s',
      'value-limit': '10MB',
      availability: '99.95%',
    }),
    traps: [
      'An integration has 29 s; for regional REST APIs it can be raised since 2024.',
      '10,000 requests a second for the whole account and region, by default.',
    ],
    confidence: 'high',
    source: API_GATEWAY,
  },
  {
    name: 'route53',
    aliases: [],
    label: 'Amazon Route 53',
    kinds: ['dns'],
    meaning: 'Amazon’s managed name servers, with health checks.',
    defaults: defaults('medium', ROUTE53, { managed: 'yes', survives: 'region', ttl: '300s', availability: '100%' }),
    traps: [
      'Answering is spread over the world; changing records goes through one region.',
      'A failover takes the health check (30 s times three) plus the TTL, and some resolvers keep answers longer.',
    ],
    confidence: 'medium',
    source: ROUTE53,
  },
  {
    name: 'dns',
    aliases: ['public-dns'],
    label: 'DNS',
    kinds: ['dns'],
    meaning: 'Name servers of any make.',
    defaults: [],
    traps: [
      'Resolvers may keep an answer longer than its TTL, and old ones when the server is gone.',
      'A registrar, a zone and a provider are each one thing that can fail.',
    ],
    confidence: 'medium',
    source: DNS,
  },
  {
    name: 'stripe',
    aliases: [],
    label: 'Stripe',
    kinds: ['external'],
    meaning: 'A payment provider.',
    defaults: [
      ...defaults('high', STRIPE, { idempotent: 'idempotency-key', 'dedupe.window': '24h' }),
      ...defaults('high', WEBHOOKS, { webhook: 'yes', delivery: 'at-least-once', order: 'none' }),
      ...defaults('medium', 'Stripe documentation, Rate limits', { quota: '100/s' }),
    ],
    traps: [
      'An idempotency key may be forgotten after 24 hours.',
      'Webhooks come more than once, in any order, and are repeated for days.',
      'After a time-out nobody knows whether the card was charged: ask, or repeat with the same key.',
    ],
    confidence: 'high',
    source: STRIPE,
  },
]
