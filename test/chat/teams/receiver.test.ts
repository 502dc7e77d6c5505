import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { KIM, startHarness } from './harness.ts';

test('an activity of Teams is believed, and every forged or foreign one is refused the same way', async (t) => {
  const { teams, requests } = await startHarness(t);
  const { tokens } = teams;
  const good = () => teams.activityOf(KIM, 'me', { type: 'message', text: 'env list' });
  const bearer = (token: string) => `Bearer ${token}`;
  const tenant = { id: randomUUID() };
  const conversation = { ...good().conversation, tenantId: tenant.id };
  const elsewhere = 'https://evil.example.test/';
  const forged: Record<string, [activity: object, authorization: string | undefined]> = {
    'no header': [good(), undefined],
    'another scheme': [good(), `Basic ${await tokens.token()}`],
    garbage: [good(), 'Bearer not.a.token'],
    'alg none': [good(), bearer(tokens.unsigned())],
    'HS256 with the public key': [good(), bearer(await tokens.hmacOfPublicKey())],
    'a wrong key under a known id': [good(), bearer(await tokens.wrongKey())],
    'a key nobody knows': [good(), bearer(await tokens.token({}, 'unknown'))],
    'a key that is endorsed for nothing': [good(), bearer(await tokens.token({}, 'unendorsed'))],
    'a key that is endorsed for another channel': [good(), bearer(await tokens.token({}, 'other-channel'))],
    'another issuer': [good(), bearer(await tokens.token({ iss: 'https://evil.example.test' }))],
    'a person’s own token, version 1': [
      good(),
      bearer(
        await tokens.token({
          iss: `https://sts.windows.net/${teams.world.tenantId}/`,
          aud: `api://botid-${teams.config.app.id}`,
          ver: '1.0',
          appid: teams.config.app.id,
        }),
      ),
    ],
    'a person’s own token, version 2': [
      good(),
      bearer(
        await tokens.token({
          iss: `https://login.microsoftonline.com/${teams.world.tenantId}/v2.0`,
          ver: '2.0',
          azp: teams.config.app.id,
        }),
      ),
    ],
    'a token of a foreign tenant': [
      good(),
      bearer(await tokens.token({ iss: `https://sts.windows.net/${randomUUID()}/`, tid: randomUUID() })),
    ],
    'another audience': [good(), bearer(await tokens.token({ aud: randomUUID() }))],
    expired: [good(), bearer(await tokens.token({ exp: -3_600 }))],
    'not valid yet': [good(), bearer(await tokens.token({ nbf: 3_600 }))],
    'a token without an end': [good(), bearer(await tokens.token({ exp: undefined }))],
    'a token for another address': [good(), bearer(await tokens.token({ serviceurl: elsewhere }))],
    'a token for no address': [good(), bearer(await tokens.token({ serviceurl: undefined }))],
    'an address that is not Teams’': [
      { ...good(), serviceUrl: elsewhere },
      bearer(await tokens.token({ serviceurl: elsewhere })),
    ],
    'no address': [{ ...good(), serviceUrl: undefined }, bearer(await tokens.token())],
    'a body of another tenant': [
      { ...good(), channelData: { tenant }, conversation },
      bearer(await tokens.token()),
    ],
    'a body of two tenants': [{ ...good(), conversation }, bearer(await tokens.token())],
    'a body of no tenant': [
      { ...good(), channelData: {}, conversation: { id: 'a:x' } },
      bearer(await tokens.token()),
    ],
    'another channel': [{ ...good(), channelId: 'webchat' }, bearer(await tokens.token())],
    'no activity': [{}, bearer(await tokens.token())],
  };

  const answers: Record<string, number> = {};
  for (const [name, [activity, authorization]] of Object.entries(forged)) {
    answers[name] = (await teams.sendRaw(activity, authorization)).status;
  }
  const believed = await teams.sendRaw(good(), bearer(await tokens.token()));

  assert.deepEqual(answers, Object.fromEntries(Object.keys(forged).map((name) => [name, 401])));
  assert.equal(believed.status, 200);
  assert.equal(requests.length, 1);
});

test('keys nobody knows make Microsoft’s be fetched once, not each time', async (t) => {
  const { teams } = await startHarness(t);
  const activity = teams.activityOf(KIM, 'me', { type: 'message', text: 'env' });

  for (let sent = 0; sent < 5; sent += 1) {
    await teams.sendRaw(activity, `Bearer ${await teams.tokens.token({}, 'unknown')}`);
  }

  assert.equal(teams.keyFetches(), 1);
});

test('while the keys cannot be had nobody is believed, and Teams is asked to come again', async (t) => {
  const { teams, requests } = await startHarness(t);
  const token = await teams.tokens.token();
  teams.goDown();

  const { status } = await teams.sendRaw(
    teams.activityOf(KIM, 'me', { type: 'message', text: 'env' }),
    `Bearer ${token}`,
  );

  assert.equal(status, 503);
  assert.equal(requests.length, 0);
});

test('half a character in what somebody sends stops nothing', async (t) => {
  const { teams, requests } = await startHarness(t);
  const payload = { name: 'half \ud83d' };
  const data = { purser: { kind: 'action', actionId: 'environment.retry', payload, nonce: 'nonce-1' } };
  const activity = teams.activityOf(KIM, 'me', {
    type: 'invoke',
    name: 'adaptiveCard/action',
    value: { action: { type: 'Action.Execute', verb: 'purser', data }, trigger: 'manual' },
  });

  const { status } = await teams.sendRaw(activity, `Bearer ${await teams.tokens.token()}`);

  assert.equal(status, 200);
  assert.partialDeepStrictEqual(requests[0], { payload: { name: 'half \ufffd' } });
});

test('a body over 256 KB is not read', async (t) => {
  const { teams, requests } = await startHarness(t);
  const activity = teams.activityOf(KIM, 'me', { type: 'message', text: 'x'.repeat(300_000) });

  const { status } = await teams.sendRaw(activity, `Bearer ${await teams.tokens.token()}`);

  assert.equal(status, 413);
  assert.equal(requests.length, 0);
});

test('without an app id only clients on this machine are listened to', async (t) => {
  const { teams, requests } = await startHarness(t, ({ tenantIds }) => ({ tenantIds }));
  const activity = teams.activityOf(KIM, 'me', { type: 'message', text: 'env' });

  const local = await teams.sendRaw(activity);
  const foreign = await teams.sendRaw({ ...activity, serviceUrl: 'https://evil.example.test/' });

  assert.deepEqual([local.status, foreign.status], [200, 401]);
  assert.equal(requests.length, 1);
});
