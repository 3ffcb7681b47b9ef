import { AlertDialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import type { ErrorReport } from '#core/contract/errors.ts';
import { useText } from '#renderer/i18n/i18n.ts';
import { Button } from './Button.tsx';
import { scrimClass } from './Dialog.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';
import { useReturnFocus } from './useReturnFocus.ts';

export interface ConfirmDialogProps {
  readonly isOpen: boolean;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
  /** The question: `Delete 3 images?` */
  readonly title: string;
  /** What will happen and whether it can be undone. */
  readonly description: ReactNode;
  /** The verb on the button: `Delete 3 images`. */
  readonly confirmLabel: string;
  readonly tone?: 'primary' | 'danger';
  readonly isBusy?: boolean;
  /** Something must be ticked first. */
  readonly isBlocked?: boolean;
  /** What came of the last try. */
  readonly failure?: ErrorReport | null;
  /** Paths and sizes that are concerned. */
  readonly children?: ReactNode;
}

/** Asks before something that loses or ends work. Focus starts on Cancel. */
export function ConfirmDialog({
  isOpen,
  onCancel,
  onConfirm,
  title,
  description,
  confirmLabel,
  tone = 'primary',
  isBusy = false,
  isBlocked = false,
  failure = null,
  children,
}: ConfirmDialogProps) {
  const text = useText('common');
  const returnFocus = useReturnFocus(isOpen);
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onCancel())}>
      <Primitive.Portal>
        <Primitive.Overlay className={scrimClass} />
        <Primitive.Content
          onCloseAutoFocus={returnFocus}
          className="appear fixed top-[14vh] left-1/2 z-40 flex max-h-[76vh] w-120 max-w-[94vw] -translate-x-1/2 flex-col overflow-hidden rounded-card border border-line-strong bg-bg shadow-lift"
        >
          <div className="flex min-h-0 flex-1 flex-col gap-2 overflow-auto px-4 py-3">
            <Primitive.Title className="text-title font-[650] [overflow-wrap:anywhere]">
              {title}
            </Primitive.Title>
            <Primitive.Description asChild>
              <div className="text-pretty text-ink-2 [overflow-wrap:anywhere]">{description}</div>
            </Primitive.Description>
            {children}
            {failure === null ? null : <ErrorNotice report={failure} />}
          </div>
          <div className="flex shrink-0 justify-end gap-2 border-t border-line bg-panel px-4 py-2.5">
            <Primitive.Cancel asChild>
              <Button>{text('cancel')}</Button>
            </Primitive.Cancel>
            <Button tone={tone} isBusy={isBusy} disabled={isBlocked} onClick={onConfirm}>
              {confirmLabel}
            </Button>
          </div>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
