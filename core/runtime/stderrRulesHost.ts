import { documentation, named, rule, type StderrRule } from './stderrRule.ts';

const askAdministrator = 'Ask the administrator of the site.';

/** Limits that login nodes set, and what a network file system or a cut line does to the runtime there. */
export const hostRules: readonly StderrRule[] = [
  rule(
    'memory-limit',
    'runtime.failed',
    /(failed to reserve page summary memory|cannot allocate memory|failed to create new OS thread[^\n]*|pthread_create failed: Resource temporarily unavailable)/i,
    {
      facts: named('reason'),
      cause:
        'This node limits the memory or the processes of one user so much that the runtime cannot start.',
      nextStep: 'Run it as a job on a compute node; ulimit -a shows the limits here.',
    },
  ),
  rule('open-files', 'runtime.failed', /(too many open files)/, {
    facts: named('reason'),
    cause: 'This node limits the files that one program may have open.',
    nextStep: 'Raise it with ulimit -n, or run it as a job on a compute node.',
  }),
  rule('file-limit', 'disk.quota', /write ([^\n:]+): file too large/, {
    facts: named('path'),
    cause: 'This node limits the size of a file (ulimit -f), or the file system does.',
    nextStep: 'Run it as a job on a compute node, or choose another folder.',
  }),
  rule('stale-handle', 'host.pathMissing', /([^\n:]+): stale (?:NFS )?file handle/i, {
    ...documentation,
    facts: named('path'),
    cause:
      'The network file system forgot this file: it was changed or removed from another node, or the server restarted.',
    nextStep: 'Open the folder anew and try again.',
  }),
  rule('input-output', 'disk.readOnly', /([^\n:]+): input\/output error/i, {
    ...documentation,
    facts: named('path'),
    cause: 'The disk or the file server did not answer as it should.',
    nextStep: askAdministrator,
  }),
  rule('cut-mount', 'runtime.fuseUnavailable', /(transport endpoint is not connected)/i, {
    ...documentation,
    facts: named('reason'),
    cause: 'The helper that mounted the image was ended, often by the limits of a login node.',
    nextStep: 'Start it again, as a job where the node ends long programs.',
  }),
  rule('killed', 'runtime.failed', /^(Killed|signal: killed)$/m, {
    ...documentation,
    facts: named('reason'),
    cause: 'Something ended the program by force: too little memory, or a watchdog of the login node.',
    nextStep: 'Run it as a job with enough memory.',
  }),
];
