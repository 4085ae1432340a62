/**
 * Writes a small policy of every kind in every format, with what the agent itself does, for check-export.py:
 *
 *     node --import tsx scripts/check-export.ts FOLDER
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportFormats } from '../src/export/formats.js'
import { exportCase, exportCaseNames } from '../test/support/export-cases.js'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node --import tsx scripts/check-export.ts FOLDER')
for (const name of exportCaseNames) {
  const { policy, answers } = await exportCase(name)
  const at = join(folder, name)
  mkdirSync(at, { recursive: true })
  for (const format of exportFormats()) {
    for (const [file, bytes] of format.encode(policy))
      writeFileSync(join(at, format.extension === null ? file : `policy${format.extension}`), bytes)
  }
  const { observations, masks, ...rest } = answers
  writeFileSync(join(at, 'answers.json'), JSON.stringify({ ...rest, observations: [...observations], masks: masks && [...masks] }))
}
