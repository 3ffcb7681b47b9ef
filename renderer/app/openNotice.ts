import { type Notice, noticesStore } from '#renderer/state/notices.ts';
import { showTask } from '#renderer/state/taskChoice.ts';

/** Shows what a notice is about: its task, or its failure in full. */
export function openNotice(notice: Notice): void {
  if (notice.taskId !== null) showTask(notice.taskId);
  else if (notice.report !== null) noticesStore.setState({ shownReport: notice.report });
}
