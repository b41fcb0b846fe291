import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..', '..');
const WINDOWS = process.platform === 'win32';
const EXAMPLES = ['backbone', 'data', 'functional', 'imperative', 'sequential', 'trainer', 'ways'];
const lockSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) });

/** Runs a program to its end. @throws Error with all that it printed */
async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const options = { cwd, maxBuffer: 64 * 1024 * 1024, shell: WINDOWS };
  return promisify(execFile)(program, args, options).then(
    ({ stdout }) => stdout,
    (thrown: { readonly stdout?: string; readonly stderr?: string }) => {
      throw new Error(
        `${program} ${args.join(' ')}\n${thrown.stdout ?? ''}${thrown.stderr ?? String(thrown)}`,
      );
    },
  );
}

/** The package as in our lock file, so that the test does not change by itself. */
function pinned(name: string): string {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const version = lock.packages[`node_modules/${name}`]?.version;
  if (!version) throw new Error(`package-lock.json has no ${name}`);
  return `${name}@${version}`;
}

/** A project outside the checkout, as somebody has it who installs the package and TensorFlow.js. */
export class EmptyProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Packs, and installs into a new project with the sources of the examples. */
  static async create(): Promise<EmptyProject> {
    const project = new EmptyProject(mkdtempSync(join(tmpdir(), 'arcface-studio-package-')));
    try {
      await project.install();
      return project;
    } catch (thrown) {
      project.remove();
      throw thrown;
    }
  }

  private async install(): Promise<void> {
    const { folder } = this;
    const source = join(folder, 'src');
    mkdirSync(source);
    for (const name of EXAMPLES) {
      cpSync(join(ROOT, 'docs', 'examples', `${name}.ts`), join(source, `${name}.ts`));
    }
    const fixture = join(import.meta.dirname, 'project');
    for (const name of readdirSync(fixture)) {
      cpSync(join(fixture, name), join(name.endsWith('.ts') ? source : folder, name));
    }
    const tfjs = ['tfjs-core', 'tfjs-layers', 'tfjs-backend-cpu'].map((name) =>
      pinned(`@tensorflow/${name}`),
    );
    await Promise.all([
      run('npm', ['pack', '--pack-destination', folder], ROOT),
      this.add(...tfjs, pinned('vite'), pinned('typescript')),
    ]);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    if (!tarball) throw new Error('npm pack made no tarball');
    await this.add(`./${tarball}`);
  }

  private async add(...packages: readonly string[]): Promise<void> {
    const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
    await run('npm', ['install', ...packages, ...flags], this.folder).catch((thrown: unknown) => {
      throw new Error(
        `The packages of the empty project could not be installed. If the npm registry cannot be reached, connect to it and run the test again.\n${thrown}`,
      );
    });
  }

  /** All folders of a package, wherever below node_modules. */
  copiesOf(name: string): string[] {
    const entries = readdirSync(join(this.folder, 'node_modules'), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => path.endsWith(join('node_modules', name)));
  }

  /** A program of node_modules/.bin. @throws Error with all that it printed */
  tool(name: string, ...args: readonly string[]): Promise<string> {
    return run(join(this.folder, 'node_modules', '.bin', WINDOWS ? `${name}.cmd` : name), args, this.folder);
  }

  /** Runs a module given as text in Node. @returns the JSON on the last line that it prints */
  async node(script: string): Promise<unknown> {
    const printed = await run(process.execPath, ['--input-type=module', '--eval', script], this.folder);
    return JSON.parse(printed.trim().split('\n').at(-1) ?? '');
  }

  /** Vite's development server. */
  async develop(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
    const vite = join(this.folder, 'node_modules', 'vite', 'bin', 'vite.js');
    const server = spawn(process.execPath, [vite, '--host', '127.0.0.1', '--port', '0'], {
      cwd: this.folder,
    });
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      const read = (chunk: Buffer): void => {
        printed += chunk.toString();
        // Vite colours the port apart from the address.
        const [found] = /http:\/\/127\.0\.0\.1:\d+\//.exec(stripVTControlCharacters(printed)) ?? [];
        if (found) resolve(found);
      };
      server.stdout.on('data', read);
      server.stderr.on('data', read);
      server.once('exit', () => reject(new Error(`vite ended:\n${printed}`)));
    });
    const ended = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
    const close = (): Promise<void> => {
      server.kill();
      return ended;
    };
    return { url, close };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
