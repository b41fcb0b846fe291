import { unreachable } from '../lib/unreachable.ts';
import type { RejectReason } from './faces.ts';

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
