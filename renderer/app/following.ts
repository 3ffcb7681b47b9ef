import { type Following, follow } from '#renderer/api/follow.ts';
import { commandLogFollowing } from '#renderer/state/commandLog.ts';
import { hostsFollowing } from '#renderer/state/hosts.ts';
import { reportFailure } from '#renderer/state/notices.ts';
import { promptsFollowing } from '#renderer/state/prompts.ts';
import { settingsFollowing } from '#renderer/state/settings.ts';
import { tasksFollowing } from '#renderer/state/tasks.ts';
import { terminalsFollowing } from '#renderer/state/terminals.ts';

/** Starts the mirrors of core's state that live as long as the page. */
export function startFollowing(): void {
  const signal = new AbortController().signal;
  function start<Event>(following: Following<Event>) {
    void follow({ ...following, onFailure: reportFailure }, signal);
  }
  start(settingsFollowing);
  start(hostsFollowing);
  start(promptsFollowing);
  start(tasksFollowing);
  start(terminalsFollowing);
  start(commandLogFollowing);
}
