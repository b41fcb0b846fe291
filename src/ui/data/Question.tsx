import { Button, Radio, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import { describeSource, type LabelChoice } from '../../domain/labels.ts';
import { answerQuestion } from '../../state/data/data-actions.ts';
import { dataStore, type IntakeQuestion } from '../../state/data/data-store.ts';
import { LONGEST_NAME } from '../../state/data/people.ts';
import { Dialog } from '../common/Dialog.tsx';
import { plural } from '../common/format.ts';

function peopleOf({ identities, names, unlabelled }: LabelChoice): string {
  if (identities === 0)
    return `One person: you type the name of the ${plural(unlabelled, 'photo', 'photos')}`;
  const more = identities > names.length ? ', …' : '';
  return `${plural(identities, 'person', 'people')}: ${names.join(', ')}${more}`;
}

/** Where the names come from, and what becomes of photos without one. */
function namedBy({ source, identities, skipped, unlabelled }: LabelChoice): string {
  const rest =
    skipped > 0
      ? `; ${plural(skipped, 'photo', 'photos')} without a name will be skipped`
      : unlabelled > 0 && identities > 0
        ? `; ${plural(unlabelled, 'photo has', 'photos have')} no name yet`
        : '';
  return `${describeSource(source)}${rest}`;
}

function Form({ question: { survey, askAligned, askPeople } }: { question: IntakeQuestion }) {
  const [name, setName] = useState('');
  const [missing, setMissing] = useState(false);
  const [labelChoice, setLabelChoice] = useState(0);
  const { labelChoices } = survey;
  const unlabelled = askPeople ? (labelChoices[labelChoice]?.unlabelled ?? 0) : 0;
  const askName = unlabelled > 0;

  function answer(alignment: 'detect' | 'as-is'): void {
    if (askName && name.trim() === '') {
      setMissing(true);
      return;
    }
    answerQuestion({ alignment, labelChoice, unlabelledName: askName ? name.trim() : null });
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    answer(askAligned ? 'as-is' : 'detect');
  };

  return (
    <form onSubmit={submit} className="question">
      {askPeople && labelChoices.length > 1 && (
        <Radio.Group
          label="Who is on which photo?"
          value={String(labelChoice)}
          onChange={(value) => setLabelChoice(Number(value))}
        >
          <div className="label-choices" data-testid="label-choices">
            {labelChoices.map((choice, index) => (
              <Radio
                key={`${choice.identities} ${describeSource(choice.source)}`}
                value={String(index)}
                label={`${peopleOf(choice)}${index === 0 ? ' (recommended)' : ''}`}
                description={namedBy(choice)}
              />
            ))}
          </div>
        </Radio.Group>
      )}
      {askName && (
        <TextInput
          label={`${plural(unlabelled, 'photo is', 'photos are')} not in a folder: who is ${unlabelled === 1 ? 'it' : 'this'}?`}
          placeholder="Name of the person"
          data-testid="unlabelled-name"
          data-autofocus
          maxLength={LONGEST_NAME}
          value={name}
          error={missing ? 'Type the name of the person, or skip these photos.' : null}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      {askAligned && (
        <p>
          These {plural(survey.files, 'photo is', 'photos are')} all squares of {survey.alignedSize} ×{' '}
          {survey.alignedSize} pixels. If they are aligned face crops already, with the eyes always in the
          same place, use them as they are.
        </p>
      )}
      <div className="buttons">
        <Button type="submit" data-testid={askAligned ? 'use-as-is' : 'answer-question'}>
          {askAligned ? 'Use them as they are' : 'Add the photos'}
        </Button>
        {askAligned && (
          <Button variant="default" data-testid="detect-faces" onClick={() => answer('detect')}>
            Detect faces
          </Button>
        )}
        <Button variant="subtle" onClick={() => answerQuestion(null)}>
          Skip them
        </Button>
      </div>
    </form>
  );
}

/** What must be known before photos can be imported. */
export function Question() {
  const question = useStore(dataStore, (state) => state.question);
  return (
    <Dialog
      opened={question !== null}
      onClose={() => answerQuestion(null)}
      title="Before these photos are imported"
      closeLabel="Skip them"
    >
      {question && <Form key={question.survey.selection} question={question} />}
    </Dialog>
  );
}
