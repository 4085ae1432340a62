// What accelerate(tf) registers on the heap of the TensorFlow.js wasm backend. The memory is imported; nothing is allocated or kept here.
export { gemm, gemmFewRows, gemmScratch, packB, packedBytes } from './heap-gemm';
export { convFilterGradient, convInputGradient, convolution, convScratch } from './heap-conv';
export { depthwiseFilterGradient, depthwiseInputGradient } from './heap-depthwise';
export { maxPoolGradient } from './heap-pool';
export { activate, prelu, sqrt, sumColumns, sumRows, tanh } from './heap-elementwise';
export { gather, segmentSum } from './heap-rows';
export { multiplyAdd } from './probe';
