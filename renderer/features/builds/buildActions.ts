import type { BuildRecord } from '#core/contract/builds.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import {
  buildsStore,
  documentOf,
  markFailure,
  type OpenDocument,
  showBuild,
  showBuildsDialog,
  showDocument,
} from './buildsState.ts';
import { lineNow } from './lineNow.ts';

/** Starts the same build again; asks first where an image would be replaced. */
export async function buildAgain(build: BuildRecord): Promise<void> {
  try {
    const { taskId } = await client.builds.rerun({ id: build.id, overwrite: false });
    noteBuild(taskId, documentOfBuild(build)?.id ?? null);
  } catch (thrown) {
    if (failureReport(thrown).code !== 'image.targetExists') throw thrown;
    showBuildsDialog({ kind: 'rerun', build });
  }
}

/** Shows a build that has begun, and remembers which document it is of. */
export function noteBuild(taskId: BuildRecord['id'], documentId: string | null): void {
  if (documentId !== null) {
    markFailure(documentId, null);
    buildsStore.setState(({ documentOfBuild: known }) => ({
      documentOfBuild: { ...known, [taskId]: documentId },
    }));
  }
  showBuild(taskId);
}

/** The open document that a build was made from; null when none is. */
export function documentOfBuild(build: BuildRecord): OpenDocument | null {
  const state = buildsStore.getState();
  const started = documentOf(state, state.documentOfBuild[build.id] ?? '');
  const { hostId, path, text } = build.definition;
  return (
    started ??
    state.documents.find(
      (document) => path !== null && document.path === path && document.hostId === hostId,
    ) ??
    state.documents.find((document) => document.text === text) ??
    null
  );
}

/** The line (from 1 on) of the definition that a failure names. */
export function failedLine({ data }: ErrorReport): number | null {
  const line = data['line'];
  return typeof line === 'number' && line >= 1 ? line : null;
}

/** Marks where a build stopped in the document that it is of, and shows it. False where there is no such place now. */
export function goToFailure(build: BuildRecord): boolean {
  const document = documentOfBuild(build);
  if (build.error === null || document === null) return false;
  const built = failedLine(build.error);
  const line = built === null ? null : lineNow(build.definition.text, document.text, built);
  if (line === null) return false;
  const { title, cause, data } = build.error;
  const output = data['outputTail'];
  showDocument(document.id);
  buildsStore.setState({ wantedPlace: { documentId: document.id, line } });
  markFailure(document.id, {
    line,
    title,
    cause,
    output: typeof output === 'string' ? output.split('\n').slice(-6).join('\n') : '',
  });
  return true;
}

const ledTo = new Set<string>();

/** Shows once, by itself, where a build of this window stopped. */
export function leadToFailure(build: BuildRecord): void {
  const isOurs = buildsStore.getState().documentOfBuild[build.id] !== undefined;
  if (!isOurs || build.outcome !== 'failed' || build.error === null || ledTo.has(build.id)) return;
  ledTo.add(build.id);
  goToFailure(build);
}
