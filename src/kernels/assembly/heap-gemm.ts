// Matrix product of any shape and orientation: C[M, N] = A * B + bias, with A element (i, k) at A + 4 (i rs + k cs), B element (k, j) at
// B + 4 (k brs + j bcs), one of each pair of strides 1; C and bias without gaps.
//
// B is packed once. k is cut into blocks of 256, so that a panel of B (8 KiB) stays in the first-level cache, and rows into blocks of 120.
// Where A's rows are neighbours (a transposed A: the gradient of weights) its tiles are packed too: strides of 4 KiB would meet in one
// set of the cache.
import { madd } from './vector';
import { columns1, columns4, columns5, rows1, rows4, rows5 } from './heap-tile';

const DEPTH: usize = 256; // of a block of k
const ROWS: usize = 120; // of a block of A

// @ts-ignore: decorator
@inline
export function round8(n: usize): usize { return (n + 7) & ~7; }

const LONG: i32 = 512; // floats of a row of A that is worth copying
const COPIED: usize = (DEPTH + 16) * 4; // bytes between two copied rows

// tiles of 5 rows need 15 registers, and separate multiply and add one more than there are
const TALL: usize = ASC_FEATURE_RELAXED_SIMD ? 5 : 4;

// scratch of gemm: zeros (64 bytes) | edge tile (192) | bias, padded | packed tiles of A
const EDGE: usize = 64, BIAS: usize = 256;

/** Bytes of scratch that `gemm` asks for. */
export function gemmScratch(N: i32): usize { return BIAS + round8(N) * 4 + ROWS * COPIED + 64; }
/** Bytes of `packB`'s output. */
export function packedBytes(N: i32, K: i32): usize { return round8(N) * <usize>K * 4; }

/** Panels of 8 columns, padded with zeros, block of k by block of k. */
export function packB(B: usize, brs: i32, bcs: i32, K: i32, N: i32, out: usize): void {
  const rb = <usize>brs << 2, cb = <usize>bcs << 2;
  for (let k0 = 0; k0 < K; k0 += <i32>DEPTH) {
    const k1 = min(K, k0 + <i32>DEPTH);
    for (let n0 = 0; n0 < N; n0 += 8) {
      const w = min(8, N - n0);
      let s = B + <usize>k0 * rb + <usize>n0 * cb;
      if (w < 8) {
        for (let k = k0; k < k1; k++, s += rb, out += 32) {
          v128.store(out, f32x4.splat(0)); v128.store(out, f32x4.splat(0), 16);
          for (let j: usize = 0; j < <usize>w; j++) store<f32>(out + j * 4, load<f32>(s + j * cb));
        }
      } else if (bcs == 1) {
        for (let k = k0; k < k1; k++, s += rb, out += 32) { v128.store(out, v128.load(s)); v128.store(out, v128.load(s, 16), 16); }
      } else {
        let k = k0;
        for (; k + 4 <= k1; k += 4, s += 16, out += 128) { transpose4(s, cb, out); transpose4(s + 4 * cb, cb, out + 16); }
        for (; k < k1; k++, s += 4, out += 32) for (let j: usize = 0; j < 8; j++) store<f32>(out + j * 4, load<f32>(s + j * cb));
      }
    }
  }
}

// four columns of B, each four k long, to four rows of a panel
// @ts-ignore: decorator
@inline
function transpose4(s: usize, cb: usize, out: usize): void {
  const a = v128.load(s), b = v128.load(s + cb), c = v128.load(s + cb * 2), d = v128.load(s + cb * 3);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<i32>(ab, cd, 0, 1, 4, 5)); v128.store(out, v128.shuffle<i32>(ab, cd, 2, 3, 6, 7), 32);
  v128.store(out, v128.shuffle<i32>(ab2, cd2, 0, 1, 4, 5), 64); v128.store(out, v128.shuffle<i32>(ab2, cd2, 2, 3, 6, 7), 96);
}

/** C = A * B + bias (0: none). B packed by `packB`. No size is 0. */
export function gemm(M: i32, N: i32, K: i32, A: usize, rs: i32, cs: i32, packed: usize, C: usize, bias: usize, scratch: usize): void {
  const m = <usize>M, n = <usize>N, k = <usize>K, ra = <usize>rs << 2, ca = <usize>cs << 2, lc = n * 4;
  zeros(scratch);
  if (bias) {
    memory.fill(scratch + BIAS, 0, round8(n) * 4);
    memory.copy(scratch + BIAS, bias, n * 4);
  }
  const tiles = scratch + BIAS + round8(n) * 4;
  const byRow = cs == 1, worth = N > 16, packing = !byRow && worth, copied = byRow && rs >= LONG && worth;
  for (let k0: usize = 0; k0 < k; k0 += DEPTH) {
    const depth = min(DEPTH, k - k0);
    for (let m0: usize = 0; m0 < m; m0 += ROWS) {
      const height = min(ROWS, m - m0);
      const a = A + m0 * ra + k0 * ca;
      if (packing) packA(height, depth, a, ca, tiles);
      else if (copied) for (let i: usize = 0; i < height; i++) memory.copy(tiles + i * COPIED, a + i * ra, depth * 4);
      let b = packed + k0 * round8(n) * 4;
      for (let n0: usize = 0; n0 < n; n0 += 8, b += depth * 32) {
        const init: usize = k0 ? 0 : bias ? scratch + BIAS + n0 * 4 : scratch;
        panelOf(byRow, packing, height, depth, packing || copied ? tiles : a, copied ? COPIED : byRow ? ra : ca, b, C + m0 * lc + n0 * 4, lc, init, min(8, n - n0), scratch);
      }
    }
  }
}

/** C (add 1: +)= A * B where A needs no packing: element (i, k) at A + 4 i + k ca, k one block. */
export function gemmColumns(M: i32, N: i32, K: i32, A: usize, ca: usize, packed: usize, C: usize, add: bool, scratch: usize): void {
  const n = <usize>N, depth = <usize>K;
  zeros(scratch);
  let b = packed;
  for (let n0: usize = 0; n0 < n; n0 += 8, b += depth * 32)
    panelOf(false, false, <usize>M, depth, A, ca, b, C + n0 * 4, n * 4, add ? <usize>0 : scratch, min(8, n - n0), scratch);
}

// @ts-ignore: decorator
@inline
function zeros(p: usize): void { v128.store(p, f32x4.splat(0)); v128.store(p, f32x4.splat(0), 16); }

// How many tiles of 4 rows fill what tiles of TALL rows leave; 5 a + 4 b covers every height from 12 on, the rest are single rows.
// @ts-ignore: decorator
@inline
function fours(height: usize): usize {
  const b: usize = TALL == 4 ? height / 4 : (5 - height % 5) % 5;
  return b * 4 <= height ? b : height / 4 % 2;
}

/** Tiles one after the other, in each [k][rows]. */
function packA(height: usize, depth: usize, a: usize, ca: usize, out: usize): void {
  const four = fours(height), five = (height - four * 4) / 5, ones = height - four * 4 - five * 5;
  for (let k: usize = 0; k < depth; k++) {
    let s = a + k * ca, d = out;
    for (let t: usize = 0; t < five; t++, s += 20, d += depth * 20) { v128.store(d + k * 20, v128.load(s)); store<f32>(d + k * 20, load<f32>(s, 16), 16); }
    for (let t: usize = 0; t < four; t++, s += 16, d += depth * 16) v128.store(d + k * 16, v128.load(s));
    for (let t: usize = 0; t < ones; t++, s += 4, d += depth * 4) store<f32>(d + k * 4, load<f32>(s));
  }
}

/**
 * One panel of C, tile under tile. `init`: what every row starts from (8 floats), or 0: what C holds. `packed`: A comes from packA;
 * else a tile's rows are `stride` bytes apart (byRow) or its columns are.
 */
function panelOf(byRow: bool, packed: bool, height: usize, depth: usize, a: usize, stride: usize, b: usize, c: usize, lc: usize, init: usize, w: usize, scratch: usize): void {
  const four = fours(height), five = (height - four * 4) / 5;
  const edge = scratch + EDGE;
  let left = height;
  for (let t: usize = 0; left > 0; t++) {
    const rows: usize = t < five ? 5 : t < five + four ? 4 : 1;
    let to = c, lt = lc, from = init, li: usize = 0;
    if (w < 8) { to = edge; lt = 32; }
    if (!init) {
      from = to; li = lt;
      if (w < 8) for (let i: usize = 0; i < rows; i++) memory.copy(edge + i * 32, c + i * lc, w * 4);
    }
    if (byRow) {
      if (TALL == 5 && rows == 5) rows5(depth, a, stride, b, to, lt, from, li);
      else if (rows == 4) rows4(depth, a, stride, b, to, lt, from, li);
      else rows1(depth, a, stride, b, to, lt, from, li);
      a += rows * stride;
    } else {
      const cs = packed ? rows * 4 : stride;
      if (TALL == 5 && rows == 5) columns5(depth, a, cs, b, to, lt, from, li);
      else if (rows == 4) columns4(depth, a, cs, b, to, lt, from, li);
      else columns1(depth, a, cs, b, to, lt, from, li);
      a += packed ? rows * 4 * depth : rows * 4;
    }
    if (w < 8) for (let i: usize = 0; i < rows; i++) for (let j: usize = 0; j < w * 4; j += 4) store<f32>(c + i * lc + j, load<f32>(edge + i * 32 + j));
    c += rows * lc;
    left -= rows;
  }
}

/**
 * The same for a few rows, for which packing B would be most of the work: C row by row as a sum of rows of B, four at a time. A and B without
 * gaps, neither transposed.
 */
export function gemmFewRows(M: i32, N: i32, K: i32, A: usize, B: usize, C: usize, bias: usize): void {
  const row = <usize>N * 4;
  for (let m = 0; m < M; m++, C += row) {
    if (bias) memory.copy(C, bias, row);
    else memory.fill(C, 0, row);
    let b = B, k = 0;
    for (; k + 4 <= K; k += 4, A += 16, b += row * 4) {
      const b1 = b + row, b2 = b1 + row, b3 = b2 + row;
      const a0 = v128.load_splat<f32>(A), a1 = v128.load_splat<f32>(A, 4), a2 = v128.load_splat<f32>(A, 8), a3 = v128.load_splat<f32>(A, 12);
      let j: usize = 0;
      for (; j + 16 <= row; j += 16) {
        const near = madd(a0, v128.load(b + j), madd(a1, v128.load(b1 + j), v128.load(C + j)));
        v128.store(C + j, madd(a2, v128.load(b2 + j), madd(a3, v128.load(b3 + j), near)));
      }
      for (; j < row; j += 4) {
        const near = madd(a0, v128.load_splat<f32>(b + j), madd(a1, v128.load_splat<f32>(b1 + j), v128.load_splat<f32>(C + j)));
        const sum = madd(a2, v128.load_splat<f32>(b2 + j), madd(a3, v128.load_splat<f32>(b3 + j), near));
        store<f32>(C + j, f32x4.extract_lane(sum, 0));
      }
    }
    for (; k < K; k++, A += 4, b += row) {
      const a = v128.load_splat<f32>(A);
      let j: usize = 0;
      for (; j + 16 <= row; j += 16) v128.store(C + j, madd(a, v128.load(b + j), v128.load(C + j)));
      for (; j < row; j += 4) store<f32>(C + j, f32x4.extract_lane(madd(a, v128.load_splat<f32>(b + j), v128.load_splat<f32>(C + j)), 0));
    }
  }
}
