import type { ImportSource } from '#core/contract/images.ts';
import { workbenchError } from '#core/errors/workbenchError.ts';

/** An image of a container engine of this machine. */
export interface EngineImage {
  readonly engine: ImportSource['kind'];
  /** As the engine calls it: `alpine:3.20`. */
  readonly reference: string;
}

const engines: readonly ImportSource['kind'][] = ['docker-daemon', 'podman-storage'];

/** `docker-daemon:alpine:3.20` → its parts. Fails with input.invalid; no reference can be taken for an option. */
export function engineImage(member: string | null): EngineImage {
  const engine = engines.find((name) => member?.startsWith(`${name}:`) === true);
  const reference = engine === undefined ? '' : (member ?? '').slice(engine.length + 1);
  if (engine === undefined || !/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,511}$/.test(reference))
    throw workbenchError('input.invalid', {
      field: 'image',
      reason: 'Name a file, or an image of a local engine such as docker-daemon:alpine:3.20',
    });
  return { engine, reference };
}
