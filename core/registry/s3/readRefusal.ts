import { z } from 'zod';
import type { ErrorCode } from '#core/contract/errors.ts';
import { type ErrorFacts, type WorkbenchError, workbenchError } from '#core/errors/workbenchError.ts';
import type { Answer } from '../answer.ts';
import { parseRetryAfter } from '../retryAfter.ts';
import { decodeEntities, parseS3Xml } from './parseS3Xml.ts';

/** What a server says with a status that refuses. All of it is a stranger's text, cut to a sentence's length. */
export interface S3Refusal {
  readonly status: number;
  /** Host that answered, after redirects. */
  readonly host: string;
  /** `AccessDenied`; empty where the body says none, such as after HEAD. */
  readonly code: string;
  readonly message: string;
  /** The region that the bucket is in, where the server says it. */
  readonly region: string | null;
  /** The server's clock, milliseconds since 1970. */
  readonly serverTime: number | null;
  readonly waitSeconds: number | null;
}

const text = z.string().transform(decodeEntities);
const errorSchema = z.object({
  Error: z.object({
    Code: text.optional(),
    Message: text.optional(),
    Region: text.optional(),
    ServerTime: z.string().optional(),
  }),
});
const regionPattern = /^[a-z0-9][a-z0-9-]{0,63}$/i;

/** Reads a refusal ("Error responses", Amazon S3 API reference). */
export async function readRefusal(answer: Answer): Promise<S3Refusal> {
  const parsed = errorSchema.safeParse(parseS3Xml(await answer.readEvidence()));
  const said = parsed.success ? parsed.data.Error : {};
  const region = answer.headers.get('x-amz-bucket-region') ?? said.Region ?? '';
  const time = Date.parse(answer.headers.get('date') ?? said.ServerTime ?? '');
  return {
    status: answer.status,
    host: answer.url.host,
    code: (said.Code ?? '').slice(0, 100),
    message: (said.Message ?? '').slice(0, 300),
    region: regionPattern.test(region) ? region : null,
    serverTime: Number.isNaN(time) ? null : time,
    waitSeconds: parseRetryAfter(answer.headers.get('retry-after'), Date.now()),
  };
}

/** The failure that a refusal means. The evidence is code and message alone: the body repeats the signature. */
export function s3Failure(
  refusal: S3Refusal,
  setting: { readonly facts: ErrorFacts; readonly isSigned: boolean },
): WorkbenchError {
  const { status, code, message } = refusal;
  const said = [code, message].filter((part) => part !== '').join(': ');
  return workbenchError(
    codeOf(refusal, setting.isSigned),
    {
      ...setting.facts,
      status,
      hasCredentials: setting.isSigned,
      ...reasonOf(refusal, said),
      ...(refusal.waitSeconds === null ? {} : { waitSeconds: refusal.waitSeconds }),
    },
    { evidence: `HTTP ${status} from ${refusal.host}\n${said}` },
  );
}

/** Codes that blame the key or the secret, not what they may do. */
const keyCodes = ['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'InvalidToken', 'ExpiredToken'];

function codeOf({ status, code }: S3Refusal, isSigned: boolean): ErrorCode {
  if (keyCodes.includes(code) || status === 401) return 'registry.unauthorized';
  if (status === 403) return isSigned ? 'registry.forbidden' : 'registry.unauthorized';
  if (status === 404 || status === 410) return 'registry.notFound';
  if (status === 429 || code === 'SlowDown') return 'registry.rateLimited';
  return status >= 500 ? 'registry.serverError' : 'registry.protocol';
}

function reasonOf({ status, region }: S3Refusal, said: string): ErrorFacts {
  const isElsewhere = status >= 300 && status < 400;
  if (isElsewhere && region !== null)
    return {
      reason: `The bucket is in the region ${region}: name the endpoint of that region as the address`,
      region,
    };
  return said === '' ? {} : { reason: said };
}
