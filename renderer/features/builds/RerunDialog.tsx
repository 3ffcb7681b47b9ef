import { useState } from 'react';
import type { BuildRecord } from '#core/contract/builds.ts';
import type { ErrorReport } from '#core/contract/errors.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { ConfirmDialog } from '#renderer/ui/ConfirmDialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { documentOfBuild, noteBuild } from './buildActions.ts';

export interface RerunDialogProps {
  readonly build: BuildRecord;
  readonly onClose: () => void;
}

/** Asks before a build that is repeated replaces an image. */
export function RerunDialog({ build, onClose }: RerunDialogProps) {
  const text = useText('buildsForms');
  const [isStarting, setIsStarting] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  async function start() {
    setIsStarting(true);
    try {
      const { taskId } = await client.builds.rerun({ id: build.id, overwrite: true });
      noteBuild(taskId, documentOfBuild(build)?.id ?? null);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsStarting(false);
    }
  }
  return (
    <ConfirmDialog
      isOpen
      onCancel={onClose}
      onConfirm={() => void start()}
      title={text('rerun.title', { name: showControls(build.name) })}
      description={text('rerun.text', { host: showControls(build.hostLabel) })}
      confirmLabel={text('rerun.submit')}
      isBusy={isStarting}
    >
      <p className="font-mono text-code [overflow-wrap:anywhere]">{build.target}</p>
      {failure === null ? null : <ErrorNotice report={failure} />}
    </ConfirmDialog>
  );
}
