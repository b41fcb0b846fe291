/** The message that starts a thread. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** Its answer when it is ready. */
export const threadAnswer = 'ready';
