/**
 * One PPO update (loss, gradient, clip of the joint norm, Adam) on the processor: ours against PyTorch's and against JAX's compiled loop. Every
 * program runs in a process of its own. Ours also gathers its minibatches from a rollout, theirs work on ready ones.
 */
import type { BenchEntry, BenchNumber } from '../entry.js'
import { type Elsewhere, measure, ratioOf, type Timing } from '../harness.js'
import { ONE_THREAD, OUR_THREADS, OURS, startOurs } from '../ours/start.js'
import { able, asking, type PeerProgram } from '../peer.js'
import type { Program } from '../program.js'

/** CartPole's networks at four minibatches, and the wide ones of a locomotion task. */
const CARTPOLE = { inputs: 4, hidden: [64, 64], actions: 2 }
const WORKS = [
  ...[64, 128, 256, 2048].map((minibatch) => ({ ...CARTPOLE, minibatch, what: `minibatch ${minibatch}` })),
  { inputs: 17, hidden: [256, 256], actions: 6, minibatch: 256, what: '17-256-256-6, minibatch 256' },
]

const PROGRAMS: Readonly<Record<string, PeerProgram>> = {
  'PyTorch, 1 thread': { script: 'torch_update.py', threads: 1 },
  'PyTorch, 2 threads': { script: 'torch_update.py', threads: 2 },
  'JAX in lax.scan, 1 thread': { script: 'jax_update.py', threads: 1 },
  'JAX in lax.scan, default threads': { script: 'jax_update.py' },
}

/** What the project has promised, by work: against the best PyTorch and the best JAX, on one core and on two. */
const TARGETS: Readonly<Record<string, { torch?: readonly [number, number]; jax?: readonly [number, number]; one?: number }>> = {
  'minibatch 64': { torch: [9, 17], jax: [0.8, 1.5] },
  'minibatch 128': { jax: [0.65, 1.25] },
  'minibatch 256': { jax: [0.6, 1.15] },
  'minibatch 2048': { torch: [1.2, 2.2], jax: [0.6, 1.1] },
  '17-256-256-6, minibatch 256': { one: 0.9 },
}

export const peersUpdate: BenchEntry = {
  name: 'peers-update',
  what: 'a PPO update against PyTorch and JAX',

  async run(_, peers) {
    const notes = [...ONE_THREAD]
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    const programs = await peers.start(PROGRAMS, notes)
    try {
      for (const { what, ...request } of WORKS) {
        const ours = await startOurs('update.ts') // a fresh one for each size: code that has met other sizes is slower
        try {
          const variants = await able({ ...ourVariants(ours, request), ...theirVariants(programs, request, peers.torchCompile) }, notes)
          const found = await measure(variants as Record<string, Elsewhere>, { rounds: 7, roundMs: 250 })
          timings.push(...found.map((timing) => ({ ...timing, variant: `${what}: ${timing.variant}` })))
          numbers.push(...ratios(found, what))
        } finally {
          await ours.close()
        }
      }
    } finally {
      await Promise.all(Object.values(programs).map((program) => program?.close()))
    }
    return { unit: 'minibatch step', timings, numbers, notes: [...new Set(notes)] }
  },
}

type Work = Omit<(typeof WORKS)[number], 'what'>

function ourVariants(program: Program, request: Work): Record<string, Elsewhere> {
  return Object.fromEntries(Object.entries(OUR_THREADS).map(([name, threads]) => [name, asking(program, { ...request, threads })]))
}

function theirVariants(programs: Partial<Record<string, Program>>, request: Work, compile: boolean): Record<string, Elsewhere> {
  const variants: Record<string, Elsewhere> = {}
  for (const [name, program] of Object.entries(programs)) {
    if (program === undefined) continue
    if (name.startsWith('JAX')) variants[name] = asking(program, request)
    else
      for (const variant of ['adam', 'fused', ...(compile ? ['compiled'] : [])])
        variants[`${name}, ${variant}`] = asking(program, { ...request, variant })
  }
  return variants
}

function ratios(found: readonly Timing[], what: string): BenchNumber[] {
  const targets = TARGETS[what]!
  const numbers: BenchNumber[] = []
  const against = (label: string, ours: string, theirs: Timing | undefined, atLeast: number | undefined) => {
    if (theirs === undefined || !found.some(({ variant }) => variant === ours)) return
    if (ours === OURS.two && OURS.two === OURS.one && atLeast === undefined) return // one number is enough
    const clock = ours === OURS.one && theirs.variant.includes('1 thread') ? 'cpu' : 'wall' // threads are for wall time
    numbers.push({
      name: `${what}: ${label}`,
      unit: 'x',
      ...ratioOf(found, theirs.variant, ours, clock),
      ...(atLeast !== undefined && { target: { atLeast } }),
    })
  }
  const torch = best(found, 'PyTorch')
  const jax = best(found, 'JAX')
  against('one core against the best PyTorch', OURS.one, torch, targets.torch?.[0])
  against('two cores against the best PyTorch', OURS.two, torch, targets.torch?.[1])
  against('one core against the best JAX', OURS.one, jax, targets.jax?.[0])
  against('two cores against the best JAX', OURS.two, jax, targets.jax?.[1])
  if (targets.one !== undefined) against('one core against PyTorch, 1 thread', OURS.one, best(found, 'PyTorch, 1 thread'), targets.one)
  return numbers
}

/** The one with the shortest wall time. */
const best = (timings: readonly Timing[], program: string): Timing | undefined =>
  timings.filter(({ variant }) => variant.startsWith(program)).toSorted((a, b) => a.wallMs - b.wallMs)[0]
