/** Which verbs a property makes sense on, where several rows share them. */
export const REQUEST = {
  verbs: ['calls', 'reads', 'writes', 'routes', 'invalidates', 'caches', 'locks', 'resolves', 'publishes', 'reconciles', 'triggers'],
}
export const STORE = { verbs: ['reads', 'writes', 'calls', 'caches', 'locks', 'captures', 'replicates', 'invalidates'] }
export const EFFECT = {
  verbs: ['calls', 'writes', 'publishes', 'triggers', 'invalidates', 'captures', 'delivers', 'routes', 'locks', 'dead-letters'],
}
export const DELIVERY = { verbs: ['delivers', 'captures', 'publishes', 'dead-letters', 'triggers', 'replicates', 'observes', 'configures'] }
export const COPY = { verbs: ['captures', 'replicates', 'delivers', 'backs-up', 'reads', 'invalidates'] }
