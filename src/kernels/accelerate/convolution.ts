/**
 * Convolutions and gradients of convolutions and max pooling, channels last, which the wasm backend lacks (filters), computes slowly (inputs)
 * or wrongly (max pooling where a window holds only negative numbers).
 */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core'
import { RunError } from '../../core/errors.js'
import { finishing } from './finish.js'
import type { Heap } from './heap.js'
import { type AcceleratedKernel, areAll, sizeOf } from './kernel.js'
import type { Tf } from './tfjs.js'

type Shape4 = [number, number, number, number]
type Pair = number | [number, number]
type Info = ReturnType<Tf['backend_util']['computeConv2DInfo']>

interface ConvAttrs {
  readonly strides: Pair
  readonly pad: Parameters<Tf['backend_util']['computeConv2DInfo']>[4]
  readonly dilations?: Pair | null
  readonly dataFormat?: 'NHWC' | 'NCHW'
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
  readonly inputShape: Shape4
  readonly filterShape: Shape4
  readonly filterSize: Pair
}

export const conv2d: AcceleratedKernel = {
  name: 'Conv2D',
  why: 'faster',
  run: ({ inputs, attrs }, heap, tf) => forward(inputs['x']!, inputs['filter']!, undefined, attrs, heap, tf),
}

export const fusedConv2d: AcceleratedKernel = {
  name: 'FusedConv2D',
  why: 'the same with bias and activation',
  run({ inputs, attrs }, heap, tf) {
    const {
      x,
      filter,
      bias,
      preluActivationWeights: slopes,
    } = inputs as Record<'x' | 'filter', TensorInfo> & Record<string, TensorInfo | undefined>
    const finish = finishing(filter.shape[3]!, bias, slopes, attrs)
    const out = finish && forward(x, filter, bias, attrs, heap, tf)
    if (out) finish(out, heap)
    return out
  },
}

function forward(
  x: TensorInfo,
  filter: TensorInfo,
  bias: TensorInfo | undefined,
  attrs: NamedAttrMap | undefined,
  heap: Heap,
  tf: Tf,
): TensorInfo | null {
  const info = conv(tf, x.shape as Shape4, filter.shape as Shape4, attrs as unknown as ConvAttrs, false)
  if (info === null || !areAll('float32', x, filter) || sizeOf(info.outShape) * sizeOf(filter.shape) === 0) return null
  const scratch = convScratch(info, heap)
  const out = heap.output(info.outShape)
  const biasAt = bias === undefined ? 0 : heap.address(bias)
  heap.kernels.convolution(heap.address(x), heap.address(filter), biasAt, heap.address(out), ...geometry(info, info.outChannels), scratch)
  return out
}

const convScratch = ({ filterHeight, filterWidth, inChannels, outChannels }: Info, heap: Heap): number =>
  heap.scratch(heap.kernels.convScratch(filterHeight, filterWidth, inChannels, outChannels))

export const conv2dFilterGradient: AcceleratedKernel = {
  name: 'Conv2DBackpropFilter',
  why: 'the gradient of a convolution’s filter: without it no convolution trains on wasm',
  run({ inputs, attrs }, heap, tf) {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const { filterShape, ...given } = attrs as unknown as ConvAttrs
    const info = conv(tf, x.shape as Shape4, filterShape, given, false)
    if (info === null || !areAll('float32', x, dy)) return null
    const scratch = convScratch(info, heap)
    const out = heap.output(filterShape)
    heap.kernels.convFilterGradient(heap.address(x), heap.address(dy), heap.address(out), ...geometry(info, info.outChannels), scratch)
    return out
  },
}

export const conv2dInputGradient: AcceleratedKernel = {
  name: 'Conv2DBackpropInput',
  why: 'the gradient of a convolution’s input, and conv2dTranspose',
  run({ inputs, attrs }, heap, tf) {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const { inputShape, ...given } = attrs as unknown as ConvAttrs
    const info = conv(tf, inputShape, filter.shape as Shape4, given, false)
    if (info === null || !areAll('float32', dy, filter) || sizeOf(inputShape) === 0) return null
    const scratch = convScratch(info, heap)
    const out = heap.output(inputShape)
    heap.kernels.convInputGradient(heap.address(dy), heap.address(filter), heap.address(out), ...geometry(info, info.outChannels), scratch)
    return out
  },
}

export const depthwiseFilterGradient: AcceleratedKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  why: 'the gradient of a depthwise filter',
  run({ inputs, attrs }, heap, tf) {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo }
    const { filterShape, ...given } = attrs as unknown as ConvAttrs
    const info = conv(tf, x.shape as Shape4, filterShape, given, true)
    if (info === null || !areAll('float32', x, dy)) return null
    const out = heap.output(filterShape)
    heap.kernels.depthwiseFilterGradient(heap.address(x), heap.address(dy), heap.address(out), ...geometry(info, filterShape[3]))
    return out
  },
}

export const depthwiseInputGradient: AcceleratedKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  why: 'the gradient of a depthwise convolution’s input',
  run({ inputs, attrs }, heap, tf) {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo }
    const { inputShape, ...given } = attrs as unknown as ConvAttrs
    const info = conv(tf, inputShape, filter.shape as Shape4, given, true)
    if (info === null || !areAll('float32', dy, filter)) return null
    const out = heap.output(inputShape)
    heap.kernels.depthwiseInputGradient(heap.address(dy), heap.address(filter), heap.address(out), ...geometry(info, filter.shape[3]!))
    return out
  },
}

export const maxPoolGradient: AcceleratedKernel = {
  name: 'MaxPoolGrad',
  why: 'the stock kernel is silently wrong where a window holds only negative numbers',
  run({ inputs, attrs }, heap, tf) {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo }
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as ConvAttrs
    if (!areAll('float32', dy, input)) throw new RunError('MaxPoolGrad on wasm: expected float32 tensors; cast them first.')
    const info = tf.backend_util.computePool2DInfo(
      input.shape as Shape4,
      filterSize,
      strides,
      1,
      pad as Parameters<Tf['backend_util']['computePool2DInfo']>[4],
      dimRoundingMode,
    )
    const out = heap.output(input.shape)
    // computePool2DInfo counts the filter's size with its dilation in effectiveFilter…; dilation is always 1 here
    heap.kernels.maxPoolGradient(heap.address(input), heap.address(dy), heap.address(out), ...geometry(info, null))
    return out
  },
}

/** null for images with channels first. */
function conv(
  tf: Tf,
  input: Shape4,
  filter: Shape4,
  attrs: Omit<ConvAttrs, 'filterShape' | 'inputShape'>,
  depthwise: boolean,
): Info | null {
  const { strides, pad, dilations, dimRoundingMode, dataFormat } = attrs
  if (dataFormat === 'NCHW') return null
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations ?? 1, pad, dimRoundingMode, depthwise, 'channelsLast')
}

/** In the order of the kernels. @param last output channels, or the multiplier of a depthwise filter; null where there is neither */
function geometry(info: Info, last: number | null): number[] {
  return [
    ...[info.batchSize, info.inHeight, info.inWidth, info.inChannels, info.filterHeight, info.filterWidth, info.outHeight, info.outWidth],
    ...(last === null ? [] : [last]),
    ...[info.strideHeight, info.strideWidth, info.dilationHeight, info.dilationWidth, info.padInfo.top, info.padInfo.left],
  ]
}
