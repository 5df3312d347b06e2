/** Where a console's bytes come from and go to. The harness gives one per QEMU process (a socket pair). */

export interface WireSink {
  /** Bytes from the guest, in order. The array is only valid during the call. */
  bytes(chunk: Uint8Array): void;
  /** No more bytes will come: QEMU closed its end. */
  end(): void;
}

export interface Wire {
  /** Starts the flow into the sink; called once. */
  open(sink: WireSink): void;
  /** Sends bytes to the guest, in order. What can't be sent any more is dropped: the sink's `end` tells. */
  send(bytes: Uint8Array): void;
  close(): void;
}
