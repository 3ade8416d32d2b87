/** Mocha's own dot reporter, which also leaves its counts where the runner of all suites reads them. */
const { writeFileSync } = require('node:fs')
const { reporters } = require('mocha')

module.exports = class Counting extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const { passes, failures } = this.stats
      if (process.env.LINTEL_COUNTS) writeFileSync(process.env.LINTEL_COUNTS, JSON.stringify({ passed: passes, failed: failures }))
    })
  }
}
