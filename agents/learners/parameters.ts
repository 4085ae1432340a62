/** Parameters as a bundle, with the table that says what they are: weights of another network are refused by name and shape. */
import type { Bundle } from '../../src/core/bundle.js'
import { RunError } from '../../src/core/errors.js'
import type { ParameterLayout } from '../../src/optim/layout.js'

export function saveParameters(layout: ParameterLayout, parameters: Float32Array): Bundle {
  return { header: { layout: describe(layout) }, arrays: { parameters: parameters.slice() } }
}

/** Copies the saved parameters into `parameters`. @throws RunError naming the first difference when they belong to another network */
export function loadParameters(layout: ParameterLayout, parameters: Float32Array, saved: Bundle): void {
  const expected = describe(layout)
  const got = saved.header['layout']
  if (!Array.isArray(got)) throw new RunError('checkpoint: the table of parameters is missing')
  for (let i = 0; i < Math.max(expected.length, got.length); i++) {
    if (got[i] === expected[i]) continue
    throw new RunError(
      `checkpoint: the weights belong to another network: expected ${expected[i] ?? 'nothing more'}, got ${got[i] ?? 'nothing more'}. ` +
        'Use the network settings (hidden, activation) and the environment they were trained with.',
    )
  }
  const { parameters: values } = saved.arrays
  if (!(values instanceof Float32Array) || values.length !== layout.size) {
    throw new RunError(`checkpoint: expected ${layout.size} parameters, got ${values?.length ?? 'none'}`)
  }
  parameters.set(values)
}

/** Of a Gaussian policy, for its report. */
export const meanStd = (logStd: Float32Array): number => logStd.reduce((sum, value) => sum + Math.exp(value), 0) / logStd.length

/** 'actor/hidden-0/kernel [4, 64]' */
const describe = (layout: ParameterLayout): string[] => layout.slots.map(({ name, shape }) => `${name} [${shape.join(', ')}]`)
