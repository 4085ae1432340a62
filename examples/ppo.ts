/**
 * PPO on CartPole under several clips, through the library: `train` is an async generator of events.
 *
 *     npm run example -- ppo
 *
 * The tuned settings, cut to a short run. What is measured is the mean return of the last 100 episodes; random actions reach about 22.
 * Adam's steps hardly grow with the gradient and PPO clips its ratios, so do not expect clipping to decide here: the point of the table
 * is that it says so. For verdicts with a test: `npm run compare`.
 */
import { fileURLToPath } from 'node:url'
import { parseClip, pathLayer, presetLayer, resolveConfig, train } from 'tau-rl'
import { type Course, type Row, type RunOptions, type Study, studies } from './support/study.js'

const ENV = 'CartPole-v1'
const STEPS_PER_UPDATE = 256 // environment steps: 8 environments, 32 steps of each

const STUDY: Study = {
  name: 'ppo',
  title: `PPO on ${ENV}`,
  measure: 'mean return of the last 100 episodes',
  better: 'higher',
  guess: 22,
  clips: ['none', 'global-norm', 'zclip', 'auto', 'agc', 'loss-feedback'],
  seeds: 3,
  steps: 50,
  unit: 'updates',
  rate: 0.001,
  run,
}

/** @param args the flags of a command line @returns one list of rows, as printed */
export const main = (args: readonly string[], print?: (line: string) => void): Promise<Row[][]> => studies([STUDY], args, print)

async function run({ clip, seed, steps, rate }: RunOptions): Promise<Course> {
  const config = resolveConfig([
    presetLayer('tuned', 'ppo', ENV),
    pathLayer(['env'], ENV, 'env'),
    pathLayer(['clip'], { ...parseClip(clip) }, 'clip'),
    pathLayer(['seed'], seed, 'seed'),
    pathLayer(['totalSteps'], steps * STEPS_PER_UPDATE, 'steps'),
    pathLayer(['learn', 'learningRate'], { from: rate, to: 0 }, 'rate'),
    pathLayer(['evaluation', 'episodes'], 1, 'evaluation'),
  ])
  const values: number[] = []
  const norms: number[] = []
  let clipped = 0
  for await (const event of train(config, { clock: () => 0 })) {
    if (event.kind !== 'update') continue
    const { metrics } = event
    values.push(metrics['rollout/ep_rew_mean'] ?? values.at(-1) ?? 0)
    norms.push(metrics['grad/norm_pre']!)
    clipped += metrics['grad/clip_rate']!
  }
  return { values, norms, clipRate: clipped / norms.length }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
