/** What one training step asks of a graphics device: `npm run bench -- budget`. */

import type { Command } from './arguments.ts';
import { openBenchPage } from './browser-runner.ts';
import type { Case, Contender, DeviceCounts } from './case.ts';
import { plannedName } from './plan.ts';

export interface BudgetRow extends DeviceCounts {
  readonly kernels: 'stock' | 'ours';
  readonly backbone: string;
  readonly batch: number;
}

/**
 * One row for the published backend, where the network is written for it, and one for ours.
 *
 * @param dry counts launches without making them: a software adapter would take minutes for a large batch
 */
export async function budget(
  command: Command,
  dry: boolean,
  note: (text: string) => void,
): Promise<BudgetRow[]> {
  const { work, softwareGpu, browserFlags } = command;
  const contenders: Contender[] = plannedName(work.backbone) ? ['stock-webgpu', 'webgpu'] : ['webgpu'];
  note('building the page');
  const page = await openBenchPage(softwareGpu, browserFlags);
  try {
    const rows: BudgetRow[] = [];
    for (const contender of contenders) {
      note(`counting ${contender}`);
      const spec: Case = {
        ...work,
        wholeBatch: true,
        contender,
        kernels: false,
        count: dry ? 'dry' : 'live',
      };
      const runner = await page.start(spec, new AbortController().signal);
      try {
        const counts = await runner.counts();
        const kernels = contender === 'webgpu' ? 'ours' : 'stock';
        rows.push({ kernels, backbone: work.backbone, batch: runner.started.batch, ...counts });
      } finally {
        await runner.stop();
      }
    }
    return rows;
  } finally {
    await page.close();
  }
}

export function showBudget(rows: readonly BudgetRow[]): string {
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  return rows
    .map(
      (row) =>
        `${row.kernels.padEnd(6)} ${row.backbone}, batch ${row.batch}: ${row.dispatches} dispatches in ` +
        `${row.submits} submits, ${gigabytes(row.bytesBound)} bound, ${gigabytes(row.bytesUploaded)} uploaded, ` +
        `peak ${gigabytes(row.peakBytes)}`,
    )
    .join('\n');
}
