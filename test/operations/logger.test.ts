import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { createLogger, type Log, serializeError } from '../../src/operations/logger.ts';

const CANARY = 'canary-4f1d';

test('a line is JSON with a static message, the level by name and its metadata', () => {
  const { log, lines } = recordingLogger();

  log
    .child({ requestId: 'request-1', workflowId: 'environment/local/pr-42' })
    .info({ step: 'space' }, 'applied');

  const [line] = lines();
  assert.ok(line);
  const { time, ...rest } = JSON.parse(line);
  assert.ok(!Number.isNaN(Date.parse(time)));
  assert.deepEqual(rest, {
    level: 'info',
    requestId: 'request-1',
    workflowId: 'environment/local/pr-42',
    step: 'space',
    msg: 'applied',
  });
});

const leaks: { name: string; log: (log: Log) => void }[] = [
  { name: 'a token at the top', log: (log) => log.info({ token: CANARY }, 'x') },
  { name: 'a header', log: (log) => log.info({ headers: { authorization: CANARY } }, 'x') },
  { name: 'a header of a request', log: (log) => log.info({ req: { headers: { cookie: CANARY } } }, 'x') },
  {
    name: 'the configuration',
    log: (log) => log.info({ config: { slack: { signingSecret: CANARY } } }, 'x'),
  },
  { name: 'a Secret', log: (log) => log.info({ object: { stringData: { password: CANARY } } }, 'x') },
  { name: 'credentials', log: (log) => log.info({ credentials: [{ value: CANARY }] }, 'x') },
  {
    name: 'a bound field of a child logger',
    log: (log) => log.child({ botToken: CANARY }).info('x'),
  },
  {
    name: 'what a client hung on its error',
    log: (log) =>
      log.error(
        { err: Object.assign(new Error('refused'), { config: { data: CANARY }, body: CANARY }) },
        'x',
      ),
  },
  {
    name: 'what hangs on the cause of an error',
    log: (log) =>
      log.error(
        { err: new Error('outer', { cause: Object.assign(new Error('inner'), { body: CANARY }) }) },
        'x',
      ),
  },
  {
    name: 'the parameters of a failed query',
    log: (log) => log.error({ err: new DrizzleQueryError('insert into t values ($1)', [CANARY]) }, 'x'),
  },
  {
    name: 'a bearer token in a message',
    log: (log) => log.error({ err: new Error(`Bearer ${CANARY}`) }, 'x'),
  },
  {
    name: 'a Slack token in a message',
    log: (log) => log.error({ error: new Error(`invalid_auth for xoxb-1-${CANARY}`) }, 'x'),
  },
  {
    name: 'the password of a database address',
    log: (log) => log.error({ err: new Error(`connect postgres://purser:${CANARY}@db:5432/x`) }, 'x'),
  },
];
for (const { name, log: write } of leaks) {
  test(`not in the log: ${name}`, () => {
    const { log, lines } = recordingLogger();

    write(log);

    assert.equal(lines().length, 1);
    assert.doesNotMatch(lines().join(), new RegExp(CANARY));
  });
}

test('an error keeps what explains it', () => {
  const error = Object.assign(new Error('no answer', { cause: new TypeError('socket closed') }), {
    code: 'ECONNRESET',
    reason: 'unavailable',
  });

  const logged = serializeError(error);

  assert.ok(typeof logged === 'object');
  assert.equal(logged.message, 'no answer');
  assert.equal(logged.code, 'ECONNRESET');
  assert.equal(logged.reason, 'unavailable');
  assert.match(logged.stack ?? '', /logger\.test\.ts/);
  assert.equal(typeof logged.cause === 'object' && logged.cause.type, 'TypeError');
});

function recordingLogger(): { log: Log; lines(): string[] } {
  const written: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { log: createLogger({ level: 'trace', destination }), lines: () => written };
}
