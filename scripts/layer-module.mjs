import { join } from 'node:path';
import { build } from 'vite';

const ID = 'virtual:arcface-layer';
const SOURCE = join(import.meta.dirname, '..', 'src', 'library', 'layer.ts');

/** Whoever uses the layer has the package of all of TensorFlow.js: one import, and so one copy of it. */
const onlyTensorFlow = {
  name: 'only-tensorflow',
  enforce: 'pre',
  resolveId: (id) =>
    /^@tensorflow\/tfjs-(core|layers)$/.test(id) ? { id: '@tensorflow/tfjs', external: true } : null,
};

/** Of what is in the file, for whom it is handed on to. */
const LICENCE =
  '/* The layer ArcFace of arcface-studio (MIT licence). It contains zod (MIT licence, Copyright (c) 2025 Colin McDonnell). */\n';

/** The library's layer `ArcFace` and all that it needs as the text of one ES module. */
async function layerModule() {
  const { output } = await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [onlyTensorFlow],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: SOURCE,
        preserveEntrySignatures: 'strict',
        output: { format: 'es', minify: true },
      },
    },
  });
  const [chunk, ...others] = output;
  if (chunk.type !== 'chunk' || others.length > 0) throw new Error('The layer is not one module');
  return LICENCE + chunk.code;
}

/**
 * A plugin of Vite: `import text from 'virtual:arcface-layer'` is the file arcface-layer.js of a download with its head.
 * Built once, when it is first asked for.
 */
export function layerModulePlugin() {
  let text = null;
  return {
    name: 'arcface-layer-module',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    async load(id) {
      if (id !== `\0${ID}`) return null;
      text ??= layerModule();
      return `export default ${JSON.stringify(await text)};`;
    },
  };
}
