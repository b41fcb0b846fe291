/** Makes libraries in this worker believe in so many cores, where that is all that they go by. */
export function claimCores(count: number): void {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: count });
}
