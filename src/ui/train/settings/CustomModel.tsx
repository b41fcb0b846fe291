import { Alert, Button, Progress } from '@mantine/core';
import { FileBox } from 'lucide-react';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { CUSTOM_INPUT } from '../../../config/backbone.ts';
import {
  addCustomModelFiles,
  cancelCustomModel,
  removeCustomModel,
} from '../../../state/settings/custom-model-actions.ts';
import {
  customModelStore,
  type LoadedCustomModel as Given,
} from '../../../state/settings/custom-model-store.ts';
import { FileButton } from '../../common/FileButton.tsx';
import { count } from '../../common/format.ts';

interface Props {
  /** What has to be asked about the network. */
  readonly fields: ReactNode;
  /** Whether the classification layer stays on. */
  readonly whole: boolean;
  readonly disabled: boolean;
}

/** Where a network of one's own comes in, and what it is. */
export function CustomModel({ fields, whole, disabled }: Props) {
  const { network, reading, problem } = useStore(customModelStore);
  return (
    <section className="own" aria-label="Your own network">
      {network && <Findings network={network} whole={whole} />}
      {network && fields}
      <div className="own-drop" data-testid="own-model-drop" data-drop="network">
        {reading ? (
          <Reading {...reading} />
        ) : (
          <>
            <p className={network ? 'small' : undefined}>
              {network
                ? 'Drop another one here to take its place.'
                : 'Drop model.json and its .bin files here together, or a .zip of them.'}
            </p>
            {!network && (
              <p className="quiet small">
                A TensorFlow.js Layers model that turns one picture ({CUSTOM_INPUT.min} to {CUSTOM_INPUT.max}{' '}
                pixels, in colour) into one row of numbers. A model that you downloaded here can learn on.
              </p>
            )}
            <div className="buttons">
              <FileButton
                label={network ? 'Choose another' : 'Choose the files'}
                icon={FileBox}
                testId="own-model-input"
                accept=".json,.bin,.zip,application/zip,application/json"
                disabled={disabled}
                size={network ? 'xs' : 'sm'}
                onFiles={(files) => void addCustomModelFiles(files)}
              />
              {network && (
                <Button
                  variant="default"
                  size="xs"
                  data-testid="remove-own-model"
                  disabled={disabled}
                  onClick={removeCustomModel}
                >
                  Remove
                </Button>
              )}
            </div>
          </>
        )}
      </div>
      <div role="alert">
        {problem && (
          <Alert
            color="red"
            variant="default"
            className="own-problem"
            title={problem.what}
            data-testid="own-model-error"
          >
            {problem.remedy}
            {network && ` “${network.name}” is kept.`}
          </Alert>
        )}
      </div>
    </section>
  );
}

function Reading({ doing, name }: { doing: string; name: string }) {
  return (
    <div className="own-reading" data-testid="own-model-reading">
      <p className="small" aria-live="polite">
        {doing} … <span className="quiet">{name}</span>
      </p>
      <Progress.Root size="sm">
        <Progress.Section value={100} animated striped aria-label="Reading the network" />
      </Progress.Root>
      <Button variant="default" size="xs" onClick={cancelCustomModel}>
        Cancel
      </Button>
    </div>
  );
}

function Findings({ network: { name, findings }, whole }: { network: Given; whole: boolean }) {
  const { inputSize, embeddingSize, parameters, layers, classifier } = findings;
  const gives = whole && classifier ? classifier.classes : embeddingSize;
  const rows: readonly (readonly [string, string])[] = [
    ['Takes', inputSize === null ? 'pictures of any size' : `${inputSize} × ${inputSize} pixels`],
    ['Gives', `${gives === null ? '—' : count(gives)} numbers`],
    ['Parameters', count(parameters)],
  ];
  return (
    <div data-testid="own-model-findings">
      <p className="own-name">{name}</p>
      <dl className="own-facts">
        {rows.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {classifier && (
        <p className="small">
          It ends in a classification layer ({classifier.layers.join(', ')}
          {classifier.classes !== null && `; ${count(classifier.classes)} classes`}).
        </p>
      )}
      <details className="own-layers">
        <summary>
          {count(layers.length)} layers{classifier && ', without that one'}
        </summary>
        <section
          className="own-layers-box"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
          tabIndex={0}
          aria-label="Layers of the network"
        >
          <table className="numbers">
            <thead>
              <tr>
                <th scope="col">Layer</th>
                <th scope="col">Gives</th>
              </tr>
            </thead>
            <tbody>
              {layers.map((layer) => (
                <tr key={layer.name}>
                  <th scope="row">
                    {layer.name} <span className="quiet">{layer.kind}</span>
                  </th>
                  <td>{layer.shape.map((size) => size ?? 'any').join(' × ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </div>
  );
}
