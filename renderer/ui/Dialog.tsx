import { X } from 'lucide-react';
import { Dialog as Primitive } from 'radix-ui';
import type { FormEvent, ReactNode } from 'react';
import { useText } from '#renderer/i18n/i18n.ts';
import { classNames } from './classNames.ts';
import { IconButton } from './IconButton.tsx';
import { useReturnFocus } from './useReturnFocus.ts';

/** Classes of the veil behind a dialog. */
export const scrimClass = 'fixed inset-0 z-40 bg-scrim';

const widths = {
  narrow: 'w-110',
  normal: 'w-140',
  wide: 'w-190',
} as const;

export interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** A sentence below the title. */
  readonly description?: ReactNode;
  readonly width?: keyof typeof widths;
  /** Enter in a field, or the submit button of the footer. Without it the dialog is no form. */
  readonly onSubmit?: () => void;
  /** A press beside it does not close it: where closing gives something up. */
  readonly isHeld?: boolean;
  /** Buttons, from cancel to the primary one (`type="submit"`). */
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}

/** A form or a sheet over the page. Escape closes it, and focus returns to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  width = 'normal',
  onSubmit,
  isHeld = false,
  footer,
  children,
}: DialogProps) {
  const text = useText('common');
  const returnFocus = useReturnFocus(isOpen);
  const body = (
    <>
      <div className="min-h-0 flex-1 overflow-auto px-4 py-3">{children}</div>
      {footer === undefined ? null : (
        <div className="flex shrink-0 items-center justify-end gap-2 border-t border-line bg-panel px-4 py-2.5">
          {footer}
        </div>
      )}
    </>
  );
  /** The first field takes the focus; a dialog without one takes it itself, not its close button. */
  function focusFirst(event: Event) {
    event.preventDefault();
    const content = event.currentTarget;
    if (!(content instanceof HTMLElement)) return;
    const field = content.querySelector<HTMLElement>(
      // Radio groups keep hidden inputs for forms.
      'input:not([aria-hidden]), textarea, [role="combobox"]',
    );
    (field ?? content).focus();
  }
  function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    onSubmit?.();
  }
  return (
    <Primitive.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <Primitive.Portal>
        <Primitive.Overlay className={scrimClass} />
        <Primitive.Content
          onCloseAutoFocus={returnFocus}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onOpenAutoFocus={focusFirst}
          onInteractOutside={(event) => (isHeld ? event.preventDefault() : undefined)}
          className={classNames(
            'appear fixed top-[7vh] left-1/2 z-40 flex max-h-[88vh] max-w-[94vw] -translate-x-1/2 flex-col overflow-hidden rounded-card border border-line-strong bg-bg shadow-lift focus-visible:outline-none',
            widths[width],
          )}
        >
          <div className="flex shrink-0 items-start gap-3 border-b border-line py-2.5 pr-2.5 pl-4">
            <div className="min-w-0 flex-1 py-0.5">
              <Primitive.Title className="text-title font-[650] [overflow-wrap:anywhere]">
                {title}
              </Primitive.Title>
              {description === undefined ? null : (
                <Primitive.Description className="text-small text-pretty text-ink-2">
                  {description}
                </Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <IconButton icon={X} label={text('close')} />
            </Primitive.Close>
          </div>
          {onSubmit === undefined ? (
            body
          ) : (
            <form noValidate onSubmit={submit} className="flex min-h-0 flex-1 flex-col">
              {body}
            </form>
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
