/** `tagcast serve`: the HTTP API until Ctrl-C. */
import { answer, inWords, withApp } from '../context.ts';
import type { CommandModule } from '../context.ts';
import { startServing } from '../serving.ts';
import { wholeNumber } from './wholeNumber.ts';

export const serve: CommandModule = (program, context) => {
  program
    .command('serve')
    .description('the HTTP API; documentation at /docs, OpenAPI at /openapi.json')
    .option('--port <number>', 'port', wholeNumber, 8080)
    .option('--host <address>', 'address to listen on; others than loopback need an API key first', '127.0.0.1')
    .option('--allow-host <names>', 'host names that requests may name, comma-separated', (text: string) => text.split(',').map((name) => name.trim()))
    .addHelpText('after', '\nCtrl-C or SIGTERM lets the requests under way finish and ends with exit code 0; a second one stops at once with exit code 5.')
    .action(async (options: { port: number; host: string; allowHost?: string[] }) => {
      const here = context();
      await withApp(here, async (app) => {
        const serving = await startServing(app, { port: options.port, host: options.host, ...(options.allowHost === undefined ? {} : { allowedHosts: options.allowHost }) });
        answer(here, { url: serving.url, documentation: `${serving.url}/docs`, openapi: `${serving.url}/openapi.json` }, () => {
          here.output.print(inWords(here, `Tagcast 已在 ${serving.url} 提供服务 — 文档：${serving.url}/docs — 按 Ctrl-C 停止`, `Tagcast listens on ${serving.url} — documentation: ${serving.url}/docs — stop with Ctrl-C`));
        });
        if (!here.signal.aborted) await new Promise<void>((resolve) => here.signal.addEventListener('abort', () => { resolve(); }, { once: true }));
        await serving.close();
      });
    });
};
