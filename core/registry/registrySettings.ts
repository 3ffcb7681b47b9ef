/** User name and password (or token, as the registry's own pages say) of one registry. */
export interface RegistryCredentials {
  readonly userName: string;
  readonly password: string;
  /** The password is an identity token: it is given to the token server as a refresh token (Docker's oauth2 flow), with no user. */
  readonly isIdentityToken?: boolean;
}

/**
 * Credentials that are looked for only when a registry asks for some: a helper program may ask the person. Told whether
 * they were taken.
 */
export interface CredentialsOnDemand {
  get(signal: AbortSignal): Promise<RegistryCredentials | null>;
  onOutcome(outcome: 'accepted' | 'refused'): void;
}

/** There is no limit on the whole of a transfer, only on silence. */
export interface RegistryTimeouts {
  /** From the request to the first byte of the answer; 30 000 by default. */
  readonly answerMs: number;
  /** Between two pieces of a body; 30 000 by default. */
  readonly stallMs: number;
}

export const defaultTimeouts: RegistryTimeouts = { answerMs: 30_000, stallMs: 30_000 };
