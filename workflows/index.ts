export { environment } from './environments/environment.ts';
export { linkAccount } from './users/link-account.ts';
