import type { HeadlessProgress } from '../src/protocol/headless.ts';

const WIDTH = 28;

/** A progress bar on stderr: one line that is rewritten on a terminal, a line every few seconds elsewhere. */
export function createProgressBar(stream: NodeJS.WriteStream): {
  show(progress: HeadlessProgress): void;
  end(): void;
} {
  let last = 0;
  let stage = '';
  let open = false;
  return {
    show({ what, done, total, detail }) {
      const now = Date.now();
      const finished = done >= total;
      const every = stream.isTTY ? 100 : 5000;
      if (what === stage && !finished && now - last < every) return;
      if (stream.isTTY && open && what !== stage) stream.write('\n');
      last = now;
      stage = what;
      open = true;
      const filled = total > 0 ? Math.min(WIDTH, Math.round((done / total) * WIDTH)) : 0;
      const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled);
      const line = `${what.padEnd(22)} [${bar}] ${done}/${total} ${detail}`;
      stream.write(stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
    end() {
      if (stream.isTTY && open) stream.write('\n');
      open = false;
    },
  };
}
