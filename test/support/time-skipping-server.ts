import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, isPortOpen } from '../../src/local/ports.ts';
import { eventually } from './eventually.ts';

const VERSION = '1.38.0';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>purser</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

// The SDK gives the server five seconds to answer, which a busy machine spends on loading classes alone: they come
// from an archive.
const FLAGS = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-cp',
  'lib/*',
  'io.temporal.testserver.TestServer',
];
const SCRIPT = `#!/bin/sh
cd "$(dirname "$0")" && exec java -XX:SharedArchiveFile=classes.jsa ${FLAGS.map((flag) => `'${flag}'`).join(' ')} "$@"
`;

/** The path of an executable that serves Temporal with skipped time: Java, from Maven Central, kept in `home`. */
export async function prepareTimeSkippingServer(home: string): Promise<string> {
  const directory = join(home, 'java', `temporal-test-server-${VERSION}-archived`);
  const script = join(directory, 'temporal-test-server');
  if (existsSync(script)) return script;

  await mkdir(dirname(directory), { recursive: true });
  const building = await mkdtemp(`${directory}-`);
  try {
    await writeFile(join(building, 'pom.xml'), POM);
    await promisify(execFile)(
      'mvn',
      [
        '--batch-mode',
        '--quiet',
        'dependency:copy-dependencies',
        '-DoutputDirectory=lib',
        '-DincludeScope=runtime',
      ],
      { cwd: building },
    );
    await archiveClasses(building);
    await writeFile(join(building, 'temporal-test-server'), SCRIPT);
    await chmod(join(building, 'temporal-test-server'), 0o755);
    await rename(building, directory);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    if (existsSync(script)) return script;
    throw new Error('The tests need Java and Maven for the time-skipping server', { cause: error });
  }
  return script;
}

/** Runs the server once, up to its first answer, to write down the classes that takes. */
async function archiveClasses(directory: string): Promise<void> {
  const port = await freePort();
  const args = ['-XX:ArchiveClassesAtExit=classes.jsa', ...FLAGS, String(port)];
  const server = spawn('java', args, { cwd: directory, stdio: 'ignore' });
  const exited = once(server, 'exit');
  await Promise.race([eventually(() => isPortOpen(port), 60_000), exited]);
  server.kill('SIGTERM');
  await exited;
}
