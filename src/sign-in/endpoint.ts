import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import { hashOf } from '../api/tokens.ts';
import type { ChatReply, Dispatch } from '../chat/adapter.ts';
import { requestIdOf } from '../chat/deliveries.ts';
import type { Person } from '../domain/people.ts';
import type { AuditLog, Directory } from '../domain/ports.ts';
import { accountKey } from '../domain/refs.ts';
import type { SignInRequest, SignInStore } from '../domain/sign-in.ts';
import type { Log } from '../operations/logger.ts';
import { flowOf, type Identity, type IdentityProvider, newFlow } from './identity-provider.ts';
import { htmlOf, type Page } from './pages.ts';
import { personOf } from './person.ts';
import { CALLBACK_PATH, SIGN_IN_PATH } from './requests.ts';

const COOKIE = 'purser-sign-in';
/** Of the identity provider's answer, which is a code of some kilobytes at most. */
const MAX_URL = 8_192;

export interface SignInEndpointOptions {
  provider: IdentityProvider;
  /** The claim that has the directory's id; without it, the verified e-mail address tells. */
  personClaim: string | undefined;
  /** Browsers keep our cookie for encrypted connections alone. */
  secure: boolean;
  store: SignInStore;
  directory: Directory;
  audit: AuditLog;
  dispatch: Dispatch;
  log: Log;
}

type Answer = { status: number; page: Page };

/**
 * `GET /sign-in?id=…` says what it is for, and changes nothing: chats look at addresses that are posted in them. `POST` goes on
 * to the identity provider, and `GET /sign-in/callback` comes back from there in the same browser. Only then is done what
 * was pressed in chat, as if it had been pressed now, by the person who has signed in.
 */
export function createSignInEndpoint(options: SignInEndpointOptions): Record<string, RequestListener> {
  const { provider, store, directory, audit, dispatch, log } = options;

  async function start(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    const token = query.get('id') ?? '';
    const asked = await store.find(hashOf(token));
    if (asked === undefined) return give(response, OVER);
    if (request.method !== 'POST') return give(response, await introduction(asked, token), 'form');
    const flow = newFlow();
    const [address] = await Promise.all([
      provider.addressOf(flow),
      store.begin(asked.id, hashOf(flow.state)),
    ]);
    response.setHeader('set-cookie', cookieOf(flow.secret, options.secure));
    response.writeHead(303, { location: address.href, 'cache-control': 'no-store' }).end();
  }

  async function introduction({ what, person }: SignInRequest, token: string): Promise<Answer> {
    const people = person === undefined ? [] : (await directory.snapshot()).people;
    const name = people.find(({ id }) => id === person)?.name;
    const lines = [
      `${what}.`,
      name === undefined
        ? 'Sign in, so that we know who you are.'
        : `Only ${name} can do this, after signing in.`,
      'If you did not just press a button in chat, close this page: somebody else may have.',
    ];
    const action = `${SIGN_IN_PATH}?id=${encodeURIComponent(token)}`;
    return page(200, 'One more step', lines, { label: 'Sign in and go on', action });
  }

  async function finish(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    const secret = parseCookie(request.headers.cookie ?? '')[COOKIE];
    const flow = secret === undefined ? undefined : flowOf(secret);
    if (flow === undefined || query.get('state') !== flow.state) return give(response, OTHER_BROWSER);
    const asked = await store.findBegun(hashOf(flow.state));
    if (asked === undefined) return give(response, OVER);
    let identity: Identity;
    try {
      identity = await provider.identify(flow, query);
    } catch (err) {
      log.warn({ err }, 'sign-in failed');
      return give(response, NOT_SIGNED_IN);
    }
    give(response, await identified(asked, identity));
  }

  async function identified(asked: SignInRequest, identity: Identity): Promise<Answer> {
    const snapshot = await directory.snapshot();
    const person = personOf(identity, snapshot, options.personClaim);
    const right = person !== undefined && (asked.person === undefined || asked.person === person.id);
    await record(asked, identity, person, right);
    if (person === undefined) return UNKNOWN;
    if (!right) {
      const wanted = snapshot.people.find(({ id }) => id === asked.person)?.name ?? 'somebody else';
      return page(403, 'Nothing was done', [
        `You signed in as ${person.name}, and only ${wanted} can do this.`,
        'Sign out there, then press the button in chat again.',
      ]);
    }
    return await carriedOut(asked, identity, person);
  }

  /** Should we stop before it is settled, the same press has the same effect once more: its key is the same. */
  async function carriedOut(asked: SignInRequest, identity: Identity, person: Person): Promise<Answer> {
    const { issuer, subject, at } = identity;
    const signedIn = { person: person.id, issuer, subject, at: at.toISOString() };
    const dedupeKey = `sign-in:${asked.id}`;
    const reply = await dispatch({
      ...asked.press,
      actor: { ...asked.press.actor, signedIn },
      dedupeKey,
      requestId: requestIdOf(dedupeKey),
    });
    await store.done(asked.id);
    return answerTo(reply);
  }

  async function record(
    asked: SignInRequest,
    identity: Identity,
    person: Person | undefined,
    right: boolean,
  ) {
    const { issuer, subject, at } = identity;
    await audit.append({
      key: `sign-in:${asked.id}:${hashOf(`${issuer} ${subject} ${at.getTime()}`)}`,
      action: 'sign-in',
      actor: person?.id ?? accountKey(asked.press.actor.account),
      subject: `account/${accountKey(asked.press.actor.account)}`,
      outcome: right ? 'allowed' : 'refused',
      detail: { issuer, subject, at: at.toISOString(), what: asked.what, for: asked.person ?? '' },
    });
  }

  function listen(
    methods: string[],
    work: (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => Promise<void>,
  ): RequestListener {
    return (request, response) => {
      const { url = '', method = '' } = request;
      if (!methods.includes(method) || url.length > MAX_URL) return give(response, NOT_HERE);
      work(request, response, new URL(url, 'http://purser').searchParams).catch((err: unknown) => {
        log.error({ err }, 'sign-in did not work');
        give(response, TRY_AGAIN);
      });
    };
  }

  return {
    [SIGN_IN_PATH]: listen(['GET', 'HEAD', 'POST'], start),
    [CALLBACK_PATH]: listen(['GET'], finish),
  };
}

/** Sent along when the identity provider sends the browser back, and with nothing that another page asks for. */
function cookieOf(value: string, secure: boolean): string {
  return stringifySetCookie({
    name: COOKIE,
    value,
    path: SIGN_IN_PATH,
    httpOnly: true,
    sameSite: 'lax',
    maxAge: 600,
    secure,
  });
}

/** A notice is all that such a button is answered by; anything else is for chat to show. */
function answerTo(reply: ChatReply): Answer {
  if (reply?.kind !== 'notice') return page(200, 'Done', ['Go back to chat: it goes on there.']);
  const failed = reply.tone === 'error' || reply.tone === 'warning';
  return page(failed ? 409 : 200, failed ? 'This was not done' : 'Done', [
    reply.text,
    ...(reply.details ?? []),
    'You can close this page.',
  ]);
}

function page(status: number, title: string, lines: string[], button?: Page['button']): Answer {
  return { status, page: { title, lines, button } };
}

const AGAIN = 'Press the button in chat again.';
const OVER = page(410, 'This is over', ['This address works once, and for ten minutes.', AGAIN]);
const OTHER_BROWSER = page(400, 'Nothing was done', ['You began in another browser, or long ago.', AGAIN]);
const NOT_SIGNED_IN = page(403, 'Nothing was done', ['You have not signed in.', AGAIN]);
const UNKNOWN = page(403, 'Nothing was done', [
  'You signed in as somebody whom the directory does not know.',
  'Tell the platform team: your entry there and your sign-in do not belong together yet.',
]);
const NOT_HERE = page(405, 'Nothing was done', [AGAIN]);
const TRY_AGAIN = page(503, 'This did not work', ['Nothing may have been done.', `${AGAIN} It is harmless.`]);

/** Nothing is loaded from anywhere, no other page can show this one, and none learns where somebody came from. */
function give(response: ServerResponse, { status, page }: Answer, may: 'form' | 'nothing' = 'nothing'): void {
  if (response.headersSent) return;
  // Browsers hold a form to this policy on its way to the identity provider, too.
  const forms = may === 'form' ? 'form-action *' : "form-action 'none'";
  response
    .writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; ${forms}`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .end(htmlOf(page));
}
