/**
 * Yields to the event loop, so that messages are handled. By a message channel and not a timer: nested timers wait at
 * least 4 ms, and a second in hidden tabs.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
