import type { ErrorCode } from '#core/contract/errors.ts';
import { type ErrorFacts, WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';

const codeOfReason: Readonly<Record<string, ErrorCode>> = {
  ENOTFOUND: 'registry.hostUnknown',
  EAI_AGAIN: 'registry.hostUnknown',
  EAI_NONAME: 'registry.hostUnknown',
  EAI_NODATA: 'registry.hostUnknown',
  EAI_FAIL: 'registry.hostUnknown',
  ECONNREFUSED: 'registry.connectionRefused',
  EHOSTUNREACH: 'registry.connectionRefused',
  ENETUNREACH: 'registry.connectionRefused',
  EADDRNOTAVAIL: 'registry.connectionRefused',
  ETIMEDOUT: 'registry.timeout',
  ERR_SSL_WRONG_VERSION_NUMBER: 'registry.plainHttp',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'registry.plainHttp',
  ERR_SSL_HTTP_REQUEST: 'registry.plainHttp',
  ECONNRESET: 'registry.interrupted',
  EPIPE: 'registry.interrupted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'registry.certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'registry.certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'registry.certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'registry.certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'registry.certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'registry.certificate',
  INVALID_CA: 'registry.certificate',
  INVALID_PURPOSE: 'registry.certificate',
  HOSTNAME_MISMATCH: 'registry.certificate',
};

/** What a request or its body threw → a named failure. `facts` says who was asked; `reason` (node's own code) is added. */
export function networkFailure(thrown: unknown, facts: ErrorFacts): WorkbenchError {
  if (thrown instanceof WorkbenchError) return thrown;
  const reason = reasonOf(thrown);
  return workbenchError(
    errorCodeOf(reason),
    { ...facts, reason: reason ?? messageOf(thrown) },
    { evidence: evidenceOf(thrown), cause: thrown },
  );
}

function errorCodeOf(reason: string | null): ErrorCode {
  if (reason === null) return 'registry.protocol';
  const known = codeOfReason[reason];
  if (known !== undefined) return known;
  return reason.startsWith('CERT_') || reason.startsWith('CRL_')
    ? 'registry.certificate'
    : 'registry.protocol';
}

/** Node's error code, wherever in the chain of causes it is. */
function reasonOf(thrown: unknown): string | null {
  let current: unknown = thrown;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
    else current = current.cause;
  }
  return null;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'unknown';
}

function evidenceOf(thrown: unknown): string {
  const lines: string[] = [];
  let current: unknown = thrown;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    lines.push(`${current.name}: ${current.message}`);
    current = current.cause;
  }
  return lines.join('\n');
}
