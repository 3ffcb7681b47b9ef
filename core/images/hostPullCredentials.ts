import { authfileText } from '#core/credentials/authfile.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';
import type { DetachedFile } from '#core/hosts/detachedJob.ts';
import type { Runtime } from '#core/runtime/action.ts';
import type { TaskContext } from '#core/tasks/task.ts';
import type { HostPullRequest } from './hostPullRequest.ts';
import type { CredentialsOf } from './pullMeans.ts';

const authfileName = 'auth.json';

/** The credentials as a file of the job; null where there are none. */
export function authfile({ registry, credentials }: HostPullRequest): DetachedFile | null {
  if (registry === null || credentials === null) return null;
  return { name: authfileName, data: authfileText({ registry, credentials }), isSecret: true };
}

/** Everybody on a login node can read the words of a command: credentials travel by file, or not at all. */
export function refuseCredentials({ registry, credentials }: HostPullRequest, { dialect }: Runtime): void {
  if (credentials === null) return;
  if (registry === null)
    throw workbenchError('input.invalid', {
      field: 'credentials',
      reason:
        'The runtime there would show them to every user of that machine. Have the image fetched here and sent.',
    });
  if (!dialect.features.authfile)
    throw workbenchError('runtime.tooOld', {
      product: dialect.programName,
      version: dialect.version,
      feature:
        'a file for credentials, without which the password would be seen by others; have the image fetched here and sent',
      needed: dialect.product === 'apptainer' ? '1.4.0' : '4.1.0',
    });
}

/** The person's own, else what the person is signed in with, where the runtime takes them by a file that nobody else sees. */
export async function credentialsFor(
  { registry, credentials }: HostPullRequest,
  { dialect }: Runtime,
  { context, credentialsOf }: { readonly context: TaskContext; readonly credentialsOf: CredentialsOf },
): Promise<HostPullRequest['credentials']> {
  if (credentials !== null || registry === null || !dialect.features.authfile) return credentials;
  const own = await credentialsOf(registry, context.signal);
  if (own === null || own.isIdentityToken === true) return null;
  context.log(
    'note',
    `The runtime signs in to ${registry} as ${own.userName}, by a file that goes with the pull.`,
  );
  return own;
}
