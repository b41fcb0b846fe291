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
import { customModelStore, type LoadedCustomModel } from '../../../state/settings/custom-model-store.ts';
import { FileButton } from '../../common/FileButton.tsx';
import { count } from '../../common/format.ts';

interface Props {
  /** The settings that its files do not determine. */
  readonly fields: ReactNode;
  /** Whether the classification layer is kept. */
  readonly keepsClassifier: boolean;
  readonly disabled: boolean;
}

/** Where a custom model is added, and what was found in it. */
export function CustomModel({ fields, keepsClassifier, disabled }: Props) {
  const { network, reading, problem } = useStore(customModelStore);
  return (
    <section className="custom-model" aria-label="Custom model">
      {network && <Findings network={network} keepsClassifier={keepsClassifier} />}
      {network && fields}
      <div className="custom-model-drop" data-testid="own-model-drop" data-drop="network">
        {reading ? (
          <Reading {...reading} />
        ) : (
          <>
            <p className={network ? 'small' : undefined}>
              {network
                ? 'Drop another model here to replace it.'
                : 'Drop model.json and its .bin files here together, or a .zip of them.'}
            </p>
            {!network && (
              <p className="quiet small">
                A TensorFlow.js Layers model that turns one image, colour or grey ({CUSTOM_INPUT.min} to{' '}
                {CUSTOM_INPUT.max} pixels wide and high) into one vector. A model that you downloaded here can
                be trained further.
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
            className="custom-model-problem"
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
    <div className="custom-model-reading" data-testid="own-model-reading">
      <p className="small" aria-live="polite">
        {doing} … <span className="quiet">{name}</span>
      </p>
      <Progress.Root size="sm">
        <Progress.Section value={100} animated striped aria-label="Reading the model" />
      </Progress.Root>
      <Button variant="default" size="xs" onClick={cancelCustomModel}>
        Cancel
      </Button>
    </div>
  );
}

function Findings({
  network: { name, findings },
  keepsClassifier,
}: {
  network: LoadedCustomModel;
  keepsClassifier: boolean;
}) {
  const { inputSize, channels, embeddingSize, parameters, layers, classifier } = findings;
  const outputSize = keepsClassifier && classifier ? classifier.classes : embeddingSize;
  const rows: readonly (readonly [string, string])[] = [
    [
      'Input',
      `${inputSize === null ? 'images of any size' : `${inputSize} × ${inputSize} pixels`}${channels === 1 ? ', grey' : ''}`,
    ],
    ['Output', `${outputSize === null ? '—' : count(outputSize)} numbers`],
    ['Parameters', count(parameters)],
  ];
  return (
    <div data-testid="own-model-findings">
      <p className="custom-model-name">{name}</p>
      <dl className="custom-model-facts">
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
      <details className="custom-model-layers">
        <summary>
          {count(layers.length)} layers{classifier && ' before it'}
        </summary>
        <section
          className="custom-model-layers-box"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
          tabIndex={0}
          aria-label="Layers of the network"
        >
          <table className="numbers">
            <thead>
              <tr>
                <th scope="col">Layer</th>
                <th scope="col">Output</th>
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
