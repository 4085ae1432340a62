/** Building the addon, with made-up tools in place of pip and the compiler: what is said before, where things land, and that nothing stays behind. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { buildNative, undoNative } from '../../src/backend/native/build.js'
import { readBuild } from '../../src/backend/native/build-record.js'
import { describePlan, type NativeRequest, planNative } from '../../src/backend/native/plan.js'
import { gpuTroubles, packageFolder } from '../../src/backend/tensorflow.js'
import { cli } from '../support/cli.js'

let root = ''
let folder = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tau-rl-'))
  folder = join(root, 'tfjs-node')
  mkdirSync(join(folder, 'binding'), { recursive: true })
  for (const name of ['tfjs_binding.cc', 'tfjs_backend.cc', 'tfjs_backend.h']) writeFileSync(join(folder, 'binding', name), '')
})
afterEach(() => rmSync(root, { recursive: true }))

/** A program that writes its arguments into a log, does something, and ends well or not. */
function tool(name: string, script: string): string {
  const path = join(root, name)
  writeFileSync(path, `#!/bin/sh\necho "$@" >> "${join(root, `${name}.log`)}"\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}
const logOf = (name: string) => readFileSync(join(root, `${name}.log`), 'utf8')

/** pip "downloads" a wheel; the unpacking program "unpacks" two libraries. */
const PYTHON = `
case "$*" in
  *"pip download"*) while [ "$1" != -d ]; do shift; done; mkdir -p "$2"; : > "$2/tensorflow_cpu-2.15.1-any.whl" ;;
  *"pip install"*) while [ "$1" != --target ]; do shift; done; mkdir -p "$2/nvidia" ;;
  *unpack.py*) : > "$3/lib/libtensorflow_cc.so.2" ;;
esac`
const COMPILER = 'while [ $# -gt 0 ]; do [ "$1" = -o ] && echo addon > "$2"; shift; done'

const tools = (python = PYTHON, compiler = COMPILER) => ({ PYTHON: tool('python', python), CXX: tool('compiler', compiler) })
const request = (changes: Partial<NativeRequest> = {}): NativeRequest => ({ gpu: false, cuda: false, ...changes })
const plan = (changes: Partial<NativeRequest> = {}, environment: NodeJS.ProcessEnv = tools()) =>
  planNative(request(changes), () => folder, environment)
const build = (it: ReturnType<typeof plan>) => buildNative(it, { say: () => {}, showTools: false })
const tree = () => readdirSync(folder, { recursive: true }).map(String).sort()

describe.runIf(process.platform === 'linux')('install-native', () => {
  test('says what it will download, how large, and where to', () => {
    const text = describePlan(plan({ gpu: true, cuda: true }))
    expect(text).toContain('addon of @tensorflow/tfjs-node-gpu with the libraries of tensorflow 2.21.0')
    expect(text).toMatch(/about 572 MB {2}tensorflow 2\.21\.0/)
    expect(text).toMatch(/about 2\.8 GB {2}the CUDA libraries/)
    expect(text).toContain(`about 5.4 GB into ${folder}`)
    expect(text).toContain('--undo')
    expect(describePlan(plan())).toMatch(/about 207 MB {2}tensorflow-cpu 2\.15\.1/)
  })

  test('a wheel that is here is not downloaded, and its name says what it is', () => {
    const wheel = join(root, 'tensorflow_cpu-2.18.1-cp311-cp311-manylinux.whl')
    writeFileSync(wheel, '')
    expect(plan({ wheel, gpu: true })).toMatchObject({ distribution: 'tensorflow-cpu', version: '2.18.1', downloads: [], disk: 0.8 })
    writeFileSync(join(root, 'x.zip'), '')
    expect(() => plan({ wheel: join(root, 'x.zip') })).toThrow('expected a wheel of TensorFlow')
    expect(() => plan({ wheel: 'nowhere.whl' })).toThrow('there is no such file')
  })

  test('what is missing is said before anything starts', () => {
    expect(() => planNative(request({ gpu: true }), () => null)).toThrow(
      'the package @tensorflow/tfjs-node-gpu is not installed: npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0',
    )
    expect(() => plan({}, { PYTHON: join(root, 'no-python'), CXX: join(root, 'no-compiler') })).toThrow(
      /needs Python with pip \(.*no-python.*\) and a C\+\+ compiler \(.*no-compiler/,
    )
    expect(() => plan({ cuda: true })).toThrow('--cuda goes with --gpu')
    expect(() => plan({ version: 'newest' })).toThrow('--tf newest: expected a version')
    rmSync(join(folder, 'binding'), { recursive: true })
    expect(() => plan()).toThrow('lacks the sources of its addon')
  })

  test('builds the addon where the package looks for it, and nothing else stays', async () => {
    await build(plan())
    expect(readFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), 'utf8')).toBe('addon\n')
    expect(existsSync(join(folder, 'deps', 'lib', 'libtensorflow_cc.so.2'))).toBe(true)
    expect(readBuild(folder)).toEqual({ distribution: 'tensorflow-cpu', version: '2.15.1', cuda: false })
    expect(readdirSync(folder).sort()).toEqual(['binding', 'deps', 'lib', 'tau-rl-native.json'])
    expect(logOf('python')).toContain('tensorflow-cpu==2.15.1')
    expect(logOf('compiler')).toContain('-Wl,-rpath,$ORIGIN/../../deps/lib')
    expect(logOf('compiler')).toContain('tfjs_backend.cc')
  })

  test('undone, everything is as it was, also after a second build', async () => {
    mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true })
    writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), 'their own')
    const before = tree()
    await build(plan())
    await build(plan({ version: '2.18.1' }))
    expect(readBuild(folder)!.version).toBe('2.18.1')
    expect(undoNative(folder)).toBe(true)
    expect(tree()).toEqual(before)
    expect(readFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), 'utf8')).toBe('their own')
    expect(undoNative(folder)).toBe(false)
    expect(tree()).toEqual(before)
  })

  test.each([
    [
      'the download',
      'case "$*" in *download*) echo "No matching distribution" >&2; exit 1 ;; esac',
      COMPILER,
      /downloading .* failed \(exit code 1\).*\nNo matching/,
    ],
    [
      'the compiler',
      PYTHON,
      'case "$*" in --version) ;; *) echo "no such header" >&2; exit 4 ;; esac',
      /compiling failed \(exit code 4\).*\nno such header/,
    ],
  ])('where %s fails, the package is as it was', async (_what, python, compiler, message) => {
    const before = tree()
    await expect(build(plan({}, tools(python, compiler)))).rejects.toThrow(message)
    expect(tree()).toEqual(before)
  })

  test('CUDA libraries come in one call, beside the others', async () => {
    await build(plan({ gpu: true, cuda: true }))
    expect(readdirSync(join(folder, 'deps')).sort()).toEqual(['lib', 'nvidia'])
    expect(logOf('python').match(/pip install/g)).toHaveLength(1)
    expect(readBuild(folder)!.cuda).toBe(true)
  })
})

describe('why TensorFlow finds no card', () => {
  const troubles = (devices: readonly string[], environment: NodeJS.ProcessEnv = {}) => {
    const place = join(root, 'dev')
    mkdirSync(place, { recursive: true })
    for (const name of devices) writeFileSync(join(place, name), '')
    return gpuTroubles(folder, place, environment).join(' ')
  }

  test.runIf(process.platform === 'linux')('each thing that is missing', async () => {
    expect(troubles([])).toContain('No NVIDIA card shows itself')
    expect(troubles(['nvidia0'])).toContain('its CUDA libraries did not load')
    expect(troubles(['nvidia0'], { CUDA_VISIBLE_DEVICES: '' })).toContain('CUDA_VISIBLE_DEVICES hides every card')
    await build(plan({ gpu: true }))
    expect(troubles([])).toContain('built without the CUDA libraries: tau-rl install-native --gpu --cuda')
    await build(plan({ gpu: true, distribution: 'tensorflow-cpu' }))
    expect(troubles([])).toContain('built from tensorflow-cpu, which knows no cards')
  })
})

describe('the command', () => {
  test('refuses what cannot be, with exit code 2', async () => {
    const { code, stderr } = await cli(['install-native', '--cuda'])
    expect([code, stderr]).toEqual([2, 'tau-rl: install-native: --cuda goes with --gpu.\n'])
  })
})

test.runIf(packageFolder('@tensorflow/tfjs-node') === null)(
  'training on a backend whose package is missing: exit code 2, and no folder',
  async () => {
    const runs = join(root, 'runs')
    const { code, stderr } = await cli(['train', '--env', 'CartPole', '--backend', 'tensorflow', '--runs-dir', runs])
    expect(stderr).toContain('needs the package @tensorflow/tfjs-node: npm install')
    expect(code).toBe(2)
    expect(existsSync(runs)).toBe(false)
  },
)

describe('the doctor', () => {
  test('tells of every backend, and a name that it is given decides the exit code', async () => {
    const { code, stdout } = await cli(['doctor', '--json', 'cpu'])
    expect(code).toBe(0)
    const names = JSON.parse(stdout).backends.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['wasm', 'cpu', 'webgpu', 'tensorflow', 'tensorflow-gpu']))
    for (const { name, works, detail } of JSON.parse(stdout).backends) {
      if (!works) expect(detail, name).toMatch(/npm install|install-native|driver/)
    }
    expect((await cli(['doctor', 'wsam'])).code).toBe(2)
  })
})
