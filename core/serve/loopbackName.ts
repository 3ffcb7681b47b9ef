const loopbackAuthority = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/**
 * Whether a Host header names this machine's loopback, with any port (an ssh tunnel changes it). A page of another
 * site that points its own name at 127.0.0.1 (DNS rebinding) still sends its own name here.
 */
export function isLoopbackHost(host: string | undefined): host is string {
  return host !== undefined && loopbackAuthority.test(host);
}

/** Whether an Origin header is exactly the origin that the Host header names. A missing one is not. */
export function isSameOrigin(origin: string | undefined, host: string): boolean {
  return origin === `http://${host}`;
}
