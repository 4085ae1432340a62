/**
 * Histograms of a run: every so many updates the learner is asked for the elements of one minibatch step, gradient, weights and step, which
 * are cut into layers here and counted by whoever writes them. Looking changes nothing.
 */
import type { Learner } from '../../agents/learners/learner.js'
import type { StepElements } from '../../agents/learners/step-sample.js'
import { groupsOf } from '../optim/groups.js'
import type { ParameterLayout } from '../optim/layout.js'

/** Whether the coming update is to be looked at. */
export interface Inspection {
  wanted: boolean
}

/** The same learner, whose updates are looked at where `inspection` says so. */
export function inspected(learner: Learner, inspection: Inspection): Learner {
  return {
    ...learner,
    update: (rollout, hyper) => learner.update(rollout, inspection.wanted ? { ...hyper, inspect: true } : hyper),
  }
}

/** By catalog name: 'histograms/actor/hidden-0/weights'. */
export function layerElements(layout: ParameterLayout, elements: StepElements): Record<string, Float32Array> {
  const parts = {
    gradient_pre: elements.gradientBefore,
    gradient_post: elements.gradientAfter,
    weights: elements.weights,
    steps: elements.steps,
  }
  const layers = groupsOf(layout, 'layer')
  return Object.fromEntries(
    layers.flatMap(({ name, slices }) =>
      Object.entries(parts).map(([part, all]) => {
        const runs = slices.map(({ start, end }) => all.subarray(start, end))
        return [`histograms/${name}/${part}`, runs.length === 1 ? runs[0]!.slice() : Float32Array.from(runs.flatMap((run) => [...run]))]
      }),
    ),
  )
}
