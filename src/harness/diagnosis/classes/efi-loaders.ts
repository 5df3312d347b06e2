/** What runs between the UEFI firmware and the kernel: shim, systemd-boot, the kernel's own EFI stub. */
import { classesOf } from '../failure-class.ts';
import { A_KERNEL_RUNS } from './boot-went-on.ts';

export const EFI_LOADERS = classesOf('bootloader', {
  'shim-loader-missing': {
    severity: 'fatal',
    signs: [
      /Failed to (?:open|load image|read) (?:\\|\S*(?:grub|shim|fb|mm)\w*\.efi).{0,80}(?:Not Found|Invalid Parameter|Security Violation|Unsupported|Load Error)/i,
      /start_image\(\) returned (?!Success)\w+/,
      /Bootloader has not verified loaded image/,
    ],
    cause: 'shim was started, and could not start the boot loader that belongs beside it',
    remedy:
      'put the signed grubx64.efi of the same distribution beside shimx64.efi on the EFI system partition',
    source: 'shim shim.c, fallback.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'systemd-boot-failed': {
    severity: 'fatal',
    signs: [
      /^(?:Error (?:opening|loading|starting|preparing|reading)|Failed to (?:execute|open|start|load|read)) .{0,60}(?:\\|\bEFI\b|root (?:path|directory|device)|initrd|boot entry).{0,200}: (?:Not found|Invalid parameter|Load error|Access denied|Unsupported|Out of resources|Security violation)/i,
      /No loader found\. Configuration files in \\?[/\\]?loader/,
    ],
    cause: 'systemd-boot could not start the kernel that its entry names',
    remedy: 'correct the paths in loader/entries/*.conf; they are relative to the EFI system partition',
    source: 'systemd src/boot/efi/boot.c',
    overcomeBy: A_KERNEL_RUNS,
  },
  'efi-stub-failed': {
    severity: 'hard',
    signs: [
      /EFI stub: ERROR: (?:Failed to (?:load|handle|open|read|alloc|relocate|get|update|determine|decompress)|Unable to|Exit boot services failed|exit_boot\(\) failed|efi_main\(\) failed|Update FDT failed)/,
      /^(?:Failed to (?:handle fs_proto|open volume|open file: |open initrd|alloc mem for|allocate memory for)|exit_boot\(\) failed!|efi_main\(\) failed!)/,
    ],
    cause: "the kernel's EFI stub could not load the initramfs, or could not take over from the firmware",
    remedy:
      'check initrd= (a path of the EFI system partition, with backslashes) and the memory of the machine',
    source: 'Linux drivers/firmware/efi/libstub',
    explains: ['no-root-device', 'kernel-panic'],
    overcomeBy: A_KERNEL_RUNS,
  },
});
