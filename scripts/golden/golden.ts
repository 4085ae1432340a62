/** `npm run golden`: writes the golden runs anew. Only when a change of results is meant, and then the changelog says why. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { COURSES, fileName, goldenRun } from './course.js'

const folder = fileURLToPath(new URL('../../test/golden/', import.meta.url))
mkdirSync(folder, { recursive: true })
for (const course of COURSES) writeFileSync(`${folder}${fileName(course)}`, `${JSON.stringify(await goldenRun(course), null, 2)}\n`)
