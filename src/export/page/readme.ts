import { plainText } from '../documents/plain-text.ts';
import type { Manifest } from '../manifest.ts';
import { measurements } from '../readme.ts';

/** The README.md of a page: for the person who puts it on a server. */
export function writePageReadme(manifest: Manifest): string {
  const { people, program, created } = manifest;
  const count = people.length === 1 ? '1 person' : `${people.length} people`;
  return `# ${plainText(manifest.name)}: a page that recognises faces

Made with ${program.name} ${program.version} on ${created.slice(0, 10)}. The page names the people in photos and before the webcam, and
compares two photos. It knows ${count}; visitors can add others for as long as the page is open, and save them to a
file. Everything is computed in the visitor's browser: it fetches the files below from its own server, and sends nothing anywhere.

## Put it on a server

Any server of static files will do, in any folder, without settings: unpack the .zip and copy all of it, unchanged. To try it on this
computer, run one of these in the unpacked folder, and open the address that it prints:

\`\`\`sh
python3 -m http.server 8000 --bind 127.0.0.1
npx serve --listen tcp://127.0.0.1:8000
\`\`\`

- It cannot be opened as a file: browsers do not run such pages from \`file:\`.
- The webcam works only at \`https:\` addresses and on \`localhost\`.
- It needs a browser of the last years: module workers, \`OffscreenCanvas\` and WebAssembly with SIMD (without SIMD it computes in plain
  JavaScript, slowly). Tested with Chromium.
- One processor core computes. With the headers \`Cross-Origin-Opener-Policy: same-origin\` and
  \`Cross-Origin-Embedder-Policy: require-corp\` on every file all cores do.
- Photos in HEIC open where the browser itself reads them (Safari); JPEG, PNG, WebP, AVIF, GIF, BMP, TIFF and PGM/PPM open everywhere.
- The page allows no scripts but its own (Content-Security-Policy, in \`index.html\`).

| file | what it is |
|---|---|
| \`index.html\`, \`assets\` | the page and its program |
| \`models\` | the face detector (BlazeFace, by Google; Apache License 2.0, beside it) |
| \`model.zip\` | the model, as for TensorFlow.js: network, people, threshold, settings. Opens in arcface-studio, too |
| \`files.json\` | the files of the program with their sizes in bytes, to see whether all of them arrived |
| \`MODEL_CARD.md\` | what the model was trained on, error rates with their intervals, limits, licence, consent |
| \`LICENSE.txt\` | the licence of the program (MIT) |

## How good it is

${measurements(manifest)}

To name people the page begins with a threshold of its own: usually a stricter one, as a face is compared with everybody whom it knows.
Visitors can move it.

## Before you put it on a server

- **Whoever can open the page can read the names of the ${count}**, and take the description of each face (no photo
  is in the files). That is biometric data: ask the people first, and keep the page to those whom it concerns, for example behind
  a password of the server.
- Recognise only people who agree to it, and tell them when a webcam looks at them.
- The error rates hold for photos like those it was trained and measured on. A match is no proof of identity.
`;
}
