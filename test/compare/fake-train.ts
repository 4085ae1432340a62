/**
 * Stands in for `train` in the tests of comparisons: makes a run folder from its flags. The clip decides what happens:
 * 'good+<x>' and 'same' return their luck (a function of the seed) plus x; 'crash' fails; 'quiet' ends well and leaves nothing.
 */
import { writeFakeRun } from './fake-run.js'

const flag = (name: string): string => process.argv[process.argv.indexOf(`--${name}`) + 1]!
const seed = Number(flag('seed'))
const clip = flag('clip')

if (clip === 'crash') {
  console.error('a gradient was not finite')
  process.exit(1)
}
if (clip !== 'quiet') {
  console.log(JSON.stringify({ step: 5 }))
  const luck = ((seed * 7919) % 101) + seed / 10
  const bonus = clip.startsWith('good+') ? Number(clip.slice(5)) + seed / 100 : 0
  const returns = Array.from({ length: 120 }, (_, i) => luck + bonus + i / 10)
  const metrics = [{ 'grad/tau': clip === 'same' ? null : 0.5, 'grad/clip_rate': 0.25, 'grad/skipped': 0 }]
  writeFakeRun(flag('run-dir'), { seed, clip, returns, metrics, solvedAt: 100 })
}
