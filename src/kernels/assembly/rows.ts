/**
 * Four samples at a time, one per lane: the heads read a column of four rows and of the per-sample arrays that `index` points into.
 *
 * A last group of fewer than four takes its last row again in the spare lanes. They compute and store what that row stores; sums leave
 * them out.
 */

/** Addresses of the four rows of x [rows, ld] from `row` on, as i32 lanes. */
// @ts-ignore: decorator
@inline
export function rowAddresses(x: usize, row: i32, rows: i32, ld: i32): v128 {
  return i32x4.add(i32x4.splat(<i32>x), i32x4.mul(rowNumbers(row, rows), i32x4.splat(ld << 2)));
}

/** The four numbers that stand at `index` for the rows from `row` on, times `bytes`: offsets into a per-sample array. */
// @ts-ignore: decorator
@inline
export function sampleOffsets(index: usize, row: i32, rows: i32, bytes: i32): v128 {
  return i32x4.mul(gather4(i32x4.add(i32x4.splat(<i32>index), i32x4.shl(rowNumbers(row, rows), 2)), 0), i32x4.splat(bytes));
}

// @ts-ignore: decorator
@inline
function rowNumbers(row: i32, rows: i32): v128 {
  return i32x4.min_s(i32x4.add(i32x4.splat(row), i32x4(0, 1, 2, 3)), i32x4.splat(rows - 1));
}

/** The 32-bit words at four addresses plus `offset`. */
// @ts-ignore: decorator
@inline
export function gather4(addresses: v128, offset: usize): v128 {
  let v = v128.load32_zero(<usize>i32x4.extract_lane(addresses, 0) + offset);
  v = v128.load_lane<u32>(<usize>i32x4.extract_lane(addresses, 1) + offset, v, 1);
  v = v128.load_lane<u32>(<usize>i32x4.extract_lane(addresses, 2) + offset, v, 2);
  return v128.load_lane<u32>(<usize>i32x4.extract_lane(addresses, 3) + offset, v, 3);
}

// @ts-ignore: decorator
@inline
export function scatter4(addresses: v128, offset: usize, v: v128): void {
  v128.store_lane<u32>(<usize>i32x4.extract_lane(addresses, 0) + offset, v, 0);
  v128.store_lane<u32>(<usize>i32x4.extract_lane(addresses, 1) + offset, v, 1);
  v128.store_lane<u32>(<usize>i32x4.extract_lane(addresses, 2) + offset, v, 2);
  v128.store_lane<u32>(<usize>i32x4.extract_lane(addresses, 3) + offset, v, 3);
}

/** The four lanes added to a pair of float64 sums. */
// @ts-ignore: decorator
@inline
export function addTo(sums: v128, x: v128): v128 {
  return f64x2.add(f64x2.add(sums, f64x2.promote_low_f32x4(x)), f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 0)));
}

/** stats[at] += both sums of the pair. */
// @ts-ignore: decorator
@inline
export function addStat(stats: usize, at: usize, sums: v128): void {
  const place = stats + (at << 3);
  store<f64>(place, load<f64>(place) + (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)));
}
