/**
 * `npm run test:backends`: the laws of a learner on the backends that `npm ci` does not install. WebGPU runs on Mesa's software Vulkan, and the
 * package for NVIDIA cards, built from the wheel that knows none, on the processor. What cannot be had is skipped, and said to be.
 *
 * Installs the packages into node_modules without noting them anywhere: `npm ci` takes them out again. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageFolder } from '../src/backend/tensorflow.js'

const PACKAGES = ['webgpu', '@tensorflow/tfjs-backend-webgpu@4.22.0', '@tensorflow/tfjs-node-gpu@4.22.0']
const TSX = ['--import', 'tsx']

const skipped: string[] = []
const files: string[] = []
let environment: NodeJS.ProcessEnv = { ...process.env, TAU_RL_GPU: 'software' }

const missing = PACKAGES.filter((name) => packageFolder(name.replace(/(.)@.*$/, '$1')) === null)
if (missing.length > 0 && !runs('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...missing])) {
  skipped.push(`webgpu and tensorflow-gpu: npm could not install ${missing.join(' ')}`)
} else {
  webgpu()
  tensorflowGpu()
}
for (const what of skipped) process.stdout.write(`SKIPPED ${what}\n`)
if (files.length > 0)
  process.exitCode = runs('npx', ['vitest', 'run', '--config', 'vitest.backends.config.ts', ...files, ...process.argv.slice(2)]) ? 0 : 1

function webgpu(): void {
  const found = spawnSync('bash', ['scripts/software-vulkan.sh', join(tmpdir(), 'tau-rl-vulkan')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (found.status === 0) {
    const pairs = found.stdout
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
    environment = { ...environment, ...Object.fromEntries(pairs) }
  }
  if (works('webgpu')) files.push('test/backend/webgpu.backend.test.ts')
  else skipped.push('webgpu: there is no software Vulkan to be had here (see above)')
}

function tensorflowGpu(): void {
  const built =
    works('tensorflow-gpu') || runs('node', [...TSX, 'scripts/install-native.ts', '--gpu', '--distribution', 'tensorflow-cpu', '--yes'])
  if (built) files.push('test/backend/tensorflow-gpu.backend.test.ts')
  else skipped.push('tensorflow-gpu: its addon could not be built here (see above)')
}

function works(backend: string): boolean {
  const { status, stdout } = spawnSync('node', [...TSX, 'scripts/doctor.ts', backend], { env: environment, encoding: 'utf8' })
  if (status !== 0) process.stdout.write(stdout.slice(stdout.indexOf(`\n${backend} does not work`)))
  return status === 0
}

function runs(command: string, words: readonly string[]): boolean {
  return spawnSync(command, [...words], { stdio: 'inherit', env: environment }).status === 0
}
