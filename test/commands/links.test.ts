import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignIn, SignInRequest } from '../../src/domain/sign-in.ts';
import {
  action,
  actorOf,
  CHANNEL,
  command,
  createTestContext,
  form,
  NOW,
} from '../support/commands-context.ts';
import { sampleDirectory } from '../support/environment-samples.ts';
import { asErrors, asForm, asNotice, said } from '../support/replies.ts';

const ACCOUNT = { platform: 'slack', teamId: 'T0SAMPLE', userId: 'U0NEW' } as const;
const BUTTON = { ...ACCOUNT, displayName: 'Sam \u202e', suggestion: 'sam' };

test('asking to be linked starts a request in which the profile only suggests', async () => {
  const { dispatch, done, audit } = createTestContext();
  const actor = actorOf('kim', { account: ACCOUNT, displayName: 'Sam', profileEmail: 'SAM@example.test' });

  const reply = await dispatch(action(actor, 'link.request'));

  assert.match(said(reply), /administrators have been asked/);
  assert.partialDeepStrictEqual(done[0]?.input, {
    account: ACCOUNT,
    displayName: 'Sam',
    profileEmail: 'SAM@example.test',
    suggestion: 'sam',
    origin: CHANNEL,
  });
  assert.equal(audit[0]?.actor, 'slack:T0SAMPLE:U0NEW');
});

test('where people can sign in, that links the account, and nobody is asked', async () => {
  const asked: SignInRequest[] = [];
  const { dispatch, done } = signingIn(asked);
  const actor = actorOf('kim', { account: ACCOUNT, displayName: 'Sam', profileEmail: 'sam@example.test' });

  const prompt = asNotice(await dispatch(command(actor, 'list')));
  const first = asNotice(await dispatch(action(actor, 'link.request')));
  const linked = said(await dispatch(action({ ...actor, signedIn: proofOf('sam') }, 'link.request')));

  assert.deepEqual(
    prompt.actions?.map(({ label }) => label),
    ['Link this account'],
  );
  assert.equal(first.link?.url, 'https://purser.test/sign-in?id=1');
  assert.deepEqual(
    first.actions?.map(({ label }) => label),
    ['Ask the administrators'],
  );
  assert.match(asked[0]?.what ?? '', /Link the chat account “Sam” \(slack:T0SAMPLE:U0NEW\) to you/);
  assert.equal(asked[0]?.person, undefined);
  assert.match(linked, /This chat account is linked to you, Sam Sample/);
  assert.partialDeepStrictEqual(done, [
    { input: { account: ACCOUNT, suggestion: 'sam', bySignIn: true } },
    { input: { account: ACCOUNT, by: 'sam', person: 'sam', signedIn: proofOf('sam') } },
  ]);
});

test('whoever was talked into signing in for a stranger’s account does not get it linked', async () => {
  const { dispatch, done } = signingIn();

  for (const profileEmail of ['mallory@example.test', undefined]) {
    const actor = actorOf('kim', { account: ACCOUNT, profileEmail, signedIn: proofOf('ravi') });
    const reply = said(await dispatch(action(actor, 'link.request')));
    assert.match(reply, /administrators have been asked.*another e-mail address/s);
  }

  assert.equal(done.length, 2);
  assert.ok(done.every(({ call }) => call === 'startLink'));
  assert.partialDeepStrictEqual(done[0]?.input, { suggestion: 'ravi' });
  assert.ok(!JSON.stringify(done).includes('bySignIn'));
});

test('whoever cannot sign in asks the administrators', async () => {
  const { dispatch, done } = signingIn();
  const actor = actorOf('kim', { account: ACCOUNT });

  const reply = said(await dispatch(action(actor, 'link.request', { how: 'ask' })));

  assert.match(reply, /administrators have been asked/);
  assert.equal(done[0]?.call, 'startLink');
});

function signingIn(asked: SignInRequest[] = []) {
  return createTestContext({
    async askToSignIn(request) {
      asked.push({ ...request, id: '1', expiresAt: NOW });
      return 'https://purser.test/sign-in?id=1';
    },
  });
}

function proofOf(person: string): SignIn {
  return { person, issuer: 'https://sso.test', subject: 's-1', at: NOW.toISOString() };
}

test('an account whose link has run out reads so, and asks again with whose it was as the suggestion', async () => {
  const directory = { ...sampleDirectory(), lapsed: [{ account: ACCOUNT, person: 'sam' }] };
  const { dispatch, done } = createTestContext({}, directory);
  const actor = actorOf('kim', { account: ACCOUNT, profileEmail: 'ravi@example.test' });

  const told = await dispatch(command(actor, 'list'));
  await dispatch(action(actor, 'link.request'));

  assert.match(said(told), /was linked to Sam Sample.*has run out\.\nAsk to be linked again/);
  assert.deepEqual(
    done.map(({ call }) => call),
    ['startLink'],
  );
  assert.partialDeepStrictEqual(done[0]?.input, { account: ACCOUNT, suggestion: 'sam' });
});

test('an administrator chooses the person, with the suggestion chosen beforehand', async () => {
  const { dispatch, done } = createTestContext();

  const opened = asForm(await dispatch(action(actorOf('ravi'), 'link.decide', BUTTON)));
  const reply = await dispatch(
    form(actorOf('ravi'), 'link.decide', { person: 'sam' }, { context: opened.context }),
  );

  assert.match(opened.intro ?? '', /slack:T0SAMPLE:U0NEW, who calls themselves “Sam”/);
  assert.deepEqual(opened.values, { person: 'sam' });
  assert.deepEqual(
    opened.fields[0]?.choices?.map(({ value }) => value),
    ['kim', 'lee', 'noor', 'ravi', 'sam'],
  );
  assert.match(said(reply), /is being linked to Sam Sample/);
  assert.deepEqual(done[0]?.input, {
    account: ACCOUNT,
    by: 'ravi',
    byAccount: actorOf('ravi').account,
    person: 'sam',
  });
});

test('only somebody active in the directory can be chosen', async () => {
  const { dispatch, done } = createTestContext();

  for (const person of ['old', 'nobody', '']) {
    const errors = asErrors(
      await dispatch(form(actorOf('ravi'), 'link.decide', { person }, { context: { ...ACCOUNT } })),
    );

    assert.match(errors.person ?? '', /Nobody active/);
  }
  assert.deepEqual(done, []);
});

test('a denial needs a reason', async () => {
  const { dispatch, done } = createTestContext();

  const opened = asForm(await dispatch(action(actorOf('ravi'), 'link.deny', BUTTON)));
  const errors = asErrors(
    await dispatch(form(actorOf('ravi'), 'link.deny', { reason: ' ' }, { context: opened.context })),
  );
  const reply = await dispatch(
    form(actorOf('ravi'), 'link.deny', { reason: 'not known here' }, { context: opened.context }),
  );

  assert.match(errors.reason ?? '', /say why/);
  assert.match(said(reply), /stays linked to nobody/);
  assert.deepEqual(done[0]?.input, {
    account: ACCOUNT,
    by: 'ravi',
    byAccount: actorOf('ravi').account,
    reason: 'not known here',
  });
});

test('nobody but an administrator decides, not even with the form of one', async () => {
  const { dispatch, done, audit } = createTestContext();
  const kim = actorOf('kim');

  const replies = await Promise.all([
    dispatch(action(kim, 'link.decide', BUTTON)),
    dispatch(action(kim, 'link.deny', BUTTON)),
    dispatch(form(kim, 'link.decide', { person: 'kim' }, { context: { ...ACCOUNT } })),
    dispatch(form(kim, 'link.deny', { reason: 'because' }, { context: { ...ACCOUNT } })),
  ]);

  for (const reply of replies)
    assert.match(said(reply), /^You may not link .*\nWhy: .*\nWho can: Ravi Sample/);
  assert.deepEqual(done, []);
  assert.equal(audit.length, 4);
});

test('an account that is linked is not linked again', async () => {
  const { dispatch, done } = createTestContext();
  const noor = { ...actorOf('noor').account, displayName: 'Noor' };

  const decided = await dispatch(action(actorOf('ravi'), 'link.decide', noor));
  const asked = await dispatch(action(actorOf('noor'), 'link.request'));

  assert.match(said(decided), /linked already, to Noor Sample/);
  assert.match(said(asked), /linked already: you are Noor Sample/);
  assert.deepEqual(done, []);
});

/** Noor's account is linked, not by the file, and asks to stay so. */
function ending(days: number) {
  const { account } = actorOf('noor');
  const until = new Date(NOW.getTime() + days * 86_400_000);
  const directory = { ...sampleDirectory(), linked: [{ account, person: 'noor', until }] };
  const keeps = { person: 'noor', until: until.toISOString() };
  const link = { account, requestId: 'request-1', displayName: 'Noor', keeps, origin: CHANNEL };
  const scene = createTestContext({}, directory);
  scene.context.launchers.getLink = async () => ({ link });
  return { ...scene, keeps, button: { ...account, displayName: 'Noor', suggestion: 'noor' } };
}

test('an account whose link ends within a week asks to keep it', async () => {
  const { dispatch, done, keeps } = ending(6);

  const reply = await dispatch(action(actorOf('noor'), 'link.request'));

  assert.match(said(reply), /administrators have been asked to keep your account linked/);
  assert.deepEqual(
    done.map(({ call }) => call),
    ['startLink'],
  );
  assert.partialDeepStrictEqual(done[0]?.input, { suggestion: 'noor', keeps });
});

test('before that week there is nothing to ask', async () => {
  const { dispatch, done } = ending(8);

  assert.match(said(await dispatch(action(actorOf('noor'), 'link.request'))), /you are Noor Sample/);
  assert.deepEqual(done, []);
});

test('an administrator keeps a linked account its person’s, and gives it to nobody else', async () => {
  const { dispatch, done, button } = ending(6);
  const { displayName, suggestion, ...account } = button;
  const choose = (person: string) =>
    dispatch(form(actorOf('ravi'), 'link.decide', { person }, { context: account }));

  const opened = asForm(await dispatch(action(actorOf('ravi'), 'link.decide', button)));
  const errors = asErrors(await choose('sam'));
  const reply = await choose('noor');

  assert.deepEqual(opened.values, { person: suggestion });
  assert.match(errors.person ?? '', /linked to Noor Sample.*unlink it first/);
  assert.match(said(reply), /is being linked to Noor Sample/);
  assert.deepEqual(
    done.map(({ call }) => call),
    ['decideLink'],
  );
});

test('whoever denies it reads that the link ends with its time', async () => {
  const { dispatch, button } = ending(6);
  const { displayName, suggestion, ...account } = button;

  const opened = asForm(await dispatch(action(actorOf('ravi'), 'link.deny', button)));
  const reply = await dispatch(
    form(actorOf('ravi'), 'link.deny', { reason: 'has left the project' }, { context: account }),
  );

  assert.match(opened.intro ?? '', /is Noor Sample .*only until its link ends/);
  assert.match(said(reply), /is Noor Sample .*only until its link ends/);
});
