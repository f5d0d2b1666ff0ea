// Drives pion/webrtc connections for a parent process, by lines of JSON as tests/interop/support/remote.js
// says. Ends with its stdin.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/pion/webrtc/v3"
)

type object map[string]interface{}

type command struct {
	ID            int                           `json:"id"`
	PC            int                           `json:"pc"`
	Method        string                        `json:"method"`
	Configuration struct{ IceServers []server } `json:"configuration"`
	Options       struct {
		ICERestart        bool    `json:"iceRestart"`
		Ordered           *bool   `json:"ordered"`
		Protocol          *string `json:"protocol"`
		MaxRetransmits    *uint16 `json:"maxRetransmits"`
		MaxPacketLifeTime *uint16 `json:"maxPacketLifeTime"`
	} `json:"options"`
	Description webrtc.SessionDescription `json:"description"`
	Candidate   webrtc.ICECandidateInit   `json:"candidate"`
	Channel     string                    `json:"channel"`
	Label       string                    `json:"label"`
	Text        *string                   `json:"text"`
	Base64      string                    `json:"base64"`
	Kind        string                    `json:"kind"`
	MimeType    string                    `json:"mimeType"`
}

type server struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username"`
	Credential string   `json:"credential"`
}

type connection struct {
	number   int
	pc       *webrtc.PeerConnection
	lock     sync.Mutex
	channels map[string]*webrtc.DataChannel
	echoes   map[string]*echo
}

type line struct {
	from    *connection
	message object
}

// Lines are written by a goroutine of their own: pion calls handlers with locks held that asking for its
// states would take again.
var lines = make(chan line, 4096)

func write() {
	for l := range lines {
		pc := l.from.pc
		l.message["pc"] = l.from.number
		l.message["states"] = object{
			"connectionState":    pc.ConnectionState().String(),
			"iceConnectionState": pc.ICEConnectionState().String(),
			"iceGatheringState":  pc.ICEGatheringState().String(),
			"signalingState":     pc.SignalingState().String(),
			"localDescription":   pc.LocalDescription(),
		}
		text, err := json.Marshal(l.message)
		if err != nil {
			panic(err)
		}
		fmt.Println(string(text))
	}
}

func (c *connection) tell(message object) {
	lines <- line{c, message}
}

func connect(number int, servers []server) (*connection, error) {
	configuration := webrtc.Configuration{}
	for _, s := range servers {
		configuration.ICEServers = append(configuration.ICEServers, webrtc.ICEServer{
			URLs: s.URLs, Username: s.Username, Credential: s.Credential,
		})
	}
	pc, err := webrtc.NewPeerConnection(configuration)
	if err != nil {
		return nil, err
	}
	c := &connection{
		number:   number,
		pc:       pc,
		channels: map[string]*webrtc.DataChannel{},
		echoes:   map[string]*echo{},
	}
	changed := func(name string) { c.tell(object{"event": name}) }
	pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { changed("connectionstatechange") })
	pc.OnICEConnectionStateChange(func(webrtc.ICEConnectionState) { changed("iceconnectionstatechange") })
	pc.OnICEGatheringStateChange(func(webrtc.ICEGathererState) { changed("icegatheringstatechange") })
	pc.OnSignalingStateChange(func(webrtc.SignalingState) { changed("signalingstatechange") })
	pc.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		message := object{"event": "icecandidate", "candidate": nil}
		if candidate != nil {
			message["candidate"] = candidate.ToJSON()
		}
		c.tell(message)
	})
	pc.OnDataChannel(c.announce)
	pc.OnTrack(c.receive)
	return c, nil
}

func (c *connection) announce(channel *webrtc.DataChannel) {
	c.lock.Lock()
	key := fmt.Sprintf("remote-%d", len(c.channels))
	c.lock.Unlock()
	c.tell(object{
		"event":             "datachannel",
		"channel":           key,
		"label":             channel.Label(),
		"readyState":        channel.ReadyState().String(),
		"protocol":          channel.Protocol(),
		"ordered":           channel.Ordered(),
		"maxRetransmits":    channel.MaxRetransmits(),
		"maxPacketLifeTime": channel.MaxPacketLifeTime(),
	})
	c.watch(channel, key)
}

func (c *connection) watch(channel *webrtc.DataChannel, key string) {
	c.lock.Lock()
	c.channels[key] = channel
	c.lock.Unlock()
	channel.OnOpen(func() { c.tell(object{"event": "open", "channel": key}) })
	channel.OnClose(func() { c.tell(object{"event": "close", "channel": key}) })
	channel.OnMessage(func(message webrtc.DataChannelMessage) {
		told := object{"event": "message", "channel": key}
		if message.IsString {
			told["text"] = string(message.Data)
		} else {
			told["base64"] = base64.StdEncoding.EncodeToString(message.Data)
		}
		c.tell(told)
	})
}

func (c *connection) channel(key string) *webrtc.DataChannel {
	c.lock.Lock()
	defer c.lock.Unlock()
	return c.channels[key]
}

func (c *connection) run(asked command) (interface{}, error) {
	switch asked.Method {
	case "createOffer":
		return c.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: asked.Options.ICERestart})
	case "createAnswer":
		return c.pc.CreateAnswer(nil)
	case "setLocalDescription":
		return nil, c.pc.SetLocalDescription(asked.Description)
	case "setRemoteDescription":
		return nil, c.pc.SetRemoteDescription(asked.Description)
	case "addIceCandidate":
		return nil, c.pc.AddICECandidate(asked.Candidate)
	case "createDataChannel":
		channel, err := c.pc.CreateDataChannel(asked.Label, &webrtc.DataChannelInit{
			Ordered:           asked.Options.Ordered,
			Protocol:          asked.Options.Protocol,
			MaxRetransmits:    asked.Options.MaxRetransmits,
			MaxPacketLifeTime: asked.Options.MaxPacketLifeTime,
		})
		if err == nil {
			c.watch(channel, asked.Channel)
		}
		return nil, err
	case "send":
		if asked.Text != nil {
			return nil, c.channel(asked.Channel).SendText(*asked.Text)
		}
		data, err := base64.StdEncoding.DecodeString(asked.Base64)
		if err != nil {
			return nil, err
		}
		return nil, c.channel(asked.Channel).Send(data)
	case "closeChannel":
		return nil, c.channel(asked.Channel).Close()
	case "startEcho":
		return nil, c.startEcho(asked.Kind, asked.MimeType)
	case "requestKeyFrame":
		return nil, c.requestKeyFrame(asked.Kind)
	case "close":
		// It reports an error when the other side has closed before.
		_ = c.pc.Close()
		return nil, nil
	}
	return nil, fmt.Errorf("there is no method %s", asked.Method)
}

func main() {
	connections := map[int]*connection{}
	go write()
	commands := bufio.NewScanner(os.Stdin)
	commands.Buffer(nil, 1<<24)
	for commands.Scan() {
		var asked command
		if err := json.Unmarshal(commands.Bytes(), &asked); err != nil {
			panic(err)
		}
		if asked.Method == "create" {
			c, err := connect(asked.PC, asked.Configuration.IceServers)
			if err != nil {
				panic(err)
			}
			connections[asked.PC] = c
			c.tell(object{"id": asked.ID, "result": nil})
			continue
		}
		c := connections[asked.PC]
		result, err := c.run(asked)
		if err != nil {
			c.tell(object{"id": asked.ID, "error": err.Error()})
		} else {
			c.tell(object{"id": asked.ID, "result": result})
		}
	}
}
