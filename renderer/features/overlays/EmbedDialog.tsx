import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { baseName } from '#core/contract/hostPath.ts';
import { formatBytes } from '#core/contract/quantity.ts';
import { client } from '#renderer/api/client.ts';
import { failureReport } from '#renderer/api/failure.ts';
import { useSubmit } from '#renderer/api/useSubmit.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { CommandLine } from '#renderer/ui/CommandLine.tsx';
import { Dialog } from '#renderer/ui/Dialog.tsx';
import { ErrorNotice } from '#renderer/ui/ErrorNotice.tsx';
import { showControls } from '#renderer/ui/hostileText.ts';
import { PathField } from '#renderer/ui/PathField.tsx';
import { typedPath, withoutLastSlash } from '#renderer/ui/typedPath.ts';
import type { OverlayDialogProps } from './GrowDialog.tsx';
import { beginWork } from './overlayActions.ts';
import { planEmbedQuery } from './overlayQueries.ts';

/** Asks for the image, and says how large it becomes before anything is done. */
export function EmbedDialog({ overlay, onClose }: OverlayDialogProps) {
  const text = useText('overlays');
  const common = useText('common');
  const { hostId, path } = overlay;
  const [typed, setTyped] = useState('');
  const { isBusy, failure, submit, forgetFailure } = useSubmit();
  const image = withoutLastSlash(typed.trim());
  const isWhole = image.startsWith('/') && image.endsWith('.sif');
  const input = isWhole ? { hostId, path, imagePath: typedPath(image) } : null;
  const plan = useQuery(planEmbedQuery(input, hostId));
  const canSubmit = input !== null && plan.data !== undefined;

  async function embed() {
    if (input === null) return;
    await beginWork({ hostId, path }, () => client.overlays.embed(input));
    onClose();
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={text('embed.title', { name: showControls(baseName(path)) })}
      description={text('embed.description')}
      onSubmit={() => (canSubmit ? void submit(embed) : undefined)}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button tone="primary" type="submit" isBusy={isBusy} disabled={!canSubmit}>
            {text('embed.submit')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <PathField
          hostId={hostId}
          label={text('embed.image')}
          hint={text('embed.imageHint')}
          value={typed}
          wants="any"
          offersWhenEmpty={false}
          problem={image !== '' && !image.startsWith('/') ? text('embed.notAbsolute') : null}
          onChange={(value) => {
            forgetFailure();
            setTyped(value);
          }}
        />
        {plan.data === undefined ? (
          plan.error === null ? (
            <p className="text-small text-ink-3">{text('embed.waiting')}</p>
          ) : null
        ) : (
          <Plan plan={plan.data} />
        )}
        {failure !== null ? (
          <ErrorNotice report={failure} />
        ) : plan.error === null || input === null ? null : (
          <ErrorNotice report={failureReport(plan.error)} />
        )}
      </div>
    </Dialog>
  );
}

function Plan({
  plan,
}: {
  readonly plan: {
    readonly imageBytes: number;
    readonly overlayBytes: number;
    readonly freeBytes: number | null;
    readonly command: string;
  };
}) {
  const text = useText('overlays');
  const { imageBytes, overlayBytes, freeBytes, command } = plan;
  const sizes = { before: formatBytes(imageBytes), after: formatBytes(imageBytes + overlayBytes) };
  return (
    <>
      <p className="text-pretty">
        {freeBytes === null
          ? text('embed.growsUnknown', sizes)
          : text('embed.grows', { ...sizes, free: formatBytes(freeBytes) })}
      </p>
      <CommandLine command={command} />
    </>
  );
}
