/**
 * The three matrix products of a dense layer, C = A · B with B packed, and G += Aᵀ · D.
 *
 * Key idea: a tile of 5 rows by 8 columns keeps its ten sums in registers; per step it reads two vectors of B and five numbers of A, each
 * spread over the four lanes. A last panel of up to 4 columns has tiles of 8 rows by 4 columns.
 *
 * Fences: V8 (Node 20) moves all loads of a straight piece of code before its arithmetic; with ten sums the loaded vectors then no longer
 * fit in the 16 registers and spill to memory. `if (end == 1) break` ends such a piece: `end` is an address and never a small odd number,
 * but the compiler cannot know. Each fence has its own number, or they would be merged. With them 5 × 8 tiles are 10 % faster than 4 × 8
 * tiles without; larger tiles gain nothing more. Unfused, a product needs a register before it is added, so that build has more of them:
 * without, it is half as fast.
 *
 * Tiles that reach beyond the last row take that row again: it is computed more than once and stored with the same value.
 */
import { activate, backThrough } from './activation';
import { FUSED, lanes, madd } from './vector';

/** y = activation(x · weights + bias). */
export function forward(rows: i32, inputs: i32, outputs: i32, x: usize, ldx: i32, packed: usize, y: usize, ldy: i32, activation: i32): void {
  product(rows, outputs, inputs, x, ldx, packed, true, y, ldy);
  activate(activation, y, rows, (outputs + 7) & ~7, ldy);
}

/** dx = (dy · weightsᵀ) ⊙ activation'. The rows of the packed transpose are padded to 4, and so is dy. */
export function backwardInput(
  rows: i32, inputs: i32, outputs: i32, dy: usize, ldy: i32, packedTransposed: usize, dx: usize, ldx: i32, activation: i32, h: usize,
): void {
  product(rows, inputs, (outputs + 3) & ~3, dy, ldy, packedTransposed, false, dx, ldx);
  backThrough(activation, dx, h, rows, (inputs + 7) & ~7, ldx);
}

/** C [rows, width] = A [rows, depth] · B, from zero or from the row that each panel of B then begins with. */
function product(rows: i32, width: i32, depth: i32, a: usize, lda: i32, b: usize, biased: bool, c: usize, ldc: i32): void {
  if (rows == 0) return;
  const la = <usize>lda << 2, lc = <usize>ldc << 2, bytes = <usize>depth << 2;
  for (let column = 0; column < width; column += 8) {
    let start = f32x4.splat(0), start2 = f32x4.splat(0);
    if (biased) {
      start = v128.load(b);
      start2 = v128.load(b, 16);
      b += 32;
    }
    if (width - column > 4) widePanel(rows, a, la, bytes, b, start, start2, c, lc);
    else narrowPanel(rows, a, la, bytes, b, start, c, lc);
    if (width - column < 8) clearPadding(rows, width - column, c, lc);
    b += bytes << 3;
    c += 32;
  }
}

/** Eight columns of C: as many rows by fives as leave a multiple of four, if there are so many. Tiles do not change a result's bits. */
function widePanel(rows: i32, a: usize, la: usize, bytes: usize, panel: usize, start: v128, start2: v128, c: usize, lc: usize): void {
  let byFour = ((5 - (rows % 5)) % 5) << 2;
  if (byFour > rows) byFour = rows % 5;
  const byFive = rows - byFour;
  if (byFive) fiveRows(byFive, a, la, bytes, panel, start, start2, c, lc);
  if (byFour) fourRows(byFour, a + <usize>byFive * la, la, bytes, panel, start, start2, c + <usize>byFive * lc, lc);
}

/** Eight columns of C, five rows at a time. */
function fiveRows(rows: i32, a: usize, la: usize, bytes: usize, panel: usize, start: v128, start2: v128, c: usize, lc: usize): void {
  const unrolled = bytes & ~15;
  const lastA = a + <usize>(rows - 1) * la, lastC = c + <usize>(rows - 1) * lc;
  for (; a <= lastA; ) {
    let a0 = a, a1 = min(a0 + la, lastA), a2 = min(a1 + la, lastA), a3 = min(a2 + la, lastA), a4 = min(a3 + la, lastA);
    let b = panel;
    let p0 = start, q0 = start2, p1 = start, q1 = start2, p2 = start, q2 = start2, p3 = start, q3 = start2, p4 = start, q4 = start2;
    const next = a4 + la;
    let end = a0 + unrolled;
    if (unrolled) {
      do {
        let x: v128, y: v128, s: v128;
        x = v128.load(b, 0); y = v128.load(b, 16);
        s = v128.load_splat<f32>(a0, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 101) break;
        s = v128.load_splat<f32>(a1, 0); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (!FUSED && end == 103) break;
        s = v128.load_splat<f32>(a2, 0); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (end == 1) break;
        s = v128.load_splat<f32>(a3, 0); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
        s = v128.load_splat<f32>(a4, 0); p4 = madd(s, x, p4); q4 = madd(s, y, q4); if (end == 3) break;
        x = v128.load(b, 32); y = v128.load(b, 48);
        s = v128.load_splat<f32>(a0, 4); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 107) break;
        s = v128.load_splat<f32>(a1, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (!FUSED && end == 109) break;
        s = v128.load_splat<f32>(a2, 4); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (end == 5) break;
        s = v128.load_splat<f32>(a3, 4); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
        s = v128.load_splat<f32>(a4, 4); p4 = madd(s, x, p4); q4 = madd(s, y, q4); if (end == 7) break;
        x = v128.load(b, 64); y = v128.load(b, 80);
        s = v128.load_splat<f32>(a0, 8); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 113) break;
        s = v128.load_splat<f32>(a1, 8); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (!FUSED && end == 115) break;
        s = v128.load_splat<f32>(a2, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (end == 9) break;
        s = v128.load_splat<f32>(a3, 8); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
        s = v128.load_splat<f32>(a4, 8); p4 = madd(s, x, p4); q4 = madd(s, y, q4); if (end == 11) break;
        x = v128.load(b, 96); y = v128.load(b, 112);
        s = v128.load_splat<f32>(a0, 12); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 119) break;
        s = v128.load_splat<f32>(a1, 12); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (!FUSED && end == 121) break;
        s = v128.load_splat<f32>(a2, 12); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (end == 13) break;
        s = v128.load_splat<f32>(a3, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
        s = v128.load_splat<f32>(a4, 12); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
        a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16;
        b += 128;
      } while (a0 < end);
    }
    for (end = a + bytes; a0 < end; ) { // the last one to three steps
      const x = v128.load(b), y = v128.load(b, 16);
      const s0 = v128.load_splat<f32>(a0); p0 = madd(s0, x, p0); q0 = madd(s0, y, q0);
      const s1 = v128.load_splat<f32>(a1); p1 = madd(s1, x, p1); q1 = madd(s1, y, q1);
      const s2 = v128.load_splat<f32>(a2); p2 = madd(s2, x, p2); q2 = madd(s2, y, q2);
      const s3 = v128.load_splat<f32>(a3); p3 = madd(s3, x, p3); q3 = madd(s3, y, q3);
      const s4 = v128.load_splat<f32>(a4); p4 = madd(s4, x, p4); q4 = madd(s4, y, q4);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4;
      b += 32;
    }
    const c1 = min(c + lc, lastC), c2 = min(c1 + lc, lastC), c3 = min(c2 + lc, lastC), c4 = min(c3 + lc, lastC);
    v128.store(c, p0); v128.store(c, q0, 16);
    v128.store(c1, p1); v128.store(c1, q1, 16);
    v128.store(c2, p2); v128.store(c2, q2, 16);
    v128.store(c3, p3); v128.store(c3, q3, 16);
    v128.store(c4, p4); v128.store(c4, q4, 16);
    a = next;
    c = c4 + lc;
  }
}

/** The same, four rows at a time: what five rows leave over. */
function fourRows(rows: i32, a: usize, la: usize, bytes: usize, panel: usize, start: v128, start2: v128, c: usize, lc: usize): void {
  const unrolled = bytes & ~15;
  const lastA = a + <usize>(rows - 1) * la, lastC = c + <usize>(rows - 1) * lc;
  for (; a <= lastA; ) {
    let a0 = a, a1 = min(a0 + la, lastA), a2 = min(a1 + la, lastA), a3 = min(a2 + la, lastA);
    let b = panel;
    let p0 = start, q0 = start2, p1 = start, q1 = start2, p2 = start, q2 = start2, p3 = start, q3 = start2;
    const next = a3 + la;
    let end = a0 + unrolled;
    if (unrolled) {
      do {
        let x: v128, y: v128, s: v128;
        x = v128.load(b, 0); y = v128.load(b, 16);
        s = v128.load_splat<f32>(a0, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 201) break;
        s = v128.load_splat<f32>(a1, 0); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (end == 203) break;
        s = v128.load_splat<f32>(a2, 0); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (!FUSED && end == 205) break;
        s = v128.load_splat<f32>(a3, 0); p3 = madd(s, x, p3); q3 = madd(s, y, q3); if (end == 207) break;
        x = v128.load(b, 32); y = v128.load(b, 48);
        s = v128.load_splat<f32>(a0, 4); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 209) break;
        s = v128.load_splat<f32>(a1, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (end == 211) break;
        s = v128.load_splat<f32>(a2, 4); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (!FUSED && end == 213) break;
        s = v128.load_splat<f32>(a3, 4); p3 = madd(s, x, p3); q3 = madd(s, y, q3); if (end == 215) break;
        x = v128.load(b, 64); y = v128.load(b, 80);
        s = v128.load_splat<f32>(a0, 8); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 217) break;
        s = v128.load_splat<f32>(a1, 8); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (end == 219) break;
        s = v128.load_splat<f32>(a2, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (!FUSED && end == 221) break;
        s = v128.load_splat<f32>(a3, 8); p3 = madd(s, x, p3); q3 = madd(s, y, q3); if (end == 223) break;
        x = v128.load(b, 96); y = v128.load(b, 112);
        s = v128.load_splat<f32>(a0, 12); p0 = madd(s, x, p0); q0 = madd(s, y, q0); if (!FUSED && end == 225) break;
        s = v128.load_splat<f32>(a1, 12); p1 = madd(s, x, p1); q1 = madd(s, y, q1); if (end == 227) break;
        s = v128.load_splat<f32>(a2, 12); p2 = madd(s, x, p2); q2 = madd(s, y, q2); if (!FUSED && end == 229) break;
        s = v128.load_splat<f32>(a3, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
        a0 += 16; a1 += 16; a2 += 16; a3 += 16;
        b += 128;
      } while (a0 < end);
    }
    for (end = a + bytes; a0 < end; ) {
      const x = v128.load(b), y = v128.load(b, 16);
      const s0 = v128.load_splat<f32>(a0); p0 = madd(s0, x, p0); q0 = madd(s0, y, q0);
      const s1 = v128.load_splat<f32>(a1); p1 = madd(s1, x, p1); q1 = madd(s1, y, q1);
      const s2 = v128.load_splat<f32>(a2); p2 = madd(s2, x, p2); q2 = madd(s2, y, q2);
      const s3 = v128.load_splat<f32>(a3); p3 = madd(s3, x, p3); q3 = madd(s3, y, q3);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4;
      b += 32;
    }
    const c1 = min(c + lc, lastC), c2 = min(c1 + lc, lastC), c3 = min(c2 + lc, lastC);
    v128.store(c, p0); v128.store(c, q0, 16);
    v128.store(c1, p1); v128.store(c1, q1, 16);
    v128.store(c2, p2); v128.store(c2, q2, 16);
    v128.store(c3, p3); v128.store(c3, q3, 16);
    a = next;
    c = c3 + lc;
  }
}

/** Up to four columns of C, eight rows at a time: as many sums as hide the latency of an addition. */
function narrowPanel(rows: i32, a: usize, la: usize, bytes: usize, panel: usize, start: v128, c: usize, lc: usize): void {
  const lastA = a + <usize>(rows - 1) * la, lastC = c + <usize>(rows - 1) * lc;
  for (; a <= lastA; ) {
    let a0 = a, a1 = min(a0 + la, lastA), a2 = min(a1 + la, lastA), a3 = min(a2 + la, lastA), a4 = min(a3 + la, lastA), a5 = min(a4 + la, lastA), a6 = min(a5 + la, lastA), a7 = min(a6 + la, lastA);
    let p0 = start, p1 = start, p2 = start, p3 = start, p4 = start, p5 = start, p6 = start, p7 = start;
    const next = a7 + la;
    for (let b = panel, end = a0 + bytes; a0 < end; b += 32) {
      const x = v128.load(b);
      p0 = madd(v128.load_splat<f32>(a0), x, p0); p1 = madd(v128.load_splat<f32>(a1), x, p1);
      p2 = madd(v128.load_splat<f32>(a2), x, p2); p3 = madd(v128.load_splat<f32>(a3), x, p3);
      if (end == 1) break; // a fence
      p4 = madd(v128.load_splat<f32>(a4), x, p4); p5 = madd(v128.load_splat<f32>(a5), x, p5);
      p6 = madd(v128.load_splat<f32>(a6), x, p6); p7 = madd(v128.load_splat<f32>(a7), x, p7);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4; a6 += 4; a7 += 4;
    }
    const c1 = min(c + lc, lastC), c2 = min(c1 + lc, lastC), c3 = min(c2 + lc, lastC), c4 = min(c3 + lc, lastC), c5 = min(c4 + lc, lastC), c6 = min(c5 + lc, lastC), c7 = min(c6 + lc, lastC);
    v128.store(c, p0);
    v128.store(c1, p1);
    v128.store(c2, p2);
    v128.store(c3, p3);
    v128.store(c4, p4);
    v128.store(c5, p5);
    v128.store(c6, p6);
    v128.store(c7, p7);
    a = next;
    c = c7 + lc;
  }
}

/** Zeros in the columns from `width` < 8 on: NaN · 0 is NaN, and padding must stay 0. */
function clearPadding(rows: i32, width: i32, c: usize, lc: usize): void {
  const low = lanes(width), high = lanes(width - 4);
  for (const end = c + <usize>rows * lc; c < end; c += lc) {
    v128.store(c, v128.and(v128.load(c), low));
    v128.store(c, v128.and(v128.load(c, 16), high), 16);
  }
}
