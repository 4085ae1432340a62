/** The mean loss of every so many steps: the same on the host and on the device, where it is read when due. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, describe, expect, test } from 'vitest'
import { LossMean } from '../../src/optim/loss-mean.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const heard = (mean: LossMean, losses: readonly number[], onDevice: boolean) =>
  losses.map((value) => {
    const loss = tf.scalar(value)
    const due = mean.add(loss, onDevice)
    loss.dispose()
    return due
  })

describe.each([true, false])('on the device: %s', (onDevice) => {
  test('every third step completes one; what is not finite counts as a step and not into the mean', () => {
    const { numTensors } = tf.memory()
    const mean = new LossMean(3)
    const losses = [1, 2, 6, 4, Number.POSITIVE_INFINITY, 2, Number.NaN, Number.NaN, Number.NEGATIVE_INFINITY]
    expect(heard(mean, losses, onDevice)).toEqual([null, null, 3, null, null, 3, null, null, Number.NaN])
    expect(tf.memory().numTensors).toBe(numTensors)
  })

  test('saved after one step and loaded, it goes on; from one place to the other too', () => {
    const mean = new LossMean(3)
    heard(mean, [1], onDevice)
    mean.settle()
    const other = new LossMean(3)
    other.load(mean.save())
    expect(heard(other, [2], onDevice)).toEqual([null])
    expect(heard(other, [6], !onDevice)).toEqual([3])
  })
})
