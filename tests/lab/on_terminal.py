"""Runs a program (the arguments) on a terminal of its own, answers its first prompt with what is
in the variable ANSWER, and prints {"code": .., "shown": ..}: what a person would have seen."""

import json
import os
import pty
import sys
import termios
import time

answer = os.environ.pop("ANSWER").encode()
process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown, answered = b"", False
while True:
    try:
        some = os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end is closed.
        break
    if not some:
        break
    shown += some
    if not answered and shown.rstrip().endswith(b":"):
        # The program first asks, and then stops the terminal from showing what is typed.
        while termios.tcgetattr(terminal)[3] & termios.ECHO:
            time.sleep(0.01)
        os.write(terminal, answer + b"\n")
        answered = True
_, status = os.waitpid(process, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "shown": shown.decode()}))
