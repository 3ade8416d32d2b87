/** `npm start`: set up, then open VS Code with the extension and the examples. */
import { continueWith, install } from './setup.mjs'

install()
continueWith('src/tools/start.ts', process.argv.slice(2))
