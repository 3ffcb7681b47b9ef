import { ansiSpans } from '#renderer/ui/ansiText.ts';
import { showControls } from '#renderer/ui/hostileText.ts';

/** A log as plain lines: without colours, progress bars as they ended, other control characters made visible. */
export function plainLog(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\r$/, '').split('\r').at(-1) ?? '')
    .map((line) =>
      ansiSpans(line)
        .map((span) => span.text)
        .join(''),
    )
    .map((line) => line.split('\t').map(showControls).join('\t'))
    .join('\n')
    .trimEnd();
}
