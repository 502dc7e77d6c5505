import { drawInThread } from '../charts/draw-in-thread.ts';
import { withoutFloods } from '../chat/floods.ts';
import { systemClock } from '../chat/pacer.ts';
import type { CommandContext } from '../commands/context.ts';
import { createDispatch } from '../commands/dispatch.ts';
import type { Config } from '../config.ts';
import { createSignInRequests } from '../sign-in/requests.ts';
import { createDepartureLaunchers } from '../temporal/departure-launchers.ts';
import { createGrantLaunchers } from '../temporal/grant-launchers.ts';
import { createIncidentLaunchers } from '../temporal/incident-launchers.ts';
import { createLaunchers } from '../temporal/launchers.ts';
import { createPeopleLaunchers } from '../temporal/people-launchers.ts';
import { createQuotaLaunchers } from '../temporal/quota-launchers.ts';
import { mountAlerts } from './mount-alerts.ts';
import { mountIncidents } from './mount-incidents.ts';
import { mountSignIn } from './mount-sign-in.ts';
import { type Dependencies, openDependencies } from './open-dependencies.ts';

export interface Running {
  /** Rejects when it can no longer do its work. Never resolves. */
  failed: Promise<never>;
  /** Takes nothing new, finishes what it has taken, closes what it opened. */
  stop(): Promise<void>;
}

/** Listens to chat. With `dependencies` given it shares them and leaves them open. */
export async function startBot(config: Config, dependencies?: Dependencies): Promise<Running> {
  const shared = dependencies ?? (await openDependencies(config));
  const { http, log, slack, teams } = shared;
  try {
    const context = await wireCommands(shared);
    const limits = async () => (await shared.policy()).limits;
    const unhurried = withoutFloods(createDispatch(context), { limits, clock: systemClock, logger: log });
    const dispatch = shared.metrics.ofDispatch(unhurried);
    // What needs no chat is there before it, and while it is down.
    mountAlerts(shared);
    mountIncidents(shared, context);
    mountSignIn(shared, dispatch);
    await Promise.all([slack?.start(dispatch), teams?.start(dispatch)]);
    if (slack !== undefined) http.mount('/slack/events', slack.requestListener);
    if (teams !== undefined) http.mount('/api/messages', teams.requestListener);
  } catch (error) {
    if (dependencies === undefined) await shared.close();
    throw error;
  }
  const on = {
    slack: config.slack?.inbound.kind ?? 'off',
    teams: config.teams === undefined ? 'off' : 'http',
  };
  log.info({ port: http.port, ...on }, 'bot started');
  return {
    failed: new Promise(() => {}),
    async stop() {
      http.drain();
      await Promise.all([slack?.stop(), teams?.stop()]);
      if (dependencies === undefined) await shared.close();
      log.info('bot stopped');
    },
  };
}

async function wireCommands(shared: Dependencies): Promise<CommandContext> {
  const { catalog, cluster, config, directory, log, policy, store, temporal } = shared;
  const now = () => new Date();
  const { name } = (await shared.platform()).cluster;
  return {
    cluster: name,
    directory,
    policy,
    catalog,
    launchers: createLaunchers(temporal, name, log),
    plans: store.plans,
    places: store.places,
    deliveries: store.deliveries,
    audit: store.audit,
    revealSecrets: cluster.readSecrets,
    incidents: {
      launchers: createIncidentLaunchers(temporal, log),
      store: store.incidents,
      config: shared.incidentConfig,
      runbooks: shared.runbooks,
      platforms: shared.chat.platforms,
      approvalChannels: async () => (await shared.platform()).approvalChannels,
      adopt: async (place) => await shared.chat.rooms(place.platform).adopt(place),
      drawStats: drawInThread,
    },
    access: { launchers: createGrantLaunchers(temporal, log), entitlements: shared.entitlements },
    people: createPeopleLaunchers(temporal, log),
    roleTemplates: shared.roleTemplates,
    departures: {
      launchers: createDepartureLaunchers(temporal, log),
      open: store.departures.open,
      tokens: store.tokens,
    },
    quota: createQuotaLaunchers(temporal, log),
    links: store.links,
    askToSignIn: config.signIn && createSignInRequests(store.signIns, config.signIn.publicUrl, now),
    now,
    logger: log,
  };
}
