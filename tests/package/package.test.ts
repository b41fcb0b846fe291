import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { QUIET_FLAGS } from '../../scripts/find-browser.mjs';
import { serveFolder } from '../../scripts/serve.mjs';
import { EmptyProject } from './empty-project.ts';

/** What `npm pack` makes, installed into an empty project outside the checkout: everything must work there. */

const WAYS = ['functional', 'imperative', 'sequential', 'trainer'] as const;
const outcomeSchema = z.object({
  losses: z.array(z.number()),
  accuracy: z.number(),
  backend: z.string().optional(),
});
type Outcome = z.infer<typeof outcomeSchema>;

let project: EmptyProject;
beforeAll(async () => {
  project = await EmptyProject.create();
}, 300_000);
afterAll(() => project?.remove());

function expectTrained({ losses, accuracy }: Outcome): void {
  expect(losses.at(-1)).toBeLessThan(0.1 * (losses[0] ?? 0));
  expect(accuracy).toBeGreaterThan(0.95);
}

it('brings no second TensorFlow.js, and nothing else but what it names', () => {
  expect(project.copiesOf('@tensorflow/tfjs-core')).toHaveLength(1);
  expect(project.copiesOf('arcface-studio')).toHaveLength(1);
  expect(project.copiesOf('react')).toHaveLength(0);
});

describe.concurrent('in Node', () => {
  let compiled: Promise<string> | undefined;
  /** What the compiler says; the modules are in out/ then. */
  const compile = (): Promise<string> => {
    compiled ??= project.tool('tsc', '--skipLibCheck');
    return compiled;
  };

  it('types resolve with moduleResolution nodenext', async () => {
    // The declarations of TensorFlow.js 4.22 have mistakes of their own, so a project that uses it skips them.
    expect(await compile()).toBe('');
  });

  it('types resolve with moduleResolution bundler, and are right in themselves', async () => {
    const bundler = ['--module', 'preserve', '--moduleResolution', 'bundler'];
    const printed = await project.tool('tsc', '--noEmit', ...bundler).catch(String);
    const mistakes = printed.split('\n').filter((line) => line.includes('error TS'));
    expect(mistakes.filter((line) => !line.startsWith('node_modules/@tensorflow/'))).toEqual([]);
  });

  it('the ways of use', async () => {
    await compile();
    const outcomes = await project.node(
      `import { ways } from './out/ways.js';
       const outcomes = {};
       for (const [name, run] of Object.entries(ways)) outcomes[name] = await run();
       console.log(JSON.stringify(outcomes));`,
    );
    const trained = z.record(z.enum(WAYS), outcomeSchema).parse(outcomes);
    for (const way of WAYS) expectTrained(trained[way]);
  });

  it('the backend simd', async () => {
    await compile();
    const outcome = outcomeSchema.parse(
      await project.node(
        `import { onSimd } from './out/simd.js';
         import { ways } from './out/ways.js';
         console.log(JSON.stringify(await onSimd(ways.functional)));`,
      ),
    );
    expectTrained(outcome);
    expect(outcome.backend).toBe('simd');
  });
});

describe('in a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    const path = process.env['CHROME_PATH'];
    browser = await chromium.launch({ ...(path && { executablePath: path }), args: QUIET_FLAGS });
  });
  afterAll(() => browser?.close());

  async function open(url: string): Promise<Page> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(url);
    await page
      .waitForFunction(() => document.title === 'ready', null, { timeout: 30_000 })
      .catch(() => {
        throw new Error(`The page did not start. ${errors.join(' ')}`);
      });
    return page;
  }
  const inPage = async (page: Page, expression: string): Promise<Outcome> =>
    outcomeSchema.parse(await page.evaluate(expression));

  describe('that Vite has built', () => {
    let server: Awaited<ReturnType<typeof serveFolder>>;
    let page: Page;
    beforeAll(async () => {
      await project.tool('vite', 'build');
      server = await serveFolder(join(project.folder, 'dist'), 0);
      page = await open(server.url);
    });
    afterAll(() => server?.close());

    it.each(WAYS)('%s', async (way) => expectTrained(await inPage(page, `ways.${way}()`)));

    it('the backend simd', async () => {
      const outcome = await inPage(page, 'onSimd(ways.functional)');
      expectTrained(outcome);
      expect(outcome.backend).toBe('simd');
    });
  });

  it("that Vite's development server gives", async () => {
    const server = await project.develop();
    try {
      const page = await open(server.url);
      expectTrained(await inPage(page, 'onSimd(ways.functional)'));
    } finally {
      await server.close();
    }
  });
});
