// Rows by their number: gather, and its gradient.

/**
 * out [outer, count, inner] = rows of x [outer, rows, inner] named by ids [count]; elements of four bytes.
 * @returns 0 when a row does not exist; out is then not to be used
 */
export function gather(x: usize, ids: usize, outer: i32, rows: i32, inner: i32, count: i32, out: usize): i32 {
  const stride = <usize>inner * 4;
  for (let i = 0; i < count; i++) if (<u32>load<i32>(ids + <usize>i * 4) >= <u32>rows) return 0;
  for (let o = 0; o < outer; o++, x += stride * <usize>rows)
    for (let i = 0; i < count; i++, out += stride) {
      const from = x + <usize>load<i32>(ids + <usize>i * 4) * stride;
      let j: usize = 0;
      for (; j + 16 <= stride; j += 16) v128.store(out + j, v128.load(from + j));
      for (; j < stride; j += 4) store<i32>(out + j, load<i32>(from + j));
    }
  return 1;
}

/** out [segments, n] = sums of the rows of x [rows, n] by their segment; a row whose segment does not exist counts nowhere, as on cpu. */
export function segmentSum(x: usize, ids: usize, rows: i32, n: i32, segments: i32, out: usize): void {
  const stride = <usize>n * 4;
  memory.fill(out, 0, <usize>segments * stride);
  for (let r = 0; r < rows; r++, x += stride) {
    const id = load<i32>(ids + <usize>r * 4);
    if (id < 0 || id >= segments) continue;
    const o = out + <usize>id * stride;
    let j: usize = 0;
    for (; j + 16 <= stride; j += 16) v128.store(o + j, f32x4.add(v128.load(o + j), v128.load(x + j)));
    for (; j < stride; j += 4) store<f32>(o + j, load<f32>(o + j) + load<f32>(x + j));
  }
}
