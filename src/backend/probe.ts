/**
 * Tries a backend in a process of its own, where an addon that crashes ends that process alone, and where TensorFlow's two packages do not meet.
 * Started as a program, this file is that process: it tries the backend that its argument names and writes what it found as JSON.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type BackendEntry, backends } from './backends.js'
import { type BackendFact, tryBackend } from './try-backend.js'

const PATIENCE = 120_000 // ms: a cold library of a gigabyte takes a while

/** Never throws. @param environment added to this process's */
export function probeBackend({ name, meaning }: BackendEntry, environment: NodeJS.ProcessEnv = {}): Promise<BackendFact> {
  const here = fileURLToPath(import.meta.url)
  const loader = here.endsWith('.ts') ? ['--import', pathToFileURL(createRequire(here).resolve('tsx')).href] : []
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...loader, here, PROBE, name], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
      env: { ...process.env, ...environment },
    })
    let [out, words] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2_000)
    })
    const failed = (detail: string) => resolve({ name, meaning, works: false, detail })
    child.once('error', (error) => failed(`could not be tried: ${error.message}`))
    child.once('close', (code, signal) => {
      const answer = out.trim().split('\n').at(-1) ?? ''
      if (code === 0 && answer.startsWith('{')) return resolve(JSON.parse(answer) as BackendFact)
      failed(`ended the process that tried it (${signal ?? `exit code ${code}`}): ${words.trim().split('\n').slice(-3).join(' ')}`)
    })
  })
}

const PROBE = '--probe-backend'

if (process.argv[2] === PROBE) {
  const entry = backends().find(({ name }) => name === process.argv[3])
  if (entry) process.stdout.write(`${JSON.stringify(await tryBackend(entry))}\n`)
}
