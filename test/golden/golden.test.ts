/** Learning has not moved by accident: each run against the one that was written down (`npm run golden`). */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COURSES, fileName, type GoldenRun, goldenRun } from '../../scripts/golden/course.js'

const TOLERANCE = 1e-4 // relative: other processors round tanh and exp in the last bit

test.each(COURSES)('$algo on $env', async (course) => {
  const golden: GoldenRun = JSON.parse(readFileSync(new URL(fileName(course), import.meta.url), 'utf8'))
  const run = await goldenRun(course)
  expect(run.updates.length).toBe(3)
  run.updates.forEach((metrics, i) => {
    expect(Object.keys(metrics)).toEqual(Object.keys(golden.updates[i]!))
    for (const [name, value] of Object.entries(metrics)) {
      const want = golden.updates[i]![name]!
      if (value === null || want === null) expect(value, name).toBe(want)
      else
        expect(Math.abs(value - want), `update ${i + 1}: ${name} was ${want}, is ${value}`).toBeLessThanOrEqual(
          1e-5 + TOLERANCE * Math.abs(want),
        )
    }
  })
  expect(run.sample).toBeAllClose(golden.sample, TOLERANCE, 1e-5)
  expect([run.sum, run.magnitude]).toBeAllClose([golden.sum, golden.magnitude], TOLERANCE, 1e-4)
})
