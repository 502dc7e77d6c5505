import { createIncidentLaunchers } from '../temporal/incident-launchers.ts';
import { createIntake } from '../webhooks/intake.ts';
import { createPagerdutyIntake } from '../webhooks/pagerduty.ts';
import { createAlertReceiver } from '../webhooks/receiver.ts';
import type { Dependencies } from './open-dependencies.ts';

/** Takes what monitoring sends, where there is a way for it to prove who it is. */
export function mountAlerts({
  chat,
  config,
  http,
  incidentConfig,
  log,
  store,
  temporal,
}: Dependencies): void {
  if (config.alerts === undefined) {
    log.info('alerts are not taken: set ALERTS_TOKEN or ALERTS_HMAC_SECRET for /webhooks/alertmanager');
    return;
  }
  const launchers = createIncidentLaunchers(temporal, log);
  const take = createIntake({
    config: incidentConfig,
    store: store.incidents,
    launchers,
    platforms: chat.platforms,
  });
  const takeEvent = createPagerdutyIntake({ store: store.incidents, launchers, take });
  const receiver = createAlertReceiver({ auth: config.alerts, take, takeEvent, log });
  http.mount('/webhooks/alertmanager', receiver.alertmanager);
  http.mount('/webhooks/alerts', receiver.alerts);
  http.mount('/webhooks/pagerduty', receiver.pagerduty);
}
