import { ArrowDownUp } from 'lucide-react';
import { useState } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import type { HostPath } from '#core/contract/hostPath.ts';
import { localHostId } from '#core/contract/ids.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { PathField } from '#renderer/ui/PathField.tsx';
import { checkCompareForm } from './compareForm.ts';
import { startComparison } from './compareState.ts';

export interface CompareDialogProps {
  /** Up to two images that were chosen before. */
  readonly paths: readonly HostPath[];
  readonly onClose: () => void;
}

/** Asks which two images of this machine are compared, and in which order. */
export function CompareDialog({ paths, onClose }: CompareDialogProps) {
  const text = useText('compare');
  const common = useText('common');
  const [left, setLeft] = useState<string>(paths[0] ?? '');
  const [right, setRight] = useState<string>(paths[1] ?? '');
  const [isTried, setIsTried] = useState(false);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<ErrorReport | null>(null);
  const checked = checkCompareForm(left, right);
  const problemOf = (side: 'left' | 'right') => {
    const problem = checked.ok ? null : checked.problems[side];
    return problem === null || (!isTried && problem === 'missing') ? null : text(`dialog.problem.${problem}`);
  };

  async function submit() {
    setIsTried(true);
    if (!checked.ok || isBusy) return;
    setIsBusy(true);
    setFailure(null);
    try {
      await startComparison(checked.paths);
      onClose();
    } catch (thrown) {
      setFailure(failureReport(thrown));
      setIsBusy(false);
    }
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('dialog.title')}
      description={text('dialog.description')}
      onSubmit={() => void submit()}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy}>
            {text('dialog.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PathField
          hostId={localHostId}
          label={text('dialog.left')}
          value={left}
          wants="any"
          offersWhenEmpty={false}
          autoFocus={left === ''}
          problem={problemOf('left')}
          onChange={(path) => {
            setLeft(path);
            setFailure(null);
          }}
        />
        <Button
          tone="quiet"
          icon={ArrowDownUp}
          className="self-start"
          onClick={() => {
            setLeft(right);
            setRight(left);
          }}
        >
          {text('dialog.swap')}
        </Button>
        <PathField
          hostId={localHostId}
          label={text('dialog.right')}
          value={right}
          wants="any"
          offersWhenEmpty={false}
          hint={text('dialog.hint')}
          problem={problemOf('right')}
          onChange={(path) => {
            setRight(path);
            setFailure(null);
          }}
        />
        {failure === null ? null : <ErrorNotice report={failure} />}
      </div>
    </Dialog>
  );
}
