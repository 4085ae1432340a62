/** `npm run readme`: writes the README's generated parts anew, each between its two marks. A test says when they are out of date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CLIP_PER } from '../src/clip/clip.js'
import { legalRows, valuesOf } from '../src/clip/legal.js'
import { clipEntries } from '../src/clip/registry.js'
import type { BenchFile } from './bench/report.js'

export const README = fileURLToPath(new URL('../README.md', import.meta.url))

/** Parts by mark. */
const PARTS: Readonly<Record<string, () => string>> = { clips: clipsTable, legal: legalTable, speed: speedTable }

/** The text with every generated part as it should be. */
export function regenerated(text: string): string {
  return Object.entries(PARTS).reduce((whole, [mark, make]) => replacePart(whole, mark, make()), text)
}

function clipsTable(): string {
  const rows = clipEntries().map(({ name, description, source }) => `| \`${name}\` | ${description} | ${source} |`)
  return ['| clip | what it does | source |', '|---|---|---|', ...rows].join('\n')
}

/** A row for all rules that allow the same words. */
export function legalTable(): string {
  const list = (values: readonly (string | boolean)[]) => values.join(', ')
  const rows = legalRows().map(({ names, words }) => {
    const allowed = [valuesOf('of', words), valuesOf('shape', words), valuesOf('stage', words), valuesOf('like', words)]
    return `| ${names.map((name) => `\`${name}\``).join(', ')} | ${allowed.map(list).join(' | ')} | ${words.length} |`
  })
  const table = ['| rule | of | shape | stage | like | combinations |', '|---|---|---|---|---|---|', ...rows].join('\n')
  return (
    `${table}\n\nEvery rule works per ${list(CLIP_PER)}. The shape rescale is for elements only, a like other than exact for hard clips of a norm, ` +
    'and `errorFeedback` for the stage gradient. All other combinations of a row are legal, and tested.'
  )
}

/** What is said of Python programs, where they were measured: words, entry and number of the bench. */
const PEERS: readonly (readonly [what: string, entry: string, name: string])[] = [
  [
    'PPO training at CleanRL’s settings on one core, against Stable-Baselines3',
    'peers-training',
    'cleanrl: one core against Stable-Baselines3, 1 thread',
  ],
  ['the same against a CleanRL-style program', 'peers-training', 'cleanrl: one core against CleanRL-style, 1 thread'],
  [
    'the same against a compiled PureJaxRL-style program, past its compilation',
    'peers-training',
    'cleanrl: one core against PureJaxRL-style, 1 thread',
  ],
  [
    'the same on two cores, against PureJaxRL-style on its default threads',
    'peers-training',
    'cleanrl: two cores against PureJaxRL-style, default threads',
  ],
  [
    'PPO training at Stable-Baselines3’s settings on one core, against it',
    'peers-training',
    'sb3: one core against Stable-Baselines3, 1 thread',
  ],
  ['A2C, 8 × 5, against Stable-Baselines3', 'peers-training', 'a2c: one core against Stable-Baselines3, 1 thread'],
  [
    'a PPO update with minibatches of 64 on one core, against the best of PyTorch',
    'peers-update',
    'minibatch 64: one core against the best PyTorch',
  ],
  ['the same with minibatches of 2048', 'peers-update', 'minibatch 2048: one core against the best PyTorch'],
]

/** From the last `npm run bench -- --json scripts/bench/measured.json`, with --python where the peers shall be in it. */
function speedTable(): string {
  const { machine, results } = JSON.parse(readFileSync(new URL('bench/measured.json', import.meta.url), 'utf8')) as BenchFile
  const number = (entry: string, name: string): number => {
    const found = results[entry]?.numbers.find((one) => one.name === name)
    if (!found) throw new Error(`scripts/bench/measured.json: "${name}" of "${entry}" is missing`)
    return found.value
  }
  const times = (entry: string, name: string) => `${number(entry, name).toFixed(1)} ×`
  const rows = [
    [
      'PPO training at CleanRL’s settings, against the same program written all in TensorFlow.js tensors',
      times('training', 'ours against all tfjs'),
    ],
    ['acting in 8 environments, sampling and value included, against TensorFlow.js tensors', times('acting', 'ours against tensors')],
    ['CartPole, 1024 environments in one state array against as many objects', times('env-steps', 'arrays against serial, 1024')],
    ['NumPy’s random doubles, against the same generator with BigInt', times('random', 'ours against BigInt')],
    ['TensorFlow.js tensors held between updates', String(number('memory', 'tensors'))],
    ...PEERS.filter(([, entry]) => results[entry] !== undefined).map(([what, entry, name]) => [what, times(entry, name)]),
  ]
  const table = ['| | |', '|---|---|', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n')
  return (
    `Ratios measured side by side in one run on ${machine.cores} cores (${machine.cpu}, Node ${machine.node}, TensorFlow.js ${machine.tfjs}, wasm); ` +
    `\`npm run bench\` measures them on yours.\n\n${table}`
  )
}

function replacePart(text: string, mark: string, part: string): string {
  const from = text.indexOf(`<!-- ${mark} -->`)
  const to = text.indexOf(`<!-- /${mark} -->`)
  if (from < 0 || to < from) throw new Error(`README.md: expected <!-- ${mark} --> and <!-- /${mark} -->`)
  return `${text.slice(0, from)}<!-- ${mark} -->\n\n${part}\n\n${text.slice(to)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, regenerated(readFileSync(README, 'utf8')))
