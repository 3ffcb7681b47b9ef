import { Check, CircleAlert, Info, X } from 'lucide-react';
import { type FocusEvent, useEffect } from 'react';
import { Toaster, toast } from 'sonner';
import { useText } from '#renderer/i18n/i18n.ts';
import { type Notice, noticesStore } from '#renderer/state/notices.ts';
import { Button } from '#renderer/ui/Button.tsx';
import { IconButton } from '#renderer/ui/IconButton.tsx';
import { openNotice } from './openNotice.ts';

const shownMs = 6000;
const failureShownMs = 15_000;

/** Shows each new notice for a while, in the corner; also those that came before it was there. */
export function Toasts() {
  useEffect(() => {
    const { notices, seenId } = noticesStore.getState();
    for (const notice of notices) if (notice.id > seenId) show(notice);
    return noticesStore.subscribe((state, before) => {
      const lastId = before.notices[0]?.id ?? before.seenId;
      for (const notice of state.notices) {
        if (notice.id <= lastId || before.notices.some((known) => known.id === notice.id)) break;
        show(notice);
      }
    });
  }, []);
  return (
    <div className="contents" onFocusCapture={keepFromList}>
      {/* Below dialogs (z-40): a notice never lies on the button that somebody is about to press. */}
      <Toaster position="bottom-right" offset={36} gap={8} visibleToasts={4} style={{ zIndex: 30 }} />
    </div>
  );
}

/**
 * The list of notices notes where the focus came from, and gives it back when it is left (Tab would never get past it) or
 * when its last notice goes, wherever somebody types by then. So it must not hear of the focus: neither here, of that of
 * a notice, nor of that of a button in one (NoticeCard).
 */
function keepFromList(event: FocusEvent<HTMLElement>): void {
  if (event.target instanceof HTMLLIElement) event.stopPropagation();
}

function show(notice: Notice): void {
  toast.custom((id) => <NoticeCard notice={notice} onClose={() => toast.dismiss(id)} />, {
    duration: notice.tone === 'bad' ? failureShownMs : shownMs,
  });
}

const icons = { ok: Check, bad: CircleAlert, plain: Info } as const;
const colours = { ok: 'text-ok', bad: 'text-bad', plain: 'text-ink-2' } as const;

interface NoticeCardProps {
  readonly notice: Notice;
  readonly onClose: () => void;
}

function NoticeCard({ notice, onClose }: NoticeCardProps) {
  const text = useText('common');
  const Icon = icons[notice.tone];
  const hasMore = notice.taskId !== null || notice.report !== null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it takes no part, it only keeps to itself where the focus came from
    <div
      onFocus={(event) => event.stopPropagation()}
      className="flex w-89 items-start gap-2.5 rounded-card border border-line-strong bg-bg py-2 pr-1.5 pl-3 font-sans text-body text-ink shadow-lift"
    >
      <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${colours[notice.tone]}`} strokeWidth={2} />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <p className="font-semibold">{notice.title}</p>
        {notice.detail === null ? null : <p className="text-small text-ink-2">{notice.detail}</p>}
        {hasMore ? (
          <Button
            className="mt-1.5 h-6! px-2 text-small"
            onClick={() => {
              openNotice(notice);
              onClose();
            }}
          >
            {text('show')}
          </Button>
        ) : null}
      </div>
      <IconButton size="small" icon={X} label={text('close')} onClick={onClose} />
    </div>
  );
}
