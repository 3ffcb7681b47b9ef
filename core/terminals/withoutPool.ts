const { poolSize } = Buffer;

// When this module is first imported: imports that come after it see no pool.
Buffer.poolSize = 0;

/** Gives node's shared pool of buffers back, which importing this module had switched off. */
export function restorePool(): void {
  Buffer.poolSize = poolSize;
}
