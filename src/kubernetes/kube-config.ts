import { KubeConfig } from '@kubernetes/client-node';
import type { Config } from '../config.ts';

/** How the configured cluster is spoken to. Throws when the kubeconfig cannot be read; the reason may quote it. */
export function loadKubeConfig(kubernetes: Config['kubernetes']): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (kubernetes === undefined) throw new TypeError('the configuration names no cluster');
  if (kubernetes.kind === 'kubeconfig') kubeConfig.loadFromFile(kubernetes.path);
  else kubeConfig.loadFromCluster();
  return kubeConfig;
}
