/** `domes boot`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScenarioError } from '../../errors.ts';
import { GrubMenu } from '../bootloader/grub-menu.ts';
import { type LaunchOptions, launchMachine } from '../machine/launch.ts';
import type { Machine } from '../machine/machine.ts';
import { createRunFolder, runFolderOf } from '../report/run-folder.ts';
import type { BootOptions } from './boot.ts';
import { cancelledBySignals } from './cancel.ts';
import { detachByte } from './detach-key.ts';
import { sessionConsole } from './session-log.ts';
import { type Session, sessionScript } from './session-script.ts';
import { terminalSession } from './terminal-session.ts';

const ENTER = 0x0d;

/** @throws ScenarioError for a wrong name; ImageError when the image is not built; HostError. */
export async function bootImage(image: string, options: BootOptions): Promise<void> {
  const { boot, disk, display, output } = options;
  const launch: LaunchOptions = {
    ...(boot && { boot }),
    ...(disk.length > 0 && { disks: disk.map((name) => ({ image: name })) }),
    ...(display && { machine: { display } }),
  };
  using cancel = cancelledBySignals();
  const { id, folder } = createRunFolder(process.cwd());
  const logFolder = join(folder, image.replace(/[^\w.-]/g, '-'));
  mkdirSync(logFolder, { recursive: true });
  const shown = `${runFolderOf(id)}/${image}`;
  await using launched = await launchMachine(
    image,
    { logFolder, logFolderShown: shown, signal: cancel.signal },
    launch,
  );
  const { machine } = launched;
  const booted = await atConsole(machine, options, cancel.signal);
  const milestones = machine.milestones.list().map(({ name, atMs }) => ({ name, atMs }));
  const names = [...machine.consoles.keys()];
  // Its files are whole when it has ended.
  await launched[Symbol.asyncDispose]();
  const session: Session = {
    ...{ image, options: { ...launch }, milestones, booted },
    consoles: names.map((name) => sessionConsole(logFolder, name)),
  };
  process.stderr.write(`[${image} has ended; its console logs are in ${shown}/]\n`);
  tell(sessionScript(session), output);
}

/** Puts the person at a console; resolves with what they booted in GRUB when they have left. */
async function atConsole(
  machine: Machine,
  { console: name, detachKey }: BootOptions,
  signal: AbortSignal,
): Promise<Session['booted']> {
  const console = machine.console(name);
  const menu = followGrub(machine, signal);
  const booted: { entry: string; atMs: number }[] = [];
  process.stderr.write(`[${machine.name} ▸ ${console.name} · ${detachKey} leaves and ends it]\r\n`);
  // No wait of the console's own: a failure that is known would end that, and the person looks at it.
  const ended = new Promise<void>((resolve) => {
    console.onChange(() => {
      if (console.ended) resolve();
    });
  });
  await terminalSession(
    {
      onBytes: (listener) => {
        const { raw } = console.transcript;
        listener(raw.since(raw.start));
        console.onBytes(listener);
      },
      send: (bytes) => {
        const entry = bytes.includes(ENTER) ? menu.highlighted() : undefined;
        if (entry) booted.push({ entry, atMs: machine.clock() });
        console.send(bytes);
      },
      ended,
    },
    { input: process.stdin, output: process.stdout },
    { detach: detachByte(detachKey), signal },
  );
  return booted;
}

/** What is highlighted in GRUB's menu, as long as that is the layer that the machine is in. */
function followGrub(machine: Machine, signal: AbortSignal): { highlighted(): string | undefined } {
  let menu: GrubMenu | undefined;
  machine.milestones.onNoted(() => {
    if (!machine.milestones.get('bootloader') || menu) return;
    GrubMenu.open(machine.console(), { signal }).then(
      (open) => {
        menu = open;
      },
      () => {},
    );
  });
  return {
    highlighted: () =>
      machine.milestones.list().at(-1)?.stage === 'bootloader' ? menu?.highlighted || undefined : undefined,
  };
}

function tell(script: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(script);
    return;
  }
  try {
    writeFileSync(file, script, { flag: 'wx' });
  } catch (cause) {
    process.stdout.write(script);
    throw new ScenarioError(
      `the scenario was not written to ${file}: ${(cause as Error).message}`,
      {},
      { cause },
    );
  }
  process.stderr.write(`[the scenario: ${file}]\n`);
}
