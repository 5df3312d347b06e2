/** A machine, as a scenario has it: what is done with it. */
import { ScenarioError } from '../../errors.ts';
import type { WaitOptions } from '../../expect/console.ts';
import type { Shell } from '../../expect/shell.ts';
import { GrubMenu } from '../bootloader/grub-menu.ts';
import { SyslinuxPrompt } from '../bootloader/syslinux-prompt.ts';
import type { Milestone } from '../milestone/milestone.ts';
import type { HttpServer } from '../network/http-server.ts';
import type { FindingRecord } from '../report/record.ts';
import type { GoOnOptions } from '../snapshot/go-on.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { SshOptions } from '../ssh/access.ts';
import type { Ssh } from '../ssh/ssh.ts';
import type { Stage } from '../stage.ts';
import { EmulatedMachine } from './emulated-machine.ts';
import { type Credentials, logIn } from './login.ts';
import type { ReachOptions } from './machine-context.ts';
import { reachMilestone } from './reach.ts';

export type { MachineContext, ReachOptions, StartOptions } from './machine-context.ts';

export class Machine extends EmulatedMachine {
  /**
   * Does something while the guest stands still, and lets it go on. What is sent meanwhile arrives at one instant of
   * its time: at most 16 bytes for a serial port, whose FIFO holds no more.
   * @throws QmpError when QEMU is gone; whatever the work throws, after the guest goes on.
   */
  async whilePaused<T>(work: () => T | Promise<T>): Promise<T> {
    await this.qmp.execute('stop');
    try {
      return await work();
    } finally {
      await this.qmp.execute('cont');
    }
  }

  /**
   * Goes back to the checkpoint that the machine runs from, in a fresh QEMU. What is sent to a console in `whileStill`
   * arrives before the first instruction: where the machine is `pinned`, each time at the same instant of its time. A
   * serial port takes 16 bytes so, and the whole line is sent (`console.send`), as no echo can come.
   * @throws ScenarioError when it runs from none, or something is under way at a console; HostError, QemuLaunchError.
   */
  startOver(whileStill: () => void | Promise<void> = () => {}): Promise<void> {
    return this.states.startOver(whileStill);
  }

  /**
   * Saves the machine's whole state in its disks under a tag, as `savevm` does; it runs on.
   * @throws ScenarioError when there is a state of that tag, something is under way at a console, or there is no disk;
   * QmpError with QEMU's own words.
   */
  savevm(tag: string): Promise<void> {
    return this.states.save(tag);
  }

  /**
   * Goes back to a state that `savevm` saved, in a fresh QEMU. Consoles and transcripts go on, what is unread is
   * skipped; milestones that were reached since then can be reached again, and shells of then take commands.
   * @throws ScenarioError when there is no state of that tag; QmpError, QemuLaunchError.
   */
  loadvm(tag: string): Promise<void> {
    return this.states.load(tag);
  }

  /**
   * Goes on, after `takeSnapshot`, from what it saved.
   * @throws SnapshotError when QEMU can't load it; HostError, QemuLaunchError.
   */
  goOn(snapshot: Snapshot, options?: GoOnOptions): Promise<void> {
    return this.states.goOn(snapshot, options);
  }

  /**
   * The web server that this machine's guest has, alone: http://10.0.2.100/.
   * @throws ScenarioError when the machine has no network.
   */
  get http(): HttpServer {
    if (this.network) return this.network.http;
    throw new ScenarioError(`machine "${this.name}" has no network, and so no web server`, {
      next: "launch it with serve: { name: folder }, or machine: { network: 'isolated' }",
    });
  }

  /**
   * A connection to the guest's ssh server (10.0.2.15, port 22), as soon as that is up; kept, and made anew where it is
   * gone. Logs in by a key of this machine's own, see SshOptions for how that gets in; the host's key is pinned.
   * @throws ExpectTimeoutError when the server is not up in time; HostKeyError; GuestError when it refuses the login;
   * ScenarioError without a network; the others as Console.expect and Shell.run do.
   */
  ssh(options?: SshOptions): Promise<Ssh> {
    return this.sshAccess.connect(options);
  }

  /** GRUB's menu on the system's console, once it is drawn. */
  async grub(options?: WaitOptions): Promise<GrubMenu> {
    return GrubMenu.open(this.console(), options);
  }

  /** The prompt of ISOLINUX or SYSLINUX on the system's console. */
  async syslinux(options?: WaitOptions): Promise<SyslinuxPrompt> {
    return SyslinuxPrompt.open(this.console(), options);
  }

  /**
   * Logs in at the console's `login:` prompt and opens the shell that this starts.
   * @throws GuestError when the login is refused; else as `shell` does.
   */
  async logIn(credentials: Credentials, name = 'shell', options?: WaitOptions): Promise<Shell> {
    await logIn(this.console(name), credentials, options);
    // One that was open before is gone: the guest has rebooted, or somebody has logged out.
    this.shells.forget(name);
    return this.shell(name, options);
  }

  /**
   * Waits for a milestone, and checks its budget.
   * @throws BudgetError when it came too late; ExpectTimeoutError and the others as Console.expect does.
   */
  reach(stage: Stage, options?: ReachOptions): Promise<Milestone> {
    return reachMilestone(this, stage, options);
  }

  /**
   * Takes a picture of the screen of a machine that has one (`machine: { display: 'vga' }`), for the report. Returns the
   * PNG's path. One is taken by itself when the test fails.
   * @param name what it shows, in a word or two.
   * @throws ScenarioError when the machine has no screen; QmpError with QEMU's own words.
   */
  screenshot(name = 'screen'): Promise<string> {
    return this.screenshots.take(name);
  }

  /**
   * Keeps the machine for a person, who gets in with `npx domes attach`; resolves when they say `npx domes resume`.
   * The machine stays also when the test's time is up meanwhile; the test has failed then.
   * @throws ScenarioError in CI, where nobody would come, and for a machine that no test owns.
   */
  async pause(why = 'await machine.pause()'): Promise<void> {
    if (this.context.pause && !process.env.CI) return this.context.pause(this, why);
    throw new ScenarioError(`machine "${this.name}" can't be paused here: nobody would come`, {
      next: 'leave out machine.pause(), or run the scenario by hand',
    });
  }

  /**
   * Says that this failure class is what the scenario is about: it ends no wait. Call it before it happens.
   * Returns how to wait for it.
   */
  expectFailure(failureClass: string): (options?: WaitOptions) => Promise<FindingRecord> {
    this.diagnosis.expect(failureClass);
    const seen = () => this.diagnosis.findings.find((finding) => finding.class === failureClass);
    return (options) =>
      this.console().until(
        `failure class ${failureClass}`,
        { check: seen, onChange: (listener) => this.diagnosis.onFinding(listener) },
        options,
      );
  }
}
