/** A device with the adapter's own limits and what our kernels can use of its features. */
export interface OwnDevice {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
}

/** Used where the adapter has them. */
const FEATURES: readonly string[] = ['timestamp-query', 'bgra8unorm-storage', 'shader-f16', 'subgroups'];

/** Limits that are asked for at the adapter's value; a device has the smallest that the standard allows otherwise. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** @throws Error where the browser has no WebGPU, no adapter, or gives no device */
export async function requestOwnDevice(): Promise<OwnDevice> {
  // Absent in browsers without WebGPU, whatever the type says.
  const gpu: GPU | undefined = navigator.gpu;
  if (!gpu) throw new Error('this browser has no WebGPU');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('the browser offers no WebGPU device');
  const limits = LIMITS.map((name) => [name, adapter.limits[name]] as const);
  const device = await adapter.requestDevice({
    requiredFeatures: [...adapter.features].filter(isWanted),
    // A browser that does not know a limit has no value for it.
    requiredLimits: Object.fromEntries(limits.filter(([, value]) => typeof value === 'number')),
  });
  return { device, info: adapter.info };
}

/** The list of features grows faster than the types. */
const isWanted = (feature: string): feature is GPUFeatureName => FEATURES.includes(feature);
