/**
 * LSTM and GRU over sequences with TensorFlow.js tensors, as one operation with a gradient of its own: backpropagation through time, written out.
 *
 * The input's part of the gates is one product over all steps, made before; here only the part of the last h is left to each step. Rows are
 * time-major, row = t · count + sequence. Where an episode began before step t, what is remembered is 0 and no gradient passes back.
 * The gates that go through σ stand side by side, so each step makes one call for them.
 */
import * as tf from '@tensorflow/tfjs-core'

export interface Steps {
  /** T */
  readonly steps: number
  /** Sequences side by side. */
  readonly count: number
  /** For each step [count, 1]: 1 where the episode goes on, 0 where one begins; null where all go on. */
  readonly goesOn: readonly (tf.Tensor | null)[]
}

/**
 * @param z [T · count, 4 · units] the input's part of the gates: in, forget, out, proposed
 * @param recurrent [units, 4 · units]  @param h [count, units] and  @param c before the first step; no gradient goes there
 * @returns [T · count, units]: h of each step
 */
export function lstmSteps(
  z: tf.Tensor2D,
  recurrent: tf.Tensor2D,
  h: tf.Tensor,
  c: tf.Tensor,
  { steps, count, goesOn }: Steps,
): tf.Tensor2D {
  const units = recurrent.shape[0]
  const op = tf.customGrad((...args: unknown[]) => {
    const [given, r, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc]
    const kept: tf.Tensor[] = []
    const outputs: tf.Tensor[] = []
    let [lastH, lastC] = [h, c]
    for (let t = 0; t < steps; t++) {
      const keep = goesOn[t]
      if (keep) [lastH, lastC] = [tf.mul(lastH, keep), tf.mul(lastC, keep)]
      const gates = tf.add(tf.slice(given, [t * count, 0], [count, 4 * units]), tf.matMul(lastH as tf.Tensor2D, r))
      const open = tf.sigmoid(tf.slice(gates, [0, 0], [count, 3 * units]))
      const proposed = tf.tanh(tf.slice(gates, [0, 3 * units], [count, units]))
      const [into, forget, out] = tf.split(open, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
      const cell = tf.add(tf.mul(forget, lastC), tf.mul(into, proposed))
      const squashed = tf.tanh(cell)
      const next = tf.mul(out, squashed)
      kept.push(lastH, lastC, open, proposed, squashed)
      outputs.push(next)
      ;[lastH, lastC] = [next, cell]
    }
    save([r, ...present(goesOn), ...kept])
    return {
      value: tf.concat(outputs, 0),
      gradFunc: (dy: tf.Tensor, [savedR, ...rest]: tf.Tensor[]) => {
        const { keeps, saved } = apart(rest, goesOn)
        const back = tf.transpose(savedR as tf.Tensor2D)
        const dGates: tf.Tensor[] = new Array(steps)
        const hs: tf.Tensor[] = new Array(steps)
        let dH: tf.Tensor | null = null
        let dC: tf.Tensor | null = null
        for (let t = steps - 1; t >= 0; t--) {
          const [beforeH, beforeC, open, proposed, squashed] = saved.slice(5 * t, 5 * t + 5) as [
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
            tf.Tensor,
          ]
          const [into, forget, out] = tf.split(open, 3, 1) as [tf.Tensor, tf.Tensor, tf.Tensor]
          const own = tf.slice(dy as tf.Tensor2D, [t * count, 0], [count, units])
          const dOut: tf.Tensor = dH ? tf.add(own, dH) : own
          const throughTanh = tf.mul(tf.mul(dOut, out), tf.sub(1, tf.mul(squashed, squashed)))
          const dCell: tf.Tensor = dC ? tf.add(throughTanh, dC) : throughTanh
          const dOpen = tf.concat([tf.mul(dCell, proposed), tf.mul(dCell, beforeC), tf.mul(dOut, squashed)], 1)
          const dSigmoid = tf.mul(dOpen, tf.mul(open, tf.sub(1, open)))
          const dTanh = tf.mul(tf.mul(dCell, into), tf.sub(1, tf.mul(proposed, proposed)))
          const d = tf.concat([dSigmoid, dTanh], 1)
          dGates[t] = d
          hs[t] = beforeH
          if (t === 0) break
          dH = tf.matMul(d as tf.Tensor2D, back)
          dC = tf.mul(dCell, forget)
          const keep = keeps[t]
          if (keep) [dH, dC] = [tf.mul(dH, keep), tf.mul(dC, keep)]
        }
        const dZ = tf.concat(dGates, 0) as tf.Tensor2D
        return [dZ, tf.matMul(tf.transpose(tf.concat(hs, 0)) as tf.Tensor2D, dZ)]
      },
    }
  })
  return op(z, recurrent) as tf.Tensor2D
}

/** As `lstmSteps`. @param z [T · count, 3 · units]: reset, update, proposed */
export function gruSteps(z: tf.Tensor2D, recurrent: tf.Tensor2D, h: tf.Tensor, { steps, count, goesOn }: Steps): tf.Tensor2D {
  const units = recurrent.shape[0]
  const op = tf.customGrad((...args: unknown[]) => {
    const [given, r, save] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc]
    const kept: tf.Tensor[] = []
    const outputs: tf.Tensor[] = []
    let last = h
    for (let t = 0; t < steps; t++) {
      const keep = goesOn[t]
      if (keep) last = tf.mul(last, keep)
      const remembered = tf.matMul(last as tf.Tensor2D, r)
      const gates = tf.add(tf.slice(given, [t * count, 0], [count, 2 * units]), tf.slice(remembered, [0, 0], [count, 2 * units]))
      const open = tf.sigmoid(gates)
      const [reset, update] = tf.split(open, 2, 1) as [tf.Tensor, tf.Tensor]
      const part = tf.slice(remembered, [0, 2 * units], [count, units])
      const proposed = tf.tanh(tf.add(tf.slice(given, [t * count, 2 * units], [count, units]), tf.mul(reset, part)))
      const next = tf.add(proposed, tf.mul(update, tf.sub(last, proposed)))
      kept.push(last, open, part, proposed)
      outputs.push(next)
      last = next
    }
    save([r, ...present(goesOn), ...kept])
    return {
      value: tf.concat(outputs, 0),
      gradFunc: (dy: tf.Tensor, [savedR, ...rest]: tf.Tensor[]) => {
        const { keeps, saved } = apart(rest, goesOn)
        const back = tf.transpose(savedR as tf.Tensor2D)
        const dInput: tf.Tensor[] = new Array(steps)
        const dState: tf.Tensor[] = new Array(steps)
        const hs: tf.Tensor[] = new Array(steps)
        let dH: tf.Tensor | null = null
        for (let t = steps - 1; t >= 0; t--) {
          const [before, open, part, proposed] = saved.slice(4 * t, 4 * t + 4) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
          const [reset, update] = tf.split(open, 2, 1) as [tf.Tensor, tf.Tensor]
          const own = tf.slice(dy as tf.Tensor2D, [t * count, 0], [count, units])
          const dNext: tf.Tensor = dH ? tf.add(own, dH) : own
          const dProposed = tf.mul(tf.mul(dNext, tf.sub(1, update)), tf.sub(1, tf.mul(proposed, proposed)))
          const dOpen = tf.concat([tf.mul(dProposed, part), tf.mul(dNext, tf.sub(before, proposed))], 1)
          const dSigmoid = tf.mul(dOpen, tf.mul(open, tf.sub(1, open)))
          const dPart = tf.concat([dSigmoid, tf.mul(dProposed, reset)], 1)
          dInput[t] = tf.concat([dSigmoid, dProposed], 1)
          dState[t] = dPart
          hs[t] = before
          if (t === 0) break
          dH = tf.add(tf.mul(dNext, update), tf.matMul(dPart as tf.Tensor2D, back))
          const keep = keeps[t]
          if (keep) dH = tf.mul(dH, keep)
        }
        const dR = tf.matMul(tf.transpose(tf.concat(hs, 0)) as tf.Tensor2D, tf.concat(dState, 0) as tf.Tensor2D)
        return [tf.concat(dInput, 0), dR]
      },
    }
  })
  return op(z, recurrent) as tf.Tensor2D
}

const present = (goesOn: Steps['goesOn']): tf.Tensor[] => goesOn.filter((keep) => keep !== null)

/** What was saved: `goesOn`, whose tensors end with the forward pass, and what the steps kept. */
function apart(
  rest: readonly tf.Tensor[],
  goesOn: Steps['goesOn'],
): { readonly keeps: Steps['goesOn']; readonly saved: readonly tf.Tensor[] } {
  let at = 0
  const keeps = goesOn.map((keep) => (keep === null ? null : rest[at++]!))
  return { keeps, saved: rest.slice(at) }
}
