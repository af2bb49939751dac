/** A receiver of webhooks on this machine that keeps what it got. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SignedHeaders } from '../../src/webhooks/sign.ts';

export interface Received {
  readonly id: string;
  readonly headers: SignedHeaders;
  readonly text: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: { readonly segment: string; readonly version: number; readonly batch: number; readonly batches: number; readonly customers: readonly { readonly id: string; readonly holdout?: boolean }[] } };
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly afterMs?: number;
}

export interface Receiver {
  readonly url: string;
  readonly got: Received[];
  /** Called for each message with the number of those before it. */
  answer: (index: number, received: Received) => Answer;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const got: Received[] = [];
  const receiver = { answer: (_index: number, _received: Received): Answer => ({ status: 204 }) };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const received: Received = { id: String(request.headers['webhook-id']), headers: request.headers as unknown as SignedHeaders, text, body: (text === '' ? {} : JSON.parse(text)) as Received['body'] };
      got.push(received);
      const { status, headers = {}, afterMs = 0 } = receiver.answer(got.length - 1, received);
      setTimeout(() => { response.writeHead(status, headers).end('the answer is not read'); }, afterMs);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hook`, got,
    close: () => new Promise<void>((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  });
}
