"""Plays scenarios on GStreamer's webrtcbin for process-peer.mjs."""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

SOURCES = {
    "audio": "audiotestsrc is-live=true ! opusenc ! rtpopuspay pt={pt} ! "
             "capsfilter caps=application/x-rtp,media=audio,encoding-name=OPUS,payload={pt}",
    "video": "videotestsrc is-live=true ! vp8enc deadline=1 ! rtpvp8pay pt={pt} ! "
             "capsfilter caps=application/x-rtp,media=video,encoding-name=VP8,payload={pt}",
}
RECEIVED = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload={pt}",
    "video": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload={pt},"
             "rtcp-fb-nack-pli=(boolean)true,rtcp-fb-ccm-fir=(boolean)true",
}
DIRECTIONS = GstWebRTC.WebRTCRTPTransceiverDirection
PATIENCE = 10 * Gst.SECOND


class Unknown(Exception):
    """What a scenario asks for and webrtcbin does not have."""


def refuse(section, *members):
    for member in members:
        if member in section:
            raise Unknown(f"webrtcbin has no {member}")


def emit(**message):
    print(json.dumps(message), flush=True)


class Connection:
    """A pipeline with one webrtcbin."""

    def __init__(self, policy="none"):
        self.pipeline = Gst.Pipeline.new(None)
        self.bin = Gst.ElementFactory.make("webrtcbin", None)
        policies = GstWebRTC.WebRTCBundlePolicy
        self.bin.set_property("bundle-policy", getattr(policies, policy.upper().replace("-", "_")))
        self.pipeline.add(self.bin)
        self.pipeline.set_state(Gst.State.READY)
        # What Python's side must not let go of while the pipeline uses it.
        self.kept = []
        self.next_type = 96

    def add(self, section):
        refuse(section, "streams", "rids", "codec")
        kind = section["kind"]
        if kind == "data":
            self.kept.append(self.bin.emit("create-data-channel", "data", None))
            return
        direction = section.get("direction", "sendrecv")
        payload_type, self.next_type = self.next_type, self.next_type + 1
        if not direction.startswith("send"):
            caps = Gst.Caps.from_string(RECEIVED[kind].format(pt=payload_type))
            self.bin.emit("add-transceiver", getattr(DIRECTIONS, direction.upper()), caps)
            return
        source = Gst.parse_bin_from_description(SOURCES[kind].format(pt=payload_type), True)
        self.pipeline.add(source)
        pad = self.bin.request_pad_simple("sink_%u")
        source.get_static_pad("src").link(pad)
        transceiver = pad.get_property("transceiver")
        transceiver.set_property("direction", getattr(DIRECTIONS, direction.upper()))
        # The pad's caps have to be there before an offer can name a codec.
        source.sync_state_with_parent()

    def start(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.pipeline.get_state(PATIENCE)
        for pad in self.bin.sinkpads:
            while pad.get_current_caps() is None:
                self.wait()

    def wait(self):
        """Lets the pipeline's own threads go on."""
        self.pipeline.get_bus().timed_pop(Gst.MSECOND * 10)

    def transceivers(self):
        found = []
        while (one := self.bin.emit("get-transceiver", len(found))) is not None:
            found.append(one)
        return found

    def create(self, what):
        promise = Gst.Promise.new()
        self.bin.emit(f"create-{what}", None, promise)
        promise.wait()
        reply = promise.get_reply()
        # The description lives in it.
        self.kept.append((promise, reply))
        description = reply.get_value(what) if reply.has_field(what) else None
        if description is None:
            raise RuntimeError(reply.to_string())
        return description

    def set(self, side, description):
        promise = Gst.Promise.new()
        self.bin.emit(f"set-{side}-description", description, promise)
        promise.wait()
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(reply.to_string())

    def gathered(self):
        complete = GstWebRTC.WebRTCICEGatheringState.COMPLETE
        while self.bin.get_property("ice-gathering-state") != complete:
            self.wait()
        return self.bin.get_property("local-description")

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)


def description_of(type, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    return GstWebRTC.WebRTCSessionDescription.new(type, message)


def offers(scenario):
    configuration = scenario.get("configuration", {})
    policy = configuration.get("bundlePolicy", "max-compat")
    offerer, answerer = Connection(policy), Connection(policy)
    said = []
    try:
        for turn in scenario["rounds"]:
            refuse(turn, "restart", "removeTrack", "stop", "refuse")
            for section in turn.get("add", []):
                offerer.add(section)
            for at, direction in turn.get("turn", {}).items():
                transceiver = offerer.transceivers()[int(at)]
                transceiver.set_property("direction", getattr(DIRECTIONS, direction.upper()))
            offerer.start()
            answerer.start()
            offer = offerer.create("offer")
            text = offer.sdp.as_text()
            offerer.set("local", offer)
            if scenario.get("gathered"):
                text = offerer.gathered().sdp.as_text()
            said.append(text)
            answerer.set("remote", description_of(GstWebRTC.WebRTCSDPType.OFFER, text))
            answer = answerer.create("answer")
            answer_text = answer.sdp.as_text()
            answerer.set("local", answer)
            offerer.set("remote", description_of(GstWebRTC.WebRTCSDPType.ANSWER, answer_text))
    finally:
        offerer.close()
        answerer.close()
    return said


def answers(scenario, texts):
    refuse(scenario, "refuse")
    connection = Connection("max-bundle")
    said = []
    try:
        for round, text in enumerate(texts):
            if round == 0:
                for section in scenario.get("add", []):
                    connection.add(section)
                connection.start()
            connection.set("remote", description_of(GstWebRTC.WebRTCSDPType.OFFER, text))
            answer = connection.create("answer")
            answer_text = answer.sdp.as_text()
            connection.set("local", answer)
            said.append(
                connection.gathered().sdp.as_text() if scenario.get("gathered") else answer_text)
    finally:
        connection.close()
    return said


def main():
    Gst.init(None)
    emit(version="{}.{}.{}".format(*Gst.version()[:3]))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "offers" in request:
                emit(said=answers(request["scenario"], request["offers"]))
            else:
                emit(said=offers(request["scenario"]))
        except Exception as error:
            emit(error=f"{type(error).__name__}: {error}")


main()
