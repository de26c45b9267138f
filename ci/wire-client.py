#!/usr/bin/env python3
"""Drives one face authentication on a running virtual rig; written only from the published .proto files.

Usage: wire-client.py RUN_DIR [--proto DIR] [--card p001-regular] [--subject p001]
Needs grpcio, grpcio-tools and PyYAML (ci/requirements.txt). Knows the screens only by the vendor's screens.yaml and
proves the transaction by what reached the back end. Exit code 0: done; 1: not seen; 2: usage or rig not up.
"""
import argparse
import importlib
import pathlib
import queue
import sys
import tempfile
import threading
import time

import grpc
import yaml
from grpc_tools import protoc

FILES = ["instrument", "stimulus", "observe", "terminal"]
CALL_S = 10  # deadline of one call
SCREEN_S = 20  # longest wait for the DUT
SETTLED_S = 1.5  # a still screen: no new picture for so long


def generate(proto: pathlib.Path, out: str):
    """Makes Python modules of the .proto files and imports them."""
    arguments = ["protoc", f"-I{proto}", f"--python_out={out}", f"--grpc_python_out={out}"]
    if protoc.main(arguments + [f"shinsa/v1/{name}.proto" for name in FILES]) != 0:
        sys.exit(2)
    sys.path.insert(0, out)
    load = importlib.import_module
    messages = {name: load(f"shinsa.v1.{name}_pb2") for name in FILES}
    services = {name: load(f"shinsa.v1.{name}_pb2_grpc") for name in FILES}
    return messages, services


def main() -> int:
    here = pathlib.Path(__file__).resolve().parent.parent
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("run_dir", type=pathlib.Path)
    arguments.add_argument("--proto", type=pathlib.Path, default=here / "harness/wire/proto")
    arguments.add_argument("--card", default="p001-regular")
    arguments.add_argument("--subject", default="p001")
    chosen = arguments.parse_args()
    run_dir = chosen.run_dir.resolve()
    with tempfile.TemporaryDirectory() as out:
        messages, services = generate(chosen.proto, out)
        return transaction(run_dir, chosen.card, chosen.subject, messages, services)


def transaction(run_dir, card, subject, messages, services) -> int:
    stimulus, observe, terminal = (messages[name] for name in ("stimulus", "observe", "terminal"))
    catalogue = yaml.safe_load((run_dir / "screens/screens.yaml").read_text(encoding="utf-8"))

    def channel(name):
        # Without an authority of its own grpc puts the socket's path there, which HTTP/2 servers refuse.
        options = [("grpc.max_receive_message_length", 64 << 20), ("grpc.default_authority", "localhost")]
        return grpc.insecure_channel(f"unix:{run_dir}/{name}.sock", options=options)

    world = channel("world")
    back_end = services["terminal"].BackEndStub(channel("eligibility"))
    feeder = services["stimulus"].CardFeederStub(world)
    presenter = services["stimulus"].FacePresenterStub(world)
    finger = services["stimulus"].FingerStub(world)
    camera = services["observe"].ScreenCameraStub(world)

    agent = services["terminal"].TerminalAgentStub(channel("terminal"))

    def seen():
        reply = back_end.Transactions(terminal.TransactionsRequest(after=0), timeout=CALL_S)
        return list(reply.transactions)

    feeder.Remove(stimulus.RemoveRequest(), timeout=CALL_S)
    agent.SetSoftware(terminal.SetSoftwareRequest(action=terminal.SOFTWARE_ACTION_START), timeout=SCREEN_S)
    back_end.SetState(terminal.SetBackEndStateRequest(no_consents=True), timeout=CALL_S)
    before = max((entry.sequence for entry in seen()), default=0)
    presenter.Present(
        stimulus.PresentFaceRequest(subject=subject, presentation="bona-fide", variation_seed=1),
        timeout=CALL_S,
    )
    pictures = Pictures(camera.Watch(observe.WatchRequest()))
    pictures.settled()
    feeder.Insert(stimulus.InsertRequest(card=card), timeout=CALL_S)
    frame = pictures.settled()
    x, y = button(catalogue, "choose-method", "face", frame)
    finger.Touch(stimulus.TouchRequest(px=stimulus.Point(x=x, y=y)), timeout=CALL_S)
    done = None
    deadline = time.monotonic() + SCREEN_S
    while done is None and time.monotonic() < deadline:
        pictures.following()
        done = next((entry for entry in seen() if matches(entry, before, card)), None)
    pictures.close()
    feeder.Remove(stimulus.RemoveRequest(), timeout=CALL_S)
    presenter.Withdraw(stimulus.WithdrawFaceRequest(), timeout=CALL_S)
    if done is None:
        print(f"no eligibility/face/{card} reached the back end in {SCREEN_S} s", file=sys.stderr)
        return 1
    print(f"{done.kind}/{done.method}/{done.card}/{done.result}")
    return 0 if done.result == "valid" else 1


class Pictures:
    """Frames of the screen channel as they come. A screen is taken to stand when none has come for SETTLED_S."""

    def __init__(self, stream):
        self.stream, self.queue = stream, queue.Queue()
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self):
        try:
            for frame in self.stream:
                self.queue.put(frame)
        except grpc.RpcError:
            self.queue.put(None)

    def following(self, within=SETTLED_S):
        """The next frame, or None where none comes."""
        try:
            frame = self.queue.get(timeout=within)
        except queue.Empty:
            return None
        if frame is None:
            raise OSError("the screen channel ended")
        return frame

    def settled(self):
        frame = self.following(SCREEN_S)
        if frame is None:
            raise OSError(f"no new picture within {SCREEN_S} s")
        while (newer := self.following()) is not None:
            frame = newer
        return frame

    def close(self):
        self.stream.cancel()


def matches(entry, before, card) -> bool:
    return entry.sequence > before and (entry.kind, entry.method, entry.card) == ("eligibility", "face", card)


def button(catalogue, screen, target, frame):
    """Middle of a target, px of the screen channel."""
    entry = next(entry for entry in catalogue["screens"] if entry["id"] == screen)
    left, top, width, height = next(t for t in entry["targets"] if t["id"] == target)["box"]
    across = frame.width / catalogue["width_px"]
    down = frame.height / catalogue["height_px"]
    return (left + width / 2) * across, (top + height / 2) * down


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, grpc.RpcError, StopIteration) as error:
        print(f"rig not up or gone: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)
