import type { HeadlessProgress } from '../src/protocol/headless.ts';
import type { Command } from './arguments.ts';
import { choose, chooseModel, unwrap, withHeadlessPage } from './browser.ts';
import { writeJson } from './output.ts';
import { modelZip } from './unpack.ts';

type RecogniseCommand = Extract<Command, { kind: 'recognise' }>;

/** `headless -- recognise`: names all faces in photos. */
export async function runRecognise(
  command: RecogniseCommand,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const { model, gallery, threshold: asked, personLevel } = command;
  const buffer = model === null ? null : await modelZip(model);
  return withHeadlessPage(command.softwareGpu, onProgress, async (page) => {
    await page.locator('#data-folder').setInputFiles(command.data);
    await chooseModel(page, buffer);
    if (gallery) await choose(page, gallery.path, '#gallery-folder', '#gallery-file');
    const answer = await page.evaluate(
      (request) => {
        if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
        return window.arcfaceHeadless.recognise(request);
      },
      {
        pretrained: model === null,
        gallery: gallery?.kind ?? 'model',
        threshold: asked,
        personLevel,
      } as const,
    );
    const { photos, people, threshold } = unwrap(answer);
    await writeJson(command.out, photos);
    const faces = photos.flatMap((photo) => photo.faces);
    const named = faces.filter(({ name }) => name !== null).length;
    return {
      photos: photos.length,
      faces: faces.length,
      named,
      unknown: faces.length - named,
      people,
      threshold,
      files: [command.out],
    };
  });
}
