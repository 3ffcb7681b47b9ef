import { implement, ORPCError } from '@orpc/server';
import { contract } from '#core/contract/index.ts';
import { reportOf } from '#core/errors/workbenchError.ts';

/** The contract, to be implemented. Whatever a handler throws reaches the caller as a named failure. */
export const api = implement(contract).use(async ({ next }) => {
  try {
    const result = await next();
    return isStream(result.output) ? { ...result, output: namedStream(result.output) } : result;
  } catch (thrown) {
    throw namedFailure(thrown);
  }
});

function isStream(output: unknown): output is AsyncGenerator<unknown, unknown, undefined> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}

/** A stream fails long after its handler has answered. */
async function* namedStream(
  stream: AsyncGenerator<unknown, unknown, undefined>,
): AsyncGenerator<unknown, unknown, undefined> {
  try {
    return yield* stream;
  } catch (thrown) {
    throw namedFailure(thrown);
  }
}

/** A failure as the contract declares it: code WORKBENCH with the report as data. */
function namedFailure(thrown: unknown): unknown {
  if (thrown instanceof ORPCError) return thrown; // input that does not fit the schema: oRPC has said so
  const data = reportOf(thrown);
  return new ORPCError('WORKBENCH', { defined: true, status: 422, message: data.title, data });
}
