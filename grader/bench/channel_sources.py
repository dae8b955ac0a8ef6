"""Channels by which one check may try to tell another something: how each is written to, and how it is read.

Each is a module for a submission: `send` takes bits, `receive` gives as many, `prepare` comes before `send` where
the two run at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECK, SUBMISSION, BESIDE = "the next check", "the next submission", "one beside it"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: who reads it, how many bits are tried at a time, and in which sandboxes it is known to be open.

    `cold` says that the files must be made cold before, as they are on a machine that has just started; `fresh`
    that each try needs sandboxes of its own.
    """

    name: str
    reader: str
    width: int
    source: str
    known: tuple[str, ...] = ()
    cold: bool = False
    fresh: bool = False


COMMON = """
import ctypes, fcntl, glob, mmap, os, resource, struct, sys, tempfile, threading, time
libc = ctypes.CDLL(None, use_errno=True)
FILES = sorted(p for p in glob.glob(os.path.dirname(os.__file__) + '/*.py') if os.path.getsize(p) > 30_000)[-16:]
def number(bits): return sum(bit << n for n, bit in enumerate(bits))
def bits_of(number, width): return [number >> n & 1 for n in range(width)]
def prepare(): pass
def advance(count, message):
    while not (count() % 4096 // 64 == message and count() % 64 < 8): pass
    return True
def read(path):
    with open(path, 'rb', buffering=0) as file: file.read()
"""

_NOW = """
def send(bits):
    for wanted in (0, 1):
        for path, bit in zip(PLACES, [*bits, 1]):
            if bit == wanted:
                try: os.utime(path)
                except OSError: pass
        time.sleep(0.05)
def receive():
    times = [os.stat(path).st_mtime if os.path.exists(path) else 0 for path in PLACES]
    return [int(times[-1] - each < 0.03) for each in times[:-1]]
"""

_EVICTED = """
def send(bits):
    for path, bit in zip(FILES, bits):
        if bit: read(path)
        else:
            with open(path) as file: os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
"""

_COUNTED = """
def send(bits): return advance(count, number(bits))
def receive(): return bits_of(count() % 4096 // 64, 6)
"""

_THREADS = """
def count():
    found = []
    thread = threading.Thread(target=lambda: found.append(threading.get_native_id()))
    thread.start(); thread.join()
    return found[0]
"""

_FILE_NUMBERS = """
def count():
    with tempfile.TemporaryFile(dir=FOLDER) as file: return os.fstat(file.fileno()).st_ino
"""

_PIPES = """
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
def ends():
    for end in os.pipe():
        found = os.fstat(end).st_ino; os.close(end)
    return found
def count(): return ends() >> 4
"""

CHANNELS = (
    Channel(
        "limits of process 1 (prlimit)",
        CHECK,
        16,
        """
def send(bits):
    hard = resource.getrlimit(resource.RLIMIT_SIGPENDING)[1]
    resource.prlimit(os.getppid(), resource.RLIMIT_SIGPENDING, (number(bits) % (hard + 1), hard))
def receive(): return bits_of(resource.getrlimit(resource.RLIMIT_SIGPENDING)[0], 16)
""",
    ),
    Channel(
        "niceness of process 1 (setpriority)",
        CHECK,
        3,
        """
def send(bits): os.setpriority(os.PRIO_PROCESS, os.getppid(), number(bits))
def receive(): return bits_of(os.getpriority(os.PRIO_PROCESS, 0), 3)
""",
        fresh=True,
    ),
    Channel(
        "niceness of all of its user (setpriority)",
        CHECK,
        3,
        """
def send(bits): os.setpriority(os.PRIO_USER, 0, number(bits))
def receive(): return bits_of(os.getpriority(os.PRIO_PROCESS, 0), 3)
""",
        fresh=True,
    ),
    Channel(
        "processors of process 1 (sched_setaffinity)",
        CHECK,
        1,
        """
def send(bits): os.sched_setaffinity(os.getppid(), {0} if bits[0] else range(os.cpu_count()))
def receive(): return [int(len(os.sched_getaffinity(0)) == 1)]
""",
    ),
    Channel(
        "scheduling of process 1 (sched_setscheduler)",
        CHECK,
        1,
        """
def send(bits):
    os.sched_setscheduler(os.getppid(), os.SCHED_BATCH if bits[0] else os.SCHED_OTHER, os.sched_param(0))
def receive(): return [int(os.sched_getscheduler(0) == os.SCHED_BATCH)]
""",
    ),
    Channel(
        "I/O priority of process 1 (ioprio_set)",
        CHECK,
        3,
        """
def send(bits): libc.syscall(251, 1, os.getppid(), 2 << 13 | number(bits))
def receive(): return bits_of(libc.syscall(252, 1, 0), 3)
""",
    ),
    Channel(
        "faults of dead processes, in process 1's /proc",
        CHECK,
        4,
        """
def faults(): return int(open(f'/proc/{os.getppid()}/stat').read().rsplit(')', 1)[1].split()[8])
def send(bits):
    faults()
    while True:
        total = faults() + resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        if total % 65536 // 4096 == number(bits) and total % 4096 < 1500: return
        with mmap.mmap(-1, 1 << 19, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as pages: pages.write(b'x' * (1 << 19))
def receive(): return bits_of(faults() % 65536 // 4096, 4)
""",
    ),
    Channel("numbers of processes", CHECK, 6, _THREADS + _COUNTED, known=("bwrap", "uid")),
    Channel(
        "numbers of files in memory", CHECK, 6, "FOLDER = '/dev/shm'" + _FILE_NUMBERS + _COUNTED, ("bwrap", "uid")
    ),
    Channel("numbers of pipes", CHECK, 6, _PIPES + _COUNTED, known=("bwrap", "uid")),
    Channel("numbers of processes", SUBMISSION, 6, _THREADS + _COUNTED, known=("uid",)),
    Channel(
        "numbers of files in memory", SUBMISSION, 6, "FOLDER = '/dev/shm'" + _FILE_NUMBERS + _COUNTED, ("uid",)
    ),
    Channel("numbers of pipes", SUBMISSION, 6, _PIPES + _COUNTED, known=("bwrap", "uid")),
    Channel(
        "times of devices",
        SUBMISSION,
        4,
        "PLACES = [f'/dev/{name}' for name in ('null', 'full', 'random', 'tty', 'urandom')]" + _NOW,
    ),
    Channel("times of shared folders", SUBMISSION, 2, "PLACES = ['/tmp', '/var/tmp', '/dev/shm']" + _NOW),
    Channel(
        "when /dev/shm was last written to",
        SUBMISSION,
        4,
        """
def send(bits):
    while time.time_ns() // 4_000_000 % 16 != number(bits): pass
    open('/dev/shm/x', 'w').close(); os.unlink('/dev/shm/x')
def receive(): return bits_of(os.stat('/dev/shm').st_mtime_ns // 4_000_000 % 16, 4)
""",
    ),
    Channel(
        "page cache, emptied by advice, read without waiting",
        SUBMISSION,
        16,
        _EVICTED
        + """
def is_there(path):
    with open(path, 'rb', buffering=0) as file:
        try: return os.preadv(file.fileno(), [bytearray(1)], 8192, os.RWF_NOWAIT) == 1
        except BlockingIOError: return False
def receive(): return [int(is_there(path)) for path in FILES]
""",
    ),
    Channel(
        "page cache, emptied by advice, asked by cachestat",
        SUBMISSION,
        16,
        _EVICTED
        + """
def is_there(path):
    with open(path, 'rb', buffering=0) as file:
        found = (ctypes.c_ulonglong * 5)()
        if libc.syscall(451, file.fileno(), (ctypes.c_ulonglong * 2)(0, 0), found, 0): raise OSError
        return found[0] > 0
def receive(): return [int(is_there(path)) for path in FILES]
""",
    ),
    Channel(
        "page cache, read when cold, seen by the time it takes",
        SUBMISSION,
        16,
        """
def send(bits):
    for path, bit in zip(FILES, bits):
        if bit: read(path)
def took(path):
    with open(path, 'rb', buffering=0) as file:
        since = time.perf_counter_ns(); os.pread(file.fileno(), 1, 16384); return time.perf_counter_ns() - since
def receive(): return [int(took(path) < 40_000) for path in FILES]
""",
        cold=True,
    ),
    Channel(
        "when files were last read",
        SUBMISSION,
        16,
        """
def send(bits):
    for path, bit in zip(FILES, bits):
        if bit: read(path)
def receive(): return [int(os.stat(path).st_atime > 1e9) for path in FILES]
""",
        cold=True,
    ),
    Channel(
        "locks on bytes (fcntl)",
        BESIDE,
        16,
        """
def asked(command, kind, n):
    lock = struct.pack('hhqqi4x', kind, 0, n, 1, 0)
    return struct.unpack('hhqqi4x', fcntl.fcntl(FILE.fileno(), command, lock))[0]
FILE = open(os.__file__)
def send(bits): return [asked(fcntl.F_SETLK, fcntl.F_RDLCK, n) for n, bit in enumerate(bits) if bit]
def receive(): return [int(asked(fcntl.F_GETLK, fcntl.F_WRLCK, n) != fcntl.F_UNLCK) for n in range(16)]
""",
    ),
    Channel(
        "locks on files (flock)",
        BESIDE,
        16,
        """
OPENED = [open(path) for path in FILES]
def send(bits): return [fcntl.flock(file, fcntl.LOCK_EX) for file, bit in zip(OPENED, bits) if bit]
def locked(file):
    try: return fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError: return 1
def receive(): return [locked(file) or 0 for file in OPENED]
""",
    ),
    Channel(
        "what others open (inotify)",
        BESIDE,
        16,
        """
def prepare():
    global watch, numbers
    watch = libc.inotify_init1(os.O_NONBLOCK)
    numbers = [libc.inotify_add_watch(watch, path.encode(), 0x20) for path in FILES]
def send(bits): return [read(path) for path, bit in zip(FILES, bits) if bit]
def receive():
    events = os.read(watch, 65536)
    seen = {number for number, *_ in struct.iter_unpack('iIII', events)}
    return [int(number in seen) for number in numbers]
""",
    ),
    Channel(
        "names in /dev/shm",
        BESIDE,
        16,
        """
def send(bits):
    for n, bit in enumerate(bits):
        if bit: open(f'/dev/shm/{n}', 'w').close()
def receive(): return [int(os.path.exists(f'/dev/shm/{n}')) for n in range(16)]
""",
        known=("uid",),
    ),
    Channel(
        "how many sockets there are",
        BESIDE,
        5,
        """
def there(): return len(open('/proc/self/net/unix').readlines())
def prepare():
    global before
    before = there()
def send(bits):
    import socket
    global kept
    kept = [socket.socketpair() for _ in range(number(bits))]
def receive(): return bits_of((there() - before) // 2, 5)
""",
    ),
    Channel(
        "how many processes there are (sysinfo)",
        BESIDE,
        3,
        """
def there():
    found = (ctypes.c_ubyte * 128)()
    if libc.sysinfo(found): raise OSError
    return struct.unpack_from('H', found, 80)[0]
def prepare():
    global before
    before = there()
def send(bits):
    for _ in range(6 * number(bits)): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
def receive(): return bits_of((there() - before + 2) // 6, 3)
""",
    ),
    Channel(
        "how many processes were started (/proc/stat)",
        BESIDE,
        3,
        """
def there(): return [int(line.split()[1]) for line in open('/proc/stat') if line.startswith('processes')][0]
def prepare():
    global before
    before = there()
def send(bits):
    for _ in range(40 * number(bits)):
        thread = threading.Thread(target=int); thread.start(); thread.join()
def receive(): return bits_of((there() - before + 15) // 40, 3)
""",
    ),
    Channel(
        "memory of the machine (/proc/meminfo)",
        BESIDE,
        2,
        """
def there(): return [int(line.split()[1]) for line in open('/proc/meminfo') if line.startswith('MemFree')][0]
def prepare():
    global before
    before = there()
def send(bits):
    global kept
    kept = bytearray(b'x') * (number(bits) * 200 << 20)
def receive(): return bits_of((before - there() + 100_000) // 204_800, 2)
""",
    ),
    Channel(
        "niceness of others (getpriority)",
        BESIDE,
        3,
        """
def send(bits): os.nice(number(bits))
def receive():
    found = []
    for pid in range(os.getpid() - 300, os.getpid() + 20):
        try: found.append(os.getpriority(os.PRIO_PROCESS, pid))
        except OSError: pass
    return bits_of(max(found), 3)
""",
    ),
)
