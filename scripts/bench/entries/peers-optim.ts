/** Clip of the joint norm and Adam alone on 10⁵ to 10⁷ parameters, against PyTorch's, on one thread, each in a process of its own. */
import type { BenchEntry, BenchNumber } from '../entry.js'
import { type Elsewhere, measure, ratioOf, type Timing } from '../harness.js'
import { startOurs } from '../ours/start.js'
import { able, asking } from '../peer.js'

const TARGETS = { '1e5': 4, '1e6': 1.5, '1e7': 1 } as const // times PyTorch's fused
const THEIRS = { fused: 'PyTorch fused', foreach: 'PyTorch foreach' } as const

export const peersOptim: BenchEntry = {
  name: 'peers-optim',
  what: 'clip + Adam on 10⁵, 10⁶ and 10⁷ parameters against PyTorch, one thread',

  async run(_, peers) {
    const notes: string[] = []
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    const { PyTorch: torch } = await peers.start({ PyTorch: { script: 'torch_optim.py', threads: 1 } }, notes)
    try {
      for (const [size, atLeast] of Object.entries(TARGETS)) {
        const ours = await startOurs('optim.ts')
        try {
          const parameters = Number(size)
          const variants: Record<string, Elsewhere> = { ours: asking(ours, { parameters }) }
          if (torch !== undefined)
            for (const [variant, name] of Object.entries(THEIRS)) variants[name] = asking(torch, { parameters, variant })
          const found = await measure((await able(variants, notes)) as Record<string, Elsewhere>, { rounds: 7, roundMs: 250 })
          timings.push(...found.map((timing) => ({ ...timing, variant: `${size}: ${timing.variant}` })))
          for (const theirs of Object.values(THEIRS)) {
            if (!found.some(({ variant }) => variant === theirs)) continue
            const target = theirs === THEIRS.fused ? { target: { atLeast } } : {}
            numbers.push({ name: `${size}: against ${theirs}`, unit: 'x', ...ratioOf(found, theirs, 'ours'), ...target })
          }
        } finally {
          await ours.close()
        }
      }
    } finally {
      await torch?.close()
    }
    return { unit: 'step', timings, numbers, notes }
  },
}
