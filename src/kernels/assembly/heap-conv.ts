// A 2-D convolution and its gradients, channels last, any stride, padding and dilation, as matrix products over patches.
//
// A patch is what the filter sees at one place of the output: [filter height, filter width, channels], KC numbers. With patches P
// [places, KC]: y = P * filter, dFilter = transposed P * dy, and dP = dy * transposed filter, added back to where the patches came from.
// P exists for a few hundred places at a time, in cache.
import { gemm, gemmColumns, gemmScratch, packB, packedBytes } from './heap-gemm';

const PATCH_FLOATS: i32 = 49152; // 192 KiB of patches at a time: second-level cache
const DEPTH: i32 = 256; // places at a time at most, one block of the product

// @ts-ignore: decorator
@inline
function placesAtATime(kc: i32): i32 { return max(8, min(DEPTH, PATCH_FLOATS / kc)); }
// @ts-ignore: decorator
@inline
function aligned(bytes: usize): usize { return (bytes + 63) & ~63; }

/** Bytes of scratch of each. */
export function convScratch(KH: i32, KW: i32, C: i32, CO: i32): usize {
  const kc = KH * KW * C, places = placesAtATime(kc);
  return aligned(<usize>(places * kc) * 4) + aligned(packed(places, kc, CO)) + max(gemmScratch(CO), gemmScratch(kc));
}

// the packed factor: dy, the transposed filter or the filter
// @ts-ignore: decorator
@inline
function packed(places: i32, kc: i32, CO: i32): usize { return max(packedBytes(CO, places), max(packedBytes(kc, CO), packedBytes(CO, kc))); }

/** y [n, OH, OW, CO] = convolution of x [n, H, W, C] with filter [KH, KW, C, CO], plus bias [CO] (0: none). */
export function convolution(x: usize, filter: usize, bias: usize, y: usize, n: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32, CO: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32, scratch: usize): void {
  const kc = KH * KW * C, chunk = placesAtATime(kc), places = n * OH * OW;
  const factor = scratch + aligned(<usize>(chunk * kc) * 4), rest = factor + aligned(packed(chunk, kc, CO));
  packB(filter, CO, 1, kc, CO, factor);
  if (KH == 1 && KW == 1 && SH == 1 && SW == 1 && OH == H && OW == W) { // the image is its own patches
    gemm(places, CO, C, x, C, 1, factor, y, bias, rest);
    return;
  }
  for (let p = 0; p < places; p += chunk) {
    const count = min(chunk, places - p);
    patches(x, scratch, p, count, H, W, C, KH, KW, OH, OW, SH, SW, DH, DW, PT, PL, true);
    gemm(count, CO, kc, scratch, kc, 1, factor, y + (<usize>p * <usize>CO) * 4, bias, rest);
  }
}

/** dFilter [KH, KW, C, CO] from x [n, H, W, C] and dy [n, OH, OW, CO]. S strides, D dilations, P padding on top and left. */
export function convFilterGradient(x: usize, dy: usize, out: usize, n: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32, CO: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32, scratch: usize): void {
  const kc = KH * KW * C, chunk = placesAtATime(kc), places = n * OH * OW;
  const factor = scratch + aligned(<usize>(chunk * kc) * 4), rest = factor + aligned(packed(chunk, kc, CO));
  if (places == 0) memory.fill(out, 0, <usize>(kc * CO) * 4);
  for (let p = 0; p < places; p += chunk) {
    const count = min(chunk, places - p);
    patches(x, scratch, p, count, H, W, C, KH, KW, OH, OW, SH, SW, DH, DW, PT, PL, true);
    packB(dy + (<usize>p * <usize>CO) * 4, CO, 1, count, CO, factor);
    gemmColumns(kc, CO, count, scratch, <usize>kc * 4, factor, out, p > 0, rest);
  }
}

/** dx [n, H, W, C] from dy [n, OH, OW, CO] and filter [KH, KW, C, CO]. */
export function convInputGradient(dy: usize, filter: usize, dx: usize, n: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32, CO: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32, scratch: usize): void {
  const kc = KH * KW * C, chunk = placesAtATime(kc), places = n * OH * OW;
  const factor = scratch + aligned(<usize>(chunk * kc) * 4), rest = factor + aligned(packed(chunk, kc, CO));
  memory.fill(dx, 0, <usize>n * <usize>(H * W * C) * 4);
  packB(filter, 1, CO, CO, kc, factor);
  for (let p = 0; p < places; p += chunk) {
    const count = min(chunk, places - p);
    gemm(count, kc, CO, dy + (<usize>p * <usize>CO) * 4, CO, 1, factor, scratch, 0, rest);
    patches(dx, scratch, p, count, H, W, C, KH, KW, OH, OW, SH, SW, DH, DW, PT, PL, false);
  }
}

// Between an image and its patches [count, KH, KW, C] from place `first` on: copies out (read) or adds back. Outside the image: zeros, so an
// infinite filter makes NaN at the edge (0 · ∞), where the cpu backend skips.
function patches(x: usize, at: usize, first: i32, count: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32, read: bool): void {
  const run = <usize>C * 4, area = OH * OW;
  let image = first / area, oy = (first - image * area) / OW, ox = first - image * area - oy * OW;
  for (let i = 0; i < count; i++) {
    const left = ox * SW - PL;
    const whole = DW == 1 && left >= 0 && left + KW <= W; // a row of the filter is one run of memory
    for (let ky = 0; ky < KH; ky++) {
      const y = oy * SH + ky * DH - PT;
      if (y < 0 || y >= H) {
        if (read) memory.fill(at, 0, run * <usize>KW);
        at += run * <usize>KW;
        continue;
      }
      const row = x + <usize>(image * H + y) * <usize>W * run;
      if (whole) {
        move(row + <usize>left * run, at, run * <usize>KW, read);
        at += run * <usize>KW;
        continue;
      }
      for (let kx = 0; kx < KW; kx++, at += run) {
        const xx = left + kx * DW;
        if (xx >= 0 && xx < W) move(row + <usize>xx * run, at, run, read);
        else if (read) memory.fill(at, 0, run);
      }
    }
    if (++ox == OW) {
      ox = 0;
      if (++oy == OH) { oy = 0; image++; }
    }
  }
}

// @ts-ignore: decorator
@inline
function move(image: usize, patch: usize, bytes: usize, read: bool): void {
  let i: usize = 0;
  if (read) {
    for (; i + 16 <= bytes; i += 16) v128.store(patch + i, v128.load(image + i));
    for (; i < bytes; i += 4) store<f32>(patch + i, load<f32>(image + i));
  } else {
    for (; i + 16 <= bytes; i += 16) v128.store(image + i, f32x4.add(v128.load(image + i), v128.load(patch + i)));
    for (; i < bytes; i += 4) store<f32>(image + i, load<f32>(image + i) + load<f32>(patch + i));
  }
}
