// Gradient of max pooling, channels last: each output's gradient goes to the first largest element of its window, as on cpu. A NaN counts
// as largest, so that its gradient is not lost (cpu drops it).

export function maxPoolGradient(x: usize, dy: usize, dx: usize, n: i32, H: i32, W: i32, C: i32, KH: i32, KW: i32, OH: i32, OW: i32,
  SH: i32, SW: i32, DH: i32, DW: i32, PT: i32, PL: i32): void {
  const run = <usize>C * 4, image = <usize>H * <usize>W * run;
  memory.fill(dx, 0, <usize>n * image);
  for (let i = 0; i < n; i++, x += image, dx += image)
    for (let oy = 0; oy < OH; oy++)
      for (let ox = 0; ox < OW; ox++, dy += run)
        for (let c: usize = 0; c < run; c += 4) {
          let best: f32 = -Infinity;
          let at: usize = usize.MAX_VALUE;
          for (let ky = 0; ky < KH; ky++) {
            const y = oy * SH - PT + ky * DH;
            if (y < 0 || y >= H) continue;
            for (let kx = 0; kx < KW; kx++) {
              const xx = ox * SW - PL + kx * DW;
              if (xx < 0 || xx >= W) continue;
              const place = <usize>(y * W + xx) * run + c;
              const v = load<f32>(x + place);
              if (v > best || at == usize.MAX_VALUE || (isNaN(v) && !isNaN(best))) { best = v; at = place; }
            }
          }
          if (at != usize.MAX_VALUE) store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + c));
        }
}
