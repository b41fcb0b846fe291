import { Button } from '@mantine/core';
import { unreachable } from '../../lib/unreachable.ts';
import type { RecogniserModel } from '../../protocol/recognise.ts';
import type { ModelSource, RecogniserState } from '../../state/use/recogniser-store.ts';
import { plural } from '../common/format.ts';
import { Panel } from '../common/Panel.tsx';

function titleOf(source: ModelSource): string {
  switch (source.kind) {
    case 'pretrained':
      return 'The pretrained network';
    case 'run':
      return `The model of ${source.name}`;
    case 'file':
      return source.name;
    case 'page':
      return 'The model of this page';
    default:
      return unreachable(source);
  }
}

/** Who is in its gallery from the start. */
function trainedOn({ trained, enrolled }: RecogniserModel['people']): string {
  const training = `trained with this program on ${plural(trained, 'person', 'people')}`;
  if (enrolled === 0) return training;
  return `${training}; ${enrolled} more, held out to measure it, enrolled from their photos`;
}

interface Props {
  readonly open: NonNullable<RecogniserState['open']>;
  readonly onChange: () => void;
}

/** The open model. */
export function ModelPanel({ open, onChange }: Props) {
  const { source, model } = open;
  return (
    <Panel
      title="Model"
      actions={
        <Button size="xs" variant="default" onClick={onChange}>
          Change
        </Button>
      }
    >
      <p className="use-model" data-testid="use-model">
        {titleOf(source)}
      </p>
      <p className="quiet small">
        {model.name}, embeddings of {model.embeddingSize} numbers,{' '}
        {model.trained ? trainedOn(model.people) : 'not trained further'}
      </p>
    </Panel>
  );
}
