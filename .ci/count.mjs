// Adds up the runner's JSON reports: count.mjs BROKEN REPORT… (BROKEN = 1: something other than a test failed, which counts as one).
import { existsSync, readFileSync } from 'node:fs'

const [broken, ...reports] = process.argv.slice(2)
let passed = 0
let failed = 0
for (const report of reports) {
  if (!existsSync(report)) {
    console.log(`no report from ${report.split('/').at(-1)}: the runner did not finish`)
    failed++
    continue
  }
  const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(readFileSync(report, 'utf8'))
  passed += numPassedTests
  failed += numFailedTests + (numFailedTests === 0 && !success ? Math.max(1, numFailedTestSuites) : 0)
}
if (failed === 0 && broken === '1') {
  console.log('types, lint or build failed: see above')
  failed = 1
}
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
console.log(`${passed} passed, ${failed} failed`)
