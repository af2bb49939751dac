/** A socket-like stream for the pg driver whose other end is the embedded database: same driver, same types, same prepared statements as on a server. */
import { Duplex } from 'node:stream';

/** Where complete batches of protocol messages go; the answer comes back through `push`. */
export interface ProtocolPeer {
  send(batch: Uint8Array<ArrayBuffer>): void;
  /** The driver is finished with this connection. */
  release(): void;
}

const SYNC = 0x53;
const QUERY = 0x51;
const TERMINATE = 0x58;

/** pg writes whole messages; a batch is complete with Sync or Query (the start-up message has no type byte and is a batch of its own). */
export class PgliteStream extends Duplex {
  readonly #peer: ProtocolPeer;
  #pending: Buffer[] = [];
  #started = false;

  constructor(peer: ProtocolPeer) {
    super({ allowHalfOpen: false });
    this.#peer = peer;
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Bytes are pushed when they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#accept(chunk);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#finish();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#finish();
    done(error);
  }

  #finish(): void {
    this.#pending = [];
    this.#peer.release();
  }

  #accept(chunk: Buffer): void {
    if (this.#started && chunk[0] === TERMINATE) {
      // The session is shared by the connections that follow one another: it is not ended, the driver's side is.
      this.push(null);
      return;
    }
    this.#pending.push(chunk);
    if (!this.#started || chunk[0] === SYNC || chunk[0] === QUERY) {
      this.#started = true;
      const length = this.#pending.reduce((sum, part) => sum + part.length, 0);
      const batch = new Uint8Array(length);
      let at = 0;
      for (const part of this.#pending) {
        batch.set(part, at);
        at += part.length;
      }
      this.#pending = [];
      this.#peer.send(batch);
    }
  }
}
