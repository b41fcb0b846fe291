import type { Setting } from '../../../config/settings/index.ts';
import type { CustomModelFindings } from '../../../domain/custom-model/findings.ts';
import { defaultOf, type Json, readPath, settingsOf } from '../../../state/settings/settings-form.ts';

/** Whether a setting differs from the preset. Of a variant only the kind counts; its parts are separate settings. */
export function isChanged(form: Json, { kind, path }: Setting): boolean {
  const [now, standard] = [readPath(form, path), defaultOf(form, path)];
  return kind === 'variant'
    ? readPath(now ?? null, 'kind') !== readPath(standard ?? null, 'kind')
    : standard !== undefined && now !== standard;
}

/** How many of the settings in the form differ from the preset. */
export const countChanged = (form: Json, findings: CustomModelFindings | null): number =>
  settingsOf(form, findings).filter((setting) => isChanged(form, setting)).length;
