export { grant } from './access/grant.ts';
export { environment } from './environments/environment.ts';
export { moreQuota } from './environments/more-quota.ts';
export { incident } from './incidents/incident.ts';
export { watchOnCall } from './incidents/watch-on-call.ts';
export { departure } from './users/departure.ts';
export { linkAccount } from './users/link-account.ts';
export { readHoldingsEverywhere } from './users/read-holdings.ts';
