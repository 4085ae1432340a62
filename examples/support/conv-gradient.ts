/**
 * The gradient of conv2d with respect to its filter, for the WebAssembly backend of TensorFlow.js 4.22, which has none ("Kernel
 * 'Conv2DBackpropFilter' not registered for backend 'wasm'"). The same sum, from kernels that it has: for each place of the filter, the
 * input as that place saw it (a strided slice of the padded input), transposed, times the gradient of the output. Much slower than a
 * kernel of its own would be, much faster than the cpu backend.
 */
import {
  backend_util,
  concat,
  engine,
  getKernel,
  type KernelBackend,
  type KernelConfig,
  matMul,
  pad,
  registerKernel,
  reshape,
  stridedSlice,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core'

/** Does nothing where the kernel exists. Only images with channels last, without dilation. */
export function registerConvGradient(): void {
  if (getKernel(KERNEL, 'wasm')) return
  registerKernel({ kernelName: KERNEL, backendName: 'wasm', kernelFunc: filterGradient } as KernelConfig)
}

const KERNEL = 'Conv2DBackpropFilter'

const filterGradient: KernelConfig['kernelFunc'] = ({ inputs, attrs, backend }) => {
  const { x, dy } = inputs as unknown as { x: Tensor4D; dy: Tensor4D }
  const { strides, pad: padding, dimRoundingMode, filterShape } = attrs as unknown as ConvAttributes
  const info = backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, padding, dimRoundingMode)
  const { filterHeight, filterWidth, inChannels, outChannels, outHeight, outWidth, batchSize, strideHeight, strideWidth, padInfo } = info
  return tidy(() => {
    const tx = asTensor(x, backend as KernelBackend) as Tensor4D
    const tdy = asTensor(dy, backend as KernelBackend)
    const padded = pad(tx, [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ])
    const columns = reshape(tdy, [batchSize * outHeight * outWidth, outChannels]) as Tensor2D
    const places: Tensor[] = []
    for (let row = 0; row < filterHeight; row++) {
      for (let column = 0; column < filterWidth; column++) {
        const end = [batchSize, row + strideHeight * (outHeight - 1) + 1, column + strideWidth * (outWidth - 1) + 1, inChannels]
        places.push(stridedSlice(padded, [0, row, column, 0], end, [1, strideHeight, strideWidth, 1]))
      }
    }
    const seen = reshape(concat(places, 3), [batchSize * outHeight * outWidth, filterHeight * filterWidth * inChannels])
    return reshape(matMul(seen, columns, true), filterShape)
  })
}

interface ConvAttributes {
  readonly strides: [number, number]
  readonly pad: 'valid' | 'same' | number
  readonly dimRoundingMode: 'floor' | 'round' | 'ceil'
  readonly filterShape: [number, number, number, number]
}

/** A kernel gets what identifies a tensor's data; operations want a tensor: one more owner of the data, which tidy releases. */
function asTensor({ dataId, shape, dtype }: Tensor, backend: KernelBackend): Tensor {
  backend.incRef(dataId)
  return engine().makeTensorFromTensorInfo({ dataId, shape, dtype })
}
