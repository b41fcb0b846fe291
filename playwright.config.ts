import { defineConfig } from '@playwright/test';
import { QUIET_FLAGS } from './scripts/find-browser.mjs';

/** Another port lets two checkouts run their tests side by side. */
const port = Number(process.env['E2E_PORT'] ?? 4297);

export default defineConfig({
  testDir: 'e2e',
  timeout: 300_000,
  workers: 1,
  retries: 0,
  reporter: [['list']],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      ...(process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {}),
      args: QUIET_FLAGS,
    },
  },
  webServer: {
    command: `node scripts/serve.mjs --port ${port}`,
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
  },
});
