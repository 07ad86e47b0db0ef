package hub

// Cursor is how far a connection has read a topic.
type Cursor struct {
	Offset uint64
	Since  int64
}

// Conn is one browser.
type Conn struct {
	ID     uint64
	Remote string

	cursors map[string]Cursor
	sent    uint64
}

func newConn(id uint64, remote string) *Conn {
	return &Conn{ID: id, Remote: remote, cursors: make(map[string]Cursor)}
}

func (c *Conn) subscribe(topic string, at Cursor) {
	c.cursors[topic] = at // culprit: many_small_maps, first flatten
}

// advance moves the connection to the topic's new end, if it has subscribed,
// and says whether there was something to send.
func (c *Conn) advance(topic string, end uint64) bool {
	cursor, subscribed := c.cursors[topic]
	if !subscribed || cursor.Offset >= end {
		return false
	}
	cursor.Offset = end
	c.cursors[topic] = cursor
	c.sent++
	return true
}
