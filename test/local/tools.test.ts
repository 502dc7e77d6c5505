import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ToolBuild } from '../../src/local/build-tools.ts';
import { createProgress } from '../../src/local/progress.ts';
import { run } from '../../src/local/run.ts';
import { type Release, TOOLS, type ToolSpec } from '../../src/local/tool-catalogue.ts';
import { prepareTools } from '../../src/local/tools.ts';

function script(version: string, from: string): string {
  return `#!/bin/sh\necho "pilcrow version ${version} from ${from}"\n`;
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function sourceUrl(file: string): string {
  return new URL(`../../src/local/${file}`, import.meta.url).href;
}

describe('prepareTools', () => {
  let mirror: string;
  let answers: Record<string, RequestListener>;
  let requests: string[];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  let home: string;
  let output: string;
  let built: string[][];
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'purser-tools-'));
    answers = {};
    requests = [];
    output = '';
    built = [];
  });

  const buildFromSource: ToolBuild = async (names, workspace) => {
    built.push(names);
    for (const name of names) await writeFile(join(workspace.output, name), script('2.3.4', 'source'));
  };

  function pilcrow(release: Release | undefined): ToolSpec<'pilcrow'> {
    return {
      name: 'pilcrow',
      version: '2.3.4',
      versionArgs: ['--version'],
      accepts: 'same-minor',
      release: () => release,
      build: buildFromSource,
    };
  }

  async function prepare(release: Release | undefined, searchPath: string[] = []): Promise<string> {
    const progress = createProgress({
      write: (text: string) => {
        output += text;
      },
    });
    const tools = await prepareTools({ specs: [pilcrow(release)], home, searchPath, progress });
    return tools.pilcrow;
  }

  async function install(directory: string, version: string): Promise<string> {
    const file = join(directory, 'pilcrow');
    await mkdir(directory, { recursive: true });
    await writeFile(file, script(version, 'before'));
    await chmod(file, 0o755);
    return file;
  }

  function serve(path: string, content: string | Buffer): void {
    answers[path] = (_request, response) => response.end(content);
  }

  it('downloads a release that has the listed checksum, and reuses it the next time', async () => {
    const program = script('2.3.4', 'release');
    serve('/pilcrow', program);
    serve('/SHA256SUMS', `${'0'.repeat(64)}  other\n${sha256(program)}  pilcrow\n`);
    const release = { url: `${mirror}/pilcrow`, checksum: { url: `${mirror}/SHA256SUMS` } };

    const first = await prepare(release);
    const asked = requests.length;
    const second = await prepare(release);

    assert.equal(first, join(home, 'bin', 'pilcrow'));
    assert.equal(await run(first, []), 'pilcrow version 2.3.4 from release\n');
    assert.match(output, /pilcrow 2\.3\.4: downloaded from 127\.0\.0\.1:\d+, \d+ s\n/);
    assert.equal(second, first);
    assert.equal(requests.length, asked);
    assert.deepEqual(await readdir(home), ['bin']);
  });

  it('takes the program out of an archive', async () => {
    const source = await mkdtemp(join(tmpdir(), 'purser-archive-'));
    await install(join(source, 'pilcrow-2.3.4'), '2.3.4');
    const archive = join(source, 'pilcrow.tar.gz');
    await run('tar', ['-czf', archive, '-C', source, 'pilcrow-2.3.4']);
    const content = await readFile(archive);
    serve('/pilcrow.tar.gz', content);
    const checksum = { sha256: sha256(content) };

    const path = await prepare({
      url: `${mirror}/pilcrow.tar.gz`,
      checksum,
      member: 'pilcrow-2.3.4/pilcrow',
    });

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from before\n');
    assert.deepEqual(built, []);
  });

  it('refuses a release whose checksum is wrong, says so, and builds from source instead', async () => {
    const program = script('2.3.4', 'a tampered release');
    serve('/pilcrow', program);

    const path = await prepare({ url: `${mirror}/pilcrow`, checksum: { sha256: 'f'.repeat(64) } });

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from source\n');
    assert.match(output, /pilcrow 2\.3\.4: .*\/pilcrow was refused: its SHA-256 is [0-9a-f]{64}/);
    assert.match(output, /pilcrow 2\.3\.4: built with Go/);
  });

  it('refuses a release whose checksum file does not list it', async () => {
    serve('/pilcrow', script('2.3.4', 'release'));
    serve('/SHA256SUMS', `${'0'.repeat(64)}  other\n${'1'.repeat(64)}  another\n`);

    const path = await prepare({ url: `${mirror}/pilcrow`, checksum: { url: `${mirror}/SHA256SUMS` } });

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from source\n');
    assert.match(output, /names no SHA-256 for pilcrow/);
  });

  it('builds from source when there is no such release', async () => {
    const path = await prepare({ url: `${mirror}/gone`, checksum: { sha256: 'f'.repeat(64) } });

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from source\n');
    assert.match(output, /\/gone answers 404/);
    assert.deepEqual(built, [['pilcrow']]);
  });

  it('tries once more when the connection drops half-way', async () => {
    const program = script('2.3.4', 'release');
    let attempts = 0;
    answers['/pilcrow'] = (_request, response) => {
      attempts += 1;
      if (attempts > 1) return response.end(program);
      response.writeHead(200, { 'content-length': program.length });
      response.write(program.slice(0, 10), () => response.destroy());
    };

    const path = await prepare({ url: `${mirror}/pilcrow`, checksum: { sha256: sha256(program) } });

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from release\n');
    assert.equal(attempts, 2);
  });

  it('builds from source when the connection keeps dropping, and keeps nothing of the pieces', async () => {
    answers['/pilcrow'] = (_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 });
      response.write('a piece', () => response.destroy());
    };

    const path = await prepare({ url: `${mirror}/pilcrow`, checksum: { sha256: 'f'.repeat(64) } });

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from source\n');
    assert.deepEqual(await readdir(home), ['bin']);
    assert.deepEqual(await readdir(join(home, 'bin')), ['pilcrow']);
  });

  it('replaces what an older Purser has left', async () => {
    await install(join(home, 'bin'), '2.2.9');

    const path = await prepare(undefined);

    assert.equal(await run(path, []), 'pilcrow version 2.3.4 from source\n');
  });

  it('prefers the one on PATH when its version will do', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'purser-path-'));
    const installed = await install(directory, '2.3.9');

    const path = await prepare(undefined, ['/nonexistent', directory]);

    assert.equal(path, installed);
    assert.match(output, new RegExp(`pilcrow: ${installed}\n`));
    assert.deepEqual(built, []);
  });

  it('passes over one on PATH that is of another version or does not run', async () => {
    const [other, broken] = await Promise.all([
      mkdtemp(join(tmpdir(), 'purser-path-')),
      mkdtemp(join(tmpdir(), 'purser-path-')),
    ]);
    await install(other, '2.4.0');
    await writeFile(await install(broken, ''), '#!/bin/sh\nexit 1\n');

    const path = await prepare(undefined, [other, broken]);

    assert.equal(path, join(home, 'bin', 'pilcrow'));
    assert.match(output, /pilcrow is 2\.4\.0, which is not 2\.3\.x/);
    assert.match(output, /pilcrow does not run/);
  });
});

describe('prepareTools without Go', () => {
  it('names what is missing and what would help', async () => {
    const home = await mkdtemp(join(tmpdir(), 'purser-tools-'));
    const program = `
      import { createProgress } from ${JSON.stringify(sourceUrl('progress.ts'))};
      import { goInstall } from ${JSON.stringify(sourceUrl('build-tools.ts'))};
      import { prepareTools } from ${JSON.stringify(sourceUrl('tools.ts'))};
      const spec = {
        name: 'pilcrow', version: '2.3.4', versionArgs: [], accepts: 'same-minor',
        release: () => undefined, build: goInstall({ module: 'example.test/pilcrow', version: '2.3.4' }),
      };
      const progress = createProgress({ write: () => undefined });
      await prepareTools({ specs: [spec], home: ${JSON.stringify(home)}, searchPath: [], progress })
        .catch((error) => process.stdout.write(error.message));`;

    const said = await run(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      env: { PATH: '' },
    });

    assert.match(
      said,
      /^Not found on PATH and not downloaded: pilcrow \(pilcrow: there is no official release/,
    );
    assert.match(said, /install Go 1\.26 or newer from https:\/\/go\.dev\/dl and start again/);
    assert.deepEqual(await readdir(home), ['bin']);
  });
});

describe('the tool catalogue', () => {
  it('takes every release over https from its project’s own place, with a checksum', () => {
    const releases = TOOLS.map((tool) => tool.release('linux-amd64'));

    for (const release of releases) {
      assert.ok(release);
      assert.match(
        release.url,
        /^https:\/\/(dl\.k8s\.io\/release|github\.com\/[\w-]+\/[\w-]+\/releases\/download)\/v/,
      );
      if ('sha256' in release.checksum) assert.match(release.checksum.sha256, /^[0-9a-f]{64}$/);
      else assert.equal(new URL(release.checksum.url).host, new URL(release.url).host);
    }
  });
});
