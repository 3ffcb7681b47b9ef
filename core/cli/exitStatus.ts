import type { ErrorCode } from '#core/contract/errors.ts';

/** Exit statuses of the command line. Scripts depend on them: never renumber. */
export const exitStatus = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  network: 5,
  disk: 6,
  exists: 7,
  noRuntime: 8,
  /** shell, exec and run, where other statuses are the program's own. */
  notStarted: 125,
  interrupted: 130,
} as const;

/** For `--help` and the README. */
export const exitStatusHelp = `
Exit status:
    0  done
    1  failed (doctor: something is blocked; compare: they differ; verify: not all is signed, or a signature does not hold)
    2  the command line is wrong
    3  no such image, file, repository, tag, key, workspace or host
    4  refused: sign-in or permission needed, somebody has it open, or a host asks something and nobody can answer
    5  the network, the registry or the line to a host failed; trying again may help
    6  no space, quota exceeded or read-only
    7  the target exists (use --force or --overwrite)
    8  no container runtime found, or too old
  130  interrupted
shell, exec and run end with the program's own status (128 + N when signal N ended it),
and with 125 when it could not be started.`;

const statusByCode: Partial<Record<ErrorCode, number>> = {
  'host.pathMissing': exitStatus.notFound,
  'image.missing': exitStatus.notFound,
  'image.nothingForArchitecture': exitStatus.notFound,
  'image.archiveHasNone': exitStatus.notFound,
  'registry.notFound': exitStatus.notFound,
  'registry.unknown': exitStatus.notFound,
  'host.unknown': exitStatus.notFound,
  'trust.keyUnknown': exitStatus.notFound,
  'trust.wrongPassphrase': exitStatus.refused,
  'trust.keyserver': exitStatus.network,
  'host.permissionDenied': exitStatus.refused,
  'host.authenticationFailed': exitStatus.refused,
  'host.promptCancelled': exitStatus.refused,
  'host.promptImpossible': exitStatus.refused,
  'host.keyUnknown': exitStatus.refused,
  'host.keyChanged': exitStatus.refused,
  'registry.unauthorized': exitStatus.refused,
  'registry.forbidden': exitStatus.refused,
  'registry.plainHttp': exitStatus.refused,
  'registry.uploadRefused': exitStatus.refused,
  'registry.notDeletable': exitStatus.refused,
  'registry.credentialHelper': exitStatus.refused,
  'registry.keychain': exitStatus.refused,
  'host.nameUnknown': exitStatus.network,
  'host.connectionRefused': exitStatus.network,
  'host.timeout': exitStatus.network,
  'host.notConnected': exitStatus.network,
  'host.connectionLost': exitStatus.network,
  'host.tooManySessions': exitStatus.network,
  'host.sshFailed': exitStatus.network,
  'transfer.interrupted': exitStatus.network,
  'transfer.digestMismatch': exitStatus.network,
  'registry.hostUnknown': exitStatus.network,
  'registry.connectionRefused': exitStatus.network,
  'registry.timeout': exitStatus.network,
  'registry.certificate': exitStatus.network,
  'registry.rateLimited': exitStatus.network,
  'registry.serverError': exitStatus.network,
  'registry.protocol': exitStatus.network,
  'registry.digestMismatch': exitStatus.network,
  'registry.interrupted': exitStatus.network,
  'disk.full': exitStatus.disk,
  'disk.quota': exitStatus.disk,
  'disk.readOnly': exitStatus.disk,
  'image.targetExists': exitStatus.exists,
  'input.changedOnDisk': exitStatus.exists,
  'registry.tagTaken': exitStatus.exists,
  'runtime.missing': exitStatus.noRuntime,
  'runtime.tooOld': exitStatus.noRuntime,
  'registry.badReference': exitStatus.usage,
  'registry.unsupportedScheme': exitStatus.usage,
  'registry.noLibrary': exitStatus.usage,
  'registry.cannotList': exitStatus.usage,
  'registry.cannotSearch': exitStatus.usage,
  'image.archiveHasSeveral': exitStatus.usage,
  'sandbox.unknown': exitStatus.notFound,
  'sandbox.noBase': exitStatus.notFound,
  'sandbox.busy': exitStatus.refused,
  'sandbox.fileSystem': exitStatus.refused,
  'instance.unknown': exitStatus.notFound,
  'instance.exists': exitStatus.exists,
  'overlay.busy': exitStatus.refused,
  'build.unknown': exitStatus.notFound,
  'workspace.unknown': exitStatus.notFound,
  'workspace.nameTaken': exitStatus.exists,
  'workspace.busy': exitStatus.refused,
  'build.sudo': exitStatus.refused,
  'input.invalid': exitStatus.usage,
};

export function exitStatusOf(code: ErrorCode): number {
  return statusByCode[code] ?? exitStatus.failed;
}
