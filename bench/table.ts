import { BUSY } from './busy.ts';
import type { KernelReport, Work } from './case.ts';
import { countFlops, planBackbone, plannedName } from './plan.ts';
import type { Row } from './row.ts';

/** Columns as wide as their widest cell; all but the first and the last to the right. */
function columns(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const cell = (text: string, i: number): string => {
    if (i === widths.length - 1) return text;
    return i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0);
  };
  return lines.map((line) => line.map(cell).join('  ').trimEnd()).join('\n');
}

const decimals = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** The table of all contenders. */
export function showRows(rows: readonly Row[], { backbone, size, forward, batch }: Work): string {
  const first = rows[0]?.backend ?? '';
  const head = ['backend', 'photos/s', 'step ms', 'quartiles apart', 'steps', 'batch', 'threads'];
  const body = rows.map((row) => {
    const speed =
      row.stepMs && row.imagesPerSecond !== null
        ? [
            decimals(row.imagesPerSecond),
            decimals(row.stepMs.median),
            decimals(row.stepMs.spread),
            String(row.stepMs.count),
          ]
        : ['-', '-', '-', '-'];
    const times = row.timesFirst === null ? '-' : `${row.timesFirst.toFixed(3)}x`;
    const remarks = [
      row.adapter ?? '',
      row.smallerBatch === null ? '' : `batch ${row.batch}, not ${batch} (${row.smallerBatch})`,
      row.notMeasured === null ? '' : `${row.stepMs ? 'broke off' : 'not measured'}: ${row.notMeasured}`,
    ];
    return [
      row.backend,
      ...speed,
      String(row.batch),
      String(row.threads ?? '-'),
      times,
      remarks.filter(Boolean).join('; '),
    ];
  });
  const what = forward ? 'inference' : 'training step, SGD with momentum';
  const busy = Math.max(0, ...rows.map((row) => row.busyElsewhere));
  const agents = new Set(rows.flatMap((row) => (row.userAgent === null ? [] : [row.userAgent])));
  return [
    `${backbone} ${size}x${size}, batch ${batch}, ${what}`,
    columns([[...head, `of ${first}`, ''], ...body]),
    ...[...agents].map((agent) => `  ${agent}`),
    ...(busy > BUSY
      ? [
          `  Up to ${(100 * busy).toFixed(0)} % of the cores were in use between rounds: these figures say little.`,
        ]
      : []),
  ].join('\n');
}

/** Where the time of a step goes, beside what the arithmetic alone would take. */
export function showKernels(
  name: string,
  batch: number,
  { kernels, stepMs, productGflops }: KernelReport,
  { backbone, size, forward }: Work,
): string {
  const share = (ms: number): string => `${((100 * ms) / stepMs).toFixed(1)} %`;
  const inKernels = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const flops = plannedName(backbone) && countFlops(planBackbone(backbone, size), forward);
  const few = kernels.filter(({ ms }) => ms >= stepMs / 1000);
  const rest = kernels.filter(({ ms }) => ms < stepMs / 1000);
  const sum = (pick: 'ms' | 'calls'): number => rest.reduce((total, kernel) => total + kernel[pick], 0);
  const line = (label: string, ms: number, calls: string, whose: string): string[] => [
    label,
    ms.toFixed(1),
    share(ms),
    calls,
    whose,
  ];
  const whose = (ours: boolean): string => (ours ? 'ours' : 'published');
  return [
    `${name}: ms a step by kernel (self time)`,
    columns([
      ['kernel', 'ms', 'share', 'calls', ''],
      ...few.map((kernel) => line(kernel.name, kernel.ms, kernel.calls.toFixed(1), whose(kernel.ours))),
      ...(rest.length > 0 ? [line(`${rest.length} others`, sum('ms'), sum('calls').toFixed(1), '')] : []),
      line('in no kernel', stepMs - inKernels, '', 'JavaScript: gradients, layers, optimiser, batch'),
      line('whole step', stepMs, '', ''),
      ...(flops === null
        ? []
        : [
            line(
              'arithmetic floor',
              (batch * flops) / (productGflops * 1e6),
              '',
              `${(flops / 1e9).toFixed(3)} GFLOP a photo at ${productGflops.toFixed(1)} GFLOP/s, as a product of 1024 x 1024 reaches`,
            ),
          ]),
    ]),
  ].join('\n');
}
