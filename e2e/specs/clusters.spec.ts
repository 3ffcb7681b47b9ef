import { expect } from '@playwright/test';
import { askHost, hostSettings } from '../fixtures/clusterHosts.ts';
import { oneTimeCode } from '../fixtures/oneTimeCode.ts';
import { test } from '../fixtures/test.ts';
import { hostPane, hostsPage, promptDialog } from '../pages/hostsPage.ts';
import { terminals } from '../pages/terminals.ts';
import { workbench } from '../pages/workbench.ts';
import { cutLink, resetCluster, restoreLink, setFact, testbed } from '../testbed/testbed.ts';

test.use({ needs: ['user', 'apptainer', 'registry', 'tiny', 'realistic', 'ssh', 'sshFar'] });
test.afterEach(resetCluster);

/** Images of earlier tests are gone: each test finds the host as a newcomer does. */
test.beforeEach(async () => {
  await askHost('cluster-far', 'rm -rf .local/share/mysingularity');
});

const farSettings = hostSettings({ far: { destination: 'cluster-far' } });

test('signs in with a password and a one-time code', async ({ openWorkbench }) => {
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.endWelcome();
  await bench.goTo('Hosts');
  await hostsPage(page).addAndConnect('cluster-otp');
  const prompt = promptDialog(page, 'cluster-otp');
  await expect(prompt.dialog).toContainText('Password:');
  await expect(prompt.dialog).toContainText(`alice@127.0.0.1:${testbed().ssh.near.codePort}`);
  await prompt.answer(testbed().ssh.password);
  await expect(prompt.dialog).toContainText('Verification code:');
  await prompt.answer(oneTimeCode(testbed().ssh.totpSecret));
  await hostPane(page, 'cluster-otp').untilConnected();
  await expect(page.getByRole('button', { name: 'Host: cluster-otp, connected' })).toBeVisible();
});

test('a wrong password is told and not tried again', async ({ openWorkbench }) => {
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.endWelcome();
  await bench.goTo('Hosts');
  await hostsPage(page).addAndConnect('cluster-otp');
  const prompt = promptDialog(page, 'cluster-otp');
  await expect(prompt.dialog).toContainText('Password:');
  await prompt.answer('not the password');
  await expect(prompt.dialog).toContainText('Verification code:');
  await prompt.answer('000000');
  const { pane } = hostPane(page, 'cluster-otp');
  await expect(pane).toContainText('did not let you in', { timeout: 30_000 });
  await expect(prompt.dialog).toBeHidden();
});

test('an unknown key is shown before it is accepted, a changed one blocks', async ({ openWorkbench }) => {
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.endWelcome();
  await bench.goTo('Hosts');
  await hostsPage(page).addAndConnect('cluster-unknown');
  const question = page.getByRole('dialog', { name: 'Is this the right machine?' });
  await expect(question).toContainText(testbed().ssh.near.fingerprint);
  await question.getByRole('button', { name: 'Accept this key' }).click();
  await hostPane(page, 'cluster-unknown').untilConnected();
  await hostsPage(page).addAndConnect('cluster-changed');
  const { pane } = hostPane(page, 'cluster-changed');
  await expect(pane).toContainText('has changed');
  await expect(pane).toContainText(testbed().ssh.near.fingerprint);
  await expect(pane.getByRole('button', { name: /accept/i })).toHaveCount(0);
});

test('the doctor sees facts change', async ({ openWorkbench, person }) => {
  await person.hasSettings(farSettings);
  const { page } = await openWorkbench();
  await workbench(page).goTo('Hosts');
  const host = await hostsPage(page).choose('far');
  await host.connect();
  await host.untilConnected();
  const doctor = await host.showTab('Doctor');
  const checkAgain = () => doctor.getByRole('button', { name: 'Check again' }).click();
  await expect(doctor).toContainText('You can run images and sandboxes here without root.');
  await setFact('userNamespacesOff', true);
  await checkAgain();
  await expect(doctor).not.toContainText('You can run images and sandboxes here without root.');
  await expect(doctor.getByText('blocked').first()).toBeVisible();
  await setFact('userNamespacesOff', false);
  await setFact('bindControlOff', true);
  await checkAgain();
  await expect(doctor).toContainText('user bind control');
  await setFact('bindControlOff', false);
  await setFact('fuseDeviceMissing', true);
  await checkAgain();
  await expect(doctor).not.toContainText('/dev/fuse is open');
});

test('works on a cluster: pull over a cut link, send, shell, delete', async ({ openWorkbench, person }) => {
  test.setTimeout(240_000);
  await person.hasSettings(farSettings);
  await person.hasImage(testbed().tiny.sif, 'tool.sif');
  const { page } = await openWorkbench();
  const bench = workbench(page);
  await bench.goTo('Hosts');
  const host = await hostsPage(page).choose('far');
  await host.connect();
  await host.untilConnected();

  await bench.goTo('Images');
  const reference = `docker://${testbed().registry}/${testbed().realistic.repository}:1`;
  const form = await bench.images.openPullDialog();
  await form.reference.fill(reference);
  await expect(form.dialog.getByRole('radio', { name: /Pulled by far itself/ })).toBeChecked();
  await form.submit();
  const pull = bench.images.pull(reference);
  await expect(pull.row).toContainText(/Downloading|Converting/, { timeout: 30_000 });
  await cutLink();
  await expect(page.getByText('Goes on on far; found again when you reconnect')).toBeVisible({
    timeout: 60_000,
  });
  await restoreLink();
  await page.getByRole('button', { name: 'Reconnect' }).first().click();
  await expect(bench.images.row('python_1.sif')).toBeVisible({ timeout: 120_000 });

  await page.getByRole('button', { name: 'Host: far, connected' }).click();
  await page.getByRole('menuitemcheckbox', { name: /^local/ }).click();
  const tool = await bench.images.choose('tool.sif');
  await tool.pane.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: /Send/ }).click();
  const send = page.getByRole('dialog', { name: /Send/ });
  await expect(send).toContainText('far');
  await send.getByRole('button', { name: 'Send', exact: true }).click();

  await page.getByRole('button', { name: 'Host: local, ready' }).click();
  await page.getByRole('menuitemcheckbox', { name: /^far/ }).click();
  const sent = await bench.images.choose('tool.sif');
  const shell = await sent.openShell();
  await shell.type('echo "I am $(id -un) at $(hostname)"');
  await expect(shell.screen).toContainText('I am alice at clusterA');
  await shell.type('exit');
  await expect(terminals(page).tabs.filter({ hasText: 'tool @ far' })).toHaveCount(1);

  for (const name of ['tool.sif', 'python_1.sif']) {
    const detail = await bench.images.choose(name);
    const question = await detail.openDeleteDialog();
    await question.confirm();
    await expect(bench.images.row(name)).toBeHidden();
  }
});
