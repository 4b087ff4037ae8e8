"""A filter of system calls for this process, by which Linux lets it do arithmetic and little else.

Made by hand, with no library and for any user. Sources: Linux, Documentation/userspace-api/seccomp_filter.rst and
include/uapi/linux/{filter,seccomp,audit}.h; the numbers are those of arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

from engine.value import value

_NO_NEW_PRIVILEGES, _SET_FILTER, _ALL_THREADS = 38, 1, 1
_LOAD, _EQUAL, _ANY, _RETURN = 0x20, 0x15, 0x45, 0x06
"""Classic BPF: load a word, jump if equal, jump if any of the bits, return."""
_ALLOW, _DENY, _KILL = 0x7FFF_0000, 0x0005_0001, 0x8000_0000
"""Let it happen; answer EPERM; end the process."""
_NUMBER, _MACHINE, _FIRST, _THIRD = 0, 4, 16, 32
"""Where in `struct seccomp_data` stand the call, the machine, and the low halves of the first and third argument."""
_EXECUTABLE = 4


@value
class _Machine:
    audit: int
    seccomp: int
    mapping: tuple[int, ...]
    signal: int
    allowed: tuple[int, ...]


# read, write, close, lseek, munmap, mremap, brk, madvise, rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack,
# restart_syscall, exit, exit_group, futex, sched_yield, clock_gettime, clock_getres, gettimeofday, getpid, gettid,
# getrusage, getrandom; mmap and mprotect without execution; tgkill of itself, which is what abort() does.
_MACHINES = {
    "x86_64": _Machine(
        audit=0xC000_003E,
        seccomp=317,
        mapping=(9, 10),
        signal=234,
        allowed=(0, 1, 3, 8, 11, 25, 12, 28, 13, 14, 15, 131, 219, 60, 231, 202, 24, 228, 229, 96, 39, 186, 98, 318),
    ),
    "aarch64": _Machine(
        audit=0xC000_00B7,
        seccomp=277,
        mapping=(222, 226),
        signal=131,
        allowed=(
            *(63, 64, 57, 62, 215, 216, 214, 233, 134, 135, 139, 132, 128, 93, 94, 98, 124, 113, 114, 169, 172, 178),
            *(165, 278),
        ),
    ),
}


def confine() -> bool:
    """Deny this process, until it ends, to open, connect, start or signal anything; whether this system can.

    What is denied is answered with EPERM. Memory that can be executed is denied too.
    """
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None or sys.maxsize < 2**32:
        return False
    program = _program(machine, os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    described = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code)))
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    made = system.syscall(ctypes.c_long(machine.seccomp), _SET_FILTER, _ALL_THREADS, ctypes.byref(described))
    return int(made) == 0


def _program(machine: _Machine, process: int) -> bytes:
    """The filter as classic BPF, eight bytes an instruction."""
    steps = [
        _step(_LOAD, _MACHINE),
        _step(_EQUAL, machine.audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    for number in machine.allowed:
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ALLOW)]
    for number in machine.mapping:
        # Skips the four that follow where it is another call.
        steps += [_step(_EQUAL, number, 0, 4), _step(_LOAD, _THIRD), _step(_ANY, _EXECUTABLE, 1, 0)]
        steps += [_step(_RETURN, _ALLOW), _step(_RETURN, _DENY)]
    steps += [_step(_EQUAL, machine.signal, 0, 3), _step(_LOAD, _FIRST), _step(_EQUAL, process, 0, 1)]
    steps += [_step(_RETURN, _ALLOW), _step(_RETURN, _DENY)]
    return b"".join(steps)


def _step(code: int, operand: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_so, if_not, operand)
