/**
 * Gradients of weights and biases: G [inputs, outputs] += xᵀ · dy and the column sums of dy.
 *
 * Tiles as in dense.ts, with the same fences, over rows of G; x and dy are read where they lie. G is not padded, so the columns of a last panel and
 * their neighbours in the next row are written one by one. A tile that would reach beyond the last input begins earlier instead and adds
 * only the rows that are new.
 */
import { FUSED, madd } from './vector';

/** dWeights += xᵀ · dy, dBias += column sums of dy. */
export function backwardWeights(
  rows: i32, inputs: i32, outputs: i32, x: usize, ldx: i32, dy: usize, ldy: i32, dWeights: usize, dBias: usize,
): void {
  const lx = <usize>ldx << 2, ly = <usize>ldy << 2, lg = <usize>outputs << 2;
  for (let column = 0; column < outputs; column += 8) {
    const width = min(8, outputs - column);
    const d = dy + (<usize>column << 2), g = dWeights + (<usize>column << 2);
    if (width > 4) {
      for (let input = 0; input < inputs; input += 5) {
        const from = max(0, min(input, inputs - 5));
        fiveRows(rows, width, x + (<usize>from << 2), lx, d, ly, g + <usize>from * lg, lg, input - from, min(5, inputs - from));
      }
    } else {
      for (let input = 0; input < inputs; input += 8) {
        const from = max(0, min(input, inputs - 8));
        eightRows(rows, width, x + (<usize>from << 2), lx, d, ly, g + <usize>from * lg, lg, input - from, min(8, inputs - from));
      }
    }
  }
  columnSums(rows, outputs, dy, ly, dBias);
}

/** Rows `first` to `after` − 1 of a tile of 5 × 8. */
function fiveRows(rows: i32, width: i32, x: usize, lx: usize, d: usize, ly: usize, g: usize, lg: usize, first: i32, after: i32): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0), p1 = f32x4.splat(0), q1 = f32x4.splat(0), p2 = f32x4.splat(0), q2 = f32x4.splat(0), p3 = f32x4.splat(0), q3 = f32x4.splat(0), p4 = f32x4.splat(0), q4 = f32x4.splat(0);
  for (let end = x + <usize>rows * lx; x < end; x += lx, d += ly) {
    const u = v128.load(d), v = v128.load(d, 16);
    let s: v128;
      s = v128.load_splat<f32>(x, 0); p0 = madd(s, u, p0); q0 = madd(s, v, q0); if (!FUSED && end == 3) break;
      s = v128.load_splat<f32>(x, 4); p1 = madd(s, u, p1); q1 = madd(s, v, q1); if (!FUSED && end == 5) break;
      s = v128.load_splat<f32>(x, 8); p2 = madd(s, u, p2); q2 = madd(s, v, q2); if (end == 1) break;
      s = v128.load_splat<f32>(x, 12); p3 = madd(s, u, p3); q3 = madd(s, v, q3);
      s = v128.load_splat<f32>(x, 16); p4 = madd(s, u, p4); q4 = madd(s, v, q4);
  }
  if (first <= 0 && 0 < after) addEight(g, width, p0, q0);
  if (first <= 1 && 1 < after) addEight(g + lg, width, p1, q1);
  if (first <= 2 && 2 < after) addEight(g + 2 * lg, width, p2, q2);
  if (first <= 3 && 3 < after) addEight(g + 3 * lg, width, p3, q3);
  if (first <= 4 && 4 < after) addEight(g + 4 * lg, width, p4, q4);
}

/** The same for a tile of 8 × 4. */
function eightRows(rows: i32, width: i32, x: usize, lx: usize, d: usize, ly: usize, g: usize, lg: usize, first: i32, after: i32): void {
  let p0 = f32x4.splat(0), p1 = f32x4.splat(0), p2 = f32x4.splat(0), p3 = f32x4.splat(0), p4 = f32x4.splat(0), p5 = f32x4.splat(0), p6 = f32x4.splat(0), p7 = f32x4.splat(0);
  for (let end = x + <usize>rows * lx; x < end; x += lx, d += ly) {
    const u = v128.load(d);
    p0 = madd(v128.load_splat<f32>(x, 0), u, p0);
    p1 = madd(v128.load_splat<f32>(x, 4), u, p1);
    p2 = madd(v128.load_splat<f32>(x, 8), u, p2);
    p3 = madd(v128.load_splat<f32>(x, 12), u, p3);
    if (end == 1) break; // a fence
    p4 = madd(v128.load_splat<f32>(x, 16), u, p4);
    p5 = madd(v128.load_splat<f32>(x, 20), u, p5);
    p6 = madd(v128.load_splat<f32>(x, 24), u, p6);
    p7 = madd(v128.load_splat<f32>(x, 28), u, p7);
  }
  if (first <= 0 && 0 < after) addFour(g, width, p0);
  if (first <= 1 && 1 < after) addFour(g + lg, width, p1);
  if (first <= 2 && 2 < after) addFour(g + 2 * lg, width, p2);
  if (first <= 3 && 3 < after) addFour(g + 3 * lg, width, p3);
  if (first <= 4 && 4 < after) addFour(g + 4 * lg, width, p4);
  if (first <= 5 && 5 < after) addFour(g + 5 * lg, width, p5);
  if (first <= 6 && 6 < after) addFour(g + 6 * lg, width, p6);
  if (first <= 7 && 7 < after) addFour(g + 7 * lg, width, p7);
}

/** dBias += column sums, 16 columns at a time as long as there are so many. */
function columnSums(rows: i32, outputs: i32, dy: usize, ly: usize, dBias: usize): void {
  let column = 0;
  for (; column + 16 <= outputs; column += 16) {
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), e = f32x4.splat(0);
    let d = dy + (<usize>column << 2);
    for (const end = d + <usize>rows * ly; d < end; d += ly) {
      a = f32x4.add(a, v128.load(d));
      b = f32x4.add(b, v128.load(d, 16));
      c = f32x4.add(c, v128.load(d, 32));
      e = f32x4.add(e, v128.load(d, 48));
    }
    const out = dBias + (<usize>column << 2);
    addFour(out, 4, a);
    addFour(out + 16, 4, b);
    addFour(out + 32, 4, c);
    addFour(out + 48, 4, e);
  }
  for (; column < outputs; column += 4) {
    let a = f32x4.splat(0);
    let d = dy + (<usize>column << 2);
    for (const end = d + <usize>rows * ly; d < end; d += ly) a = f32x4.add(a, v128.load(d));
    addFour(dBias + (<usize>column << 2), outputs - column, a);
  }
}

// @ts-ignore: decorator
@inline
function addEight(g: usize, width: i32, low: v128, high: v128): void {
  addFour(g, width, low);
  addFour(g + 16, width - 4, high);
}

/** g[0 … width) += v, of which at most four. */
// @ts-ignore: decorator
@inline
function addFour(g: usize, width: i32, v: v128): void {
  if (width >= 4) v128.store(g, f32x4.add(v128.load(g), v));
  else addFew(g, width, v);
}

function addFew(g: usize, width: i32, v: v128): void {
  if (width > 0) store<f32>(g, load<f32>(g) + f32x4.extract_lane(v, 0));
  if (width > 1) store<f32>(g, load<f32>(g, 4) + f32x4.extract_lane(v, 1), 4);
  if (width > 2) store<f32>(g, load<f32>(g, 8) + f32x4.extract_lane(v, 2), 8);
}
