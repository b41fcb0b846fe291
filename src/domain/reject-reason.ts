import { unreachable } from '../lib/unreachable.ts';
import type { RejectReason } from './faces.ts';

/** Each reason in two or three words. */
export const REASON_TITLES: Readonly<Record<RejectReason['kind'], string>> = {
  'no-face': 'No face',
  'several-faces': 'Several faces',
  'too-small': 'Face too small',
  duplicate: 'Duplicate',
  removed: 'Removed by you',
  damaged: 'Damaged',
  'not-an-image': 'Not an image',
  network: 'Neural network',
  unsupported: 'Not supported',
  'too-large': 'Too large',
  'not-unpacked': 'Not unpacked',
  unnamed: 'No name',
  'label-list': 'List of names',
  empty: 'Empty',
  'system-file': 'System file',
};

/** Why a file was skipped, as one sentence for a person. */
export function describeReason(reason: RejectReason): string {
  switch (reason.kind) {
    case 'empty':
      return 'The file is empty.';
    case 'system-file':
      return 'A file of the operating system, not a photo.';
    case 'not-an-image':
      return `Not an image: it looks like ${reason.looksLike}.`;
    case 'network':
      return 'Part of a neural network, not a photo: add it on the Train screen, in Settings, under Backbone: Custom model.';
    case 'unsupported':
      return `${reason.format} is not supported. Save it as JPEG or PNG and add it again.`;
    case 'damaged':
      return `The picture is damaged: ${reason.detail}.`;
    case 'too-large':
      return `The picture is too large: ${reason.detail}.`;
    case 'not-unpacked':
      return `It was not unpacked: ${reason.detail}. Unpack the archive on your computer and add the folder.`;
    case 'label-list':
      return 'The list that says who is on which photo: it was read.';
    case 'unnamed':
      return reason.list === null
        ? 'Its file name does not say who this is.'
        : `The list “${reason.list}” does not say who this is.`;
    case 'no-face':
      return 'No face was found.';
    case 'several-faces':
      return `${reason.count} faces found: choose the right one.`;
    case 'too-small':
      return `The face is too small: ${Math.round(reason.faceWidth)} pixels wide.`;
    case 'duplicate':
      return `The same picture as ${reason.of}.`;
    case 'removed':
      return 'You removed it.';
    default:
      return unreachable(reason);
  }
}
