"""Drives GStreamer's webrtcbin for a parent process, by lines of JSON. Ends with its stdin."""

import json
import queue
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

from gstreamer_media import (  # noqa: E402
    PAYLOAD_TYPES, ReceivedTracks, SentTrack, payload_types, sent_kinds)
from wire import decode, encode, snake_case, tell  # noqa: E402

TYPES = {"offer": GstWebRTC.WebRTCSDPType.OFFER, "answer": GstWebRTC.WebRTCSDPType.ANSWER}
STATES = {
    "connectionState": "connection-state",
    "iceConnectionState": "ice-connection-state",
    "iceGatheringState": "ice-gathering-state",
    "signalingState": "signaling-state",
}

# Lines are written by a thread of their own: webrtcbin emits signals with locks held that asking for its
# states would take again.
LINES = queue.SimpleQueue()


def write():
    while line := LINES.get():
        connection, message = line
        tell(pc=connection.number, states=connection.states(), **message)


class Connection:
    """A pipeline with one webrtcbin, its channels and its tracks, which are known to the parent by name."""

    def __init__(self, number, configuration):
        self.number = number
        self.channels = {}
        # What Python's side must not let go of while the pipeline uses it.
        self.kept = []
        self.pipeline = Gst.Pipeline.new(None)
        self.bin = Gst.ElementFactory.make("webrtcbin", None)
        self.bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        # What comes later than that, in ms, is not shown: a busy machine is no broken network.
        self.bin.set_property("latency", 500)
        self.pipeline.add(self.bin)
        self.sent = {}
        self.announced = set()
        self.received = ReceivedTracks(self.pipeline, self.emit)
        self.bin.connect("pad-added", lambda _, pad: self.received.add(pad))
        for name, property in STATES.items():
            event = f"{name.lower()}change"
            self.bin.connect(f"notify::{property}", lambda *_, event=event: self.emit(event))
        self.bin.connect("on-ice-candidate", self.tell_candidate)
        self.bin.connect("on-data-channel", self.announce)
        self.pipeline.set_state(Gst.State.PLAYING)

    def tell(self, **message):
        LINES.put((self, message))

    def emit(self, event, **details):
        self.tell(event=event, **details)

    def states(self):
        states = {name: self.bin.get_property(of).value_nick for name, of in STATES.items()}
        description = self.bin.get_property("local-description")
        return {**states, "localDescription": description and describe(description)}

    def tell_candidate(self, _, line, candidate):
        self.emit("icecandidate", candidate={"candidate": candidate, "sdpMLineIndex": line})

    def announce(self, _, channel):
        key = f"remote-{len(self.channels)}"
        self.emit(
            "datachannel",
            channel=key,
            label=channel.get_property("label"),
            readyState=channel.get_property("ready-state").value_nick,
            protocol=channel.get_property("protocol"),
            ordered=channel.get_property("ordered"),
            maxRetransmits=limit(channel.get_property("max-retransmits")),
            maxPacketLifeTime=limit(channel.get_property("max-packet-lifetime")),
        )
        self.watch_channel(channel, key)

    def watch_channel(self, channel, key):
        self.channels[key] = channel
        channel.connect("on-open", lambda _: self.emit("open", channel=key))
        channel.connect("on-close", lambda _: self.emit("close", channel=key))
        # An empty message is None.
        channel.connect("on-message-string", lambda _, text: self.tell_message(key, text or ""))
        channel.connect(
            "on-message-data",
            lambda _, data: self.tell_message(key, data.get_data() if data else b""))
        # It may have opened before anybody listened.
        if channel.get_property("ready-state") == GstWebRTC.WebRTCDataChannelState.OPEN:
            self.emit("open", channel=key)

    def tell_message(self, key, data):
        self.emit("message", channel=key, **encode(data))

    def ask(self, signal, *arguments):
        """The reply to a signal of webrtcbin's that takes a promise."""
        promise = Gst.Promise.new()
        self.bin.emit(signal, *arguments, promise)
        promise.wait()
        reply = promise.get_reply()
        self.kept.append((promise, reply))
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(reply.to_string())
        return reply

    def create(self, what):
        reply = self.ask(f"create-{what}", None)
        return describe(reply.get_value(what))

    def create_offer(self, options):
        self.join_tracks(PAYLOAD_TYPES)
        return self.create("offer")

    def create_answer(self):
        return self.create("answer")

    def set_local_description(self, description):
        self.ask("set-local-description", parse(description))

    def set_remote_description(self, description):
        self.ask("set-remote-description", parse(description))
        for kind in sent_kinds(description["sdp"]) - self.announced:
            self.announced.add(kind)
            self.emit("track", track=kind, kind=kind)
        if description["type"] == "offer":
            # Not before: where the offer has its formats is known only now.
            self.join_tracks(payload_types(description["sdp"]))

    def add_ice_candidate(self, candidate):
        # It has no call for the end of candidates that comes one by one.
        if candidate["candidate"] != "":
            self.bin.emit("add-ice-candidate", candidate["sdpMLineIndex"], candidate["candidate"])

    def create_data_channel(self, channel, label, options):
        self.watch_channel(self.bin.emit("create-data-channel", label, channel_init(options)), channel)

    def send(self, channel, text=None, base64=None):
        data = decode(text, base64)
        if isinstance(data, str):
            self.channels[channel].emit("send-string", data)
        else:
            self.channels[channel].emit("send-data", GLib.Bytes.new(data))

    def close_channel(self, channel):
        self.channels[channel].emit("close")

    def add_track(self, track, kind, source):
        self.sent[track] = SentTrack(kind, source)

    def join_tracks(self, types):
        for track in self.sent.values():
            if not track.joined:
                track.join(self.pipeline, self.bin, types[track.kind])

    def show_picture(self, track, width, height, base64):
        self.sent[track].push(decode(None, base64))

    def play_sound(self, track, sampleRate, base64):
        self.sent[track].push(decode(None, base64))

    def watch(self, track):
        self.received.watched.add(track)

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


def channel_init(options):
    """RTCDataChannelInit in its words."""
    kinds = {"ordered": "boolean", "maxRetransmits": "int", "maxPacketLifeTime": "int",
             "protocol": "string"}
    names = {"maxRetransmits": "max-retransmits", "maxPacketLifeTime": "max-packet-lifetime"}
    fields = [f"{names.get(name, name)}=({kinds[name]}){str(value).lower()}"
              for name, value in options.items()]
    return Gst.Structure.new_from_string(", ".join(["options", *fields]))


def limit(number):
    """-1 is none."""
    return None if number < 0 else number


def describe(description):
    return {
        "type": GstWebRTC.webrtc_sdp_type_to_string(description.type),
        "sdp": description.sdp.as_text(),
    }


def parse(description):
    _, message = GstSdp.SDPMessage.new_from_text(description["sdp"])
    return GstWebRTC.WebRTCSessionDescription.new(TYPES[description["type"]], message)


def main():
    Gst.init(None)
    writer = threading.Thread(target=write)
    writer.start()
    connections = {}
    for line in sys.stdin:
        command = json.loads(line)
        identity, number, method = (command.pop(key) for key in ("id", "pc", "method"))
        if method == "create":
            connections[number] = Connection(number, **command)
            connections[number].tell(id=identity, result=None)
            continue
        connection = connections[number]
        try:
            result = getattr(connection, snake_case(method))(**command)
            connection.tell(id=identity, result=result)
        except Exception as error:  # the parent's promise rejects with it
            connection.tell(id=identity, error=f"{type(error).__name__}: {error}")
    LINES.put(None)
    writer.join()


main()
