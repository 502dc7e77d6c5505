import type { LiveObject } from '../../src/kubernetes/objects.ts';
import { around, live, type ReadinessCase } from './readiness-cases.ts';

const service = live('Service', { selector: { app: 'web' } }, { loadBalancer: {} });

function slice(service: string, ...endpoints: object[]): LiveObject {
  const labels = { 'kubernetes.io/service-name': service };
  return { ...live('EndpointSlice', undefined, undefined, { labels }), endpoints };
}

function endpoint(conditions: object, addresses = ['10.0.0.1']): object {
  return { addresses, conditions };
}

function behind(...endpointSlices: LiveObject[]) {
  return around({ endpointSlices });
}

export const SERVICE_CASES: ReadinessCase[] = [
  {
    title: 'a Service with no endpoints known',
    object: service,
    state: 'waiting',
    reason: /Service it has nothing ready behind it/,
  },
  {
    title: 'a Service with an empty slice',
    object: service,
    surroundings: behind(slice('it')),
    state: 'waiting',
  },
  {
    title: 'a Service whose only pod is not ready',
    object: service,
    surroundings: behind(slice('it', endpoint({ ready: false, serving: true }))),
    state: 'waiting',
  },
  {
    title: 'a Service with an endpoint that has no address',
    object: service,
    surroundings: behind(slice('it', endpoint({ ready: true }, []))),
    state: 'waiting',
  },
  {
    title: 'a Service beside the endpoints of another',
    object: service,
    surroundings: behind(slice('other', endpoint({ ready: true }))),
    state: 'waiting',
  },
  {
    title: 'a Service with one of two pods ready, in two slices',
    object: service,
    surroundings: behind(slice('it', endpoint({ ready: false })), slice('it', endpoint({ ready: true }))),
    state: 'ready',
  },
  {
    title: 'a Service with an endpoint nothing is told of',
    object: service,
    surroundings: behind(slice('it', endpoint({}))),
    state: 'ready',
  },
  { title: 'a Service without a selector', object: live('Service', {}, {}), state: 'ready' },
  {
    title: 'a Service that is a name elsewhere',
    object: live('Service', { type: 'ExternalName', selector: { app: 'web' } }, {}),
    state: 'ready',
  },
];
