import { mkdirSync, rmSync } from 'node:fs';
import { Machine } from './src/harness/machine/machine.ts';
import { openDom0 } from './src/harness/xen/dom0.ts';
import { MachineSpec } from './src/harness/qemu/spec.ts';
import { createOverlay } from './src/harness/qemu/overlay.ts';
const how = process.argv[2] ?? 'disk';
rmSync('/tmp/ct/log',{recursive:true,force:true}); mkdirSync('/tmp/ct/log');
const O='/tmp/ct/img/';
await createOverlay({file:O+'disk.raw',format:'raw'},'/tmp/ct/log/o.qcow2');
const consoles={console:{port:'com1',role:'system'},shell:{port:'virtio1',role:'shell'},guest:{port:'virtio2',role:'guest'}};
const spec=MachineSpec.parse({name:'slim',accelerator:'tcg',cpu:process.env.CPU??'qemu64',consoles,
  ...(how==='disk'?{boot:{from:'disk'},disks:[{file:'/tmp/ct/log/o.qcow2',format:'qcow2'}]}:
   {boot:{from:'kernel',kernel:O+'xen',append:'console=com1 com1=115200,8n1 conswitch=ax dom0_mem=512M,max:512M dom0_max_vcpus=1 smt=0 spec-ctrl=no xpti=no watchdog=0 cpufreq=none no-real-mode edd=off bootscrub=0',
     modules:[{file:O+'vmlinuz',append:'console=hvc0 mitigations=off tsc=reliable audit=0 apparmor=0 ima=off cryptomgr.notests nokaslr'},{file:O+'initrd.img'}]}})});
await using machine = new Machine(spec,{logFolder:'/tmp/ct/log',logFolderShown:'/tmp/ct/log'});
const cpu0=process.cpuUsage();
try {
await machine.start();
if (how==='disk') {
 const grub=await machine.grub();
 console.log('entries',grub.entries,'highlighted',grub.highlighted, grub.countdown);
 console.log(await grub.select(/Xen/));
 grub.boot();
}
await machine.reach('hypervisor');
await machine.reach('kernel');
const dom0=await openDom0(machine);
console.log((await dom0.info()).virt_caps);
const guest=await dom0.guest({config:'/root/guest.cfg'});
console.log('type',await guest.type());
const sh=await guest.shell();
console.log(await sh.run('cat /sys/hypervisor/type; cat /sys/hypervisor/guest_type; false'));
await sh.run('echo "open').catch(e=>console.log(e.message));
await sh.run('cat', {timeout: 500}).catch(e=>console.log(e.message));
sh.console.press('ctrl-c');
console.log(await sh.run('echo back # x'));
console.log(await dom0.list());
await sh.console.sendLine('poweroff -f');
await guest.gone();
console.log(await dom0.list());
} catch(e) { console.error((e as Error).message) }
console.log(machine.milestones.summary(), process.cpuUsage(cpu0), machine.processes.map(p=>p.cpuMs), machine.clock());
for (const c of machine.consoles.values()) console.log(c.name, c.typing, c.transcript.rawBytes);
