# Boot sector of the accelerator's probe: goes through what an ordinary kernel does on its way up and writes one
# letter to the debug console (port 0xe9) after each step, then ends QEMU through isa-debug-exit (port 0xf4).
#
# Real mode and a mere boot loader are not enough to tell: on a host whose KVM is itself a para-virtualised one (no
# VMX or SVM underneath), those run, and an ordinary kernel stands still with its first interrupt in long mode.
#
# boot-sector.ts holds the assembled bytes, and its test compares the two where an assembler is at hand:
#   as --64 boot-sector.S -o b.o && ld -Ttext=0x7c00 --oformat binary -e start -o b.bin b.o

	.intel_syntax noprefix
	.code16
	.globl start
start:	cli
	xor	ax, ax
	mov	ds, ax
	mov	es, ax
	mov	ss, ax
	mov	sp, 0x7c00
	ljmp	0, offset real
real:	sti
	mov	al, 'R'			# R: real mode
	out	0xe9, al

	mov	ah, 0x41		# E: the BIOS answers what Linux asks about disks (EDD)
	mov	bx, 0x55aa
	mov	dl, 0x80
	int	0x13
	mov	ah, 0x48
	mov	si, 0x6000
	mov	word ptr [si], 30
	mov	dl, 0x80
	int	0x13
	mov	al, 'E'
	out	0xe9, al

	cli				# P: protected mode, above 1 MiB too
	in	al, 0x92
	or	al, 2
	out	0x92, al
	lgdt	[gdtr]
	mov	eax, cr0
	or	al, 1
	mov	cr0, eax
	ljmp	0x08, offset prot

	.code32
prot:	mov	ax, 0x10
	mov	ds, ax
	mov	es, ax
	mov	ss, ax
	mov	esp, 0x7c00
	mov	al, 'P'
	out	0xe9, al

	cld				# L: long mode; 1 GiB mapped one to one by pages of 2 MiB
	xor	eax, eax
	mov	edi, 0x100000
	mov	ecx, 0x1000
	rep stosd
	mov	dword ptr [0x100000], 0x101007
	mov	dword ptr [0x101000], 0x102007
	mov	edi, 0x102000
	mov	eax, 0x87
1:	mov	[edi], eax
	add	edi, 8
	add	eax, 0x200000
	cmp	edi, 0x103000
	jb	1b
	mov	eax, 0x100000
	mov	cr3, eax
	mov	eax, cr4
	or	eax, 0x20
	mov	cr4, eax
	mov	ecx, 0xc0000080		# EFER: long mode and syscall
	rdmsr
	or	eax, 0x101
	wrmsr
	mov	eax, cr0
	or	eax, 0x80000000
	mov	cr0, eax
	ljmp	0x18, offset long

	.code64
long:	mov	al, 'L'
	out	0xe9, al

	mov	edi, 0x104000		# I: an interrupt through a gate of our own
	mov	eax, offset trap
	mov	ecx, 0x40
2:	mov	[rdi], ax
	mov	word ptr [rdi + 2], 0x18
	mov	word ptr [rdi + 4], 0xee00
	mov	qword ptr [rdi + 6], 0
	add	edi, 16
	loop	2b
	lidt	[idtr]
	int	0x21
	mov	al, 'I'
	out	0xe9, al

	sti				# T: the timer's interrupt wakes a halted processor
	hlt
	cli
	mov	al, 'T'
	out	0xe9, al

	mov	ecx, 0xc0000081		# S: to user mode by sysret, back by syscall
	mov	edx, 0x00100018
	xor	eax, eax
	wrmsr
	inc	ecx
	mov	eax, offset back
	xor	edx, edx
	wrmsr
	mov	ecx, 0xc0000084
	xor	eax, eax
	wrmsr
	mov	ecx, offset user
	mov	r11d, 2
	sysretq
user:	syscall
back:	mov	al, 'S'
	out	0xe9, al

	mov	dword ptr [0x102ff8], 0x87	# M: a page mapped anew shows what is behind it
	mov	rax, cr3
	mov	cr3, rax
	cmp	word ptr [0x3fe07dfe], 0xaa55
	jne	halt
	mov	al, 'M'
	out	0xe9, al
	mov	al, 0x10
	out	0xf4, al
halt:	hlt
	jmp	halt
trap:	iretq

	.balign 8
gdt:	.quad	0
	.quad	0x00cf9a000000ffff
	.quad	0x00cf92000000ffff
	.quad	0x00af9a000000ffff
	.quad	0x00cf92000000ffff
	.quad	0x00cff2000000ffff
	.quad	0x00affa000000ffff
gdtr:	.word	gdtr - gdt - 1
	.long	gdt
idtr:	.word	0x3ff
	.quad	0x104000
	.org	510
	.word	0xaa55
