/** Our side of program.ts: answers requests on stdin with lines of JSON, as peers/serve.py does for Python. */
import { createInterface } from 'node:readline'
import type { Times } from '../program.js'

/** Until stdin ends, and then ends the process. A request that fails is answered with its error. */
export async function serve<Request>(handle: (request: Request) => Promise<Times>): Promise<void> {
  say({ ready: { node: process.version } })
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      say(await handle(JSON.parse(line) as Request))
    } catch (error) {
      say({ error: (error as Error).message })
    }
  }
  process.exit() // threads that a learner still holds must not keep the process
}

/** CPU time of all threads of this process, and wall time, per unit of work since it was made. */
export function clock(): (units: number) => Times {
  const cpuBefore = process.cpuUsage()
  const wallBefore = performance.now()
  return (units) => {
    const { user, system } = process.cpuUsage(cpuBefore)
    const wallMs = (performance.now() - wallBefore) / units
    return { cpuMs: (user + system) / 1000 / units, wallMs, peakMiB: process.resourceUsage().maxRSS / 2 ** 10 }
  }
}

/** Times per unit of `work`, called until about so many milliseconds are over. */
export async function repeated(work: () => unknown, milliseconds: number, units = 1): Promise<Times> {
  const began = performance.now()
  const elapsed = clock()
  let calls = 0
  do {
    await work()
    calls++
  } while (performance.now() - began < milliseconds)
  return elapsed(calls * units)
}

const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
