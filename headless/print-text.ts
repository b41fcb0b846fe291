/** Writes lines to stderr, over a progress bar that is open there. Names of files reach no control codes of the terminal. */
export function printText(text: string): void {
  const lines = text.replace(/[^\P{Cc}\n]/gu, ' ');
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}${lines}\n`);
}
