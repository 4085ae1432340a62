/**
 * Losses of the policy and the value with their gradients in place of what the network put out. The formulas, also at their edges, are those
 * of agents/losses/policy.ts and value.ts and of agents/networks/categorical.ts and gaussian.ts; comparisons are written so that NaN takes
 * the branch on which it survives.
 *
 * Four samples at a time, one per lane (rows.ts): then widths need no padding, and the scalar work of a sample (log, ratio, clip) is done
 * four at once. A lane's own sums are float32, those over samples float64.
 */
import { exp4, expm1MinusX, lanes, log4, madd, sumLanes } from './vector';
import { addStat, addTo, gather4, rowAddresses, sampleOffsets, scatter4 } from './rows';

const POLICY_LOSS = 0, ENTROPY = 1, KL = 2, OUTSIDE = 3;
const HALF_LOG_TWO_PI: f32 = 0.9189385332046727;

/** Several choices: `logits` [rows, ld] holds one block of columns per choice. */
export function categoricalHead(
  rows: i32, choices: i32, sizes: usize, logits: usize, ld: i32, index: usize, actions: usize, oldLogProbs: usize, advantages: usize,
  mean: f32, inverseStd: f32, ratioClip: f32, entropyCoefficient: f32, a2c: i32, inverseRows: f32, stats: usize,
): void {
  let losses = f64x2.splat(0), entropies = f64x2.splat(0), kls = f64x2.splat(0), outsides = f64x2.splat(0);
  const dEntropy = f32x4.splat(entropyCoefficient * inverseRows);
  for (let row = 0; row < rows; row += 4) {
    const used = lanes(rows - row);
    const x = rowAddresses(logits, row, rows, ld);
    const sample = sampleOffsets(index, row, rows, 4);
    const taken = i32x4.add(i32x4.splat(<i32>actions), i32x4.mul(sample, i32x4.splat(choices)));

    // log-probability of the actions taken and the entropy, summed over the choices; logits become log-probabilities
    let logProb = f32x4.splat(0), entropy = f32x4.splat(0);
    let column: usize = 0;
    for (let c = 0; c < choices; c++) {
      const after = column + (<usize>load<i32>(sizes + (<usize>c << 2)) << 2);
      const action = gather4(taken, <usize>c << 2);
      const top = largest(x, column, after);
      const logTotal = logSum(x, column, after, top);
      let chosen = f32x4.splat(NaN);
      let k = f32x4.splat(0);
      for (let at = column; at < after; at += 4) {
        const logP = f32x4.sub(f32x4.sub(gather4(x, at), top), logTotal); // in this order: exact also for large logits
        scatter4(x, at, logP);
        entropy = f32x4.sub(entropy, pLogP(exp4(logP), logP));
        chosen = v128.bitselect(logP, chosen, f32x4.eq(action, k));
        k = f32x4.add(k, f32x4.splat(1));
      }
      logProb = f32x4.add(logProb, chosen);
      column = after;
    }

    const logRatio = f32x4.sub(logProb, gather4(i32x4.add(i32x4.splat(<i32>oldLogProbs), sample), 0));
    const ratio = exp4(logRatio);
    const advantage = f32x4.mul(
      f32x4.sub(gather4(i32x4.add(i32x4.splat(<i32>advantages), sample), 0), f32x4.splat(mean)), f32x4.splat(inverseStd));
    losses = addTo(losses, v128.and(a2c ? f32x4.mul(logProb, advantage) : surrogate(ratio, advantage, ratioClip), used));
    entropies = addTo(entropies, v128.and(entropy, used));
    kls = addTo(kls, v128.and(expm1MinusX(logRatio, ratio), used));
    if (!a2c) outsides = addTo(outsides, v128.and(outside(ratio, ratioClip), used));
    const dLogProb = f32x4.mul(
      a2c ? advantage : v128.andnot(f32x4.mul(advantage, ratio), held(ratio, advantage, ratioClip)), f32x4.splat(-inverseRows));

    // ∂ log p_a / ∂x_k = [k = a] − p_k, ∂H / ∂x_k = −p_k (log p_k + H), and the loss holds −coefficient · H
    column = 0;
    for (let c = 0; c < choices; c++) {
      const after = column + (<usize>load<i32>(sizes + (<usize>c << 2)) << 2);
      const action = gather4(taken, <usize>c << 2);
      let own = entropy;
      if (choices > 1) {
        own = f32x4.splat(0);
        for (let at = column; at < after; at += 4) {
          const logP = gather4(x, at);
          own = f32x4.sub(own, pLogP(exp4(logP), logP));
        }
      }
      let k = f32x4.splat(0);
      for (let at = column; at < after; at += 4) {
        const logP = gather4(x, at);
        const p = exp4(logP);
        const dH = v128.and(f32x4.mul(p, f32x4.add(logP, own)), f32x4.ne(p, f32x4.splat(0)));
        const dLogP = f32x4.sub(v128.and(dLogProb, f32x4.eq(action, k)), f32x4.mul(p, dLogProb));
        scatter4(x, at, madd(dEntropy, dH, dLogP));
        k = f32x4.add(k, f32x4.splat(1));
      }
      column = after;
    }
  }
  addStat(stats, POLICY_LOSS, f64x2.neg(losses));
  addStat(stats, ENTROPY, entropies);
  addStat(stats, KL, kls);
  addStat(stats, OUTSIDE, outsides);
}

/** Independent normal distributions with means [rows, ld] and free log σ [size]. */
export function gaussianHead(
  rows: i32, size: i32, means: usize, ld: i32, logStd: usize, dLogStd: usize, index: usize, actions: usize, oldLogProbs: usize,
  advantages: usize, mean: f32, inverseStd: f32, ratioClip: f32, entropyCoefficient: f32, a2c: i32, inverseRows: f32, stats: usize,
): void {
  let losses = f64x2.splat(0), kls = f64x2.splat(0), outsides = f64x2.splat(0);
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row += 4) {
    const used = lanes(rows - row);
    const mu = rowAddresses(means, row, rows, ld);
    const sample = sampleOffsets(index, row, rows, 4);
    const taken = i32x4.add(i32x4.splat(<i32>actions), i32x4.mul(sample, i32x4.splat(size)));

    let logProb = f32x4.splat(0);
    for (let at: usize = 0; at < bytes; at += 4) {
      const spread = v128.load32_splat(logStd + at);
      const z = f32x4.mul(f32x4.sub(gather4(taken, at), gather4(mu, at)), exp4(f32x4.neg(spread)));
      scatter4(mu, at, z); // (a − μ)/σ in place of μ
      const half = f32x4.mul(f32x4.mul(z, z), f32x4.splat(0.5));
      logProb = f32x4.sub(logProb, f32x4.add(half, f32x4.add(spread, f32x4.splat(HALF_LOG_TWO_PI))));
    }

    const logRatio = f32x4.sub(logProb, gather4(i32x4.add(i32x4.splat(<i32>oldLogProbs), sample), 0));
    const ratio = exp4(logRatio);
    const advantage = f32x4.mul(
      f32x4.sub(gather4(i32x4.add(i32x4.splat(<i32>advantages), sample), 0), f32x4.splat(mean)), f32x4.splat(inverseStd));
    losses = addTo(losses, v128.and(a2c ? f32x4.mul(logProb, advantage) : surrogate(ratio, advantage, ratioClip), used));
    kls = addTo(kls, v128.and(expm1MinusX(logRatio, ratio), used));
    if (!a2c) outsides = addTo(outsides, v128.and(outside(ratio, ratioClip), used));
    const dLogProb = f32x4.mul(
      a2c ? advantage : v128.andnot(f32x4.mul(advantage, ratio), held(ratio, advantage, ratioClip)), f32x4.splat(-inverseRows));

    // ∂ log p / ∂μ = z/σ, ∂ log p / ∂ log σ = z² − 1
    for (let at: usize = 0; at < bytes; at += 4) {
      const z = gather4(mu, at);
      scatter4(mu, at, f32x4.mul(f32x4.mul(dLogProb, z), exp4(f32x4.neg(v128.load32_splat(logStd + at)))));
      const d = v128.and(f32x4.mul(dLogProb, f32x4.sub(f32x4.mul(z, z), f32x4.splat(1))), used);
      store<f32>(dLogStd + at, load<f32>(dLogStd + at) + sumLanes(d));
    }
  }
  // the entropy Σ log σ + ½(1 + log 2π) is the same for all rows, its derivative by log σ is 1
  let entropy: f64 = 0;
  for (let at: usize = 0; at < bytes; at += 4) {
    entropy += <f64>load<f32>(logStd + at) + 0.5 + <f64>HALF_LOG_TWO_PI;
    store<f32>(dLogStd + at, load<f32>(dLogStd + at) - entropyCoefficient * (<f32>rows * inverseRows));
  }
  addStat(stats, POLICY_LOSS, f64x2.neg(losses));
  addStat(stats, ENTROPY, f64x2(entropy * rows, 0));
  addStat(stats, KL, kls);
  addStat(stats, OUTSIDE, outsides);
}

/** Values in column 0 of [rows, ld]; ½ · squared error into stats[0]. */
export function valueHead(
  rows: i32, values: usize, ld: i32, index: usize, oldValues: usize, returns: usize, clipRange: f32, larger: i32, coefficient: f32,
  inverseRows: f32, stats: usize,
): void {
  let sums = f64x2.splat(0);
  const high = f32x4.splat(clipRange), low = f32x4.splat(-clipRange), weight = f32x4.splat(coefficient * inverseRows);
  for (let row = 0; row < rows; row += 4) {
    const used = lanes(rows - row);
    const place = rowAddresses(values, row, rows, ld);
    const sample = sampleOffsets(index, row, rows, 4);
    const value = gather4(place, 0);
    const goal = gather4(i32x4.add(i32x4.splat(<i32>returns), sample), 0);
    const error = f32x4.sub(value, goal);
    let square = f32x4.mul(error, error);
    let d = error;
    if (clipRange >= 0) {
      const old = gather4(i32x4.add(i32x4.splat(<i32>oldValues), sample), 0);
      const moved = f32x4.sub(value, old);
      const clipped = f32x4.sub(f32x4.add(old, f32x4.pmin(f32x4.pmax(moved, low), high)), goal);
      const clippedSquare = f32x4.mul(clipped, clipped);
      let stops = f32x4.gt(f32x4.abs(moved), high);
      if (larger) stops = v128.and(stops, f32x4.gt(clippedSquare, square));
      square = larger ? f32x4.pmax(clippedSquare, square) : clippedSquare; // a NaN of `square` is one of `clippedSquare` too
      d = v128.andnot(error, stops);
    }
    scatter4(place, 0, f32x4.mul(d, weight));
    sums = addTo(sums, v128.and(square, used));
  }
  addStat(stats, 0, f64x2.mul(sums, f64x2.splat(0.5)));
}

/** A NaN in the first column is the largest; any other is passed over and makes the sum of exponentials NaN. */
// @ts-ignore: decorator
@inline
function largest(x: v128, from: usize, after: usize): v128 {
  let top = gather4(x, from);
  for (let at = from + 4; at < after; at += 4) top = f32x4.pmax(top, gather4(x, at));
  return top;
}

/** log Σ exp(x − top). */
// @ts-ignore: decorator
@inline
function logSum(x: v128, from: usize, after: usize, top: v128): v128 {
  let total = f32x4.splat(0);
  for (let at = from; at < after; at += 4) total = f32x4.add(total, exp4(f32x4.sub(gather4(x, at), top)));
  return log4(total);
}

/** p log p; a choice with p = 0 adds nothing, even where its logit is −∞. */
// @ts-ignore: decorator
@inline
function pLogP(p: v128, logP: v128): v128 {
  return v128.and(f32x4.mul(p, logP), f32x4.ne(p, f32x4.splat(0)));
}

/** min(r · A, clamp(r) · A). A NaN of the second is one of the first too. */
// @ts-ignore: decorator
@inline
function surrogate(ratio: v128, advantage: v128, ratioClip: f32): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(ratio, f32x4.splat(1 - ratioClip)), f32x4.splat(1 + ratioClip));
  return f32x4.pmin(f32x4.mul(ratio, advantage), f32x4.mul(clamped, advantage));
}

/** Where the clip holds the gradient: all bits set. At the exact bound it flows. */
// @ts-ignore: decorator
@inline
function held(ratio: v128, advantage: v128, ratioClip: f32): v128 {
  const zero = f32x4.splat(0);
  return v128.or(
    v128.and(f32x4.gt(advantage, zero), f32x4.gt(ratio, f32x4.splat(1 + ratioClip))),
    v128.and(f32x4.lt(advantage, zero), f32x4.lt(ratio, f32x4.splat(1 - ratioClip))),
  );
}

/** 1 where |r − 1| > ε. */
// @ts-ignore: decorator
@inline
function outside(ratio: v128, ratioClip: f32): v128 {
  const far = f32x4.gt(f32x4.abs(f32x4.sub(ratio, f32x4.splat(1))), f32x4.splat(ratioClip));
  return v128.and(f32x4.splat(1), far);
}
