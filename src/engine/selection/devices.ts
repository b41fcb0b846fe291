/** What the browser says about a graphics device. */
export interface Device {
  /** As the browser names it; empty when it does not say. */
  readonly name: string;
  /** A software renderer instead of a GPU. */
  readonly software: boolean;
}

/** Names of software renderers: Chromium's SwiftShader, Mesa's llvmpipe, lavapipe and softpipe, Windows' WARP. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

export const isSoftware = (name: string): boolean => SOFTWARE.test(name);

/** The WebGPU adapter, or why there is none. */
export async function findWebGpu(): Promise<Device | string> {
  // Absent in browsers without WebGPU, whatever the type says.
  const gpu: GPU | undefined = navigator.gpu;
  if (!gpu) return 'this browser has no WebGPU';
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) return 'the browser offers no WebGPU device';
    const { description, vendor, architecture, device, isFallbackAdapter } = adapter.info;
    const name = description || [vendor, architecture, device].filter(Boolean).join(' ');
    const everything = `${vendor} ${architecture} ${device} ${description}`;
    return { name, software: isFallbackAdapter === true || isSoftware(everything) };
  } catch (thrown) {
    return `asking for a WebGPU device failed (${thrown instanceof Error ? thrown.message : String(thrown)})`;
  }
}

/** The WebGL 2 renderer, or why there is none. */
export function findWebGl(): Device | string {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return 'the browser offers no WebGL 2';
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  const name = typeof renderer === 'string' ? renderer : '';
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return { name, software: isSoftware(name) };
}
