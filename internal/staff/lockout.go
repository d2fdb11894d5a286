package staff

import "time"

const (
	freeTries = 5                // wrong passwords in a row before the first wait
	firstWait = 30 * time.Second // doubles with each further wrong password
	longest   = time.Hour
)

// Fail counts a wrong password at now (real time) and sets the wait that grows with them.
func (m *Member) Fail(now time.Time) {
	m.Failed++
	if m.Failed < freeTries {
		return
	}
	wait := longest
	if k := m.Failed - freeTries; k < 8 { // 30 s << 7 is past the hour already
		wait = min(longest, firstWait<<k)
	}
	m.LockedUntil = now.Add(wait).UnixMicro()
}

// Succeed forgets earlier wrong passwords.
func (m *Member) Succeed() { m.Failed, m.LockedUntil = 0, 0 }

// Locked tells how long a member must still wait at now; zero means not locked. The moment the wait ends is
// outside it.
func (m *Member) Locked(now time.Time) time.Duration {
	return max(0, time.UnixMicro(m.LockedUntil).Sub(now))
}
