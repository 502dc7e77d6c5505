/** Alerts as monitoring posts them, for the benches. */
import { ALERTS_TOKEN, type Deployment } from './deployment.ts';

export interface SampleAlert {
  /** Those of one name are one incident. */
  alertname: string;
  instance: number;
  severity: 'critical' | 'warning';
}

/** Posts one that has just begun to fire, again and again while it is asked for again. */
export async function postAlert({ alertsUrl }: Deployment, alert: SampleAlert): Promise<void> {
  const body = JSON.stringify({ version: '4', alerts: [firing(alert)] });
  for (;;) {
    const response = await fetch(alertsUrl, {
      method: 'POST',
      headers: { authorization: `Bearer ${ALERTS_TOKEN}`, 'content-type': 'application/json' },
      body,
    });
    const answer = await response.text();
    if (response.status === 200) return;
    if (response.status !== 503) throw new Error(`the alert was not taken: ${response.status} ${answer}`);
  }
}

function firing({ alertname, instance, severity }: SampleAlert) {
  return {
    status: 'firing',
    labels: { alertname, severity, service: 'shop', instance: `pod-${instance}` },
    annotations: { summary: 'pods are gone' },
    startsAt: new Date().toISOString(),
    fingerprint: `${alertname}-${instance}`,
  };
}
