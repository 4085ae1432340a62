/**
 * Flags shared by the commands that run something, and how they become layers of configuration:
 * defaults < preset of (algo, env) < --config < --set < named flags.
 */
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { algorithmNames } from '../../agents/registry.js'
import { resolveId } from '../../envs/registry.js'
import { VECTORIZATIONS } from '../../envs/vector/vectorization.js'
import { backends } from '../backend/backends.js'
import { FUSED } from '../backend/fused.js'
import { CLIP_PER } from '../clip/clip.js'
import { parsePlan } from '../clip/registry.js'
import { type ConfigLayer, overlay, resolveConfig } from '../core/config/layers.js'
import type { RunConfig } from '../core/config/schema.js'
import { pathLayer, setLayer, yamlLayer } from '../core/config/text.js'
import { UsageError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import { isEnvFile, loadEnvFile } from '../train/env-modules.js'
import { presetLayer, presetNames } from '../train/presets.js'

/** Named flags and the setting each one writes. */
const FLAGS: readonly { readonly key: string; readonly path: readonly string[]; readonly read?: (value: string) => Json }[] = [
  { key: 'env', path: ['env'] },
  { key: 'algo', path: ['algo'] },
  { key: 'seed', path: ['seed'] },
  { key: 'totalSteps', path: ['totalSteps'] },
  { key: 'stopAt', path: ['stopAt'] },
  { key: 'numEnvs', path: ['numEnvs'] },
  { key: 'vectorization', path: ['vectorization'] },
  { key: 'workers', path: ['workers'] },
  { key: 'backend', path: ['backend'] },
  { key: 'hidden', path: ['network', 'hidden'], read: (text) => unitsOf(text) },
  { key: 'activation', path: ['network', 'activation'] },
  { key: 'threads', path: ['threads'], read: (text) => (text === 'auto' ? text : Number(text)) },
  { key: 'clip', path: ['clip'], read: (text) => parsePlan(text) },
  { key: 'clipPer', path: ['clip', 'per'] },
  { key: 'histograms', path: ['histograms'] },
  { key: 'recordEvery', path: ['recordEvery'] },
  { key: 'checkpointEvery', path: ['checkpointEvery'] },
  { key: 'evalEvery', path: ['evaluation', 'every'] },
  { key: 'evalEpisodes', path: ['evaluation', 'episodes'] },
  { key: 'stopReturn', path: ['stopReturn'] },
]

/** Adds the flags that describe a run. @param without flags that the command has in another form */
export function addRunFlags(command: Command, { without = [] }: { readonly without?: readonly string[] } = {}): Command {
  const flags = [
    new Option('--env <id>', 'environment, e.g. CartPole (`envs` lists them), or a file of your own: ./my-env.ts'),
    new Option('--algo <name>', `algorithm: ${algorithmNames().join(' or ')}`),
    new Option('--preset <name>', `whose settings to start from: ${presetNames().join(', ')} (default: ${DEFAULT_PRESET})`),
    new Option('--seed <n>', 'seed of everything random in the run').argParser(wholeNumber),
    new Option('--total-steps <n>', 'environment steps of the run; schedules end there').argParser(wholeNumber),
    new Option('--stop-at <n>', 'end at this step, with schedules as if the run went on').argParser(wholeNumber),
    new Option('--stop-return <x>', 'end once the last 100 episodes average this return').argParser(number),
    new Option('--num-envs <n>', 'environments stepped together').argParser(wholeNumber),
    new Option('--vectorization <kind>', 'how they are stepped (default: the fastest); results are the same').choices(VECTORIZATIONS),
    new Option('--workers <n>', 'worker threads at most, for costly environments (default: one per core)').argParser(wholeNumber),
    new Option('--network <kind>', 'mlp, cnn, lstm or gru, or a file of your own: ./my-network.ts (default: the preset’s, else mlp)'),
    new Option('--hidden <sizes>', 'units of the hidden layers, e.g. 64,64; none for no hidden layer'),
    new Option('--activation <name>', 'of the hidden layers: tanh, relu or elu'),
    new Option('--clip <name[:key=value,…]>', 'gradient clip, e.g. global-norm:tau=0.5 (`clips` lists them)'),
    new Option('--clip-per <group>', 'which gradients share a τ').choices(CLIP_PER),
    new Option('--backend <name>', `what computes the updates: ${['auto', FUSED.name, ...backends().map(({ name }) => name)].join(', ')}`),
    new Option('--threads <n>', 'threads of an update (default: the faster number); results are the same').choices(['auto', '1', '2']),
    new Option('--eval-every <n>', 'environment steps between evaluations (default: only at the end)').argParser(wholeNumber),
    new Option('--eval-episodes <n>', 'episodes per evaluation').argParser(wholeNumber),
    new Option('--histograms', 'gradients, weights and steps in TensorBoard, every 10 updates (histogramsEvery)'),
    new Option('--record-every <n>', 'record every n-th episode (the last one always is)').argParser(wholeNumber),
    new Option('--checkpoint-every <n>', 'environment steps between checkpoints (default: a tenth of the run)').argParser(wholeNumber),
    new Option('--config <file>', 'settings in YAML; the config.yaml of a run folder works too'),
    new Option('--set <key=value>', 'one setting by its path, e.g. learn.gamma=0.98 (repeatable)').argParser(collect).default([], 'none'),
  ]
  for (const flag of flags) if (!without.includes(flag.long!)) command.addOption(flag)
  return command
}

const DEFAULT_PRESET = 'tuned'

export type RunFlags = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** The configuration that the flags describe. @throws UsageError naming the flag, file and line, or preset that is wrong */
export async function configFromFlags(flags: RunFlags): Promise<RunConfig> {
  const written = [...fileLayers(flags), ...(flags['set'] as readonly string[]).map(setLayer), ...namedLayers(flags)]
  const asked = written.reduce<Json>((below, { value }) => overlay(below as never, value), {}) as Readonly<Record<string, Json>>
  const { env, envFile } = await environmentOf(asked)
  const algo = asked['algo'] ?? 'ppo'
  const preset = (flags['preset'] as string | undefined) ?? DEFAULT_PRESET
  const base = typeof algo === 'string' ? [presetLayer(preset, algo, env)] : []
  return resolveConfig([...base, ...written, pathLayer(['env'], env, '--env'), pathLayer(['envFile'], envFile, '--env')])
}

function fileLayers(flags: RunFlags): ConfigLayer[] {
  const file = flags['config'] as string | undefined
  if (file === undefined) return []
  try {
    return [yamlLayer(readFileSync(file, 'utf8'), file)]
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(
      `--config ${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file.' : (error as Error).message}`,
    )
  }
}

/** Layers of the named flags that were given. @param only names of flags to look at; default: all */
export function namedLayers(flags: RunFlags, only?: readonly string[]): ConfigLayer[] {
  const named = FLAGS.filter(({ key }) => flags[key] !== undefined && (only === undefined || only.includes(key))).map(
    ({ key, path, read }) => {
      const value = flags[key]
      return pathLayer(path, read ? read(value as string) : (value as Json), `--${kebab(key)}`)
    },
  )
  const network = only?.includes('network') === false ? undefined : flags['network']
  return typeof network === 'string'
    ? [...named, pathLayer(['network', isEnvFile(network) ? 'file' : 'kind'], network, '--network')]
    : named
}

/** '64,64' → [64, 64]; 'none' → [] */
function unitsOf(text: string): Json {
  if (text === 'none') return []
  return text.split(',').map((size) => {
    if (!/^\s*\d+\s*$/.test(size))
      throw new UsageError(`--hidden ${text}: expected whole numbers with commas between, as in 64,64, or none.`)
    return Number(size)
  })
}

/** 'CartPole' → 'CartPole-v1'; './my-env.ts' → the id that the file gives it. */
async function environmentOf({ env, envFile }: Readonly<Record<string, Json>>): Promise<{ env: string; envFile: string | null }> {
  if (typeof env !== 'string')
    throw new UsageError('--env is required: which environment? For example --env CartPole; `envs` lists them all.')
  if (isEnvFile(env)) return { env: await loadEnvFile(env), envFile: env }
  if (typeof envFile === 'string' && (await loadEnvFile(envFile)) === env) return { env, envFile }
  return { env: resolveId(env), envFile: null }
}

/** For commander: a whole number, or a refusal that names the flag. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number.')
  return value
}

export function positiveNumber(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('Expected at least 1.')
  return value
}

export function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.')
  return value
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value]

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
