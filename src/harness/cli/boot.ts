/** `domes boot`: a machine for a person, and the scenario that their session could become. */
import { Command, Option } from 'commander';
import { DEFAULT_DETACH_KEY, detachKey } from './detach-key.ts';
import { exitHelp } from './exit-code.ts';

export interface BootOptions {
  readonly boot?: 'disk' | 'direct' | 'cdrom';
  readonly console?: string;
  readonly disk: readonly string[];
  readonly display?: 'none' | 'vga';
  readonly detachKey: string;
  readonly output?: string;
}

export function bootCommand(): Command {
  return new Command('boot')
    .description(
      'boot an image and be at its console; on leaving, the machine ends and the session is printed as the skeleton ' +
        'of a scenario: what was waited for and what was typed',
    )
    .argument('<image>', 'an image of images.manifest.json')
    .addOption(
      new Option('--boot <from>', "instead of the image's own way").choices(['disk', 'direct', 'cdrom']),
    )
    .option('--console <name>', "another console than the system's own; `domes attach` opens more of them")
    .option(
      '--disk <image>',
      'a disk of another image beside its own; may be given again',
      (name: string, all: string[]) => [...all, name],
      [],
    )
    .addOption(
      new Option('--display <kind>', 'a screen, of which `domes screenshot` takes pictures').choices([
        ...['none', 'vga'],
      ]),
    )
    .option('--detach-key <key>', 'the key that leaves', detachKey, DEFAULT_DETACH_KEY)
    .option('-o, --output <file>', 'write the scenario to a new file instead of printing it')
    .addHelpText(
      'after',
      exitHelp([
        'npx domes boot slim-dom0',
        'npx domes boot slim-dom0 --disk debian-guest --display vga',
        'npx domes boot slim-dom0 -o scenarios/mine.test.ts',
      ]),
    )
    .action(async (image: string, options: BootOptions) => {
      const { bootImage } = await import('./boot-image.ts');
      await bootImage(image, options);
    });
}
