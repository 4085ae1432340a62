// Gradients of a depthwise convolution, channels last: x [n, H, W, C], filter [KH, KW, C, Q], dy [n, OH, OW, C Q]; output channel c Q + q
// belongs to input channel c. Any stride, padding, dilation. Four channels at a time when Q is 1, the usual case.
import { madd } from './vector';

export function depthwiseFilterGradient(x: usize, dy: usize, out: usize, n: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32, Q: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32): void {
  memory.fill(out, 0, <usize>(KH * KW * C * Q) * 4);
  const run = <usize>C * 4, outRun = run * <usize>Q;
  for (let i = 0; i < n; i++)
    for (let oy = 0; oy < OH; oy++)
      for (let ky = 0; ky < KH; ky++) {
        const y = oy * SH - PT + ky * DH;
        if (y < 0 || y >= H) continue;
        for (let ox = 0; ox < OW; ox++)
          for (let kx = 0; kx < KW; kx++) {
            const xx = ox * SW - PL + kx * DW;
            if (xx < 0 || xx >= W) continue;
            const s = x + <usize>((i * H + y) * W + xx) * run, g = dy + <usize>((i * OH + oy) * OW + ox) * outRun, o = out + <usize>(ky * KW + kx) * outRun;
            let c: usize = 0;
            if (Q == 1) for (; c + 16 <= run; c += 16) v128.store(o + c, madd(v128.load(s + c), v128.load(g + c), v128.load(o + c)));
            for (; c < run; c += 4)
              for (let q: usize = 0; q < <usize>Q; q++) { const d = c * <usize>Q + q * 4; store<f32>(o + d, load<f32>(o + d) + load<f32>(s + c) * load<f32>(g + d)); }
          }
      }
}

export function depthwiseInputGradient(dy: usize, filter: usize, dx: usize, n: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32, Q: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32): void {
  const run = <usize>C * 4, outRun = run * <usize>Q;
  memory.fill(dx, 0, <usize>n * <usize>(H * W) * run);
  for (let i = 0; i < n; i++)
    for (let oy = 0; oy < OH; oy++)
      for (let ky = 0; ky < KH; ky++) {
        const y = oy * SH - PT + ky * DH;
        if (y < 0 || y >= H) continue;
        for (let ox = 0; ox < OW; ox++)
          for (let kx = 0; kx < KW; kx++) {
            const xx = ox * SW - PL + kx * DW;
            if (xx < 0 || xx >= W) continue;
            const o = dx + <usize>((i * H + y) * W + xx) * run, g = dy + <usize>((i * OH + oy) * OW + ox) * outRun, f = filter + <usize>(ky * KW + kx) * outRun;
            let c: usize = 0;
            if (Q == 1) for (; c + 16 <= run; c += 16) v128.store(o + c, madd(v128.load(f + c), v128.load(g + c), v128.load(o + c)));
            for (; c < run; c += 4) {
              let sum = load<f32>(o + c);
              for (let q: usize = 0; q < <usize>Q; q++) { const d = c * <usize>Q + q * 4; sum += load<f32>(f + d) * load<f32>(g + d); }
              store<f32>(o + c, sum);
            }
          }
      }
}
