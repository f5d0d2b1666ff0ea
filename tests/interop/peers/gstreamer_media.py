"""Tracks of webrtcbin that a parent process fills and reads, as tests/interop/support/remote-media.js
says. What is encoded and decoded are VP8 and Opus."""

import re

from gi.repository import Gst

from wire import encode

# Where an offer of ours has them; an answer uses the offerer's.
PAYLOAD_TYPES = {"video": 96, "audio": 111}
ENCODINGS = {"video": "VP8", "audio": "OPUS"}
# Offers are made before anything has been encoded, which would tell the rest.
FORMATS = {
    "video": "media=video,clock-rate=90000,encoding-name=VP8",
    "audio": "media=audio,clock-rate=48000,encoding-name=OPUS,encoding-params=(string)2",
}

SIZE = "width=160,height=120,framerate=30/1"
TEST_SOURCES = {
    "video": f"videotestsrc is-live=true pattern=smpte ! video/x-raw,format=I420,{SIZE}",
    "audio": "audiotestsrc is-live=true wave=sine freq=440 volume=0.25",
}
FILLED_SOURCES = {
    "video": f"appsrc name=source is-live=true do-timestamp=true format=time "
             f"caps=video/x-raw,format=I420,{SIZE}",
    "audio": "appsrc name=source is-live=true do-timestamp=true format=time "
             "caps=audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved",
}
ENCODERS = {
    "video": "queue ! vp8enc deadline=1 cpu-used=8 target-bitrate=500000 keyframe-max-dist=9999 ! rtpvp8pay",
    "audio": "queue ! audioconvert ! audioresample ! opusenc ! rtpopuspay",
}
# With do-nack what comes after a pause of the sender's is given up before it comes: begin anew then, and
# show no picture that builds on what is missing.
DECODERS = {
    "video": "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec ! videoconvert ! video/x-raw,format=I420",
    "audio": "rtpopusdepay ! opusdec ! audioconvert ! audioresample "
             "! audio/x-raw,format=S16LE,rate=48000,channels=1",
}


class SentTrack:
    """Encodes what the parent brings, or what GStreamer draws and plays for tests."""

    def __init__(self, kind, source):
        self.kind = kind
        self.test = source == "test"
        self.source = None
        self.joined = False

    def join(self, pipeline, webrtcbin, payload_type):
        self.joined = True
        source = (TEST_SOURCES if self.test else FILLED_SOURCES)[self.kind]
        branch = Gst.parse_bin_from_description(
            f"{source} ! {ENCODERS[self.kind]} pt={payload_type} "
            f"! capsfilter caps=application/x-rtp,{FORMATS[self.kind]},payload={payload_type}", True)
        self.source = branch.get_by_name("source")
        pipeline.add(branch)
        pad = webrtcbin.request_pad_simple("sink_%u")
        branch.get_static_pad("src").link(pad)
        # Of sound it would give retransmissions the payload type that is VP8's.
        if self.kind == "video":
            pad.get_property("transceiver").set_property("do-nack", True)
        branch.sync_state_with_parent()

    def push(self, data):
        self.source.emit("push-buffer", Gst.Buffer.new_wrapped(data))


class ReceivedTracks:
    """Decodes what comes of either kind, and tells it when the parent watches."""

    def __init__(self, pipeline, emit):
        self.pipeline = pipeline
        self.emit = emit
        self.watched = set()

    def add(self, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        branch = Gst.parse_bin_from_description(
            f"queue ! {DECODERS[kind]} ! appsink name=sink emit-signals=true sync=false", True)
        branch.get_by_name("sink").connect("new-sample", self.take, kind)
        self.pipeline.add(branch)
        branch.sync_state_with_parent()
        pad.link(branch.get_static_pad("sink"))

    def take(self, sink, kind):
        sample = sink.emit("pull-sample")
        if kind in self.watched:
            buffer = sample.get_buffer()
            data = buffer.extract_dup(0, buffer.get_size())
            format = sample.get_caps().get_structure(0)
            names = ({"width": "width", "height": "height"} if kind == "video" else
                     {"sampleRate": "rate", "channelCount": "channels"})
            self.emit("media", track=kind, **encode(data),
                      **{name: format.get_value(field) for name, field in names.items()})
        return Gst.FlowReturn.OK


def sections(sdp):
    """The kinds of a description's sections of media, with their text."""
    for section in re.split("^m=", sdp, flags=re.MULTILINE)[1:]:
        kind = section.split(" ", 1)[0]
        if kind in ENCODINGS:
            yield kind, section


def sent_kinds(sdp):
    """What whoever wrote the description sends."""
    return {kind for kind, section in sections(sdp)
            if re.search("^a=(sendrecv|sendonly)", section, re.MULTILINE)}


def payload_types(sdp):
    """Where the description has what is encoded here."""
    types = dict(PAYLOAD_TYPES)
    for kind, section in sections(sdp):
        found = re.search(rf"^a=rtpmap:(\d+) {ENCODINGS[kind]}/", section,
                          re.MULTILINE | re.IGNORECASE)
        if found:
            types[kind] = int(found[1])
    return types
