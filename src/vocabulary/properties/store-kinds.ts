/** Which kinds a property of stores makes sense on. */
const KEEPS = ['database', 'cache', 'object-store', 'search', 'coordinator']
/** What holds data, if only on their way. */
export const HOLDS = [...KEEPS, 'queue', 'log', 'topic']
/** What has state. */
export const STATE = [...HOLDS, 'stream-processor', 'workflow', 'service', 'worker']
export const STORE = { kinds: STATE }
/** What can have a leader. */
export const LEADER = {
  kinds: [...HOLDS, 'workflow', 'service', 'scheduler', 'load-balancer', 'gateway', 'dns', 'worker', 'stream-processor', 'cdc'],
}
/** What can be split by a key. */
export const SPLIT = { kinds: [...STATE, 'cdn'] }
