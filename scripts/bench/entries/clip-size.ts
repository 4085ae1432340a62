/**
 * What clipping costs beside Adam on networks of 10⁵, 10⁶ and 10⁷ parameters: every rule per model, per tensor and per unit, as a share of
 * Adam alone in the same round. All variants share one Adam; histories are full before anything is measured.
 */
import type { ClipStage } from '../../../src/clip/clip.js'
import { clipNames, createClip } from '../../../src/clip/registry.js'
import type { ClipRule } from '../../../src/clip/rule.js'
import { RULES, type RuleName } from '../../../src/clip/rules.js'
import type { Json } from '../../../src/core/json.js'
import { stream } from '../../../src/core/random.js'
import { adam } from '../../../src/optim/adam.js'
import { clippedStep } from '../../../src/optim/clipped-step.js'
import { createClipper } from '../../../src/optim/clipper.js'
import { layout, type ParameterLayout } from '../../../src/optim/layout.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, type Timing, type Work } from '../harness.js'

const WIDTHS = { '1e5': 128, '1e6': 408, '1e7': 1290 } as const // of six square layers in two networks
const TARGETS = { model: 25, tensor: 35, unit: 60 } as const // % of Adam
const OTHERS = ['value', 'u-clip', 'bounded-update'] as const // elements, error feedback, the step instead of the gradient
const HISTORY = 1000 // steps that each rule has seen: the longest default window
const RATE = 1e-3

export const clipSize: BenchEntry = {
  name: 'clip-size',
  what: 'clip beside Adam on 10⁵, 10⁶ and 10⁷ parameters: every rule per model, tensor and unit',

  async run() {
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    // first all clips of the gradient: loops that have met the float64 arrays of a step are slower from then on
    const rounds = (['gradient', 'update'] as const).flatMap((stage) => Object.entries(WIDTHS).map((entry) => [stage, ...entry] as const))
    for (const [stage, size, width] of rounds) {
      const measured = await measure(variants(width, stage), { rounds: size === '1e7' ? 3 : 5, roundMs: size === '1e7' ? 0 : 60 })
      const [copy, alone] = measured
      for (const timing of measured) {
        timings.push({ ...timing, variant: `${size} ${timing.variant}${timing === copy || timing === alone ? ` (${stage})` : ''}` })
        const per = (Object.keys(TARGETS) as (keyof typeof TARGETS)[]).find((one) => timing.variant.endsWith(one))
        if (per === undefined) continue
        const shares = timing.rounds.map((ms, r) => (100 * (ms - alone!.rounds[r]!)) / (alone!.rounds[r]! - copy!.rounds[r]!))
        const value = shares.toSorted((a, b) => a - b)[shares.length >> 1]!
        numbers.push({ name: `${size} ${timing.variant}`, value, unit: '%', rounds: shares, target: { atMost: TARGETS[per] } })
      }
    }
    return { unit: 'minibatch step', timings, numbers }
  },
}

/** The copy of the gradient that every variant begins with, Adam alone, then every clip before Adam. */
function variants(width: number, stage: ClipStage): Record<string, Work> {
  const table = squareLayers(width)
  const random = stream(1, 'gradients')
  const source = Float32Array.from({ length: table.size }, () => 0.3 * random.normal()) // fixed limits of 1 act on every group, and on few elements
  const gradient = new Float32Array(table.size)
  const parameters = Float32Array.from(source, (x) => 0.1 * x)
  const optimizer = adam(table)
  const all: Record<string, Work> = {
    copy: () => gradient.set(source),
    alone: () => {
      gradient.set(source)
      optimizer.step(parameters, gradient, RATE)
    },
  }
  const names = clipNames().filter((name) => Object.hasOwn(RULES, name as RuleName) || (OTHERS as readonly string[]).includes(name))
  for (const name of names) {
    for (const per of Object.keys(TARGETS)) {
      const clip = createClip({ name, per })
      if (clip.stage !== stage) continue
      const clipper = createClipper(clip, table)
      clipper.load(experienced(clipper.save(), clip.rule))
      const step = clippedStep(clipper, optimizer)
      let count = HISTORY + 1
      all[`${name} per ${per}`] = () => {
        gradient.set(source)
        step(parameters, gradient, { step: count++, learningRate: RATE, loss: 1 })
      }
    }
  }
  return all
}

function squareLayers(width: number): ParameterLayout {
  return layout(
    ['actor', 'critic'].flatMap((network) =>
      [0, 1, 2].flatMap((i) => [
        { name: `${network}/${i}/kernel`, shape: [width, width], network, layer: `${network}/${i}` },
        { name: `${network}/${i}/bias`, shape: [width], network, layer: `${network}/${i}` },
      ]),
    ),
  )
}

/** A clipper's saved state after a long life with norms around 1. */
function experienced(saved: Json, rule: ClipRule): Json {
  const random = stream(2, 'norms')
  let state = rule.init()
  for (let step = 0; step < HISTORY; step++) {
    const norm = Math.exp(0.1 * random.normal())
    const stats = { size: 1, norm, maxAbs: norm, mean: 0, std: norm, meanAbs: norm, paramNorm: norm }
    const tau = rule.threshold(state, stats, { step, learningRate: RATE })
    state = rule.observe(state, stats, { tau, norm: Math.min(norm, tau) })
  }
  const passes = saved as { groups: { name: string; state: Json }[] }[]
  return passes.map((pass) => ({ ...pass, groups: pass.groups.map((group) => ({ ...group, state })) })) as Json
}
