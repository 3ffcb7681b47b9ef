/** User name and password (or token, as the registry's own pages say) of one registry. */
export interface RegistryCredentials {
  readonly userName: string;
  readonly password: string;
}

/** There is no limit on the whole of a transfer, only on silence. */
export interface RegistryTimeouts {
  /** From the request to the first byte of the answer; 30 000 by default. */
  readonly answerMs: number;
  /** Between two pieces of a body; 30 000 by default. */
  readonly stallMs: number;
}

export const defaultTimeouts: RegistryTimeouts = { answerMs: 30_000, stallMs: 30_000 };
