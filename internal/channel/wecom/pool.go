package wecom

import "sync"

// Pool keeps one client for each connected company, so that its tokens and its limits are kept once, whoever calls.
type Pool struct {
	options Options
	mu      sync.Mutex
	clients map[string]pooled
}

// pooled is the client of a connection as it was at a revision.
type pooled struct {
	revision int64
	client   *Client
}

// NewPool makes a pool whose clients use o.
func NewPool(o Options) *Pool { return &Pool{options: o, clients: map[string]pooled{}} }

// Client is that of the connection with an id, made anew when its revision has grown: its settings are others then. Who still holds an
// older revision gets the newer client.
func (p *Pool) Client(id string, revision int64, set Settings) (*Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.clients[id]; ok && k.revision >= revision {
		return k.client, nil
	}
	made, err := New(set, p.options)
	if err != nil {
		return nil, err
	}
	p.clients[id] = pooled{revision, made}
	return made, nil
}
