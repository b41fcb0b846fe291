import { Button } from '@mantine/core';
import { Download } from 'lucide-react';
import { useStore } from 'zustand';
import type { ExportFormatInfo } from '../../domain/export/export-format.ts';
import { exportFormatStore, exportStore, withHeadStore } from '../../state/run/export/export-store.ts';
import { WithHead } from './WithHead.tsx';

/** Every format that the model can be downloaded in, with what is in the file. */
export function Formats({ onDownload }: { onDownload: (format: string) => void }) {
  const formats = useStore(exportFormatStore);
  return (
    <ul className="formats" aria-label="Formats">
      {formats.map((format, i) => (
        <Format key={format.id} format={format} first={i === 0} onDownload={onDownload} />
      ))}
    </ul>
  );
}

interface FormatProps {
  readonly format: ExportFormatInfo;
  /** The one for most people. */
  readonly first: boolean;
  readonly onDownload: (format: string) => void;
}

function Format({ format: { id, label, contents, withHead }, first, onDownload }: FormatProps) {
  const writing = useStore(exportStore, (state) => (state.status === 'writing' ? state.format : null));
  const headWanted = useStore(withHeadStore, (state) => state.on);
  const files = [...contents, ...(headWanted && withHead ? withHead : [])];
  return (
    <li>
      <h2>{label}</h2>
      <Button
        variant={first ? 'filled' : 'default'}
        data-testid={`export-${id}`}
        aria-label={`Download for ${label}`}
        leftSection={<Download size={18} aria-hidden="true" />}
        disabled={writing !== null && writing !== id}
        loading={writing === id}
        onClick={() => onDownload(id)}
      >
        Download
      </Button>
      {withHead && <WithHead label={label} />}
      <details open={first}>
        <summary>What is in it</summary>
        <dl>
          {files.map(({ file, description }) => (
            <div key={file}>
              <dt>{file}</dt>
              <dd>{description}</dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}
