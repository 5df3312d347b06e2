/** The probe's boot sector as bytes, assembled from boot-sector.S (its test compares them). */

/** One letter per step, in order: real mode, EDD, protected mode, long mode, interrupt, timer, syscall, MMU. */
export const BOOT_STEPS = 'REPLITSM';

/** What each letter stands for, as it completes "it stood still at …". */
export const BOOT_STEP_NAMES: Readonly<Record<string, string>> = {
  R: 'the boot sector in real mode',
  E: 'BIOS calls about disks (EDD)',
  P: 'protected mode',
  L: 'long mode with paging',
  I: 'an interrupt in long mode',
  T: 'the timer interrupt',
  S: 'a system call from user mode',
  M: 'a change of the page tables',
};

const CODE = [
  '+jHAjtiOwI7QvAB86hF8AAD7sFLm6bRBu6pVsoDNE7RIvgBgxwQeALKAzROwRebp+uSSDALmkg8BFqh9DyDADAEPIsDqSXwI',
  'AGa4EACO2I7AjtC8AHwAALBQ5un8McC/AAAQALkAEAAA86vHBQAAEAAHEBAAxwUAEBAAByAQAL8AIBAAuIcAAACJB4PHCAUA',
  'ACAAgf8AMBAAcu64AAAQAA8i2A8g4IPIIA8i4LmAAADADzINAQEAAA8wDyDADQAAAIAPIsDqzHwAABgAsEzm6b8AQBAAuG59',
  'AAC5QAAAAGaJB2bHRwIYAGbHRwQA7kjHRwYAAAAAg8cQ4uQPARwlrn0AAM0hsEnm6fv0+rBU5um5gQAAwLoYABAAMcAPMP/B',
  'uEJ9AAAx0g8wuYQAAMAxwA8wuUB9AABBuwIAAABIDwcPBbBT5unHBCX4LxAAhwAAAA8g2A8i2GaBPCX+feA/Vap1CLBN5umw',
  'EOb09Ov9SM8AAAAAAAAAAP//AAAAms8A//8AAACSzwD//wAAAJqvAP//AAAAks8A//8AAADyzwD//wAAAPqvADcAcH0AAP8D',
  'AEAQ',
];

/** 512 bytes for sector 0 of a disk. */
export function bootSector(): Buffer {
  const sector = Buffer.alloc(512);
  Buffer.from(CODE.join(''), 'base64').copy(sector);
  // What a BIOS looks for at the end of a sector that it may start.
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
