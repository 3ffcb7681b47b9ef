import { useState } from 'react';
import type { NeededFile, PickedFile } from '#core/contract/builds.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { HostSelect, homeFolderOf } from '#renderer/ui/HostSelect.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';

export interface PickFileDialogProps {
  readonly file: NeededFile;
  readonly onPicked: (picked: PickedFile) => void;
  readonly onClose: () => void;
}

/** Asks where something lies that a definition names: on which machine, and under which path. */
export function PickFileDialog({ file, onPicked, onClose }: PickFileDialogProps) {
  const text = useText('buildsForms');
  const [hostId, setHostId] = useState(file.hostId);
  const [path, setPath] = useState(() => file.pickedPath ?? homeFolderOf(file.hostId));
  const isWhole = path.startsWith('/') && withoutLastSlash(path) !== '';
  function submit() {
    if (!isWhole) return;
    onPicked({ source: file.source, hostId, path: typedPath(withoutLastSlash(path)) });
    onClose();
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('pick.title', { source: showControls(file.source) })}
      description={text('pick.description')}
      onSubmit={submit}
      footer={
        <>
          <Button onClick={onClose}>{text('cancel')}</Button>
          <Button tone="primary" type="submit" disabled={!isWhole}>
            {text('pick.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <HostSelect
          label={text('pick.host')}
          value={hostId}
          onChange={(chosen) => {
            setHostId(chosen);
            setPath(homeFolderOf(chosen));
          }}
        />
        <PathField
          isBrowser
          hostId={hostId}
          label={text('pick.path')}
          wants="any"
          value={path}
          onChange={setPath}
        />
      </div>
    </Dialog>
  );
}
