/** What a result was measured on: facts that explain numbers, none that names a person or a machine. */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import * as tf from '@tensorflow/tfjs-core'
import { gitCommit } from '../../src/record/git-commit.js'
import type { BenchFile } from './report.js'

export function machine(): BenchFile['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
    wasm: wasmFeatures().join(', '),
    tfjs: tf.version_core,
    commit: gitCommit(fileURLToPath(new URL('.', import.meta.url))) ?? 'unknown',
  }
}

/** Of what the kernels can use, what this V8 knows; relaxed SIMD also where it must be switched on first. */
export function wasmFeatures(): string[] {
  const validates = (body: readonly number[]) => WebAssembly.validate(new Uint8Array(moduleWith(body)))
  const features = ['SIMD', 'relaxed SIMD', 'threads']
  const bodies = [V128_SPLAT, RELAXED_MADD, ATOMIC_FENCE]
  const known = bodies.map(validates)
  if (!known[1]) {
    setFlagsFromString('--experimental-wasm-relaxed-simd')
    known[1] = validates(RELAXED_MADD)
    if (known[1]) features[1] = 'relaxed SIMD behind its flag'
  }
  return features.filter((_, i) => known[i])
}

// Bodies of a function without parameters and results.
const ZERO = [0xfd, 0x0c, ...Array<number>(16).fill(0)] // v128.const 0
const V128_SPLAT = [0x41, 0x00, 0xfd, 0x0f, 0x1a] // i8x16.splat of 0, drop
const RELAXED_MADD = [...ZERO, ...ZERO, ...ZERO, 0xfd, 0x85, 0x02, 0x1a] // f32x4.relaxed_madd, drop
const ATOMIC_FENCE = [0xfe, 0x03, 0x00]

function moduleWith(body: readonly number[]): number[] {
  const code = [0x00, ...body, 0x0b] // no locals, end
  return [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: () → ()
    ...[0x03, 0x02, 0x01, 0x00], // one function of it
    ...[0x0a, code.length + 2, 0x01, code.length, ...code],
  ]
}
