/** `npm test`: set up, then every suite. */
import { continueWith, install } from './setup.mjs'

install()
continueWith('src/tools/test.ts', process.argv.slice(2))
