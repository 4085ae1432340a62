// The innermost loops of every matrix product: a tile of C, 5, 4 or 1 rows by 8 columns, is kept in registers while k runs.
//
//     C[i, j] = sum over k of A[i, k] * B[k, j] + init[i, j]
//
// B comes packed: panels of 8 columns, 32 bytes per k. A is read where it lies: `rows` when k runs along a row of A (row distance rs bytes),
// `columns` when the rows of the tile are neighbours (distance cs bytes from one k to the next). init is C itself, the bias or zeros.
//
// V8 moves every load of a basic block before its arithmetic; with more than 15 live vectors they spill. A branch that is never taken
// (an address is no small odd number) keeps a group of rows together. Separate multiply and add needs one register more: there 5 rows spill
// all the same, and 4 are almost twice as fast (heap-gemm.ts chooses). A bare loop over k, one step a turn, was slower for columns: the
// compiler put it into its caller, where everything else alive there made it spill.
import { madd } from './vector';

export function rows5(k: usize, a0: usize, rs: usize, b: usize, c: usize, lc: usize, init: usize, li: usize): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0), p1 = f32x4.splat(0), q1 = f32x4.splat(0), p2 = f32x4.splat(0), q2 = f32x4.splat(0), p3 = f32x4.splat(0), q3 = f32x4.splat(0), p4 = f32x4.splat(0), q4 = f32x4.splat(0);
  let a1 = a0 + rs, a2 = a1 + rs, a3 = a2 + rs, a4 = a3 + rs;
  let x: v128, y: v128, s: v128;
  let end = a0 + (k & ~3) * 4;
  if (a0 < end) do {
    x = v128.load(b, 0); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a0, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 0); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a2, 0); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 1) break;
    s = v128.load_splat<f32>(a3, 0); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a4, 0); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    if (end == 3) break;
    x = v128.load(b, 32); y = v128.load(b, 48);
    s = v128.load_splat<f32>(a0, 4); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a2, 4); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 5) break;
    s = v128.load_splat<f32>(a3, 4); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a4, 4); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    if (end == 7) break;
    x = v128.load(b, 64); y = v128.load(b, 80);
    s = v128.load_splat<f32>(a0, 8); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 8); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a2, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 9) break;
    s = v128.load_splat<f32>(a3, 8); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a4, 8); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    if (end == 11) break;
    x = v128.load(b, 96); y = v128.load(b, 112);
    s = v128.load_splat<f32>(a0, 12); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 12); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a2, 12); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 13) break;
    s = v128.load_splat<f32>(a3, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a4, 12); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16; b += 128;
  } while (a0 < end);
  end += (k & 3) * 4;
  while (a0 < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a0); p0 = madd(s, x, p0); q0 = madd(s, y, q0); a0 += 4;
    s = v128.load_splat<f32>(a1); p1 = madd(s, x, p1); q1 = madd(s, y, q1); a1 += 4;
    s = v128.load_splat<f32>(a2); p2 = madd(s, x, p2); q2 = madd(s, y, q2); a2 += 4;
    s = v128.load_splat<f32>(a3); p3 = madd(s, x, p3); q3 = madd(s, y, q3); a3 += 4;
    s = v128.load_splat<f32>(a4); p4 = madd(s, x, p4); q4 = madd(s, y, q4); a4 += 4;
    b += 32;
  }
  v128.store(c, f32x4.add(p0, v128.load(init))); v128.store(c, f32x4.add(q0, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p1, v128.load(init))); v128.store(c, f32x4.add(q1, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p2, v128.load(init))); v128.store(c, f32x4.add(q2, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p3, v128.load(init))); v128.store(c, f32x4.add(q3, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p4, v128.load(init))); v128.store(c, f32x4.add(q4, v128.load(init, 16)), 16);
}

export function rows4(k: usize, a0: usize, rs: usize, b: usize, c: usize, lc: usize, init: usize, li: usize): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0), p1 = f32x4.splat(0), q1 = f32x4.splat(0), p2 = f32x4.splat(0), q2 = f32x4.splat(0), p3 = f32x4.splat(0), q3 = f32x4.splat(0);
  let a1 = a0 + rs, a2 = a1 + rs, a3 = a2 + rs;
  let x: v128, y: v128, s: v128;
  let end = a0 + (k & ~3) * 4;
  if (a0 < end) do {
    x = v128.load(b, 0); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a0, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 0); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 15) break;
    s = v128.load_splat<f32>(a2, 0); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a3, 0); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    if (end == 17) break;
    x = v128.load(b, 32); y = v128.load(b, 48);
    s = v128.load_splat<f32>(a0, 4); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 19) break;
    s = v128.load_splat<f32>(a2, 4); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a3, 4); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    if (end == 21) break;
    x = v128.load(b, 64); y = v128.load(b, 80);
    s = v128.load_splat<f32>(a0, 8); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 8); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 23) break;
    s = v128.load_splat<f32>(a2, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a3, 8); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    if (end == 25) break;
    x = v128.load(b, 96); y = v128.load(b, 112);
    s = v128.load_splat<f32>(a0, 12); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a1, 12); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 27) break;
    s = v128.load_splat<f32>(a2, 12); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a3, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; b += 128;
  } while (a0 < end);
  end += (k & 3) * 4;
  while (a0 < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a0); p0 = madd(s, x, p0); q0 = madd(s, y, q0); a0 += 4;
    s = v128.load_splat<f32>(a1); p1 = madd(s, x, p1); q1 = madd(s, y, q1); a1 += 4;
    s = v128.load_splat<f32>(a2); p2 = madd(s, x, p2); q2 = madd(s, y, q2); a2 += 4;
    s = v128.load_splat<f32>(a3); p3 = madd(s, x, p3); q3 = madd(s, y, q3); a3 += 4;
    b += 32;
  }
  v128.store(c, f32x4.add(p0, v128.load(init))); v128.store(c, f32x4.add(q0, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p1, v128.load(init))); v128.store(c, f32x4.add(q1, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p2, v128.load(init))); v128.store(c, f32x4.add(q2, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p3, v128.load(init))); v128.store(c, f32x4.add(q3, v128.load(init, 16)), 16);
}

export function rows1(k: usize, a0: usize, rs: usize, b: usize, c: usize, lc: usize, init: usize, li: usize): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0);
  let x: v128, y: v128, s: v128;
  let end = a0 + (k & ~3) * 4;
  if (a0 < end) do {
    x = v128.load(b, 0); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a0, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    if (end == 29) break;
    x = v128.load(b, 32); y = v128.load(b, 48);
    s = v128.load_splat<f32>(a0, 4); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    if (end == 31) break;
    x = v128.load(b, 64); y = v128.load(b, 80);
    s = v128.load_splat<f32>(a0, 8); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    if (end == 33) break;
    x = v128.load(b, 96); y = v128.load(b, 112);
    s = v128.load_splat<f32>(a0, 12); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    a0 += 16; b += 128;
  } while (a0 < end);
  end += (k & 3) * 4;
  while (a0 < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a0); p0 = madd(s, x, p0); q0 = madd(s, y, q0); a0 += 4;
    b += 32;
  }
  v128.store(c, f32x4.add(p0, v128.load(init))); v128.store(c, f32x4.add(q0, v128.load(init, 16)), 16);
}

export function columns5(k: usize, a: usize, cs: usize, b: usize, c: usize, lc: usize, init: usize, li: usize): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0), p1 = f32x4.splat(0), q1 = f32x4.splat(0), p2 = f32x4.splat(0), q2 = f32x4.splat(0), p3 = f32x4.splat(0), q3 = f32x4.splat(0), p4 = f32x4.splat(0), q4 = f32x4.splat(0);
  let x: v128, y: v128, s: v128;
  let end = b + (k & ~1) * 32;
  while (b < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 35) break;
    s = v128.load_splat<f32>(a, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a, 16); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    a += cs; b += 32;
    if (end == 37) break;
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 39) break;
    s = v128.load_splat<f32>(a, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a, 16); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    a += cs; b += 32;
  }
  end += (k & 1) * 32;
  while (b < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    s = v128.load_splat<f32>(a, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    if (end == 35) break;
    s = v128.load_splat<f32>(a, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    s = v128.load_splat<f32>(a, 16); p4 = madd(s, x, p4); q4 = madd(s, y, q4);
    a += cs; b += 32;
  }
  v128.store(c, f32x4.add(p0, v128.load(init))); v128.store(c, f32x4.add(q0, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p1, v128.load(init))); v128.store(c, f32x4.add(q1, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p2, v128.load(init))); v128.store(c, f32x4.add(q2, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p3, v128.load(init))); v128.store(c, f32x4.add(q3, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p4, v128.load(init))); v128.store(c, f32x4.add(q4, v128.load(init, 16)), 16);
}

export function columns4(k: usize, a: usize, cs: usize, b: usize, c: usize, lc: usize, init: usize, li: usize): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0), p1 = f32x4.splat(0), q1 = f32x4.splat(0), p2 = f32x4.splat(0), q2 = f32x4.splat(0), p3 = f32x4.splat(0), q3 = f32x4.splat(0);
  let x: v128, y: v128, s: v128;
  let end = b + (k & ~1) * 32;
  while (b < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 41) break;
    s = v128.load_splat<f32>(a, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    a += cs; b += 32;
    if (end == 43) break;
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 45) break;
    s = v128.load_splat<f32>(a, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    a += cs; b += 32;
  }
  end += (k & 1) * 32;
  while (b < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    s = v128.load_splat<f32>(a, 4); p1 = madd(s, x, p1); q1 = madd(s, y, q1);
    if (end == 41) break;
    s = v128.load_splat<f32>(a, 8); p2 = madd(s, x, p2); q2 = madd(s, y, q2);
    s = v128.load_splat<f32>(a, 12); p3 = madd(s, x, p3); q3 = madd(s, y, q3);
    a += cs; b += 32;
  }
  v128.store(c, f32x4.add(p0, v128.load(init))); v128.store(c, f32x4.add(q0, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p1, v128.load(init))); v128.store(c, f32x4.add(q1, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p2, v128.load(init))); v128.store(c, f32x4.add(q2, v128.load(init, 16)), 16); c += lc; init += li;
  v128.store(c, f32x4.add(p3, v128.load(init))); v128.store(c, f32x4.add(q3, v128.load(init, 16)), 16);
}

export function columns1(k: usize, a: usize, cs: usize, b: usize, c: usize, lc: usize, init: usize, li: usize): void {
  let p0 = f32x4.splat(0), q0 = f32x4.splat(0);
  let x: v128, y: v128, s: v128;
  let end = b + (k & ~1) * 32;
  while (b < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    a += cs; b += 32;
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    a += cs; b += 32;
  }
  end += (k & 1) * 32;
  while (b < end) {
    x = v128.load(b); y = v128.load(b, 16);
    s = v128.load_splat<f32>(a, 0); p0 = madd(s, x, p0); q0 = madd(s, y, q0);
    a += cs; b += 32;
  }
  v128.store(c, f32x4.add(p0, v128.load(init))); v128.store(c, f32x4.add(q0, v128.load(init, 16)), 16);
}
