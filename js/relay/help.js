// What `webrtc-wasm-relay --help` prints.

export const kHelp = `Usage: webrtc-wasm-relay [options]

A relay for webrtc-wasm: TURN over WebSocket, TCP and UDP in one process. With --upstream it holds
no allocation and bridges every WebSocket to a TURN server of yours.

Listening (on this machine alone unless --listen says otherwise)
  --listen ADDRESS         address to listen on; repeat for several     [127.0.0.1]
  --port N                 HTTP and WebSocket                           [8080]
  --turn-port N            TURN over UDP and TCP                        [3478]
  --turns-port N           TURN over TLS; needs --tls-cert              [off]
  --no-udp, --no-tcp       leave that TURN listener out
  --tls-cert FILE          PEM certificate chain; HTTPS and WSS with it; read again when it changes
  --tls-key FILE           PEM private key
  --public-url URL         how clients reach the HTTP side, when a proxy stands in front
  --trusted-proxy CIDR     a proxy whose X-Forwarded-For names clients; repeat for several

Who may use it
  --secret TEXT            shared secret of time-limited credentials; repeat while you rotate
  --secret-file FILE       the same, a secret a line, kept out of the process list
  --user NAME:PASSWORD     a fixed user; repeat for several
  --realm TEXT             TURN realm                                   [webrtc-wasm]
  --issue-credentials      GET /credentials hands out time-limited credentials
  --credentials-ttl N      their life in seconds                        [3600]
  --allow-origin ORIGIN    web origin that may use the relay, or '*'    [its own pages]

Whom it may reach (private, loopback and other special ranges are refused by default)
  --allow-peer CIDR        open a range all the same; repeat for several
  --deny-peer CIDR         refuse a range; wins over --allow-peer
  --allow-interfaces       open this machine's own addresses
  --relay-address ADDRESS  local address of relay sockets, one per family
  --external-address ADDR  what clients are told instead (1:1 NAT), one per family
  --min-port N, --max-port N   ports of relay sockets                   [49152 to 65535]
  --no-mdns                do not look up .local names for clients

Scaling out
  --upstream HOST:PORT     TURN server over TCP; turns:HOST:PORT for TLS; repeat for several

Limits (0 in those of bytes a second: none)
  --max-connections N      WebSocket and TCP clients                    [2000]
  --max-connections-per-address N                                       [200]
  --max-udp-clients N      sources of UDP that are remembered           [10000]
  --max-allocations N, --max-allocations-per-user N                     [2000, 50]
  --max-permissions N, --max-permissions-per-user N, --max-total-permissions N
                           the first per allocation                     [64, 1000, 100000]
  --max-channels N, --max-channels-per-user N, --max-total-channels N   [64, 1000, 100000]
  --max-bytes-per-second N, --max-total-bytes-per-second N
                           relayed, per user and in total               [0, 0]
  --max-pending-bytes N, --max-total-pending-bytes N
                           waiting for slow readers, each and all       [1 MiB, 256 MiB]
  --max-message-bytes N    one WebSocket message                        [256 KiB]
  --handshake-timeout N    seconds until a client has an allocation     [30]
  --idle-timeout N         seconds of silence                           [660]
  --nonce-lifetime N       seconds                                      [3600]

Running it
  --drain-timeout N        seconds that SIGTERM waits for clients       [30]
  --metrics-port N         GET /metrics (Prometheus) and /health with all counts  [off]
  --metrics-listen ADDRESS                                              [127.0.0.1]
  --log-level LEVEL        silent, error, warn, info or debug           [info]
  --log-format FORMAT      json (an object a line) or text              [json]
  --static [PREFIX=]DIR    serve files; repeat for several
  --signaling              WebSocket rooms at /signal?room=NAME
  --config FILE            read options from a JSON file
  --help, --version

Every option but --help and --version can come from the command line, from the environment and from
the file, and the first of these that has it wins:
  command line   --turn-port 3479 --allow-peer 10.0.0.0/8 --allow-peer 10.1.0.0/16 --no-udp
  environment    WEBRTC_WASM_RELAY_TURN_PORT=3479 WEBRTC_WASM_RELAY_ALLOW_PEER=10.0.0.0/8,10.1.0.0/16
                 WEBRTC_WASM_RELAY_UDP=false; SECRET, USER and STATIC take one a line
  file           {"turn-port": 3479, "allow-peer": ["10.0.0.0/8", "10.1.0.0/16"], "udp": false}
`;
