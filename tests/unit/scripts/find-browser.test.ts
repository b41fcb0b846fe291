import { describe, expect, it } from 'vitest';
import { findBrowser } from '../../../scripts/find-browser.mjs';

interface Machine {
  readonly given?: string;
  readonly installed?: readonly string[];
  /** Programs that start, from the beginning. */
  readonly works?: readonly string[];
  readonly playwrightGives?: boolean;
  readonly mayInstall?: boolean;
  readonly packageGives?: boolean;
}

const OWN = '/home/ada/playwright/chrome';
const PACKAGED = '/usr/bin/chromium';

/** Looks for a browser on an imagined machine; `asked` is what was tried, in order. */
async function look(machine: Machine): Promise<{ found: string | Error; asked: string[] }> {
  const asked: string[] = [];
  const works = new Set(machine.works ?? []);
  const installed = [...(machine.installed ?? [])];
  const found = await findBrowser({
    given: () => machine.given,
    installed: () => {
      asked.push('installed');
      return installed;
    },
    works: (path: string) => works.has(path),
    playwright: async () => {
      asked.push('playwright');
      return OWN;
    },
    download: () => {
      asked.push('download');
      if (machine.playwrightGives) works.add(OWN);
    },
    mayInstall: () => machine.mayInstall ?? false,
    install: () => {
      asked.push('install');
      if (!machine.packageGives) return;
      installed.push(PACKAGED);
      works.add(PACKAGED);
    },
    note: () => {},
  }).catch((thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))));
  return { found, asked };
}

describe('a browser is looked for', () => {
  it('first where CHROME_PATH says, and nowhere else', async () => {
    const machine = { given: '/opt/mine', installed: [PACKAGED], works: ['/opt/mine', PACKAGED] };
    expect(await look(machine)).toEqual({ found: '/opt/mine', asked: [] });
    // A wrong CHROME_PATH is a mistake to be told, not one to be covered up by another browser.
    const { found, asked } = await look({ ...machine, works: [PACKAGED] });
    expect(found).toMatchObject({
      message: expect.stringMatching(/^CHROME_PATH names \/opt\/mine, .*unset/),
    });
    expect(asked).toEqual([]);
  });

  it('then among what is installed, passing over what does not start', async () => {
    const machine = { installed: ['/usr/bin/stub', '/usr/bin/good', '/usr/bin/late'] };
    expect(await look({ ...machine, works: ['/usr/bin/good', '/usr/bin/late', OWN] })).toEqual({
      found: '/usr/bin/good',
      asked: ['installed'],
    });
  });

  it('then with Playwright: what it has, before it downloads', async () => {
    expect(await look({ works: [OWN] })).toEqual({ found: OWN, asked: ['installed', 'playwright'] });
    expect(await look({ playwrightGives: true, mayInstall: true })).toEqual({
      found: OWN,
      asked: ['installed', 'playwright', 'download'],
    });
  });

  it('last with the package manager, only where it may be used', async () => {
    const order = ['installed', 'playwright', 'download'];
    expect(await look({ mayInstall: true, packageGives: true })).toEqual({
      found: PACKAGED,
      asked: [...order, 'install', 'installed'],
    });
    expect((await look({ packageGives: true })).asked).toEqual(order);
  });

  it('and failing all, one line says what to do', async () => {
    for (const mayInstall of [true, false]) {
      const { found } = await look({ mayInstall });
      expect(found).toBeInstanceOf(Error);
      if (found instanceof Error)
        expect(found.message).toMatch(/^[^\n]*install one, or set CHROME_PATH[^\n]*$/);
    }
  });
});
