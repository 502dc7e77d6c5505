/** `npm run bot`: listens to chat. */
import { runProcess } from './processes/run-process.ts';
import { startBot } from './processes/start-bot.ts';

await runProcess('bot', startBot);
