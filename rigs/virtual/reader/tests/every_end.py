#!/usr/bin/env python3
"""Ends authentications of the running reference reader in every way, and looks for the patient's secrets after each.

    every_end.py RUN [--only NAME] [--rounds N] [--keep-going]

A rig must be up in RUN (`virtual-rig up`), and this must run as root. Needs the checkout's Python packages (ci/requirements.txt).
`look_for.py` looks: when the start screen stands again, at once. Once in each run it looks in mid-authentication, where it must
find something. Exit code: 0 nothing was left, 1 something was, 2 a screen did not come.
"""
import argparse
import importlib
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import zlib

import grpc
import yaml
from grpc_tools import protoc

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parents[3] / "harness/wire/proto"
BAND = 72  # rows of a screen's title, by which it is told
PATIENCE_S = 20


def modules(out):
    names = ["instrument", "stimulus", "observe", "terminal"]
    options = ["protoc", f"-I{PROTO}", f"--python_out={out}", f"--grpc_python_out={out}"]
    if protoc.main(options + [f"shinsa/v1/{name}.proto" for name in names]) != 0:
        sys.exit(2)
    sys.path.insert(0, out)
    load = importlib.import_module
    return ({n: load(f"shinsa.v1.{n}_pb2") for n in names}, {n: load(f"shinsa.v1.{n}_pb2_grpc") for n in names})


def band(path):
    """First rows of an 8-bit RGB PNG."""
    data, at, packed = path.read_bytes(), 8, b""
    width = int.from_bytes(data[16:20], "big")
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += size + 12
    raw, line, rows = zlib.decompress(packed), width * 3, []
    up = bytearray(line)
    for y in range(BAND):
        kind, row = raw[y * (line + 1)], bytearray(raw[y * (line + 1) + 1 : (y + 1) * (line + 1)])
        for x in range(line):
            a, b, c = (row[x - 3], up[x], up[x - 3]) if x >= 3 else (0, up[x], 0)
            p = a + b - c
            nearest = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            row[x] = (row[x] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        rows.append(bytes(row))
        up = row
    return b"".join(rows)


class Rig:
    def __init__(self, run, messages, services):
        self.run, self.messages = run, messages

        def channel(name):
            options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.default_authority", "localhost")]
            return grpc.insecure_channel(f"unix:{run}/{name}.sock", options=options)

        world, stimulus = channel("world"), services["stimulus"]
        self.feeder, self.faces = stimulus.CardFeederStub(world), stimulus.FacePresenterStub(world)
        self.finger, self.usb = stimulus.FingerStub(world), stimulus.UsbSwitchStub(world)
        self.back_end = services["terminal"].BackEndStub(channel("eligibility"))
        self.terminal = services["terminal"].TerminalAgentStub(channel("terminal"))
        catalogue = yaml.safe_load((run / "screens/screens.yaml").read_text(encoding="utf-8"))
        self.screens = {entry["id"]: entry for entry in catalogue["screens"]}
        self.bands = {band(run / "screens" / entry["image"]): entry["id"] for entry in catalogue["screens"]}
        self.changed, self.now = threading.Condition(), None
        self.camera = services["observe"].ScreenCameraStub(world)
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        for frame in self.camera.Watch(self.messages["observe"].WatchRequest()):
            with self.changed:
                self.now = self.bands.get(frame.rgb[: frame.width * 3 * BAND])
                self.changed.notify_all()

    def screen(self, *wanted):
        with self.changed:
            if not self.changed.wait_for(lambda: self.now in wanted, PATIENCE_S):
                raise TimeoutError(f"{self.now} stands instead of {wanted}")

    def touch(self, screen, target):
        self.screen(screen)
        boxes = [t["box"] for t in self.screens[screen]["targets"] if t["id"] == target]
        self.press(boxes[0])

    def press(self, box):
        left, top, width, height = box
        point = self.messages["stimulus"].Point(x=left + width / 2, y=top + height / 2)
        self.finger.Touch(self.messages["stimulus"].TouchRequest(px=point))

    def type(self, pin):
        self.screen("pin")
        time.sleep(0.1)
        cells = self.screens["pin"]["keypad"]["cells"]
        for digit in pin:
            self.press(cells["1234567890".index(digit)])
            time.sleep(0.05)

    def insert(self, card="p001-regular"):
        self.screen("start")
        self.feeder.Insert(self.messages["stimulus"].InsertRequest(card=card))

    def remove(self):
        self.feeder.Remove(self.messages["stimulus"].RemoveRequest())

    def present(self, subject="p001"):
        request = self.messages["stimulus"].PresentFaceRequest
        self.faces.Present(request(subject=subject, presentation="bona-fide", variation_seed=int(time.time())))

    def nobody(self):
        self.faces.Withdraw(self.messages["stimulus"].WithdrawFaceRequest())

    def back(self, **state):
        self.back_end.SetState(self.messages["terminal"].SetBackEndStateRequest(**state))

    def manage(self, request):
        """By the management socket, as the software's own client does."""
        import socket

        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self.run / "management.sock"))
            link.sendall(json.dumps(request).encode() + b"\n")
            return json.loads(link.makefile().readline())

    def pin(self, card="p001-regular"):
        with open(self.run / "cards/secrets.yaml", encoding="utf-8") as file:
            return str(yaml.safe_load(file)["cards"][card]["auth_pin"])

    def set(self, key, value):
        assert self.manage({"function": "set", "key": key, "value": value})["ok"]

    def look(self, *options):
        cards = ["p001-regular", "p002-regular"]
        command = [sys.executable, HERE / "look_for.py", self.run, *cards, *options]
        done = subprocess.run(command, capture_output=True, text=True)
        print("   ", done.stdout.strip().replace("\n", "\n    "), done.stderr.strip(), flush=True)
        return done.returncode


def by_face(rig):
    rig.present()
    rig.insert()
    rig.touch("choose-method", "face")


def by_pin(rig, pin):
    rig.insert()
    rig.touch("choose-method", "pin")
    rig.type(pin)


def normal_face(rig):
    by_face(rig)
    rig.screen("done")


def face_with_consents(rig):
    rig.back(consents=["medical"])
    by_face(rig)
    rig.touch("consent-medical", "agree")
    rig.screen("done")


def normal_pin(rig):
    by_pin(rig, rig.pin())
    rig.touch("pin", "confirm")
    rig.screen("done")


def cancel_at_choice(rig):
    rig.insert()
    rig.touch("choose-method", "cancel")
    rig.screen("cancelled")


def cancel_at_pin(rig):
    by_pin(rig, rig.pin())
    rig.touch("pin", "cancel")
    rig.touch("choose-method", "cancel")
    rig.screen("cancelled")


def cancel_at_face(rig):
    rig.nobody()
    rig.insert()
    rig.touch("choose-method", "face")
    rig.screen("face")
    time.sleep(2)
    rig.touch("face", "cancel")
    rig.touch("choose-method", "cancel")
    rig.screen("cancelled")


def time_out_at_pin(rig):
    rig.set("idle.time_limit_ms", 2000)
    by_pin(rig, rig.pin())
    rig.screen("timeout")


def time_out_at_face(rig):
    rig.nobody()
    rig.insert()
    rig.touch("choose-method", "face")
    rig.screen("timeout")


def another_face(rig):
    rig.present("p002")
    rig.insert()
    rig.touch("choose-method", "face")
    rig.touch("face-failed", "cancel")
    rig.screen("cancelled")


def wrong_pin(rig):
    by_pin(rig, "".join(str((int(d) + 1) % 10) for d in rig.pin("p002-regular")))
    rig.touch("pin", "confirm")
    rig.touch("pin-wrong", "cancel")
    rig.touch("choose-method", "cancel")
    rig.screen("cancelled")
    rig.remove()
    normal_pin(rig)


def pulled_at_pin(rig):
    by_pin(rig, rig.pin())


def pulled_at_face(rig):
    rig.nobody()
    rig.insert()
    rig.touch("choose-method", "face")
    rig.screen("face")
    time.sleep(1.5)


def pulled_while_read(rig):
    by_face(rig)
    rig.screen("face")
    time.sleep(0.15)


def pulled_while_processing(rig):
    rig.back(no_consents=True, latency_ms=2000)
    by_pin(rig, rig.pin())
    rig.touch("pin", "confirm")
    rig.screen("processing")
    time.sleep(1.0)


def back_end_down(rig):
    rig.back(mode="down")
    by_face(rig)
    rig.screen("network-error")


def back_end_error_after_pin(rig):
    rig.back(mode="error")
    by_pin(rig, rig.pin())
    rig.touch("pin", "confirm")
    rig.screen("network-error")


def foreign_device(rig):
    request = rig.messages["stimulus"]
    rig.nobody()
    rig.insert()
    rig.touch("choose-method", "face")
    rig.screen("face")
    time.sleep(1.5)
    rig.usb.Attach(request.AttachUsbRequest(device="keyboard"))
    rig.screen("foreign-device")
    rig.remove()
    rig.feeder.Insert(request.InsertRequest(card="p001-regular"))
    time.sleep(1.5)
    rig.screen("foreign-device")
    rig.remove()
    rig.usb.Detach(request.DetachUsbRequest())


ENDS = [normal_face, face_with_consents, normal_pin, cancel_at_choice, cancel_at_pin, cancel_at_face, time_out_at_pin,
        time_out_at_face, another_face, wrong_pin, pulled_at_pin, pulled_at_face, pulled_while_read, pulled_while_processing,
        back_end_down, back_end_error_after_pin, foreign_device]


def live(rig):
    """The look itself: in mid-authentication there is something to find. The look takes longer than a patient has."""
    rig.set("face.time_limit_ms", 60000)
    rig.nobody()
    rig.insert()
    rig.touch("choose-method", "face")
    rig.screen("face")
    time.sleep(2)
    code = rig.look("--live")
    rig.set("face.time_limit_ms", 8000)
    rig.remove()
    rig.screen("start")
    return code


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("run", type=pathlib.Path)
    arguments.add_argument("--only")
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--keep-going", action="store_true")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as out:
        rig = Rig(chosen.run.resolve(), *modules(out))
        state = rig.messages["terminal"]
        rig.terminal.SetSoftware(state.SetSoftwareRequest(action=state.SOFTWARE_ACTION_START))
        rig.remove()
        if not chosen.only:
            print("live", flush=True)
            if live(rig) != 0:
                sys.exit("the look finds nothing where something is")
        worst = 0
        for end in ENDS * chosen.rounds:
            if chosen.only and end.__name__ != chosen.only:
                continue
            rig.back(no_consents=True)
            rig.set("idle.time_limit_ms", 60000)
            print(end.__name__, flush=True)
            try:
                end(rig)
                rig.remove()
                rig.screen("start")
            except TimeoutError as error:
                print(f"    {error}", flush=True)
                rig.remove()
                worst = 2
                continue
            worst = max(worst, rig.look())
            rig.manage({"function": "reset-lockout"})
            if worst and not chosen.keep_going:
                break
        sys.exit(worst)


main()
