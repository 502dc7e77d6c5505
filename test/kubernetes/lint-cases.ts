import type { LintProblem } from '../../src/kubernetes/lint-template.ts';

/** A change to a shipped template, and what the linter says of it. */
export interface LintCase {
  title: string;
  file: string;
  from: string;
  to: string;
  problem: RegExp;
  severity?: LintProblem['severity'];
  template?: string;
}

export const ref = (path: string): string => `\${{ ${path} }}`;

export const LINT_CASES: LintCase[] = [
  {
    title: 'a key that is there twice',
    file: 'template.yaml',
    from: 'lifecycle:',
    to: 'quota: {}\nlifecycle:',
    problem: /Map keys must be unique/,
  },
  {
    title: 'a key nobody knows',
    file: 'template.yaml',
    from: 'lifecycle:',
    to: 'livecycle:',
    problem: /livecycle|lifecycle/,
  },
  {
    title: 'a duration without unit',
    file: 'template.yaml',
    from: 'ttl: 7d',
    to: 'ttl: 7',
    problem: /lifecycle\.ttl/,
  },
  {
    title: 'a ttl above its maximum',
    file: 'template.yaml',
    from: 'ttl: 7d',
    to: 'ttl: 60d',
    problem: /ttl is longer than maxTtl/,
  },
  {
    title: 'a schema that ajv does not take',
    file: 'template.yaml',
    from: "pattern: '^[a-z]([-a-z0-9]{1,20}[a-z0-9])$'",
    to: "pattern: '['",
    problem: /^parameters: /,
  },
  {
    title: 'a size without its row',
    file: 'template.yaml',
    from: 'enum: [s, m, l]',
    to: 'enum: [s, m, l, xl]',
    problem: /sizes: must be those of the enum/,
  },
  {
    title: 'no rule for everybody',
    file: 'template.yaml',
    from: '  - { auto: true }\n',
    to: '',
    problem: /the last rule must match everything/,
  },
  {
    title: 'a rule about no parameter',
    file: 'template.yaml',
    from: 'when: { size: l }',
    to: 'when: { colour: red }',
    problem: /no parameter `colour`/,
  },
  {
    title: 'an unknown placeholder',
    file: '50-website.yaml',
    from: `host: '${ref('environment.host')}'`,
    to: `host: '${ref('environment.hots')}'`,
    problem: /^nothing is called environment\.hots$/,
  },
  {
    title: 'a placeholder in a key',
    file: '50-website.yaml',
    from: 'labels: { app: app }',
    to: `labels: { '${ref('parameters.name')}': app }`,
    problem: /a key cannot hold a placeholder/,
  },
  {
    title: 'an output without its Secret, in one of the choices',
    file: 'template.yaml',
    from: ', when: postgres }',
    to: ' }',
    problem: /output DATABASE_URL: no Secret postgres with the key url \(with .*postgres=false/,
  },
  {
    title: 'an output of a key that is not there',
    file: 'template.yaml',
    from: 'key: url }',
    to: 'key: uri }',
    problem: /no Secret postgres with the key uri/,
  },
  {
    title: 'workloads that fit only until they are updated',
    file: '50-website.yaml',
    from: 'limits: { cpu: 250m, memory: 128Mi }',
    to: 'limits: { cpu: 700m, memory: 128Mi }',
    problem: /do not fit size s while they are updated: cpu 3\.4 of 3/,
  },
  {
    title: 'storage that does not fit',
    file: 'template.yaml',
    from: 'storage: 20Gi',
    to: 'storage: 6Gi',
    problem: /storage 10240Mi of 6Gi/,
  },
  {
    title: 'a container larger than its size',
    file: '20-postgres.yaml',
    from: "limits: { cpu: '1', memory: 1Gi }",
    to: "limits: { cpu: '4', memory: 1Gi }",
    problem: /container postgres is larger than its size/,
  },
  {
    title: 'a request above the limit',
    file: '20-postgres.yaml',
    from: 'requests: { cpu: 100m, memory: 256Mi }',
    to: 'requests: { cpu: 100m, memory: 2Gi }',
    problem: /requests more memory than its limit/,
  },
  {
    title: 'a pod against Pod Security baseline',
    file: '50-website.yaml',
    from: 'serviceAccountName: app',
    to: 'hostNetwork: true',
    problem: /Deployment app breaks Pod Security baseline: hostNetwork/,
  },
  {
    title: 'a privileged container',
    file: '50-website.yaml',
    from: 'allowPrivilegeEscalation: false',
    to: 'privileged: true',
    problem: /baseline: container app: privileged/,
  },
  {
    title: 'a pod that is baseline and not restricted',
    file: '50-website.yaml',
    from: 'allowPrivilegeEscalation: false',
    to: 'allowPrivilegeEscalation: true',
    problem: /not Pod Security restricted: container app: allowPrivilegeEscalation/,
    severity: 'warning',
  },
  {
    title: 'a Service that leads nowhere',
    file: '50-website.yaml',
    from: 'targetPort: http',
    to: 'targetPort: web',
    problem: /Service app leads to the port web/,
  },
  {
    title: 'a Service that selects nothing',
    file: '50-website.yaml',
    from: 'selector: { app: app }',
    to: 'selector: { app: other }',
    problem: /Service app selects no pods/,
  },
  {
    title: 'an Ingress that leads nowhere',
    file: '50-website.yaml',
    from: 'service: { name: app',
    to: 'service: { name: apq',
    problem: /Ingress app leads to the Service apq/,
  },
  {
    title: 'a kind that is not allowed',
    file: '50-website.yaml',
    from: 'kind: ConfigMap',
    to: 'kind: Namespace',
    problem: /is a Namespace of v1, which templates may not contain/,
  },
  {
    title: 'a namespace',
    file: '50-website.yaml',
    from: 'metadata: { name: app }',
    to: 'metadata: { name: app, namespace: default }',
    problem: /sets a namespace/,
  },
  {
    title: 'a name of the guardrails',
    file: '50-website.yaml',
    from: 'metadata: { name: app }',
    to: 'metadata: { name: purser-app }',
    problem: /kept for the guardrails/,
  },
  {
    title: 'a foreign image',
    file: '50-website.yaml',
    from: 'docker.io/library/python',
    to: 'evil.test/python',
    problem: /uses the image evil\.test\/python/,
  },
  {
    title: 'a Service that opens the cluster',
    file: '50-website.yaml',
    from: '  selector: { app: app }',
    to: '  type: NodePort\n  selector: { app: app }',
    problem: /type NodePort/,
  },
  {
    title: 'a Role that reads every secret',
    file: '40-runner.yaml',
    from: 'resources: [jobs]',
    to: 'resources: [jobs, secrets]',
    problem: /Role runner grants access to secrets/,
  },
  {
    title: 'a binding to a ClusterRole',
    file: '40-runner.yaml',
    from: 'kind: Role, name: runner }',
    to: 'kind: ClusterRole, name: admin }',
    problem: /binds a ClusterRole/,
  },
  {
    title: 'a binding to people',
    file: '40-runner.yaml',
    from: 'kind: ServiceAccount, name: runner,',
    to: 'kind: User, name: kim,',
    problem: /binds people/,
  },
  {
    title: 'a generated value outside a Secret',
    file: '40-runner.yaml',
    from: 'replicas: 1',
    to: `paused: '${ref('generate.x')}'`,
    problem: /generates a value outside a Secret/,
  },
  {
    title: 'a switch that does not exist',
    file: '20-postgres.yaml',
    from: 'purser/when: postgres',
    to: 'purser/when: mysql',
    problem: /no parameter for `mysql`/,
  },
  {
    title: 'an eighth step',
    file: '40-runner.yaml',
    from: 'kind: Role\nmetadata: { name: runner }',
    to: 'kind: Role\nmetadata: { name: runner, annotations: { purser/step: One more } }',
    problem: /has 8 steps/,
  },
  {
    title: 'a file whose first object has no step',
    file: '50-website.yaml',
    from: 'purser/step: Website, ',
    to: '',
    problem: /names its step/,
  },
  {
    title: 'an image the parameter could never be',
    template: 'preview',
    file: 'template.yaml',
    from: 'maxLength: 250',
    to: 'maxLength: 2',
    problem: /no sample value fits `image`/,
  },
];
