// records raw i/o of what drives
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Machine } from './src/harness/machine/machine.ts';
import { MachineSpec } from './src/harness/qemu/spec.ts';
import { createOverlay } from './src/harness/qemu/overlay.ts';
export async function withGrub(name: string, drive: (machine: Machine) => Promise<void>) {
rmSync('/tmp/ct/glog',{recursive:true,force:true}); mkdirSync('/tmp/ct/glog');
await createOverlay({file:'/tmp/ct/grub/disk.raw',format:'raw'},'/tmp/ct/glog/o.qcow2');
const spec=MachineSpec.parse({name:'grub',accelerator:'tcg',memoryMiB:128,consoles:{console:{port:'com1',role:'system'}},boot:{from:'disk'},disks:[{file:'/tmp/ct/glog/o.qcow2',format:'qcow2'}]});
await using machine = new Machine(spec,{logFolder:'/tmp/ct/glog',logFolderShown:'/tmp/ct/glog'});
const c = machine.console();
const events: [string, string][] = [];
const note = (d: string, b: Uint8Array) => { const t = Buffer.from(b).toString('latin1'); const l = events.at(-1); if (l && l[0]===d) l[1]+=t; else events.push([d,t]); };
c.onBytes((b) => note('o', b));
const send = c.send.bind(c); c.send = (b: Uint8Array) => { note('i', b); send(b); };
await machine.start();
try { await drive(machine); } finally {
await c.untilQuiet();
writeFileSync(name, events.map((e) => JSON.stringify(e)).join('\n')+'\n'); }
}
